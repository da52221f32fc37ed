"""Reads a number as people write it: "2", "zwei Packungen", "два", "a dozen", "1,5 kg".

Only what is surely one number is read. "2-3", "2 or 3", "1.000" and "two more" are not:
there the customer is asked again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

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
_TEN_PIECES = word_set("десяток десятка десятков")
_HUNDRED = word_set("hundred hundert einhundert сто")
_ONE_AND_A_HALF = word_set("anderthalb eineinhalb полтора полторы")
_HALF = word_set("half halbe halbes halber halben")
_HALF_A_DOZEN = word_set("полдюжины")


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
    exact |= dict.fromkeys(_TEN_PIECES, Decimal(10)) | dict.fromkeys(_HALF_A_DOZEN, Decimal(6))
    exact |= dict.fromkeys(_HUNDRED, Decimal(100))
    exact |= {
        f"{hundred}{word}": Decimal(100 + value)
        for hundred in ("hundert", "einhundert")
        for word, value in named.items()
    }
    return exact | dict.fromkeys(_ONE_AND_A_HALF, Decimal("1.5"))


NUMBER_WORDS = _number_words()
_ARTICLES = word_set("a an")
_JOINING = _ARTICLES | {"and"}
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
_APPROXIMATE = re.compile(
    r"штук|упаковок|пачек|пакетов|пакетиков|коробок|банок|наборов|порций|рублей|евро|долларов|бутылок|килограмм(?:ов)?"
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
    if is_approximate(tokens):
        return None
    for place, word in enumerate(tokens):
        if (value := _value(word)) is not None:
            _add(value, tokens[:place], word, found)
        elif not (
            word in beside
            or _is_half_a_dozen(tokens[place:])
            or (word == "and" and tokens[place - 1] in _HUNDRED)
            or any(_same_unit(word, unit) for unit in units)
        ):
            return None
    if not found and _ARTICLES & set(tokens):
        return Decimal(1)
    return found[0] * (-1 if negative else 1) if len(set(found)) == 1 else None


def _is_half_a_dozen(tokens: list[str]) -> bool:
    """Return whether "half a dozen" begins here."""
    behind = [token for token in tokens[1:3] if token not in _ARTICLES]
    return tokens[0] in _HALF and behind[:1] != [] and behind[0] in _DOZEN


def _add(value: Decimal, before: list[str], token: str, found: list[Decimal]) -> None:
    """Add a number, or make it one with what stands before it: "two dozen", "hundred and twenty"."""
    last = [word for word in before[-2:] if word not in _JOINING]
    if token in _DOZEN and any(word in _HALF for word in last):
        found[:] = [Decimal(6)]
    elif found and (token in _DOZEN | _TEN_PIECES or (token in _HUNDRED and _is_small(before[-1]))):
        found[-1] *= value
    elif found and last and last[-1] in _HUNDRED and value < NUMBER_WORDS[last[-1]]:
        found[-1] += value
    else:
        found.append(value)


def _is_small(token: str) -> bool:
    """Return whether it is 1 to 9, which may stand before "hundred"."""
    value = _value(token)
    return value is not None and 0 < value < NUMBER_WORDS["ten"]


def plain_number(word: str) -> Decimal | None:
    """Return the number that one folded word is by itself: 12 for "twelve"; None when it is none."""
    return NUMBER_WORDS.get(word)


def counted_things() -> frozenset[str]:
    """Return the folded words for what things are counted in: "box", "Packung", "штуки"."""
    return _COUNTED


def is_approximate(tokens: list[str]) -> bool:
    """Return whether a thing stands before its number: "штук пять" is some five in Russian."""
    return any(_APPROXIMATE.fullmatch(thing) and _value(number) is not None for thing, number in pairwise(tokens))


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
