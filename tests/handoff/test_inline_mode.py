"""Inline mode at the desk: each key pressed is a question, and few of them leave anything behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place, Sought, Where
from bot.domain.people import Role
from bot.handlers import inline
from bot.handlers.question import Asked
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

HOUR = timedelta(hours=1)


async def searches(floor: Floor, person: str, words: str) -> None:
    place = Place("telegram", person)
    sought = Sought(place, Where.ELSEWHERE, Author(person, "Somebody"), floor.now, f"q {words}", words)
    asked = Asked(None, floor.house.knowledge_base.snapshot)
    await floor.change(lambda conn: inline.answer(floor.house, conn, sought, asked, floor.now))


async def answers(floor: Floor) -> list[Mapping[str, Any]]:
    def work(conn: Connection) -> list[Mapping[str, Any]]:
        rows = select(schema.outbox.c.body).where(schema.outbox.c.act == "answer_search").order_by(schema.outbox.c.id)
        return [dict(body) for body in conn.execute(rows).scalars()]

    return await floor.house.database.read(work)


async def test_a_stranger_who_types_gets_one_empty_answer_that_telegram_keeps(database: Database) -> None:
    floor = open_floor(database)
    for words in ("d", "de", "del", "deli"):
        await searches(floor, "666", words)

    before = await answers(floor)
    await searches(floor, "667", "d")

    assert before == [{"query": "q d", "results": [], "cached": 3600}]
    assert len(await answers(floor)) == 2


async def test_an_answer_to_fewer_letters_that_has_not_gone_makes_room_for_the_next(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga", Role.OPERATOR)
    olga = await floor.house.database.read(lambda conn: floor.person(conn, "Olga").telegram_id)
    for words in ("d", "de", "del"):
        await searches(floor, olga, words)

    assert [one["query"] for one in await answers(floor)] == ["q del"]
