"""Finds an address or a town in a first message: "… to Lindenallee 12, 04107 Leipzig, tomorrow", "… nach Berlin"."""

from __future__ import annotations

from datetime import datetime

from bot.orders.address_words import EXTRA, STREET_WORD
from bot.orders.addresses import read_address
from bot.orders.numbers import counted_things
from bot.orders.postcodes import country_names, postcode_pattern
from bot.orders.slot_text import MASK, Marked, Stretch, only
from bot.orders.slot_words import ADDRESS_LEAD, TOWN_LEAD, TOWNS
from bot.orders.windows import read_window
from bot.orders.words import fold, word_set, words_of

_MOST_CLAUSES = 5
_MOST_WORDS_OF_A_STREET = 6
"""With its number."""


def address_in(message: Marked, country: str, now: datetime) -> Stretch | None:
    """Take the fewest clauses that are a whole address, with those around that help to find the door."""
    clauses = message.clauses()
    if not postcode_pattern("").search(message.text):
        return None
    for count in range(1, _MOST_CLAUSES + 1):
        for place in range(len(clauses) - count + 1):
            start = _address_start(message, *clauses[place])
            end = _address_end(message, *clauses[place + count - 1], now)
            if start < end and read_address(message.text[start:end].replace(MASK, "?"), country).sure:
                return _with_extras(message, clauses, place, place + count, (start, end))
    return None


def _address_start(message: Marked, start: int, end: int) -> int:
    """Return where the address begins in its first clause: behind "to" or "по адресу", if there is such a word."""
    leads = list(ADDRESS_LEAD.finditer(message.text, start, end))
    if leads:
        return leads[-1].end()
    words = words_of(message.text[start:end])
    return end if len(words) > _MOST_WORDS_OF_A_STREET or not counted_things().isdisjoint(words) else start


def _address_end(message: Marked, start: int, end: int, now: datetime) -> int:
    """Return where it ends in its last clause: before words about a day or hours."""
    for begin, _ in message.words(start, end)[1:]:
        tail = read_window(message.text[begin:end], now)
        if tail.sure and (tail.day.days or tail.hours) and not message.text[begin].isdigit():
            return len(message.text[:begin].rstrip())
    return end


def _with_extras(message: Marked, clauses: list[Stretch], first: int, behind: int, stretch: Stretch) -> Stretch | None:
    """Return the stretch with the clauses beside it that name a floor, a flat or a country; None for an odd town."""
    start, end = stretch
    if first and EXTRA.match(message.text[slice(*clauses[first - 1])]):
        start = clauses[first - 1][0]
    while behind < len(clauses) and end == clauses[behind - 1][1]:
        words = message.text[slice(*clauses[behind])]
        if not EXTRA.match(words) and fold(words) not in country_names():
            break
        end, behind = clauses[behind][1], behind + 1
    town = read_address(message.text[start:end]).address.town.split()
    return (start, end) if len(town) <= 1 or _is_one_town(town) else None


_TOWN_WORDS = word_set("""
    am an der im in bei ob auf vor den the upon de la le new bad st st. sankt saint san los
    нижний великий набережные старый новый санкт
""")


def _is_one_town(words: list[str]) -> bool:
    """Return whether several words are one town: "Frankfurt am Main"; "Leipzig Anna" may be a town and a name."""
    return any(fold(word) in _TOWN_WORDS for word in words) or len(words[-1].strip("., ")) == len("NY")


def town_in(message: Marked, country: str) -> Stretch | None:
    """Take a large town behind "to" or a postcode; none where a street is named, which would be lost."""
    found = []
    streets = [word for word in words_of(message.text) if word[1:] and STREET_WORD.fullmatch(word)]
    for start, end in message.clauses() if not streets else ():
        words = message.words(start, end)
        for place, word in enumerate(words):
            name = fold(message.text[slice(*word)]).strip(".")
            lead = TOWN_LEAD.search(message.text, start, word[0]) or word == (start, end)
            code = place > 0 and postcode_pattern(country).fullmatch(message.text[slice(*words[place - 1])])
            alone = place + 1 == len(words) or _starts_anew(message.text[slice(*words[place + 1])])
            if name in TOWNS and (lead or code) and alone:
                found.append((words[place - 1][0] if code else word[0], word[1]))
    return only(found)


def _starts_anew(word: str) -> bool:
    """Return whether a word cannot be the second half of a town's name."""
    return not word[:1].isupper() and not word[:1].isdigit()
