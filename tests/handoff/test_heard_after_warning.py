"""Who was told "write anything and it stays open" is heard, whatever it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Edited, Reacted, Where
from bot.domain.message import Content, ContentKind, plain
from bot.handlers import changes, closing, marks
from bot.handoff.ticket import State
from bot.messaging import transcript
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database, tmp_path: Path) -> Floor:
    """Return a desk whose Anna was answered a day ago and has just been warned."""
    floor = open_floor(database)
    floor.rule("[auto_close]\nhours = 48\nwarning_hours = 24\n", tmp_path)
    await floor.hires("Olga")
    await floor.asks("Anna")
    await floor.says("Anna", "My teapot leaks")
    await floor.writes("Olga", "Anna", "Please try it with less water.")
    floor.later(hours=24)
    await floor.sweep(closing.sweep_quiet)
    floor.later(hours=1)
    await floor.told()
    return floor


async def reacts(floor: Floor) -> None:
    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Anna")
        place = turn.conversation.place
        turn.carry(
            marks.by_customer(turn, Reacted(place, Where.PRIVATE, Author("cAnna", "Anna"), floor.now, "1", "👍"))
        )

    await floor.change(work)


async def corrects(floor: Floor) -> None:
    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Anna")
        lines = transcript.last(conn, turn.conversation.id, 20)
        line = next(one for one in lines if one.content.text.text == "My teapot leaks")
        content = Content(ContentKind.TEXT, plain("My teapot leaked"))
        who, where = Author("cAnna", "Anna"), Where.PRIVATE
        edited = Edited(turn.conversation.place, where, who, floor.now, line.source[1], content)
        turn.carry(changes.edited_by_customer(turn, edited))

    await floor.change(work)


ANYTHING: dict[str, Callable[[Floor], Awaitable[None]]] = {
    "a thumb": lambda floor: floor.says("Anna", "👍"),
    "thanks": lambda floor: floor.says("Anna", "Thank you!"),
    "an ok": lambda floor: floor.says("Anna", "ok"),
    "a goodbye": lambda floor: floor.says("Anna", "bye"),
    "a call": lambda floor: floor.says("Anna", "/human"),
    "a press": lambda floor: floor.presses("Anna", "topics"),
    "a reaction": reacts,
    "a correction": corrects,
}


@pytest.mark.parametrize("anything", ANYTHING)
async def test_whatever_a_customer_does_after_the_warning_keeps_the_chat_open(floor: Floor, anything: str) -> None:
    await ANYTHING[anything](floor)

    told = [text for who, text in await floor.told() if who == "in Anna"]
    floor.later(hours=24)
    await floor.sweep(closing.sweep_quiet)

    assert (await floor.ticket("Anna")).state is State.ASSIGNED
    assert told, "Olga reads in the topic that the customer is there"


async def test_who_does_nothing_after_the_warning_is_not_heard_of(floor: Floor) -> None:
    floor.later(hours=24)
    await floor.sweep(closing.sweep_quiet)

    assert (await floor.ticket("Anna")).state is State.CLOSED
