"""Putting a copy in place of the database: what is looked at before, changed in the copy, and said afterwards.

Nothing is touched before the copy is known to be whole, ours and not newer than this program. It is changed before it
gets the database's name: brought to this version, what waited to be sent is held back, sessions end. Whoever is killed
here has the old database or the new one, never half of each.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import SupportbotError
from bot.handoff import invitations
from bot.messaging import erasures, outbox
from bot.settings import Settings
from bot.storage import audit, backups, bundle, copies, dumps, migrate, schema
from bot.storage.copies import CopyUnusable, Held
from bot.storage.database import Database, DatabaseUnusable, connect, parse, sqlite_path
from bot.storage.sqlite import Sqlite, hold, work_alone
from bot.web import auth

_HEAD = 16


class CopyNewer(SupportbotError):
    """A copy was made by a newer program."""

    def __init__(self, file: Path, version: str) -> None:
        super().__init__(
            f"{file} has version {version}, this program knows {migrate.HEAD}; install the program that made it (or a "
            "newer one), and restore with that"
        )
        self.version = version


@dataclass(slots=True)
class Left:
    """What of the present database a copy must not undo: who was erased, and who does not work here any more."""

    erased: erasures.Tombstones | None = None
    disabled: set[tuple[int, str]] = field(default_factory=set)


@dataclass(slots=True)
class Restored:
    """What was done."""

    file: Path
    held: Held
    aside: Path | None = None
    bot_words: int = 0
    operator_words: int = 0
    repeated: int = 0
    invitations: int = 0
    files: int = 0
    people: list[str] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "file": str(self.file),
            "version": migrate.HEAD,
            "before": self.held.version,
            "rows": self.held.total,
            "aside": str(self.aside) if self.aside else None,
            "held_words_of_the_bot": self.bot_words,
            "held_words_of_operators": self.operator_words,
            "sent_once_more": self.repeated,
            "withdrawn_invitations": self.invitations,
            "files": self.files,
            "disabled_since": self.people,
            "erased_since": self.customers,
        }

    def text(self) -> str:
        """Return it in words, with what to expect."""
        upgraded = "" if self.held.version == migrate.HEAD else f", upgraded from version {self.held.version}"
        lines = [
            f"The database is that of {self.file} now: {self.held.total} rows{upgraded}.",
            *(
                [f"What was there before is in {self.aside}; `supportbot db restore` takes it back."]
                if self.aside
                else []
            ),
            "What came in after the copy was made is not in it; Telegram keeps for 24 hours what no bot has taken in.",
            *self._held(),
            "Everybody signs in to the console again"
            + (f", and {self.invitations} invitations were withdrawn." if self.invitations else "."),
            *([f"{self.files} files that were missing are back."] if self.files else []),
            *[
                f"{name} was disabled since and works here again; see supportbot operator disable"
                for name in self.people
            ],
            *[f"Customer {key} was erased since and is back; see supportbot customer erase" for key in self.customers],
        ]
        return "\n".join(lines)

    def _held(self) -> list[str]:
        said = []
        if self.bot_words:
            said.append(
                f"{self.bot_words} words of the bot to customers waited; they may have gone out, so they do not."
            )
        if self.operator_words:
            said.append(
                f"{self.operator_words} words of operators to customers waited; their topics offer to send them."
            )
        if self.repeated:
            said.append(f"{self.repeated} lines for topics, staff or other systems waited and go, perhaps once more.")
        return said


async def restore(settings: Settings, file: Path, now: datetime) -> Restored:
    """Put a copy in place of the database.

    Raises:
        SupportbotError: it cannot be done, and why; then nothing was changed.
    """
    url = parse(settings.database_url)
    on_server = url.get_backend_name() == "postgresql"
    beside = settings.root / "var" / "restoring.dump" if on_server else sqlite_path(url)
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        head = await asyncio.to_thread(_head, file)
    except OSError as error:
        raise CopyUnusable(f"{file} cannot be read ({error.strerror}); name a copy that db backup made") from None
    async with _taken_out(file, head, beside.with_name(f"{beside.name}.taken-out")) as (copy, archive):
        if on_server:
            done = await _into_postgres(settings, url, file, copy, now)
        else:
            done = await _into_sqlite(settings, sqlite_path(url), file, copy, now)
        if archive is not None:
            folder = settings.root / "var" / "attachments"
            done.files = await asyncio.to_thread(bundle.put_files, archive, folder)
    return done


@asynccontextmanager
async def _taken_out(file: Path, head: bytes, to: Path) -> AsyncIterator[tuple[Path, zipfile.ZipFile | None]]:
    """Give the database's copy, out of its ZIP if it is in one."""
    zipped = head.startswith(bundle.BEGINS)
    with bundle.taken_out(file, to) if zipped else nullcontext((file, None)) as found:
        yield found


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


async def _into_sqlite(settings: Settings, path: Path, file: Path, copy: Path, now: datetime) -> Restored:
    if _head(copy).startswith(dumps.BEGINS):
        raise CopyUnusable(f"{file} is of PostgreSQL and database.url names an SQLite file; set that first")
    if _the_same(copy, path):
        raise CopyUnusable(f"{file} is the database itself; name a copy of it")
    with closing(hold(path)), closing(work_alone(path)):
        staged, held = await asyncio.to_thread(copies.stage, copy, path)
        try:
            _known(file, held)
            left = await _left_of(Sqlite(path, checkpoints=False))
            done = Restored(file, held)
            database = Sqlite(staged)
            try:
                await database.transaction(lambda conn: _settle(conn, done, now))
                await _finish(database, left, done, now)
            finally:
                await database.close()
            aside = backups.beside(settings.database_url, settings.root, "before-restore", now)
            if await asyncio.to_thread(copies.put_in_place, staged, path, aside):
                done.aside = aside
        finally:
            copies.discard(staged)
    return done


async def _into_postgres(settings: Settings, url: URL, file: Path, copy: Path, now: datetime) -> Restored:
    if _head(copy).startswith(copies.BEGINS):
        raise CopyUnusable(f"{file} is of SQLite and database.url names PostgreSQL; set that first")
    if not _head(copy).startswith(dumps.BEGINS):
        raise CopyUnusable(f"{file} is no database of Supportbot; name a copy that `supportbot db backup` made")
    held = await dumps.read(copy, file)
    _known(file, held)
    done, database = Restored(file, held), connect(settings.database_url)
    left = await _left_of(database)
    before = await _version_of(settings)
    if before:
        done.aside = backups.beside(settings.database_url, settings.root, "before-restore", now)
        await dumps.dump(url, done.aside)
    await dumps.put_back(url, copy, (*outbox.doubted(now), *auth.nobody_signed_in()))
    database = connect(settings.database_url)
    try:
        done.bot_words, done.repeated, done.operator_words = await database.read(_counted)
        await _finish(database, left, done, now)
    finally:
        await database.close()
    return done


async def _version_of(settings: Settings) -> str:
    database = connect(settings.database_url)
    try:
        return await database.read(migrate.version)
    except (DBAPIError, OSError) as error:
        raise DatabaseUnusable(f"database.url: the database cannot be used now ({type(error).__name__})") from None
    finally:
        await database.close()


def _the_same(copy: Path, path: Path) -> bool:
    return path.exists() and copy.samefile(path)


def _known(file: Path, held: Held) -> None:
    if not held.version or migrate.ahead(held.version):
        raise CopyNewer(file, held.version or "unknown")


async def _left_of(database: Database) -> Left:
    """Return what the present database knows that a copy must not undo; nothing where it cannot be read."""
    left = Left()
    try:
        with suppress(DBAPIError, DatabaseUnusable):
            left.disabled = await database.read(_disabled)
        with suppress(DBAPIError, DatabaseUnusable):
            left.erased = await database.read(erasures.all_of)
    finally:
        await database.close()
    return left


def _disabled(conn: Connection) -> set[tuple[int, str]]:
    people = schema.staff.c
    return {(row.id, row.name) for row in conn.execute(select(people.id, people.name).where(people.disabled))}


def _settle(conn: Connection, done: Restored, now: datetime) -> None:
    """Hold back what may have gone out since, and end all sessions; in the copy as it is, of whatever version."""
    done.bot_words, done.repeated, done.operator_words = [
        conn.execute(statement).rowcount for statement in outbox.doubted(now)
    ]
    for statement in auth.nobody_signed_in():
        conn.execute(statement)


def _counted(conn: Connection) -> tuple[int, int, int]:
    return outbox.doubted_in(conn)


async def _finish(database: Database, left: Left, done: Restored, now: datetime) -> None:
    """Bring a restored copy to this program's version, and write down what was done."""
    await migrate.upgrade(database)

    def work(conn: Connection) -> None:
        done.invitations = invitations.withdraw_all(conn, now)
        still = schema.staff.c
        here = {(row.id, row.name) for row in conn.execute(select(still.id, still.name).where(~still.disabled))}
        done.people = sorted(name for _, name in here & left.disabled)
        if left.erased is not None:
            done.customers = erasures.bring(conn, left.erased, now)
        facts = {"from": done.held.version, "rows": done.held.total, "held": done.bot_words + done.operator_words}
        subject, who = audit.Subject("database", migrate.HEAD), audit.By(audit.Actor.COMMAND)
        audit.record(conn, audit.Act.DATABASE_RESTORED, subject, who, now, facts)

    await database.transaction(work)
