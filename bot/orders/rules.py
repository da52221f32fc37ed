"""What every kind of field must be able to do, and what the kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.orders.answers import Accepted, Moment, Reading, Refused, Value, Words
from bot.orders.definition import Field

if TYPE_CHECKING:
    from babel import Locale


class Rules(Protocol):
    """The rules of a kind; a code is what a button carries for a value, `[A-Za-z0-9+._-]{1,20}`."""

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        """Return what the typed words are as an answer."""

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        """Return what is wrong with a value, None when it may stand."""

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        """Return the codes of the answers to offer as buttons."""

    def value_of(self, code: str) -> Value | None:
        """Return the value that a button's code stands for; not checked by the field. None when it is no code."""

    def show(self, field: Field, value: Value, language: str) -> Words:
        """Return a value as people read it."""


def locale_of(language: str) -> Locale:
    """Return Babel's locale of a language, English for one that it does not know."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def checked(rules: Rules, field: Field, value: Value, moment: Moment) -> Reading:
    """Return the value as an answer, if the field allows it."""
    trouble = rules.trouble(field, value, moment)
    return Refused(trouble) if trouble else Accepted(value)
