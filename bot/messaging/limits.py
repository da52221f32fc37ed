"""How fast a channel may be written to: Telegram's three limits, kept by us so that it need not say 429.

One message a second to a chat, 18 in any 60 seconds to a group, 30 a second in all (Bot API FAQ; the group's is 20,
ours is a little less). Pure: the caller brings the time, in seconds of any clock that does not jump.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from bot.domain.ports import Pace

MINUTE = 60.0


@dataclass(slots=True)
class Limits:
    """What was sent lately, and so what may be sent now."""

    _all: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _by_key: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _paused: dict[str, float] = field(default_factory=dict)

    def wait(self, channel: str, pace: Pace, now: float) -> float:
        """Return the seconds until one more may be sent, 0 when it may go now."""
        if not pace.key:
            return 0.0
        key = f"{channel}:{pace.key}"
        waits = [self._paused.get(key, now) - now]
        sent = self._by_key.get(key)
        if sent:
            waits.append(sent[-1] + pace.spacing.total_seconds() - now)
            if pace.per_minute and len(sent) >= pace.per_minute:
                waits.append(sent[-pace.per_minute] + MINUTE - now)
        everything, most = self._all.get(channel), _at_once(pace)
        if pace.all_per_second and everything and len(everything) >= most:
            waits.append(everything[-most] + max(1.0, 1.0 / pace.all_per_second) - now)
        return max(0.0, *waits)

    def count(self, channel: str, pace: Pace, now: float) -> None:
        """Write down one send."""
        if not pace.key:
            return
        keep = max(pace.per_minute, 1)
        self._push(self._by_key[f"{channel}:{pace.key}"], now, keep)
        if pace.all_per_second:
            self._push(self._all[channel], now, _at_once(pace))

    def short(self, channel: str, pace: Pace, now: float) -> bool:
        """Return whether more than half of a group's minute is used up, so that waiting lines should be joined."""
        if not pace.per_minute:
            return False
        sent = self._by_key.get(f"{channel}:{pace.key}", ())
        return sum(1 for moment in sent if moment > now - MINUTE) * 2 > pace.per_minute

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
        sent.append(now)
        while len(sent) > keep:
            sent.popleft()


def _at_once(pace: Pace) -> int:
    """Return the sends of a channel that fit into a second: 29 for 29.7; 1 for 0.5, where it is a longer second."""
    return max(1, int(pace.all_per_second))
