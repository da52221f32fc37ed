"""Which message is the copy of which: quotes, albums and joined lines keep their way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import merging, outbox, receipts, transcript
from bot.messaging.outbox import CUSTOMER, OPERATOR, Delivery, Posting
from bot.messaging.receipts import Copied
from bot.storage.database import Database
from tests.messaging.seen import ANNA, GROUP, NOW, claimed, conversation, put, says, topic

SECOND = timedelta(seconds=1)


def part(number: int, album: str = "a") -> Outgoing:
    return Outgoing(Act.COPY, {"chat": "511", "message": str(number), "kind": "photo", "album": album})


def joined_to(conn: Connection, delivery: Delivery) -> Delivery:
    found = merging.merged(conn, delivery, NOW, short=True)
    assert found is not None
    return found


async def line(database: Database, of: int, author: str = transcript.CUSTOMER) -> int:
    said = Content(ContentKind.TEXT, plain("Hello"))
    return await database.transaction(lambda conn: transcript.add(conn, of, author, said, NOW))


async def arrives(database: Database, delivery: Delivery, receipt: Receipt) -> None:
    await database.transaction(lambda conn: outbox.settle_sent(conn, delivery, receipt, NOW))


async def test_a_quote_waits_for_what_it_quotes_and_names_its_message(database: Database) -> None:
    (first,) = await put(database, Posting(ANNA, says("one")))
    await put(database, Posting(ANNA, says("two"), quote=first))
    (quoted,) = await claimed(database)
    await arrives(database, quoted, Receipt("77"))

    (quoting,) = await claimed(database)

    assert quoting.outgoing.body["reply_to"] == "77"


async def test_what_was_delivered_to_another_chat_is_not_quoted(database: Database) -> None:
    (first,) = await put(database, Posting(GROUP, says("one")))
    (elsewhere,) = await claimed(database)
    await arrives(database, elsewhere, Receipt("77"))
    await put(database, Posting(ANNA, says("two"), quote=first))

    (quoting,) = await claimed(database)

    assert "reply_to" not in quoting.outgoing.body


async def test_joined_lines_have_the_message_of_the_one_that_carried_them(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    lines = [await line(database, anna) for _ in range(3)]
    await put(database, *[Posting(GROUP, says("x"), CUSTOMER, place, anna, one) for one in lines])
    (first,) = await claimed(database)
    joined = await database.transaction(lambda conn: joined_to(conn, first))
    await arrives(database, joined, Receipt("77"))
    (answer,) = await put(database, Posting(GROUP, says("y"), topic=place, quote=first.id + 2))

    (quoting,) = await claimed(database)
    back = await database.read(lambda conn: receipts.line_at(conn, GROUP, "77"))

    assert (quoting.id, quoting.outgoing.body["reply_to"]) == (answer, "77")
    assert back == (anna, lines[0])


async def test_a_line_that_quotes_keeps_a_message_of_its_own(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    (old,) = await put(database, Posting(ANNA, says("old")))
    (claimed_old,) = await claimed(database)
    await arrives(database, claimed_old, Receipt("1"))
    await put(
        database, Posting(GROUP, says("x"), CUSTOMER, place), Posting(GROUP, says("y"), CUSTOMER, place, quote=old)
    )
    (first,) = await claimed(database)

    joined = await database.transaction(lambda conn: joined_to(conn, first))

    assert joined == first


async def test_the_parts_of_an_album_that_wait_go_together_and_each_has_its_message(database: Database) -> None:
    anna = await conversation(database)
    lines = [await line(database, anna, transcript.OPERATOR) for _ in range(3)]
    held = NOW + 2 * SECOND
    album = [Posting(ANNA, part(n), OPERATOR, None, anna, one, not_before=held) for n, one in enumerate(lines, start=1)]
    keys = await put(database, *album, Posting(ANNA, part(9, "b"), OPERATOR))
    assert await claimed(database) == []

    (first,) = await claimed(database, held)
    joined = await database.transaction(lambda conn: merging.album(conn, first, held))
    await arrives(database, joined, Receipt("70", others=("71", "72")))

    def seen(conn: Connection) -> list[tuple[int, int] | None]:
        return [receipts.line_at(conn, ANNA, str(message)) for message in (70, 71, 72)]

    assert [one["message"] for one in joined.outgoing.body["parts"]] == ["1", "2", "3"]
    assert await database.read(seen) == [(anna, one) for one in lines]
    assert [one.id for one in await claimed(database, held)] == [keys[-1]]


async def test_the_fate_of_an_album_is_the_fate_of_each_part(database: Database) -> None:
    anna = await conversation(database)
    lines = [await line(database, anna, transcript.OPERATOR) for _ in range(2)]
    first_key, _ = await put(
        database, *[Posting(ANNA, part(n), OPERATOR, None, anna, one) for n, one in enumerate(lines)]
    )
    (first,) = await claimed(database)
    joined = await database.transaction(lambda conn: merging.album(conn, first, NOW))

    await database.transaction(lambda conn: outbox.settle_failed(conn, joined.id, "gone", NOW))

    states = await database.read(lambda conn: receipts.states(conn, lines))
    assert states == dict.fromkeys(lines, ("failed", False, "gone", first_key))


async def test_a_part_that_comes_late_goes_alone(database: Database) -> None:
    await put(database, Posting(ANNA, part(1), OPERATOR), Posting(ANNA, part(2), OPERATOR))
    (first,) = await claimed(database)
    await database.transaction(lambda conn: merging.album(conn, first, NOW))
    await arrives(database, first, Receipt("70", others=("71",)))
    await put(database, Posting(ANNA, part(3), OPERATOR))

    (late,) = await claimed(database)

    assert await database.transaction(lambda conn: merging.album(conn, late, NOW)) == late
    assert late.outgoing.body["message"] == "3"


async def test_what_carries_a_line_is_known_on_both_sides(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    said = await line(database, anna)
    mirror, copy, failed = await put(
        database,
        Posting(GROUP, says("x"), CUSTOMER, place, anna, said),
        Posting(ANNA, part(1), OPERATOR, None, anna, said),
        Posting(ANNA, says("x"), OPERATOR, None, anna, said),
    )
    await database.transaction(lambda conn: outbox.settle_failed(conn, failed, "gone", NOW))

    found = await database.read(lambda conn: receipts.copies(conn, said))
    there = await database.read(lambda conn: receipts.in_topic(conn, said, place.id))

    assert found == [
        Copied(mirror, said, place.id, "pending", Act.SAY, lead=mirror),
        Copied(copy, said, None, "pending", Act.COPY, captioned=True, lead=copy),
    ]
    assert there == mirror


async def test_a_failed_delivery_goes_again_when_somebody_says_so_and_has_a_day_for_it(database: Database) -> None:
    anna = await conversation(database)
    (key,) = await put(database, Posting(ANNA, says("x"), OPERATOR, conversation=anna))
    (first,) = await claimed(database)
    await database.transaction(lambda conn: outbox.settle_failed(conn, first.id, "gone", NOW))
    later = NOW + timedelta(days=2)

    asked = [
        await database.transaction(lambda conn: outbox.again(conn, key, anna, later, {})),
        await database.transaction(lambda conn: outbox.again(conn, key, anna, later, {})),
    ]
    (again,) = await claimed(database, later)

    assert asked == [True, False]
    assert again == replace(first, attempts=2, created_at=later)
