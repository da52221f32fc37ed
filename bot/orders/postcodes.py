"""Postcodes as countries write them, and countries as people name them: "04107" in Germany, "NW1 6XE" in the UK.

The shapes are those of the national posts (Universal Postal Union, addressing sheets); whether a code of the right
shape exists nobody asks.
"""

from __future__ import annotations

import re
from functools import cache

from bot.orders.words import fold

_FOUR, _FIVE, _SIX = r"[1-9]\d{3}", r"\d{5}", r"\d{6}"
_SHAPES: dict[str, tuple[str, str]] = {
    "AT": (_FOUR, "1010"),
    "AU": (r"\d{4}", "2000"),
    "BE": (_FOUR, "1000"),
    "BG": (_FOUR, "1000"),
    "BY": (r"2\d{5}", "220030"),
    "CA": (r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "CH": (_FOUR, "8001"),
    "CY": (_FOUR, "1010"),
    "CZ": (r"[1-7]\d\d ?\d\d", "110 00"),
    "DE": (r"(?!00)\d{5}", "04107"),
    "DK": (r"\d{4}", "1050"),
    "EE": (_FIVE, "10111"),
    "ES": (r"(?:0[1-9]|[1-4]\d|5[0-2])\d{3}", "28013"),
    "FI": (_FIVE, "00100"),
    "FR": (_FIVE, "75001"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "NW1 6XE"),
    "GR": (r"\d{3} ?\d{2}", "105 57"),
    "HR": (r"[1-5]\d{4}", "10000"),
    "HU": (_FOUR, "1051"),
    "IE": (r"[AC-FHKNPRTV-Y]\d[\dW] ?[\dAC-FHKNPRTV-Y]{4}", "D02 AF30"),
    "IT": (_FIVE, "00184"),
    "KG": (r"7\d{5}", "720001"),
    "KZ": (r"\d{6}|[A-Z]\d{2}[A-Z]\d[A-Z]\d", "050000"),
    "LI": (r"94[89]\d", "9490"),
    "LT": (_FIVE, "01103"),
    "LU": (r"\d{4}", "1009"),
    "LV": (r"\d{4}", "1050"),
    "MD": (r"\d{4}", "2012"),
    "MT": (r"[A-Z]{3} ?\d{4}", "VLT 1117"),
    "NL": (r"[1-9]\d{3} ?[A-Z]{2}", "1012 LG"),
    "NO": (r"\d{4}", "0151"),
    "PL": (r"\d{2}-\d{3}", "00-590"),
    "PT": (r"\d{4}-\d{3}", "1100-148"),
    "RO": (_SIX, "010011"),
    "RS": (_FIVE, "11000"),
    "RU": (r"[1-6]\d{5}", "101000"),
    "SE": (r"\d{3} ?\d{2}", "114 55"),
    "SI": (_FOUR, "1000"),
    "SK": (r"[089]\d\d ?\d\d", "811 01"),
    "TR": (_FIVE, "34110"),
    "UA": (_FIVE, "01001"),
    "US": (r"\d{5}(?:-\d{4})?", "10118"),
}
"""For each ISO 3166 code: the shape, and an example of it."""

_ANY = (
    "|".join(f"(?:{_SHAPES[code][0]})" for code in ("GB", "CA", "IE", "NL", "PT", "PL"))
    + r"|\d{6}|\d{5}|[1-9]\d{3}|\d{3} \d{2}"
)
_ALIASES = {
    "GB": "uk|u.k.|great britain|england|scotland|wales|britain|grossbritannien|england|англия|британия",
    "US": "usa|u.s.a.|us|united states of america|сша|america|америка",
    "NL": "holland|the netherlands|голландия",
    "DE": "brd|germania|фрг",
    "CZ": "czech republic|tschechische republik|чешская республика",
    "RU": "рф|российская федерация|russian federation",
    "UA": "украина|україна",
    "BY": "белоруссия|belorussia|weissrussland",
    "KZ": "қазақстан",
    "CH": "schweiz|suisse|svizzera",
    "AT": "österreich|oesterreich",
}
_PREFIXES = {"D": "DE", "A": "AT", "B": "BE", "F": "FR", "I": "IT", "L": "LU", "E": "ES"}
_PREFIX = "|".join((*_PREFIXES, *_SHAPES))


def knows_country(country: str) -> bool:
    """Return whether the shape of the country's postcodes is known; `country` is an ISO 3166 code."""
    return country in _SHAPES


def postcode_example(country: str) -> str:
    """Return how a postcode of the country looks; empty for one that is not known."""
    return _SHAPES.get(country, ("", ""))[1]


def postcode_pattern(country: str) -> re.Pattern[str]:
    """Return the pattern of the country's postcodes within a text, of any country's for one that is not known.

    It has the groups `prefix`, as "D" in "D-04107", and `code`.
    """
    return _pattern(country if country in _SHAPES else "")


@cache
def _pattern(country: str) -> re.Pattern[str]:
    shape = _SHAPES[country][0] if country else _ANY
    return re.compile(
        rf"(?<![\w/.-])(?:(?P<prefix>{_PREFIX})-? ?(?=\d))?(?P<code>{shape})(?![\w/]|-\d|\.\d)", re.IGNORECASE
    )


def country_of_prefix(prefix: str | None) -> str:
    """Return the country of "D" in "D-04107"; empty for none."""
    known = (prefix or "").upper()
    return _PREFIXES.get(known, known)


def tidy_postcode(code: str, country: str) -> str:
    """Return a postcode of the right shape as its country writes it: "nw16xe" is "NW1 6XE" in the UK."""
    code = code.upper()
    bare = code.replace(" ", "")
    tail = {"GB": 3, "CA": 3, "IE": 4, "NL": 2, "MT": 4, "CZ": 2, "SK": 2, "SE": 2, "GR": 2}.get(country)
    return f"{bare[:-tail]} {bare[-tail:]}" if tail else code


def is_postcode(code: str, country: str) -> bool:
    """Return whether a text is a postcode by its shape."""
    found = postcode_pattern(country).fullmatch(" ".join(code.split()))
    return found is not None


@cache
def country_names() -> dict[str, str]:
    """Return the code of each country by its folded names in English, German, Russian and colloquially."""
    from babel import Locale

    names = {
        fold(str(Locale.parse(language).territories[code])): code for language in ("en", "de", "ru") for code in _SHAPES
    }
    return names | {fold(alias): code for code, aliases in _ALIASES.items() for alias in aliases.split("|")}
