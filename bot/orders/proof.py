"""How somebody shows that an order is theirs: the last four digits of its phone number, else its postcode or surname.

Anna asks for S-1042 from another chat and writes "4567", with which the number ends that she gave in the order. An
order that has a phone number is not shown for a surname, which neighbours know.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

DIGITS = 4
_PHONE = re.compile(r"\+\d{7,15}")
_POSTCODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")
POSTCODES = ("postcode", "zip", "postal_code")
SURNAMES = ("surname", "family", "last", "last_name", "family_name")
ADDRESS, NAME = "address", "name"
"""Fields by whose key an address or a name in one line is known."""


def proven(answers: Mapping[str, Any], given: str) -> bool:
    """Return whether what somebody wrote shows that an order with these answers is theirs."""
    phones = {phone[-DIGITS:] for phone in _phones(answers)}
    digits = re.sub(r"\D", "", given)
    if phones:
        return len(digits) >= DIGITS and digits[-DIGITS:] in phones and not re.search(r"[^\W\d_]", given)
    said = "".join(given.split()).casefold()
    return bool(said) and said in {*_postcodes(answers), *_surnames(answers)}


def _phones(answers: Mapping[str, Any]) -> Iterator[str]:
    for value in answers.values():
        if isinstance(value, str) and _PHONE.fullmatch(value):
            yield value


def _postcodes(answers: Mapping[str, Any]) -> Iterator[str]:
    for key, value in answers.items():
        if isinstance(value, dict):
            yield from ("".join(str(value[part]).split()).casefold() for part in POSTCODES if value.get(part))
        elif key == ADDRESS and isinstance(value, str):
            yield from _POSTCODE.findall(value)


def _surnames(answers: Mapping[str, Any]) -> Iterator[str]:
    for key, value in answers.items():
        if isinstance(value, dict):
            yield from ("".join(str(value[part]).split()).casefold() for part in SURNAMES if value.get(part))
        elif key == NAME and isinstance(value, str) and value.split():
            yield value.split()[-1].casefold()
