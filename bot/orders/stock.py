"""What is left of what the catalogue counts. Nothing else writes the table `stock`.

The file says 40 tasting sets, and counting begins; three are ordered, and 37 are left. When the file says 50, somebody
has counted the shelf, where the three still lie until they are sent: 47 are left. An item whose stock is empty is not
counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.orders.catalogue import Catalogue
from bot.orders.status import OPEN
from bot.storage import schema
from bot.storage.database import insert, lock_row

_S, _O = schema.stock, schema.orders
FORGOTTEN = timedelta(days=30)
"""So much older than the last one is an open order of which nothing lies there any more: nobody sets states here."""


@dataclass(frozen=True, slots=True)
class Short:
    """There is less of an item than is wanted; `left` is 0 or more."""

    sku: str
    left: int


def count(conn: Connection, catalogue: Catalogue) -> None:
    """Begin to count what is new in the catalogue, or has another number there than when counting began.

    The number is what lies on the shelf. What is promised to open orders lies there too, and cannot be sold again.
    """
    known = {row.sku: row.counted for row in conn.execute(select(_S.c.sku, _S.c.counted))}
    for item in sorted(catalogue.items, key=lambda one: one.sku):
        if item.stock is None or known.get(item.sku) == item.stock or _begun(conn, item.sku, item.stock):
            continue
        _lock(conn, item.sku)
        anew = (_S.c.sku == item.sku) & (
            _S.c.counted != item.stock
        )  # another worker may have begun, and sold one since
        taken = promised(conn).get(item.sku, 0)
        conn.execute(_S.update().where(anew).values(counted=item.stock, taken=taken))


def _begun(conn: Connection, sku: str, counted: int) -> bool:
    """Begin to count what was not counted before; False when it is counted already."""
    row = insert(conn, _S).values(sku=sku, counted=counted, taken=0).on_conflict_do_nothing()
    if conn.execute(row).rowcount != 1:
        return False
    taken = promised(conn).get(sku, 0)
    conn.execute(_S.update().where(_S.c.sku == sku).values(taken=taken))
    return True


def _lock(conn: Connection, *skus: str) -> None:
    """Let nobody else take of these until the commit; an order that does so now is seen by whoever asks behind it."""
    if lock_row(conn):
        conn.execute(select(_S.c.sku).where(_S.c.sku.in_(skus)).order_by(_S.c.sku).with_for_update()).all()


def promised(conn: Connection, but: int = 0) -> dict[str, int]:
    """Return how many pieces of each item lie on the shelf for open orders, by SKU; `but` is an order left out.

    An order that is `FORGOTTEN` older than the last one counts as gone out: where nobody sets states, nothing would
    be left for ever.
    """
    last = conn.execute(select(func.max(_O.c.created_at))).scalar_one()
    if last is None:
        return {}
    open_now = _O.c.state.in_([state.value for state in OPEN]) & (_O.c.created_at >= last - FORGOTTEN)
    found: dict[str, int] = {}
    for answers in conn.execute(select(_O.c.answers).where(open_now, _O.c.id != but)).scalars():
        for sku, number in pieces(answers).items():
            found[sku] = found.get(sku, 0) + number
    return found


def left(conn: Connection, *, sold: bool = False) -> dict[str, int]:
    """Return what is left by SKU, less than none where more was taken than there was; with `sold` of what was taken."""
    query = select(_S).where(_S.c.taken != 0) if sold else select(_S)
    return {row.sku: row.counted - row.taken for row in conn.execute(query)}


def present(conn: Connection, catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with what is left at present."""
    counted = any(item.stock is not None for item in catalogue.items)
    return catalogue.with_left(left(conn, sold=True)) if counted else catalogue


def take(conn: Connection, catalogue: Catalogue, wanted: Mapping[str, int]) -> tuple[Short, ...]:
    """Take pieces from the shelf, all or none.

    Args:
        conn: the transaction that makes the order.
        catalogue: says what is counted.
        wanted: pieces by SKU, each one or more.

    Returns:
        What there is too little of; empty when all was taken.
    """
    counted = {item.sku: item.stock for item in catalogue.items if item.stock is not None}
    taken, short = dict[str, int](), list[Short]()
    for sku in sorted(wanted.keys() & counted.keys()):  # in one order everywhere, so that two orders cannot deadlock
        _begun(conn, sku, counted[sku])
        enough = (_S.c.sku == sku) & (_S.c.counted - _S.c.taken >= wanted[sku])
        if conn.execute(_S.update().where(enough).values(taken=_S.c.taken + wanted[sku])).rowcount == 1:
            taken[sku] = wanted[sku]
        else:
            short.append(Short(sku, max(0, left(conn)[sku])))
    if short:
        _put_back(conn, taken)
    return tuple(short)


def give_back(conn: Connection, answers: Mapping[str, Any], order: int = 0) -> None:
    """Put back what an order took; its caller sees to it that an order gives back once.

    Nothing is put back that would be sold twice: what is promised to other open orders stays taken, and so, where the
    shelf was counted after an order had gone out, does what came back of it, until it is counted again.

    Args:
        conn: the transaction in which the order is cancelled, refused or returned.
        answers: the order's.
        order: its id.
    """
    gone = pieces(answers)
    if gone:
        _lock(conn, *gone)
        _put_back(conn, gone, promised(conn, order))


def hold(conn: Connection, answers: Mapping[str, Any], order: int) -> None:
    """Let what an order has lie on the shelf for it again, when it had not gone out after all."""
    has = pieces(answers)
    if not has:
        return
    _lock(conn, *has)
    others = promised(conn, order)
    for sku in sorted(has):
        wanted = others.get(sku, 0) + has[sku]
        conn.execute(_S.update().where((_S.c.sku == sku) & (_S.c.taken < wanted)).values(taken=wanted))


def exchange(
    conn: Connection, catalogue: Catalogue | None, had: Mapping[str, Any], wants: Mapping[str, Any], order: int = 0
) -> bool:
    """Take what an order has more of now, and put back what it has less of.

    What stays as it was is not touched: counting may have begun anew since it was taken.

    Args:
        conn: the transaction that changes the order.
        catalogue: says what is counted; None where nothing is.
        had: the order's answers before.
        wants: those that it shall have.
        order: its id.

    Returns:
        False when there is too little of something; then the shelf is as it was.
    """
    before, after = pieces(had), pieces(wants)
    more = {sku: count - before.get(sku, 0) for sku, count in after.items() if count > before.get(sku, 0)}
    if catalogue is not None and take(conn, catalogue, more):
        return False
    less = {sku: count - after.get(sku, 0) for sku, count in before.items() if count > after.get(sku, 0)}
    if less:
        _lock(conn, *less)
        others = promised(conn, order)
        _put_back(conn, less, {sku: others.get(sku, 0) + after.get(sku, 0) for sku in less})
    return True


def pieces(answers: Mapping[str, Any]) -> dict[str, int]:
    """Return how many pieces of each item some answers order, by SKU."""
    found: dict[str, int] = {}
    for line in _lines(answers):
        found[line["sku"]] = found.get(line["sku"], 0) + line["quantity"]
    return found


def _lines(answers: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for value in answers.values():
        for line in value if isinstance(value, list) else ():
            if isinstance(line, dict) and {"sku", "quantity"} <= line.keys():
                yield line


def _put_back(conn: Connection, wanted: Mapping[str, int], kept: Mapping[str, int] | None = None) -> None:
    """Take less; never less than is kept for others, and never less than nothing: it may have been counted since."""
    for sku in sorted(wanted):
        least = (kept or {}).get(sku, 0)
        rest = case((_S.c.taken - wanted[sku] > least, _S.c.taken - wanted[sku]), else_=least)
        conn.execute(_S.update().where((_S.c.sku == sku) & (_S.c.taken > least)).values(taken=rest))
