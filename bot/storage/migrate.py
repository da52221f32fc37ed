"""Bring a database to the version that this program knows.

The version is one row, read without Alembic (whose import costs as much as the rest of a start); only an older
database brings Alembic in. A database of a newer program is refused: an old program must not write into it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import SupportbotError
from bot.domain.scrubbing import said
from bot.storage.database import Database, DatabaseUnusable

HEAD = "0018"
ONE_AT_A_TIME = 7_201_518
"""The advisory lock of whoever migrates; Alembic looks at the version only behind it."""
Keep = Callable[[str], Awaitable[object]]
"""Keeps a copy of a database that is about to be upgraded; given the version that it has."""
MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseNewer(SupportbotError):
    """The database was written by a newer program."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"the database has version {version}, this program knows {HEAD}; install the newer program again, "
            "or restore a backup made before its upgrade"
        )
        self.version = version


def version(conn: Connection) -> str:
    """Return the database's version, empty for one without tables."""
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return str(conn.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


async def upgrade(database: Database, keep: Keep | None = None) -> bool:
    """Bring the database to HEAD, in one transaction.

    Args:
        database: one that may be empty.
        keep: called before an older one is touched; what it raises stops the upgrade.

    Returns:
        Whether anything had to be done.

    Raises:
        DatabaseNewer: it is ahead of this program.
        DatabaseUnusable: it cannot be opened.
    """
    try:
        found = await database.transaction(version)
    except DBAPIError as error:
        raise DatabaseUnusable(f"database.url: the database cannot be used now ({said(error)})") from error
    if found == HEAD:
        return False
    if ahead(found):
        raise DatabaseNewer(found)
    if found and keep is not None:
        await keep(found)
    await database.transaction(to_head)
    return True


def ahead(found: str) -> bool:
    """Return whether a version is one that this program does not know."""
    return found > HEAD or bool(found and not _known(found))


def _known(found: str) -> bool:
    return any(file.name.startswith(f"{found}_") for file in (MIGRATIONS / "versions").glob("*.py"))


def to_head(conn: Connection) -> None:
    """Run the migrations that are missing, in the connection's transaction; of several workers one at a time."""
    from alembic import command

    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    command.upgrade(alembic_config(conn), "head")


def alembic_config(conn: Connection) -> Any:  # noqa: ANN401 Alembic is imported only when it is needed
    """Return Alembic's configuration, bound to a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = conn
    return config
