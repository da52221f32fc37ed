"""Kinds of columns that the tables are made of: moments in UTC, ids, references, names, flags."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Text,
    false,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: a naive datetime is refused, what comes back is aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 the base's
        """Return the moment in UTC, or refuse one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs a time zone; pass an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 the base's
        """Return the moment with its zone; SQLite keeps none."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON()
Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only in an INTEGER key


def key() -> Column[int]:
    """Return the column by which the database numbers rows."""
    return Column("id", Key, primary_key=True, autoincrement=True)


def reference(target: str, name: str, *, required: bool = True) -> Column[int]:
    """Return a reference to a row of another table, named as `table.column`."""
    return Column(name, Key, ForeignKey(target), nullable=not required)


def flag(name: str) -> Column[bool]:
    """Return a yes or no that is no at first."""
    return Column(name, Boolean, nullable=False, server_default=false())


def name(name: str, default: str | None = None) -> Column[str]:
    """Return a text that is always there."""
    return Column(name, Text, nullable=False, server_default=default)


def spelt(value: str) -> ColumnElement[Any]:
    """Return a value written out, for what a partial index is over.

    With a bound one PostgreSQL may not know that the index holds all such rows, and SQLite plans the statement anew
    each time it runs: for a turn's look at its ticket that took five times as long as the look.
    """
    return literal_column(f"'{value}'")


def partial(name: str, *columns: str | ColumnElement[Any], where: str, unique: bool = False) -> Index:
    """Return an index over the rows that fulfil a condition; both databases read it alike."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))
