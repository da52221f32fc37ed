"""PostgreSQL: turns run side by side on a pool, each in its own transaction.

Imported only when `database.url` names it: SQLAlchemy's asyncio part brings its ORM along, which a start on SQLite
should not pay for.
"""

from __future__ import annotations

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.storage.database import T, Work


class Postgres:
    """PostgreSQL through asyncpg; turns run side by side, each in its own transaction."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=8, hide_parameters=True
        )

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own and commit it."""
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection of its own."""
        async with self._engine.connect() as conn:
            return await conn.run_sync(work)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()
