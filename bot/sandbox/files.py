"""The files that were sent: every photo, voice and document has a file id and, while there is room, its bytes.

Vera sends a photo: it gets an id that begins with "photo", the bot copies it or fetches it by getFile and /file/.
"""

from __future__ import annotations

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.refusal import Json, bad

ROOM: Final = 64 * 1024 * 1024
ROOM_IN_STATE: Final = 8 * 1024 * 1024
LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the sandbox.

    Attributes:
        id: what messages name it by.
        unique: the same for the same bytes.
        kind: photo, document, video, animation, audio, voice, video_note or sticker.
        name: file name without folders; may be empty.
        mime: media type; may be empty.
        size: bytes.
    """

    id: str
    unique: str
    kind: str
    name: str
    mime: str
    size: int

    @property
    def path(self) -> str:
        """The file_path of getFile, which /file/bot<token>/ serves."""
        ending = self.name.rpartition(".")[2] if "." in self.name else "bin"
        return f"{self.kind}s/{self.id}.{ending}"


class FileShelf:
    """Files by id; the bytes of the oldest go first when they take more than 64 MiB."""

    def __init__(self) -> None:
        self._files: dict[str, Stored] = {}
        self._bytes: OrderedDict[str, bytes] = OrderedDict()
        self._taken = 0

    def __len__(self) -> int:
        return len(self._files)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def entry(self, file_id: str) -> Json:
        """Return the description of a file as JSON values."""
        return {name: getattr(self._files[file_id], name) for name in Stored.__slots__}

    def add(self, kind: str, content: bytes, name: str = "", mime: str = "") -> Stored:
        """Keep a file and return its description."""
        unique = hashlib.sha256(content).hexdigest()[:16]
        stored = Stored(f"{kind}-{len(self._files) + 1}-{unique}", unique, kind, name, mime, len(content))
        self._files[stored.id] = stored
        self._keep(stored.id, content)
        return stored

    def _keep(self, file_id: str, content: bytes) -> None:
        self._bytes[file_id] = content
        self._taken += len(content)
        while self._taken > ROOM and len(self._bytes) > 1:
            _, dropped = self._bytes.popitem(last=False)
            self._taken -= len(dropped)

    def find(self, file_id: str) -> Stored:
        """Return the file of an id.

        Raises:
            Refusal: no such file.
        """
        stored = self._files.get(file_id)
        if stored is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return stored

    def file(self, file_id: str) -> Json:
        """Return the Bot API's File, as getFile does.

        Raises:
            Refusal: no such file, its bytes are gone, or it has more than 20 MB.
        """
        stored = self._files.get(file_id)
        if stored is None:
            raise bad("invalid file_id")
        if stored.size > LARGEST_DOWNLOAD:
            raise bad("file is too big")
        if file_id not in self._bytes:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_unique_id": stored.unique, "file_size": stored.size, "file_path": stored.path}

    def read(self, path: str) -> tuple[Stored, bytes] | None:
        """Return the file behind a file_path and its bytes; None when it is not there."""
        file_id = path.rpartition("/")[2].rpartition(".")[0]
        stored = self._files.get(file_id)
        if stored is None or stored.path != path or file_id not in self._bytes:
            return None
        return stored, self._bytes[file_id]

    def content(self, file_id: str) -> tuple[Stored, bytes] | None:
        """Return a file and its bytes; None when they are not there."""
        content = self._bytes.get(file_id)
        return None if content is None else (self._files[file_id], content)

    def dump(self) -> list[Json]:
        """Return the files as JSON values; of the bytes the newest 8 MiB."""
        kept, room = [], ROOM_IN_STATE
        for stored in reversed(self._files.values()):
            content = self._bytes.get(stored.id)
            entry = self.entry(stored.id)
            if content is not None and len(content) <= room:
                room -= len(content)
                entry["bytes"] = base64.b64encode(content).decode()
            kept.append(entry)
        kept.reverse()
        return kept

    def load(self, kept: list[dict[str, Any]]) -> None:
        """Take up what `dump` described."""
        for entry in kept:
            content = entry.pop("bytes", None)
            stored = Stored(**entry)
            self._files[stored.id] = stored
            if content is not None:
                self._keep(stored.id, base64.b64decode(content))
