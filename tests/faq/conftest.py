"""Both databases for the tests of the FAQ, and examples that are the same each time."""

import tests.repeatable  # noqa: F401 loads its profile
from tests.databases import database, database_url, empty_url, outsider, postgres_url, sqlite_file, sqlite_template

__all__ = ["database", "database_url", "empty_url", "outsider", "postgres_url", "sqlite_file", "sqlite_template"]
