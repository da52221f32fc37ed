"""`supportbot db …`: bring it to this program's version, copy it, put a copy back."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import App as Command

from bot import settings as configuration
from bot.cli.common import Flag, Json, do, opened, show
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.storage.copies import Held

database = Command(name="db", help="The database.")
KILO = 1000


@database.command(name="upgrade")
def db_upgrade(*, no_backup: Flag = False, as_json: Json = False) -> int:
    """Bring the database to the version of this program; a copy of an older one is kept beside it.

    Parameters
    ----------
    no_backup
        Keep no copy.
    """

    async def work(settings: Settings) -> int:
        from bot.app import now
        from bot.storage import backups, migrate
        from bot.storage.backups import NoCopy

        made, found_at = list[Path](), list[str]()
        copy = backups.before_upgrade(settings.database_url, settings.root, now, made)

        async def keep(version: str) -> None:
            found_at.append(version)
            if not no_backup:
                await copy(version)

        async with opened(settings, upgraded=False) as found:
            try:
                changed = await migrate.upgrade(found, keep)
            except NoCopy as error:
                raise NoCopy(f"{error}; `supportbot db upgrade --no-backup` goes on without a copy") from None
        before = "".join(found_at) if changed else migrate.HEAD
        body = {"version": migrate.HEAD, "before": before, "changed": changed, "backup": str(made[0]) if made else None}
        kept = f" What it was before is in {made[0]}." if made else ""
        show(
            body,
            lambda: f"The database is at version {migrate.HEAD}{' now' if changed else ' already'}.{kept}",
            as_json=as_json,
        )
        return 0

    return do(work(configuration.load()))


@database.command(name="backup")
def db_backup(file: Path, *, files: Flag = False, as_json: Json = False) -> int:
    """Write a copy of the database, also while the bot runs, and look through it.

    Parameters
    ----------
    file
        To be written; it must not exist yet.
    files
        Write a ZIP that holds the files which customers and operators sent each other as well.
    """

    async def work(settings: Settings) -> int:
        from bot.storage import backups

        begun, many = time.monotonic(), None
        if files:
            held, many = await _bundled(settings, file)
        else:
            async with _beside_a_restore(settings):
                held = await backups.write(settings.database_url, file)
        seconds = time.monotonic() - begun
        await _note(settings, held, many)
        body: dict[str, Any] = {
            "file": str(file),
            "bytes": await asyncio.to_thread(os.path.getsize, file),
            "seconds": round(seconds, 3),
            "version": held.version,
            "rows": held.total,
            "files": many,
        }
        show(body, lambda: _copied(body), as_json=as_json)
        return 0

    return do(work(configuration.load()))


@database.command(name="restore")
def db_restore(file: Path, *, as_json: Json = False) -> int:
    """Put a copy in place of the database; the bot must not run. The present database is kept beside it.

    Parameters
    ----------
    file
        That `supportbot db backup` wrote.
    """

    async def work(settings: Settings) -> int:
        from bot.app import now
        from bot.cli import restoring

        done = await restoring.restore(settings, file, now())
        show(done.body(), done.text, as_json=as_json)
        return 0

    return do(work(configuration.load()))


def _copied(body: dict[str, Any]) -> str:
    files = "" if body["files"] is None else f", {body['files']} files"
    return (
        f"The copy is in {body['file']}: {_size(body['bytes'])}, {body['rows']} rows at version {body['version']}"
        f"{files}; it took {body['seconds']:.1f} s and was looked through."
    )


def _size(many: float) -> str:
    """Return a number of bytes as people read it: 1.3 MB."""
    for unit in ("bytes", "kB", "MB"):
        if many < KILO:
            return f"{many:.1f} {unit}" if unit != "bytes" else f"{many:.0f} {unit}"
        many /= KILO
    return f"{many:.1f} GB"


def _beside_a_restore(settings: Settings) -> Any:  # noqa: ANN401 a context manager
    return opened(settings, upgraded=False)


async def _bundled(settings: Settings, target: Path) -> tuple[Held, int]:
    """Write database and files as one ZIP."""
    from bot.app import now
    from bot.storage import backups, bundle
    from bot.storage.database import parse

    copy = target.with_name(f"{target.name}.database")
    kind = parse(settings.database_url).get_backend_name()
    inside = bundle.SQLITE if kind == "sqlite" else bundle.POSTGRES
    try:
        async with _beside_a_restore(settings):
            held = await backups.write(settings.database_url, copy)
        facts = {"database": kind, "version": held.version, "rows": held.total, "made_at": now().isoformat()}
        folder = settings.root / "var" / "attachments"
        many = await asyncio.to_thread(bundle.pack, target, copy, inside, folder, facts)
    finally:
        copy.unlink(missing_ok=True)
    return held, many


async def _note(settings: Settings, held: Held, files: int | None) -> None:
    """Write down that a copy was made, where the database is of this program's version and takes it now."""
    from sqlalchemy.exc import DBAPIError

    from bot.app import now
    from bot.storage import audit, migrate

    if held.version != migrate.HEAD:
        return
    subject, facts = audit.Subject("database", held.version), {"rows": held.total, "files": files}
    who, when = audit.By(audit.Actor.COMMAND), now()
    with suppress(DBAPIError):
        async with opened(settings, upgraded=False) as found:
            await found.transaction(
                lambda conn: audit.record(conn, audit.Act.DATABASE_COPIED, subject, who, when, facts)
            )
