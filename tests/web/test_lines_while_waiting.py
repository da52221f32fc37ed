"""Lines of somebody who waits for people: each reaches them at once, and the bot answers them as one turn of talk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, select

from bot.channels import webchat
from bot.domain.conversation import Place
from bot.handlers import question
from bot.handlers.in_a_row import QUIET
from bot.handlers.meanwhile import AGAIN_AFTER
from bot.handoff import queue
from bot.messaging import conversations
from bot.storage import schema
from tests.web.counter import Customers, customers_of
from tests.web.office import Office

PRICE = "It is 5 €."
WAY_BACK = "Within 14 days."
PIECES = ["how much is", "delivery"]


@pytest.fixture
async def customers(office: Office) -> AsyncIterator[Customers]:
    """Customers of whom Anna waits for people."""
    found = customers_of(office)
    await found.type("/human")
    await found.are_served()
    office.clock.forward(minutes=1)
    yield found
    found.door.stop()


async def heard_since(customers: Customers) -> list[str]:
    """Return what Anna was told since she waits."""
    return (await customers.told())[1:]


async def test_a_question_in_pieces_is_answered_as_a_whole(customers: Customers) -> None:
    await customers.type(*PIECES)

    await customers.are_served()

    assert await heard_since(customers) == [PRICE]
    logged = await customers.office.read(lambda conn: conn.execute(select(schema.matches.c.question)).scalars().all())
    assert len(logged) == 1


async def test_each_line_is_with_the_people_before_the_next_is_waited_for(customers: Customers) -> None:
    seen: list[list[tuple[str, str]]] = []

    async def looks(*more: str) -> None:
        seen.append(await customers.talk())
        await customers.type(*more)

    await customers.type(PIECES[0])
    customers.pauses.steps = [lambda: looks(PIECES[1])]

    await customers.are_served()

    assert seen[0][-1] == ("customer", PIECES[0])
    assert await heard_since(customers) == [PRICE]
    assert customers.pauses.seconds == [QUIET.total_seconds()] * 2


async def test_five_lines_that_nothing_answers_get_no_word_and_open_nothing(customers: Customers) -> None:
    said = ["so", "my aunt in Oslo", "bought a teapot", "of yours", "and the lid sings"]
    await customers.type(*said)

    await customers.are_served()

    assert [text for author, text in await customers.talk() if author == "customer"] == ["/human", *said]
    assert await heard_since(customers) == []
    assert await customers.tickets() == 1


async def test_the_same_sure_question_typed_five_times_is_answered_once(customers: Customers) -> None:
    await customers.type(*["How much is delivery?"] * 5)

    await customers.are_served()

    assert await heard_since(customers) == [PRICE]
    assert len([author for author, _ in await customers.talk() if author == "customer"]) == 6


async def test_the_answer_before_the_wait_is_not_given_again_in_it(office: Office) -> None:
    customers = customers_of(office)
    await customers.type("How much is delivery?", "/human", "How much is delivery?")

    await customers.are_served()

    assert (await customers.told()).count(PRICE) == 1


async def test_what_is_asked_again_after_a_while_is_answered_again(customers: Customers) -> None:
    await customers.type("How much is delivery?")
    await customers.are_served()
    customers.office.clock.forward(seconds=AGAIN_AFTER.total_seconds() + 1)
    await customers.type("How much is delivery?")

    await customers.are_served()

    assert await heard_since(customers) == [PRICE, PRICE]


async def test_different_sure_questions_are_each_answered_at_once(customers: Customers) -> None:
    await customers.type("How much is delivery?", "How do I return it?")

    await customers.are_served()

    assert await heard_since(customers) == [PRICE, WAY_BACK]
    assert customers.pauses.seconds == []


async def test_who_is_taken_up_in_the_pause_hears_nothing_of_the_bot(customers: Customers) -> None:
    async def olga_comes() -> None:
        def claim(conn: Connection) -> None:
            found = conversations.find(conn, Place(webchat.NAME, "Anna"))
            assert found is not None
            ticket = queue.open_one(conn, found.id)
            assert ticket is not None
            queue.claim(conn, ticket.id, customers.office.people["Olga"], customers.office.clock())

        await customers.office.change(claim)
        await customers.type("/privacy")

    await customers.type(*PIECES)
    customers.pauses.steps = [olga_comes]

    await customers.are_served()

    assert PRICE not in await customers.told()
    assert [text for author, text in await customers.talk() if author == "customer"][-3:] == [*PIECES, "/privacy"]


async def test_a_base_that_fails_loses_no_line(customers: Customers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(question, "answer", fails)
    await customers.type(*PIECES)

    await customers.are_served()

    assert await heard_since(customers) == []
    assert [text for author, text in await customers.talk() if author == "customer"][-2:] == PIECES
    assert await customers.tickets() == 1
