"""What the people read when a customer presses a button while they have to do with the chat, and who owes what then."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain.message import Button
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import Snapshot, digest
from bot.handlers.turn import rows, say
from bot.handoff.ticket import State
from bot.handoff.ticket_log import pressed_in
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

HOME = FaqEntry("home", {"en": Text("Home?", (), "A courier rings at your door. " + "It costs 5 €. " * 20)})


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Olga has Anna's chat, and sent an entry that asks which way."""
    floor = open_floor(database)
    await floor.hires("Olga")
    snapshot = floor.house.knowledge_base.snapshot
    floor.house.knowledge_base.snapshot = Snapshot(
        snapshot.version, entries={"home": HOME}, keys={digest("home"): "home"}
    )
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Home or pick-up point?")

    def offers(conn: Connection) -> None:
        buttons = (Button("To my home", f"entry:{digest('home')}"), Button("Somebody, please", "human"))
        floor.turn(conn, "Anna").carry([say("Which way?", rows(*buttons))])

    await floor.change(offers)
    await floor.told()
    return floor


async def in_topic(floor: Floor) -> list[str]:
    return [text for who, text in await floor.told() if who == "in Anna"]


async def pressed(floor: Floor) -> list[str]:
    """Return what the console tells of presses, the newest first."""

    def work(conn: Connection) -> list[str]:
        return [one.detail for one in pressed_in(conn, floor.turn(conn, "Anna").conversation.id, 100)]

    return await floor.change(work)


async def test_the_topic_tells_which_button_was_pressed_and_what_the_bot_answered(floor: Floor) -> None:
    await floor.presses("Anna", f"entry:{digest('home')}")

    (line,) = await in_topic(floor)
    assert line.startswith(
        "👆 The customer pressed “To my home”. The bot answered: A courier rings at your door. It costs"
    )
    assert line.endswith("…")
    assert len(line) < 300
    assert await pressed(floor) == ["To my home"]
    assert (await floor.ticket("Anna")).state is State.WAITING_FOR_CUSTOMER


async def test_who_presses_for_a_person_is_owed_an_answer(floor: Floor) -> None:
    floor.later(minutes=3)
    await floor.presses("Anna", "human")

    assert await in_topic(floor) == ["👆 The customer pressed “Somebody, please” and waits for your answer."]
    ticket = await floor.ticket("Anna")
    assert (ticket.state, ticket.customer_wrote_at) == (State.ASSIGNED, floor.now)


async def test_the_command_for_a_person_is_told_like_the_button(floor: Floor) -> None:
    await floor.says("Anna", "/human")

    assert await in_topic(floor) == ["👆 The customer pressed “/human” and waits for your answer."]
    assert (await floor.ticket("Anna")).state is State.ASSIGNED


async def test_a_finger_that_plays_with_a_button_is_told_once_and_again_after_a_while(floor: Floor) -> None:
    told = []
    for seconds in (1, 1, 1, 61):
        floor.later(seconds=seconds)
        await floor.presses("Anna", "human")
        told.append(len(await in_topic(floor)))

    assert told == [1, 0, 0, 1]


async def test_many_different_presses_in_a_minute_do_not_fill_the_topic(floor: Floor) -> None:
    for _ in range(10):
        await floor.presses("Anna", "human")
        await floor.presses("Anna", f"entry:{digest('home')}")

    assert len(await in_topic(floor)) == 6


async def test_a_press_with_nobody_about_leaves_no_line(floor: Floor) -> None:
    await floor.writes("Olga", "Anna", "/close")
    await floor.told()
    await floor.presses("Anna", f"entry:{digest('home')}")

    assert await in_topic(floor) == []
    assert await pressed(floor) == []
