"""Copies of the database of either kind, and the one that is kept before an upgrade.

Before version 0017 becomes 0018, `var/supportbot.db` is copied to `var/supportbot.version-0017.20261122-231854.db`: who
wants the older program back restores that.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.storage import copies
from bot.storage.copies import Held
from bot.storage.database import DatabaseUnusable, parse, sqlite_path
from bot.storage.migrate import Keep

DUMP = ".dump"


class NoCopy(DatabaseUnusable):
    """The copy that is kept before an upgrade could not be made."""


async def write(database_url: str, target: Path) -> Held:
    """Write a copy of the database, also while others write.

    Raises:
        DatabaseUnusable: see `copies.copy` and `dumps.dump`.
    """
    url = parse(database_url)
    if url.get_backend_name() == "postgresql":
        from bot.storage import dumps  # brings SQLAlchemy's asyncio part, which SQLite need not pay for

        return await dumps.dump(url, target)
    return await asyncio.to_thread(copies.copy, sqlite_path(url), target)


def beside(database_url: str, root: Path, what: str, now: datetime) -> Path:
    """Return the name of a copy that is kept beside the database, of PostgreSQL in `var`; nothing has it yet."""
    url, stamp = parse(database_url), f"{now:%Y%m%d-%H%M%S}"
    if url.get_backend_name() == "postgresql":
        first = root / "var" / f"{re.sub(r'[^A-Za-z0-9_-]', '_', url.database or 'postgresql')}.{what}.{stamp}{DUMP}"
    else:
        path = sqlite_path(url)
        first = path.with_name(f"{path.stem}.{what}.{stamp}{path.suffix}")
    names = (first.with_name(f"{first.stem}{number or ''}{first.suffix}") for number in range(1000))
    return next(name for name in names if not name.exists())


def before_upgrade(database_url: str, root: Path, clock: Callable[[], datetime], made: list[Path]) -> Keep:
    """Return what keeps a copy of a database before its upgrade, and adds its path to `made`."""

    async def keep(version: str) -> None:
        target = beside(database_url, root, f"version-{version}", clock())
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            await write(database_url, target)
        except DatabaseUnusable as error:
            raise NoCopy(f"no copy was made before the upgrade, so nothing was upgraded: {error}") from None
        made.append(target)

    return keep
