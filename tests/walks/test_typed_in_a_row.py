"""A customer in Telegram who types several messages in a row, and gets one answer to them."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Customer, Operator
from tests.walks.conftest import Desk

pytestmark = pytest.mark.walk


async def test_five_lines_in_a_row_get_one_offer_and_one_hand_over(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    lines = ["so", "my aunt in Oslo", "has a teapot of yours", "since Sunday", "and its lid sings"]
    for line in lines:
        await customer.says(line)

    await customer.presses("None of these – talk to a person", await customer.reads("Do you mean one of these?"))
    await customer.reads("pass this")
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why:")

    assert "and its lid sings" in card.text
    kept = desk.rows(
        "SELECT author, text FROM messages WHERE conversation_id = (SELECT c.id FROM conversations c JOIN customers p"
        " ON p.id = c.customer_id WHERE p.name = ?) ORDER BY id",
        customer.name,
    )
    assert [text for author, text in kept if author == "customer"] == lines
    assert len([text for author, text in kept if author == "bot"]) == 2


async def test_a_greeting_and_a_question_in_two_lines_get_the_answer_to_the_question(customer: Customer) -> None:
    await customer.says("hello")
    await customer.says("How much is delivery?")

    assert "€4.90" in (await customer.reads()).text


async def test_a_command_between_two_lines_keeps_its_place(customer: Customer) -> None:
    await customer.says("hello")
    await customer.says("/topics")
    await customer.says("hello")

    assert (await customer.reads()).text.startswith("Hello!")
    assert "What is it about?" in (await customer.reads()).text
    assert (await customer.reads()).text.startswith("Hello!")
