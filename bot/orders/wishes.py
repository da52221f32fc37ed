"""A time that somebody wished for: kept until it can be had, or until another one is chosen.

"2 sencha on Sunday at three" comes before anybody knows how they are to be brought. The wish is shown, or it is said
why it cannot be; when the time is asked for, the windows that lie in it are offered, else those that come nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from bot.i18n import short_day
from bot.orders.answers import Moment, Refused, Value, Words, joined
from bot.orders.fields import Field
from bot.orders.hours import Hours
from bot.orders.timetables import Slot, minutes, slots_by_any_way
from bot.orders.windows import WindowReading

WISH = "wish"
OFFERED, MENTIONED = 5, 3
ASKED_BACK = {"form.which_window", "form.which_day"}
NAMES_A_TIME = {"form.window_soon", "form.window_hours", "form.window_full", "form.window_impossible"}
"""Sentences that say already what can be had."""
_NOON = 12 * 60
_DAY = 24 * 60


def wish_of(reading: WindowReading, days: Sequence[date]) -> Value | None:
    """Return a time that was surely named, as JSON; None for what is doubtful.

    Args:
        reading: what was read.
        days: the days that it means, also where another one was meant before.
    """
    if not reading.sure or reading.impossible or len(days) != 1:
        return None
    spans = [[_written(one.start), _written(one.end)] for one in reading.hours]
    return {WISH: {"date": days[0].isoformat(), "hours": spans}}


def _written(clock: time | None) -> str:
    return f"{clock:%H:%M}" if clock else ""


def wished(so_far: Value | None) -> tuple[date, tuple[Hours, ...]] | None:
    """Return the day and the hours of a wish, None for anything else that was begun."""
    wish: Any = so_far.get(WISH) if isinstance(so_far, dict) else None
    if not isinstance(wish, dict):
        return None
    hours = tuple(Hours(_read(start), _read(end)) for start, end in wish["hours"])
    return date.fromisoformat(wish["date"]), hours


def _read(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def fitting(day: date, hours: Sequence[Hours], free: Sequence[Slot]) -> list[Slot]:
    """Return the free windows of the day that lie in the hours, else those that touch them."""
    there = [slot for slot in free if slot.day == day]
    if not hours:
        return there
    inside = [slot for slot in there if any(slot.lies_in(one) for one in hours)]
    return inside or [slot for slot in there if any(slot.touches(one) for one in hours)]


def nearest(day: date, hours: Sequence[Hours], free: Sequence[Slot], most: int = OFFERED) -> list[Slot]:
    """Return the free windows that come nearest to a day and its hours, each once, in their order."""
    middle = _middle(hours[-1]) if hours else _NOON

    def far(slot: Slot) -> tuple[int, int]:
        centre = (minutes(slot.span[0]) + minutes(slot.span[1])) // 2
        return abs((slot.day - day).days), abs(centre - middle)

    return sorted(
        sorted(set(free), key=lambda slot: (far(slot), slot.day, slot.span))[:most],
        key=lambda slot: (slot.day, slot.span),
    )


def _middle(hours: Hours) -> int:
    start = minutes(_written(hours.start)) if hours.start else 0
    end = minutes(_written(hours.end)) if hours.end else _DAY
    return (start + end) // 2


def shown(day: date, hours: Sequence[Hours], language: str) -> str:
    """Return a wish as people read it: "Sun, Nov 29, 15:00"; of hours only where they are one stretch."""
    one = hours[0] if len(hours) == 1 else Hours()
    ends = [f"{end.hour}:{end:%M}" for end in dict.fromkeys((one.start, one.end)) if end]
    whole = one.start is not None and one.end is not None
    return ", ".join([short_day(day, language), *(["–".join(ends)] if whole else [])])


def remark(field: Field, refused: Refused, moment: Moment) -> list[Words]:
    """Return why a time that was said in passing cannot be had, with those that come nearest; nothing where it may."""
    wish = wished(refused.wish)
    if refused.words.key in ASKED_BACK or (wish and fitting(*wish, list(slots_by_any_way(field, moment)))):
        return []
    if wish is None or refused.words.key in NAMES_A_TIME:
        return [refused.words]
    near = nearest(*wish, list(slots_by_any_way(field, moment)), MENTIONED)
    said = Words("form.window_nearest", {"times": "; ".join(slot.shown(moment.language) for slot in near)})
    return [joined(refused.words, Words(text=" "), said)]
