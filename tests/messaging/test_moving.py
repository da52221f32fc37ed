"""A group is upgraded while something is on its way: only what is about the group moves, and is not tried for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Moved, Outgoing, Refused, Why
from bot.messaging import backlog, moving, outbox, topics, transcript
from bot.messaging.outbox import CUSTOMER, OPERATOR, Delivery, Posting
from bot.storage import schema
from bot.storage.database import Database
from tests.messaging.seen import ANNA, GROUP, NOW, claimed, conversation, put, says, topic

OLD, NEW = GROUP.chat, "-200"


async def takes_up(database: Database, content: Content) -> Delivery:
    """Take up the copy of what an operator sent to Anna, with a text waiting behind it."""
    anna = await conversation(database)
    await topic(database, anna, thread="42")
    line = await database.transaction(lambda conn: transcript.add(conn, anna, transcript.OPERATOR, content, NOW))
    body = {"channel": "telegram", "chat": OLD, "message": "77", "kind": content.kind.value, "author": "operator"}
    copy = Posting(ANNA, Outgoing(Act.COPY, body), OPERATOR, conversation=anna, message=line)
    await put(database, copy, Posting(ANNA, says("tomorrow"), OPERATOR, conversation=anna))
    (delivery,) = await claimed(database)
    return delivery


async def follows(database: Database, delivery: Delivery, moved: Moved) -> Refused | None:
    return await database.transaction(lambda conn: moving.follow(conn, delivery, moved))


def lanes(conn: Connection) -> list[str]:
    return list(conn.execute(select(schema.outbox.c.lane).order_by(schema.outbox.c.id)).scalars())


@pytest.mark.parametrize("old", [OLD, ""])
async def test_a_photo_on_its_way_while_its_group_moves_goes_by_its_file_and_the_customer_stays(
    database: Database, old: str
) -> None:
    photo = Content(ContentKind.PHOTO, plain("Here is the receipt"), {"file_id": "F1"})
    delivery = await takes_up(database, photo)
    if not old:  # another delivery was told before, and a channel that cannot tell names nobody
        await database.transaction(lambda conn: topics.move(conn, "telegram", OLD, NEW))

    refused = await follows(database, delivery, Moved(NEW, old))

    body = await database.read(lambda conn: backlog.body_of(conn, delivery.id))
    anew = {"kind": "photo", "text": photo.text.to_dict(), "details": {"file_id": "F1"}}
    assert (refused, body) == (None, {"channel": "telegram", "author": "operator", **anew})
    assert await database.read(lanes) == [ANNA.lane, ANNA.lane]
    assert await database.read(lambda conn: topics.moved(conn, "telegram")) == {OLD: NEW}


async def test_what_has_no_file_and_stayed_in_the_old_chat_is_refused_once(database: Database) -> None:
    delivery = await takes_up(database, Content(ContentKind.LOCATION, details={"latitude": 50.1, "longitude": 8.6}))

    refused = await follows(database, delivery, Moved(NEW, OLD))

    assert refused is not None
    assert refused.why is Why.MESSAGE_GONE


async def again(database: Database, delivery: Delivery) -> None:
    await database.transaction(lambda conn: outbox.settle_later(conn, delivery, "moved", timedelta(0), NOW))


async def test_a_group_that_names_another_id_each_time_is_asked_ever_later_and_then_not_any_more(
    database: Database,
) -> None:
    place = await topic(database, await conversation(database), thread="42")
    await put(database, Posting(GROUP, says("line"), CUSTOMER, place))
    waits, refused = list[float](), None

    for number in range(20):
        (delivery,) = await claimed(database)
        refused = await follows(database, delivery, Moved(f"-20{number}"))
        if refused:
            break
        waits.append(moving.wait(delivery).total_seconds())
        await again(database, delivery)

    assert waits == [0.0, 4.0, 8.0, 16.0, 32.0]
    assert refused is not None
    assert refused.why is Why.CHAT_GONE
