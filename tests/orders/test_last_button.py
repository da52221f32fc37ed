"""What stands on the button by which it is ordered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.orders.definition import FormBroken, FormDefinition, load
from bot.orders.forms import Forms
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

FORM = """
key = "order"
title = { en = "Order", de = "Bestellung" }
MORE
[[fields]]
key = "what"
kind = "text"
label = { en = "What", de = "Was" }
question = { en = "What?", de = "Was?" }
[[fields]]
key = "confirm"
kind = "confirm"
question = { en = "Right?", de = "Richtig?" }
"""


@pytest.fixture
def form(tmp_path: Path) -> Callable[[str], FormDefinition]:
    def made(head: str) -> FormDefinition:
        (tmp_path / "order_form.toml").write_text(FORM.replace("MORE", head), encoding="utf-8")
        return load(tmp_path / "order_form.toml")

    return made


async def last_button(floor: Floor, definition: FormDefinition, language: str) -> str:
    floor.house.forms = Forms((definition,))
    await floor.change(lambda conn: floor.turn(conn, "Anna").speak(language))
    for words in ("/order", "tea"):
        await floor.says("Anna", words)
    out = schema.outbox
    last = select(out.c.body).where(out.c.act == "say").order_by(out.c.id.desc()).limit(1)
    body = await floor.house.database.read(lambda conn: conn.execute(last).scalar_one())
    return str(body["buttons"][0][0][0])


@pytest.mark.parametrize(
    ("head", "language", "says"),
    [
        ('total = { en = "Total", de = "Summe" }', "de", "Zahlungspflichtig bestellen"),
        ('total = { en = "Total", de = "Summe" }', "en", "Order"),
        ("", "de", "Bestellen"),
        ('submit = { en = "Order and pay", de = "Kaufen" }', "de", "Kaufen"),
    ],
)
async def test_the_last_button_says_what_is_at_stake(
    database: Database,
    form: Callable[[str], FormDefinition],
    head: str,
    language: str,
    says: str,
) -> None:
    assert await last_button(open_floor(database), form(head), language) == says


def test_the_last_buttons_words_are_given_in_every_language_of_the_form(
    form: Callable[[str], FormDefinition],
) -> None:
    with pytest.raises(FormBroken, match=r"submit"):
        form('submit = { en = "Buy" }')
