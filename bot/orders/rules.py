"""What every kind of field must be able to do, and what the kinds share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from bot.orders.answers import Accepted, Moment, Prompt, Reading, Refused, Sent, Value, Words
from bot.orders.fields import Field

if TYPE_CHECKING:
    from babel import Locale


class Rules(ABC):
    """The rules of a kind; a code is what a button carries for a value, `[A-Za-z0-9+._-]{1,20}`.

    An answer in several parts is begun with `Begun`; until it is whole, `moment.so_far` holds what is known of it, and
    `prompt`, `codes`, `label`, `picked` and `read` go by that.

    Attributes:
        any_words: whatever is typed can be the answer, also what somebody else would take for a question.
        figures: a typed figure is an answer itself, so that it cannot stand for the first or the second button.
        carries_over: an answer of last time may stand for the next time too.
    """

    any_words: ClassVar[bool] = False
    figures: ClassVar[bool] = False
    carries_over: ClassVar[bool] = True

    @abstractmethod
    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        """Return what the typed words are as an answer."""

    @abstractmethod
    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        """Return what is wrong with a whole value of whatever shape, None when it may stand."""

    @abstractmethod
    def show(self, field: Field, value: Value, language: str) -> Words:
        """Return a whole value as people read it."""

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        """Return the codes of the answers to offer as buttons; none for a kind that is typed only."""
        return ()

    def value_of(self, code: str) -> Value | None:  # noqa: ARG002
        """Return the value that a button's code stands for; not checked by the field. None when it is no code."""
        return None

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:
        """Return what stands on the button with this code, None when there is no such button."""
        value = self.value_of(code)
        return None if value is None else self.show(field, value, moment.language)

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        """Return what a pressed button is as an answer, None when its code means nothing here."""
        value = self.value_of(code)
        return None if value is None else checked(self, field, value, moment)

    def sent(self, field: Field, given: Sent, moment: Moment) -> Reading | None:  # noqa: ARG002
        """Return what a shared contact, a place or a file is as an answer, None when this kind takes none of it."""
        return None

    def prompt(self, field: Field, moment: Moment) -> Prompt:  # noqa: ARG002
        """Return what is asked at present."""
        return Prompt()

    def opened(self, field: Field, value: Value, moment: Moment) -> Value | None:  # noqa: ARG002
        """Return the `so_far` with which a whole answer is taken up again for a change, None to ask from the start."""
        return None

    def can_wait(self, field: Field, value: Value) -> bool:  # noqa: ARG002
        """Return whether trouble with a whole answer may wait until the summary while other fields are asked."""
        return False

    def repaired(self, field: Field, value: Value, moment: Moment) -> Value | None:  # noqa: ARG002
        """Return the `so_far` with all of a troubled answer that still holds, None to ask from the start."""
        return None

    def renewed(self, field: Field, value: Value, moment: Moment) -> Value | None:
        """Return what of an answer of an earlier order can be one now, None for nothing."""
        return None if self.trouble(field, value, moment) else value

    def left_out(self, before: Value, now: Value, language: str) -> list[str]:  # noqa: ARG002
        """Return the names of the parts of an answer that `renewed` left out, as a customer reads them."""
        return []

    def earlier(self, field: Field, moment: Moment) -> Value | None:  # noqa: ARG002
        """Return the `so_far` of one part before, for "back" in the middle of an answer; None is its start."""
        return None


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
