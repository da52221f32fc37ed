"""How updates reach the bot: long polling, its offsets and conflicts, and the webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox import ANNA, BEN
from bot.sandbox.server import Sandbox
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient


async def texts(bot: Bot, **params: object) -> list[str]:
    return [update["message"]["text"] for update in await bot("getUpdates", **params)]


async def test_an_update_comes_again_until_a_higher_offset_confirms_it(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    for text in ("one", "two", "three"):
        await anna.says(text)

    first = await bot("getUpdates", limit=1)
    again = await texts(bot)
    rest = await texts(bot, offset=first[0]["update_id"] + 1)

    assert again == ["one", "two", "three"]
    assert rest == await texts(bot) == ["two", "three"]


async def test_a_negative_offset_keeps_the_last_ones_only(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    for text in ("one", "two", "three"):
        await anna.says(text)

    assert await texts(bot, offset=-2) == ["two", "three"]
    assert await texts(bot) == ["two", "three"]


async def test_a_long_poll_ends_when_something_is_said(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")

    polling = asyncio.create_task(texts(bot, timeout=20))
    await anna.says("hello")

    async with asyncio.timeout(3):
        assert await polling == ["hello"]


async def test_of_two_polls_the_newer_one_wins(sandbox: SandboxClient, bot: Bot, served: Sandbox) -> None:
    anna = await sandbox.customer("Anna")
    older = asyncio.create_task(bot.ask("getUpdates", timeout=20))
    while not served.world.updates.is_polled:  # noqa: ASYNC110 - the request is on its way
        await asyncio.sleep(0)
    newer = asyncio.create_task(texts(bot, timeout=20))
    refused = await older
    await anna.says("hello")

    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: terminated by other getUpdates request")
    assert await newer == ["hello"]


async def test_the_kinds_asked_for_are_remembered(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    await bot("getUpdates", allowed_updates=["message"])
    message = await anna.says("one")
    await anna.edits(message, "two")
    await bot("getUpdates", offset=-1)
    await anna.blocks()

    assert [set(update) - {"update_id"} for update in await bot("getUpdates")] == [{"message"}]


async def test_updates_are_forgotten_after_a_day_and_presses_after_150_seconds(
    sandbox: SandboxClient, bot: Bot
) -> None:
    anna = await sandbox.customer("Anna")
    await anna.says("hello")
    keys = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    await bot("sendMessage", chat_id=anna.id, text="?", reply_markup=keys)
    await anna.presses("A", patience=0)

    await sandbox.put_clock_forward(151)
    without_press = await bot("getUpdates")
    await sandbox.put_clock_forward(86_400)

    assert [set(update) - {"update_id"} for update in without_press] == [{"message"}]
    assert await bot("getUpdates") == []


async def test_repeated_and_late_updates_are_handed_out_as_they_are(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    await anna.says("hello")
    [known] = await bot.updates()

    await sandbox.inject([known, {**known, "update_id": known["update_id"] - 5}, known])
    first = await bot.updates()
    bot.offset = known["update_id"] + 1

    assert [update["update_id"] - known["update_id"] for update in first] == [0, -5, 0]
    assert await bot.updates() == []


class Listener:
    """A bot's web server that writes down what is posted and answers what it is told to."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Any]] = []
        self.answers: list[bytes] = []
        self.came = asyncio.Condition()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.posts.append((headers.get("x-telegram-bot-api-secret-token", ""), body))
        answer = self.answers.pop(0) if self.answers else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        writer.write(answer)
        await writer.drain()
        writer.close()
        async with self.came:
            self.came.notify_all()

    async def has(self, count: int) -> list[tuple[str, Any]]:
        async with asyncio.timeout(8), self.came:
            await self.came.wait_for(lambda: len(self.posts) >= count)
        return self.posts


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    listener.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    async with server:
        yield listener


async def test_a_webhook_gets_updates_with_its_secret_and_shuts_out_polling(
    sandbox: SandboxClient, bot: Bot, listener: Listener
) -> None:
    await bot("setWebhook", url=listener.url, secret_token="s3cret")
    await bot.http.post(f"/sandbox/users/{ANNA}/messages", json={"text": "hello"})

    [(secret, update)] = await listener.has(1)
    polled = await bot.ask("getUpdates")
    info = await bot("getWebhookInfo")
    await bot("deleteWebhook")

    assert (secret, update["message"]["text"]) == ("s3cret", "hello")
    assert polled["error_code"] == 409
    assert info["url"] == listener.url
    assert await bot("getUpdates") == []


async def test_a_webhook_that_fails_is_asked_again_in_order_within_a_chat(
    sandbox: SandboxClient, bot: Bot, listener: Listener
) -> None:
    listener.answers = [b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"]
    await bot("setWebhook", url=listener.url)
    for person, text in ((ANNA, "one"), (ANNA, "two"), (BEN, "three")):
        await bot.http.post(f"/sandbox/users/{person}/messages", json={"text": text})

    posts = [update["message"] for _, update in await listener.has(4)]

    assert [one["text"] for one in posts if one["chat"]["id"] == ANNA] == ["one", "one", "two"]
    assert [one["text"] for one in posts if one["chat"]["id"] == BEN] == ["three"]
    assert (await bot("getWebhookInfo"))["last_error_message"] == "Wrong response from the webhook: 500"


async def test_a_method_in_the_answer_to_a_webhook_is_carried_out(
    sandbox: SandboxClient, bot: Bot, listener: Listener
) -> None:
    anna = await sandbox.customer("Anna")
    order = f'{{"method": "sendMessage", "chat_id": {anna.id}, "text": "at once"}}'.encode()
    listener.answers = [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(order), order)]
    await bot("setWebhook", url=listener.url)
    await anna.says("hello")

    assert (await anna.reads()).text == "at once"
