"""Somebody banned: nothing begins with them by any door, and a manager lets them in again from wherever they are."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain.people import Role
from bot.handlers import topic
from bot.handoff import notes
from bot.handoff.ticket import State
from bot.messaging import topics
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Max")
    await floor.hires("Maria", Role.MANAGER)
    await floor.hires("Ada", Role.ADMIN)
    await floor.asks("Boris")
    await floor.writes("Olga", "Boris", "/ban he insults us")
    floor.later(minutes=5)
    await floor.told()
    return floor


async def refusal(floor: Floor) -> str:
    number = (await floor.ticket("Boris")).id
    return (
        "This customer is banned: he insults us. Nothing goes out to them, and nobody would read their answer. "
        f"A manager or an admin lifts it: in the console, with /unban in the topic, or with /unban #{number} privately "
        "to the bot."
    )


async def test_who_writes_to_somebody_banned_is_told_how_to_lift_it_and_nothing_goes_out(floor: Floor) -> None:
    await floor.writes("Max", "Boris", "So, shall we try again?")

    assert await floor.told() == [("in Boris", await refusal(floor))]
    assert (await floor.ticket("Boris")).state is State.CLOSED


async def test_a_topic_opened_by_hand_brings_nobody_banned_into_the_queue(floor: Floor) -> None:
    def by_hand(conn: Connection) -> None:
        turn = floor.turn(conn, "Boris")
        assert turn.topic() is not None
        turn.carry(topic.reopened_by_hand(turn, floor.person(conn, "Max")))

    await floor.change(by_hand)

    assert await floor.told() == [("in Boris", await refusal(floor))]
    assert (await floor.ticket("Boris")).state is State.CLOSED


@pytest.mark.parametrize("who", ["Maria", "Ada"])
async def test_a_manager_lifts_a_ban_privately_while_the_topic_is_closed(floor: Floor, who: str) -> None:
    number = (await floor.ticket("Boris")).id
    topic_of = await floor.change(lambda conn: topics.of(conn, floor.turn(conn, "Boris").conversation.id))

    await floor.privately(who, f"/unban #{number} he said sorry")
    told = await floor.told()
    await floor.says("Boris", "/human")

    assert topic_of is not None
    assert topic_of.state == topics.CLOSED
    assert (who, "The customer can write again and was told.") in told
    assert ("in Boris", f"{who} lifted the ban.") in told
    assert (await floor.ticket("Boris")).state is State.WAITING


async def test_an_operator_lifts_no_ban_privately_either(floor: Floor) -> None:
    number = (await floor.ticket("Boris")).id

    await floor.privately("Max", f"/unban {number}")

    assert await floor.told() == [("Max", "Only managers and admins may do that; please ask one of them.")]
    assert await floor.change(lambda conn: floor.turn(conn, "Boris").conversation.banned)


async def test_a_command_that_needs_a_ticket_says_so(floor: Floor) -> None:
    for text in ("/unban", "/unban Boris", "/unban #4711"):
        await floor.privately("Maria", text)

    assert [text for _, text in await floor.told()] == [
        *["Here it needs the number of a ticket: /unban #12"] * 2,
        "There is no ticket #4711.",
    ]


async def test_notes_and_history_of_a_closed_ticket_work_privately(floor: Floor) -> None:
    number = (await floor.ticket("Boris")).id

    await floor.privately("Max", f"/note #{number} he is the neighbour of Anna")
    await floor.privately("Max", f"/history #{number}")

    kept = await floor.change(lambda conn: notes.of(conn, floor.turn(conn, "Boris").conversation.id))
    assert kept[-1].text == "he is the neighbour of Anna"
    told = await floor.told()
    assert any(who == "Max" and "/human" in text for who, text in told)
    assert ("in Boris", "🔒 Max: he is the neighbour of Anna") in told
