"""The delivery loop with a channel that does as it is told: in order, marked, never doubled silently, never stuck."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta

import pytest

from bot.domain.conversation import Place
from bot.domain.ports import Act, Moved, Outgoing, Pace, Receipt, Refused, TryLater, Uncertain, Why
from bot.messaging import outbox, topics
from bot.messaging.outbox import CUSTOMER, OPERATOR, SYSTEM, Posting
from bot.storage.database import Database
from tests.messaging.post import FakeChannel, Post, TroubledDatabase, running
from tests.messaging.seen import ANNA, BORIS, GROUP, NOW, Kept, claimed, conversation, kept, put, says, topic

pytestmark = pytest.mark.slow  # both databases, loops that run


@pytest.fixture
def post(database: Database) -> Post:
    return Post(TroubledDatabase(database))


async def test_messages_of_one_chat_go_out_in_order_one_at_a_time(post: Post) -> None:
    await post.put(*[Posting(ANNA, says(f"{n}")) for n in range(10)])

    async with running(post):
        await post.until(*["sent"] * 10)

    assert post.channel.to("511") == [f"{n}" for n in range(10)]
    assert post.channel.most_under_way == 1


async def test_chats_are_served_side_by_side(post: Post) -> None:
    post.channel.hold.clear()
    await post.put(*[Posting(Place("telegram", str(n)), says("Hello")) for n in range(10)])

    async with running(post):
        await post.until(*["sending"] * 10)
        while post.channel.tried < 10:  # noqa: ASYNC110 the rows say so before the last calls have begun
            await asyncio.sleep(0)
        post.channel.hold.set()
        await post.until(*["sent"] * 10)

    assert post.channel.most_under_way == 10


async def test_a_chat_that_got_429_keeps_its_place_and_waits_and_the_others_go_on(post: Post) -> None:
    post.channel.will["a1"] = deque([TryLater("429", timedelta(seconds=300))])
    await post.put(*[Posting(place, says(text)) for place, text in ((ANNA, "a1"), (ANNA, "a2"), (BORIS, "b1"))])

    async with running(post):
        await post.until("pending", "pending", "sent")
        post.later(299)
        await post.put(Posting(BORIS, says("b2")))
        await post.until("pending", "pending", "sent", "sent")
        post.later(2)
        await post.until(*["sent"] * 4)

    assert (post.channel.to("511"), post.channel.to("512")) == (["a1", "a2"], ["b1", "b2"])


async def test_a_pause_holds_all_lanes_of_the_chat_that_got_it(post: Post) -> None:
    anna = await conversation(post.database)
    first, second = [await topic(post.database, anna, thread=thread) for thread in ("41", "42")]
    post.channel.paces["-100"] = Pace("-100", per_minute=1000)
    post.channel.will["one"] = deque([TryLater("429", timedelta(seconds=300))])
    await post.put(Posting(GROUP, says("one"), SYSTEM, first))

    async with running(post):
        await post.until("pending", tried=1)
        await post.put(Posting(GROUP, says("two"), SYSTEM, second), Posting(BORIS, says("b1")))
        await post.until("pending", "pending", "sent")

    assert post.channel.got == [("512", "b1")]


async def test_what_surely_did_not_arrive_is_tried_again_with_growing_waits(post: Post) -> None:
    post.channel.will["Hello"] = deque([TryLater("502") for _ in range(4)])
    await post.put(Posting(ANNA, says("Hello")))

    async with running(post):
        for tried, wait in enumerate((1.3, 2.5, 4.9, 9.7), 1):
            await post.until("pending", tried=tried)
            post.later(wait)
        rows = await post.until("sent")

    assert (rows, post.channel.got) == ([Kept("Hello", "sent")], [("511", "Hello")])


async def test_the_bots_words_of_unknown_fate_go_out_once_more_within_ten_seconds_and_are_marked(post: Post) -> None:
    post.channel.will["Hello"] = deque([Uncertain("timed out")])
    await post.put(Posting(ANNA, says("Hello")))

    async with running(post):
        await post.until("pending", tried=1)
        post.later(10)
        rows = await post.until("sent")

    assert rows == [Kept("Hello", "sent", repeated=True)]
    assert post.refused == []


async def test_an_operators_words_of_unknown_fate_are_held_and_somebody_is_told(post: Post) -> None:
    post.channel.will["Hello"] = deque([Uncertain("timed out")])
    await post.put(Posting(ANNA, says("Hello"), OPERATOR))

    async with running(post):
        await post.until("uncertain")
        post.later(3600)

    assert (post.channel.got, post.refused) == ([], [("Hello", Why.UNCERTAIN)])


async def test_a_refusal_is_told_once_and_the_next_message_follows(post: Post) -> None:
    post.channel.will["1"] = deque([Refused(Why.BLOCKED, "bot was blocked by the user")])
    await post.put(Posting(ANNA, says("1")), Posting(ANNA, says("2")))

    async with running(post):
        await post.until("failed", "sent")

    assert post.refused == [("1", Why.BLOCKED)]


async def test_a_channel_that_breaks_fails_one_message_and_not_the_loop(post: Post) -> None:
    post.channel.will["1"] = deque([KeyError("surprise")])
    await post.put(Posting(ANNA, says("1")), Posting(ANNA, says("2")))

    async with running(post):
        await post.until("failed", "sent")

    assert post.refused == [("1", Why.REFUSED)]


async def test_a_group_that_was_upgraded_is_followed_at_once(post: Post) -> None:
    anna = await conversation(post.database)
    place = await topic(post.database, anna, thread="42")
    post.channel.will["1"] = deque([Moved("-200")])
    await post.put(*[Posting(GROUP, says(f"{n}"), CUSTOMER, place) for n in (1, 2)])

    async with running(post):
        rows = await post.until("sent", "sent")

    assert [row.lane for row in rows] == [f"telegram:-200:topic{place.id}"] * 2
    moved = await post.database.read(lambda conn: (topics.moved(conn, "telegram"), topics.get(conn, place.id)))
    assert moved[0] == {"-100": "-200"}
    assert moved[1] is not None
    assert moved[1].place == Place("telegram", "-200", "42")


async def test_what_goes_into_a_topic_follows_its_opening(post: Post) -> None:
    anna = await conversation(post.database)
    place = await topic(post.database, anna)
    post.channel.will["open_topic"] = deque([TryLater("502"), Receipt(thread="42")])
    await post.put(
        Posting(GROUP, Outgoing(Act.OPEN_TOPIC, {"name": "Anna"}), SYSTEM, place),
        Posting(GROUP, says("card"), SYSTEM, place),
    )

    async with running(post):
        await post.until("pending", "pending", tried=1)
        post.later(2)
        await post.until("sent", "sent")

    assert post.channel.got == [("-100", "open_topic"), ("42", "card")]


async def test_what_belongs_into_a_topic_that_could_not_be_opened_never_goes_into_the_group(post: Post) -> None:
    anna = await conversation(post.database)
    place = await topic(post.database, anna)
    post.channel.will["open_topic"] = deque([Refused(Why.NO_RIGHTS, "not enough rights")])
    await post.put(
        Posting(GROUP, Outgoing(Act.OPEN_TOPIC, {"name": "Anna"}), SYSTEM, place),
        Posting(GROUP, says("card"), SYSTEM, place),
    )

    async with running(post):
        await post.until("failed", "failed")

    assert post.channel.got == []
    assert post.refused == [("open_topic", Why.NO_RIGHTS), ("card", Why.NO_TOPIC)]


async def test_lines_of_a_customer_are_joined_while_the_groups_minute_is_short(post: Post) -> None:
    anna = await conversation(post.database)
    place = await topic(post.database, anna, thread="42")
    post.channel.paces["-100"] = Pace("-100", per_minute=4)
    await post.put(*[Posting(GROUP, says(f"{n}"), CUSTOMER, place) for n in range(9)])

    async with running(post):
        await post.until(*["sent"] * 9)

    assert post.channel.to("42") == ["0", "1", "2\n3\n4\n5\n6\n7\n8"]


async def test_after_a_crash_only_what_was_under_way_is_repeated_and_marked(post: Post) -> None:
    await post.put(Posting(ANNA, says("1")), Posting(ANNA, says("2")), Posting(BORIS, says("3"), OPERATOR))
    await claimed(post.database)

    async with running(post):
        rows = await post.until("sent", "sent", "uncertain")

    assert [(row.says, row.repeated) for row in rows] == [("1", True), ("2", False), ("3", False)]
    assert post.channel.to("511") == ["1", "2"]
    assert post.refused == [("3", Why.UNCERTAIN)]


async def test_stop_finishes_what_is_under_way_and_takes_up_nothing_more(post: Post) -> None:
    post.channel.hold.clear()
    await post.put(Posting(ANNA, says("1")), Posting(ANNA, says("2")))
    task = asyncio.ensure_future(post.loop.run())
    await post.channel.begun.wait()

    post.loop.stop()
    post.channel.hold.set()
    await task

    assert [row.state for row in await kept(post.database)] == ["sent", "pending"]


async def test_a_locked_database_delays_and_neither_ends_the_loop_nor_blocks_a_lane(post: Post) -> None:
    async with running(post):
        await post.put(Posting(ANNA, says("0")))
        await post.until("sent")
        post.database.locked_turns = 2
        await put(post.database._real, Posting(ANNA, says("1")), Posting(BORIS, says("2")))  # noqa: SLF001 past the lock
        post.bell.ring()
        await post.until(*["sent"] * 3)

    assert post.database.failed == 2
    assert sorted(post.channel.got) == [("511", "0"), ("511", "1"), ("512", "2")]


async def test_a_claim_that_failed_takes_nothing_of_a_groups_minute(post: Post) -> None:
    post.channel.paces["-100"] = Pace("-100", per_minute=1)
    async with running(post):
        await post.put(Posting(ANNA, says("0")))
        await post.until("sent")
        post.database.locked_turns = 2
        await put(post.database._real, Posting(Place("telegram", "-100"), says("1")))  # noqa: SLF001 past the lock
        post.bell.ring()
        await post.until("sent", "sent")

    assert post.channel.got == [("511", "0"), ("-100", "1")]


async def test_an_outcome_that_cannot_be_written_down_is_written_later_and_nothing_is_sent_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.messaging.delivery.SETTLED_AGAIN_AFTER", 0.01)
    post.channel.hold.clear()
    await post.put(Posting(ANNA, says("1")))

    async with running(post):
        await post.channel.begun.wait()
        post.database.locked_turns = 3
        post.channel.hold.set()
        rows = await post.until("sent")

    assert (rows, post.channel.got) == ([Kept("1", "sent")], [("511", "1")])


async def test_a_row_that_another_worker_took_leaves_its_lane_free(post: Post) -> None:
    (theirs,) = await post.put(Posting(ANNA, says("theirs")))
    post.database.stolen_turns = 2  # the look for what a crash left, and the first claim

    async with running(post):
        await post.until("sending")
        await post.database.transaction(lambda conn: outbox.settle_failed(conn, theirs, "the other worker's", NOW))
        await post.put(Posting(ANNA, says("ours")))
        await post.until("failed", "sent")

    assert post.channel.got == [("511", "ours")]


async def test_messages_for_a_channel_that_is_still_coming_up_wait_for_it(post: Post) -> None:
    del post.loop.channels["telegram"]
    await post.put(Posting(ANNA, says("1")), Posting(Place("webchat", "w1"), says("2")))
    page = FakeChannel()
    page.name = "webchat"

    async with running(post):
        await post.loop.add(page)
        await post.until("pending", "sent")
        await post.loop.add(post.channel)
        await post.until("sent", "sent")

    assert (page.got, post.channel.got) == ([("w1", "2")], [("511", "1")])


async def test_what_was_sent_before_a_restart_counts_for_the_limits(post: Post) -> None:
    del post.loop.channels["telegram"]
    post.channel.paces["511"] = Pace("511", per_minute=1)
    await post.put(Posting(ANNA, says("before")))
    (before,) = await claimed(post.database)
    await post.put(Posting(ANNA, says("after")))

    async with running(post):
        await post.loop.add(post.channel)
        await post.put(Posting(BORIS, says("b")))
        post.later(0)
        rows = await post.until("pending", "pending", "sent")

    assert before.id
    assert [row.says for row in rows] == ["before", "after", "b"]
