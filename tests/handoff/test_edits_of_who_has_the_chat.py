"""An operator's change of what they wrote: passed on by who has the chat, and never as a message more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Edited, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.handlers import changes, topic
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

MUCH = "You get it for free. " * 300


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Max")
    await floor.asks("Anna")
    await _writes(floor, "Olga", "It costs 100")
    return floor


async def _writes(floor: Floor, who: str, text: str, kind: type[Said] = Said) -> None:
    """Let somebody write in Anna's topic, or change what stands there."""

    def work(conn: Connection) -> None:
        turn, person = floor.turn(conn, "Anna"), floor.person(conn, who)
        place = replace(GROUP, thread=str(turn.conversation.id))
        said = kind(place, Where.GROUP, Author(who, who), floor.now, "500", Content(ContentKind.TEXT, plain(text)))
        turn.carry(
            changes.edited_by_staff(turn, person, said)
            if isinstance(said, Edited)
            else topic.written(turn, person, said)
        )

    await floor.change(work)


async def _reaches(floor: Floor) -> list[tuple[str, str]]:
    """Return (act, first words) of what Anna gets of Olga's words."""
    out = schema.outbox.c
    mine = select(out.act, out.body).where(out.chat == "cAnna", out.author == "operator").order_by(out.id)
    rows = await floor.change(lambda conn: conn.execute(mine).all())
    return [(row.act, row.body["text"]["text"][:12]) for row in rows]


@pytest.mark.parametrize("then", ["It costs 120", MUCH])
async def test_who_lost_the_chat_changes_nothing_in_it(floor: Floor, then: str) -> None:
    await floor.writes("Max", "Anna", "/takeover")
    await floor.told()

    await _writes(floor, "Olga", then, Edited)

    assert await _reaches(floor) == [("say", "It costs 100")]
    assert await floor.heard("in Anna") == [floor.house.texts("en")("desk.edit_not_yours", name="Max")]


@pytest.mark.parametrize("end", ["/release", "/close"])
async def test_while_nobody_has_the_chat_its_writer_may_change_what_they_wrote(floor: Floor, end: str) -> None:
    await floor.writes("Olga", "Anna", end)

    await _writes(floor, "Olga", "It costs 120", Edited)

    assert await _reaches(floor) == [("say", "It costs 100"), ("edit", "It costs 120")]


async def test_a_manager_may_change_what_they_wrote_whoever_has_the_chat(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Maria", Role.MANAGER)
    await floor.hires("Max")
    await floor.asks("Anna")
    await _writes(floor, "Maria", "It costs 100")
    await floor.writes("Max", "Anna", "/takeover")

    await _writes(floor, "Maria", "It costs 120", Edited)

    assert await _reaches(floor) == [("say", "It costs 100"), ("edit", "It costs 120")]


async def test_a_change_that_needs_more_messages_is_not_passed_on_and_its_writer_hears_so(floor: Floor) -> None:
    await floor.told()

    await _writes(floor, "Olga", MUCH, Edited)
    told = await floor.heard("in Anna")
    await _writes(floor, "Olga", "It costs 120", Edited)

    assert told == [floor.house.texts("en")("desk.edit_too_long")]
    assert await _reaches(floor) == [("say", "It costs 100"), ("edit", "It costs 120")]
