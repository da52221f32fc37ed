"""What the clock starts: ticks that sweep the database. The only room that knows APScheduler.

Nothing that is due lives in the scheduler: it is a row, found by a sweep, so a restart or six hours of downtime miss
nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from bot.handlers import assigning, closing, keeping, ladder, pace, reporting, undelivered
from bot.handlers.house import House
from bot.handoff import notices
from bot.handoff.rules import Assignment
from bot.messaging import events, inbox, outbox
from bot.storage import audit, seals

log = structlog.get_logger()
TIDY_EVERY = 600
"""Seconds between two sweeps of what nobody can ask for any more."""
TOPICS_EVERY = 120
"""Seconds between two looks for tickets whose topic could not be opened."""
PROMISES_EVERY = 5
"""Seconds between two looks for what was promised and is due."""
ASSIGN_EVERY = 1
"""Seconds between two looks for somebody who has room for those who wait."""
RETURNS_EVERY = 20
"""Seconds between two looks for chats of people who went away."""
QUIET_EVERY = 60
"""Seconds between two looks for tickets whose customers do not answer."""
REMIND_EVERY = 30
"""Seconds between two looks for drafts whose customers want to be reminded of them."""
HELD_EVERY = 5
"""Seconds between two looks for floods that have ended."""
DIGEST_EVERY = 60
"""Seconds between two looks whether the managers get their figures."""
SEAL_EVERY = 1
"""Seconds between two looks for lines of the audit that wait for their seal."""
TELL_SEAL_EVERY = 86_400
"""Seconds between two lines of the log with the audit's last seal: who keeps logs elsewhere keeps it there."""
FILES_EVERY = 600
"""Seconds between two looks for files that are no longer kept; each looks at a thousand."""
ROUNDS = 100
"""Transactions of one sweep at most; what is left then comes with the next tick."""
Sweep = Callable[[House, Connection, datetime], int]


class Jobs:
    """The clock's work."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at = ""
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(self._tidy, "interval", seconds=TIDY_EVERY)
        if self._house.settings.files.keep_days:
            self._scheduler.add_job(self.forget_files, "interval", seconds=FILES_EVERY)
        if self._house.groups:
            self._scheduler.add_job(self._open_topics, "interval", seconds=TOPICS_EVERY)
        self._sweep(lambda _, conn, now: outbox.forget(conn, now), TIDY_EVERY)
        self._sweep(ladder.sweep_promises, PROMISES_EVERY)
        self._scheduler.add_job(self._digest, "interval", seconds=DIGEST_EVERY)
        self._scheduler.add_job(self._seal, "interval", seconds=SEAL_EVERY)
        self._scheduler.add_job(self._tell_seal, "interval", seconds=TELL_SEAL_EVERY)
        self._sweep(assigning.sweep_returns, RETURNS_EVERY)
        self._sweep(closing.sweep_quiet, QUIET_EVERY)
        self._sweep(pace.sweep_held, HELD_EVERY)
        self._sweep(keeping.sweep_reminders, REMIND_EVERY)
        if self._house.rules.assignment is Assignment.BALANCED:
            self._scheduler.add_job(self._assign, "interval", seconds=ASSIGN_EVERY)
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _sweep(self, sweep: Sweep, seconds: int) -> None:
        """Let a sweep run now and then: transaction by transaction, until it finds nothing more to do."""

        async def run() -> None:
            house, now = self._house, self._house.clock()
            for _ in range(ROUNDS):
                if not await house.change(lambda conn: sweep(house, conn, now)):
                    return

        self._scheduler.add_job(run, "interval", seconds=seconds)

    async def _assign(self) -> None:
        """Bring those who wait and those who have room together, one chat a transaction."""
        house, now = self._house, self._house.clock()
        planned = await house.database.read(lambda conn: assigning.planned(house, conn, now))
        for ticket, person in planned:
            await house.change(lambda conn: assigning.give(house, conn, ticket, person, now))  # noqa: B023 awaited here

    async def _digest(self) -> None:
        await reporting.send_digest(self._house, self._house.clock())

    async def _seal(self) -> None:
        """Seal what was written into the audit since the last look."""
        database = self._house.database
        while await database.read(lambda conn: audit.to_be_sealed(conn, 1)):
            await database.transaction(seals.seal)

    async def _tell_seal(self) -> None:
        last = await self._house.database.read(audit.head)
        if last is not None:
            log.info("audit_head", place=last.place, seal=last.seal)

    async def forget_files(self) -> None:
        """Delete files that are kept here and are older than the settings allow, some at a time."""
        house = self._house
        old = house.clock() - timedelta(days=house.settings.files.keep_days)
        gone, self._looked_at = await asyncio.to_thread(house.files.forget, old, self._looked_at)
        if gone:
            log.info("files_forgotten", count=gone)

    async def _open_topics(self) -> None:
        house, now = self._house, self._house.clock()
        await house.change(lambda conn: undelivered.open_missing(house, conn, now))

    async def _tidy(self) -> None:
        now = self._house.clock()

        def work(conn: Connection) -> None:
            inbox.forget(conn, now)
            events.forget(conn, now)
            notices.forget(conn, now)

        await self._house.database.transaction(work)
