"""Reads a phone number in international or national writing: "+49 170 1234567", "0170 1234567", "8 912 345-67-89".

A number written without its country is tried in the shop's country, in those of the languages, and with a + before it.
"8 912 345-67-89" is a number in Germany and in Russia: both are given back, and the form asks which one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from bot.orders.words import words_of

COUNTRY_OF_LANGUAGE = {"de": "DE", "ru": "RU"}
"""Where most who write in a language have their number; English says nothing about it."""

_NEGATIONS = frozenset(("not", "no", "nicht", "kein", "не"))
_LONGEST = 100
_INTERNATIONAL = re.compile(r"[1-9][0-9]{6,14}")

_WITH_PLUS = re.compile(r"(?<![\w+])\+[\d \u00a0()/.\-]{6,24}\d(?!\w)")


class PhoneTrouble(Enum):
    """Why a text is no phone number."""

    TOO_SHORT = auto()
    TOO_LONG = auto()
    NO_NUMBER = auto()


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What a text says about a phone number.

    Attributes:
        numbers: the numbers that it may mean, in E.164; none when there is trouble.
        trouble: what is wrong, None when there are numbers.
    """

    numbers: tuple[str, ...] = ()
    trouble: PhoneTrouble | None = None


def regions_for(*wanted: str, languages: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the countries to try, in order and each once: those wanted, then those of the languages."""
    spoken = (COUNTRY_OF_LANGUAGE.get(language.partition("-")[0], "") for language in languages)
    return tuple(dict.fromkeys(filter(None, (*wanted, *spoken))))


_DATE = re.compile(r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.20\d\d(?![\d.])")


def read_phone(text: str, regions: Iterable[str]) -> PhoneReading:
    """Return the phone number that a text holds.

    Args:
        text: what the customer wrote; words around the number are allowed.
        regions: ISO 3166 codes of the countries to try for a number without one.
    """
    if len(text) > _LONGEST or _DATE.search(text) or _NEGATIONS & set(words_of(text)):
        return PhoneReading(trouble=PhoneTrouble.NO_NUMBER)
    tried = tuple(regions)
    found = [number for region in tried for number in _numbers_in(text, region)]
    found += _numbers_in(f"+{text.strip()}" if text.strip()[:1] in "123456789" else text, None)
    if found:
        return PhoneReading(tuple(dict.fromkeys(found)))
    return PhoneReading(trouble=_trouble(text, next(iter(tried), None)))


def _numbers_in(text: str, region: str | None) -> list[str]:
    """Return the valid numbers in a text, in E.164; one with an extension is left out, for E.164 would drop it."""
    import phonenumbers

    try:
        whole = [phonenumbers.parse(text, region)] if not re.search(r"[^\W\d_]", text) else []
    except phonenumbers.NumberParseException:
        whole = []
    if not whole or not phonenumbers.is_valid_number(whole[0]):
        whole = [match.number for match in phonenumbers.PhoneNumberMatcher(text, region)]
    e164 = phonenumbers.PhoneNumberFormat.E164
    return [phonenumbers.format_number(number, e164) for number in whole if not number.extension]


def _trouble(text: str, region: str | None) -> PhoneTrouble:
    """Return what keeps a text without a valid number from being one."""
    import phonenumbers
    from phonenumbers import ValidationResult

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        known = {
            error.TOO_LONG: PhoneTrouble.TOO_LONG,
            error.TOO_SHORT_NSN: PhoneTrouble.TOO_SHORT,
            error.TOO_SHORT_AFTER_IDD: PhoneTrouble.TOO_SHORT,
        }
        return known.get(error.error_type, PhoneTrouble.NO_NUMBER)
    model = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE) if region else None
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_LONG:
            return PhoneTrouble.TOO_LONG
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return PhoneTrouble.TOO_SHORT
    if model and len(str(number.national_number)) < len(str(model.national_number)) - 2:
        return PhoneTrouble.TOO_SHORT
    return PhoneTrouble.NO_NUMBER


def shared_phone(text: str) -> str:
    """Return the E.164 form of the number in a shared contact, which channels give with or without its +; else "".

    The messenger knows the number and nobody typed it, so one from a range that is younger than our tables is taken
    too, when it has as many digits as an international number (E.164: at most 15).
    """
    numbers = _numbers_in("+" + text.strip().lstrip("+"), None)
    if len(numbers) == 1:
        return numbers[0]
    digits = re.sub(r"[\s()./-]", "", text.strip().lstrip("+"))
    return f"+{digits}" if _INTERNATIONAL.fullmatch(digits) else ""


def possible_phone(text: str) -> str:
    """Return the E.164 form of the one number with its + in a text that can be one by its length; "" for none.

    Ranges are opened and held back, so a number that no table knows is still its owner's: "+44 7700 900102".
    """
    import phonenumbers

    found = set()
    for written in _WITH_PLUS.findall(text) if not _NEGATIONS & set(words_of(text)) else ():
        try:
            number = phonenumbers.parse(written, None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            found.add(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return found.pop() if len(found) == 1 else ""


def is_phone(value: str) -> bool:
    """Return whether a text is a number as typed or shared ones are kept: in E.164."""
    return value.startswith("+") and shared_phone(value) == value


def shown_phone(value: str) -> str:
    """Return a number in E.164 as people read it: "+49 170 1234567"."""
    import phonenumbers

    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:  # what was answered before its owner made a field of phones of it
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def example_phone(regions: Iterable[str]) -> str:
    """Return how a mobile number of the first of the countries is written; a German one when there is none."""
    import phonenumbers

    region = next(iter(regions), "DE")
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+49 170 1234567"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
