"""The shop's goods while a form is filled in: what is left now, what an order takes, what it comes to.

Anna confirms two tasting sets, and Boris took the last one a moment before: she is told, and stays in the form.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.domain.message import RichText
from bot.domain.people import Role
from bot.handlers import privately
from bot.handlers.house import House
from bot.handlers.turn import Turn
from bot.handoff import staff
from bot.orders import bill, stock
from bot.orders.answers import Value
from bot.orders.catalogue import Catalogue
from bot.orders.definition import FormDefinition


def present(turn: Turn) -> Catalogue | None:
    """Return what the shop sells with what is left of it at present; None when it has no catalogue."""
    catalogue = turn.house.shelf.catalogue
    return stock.present(turn.conn, catalogue) if catalogue else None


def tell_staff(house: House, conn: Connection, problem: str) -> None:
    """Tell admins and managers that the catalogue cannot be used; without a problem, that it is well again."""
    key = "catalogue.broken" if problem else "catalogue.well"
    for person in staff.everybody(conn):
        if person.role.includes(Role.MANAGER):
            text = RichText(house.texts(person.language)(key, problem=problem))
            told = [(place, text) for place in privately.private_places(house, person)]
            privately.put(house, conn, told, house.clock())


def taken(turn: Turn, answers: Mapping[str, Value]) -> bool:
    """Take what is ordered from the shelf; False when there is too little of something, and nothing is taken."""
    catalogue, wanted = turn.house.shelf.catalogue, stock.pieces(answers)
    return not wanted or catalogue is None or not stock.take(turn.conn, catalogue, wanted)


def total(definition: FormDefinition, answers: Mapping[str, Value]) -> tuple[int, str] | None:
    """Return what is to be paid and in which currency, None where nothing has a price."""
    found = bill.bill(definition, answers)
    return (found.total, found.currency) if found else None
