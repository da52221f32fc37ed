"""Conversations, topics, transcript, events and the bell: what is kept of a talk, and how it wakes who waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import Connection, func, select

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, RichText, bold, plain
from bot.messaging import conversations, events, topics, transcript
from bot.messaging.bell import Bell
from bot.messaging.conversations import Conversation
from bot.messaging.events import Event
from bot.messaging.topics import Topic
from bot.messaging.transcript import Line
from bot.storage import schema
from bot.storage.database import Database
from tests.messaging.seen import ANNA, BORIS, NOW, conversation, topic

LATER = NOW + timedelta(hours=1)


async def meet(database: Database, author: Author, language: str = "de") -> tuple[Conversation, bool]:
    place = Place("telegram", author.id)
    return await database.transaction(lambda conn: conversations.meet(conn, place, author, language, NOW))


async def test_the_first_word_of_a_customer_makes_a_conversation(database: Database) -> None:
    met, new = await meet(database, Author("511", "Anna <b>_*", "anna"))

    assert new
    assert met == Conversation(
        met.id, met.customer_id, ANNA, "Anna <b>_*", "anna", "", "de", False, False, False, {}, NOW
    )


async def test_who_is_known_keeps_everything_but_the_name(database: Database) -> None:
    first, _ = await meet(database, Author("511", "Anna"))
    await database.transaction(lambda conn: conversations.change(conn, first.id, language="ru", flow={"await": "x"}))
    await database.transaction(lambda conn: conversations.keep_phone(conn, first.customer_id, "+4930123456"))

    met, new = await meet(database, Author("511", "Anna Berg", "anna"), "en")
    nameless, _ = await meet(database, Author("511", ""))

    assert not new
    assert (met.id, met.name, met.username, met.language) == (first.id, "Anna Berg", "anna", "ru")
    assert (met.phone, met.flow, nameless.name) == ("+4930123456", {"await": "x"}, "Anna Berg")


async def test_two_who_meet_the_same_customer_at_once_meet_one(database: Database) -> None:
    met = await asyncio.gather(*[meet(database, Author("511", "Anna")) for _ in range(20)])

    counted = await database.read(
        lambda conn: conn.execute(select(func.count()).select_from(schema.customers)).scalar()
    )
    assert sorted(new for _, new in met) == [False] * 19 + [True]
    assert {one.id for one, _ in met} == {met[0][0].id}
    assert counted == 1


async def test_the_same_number_on_another_channel_is_another_customer(database: Database) -> None:
    here = await conversation(database, Place("telegram", "511"))
    there = await conversation(database, Place("webchat", "511"))

    found = await database.read(lambda conn: conversations.find(conn, Place("webchat", "511")))
    assert here != there
    assert found is not None
    assert found.id == there
    assert await database.read(lambda conn: conversations.find(conn, BORIS)) is None


async def test_a_topic_is_found_by_its_thread_and_by_its_conversation(database: Database) -> None:
    anna = await conversation(database)
    opened = await topic(database, anna, thread="42")

    def look(conn: Connection) -> list[Topic | None]:
        return [
            topics.at(conn, Place("telegram", "-100", "42")),
            topics.of(conn, anna),
            topics.at(conn, Place("telegram", "-100", "43")),
            topics.at(conn, Place("telegram", "-200", "42")),
        ]

    assert await database.read(look) == [opened, opened, None, None]


async def test_a_topic_that_is_gone_is_nobodys_and_the_next_one_takes_its_place(database: Database) -> None:
    anna = await conversation(database)
    gone = await topic(database, anna, thread="42")
    await database.transaction(lambda conn: topics.change(conn, gone.id, state=topics.GONE))
    before = await database.read(lambda conn: topics.of(conn, anna))

    successor = await topic(database, anna, thread="43")

    assert before is None
    assert await database.read(lambda conn: topics.of(conn, anna)) == successor


async def test_a_group_that_moved_twice_is_found_by_its_first_id(database: Database) -> None:
    anna = await conversation(database)
    await topic(database, anna, thread="42")
    other = await topic(database, anna, Place("telegram", "-300"), thread="1")

    def move(conn: Connection) -> tuple[dict[str, str], dict[str, int]]:
        topics.move(conn, "telegram", "-100", "-200")
        topics.move(conn, "telegram", "-200", "-250")
        topics.move(conn, "telegram", "-200", "-250")
        return topics.moved(conn, "telegram"), topics.load(conn, "telegram")

    assert await database.transaction(move) == ({"-100": "-250", "-200": "-250"}, {"-250": 1, "-300": 1})
    assert await database.read(lambda conn: topics.get(conn, other.id)) == other


async def test_the_transcript_keeps_words_formatting_and_files_in_order(database: Database) -> None:
    anna = await conversation(database)
    words = Content(ContentKind.TEXT, plain("See ") + bold("this"))
    photo = Content(ContentKind.PHOTO, plain("caption"), {"file_id": "F1", "size": 7})

    def say(conn: Connection) -> list[Line]:
        first = transcript.add(conn, anna, transcript.CUSTOMER, words, NOW, source=("511", "9"))
        second = transcript.add(conn, anna, transcript.BOT, photo, LATER, details={"buttons": [["ok"]]})
        assert first < second
        return transcript.last(conn, anna)

    first, second = await database.transaction(say)

    assert first == Line(first.id, "customer", None, words, ("511", "9"), NOW)
    assert second.content == Content(
        ContentKind.PHOTO, plain("caption"), {"file_id": "F1", "size": 7, "buttons": [["ok"]]}
    )


async def test_the_last_lines_come_oldest_first_and_pages_fit_together(database: Database) -> None:
    anna = await conversation(database)

    def say(conn: Connection) -> tuple[list[str], list[str]]:
        for number in range(7):
            content = Content(ContentKind.TEXT, plain(str(number)))
            transcript.add(conn, anna, transcript.CUSTOMER, content, NOW)
        page = transcript.last(conn, anna, 3)
        earlier = transcript.last(conn, anna, 3, before=page[0].id)
        return [line.content.text.text for line in page], [line.content.text.text for line in earlier]

    assert await database.transaction(say) == (["4", "5", "6"], ["1", "2", "3"])


async def test_an_edited_message_is_found_by_its_source_in_its_own_conversation(database: Database) -> None:
    anna, boris = await conversation(database), await conversation(database, BORIS, "Boris")

    def edit(conn: Connection) -> list[Line | None]:
        for of, chat in ((anna, "511"), (boris, "512")):
            content = Content(ContentKind.TEXT, plain("old"))
            transcript.add(conn, of, transcript.CUSTOMER, content, NOW, source=(chat, "9"))
        line = transcript.said_at(conn, anna, "511", "9")
        assert line is not None
        transcript.edit(conn, line, Content(ContentKind.TEXT, bold("new")), LATER)
        return [
            transcript.get(conn, line.id),
            *transcript.last(conn, boris),
            transcript.said_at(conn, anna, "512", "9"),
        ]

    changed, other, not_hers = await database.transaction(edit)

    assert changed is not None
    assert other is not None
    assert (changed.content.text, changed.edited_at) == (bold("new"), LATER)
    assert (other.content.text, other.edited_at, not_hers) == (RichText("old"), None, None)


async def test_a_screen_that_lost_its_line_gets_what_came_after_and_misses_nothing(database: Database) -> None:
    def append(conn: Connection) -> list[int]:
        for number in range(5):
            events.append(conn, events.DESK, "ticket", {"n": number}, NOW)
            events.append(conn, events.visitor_stream("w1"), "message", {}, NOW)
        return [event.id for event in events.since(conn, events.DESK, 0)]

    ids = await database.transaction(append)

    after = await database.read(lambda conn: events.since(conn, events.DESK, ids[1]))
    page = await database.read(lambda conn: events.since(conn, events.DESK, ids[1], 2))
    assert after == [Event(ids[n], "ticket", {"n": n}) for n in (2, 3, 4)]
    assert page == after[:2]
    assert await database.read(lambda conn: events.since(conn, events.DESK, ids[4])) == []
    assert await database.read(events.last_id) > ids[4]


async def test_old_events_are_forgotten_but_the_newest_keeps_the_ids_rising(database: Database) -> None:
    def append(conn: Connection) -> None:
        for _ in range(3):
            events.append(conn, events.DESK, "ticket", {}, NOW)

    await database.transaction(append)
    newest = await database.read(events.last_id)
    much_later = NOW + events.KEPT + timedelta(seconds=1)

    gone = await database.transaction(lambda conn: events.forget(conn, much_later))

    assert (gone, await database.read(events.last_id)) == (2, newest)


async def test_nothing_is_forgotten_that_a_screen_may_still_ask_for(database: Database) -> None:
    await database.transaction(lambda conn: [events.append(conn, events.DESK, "x", {}, NOW) for _ in range(3)])  # type: ignore[func-returns-value]

    assert await database.transaction(lambda conn: events.forget(conn, NOW + events.KEPT)) == 0


async def test_a_bell_wakes_everybody_who_waits() -> None:
    bell = Bell()
    waiting = [asyncio.ensure_future(bell.wait(0, 30)) for _ in range(3)]
    await asyncio.sleep(0)  # each begins to wait

    bell.ring()

    assert await asyncio.gather(*waiting) == [1, 1, 1]


async def test_a_ring_between_two_waits_is_not_missed() -> None:
    bell = Bell()
    bell.ring()

    heard = await bell.wait(0, 30)

    assert (heard, await bell.wait(heard, 0.001)) == (1, 1)


async def test_who_stops_waiting_leaves_nothing_behind() -> None:
    bell = Bell()
    waiting = asyncio.ensure_future(bell.wait(0, 30))
    await asyncio.sleep(0)  # it begins to wait
    waiting.cancel()
    await asyncio.wait({waiting})

    bell.ring()

    assert (bell.rings, waiting.cancelled()) == (1, True)
