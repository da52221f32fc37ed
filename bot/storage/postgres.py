"""PostgreSQL: turns run side by side on a pool, each in its own transaction.

Imported only when `database.url` names it: SQLAlchemy's asyncio part brings its ORM along, which a start on SQLite
should not pay for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.database import T, Work

PASSING = {"08", "40", "53", "55", "57"}
"""Classes of SQLSTATE that say nothing against the turn itself: no connection, a deadlock, no room, a lock, a server
that shuts down (postgresql.org/docs, errcodes-appendix)."""


class Postgres:
    """PostgreSQL through asyncpg; turns run side by side, each in its own transaction."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url, pool_pre_ping=True, pool_size=8, max_overflow=8, hide_parameters=True
        )

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own and commit it.

        Raises:
            OperationalError: the server cannot do it now; the same turn may be tried again.
        """
        async with _troubles_named(), self._connected() as conn, conn.begin():
            return await conn.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection of its own.

        Raises:
            OperationalError: the server cannot do it now.
        """
        async with _troubles_named(), self._connected() as conn:
            return await conn.run_sync(work)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        conn = self._engine.connect()
        try:
            await conn.start()
        except OSError as error:  # asyncpg's own, past SQLAlchemy
            raise OperationalError("connect", None, error, hide_parameters=True) from error
        try:
            yield conn
        finally:
            await conn.close()

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


@asynccontextmanager
async def _troubles_named() -> AsyncIterator[None]:
    """Give a server's passing troubles the class that SQLite's have: those who wait need only one."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", "") or "")
        if error.connection_invalidated or state[:2] in PASSING:
            raise OperationalError(f"PostgreSQL {state}", None, error.orig or error, hide_parameters=True) from error
        raise
