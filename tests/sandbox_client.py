"""Play customers and operators in a sandbox: what every walk is written with.

```python
async with SandboxClient(url) as sandbox:
    anna = await sandbox.customer("Anna", language="de")
    await anna.says("Was kostet der Versand?")
    assert "5 €" in (await anna.reads()).text
```

Nobody sleeps: `reads` waits for the next message of the bot and fails with the transcript when none comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import httpx

from tests.sandbox_people import Customer, Operator, TopicSeen
from tests.sandbox_seen import Refused, Seen

Json = dict[str, Any]
__all__ = ["Customer", "Operator", "Refused", "SandboxClient", "Seen", "TopicSeen", "open_sandbox"]
PATIENCE: Final = 10.0


class SandboxClient:
    """A sandbox over HTTP; open it with `async with`."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self.url = url.rstrip("/")
        self.patience = patience
        limits = httpx.Limits(max_connections=None)
        self._http = httpx.AsyncClient(base_url=self.url, timeout=90, trust_env=False, limits=limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, path: str, **query: str | float) -> Any:  # noqa: ANN401 - whatever the sandbox says
        """GET under /sandbox."""
        return self._read(await self._http.get(f"/sandbox/{path}", params=query))

    async def post(self, path: str, order: object = None) -> Any:  # noqa: ANN401 - whatever the sandbox says
        """POST JSON under /sandbox."""
        return self._read(await self._http.post(f"/sandbox/{path}", json={} if order is None else order))

    async def delete(self, path: str, **query: str | float) -> Any:  # noqa: ANN401 - whatever the sandbox says
        """DELETE under /sandbox."""
        return self._read(await self._http.delete(f"/sandbox/{path}", params=query))

    @staticmethod
    def _read(answer: httpx.Response) -> Any:  # noqa: ANN401 - whatever the sandbox says
        if answer.is_error:
            raise Refused(f"{answer.status_code}: {answer.text}")
        return answer.json()

    async def seq(self) -> int:
        """Return the number of the last event."""
        return int((await self.get("wait", after=2**53, timeout=0))["seq"])

    async def customer(self, name: str, *, language: str = "en", **more: str) -> Customer:
        """Let a new customer have an account; `more`: last_name, username, phone.

        Every call makes somebody new, also with a name that is there already.
        """
        order = {"first_name": name, "language_code": language, "role": "customer", **more}
        user = await self.post("users", order)
        return Customer(self, user, await self.seq())

    async def person(self, user_id: int) -> Customer:
        """Return the private side of somebody who is there already, e.g. `ANNA` or `OLGA`."""
        people = (await self.get("state"))["people"]
        user = next((user for user in people if user["id"] == user_id), None)
        if user is None:
            raise Refused(f"nobody has the id {user_id}")
        return Customer(self, user, await self.seq())

    async def operator(self, name_or_id: str | int, group_id: int = 0) -> Operator:
        """Return an operator of the group: one of the seed by id (`OLGA`) or first name, or a new member of that name.

        Args:
            name_or_id: a user id, or a first name.
            group_id: which group they work in; the first one when 0.
        """
        state = await self.get("state")
        groups = [chat for chat in state["chats"] if chat["id"] < 0 and not chat["migrated_to"]]
        group_id = group_id or groups[0]["id"]
        user = next((user for user in state["people"] if name_or_id == user["id"] or _is_staff(user, name_or_id)), None)
        if user is None:
            user = await self.post("users", {"first_name": name_or_id, "role": "operator"})
            await self.post(f"chats/{group_id}/members/{user['id']}", {"status": "member"})
        return Operator(self, user, await self.seq(), group_id)

    async def events(self, after: int, wait: float = 0, chat: int = 0, kinds: str = "") -> tuple[list[Json], int]:
        """Return the events after a number, waiting up to `wait` seconds for the first, and the newest number."""
        answer = await self.get("wait", after=after, timeout=wait, chat=chat, kinds=kinds)
        return answer["events"], answer["seq"]

    async def wait_for(
        self,
        wanted: Callable[[Json], bool],
        *,
        after: int,
        chat: int = 0,
        kinds: str = "",
        patience: float | None = None,
    ) -> Json:
        """Return the first event after a number that is wanted.

        Raises:
            TimeoutError: none came in time.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.patience if patience is None else patience)
        while True:
            left = max(0.0, end - loop.time())
            events, _ = await self.events(after, left, chat, kinds)
            for event in events:
                after = event["seq"]
                if wanted(event):
                    return event
            if loop.time() >= end:
                raise TimeoutError

    async def messages(self, chat_id: int, thread: int | None = None) -> list[Seen]:
        """Return what is in a chat or a topic, oldest first."""
        query: dict[str, float] = {} if thread is None else {"thread": thread}
        return [Seen.of(message) for message in (await self.get(f"chats/{chat_id}/messages", **query))["messages"]]

    async def chat(self, chat_id: int) -> Json:
        """Return a chat: members, topics, rights, reply keyboard."""
        return dict(await self.get(f"chats/{chat_id}"))

    async def calls(self, method: str = "", since: int = 0) -> list[Json]:
        """Return the bot's requests, oldest first: method, params, status, result or error, fault."""
        return list((await self.get("calls", method=method, since=since))["calls"])

    async def fault(self, method: str = "*", action: str = "error", **rule: object) -> int:
        """Put a fault in force and return its number; see `bot.sandbox.faults.Fault` for the keys."""
        faults = (await self.post("faults", {"method": method, "action": action, **rule}))["faults"]
        return int(faults[-1]["id"])

    async def clear_faults(self) -> None:
        """End all faults."""
        await self.delete("faults")

    async def inject(self, updates: Sequence[Json]) -> list[int]:
        """Put raw updates into the bot's queue as they are; return their ids."""
        return list((await self.post("updates", list(updates)))["update_ids"])

    async def set_limits(self, *, on: bool) -> None:
        """Switch Telegram's limits on sending."""
        await self.post("limits", {"on": on})

    async def put_clock_forward(self, seconds: float) -> None:
        """Let the sandbox's clock run ahead."""
        await self.post("clock", {"advance": seconds})

    async def reset(self) -> None:
        """Begin anew with the people of the first hour; ids go on."""
        await self.post("reset")


def _is_staff(user: Json, name: object) -> bool:
    return user["role"] in ("operator", "admin") and user["first_name"] == name


@asynccontextmanager
async def open_sandbox(*, limits: bool = False) -> AsyncIterator[SandboxClient]:
    """Serve a sandbox in this process while the block runs, and give a client for it."""
    from bot.sandbox.server import running

    async with running(limits=limits) as sandbox, SandboxClient(sandbox.url) as client:
        yield client
