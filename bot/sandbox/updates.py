"""What waits to be told to the bot, and how long polling hands it out.

Ben writes: update 600000017 is put here, is handed out by getUpdates again and again, and goes when the bot asks
with an offset above it. An update is kept for 24 hours, a button press for 150 seconds and an inline query for 30,
as by Telegram.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.feed import Bell
from bot.sandbox.refusal import Json, Refusal

DAY: Final = 86_400
PRESS_LIFE: Final = 150
INLINE_LIFE: Final = 30
_LIVES: Final = {"callback_query": PRESS_LIFE, "inline_query": INLINE_LIFE}
ASKED_FOR_ONLY: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS: Final = frozenset(
    {
        *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "inline_query"),
        *("business_connection", "business_message", "edited_business_message", "deleted_business_messages"),
        *("chosen_inline_result", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll"),
        *("poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost"),
        *("message_reaction", "message_reaction_count", "managed_bot", "guest_message", "subscription"),
        "stopped_message_generation",
    }
)
_EPOCH: Final = 1_735_689_600  # 2025-01-01: a sandbox that lost its file still goes on above its earlier ids


@dataclass(slots=True)
class Waiting:
    """One update to be told.

    Attributes:
        update: the Bot API's Update.
        chat_id: what webhook order is kept by; 0 for none.
        expires: Unix time after which Telegram forgets it.
        forced: was put in by hand and is handed out once, whatever its id.
    """

    update: Json
    chat_id: int
    expires: float
    forced: bool = False

    @property
    def id(self) -> int:
        """The update id."""
        return int(self.update["update_id"])


class UpdateQueue:
    """The bot's unconfirmed updates, in the order of their happening.

    Attributes:
        keep: writes an update down before the bot is told; None where nothing is kept.
    """

    def __init__(self) -> None:
        self.last_id = max(1, int(time.time() - _EPOCH)) * 10
        self.waiting: deque[Waiting] = deque()
        self.allowed: list[str] = []
        self.bell = Bell()
        self.keep: Callable[[Waiting], None] | None = None
        self._poll: asyncio.Future[None] | None = None

    def put(self, kind: str, payload: Json, chat_id: int, now: float) -> int:
        """Add an update unless the bot did not ask for its kind; return its id, 0 when not added."""
        if not self.wants(kind):
            return 0
        self.last_id += 1
        life = _LIVES.get(kind, DAY)
        waiting = Waiting({"update_id": self.last_id, kind: payload}, chat_id, now + life)
        if self.keep is not None:
            self.keep(waiting)
        self.waiting.append(waiting)
        self.bell.ring()
        return self.last_id

    def wants(self, kind: str) -> bool:
        """Tell whether the bot gets updates of this kind."""
        return kind in self.allowed if self.allowed else kind not in ASKED_FOR_ONLY

    def inject(self, updates: Iterable[Json], now: float) -> list[int]:
        """Add raw updates as they are, repeated and late ids too; those without an id get the next one."""
        ids = []
        for raw in updates:
            update = dict(raw)
            if "update_id" not in update:
                self.last_id += 1
                update = {"update_id": self.last_id, **update}
            self.last_id = max(self.last_id, int(update["update_id"]))
            self.waiting.append(Waiting(update, _chat_of(update), now + DAY, forced=True))
            ids.append(int(update["update_id"]))
        self.bell.ring()
        return ids

    def settle(self, offset: int, now: float) -> None:
        """Confirm everything below a positive offset, or all but the last `-offset` updates."""
        if offset < 0:
            self.waiting = deque(list(self.waiting)[offset:])
        self.waiting = deque(
            waiting for waiting in self.waiting if waiting.expires > now and (waiting.forced or waiting.id >= offset)
        )

    def batch(self, limit: int) -> list[Json]:
        """Return the first updates in order; forced ones are from now on confirmed like the others."""
        chosen = [self.waiting[index] for index in range(min(limit, len(self.waiting)))]
        for waiting in chosen:
            waiting.forced = False
        return [waiting.update for waiting in chosen]

    @property
    def is_polled(self) -> bool:
        """A getUpdates is waiting."""
        return self._poll is not None and not self._poll.done()

    async def poll(self, offset: int, limit: int, seconds: float, now: float) -> list[Json]:
        """Answer getUpdates: at once when something waits, else when something comes or time is up.

        Raises:
            Refusal: another getUpdates came while this one was waiting.
        """
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
            self.bell.ring()
        self.settle(offset, now)
        if self.waiting or seconds <= 0:
            return self.batch(limit)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        end = asyncio.get_running_loop().time() + seconds
        while not self.waiting and await self.bell.heard(end - asyncio.get_running_loop().time()):
            if mine.done():
                break
        if mine.done():
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        self._poll = None
        return self.batch(limit)

    def dump(self) -> Json:
        """Return the queue as JSON values."""
        waiting = [[item.update, item.chat_id, item.expires, item.forced] for item in self.waiting]
        return {"last_id": self.last_id, "allowed": self.allowed, "waiting": waiting}

    def load(self, kept: dict[str, Any]) -> None:
        """Take up what `dump` described; ids go on from there."""
        self.last_id = kept["last_id"]
        self.allowed = kept["allowed"]
        self.waiting = deque(Waiting(*item) for item in kept["waiting"])


def _chat_of(update: Json) -> int:
    for value in update.values():
        if isinstance(value, dict):
            message = value.get("message", value)
            if isinstance(message, dict) and isinstance(message.get("chat"), dict):
                return int(message["chat"].get("id", 0))
    return 0
