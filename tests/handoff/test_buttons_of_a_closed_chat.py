"""A chat is closed while buttons for it still stand in the topic: a press says so in a sentence and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Pressed, Where
from bot.domain.people import Role
from bot.domain.ports import Act
from bot.handlers import desk as console, topic
from bot.handlers.turn import Sayings
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.handoff.ticket import State
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

CLOSED = "This chat was closed since then, so nothing was sent. Write to the customer here, and it goes on."
HELLO = CannedAnswer("hello", {"en": "Hello from the shop."}, "greetings")


@dataclass
class Pressing:
    """What a press brought: the words for a moment, and the buttons that are left below the message."""

    told: str
    left: list[Any] | None


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Mara", Role.MANAGER)
    await floor.change(lambda conn: canned.save(conn, HELLO, None, floor.now))
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.writes("Olga", "Anna", "/canned hello")
    return floor


async def offered(floor: Floor) -> list[str]:
    """Return the actions below the list of answers that Olga looked for."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.act == "say", out.c.topic_id.is_not(None)).order_by(out.c.id.desc()).limit(1)
    body = await floor.house.database.read(lambda conn: conn.execute(query).scalar_one())
    return [button[1] for row in body["buttons"] for button in row]


async def closes_elsewhere(floor: Floor) -> None:
    """Let Mara close the chat in the console."""

    def work(conn: Connection) -> None:
        console.close(console.Hand(floor.turn(conn, "Anna"), floor.person(conn, "Mara"), elsewhere=True))

    await floor.change(work)
    await floor.told()


async def presses(floor: Floor, action: str) -> Pressing:
    """Let Olga press a button below a message of Anna's topic that is not the card."""

    def work(conn: Connection) -> Sayings:
        turn = floor.turn(conn, "Anna")
        place = replace(GROUP, thread=str(turn.conversation.id))
        press = Pressed(place, Where.GROUP, Author("Olga", "Olga"), floor.now, "5", "p", action)
        sayings = topic.pressed(turn, floor.person(conn, "Olga"), press)
        turn.carry(sayings)
        return sayings

    sayings = await floor.change(work)
    changed = [one.outgoing.body["buttons"] for one in sayings if one.outgoing.act is Act.EDIT_BUTTONS]
    return Pressing(str(sayings[0].outgoing.body["text"]), changed[0] if changed else None)


async def state(floor: Floor) -> tuple[State, datetime | None]:
    ticket = await floor.ticket("Anna")
    return ticket.state, ticket.closed_at


@pytest.mark.parametrize("place", [0, 1])  # to send it, and to change it first
async def test_what_was_offered_before_is_not_sent_and_opens_nothing(floor: Floor, place: int) -> None:
    action = (await offered(floor))[place]
    await closes_elsewhere(floor)
    before = await state(floor)
    floor.later(minutes=5)

    assert await presses(floor, action) == Pressing(CLOSED, [])

    assert (await state(floor), await floor.told()) == (before, [])


async def test_the_same_is_so_while_the_next_ticket_is_open(floor: Floor) -> None:
    action = (await offered(floor))[0]
    await closes_elsewhere(floor)
    floor.later(days=2)
    await floor.asks("Anna")
    await floor.told()

    assert await presses(floor, action) == Pressing(CLOSED, [])

    assert (await floor.told(), await floor.owner("Anna")) == ([], "")


async def test_what_is_looked_for_in_a_closed_chat_goes_out_and_opens_it(floor: Floor) -> None:
    await closes_elsewhere(floor)
    await floor.writes("Olga", "Anna", "/canned hello")
    action = (await offered(floor))[0]

    assert (await presses(floor, action)).told == floor.house.texts("en")("library.sent")

    assert "Hello from the shop." in await floor.heard("Anna")


@pytest.mark.parametrize("verb", ["close", "claim", "release", "level", "to"])
async def test_a_button_of_a_closed_ticket_goes_with_its_press(floor: Floor, verb: str) -> None:
    number = (await floor.ticket("Anna")).id
    await closes_elsewhere(floor)
    before = await state(floor)

    pressed = await presses(floor, f"{verb}:{number}" + (":2" if verb == "level" else ""))

    assert pressed == Pressing("Nobody waits here: this chat is closed.", [])
    assert (await state(floor), await floor.told()) == (before, [])


async def test_it_says_whose_it_was_while_the_next_ticket_is_open(floor: Floor) -> None:
    number = (await floor.ticket("Anna")).id
    await closes_elsewhere(floor)
    floor.later(days=2)
    await floor.asks("Anna")

    pressed = await presses(floor, f"close:{number}")

    told = f"This button belongs to ticket #{number}, which is closed. The pinned card has what can be done now."
    assert pressed == Pressing(told, [])
    assert (await floor.ticket("Anna")).state is State.WAITING
