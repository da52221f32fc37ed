"""Files that appear whole or not at all, and never in place of another.

A backup that is killed half-way, or for which the disk is too small, leaves nothing under the name that was asked for:
it is written beside it, as `monday.db.part`, brought onto the disk, and only then given its name. What a killed one
has left is written over by the next of the same name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.storage.database import DatabaseUnusable

PART = ".part"
OWNERS_ONLY = 0o600


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give the path to write to; when the block ends well, what is there gets the name of `target`.

    Only who runs this may read the file.

    Raises:
        DatabaseUnusable: the target exists, is being written by somebody else, or cannot be written; nothing is left.
    """
    if os.path.lexists(target):
        raise _exists(target)
    part = target.with_name(target.name + PART)
    named = False
    try:
        held = _held(part, target)
    except OSError as error:
        raise not_written(target, error) from None
    try:
        yield part
        os.fsync(held.fileno())
        _give_name(part, target)
        named = True
    except OSError as error:
        raise not_written(target, error) from None
    finally:
        if not named:
            part.unlink(missing_ok=True)
        held.close()


def not_written(target: Path, error: OSError) -> DatabaseUnusable:
    """Return that a file cannot be written, and why."""
    return DatabaseUnusable(f"{target} could not be written ({error.strerror or type(error).__name__})")


def _exists(target: Path) -> DatabaseUnusable:
    return DatabaseUnusable(f"{target} exists already; name a new file")


def _held(part: Path, target: Path) -> IO[bytes]:
    """Return the empty file beside the target, which nobody else writes until it is closed."""
    held = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, OWNERS_ONLY), "r+b")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = part.exists() and part.stat().st_ino == os.fstat(held.fileno()).st_ino
    except OSError:
        ours = False
    if not ours:  # somebody has it, or has just given it its name
        held.close()
        raise DatabaseUnusable(f"{target} is being written by another command just now; name another file")
    os.fchmod(held.fileno(), OWNERS_ONLY)
    held.truncate(0)
    return held


def _give_name(part: Path, target: Path) -> None:
    try:
        os.link(part, target)
    except FileExistsError:
        raise _exists(target) from None
    except OSError:  # a disk without hard links, such as a stick
        if os.path.lexists(target):
            raise _exists(target) from None
        part.rename(target)
    else:
        part.unlink()
    on_disk(target.parent)


def set_aside(path: Path, aside: Path) -> None:
    """Give a file a second name, or where a disk knows only one, another name."""
    try:
        os.link(path, aside)
    except OSError:
        shutil.copy2(path, aside)


def on_disk(folder: Path) -> None:
    """Bring the names in a folder onto the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
