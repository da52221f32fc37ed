"""What the house asks of its neighbours: channels, connectors and the clock.

A delivery loop hands a channel one `Outgoing` and a `Place`, and gets a `Receipt` back or one of the errors below,
each of which says what is known about the message's fate.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from bot.domain.conversation import Incoming, Place
from bot.domain.errors import SupportbotError


class Act(StrEnum):
    """What is to be done at a place. Not every channel can do all; see `Capabilities`."""

    SAY = "say"
    COPY = "copy"
    EDIT = "edit"
    EDIT_CAPTION = "edit_caption"
    DELETE = "delete"
    REACT = "react"
    EDIT_BUTTONS = "edit_buttons"
    ATTACH = "attach"
    ANSWER_PRESS = "answer_press"
    ANSWER_SEARCH = "answer_search"
    OPEN_TOPIC = "open_topic"
    EDIT_TOPIC = "edit_topic"
    CLOSE_TOPIC = "close_topic"
    REOPEN_TOPIC = "reopen_topic"
    PIN = "pin"
    SET_COMMANDS = "set_commands"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to be done at a place, with all that the channel needs for it.

    Attributes:
        act: what is to be done.
        body: JSON by act. SAY: `text` (RichText.to_dict), `buttons` (rows_to_json), `reply_to` (message id),
            `ask_contact` (label of a share-contact button), `ask_location` (of one that shares the place), `words`
            (answers offered beside it), `remove_keyboard`,
            `silent`, `told` (a sign of whom it tells what), `author` (`bot`, `operator`), `name` (the operator's, shown
            where the channel can), `progress` (of a form: [this question, all questions]).
            COPY: `channel`, `chat`, `message` (where the original is; neither when it is not there any more, or shows
            another file by now), `kind`, `text` (caption; the copy has this one, whatever the original has by then),
            `details` (those of a `Content`, for channels that cannot copy), `author`, `name`, `reply_to`; of an album
            `album` (its id) and, when its parts go together, `parts` (each with `kind`, `text`, `details`).
            EDIT, EDIT_CAPTION, EDIT_BUTTONS, DELETE, PIN: `message`, `text`, `buttons`. REACT: `message`, `emoji`
            (empty takes it back). ATTACH: `path` (a file), `name`, `caption`, `kind`. ANSWER_PRESS: `press`, `text`.
            ANSWER_SEARCH: `query`, `results` (each with `id`, `title`, `description`, `text`), `cached` (seconds).
            OPEN_TOPIC, EDIT_TOPIC: `name`,
            `state` (its colour or icon). SET_COMMANDS: `commands` ([name, description]), `language`. EVENT, for
            connectors only: `event` (`order.made`, `order.state`, `order.changed`) and what it is about.
    """

    act: Act
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the channel gave back.

    Attributes:
        message: its id of the message, empty where the act makes none; of an album the first one's.
        thread: its id of the topic that was opened, else empty.
        others: its ids of an album's further messages, in order.
    """

    message: str = ""
    thread: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; handlers ask this and never a channel's name.

    Attributes:
        max_text: UTF-16 units in one message.
        buttons: the most inline buttons below one message.
        topics: has topics for operators.
        contact_button: can ask for the phone number with a button.
        location_button: can ask with a button where somebody is.
        commands: people type commands that begin with a slash.
        copies: can copy any content within the channel without an upload.
        progress: shows by itself how far a form has come, from `progress` of a SAY.
        names: tells the customers' own names.
        max_caption: UTF-16 units below a file.
        albums: shows several files as one album.
        quotes: a message can point to an earlier one.
        reactions: a message can carry an emoji of the bot's.
        takes_back: how long after it was sent a message can be deleted; None for never.
        takes_files: the most bytes of a file that is brought here from another channel; 0 for none.
        gives_files: the most bytes of a file that can be fetched from here; 0 for none.
    """

    max_text: int = 4096
    max_caption: int = 1024
    albums: bool = False
    quotes: bool = False
    reactions: bool = False
    takes_back: timedelta | None = None
    takes_files: int = 0
    gives_files: int = 0
    buttons: int = 100
    topics: bool = False
    contact_button: bool = False
    location_button: bool = False
    commands: bool = False
    copies: bool = False
    progress: bool = False
    names: bool = True


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel takes messages; the delivery loops keep to it.

    Attributes:
        key: what the limits below count together, usually the chat; empty for no limit at all.
        spacing: the least time between two sends with this key, or between `burst` and the next as many.
        burst: sends with this key that may go together.
        per_minute: the most sends with this key in any 60 s; 0 for no such limit.
        all_per_second: the most sends of the channel in any second; 0 for no such limit.
    """

    key: str = ""
    spacing: timedelta = timedelta(0)
    per_minute: int = 0
    all_per_second: float = 0.0
    burst: int = 1


class DeliveryError(SupportbotError):
    """A delivery did not end with a receipt; the class says what is known."""


class TryLater(DeliveryError):
    """Surely not delivered, and worth another try: too many requests, no connection, the server's own trouble.

    Attributes:
        after: the wait that the channel asked for; zero when it did not say.
    """

    def __init__(self, reason: str, after: timedelta = timedelta(0)) -> None:
        super().__init__(f"not delivered yet: {reason}; it is tried again by itself")
        self.reason = reason
        self.after = after


class Uncertain(DeliveryError):
    """The request was written, and no answer came: it may or may not have arrived."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"it is not known whether this was delivered: {reason}")
        self.reason = reason


class Why(StrEnum):
    """Why a channel refuses for good."""

    BLOCKED = "blocked"
    CHAT_GONE = "chat_gone"
    TOPIC_GONE = "topic_gone"
    TOPIC_CLOSED = "topic_closed"
    NO_RIGHTS = "no_rights"
    SAME = "same"
    TOO_LATE = "too_late"
    MESSAGE_GONE = "message_gone"
    NOT_CARRIED = "not_carried"
    NO_TOPIC = "no_topic"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"


class Refused(DeliveryError):
    """Surely not delivered, and another try would not help."""

    def __init__(self, why: Why, reason: str) -> None:
        super().__init__(f"not delivered: {reason}")
        self.why = why
        self.reason = reason


class Moved(DeliveryError):
    """A group has a new id: the one that the message goes to, or the one that it would be copied from.

    Attributes:
        chat: the new id.
        old: the id that it had; empty for the place of the delivery.
    """

    def __init__(self, chat: str, old: str = "") -> None:
        super().__init__("the group was upgraded; its new id is taken over by itself")
        self.chat = chat
        self.old = old


@dataclass(frozen=True, slots=True)
class Raw:
    """An update as a channel gave it, before anybody read it.

    Attributes:
        external_id: the channel's id of the update, unique for the account within 48 hours.
        lane: within it, updates are handled in order.
        payload: the JSON that came.
    """

    external_id: str
    lane: str
    payload: Mapping[str, Any]


Admit = Callable[[str, str, Sequence[Raw]], Awaitable[None]]
"""Stores updates (channel, account, updates); returns when they are on the disk: only then may they be acknowledged."""


class Channel(Protocol):
    """A place where messages come and go: Telegram, web chat."""

    @property
    def name(self) -> str:
        """The channel's name in `Place.channel`."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:
        """Return what an update means, or None when it means nothing to a support desk."""

    def link(self, place: Place) -> str:
        """Return an address that opens a place in the channel's app, empty when there is none."""

    def pace(self, place: Place, act: Act) -> Pace:
        """Return how fast this may be done there."""

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        """Do one thing at a place.

        Raises:
            TryLater: surely not done; try again.
            Uncertain: not known.
            Refused: surely not done, and never will be.
            Moved: the chat has a new id.
        """


@runtime_checkable
class ShowsTyping(Protocol):
    """A channel that can show that somebody is writing."""

    async def show_typing(self, place: Place, name: str) -> None:
        """Show it for some seconds; best effort, no failure is told.

        Args:
            place: the customer's.
            name: of who writes, for channels that show it.
        """


@runtime_checkable
class FileSource(Protocol):
    """A channel whose files can be fetched."""

    async def fetch(self, file: str, most: int) -> bytes:
        """Return the bytes of a file by the channel's id of it.

        Args:
            file: `file_id` of a content's details.
            most: bytes that it may have.

        Raises:
            DeliveryError: it cannot be had; the class says whether to try again.
        """


class Connector(Protocol):
    """Delivers to another system (a CRM, a tracker)."""

    @property
    def name(self) -> str:
        """The connector's name in the outbox."""

    async def deliver(self, outgoing: Outgoing) -> Receipt:
        """Deliver one event; the errors are a channel's."""


class Clock(Protocol):
    """The time, passed in so that tests own it."""

    def __call__(self) -> datetime:
        """Return now, timezone-aware UTC."""
