"""A customer says in words what they want with an order of theirs, and need not find a button for it."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor
from tests.handoff.test_orders_at_the_desk import ordered, stands


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Maria", Role.MANAGER)
    return floor


async def test_where_ones_order_is_is_told_without_its_number(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.says("Anna", "where is my order?")

    assert (await floor.heard("Anna"))[0].startswith(f"Order {order.number}: received\nItem: Plum Rooibos")


async def test_of_several_that_are_under_way_all_are_listed(floor: Floor) -> None:
    first, second = await ordered(floor), await ordered(floor)
    await floor.told()

    await floor.says("Anna", "where is my order?")

    heard = (await floor.heard("Anna"))[0]
    assert heard.startswith("Your orders:")
    assert first.number in heard
    assert second.number in heard


async def test_cancel_my_order_asks_once_and_changes_nothing_yet(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.says("Anna", "please cancel my order")

    assert await floor.heard("Anna") == [f"Shall order {order.number} be cancelled?"]
    assert (await stands(floor, order)).state == "new"


async def test_which_of_several_shall_be_cancelled_is_asked(floor: Floor) -> None:
    await ordered(floor)
    order = await ordered(floor)
    await floor.told()

    await floor.says("Anna", "cancel my order")
    await floor.says("Anna", f"cancel my order {order.number}")

    assert await floor.heard("Anna") == [
        "Which order shall be cancelled?",
        f"Shall order {order.number} be cancelled?",
    ]


async def test_nobody_cancels_the_order_of_somebody_else(floor: Floor) -> None:
    order = await ordered(floor, "Berta")
    await ordered(floor)
    await floor.told()

    await floor.says("Anna", f"cancel order {order.number}")

    assert [text for text in await floor.heard("Anna") if "cancelled" in text] == []
    assert (await stands(floor, order)).state == "new"


async def test_who_wants_an_order_changed_sees_it_and_comes_to_a_person_who_knows_why(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.says("Anna", f"I want to change the address of order {order.number}")

    told = await floor.told()
    assert next(text.split("\n")[0] for who, text in told if who == "Anna") == f"Order {order.number}: received"
    assert any(
        who == "in Anna" and text.startswith(f"The customer asks to change {order.number}") for who, text in told
    )
    assert (await floor.ticket("Anna")).open


async def test_who_has_no_order_is_answered_like_anybody(floor: Floor) -> None:
    await floor.says("Anna", "cancel my order")

    assert not any(text.startswith(("Shall order", "Which order")) for text in await floor.heard("Anna"))
