"""The web's fixtures: a database to copy, and a house of its own for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage import migrate
from bot.storage.database import connect
from tests.databases import database, database_url, empty_url, outsider, postgres_url, sqlite_file, sqlite_template
from tests.web.office import Office, open_office

__all__ = ["database", "database_url", "empty_url", "outsider", "postgres_url", "sqlite_file", "sqlite_template"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file of the present version, to be copied."""
    file = tmp_path_factory.mktemp("web") / "empty.db"

    async def make() -> None:
        database = connect(f"sqlite+aiosqlite:///{file}")
        await migrate.upgrade(database)
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture
async def office(migrated: Path, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(migrated, tmp_path) as opened:
        yield opened
