"""Files as browsers get them: pictures, sounds and films to look at, all else to be saved, and nothing that runs.

A visitor called their page `photo.png`: its first bytes say that it is none, so it is saved and never shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse

from bot.handlers.house import House
from bot.storage.files import Files, shown_as

BARE = {"Content-Security-Policy": "sandbox; default-src 'none'"}
"""Whatever is in a file, it runs nothing here."""
SAVED = "application/octet-stream"


def sent(path: Path, kind: str, name: str) -> FileResponse:
    """Return a file as an answer.

    Args:
        path: where it lies.
        kind: the type under which it may be shown, empty for saving it.
        name: as which it is saved.
    """
    return FileResponse(path, filename=None if kind else name, media_type=kind or SAVED, headers=BARE)


def answer(files: Files, details: Mapping[str, object]) -> FileResponse | None:
    """Return the visitor's file that a line's details name, None when it is not kept; reads the disk."""
    path = files.path(str(details.get("key") or ""))
    return sent(path, shown_as(path), path.name) if path else None


async def no_room(house: House) -> bool:
    """Return whether what is left of the disk is for the database alone; owners read it at `/health/ready`."""
    full, alarms = await asyncio.to_thread(house.files.full), house.health.alarms
    if full:
        alarms["files"] = "the disk is nearly full, so files of visitors are refused; make room on it"
    else:
        alarms.pop("files", None)
    return full
