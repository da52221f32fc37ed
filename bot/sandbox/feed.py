"""What has happened in the sandbox, numbered, so that pages and tests can wait for it instead of sleeping.

A test asks for everything after event 41 and is answered the moment the bot's message, event 42, is there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from bot.sandbox.refusal import Json

KEPT: Final = 20_000


class Bell:
    """Wakes everyone who waits for something new."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    def ring(self) -> None:
        """Wake everyone who waits now."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def close(self) -> None:
        """Wake everyone for good: nobody waits any more."""
        self.closed = True
        self.ring()

    async def heard(self, seconds: float) -> bool:
        """Wait for a ring; False when `seconds` have passed without one or the bell is closed."""
        if self.closed or seconds <= 0:
            return False
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return not self.closed


class Feed:
    """The last events, oldest first; each a dict with `seq`, `kind` and what it is about.

    Attributes:
        keep: writes an event down before anybody is shown it; None where nothing is kept.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.bell = Bell()
        self.keep: Callable[[Json], None] | None = None
        self._events: deque[Json] = deque(maxlen=KEPT)

    def publish(self, kind: str, chat_id: int = 0, thread: int = 0, **about: object) -> None:
        """Add an event.

        Args:
            kind: message, edited, deleted, topic, reaction, action, answer, chat, people, bot, call or faults.
            chat_id: the chat that it happened in; 0 for none.
            thread: the topic that it happened in; 0 for none.
            about: whatever shows it; JSON values.
        """
        self.seq += 1
        event: Json = {"seq": self.seq, "kind": kind, "chat_id": chat_id, "thread": thread, **about}
        if self.keep is not None:
            self.keep(event)
        self._events.append(event)
        self.bell.ring()

    def after(self, seq: int, chat_id: int = 0, kinds: frozenset[str] = frozenset()) -> list[Json]:
        """Return the events later than `seq`, of one chat and of some kinds when these are given."""
        found: list[Json] = []
        for event in reversed(self._events):
            if event["seq"] <= seq:
                break
            if (not chat_id or event["chat_id"] == chat_id) and (not kinds or event["kind"] in kinds):
                found.append(event)
        found.reverse()
        return found

    async def wait(self, seq: int, seconds: float, chat_id: int = 0, kinds: frozenset[str] = frozenset()) -> list[Json]:
        """Return what came after `seq`, waiting up to `seconds` for the first such event."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not (found := self.after(seq, chat_id, kinds)):
            if not await self.bell.heard(end - loop.time()):
                break
        return found
