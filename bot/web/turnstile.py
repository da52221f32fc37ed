"""Lets nobody in faster than people write: so many in ten seconds, counted in memory.

A script that posts a hundred messages in a second gets twenty of them in, and for the others "wait 10 s".
"""

from __future__ import annotations

from collections import OrderedDict, deque
from math import ceil

WITHIN = 10.0
"""Seconds that are looked back."""
REMEMBERED = 10_000
"""Those who came last; older ones are forgotten, so that no flood of names fills the memory."""


class Turnstile:
    """Counts who came in lately."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lately: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, who: str, moment: float) -> int:
        """Let somebody in, or return how many seconds they have to wait.

        Args:
            who: any name.
            moment: seconds on a clock that only goes forward.

        Returns:
            0 for in; else 1 or more, and they are not counted.
        """
        came = self._lately.setdefault(who, deque())
        self._lately.move_to_end(who)
        if len(self._lately) > REMEMBERED:
            self._lately.popitem(last=False)
        while came and came[0] <= moment - WITHIN:
            came.popleft()
        if len(came) >= self._most:
            return max(1, ceil(came[0] + WITHIN - moment))
        came.append(moment)
        return 0

    def __contains__(self, who: str) -> bool:
        """Return whether somebody is remembered."""
        return who in self._lately

    def __len__(self) -> int:
        return len(self._lately)
