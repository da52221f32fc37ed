"""Killed at every step of the form: whoever comes back finds the same question, and an order is made once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.app import build
from bot.domain.conversation import Pressed, Where
from bot.domain.message import rows_from_json
from bot.handlers import customer
from bot.handlers.turn import Turn
from bot.messaging import conversations
from bot.orders import stock, store
from bot.storage import schema
from bot.storage.database import connect
from tests.filling_in import way_for
from tests.web.office import Office
from tests.web.talk import Talk

Said = list[dict[str, Any]]
MOST_STEPS = 30


class Killed(Exception):
    """The process is gone before the commit."""


async def restarts(office: Office) -> None:
    """Build the house anew on the same file, as a new process does; only the FAQ's index is taken along."""
    old = office.house
    fresh = build(old.settings, connect(old.settings.database_url))
    fresh.clock, fresh.capabilities, fresh.knowledge_base = old.clock, old.capabilities, old.knowledge_base
    fresh.shelf = old.shelf
    await old.database.close()
    office.house = fresh


def shown(said: Said) -> tuple[str, list[str]]:
    """Return the question, without what is said before it, and its buttons."""
    buttons = [button.text for row in rows_from_json(said[-1].get("buttons", [])) for button in row]
    return said[-1]["text"]["text"].splitlines()[-1], buttons


async def answers(anna: Talk, asked: Said) -> Said:
    way, button = way_for(asked[-1]["text"]["text"], shown(asked)[1])
    return await (anna.presses(button) if button else anna.says(way.say))


async def reaches_the_summary(anna: Talk) -> Said:
    asked = await anna.says("/order")
    for _ in range(MOST_STEPS):
        if "Is everything right?" in asked[-1]["text"]["text"]:
            return asked
        asked = await answers(anna, asked)
    raise AssertionError("the form never ends")


async def test_killed_after_every_answer_the_customer_goes_on_at_the_same_question(office: Office) -> None:
    anna = Talk(office)
    asked = await anna.says("/order")
    asked_of = list[str]()

    while "has the number" not in asked[-1]["text"]["text"]:
        await restarts(office)
        again = await anna.says("/order")
        assert shown(again) == shown(asked)
        await restarts(office)
        asked_of.append(shown(asked)[0])
        asked = await answers(anna, again)
        assert len(asked_of) < MOST_STEPS

    made = await office.read(store.list_orders)
    assert len(made) == 1
    assert len(set(asked_of)) == len(asked_of)


async def test_killed_at_what_is_asked_beside_the_form_it_is_asked_again(office: Office) -> None:
    anna = Talk(office)
    await answers(anna, await anna.says("/order"))
    keep = await anna.says("/cancel")
    await restarts(office)

    kept = await anna.presses("Keep it")
    await restarts(office)
    begun = await anna.says("/order")
    await restarts(office)
    answer = await anna.says("How much is delivery?")

    assert "Shall I keep" in keep[-1]["text"]["text"]
    assert "remind" in kept[-1]["text"]["text"]
    assert shown(answer) == shown(begun)


async def confirms(office: Office, anna: Talk, *, killed: bool) -> None:
    """Let the last button arrive; the process may be killed just before the commit."""
    action, message = await office.read(lambda conn: anna._button(conn, "Order", "Is everything right?"))  # noqa: SLF001 as `presses` does
    press = Pressed(anna.place, Where.PRIVATE, anna.author, office.clock(), "p", message, action=action)

    def work(conn: Connection) -> None:
        found, _ = conversations.meet(conn, anna.place, anna.author, "en", office.clock())
        turn = Turn(office.house, conn, office.clock(), found)
        turn.carry(customer.pressed(turn, press))
        if killed:
            raise Killed

    await office.change(work)


async def left_the_shelf(office: Office) -> tuple[int, int]:
    """Return how many orders there are, and how many pieces left the shelf for them."""
    table = schema.stock
    taken = await office.read(lambda conn: conn.execute(select(func.sum(table.c.taken))).scalar() or 0)
    return len(await office.read(store.list_orders)), taken


async def test_killed_while_confirming_one_order_is_made_and_the_shelf_is_emptied_once(office: Office) -> None:
    anna = Talk(office)
    await reaches_the_summary(anna)

    for _ in range(3):
        with pytest.raises(Killed):
            await confirms(office, anna, killed=True)
        await restarts(office)
    before = await left_the_shelf(office)
    for _ in range(3):
        await confirms(office, anna, killed=False)
        await restarts(office)

    made = await office.read(store.list_orders)
    assert before == (0, 0)
    assert await left_the_shelf(office) == (1, sum(stock.pieces(made[0].answers).values()))
