"""One part of an address, typed by itself: what it may be, and what is said where it cannot be that.

"04107" is a postcode of Germany, "1060" is none: "We deliver here only: Germany. A postcode there looks like 04107."
"anna@example.com" and "why do you ask" are no towns.
"""

from __future__ import annotations

import re

from bot.orders.address_words import FOREIGN_TOWNS, NO_ADDRESS, TOWNS
from bot.orders.answers import Words
from bot.orders.fields import Field
from bot.orders.postcodes import is_postcode, knows_country, postcode_example, tidy_postcode
from bot.orders.rules import locale_of
from bot.orders.slot_words import TOWNS as LARGE_TOWNS
from bot.orders.words import BACK, CANCEL, NO, POLITE, SKIP, YES, fold, word_set, words_of

LONGEST = 120
_HOUSE_NUMBER = re.compile(r"(?=.{1,20}$)\d[\w /.,-]*|(?=.{1,20}$)[^\W\d_]{1,8}\.? ?\d[\w /.-]*")
_LONGEST_POSTCODE = 10
_MOST_WORDS_OF_A_TOWN = 6
_NO_TOWN = NO_ADDRESS | (
    (YES | NO | BACK | CANCEL | SKIP | POLITE)
    | word_set("""
    who when which do does can could will need want soon asap help human operator person hello hi postcode zip code
    wer wozu weshalb wofur das wann welche welcher kann konnen koennen brauche brauchen bald
    hilfe mensch mitarbeiter hallo postleitzahl plz
    кто когда какой какая можно можете нужно нужен скоро помощь помогите человек оператор привет здравствуйте индекс
    """)
)
_NEAR = ("AT", "CH", "NL", "BE", "PL", "CZ", "GB", "RU")
"""Countries whose postcodes are told from a German one by their shape."""
_ONLY_GERMAN = {"DE", "AT"}


def country_called(code: str, language: str) -> str:
    """Return a country as it is called in a language."""
    return str(locale_of(language).territories.get(code, code))


def only_in(field: Field, language: str) -> Words:
    """Return the sentence that says where the shop delivers."""
    return Words("form.only_in", {"countries": _countries(field, language)})


def _countries(field: Field, language: str) -> str:
    return ", ".join(country_called(code, language) for code in field.countries)


def wrong_postcode(country: str, language: str) -> Words:
    """Return the sentence that shows how a postcode of the country looks."""
    code = country if knows_country(country) else "DE"
    country = country_called(code, language)
    return Words("form.wrong_postcode", {"country": country, "example": postcode_example(code)})


def abroad(field: Field, town: str, code: str, language: str) -> Words | None:
    """Return what is said to somebody whose address is surely, or by its postcode, where the shop does not deliver."""
    if not field.countries or any(is_postcode(code, country) for country in field.countries):
        return None
    name = fold(town)
    german = set(field.countries) <= _ONLY_GERMAN and name in FOREIGN_TOWNS
    if german or any(name in towns for country, towns in TOWNS.items() if country not in field.countries):
        return only_in(field, language)
    if not any(is_postcode(code, country) for country in _NEAR if country not in field.countries):
        return None
    example = postcode_example(field.countries[0])
    return Words("form.postcode_elsewhere", {"countries": _countries(field, language), "example": example})


def is_town(words: str) -> bool:
    """Return whether words may be the name of a town: no figures, no question, no e-mail address."""
    said = words_of(words)
    strange = any(char.isdigit() or char in "@?!:\\_" for char in words)
    return 0 < len(said) <= _MOST_WORDS_OF_A_TOWN and not strange and _NO_TOWN.isdisjoint(said) and len(words) > 1


def is_surely_town(words: str) -> bool:
    """Return whether words that were not asked for are a town: a known one, or written as a name is."""
    return is_town(words) and (fold(words) in LARGE_TOWNS or all(one[0].isupper() for one in words.split()[:1]))


def tidied(part: str, words: str, country: str) -> str:
    """Return the words as this part, empty when they cannot be it."""
    line = " ".join(words.split()).strip(" ,.")
    letters, digits = any(map(str.isalpha, line)), any(map(str.isdigit, line))
    if not line or len(line) > LONGEST or "?" in line:
        return ""
    match part:
        case "postcode":
            return tidy_postcode(line, country) if digits and len(line) <= _LONGEST_POSTCODE else ""
        case "house_number":
            return line if _HOUSE_NUMBER.fullmatch(line) else ""
        case "town":
            return line if is_town(line) else ""
    return line if letters and "@" not in line else ""


def wrong_part(part: str, country: str, language: str) -> Words:
    """Return what is said to words that cannot be this part, with an example of a right one."""
    match part:
        case "postcode":
            return wrong_postcode(country, language)
        case "house_number":
            return Words("form.wrong_house_number", {"example": "12a"})
        case "town":
            return Words("form.wrong_town", {"example": "Leipzig"})
    return Words("form.wrong_street", {"example": "Lindenallee"})
