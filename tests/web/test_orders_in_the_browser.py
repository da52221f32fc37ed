"""Orders in a real browser: nothing runs off a small screen, and pages stay true without losing what is typed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.app import now
from bot.domain.conversation import Author, Place
from bot.domain.people import Role
from bot.handlers import order_changes, order_states, orders_desk
from bot.handoff import staff
from bot.messaging import conversations
from bot.orders import store
from bot.orders.status import State
from bot.orders.store import Order
from tests.web.carts import cart_ordered
from tests.web.test_desk_in_the_browser import OUTSIDE, SMALL
from tests.web.test_in_the_browser import DESKTOP, PHONE, WITHOUT_CHROMIUM, Stage, running, stage

__all__ = ["running", "stage"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]
ANSWERS: dict[str, Any] = {
    "what": "plum",
    "quantity": 2,
    "delivery": "pickup",
    "date": "2026-11-27",
    "name": "Anna Vogt",
    "phone": "+491701234567",
    "comment": None,
}
SUMMARY = [("Item", "Plum Rooibos, 100 g"), ("Quantity", "2 pieces"), ("Comment", "W" * 120 + " as a gift, please")]


async def ordered(stage: Stage, name: str) -> Order:
    """Let a visitor of the page have ordered something."""

    def work(conn: Connection) -> Order:
        found, _ = conversations.meet(conn, Place("webchat", f"b{name}"), Author(f"b{name}", name), "en", now())
        return store.confirm(conn, found.id, found.customer_id, "order", ANSWERS, SUMMARY, now(), (1960, "EUR"))

    return await stage.app.house.change(work)


async def becomes(stage: Stage, order: Order, state: State, tracking: str = "") -> None:
    def work(conn: Connection) -> None:
        order_states.set_alone(stage.app.house, conn, order.number, state, tracking=tracking)

    await stage.change(work)


async def proposed(stage: Stage, order: Order) -> None:
    def work(conn: Connection) -> None:
        person = staff.everybody(conn)[0]
        hand = orders_desk.hand_on(stage.app.house, conn, person, order.number)
        assert hand is not None
        order_changes.propose(hand, order.number, "quantity", "3")

    await stage.change(work)


async def look(page: Any, name: str) -> None:  # noqa: ANN401 Playwright's page
    """Keep a picture where somebody wants to look at it."""
    folder = os.environ.get("TEST_PICTURES")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


async def test_orders_fit_a_screen_of_360_pixels_and_a_wide_one(stage: Stage) -> None:
    orders = [await ordered(stage, name) for name in ("Anna " + "Verylongname" * 8, "Boris", "Clara")]
    await becomes(stage, orders[1], State.SHIPPED, "https://parcel.example/track?id=" + "1" * 200)
    await becomes(stage, orders[2], State.CANCELLED)
    small, wide = await stage.console("Olga O", Role.ADMIN, SMALL), await stage.console("Olga O", Role.ADMIN, DESKTOP)
    await proposed(stage, orders[0])
    seen: dict[str, list[str]] = {}

    for size, page in (("360", small), ("1440", wide)):
        for number, path in enumerate(("", "?state=shipped", *(f"/{one.number}" for one in orders))):
            await page.goto(f"{stage.app.address}/console/orders{path}")
            for summary in await page.locator(".order-acts summary").all():
                await summary.click()
            seen[f"{size} {path}"] = await page.evaluate(OUTSIDE)
            await look(page, f"orders-{size}-{number}")

    assert {place: found for place, found in seen.items() if found} == {}


async def test_an_orders_page_stays_true_and_keeps_what_is_typed(stage: Stage) -> None:
    order = await ordered(stage, "Dora")
    olga = await stage.console("Olga L", Role.ADMIN, DESKTOP)
    await olga.goto(f"{stage.app.address}/console/orders/{order.number}")
    await olga.get_by_text("Note …").click()
    await olga.locator("textarea[name=text]").fill("she calls back")

    await becomes(stage, order, State.CONFIRMED)
    await olga.locator("header .chip", has_text="confirmed").wait_for()
    await olga.get_by_role("button", name="Delivered").wait_for()

    assert await olga.locator("textarea[name=text]").input_value() == "she calls back"


EDGES = """() => [...document.querySelectorAll(".facts.order .goods li, .facts.order dd.number")].map((one) => {
  const range = document.createRange();
  range.selectNodeContents(one.querySelector(".number:last-child") ?? one);
  return Math.round(range.getBoundingClientRect().right);
})"""
HEIGHTS = """() => [...document.querySelectorAll(".facts.order .goods .number")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getBoundingClientRect().height > 30;
}).length"""
CART = (("sencha", 2), ("plum-rooibos", 1), ("breakfast", 3), ("assam-decaf", 1), ("abendrot", 12), ("tasting-set", 1))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_amounts_stand_below_each_other_and_what_comes_next_is_seen_at_once(
    stage: Stage, size: dict[str, int]
) -> None:
    who = f"Вера {size['width']}"
    orders = list[Order]()
    await stage.change(lambda conn: orders.append(cart_ordered(stage.app.house, conn, who, "ru", CART)))
    olga = await stage.console(f"Olga {size['width']}", Role.ADMIN, size)
    await olga.goto(f"{stage.app.address}/console/orders/{orders[0].number}")

    for scheme in ("dark", "light"):
        await olga.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await look(olga, f"cart-{size['width']}-{scheme}")
    edges, broken = await olga.evaluate(EDGES), await olga.evaluate(HEIGHTS)
    confirm = await olga.get_by_role("button", name="Confirm").bounding_box()

    assert (len(edges), len(set(edges)), broken) == (len(CART) + 2, 1, 0)
    assert confirm["y"] + confirm["height"] < size["height"] / 2
    for name, path in (("list", "orders"), ("panel", f"conversations/{orders[0].conversation_id}")):
        await olga.goto(f"{stage.app.address}/console/{path}")
        assert await olga.evaluate(OUTSIDE) == []
        await look(olga, f"cart-{name}-{size['width']}")
