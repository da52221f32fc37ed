"""The engine and the one way to change something: `transaction()`.

A turn is a plain function over a connection: `await database.transaction(lambda conn: claim(conn, ticket, olga))`.
It cannot await, so no network can get into a transaction. SQLite has one writer thread, which puts the turns that wait
into one commit, each behind a savepoint of its own; PostgreSQL runs them side by side on a pool. See decision 0002.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from bot.domain.errors import SupportbotError

T = TypeVar("T")
Work = Callable[[Connection], T]


class DatabaseUnusable(SupportbotError):
    """The database cannot be opened or written."""


class Collided(OperationalError):
    """Two turns waited for each other, and the server ended this one: nothing of it stays, it may be tried at once."""


class Database(Protocol):
    """What the house asks of a database."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` and commit; what it raised is raised again and nothing of it stays.

        Returns:
            What `work` returned, once it is on the disk.
        """

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which must only read, beside the writers."""

    async def read_at_length(self, work: Work[T]) -> T:
        """Run `work`, which reads and reckons for seconds perhaps, where it holds up nobody: in a thread."""

    async def close(self) -> None:
        """Finish what was begun and let go of the files or connections."""


def connect(url: str, *, checkpoints: bool = True) -> Database:
    """Return the database of a URL; nothing is opened before the first use.

    Args:
        url: `sqlite+aiosqlite:///PATH` or `postgresql+asyncpg://…`.
        checkpoints: false in commands beside a running bot, which write but leave the write-ahead log alone.

    Raises:
        DatabaseUnusable: the URL is of another kind, or the file's folder cannot be made.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "postgresql":
        from bot.storage.postgres import Postgres

        return Postgres(parsed)
    from bot.storage.sqlite import Sqlite

    return Sqlite(sqlite_path(parsed), checkpoints=checkpoints)


def parse(url: str) -> URL:
    """Return the parsed URL.

    Raises:
        DatabaseUnusable: it is not one of the two kinds.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("unknown")
    if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
        raise DatabaseUnusable(
            "database.url must begin with sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER@HOST/NAME"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise DatabaseUnusable("database.url names no file; write sqlite+aiosqlite:///var/supportbot.db")
    return parsed


def sqlite_path(url: URL) -> Path:
    """Return the file of an SQLite URL."""
    return Path(url.database or "")


def insert(conn: Connection, table: Table) -> Any:  # noqa: ANN401 the two dialects' inserts share no base with ON CONFLICT
    """Return an INSERT that knows ON CONFLICT, in the dialect of the connection."""
    if conn.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def lock_row(conn: Connection) -> bool:
    """Return whether a SELECT should say FOR UPDATE; SQLite has one writer and knows no row locks."""
    return conn.dialect.name == "postgresql"
