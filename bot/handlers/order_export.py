"""Orders for a spreadsheet, the same from the command line and from the console; and which orders somebody asks for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.handlers import form_words, order_words, reporting
from bot.handlers.house import House
from bot.orders import cart, export, money, store
from bot.orders.export import Cell, Row
from bot.orders.fields import words_in
from bot.orders.kinds import rules_of
from bot.orders.store import Order, Wanted

MOST = 100_000
"""Orders of one file."""
KINDS = ("csv", "xlsx")


def wanted_of(zone: str, state: str = "", words: str = "", first: str | None = None, last: str | None = None) -> Wanted:
    """Return which orders are asked for.

    Args:
        zone: in which the days are days.
        state: one of `status.State`, or empty.
        words: part of a number or name.
        first: the first day on which they were made, such as 2026-11-23; None for any.
        last: the last one.

    Raises:
        WrongDates: what is given is no date, or the wrong way round.
    """
    since, before = reporting.between(zone, first, last)
    return Wanted(state, " ".join(words.split()), since, before)


def exported(house: House, conn: Connection, wanted: Wanted, kind: str) -> tuple[bytes, int]:
    """Return a file of orders and how many are in it, the oldest first; `kind` is one of `KINDS`."""
    orders = list(reversed(store.list_orders(conn, MOST, wanted)))
    names = store.names(conn, orders)
    rows = [_row(house, order, names.get(order.conversation_id, "")) for order in orders]
    table = export.table_of(rows)
    return (export.to_xlsx(table) if kind == "xlsx" else export.to_csv(table)), len(orders)


def _row(house: House, order: Order, name: str) -> Row:
    zone = ZoneInfo(house.rules.hours.zone)
    changed, definition, texts = order.changed_at, house.forms.get(order.form), house.texts(house.catalogues.default)
    head: dict[str, Cell] = {
        "number": order.number,
        "state": order.state,
        "made": order.created_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "changed": changed.astimezone(zone).strftime("%Y-%m-%d %H:%M") if changed else "",
        "form": order.form,
        "customer": name,
        "total": _amount(order.total, order.currency),
        "currency": order.currency,
        "tracking": order.tracking,
        "title": words_in(definition.title, texts.language) if definition else "",
        "state_name": order_words.for_staff(house, texts, order),
    }
    return Row(head, answers_in_words(house, order), list(_lines(house, order)))


def _amount(amount: object, currency: str) -> Cell:
    if not isinstance(amount, int) or not currency:
        return None
    return float(Decimal(money.plain(amount, currency)))


def _lines(house: House, order: Order) -> Iterator[dict[str, Cell]]:
    """Yield what an order has of the catalogue, as it was called and as it cost when it was ordered."""
    for value in order.answers.values():
        for line in cart.lines_of(value) or ():
            name = words_in(line.name, house.catalogues.default)
            price = _amount(line.price, line.currency)
            yield {"sku": line.sku, "item": name, "quantity": line.quantity, "price": price}


def answers_in_words(house: House, order: Order) -> dict[str, str]:
    """Return an order's answers by field as staff read them; as they are kept where the form is another one by now."""
    definition = house.forms.get(order.form)
    found: dict[str, str] = {}
    for key, value in order.answers.items():
        field = definition.field(key) if definition else None
        if value is None:
            found[key] = ""
            continue
        try:
            words = rules_of(field).show(field, value, house.catalogues.default) if field else None
        except (KeyError, ValueError, TypeError, AttributeError):  # the owner gave the field another kind since
            words = None
        found[key] = form_words.in_words(house, words, house.catalogues.default) if words else _flat(value)
    return found


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(_flat(part) for part in value.values() if part is not None)
    if isinstance(value, list):
        return "; ".join(_flat(part) for part in value)
    return str(value)
