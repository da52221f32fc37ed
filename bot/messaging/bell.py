"""A bell that wakes those who wait for new rows; a slow poll stands behind it, so a ring that is missed costs little.

The intake commits an update and rings; the dispatcher, which was asleep, looks into the inbox.
"""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Rings for everybody who waits at the moment, and once for whoever comes next."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self.rings = 0

    def ring(self) -> None:
        """Wake all who wait."""
        self.rings += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def wait(self, heard: int, seconds: float) -> int:
        """Sleep until a ring later than number `heard`, or until some seconds have passed.

        Returns:
            The number of the last ring, to be passed in next time.
        """
        if self.rings > heard:
            return self.rings
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):  # wait_for may lose a cancellation in Python 3.11
                    await waiter
        finally:
            self._waiting.discard(waiter)
        return self.rings
