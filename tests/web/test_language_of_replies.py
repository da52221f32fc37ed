"""In which language the bot goes on: in what a customer plainly writes, else in the one so far."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.faq.entry import FaqEntry, Text
from bot.faq.store import replace_all
from bot.storage import schema
from tests.web.counter import Customers, customers_of
from tests.web.office import Office

BASE = [
    FaqEntry(
        "cost",
        {
            "en": Text("How much is delivery?", ("what does shipping cost",), "It is 5 €."),
            "de": Text("Was kostet die Lieferung?", ("Preis des Versands",), "Sie kostet 5 €."),
            "ru": Text("Сколько стоит доставка?", (), "5 €."),
        },
    )
]


@pytest.fixture
async def customers(office: Office) -> AsyncIterator[Customers]:
    await office.change(lambda conn: replace_all(conn, BASE, None, office.clock()))
    await office.house.knowledge_base.refresh()
    found = customers_of(office)
    yield found
    found.door.stop()


async def language(customers: Customers) -> str:
    query = select(schema.conversations.c.language)
    return str(await customers.office.read(lambda conn: conn.execute(query).scalar_one()))


@pytest.mark.parametrize("before", ["", "Was kostet die Lieferung?"])
@pytest.mark.parametrize(
    "question", ["Quels sont les délais des livraisons", "tu vends des theieres", "Kargo ücreti ne kadar"]
)
async def test_a_question_in_a_language_that_nobody_serves_leaves_the_language_as_it_was(
    customers: Customers, question: str, before: str
) -> None:
    for text in filter(None, (before, question)):
        await customers.type(text)
        await customers.are_served()

    assert await language(customers) == ("de" if before else "en")


async def test_who_writes_their_language_is_answered_in_it(customers: Customers) -> None:
    await customers.type("Was kostet die Lieferung nach Wien")
    await customers.are_served()

    assert await language(customers) == "de"
