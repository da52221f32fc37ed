"""Files that came from a channel: kept beside the database, each under a key of the message that shows it.

Olga's photo for a visitor of the web chat is fetched once, kept here, and shown to that visitor alone. What a file is
called and who may have it stands in the database; what it may be shown as is read from its first bytes, for names lie.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
LEAST_FREE = 1024**3
"""Bytes of the disk that files of visitors leave alone: the database needs them."""
_HEAD = 16
_ODD = re.compile(r"[^\w.\- ]")
_SIGNS = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"\xff\xf2", 0, "audio/mpeg"),
    (b"fLaC", 0, "audio/flac"),
    (b"WAVE", 8, "audio/wav"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftyphei", 4, ""),  # a phone's photo in a form that browsers do not show
    (b"ftyphev", 4, ""),
    (b"ftypmif1", 4, ""),
    (b"ftyp", 4, "video/mp4"),
)
"""(bytes, where they stand, type): what browsers show without running anything; the first that fits counts."""


class Files:
    """The folder of files; its keys are made by us and never paths."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, key: str, content: bytes, name: str = "file", at: datetime | None = None) -> Path:
        """Write a file, whole or not at all; the same key and name again is written over.

        Args:
            key: made by us.
            content: the bytes.
            name: what people call it; what is no letter, number, dot, space, - or _ becomes _.
            at: when it was sent, if that is not now; its time here is counted from then.

        Raises:
            ValueError: the key is not 1 to 64 of A-Z a-z 0-9 _ -.
        """
        folder = self._place(key)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / harmless(name)
        unfinished = folder / f".{secrets.token_hex(8)}"
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if at is not None:
            os.utime(unfinished, (at.timestamp(), at.timestamp()))
        return unfinished.replace(path)

    def path(self, key: str) -> Path | None:
        """Return where a file lies, None when there is none under this key."""
        folder = self._place(key) if KEY.fullmatch(key) else None
        if folder is None or not folder.is_dir():
            return None
        return next((path for path in sorted(folder.iterdir()) if not path.name.startswith(".")), None)

    def full(self) -> bool:
        """Return whether the disk has no room for more files."""
        there = next(folder for folder in (self._folder, *self._folder.parents) if folder.is_dir())
        return shutil.disk_usage(there).free < LEAST_FREE

    def forget(self, before: datetime, after: str = "", most: int = 1000) -> tuple[int, str]:
        """Delete files that were written before a moment.

        Args:
            before: the moment.
            after: the key to go on behind, empty to begin.
            most: keys looked at.

        Returns:
            How many keys lost their file, and the key to go on behind; empty when all were looked at.
        """
        gone = 0
        for number, folder in enumerate(self._folders(after)):
            if number == most:
                return gone, after
            after = folder.name
            gone += _forgotten(folder, before)
        return gone, ""

    def _folders(self, after: str) -> Iterator[Path]:
        """Yield the folders of all keys behind one, in order."""
        if not self._folder.is_dir():
            return
        for shelf in sorted(path for path in self._folder.iterdir() if path.is_dir() and path.name >= after[:2]):
            yield from sorted(path for path in shelf.iterdir() if path.is_dir() and path.name > after)

    def _place(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("a file's key is 1 to 64 of A-Z a-z 0-9 _ -")
        return self._folder / key[:2] / key


def _forgotten(folder: Path, before: datetime) -> bool:
    """Delete what a key's folder holds if all of it is old; False when it stays."""
    files = list(folder.iterdir())
    if any(path.lstat().st_mtime >= before.timestamp() for path in files):
        return False
    for path in files:
        path.unlink(missing_ok=True)
    with suppress(OSError):  # somebody keeps a file there again just now
        folder.rmdir()
    return bool(files)


def harmless(name: str) -> str:
    """Return a name under which a file can lie on any disk, at most 80 characters; its ending is kept."""
    return _ODD.sub("_", name)[-80:].lstrip(". ") or "file"


def shown_as(path: Path) -> str:
    """Return the type under which a browser may show a file, empty when it should only save it."""
    with path.open("rb") as file:
        return sniffed(file.read(_HEAD))


def sniffed(head: bytes) -> str:
    """Return the type of picture, sound or film that begins so, empty for anything else."""
    return next((kind for sign, at, kind in _SIGNS if head[at : at + len(sign)] == sign), "")
