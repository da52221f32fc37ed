"""An installation in one ZIP: the database and the files that people sent each other.

`monday.zip` holds `backup.json` (which program's database, which version, when), the database as `database.sqlite` or
`database.pgdump`, and the files as they lie in `var/attachments`. Taken out again, a file that is there already is left
as it is: its name stands for its content.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.storage.copies import CopyUnusable
from bot.storage.database import DatabaseUnusable
from bot.storage.whole_files import not_written, on_disk, written_whole

BEGINS = b"PK\x03\x04"
FORMAT = 1
NOTE, SQLITE, POSTGRES, FILES = "backup.json", "database.sqlite", "database.pgdump", "attachments/"
_FILE = re.compile(r"attachments/([A-Za-z0-9_-]{1,2})/(\1[A-Za-z0-9_-]{0,62})/([^/\\\x00]{1,120})")
"""attachments/KE/KEY/NAME, as `storage/files.py` lays them."""


def pack(target: Path, database: Path, name: str, files: Path, facts: Mapping[str, Any]) -> int:
    """Write a ZIP of a database's copy and the files, and read it once to its end.

    Args:
        target: the ZIP.
        database: the copy, which is left where it is.
        name: SQLITE or POSTGRES.
        files: the folder of the files; it need not be there.
        facts: for the note.

    Returns:
        How many files are in it.

    Raises:
        DatabaseUnusable: it cannot be written, or cannot be read afterwards.
    """
    many = 0
    with written_whole(target) as part:
        try:
            with zipfile.ZipFile(part, "w", strict_timestamps=False) as archive:
                archive.writestr(NOTE, json.dumps({"format": FORMAT, **facts}, indent=2))
                archive.write(database, name, zipfile.ZIP_DEFLATED, 1)
                for path in _kept(files):
                    with suppress(FileNotFoundError):  # let go of meanwhile
                        archive.write(path, FILES + path.relative_to(files).as_posix())
                        many += 1
            with zipfile.ZipFile(part) as archive:
                broken = archive.testzip()
        except OSError as error:
            raise not_written(target, error) from None
        if broken is not None:
            raise CopyUnusable(f"{target} could not be read again ({broken}); nothing was kept, try another disk")
    return many


@contextmanager
def taken_out(bundle: Path, to: Path) -> Iterator[tuple[Path, zipfile.ZipFile]]:
    """Take the database out of a ZIP for a while.

    Args:
        bundle: the ZIP.
        to: where the database goes; deleted in the end.

    Raises:
        CopyUnusable: it is damaged, or none of ours.
    """
    try:
        with zipfile.ZipFile(bundle) as archive:
            inside = [name for name in (SQLITE, POSTGRES) if name in archive.namelist()]
            if NOTE not in archive.namelist() or not inside:
                raise CopyUnusable(f"{bundle} is no backup of Supportbot; name one that `supportbot db backup` made")
            _know(archive, bundle)
            try:
                with archive.open(inside[0]) as source, os.fdopen(os.open(to, _NEW, 0o600), "wb") as out:
                    shutil.copyfileobj(source, out)
                yield to, archive
            finally:
                to.unlink(missing_ok=True)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise CopyUnusable(f"{bundle} is damaged ({error}); use another copy") from None
    except OSError as error:
        raise DatabaseUnusable(f"{bundle} could not be taken apart ({error.strerror})") from None


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def _know(archive: zipfile.ZipFile, bundle: Path) -> None:
    try:
        found = json.loads(archive.read(NOTE))["format"]
    except (ValueError, KeyError, TypeError):
        found = None
    if found != FORMAT:
        raise CopyUnusable(
            f"{bundle} is of format {found}, this program knows {FORMAT}; install the program that made it"
        )


def put_files(archive: zipfile.ZipFile, folder: Path) -> int:
    """Put files that are not there back where they lay; returns how many.

    Raises:
        zipfile.BadZipFile: a file in the ZIP is damaged.
        OSError: they cannot be written.
    """
    back = 0
    for member in archive.infolist():
        place = _FILE.fullmatch(member.filename)
        if place is None or place[3].startswith("."):
            continue
        path = folder / place[1] / place[2] / place[3]
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(".restoring")
        with archive.open(member) as source, unfinished.open("wb") as out:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        at = time.mktime((*member.date_time, 0, 0, -1))
        os.utime(unfinished, (at, at))  # how long it is kept counts from when it was written
        unfinished.rename(path)
        back += 1
    if back:
        on_disk(folder)
    return back


def _kept(files: Path) -> Iterator[Path]:
    """Yield the files that are whole."""
    for folder, inside, names in os.walk(files):
        inside.sort()
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name
