"""The aiogram driver: its Bot makes every call, its types check what we build.

Results stay the JSON that Telegram sent: each method is used with `Any` as its result, so aiogram neither rebuilds
messages that nobody reads nor decides what an unknown field means. Importing this module imports aiogram, which takes
some seconds; that is why only `bot/app` does it, when the web already answers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast

import aiogram.methods
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramMigrateToChat, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.types import FSInputFile
from aiohttp import (
    ClientConnectionError,
    ClientConnectorError,
    ClientError,
    ClientResponseError,
    ConnectionTimeoutError,
    FormData,
)
from aiohttp.payload import JsonPayload
from pydantic import ValidationError

from bot.channels.telegram.channel import Answered, NoAnswer, NotWritten

OK, BAD_REQUEST = 300, 400

_CHECKED: ContextVar[Mapping[str, Any] | None] = ContextVar("checked", default=None)
"""The parameters of the call under way, as JSON; its method was built of them, so aiogram's types agree with them."""


class _Session(AiohttpSession):
    """aiogram's session, with the answer's code kept: an error page that is no JSON is still an answer."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> FormData:
        """Return the body of a call: as JSON what came as JSON, without taking it from the model and quoting it again.

        aiohttp takes any payload where it takes a form, and the Bot API takes JSON wherever no file goes along.
        """
        checked = _CHECKED.get()
        return super().build_form_data(bot, method) if checked is None else cast("FormData", JsonPayload(checked))

    def check_response(self, bot: Bot, method: TelegramMethod[Any], status_code: int, content: str) -> Response[Any]:
        """Return the answer.

        Raises:
            Answered: it is a refusal; with its code.
            NoAnswer: it is called a success and cannot be read, so nobody knows what was done.
        """
        code = status_code if status_code >= OK else _code_in(content)
        try:
            return super().check_response(bot, method, status_code, content)
        except TelegramRetryAfter as error:
            raise Answered(code, _words(error), error.retry_after) from None
        except TelegramMigrateToChat as error:
            raise Answered(code, _words(error), moved_to=str(error.migrate_to_chat_id)) from None
        except TelegramAPIError as error:
            raise Answered(code, _words(error)) from None
        except Exception:  # noqa: BLE001 a proxy's page instead of JSON
            if status_code < OK:
                raise NoAnswer(f"HTTP {status_code} with an answer that cannot be read") from None
            raise Answered(code, f"HTTP {status_code} without a readable answer") from None


def _code_in(content: str) -> int:
    """Return the code that a refusal names in its body, where HTTP calls it a success; 400 when it names none."""
    try:
        return int(json.loads(content)["error_code"])
    except (ValueError, KeyError, TypeError):
        return BAD_REQUEST


def _words(error: TelegramAPIError) -> str:
    return error.message or "no reason given"


@cache
def _method(name: str) -> type[TelegramMethod[Any]]:
    """Return aiogram's class of a method, with JSON as its result."""
    known: type[TelegramMethod[Any]] = getattr(aiogram.methods, name[0].upper() + name[1:])
    return type(known.__name__, (known,), {"__returning__": Any, "__module__": __name__})


class AiogramCaller:
    """Calls the Bot API through aiogram."""

    def __init__(self, token: str, api_base: str) -> None:
        session = _Session(api=TelegramAPIServer.from_base(api_base), limit=100)
        self._bot = Bot(token, session=session, default=DefaultBotProperties())

    async def call(self, method: str, params: Mapping[str, Any], seconds: float, file: Path | None = None) -> Any:  # noqa: ANN401 JSON
        """Make one call; see `Caller`."""
        values = dict(params)
        if file is not None:
            values["photo" if method == "sendPhoto" else "document"] = FSInputFile(file)
        _CHECKED.set(params if file is None else None)
        try:
            asked = _method(method)(**values)
        except ValidationError as error:
            raise Answered(400, f"Bad Request: {method} cannot be built ({error.error_count()} wrong values)") from None
        try:
            return await self._bot(asked, request_timeout=int(seconds))
        except TelegramNetworkError as error:
            raise _network(error) from None
        except ClientConnectionError as error:
            raise NoAnswer(type(error).__name__) from None

    async def download(self, path: str, most: int, seconds: float) -> bytes:
        """Return a file's bytes; see `Caller`."""
        address = self._bot.session.api.file_url(self._bot.token, path)
        data = b""
        try:
            async with asyncio.timeout(seconds):
                async for piece in self._bot.session.stream_content(address, timeout=int(seconds)):
                    data += piece
                    if len(data) >= most:
                        break
        except ClientResponseError as error:  # its own words name the address, and the token in it
            raise Answered(error.status, "Not Found: the file is not there") from None
        except (ClientError, TimeoutError, OSError) as error:
            raise NoAnswer(type(error).__name__) from None
        return data[:most]

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.session.close()


def _network(error: TelegramNetworkError) -> NotWritten | NoAnswer:
    """Tell a connection that never came about from an answer that never came."""
    cause = error.__cause__
    what = type(cause).__name__ if cause is not None else "network error"
    if isinstance(cause, ClientConnectorError | ConnectionTimeoutError):
        return NotWritten(what)
    return NoAnswer(what)
