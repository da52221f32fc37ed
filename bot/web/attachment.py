"""What came with a line of a conversation, as the console shows it: a picture, a sound, a film, or a paper to save.

Anna's photo of the kettle stands in her bubble; her voice message can be played there; the invoice as PDF is a link
with its name and size. Nothing is fetched before somebody looks. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.message import Content, ContentKind
from bot.handlers.house import House
from bot.messaging import transcript
from bot.messaging.conversations import Conversation
from bot.messaging.transcript import Line

MEGABYTE = 1024 * 1024


class Shape(StrEnum):
    """How an attachment is shown."""

    PICTURE = "picture"
    SOUND = "sound"
    FILM = "film"
    PAPER = "paper"


SHAPES = {
    ContentKind.PHOTO: Shape.PICTURE,
    ContentKind.VOICE: Shape.SOUND,
    ContentKind.AUDIO: Shape.SOUND,
    ContentKind.VIDEO: Shape.FILM,
    ContentKind.VIDEO_NOTE: Shape.FILM,
    ContentKind.ANIMATION: Shape.FILM,
    ContentKind.DOCUMENT: Shape.PAPER,
}
"""A sticker is a picture when it stands still; those that move are known by their emoji."""
BY_TYPE = {"audio": Shape.SOUND, "video": Shape.FILM}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that staff can open.

    Attributes:
        shape: how it is shown.
        key: under which it is kept since it came, empty for one that its channel has until somebody looks.
        name: as its sender called it, may be empty.
        size: bytes, 0 when unknown.
        duration: seconds, 0 when unknown.
        width: pixels, 0 when unknown, as is its height.
        height: pixels.
        too_large: the most megabytes that its channel gives away, where it has more; else 0.
    """

    shape: Shape
    key: str
    name: str
    size: int
    duration: int
    width: int
    height: int
    too_large: int


def holder(house: House, conversation: Conversation, line: Line) -> str:
    """Return the channel that has the file of a line: the customer's, or that of the operators' groups."""
    if line.author == transcript.CUSTOMER:
        return conversation.place.channel
    return house.groups[0].channel if house.groups else ""


def attachment(content: Content, gives: int) -> Attachment | None:
    """Return what can be opened of a line's content; None when there is nothing, or nobody can fetch it.

    Args:
        content: of the line.
        gives: the most bytes of a file that its channel gives away, 0 for none.
    """
    details = content.details
    key = str(details.get("key") or "")
    shape = _shape(content)
    if shape is None or not (key or (details.get("file_id") and gives)):
        return None
    size = _number(details, "size")
    return Attachment(
        shape,
        key,
        str(details.get("name") or ""),
        size,
        _number(details, "duration"),
        _number(details, "width"),
        _number(details, "height"),
        too_large=gives // MEGABYTE if not key and size > gives else 0,
    )


def _shape(content: Content) -> Shape | None:
    """Return how a file is shown; of a visitor's, whose kind is not known, by what its first bytes say."""
    details = content.details
    if content.kind is ContentKind.STICKER:
        return Shape.PICTURE if details.get("still") else None
    if content.kind is ContentKind.DOCUMENT and details.get("key"):
        return BY_TYPE.get(str(details.get("mime") or "").partition("/")[0], Shape.PAPER)
    return SHAPES.get(content.kind)


def _number(details: Mapping[str, object], name: str) -> int:
    value = details.get(name)
    return value if isinstance(value, int) and value > 0 else 0
