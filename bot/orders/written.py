r"""The kinds that are kept as they were written: text, long text, comment, a person's name.

"Bitte klingeln.\n\nZweiter Stock." stays in its two paragraphs; "mein Name ist Jürgen Müller" is kept as Jürgen Müller.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable

from bot.orders.address_needs import has_house_number, has_postcode
from bot.orders.answers import Moment, Reading, Value, Words
from bot.orders.fields import Field
from bot.orders.person_names import read_person_name
from bot.orders.rules import Rules, checked

_JOINERS = "\u200c\u200d"
"""Within words of some scripts and within emoji they matter."""
_GAPS = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """Return what was typed without characters that nobody sees or that turn a line round, and without spare spaces."""
    kept = "".join(char for char in text if char.isspace() or char in _JOINERS or unicodedata.category(char)[0] != "C")
    lines = "\n".join(" ".join(line.split()) for line in kept.strip().splitlines())
    return _GAPS.sub("\n\n", lines)


def text_trouble(text: str, shortest: int, longest: int) -> Words | None:
    """Return what is wrong with the length of a text, in characters."""
    if not text.strip():
        return Words("form.empty")
    if len(text) < shortest:
        return Words("form.text_short", {"n": shortest})
    if len(text) > longest:
        return Words("form.text_long", {"n": longest})
    return None


_NEEDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "letters": (lambda text: any(char.isalpha() for char in text), "form.text_incomplete"),
    "digits": (lambda text: any(char.isdigit() for char in text), "form.text_incomplete"),
    "postcode": (has_postcode, "form.lacks_postcode"),
    "house_number": (has_house_number, "form.lacks_house_number"),
}
"""What a text may have to have: how it is told, and what is said where it is not there."""


class _Text(Rules):
    any_words = True

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        return checked(self, field, tidy(text), moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if not isinstance(value, str):
            return Words("form.empty")
        trouble = text_trouble(value, field.min_length, field.max_length)
        lacking = (key for need, (has, key) in _NEEDS.items() if need in field.needs and not has(value))
        return trouble or next((Words(key) for key in lacking), None)

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=str(value))


class _LongText(_Text):
    carries_over = False


class _Person(Rules):
    """A name in one line; the one that the customer is known by is offered as a button."""

    _LONGEST = 80
    _EXAMPLE = "Anna Vogt"

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        return checked(self, field, read_person_name(tidy(text)), moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        fits = isinstance(value, str) and 0 < len(value) <= self._LONGEST and "\n" not in value
        letters = fits and any(char.isalpha() for char in str(value))
        return None if letters else Words("form.wrong_name", {"example": self._EXAMPLE})

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        name = self._known(moment)
        return (self._code(name),) if name and self.trouble(field, name, moment) is None else ()

    @staticmethod
    def _known(moment: Moment) -> str:
        """Return the name that the customer is known by, if a name it is: people also call themselves 🌸 or A2."""
        return read_person_name(tidy(moment.name)) if moment.name else ""

    @staticmethod
    def _code(name: str) -> str:
        """Return the code of a name: a button pressed late stands for the name that was on it, or for nothing."""
        return f"known-{zlib.crc32(name.encode()):08x}"

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:  # noqa: ARG002
        name = self._known(moment)
        return Words(text=name) if name and code == self._code(name) else None

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        found = self.label(field, code, moment)
        return checked(self, field, found.text, moment) if found else None

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=str(value))


TEXT: Rules = _Text()
LONG_TEXT: Rules = _LongText()
PERSON: Rules = _Person()
