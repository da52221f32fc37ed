"""What an answer to a field becomes: a value that is kept, or a word on what is wrong with it.

"zwei" to "How many?" is `Accepted(2)`; "200" is `Refused(Words("form.number_high", {"maximum": "20 packs"}))`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | bool | dict[str, str]
"""An answer as it is kept, plain JSON: option key, {"other": words}, text, number, E.164, ISO date, true or false."""


@dataclass(frozen=True, slots=True)
class Words:
    """Something to be read: a sentence of the catalogues, or words of the owner or the customer as they are.

    Attributes:
        key: the catalogue's key, empty when `text` is meant.
        arguments: for the sentence; texts and whole numbers, already written in the reader's language.
        text: the words themselves.
    """

    key: str = ""
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """The circumstances in which somebody answers.

    Attributes:
        today: the date at the shop.
        language: the customer's IETF tag at present; the form shows itself in it.
        region: ISO 3166 code of the customer's country where it is known, else empty.
    """

    today: date
    language: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The answer is sure and allowed; `remark` says what of it could not be kept."""

    value: Value
    remark: Words | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer cannot be taken; `codes` are the ones that may have been meant, for buttons."""

    words: Words
    codes: tuple[str, ...] = ()


Reading = Accepted | Refused
