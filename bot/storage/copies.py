"""Copies of an SQLite file: made while others write, looked through before anybody relies on them, and put back.

`copy(desk.db, monday.db)` counts the rows and copies the pages in one view of the file, then looks through the copy.
`stage` brings such a copy beside the database, the caller changes in it what has to be changed, and `put_in_place`
gives it the database's name, in one step: whoever is killed here leaves the old database or the new one.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.storage.database import DatabaseUnusable
from bot.storage.sqlite import BUSY_SECONDS
from bot.storage.whole_files import on_disk, set_aside, written_whole

BEGINS = b"SQLite format 3\x00"
OURS = {"alembic_version", "customers", "outbox"}
"""Tables that every version of our database has."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a file."""


class CopyUnusable(DatabaseUnusable):
    """A copy cannot be relied upon."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a copy of a database holds: its version, and how many rows by table."""

    version: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def copy(path: Path, target: Path) -> Held:
    """Write a consistent copy of a database file, also while others write, and look through it.

    Raises:
        DatabaseUnusable: there is no such file, the target exists, or the copy cannot be written or is not whole.
    """
    if not path.exists():
        raise DatabaseUnusable(f"{path} does not exist; there is nothing to copy")
    with written_whole(target) as part:
        rows = _copied(path, part, target)
        held = look_through(part, path)
        if held.rows != rows:
            raise CopyUnusable(f"the copy of {path} does not hold as many rows as it; nothing was kept, try again")
    return held


def stage(file: Path, path: Path) -> tuple[Path, Held]:
    """Bring a copy beside the database that it shall replace, and look through all of it.

    Returns:
        Where it lies, and what it holds.

    Raises:
        DatabaseUnusable: it is no database of Supportbot, is damaged, or cannot be brought there.
    """
    if file.is_dir() or not file.exists():
        raise CopyUnusable(f"{file} is no file; name a copy that `supportbot db backup` made")
    with file.open("rb") as opened:
        if opened.read(len(BEGINS)) != BEGINS:
            raise _not_ours(file)
    staged = path.with_name(f"{path.name}.restoring")
    discard(staged)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.touch(mode=0o600)
        _copied(file, staged, staged)
        return staged, look_through(staged, file, thoroughly=True)
    except OSError as error:
        raise DatabaseUnusable(f"{path.parent} cannot be written ({error.strerror}); see database.url") from None
    except DatabaseUnusable:
        discard(staged)
        raise


def put_in_place(staged: Path, path: Path, aside: Path) -> bool:
    """Give a staged copy the name of the database, and that another one; nobody else may have it open.

    Returns:
        Whether there was a database to be set aside.

    Raises:
        DatabaseUnusable: somebody else uses it.
    """
    with closing(sqlite3.connect(staged, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")  # one file that needs none beside it
    descriptor = os.open(staged, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    there = path.exists()
    if there:
        _set_aside(path, aside)
    staged.replace(path)
    on_disk(path.parent)
    return there


def _set_aside(path: Path, aside: Path) -> None:
    """Give a database a second name, as one file where it is whole, else with all that lies beside it."""
    beside = [ending for ending in BESIDE if path.with_name(path.name + ending).exists()]
    spare = [aside.with_name(aside.name + ending) for ending in beside]
    for ending, kept in zip(beside, spare, strict=True):  # what opens a broken database may delete them
        set_aside(path.with_name(path.name + ending), kept)
    needless = True
    try:
        needless = _gathered(path)
    finally:
        if needless:
            for kept in spare:
                kept.unlink()
    for ending in BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    set_aside(path, aside)


def discard(staged: Path) -> None:
    """Delete a staged copy and what SQLite put beside it."""
    for ending in ("", *BESIDE):
        staged.with_name(staged.name + ending).unlink(missing_ok=True)


def look_through(file: Path, named: Path, *, thoroughly: bool = False) -> Held:
    """Return what a copy holds, once it is known to be whole and ours.

    Args:
        file: the copy, which needs no file beside it.
        named: what an error names.
        thoroughly: compare indexes with their tables too, which takes longer.

    Raises:
        CopyUnusable: it is damaged, or no database of Supportbot.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            found = raw.execute(f"PRAGMA {'integrity' if thoroughly else 'quick'}_check(1)").fetchone()[0]
            rows = _counted(raw)
            if not rows.keys() >= OURS:
                raise _not_ours(named)
            version = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise _damaged(named, str(error)) from None
    if found != "ok":
        raise _damaged(named, " ".join(str(found).split()))
    return Held(version[0] if version else "", rows)


def _copied(path: Path, part: Path, target: Path) -> dict[str, int]:
    """Copy a database file, and return how many rows each table had in that view of it."""
    try:
        with closing(_readable(path)) as source:
            source.execute("BEGIN")
            rows = _counted(source)
            try:
                with closing(sqlite3.connect(part, isolation_level=None)) as raw:
                    source.backup(raw)  # all pages at once: in steps, it would begin anew with each write in between
                    raw.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                raise DatabaseUnusable(f"{target} could not be written ({error})") from None
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) from None
    return rows


def _readable(path: Path) -> sqlite3.Connection:
    """Open a file for reading; one that lies where nothing can be written as it is, if nothing lies beside it."""
    address = path.absolute().as_uri()
    raw = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        raw.close()
        if path.with_name(f"{path.name}-wal").exists():
            raise
        raw = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True, isolation_level=None)
    return raw


def _counted(raw: sqlite3.Connection) -> dict[str, int]:
    names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    return {
        name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 the file's own names
        for (name,) in names.fetchall()
    }


def _gathered(path: Path) -> bool:
    """Bring what lies beside a database into it, so that one file is all of it; False when it is broken.

    Raises:
        DatabaseUnusable: somebody else has it open.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1.0)) as raw:
        try:
            if raw.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",):
                return True
        except sqlite3.DatabaseError as error:
            if "locked" not in str(error):
                return False
    raise DatabaseUnusable(f"another program has {path} open; end it and try again, nothing was changed")


def _not_ours(file: Path) -> CopyUnusable:
    return CopyUnusable(f"{file} is no database of Supportbot; name a copy that `supportbot db backup` made")


def _damaged(file: Path, why: str) -> CopyUnusable:
    return CopyUnusable(f"{file} is damaged ({why}); use another copy")
