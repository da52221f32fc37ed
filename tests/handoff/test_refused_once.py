"""Refusals in a topic: said once to each person, whatever they go on writing; the group's minute is for customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.handlers import topic
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    for name in ("Olga", "Max"):
        await floor.hires(name)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Hello!")
    await floor.told()
    return floor


async def stranger_writes(floor: Floor, stranger: str, about: str = "Anna") -> None:
    def work(conn: Connection) -> None:
        turn = floor.turn(conn, about)
        place = replace(GROUP, thread=str(turn.conversation.id))
        content = Content(ContentKind.TEXT, plain("let me in"))
        said = Said(place, Where.GROUP, Author(stranger, "Somebody"), floor.now, str(next(floor.numbers)), content)
        turn.carry(topic.stranger(said, turn))

    await floor.change(work)


async def sends_album(floor: Floor, who: str, album: str) -> None:
    for number in range(10):

        def work(conn: Connection, number: int = number) -> None:
            turn, person = floor.turn(conn, "Anna"), floor.person(conn, who)
            place = replace(GROUP, thread=str(turn.conversation.id))
            photo = Content(ContentKind.PHOTO, plain(""), {"file_id": f"F{number}"})
            author = Author(person.telegram_id, who)
            said = Said(place, Where.GROUP, author, floor.now, str(next(floor.numbers)), photo, album=album)
            turn.carry(topic.written(turn, person, said))

        await floor.change(work)


async def test_somebody_who_is_not_listed_is_told_once_and_again_only_much_later(floor: Floor) -> None:
    for _ in range(40):
        await stranger_writes(floor, "666")
        floor.now += SECOND
    await stranger_writes(floor, "667")

    first = await floor.told()
    floor.now += 10 * MINUTE
    await stranger_writes(floor, "666")

    assert [where for where, _ in first] == ["in Anna", "in Anna"]
    assert ["666" in text for _, text in first] == [True, False]
    assert len(await floor.told()) == 1


async def test_an_album_of_somebody_who_has_not_the_chat_is_refused_once_and_nothing_of_it_goes_out(
    floor: Floor,
) -> None:
    await sends_album(floor, "Max", "A")

    told = await floor.told()

    assert [(where, "Olga" in text) for where, text in told] == [("in Anna", True)]


async def test_lines_of_somebody_who_lost_the_chat_are_refused_as_one_and_told_again_after_a_minute(
    floor: Floor,
) -> None:
    for text in ("one", "two", "three"):
        await floor.writes("Max", "Anna", text)
    at_once = await floor.told()
    floor.now += MINUTE + SECOND
    await floor.writes("Max", "Anna", "four")

    assert [len(at_once), len(await floor.told())] == [1, 1]
    assert await floor.owner("Anna") == "Olga"
