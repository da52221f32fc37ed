"""When something can be brought or fetched: the next free windows by the owner's timetable.

Delivery on weekdays from 9:00 to 13:00 with six hours ahead: on a Friday at 10:00 the first window is Monday's.
Pure: the moment brings the time at the shop and its holidays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import short_day, whole_day
from bot.orders.answers import Moment, Words
from bot.orders.fields import Field, Span, Timetable
from bot.orders.hours import Hours
from bot.orders.lead import times_waiting, too_early

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class Slot:
    """A window on a day; its code is `20261127-0900-1300`."""

    day: date
    span: Span

    @property
    def code(self) -> str:
        """Return what a button carries for it, 18 characters."""
        return f"{self.day:%Y%m%d}-{self.span[0]}-{self.span[1]}".replace(":", "")

    @property
    def value(self) -> dict[str, str]:
        """Return what an order keeps."""
        return {"date": self.day.isoformat(), "from": self.span[0], "to": self.span[1]}

    def hours(self) -> str:
        """Return the hours as people read them in all languages: "9:00–13:00"."""
        return "–".join(f"{int(end[:2])}{end[2:]}" for end in self.span)

    def shown(self, language: str, *, year: bool = False) -> str:
        """Return day and hours as people read them."""
        day = whole_day(self.day, language) if year else short_day(self.day, language)
        return f"{day}, {self.hours()}"

    def lies_in(self, hours: Hours) -> bool:
        """Return whether all of it lies within a stretch of the day."""
        start, end = _bounds(hours)
        return start <= minutes(self.span[0]) and minutes(self.span[1]) <= end

    def holds(self, hours: Hours) -> bool:
        """Return whether a moment lies within it, and not at one of its ends."""
        start, end = _bounds(hours)
        return start == end and minutes(self.span[0]) < start < minutes(self.span[1])

    def touches(self, hours: Hours) -> bool:
        """Return whether some of it lies within a stretch of the day, or a moment within it."""
        start, end = _bounds(hours)
        first, last = minutes(self.span[0]), minutes(self.span[1])
        return first <= start < last if start == end else first < end and start < last


def minutes(clock: str) -> int:
    """Return the minutes of the day of "09:30"; "24:00" is 1440."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _bounds(hours: Hours) -> tuple[int, int]:
    start, end = hours.start or time.min, hours.end
    return start.hour * 60 + start.minute, end.hour * 60 + end.minute if end else _MIDNIGHT


def times_of(field: Field, moment: Moment) -> Timetable:
    """Return the timetable of a window by what was answered: the way of delivery, and the slowest item."""
    chosen = moment.answers.get(field.obeys) if field.obeys else None
    return times_waiting(field.times_by.get(str(chosen), field.times or Timetable()), moment)


def slots(times: Timetable, moment: Moment) -> Iterator[Slot]:
    """Yield the free windows, the next one first."""
    for ahead in range(times.earliest_days or 0, times.latest_days + 1):
        yield from slots_on(times, moment.today + timedelta(days=ahead), moment)


def slots_by_any_way(field: Field, moment: Moment) -> Iterator[Slot]:
    """Yield the free windows of each way of delivery, while none is chosen; else those of the chosen one."""
    ways = field.times_by if field.obeys and field.obeys not in moment.answers else {}
    for way in ways:
        yield from slots(times_of(field, replace(moment, answers={**moment.answers, field.obeys: way})), moment)
    if not ways:
        yield from slots(times_of(field, moment), moment)


def slots_on(times: Timetable, day: date, moment: Moment) -> list[Slot]:
    """Return the free windows of a day within reach."""
    if is_closed(times, day, moment):
        return []
    found = [Slot(day, span) for span in times.windows.get(WEEKDAYS[day.weekday()], ())]
    return [slot for slot in found if not _is_too_soon(times, slot, moment) and _is_there(slot, moment)]


def is_closed(times: Timetable, day: date, moment: Moment) -> bool:
    """Return whether nothing is brought on a day, whatever the hour."""
    weekday = WEEKDAYS[day.weekday()]
    named = weekday in times.closed or day.isoformat() in times.closed
    return named or weekday not in times.windows or (times.holidays and day.isoformat() in moment.free)


def _is_too_soon(times: Timetable, slot: Slot, moment: Moment) -> bool:
    begins = datetime.combine(slot.day, time.min) + timedelta(minutes=minutes(slot.span[0]))
    return begins < moment.now + timedelta(hours=times.lead_hours or 0)


def _is_there(slot: Slot, moment: Moment) -> bool:
    """Return whether any of a window is left where the clocks are put forward in it."""
    zone, ends = ZoneInfo(moment.zone), list[datetime]()
    for clock in slot.span:
        local = datetime.combine(slot.day, time.min) + timedelta(minutes=minutes(clock))
        real = local.replace(tzinfo=zone).astimezone(UTC)
        skipped = real.astimezone(zone).replace(tzinfo=None) != local
        ends.append(real.astimezone(zone).replace(minute=0).astimezone(UTC) if skipped else real)
    return ends[0] < ends[1]


def day_trouble(times: Timetable, day: date, moment: Moment) -> Words | None:
    """Return why a day will not do at all, None when it may."""
    first = next(slots(times, moment), None)
    if first is None:
        return Words("form.window_full")
    if day < moment.today:
        return Words("form.date_past", {"earliest": whole_day(first.day, moment.language)})
    if day < moment.today + timedelta(days=times.earliest_days or 0):
        return too_early(times.earliest_days or 0, first.day, moment)
    if day > (latest := moment.today + timedelta(days=times.latest_days)):
        return Words("form.date_late", {"latest": whole_day(latest, moment.language)})
    if is_closed(times, day, moment):
        return Words("form.date_closed", {"day": whole_day(day, moment.language)})
    return None


def slot_trouble(times: Timetable, slot: Slot, moment: Moment) -> Words | None:
    """Return why a window will not do, None when it may."""
    if trouble := day_trouble(times, slot.day, moment):
        return trouble
    if slot in slots_on(times, slot.day, moment):
        return None
    if slot.span in times.windows.get(WEEKDAYS[slot.day.weekday()], ()):
        first = next(slots(times, moment))
        return Words("form.window_soon", {"first": first.shown(moment.language)})
    return hours_of_day(times, slot.day, moment)


def hours_of_day(times: Timetable, day: date, moment: Moment) -> Words:
    """Return words that tell the windows of a day, or which is the next when all of them are past."""
    free = slots_on(times, day, moment)
    if not free:
        first = next(slots(times, moment), None)
        return Words("form.window_soon", {"first": first.shown(moment.language)} if first else {"first": "–"})
    shown = ", ".join(slot.hours() for slot in free)
    return Words("form.window_hours", {"day": short_day(day, moment.language), "hours": shown})
