"""How fast a channel may be written to: Telegram's three limits, kept by us so that it need not say 429.

One message a second to a chat, 18 in any 60 seconds to a group, four of them together, 30 a second in all (Bot API FAQ;
the group's is 20, ours is a little less, and a chat takes "short bursts"). A group counts a send when it arrives, which
is somewhere between its beginning and its answer: so one under way counts as sent now, one that was answered from then
on. An album counts as its parts, and goes when all of them fit: each of the ten is a message to Telegram. Pure: the
caller brings the time, in seconds of any clock that does not jump.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from bot.domain.ports import Pace

MINUTE = 60.0
SHORT_BURST = 5
"""Messages of an album that a chat takes together (Bot FAQ: "short bursts"); each further one costs it a spacing."""


@dataclass(slots=True)
class Limits:
    """What was sent lately, and so what may be sent now."""

    _all: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _by_key: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _under_way: Counter[str] = field(default_factory=Counter)
    _paused: dict[str, float] = field(default_factory=dict)

    def wait(self, channel: str, pace: Pace, now: float, parts: int = 1) -> float:
        """Return the seconds until one more may be sent, 0 when it may go now; an album's parts must fit all."""
        if not pace.key:
            return 0.0
        key = f"{channel}:{pace.key}"
        waits = [self._paused.get(key, now) - now]
        spacing = pace.burst * pace.spacing.total_seconds()
        waits.append(self._since(key, _room(pace.burst, parts), now) + spacing - now)
        if pace.per_minute:
            waits.append(self._since(key, _room(pace.per_minute, parts), now) + MINUTE - now)
        everything, most = self._all.get(channel), _room(_at_once(pace), parts)
        if pace.all_per_second and everything and len(everything) >= most:
            waits.append(everything[-most] + max(1.0, 1.0 / pace.all_per_second) - now)
        return max(0.0, *waits)

    def _since(self, key: str, count: int, now: float) -> float:
        """Return when the last so many sends began to count; long ago while there were fewer."""
        sent, rest = self._by_key.get(key, ()), count - self._under_way[key]
        if rest <= 0:
            return now
        return sent[-rest] if len(sent) >= rest else -math.inf

    def begin(self, channel: str, pace: Pace, now: float, parts: int = 1) -> None:
        """Write down a send that is about to go out; to be followed by `arrived` or `take_back` of as many parts."""
        if not pace.key:
            return
        if pace.all_per_second:
            for _ in range(parts):
                self._push(self._all[channel], now, _at_once(pace))
        if pace.per_minute:
            self._under_way[f"{channel}:{pace.key}"] += parts
        else:
            self._sent(f"{channel}:{pace.key}", pace, now, parts)

    def _sent(self, key: str, pace: Pace, now: float, parts: int) -> None:
        """Write down what counts from now on; what of an album is beyond a short burst, as if it came spaced."""
        for part in range(parts):
            late = max(0, part + 1 - SHORT_BURST) * pace.spacing.total_seconds()
            self._push(self._by_key[key], now + late, _kept(pace))

    def arrived(self, channel: str, pace: Pace, now: float, parts: int = 1) -> None:
        """Write down that sends were answered, whatever the answer; an album of three is three."""
        if not pace.key or not pace.per_minute:
            return
        self._end(channel, pace, parts)
        self._sent(f"{channel}:{pace.key}", pace, now, parts)

    def _end(self, channel: str, pace: Pace, parts: int) -> None:
        key = f"{channel}:{pace.key}"
        self._under_way[key] -= parts
        if self._under_way[key] <= 0:
            del self._under_way[key]

    def count(self, channel: str, pace: Pace, now: float, parts: int = 1) -> None:
        """Write down one send that was answered at a moment: before a restart."""
        self.begin(channel, pace, now, parts)
        self.arrived(channel, pace, now, parts)

    def take_back(self, channel: str, pace: Pace, parts: int = 1) -> None:
        """Forget what began last: it turned out that nothing had to be sent."""
        if not pace.key:
            return
        if pace.per_minute:
            self._end(channel, pace, parts)
        for _ in range(parts):
            if not pace.per_minute and (sent := self._by_key.get(f"{channel}:{pace.key}")):
                sent.pop()
            if pace.all_per_second and (everything := self._all.get(channel)):
                everything.pop()

    def short(self, channel: str, pace: Pace, now: float) -> bool:
        """Return whether more than half of a group's minute is used up, so that waiting lines should be joined."""
        if not pace.per_minute:
            return False
        key = f"{channel}:{pace.key}"
        lately = sum(1 for moment in self._by_key.get(key, ()) if moment > now - MINUTE)
        return (lately + self._under_way[key]) * 2 > pace.per_minute

    def pause(self, channel: str, pace: Pace, until: float) -> None:
        """Send nothing with this key before a moment: the channel said so. A longer pause stays."""
        if pace.key:
            key = f"{channel}:{pace.key}"
            self._paused[key] = max(until, self._paused.get(key, until))

    def forget(self, now: float) -> None:
        """Drop what no limit looks at any more."""
        for key in [key for key, sent in self._by_key.items() if not sent or sent[-1] < now - MINUTE]:
            del self._by_key[key]
        for key in [key for key, until in self._paused.items() if until < now]:
            del self._paused[key]

    @staticmethod
    def _push(sent: deque[float], now: float, keep: int) -> None:
        insort(sent, now)
        while len(sent) > keep:
            sent.popleft()


def _room(most: int, parts: int) -> int:
    """Return which of the last sends must have lapsed, counted from the newest, so that so many more fit."""
    return most + 1 - min(parts, most)


def _kept(pace: Pace) -> int:
    return max(pace.per_minute, pace.burst, 1)


def _at_once(pace: Pace) -> int:
    """Return the sends of a channel that fit into a second: 29 for 29.7; 1 for 0.5, where it is a longer second."""
    return max(1, int(pace.all_per_second))
