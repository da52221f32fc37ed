"""What the clock starts: ticks that sweep the database. The only room that knows APScheduler.

Nothing that is due lives in the scheduler: it is a row, found by a sweep, so a restart or six hours of downtime miss
nothing.
"""

from __future__ import annotations

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from bot.handlers import undelivered
from bot.handlers.house import House
from bot.messaging import events, inbox

TIDY_EVERY = 600
"""Seconds between two sweeps of what nobody can ask for any more."""
TOPICS_EVERY = 120
"""Seconds between two looks for tickets whose topic could not be opened."""


class Jobs:
    """The clock's work."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(self._tidy, "interval", seconds=TIDY_EVERY)
        if self._house.groups:
            self._scheduler.add_job(self._open_topics, "interval", seconds=TOPICS_EVERY)
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _open_topics(self) -> None:
        house, now = self._house, self._house.clock()
        await house.change(lambda conn: undelivered.open_missing(house, conn, now))

    async def _tidy(self) -> None:
        now = self._house.clock()

        def work(conn: Connection) -> None:
            inbox.forget(conn, now)
            events.forget(conn, now)

        await self._house.database.transaction(work)
