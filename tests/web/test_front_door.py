"""The front door takes everybody in turn: somebody who sends a thousand messages hides nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels import webchat
from bot.channels.webchat import WebChat
from bot.domain.ports import Raw
from bot.handlers import lanes
from bot.handlers.dispatch import FrontDoor
from bot.messaging import inbox
from bot.storage import schema
from tests.web.office import Office

HELD, HELD_OF_LANE = 60, 10
FLOOD = 3 * HELD
LINES = (schema.conversations.c.chat, schema.messages.c.text)


async def _nobody(chat: str, kind: str, body: Mapping[str, Any]) -> None:
    """Show nothing to anybody: no page is open."""


@pytest.fixture
async def door(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FrontDoor]:
    """A narrow front door, not open yet, for the chat page only."""
    monkeypatch.setattr(lanes, "HELD", HELD)
    monkeypatch.setattr(lanes, "HELD_OF_LANE", HELD_OF_LANE)
    monkeypatch.setattr(lanes, "ROOM_WORTH_A_LOOK", HELD // 4)
    office.house.readers = {webchat.NAME: WebChat(_nobody).read}
    opened = FrontDoor(office.house)
    yield opened
    opened.stop()


async def admit(office: Office, *said: tuple[str, str], channel: str = webchat.NAME) -> None:
    """Put messages (who, text) into the inbox, in this order."""
    raws = [
        Raw(
            f"{who} {text}",
            f"{channel}:{who}",
            webchat.said(who, text, text, name=who, language="en", at=office.clock()),
        )
        for who, text in said
    ]
    await office.change(lambda conn: inbox.admit(conn, channel, "site", raws, office.clock()))


def written(conn: Connection) -> list[tuple[str, str]]:
    """Return (who, text) of all that customers said, in the order in which it was taken."""
    query = select(*LINES).join(schema.conversations, schema.conversations.c.id == schema.messages.c.conversation_id)
    asked = query.where(schema.messages.c.author == "customer").order_by(schema.messages.c.id)
    return [(row[0], row[1]) for row in conn.execute(asked)]


async def open_until(door: FrontDoor, handled: int) -> None:
    working = asyncio.create_task(door.run())
    async with asyncio.timeout(60):
        while door.handled < handled:
            await door.house.events_bell.wait(door.house.events_bell.rings, 0.1)
    door.stop()
    await working


async def test_a_flood_of_one_customer_hides_nobody_and_keeps_its_order(office: Office, door: FrontDoor) -> None:
    flood = [("Flo", f"/help {number}") for number in range(FLOOD)]
    await admit(office, *flood, ("Boris", "/help"))

    await open_until(door, FLOOD + 1)

    lines = await office.read(written)
    assert lines.index(("Boris", "/help")) <= HELD_OF_LANE
    assert [line for line in lines if line[0] == "Flo"] == flood


async def test_rows_of_a_channel_that_is_off_wait_and_hide_nobody(office: Office, door: FrontDoor) -> None:
    await admit(office, *[(f"gone {number}", "Hello") for number in range(HELD + 1)], channel="pigeon")
    await admit(office, ("Boris", "/help"))

    await open_until(door, 1)

    assert await office.read(written) == [("Boris", "/help")]
    assert len(await office.read(lambda conn: inbox.look(conn, ["pigeon"], 2 * HELD))) == HELD + 1


async def test_what_comes_in_while_the_door_is_open_is_taken_at_once(office: Office, door: FrontDoor) -> None:
    working = asyncio.create_task(open_until(door, 3))
    for number in range(3):
        await admit(office, ("Anna", f"/help {number}"))
        office.house.inbox_bell.ring()

    await working

    assert await office.read(written) == [("Anna", f"/help {number}") for number in range(3)]
