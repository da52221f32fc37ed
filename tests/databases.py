"""Databases for tests: an SQLite file for each test, and on PostgreSQL a database of its own for each session.

A test that asks for `database` runs on both. Without a PostgreSQL server its half is skipped and says which server was
asked; `TEST_POSTGRES` names another one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage import migrate
from bot.storage.database import Database, connect
from bot.storage.schema import metadata
from tests.sparing import spare

spare()
SERVER = os.environ.get("TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432")
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
"""For a test of what only several workers can do."""
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For a test of something dear that the database has no part in, beside others that run on both."""
PATIENCE, LONG_PATIENCE = 3.0, 30.0


async def _on_server(statement: str, patience: float = LONG_PATIENCE) -> None:
    engine = create_async_engine(
        make_url(SERVER).set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    try:
        async with asyncio.timeout(patience), engine.connect() as conn:
            await conn.execute(text(statement))
    finally:
        await engine.dispose()


@cache
def why_no_server() -> str:
    """Return why there is no PostgreSQL, empty when there is."""
    try:
        asyncio.run(_on_server("SELECT 1", PATIENCE))
    except Exception as error:  # noqa: BLE001 whatever it is, there is none
        return f"no PostgreSQL answers at {SERVER} ({type(error).__name__})"
    return ""


@contextmanager
def postgres_database() -> Iterator[str]:
    """Make an empty database on the server, and drop it at the end."""
    if why_no_server():
        pytest.skip(why_no_server())
    name = f"supportbot_test_{uuid.uuid4().hex}"
    asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    asyncio.run(_on_server(f"ALTER DATABASE {name} SET synchronous_commit = off"))  # nobody pulls the plug on a test
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


async def _migrate(url: str) -> None:
    database = connect(url)
    await migrate.upgrade(database)
    await database.close()


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of the present version, to be copied."""
    file = tmp_path_factory.mktemp("template") / "present.db"
    asyncio.run(_migrate(sqlite_url(file)))
    return file


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return a database of the present version; each test empties its tables first."""
    with postgres_database() as url:
        asyncio.run(_migrate(url))
        yield url


@pytest.fixture
def sqlite_file(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "desk.db"))


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return sqlite_url(request.getfixturevalue("sqlite_file"))
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return a database without any tables."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    with postgres_database() as url:
        yield url


EMPTY = " ".join(f'DELETE FROM "{table.name}";' for table in reversed(metadata.sorted_tables))  # noqa: S608 our own names


def empty_all(conn: Connection) -> None:
    conn.exec_driver_sql(f"DO $$ BEGIN {EMPTY} END $$")  # one statement: forty would take longer than most tests


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open the database of a URL, of the present version and without rows."""
    opened = connect(database_url)
    if opened.dialect == "postgresql":
        await opened.transaction(empty_all)
    yield opened
    await opened.close()


class Outsider(Protocol):
    """Another program on the same database, which begins and commits when it likes."""

    async def execute(self, statement: str) -> None:
        """Run a statement."""

    async def close(self) -> None:
        """Leave."""


class _OnSqlite:
    def __init__(self, path: str) -> None:
        self._raw = sqlite3.connect(path, isolation_level=None, timeout=0.1)

    async def execute(self, statement: str) -> None:
        self._raw.execute("BEGIN IMMEDIATE" if statement == "BEGIN" else statement)

    async def close(self) -> None:
        self._raw.close()


class _OnPostgres:
    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._conn = self._engine.connect()

    async def execute(self, statement: str) -> None:
        if not self._conn.sync_connection:
            await self._conn.start()
        await self._conn.execute(text(statement))

    async def close(self) -> None:
        await self._conn.close()
        await self._engine.dispose()


@pytest.fixture
async def outsider(database_url: str) -> AsyncIterator[Outsider]:
    make: Callable[[str], Outsider] = _OnSqlite if database_url.startswith("sqlite") else _OnPostgres
    other = make(make_url(database_url).database or "" if make is _OnSqlite else database_url)
    yield other
    await other.close()
