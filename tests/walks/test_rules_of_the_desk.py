"""What a card tells, who gets which chat, and what a customer finds who comes back: the rules of a desk, in stories."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, card_reads, is_added, is_closed

pytestmark = pytest.mark.walk
LONG_AGO = "2020-01-01 00:00:00.000000"


def _orders(desk: Desk, customer: Customer, number: str) -> None:
    """Let a customer have ordered; the form is walked through elsewhere."""
    desk.write(
        "INSERT INTO orders (number, conversation_id, customer_id, form, answers, summary, created_at)"
        " SELECT ?, id, customer_id, 'order', '{}', '[]', ? FROM conversations WHERE chat = ?",
        number,
        LONG_AGO,
        str(customer.id),
    )


async def test_the_card_tells_of_the_order_and_of_what_the_bot_tried_with_its_confidence(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    await customer.says("my parcel")
    await customer.reads("Do you mean")
    _orders(desk, customer, "S-7001")

    await customer.says("/human")
    await customer.reads("pass this")
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why:")

    assert "Last order: S-7001, new" in card.text.splitlines()
    tried = r"^The bot offered as possible answers: [\w-]+ \d+ %, [\w-]+ \d+ %"
    assert re.search(tried, card.text, re.MULTILINE), card.text


async def test_who_comes_back_too_late_gets_a_new_ticket_whose_card_names_the_earlier_one(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    topic = await is_closed(customer, olga)
    number = int(topic.name.split("#")[1].split()[0])
    desk.write("UPDATE tickets SET closed_at = ? WHERE id = ?", LONG_AGO, number)

    await customer.says("/human")
    await customer.reads("pass this")
    card = await card_reads(olga, topic, "1 earlier ticket")

    now = await olga.topic(topic.thread)
    assert int(now.name.split("#")[1].split()[0]) > number
    assert not now.closed
    assert "The customer is back" not in card.text
    assert desk.rows("SELECT state FROM tickets WHERE id = ?", number) == [("closed",)]


async def test_a_customer_is_asked_how_it_was_once_a_ticket(customer: Customer, olga: Operator, ada: Operator) -> None:
    topic = await is_closed(customer, olga)
    await customer.presses("4")
    await customer.presses("No, that is all", await customer.reads("add a word"))
    await ada.writes(topic, "One thing more.")
    await customer.reads("One thing more.")

    await ada.writes(topic, "/close")

    last = await customer.reads()
    assert (last.text, last.buttons) == ("We have closed this. Write whenever you need something.", ())


async def test_a_skill_and_a_language_decide_who_gets_a_chat_with_next(
    desk: Desk, sandbox: SandboxClient, olga: Operator
) -> None:
    able = await is_added(desk, sandbox, "Sara Skill", skills=["refunds"], languages=["ru"])
    others = [
        await is_added(desk, sandbox, "Ulla Unskilled", languages=["ru"]),
        await is_added(desk, sandbox, "Ella English", skills=["refunds"], languages=["en"]),
    ]
    vera = await sandbox.customer("Vera of the refund", language="ru")
    await vera.says("/human")
    topic = await olga.finds_topic(vera.name)
    for command in ("/priority urgent", "/skill refunds"):
        await olga.sees_sign(await olga.writes(topic, command), "👌")
    await card_reads(olga, topic, "Priority: urgent · Skill: refunds")

    told = []
    for person in (*others, able):
        await person.says("/next")
        told.append((await person.reads()).text.splitlines()[0])

    assert [vera.name in text for text in told] == [False, False, True]
    await card_reads(olga, topic, "Sara Skill has it")


async def test_two_who_ask_for_the_next_chat_at_the_same_moment_get_one_each(
    desk: Desk, sandbox: SandboxClient, olga: Operator
) -> None:
    people = [await is_added(desk, sandbox, name) for name in ("Nina Next", "Nick Next")]
    waiting = [await sandbox.customer(f"Waits for two {number}") for number in range(2)]
    for customer in waiting:
        topic = await asks_for_a_person(customer, olga)
        await olga.sees_sign(await olga.writes(topic, "/priority urgent"), "👌")

    await asyncio.gather(*(person.says("/next") for person in people))
    given = [(await person.reads("now.")).text.splitlines()[0] for person in people]
    heard = [(await customer.reads()).text for customer in waiting]

    assert [sum(customer.name in text for text in given) for customer in waiting] == [1, 1]
    assert sorted(heard) == ["Nick Next is with you now.", "Nina Next is with you now."]


@pytest.mark.parametrize(
    ("language", "hello", "late"),
    [
        (
            "en",
            "Hello, Olga here. How can I help you?",
            (
                "I am sorry that your order S-{n} keeps you waiting, {first}. I am asking the parcel service now"
                " and write to you here."
            ),
        ),
        (
            "de",
            "Guten Tag, hier ist Olga. Wie kann ich Ihnen helfen?",
            (
                "Es tut mir leid, dass Sie auf Ihre Bestellung S-{n} warten müssen, {first}. Ich frage jetzt beim"
                " Paketdienst nach und melde mich hier."
            ),
        ),
        (
            "ru",
            "Здравствуйте, меня зовут Olga. Чем могу помочь?",
            (
                "{first}, приносим извинения за задержку заказа S-{n}. Сейчас уточняем у службы доставки и напишем вам"
                " здесь."
            ),
        ),
    ],
)
async def test_canned_answers_are_found_by_key_filled_in_and_sent_in_the_customers_language(
    desk: Desk, sandbox: SandboxClient, olga: Operator, language: str, hello: str, late: str
) -> None:
    anna = await sandbox.customer(f"Anna {language}", language=language, last_name="Vogt")
    await anna.says("/human")
    topic = await olga.finds_topic(anna.name)
    await olga.reads_in(topic, "Why:")
    number = {"en": "8001", "de": "8002", "ru": "8003"}[language]
    _orders(desk, anna, f"S-{number}")
    after = anna.reader.after

    for key in ("hello", "late"):
        await olga.writes(topic, f"/canned {key}")
        await olga.presses_in(topic, f"1 · {key}", await olga.reads_in(topic, "Found"))

    await anna.reads(hello)
    sent = await anna.reads(late.format(n=number, first="Anna"))
    assert [(one["type"], one["length"]) for one in sent.entities] == [("bold", len(number) + 2)]
    assert anna.reader.after > after
    assert not [seen.text for seen in await anna.sees() if "{" in seen.text]
