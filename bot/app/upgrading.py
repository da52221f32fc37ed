"""The upgrade of the database at the start of a newer program, with a copy of what it was kept beside it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database, DatabaseUnusable

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger()


async def upgrade(settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
    """Bring the database to this program's version.

    Raises:
        SupportbotError: no copy of an older one can be kept, or it is ahead of this program.
    """
    made: list[Path] = []

    async def keep(version: str) -> None:
        from bot.storage import backups

        try:
            await backups.before_upgrade(settings.database_url, settings.root, clock, made)(version)
        except DatabaseUnusable as error:
            if database.dialect == "sqlite":
                raise
            log.warning("database_upgraded_without_a_copy", why=str(error))

    if await migrate.upgrade(database, keep) and made:
        log.info("database_upgraded", version=migrate.HEAD, before=str(made[0]))
