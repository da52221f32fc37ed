"""An order as a sheet: its goods one line an item, what it costs, everything else, in the language of whoever reads.

Anna ordered in Russian. Olga, who reads German, sees "2 × Sencha, 100 g  15,80 €" below "Artikel" and "Versand  4,90 €"
above "Summe"; Anna's comment stands there as she wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.handlers import form_words, order_states, order_views
from bot.handlers.house import House
from bot.orders import bill, money
from bot.orders.cart import lines_of
from bot.orders.definition import FormDefinition, words_in
from bot.orders.fields import Field
from bot.orders.kinds import rules_of
from bot.orders.state import visible
from bot.orders.store import Order

_LINE = re.compile(r"(?P<quantity>\d+) × (?P<name>.+) – (?P<amount>[^–·]*\d[^–·]*?)(?: · (?P<remark>.+))?")
"""How `Line.words` writes a line of a cart."""
_NEXT = re.compile(r"\s*\n\s*|, (?=\d+ × )")
_NOTHING = frozenset({"", "–"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a cart as it is read: "2 ×", "Sencha, 100 g", "€15.80", "takes 3 days" or nothing."""

    quantity: int
    name: str
    amount: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an order.

    Attributes:
        label: what it is.
        value: as it is read; empty where there are `pieces`.
        pieces: of a cart, one or more; empty for all else.
        priced: `value` is an amount: of a price line, or the total.
        total: it is the last of them, what all comes to.
    """

    label: str
    value: str = ""
    pieces: tuple[Piece, ...] = ()
    priced: bool = False
    total: bool = False


def of(house: House, order: Order, language: str) -> tuple[Entry, ...]:
    """Return an order line by line in a language, prices behind the goods.

    What its form does not ask any more, or shows otherwise than its customer read it, stands as the customer read it.
    """
    rows, definition = order_views.summary(house, order, language), house.forms.get(order.form)
    if order_views.as_confirmed(house, order):
        rows = [_translated(house, definition, order, row, language) for row in rows] if definition else rows
    sums = _sums(house, definition, order)
    whole = any(lines_of(value) for value in order.answers.values())
    found = [_entry(label, value, whole=whole, priced=(label, value) in sums) for label, value in rows]
    if found and order_states.total_of(order, language) in {found[-1].value} - {""}:
        found[-1] = Entry(found[-1].label, found[-1].value, priced=True, total=True)
    return tuple(_sums_behind_goods(found))


def _sums_behind_goods(found: list[Entry]) -> list[Entry]:
    """Return the lines with what is paid right behind the goods, so that a reader can add it up."""
    goods = [place for place, one in enumerate(found) if one.pieces]
    if not goods:
        return found
    priced = [one for one in found if one.priced]
    head, rest = found[: goods[-1] + 1], found[goods[-1] + 1 :]
    return [*head, *priced, *(one for one in rest if not one.priced)]


def _entry(label: str, value: str, *, whole: bool, priced: bool) -> Entry:
    pieces = pieces_in(value) if whole else ()
    return Entry(label, pieces=pieces) if pieces else Entry(label, value.strip("\n"), priced=priced)


def pieces_in(text: str) -> tuple[Piece, ...]:
    """Return the lines of a cart that a text is, in whichever language; none for any other text."""
    lines = [_LINE.fullmatch(part) for part in _NEXT.split(text.strip())]
    found = [Piece(int(one["quantity"]), one["name"], one["amount"], one["remark"] or "") for one in lines if one]
    return tuple(found) if len(found) == len(lines) else ()


def cart_change(before: str, after: str) -> tuple[str, ...]:
    """Return what came to a cart and what went, as "+1 × Rooibos", "−2 × Sencha"; empty where neither text is a cart.

    What only costs something else by now is told with both amounts.
    """
    had, has = pieces_in(before), pieces_in(after)
    if not (had or has) or not (had or before in _NOTHING) or not (has or after in _NOTHING):
        return ()
    was, now = ({one.name: one for one in pieces} for pieces in (had, has))
    return tuple(line for name in dict.fromkeys((*was, *now)) for line in _step(name, was.get(name), now.get(name)))


def _step(name: str, was: Piece | None, now: Piece | None) -> Iterable[str]:
    more = (now.quantity if now else 0) - (was.quantity if was else 0)
    if more:
        yield f"{'+' if more > 0 else '−'}{abs(more)} × {name}"
    elif was and now and was.amount != now.amount:
        yield f"{now.quantity} × {name}: {was.amount} → {now.amount}"


def brief(house: House, order: Order, language: str, most: int) -> tuple[tuple[Piece, ...], int, str]:
    """Return what a list shows of an order: so many pieces at most, how many more there are; words without goods."""
    lines = [line for value in order.answers.values() for line in lines_of(value) or ()]
    pieces = [
        Piece(one.quantity, words_in(one.name, language), money.shown(one.amount, one.currency, language))
        for one in lines[:most]
    ]
    found = () if pieces else of(house, order, language)
    words = [entry.value for entry in found if entry.value not in _NOTHING and not entry.priced]
    return tuple(pieces), len(lines) - len(pieces), " · ".join(words[:most])


def _sums(house: House, definition: FormDefinition | None, order: Order) -> set[tuple[str, str]]:
    """Return the lines of an order that are amounts, in each language."""
    if definition is None:
        return set()
    return {
        (row.label, form_words.in_words(house, row.value, code))
        for code in house.catalogues
        for row in bill.rows(definition, order.answers, code)
    }


def _translated(
    house: House, definition: FormDefinition, order: Order, row: tuple[str, str], language: str
) -> tuple[str, str]:
    """Return a line in a language where the form surely means the same with it as when it was confirmed."""
    for field in visible(definition, order.answers):
        if order.answers.get(field.key) is not None and any(
            row == _read_as(house, field, order, code) for code in house.catalogues
        ):
            return _read_as(house, field, order, language) or row
    return _price_translated(house, definition, order, row, language)


def _read_as(house: House, field: Field, order: Order, language: str) -> tuple[str, str] | None:
    """Return a field's line in a language, None where its answer is of another kind by now."""
    try:
        words = rules_of(field).show(field, order.answers[field.key], language)
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    return words_in(field.label, language), form_words.in_words(house, words, language)


def _price_translated(
    house: House, definition: FormDefinition, order: Order, row: tuple[str, str], language: str
) -> tuple[str, str]:
    label, value = row
    for code in house.catalogues:
        if label == words_in(definition.total, code) and value == order_states.total_of(order, code):
            return words_in(definition.total, language), order_states.total_of(order, language)
        named = next((one for one in definition.prices if label == words_in(one.label, code)), None)
        if named and value == house.texts(code)("form.free"):
            return words_in(named.label, language), house.texts(language)("form.free")
    return row
