"""A bot that only makes requests, so that a test can look at every answer of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.sandbox import ANNA, DEFAULT_TOKEN

Json = dict[str, Any]


@dataclass
class Bot:
    """Makes requests to the Bot API as a bot would."""

    http: httpx.AsyncClient
    token: str = DEFAULT_TOKEN
    offset: int = field(default=0)

    async def __call__(self, method: str, **params: object) -> Any:  # noqa: ANN401 - whatever the method returns
        """Make a request and return its result; fail when it is refused."""
        answer = await self.ask(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    async def ask(self, method: str, **params: object) -> Json:
        """Make a request and return the whole envelope; the HTTP status must be its error code."""
        answer = await self.http.post(f"/bot{self.token}/{method}", json=params)
        body = dict(answer.json())
        assert answer.status_code == body.get("error_code", 200)
        return body

    async def refusal(self, method: str, **params: object) -> str:
        """Make a request that is refused and return the sentence."""
        answer = await self.ask(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, wait: int = 0) -> list[Json]:
        """Take what waits, and confirm it with the next request."""
        updates = await self("getUpdates", offset=self.offset, timeout=wait)
        if updates:
            self.offset = updates[-1]["update_id"] + 1
        return list(updates)

    async def hears(self, user_id: int = ANNA) -> None:
        """Let somebody start the bot, and take the update of it."""
        await self.http.post(f"/sandbox/users/{user_id}/messages", json={"text": "/start"})
        await self.updates()
