"""Updates posted to the bot's webhook: one after the other within a chat, chats side by side.

A post that is not answered with 2xx is tried again after 1, 2, 4 ... 60 seconds, or when `Retry-After` says; the
bot's answer may hold a method that is carried out at once. The secret goes along in its header.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bot.sandbox.bot_api import BotApi
from bot.sandbox.refusal import Json
from bot.sandbox.updates import Waiting
from bot.sandbox.world import World

PATIENCE: Final = 60.0
LONGEST_PAUSE: Final = 60.0
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot's web server said; status 0 when it could not be reached, with the reason as the body."""

    status: int
    body: bytes
    retry_after: float = 0.0


class Postman:
    """Carries updates to the webhook while one is set."""

    def __init__(self, world: World, api: BotApi, first_pause: float) -> None:
        self._world = world
        self._api = api
        self._first_pause = first_pause
        self._round: asyncio.Task[None] | None = None
        self._lanes: dict[int, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._round = asyncio.get_running_loop().create_task(self._go_round())

    async def close(self) -> None:
        """Stop; what was not taken stays in the queue."""
        tasks = [task for task in (self._round, *self._lanes.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _go_round(self) -> None:
        bell = self._world.updates.bell
        while not bell.closed:
            if self._world.webhook.get("url"):
                self._open_lanes()
            await bell.heard(30)

    def _open_lanes(self) -> None:
        for waiting in self._world.updates.waiting:
            lane = waiting.chat_id or -waiting.id
            if len(self._lanes) >= self._world.webhook["max_connections"]:
                return
            if lane not in self._lanes:
                self._lanes[lane] = asyncio.get_running_loop().create_task(self._run_lane(lane))

    async def _run_lane(self, lane: int) -> None:
        pause = self._first_pause
        try:
            while self._world.webhook.get("url") and (waiting := self._first(lane)) is not None:
                answer = await self._post(waiting.update)
                if answer.status in _OK:
                    self._confirm(waiting)
                    pause = self._first_pause
                    await self._carry_out(answer)
                else:
                    self._note(answer)
                    await asyncio.sleep(min(answer.retry_after or pause, 3600))
                    pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            del self._lanes[lane]
            self._world.updates.bell.ring()

    def _first(self, lane: int) -> Waiting | None:
        now = self._world.now()
        queue = self._world.updates.waiting
        return next((one for one in queue if (one.chat_id or -one.id) == lane and one.expires > now), None)

    def _confirm(self, done: Waiting) -> None:
        queue = self._world.updates.waiting
        for index, waiting in enumerate(queue):
            if waiting is done:
                del queue[index]
                return

    def _note(self, answer: Answer) -> None:
        reason = f"Wrong response from the webhook: {answer.status}" if answer.status else answer.body.decode()
        self._world.webhook["last_error_date"] = int(self._world.now())
        self._world.webhook["last_error_message"] = reason

    async def _carry_out(self, answer: Answer) -> None:
        try:
            order = json.loads(answer.body or b"null")
        except ValueError:
            return
        if isinstance(order, dict) and "method" in order:
            await self._api.answer_in_webhook(order)

    async def _post(self, update: Json) -> Answer:
        started = time.perf_counter()
        hook = dict(self._world.webhook)
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await post(hook["url"], json.dumps(update).encode(), hook.get("secret", ""))
        except (OSError, TimeoutError, ValueError, EOFError) as reason:
            answer = Answer(0, (str(reason) or type(reason).__name__).encode())
        took = time.perf_counter() - started
        params = {"update_id": update["update_id"]}
        self._world.log_call(
            "(webhook)", params, answer.status, took, result=answer.body.decode("utf-8", "replace")[:200]
        )
        return answer


async def post(url: str, body: bytes, secret: str) -> Answer:
    """Post JSON to an address, with the secret in Telegram's header, and return the answer.

    Raises:
        OSError: it cannot be reached.
        ValueError, EOFError: what comes back is no HTTP.
    """
    parts = urlsplit(url)
    tls = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", "Connection: close"]
        if secret:
            lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        return await _read_answer(reader)
    finally:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ")[1])
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = await reader.read()
    retry_after = headers.get("retry-after", "")
    return Answer(status, body, float(retry_after) if retry_after.isdigit() else 0.0)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body
