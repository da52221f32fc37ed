"""Somebody whose rights are taken leaves no chat behind: it goes back to the queue, and its customer is told."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.handlers import assigning, people
from bot.handoff import queue
from bot.handoff.ticket import State
from bot.messaging import conversations
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


async def with_a_chat(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Max")
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()
    return floor


async def disabled(floor: Floor, name: str) -> None:
    await floor.change(lambda conn: people.disable(conn, floor.person(conn, name), lambda *_: None))


async def test_their_chats_go_back_and_the_customer_is_told_and_the_topic_shows_it(database: Database) -> None:
    floor = await with_a_chat(database)
    await disabled(floor, "Olga")

    assert await floor.sweep(assigning.sweep_returns) == 1

    ticket = await floor.ticket("Anna")
    assert (ticket.state, ticket.staff_id) == (State.WAITING, None)
    said = [(where, text.split(".")[0]) for where, text in await floor.told()]
    assert said == [
        ("in Anna", "Olga went away; the chat is back in the queue"),
        ("Anna", "Olga had to go"),
    ]
    shown = select(schema.topics.c.name, schema.topics.c.attended)
    assert await floor.change(lambda conn: tuple(conn.execute(shown).one())) == (f"🟡 #{ticket.id} Anna", False)


async def test_a_chat_that_waits_for_its_customer_goes_back_too(database: Database) -> None:
    floor = await with_a_chat(database)
    await floor.writes("Olga", "Anna", "It is on its way.")
    await disabled(floor, "Olga")

    assert await floor.sweep(assigning.sweep_returns) == 1
    assert await floor.owner("Anna") == ""


async def test_the_chats_of_who_keeps_their_rights_stay(database: Database) -> None:
    floor = await with_a_chat(database)
    await disabled(floor, "Max")

    assert await floor.sweep(assigning.sweep_returns) == 0
    assert await floor.owner("Anna") == "Olga"


async def test_what_is_closed_at_that_moment_stays_closed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    floor = await with_a_chat(database)
    await disabled(floor, "Olga")
    at_rest = conversations.at_rest

    def closed_meanwhile(conn: Connection, key: int) -> conversations.Conversation | None:
        ticket = queue.open_one(conn, key)
        if ticket is not None:
            queue.close(conn, ticket, floor.now)
        return at_rest(conn, key)

    monkeypatch.setattr(conversations, "at_rest", closed_meanwhile)

    assert await floor.sweep(assigning.sweep_returns) == 0
    assert (await floor.ticket("Anna")).state is State.CLOSED
