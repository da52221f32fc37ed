"""Orders in the console: a list, and one order as its customer confirmed it; to be read only."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.house import House
from bot.orders import store
from bot.orders.store import Order
from bot.storage import schema
from bot.web.gate import Gate, Visit


class OrderPages:
    """The routes of the orders."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            self._gate.look("/console/orders", self.orders),
            self._gate.look("/console/orders/{number}", self.order),
        ]

    async def orders(self, visit: Visit) -> Response:
        """Show the last orders, the newest first."""

        def read(conn: Connection) -> tuple[list[Order], dict[int, str]]:
            found = store.list_orders(conn)
            return found, _names(conn, {order.conversation_id for order in found})

        found, names = await self._house.database.read(read)
        return self._gate.page(visit, "orders.html", nav="orders", orders=found, names=names)

    async def order(self, visit: Visit) -> Response:
        """Show one order."""
        number = visit.request.path_params["number"]

        def read(conn: Connection) -> tuple[Order | None, dict[int, str]]:
            found = store.get(conn, number)
            return found, _names(conn, [found.conversation_id] if found else [])

        found, names = await self._house.database.read(read)
        if found is None:
            raise HTTPException(404)
        return self._gate.page(visit, "order.html", nav="orders", order=found, name=names[found.conversation_id])


def _names(conn: Connection, keys: Iterable[int]) -> dict[int, str]:
    talks, people = schema.conversations, schema.customers
    query = select(talks.c.id, people.c.name).join(people, people.c.id == talks.c.customer_id)
    return {row.id: row.name for row in conn.execute(query.where(talks.c.id.in_(list(keys))))}
