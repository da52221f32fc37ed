"""What is sent to a form where it does not fit: said so, and kept where another field takes it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.message import ContentKind
from bot.orders import store
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor
from tests.handoff.test_shipped_forms import shipped


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    floor.house.forms = shipped()
    await floor.says("Anna", "/callback")
    return floor


async def bodies(floor: Floor) -> list[dict[str, Any]]:
    """Return all that was said to Anna, as the channel gets it."""

    def work(conn: Connection) -> list[dict[str, Any]]:
        out = schema.outbox
        query = select(out.c.body).where(out.c.act == "say", out.c.topic_id.is_(None)).order_by(out.c.id)
        return list(conn.execute(query).scalars())

    return await floor.house.database.read(work)


async def test_a_typed_number_takes_the_keyboard_for_sharing_it_along(floor: Floor) -> None:
    await floor.says("Anna", "Anna Vogt")
    asked = (await bodies(floor))[-1]
    await floor.says("Anna", "0151 12345678")

    noted, then = (await bodies(floor))[-2:]
    assert "ask_contact" in asked
    assert (noted["text"]["text"], noted["remove_keyboard"], bool(then["buttons"])) == ("Noted.", True, True)
    assert "When may we call?" in then["text"]["text"]


async def test_the_keyboard_is_taken_away_once(floor: Floor) -> None:
    for words in ("Anna Vogt", "0151 12345678", "nonsense"):
        await floor.says("Anna", words)

    assert [body["text"]["text"] for body in await bodies(floor) if body.get("remove_keyboard")] == ["Noted."]


async def test_a_cancelled_form_takes_its_keyboard_along(floor: Floor) -> None:
    for words in ("Anna Vogt", "cancel"):
        await floor.says("Anna", words)

    noted, then = (await bodies(floor))[-2:]
    assert noted["remove_keyboard"] is True
    assert "Shall I keep" in then["text"]["text"]


async def test_a_photo_where_words_are_asked_for_is_answered_with_a_word_and_the_question(floor: Floor) -> None:
    await floor.heard("Anna")

    await floor.says("Anna", "", ContentKind.PHOTO, file_id="f1")

    told = ["I can't use that as an answer here.", "Step 1 of 4", "Whom may we ask for?"]
    assert (await floor.heard("Anna"))[-1].splitlines() == told


async def test_a_number_that_is_shared_too_early_is_kept_for_its_question(floor: Floor) -> None:
    await floor.shares_number("Anna", "+4915112345678")
    then = (await floor.heard("Anna"))[-1]
    await floor.says("Anna", "Anna Vogt")

    assert then.splitlines()[1:] == ["Phone: +49 1511 2345678", "Step 1 of 4", "Whom may we ask for?"]
    assert "When may we call?" in (await floor.heard("Anna"))[-1]


async def test_a_second_press_of_the_last_button_says_nothing_more(floor: Floor) -> None:
    for words in ("Anna Vogt", "0151 12345678", "Friday morning"):
        await floor.says("Anna", words)
    last = (await bodies(floor))[-1]["buttons"][0][0][1]

    await floor.presses("Anna", last)
    once = await floor.heard("Anna")
    await floor.presses("Anna", last)

    assert once[-1].startswith("Thank you.")
    assert await floor.heard("Anna") == []
    assert len(await floor.house.database.read(store.list_orders)) == 1
