"""What happened since the whole state was written last: a file that only grows, a line for each thing.

Anna writes, and her message and the bot's update of it are in the file before anybody sees the message; a process that
is killed in the next moment has lost nothing. The lines wait for no disk, so a power cut may cost the last second.
Updates that are put in by hand stand in no line; the next writing of the whole state takes them along.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from bot.sandbox.chats import Chat, Person, Topic
from bot.sandbox.refusal import Json
from bot.sandbox.updates import Waiting
from bot.sandbox.world import World

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes of a file that a line still carries; of a larger one it has the description alone."""


class Journal:
    """Writes a line for whatever happens in a world."""

    def __init__(self, world: World, state: Path) -> None:
        self._world = world
        self._state = state
        self._file: BinaryIO | None = None
        self._chats: set[int] = set()
        self._files = 0
        self.number = 0

    def turn(self, number: int) -> None:
        """Go on in a new file: what stands in the earlier ones is part of the state that is written now."""
        self.close()
        self.number = number
        self._chats, self._files = set(self._world.chats), len(self._world.files)
        self._file = self._path(number).open("ab", buffering=0)
        self._world.feed.keep, self._world.updates.keep = self._note_event, self._note_update

    def close(self) -> None:
        """Write no more."""
        self._world.feed.keep = self._world.updates.keep = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _path(self, number: int) -> Path:
        return self._state.with_name(f"{self._state.name}.log{number}")

    def _paths(self) -> dict[int, Path]:
        found = self._state.parent.glob(f"{self._state.name}.log*")
        numbers = {path: path.name.removeprefix(f"{self._state.name}.log") for path in found}
        return {int(number): path for path, number in numbers.items() if number.isdigit()}

    def forget(self, before: int) -> None:
        """Delete the files with lower numbers."""
        for number, path in self._paths().items():
            if number < before:
                path.unlink(missing_ok=True)

    def read(self, first: int) -> None:
        """Let all that stands in the files from a number on happen again; a line that was cut off is left out."""
        for number, path in sorted(self._paths().items()):
            self.number = max(self.number, number)
            for line in path.read_bytes().split(b"\n") if number >= first else ():
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                _happen(self._world, record)

    def _note_event(self, event: Json) -> None:
        make = _MADE_OF.get(event["kind"])
        if make is None:
            return
        record: Json = {"kind": event["kind"], **make(self._world, event)}
        chat = self._world.chats.get(event["chat_id"])
        if chat is not None and chat.id not in self._chats:
            self._chats.add(chat.id)
            record["new_chat"] = chat.dump()
        if new := list(islice(self._world.files, self._files, None)):
            self._files += len(new)
            record["files"] = [_file(self._world, one) for one in new]
        self._write(record)

    def _note_update(self, waiting: Waiting) -> None:
        record: Json = {"kind": "update", "waiting": [waiting.update, waiting.chat_id, waiting.expires]}
        if press := self._world.presses.get(str(waiting.update.get("callback_query", {}).get("id", ""))):
            record["press"] = press
        self._write(record)

    def _write(self, record: Json) -> None:
        if self._file is not None:
            world = self._world
            record["numbers"] = [world.counter, world.next_person, world.next_group]
            self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")


def _file(world: World, file_id: str) -> Json:
    found = world.files.content(file_id)
    entry: Json = world.files.entry(file_id)
    if found is not None and len(found[1]) <= LARGEST_FILE:
        entry["bytes"] = base64.b64encode(found[1]).decode()
    return entry


def _short(chat: Chat) -> Json:
    """Return what a message may change in a chat."""
    return {
        "id": chat.id,
        **{name: getattr(chat, name) for name in ("started", "blocked", "migrated_to", "reply_keyboard", "pinned")},
        "last_message_id": chat.last_message_id,
    }


def _said(world: World, event: Json) -> Json:
    return {"chat": _short(world.chats[event["chat_id"]]), "message": event["message"]}


def _deleted(world: World, event: Json) -> Json:
    return {"chat": _short(world.chats[event["chat_id"]]), "gone": event["message_id"]}


def _topic(world: World, event: Json) -> Json:
    chat, thread = world.chats[event["chat_id"]], event["thread"]
    topic = chat.topics.get(thread)
    return {"chat": _short(chat), "thread": thread, "topic": asdict(topic) if topic else None}


def _whole_chat(world: World, event: Json) -> Json:
    chat = world.chats[event["chat_id"]]
    return {"chat": {**_short(chat), "members": chat.members}}


def _reaction(world: World, event: Json) -> Json:
    return {"chat": _short(world.chats[event["chat_id"]]), "on": event["message_id"], "reactions": event["reactions"]}


def _person(world: World, event: Json) -> Json:
    return {"person": asdict(world.people[event["chat_id"]])}


_MADE_OF: Final[dict[str, Callable[[World, Json], Json]]] = {
    "message": _said,
    "edited": _said,
    "deleted": _deleted,
    "topic": _topic,
    "chat": _whole_chat,
    "reaction": _reaction,
    "people": _person,
    "reset": lambda _world, _event: {},
}


def _happen(world: World, record: dict[str, Any]) -> None:
    """Change a world as a line says."""
    if record["kind"] == "reset":
        world.reset()
    world.counter, world.next_person, world.next_group = record["numbers"]
    if person := record.get("person"):
        world.people[person["id"]] = Person(**person)
    if whole := record.get("new_chat"):
        world.chats[whole["id"]] = Chat.load(whole)
    if files := record.get("files"):
        world.files.load(files)
    if press := record.get("press"):
        world.remember_press(press)
    if waiting := record.get("waiting"):
        world.updates.waiting.append(Waiting(*waiting))
        world.updates.last_id = max(world.updates.last_id, world.updates.waiting[-1].id)
    if kept := record.get("chat"):
        _happen_in(world.chats[kept.pop("id")], kept, record)


def _happen_in(chat: Chat, kept: dict[str, Any], record: dict[str, Any]) -> None:
    members = kept.pop("members", None)
    for name, value in kept.items():
        setattr(chat, name, value)
    if members is not None:
        chat.members = {int(key): member for key, member in members.items()}
    if message := record.get("message"):
        chat.remember(message)
    if gone := record.get("gone"):
        chat.messages.pop(gone, None)
        chat.reactions.pop(gone, None)
    if "reactions" in record:
        chat.reactions[record["on"]] = record["reactions"]
    if topic := record.get("topic"):
        chat.topics[topic["id"]] = Topic(**topic)
    elif "topic" in record:
        chat.drop(record["thread"])
