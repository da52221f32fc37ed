"""How a conversation ends: the score, the closed topic, and what opens it again."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Customer, Operator
from tests.walks.steps import is_attended, is_closed

pytestmark = pytest.mark.walk


async def test_after_close_the_customer_rates_and_the_topic_is_closed(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/close")
    asked = await customer.reads()
    await olga.reads_in(topic, "is closed.")
    await customer.presses("4", asked)
    await customer.reads("Would you like to add a word on it?")
    await customer.says("quick and kind")
    done = await customer.reads()
    await olga.reads_in(topic, "The customer's comment: quick and kind")

    assert asked.text == "Thank you. How was it?"
    assert [len(row) for row in asked.raw["reply_markup"]["inline_keyboard"]] == [5]
    assert asked.buttons == ("1 😞", "2", "3", "4", "5 🙂")
    assert done.text == "Thank you. If you need anything else, just write."
    now = await olga.topic(topic.thread)
    assert (now.closed, now.name) == (True, topic.name.replace("🟡", "✅"))


async def test_who_has_nothing_to_add_to_the_score_is_left_in_peace(customer: Customer, olga: Operator) -> None:
    topic = await is_closed(customer, olga)

    await customer.presses("5 🙂")
    comment = await customer.reads("add a word")
    answer = await customer.presses("No, that is all", comment)
    await customer.says("How much is delivery?")

    assert answer == "Thank you."
    assert "€4.90" in (await customer.reads()).text
    assert "The customer gave 5 of 5." in [seen.text for seen in await olga.sees_in(topic)]


async def test_telegrams_own_close_button_closes_the_ticket(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await olga.closes(topic)

    assert (await customer.reads()).text == "Thank you. How was it?"
    await customer.presses("3")
    assert (await olga.topic(topic.thread)).closed


async def test_a_thank_you_after_closing_opens_nothing(customer: Customer, olga: Operator) -> None:
    topic = await is_closed(customer, olga)

    await customer.says("thank you!")

    assert (await customer.reads()).text == "You are welcome."
    assert (await olga.topic(topic.thread)).closed


async def test_who_writes_again_gets_the_same_ticket_and_topic_back(customer: Customer, olga: Operator) -> None:
    topic = await is_closed(customer, olga)

    await customer.says("who won the chess olympiad in Budapest")
    await customer.reads("pass this")
    card = await olga.reads_in(topic, "The customer is back")

    assert card.text.splitlines()[1].startswith(topic.name.split()[1])
    assert "who won the chess olympiad" in card.text
    now = await olga.topic(topic.thread)
    assert (now.closed, now.name) == (False, topic.name)


async def test_an_operator_who_writes_to_a_closed_chat_opens_it_again(
    customer: Customer, olga: Operator, ada: Operator
) -> None:
    topic = await is_closed(customer, olga)

    await ada.writes(topic, "One more thing: it is on its way.")

    assert (await customer.reads()).text == "Ada Keller is with you now."
    assert (await customer.reads()).text == "One more thing: it is on its way."
    await customer.says("lovely")
    await olga.reads_in(topic, "lovely")
    now = await olga.topic(topic.thread)
    assert (now.closed, now.name) == (False, topic.name.replace("🟡", "🔵"))
