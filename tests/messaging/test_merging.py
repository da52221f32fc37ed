"""What waits for a topic goes in as few messages as may be, and the last state wins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import backlog, merging, outbox, topics
from bot.messaging.outbox import CUSTOMER, SYSTEM, Delivery, Posting
from bot.messaging.topics import Topic
from bot.storage import schema
from bot.storage.database import Database
from tests.messaging.seen import CHANNELS, GROUP, NOW, claimed, conversation, put, says, text_of, topic

pytestmark = pytest.mark.slow  # both databases

MINUTE = timedelta(minutes=1)


def edit(text: str) -> Outgoing:
    return Outgoing(Act.EDIT, dict(says(text).body))


def name(text: str) -> Outgoing:
    return Outgoing(Act.EDIT_TOPIC, {"name": text})


async def with_card(database: Database, **more: Any) -> tuple[Topic, int]:  # noqa: ANN401 JSON
    """Return a topic that is open and whose card waits to be posted."""
    made = await topic(database, await conversation(database), thread="42")
    (card,) = await put(database, Posting(GROUP, says("waits", card=7), SYSTEM, made))
    await database.transaction(lambda conn: topics.change(conn, made.id, card_id=card, **more))
    return made, card


async def goes(database: Database, *, short: bool = False, at: timedelta = timedelta(0)) -> list[tuple[str, str]]:
    """Take up what may go now, merge and deliver it; return (act, words) of what went out."""

    def work(conn: Connection) -> list[Delivery]:
        taken = outbox.claim(conn, NOW + at, 400, CHANNELS, lambda _: True)
        found = [merging.merged(conn, one, NOW + at, short=short) for one in taken]
        out = [one for one in found if one is not None]
        for one in out:
            outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), NOW + at)
            merging.remember(conn, one)
        return out

    out = await database.transaction(work)
    return [(one.outgoing.act.value, str(one.outgoing.body.get("name") or text_of(one.outgoing))) for one in out]


async def everything(database: Database, *, short: bool = False) -> list[tuple[str, str]]:
    """Return all that goes out until nothing waits."""
    went: list[tuple[str, str]] = []
    while out := await goes(database, short=short):
        went += out
    return went


async def test_of_several_changes_of_a_card_that_wait_the_last_goes(database: Database) -> None:
    place, card = await with_card(database)
    assert await goes(database) == [("say", "waits")]
    await put(database, *[Posting(GROUP, edit(text), SYSTEM, place, target=card) for text in ("one", "two", "three")])

    assert await everything(database) == [("edit", "three")]


async def test_a_card_that_is_still_waiting_is_posted_as_it_would_be_changed(database: Database) -> None:
    place, card = await with_card(database)
    await put(
        database,
        Posting(GROUP, Outgoing(Act.PIN), SYSTEM, place, target=card),
        Posting(GROUP, edit("claimed"), SYSTEM, place, target=card),
    )

    assert await everything(database) == [("say", "claimed"), ("pin", "pin")]


async def test_a_change_back_to_what_the_card_shows_is_not_sent(database: Database) -> None:
    place, card = await with_card(database)
    await goes(database)
    await put(database, *[Posting(GROUP, edit(text), SYSTEM, place, target=card) for text in ("claimed", "waits")])

    assert await everything(database) == []
    assert [state for state, _ in await states(database)] == ["sent"] * 3


async def test_a_change_of_which_nobody_knows_whether_it_arrived_is_made_good(database: Database) -> None:
    place, card = await with_card(database)
    await goes(database)
    await put(database, Posting(GROUP, edit("claimed"), SYSTEM, place, target=card))
    (doubtful,) = await claimed(database)
    await put(database, Posting(GROUP, edit("waits"), SYSTEM, place, target=card))

    def lost(conn: Connection) -> None:
        merging.doubt(conn, doubtful)
        outbox.settle_uncertain(conn, doubtful, "cut", timedelta(0), NOW)

    await database.transaction(lost)

    assert await everything(database) == [("edit", "waits")]


async def test_names_that_wait_are_merged_and_a_topic_opens_under_the_last(database: Database) -> None:
    place = await topic(database, await conversation(database))
    opening = Outgoing(Act.OPEN_TOPIC, {"name": "🟡 Anna"})
    await put(database, Posting(GROUP, opening, SYSTEM, place), Posting(GROUP, name("🔵 Anna"), SYSTEM, place))

    opened = await goes(database)
    await database.transaction(lambda conn: topics.change(conn, place.id, thread="42", state=topics.OPEN))
    await put(database, *[Posting(GROUP, name(text), SYSTEM, place) for text in ("🟡 Anna", "🔵 Anna")])
    nothing = await everything(database)
    await put(database, *[Posting(GROUP, name(text), SYSTEM, place) for text in ("🟡 Anna", "✅ Anna")])

    assert (opened, nothing) == ([("open_topic", "🔵 Anna")], [])
    assert await everything(database) == [("edit_topic", "✅ Anna")]


async def test_a_change_of_a_card_holds_up_no_line_and_waits_for_its_card(database: Database) -> None:
    place, card = await with_card(database)
    (posted,) = await claimed(database)
    await put(database, Posting(GROUP, edit("claimed"), SYSTEM, place, target=card))
    assert await goes(database) == []

    await database.transaction(lambda conn: outbox.settle_sent(conn, posted, Receipt("m1"), NOW))
    await put(database, Posting(GROUP, says("a line"), CUSTOMER, place))

    assert [act for act, _ in await goes(database)] == ["say", "edit"]


async def test_media_and_what_carries_more_than_words_keep_their_place_among_joined_lines(database: Database) -> None:
    place = await topic(database, await conversation(database), thread="42")
    photo = Outgoing(Act.COPY, {"chat": "511", "message": "9"})
    lines = [says("one"), says("two"), photo, says("three"), says("four"), says("quote", reply_to="3"), says("five")]
    await put(database, *[Posting(GROUP, line, CUSTOMER, place) for line in lines])

    went = await everything(database, short=True)

    assert went == [("say", "one\ntwo"), ("copy", "copy"), ("say", "three\nfour"), ("say", "quote"), ("say", "five")]


async def test_an_album_holds_only_what_telegram_takes_together(database: Database) -> None:
    place = await topic(database, await conversation(database), thread="42")
    kinds = ("photo", "video", "document", "document", "photo")
    parts = [Outgoing(Act.COPY, {"album": "A", "kind": kind, "message": str(n)}) for n, kind in enumerate(kinds)]
    await put(database, *[Posting(GROUP, one, CUSTOMER, place) for one in parts])

    def work(conn: Connection) -> list[list[str]]:
        went = []
        while taken := outbox.claim(conn, NOW, 400, CHANNELS, lambda _: True):
            (one,) = [merging.album(conn, delivery, NOW) for delivery in taken]
            outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), NOW)
            went.append([part["kind"] for part in one.outgoing.body.get("parts", [one.outgoing.body])])
        return went

    assert await database.transaction(work) == [["photo", "video"], ["document", "document"], ["photo"]]


def picture(number: int) -> Outgoing:
    return Outgoing(Act.COPY, {"album": "A", "kind": "photo", "message": f"p{number}"})


async def takes_up(database: Database, *, short: bool = False) -> Delivery:
    """Take up the one delivery that may go, with what it can carry."""

    def work(conn: Connection) -> Delivery:
        (one,) = outbox.claim(conn, NOW, 400, CHANNELS, lambda _: True)
        found = merging.album(conn, one, NOW) if one.outgoing.body.get("album") else None
        found = found or merging.merged(conn, one, NOW, short=short)
        assert found is not None
        return found

    return await database.transaction(work)


async def comes_back(database: Database, delivery: Delivery) -> None:
    """Let Telegram say 429."""
    await database.transaction(lambda conn: outbox.settle_later(conn, delivery, "429", timedelta(0), NOW))


async def test_a_picture_that_comes_while_its_album_is_tried_again_pushes_none_of_the_others_out(
    database: Database,
) -> None:
    place = await topic(database, await conversation(database), thread="42")
    keys = await put(database, *[Posting(GROUP, picture(n), CUSTOMER, place) for n in (1, 2)])
    await comes_back(database, await takes_up(database))
    keys += await put(database, Posting(GROUP, picture(3), CUSTOMER, place))
    await comes_back(database, await takes_up(database))

    album = await takes_up(database)
    await database.transaction(lambda conn: outbox.settle_sent(conn, album, Receipt("71", others=("72", "73")), NOW))

    def kept(conn: Connection) -> list[str]:
        return [backlog.message_of(conn, key) for key in keys]

    assert [part["message"] for part in album.outgoing.body["parts"]] == ["p1", "p2", "p3"]
    assert album.outgoing.body[outbox.JOINED] == 2
    assert await database.read(kept) == ["71", "72", "73"]


async def test_an_album_that_is_full_at_an_earlier_try_takes_no_more(database: Database) -> None:
    place = await topic(database, await conversation(database), thread="42")
    await put(database, *[Posting(GROUP, picture(n), CUSTOMER, place) for n in range(9)])
    await comes_back(database, await takes_up(database))
    await put(database, *[Posting(GROUP, picture(n), CUSTOMER, place) for n in range(9, 12)])

    album = await takes_up(database)

    assert [part["message"] for part in album.outgoing.body["parts"]] == [f"p{n}" for n in range(merging.ALBUM_MOST)]


async def test_an_album_that_moves_to_a_new_topic_keeps_each_part_with_its_own_message(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    (_, second) = await put(database, *[Posting(GROUP, picture(n), CUSTOMER, place) for n in (1, 2)])
    gone, new = await takes_up(database), await topic(database, anna, thread="43")
    await database.transaction(lambda conn: outbox.move_topic(conn, place.id, new, gone.id, NOW))
    (third,) = await put(database, Posting(GROUP, picture(3), CUSTOMER, new))

    album = await takes_up(database)
    await database.transaction(lambda conn: outbox.settle_sent(conn, album, Receipt("71", others=("72", "73")), NOW))

    def kept(conn: Connection) -> list[str]:
        return [backlog.message_of(conn, key) for key in (album.id, second, third)]

    assert await database.read(kept) == ["71", "72", "73"]


async def test_lines_that_were_joined_at_an_earlier_try_stay_joined(database: Database) -> None:
    place = await topic(database, await conversation(database), thread="42")
    await put(database, *[Posting(GROUP, says(text), CUSTOMER, place) for text in ("one", "two")])
    await comes_back(database, await takes_up(database, short=True))
    await put(database, Posting(GROUP, says("three"), CUSTOMER, place))

    assert "\n".join(text for _, text in await everything(database, short=True)) == "one\ntwo\nthree"


async def test_chats_that_somebody_has_go_first_then_those_that_wait_then_looks(database: Database) -> None:
    waits, card = await with_card(database)
    await goes(database)
    hers = await topic(database, await conversation(database), thread="43")
    await database.transaction(lambda conn: topics.change(conn, hers.id, attended=True))
    await put(database, Posting(GROUP, edit("looks"), SYSTEM, waits, target=card))
    await put(database, Posting(GROUP, says("waiting"), CUSTOMER, waits), Posting(GROUP, says("hers"), CUSTOMER, hers))

    assert [text for _, text in await goes(database)] == ["hers", "waiting", "looks"]


async def test_nobody_is_passed_by_for_ever(database: Database) -> None:
    waits, card = await with_card(database)
    await goes(database)
    hers = await topic(database, await conversation(database), thread="43")
    await database.transaction(lambda conn: topics.change(conn, hers.id, attended=True))
    await put(database, Posting(GROUP, says("waiting"), CUSTOMER, waits))
    await put(database, Posting(GROUP, edit("looks"), SYSTEM, waits, target=card))
    orders = []

    for minutes, owing in ((0.5, [GROUP.chat]), (1.5, []), (2.5, []), (2.5, [GROUP.chat])):
        now = NOW + minutes * MINUTE
        await put(database, Posting(GROUP, says(f"hers after {minutes}"), CUSTOMER, hers), at=now)

        def look(conn: Connection, now: Any = now, owing: list[str] = owing) -> list[str]:  # noqa: ANN401 a moment
            seen: list[str] = []
            refuse: Any = lambda one: seen.append(text_of(one.outgoing))  # noqa: E731 says nothing, so: no
            outbox.claim(conn, now, 400, CHANNELS, refuse, owing)
            return seen

        orders.append([text.split()[0] for text in await database.transaction(look)])

    claimed_first = ["hers", "waiting", "looks"]
    assert orders == [claimed_first, claimed_first, claimed_first, ["waiting", "looks", "hers"]]


async def states(database: Database) -> list[tuple[str, str]]:
    table = schema.outbox
    query = select(table.c.state, table.c.error).order_by(table.c.id)
    return [(row.state, row.error) for row in await database.read(lambda conn: conn.execute(query).all())]
