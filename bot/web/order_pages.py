"""Orders in the console: the list with its states, one order with what happened to it, and what can be done with it.

Olga filters by "new", opens S-1042, writes the parcel's address and presses "Shipped": Anna reads it in her language.
Max, whose page still shows it as confirmed, is told that it is shipped, and what he typed stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.handlers import (
    form_words,
    order_changes,
    order_export,
    order_sheet,
    order_states,
    order_views,
    order_words,
    orders_desk,
)
from bot.handlers.desk import Hand, Outcome, Refusal
from bot.handlers.house import House
from bot.handlers.reporting import WrongDates
from bot.handoff import staff
from bot.i18n import Texts
from bot.orders import status, store
from bot.orders.staff_words import label_of
from bot.orders.status import State
from bot.orders.store import Kind, Order, Wanted
from bot.web.forms import Fields
from bot.web.gate import Gate, Visit

TONES = {
    State.NEW: "amber",
    State.CONFIRMED: "accent",
    State.SHIPPED: "accent",
    State.DELIVERED: "green",
    State.CANCELLED: "grey",
    State.RETURNED: "grey",
}
SHOWN = 200
PIECES = 3
"""Lines of a cart that the list shows."""
LONGEST_SEARCH = 100
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class OrderPages:
    """The routes of the orders."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate

    def routes(self) -> list[Route]:
        """Return the routes."""
        look, act, order = self._gate.look, self._gate.act, "/console/orders/{number}"
        return [
            look("/console/orders", self.orders),
            look("/console/orders/export", self.export),
            look(order, self.order),
            *[act(f"{order}/{name}", self._action(does)) for name, does in _ACTIONS.items()],
        ]

    def _wanted(self, visit: Visit) -> Wanted:
        """Return which orders an address asks for; a day that is none is told as the command line tells it."""
        fields = Fields(visit.request.query_params)
        state = fields("state") if status.state_of(fields("state")) else ""
        zone, words = self._house.rules.hours.zone, fields("q")[:LONGEST_SEARCH]
        try:
            return order_export.wanted_of(zone, state, words, fields("from") or None, fields("to") or None)
        except WrongDates as wrong:
            raise HTTPException(400, str(wrong)) from None

    async def orders(self, visit: Visit) -> Response:
        """Show the last orders that are asked for, the newest first."""
        wanted = self._wanted(visit)
        words = Wanted("", wanted.words, wanted.since, wanted.before)

        def read(conn: Connection) -> tuple[list[Order], dict[int, str], dict[str, int]]:
            found = store.list_orders(conn, SHOWN, wanted)
            return found, store.names(conn, found), store.states(conn, words)

        found, names, counts = await self._house.database.read(read)
        values: dict[str, Any] = {"orders": found, "names": names, "counts": counts, "wanted": wanted, "most": SHOWN}
        values["days"] = {name: visit.request.query_params.get(name, "") for name in ("from", "to")}
        values |= {"states": list(State), "tones": TONES, "totals": self._totals(visit, found)}
        values["briefs"] = {one.id: self._brief(visit, one) for one in found}
        values |= _words(self._house, visit.texts)
        return self._gate.page(visit, "orders.html", nav="orders", **values)

    def _totals(self, visit: Visit, orders: list[Order]) -> dict[int, str]:
        return {one.id: order_states.total_of(one, visit.texts.language) for one in orders}

    def _brief(self, visit: Visit, order: Order) -> Any:  # noqa: ANN401 what `order_sheet.brief` returns
        return order_sheet.brief(self._house, order, visit.texts.language, PIECES)

    async def export(self, visit: Visit) -> Response:
        """Give the orders that are asked for as a file."""
        wanted, kind = self._wanted(visit), Fields(visit.request.query_params)("format")
        if kind not in TYPES:
            raise HTTPException(404)
        content, _ = await self._house.database.read_at_length(
            lambda conn: order_export.exported(self._house, conn, wanted, kind)
        )
        day = visit.now.date().isoformat()
        headers = {"Content-Disposition": f'attachment; filename="orders-{day}.{kind}"', "Cache-Control": "no-store"}
        return Response(content, media_type=TYPES[kind], headers=headers)

    async def order(self, visit: Visit) -> Response:
        """Show one order."""
        return await self._page(visit, {})

    async def _page(self, visit: Visit, typed: dict[str, str], refusal: str = "", refused: str = "") -> Response:
        number = visit.request.path_params["number"]

        def read(conn: Connection) -> tuple[Order, dict[str, Any]] | None:
            found = store.get(conn, number)
            if found is None:
                return None
            history = [one for one in store.history(conn, found.id) if one.kind is not Kind.CHECK]
            names = store.names(conn, [found])
            return found, {"history": history, "people": staff.names(conn), "name": names[found.conversation_id]}

        read_now = await self._house.database.read(read)
        if read_now is None:
            raise HTTPException(404)
        found, values = read_now
        fields = order_changes.fields_of(self._house, found)
        values |= {
            "order": found,
            "tones": TONES,
            "sheet": order_sheet.of(self._house, found, visit.texts.language),
            "cart_change": order_sheet.cart_change,
            "waiting": order_views.waiting(found, visit.texts, visit.now),
            "following": order_words.following(self._house, found),
            "back_to": order_words.back_to(self._house, found),
            **_words(self._house, visit.texts),
            "reasons": order_states.REASONS,
            "fields": [(one.key, label_of(one, visit.texts.language)) for one in fields],
            "total": order_states.total_of(found, visit.texts.language),
            "typed": typed,
            "refusal": refusal,
            "refused": refused,
        }
        return self._gate.page(visit, "order.html", 409 if refusal else 200, nav="orders", **values)

    def _action(self, does: Callable[[Hand, str, Fields], Outcome]) -> Any:  # noqa: ANN401 a route's endpoint
        async def act(visit: Visit, fields: Fields) -> Response:
            number = visit.request.path_params["number"]

            def turn(conn: Connection) -> Outcome | None:
                hand = orders_desk.hand_on(self._house, conn, visit.staff, number)
                return does(hand, number, fields) if hand else None

            outcome = await self._house.change(turn)
            if outcome is None:
                raise HTTPException(404)
            if isinstance(outcome, Refusal):
                return await self._refused(visit, fields, outcome)
            if visit.by_script:
                return JSONResponse({"done": True, "text": outcome.text})
            return RedirectResponse(f"/console/orders/{number}", 303)

        return act

    async def _refused(self, visit: Visit, fields: Fields, refusal: Refusal) -> Response:
        """Say why not, and keep what was typed."""
        if visit.by_script:
            return JSONResponse({"refusal": refusal.text}, 409)
        typed = {name: fields(name) for name in fields.names() if name != "csrf"}
        which = visit.request.url.path.rsplit("/", 1)[-1]
        return await self._page(visit, typed, refusal.text, which)


def _words(house: House, texts: Texts) -> dict[str, Any]:
    """Return what pages call orders, returns and call-backs, and their states."""
    return {
        "stands": partial(order_words.for_staff, house, texts),
        "button_to": partial(order_words.button, house, texts),
        "state_of": status.state_of,
        "title_of": lambda order: form_words.other_title(house, order.form, texts.language),
    }


def _state(hand: Hand, number: str, fields: Fields) -> Outcome:
    wanted = status.state_of(fields("state"))
    if wanted is None:
        return hand.refuse("web.not_found")
    reason = fields("reason").strip()
    note = fields("note").strip() or (reason if reason in order_states.REASONS else "")
    return orders_desk.set_state(
        hand, number, wanted, expected=status.state_of(fields("was")), note=note, tracking=fields("tracking").strip()
    )


def _propose(hand: Hand, number: str, fields: Fields) -> Outcome:
    return order_changes.propose(hand, number, fields("field"), fields("value").strip())


_ACTIONS: dict[str, Callable[[Hand, str, Fields], Outcome]] = {
    "state": _state,
    "propose": _propose,
    "withdraw": lambda hand, number, _: order_changes.withdraw(hand, number),
    "note": lambda hand, number, fields: orders_desk.note(hand, number, fields("text")),
}
"""What a form of an order's page does, by the last part of its address."""
