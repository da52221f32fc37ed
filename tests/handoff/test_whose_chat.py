"""What a colleague has is theirs: nobody else closes it, passes it on or bans in it, but by taking it over first."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Happening
from bot.domain.people import Role
from bot.handlers import topic
from bot.handoff.ticket import State, Ticket
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

THEIRS = "Olga has this chat, so it stays as it is. /takeover takes it, then you can."
ENDINGS = ["/close", "/ban rude", "/release", "/transfer Max", "/transfer L2", "/bot"]


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    for name, role in (("Olga", Role.OPERATOR), ("Max", Role.OPERATOR), ("Mara", Role.MANAGER)):
        await floor.hires(name, role)
    await floor.asks("Anna")
    return floor


async def olga_has_it(floor: Floor) -> Ticket:
    await floor.writes("Olga", "Anna", "Hello!")
    await floor.told()
    return await floor.ticket("Anna")


async def banned(floor: Floor) -> bool:
    return await floor.change(lambda conn: floor.turn(conn, "Anna").conversation.banned)


async def acts(floor: Floor, *wanted: str) -> list[str]:
    """Return what of these was done, in their order."""
    out = schema.outbox
    query = select(out.c.act).where(out.c.act.in_(wanted)).order_by(out.c.id)
    return await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))


@pytest.mark.parametrize("command", ENDINGS)
async def test_who_does_not_have_a_chat_is_told_whose_it_is_and_how_to_take_it(floor: Floor, command: str) -> None:
    before = await olga_has_it(floor)

    await floor.writes("Max", "Anna", command)

    assert await floor.told() == [("in Anna", THEIRS)]
    assert (await floor.ticket("Anna"), await banned(floor)) == (before, False)


@pytest.mark.parametrize("verb", ["close", "release", "to"])
async def test_its_buttons_say_the_same(floor: Floor, verb: str) -> None:
    before = await olga_has_it(floor)
    action = f"{verb}:{before.id}" + (f":{floor.people['Max']}" if verb == "to" else "")

    assert await floor.presses_in_topic("Max", "Anna", action) == THEIRS

    assert (await floor.ticket("Anna"), await floor.told()) == (before, [])


@pytest.mark.parametrize("command", ENDINGS)
async def test_after_a_takeover_it_can_be_done(floor: Floor, command: str) -> None:
    await olga_has_it(floor)
    await floor.writes("Max", "Anna", "/takeover")
    before = await floor.ticket("Anna")

    await floor.writes("Max", "Anna", command.replace("Max", "Olga"))

    assert await floor.ticket("Anna") != before


@pytest.mark.parametrize("command", ["/close", "/ban rude", "/release", "/transfer Max", "/transfer L2", "/bot"])
async def test_managers_may_do_it_with_every_chat(floor: Floor, command: str) -> None:
    before = await olga_has_it(floor)

    await floor.writes("Mara", "Anna", command)

    assert await floor.ticket("Anna") != before


@pytest.mark.parametrize("command", ["/close", "/ban rude", "/transfer L2", "/bot"])
async def test_what_nobody_has_is_anybodys(floor: Floor, command: str) -> None:
    before = await floor.ticket("Anna")

    await floor.writes("Max", "Anna", command)

    assert await floor.ticket("Anna") != before


async def test_whom_nobody_attends_to_anybody_may_ban(floor: Floor) -> None:
    await floor.writes("Olga", "Anna", "/close")

    await floor.writes("Max", "Anna", "/ban rude")

    assert await banned(floor)


async def test_marks_and_notes_are_everybodys(floor: Floor) -> None:
    await olga_has_it(floor)

    for command in ("/tag wet", "/priority high", "/level 2", "/skill tents", "// she called"):
        await floor.writes("Max", "Anna", command)

    after = await floor.ticket("Anna")
    assert (after.tags, after.priority, after.level, after.skill) == (("wet",), 1, 2, "tents")
    assert (await floor.owner("Anna"), await floor.told()) == ("Olga", [])


async def test_a_topic_that_a_colleague_closes_by_hand_is_opened_again(floor: Floor) -> None:
    before = await olga_has_it(floor)

    def by_hand(conn: Connection) -> None:
        turn = floor.turn(conn, "Anna")
        turn.carry(topic.by_hand(turn, floor.person(conn, "Max"), Happening.TOPIC_CLOSED))

    await floor.change(by_hand)

    assert await floor.told() == [("in Anna", THEIRS)]
    assert await acts(floor, "reopen_topic", "close_topic") == ["reopen_topic"]
    assert await floor.ticket("Anna") == before


async def test_nor_is_a_colleagues_other_ticket_taken_in(floor: Floor) -> None:
    await olga_has_it(floor)
    await floor.asks("Anja")
    number = (await floor.ticket("Anna")).id
    await floor.told()

    await floor.is_known_as("Anna", "Anja")
    await floor.writes("Max", "Anja", f"/merge {number}")

    told = f"Olga has #{number}, so nothing was merged. Take that chat first, with /takeover in its own topic."
    assert await floor.told() == [("in Anja", told)]
    assert (await floor.ticket("Anna")).state is State.WAITING_FOR_CUSTOMER
