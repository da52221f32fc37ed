"""The database: one page of tables, one way to change them."""
