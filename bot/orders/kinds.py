"""The kinds that are said in words: text, choice, yes or no, e-mail; and `rules_of`, which finds any kind's rules.

A choice between "Assam" and "Sencha" reads "den Sencha bitte"; where the owner allows it, it also keeps "a cup with a
cat on it" as the customer's own words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from bot.orders.addresses import has_house_number, has_postcode
from bot.orders.answers import Accepted, Moment, Reading, Refused, Value, Words
from bot.orders.emails import read_email
from bot.orders.fields import OTHER, Field, Kind, words_in
from bot.orders.measures import DATE, NUMBER, PHONE
from bot.orders.rules import Rules, checked
from bot.orders.words import NO, POLITE, YES, means, word_set, words_of


class _Words(Rules):
    """A kind whose answer is shown as it was written."""

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=str(value))


_JOINERS = "\u200c\u200d"
"""Within words of some scripts and within emoji they matter."""


def tidy(text: str) -> str:
    """Return what was typed without characters that nobody sees or that turn a line round, and without spare spaces."""
    kept = "".join(char for char in text if char.isspace() or char in _JOINERS or unicodedata.category(char)[0] != "C")
    return "\n".join(" ".join(line.split()) for line in kept.strip().splitlines())


def _text_trouble(text: str, shortest: int, longest: int) -> Words | None:
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


class _Text(_Words):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        return checked(self, field, tidy(text), moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if not isinstance(value, str):
            return Words("form.empty")
        trouble = _text_trouble(value, field.min_length, field.max_length)
        lacking = (key for need, (has, key) in _NEEDS.items() if need in field.needs and not has(value))
        return trouble or next((Words(key) for key in lacking), None)


class _Choice(Rules):
    """An option, or {"other": the customer's words} where the owner allows it."""

    _AROUND = POLITE | word_set("""
        the a an i i'd like want take my
        der die das den dem ein eine einen ich mochte moechte hatte haette gern gerne nehme
        хочу мне я возьму
    """)

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        said = [word for word in words_of(text) if word not in self._AROUND]
        named = self._named(field, said) if said else []
        if len(named) == 1:
            return Accepted(named[0])
        if len(named) > 1:
            return Refused(Words("form.which_option"), tuple(named))
        if not field.other or not any(char.isalpha() for char in text):
            return Refused(Words("form.choose"))
        return checked(self, field, {OTHER: tidy(text)}, moment)

    def _named(self, field: Field, said: list[str]) -> list[str]:
        """Return the options whose label is said, in any language; else those with a label that has all the words."""
        labels = [(option.key, words_of(label)) for option in field.options for label in option.label.values()]
        whole = [key for key, label in labels if said == [word for word in label if word not in self._AROUND]]
        partly = [key for key, label in labels if all(self._begins_one_of(word, label) for word in said)]
        return list(dict.fromkeys(whole or partly))

    @staticmethod
    def _begins_one_of(word: str, label: list[str]) -> bool:
        shortest = 3
        return word in label or (
            len(word) >= shortest and word.isalpha() and any(one.startswith(word) for one in label)
        )

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if isinstance(value, dict):
            return _text_trouble(value.get(OTHER, ""), 1, field.max_length) if field.other else Words("form.choose")
        return None if field.option(value) else Words("form.choose")

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(option.key for option in field.options)

    def value_of(self, code: str) -> Value | None:
        return code

    def show(self, field: Field, value: Value, language: str) -> Words:
        if isinstance(value, dict):
            return Words(text=value[OTHER])
        option = field.option(value)
        return Words(text=words_in(option.label, language) if option else str(value))


class _YesNo(Rules):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:  # noqa: ARG002
        if means(text, YES) is means(text, NO):
            return Refused(Words("form.yes_or_no"))
        return Accepted(means(text, YES))

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        return None if isinstance(value, bool) else Words("form.yes_or_no")

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        return ("yes", "no")

    def value_of(self, code: str) -> Value | None:
        return {"yes": True, "no": False}.get(code)

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words("form.button.yes" if value else "form.button.no")


class _Email(_Words):
    _EXAMPLE = "anna@example.com"

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        return checked(self, field, read_email(text), moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        known = isinstance(value, str) and value and read_email(value) == value
        return None if known else Words("form.wrong_email", {"example": self._EXAMPLE})


_RULES: dict[Kind, Rules] = {
    Kind.TEXT: _Text(),
    Kind.CHOICE: _Choice(),
    Kind.NUMBER: NUMBER,
    Kind.PHONE: PHONE,
    Kind.EMAIL: _Email(),
    Kind.DATE: DATE,
    Kind.YES_NO: _YesNo(),
}


def rules_of(field: Field) -> Rules:
    """Return the rules of a field's kind; confirm has none, for nothing is read there."""
    return _RULES[field.kind]
