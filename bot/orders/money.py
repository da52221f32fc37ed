"""Amounts of money: whole numbers of a currency's smallest unit, read and shown exactly.

"4,90" in an owner's file is 490 cents of EUR; a customer reads "€4.90", "4,90 €" or "4,90 €" by language. A yen has no
smaller unit, a dinar of Kuwait a thousand. No amount is ever a float.
"""

from __future__ import annotations

import re
from decimal import Decimal

from bot.orders.rules import locale_of

MOST = 10**12
"""The largest amount in smallest units: what a table and a spreadsheet still hold exactly."""

_AMOUNT = re.compile(r"\d{1,12}(?:[.,]\d{1,3})?", re.ASCII)


def is_currency(code: str) -> bool:
    """Return whether a code is a currency's as ISO 4217 has it, such as EUR."""
    from babel.numbers import is_currency as known

    return known(code, "en")


def decimals_of(currency: str) -> int:
    """Return the digits behind the point that a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)


def read_amount(text: str, currency: str) -> int | None:
    """Return an amount in smallest units as an owner writes it: "4.90", "4,9" and "4" are 490, 490 and 400 for EUR.

    None for what is no amount without doubt: a sign, thousands set apart, more digits than the currency has.
    """
    written = text.strip()
    if not _AMOUNT.fullmatch(written):
        return None
    smallest = Decimal(written.replace(",", ".")).scaleb(decimals_of(currency))
    return int(smallest) if smallest == int(smallest) and smallest <= MOST else None


def shown(amount: int, currency: str, language: str) -> str:
    """Return an amount as people of a language read it; its parts do not part at the end of a line."""
    from babel.numbers import format_currency

    units = Decimal(amount).scaleb(-decimals_of(currency))
    return str(format_currency(units, currency, locale=locale_of(language)))


def plain(amount: int, currency: str) -> str:
    """Return an amount as files hold it: "4.90"."""
    decimals = decimals_of(currency)
    return f"{Decimal(amount).scaleb(-decimals):.{decimals}f}"
