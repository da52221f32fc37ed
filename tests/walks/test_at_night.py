"""A desk at night: what customers are told while nobody is at work, and what works all the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import FEW_QUESTIONS, Desk, make_desk, run

pytestmark = pytest.mark.walk
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Start a desk that promises an answer within seconds and is next at work in three days."""
    folder: Path = tmp_path_factory.mktemp("night")
    sandbox, desk = make_desk(folder, **FEW_QUESTIONS)
    rules = folder / "config" / "handoff.toml"
    day = DAYS[(datetime.now(UTC) + timedelta(days=3)).weekday()]
    text = rules.read_text(encoding="utf-8").replace('first_answer = "10 h"', 'first_answer = "4 s"')
    rules.write_text(f'{text}\n[hours]\n{day} = ["9:00-18:00"]\n', encoding="utf-8")
    with run(sandbox, desk) as running:
        yield running


@pytest.fixture
async def sandbox(desk: Desk) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(desk.sandbox_url) as client:
        yield client


async def test_out_of_hours_a_customer_hears_when_somebody_is_back_and_nobody_is_hurried(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    await olga.says("/back")
    await olga.reads()

    await customer.says("/human")
    told = await customer.reads()
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why:")
    await customer.presses("Leave a phone number", told)
    await customer.reads("phone number or an e-mail")
    await customer.says("jo@example.org")
    kept = await customer.reads("Noted")
    await customer.says("How much is delivery?")
    answered = await customer.reads()
    await olga.hears_nothing(within=8)  # four seconds at work would be over by now
    await olga.writes(topic, "I am here by chance.")

    assert re.match(r"We are back .+ at 9:00\. Your message is with us; you need not write again\.$", told.text)
    assert told.buttons == ("It is solved – nobody needed", "Leave a phone number or e-mail")
    assert "First answer due" in card.text
    assert "jo@example.org" in kept.text
    assert "€4.90" in answered.text
    await customer.reads("Olga Brandt is with you now.")
    assert (await customer.reads()).text == "I am here by chance."
    assert [seen.text for seen in await olga.sees_in(topic) if seen.text.startswith(("⏰", "⚠️", "🚨"))] == []
