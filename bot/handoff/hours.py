"""Hours of work: when people are there, and when they are back.

Open Monday to Friday 9:00–18:00 in Berlin: on a Friday at 19:10 the next opening is Monday at 9:00.
Pure: the caller brings the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LOOKED_AHEAD = 31

Span = tuple[time, time]
"""From, to; an end of 00:00 or before the beginning lies on the next day."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """A team's week.

    Attributes:
        zone: IANA time zone.
        week: spans by day, 0 is Monday; an empty mapping means round the clock.
        holidays: days without work.
    """

    zone: str
    week: Mapping[int, tuple[Span, ...]]
    holidays: frozenset[date] = frozenset()

    @property
    def always(self) -> bool:
        """Whether somebody is there round the clock."""
        return not self.week and not self.holidays

    def open_at(self, moment: datetime) -> bool:
        """Return whether people are at work at a moment."""
        if self.always:
            return True
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        spans = self._spans(day - timedelta(days=1)) + self._spans(day)
        return any(start <= moment < end for start, end in spans)

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return when people are back: `moment` itself while they are there, None when not within 31 days."""
        if self.open_at(moment):
            return moment
        day = moment.astimezone(ZoneInfo(self.zone)).date()
        for ahead in range(LOOKED_AHEAD + 1):
            starts = [start for start, _ in self._spans(day + timedelta(days=ahead)) if start > moment]
            if starts:
                return min(starts)
        return None

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans that begin on a day, in UTC."""
        if day in self.holidays:
            return []
        zone = ZoneInfo(self.zone)
        spans = self.week.get(day.weekday(), ()) if self.week else ((time(0), time(0)),)
        found = []
        for start, end in spans:
            last = day if end > start else day + timedelta(days=1)
            begins, ends = datetime.combine(day, start, zone), datetime.combine(last, end, zone)
            found.append((begins.astimezone(UTC), ends.astimezone(UTC)))
        return found
