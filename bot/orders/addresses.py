"""Takes an address apart: "Lindenallee 12a, Hinterhaus, 04107 Leipzig" has a street, a number, a postcode, a town.

"Am Deich 3" lacks the postcode and the town, "Lindenallee, 04107 Leipzig" the number; "0431 Leipzg" is no postcode of
Germany. The parts may stand in any order, in one line or several, as Germans, Russians, Britons and Americans write
them. Whether the street is there nobody asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.orders.address_words import (
    BEFORE_A_STREET,
    BLOCK_ALONE,
    EXTRA,
    FOREIGN_STREET,
    FOREIGN_TOWNS,
    HOUSE_WORD_BEHIND,
    INTRODUCED,
    KIND_WORDS,
    LAST_NUMBER_BEHIND,
    NAMED_BY_A_DATE,
    NO_ADDRESS,
    NUMBER_ALONE,
    NUMBER_BEHIND,
    NUMBER_FIRST,
    ODD_CODE,
    SIMPLE_STREET,
    STATE,
    STREET_LEAD,
    STREET_WORD,
    TOWN_WORD,
)
from bot.orders.postcodes import country_names, country_of_prefix, knows_country, postcode_pattern, tidy_postcode
from bot.orders.words import fold, words_of


@dataclass(frozen=True, slots=True)
class Address:
    """An address, each part as it was written; empty parts are not said.

    Attributes:
        street: without its number.
        house_number: with its letter, its second number and its block: "12a", "12/3/5", "28 корпус 2".
        extra: whatever helps to find the door: flat, floor, c/o, a company, a region.
        postcode: as its country writes it.
        town: with the state in the United States.
        country: ISO 3166 code; the one that is named, else the form's.
    """

    street: str = ""
    house_number: str = ""
    extra: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


class AddressDoubt(StrEnum):
    """Why an address is not taken as it is."""

    POSTCODE_SHAPE = "postcode_shape"
    """Something stands where the postcode should, and it has not the shape of the country's."""
    SEVERAL = "several"
    """There are two postcodes."""
    UNCLEAR = "unclear"
    """Some words are no part of an address, or nobody can tell which."""


@dataclass(frozen=True, slots=True)
class AddressReading:
    """What a text says about an address.

    Attributes:
        address: the parts that were found, whatever the doubts.
        missing: names of the parts that an address must have and this one has not.
        doubts: why it should not be taken as it is.
    """

    address: Address = Address()
    missing: tuple[str, ...] = ()
    doubts: tuple[AddressDoubt, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether nothing is missing and nothing doubtful."""
        return not self.missing and not self.doubts


REQUIRED = ("street", "house_number", "postcode", "town")
_LONGEST = 400
_OREGON = re.compile(r"\bOR(?= \d{5})")


@dataclass(slots=True)
class _Parts:
    """What has been found so far, and the stretches that nobody has understood yet."""

    address: Address
    left: list[str]
    doubts: list[AddressDoubt] = field(default_factory=list)

    def take(self, **found: str) -> None:
        self.address = replace(self.address, **found)

    def doubt(self, why: AddressDoubt) -> None:
        if why not in self.doubts:
            self.doubts.append(why)


def read_address(text: str, country: str = "") -> AddressReading:
    """Return the parts of an address.

    Args:
        text: what the customer wrote, in one line or several.
        country: ISO 3166 code for an address without a country, empty when it may be in any.
    """
    if len(text) > _LONGEST or "?" in text or not NO_ADDRESS.isdisjoint(words_of(_OREGON.sub("", text))):
        return AddressReading(Address(country=country), REQUIRED, (AddressDoubt.UNCLEAR,))
    stretches = [" ".join(one.split()).strip(" .-") for one in re.split(r"[,;\n]", _without_frame(text))]
    parts = _Parts(Address(country=country), [one for one in stretches if one])
    named = _take_country(parts)
    _take_postcode(parts)
    _take_street(parts)
    _take_rest(parts)
    if not named and _looks_foreign(parts.address):
        parts.doubt(AddressDoubt.UNCLEAR)
    missing = tuple(name for name in REQUIRED if not getattr(parts.address, name))
    return AddressReading(parts.address, missing, tuple(parts.doubts))


def _looks_foreign(address: Address) -> bool:
    """Return whether an address without a country is hardly one where German is spoken, as it would be taken for."""
    foreign = FOREIGN_STREET.search(address.street) or fold(address.town) in FOREIGN_TOWNS
    return address.country in ("DE", "AT") and bool(foreign)


def _without_frame(text: str) -> str:
    """Return the text without "my address is" and "thanks"."""
    text = text.strip()
    if (said := INTRODUCED.match(text)) and said.end() < len(text):
        text = text[said.end() :]
    return KIND_WORDS.sub("", text)


def _take_country(parts: _Parts) -> bool:
    """Take a country that stands alone or at the end of a stretch, and "D-" before a postcode."""
    names = country_names()
    for place, stretch in enumerate(parts.left):
        words = stretch.split()
        for length in range(min(3, len(words)), 0, -1):
            named = names.get(fold(" ".join(words[-length:])).strip("."))
            if named and (length == len(words) or place == len(parts.left) - 1):
                parts.take(country=named)
                parts.left[place] = " ".join(words[:-length])
                parts.left = [one for one in parts.left if one]
                return True
    return False


def _take_postcode(parts: _Parts) -> None:
    """Take the postcode, and the town that stands beside it."""
    found = _codes(parts, postcode_pattern(parts.address.country))
    if not found:
        found = _odd_codes(parts)
    if not found:
        return
    best = max(found, key=lambda one: one[0])
    if sum(one[0] == best[0] for one in found) > 1:
        parts.doubt(AddressDoubt.SEVERAL)
    _, place, start, end, code, prefix = best
    stretch = parts.left.pop(place)
    if prefix and knows_country(country_of_prefix(prefix)):
        parts.take(country=country_of_prefix(prefix))
    parts.take(postcode=tidy_postcode(code, parts.address.country))
    _take_town(parts, place, stretch[:start].strip(" -"), stretch[end:].strip(" -"))


_Code = tuple[int, int, int, int, str, str]
"""How likely it is one, its stretch, where it starts and ends there, the code, its country's prefix."""


def _codes(parts: _Parts, pattern: re.Pattern[str]) -> list[_Code]:
    found = []
    for place, stretch in enumerate(parts.left):
        for said in pattern.finditer(stretch):
            before, behind = stretch[: said.start()].strip(), stretch[said.end() :].strip()
            likely = _likely(parts.address.country, before, behind)
            found.append((likely, place, said.start(), said.end(), said["code"], said["prefix"] or ""))
    return found


def _likely(country: str, before: str, behind: str) -> int:
    """Return how much figures between such words look like a postcode; 0 is least."""
    if country in ("US", "GB", "CA", "AU", "IE"):
        return 2 if not behind else 0
    if not before:
        return 0 if STREET_WORD.search(behind.rpartition(" ")[2]) and " " in behind else 2
    return 1


def _odd_codes(parts: _Parts) -> list[_Code]:
    """Return what stands where the postcode should and has another shape, when the house has its number elsewhere."""
    found = []
    for place, stretch in enumerate(parts.left):
        others = " ".join(parts.left[:place] + parts.left[place + 1 :])
        for said in ODD_CODE.finditer(stretch):
            before, behind = stretch[: said.start()].strip(), stretch[said.end() :].strip()
            in_front = not before and not any(STREET_WORD.fullmatch(word) for word in behind.split())
            at_end = not behind and len(said[0]) > 4  # noqa: PLR2004  # no house has so high a number
            between = len(said[0]) > 4 and any(map(str.isdigit, before))  # noqa: PLR2004
            if between or ((in_front or at_end) and any(map(str.isdigit, others))):
                found.append((1, place, said.start(), said.end(), said[0], ""))
    if found:
        parts.doubt(AddressDoubt.POSTCODE_SHAPE)
    return found[:1]


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _take_town(parts: _Parts, place: int, before: str, behind: str) -> None:
    """Take the town from what stands before or behind the postcode; the rest stays for the street."""
    if behind and not _has_digit(behind):
        parts.take(town=_bare_town(behind))
        parts.left[place:place] = [before] if before else []
    elif behind:
        _take_town_before_street(parts, place, behind)
        parts.left[place:place] = [before] if before else []
    elif before and not _has_digit(before):
        if STATE.fullmatch(before) and place and not _has_digit(parts.left[place - 1]):
            before = f"{parts.left.pop(place - 1)}, {before}"
        parts.take(town=_bare_town(before))
    elif before:
        _take_town_behind_street(parts, place, before)
    else:
        _take_town_beside(parts, place)


def _bare_town(text: str) -> str:
    return TOWN_WORD.sub("", text, count=1) if TOWN_WORD.match(text) else text


def _take_town_before_street(parts: _Parts, place: int, text: str) -> None:
    """Split "Leipzig Lindenallee 12" where the street begins, if a word says so."""
    words = text.split()
    for number, word in enumerate(words[1:], 1):
        if STREET_WORD.fullmatch(word) and (STREET_LEAD.fullmatch(word) or len(word) > 5):  # noqa: PLR2004
            parts.take(town=_bare_town(" ".join(words[:number])))
            parts.left.insert(place, " ".join(words[number:]))
            return
    parts.doubt(AddressDoubt.UNCLEAR)
    parts.left.insert(place, text)


def _take_town_behind_street(parts: _Parts, place: int, text: str) -> None:
    """Split "Lindenallee 12 Leipzig" behind the number, "10 Downing Street London" behind the word for a street."""
    words = text.split()
    if TOWN_WORD.match(text):
        streets = [number for number, word in enumerate(words) if number > 1 and STREET_WORD.fullmatch(word)]
        cut = streets[0] if streets else len(words)
        parts.take(town=_bare_town(" ".join(words[:cut])))
        parts.left.insert(place, " ".join(words[cut:]))
        return
    if words[0][0].isdigit():
        ends = [number for number, word in enumerate(words) if number > 1 and STREET_WORD.fullmatch(word)]
        cut = ends[0] + 1 if ends else len(words)
    else:
        cut = max(number for number, word in enumerate(words) if _has_digit(word)) + 1
        if cut < len(words) and len(words[cut]) == 1:
            cut += 1
    if words[cut:]:
        parts.take(town=_bare_town(" ".join(words[cut:])))
    parts.left.insert(place, " ".join(words[:cut]))


def _take_town_beside(parts: _Parts, place: int) -> None:
    """Take the stretch that calls itself a town, else the one before a postcode that stands alone, or behind it."""
    named = [other for other, one in enumerate(parts.left) if TOWN_WORD.match(one)]
    for other in (*named, *([place] if place == 0 else [place - 1, place])):
        if other < len(parts.left) and _may_be_town(parts.left[other]):
            parts.take(town=_bare_town(parts.left.pop(other)))
            return


def _may_be_town(text: str) -> bool:
    is_street = any(STREET_WORD.fullmatch(word) for word in text.split())
    return not _has_digit(text) and not EXTRA.match(text) and (not is_street or bool(TOWN_WORD.match(text)))


def _take_street(parts: _Parts) -> None:
    """Take the street with its number, in one stretch or in two."""
    parts.left = [piece for stretch in parts.left for piece in _before_and_at_the_door(stretch)]
    for place, stretch in enumerate(parts.left):
        if not _has_digit(stretch) or EXTRA.match(stretch) or NUMBER_ALONE.fullmatch(stretch):
            continue
        if said := NUMBER_FIRST.fullmatch(stretch):
            parts.take(street=said["street"], house_number=said["number"])
            parts.left.pop(place)
            _split_street_from_town(parts)
            return
        if (said := _street_and_number(parts, stretch)) and _has_letter(said["street"]):
            parts.take(street=HOUSE_WORD_BEHIND.sub("", said["street"]).strip(" ,"), house_number=said["number"])
            parts.left[place : place + 1] = [said["rest"].strip(" .")] if said["rest"].strip(" .") else []
            return
    _take_street_in_two(parts)


def _street_and_number(parts: _Parts, stretch: str) -> re.Match[str] | None:
    """Return the street with its first number, with the last one where a date names it: "ул. 8 Марта 10"."""
    said = NUMBER_BEHIND.fullmatch(stretch)
    if (said is None or _has_digit(said["rest"])) and (last := LAST_NUMBER_BEHIND.fullmatch(stretch)):
        if not NAMED_BY_A_DATE.search(last["street"]):
            parts.doubt(AddressDoubt.UNCLEAR)
        said = last
    if said and _has_more_than_a_street(said["street"]):
        parts.doubt(AddressDoubt.UNCLEAR)
    return said


def _has_more_than_a_street(text: str) -> bool:
    """Return whether two words stand before one that is a street by itself: "Anna Vogt Lindenallee"."""
    *before, last = text.split()
    return len(before) > 1 and SIMPLE_STREET.fullmatch(last) is not None and fold(before[0]) not in BEFORE_A_STREET


def _before_and_at_the_door(stretch: str) -> tuple[str, ...]:
    """Return "ул. Мира 5" and "кв 12" of both in one stretch: the flat behind the first number of it."""
    for gap in re.finditer(r"(?<=\w) ", stretch):
        before, behind = stretch[: gap.start()], stretch[gap.end() :]
        if _has_digit(before) and _has_digit(behind) and EXTRA.match(behind) and not EXTRA.match(before):
            return before, behind
    return (stretch,)


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _split_street_from_town(parts: _Parts) -> None:
    """Leave "flat 3" of "Baker Street flat 3" to the rest."""
    words = parts.address.street.split()
    for number in range(1, len(words)):
        if EXTRA.match(" ".join(words[number:])) and _has_digit(" ".join(words[number:])):
            parts.take(street=" ".join(words[:number]))
            parts.left.append(" ".join(words[number:]))
            return


def _take_street_in_two(parts: _Parts) -> None:
    """Take "ул. Ленина" and "д. 5", or a street that lacks its number."""
    alone = next((place for place, one in enumerate(parts.left) if NUMBER_ALONE.fullmatch(one)), None)
    streets = [
        place
        for place, one in enumerate(parts.left)
        if not _has_digit(one) and any(STREET_WORD.fullmatch(word) for word in one.split()) and not EXTRA.match(one)
    ]
    if alone is not None and not streets and alone and not _has_digit(parts.left[alone - 1]):
        streets = [alone - 1]
    taken = []
    if streets:
        parts.take(street=parts.left[streets[0]])
        taken.append(streets[0])
    if alone is not None and (said := NUMBER_ALONE.fullmatch(parts.left[alone])):
        parts.take(house_number=said["number"])
        taken.append(alone)
    parts.left = [one for place, one in enumerate(parts.left) if place not in taken]


def _take_rest(parts: _Parts) -> None:
    """Sort what is left into the block of the house, the town and what helps to find the door."""
    extra: list[str] = []
    for stretch in parts.left:
        if BLOCK_ALONE.fullmatch(stretch) and parts.address.house_number:
            parts.take(house_number=f"{parts.address.house_number} {stretch}")
        elif EXTRA.match(stretch):
            extra.append(stretch)
        elif _has_digit(stretch):
            parts.doubt(AddressDoubt.UNCLEAR)
            extra.append(stretch)
        elif not parts.address.town and not parts.address.postcode and _may_be_town(stretch):
            parts.take(town=_bare_town(stretch))
        elif not _has_letter(stretch) or stretch.lower() in ("in", "at", "to", "im", "в"):
            continue
        elif not parts.address.street and parts.address.postcode:
            parts.take(street=stretch)
        else:
            extra.append(stretch)
    parts.take(extra=", ".join(extra))
