"""What each kind of field takes from the owner's file, and what of it cannot work.

`minimum = 5` with `maximum = 3` is refused with the line and the key, before any customer meets it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.orders.fields import KEY, OTHER, Field, Kind, Option, Timetable
from bot.orders.money import is_currency
from bot.orders.postcodes import knows_country
from bot.orders.time_checks import date_checks, times_in, window_checks
from bot.orders.toml_source import Table

PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
NEEDS = ("letters", "digits", "postcode", "house_number")
LONGEST_TEXT = 1000
LONGEST_LONG_TEXT = 4000
FILE_KINDS = ("photo", "document", "video", "audio", "voice")
LOCATIONS = ("none", "added", "enough")
MOST_FILES = 10
LARGEST_FILE = 50
"""Megabytes."""
MOST_PIECES = 9999


def key_in(table: Table, name: str = "key") -> str:
    """Return a key, as those of forms, fields and options are."""
    key = table.text(name)
    if not KEY.fullmatch(key):
        raise table.broken(name, "must be a-z, 0-9 and _, begin with a letter and have 20 characters at most")
    return key


def checked_by(kind: Kind, table: Table, languages: tuple[str, ...], base: Field) -> Field:
    """Return the field with what its kind takes from its table."""
    return _CHECKS[kind](table, languages, base) if kind in _CHECKS else base


def _text_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    longest = table.whole("max_length", 300, 1, LONGEST_TEXT)
    needs = table.list_of_texts("needs")
    if not set(needs) <= set(NEEDS):
        raise table.broken("needs", "must be made of " + ", ".join(f'"{need}"' for need in NEEDS))
    return replace(base, min_length=table.whole("min_length", 1, 1, longest), max_length=longest, needs=needs)


def _long_text_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    longest = table.whole("max_length", 1000, 1, LONGEST_LONG_TEXT)
    return replace(base, min_length=table.whole("min_length", 1, 1, longest), max_length=longest)


def options_in(
    table: Table, languages: tuple[str, ...], times: Callable[[Table], Timetable | None] = lambda _: None
) -> tuple[Option, ...]:
    """Return the options of a choice; `times` reads what more an option has."""
    options: list[Option] = []
    for inner in table.tables("options"):
        option = Option(key_in(inner), inner.texts("label", languages), times(inner))
        if option.key == OTHER or any(option.key == one.key for one in options):
            raise inner.broken("key", f'is used twice, or is "{OTHER}", which stands for any other words')
        inner.close()
        options.append(option)
    if len(options) < 2:  # noqa: PLR2004  # a choice is between two
        raise table.broken("options", "must have at least two")
    return tuple(options)


def _choice_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    longest, other = table.whole("max_length", 300, 1, LONGEST_TEXT), table.flag("other", default=False)
    return replace(base, options=options_in(table, languages), other=other, max_length=longest)


def _several_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    options = options_in(table, languages)
    most = table.whole("maximum", len(options), 1, len(options))
    return replace(base, options=options, minimum=table.whole("minimum", 1, 1, most), maximum=most)


def _number_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    lowest, highest = table.figure("minimum"), table.figure("maximum")
    if lowest is not None and highest is not None and lowest > highest:
        raise table.broken("maximum", "must not be less than minimum")
    decimals = table.whole("decimals", 0, 0, 3)
    return replace(base, minimum=lowest, maximum=highest, decimals=decimals, unit=_unit(table, languages))


def _unit(table: Table, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Read the unit: for each language a word, or a table of plural forms that has at least `other`."""
    inner, unit = table.table("unit"), {}
    for language in languages if inner.body else ():
        forms = inner.body.get(language)
        if isinstance(forms, str) and forms.strip():
            forms = {"other": forms}
        if not isinstance(forms, dict) or "other" not in forms or not set(forms) <= set(PLURAL_FORMS):
            raise inner.broken(language, 'must be a word, or plural forms as { one = "pack", other = "packs" }')
        if not all(isinstance(word, str) and word.strip() for word in forms.values()):
            raise inner.broken(language, "must hold words in quotes")
        unit[language] = dict(forms)
    for language in inner.body:
        if languages and language not in languages:
            raise inner.broken(language, "is a language that the form's title does not have")
    return unit


def _phone_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    from phonenumbers import SUPPORTED_REGIONS

    region = table.text("region", "")
    if region and region not in SUPPORTED_REGIONS:
        raise table.broken("region", "must be a country's two capital letters, as DE")
    return replace(base, region=region)


def _address_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    countries = table.list_of_texts("countries")
    for country in countries:
        if not knows_country(country):
            raise table.broken("countries", f"has {country!r}, whose postcodes are not known here; give codes as DE")
    location = table.text("location", "added")
    if location not in LOCATIONS:
        raise table.broken("location", f"must be one of {', '.join(LOCATIONS)}")
    return replace(base, countries=countries, location=location)


def _file_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    files = table.list_of_texts("files") or ("photo", "document")
    for one in files:
        if one not in FILE_KINDS:
            raise table.broken("files", f"has {one!r}, which must be one of {', '.join(FILE_KINDS)}")
    largest = table.whole("max_megabytes", 20, 1, LARGEST_FILE)
    most = table.whole("max_files", 1, 1, MOST_FILES)
    return replace(base, files=files, max_files=most, max_bytes=largest * 1024 * 1024)


def _consent_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    """Read the link to what is agreed to; it is shown below the question."""
    links = table.texts("link", languages, required=False)
    for language, link in links.items():
        if not re.fullmatch(r"https?://[^\s]+", link):
            raise table.broken(f"link.{language}", "must be an address that begins with https://")
    shown = {language: f"{base.help.get(language, '')}\n{link}".strip() for language, link in links.items()}
    days = table.whole("renew_after_days", 0, 0, 3650)
    return replace(base, help=shown or base.help, renew_after_days=days)


def _delivery_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    return replace(base, options=options_in(table, languages, times_in))


def _money_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    currency = table.text("currency")
    if not is_currency(currency):
        raise table.broken("currency", "must be a currency's three capital letters, as EUR")
    lowest, highest = table.figure("minimum"), table.figure("maximum")
    if (lowest or 0) < 0:
        raise table.broken("minimum", "must not be less than 0")
    if lowest is not None and highest is not None and lowest > highest:
        raise table.broken("maximum", "must not be less than minimum")
    return replace(base, currency=currency, minimum=lowest, maximum=highest)


def _items_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    most = table.whole("order_maximum", 999, 1, MOST_PIECES)
    highest = table.whole("line_maximum", min(99, most), 1, MOST_PIECES)
    return replace(
        base,
        line_minimum=table.whole("line_minimum", 1, 1, min(highest, most)),
        line_maximum=highest,
        order_minimum=table.whole("order_minimum", 1, 1, most),
        order_maximum=most,
    )


_CHECKS: Mapping[Kind, Callable[[Table, tuple[str, ...], Field], Field]] = {
    Kind.TEXT: _text_checks,
    Kind.LONG_TEXT: _long_text_checks,
    Kind.COMMENT: _long_text_checks,
    Kind.CHOICE: _choice_checks,
    Kind.SEVERAL: _several_checks,
    Kind.NUMBER: _number_checks,
    Kind.ADDRESS: _address_checks,
    Kind.PHONE: _phone_checks,
    Kind.DATE: date_checks,
    Kind.WINDOW: window_checks,
    Kind.MONEY: _money_checks,
    Kind.DELIVERY: _delivery_checks,
    Kind.FILE: _file_checks,
    Kind.CONSENT: _consent_checks,
    Kind.ITEMS: _items_checks,
}
