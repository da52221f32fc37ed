"""What is owed to a customer next, as the console shows it: when, in words and colour, and whether it is late.

Anna was promised a first answer by 9:01. At 9:00:10 her row says "due in 50 s", at 9:00:40 the same with a clock that
rings, at 9:04 "late by 3 min" in red. The page counts on by itself; what it needs for that stands in the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.handoff import promises
from bot.handoff.promises import Promise, Sla, Step
from bot.handoff.ticket import Ticket

REMEMBERED = 4096
"""Stretches of waiting whose ladders are kept: the list is drawn anew with each event, and hours take time to count."""


@dataclass(frozen=True, slots=True)
class Due:
    """A promise that runs.

    Attributes:
        promise: what is owed.
        at: when it is due, UTC.
        soon_at: from when on the desk is reminded of it, UTC; `at` without a reminder.
        state: `calm`, `soon` or `late`, as of now.
    """

    promise: Promise
    at: datetime
    soon_at: datetime
    state: str


class Dues:
    """Reckons what is due by the promises and hours of `config/handoff.toml`."""

    def __init__(self, sla: Sla) -> None:
        self._sla = sla
        self._ladder = lru_cache(REMEMBERED)(self._reckoned)

    def of(self, ticket: Ticket, now: datetime) -> Due | None:
        """Return what is due first; a solution counts only from its reminder on.

        Args:
            ticket: open or closed.
            now: the time.
        """
        found = [
            due
            for promise, since in promises.running(ticket).items()
            if (due := self._due(ticket, promise, since, now)) is not None
            and (promise is not Promise.RESOLUTION or due.state != "calm")
        ]
        return min(found, key=lambda due: due.at, default=None)

    def _due(self, ticket: Ticket, promise: Promise, since: datetime, now: datetime) -> Due | None:
        ladder = self._ladder(ticket.team, ticket.level, promise, since)
        if not ladder:
            return None
        at = ladder[Step.OPERATOR]
        soon = ladder.get(Step.TOPIC, at)
        return Due(promise, at, soon, "late" if at <= now else "soon" if soon <= now else "calm")

    def _reckoned(self, team: str, level: int, promise: Promise, since: datetime) -> Mapping[Step, datetime]:
        sla = self._sla
        return promises.ladder(promise, since, sla.promises_of(team, level), sla.hours_of(team))
