"""The same chat on two screens: one works in the topic, one in the console."""

from __future__ import annotations

import asyncio

import pytest

from tests.sandbox_client import Customer, Operator
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, card_in, card_reads, console_of, is_named

pytestmark = pytest.mark.walk


async def test_a_claim_in_the_topic_and_one_in_the_console_at_the_same_moment_give_one_owner(
    desk: Desk, customer: Customer, olga: Operator, ada: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    card = await card_in(olga, topic)
    async with console_of(desk, ada, customer) as console:
        pressed, answer = await asyncio.gather(olga.presses_in(topic, "Claim", card), console.presses("claim"))
    heard = (await customer.reads()).text
    await is_named(olga, topic.thread, topic.name.replace("🟡", "🔵"))

    if answer.status_code == 200:
        winner, told = "Ada Keller", pressed
    else:
        assert answer.status_code == 409
        winner, told = "Olga Brandt", answer.json()["refusal"]
    assert heard == f"{winner} is with you now."
    assert told == f"{winner} has this chat."
    await card_reads(olga, topic, f"{winner} has it")
    assert len([seen for seen in await customer.sees() if "is with you now." in seen.text]) == 1


async def test_an_answer_of_somebody_who_lost_the_chat_is_refused_and_its_text_kept(
    desk: Desk, customer: Customer, max_: Operator, ada: Operator
) -> None:
    topic = await asks_for_a_person(customer, max_)
    async with console_of(desk, ada, customer) as console:
        await console.presses("claim")
        await customer.reads("Ada Keller is with you now.")
        ownership = await console.ownership()

        await max_.writes(topic, "/takeover")
        await customer.reads("Max Lindner is with you now.")
        late = await console.presses("say", text="I have looked it up.", ownership=ownership)
        page = await console.submits("say", text="I have looked it up.", ownership=ownership)
        await max_.writes(topic, "/release")
        await max_.reads_in(topic, "back in the queue")
        await customer.reads("A colleague goes on here")
        later = await console.presses("say", text="I have looked it up.", ownership=ownership)
        await console.presses("say", text="Now it is mine again.")

    assert (late.status_code, page.status_code, later.status_code) == (409, 409, 409)
    assert late.json()["refusal"].startswith("Max Lindner has this chat; nothing was sent.")
    assert ">I have looked it up.</textarea>" in page.text
    assert later.json()["refusal"].startswith("The chat changed hands meanwhile; your text was not sent.")
    assert [(await customer.reads()).text for _ in range(2)] == [
        "Ada Keller is with you now.",
        "Now it is mine again.",
    ]
