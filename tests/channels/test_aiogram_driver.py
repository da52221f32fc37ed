"""What aiogram makes of a server's answers, over HTTP: nothing that may have arrived counts as refused."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.channels.telegram.channel import Answered, CallFailed, NoAnswer

pytestmark = pytest.mark.slow
HELLO = {"chat_id": 511, "text": "Hello"}


class Server:
    """A server that gives the answer that it was told to give."""

    def __init__(self) -> None:
        self.status, self.body = 200, ""
        self.base = ""

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(status=self.status, text=self.body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    told = Server()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", told.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    told.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield told
    await runner.cleanup()


async def failure(server: Server, status: int, body: str) -> CallFailed:
    server.status, server.body = status, body
    from bot.channels.telegram.aiogram_driver import AiogramCaller  # seconds, which only these tests shall pay

    caller = AiogramCaller("42:secret", server.base)
    try:
        with pytest.raises(CallFailed) as failed:
            await caller.call("sendMessage", HELLO, 5)
    finally:
        await caller.close()
    return failed.value


@pytest.mark.parametrize("body", ["", "<html>Please sign in</html>", '{"ok": true, "resul', "[]"])
async def test_a_success_that_cannot_be_read_leaves_it_open_whether_it_arrived(server: Server, body: str) -> None:
    assert isinstance(await failure(server, 200, body), NoAnswer)


@pytest.mark.parametrize(
    ("status", "body", "code", "wait"),
    [
        (429, '{"ok": false, "error_code": 429}', 429, 0),
        (429, '{"ok": false, "error_code": 429, "description": "x", "parameters": {"retry_after": 7}}', 429, 7),
        (400, '{"ok": false}', 400, 0),
        (502, "<html>Bad Gateway</html>", 502, 0),
        (200, '{"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}', 403, 0),
        (200, '{"ok": false}', 400, 0),
    ],
)
async def test_a_refusal_keeps_its_code_however_little_it_says(
    server: Server, status: int, body: str, code: int, wait: float
) -> None:
    refused = await failure(server, status, body)

    assert isinstance(refused, Answered)
    assert (refused.code, refused.retry_after, bool(refused.description)) == (code, wait, True)


@pytest.mark.parametrize("status", [404, 502])
async def test_a_file_that_is_not_there_is_refused_in_words_that_hold_no_token(server: Server, status: int) -> None:
    server.status, server.body = status, "nothing"
    from bot.channels.telegram.aiogram_driver import AiogramCaller

    caller = AiogramCaller("42:secret", server.base)
    try:
        with pytest.raises(Answered) as refused:
            await caller.download("photos/file_1.jpg", 100, 5)
    finally:
        await caller.close()

    assert refused.value.code == status
    assert "secret" not in f"{refused.value!r} {refused.value.__cause__!r}"
