"""Orders: the owner's form, and the machine that asks it field by field."""
