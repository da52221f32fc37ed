"""A flood of somebody whom nobody attends to: commands and the way to a person stay open, and nothing is dropped."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain.message import Content, ContentKind, plain
from bot.handlers import pace
from bot.handoff.ticket import Ticket
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


async def flooded(database: Database, *more: str) -> Floor:
    """Return a desk where Anna asked the bot twenty-one things in a row, and some more, a second between them."""
    floor = open_floor(database)
    await floor.hires("Olga")

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Anna")
        for number in range(21):
            turn.hear(Content(ContentKind.TEXT, plain(f"question {number}")), ("cAnna", f"x{number}"))
        turn.carry([])

    await floor.change(work)
    for text in more:
        floor.later(seconds=1)
        await floor.says("Anna", text)
    return floor


async def ticket(floor: Floor) -> Ticket | None:
    return await floor.change(lambda conn: floor.turn(conn, "Anna").ticket)


@pytest.mark.parametrize("call", ["/human", "I want a human please"])
async def test_who_asks_for_a_person_in_the_middle_of_a_flood_gets_one(database: Database, call: str) -> None:
    floor = await flooded(database, "my parcel burnt.")
    assert await ticket(floor) is None

    await floor.says("Anna", call)

    assert await ticket(floor) is not None
    shown = [text for where, text in await floor.told() if where == "in Anna"]
    assert "my parcel burnt." in shown[-1]


async def test_a_ticket_is_cancelled_in_the_middle_of_a_flood(database: Database) -> None:
    floor = await flooded(database, "/human", "my parcel burnt.", "/cancel")

    assert await ticket(floor) is None
    shown = [text for where, text in await floor.told() if where == "in Anna"]
    assert shown[-2] == "my parcel burnt."
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    assert await floor.told() == []


async def test_what_was_held_of_somebody_without_a_ticket_comes_to_people_when_the_flood_ends(
    database: Database,
) -> None:
    floor = await flooded(database, "my parcel burnt.", "it was all I had.")
    await floor.told()
    floor.later(seconds=11)

    await floor.sweep(pace.sweep_held)

    assert await ticket(floor) is not None
    told = await floor.told()
    assert told[0][0] == "Anna"
    assert told[-1] == ("in Anna", "my parcel burnt.\nit was all I had.")


async def test_the_message_that_ends_a_flood_does_not_bury_what_was_held(database: Database) -> None:
    floor = await flooded(database, "my parcel burnt.")
    await floor.told()
    floor.later(seconds=11)

    await floor.says("Anna", "what now?")

    shown = [text for where, text in await floor.told() if where == "in Anna"]
    assert shown[-2:] == ["my parcel burnt.", "what now?"]


async def test_greetings_and_thanks_in_a_row_bring_nobody(database: Database) -> None:
    floor = await flooded(database, "hello", "thank you", "👍")
    floor.later(seconds=11)

    await floor.sweep(pace.sweep_held)

    assert await ticket(floor) is None


async def test_a_command_that_is_sent_in_a_row_is_answered_once(database: Database) -> None:
    floor = await flooded(database, "/help", "/help", "/help", "/topics", "/help")

    texts = floor.house.texts("en")
    assert (await floor.heard("Anna")).count(texts("start.help")) == 2
