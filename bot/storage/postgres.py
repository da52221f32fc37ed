"""PostgreSQL: turns run side by side on a pool, each in its own transaction.

A turn costs its statements, one BEGIN and one COMMIT, and nothing else on the wire. Whether a connection still lives is
told by that BEGIN: if it finds the connection dead, nothing of the turn has run yet, and another one is taken.
Imported only when `database.url` names it: SQLAlchemy's asyncio part brings its ORM along, which a start on SQLite
should not pay for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import greenlet_spawn

from bot.storage.database import Collided, T, Work

PASSING = {"08", "40", "53", "55", "57"}
"""Classes of SQLSTATE that say nothing against the turn itself: no connection, a deadlock, no room, a lock, a server
that shuts down (postgresql.org/docs, errcodes-appendix)."""
COLLISIONS = {"40001", "40P01"}
"""Of these those that say that the turn was rolled back because of another: no serialization, a deadlock."""


class Postgres:
    """PostgreSQL through asyncpg; turns run side by side, each in its own transaction."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url, isolation_level="AUTOCOMMIT", pool_size=8, max_overflow=8, hide_parameters=True
        )

    async def transaction(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own and commit it.

        Raises:
            OperationalError: the server cannot do it now; the same turn may be tried again.
            Collided: it and another waited for each other.
        """
        async with _troubles_named():
            return await greenlet_spawn(_turn, self._engine.sync_engine, work, "COMMIT")

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection of its own; should it write all the same, nothing of that stays.

        Raises:
            OperationalError: the server cannot do it now.
        """
        async with _troubles_named():
            return await greenlet_spawn(_turn, self._engine.sync_engine, work, "ROLLBACK")

    async def read_at_length(self, work: Work[T]) -> T:
        """Run `work` in a thread, on a connection of its own: on the loop it would hold up all turns.

        Raises:
            OperationalError: the server cannot do it now.
        """
        return await asyncio.to_thread(asyncio.run, self._aside(work))

    async def _aside(self, work: Work[T]) -> T:
        url = self._engine.url
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool, hide_parameters=True)
        async with _troubles_named():
            return await greenlet_spawn(_turn, engine.sync_engine, work, "ROLLBACK")

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


def _turn(engine: Engine, work: Work[T], end: str) -> T:
    """Run `work` between our own BEGIN and `end`, the driver's being switched off; a failed turn is rolled back."""
    with _begun(engine) as conn:
        try:
            result = work(conn)
            conn.exec_driver_sql(end)
        except BaseException:
            if not conn.invalidated:
                conn.exec_driver_sql("ROLLBACK")
            raise
        return result


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction; the first dead one empties the pool, so that the next one is new."""
    conn = _connected(engine)
    try:
        try:
            conn.exec_driver_sql("BEGIN")
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            conn.close()
            conn = _connected(engine)
            conn.exec_driver_sql("BEGIN")
        yield conn
    finally:
        conn.close()


def _connected(engine: Engine) -> Connection:
    """Return a connection of the pool.

    Raises:
        OperationalError: the server is out of reach.
    """
    try:
        return engine.connect()
    except OSError as error:  # asyncpg's own, past SQLAlchemy
        raise OperationalError("connect", None, error, hide_parameters=True) from error


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
            kind = Collided if state in COLLISIONS else OperationalError
            raise kind(f"PostgreSQL {state}", None, error.orig or error, hide_parameters=True) from error
        raise
