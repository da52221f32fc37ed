"""Reads a day with its hours: "tomorrow afternoon", "Freitag zwischen 14 und 18 Uhr", "завтра после шести".

What may mean several things is given back as all of them: "Wednesday" said on a Wednesday, "at six" in the morning or
in the evening. Who delivers knows which one can be meant; whoever does not, asks. "Not tomorrow" is read as unsure.
Pure: the caller brings the time at the shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.orders.dates import DayReading, read_day_and_hours
from bot.orders.hours import Hours


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What a text says about a day and about hours on it.

    Attributes:
        day: the days that it may mean, as `read_day` has them; sure when every word was understood.
        hours: the stretches that it may mean, the earliest first; none when it says nothing about hours.
        sure: every word was understood, and days and hours fit together; there may still be several of each.
        impossible: no calendar or no clock has it: 31 February, 25:00, "from 18 to 9", an hour that summer time skips.
        soonest: "as soon as possible", whatever else it says.
    """

    day: DayReading
    hours: tuple[Hours, ...] = ()
    sure: bool = True
    impossible: bool = False
    soonest: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether it may mean several days or several stretches of hours, or is not understood."""
        return not self.sure or len(self.day.days) > 1 or len(self.hours) > 1


def read_window(text: str, now: datetime) -> WindowReading:
    """Return what a text says about a day and about hours on it, in any of the languages.

    Args:
        text: what the customer wrote.
        now: the time at the shop; "in two hours" and "today at 5" depend on it. With its zone, hours that summer time
            skips are known; without, every hour is there.
    """
    day, hours = read_day_and_hours(text, now.date())
    if day.impossible or hours.impossible:
        return WindowReading(DayReading(sure=False, impossible=day.impossible), sure=False, impossible=True)
    if hours.ahead is not None:
        return _from_now(day, now, hours.ahead, alone=not hours.hours and not hours.soonest)
    fits = bool(hours.hours) or hours.soonest or not hours.said
    candidates = hours.hours
    if day.days == (now.date(),):
        candidates = _still_ahead(candidates, now)
    if len(day.days) == 1:
        there = tuple(one for one in candidates if _exists(day.days[0], one, now))
        if candidates and not there:
            return WindowReading(day, sure=False, impossible=True)
        candidates = there
    said = bool(day.days) or hours.said
    return WindowReading(day, candidates, sure=day.sure and fits and said, soonest=hours.soonest)


def _from_now(day: DayReading, now: datetime, ahead: timedelta, *, alone: bool) -> WindowReading:
    """Return the moment so much later; elapsed time, so that a change to summer time is counted."""
    then = (now.astimezone(UTC) + ahead).astimezone(now.tzinfo) if now.tzinfo else now + ahead
    moment = time(then.hour, then.minute)
    fits = alone and set(day.days) <= {then.date()}
    days = DayReading((then.date(),), sure=day.sure and fits, timed=True)
    return WindowReading(days, (Hours(moment, moment),), sure=days.sure)


def _still_ahead(candidates: tuple[Hours, ...], now: datetime) -> tuple[Hours, ...]:
    """Return the stretches of today that lie ahead, or all of them when none does."""
    clock = now.time()
    ahead = tuple(one for one in candidates if all(end is None or end > clock for end in (one.start, one.end)))
    still = tuple(one for one in candidates if one.end is None or one.end > clock)
    return ahead or still or candidates


def _exists(day: date, hours: Hours, now: datetime) -> bool:
    """Return whether the named ends are shown by the clocks of that day; some are skipped in spring."""
    named = (datetime.combine(day, end, now.tzinfo) for end in (hours.start, hours.end) if end is not None)
    return all(_is_shown(moment) for moment in named)


def _is_shown(moment: datetime) -> bool:
    if moment.tzinfo is None:
        return True
    try:
        back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    except (OverflowError, ValueError):
        return True
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)
