"""What the first message already says: "two boxes to Berlin tomorrow after six, Anna, 0170 1234567".

That is a quantity, a town, a day with hours, a name and a phone number, each with the stretch of the text that it came
from. Only what is sure is taken: a sentence that denies, asks or tells of the past says nothing, and what is named
twice, differently, is left to the form's own question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.orders.emails import emails_in
from bot.orders.numbers import counted_things, read_number
from bot.orders.person_names import read_person_name
from bot.orders.phones import read_phone
from bot.orders.postcodes import country_names
from bot.orders.slot_places import address_in, town_in
from bot.orders.slot_text import Marked, Stretch, only
from bot.orders.slot_times import window_in
from bot.orders.slot_words import LEAD, TOWNS
from bot.orders.words import fold, words_of

LONGEST = 500
"""Characters of a message in which slots are looked for."""


class SlotKind(StrEnum):
    """What a stretch of a first message may be."""

    WINDOW = "window"
    """A day, with hours or without."""
    PHONE = "phone"
    EMAIL = "email"
    QUANTITY = "quantity"
    ADDRESS = "address"
    """A whole one: street, number, postcode, town."""
    TOWN = "town"
    """A town, with its postcode or without; only where there is no whole address."""
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of a message that surely says one thing.

    Attributes:
        kind: what it is.
        text: the words as they stand there, for the reader of that kind.
        start: offset of the first character in the message.
        end: offset behind the last one.
    """

    kind: SlotKind
    text: str
    start: int
    end: int


def find_slots(
    text: str,
    wanted: Collection[SlotKind],
    now: datetime,
    country: str = "",
    regions: Collection[str] = (),
    is_item: Callable[[str], bool] = lambda _: False,
) -> tuple[Slot, ...]:
    """Return what a message surely says, in the order of the message, at most one of each kind.

    Args:
        text: what the customer wrote.
        wanted: the kinds that the form has a field for.
        now: the time at the shop.
        country: ISO 3166 code for addresses without a country.
        regions: ISO 3166 codes of the countries to try for a phone number without one.
        is_item: whether words name something of the catalogue; such words are no name.
    """
    if len(text) > LONGEST:
        return ()
    message = Marked(text)
    found: list[Slot] = []

    def take(kind: SlotKind, stretch: Stretch | None) -> None:
        """Keep also what nobody wants, so that no other kind takes its words."""
        if stretch:
            found.append(Slot(kind, text[slice(*stretch)], *stretch))
            message.mask(*stretch)

    take(SlotKind.EMAIL, _email(message))
    take(SlotKind.PHONE, _phone(message, regions))
    take(SlotKind.ADDRESS, address_in(message, country, now))
    take(SlotKind.WINDOW, window_in(message, now))
    take(SlotKind.QUANTITY, _quantity(message))
    if not any(slot.kind is SlotKind.ADDRESS for slot in found):
        take(SlotKind.TOWN, town_in(message, country))
    take(SlotKind.NAME, _name(message, found, is_item))
    return tuple(sorted((slot for slot in found if slot.kind in wanted), key=lambda slot: slot.start))


def without_slots(text: str, slots: Collection[Slot]) -> str:
    """Return the text without what the slots have taken and the "to" before it: the rest may name items."""
    for slot in sorted(slots, key=lambda slot: -slot.start):
        text = f"{LEAD.sub('', text[: slot.start])} {text[slot.end :]}"
    return " ".join(text.split()).replace(" ,", ",").strip(" ,;")


_EMAIL = re.compile(r"[^\s@,;:<>()\x00]+@[^\s@,;:<>()\x00]+[^\s@,;:<>().!?\x00]")


def _email(message: Marked) -> Stretch | None:
    found = [said.span() for said in _EMAIL.finditer(message.text)]
    one = only(found)
    sure = one is not None and len(emails_in(message.text[slice(*one)])) == 1
    if not sure:
        for stretch in found:
            message.mask(*stretch)
    return one if sure else None


_FIGURES = re.compile(r"(?<![\w+])(?:\+|\(|\d)[\d ()/.-]{5,22}\d(?!\w)")
_FEWEST_DIGITS = 7
_SURELY_NO_POSTCODE = 9
"""Digits: more than a house number and a postcode, or a date, have."""


def _phone(message: Marked, regions: Collection[str]) -> Stretch | None:
    """Take the one number that can be nothing else; other long rows of figures are masked, for they are no dates."""
    found = []
    for said in _FIGURES.finditer(message.text):
        digits = sum(map(str.isdigit, said[0]))
        numbers = read_phone(said[0], regions).numbers if digits >= _FEWEST_DIGITS else ()
        if numbers or digits >= _SURELY_NO_POSTCODE:
            found.append((said.span(), numbers))
    for stretch, _ in found:
        message.mask(*stretch)
    return found[0][0] if len(found) == 1 and len(found[0][1]) == 1 else None


_BEFORE_A_NUMBER = frozenset(
    ("about", "than", "to", "bis", "до", "von", "from", "с", "und", "and", "и", "nr", "no", "№")
)


def _quantity(message: Marked) -> Stretch | None:
    """Take the one number that stands before something that is counted, or with an x: "two boxes", "2x"."""
    found = [one for clause in message.clauses() for one in _quantities(message, *clause)]
    return found[0] if len(found) == 1 else None


def _quantities(message: Marked, start: int, end: int) -> Iterator[Stretch | None]:
    """Yield each number of things; None for one that is a bound, a part of two, or no number after all."""
    words = message.words(start, end)
    folded = [fold(message.text[slice(*word)]).strip(".:") for word in words] + [""]
    for place, word in enumerate(words):
        counted = folded[place + 1] in counted_things()
        if not (counted or _TIMES.fullmatch(folded[place])) or folded[place] in ("a", "an"):
            continue
        stretch = (word[0], words[place + 1][1] if counted else word[1])
        before = folded[place - 1] if place else ""
        bounded = before in _BEFORE_A_NUMBER or (before and read_number(before) is not None)
        sure = not bounded and read_number(message.text[slice(*stretch)]) is not None
        yield stretch if sure else None


_TIMES = re.compile(r"\d{1,3}[x×]|[x×]\d{1,3}|\d{1,3}(?:pcs|шт|stk)")
_INTRODUCED = re.compile(
    r"\b(?:my (?:full )?name is|my name's|mein name ist|ich hei(?:ß|ss)e|меня зовут|мое имя|моё имя|name ?:|имя ?:)"
    r"\s*(?=\w)",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:i'm|i am|this is|ich bin|hier ist|это|я)\s+(?=\w)", re.IGNORECASE)
_MOST_NAMES = 3


def _name(message: Marked, found: list[Slot], is_item: Callable[[str], bool]) -> Stretch | None:
    """Take a name that is introduced, or a clause of capitalized words beside a phone number or an e-mail address."""
    introduced = []
    for start, end in message.clauses():
        if said := _INTRODUCED.search(message.text, start, end):
            introduced.append((said.end(), end))
        elif (said := _SELF.search(message.text, start, end)) and len(message.words(said.end(), end)) > 1:
            introduced += [(said.end(), end)] if _is_capitalized(message.text[said.end() : end]) else []
    stretches = introduced or [one for one in message.clauses() if _is_beside_contact(message, one, found)]
    names = [one for one in stretches if _is_name(message.text[slice(*one)], is_item)]
    return only(names)


def _is_name(text: str, is_item: Callable[[str], bool]) -> bool:
    words = words_of(text)
    known = any(word in TOWNS or word in country_names() for word in words)
    return 0 < len(words) <= _MOST_NAMES and read_person_name(text) == text and not known and not is_item(text)


def _is_capitalized(text: str) -> bool:
    return all(word[:1].isupper() for word in text.split())


def _is_beside_contact(message: Marked, stretch: Stretch, found: list[Slot]) -> bool:
    """Return whether nothing but commas and blanks stands between the words and a phone number or an e-mail address."""
    if not _is_capitalized(message.text[slice(*stretch)]):
        return False
    contacts = [slot for slot in found if slot.kind in (SlotKind.PHONE, SlotKind.EMAIL)]
    gaps = [
        message.text[stretch[1] : slot.start] if slot.start >= stretch[1] else message.text[slot.end : stretch[0]]
        for slot in contacts
    ]
    return any(not gap.strip(" ,;.\n") for gap in gaps)
