"""What Anna writes or changes in the chat whose ticket was taken in reaches the topic where the ticket goes on."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Edited, Place, Where
from bot.domain.message import Content, ContentKind, plain
from bot.handlers import changes, pace
from bot.messaging import conversations
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


async def merged_floor(database: Database) -> Floor:
    """Return a desk where Olga took the ticket of Anna's other chat, "Web", into Anna's."""
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")

    def web(conn: Connection) -> None:
        anna = floor.turn(conn, "Anna").conversation.customer_id
        found, _ = conversations.meet(conn, Place("telegram", "cWeb"), Author("cWeb", "Web"), "en", floor.now)
        conn.execute(schema.conversations.update().where(schema.conversations.c.id == found.id), {"customer_id": anna})

    await floor.change(web)
    await floor.asks("Web")
    await floor.writes("Olga", "Anna", f"/merge {(await floor.ticket('Web')).id}")
    await floor.told()
    return floor


async def edits(floor: Floor, number: str, text: str) -> None:
    """Let the one behind "Web" change a message."""

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Web")
        content = Content(ContentKind.TEXT, plain(text))
        edited = Edited(turn.conversation.place, Where.PRIVATE, Author("Web", "Web"), floor.now, number, content)
        turn.carry(changes.edited_by_customer(turn, edited))

    await floor.change(work)


async def in_topics(floor: Floor) -> dict[str, str]:
    """Return what stands in each topic since anybody looked last."""
    shown: dict[str, str] = {}
    for where, text in await floor.told():
        if where.startswith("in "):
            shown[where] = shown.get(where, "") + text + "\n"
    return shown


async def test_a_change_reaches_the_topic_where_the_ticket_goes_on(database: Database) -> None:
    floor = await merged_floor(database)
    await floor.says("Web", "deliver to Rose street 1")
    await floor.told()

    await edits(floor, str(next(floor.numbers) - 1), "deliver to Lily street 2")

    shown = await in_topics(floor)
    assert list(shown) == ["in Anna"]
    assert "deliver to Lily street 2" in shown["in Anna"]
    assert "deliver to Rose street 1" in shown["in Anna"]


async def test_a_change_that_comes_before_its_message_is_shown_there_once(database: Database) -> None:
    floor = await merged_floor(database)
    number = str(next(floor.numbers) + 1)

    await edits(floor, number, "deliver to Lily street 2")
    await floor.says("Web", "deliver to Rose street 1")

    shown = await in_topics(floor)
    assert (shown["in Anna"].count("street"), "in Web" in shown) == (1, False)
    assert "deliver to Lily street 2" in shown["in Anna"]


@pytest.mark.parametrize("more", ["", "and that was all."])
async def test_a_flood_is_shown_there_joined(database: Database, more: str) -> None:
    floor = await merged_floor(database)
    for number in range(30):
        await floor.says("Web", f"line {number}.")
    floor.later(seconds=11)

    if more:
        await floor.says("Web", more)
    await floor.sweep(pace.sweep_held)

    told = [(where, text) for where, text in await floor.told() if where.startswith("in ")]
    there = [text for where, text in told if where == "in Anna"]
    lines = [[int(number) for number in re.findall(r"line (\d+)\.", text)] for text in there]
    joined = [found for found in lines if len(found) > 1]
    assert [where for where, _ in told if where != "in Anna"] == []
    assert [number for found in lines for number in found] == list(range(30))
    assert joined == [list(range(19, 30))]  # /human was the first of the twenty
    assert len([text for text in there if "🐢" in text]) == 1
    assert there[-1].endswith(more or "line 29.")
    assert (await floor.ticket("Web")).merged_into == (await floor.ticket("Anna")).id


async def test_changes_that_come_too_fast_are_shown_there_joined(database: Database) -> None:
    floor = await merged_floor(database)
    await floor.says("Web", "deliver to Rose street 1")
    number = str(next(floor.numbers) - 1)
    for street in range(30):
        await edits(floor, number, f"deliver to Lily street {street}.")
    floor.later(seconds=11)

    await floor.sweep(pace.sweep_held)

    shown = await in_topics(floor)
    assert "in Web" not in shown
    assert "deliver to Lily street 29." in shown["in Anna"]


async def test_a_flood_waits_while_a_turn_is_at_the_chat_where_the_ticket_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = await merged_floor(database)
    for number in range(30):
        await floor.says("Web", f"line {number}.")
    floor.later(seconds=11)
    await floor.told()
    anna = await floor.change(lambda conn: floor.turn(conn, "Anna").conversation.id)
    at_rest = conversations.at_rest
    monkeypatch.setattr(conversations, "at_rest", lambda conn, key: None if key == anna else at_rest(conn, key))

    assert await floor.sweep(pace.sweep_held) == 0
    assert await floor.told() == []

    monkeypatch.undo()
    assert await floor.sweep(pace.sweep_held) == 1
    assert "line 29." in (await in_topics(floor))["in Anna"]
