"""Where messages come from and go to.

Anna's private chat is the `Place` ("telegram", "511000001"); the topic in which operators talk about her is
("telegram", "-1001000000001", "42").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.message import Content
from bot.domain.people import one_line


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a channel knows: a private chat, a group, or a topic of a group.

    Attributes:
        channel: name of the channel: `telegram`, `webchat`.
        chat: the channel's id of the chat, as text.
        thread: the channel's id of the topic, empty for none.
    """

    channel: str
    chat: str
    thread: str = ""

    @property
    def lane(self) -> str:
        """Return the key within which order is kept."""
        return f"{self.channel}:{self.chat}" + (f":{self.thread}" if self.thread else "")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote, as the channel tells it; nothing in it is proved but `id`.

    Attributes:
        id: the channel's id of the person, as text.
        name: the name shown, one line of what can be seen; where nothing can, the username, or the id.
        username: without the @, may be empty.
        language: the client's IETF tag ("de", "pt-br"), may be empty.
        anonymous: writes in the name of a group or channel.
        made_up: the channel knows no name and made this one up, such as "Visitor 3FA2".
    """

    id: str
    name: str
    username: str = ""
    language: str = ""
    anonymous: bool = False
    made_up: bool = False

    def __post_init__(self) -> None:
        """Let no name break the lines in which staff read it, whatever channel it came by."""
        if self.name:
            object.__setattr__(self, "name", one_line(self.name) or one_line(self.username) or one_line(self.id))


class Where(StrEnum):
    """The kind of chat that something came from."""

    PRIVATE = "private"
    GROUP = "group"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Something that came in: the parts that every kind has.

    Attributes:
        place: where it was said.
        where: a private chat, or a forum supergroup.
        author: who did it.
        at: the channel's time of it, timezone-aware UTC.
    """

    place: Place
    where: Where
    author: Author
    at: datetime


@dataclass(frozen=True, slots=True)
class Said(Incoming):
    """A message.

    Attributes:
        message: the channel's id of it within the chat.
        content: what it says.
        replies_to: the channel's id of the quoted message, empty for none.
        album: the channel's id of the album that it belongs to, empty for none.
    """

    message: str
    content: Content
    replies_to: str = ""
    album: str = ""


@dataclass(frozen=True, slots=True)
class Edited(Said):
    """A message that was changed by its author; `content` is the new one."""


@dataclass(frozen=True, slots=True)
class Pressed(Incoming):
    """A button below a message was pressed.

    Attributes:
        press: the channel's id of the press, to be answered soon.
        message: the message that carries the button.
        action: the button's action, not to be trusted.
    """

    press: str
    message: str
    action: str


@dataclass(frozen=True, slots=True)
class Reacted(Incoming):
    """Somebody put an emoji on a message, or took it away; a channel may not tell in which topic the message is.

    Attributes:
        message: the channel's id of the message.
        emoji: what stands there now of this person, empty for nothing.
    """

    message: str
    emoji: str


@dataclass(frozen=True, slots=True)
class Sought(Incoming):
    """Somebody looks for something to send, typing it behind the bot's name in any chat; the place is the person's.

    Attributes:
        query: the channel's id of it, to be answered within seconds.
        words: what they look for, perhaps nothing.
    """

    query: str
    words: str


class Happening(StrEnum):
    """Things that happen to a place and that nobody says."""

    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    TOPIC_CLOSED = "topic_closed"
    TOPIC_REOPENED = "topic_reopened"
    GROUP_MOVED = "group_moved"
    BOT_REMOVED = "bot_removed"
    RIGHTS_CHANGED = "rights_changed"


@dataclass(frozen=True, slots=True)
class Happened(Incoming):
    """Something happened.

    `detail` is the new group id for GROUP_MOVED; for RIGHTS_CHANGED it says something if the bot may open topics now.
    """

    what: Happening
    detail: str = ""
