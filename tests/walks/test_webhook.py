"""The bot behind a webhook: only Telegram's own calls are taken, and they are taken like polled ones."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk, own_desk
from tests.walks.steps import is_attended

pytestmark = pytest.mark.walk
SECRET = "only-telegram-knows-this-one"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with own_desk(
        tmp_path_factory.mktemp("webhook"),
        SUPPORTBOT_TELEGRAM__MODE="webhook",
        SUPPORTBOT_TELEGRAM__WEBHOOK_URL=f"http://127.0.0.1:{port}/webhooks/telegram",
        SUPPORTBOT_TELEGRAM__WEBHOOK_SECRET=SECRET,
        SUPPORTBOT_WEB__PORT=str(port),
    ) as desk:
        yield desk


async def _posts(desk: Desk, body: bytes, *, secret: str | None = SECRET) -> int:
    """Post an update to the webhook and return the status."""
    headers = {} if secret is None else {HEADER: secret}
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(f"{desk.web}/webhooks/telegram", content=body, headers=headers)).status_code


def _update(customer: Customer, number: int, text: str) -> bytes:
    chat = {"id": customer.id, "type": "private", "first_name": customer.name}
    message = {"message_id": number, "from": customer.user, "chat": chat, "date": int(time.time()), "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_a_conversation_goes_through_the_webhook(customer: Customer, olga: Operator) -> None:
    await customer.says("How much is delivery?")
    await customer.reads("€4.90")

    topic = await is_attended(customer, olga)
    await customer.says("thanks for the quick answer")

    await olga.reads_in(topic, "thanks for the quick answer")


async def test_calls_without_the_secret_are_refused_and_not_read(
    desk: Desk, sandbox: SandboxClient, customer: Customer
) -> None:
    await customer.says("/start")
    await customer.reads("Hello!")
    update = _update(customer, 700_001, "/help")

    wrong = [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper()]
    statuses = [await _posts(desk, update, secret=secret) for secret in wrong]
    broken = await _posts(desk, b"{", secret="wrong")
    await customer.says("/privacy")

    assert statuses == [401] * len(wrong)
    assert broken == 401
    assert (await customer.reads()).text.startswith("We keep your name")
    assert not (await sandbox.get("state"))["waiting"]


async def test_an_update_with_the_secret_is_taken_once_and_broken_ones_are_refused(
    desk: Desk, customer: Customer
) -> None:
    await customer.says("/start")
    await customer.reads("Hello!")

    statuses = [await _posts(desk, _update(customer, 700_002, "/help")) for _ in range(2)]
    no_update = [await _posts(desk, body) for body in (b"", b"{", b"[]", b"{}")]
    await customer.reads("Just write your question")
    await customer.says("/privacy")

    assert statuses == [200, 200]
    assert no_update == [400] * 4
    assert (await customer.reads()).text.startswith("We keep your name")


async def test_a_text_that_cannot_be_stored_still_brings_a_person(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    await customer.says("/start")
    await customer.reads("Hello!")

    assert await _posts(desk, _update(customer, 700_003, "half a pair: \ud83d")) == 200

    assert (await customer.reads()).text.startswith("I'll pass this to a colleague.")
    topic = await olga.finds_topic(customer.name)
    await olga.reads_in(topic, "Why: ⚠️ the bot failed on this message")
    await olga.reads_in(topic, "could not read what the customer sent last")
