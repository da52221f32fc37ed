"""Price lines: what an order costs besides its items, such as delivery, as the owner wrote it in the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.orders.money import decimals_of, plain, read_amount
from bot.orders.toml_source import Table, Texts


@dataclass(frozen=True, slots=True)
class PriceLine:
    """Something that is paid besides the items.

    Attributes:
        label: what it is for, per language.
        amount: in the currency's smallest unit, 0 or more.
        show_if: due only if each of these fields has one of these answers, as a field's.
        free_from: what the items must come to for it to be free; None when it never is.
    """

    label: Texts
    amount: int
    show_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    free_from: int | None = None


def amount_in(table: Table, key: str, currency: str) -> int | None:
    """Return an amount of the owner's file in smallest units, None when the key is not there.

    Raises:
        FormBroken: it is no amount of this currency.
    """
    if key not in table.body:
        table.read.append(key)
        return None
    value = table.body[key]
    table.read.append(key)
    written = isinstance(value, str | int | float) and not isinstance(value, bool)
    amount = read_amount(str(value), currency) if written else None
    if amount is None:
        example = plain(490 if decimals_of(currency) else 5, currency)
        raise table.broken(key, f'must be an amount in {currency}, as "{example}"')
    return amount
