"""Two at once about an order, each in a turn of their own on a worker of their own: one gets it, the other is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.orders import stock, store
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import load
from bot.orders.forms import Forms
from bot.storage import schema
from bot.storage.database import Database, connect
from tests.handoff.floor import Floor, open_floor
from tests.handoff.test_orders_at_the_desk import CART, log, ordered, stands

TEA = Catalogue((Item("TEA", {"en": "Tea"}, 490, stock=1),), "EUR")
ROUNDS = 3


@pytest.fixture
async def floors(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[list[Floor]]:
    """Return two workers of one house that sells one last tea."""
    (tmp_path / "cart.toml").write_text(CART, encoding="utf-8")
    found = [open_floor(database), open_floor(connect(database_url))]
    await found[0].hires("Olga")
    for floor in found:
        floor.people = found[0].people
        floor.house.forms = Forms((load(tmp_path / "cart.toml"),))
        floor.house.shelf.catalogue = TEA
    yield found
    await found[1].house.database.close()


async def test_a_customer_cancels_in_the_instant_in_which_an_operator_confirms(floors: list[Floor]) -> None:
    one, two = floors
    for number in range(ROUNDS):
        name = f"Anna{number}"
        order = await ordered(one, name)
        await one.told()

        await asyncio.gather(
            one.presses(name, f"mine:gone:{order.number}"),
            two.presses_in_topic("Olga", name, f"order:{order.number}:new:confirmed"),
        )

        heard, now = await one.heard(name), await stands(one, order)
        steps = [row[0] for row in await log(one, order)]
        if now.state == "cancelled":
            assert (heard, steps) == ([f"Your order {order.number} is cancelled."], ["made", "withdrawn"])
        else:
            assert (now.state, steps) == ("confirmed", ["made", "state"])
            assert heard[0] == f"Your order {order.number} is confirmed."
            assert heard[1].startswith(f"Order {order.number} is confirmed already")


async def test_of_two_customers_who_confirm_the_last_piece_at_once_one_gets_it(floors: list[Floor]) -> None:
    for floor, name in zip(floors, ("Anna", "Boris"), strict=True):
        for words in ("/order", "1 tea", "that is all"):
            await floor.says(name, words)
    assert [text for _, text in await floors[0].told() if "Same as last time?" in text] == []

    await asyncio.gather(*[floor.says(name, "yes") for floor, name in zip(floors, ("Anna", "Boris"), strict=True)])

    (order,) = await floors[0].house.database.read(store.list_orders)
    told = await floors[0].told()
    thanks = [who for who, text in told if who in ("Anna", "Boris") and order.number in text]
    sorry = [who for who, text in told if text.startswith("Tea has sold out meanwhile.")]
    assert sorted([*thanks, *sorry]) == ["Anna", "Boris"]
    assert len(thanks) == len(sorry) == 1
    assert await floors[0].house.database.read(stock.left) == {"TEA": 0}
    assert await floors[0].house.database.read(_taken) == 1


def _taken(conn: Connection) -> int:
    return int(conn.execute(select(schema.stock.c.taken)).scalar_one())
