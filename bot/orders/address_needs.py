"""What a text must hold to be taken for an address: a house number, and a postcode with its town.

For forms that ask for an address as one text; the kind `address` takes its parts apart. Postcodes are those of the
European Union: 04107, 1010, 1012 AB, 00-950, 114 55.
"""

from __future__ import annotations

import re

_POSTCODE = (
    r"\b(?:[A-Z]{1,3}-)?"
    r"(?:\d{5}|\d{2}-\d{3}|\d{4}-\d{3}|\d{3} \d{2}|[1-9]\d{3}(?: ?[A-Z]{2})?|[A-Z]\d[\dW] ?[A-Z\d]{4})\b"
)
_TOWN = r"[^\W\d_][^\W\d_]"
_BEFORE_TOWN = re.compile(rf"{_POSTCODE}[\s,]+{_TOWN}", re.IGNORECASE)
_BEHIND_TOWN = re.compile(rf"[,\n]\s*{_TOWN}[^\d,\n]*,?\s{_POSTCODE}", re.IGNORECASE)
_HOUSE = re.compile(r"\b[1-9]\d{0,3}(?!\d)")


def _postcode(text: str) -> re.Match[str] | None:
    """Return the postcode with its town: "04107 Leipzig", or ", Leipzig 04107"."""
    return _BEFORE_TOWN.search(text) or _BEHIND_TOWN.search(text)


def has_postcode(text: str) -> bool:
    """Return whether a postcode stands beside a town."""
    return _postcode(text) is not None


def has_house_number(text: str) -> bool:
    """Return whether a figure of 1 to 4 digits stands there besides the postcode."""
    found = _postcode(text)
    rest = text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    return _HOUSE.search(rest) is not None
