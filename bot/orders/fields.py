"""One question of a form, as its owner wrote it: the kind of answer, the words, the checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.orders.toml_source import Texts

OTHER = "other"
"""What a condition calls the answer to a choice that is none of its options."""
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")


class Kind(StrEnum):
    """What a field asks for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    COMMENT = "comment"
    CHOICE = "choice"
    SEVERAL = "several"
    DELIVERY = "delivery"
    NUMBER = "number"
    MONEY = "money"
    PERSON = "person"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    WINDOW = "window"
    FILE = "file"
    YES_NO = "yes_no"
    CONSENT = "consent"
    ITEMS = "items"
    CONFIRM = "confirm"


Span = tuple[str, str]
"""Hours of a day, from and to: ("09:00", "13:00"); the end lies behind the beginning, and "24:00" is midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When something can be brought or fetched.

    Attributes:
        windows: weekday -> hours to choose from; days that are not there are closed. Empty where nothing is said.
        closed: names of weekdays, and days as 2026-12-25, that will not do.
        holidays: the days on which the shop is closed will not do either.
        earliest_days: days from today to the first day that will do; None where nothing is said.
        latest_days: days from today to the last one.
        lead_hours: hours from now to the first window that will do; None where nothing is said.
    """

    windows: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    holidays: bool = False
    earliest_days: int | None = None
    latest_days: int = 14
    lead_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a choice.

    Attributes:
        key: what an order keeps.
        label: what the button says, per language.
        times: what of the window's timetable is different with it (delivery).
    """

    key: str
    label: Texts
    times: Timetable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of the form, with the checks on its answer.

    Attributes:
        key: `[a-z][a-z0-9_]{0,19}`, unique in the form.
        kind: what is asked for; the attributes below belong to the kinds in brackets.
        label: a word or two for the summary, per language; empty for confirm.
        question: asked of the customer, per language.
        help: a word below the question, per language; may be empty.
        required: without it the customer may leave the field out.
        show_if: asked only if each of these earlier fields has one of these answers: option keys, `other`, `yes`, `no`.
        options: the answers to offer (choice, several, delivery).
        other: any words beside the options will do as well (choice).
        min_length: characters (text, long_text, comment).
        max_length: characters (text, long_text, comment, choice).
        needs: of `NEEDS`: what must occur (text).
        minimum: lowest number, or None (number, money); how many at least (several).
        maximum: highest number, or None (number, money); how many at most (several).
        currency: ISO 4217 code (money).
        decimals: digits allowed behind the point, 0 to 3 (number).
        unit: language -> plural form as CLDR names it (`one`, `few`, `many`, `other`) -> word (number).
        region: ISO 3166 code of the country for numbers written without one (phone).
        earliest_days: days from today to the first day that will do (date).
        latest_days: days from today to the last one (date).
        closed: names of weekdays, and days as 2026-12-25, that will not do (date).
        times: when it can be (window).
        obeys: key of an earlier field whose option may change the times (window); empty for none.
        times_by: what the times are with each of its options.
        countries: ISO 3166 codes of those that will do, the usual one first; empty for any (address).
        location: what a shared place is good for: none, added, enough (address).
        files: of `ContentKind`: what will do (file).
        max_files: how many at most (file).
        max_bytes: of one of them (file).
        renew_after_days: so long what was agreed to stands for the next orders too; 0 asks each time (consent).
        line_minimum: the least pieces of one item (items).
        line_maximum: the most pieces of one item (items).
        order_minimum: the least pieces of all items together (items).
        order_maximum: the most pieces of all items together (items).
    """

    key: str
    kind: Kind
    question: Texts
    label: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    required: bool = True
    show_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    other: bool = False
    min_length: int = 1
    max_length: int = 300
    needs: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    unit: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    region: str = ""
    earliest_days: int = 0
    latest_days: int = 365
    closed: tuple[str, ...] = ()
    currency: str = ""
    times: Timetable | None = None
    obeys: str = ""
    times_by: Mapping[str, Timetable] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    location: str = "none"
    files: tuple[str, ...] = ()
    max_files: int = 1
    max_bytes: int = 0
    renew_after_days: int = 0
    line_minimum: int = 1
    line_maximum: int = 99
    order_minimum: int = 1
    order_maximum: int = 999

    def option(self, key: object) -> Option | None:
        """Return the option with this key, or None."""
        return next((option for option in self.options if option.key == key), None)


def words_in(texts: Texts, language: str) -> str:
    """Return the words in a language ("pt-br", else "pt", else the first there is), empty when there are none."""
    for tag in (language, language.partition("-")[0]):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()), "")
