"""How many answers are proposed to an operator for what a customer wrote."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import Snapshot
from bot.faq.matcher import Candidate, Match, NoMatch, Suggestions
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


async def test_of_all_that_fits_the_three_best_are_proposed(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    wordings = ("how heavy is the lid", "lid of the samovar", "how heavy is the lid of the samovar", "the heavy lid")
    for number, asked in enumerate((*wordings, "is the lid of the samovar heavy")):
        one = CannedAnswer(f"lid-{number}", {"en": "It weighs a pound."}, asked=(asked,))
        await floor.change(lambda conn: canned.save(conn, one, None, floor.now))  # noqa: B023 awaited here
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")

    await floor.says("Anna", "how heavy is the lid of the samovar")

    def below(conn: Connection) -> list[list[list[Any]]]:
        out = schema.outbox.c
        bodies = conn.execute(select(out.body).where(out.act == "say", out.topic_id.is_not(None)).order_by(out.id))
        found: list[list[list[list[Any]]]]
        found = [body["buttons"] for body in bodies.scalars() if "samovar" in body["text"]["text"]]
        return found[-1]

    labels = [button[0] for row in await floor.house.database.read(below) for button in row]
    assert len(labels) == 6, labels
    assert labels[0].startswith("1 · lid-2:")
    assert labels[3:] == ["✎ 1", "✎ 2", "✎ 3"]


async def below_lines(floor: Floor, words: str) -> list[bool]:
    """Return of each line with these words in the topic whether answers stand below it."""
    out = schema.outbox.c
    query = select(out.body).where(out.act == "say", out.topic_id.is_not(None)).order_by(out.id)
    bodies = await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))
    return [bool(body.get("buttons")) for body in bodies if body["text"]["text"] == words]


async def test_the_same_answers_do_not_stand_below_each_line_of_a_flood(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    one = CannedAnswer("lid", {"en": "It weighs a pound."}, asked=("how heavy is the lid",))
    await floor.change(lambda conn: canned.save(conn, one, None, floor.now))
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    for _ in range(3):
        floor.later(seconds=20)
        await floor.says("Anna", "How heavy is the lid?")
    await floor.writes("Olga", "Anna", "A pound.")
    await floor.says("Anna", "How heavy is the lid?")

    assert await below_lines(floor, "How heavy is the lid?") == [True, False, False, True]


@pytest.mark.parametrize(("shown", "offered"), [(False, False), (True, True)])
async def test_only_what_customers_would_be_shown_is_proposed(
    database: Database, *, shown: bool, offered: bool
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    home = FaqEntry("home", {"en": Text("Home?", (), "A courier rings at your door.")})
    floor.house.knowledge_base.snapshot = Snapshot(entries={"home": home})
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")

    near = (Candidate("home", 0.4),)
    match = Match(Suggestions(near) if shown else NoMatch(), 0.4, near, "en")
    await floor.asks_the_bot("Anna", "Sorry, I had blocked you", match)

    assert await below_lines(floor, "Sorry, I had blocked you") == [offered]
