"""Whoever changes something takes the conversation first and the rows behind it, so that no two wait for each other.

Another program holds the conversation, and changes a row of the outbox while the bot waits for it: had the bot taken
the row before, the two would wait for each other until PostgreSQL ends one of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from bot.domain.conversation import Place
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, Why
from bot.handlers import ladder, undelivered
from bot.handlers.house import TRIES
from bot.handoff import notices
from bot.messaging import conversations, merging, outbox, topics
from bot.messaging.bell import Bell
from bot.messaging.delivery import DeliveryLoop
from bot.messaging.outbox import Posting
from bot.storage.database import Collided, Database
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


def _has_due(conn: Connection, key: int) -> bool:
    due = notices.due_tickets(conn, MONDAY + timedelta(days=1), 10)
    return [ticket.conversation_id for ticket in due] == [key]


@ON_POSTGRES
@pytest.mark.parametrize(
    "has",
    [
        lambda conn, key: conversations.get(conn, key, lock=True) is not None,
        lambda conn, key: conversations.at_rest(conn, key) is not None,
        _has_due,
    ],
)
async def test_what_waits_for_a_topic_is_taken_up_while_a_turn_has_the_conversation(
    database: Database, has: Callable[[Connection, int], bool]
) -> None:
    floor = open_floor(database)
    await floor.asks("Anna")

    def lines(conn: Connection) -> int:
        turn = floor.turn(conn, "Anna")
        conn.execute(text("UPDATE outbox SET state = 'sent'"))
        asks = [Posting(GROUP, says(one), outbox.CUSTOMER, turn.topic(), turn.conversation.id) for one in ("a", "b")]
        outbox.put(conn, asks, floor.now)
        return turn.conversation.id

    anna = await floor.change(lines)
    await floor.sweep(ladder.sweep_promises)

    def taken(conn: Connection) -> list[Any]:
        conn.execute(text("SET LOCAL lock_timeout = '2s'"))
        found = outbox.claim(conn, floor.now, 400, CHANNELS, lambda _: True)
        merged = [merging.merged(conn, one, floor.now, short=True) for one in found]
        return [one.outgoing.body["text"]["text"] for one in merged if one]

    def turn(conn: Connection) -> tuple[bool, bool, list[Any]]:
        mine = has(conn, anna)
        others = await_only(database.transaction(lambda other: conversations.at_rest(other, anna) is not None))
        return mine, others, await_only(database.transaction(taken))

    assert await database.transaction(turn) == (True, False, ["a\nb"])


@ON_POSTGRES
async def test_a_turn_that_collides_with_another_is_made_again(database: Database, outsider: Outsider) -> None:
    floor = open_floor(database)
    await floor.asks("Anna")
    made: list[str] = []

    def backwards(conn: Connection) -> None:
        made.append("once")
        conn.execute(text("UPDATE outbox SET error = 'mine'"))
        floor.turn(conn, "Anna")

    await outsider.execute("SET deadlock_timeout = '1h'")  # so it is the bot whom the server ends
    await outsider.execute("BEGIN")
    await outsider.execute("SELECT id FROM conversations FOR UPDATE")

    await while_it_waits(database, floor.house.change(backwards), outsider, "UPDATE outbox SET error = 'seen'")

    errors = await database.read(lambda conn: set(conn.execute(text("SELECT error FROM outbox")).scalars()))
    assert len(made) > 1  # where the other one is slow, the second time may collide as well
    assert errors == {"mine"}


@ON_POSTGRES
async def test_a_turn_that_collides_each_time_is_given_up(database: Database) -> None:
    floor, made = open_floor(database), list[str]()

    def collides(conn: Connection) -> None:
        made.append("once")
        conn.execute(text("DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(Collided):
        await floor.house.change(collides)

    assert len(made) == TRIES
