"""What is left of what the catalogue counts. Nothing else writes the table `stock`.

The file says 40 tasting sets, and counting begins; three are ordered, and 37 are left. When the file says 50, counting
begins anew. An item whose stock is empty in the file is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, select

from bot.orders.catalogue import Catalogue
from bot.storage import schema
from bot.storage.database import insert

_S = schema.stock


@dataclass(frozen=True, slots=True)
class Short:
    """There is less of an item than is wanted; `left` is 0 or more."""

    sku: str
    left: int


def count(conn: Connection, catalogue: Catalogue) -> None:
    """Begin to count what is new in the catalogue, or has another number there than when counting began."""
    known = {row.sku: row.counted for row in conn.execute(select(_S.c.sku, _S.c.counted))}
    for item in sorted(catalogue.items, key=lambda one: one.sku):
        if item.stock is not None and known.get(item.sku) != item.stock:
            begun = insert(conn, _S).values(sku=item.sku, counted=item.stock, taken=0)
            conn.execute(
                begun.on_conflict_do_update(
                    index_elements=["sku"],
                    set_={"counted": item.stock, "taken": 0},
                    where=_S.c.counted != item.stock,  # another worker may have begun already, and sold one since
                )
            )


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
        conn.execute(insert(conn, _S).values(sku=sku, counted=counted[sku], taken=0).on_conflict_do_nothing())
        enough = (_S.c.sku == sku) & (_S.c.counted - _S.c.taken >= wanted[sku])
        if conn.execute(_S.update().where(enough).values(taken=_S.c.taken + wanted[sku])).rowcount == 1:
            taken[sku] = wanted[sku]
        else:
            short.append(Short(sku, max(0, left(conn)[sku])))
    if short:
        _put_back(conn, taken)
    return tuple(short)


def give_back(conn: Connection, answers: Mapping[str, Any]) -> None:
    """Put back what an order took; its caller sees to it that an order gives back once.

    Args:
        conn: the transaction in which the order is cancelled, refused or returned.
        answers: the order's.
    """
    _put_back(conn, pieces(answers))


def exchange(conn: Connection, catalogue: Catalogue | None, had: Mapping[str, Any], wants: Mapping[str, Any]) -> bool:
    """Take what an order has more of now, and put back what it has less of.

    What stays as it was is not touched: counting may have begun anew since it was taken.

    Args:
        conn: the transaction that changes the order.
        catalogue: says what is counted; None where nothing is.
        had: the order's answers before.
        wants: those that it shall have.

    Returns:
        False when there is too little of something; then the shelf is as it was.
    """
    before, after = pieces(had), pieces(wants)
    more = {sku: count - before.get(sku, 0) for sku, count in after.items() if count > before.get(sku, 0)}
    if catalogue is not None and take(conn, catalogue, more):
        return False
    _put_back(conn, {sku: count - after.get(sku, 0) for sku, count in before.items() if count > after.get(sku, 0)})
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


def _put_back(conn: Connection, wanted: Mapping[str, int]) -> None:
    """Take less; never less than nothing, for counting may have begun anew since."""
    for sku in sorted(wanted):
        rest = case((_S.c.taken > wanted[sku], _S.c.taken - wanted[sku]), else_=0)
        conn.execute(_S.update().where(_S.c.sku == sku).values(taken=rest))
