"""When something is owed: the SLA clock, which runs only while a team is at work.

A ticket opened on Friday at 17:50 with an hour promised falls due on Monday at 09:50.
Pure: the caller brings the time and the hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.errors import SupportbotError
from bot.handoff.hours import LOOKED_AHEAD, WorkingHours


class NeverAtWork(SupportbotError):
    """A team does not work long enough in the next 31 days, so nothing can fall due."""

    def __init__(self, team: str) -> None:
        who = f"team {team!r} works" if team else "people work"
        super().__init__(f"{who} too little for what is promised; see the hours in config/handoff.toml")
        self.team = team


def due_at(opened: datetime, promise: timedelta, hours: WorkingHours) -> datetime:
    """Return the moment by which something is owed.

    Args:
        opened: when the customer began to wait; timezone-aware.
        promise: working time allowed; more than zero.
        hours: the week of the team that has the ticket.

    Returns:
        A moment in UTC, always later than `opened`. What is used up exactly at the end of a shift is due then.

    Raises:
        NeverAtWork: the promise does not fit into the next 31 days.
    """
    left = promise
    for begins, ends in hours.at_work(opened, opened + timedelta(days=LOOKED_AHEAD)):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise NeverAtWork(hours.team)


def working_time(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """Return how long people were at work between two moments; zero when the second is not later."""
    return sum((ends - begins for begins, ends in hours.at_work(start, end)), timedelta(0))
