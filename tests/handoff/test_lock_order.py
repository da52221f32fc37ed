"""Whoever changes something takes the conversation first and the rows behind it, so that no two wait for each other.

Another program holds the conversation, and changes a row of the outbox while the bot waits for it: had the bot taken
the row before, the two would wait for each other until PostgreSQL ends one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot.domain.conversation import Place
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, Why
from bot.handlers import undelivered
from bot.messaging import outbox, topics
from bot.messaging.bell import Bell
from bot.messaging.delivery import DeliveryLoop
from bot.messaging.outbox import Posting
from bot.storage.database import Database
from tests.databases import ON_POSTGRES, Outsider
from tests.handoff.business import GROUP, MONDAY
from tests.handoff.floor import Floor, open_floor
from tests.messaging.seen import ANNA, CHANNELS, conversation, put, says, states

WAITS_FOR_THE_GROUP = "UPDATE outbox SET error = 'seen' WHERE chat = '-1001000000001' AND topic_id IS NULL"
pytestmark = pytest.mark.slow  # PostgreSQL alone


class Refusing:
    """A channel whose customers have all blocked the bot."""

    name = "telegram"
    capabilities = Capabilities()

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 a channel's face
        return Pace()

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 a channel's face
        raise Refused(Why.BLOCKED, "blocked")


class OnceByHand(DeliveryLoop):
    async def look(self) -> None:
        for delivery in await self._claim_safely():
            await self._carry(delivery)


async def while_it_waits(database: Database, at_work: Awaitable[Any], outsider: Outsider, change: str) -> None:
    """Let the bot work until it waits for what the outsider holds; the outsider changes a row and leaves."""
    task = asyncio.ensure_future(at_work)
    held_up = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(20):
        while not task.done() and not await database.read(lambda conn: conn.execute(text(held_up)).scalar()):
            pass
        await outsider.execute(change)
        await outsider.execute("COMMIT")
        await task


@ON_POSTGRES
async def test_a_delivery_that_fails_takes_the_conversation_before_its_row(
    database: Database, outsider: Outsider
) -> None:
    anna = await conversation(database)
    await put(database, Posting(ANNA, says("hello"), outbox.OPERATOR, conversation=anna))
    channels: dict[str, Any] = {CHANNELS[0]: Refusing()}
    loop = OnceByHand(database, channels, lambda: MONDAY, Bell(), Bell(), lambda *_: None)
    await outsider.execute("BEGIN")
    await outsider.execute("SELECT id FROM conversations FOR UPDATE")

    await while_it_waits(database, loop.look(), outsider, "UPDATE outbox SET error = 'seen'")

    assert await states(database) == ["failed"]


@ON_POSTGRES
async def test_a_group_that_lets_the_bot_in_again_wakes_its_rows_behind_the_conversations(
    database: Database, outsider: Outsider
) -> None:
    floor: Floor = open_floor(database)
    await floor.asks("Anna")

    def lost(conn: Connection) -> None:
        topic = floor.turn(conn, "Anna").topic()
        assert topic is not None
        topics.change(conn, topic.id, state=topics.GONE)
        waits = Posting(Place(GROUP.channel, GROUP.chat), Outgoing(Act.SAY, dict(says("waits").body)))
        (key,) = outbox.put(conn, [waits], floor.now)
        (one,) = outbox.claim(conn, floor.now, 400, CHANNELS, lambda it: it.id == key)
        outbox.hold(conn, one, "shut out", undelivered.ASKED_AGAIN_AFTER, floor.now)

    await floor.change(lost)
    await outsider.execute("BEGIN")
    await outsider.execute("SELECT id FROM conversations FOR UPDATE")
    let_in = floor.change(lambda conn: undelivered.let_in(floor.house, conn, GROUP.chat, floor.now, topics_too=True))

    await while_it_waits(database, let_in, outsider, WAITS_FOR_THE_GROUP)

    assert await floor.change(lambda conn: floor.turn(conn, "Anna").topic()) is not None
