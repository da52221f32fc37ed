"""Writes spoken numbers of days and clocks as figures: "after six" becomes "after 6", "пятого мая" becomes "5. мая".

"Halb sieben" and "полседьмого" become "6:30". Words that are articles too ("ein", "one of …" aside "one") stay words.
The texts are folded already, see `words.fold`.
"""

from __future__ import annotations

import re

from bot.orders.numbers import NUMBER_WORDS
from bot.orders.words import in_order, word_set

_ARTICLES = word_set("ein eine einen einer один одна одну одно zero null ноль")
_OBLIQUE = {
    word: number
    for number, words in enumerate(
        (
            "двумя",
            "тремя",
            "четырьмя",
            "пяти пятью",
            "шести шестью",
            "семи семью",
            "восьми восемью",
            "девяти девятью",
            "десяти десятью",
            "одиннадцати",
            "двенадцати",
        ),
        2,
    )
    for word in words.split()
}
"""The cases in which hours stand behind "после", "к" and "между"."""
_COUNTS = {word: int(value) for word, value in NUMBER_WORDS.items() if value in range(1, 13)} | _OBLIQUE
_CLOCK_NUMBERS = {word: number for word, number in _COUNTS.items() if word not in _ARTICLES and number}

_ORDINALS_EN = in_order("""
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
""")
_ORDINALS_DE = in_order("""
    erst zweit dritt viert funft sechst siebt acht neunt zehnt elft zwolft dreizehnt vierzehnt funfzehnt
    sechzehnt siebzehnt achtzehnt neunzehnt zwanzigst
""")
_ORDINALS_RU = in_order("""
    первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого одиннадцатого
    двенадцатого тринадцатого четырнадцатого пятнадцатого шестнадцатого семнадцатого восемнадцатого
    девятнадцатого двадцатого
""")
_UNITS_DE = in_order("""
    einund zweiund dreiund vierund funfund sechsund siebenund achtund neunund
""")


def _ordinals() -> dict[str, int]:
    """Return the days of a month in words: "fifth", "funften", "двадцать восьмого"."""
    named = {word: number for number, word in enumerate(_ORDINALS_EN, 1)}
    named |= {word + end: number for number, word in enumerate(_ORDINALS_DE, 1) for end in ("en", "er")}
    named |= {word: number for number, word in enumerate(_ORDINALS_RU, 1)}
    for ones in range(1, 10):
        named |= {f"twenty{gap}{_ORDINALS_EN[ones - 1]}": 20 + ones for gap in " -"}
        named |= {f"{_UNITS_DE[ones - 1]}zwanzigst{end}": 20 + ones for end in ("en", "er")}
        named[f"двадцать {_ORDINALS_RU[ones - 1]}"] = 20 + ones
    named |= {"thirtieth": 30, "dreissigsten": 30, "dreissigster": 30, "тридцатого": 30}
    return named | {"thirty-first": 31, "thirty first": 31, "einunddreissigsten": 31, "тридцать первого": 31}


_ORDINALS = _ordinals()
_A_MONTH = (
    r"jan|feb|mar|apr|may|mai|jun|jul|aug|sep|o[ck]t|nov|de[cz]|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|"
    r"ноя|дек|числа"
)
_ORDINAL = re.compile(
    rf"\b(?:(?P<lead>the|am|den|zum) )?(?P<word>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b"
    rf"(?P<month> (?:of )?(?={_A_MONTH}))?"
)
_NUMBER = re.compile(rf"\b(?:{'|'.join(sorted(_CLOCK_NUMBERS, key=len, reverse=True))})\b")
_HOUR = r"(?P<h>1[0-2]|[1-9])"
_LEAD = (
    r"(?P<lead>(?:um|at|ab|after|nach|before|by|vor|bis|until|till|from|von|gegen|around|and|und|zwischen|between) )?"
)
_HALF_TO = re.compile(rf"\b{_LEAD}halb {_HOUR}\b(?! ?(?:stunde|dutzend))")
_HALF_TO_RU = re.compile(
    rf"\b(?:в )?(?:пол ?|половин[аеу] )(?P<word>{'|'.join(_ORDINALS_RU[:12])})\b",
)
_PAST = re.compile(rf"\b{_LEAD}(?P<part>half|quarter|viertel) (?P<side>past|to|nach|vor) {_HOUR}\b")
_ONE_O_CLOCK = re.compile(r"\b(?P<lead>в|к|с|до|после|около) час[уа]?\b(?! (?:пик|назад))")


def spoken_as_figures(text: str) -> str:
    """Return the folded text with the numbers of days and hours as figures."""
    text = _HALF_TO_RU.sub(lambda said: f"в {_half(_ORDINALS_RU.index(said['word']) + 1)}", text)
    text = _ORDINAL.sub(_ordinal, text)
    text = _NUMBER.sub(lambda said: str(_CLOCK_NUMBERS[said[0]]), text)
    text = _ONE_O_CLOCK.sub(r"\g<lead> 1", text)
    text = _HALF_TO.sub(lambda said: f"{said['lead'] or 'um '}{_half(int(said['h']))}", text)
    return _PAST.sub(_past, text)


def _ordinal(said: re.Match[str]) -> str:
    if not said["lead"] and said["month"] is None:
        return said[0]
    return f"{said['lead'] or ''} {_ORDINALS[said['word']]}.{said['month'] or ''}".strip(" ") + (
        " " if said["month"] else ""
    )


def _half(hour: int) -> str:
    """Return half an hour before an hour of twelve: 6:30 for 7, 12:30 for 1."""
    return f"{hour - 1 or 12}:30"


def _past(said: re.Match[str]) -> str:
    hour, lead = int(said["h"]), said["lead"] or "at "
    minutes = 30 if said["part"] == "half" else 15
    if said["side"] in ("past", "nach"):
        return f"{lead}{hour}:{minutes}"
    return f"{lead}{hour - 1 or 12}:{60 - minutes}"
