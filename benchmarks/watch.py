"""How long the event loop could not run, told apart from a machine that had no core for it.

A task sleeps for two milliseconds again and again; what it comes late is a gap. Two kinds of lateness are not the
program's doing. The system may have no core free for the loop's thread: Linux counts that time in
`/proc/self/task/ID/schedstat`. And the thread that holds the interpreter may have none: no gap counts for more than the
processor time that the whole program used in it. What is left is an upper bound of what the program did to itself, but
for waiting without work, such as for a disk; so lateness as it was is shown as well.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import defaultdict
from pathlib import Path

TICK = 0.002
BAR = 20.0
"""Milliseconds for which the loop may be blocked at most."""


class Watch:
    """A coroutine that ticks, and notes how long it could not, by what was being done.

    Attributes:
        doing: what is being done now.
    """

    def __init__(self) -> None:
        self.doing = "idle"
        self._late: dict[str, list[float]] = defaultdict(list)
        self._seen: dict[str, float] = defaultdict(float)

    async def tick(self) -> None:
        """Tick until cancelled; must run in the loop that is watched."""
        file = _counted()
        try:
            while True:
                doing, begun = self.doing, (time.perf_counter(), time.process_time(), _waited(file))
                await asyncio.sleep(TICK)
                late, used = time.perf_counter() - begun[0] - TICK, time.process_time() - begun[1]
                self._seen[doing] = max(self._seen[doing], late)
                self._late[doing].append(max(0.0, min(late - (_waited(file) - begun[2]), used)))
        finally:
            if file is not None:
                os.close(file)

    def found(self) -> dict[str, tuple[float, float, float]]:
        """Return, by what was done, the longest gap, the 99.9th percentile of all, and the longest lateness, in ms."""
        found = {}
        for doing, late in self._late.items():
            rising = sorted(late)
            found[doing] = (1000 * rising[-1], 1000 * rising[int(0.999 * len(rising))], 1000 * self._seen[doing])
        return found


def _counted() -> int | None:
    """Open what the system counts of this thread; None where it does not."""
    counted = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return os.open(counted, os.O_RDONLY) if counted.exists() else None


def _waited(file: int | None) -> float:
    """Return the seconds for which the thread of that file was ready and had no core; 0 where nobody counts."""
    return int(os.pread(file, 100, 0).split()[1]) / 1e9 if file is not None else 0.0
