"""Hours of work: when people are there, and when they are back.

Open Monday to Friday 9:00–18:00 in Berlin: on a Friday at 19:10 the next opening is Monday at 9:00.

The clock on the wall rules. A span begins when the clock first shows its beginning or something later,
and ends likewise: an hour that is left out in spring makes the night shift shorter, an hour that comes twice in autumn
makes it longer, and 2:30 means the first of two. A holiday takes away the shifts that begin on it: the night shift of
the evening before goes on to its end, the holiday's own night shift does not take place.
Pure: the caller brings the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
        holidays: days on which no shift begins.
        team: whose week it is, as in handoff.toml; empty for everybody's.
    """

    zone: str
    week: Mapping[int, tuple[Span, ...]]
    holidays: frozenset[date] = frozenset()
    team: str = ""

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

    def at_work(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of work between two moments, in order and without overlaps, as moments in UTC."""
        reached, end = start.astimezone(UTC), end.astimezone(UTC)
        if self.always:
            if reached < end:
                yield reached, end
            return
        day = reached.astimezone(ZoneInfo(self.zone)).date() - timedelta(days=1)
        last = end.astimezone(ZoneInfo(self.zone)).date()
        while day <= last:
            for opens, closes in sorted(self._spans(day)):
                begins, ends = max(opens, reached), min(closes, end)
                if begins < ends:
                    yield begins, ends
                    reached = ends
            day += timedelta(days=1)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans that begin on a day, in UTC."""
        if day in self.holidays:
            return []
        zone = ZoneInfo(self.zone)
        spans = self.week.get(day.weekday(), ()) if self.week else ((time(0), time(0)),)
        found = []
        for start, end in spans:
            last = day if end > start else day + timedelta(days=1)
            found.append((first_shown(day, start, zone), first_shown(last, end, zone)))
        return [(begins, ends) for begins, ends in found if begins < ends]  # a span may lie in an hour left out


def first_shown(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the clock of a zone first shows a time of a day or something later."""
    wall = datetime.combine(day, clock)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two others at which the clock of a zone is put forward, to the second."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
