"""Reads a number as people write it: "2", "zwei Packungen", "два", "a dozen", "1,5 kg".

Only what is surely one number is read. "2-3", "2 or 3", "1.000" and "two more" are not:
there the customer is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from bot.orders.words import POLITE, fold, word_set, words_of

_ONES = (
    ("zero", "null", "ноль"),
    ("one", "ein eins eine einen einer", "один одна одну одно"),
    ("two", "zwei zwo", "два две двух"),
    ("three", "drei", "три трех"),
    ("four", "vier", "четыре четырех"),
    ("five", "funf fuenf", "пять"),
    ("six", "sechs", "шесть"),
    ("seven", "sieben", "семь"),
    ("eight", "acht", "восемь"),
    ("nine", "neun", "девять"),
    ("ten", "zehn", "десять"),
    ("eleven", "elf", "одиннадцать"),
    ("twelve", "zwolf zwoelf", "двенадцать"),
    ("thirteen", "dreizehn", "тринадцать"),
    ("fourteen", "vierzehn", "четырнадцать"),
    ("fifteen", "funfzehn fuenfzehn", "пятнадцать"),
    ("sixteen", "sechzehn", "шестнадцать"),
    ("seventeen", "siebzehn", "семнадцать"),
    ("eighteen", "achtzehn", "восемнадцать"),
    ("nineteen", "neunzehn", "девятнадцать"),
)
_TENS = {
    20: ("twenty", "zwanzig", "двадцать"),
    30: ("thirty", "dreissig", "тридцать"),
    40: ("forty", "vierzig", "сорок"),
    50: ("fifty", "funfzig fuenfzig", "пятьдесят"),
    60: ("sixty", "sechzig", "шестьдесят"),
    70: ("seventy", "siebzig", "семьдесят"),
    80: ("eighty", "achtzig", "восемьдесят"),
    90: ("ninety", "neunzig", "девяносто"),
}
_DOZEN = word_set("dozen dutzend дюжина дюжину")
_HUNDRED = word_set("hundred hundert einhundert сто")
_ONE_AND_A_HALF = word_set("anderthalb eineinhalb полтора полторы")


def _number_words() -> dict[str, Decimal]:
    """Return every word that is a number by itself, up to a hundred, German compounds among them."""
    named = {word: value for value, names in enumerate(_ONES) for word in " ".join(names).split()}
    for tens, names in _TENS.items():
        named |= dict.fromkeys(" ".join(names).split(), tens)
        for ones in range(1, 10):
            for german in _ONES[ones][1].split():
                named |= {f"{german}und{word}": tens + ones for word in names[1].split()}
    exact = {word: Decimal(value) for word, value in named.items()}
    exact |= dict.fromkeys(_DOZEN, Decimal(12))
    exact |= dict.fromkeys(_HUNDRED, Decimal(100))
    return exact | dict.fromkeys(_ONE_AND_A_HALF, Decimal("1.5"))


NUMBER_WORDS = _number_words()
_ARTICLES = word_set("a an")
_AROUND = POLITE | word_set("""
    x mal times piece pieces pc pcs just only of them ok okay yes then i i'd i'll want need take would like to have it
    is make that
    stuck stueck stk st nur von davon ja dann ich mochte moechte nehme brauche hatte haette gern gerne will es sind
    шт штук штука штуки штуку да тогда их только мне нужно нужна надо хочу возьму буду я
""")
_COUNTED = word_set("""
    piece pieces stuck stueck штука штуки штуку штук
    pack packs packet packets package packages bag bags box boxes tin tins can cans jar jars bottle bottles set sets
    unit units item items portion portions
    packung packungen packchen paeckchen paket pakete beutel tute tuten tuete tueten dose dosen schachtel schachteln
    glas glaser glaeser flasche flaschen set sets exemplar exemplare portion portionen
    упаковка упаковки упаковку упаковок пачка пачки пачку пачек пакет пакета пакетов пакетик пакетика пакетиков
    коробка коробки коробку коробок банка банки банку банок набор набора наборов порция порции порцию порций
""")
"""What things are counted in, whatever the field calls it: who orders a tasting set writes "2 sets"."""
_TENS_AND_ONES = re.compile(
    r"\b({})[\s-]+({})\b".format(
        "|".join(f"{english}|{russian}" for english, _, russian in _TENS.values()),
        "|".join(f"{english} {russian}".replace(" ", "|") for english, _, russian in _ONES[1:10]),
    )
)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s.,;:!?()\"]")
_FIGURE = re.compile(r"\d+(?:[.,]\d{1,2})?")
_MINUS = re.compile(r"-\s*\d")
_LONGEST = 80


def read_number(text: str, unit_words: Iterable[str] = ()) -> Decimal | None:
    """Return the one number that the text surely means, or None.

    Args:
        text: what the customer wrote.
        unit_words: the unit in its forms and languages; it may stand beside the number, with another ending too.
    """
    if len(text) > _LONGEST:
        return None
    folded = fold(text).replace("×", "x").strip()
    negative = _MINUS.match(folded)
    folded = _TENS_AND_ONES.sub(lambda said: str(NUMBER_WORDS[said[1]] + NUMBER_WORDS[said[2]]), folded.lstrip("-"))
    units = [word for unit in unit_words for word in words_of(unit)]
    counts = not units or not _COUNTED.isdisjoint(units)  # "2 boxes" says nothing about kilograms
    beside = _AROUND | _ARTICLES | (_COUNTED if counts else frozenset())
    found: list[Decimal] = []
    tokens = _TOKEN.findall(folded)
    for token in tokens:
        if (value := _value(token)) is None:
            if token not in beside and not any(_same_unit(token, unit) for unit in units):
                return None
        elif token in _DOZEN and found:
            found[-1] *= value
        else:
            found.append(value)
    if not found and _ARTICLES & set(tokens):
        return Decimal(1)
    return found[0] * (-1 if negative else 1) if len(found) == 1 else None


def _value(token: str) -> Decimal | None:
    """Return the number that one word or figure is, or None; "1.000" is none: a thousand, or one?"""
    if _FIGURE.fullmatch(token):
        return Decimal(token.replace(",", "."))
    return NUMBER_WORDS.get(token)


def _same_unit(word: str, unit: str) -> bool:
    """Return whether two words differ in their ending only: "пачку" and "пачка"."""
    same = 0
    for one, other in zip(word, unit, strict=False):
        if one != other:
            break
        same += 1
    return word == unit or same >= max(3, max(len(word), len(unit)) - 3)
