"""What an answer to a field becomes: a value that is kept, or a word on what is wrong with it.

"zwei" to "How many?" is `Accepted(2)`; "200" is `Refused(Words("form.number_high", {"maximum": "20 packs"}))`; a street
without a town is `Begun({"street": …}, …)`: kept, and the town is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.orders.catalogue import Catalogue

Value = str | int | float | bool | dict[str, Any] | list[Any]
"""An answer as it is kept, JSON, never null: option key, {"other": words}, text, number, E.164, ISO date, true …"""


@dataclass(frozen=True, slots=True)
class Words:
    """Something to be read: a sentence of the catalogues, or words of the owner or the customer as they are.

    Attributes:
        key: the catalogue's key, empty when `text` is meant.
        arguments: for the sentence; texts and whole numbers, already written in the reader's language.
        text: the words themselves.
        parts: read one behind the other, instead of all that.
    """

    key: str = ""
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    text: str = ""
    parts: tuple[Words, ...] = ()


def joined(*parts: Words) -> Words:
    """Return words that are read one behind the other."""
    if any(part.key or part.parts for part in parts):
        return Words(parts=parts)
    return Words(text="".join(part.text for part in parts))


@dataclass(frozen=True, slots=True)
class Moment:
    """The circumstances in which somebody answers.

    Attributes:
        today: the date at the shop.
        language: the customer's IETF tag at present; the form shows itself in it.
        region: ISO 3166 code of the customer's country where it is known, else empty.
        at: the time of day at the shop.
        zone: IANA zone of the shop.
        name: what the customer is called so far; may be empty.
        free: days on which the shop is closed, as 2026-12-25.
        answers: what the form has of the other fields; the form itself fills it in.
        so_far: what the customer has said already of an answer that is given in several parts; None at its beginning.
        catalogue: what the shop sells and what is left of it; None when it sells nothing by the catalogue.
    """

    today: date
    language: str
    region: str = ""
    at: time = time.min
    zone: str = "UTC"
    name: str = ""
    free: frozenset[str] = frozenset()
    answers: Mapping[str, Value | None] = field(default_factory=dict)
    so_far: Value | None = None
    catalogue: Catalogue | None = None

    @property
    def now(self) -> datetime:
        """Return date and time at the shop, without a zone."""
        return datetime.combine(self.today, self.at)

    @property
    def aware(self) -> datetime:
        """Return the same with the shop's zone."""
        return self.now.replace(tzinfo=ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer is sure and allowed; `remark` says what of it could not be kept, `read_as` what it was taken for."""

    value: Value
    remark: Words | None = None
    read_as: Words | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A part of the answer; it is kept as `Moment.so_far`, and the field asks for the rest.

    Attributes:
        so_far: all that is known of the answer now.
        words: said before what is asked next, such as what was understood or what is wrong.
        codes: offered as buttons instead of the usual ones.
        marked: nothing but the marks on the buttons has changed; they can change where they stand.
    """

    so_far: Value
    words: Words | None = None
    codes: tuple[str, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer cannot be taken.

    Attributes:
        words: why.
        codes: what may have been meant, for buttons.
        person: a person can help where the form cannot.
        wish: what was surely wished for, from which the field goes on when it is asked later; None for nothing.
    """

    words: Words
    codes: tuple[str, ...] = ()
    person: bool = False
    wish: Value | None = None


Reading = Accepted | Begun | Refused


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a summary, or of what an answer has come to so far."""

    label: str
    value: Words


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a field asks at present.

    Attributes:
        words: the question; None for the owner's own.
        rows: lines below it: what is known so far.
        contact: a button that shares the customer's phone number would help.
        location: and one that shares where the customer is.
    """

    words: Words | None = None
    rows: tuple[Row, ...] = ()
    contact: bool = False
    location: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """The customer wrote something; an empty text stands for content that nothing else here stands for."""

    text: str


@dataclass(frozen=True, slots=True)
class Tapped:
    """The customer pressed a button; `action` is a `Choice.action`, not to be trusted."""

    action: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The customer shared a contact with a button; `phone` is its number, with or without a +."""

    phone: str


@dataclass(frozen=True, slots=True)
class Located:
    """The customer shared a place: degrees, WGS 84; `name` and `address` where the messenger tells them."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """The customer sent a file.

    Attributes:
        kind: photo, document, voice …: a `ContentKind`'s value.
        file: what names it for good: JSON, the transcript's line and the channel's own ids.
        name: as its sender called it; may be empty.
        size: bytes; 0 where it is not known.
        caption: words below it.
    """

    kind: str
    file: Mapping[str, Any]
    name: str = ""
    size: int = 0
    caption: str = ""


Sent = Shared | Located | Attached
"""What is neither written nor pressed."""

Given = Typed | Tapped | Shared | Located | Attached
