"""The door for bots: `/bot<token>/<method>` and `/file/bot<token>/<path>`, as an ASGI application.

A request is read, looked up, checked, perhaps struck by a fault, held against the limits, carried out, and written
into the log of calls. Answers have Telegram's envelope, and the HTTP status is the error code.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from bot.sandbox import methods as _methods  # noqa: F401 - registers the methods
from bot.sandbox.call import Call, Upload, from_json, from_query, require_size
from bot.sandbox.faults import Fault
from bot.sandbox.line import cut
from bot.sandbox.refusal import Json, Refusal, slow_down
from bot.sandbox.registry import METHODS, Method
from bot.sandbox.world import World

_JSON = (b"content-type", b"application/json")
_TEXT = (b"content-type", b"text/html; charset=utf-8")


class BotApi:
    """Answers the bot's requests."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        if path.startswith("/file/bot"):
            await self._give_file(path, send)
            return
        started = time.perf_counter()
        try:
            found = self._find(path)
            call = await read_call(found.name, scope, receive)
        except Refusal as refusal:
            await answer(send, refusal.code, refusal.envelope())
            return
        fault = self.world.faults.strike(found.name, call.chat_id)
        if fault is None:
            outcome = await self._carry_out(found, call)
        else:
            outcome = await self._struck(fault, found, call)
        self._log(call, outcome, time.perf_counter() - started, fault)
        if outcome.status:
            await answer(send, outcome.status, outcome.body)
        else:
            await cut(scope)

    def _find(self, path: str) -> Method:
        token, _, name = path.removeprefix("/bot").partition("/")
        if unquote(token) != self.world.token:
            raise Refusal(401, "Unauthorized")
        found = METHODS.get(name.strip("/").lower())
        if found is None:
            raise Refusal(404, "Not Found")
        return found

    async def _carry_out(self, found: Method, call: Call) -> Outcome:
        try:
            found.check(call)
            wait = self.world.limits.admit(call.chat_id, found.sends(call), self.world.now())
            if wait:
                raise slow_down(wait)
            result = found.run(self.world, call)
            if isawaitable(result):
                result = await _awaited(result)
        except Refusal as refusal:
            return Outcome(refusal.code, refusal.envelope())
        return Outcome(200, {"ok": True, "result": result})

    async def _struck(self, fault: Fault, found: Method, call: Call) -> Outcome:
        if fault.action == "error":
            refusal = fault.refusal()
            return Outcome(refusal.code, refusal.envelope())
        if fault.action == "raw":
            return Outcome(fault.status, fault.description)
        if fault.action == "cut":
            return Outcome(0, "")
        if fault.action == "delay":
            await asyncio.sleep(fault.delay)
        if fault.action == "misplace":
            call.params.pop("message_thread_id", None)
        outcome = await self._carry_out(found, call)
        if fault.action == "delay_after":
            await asyncio.sleep(fault.delay)
        return Outcome(0, outcome.body) if fault.action == "cut_after" else outcome

    def _log(self, call: Call, outcome: Outcome, took: float, fault: Fault | None) -> None:
        body = outcome.body if isinstance(outcome.body, dict) else {"error": outcome.body}
        result = body.get("result")
        if call.method == "getUpdates" and outcome.status == 200 and fault is None:  # noqa: PLR2004 - the HTTP status
            if not result:
                return
            result = len(result)
        about: Json = (
            {"result": result} if body.get("ok") else {"error": body.get("description", body.get("error", ""))}
        )
        if call.files:
            about["files"] = {name: [upload.name, len(upload.content)] for name, upload in call.files.items()}
        if fault is not None:
            about["fault"] = fault.id
        self.world.log_call(call.method, call.params, outcome.status, took, **about)

    async def answer_in_webhook(self, order: Json) -> None:
        """Carry out the method that a bot put into its answer to a webhook post."""
        found = METHODS.get(str(order.get("method", "")).lower())
        if found is not None:
            call = Call(found.name, {name: value for name, value in order.items() if name != "method"})
            self._log(call, await self._carry_out(found, call), 0.0, None)

    async def _give_file(self, path: str, send: Send) -> None:
        token, _, file_path = path.removeprefix("/file/bot").partition("/")
        if unquote(token) != self.world.token:
            await answer(send, 401, Refusal(401, "Unauthorized").envelope())
            return
        found = self.world.files.read(file_path)
        if found is None:
            await answer(send, 404, Refusal(404, "Not Found").envelope())
            return
        headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(len(found[1])).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found[1]})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request comes to; status 0 means that the line is cut. A body that is text goes out as it is."""

    status: int
    body: Json | str


async def _awaited(result: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever the method returns
    return await result


async def answer(send: Send, status: int, body: Json | str) -> None:
    """Send an HTTP answer, JSON unless the body is text already."""
    raw = isinstance(body, str)
    content = str(body).encode() if raw else json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()
    headers = [_TEXT if raw else _JSON, (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def read_call(name: str, scope: Scope, receive: Receive) -> Call:
    """Read the parameters of a request from its query and its body.

    Raises:
        Refusal: the body is too large or cannot be read.
    """
    params = from_query(scope["query_string"])
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind == b"multipart/form-data":
        files = await _read_form(scope, receive, params)
        return Call(name, params, files)
    body = await _read_body(receive)
    if body and kind == b"application/json":
        params.update(from_json(body))
    elif body:
        params.update(from_query(body))
    return Call(name, params)


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, length = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        require_size(length)
    return b"".join(parts)


async def _read_form(scope: Scope, receive: Receive, params: dict[str, Any]) -> dict[str, Upload]:
    files = {}
    async with Request(scope, receive).form(max_part_size=16 * 1024 * 1024) as form:
        for field, value in form.multi_items():
            if isinstance(value, str):
                params[field] = value
            else:
                content = await value.read()
                require_size(len(content))
                name = (value.filename or "").replace("\\", "/").rpartition("/")[2]
                files[field] = Upload(name, value.content_type or "", content)
    return files
