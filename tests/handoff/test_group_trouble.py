"""A group puts the bot out, or takes its rights: who can mend it hears so once, and once that it is well."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Happened, Happening, Where
from bot.domain.people import Role
from bot.handlers import dispatch, groups, undelivered
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

REFUSES = f"🚨 The bot may not open or close topics in the operators' group {GROUP.chat} any more."
REMOVED = f"🚨 The bot was put out of the operators' group {GROUP.chat}."
WELL = f"✅ The operators' group {GROUP.chat} takes topics from the bot again."


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Maria", Role.MANAGER)
    await floor.hires("Ada", Role.ADMIN)
    await floor.asks("Anna")
    await floor.told()
    return floor


async def happens(floor: Floor, what: Happening, detail: str = "") -> None:
    happened = Happened(GROUP, Where.GROUP, Author("1", "Root"), floor.now, what, detail)
    await floor.change(lambda conn: dispatch._group(floor.house, conn, happened, floor.now))  # noqa: SLF001 as the front door calls it


async def warned(floor: Floor) -> list[tuple[str, str]]:
    """Return who was told what privately, up to the end of the first sentence."""
    return [(who, text.partition(". ")[0].rstrip(".") + ".") for who, text in await floor.told() if "in " not in who]


@pytest.mark.parametrize(("what", "told"), [(Happening.RIGHTS_CHANGED, REFUSES), (Happening.BOT_REMOVED, REMOVED)])
async def test_admins_and_managers_hear_of_it_once_and_once_that_it_is_well(
    floor: Floor, what: Happening, told: str
) -> None:
    for _ in range(3):
        await happens(floor, what)
    first = await warned(floor)
    shown = groups.trouble(floor.house)
    for _ in range(2):
        await happens(floor, Happening.RIGHTS_CHANGED, "topics")

    assert first == [("Ada", told), ("Maria", told)]
    assert shown == ("group.refuses" if told == REFUSES else "group.removed")
    assert await warned(floor) == [("Ada", WELL), ("Maria", WELL)]
    assert groups.trouble(floor.house) == ""


async def test_an_older_topic_is_no_sign_that_a_right_is_back_and_a_new_one_is(floor: Floor) -> None:
    await happens(floor, Happening.RIGHTS_CHANGED)
    await warned(floor)
    floor.later(minutes=2)
    await floor.change(lambda conn: undelivered.open_missing(floor.house, conn, floor.now))
    before = await warned(floor)
    await floor.asks("Boris")
    await floor.change(lambda conn: undelivered.open_missing(floor.house, conn, floor.now))

    assert before == []
    assert ("Ada", WELL) in await warned(floor)


async def test_a_topic_that_could_not_be_closed_is_closed_when_the_right_is_back(floor: Floor) -> None:
    await happens(floor, Happening.RIGHTS_CHANGED)
    await floor.writes("Olga", "Anna", "/close")
    out = schema.outbox

    def refused(conn: Connection) -> None:
        conn.execute(out.update().where(out.c.act == "close_topic"), {"state": "failed"})

    def closings(conn: Connection) -> list[str]:
        return list(conn.execute(select(out.c.state).where(out.c.act == "close_topic").order_by(out.c.id)).scalars())

    await floor.change(refused)
    for _ in range(2):
        await happens(floor, Happening.RIGHTS_CHANGED, "topics")

    assert await floor.change(closings) == ["failed", "pending"]
