"""What a customer types in a row is one question: one answer, one hand-over; a sure one is not made to wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import Connection, select

from bot.channels import webchat
from bot.domain.conversation import Place
from bot.faq.entry import FaqEntry, Text
from bot.faq.store import replace_all
from bot.handlers.dispatch import AT_ONCE, FrontDoor
from bot.handlers.in_a_row import LONGEST, MOST, QUIET
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.messaging import conversations, inbox
from bot.storage import schema
from tests.web.counter import Customers, customers_of
from tests.web.office import FAQ, Office

HELLO = "Hello! What can I do for you?"
PRICE = "It is 5 €."
TAKEN = "I'll pass this to a colleague."


@pytest.fixture
async def customers(office: Office) -> AsyncIterator[Customers]:
    found = customers_of(office)
    yield found
    found.door.stop()


async def test_five_greetings_get_one_greeting_and_stay_five_lines(customers: Customers) -> None:
    said = ["hi", "hello", "hey", "hello", "hi!"]
    await customers.type(*said)

    await customers.are_served()

    assert await customers.talk() == [*(("customer", text) for text in said), ("bot", HELLO)]
    query = select(schema.messages.c.source_message).order_by(schema.messages.c.id)
    sources = await customers.office.read(lambda conn: conn.execute(query).scalars().all())
    assert list(sources) == ["1", "2", "3", "4", "5", ""]


async def test_five_lines_that_nothing_answers_are_handed_over_once(customers: Customers) -> None:
    said = ["so", "my aunt in Oslo", "bought a teapot", "of yours", "and the lid sings"]
    await customers.type(*said)

    await customers.are_served()

    talk = await customers.talk()
    assert talk[:-1] == [("customer", text) for text in said]
    assert TAKEN in talk[-1][1]
    assert await customers.tickets() == 1
    logged = await customers.office.read(lambda conn: conn.execute(select(schema.matches.c.question)).scalars().all())
    assert len(logged) == 1
    assert all(words in logged[0] for words in ("teapot", "lid sings"))


async def test_a_question_typed_in_pieces_is_understood_as_a_whole(customers: Customers) -> None:
    await customers.type("how much is", "delivery")

    await customers.are_served()

    assert await customers.told() == [PRICE]


async def test_a_sure_question_waits_for_nothing(customers: Customers) -> None:
    await customers.type("How much is delivery?")

    await customers.are_served()

    assert await customers.told() == [PRICE]
    assert customers.pauses.seconds == []


async def test_a_sure_question_behind_a_greeting_ends_the_waiting(customers: Customers) -> None:
    await customers.type("hello")
    customers.pauses.steps = [lambda: customers.type("How much is delivery?")]

    await customers.are_served()

    assert await customers.told() == [PRICE]
    assert customers.pauses.seconds == [QUIET.total_seconds()]


async def test_who_calls_for_a_person_waits_for_nothing_more(customers: Customers) -> None:
    await customers.type("hm")
    customers.pauses.steps = [lambda: customers.type("operator please")]

    await customers.are_served()

    assert len(await customers.told()) == 1
    assert await customers.tickets() == 1
    assert len(customers.pauses.seconds) == 1


async def test_what_is_open_beside_a_sure_answer_is_named(customers: Customers) -> None:
    await customers.type("why does the teapot of my aunt sing?", "How much is delivery?")

    await customers.are_served()

    price, rest = await customers.told()
    assert price == PRICE
    assert "“why does the teapot of my aunt sing?”" in rest


async def test_nobody_types_longer_than_the_longest_wait(customers: Customers) -> None:
    async def another() -> None:
        customers.office.clock.forward(seconds=1.4)
        await customers.type("hi")

    await customers.type("hello")
    customers.pauses.steps = [another] * 4

    await customers.are_served()

    assert await customers.told() == [HELLO, HELLO]
    assert [author for author, _ in await customers.talk()] == ["customer"] * 4 + ["bot", "customer", "bot"]
    left = LONGEST.total_seconds() - 3 * 1.4
    assert customers.pauses.seconds == pytest.approx([1.5, 1.5, 1.5, left, 1.5])


async def test_a_command_in_between_ends_the_group_and_keeps_its_place(customers: Customers) -> None:
    await customers.type("hi", "hello", "/topics", "hey", "hi")

    await customers.are_served()

    assert await customers.told() == [HELLO, "What is it about?", HELLO]
    assert [author for author, _ in await customers.talk()] == [
        *["customer"] * 2, "bot", "customer", "bot", *["customer"] * 2, "bot",
    ]  # fmt: skip


async def test_a_press_in_between_comes_behind_what_was_typed_before_it(customers: Customers) -> None:
    await customers.type("hi", "hello")
    customers.pauses.steps = [lambda: customers.press("topics")]

    await customers.are_served()

    assert await customers.told() == [HELLO, "What is it about?"]


async def test_what_came_in_while_nobody_worked_is_not_waited_for_again(customers: Customers) -> None:
    await customers.type("hi", "hello")
    customers.office.clock.forward(minutes=1)
    await customers.type("hey")
    customers.office.clock.forward(minutes=1)

    await customers.are_served()

    assert await customers.told() == [HELLO, HELLO]
    assert customers.pauses.seconds == []


async def test_a_door_that_closes_leaves_what_waits_to_the_next_one(customers: Customers) -> None:
    async def closes() -> None:
        customers.door.stop()

    await customers.type("hi", "hello")
    customers.pauses.steps = [closes]
    async with asyncio.timeout(10):
        await customers.door.run()

    assert await customers.talk() == []
    assert len(await customers.office.read(lambda conn: inbox.look(conn, [webchat.NAME], 9))) == 2

    customers.door = FrontDoor(customers.office.house, customers.pauses)
    await customers.are_served()

    assert await customers.talk() == [("customer", "hi"), ("customer", "hello"), ("bot", HELLO)]


async def test_what_another_worker_took_meanwhile_is_not_taken_twice(customers: Customers) -> None:
    async def another_worker() -> None:
        rows = await customers.office.read(lambda conn: inbox.look(conn, [webchat.NAME], 1))
        await customers.office.change(lambda conn: inbox.settle(conn, rows[0][0], customers.office.clock()))
        await customers.type("hey")

    await customers.type("hi", "hello")
    customers.pauses.steps = [another_worker]

    await customers.are_served()

    lines = [text for author, text in await customers.talk() if author == "customer"]
    assert lines == ["hello", "hey"]


async def test_who_is_taken_up_by_people_meanwhile_is_not_answered_by_the_bot(customers: Customers) -> None:
    async def is_taken_up() -> None:
        now = customers.office.clock()

        def open_ticket(conn: Connection) -> None:
            found = conversations.find(conn, Place(webchat.NAME, "Anna"))
            assert found is not None
            ticket, _ = queue.open_ticket(conn, found.id, Reason.STAFF, now)
            queue.claim(conn, ticket.id, customers.office.people["Olga"], now)

        await customers.office.change(open_ticket)
        await customers.type("hey")

    await customers.type("/topics", "hi", "hello")
    customers.pauses.steps = [is_taken_up]

    await customers.are_served()

    assert await customers.talk() == [
        ("customer", "/topics"),
        ("bot", "What is it about?"),
        *(("customer", text) for text in ("hi", "hello", "hey")),
    ]


async def test_who_fills_in_the_form_or_waits_for_people_is_not_made_to_wait(customers: Customers) -> None:
    await customers.type("/order", "hello", "hi", who="Anna")
    await customers.type("/human", "hello", "hi", who="Boris")

    await customers.are_served()

    assert customers.pauses.seconds == []


async def test_near_matches_are_chosen_by_number_at_once(customers: Customers) -> None:
    twins = [
        FaqEntry(f"twin-{name}", {"en": Text(f"Twin {name}", ("twins",), f"It is {name}.")}) for name in ("blue", "red")
    ]
    await customers.office.change(lambda conn: replace_all(conn, [*FAQ, *twins], None, customers.office.clock()))
    await customers.office.house.knowledge_base.refresh()
    await customers.type("twins")
    customers.office.clock.forward(minutes=1)
    await customers.type("2")

    await customers.are_served()

    assert (await customers.told())[1:] == ["It is red."]
    assert customers.pauses.seconds == []


async def test_those_who_wait_take_nobodys_place(customers: Customers) -> None:
    async def until_boris_is_answered() -> None:
        async with asyncio.timeout(20):
            while not await customers.told("Boris"):
                await customers.office.house.events_bell.wait(customers.office.house.events_bell.rings, 0.05)

    many = [f"Anna {number}" for number in range(AT_ONCE)]
    for who in many:
        await customers.type("hello", who=who)
    await customers.type("How much is delivery?", who="Boris")
    customers.pauses.steps = [_then(until_boris_is_answered, customers, who) for who in many]

    await customers.are_served()

    assert await customers.told("Boris") == [PRICE]
    assert [await customers.told(who) for who in many] == [[HELLO]] * AT_ONCE


def _then(first: Callable[[], Awaitable[None]], customers: Customers, who: str) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await first()
        await customers.type("hi", who=who)

    return step


async def test_a_flood_still_begins_slow_mode_and_loses_no_line(customers: Customers) -> None:
    said = [f"hello {'o' * number}" for number in range(2 * MOST + 5)]
    await customers.type(*said)

    await customers.are_served()

    talk = await customers.talk()
    assert [text for author, text in talk if author == "customer"] == said
    assert len([text for author, text in talk if author == "bot"]) == 2
