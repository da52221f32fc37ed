"""What an owner may say about days and hours: of the kinds date and window, and of a way of delivery.

`windows = ["9-13"]` is refused with the line, as is a timetable that leaves no day of the week.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.orders.fields import Field, Kind, Span, Timetable
from bot.orders.timetables import WEEKDAYS, minutes
from bot.orders.toml_source import Table

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d:[0-5]\d|2[0-3]:[0-5]\d|24:00)")
_MOST_AHEAD = 3650
_MOST_DAYS_OFFERED = 90
_MOST_WINDOWS = 12
"""A day's; each may become a button."""


def date_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    """Return a date field with what its table says about the days that will do."""
    latest, closed = table.whole("latest_days", 365, 0, _MOST_AHEAD), closed_in(table)
    if len(set(WEEKDAYS) & set(closed)) == len(WEEKDAYS):
        raise table.broken("closed", "leaves no day of the week")
    return replace(base, earliest_days=table.whole("earliest_days", 0, 0, latest), latest_days=latest, closed=closed)


def closed_in(table: Table) -> tuple[str, ...]:
    """Return the key `closed`: names of weekdays, and days as 2026-12-25."""
    closed = table.list_of_texts("closed")
    for day in closed:
        if day not in WEEKDAYS and not is_day(day):
            raise table.broken("closed", f"has {day!r}, which is neither a weekday as sunday nor a day as 2026-12-25")
    return closed


def is_day(text: object) -> bool:
    """Return whether a text is a day as 2026-12-25."""
    try:
        return date.fromisoformat(str(text)).isoformat() == text
    except ValueError:
        return False


def window_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    """Return a window field with its timetable."""
    latest = table.whole("latest_days", 14, 0, _MOST_DAYS_OFFERED)
    holidays = table.text("holidays", "")
    if holidays not in ("", "shop"):
        raise table.broken("holidays", 'must be "shop", for the holidays of config/handoff.toml')
    if "windows" not in table.body:
        raise table.broken("windows", 'is missing; give hours as ["09:00-13:00", "14:00-18:00"]')
    times = replace(times_in(table, latest), latest_days=latest, holidays=holidays == "shop")
    refuse_no_day(table, "closed" if times.closed else "windows", times)
    return replace(base, times=times, obeys=table.text("delivery", ""))


def times_in(table: Table, latest: int = _MOST_DAYS_OFFERED) -> Timetable:
    """Return the keys that a window and a way of delivery share; what is not said stays empty or None."""
    days = table.whole("earliest_days", 0, 0, latest) if "earliest_days" in table.body else None
    lead = table.whole("lead_hours", 0, 0, 24 * latest) if "lead_hours" in table.body else None
    return Timetable(windows=_windows(table), closed=closed_in(table), earliest_days=days, lead_hours=lead)


def refuse_no_day(table: Table, key: str, times: Timetable) -> None:
    """Refuse a timetable by which no day of the week is left."""
    if not set(times.windows) - set(times.closed):
        raise table.broken(key, "leaves no day of the week")


def _windows(table: Table) -> dict[str, tuple[Span, ...]]:
    """Read `windows`: a list for every day, or one for each weekday; cut by `step_minutes`."""
    step = table.whole("step_minutes", 0, 0, 24 * 60)
    if isinstance(table.body.get("windows"), dict):
        inner = table.table("windows")
        found = {day: _spans(inner, day, inner.list_of_texts(day), step) for day in WEEKDAYS if day in inner.body}
        inner.close()
        return {day: spans for day, spans in found.items() if spans}
    spans = _spans(table, "windows", table.list_of_texts("windows"), step)
    return dict.fromkeys(WEEKDAYS, spans) if spans else {}


def _spans(table: Table, key: str, written: Sequence[str], step: int) -> tuple[Span, ...]:
    found: list[Span] = []
    for text in written:
        said = _SPAN.fullmatch(text.strip())
        if said is None or minutes(said[3]) <= int(said[1]) * 60 + int(said[2]):
            raise table.broken(key, f'has {text!r}, which must be hours as "09:00-13:00", the end behind the beginning')
        found += _cut((f"{said[1]}:{said[2]}", said[3]), step)
    if any(later[0] < earlier[1] for earlier, later in zip(sorted(found), sorted(found)[1:], strict=False)):
        raise table.broken(key, "has hours that overlap")
    if len(found) > _MOST_WINDOWS:
        raise table.broken(key, f"makes {len(found)} windows a day, and {_MOST_WINDOWS} are the most")
    return tuple(sorted(found))


def _cut(span: Span, step: int) -> list[Span]:
    """Return a stretch in pieces of some minutes, a shorter rest left out; whole when there is no step."""
    first, last = minutes(span[0]), minutes(span[1])
    if not step:
        return [span]
    return [(_clock(start), _clock(start + step)) for start in range(first, last - step + 1, step)]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def obeying(table: Table, window: Field, earlier: Sequence[Field]) -> Field:
    """Return the window with the timetable of each way of delivery that it is to follow."""
    delivery = next((field for field in earlier if field.key == window.obeys), None)
    if delivery is None or (delivery.question and delivery.kind is not Kind.DELIVERY):
        raise table.broken("delivery", "must name an earlier field of the kind delivery")
    if not delivery.question:
        return window  # the delivery is broken itself, which is told
    base, found = window.times or Timetable(), dict[str, Timetable]()
    for option in delivery.options:
        own = option.times or Timetable()
        found[option.key] = replace(
            base,
            windows=own.windows or base.windows,
            closed=(*base.closed, *own.closed),
            earliest_days=base.earliest_days if own.earliest_days is None else own.earliest_days,
            lead_hours=base.lead_hours if own.lead_hours is None else own.lead_hours,
        )
        refuse_no_day(table, f"delivery ({option.key})", found[option.key])
        if max((found[option.key].earliest_days or 0) * 24, found[option.key].lead_hours or 0) > base.latest_days * 24:
            raise table.broken("latest_days", f"lies before the first day of {option.key}")
    return replace(window, times_by=found)
