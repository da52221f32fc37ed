"""The kinds that choose: one of a few answers, a way of delivery, or as many of them as the customer likes.

A choice between "Assam" and "Sencha" reads "den Sencha bitte"; where the owner allows it, it also keeps "a cup with a
cat on it" as the customer's own words. Of several, Anna presses "Broken" and "Too late", both get a ✓, then "That is
all"; or she writes "1 and 3" and is done.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.orders.answers import Accepted, Begun, Moment, Prompt, Reading, Refused, Row, Value, Words
from bot.orders.fields import OTHER, Field, Kind, Option, words_in
from bot.orders.rules import Rules, checked
from bot.orders.ways import way_meant
from bot.orders.words import DONE, EVERY, POLITE, fold, means, word_set, words_of
from bot.orders.written import text_trouble, tidy

ALL = "-all"
"""The code of the button that ends an answer of several; no option can have this key."""
_AROUND = POLITE | word_set("""
    the a an i i'd like want take my
    der die das den dem ein eine einen ich mochte moechte hatte haette gern gerne nehme
    хочу мне я возьму
""")
_BETWEEN = re.compile(r"[,;\n+&]|\s(?:and|und|и|sowie|also|plus)\s")
_FIGURE = re.compile(r"(?:nr\.?|no\.?|№|#)?\s*(\d{1,3})\.?")


STEM, ENDING = 5, 3
"""Letters that two forms of a word share at least, and those behind them at most."""


def named_options(options: Sequence[Option], text: str) -> list[str]:
    """Return the options whose label is said, in any language; else those with a label that has all the words."""
    said = [word for word in words_of(text) if word not in _AROUND]
    if not said:
        return []
    labels = [(option.key, words_of(label)) for option in options for label in option.label.values()]
    whole = [key for key, label in labels if said == [word for word in label if word not in _AROUND]]
    partly = [key for key, label in labels if all(_begins_one_of(word, label) for word in said)]
    return list(dict.fromkeys(whole or partly))


def _begins_one_of(word: str, label: list[str]) -> bool:
    shortest = 3
    if word in label:
        return True
    return len(word) >= shortest and word.isalpha() and any(one.startswith(word) or _akin(word, one) for one in label)


def _akin(word: str, other: str) -> bool:
    """Return whether two words differ in their endings only: "abholen" and "abholung"."""
    same = next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return same >= STEM and max(len(word), len(other)) - same <= ENDING


class _Choice(Rules):
    """An option, or {"other": the customer's words} where the owner allows it."""

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        named = named_options(field.options, text)
        if len(named) == 1:
            return Accepted(named[0])
        if len(named) > 1:
            return Refused(Words("form.which_option"), tuple(named))
        if field.kind is Kind.DELIVERY and (meant := way_meant(field.options, text)):
            return Accepted(meant)
        if not field.other or not any(char.isalpha() for char in text):
            return Refused(Words("form.choose"))
        return checked(self, field, {OTHER: tidy(text)}, moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if isinstance(value, dict):
            words = value.get(OTHER)
            fits = field.other and isinstance(words, str)
            return text_trouble(str(words), 1, field.max_length) if fits else Words("form.choose")
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


class _Several(Rules):
    """The keys of options, in the owner's order."""

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        chosen = _chosen(moment)
        if chosen and means(text, DONE):
            return self._whole(field, chosen, moment)
        if means(text, EVERY):
            return self._whole(field, [option.key for option in field.options], moment)
        found = self._named(field, text, moment)
        if isinstance(found, Refused):
            return found
        return self._begun(field, [*chosen, *found]) if chosen else self._whole(field, found, moment)

    def _named(self, field: Field, text: str, moment: Moment) -> list[str] | Refused:
        """Return the options that a text names, or what is wrong with it when a part of it names none or several."""
        if len(whole := named_options(field.options, text)) == 1:
            return whole
        found: list[str] = []
        parts = [part.strip() for part in _BETWEEN.split(fold(text)) if part.strip()]
        for part in parts:
            number = _FIGURE.fullmatch(part)
            named = _at(field, int(number[1])) if number else named_options(field.options, part)
            if len(named) > 1:
                return Refused(Words("form.which_option"), tuple(named))
            if not named:
                return self._unknown(field, moment)
            found += named
        return found or self._unknown(field, moment)

    def _whole(self, field: Field, keys: list[str], moment: Moment) -> Reading:
        value = _in_order(field, keys)
        trouble = self.trouble(field, value, moment)
        if trouble is None:
            return Accepted(value)
        return Begun(value, trouble) if value and len(value) < _least(field) else Refused(trouble)

    def _begun(self, field: Field, keys: list[str], *, marked: bool = False) -> Reading:
        value = _in_order(field, keys)
        if field.maximum is not None and len(value) > field.maximum:
            return Refused(Words("form.several_many", {"n": int(field.maximum)}))
        return Begun(value, marked=marked)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if not isinstance(value, list) or not value or value != _in_order(field, value):
            return Words("form.several_few", {"n": _least(field)})
        if len(value) < _least(field):
            return Words("form.several_few", {"n": _least(field)})
        if field.maximum is not None and len(value) > field.maximum:
            return Words("form.several_many", {"n": int(field.maximum)})
        return None

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        enough = len(_chosen(moment)) >= _least(field)
        return (*(option.key for option in field.options), *((ALL,) if enough else ()))

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:
        if code == ALL:
            return Words("form.button.that_is_all")
        option = field.option(code)
        if option is None:
            return None
        words = words_in(option.label, moment.language)
        return Words(text=f"✓ {words}" if code in _chosen(moment) else words)

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        chosen = _chosen(moment)
        if code == ALL:
            return self._whole(field, chosen, moment)
        if field.option(code) is None:
            return None
        keys = [key for key in chosen if key != code] if code in chosen else [*chosen, code]
        return self._begun(field, keys, marked=True)

    def prompt(self, field: Field, moment: Moment) -> Prompt:
        chosen = _chosen(moment)
        rows = (Row(words_in(field.label, moment.language), self.show(field, chosen, moment.language)),)
        return Prompt(rows=rows if chosen else ())

    def show(self, field: Field, value: Value, language: str) -> Words:
        keys = value if isinstance(value, list) else []
        options = [field.option(key) for key in keys]
        return Words(text=", ".join(words_in(option.label, language) for option in options if option))

    def opened(self, field: Field, value: Value, moment: Moment) -> Value | None:  # noqa: ARG002
        return value

    def _unknown(self, field: Field, moment: Moment) -> Refused:
        labels = [words_in(option.label, moment.language) for option in field.options]
        return Refused(Words("form.several_choose", {"example": ", ".join(labels[:2])}))


def _chosen(moment: Moment) -> list[str]:
    """Return the options chosen so far."""
    return [str(key) for key in moment.so_far] if isinstance(moment.so_far, list) else []


def _in_order(field: Field, keys: Sequence[object]) -> list[str]:
    """Return those of the keys that are options, each once, in the owner's order."""
    return [option.key for option in field.options if option.key in keys]


def _least(field: Field) -> int:
    return int(field.minimum or 1)


def _at(field: Field, number: int) -> list[str]:
    """Return the option at a place of the list, counted from 1."""
    return [field.options[number - 1].key] if 0 < number <= len(field.options) else []


CHOICE: Rules = _Choice()
SEVERAL: Rules = _Several()
