"""What waits for a topic: behind its opening, and along with it to another topic or to the group's new id."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.domain.conversation import Place
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import outbox, topics
from bot.messaging.outbox import CUSTOMER, SYSTEM, Posting
from bot.storage import schema
from bot.storage.database import Database
from tests.messaging.seen import (
    GROUP,
    NOW,
    claimed,
    conversation,
    kept,
    put,
    says,
    sent,
    topic,
)


async def test_rows_of_a_topic_wait_behind_its_opening_and_then_know_the_thread(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna)
    await put(
        database,
        Posting(GROUP, Outgoing(Act.OPEN_TOPIC, {"name": "Anna"}), SYSTEM, place),
        Posting(GROUP, says("card"), SYSTEM, place),
    )
    (opening,) = await claimed(database)
    await sent(database, opening, Receipt(thread="42"))
    await database.transaction(lambda conn: topics.change(conn, place.id, thread="42", state=topics.OPEN))

    (card,) = await claimed(database)

    assert (opening.place, card.place) == (GROUP, Place("telegram", "-100", "42"))


async def test_what_waits_for_a_topic_that_is_gone_moves_to_its_successor_in_order(database: Database) -> None:
    anna = await conversation(database)
    old = await topic(database, anna, thread="42")
    await put(
        database,
        Posting(GROUP, says("one"), CUSTOMER, old, anna),
        Posting(GROUP, Outgoing(Act.EDIT_TOPIC, {"name": "Anna"}), SYSTEM, old, anna),
        Posting(GROUP, says("two"), CUSTOMER, old, anna),
    )
    found_gone, _ = await claimed(database)
    new = await topic(database, anna)
    await put(database, Posting(GROUP, Outgoing(Act.OPEN_TOPIC, {"name": "Anna"}), SYSTEM, new, anna))

    await database.transaction(lambda conn: outbox.move_topic(conn, old.id, new, found_gone.id, NOW))

    before, after = old.lane, new.lane
    assert [(row.says, row.state, row.lane) for row in await kept(database)] == [
        ("one", "failed", before),
        ("edit_topic", "sending", old.looks_lane),
        ("two", "failed", before),
        ("open_topic", "pending", after),
        ("one", "pending", after),
        ("two", "pending", after),
    ]


async def test_all_that_waits_for_a_group_follows_it_to_its_new_id(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    other = await topic(database, anna, Place("telegram", "-1000"), thread="1")
    await put(database, Posting(GROUP, says("done"), SYSTEM, place))
    (done,) = await claimed(database)
    await sent(database, done)
    await put(
        database, Posting(GROUP, says("waits"), SYSTEM, place), Posting(other.place, says("other"), SYSTEM, other)
    )

    def move(conn: Connection) -> list[tuple[str, str]]:
        outbox.move_chat(conn, "telegram", "-100", "-200")
        topics.move(conn, "telegram", "-100", "-200")
        rows = conn.execute(select(schema.outbox.c.chat, schema.outbox.c.lane).order_by(schema.outbox.c.id))
        return [(row.chat, row.lane) for row in rows]

    assert await database.transaction(move) == [
        ("-100", place.lane),
        ("-200", f"telegram:-200:topic{place.id}"),
        ("-1000", other.lane),
    ]
    (waits, _) = await claimed(database)
    assert waits.place == Place("telegram", "-200", "42")
