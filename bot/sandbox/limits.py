"""How fast a bot may write: 30 messages a second over all, 20 a minute into a group, one a second into a chat.

The bot relays 21 lines into "Support desk" within a minute: the last is answered with 429 and the seconds to wait.
A chat takes a short burst of five before its one a second counts. The figures are those of the Bot FAQ.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

OVER_ALL: Final = 30
PER_GROUP: Final = 20
GROUP_SPAN: Final = 60.0
BURST: Final = 5


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; each message takes one."""

    size: float
    rate: float
    level: float
    at: float

    def wait(self, count: int, now: float) -> float:
        """Return the seconds until `count` fit; 0 when they do."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        return max(0.0, (min(count, self.size) - self.level) / self.rate)


@dataclass(slots=True)
class Limits:
    """Telegram's three limits; `on` switches them all."""

    on: bool = True
    _all: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)

    def admit(self, chat_id: int, count: int, now: float) -> int:
        """Take `count` messages to a chat, or return the whole seconds after which they may be sent.

        Args:
            chat_id: negative for groups.
            count: messages that the request sends; an album of three is three.
            now: seconds of a clock that never goes back.
        """
        if not self.on or not count:
            return 0
        if self._all is None:
            self._all = Bucket(OVER_ALL, OVER_ALL, OVER_ALL, now)
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = Bucket(BURST, 1, BURST, now)
        wait = max(self._all.wait(count, now), chat.wait(count, now), self._group_wait(chat_id, count, now))
        if wait > 0:
            return math.ceil(wait)
        self._all.level -= count
        chat.level -= count
        if chat_id < 0:
            self._groups[chat_id].extend([now] * count)
        return 0

    def _group_wait(self, chat_id: int, count: int, now: float) -> float:
        if chat_id >= 0:
            return 0.0
        sent = self._groups.setdefault(chat_id, deque())
        while sent and sent[0] <= now - GROUP_SPAN:
            sent.popleft()
        excess = len(sent) + min(count, PER_GROUP) - PER_GROUP
        return sent[excess - 1] + GROUP_SPAN - now if excess > 0 else 0.0

    def forget(self) -> None:
        """Start with all budgets full."""
        self._all = None
        self._chats.clear()
        self._groups.clear()
