"""What people and the bot say to each other, on any channel.

Anna writes "What does **delivery** cost?": a `RichText` of 27 units with one bold `Entity`. The bot's answer is a
`Say` with two buttons; the file that she sent goes on to the operators as a `Copy`.
Lengths and offsets are UTF-16 code units, as in the Bot API's MessageEntity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class EntityKind(StrEnum):
    """Formatting that every channel understands or may leave out; the values are the Bot API's."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    SPOILER = "spoiler"
    CODE = "code"
    PRE = "pre"
    LINK = "text_link"
    QUOTE = "blockquote"
    CUSTOM_EMOJI = "custom_emoji"


@dataclass(frozen=True, slots=True)
class Entity:
    """One stretch of formatting.

    Attributes:
        kind: what it is.
        offset: first unit, from 0, in UTF-16 code units.
        length: units covered, at least 1.
        value: the address of a link, the language of a code block, the id of a custom emoji; else empty.
    """

    kind: EntityKind
    offset: int
    length: int
    value: str = ""


LAST_OF_ONE_UNIT = 0xFFFF


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the way Telegram counts."""
    return len(text) + sum(1 for char in text if ord(char) > LAST_OF_ONE_UNIT)


@dataclass(frozen=True, slots=True)
class RichText:
    """A text with its formatting; entities lie inside it and are sorted by offset."""

    text: str
    entities: tuple[Entity, ...] = ()

    def __add__(self, other: RichText | str) -> RichText:
        """Join two texts; the second one's entities move along."""
        if isinstance(other, str):
            return RichText(self.text + other, self.entities)
        shift = units(self.text)
        moved = tuple(replace(entity, offset=entity.offset + shift) for entity in other.entities)
        return RichText(self.text + other.text, self.entities + moved)

    def __bool__(self) -> bool:
        return bool(self.text)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: text, and entities as [kind, offset, length, value]."""
        return {"text": self.text, "entities": [[e.kind.value, e.offset, e.length, e.value] for e in self.entities]}

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> RichText:
        """Read what `to_dict` wrote."""
        entities = tuple(Entity(EntityKind(kind), at, length, value) for kind, at, length, value in body["entities"])
        return cls(body["text"], entities)


def plain(text: str) -> RichText:
    """Return the text without formatting."""
    return RichText(text)


def styled(kind: EntityKind, text: str, value: str = "") -> RichText:
    """Return the text with one formatting over all of it; an empty text gets none."""
    return RichText(text, (Entity(kind, 0, units(text), value),) if text else ())


def bold(text: str) -> RichText:
    """Return the text in bold."""
    return styled(EntityKind.BOLD, text)


def join(parts: Iterable[RichText], between: str = "\n") -> RichText:
    """Join texts with a separator."""
    whole = RichText("")
    for number, part in enumerate(parts):
        whole = (whole + between if number else whole) + part
    return whole


def _cut(rich: RichText, start: int, end: int) -> RichText:
    """Return the characters from `start` to `end` (code points), their entities cut to fit."""
    first, last = units(rich.text[:start]), units(rich.text[:end])
    kept = []
    for entity in rich.entities:
        begin, stop = max(entity.offset, first), min(entity.offset + entity.length, last)
        if begin < stop:
            kept.append(replace(entity, offset=begin - first, length=stop - begin))
    return RichText(rich.text[start:end], tuple(kept))


def _break_at(text: str, start: int, limit: int) -> int:
    """Return where the piece that begins at `start` ends: a paragraph's, line's, sentence's or word's end."""
    end, room = start, limit
    while end < len(text):
        room -= 2 if ord(text[end]) > LAST_OF_ONE_UNIT else 1
        if room < 0:
            break
        end += 1
    if end == len(text):
        return end
    for mark in ("\n\n", "\n", ". ", " "):
        found = text.rfind(mark, start + (end - start) // 3, end)
        if found > start:
            return found + len(mark)
    return end


def split(rich: RichText, limit: int) -> list[RichText]:
    """Cut a long text into messages, at paragraph ends where there are some.

    Args:
        rich: the text; an empty one gives no message.
        limit: units allowed in one message, 4096 for Telegram's sendMessage; at least 2.

    Returns:
        Pieces that together hold every character but white space at the cuts; none is empty.
    """
    if len(rich.text) * 2 <= limit:  # however it counts, it fits
        return [rich] if rich.text.strip() else []
    pieces, start = [], 0
    while start < len(rich.text):
        end = _break_at(rich.text, start, limit)
        piece = _cut(rich, start, end)
        trimmed = _cut(piece, 0, len(piece.text.rstrip())) if end < len(rich.text) or start else piece
        if trimmed.text.strip():
            pieces.append(trimmed)
        start = end
    return pieces


class ContentKind(StrEnum):
    """What a message carries; the values are the Bot API's field names."""

    TEXT = "text"
    PHOTO = "photo"
    DOCUMENT = "document"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    LOCATION = "location"
    VENUE = "venue"
    CONTACT = "contact"
    POLL = "poll"
    DICE = "dice"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says.

    Attributes:
        kind: text, or what is attached.
        text: the text or caption.
        details: what else the screens and the form need, JSON: `file_id`, `name`, `mime`, `size` (bytes), `duration`
            (seconds), `width`, `height` (pixels), `still` (a sticker that does not move), `latitude`, `longitude`,
            `phone`, `url` (a file of the web chat) …
        copyable: the channel can copy it to another place without a new upload.
    """

    kind: ContentKind
    text: RichText = RichText("")
    details: Mapping[str, Any] = field(default_factory=dict)
    copyable: bool = True


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: pressing it sends `action` back, or opens `url`.

    `action` is at most 64 bytes (Bot API callback_data) and safe to press again: what it means stands in the database.
    """

    text: str
    action: str = ""
    url: str = ""

    def to_list(self) -> list[str]:
        """Return the JSON form [text, action, url]."""
        return [self.text, self.action, self.url]


Rows = tuple[tuple[Button, ...], ...]


def rows_from_json(found: Sequence[Sequence[Sequence[str]]]) -> Rows:
    """Return rows of buttons from their JSON form."""
    return tuple(tuple(Button(*button) for button in row) for row in found)


def rows_to_json(rows: Rows) -> list[list[list[str]]]:
    """Return the JSON form of rows of buttons."""
    return [[button.to_list() for button in row] for row in rows]
