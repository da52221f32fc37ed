"""Who is on duty: not away, and within the shift; `/back` holds outside the shift until its next end.

Olga's shift ends at 16:00. At 17:00 she writes `/back` and takes chats again, until 16:00 of the next day that she
works. Pure: the caller brings the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from bot.domain.people import Staff
from bot.handoff.hours import WorkingHours

Shifts = Mapping[str, WorkingHours]
"""By name as people write it, or Telegram id; in small letters."""
LOOKED_AHEAD = timedelta(days=31)
LOOKED_BACK = timedelta(days=8)


def shift_of(person: Staff, shifts: Shifts) -> WorkingHours | None:
    """Return a person's week, None for somebody who works whenever they are not away."""
    return shifts.get(person.name.strip().casefold()) or shifts.get(person.telegram_id or "-")


def on_duty(person: Staff, shifts: Shifts, now: datetime) -> bool:
    """Return whether somebody takes new chats at present."""
    if person.away:
        return False
    week = shift_of(person, shifts)
    if week is None or week.open_at(now):
        return True
    if person.back_at is None:
        return False
    ends = next((end for _, end in week.at_work(person.back_at, person.back_at + LOOKED_AHEAD)), None)
    return ends is None or now < ends


def present(people: Iterable[Staff], shifts: Shifts, now: datetime) -> list[Staff]:
    """Return those who take new chats at present, in the same order."""
    return [person for person in people if on_duty(person, shifts, now)]


def off_since(person: Staff, shifts: Shifts, now: datetime) -> datetime | None:
    """Return since when somebody takes no new chats, None while they do; at most eight days ago for a shift's end."""
    if on_duty(person, shifts, now):
        return None
    if person.away:
        return person.away_since or now - LOOKED_BACK
    week = shift_of(person, shifts)
    ends = [end for _, end in week.at_work(now - LOOKED_BACK, now)] if week else []
    return ends[-1] if ends else now - LOOKED_BACK


def next_on_duty(people: Iterable[Staff], shifts: Shifts, now: datetime) -> datetime | None:
    """Return when somebody's shift begins next, of those who are not away; None when that is not known."""
    weeks = [shift_of(person, shifts) for person in people if not person.away]
    openings = [opening for week in weeks if week and (opening := week.next_opening(now))]
    return min(openings, default=None)
