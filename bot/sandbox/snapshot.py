"""The sandbox on disk: one JSON file, so that ids and chats go on after a restart.

It is written a second after a change, whole or not at all, and at the end; what happens in between stands in the
journal beside it. Where the end was no clean one (the file says so), ids skip ahead, so that nothing new is taken for
something old.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bot.sandbox.chats import Chat, Person
from bot.sandbox.journal import Journal
from bot.sandbox.refusal import Json
from bot.sandbox.world import World

FORMAT: Final = 1
PAUSE: Final = 1.0
SKIPPED_UPDATES: Final = 10_000
SKIPPED_MESSAGES: Final = 1_000


def dump(world: World, *, clean: bool) -> Json:
    """Return all that a restart needs, as JSON values."""
    return {
        "format": FORMAT,
        "clean": clean,
        "token": world.token,
        "people": [asdict(person) for person in world.people.values()],
        "chats": [chat.dump() for chat in world.chats.values()],
        "commands": world.commands,
        "profile": world.profile,
        "webhook": world.webhook,
        "presses": list(world.presses.values()),
        "next_person": world.next_person,
        "next_group": world.next_group,
        "counter": world.counter,
        "files": world.files.dump(),
        "updates": world.updates.dump(),
    }


def load(world: World, kept: dict[str, Any]) -> None:
    """Take up what `dump` described."""
    world.token = kept["token"]
    world.people = {entry["id"]: Person(**entry) for entry in kept["people"]}
    world.chats = {entry["id"]: Chat.load(entry) for entry in kept["chats"]}
    for name in ("commands", "profile", "webhook", "next_person", "next_group", "counter"):
        setattr(world, name, kept[name])
    for press in kept["presses"]:
        world.remember_press(press)
    world.files.load(kept["files"])
    world.updates.load(kept["updates"])


def skip_ahead(world: World) -> None:
    """Let ids go on above all that may have been given before the end."""
    world.updates.last_id += SKIPPED_UPDATES
    world.counter += SKIPPED_UPDATES
    for chat in world.chats.values():
        chat.last_message_id += SKIPPED_MESSAGES if chat.last_message_id else 0


class Shelf:
    """Keeps a world in a file while it runs."""

    def __init__(self, world: World, path: Path | None) -> None:
        self._world = world
        self._path = path
        self._journal = None if path is None else Journal(world, path)
        self._written = -1
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Read the file when there is one.

        Raises:
            ValueError: it is not a sandbox's file, or of another version.
        """
        if self._path is None or self._journal is None:
            return
        if not self._path.exists():
            self._journal.forget(sys.maxsize)
            return
        try:
            kept = json.loads(self._path.read_bytes())
            known = kept["format"] == FORMAT
        except (ValueError, KeyError, TypeError):
            known = False
        if not known:
            raise ValueError(f"{self._path} is not a state file of this sandbox; move it away to begin anew")
        load(self._world, kept)
        self._journal.read(kept.get("journal", 0))
        if not kept["clean"]:
            skip_ahead(self._world)

    def start(self) -> None:
        """Begin to save; needs a running event loop."""
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self.save(clean=False)
            self._task = asyncio.get_running_loop().create_task(self._save_now_and_then())

    async def _save_now_and_then(self) -> None:
        while not await self._told_to_stop():
            if self._written != self._world.feed.seq + self._world.updates.last_id:
                text = self._text(clean=False)
                await asyncio.to_thread(self._write, text)
                self._forget()

    async def _told_to_stop(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await self._stop.wait()
        return self._stop.is_set()

    def _text(self, *, clean: bool) -> str:
        self._written = self._world.feed.seq + self._world.updates.last_id
        body = dump(self._world, clean=clean)
        if self._journal is not None:
            self._journal.turn(self._journal.number + 1)
            body["journal"] = self._journal.number
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    def _forget(self) -> None:
        """Delete the lines that the state on disk has in it."""
        if self._journal is not None:
            self._journal.forget(self._journal.number)

    def save(self, *, clean: bool) -> None:
        """Write the file now."""
        if self._path is not None:
            self._write(self._text(clean=clean))
            self._forget()

    def _write(self, text: str) -> None:
        if self._path is None:
            return
        draft = self._path.with_name(self._path.name + ".new")
        with draft.open("w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)

    async def close(self) -> None:
        """Stop saving and write the last state."""
        if self._task is not None:
            self._stop.set()
            await self._task
            self._task = None
            self.save(clean=True)
            if self._journal is not None:
                self._journal.close()
                self._journal.forget(sys.maxsize)
