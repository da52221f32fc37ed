"""Databases for the tests of what orders take and leave."""

from tests.databases import database, database_url, postgres_url, sqlite_file, sqlite_template

__all__ = ["database", "database_url", "postgres_url", "sqlite_file", "sqlite_template"]
