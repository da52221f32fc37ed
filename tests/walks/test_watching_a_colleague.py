"""What a manager does with a chat that somebody else has: watches it live, whispers, passes it up, takes it over."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk
from tests.walks.steps import Console, card_reads, console_of, is_added, is_attended

pytestmark = pytest.mark.walk
PATIENCE = 20.0


async def _sees_happen(console: Console, after: int, wanted: str) -> tuple[int, dict[str, Any]]:
    """Return the next event of a kind on the console's live stream, with its number."""
    headers = {"Last-Event-ID": str(after)}
    number, kind = after, ""
    async with asyncio.timeout(PATIENCE), console.browser.stream("GET", "/console/events", headers=headers) as stream:
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "id":
                number = int(value)
            elif name == "event":
                kind = value
            elif name == "data" and kind == wanted:
                return number, dict(json.loads(value))
    raise AssertionError(f"the stream ended without {wanted}")


async def test_a_manager_watches_a_colleagues_chat_live_whispers_and_takes_it_over(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    await olga.says("/back")  # who never pressed Start cannot be told privately
    await olga.reads("Welcome back.")
    maria = await is_added(desk, sandbox, "Maria Manager", role="manager")
    topic = await is_attended(customer, olga)
    [(key, last)] = desk.rows(
        "SELECT c.id, (SELECT max(id) FROM events) FROM conversations c WHERE chat = ?", str(customer.id)
    )
    async with console_of(desk, maria, customer) as console:
        await customer.says("My cup has a crack")
        _, heard = await _sees_happen(console, int(str(last)), "message")
        watched = (await console.browser.get(console.path)).text
        await console.presses("say", text="Offer her a new one", note="1")
        whispered = await olga.reads_in(topic, "🔒")
        await console.presses("level", level="2")
        await card_reads(olga, topic, "Level 2")
        refused = await console.presses("say", text="I am sorry!", ownership=await console.ownership())
        taken = await console.presses("take-over")
        await customer.reads("Maria Manager is with you now.")
        lost = await olga.reads("took over")
        await console.presses("say", text="We send you a new one.", ownership=await console.ownership())
        said = await customer.reads()

    assert heard["conversation"] == key
    assert "My cup has a crack" in watched
    assert whispered.text == "🔒 Maria Manager: Offer her a new one"
    assert (refused.status_code, taken.status_code) == (409, 200)
    assert lost.text.startswith("Maria Manager took over #")
    assert said.text == "We send you a new one."
    assert [seen.text for seen in await customer.sees() if "new one" in seen.text] == [said.text]
