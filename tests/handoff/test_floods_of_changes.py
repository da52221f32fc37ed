"""Changes that come too fast are slowed like lines: staff read the last text, nothing is lost, nothing said twice."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Edited, Where
from bot.domain.message import Content, ContentKind, plain
from bot.handlers import changes, pace
from bot.messaging import transcript
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

CHANGED, BEFORE = "✏️ The customer changed a message. It reads now:", "It read before:"


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")
    await floor.writes("Olga", "Boris", "Hello!")
    floor.later(minutes=2)
    await floor.told()
    return floor


async def writes(floor: Floor, message: int, text: str) -> None:
    """Let Boris write a message with this number."""
    floor.numbers = itertools.count(message)
    await floor.says("Boris", text)


async def changes_to(floor: Floor, message: int, text: str) -> None:
    """Let Boris change a message."""

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Boris")
        place, author = turn.conversation.place, Author("Boris", "Boris")
        content = Content(ContentKind.TEXT, plain(text))
        edited = Edited(place, Where.PRIVATE, author, floor.now, str(message), content)
        turn.carry(changes.edited_by_customer(turn, edited))

    await floor.change(work)


async def in_topic(floor: Floor) -> list[str]:
    return [text for where, text in await floor.told() if where == "in Boris"]


async def test_a_flood_of_changes_is_told_of_once_and_its_last_text_is_shown_when_it_ends(floor: Floor) -> None:
    await writes(floor, 1, "text 0")
    await in_topic(floor)
    for number in range(1, 61):
        await changes_to(floor, 1, f"text {number}.")
    told = await floor.told()
    floor.later(seconds=11)
    assert await floor.sweep(pace.sweep_held) == 1
    joined = await in_topic(floor)
    floor.later(minutes=2)
    swept = await floor.sweep(pace.sweep_held)
    await changes_to(floor, 1, "and this.")

    topic = [text for where, text in told if where == "in Boris"]
    assert [text for where, text in told if where == "Boris"] == [floor.house.texts("en")("pace.slow_down")]
    assert len(topic) == pace.MOST + 1
    assert joined == [f"{CHANGED}\ntext 60.\n\n{BEFORE}\ntext 20."]
    assert (swept, await in_topic(floor)) == (0, [f"{CHANGED}\nand this.\n\n{BEFORE}\ntext 60."])


async def test_every_text_of_a_flood_of_changes_stays_in_the_transcript(floor: Floor) -> None:
    await writes(floor, 1, "text 0.")
    for number in range(1, 31):
        await changes_to(floor, 1, f"text {number}.")
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)

    def kept(conn: Connection) -> tuple[list[str], str, object]:
        line = transcript.said_at(conn, floor.turn(conn, "Boris").conversation.id, "cBoris", "1")
        assert line is not None
        earlier = [one.text for one in transcript.earlier(conn, [line.id])[line.id]]
        return earlier, line.content.text.text, line.content.details

    assert await floor.change(kept) == ([f"text {number}." for number in range(30)], "text 30.", {})


async def test_a_flood_of_changes_to_many_messages_comes_as_one_message_every_half_minute(floor: Floor) -> None:
    for number in range(1, 16):
        await writes(floor, number, f"old {number}.")
        floor.later(seconds=10)
    await in_topic(floor)
    shown = []
    for second in range(60):
        await changes_to(floor, second % 15 + 1, f"new {second}.")
        floor.later(seconds=1)
        await floor.sweep(pace.sweep_held)
        shown += await in_topic(floor)
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    shown += await in_topic(floor)

    assert len(shown) <= pace.MOST + 1 + 3
    whole = "\n".join(shown)
    assert [number for number in range(45, 60) if whole.count(f"reads now:\nnew {number}.") != 1] == []


async def test_a_line_that_was_held_back_and_changed_is_shown_once_as_it_reads_at_last(floor: Floor) -> None:
    for number in range(1, 31):
        await writes(floor, number, f"line {number}.")
    await changes_to(floor, 30, "line thirty.")
    before = "\n".join(await in_topic(floor))
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    after = "\n".join(await in_topic(floor))

    assert ("thirty" in before, after.count("line thirty."), after.count("line 30.")) == (False, 1, 0)
    assert CHANGED not in after


async def test_a_line_in_the_middle_of_a_flood_of_changes_does_not_begin_it_anew(floor: Floor) -> None:
    await writes(floor, 1, "text 0.")
    for number in range(1, 41):
        await changes_to(floor, 1, f"text {number}.")
    await writes(floor, 2, "and a line.")
    for number in range(41, 61):
        await changes_to(floor, 1, f"text {number}.")
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    told = await floor.told()

    topic = [text for where, text in told if where == "in Boris"]
    assert [text for where, text in told if where == "Boris"] == [floor.house.texts("en")("pace.slow_down")]
    assert topic.count("and a line.") == 1
    assert topic[-3:] == [
        f"{CHANGED}\ntext 40.\n\n{BEFORE}\ntext 20.",
        "and a line.",
        f"{CHANGED}\ntext 60.\n\n{BEFORE}\ntext 40.",
    ]


async def test_a_flood_of_changes_to_messages_that_never_came_is_slowed_like_lines(floor: Floor) -> None:
    for number in range(1, 61):
        await changes_to(floor, number, f"text {number}.")
    at_once = await in_topic(floor)
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    whole = "\n".join(at_once + await in_topic(floor))

    assert len(at_once) <= pace.MOST + 1
    assert [number for number in range(1, 61) if whole.count(f"text {number}.") != 1] == []


async def test_a_change_after_a_pause_is_shown_at_once_and_its_author_not_told_again(floor: Floor) -> None:
    await writes(floor, 1, "text 0.")
    for number in range(1, 41):
        await changes_to(floor, 1, f"text {number}.")
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    await floor.told()

    await changes_to(floor, 1, "at last.")

    assert await floor.told() == [("in Boris", f"{CHANGED}\nat last.\n\n{BEFORE}\ntext 40.")]
