"""The kind window: a day with its hours, out of the owner's timetable.

The next free ones are buttons; "another day" leads to the days, and a day to its hours. "Tomorrow afternoon" is read
as the one window of that afternoon; "Friday at five" is taken as 14:00 to 18:00, and said to be. Where a time cannot be
had, those that come nearest are offered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from itertools import islice

from bot.i18n import short_day
from bot.orders.answers import Accepted, Begun, Moment, Prompt, Reading, Refused, Row, Value, Words
from bot.orders.fields import Field, Timetable, words_in
from bot.orders.hours import Hours, likely_hours
from bot.orders.rules import Rules, checked
from bot.orders.timetables import (
    Slot,
    day_trouble,
    hours_of_day,
    slot_trouble,
    slots,
    slots_by_any_way,
    slots_on,
    times_of,
)
from bot.orders.windows import read_window
from bot.orders.wishes import fitting, nearest, shown, wish_of, wished
from bot.orders.words import YES, means

OTHER_DAY = "-days"
WINDOWS_OFFERED = 5
DAYS_OFFERED = 8
_CODE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:-(\d\d)(\d\d)-(\d\d)(\d\d))?")


class _Window(Rules):
    """{"date": ISO date, "from": "09:00", "to": "13:00"}; begun is {"date": …}, {} while a day is chosen, or a wish."""

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        times = times_of(field, moment)
        free = list(slots(times, moment))
        suggested = _suggested(free, moment) if means(text, YES) else None
        return Accepted(suggested.value) if suggested else self._said(text, times, free, moment)

    def _said(self, text: str, times: Timetable, free: list[Slot], moment: Moment) -> Reading:
        reading = read_window(text, moment.aware)
        if not free or reading.impossible:
            return Refused(Words("form.window_impossible" if free else "form.window_full"), person=not free)
        days = reading.day.days or _begun_day(moment)
        near = [slot for slot in free if not days or slot.day in days]
        wish = wish_of(reading, days)
        if reading.soonest:
            return _asked_back((near or free)[:3])
        if not days and not reading.hours:
            return Refused(Words("form.wrong_window", {"example": free[0].shown(moment.language)}))
        if not near:
            why = day_trouble(times, days[0], moment) or hours_of_day(times, days[0], moment)
            return Refused(why, _offered(nearest(days[0], reading.hours, free)), wish=wish)
        if reading.hours:
            found = self._hours(times, near, reading.hours, moment, sure=reading.sure and bool(days))
            return _with_wish(found, wish) if isinstance(found, Refused) else found
        return self._day(near, sure=reading.sure)

    @staticmethod
    def _day(near: list[Slot], *, sure: bool) -> Reading:
        """Return what a day without hours is: the one window that it has, or the question for the hours."""
        days = list(dict.fromkeys(slot.day for slot in near))
        if len(days) > 1 or not sure:
            return Refused(Words("form.which_day"), tuple(f"{day:%Y%m%d}" for day in days[:DAYS_OFFERED]))
        return Accepted(near[0].value) if len(near) == 1 else Begun({"date": days[0].isoformat()})

    def _hours(
        self, times: Timetable, near: list[Slot], said: Sequence[Hours], moment: Moment, *, sure: bool
    ) -> Reading:
        """Return the one window that lies within the hours that were said; ask back what may be meant otherwise."""
        ends = [end for slot in near for end in slot.span]
        hours = likely_hours(said, _clock(min(ends)), _clock(max(ends)))
        inside = [slot for slot in near if any(slot.lies_in(one) for one in hours)]
        if sure and len(inside) == 1:
            return Accepted(inside[0].value)
        holding = [slot for slot in near if len(hours) == 1 and slot.holds(hours[0])]
        if sure and len(holding) == 1:
            window = holding[0].shown(moment.language)
            return Accepted(holding[0].value, read_as=Words("form.window_holds", {"window": window}))
        possible = inside or [slot for slot in near if any(slot.touches(one) for one in hours)]
        if possible:
            return _asked_back(possible)
        return Refused(hours_of_day(times, near[0].day, moment), _offered(near))

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        slot, times = _slot_of(value), times_of(field, moment)
        if slot is not None:
            return slot_trouble(times, slot, moment)
        first = next(slots(times, moment), None)
        return Words("form.wrong_window", {"example": first.shown(moment.language) if first else "–"})

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        times, day = times_of(field, moment), _begun_day(moment)
        if day:
            return (*(slot.code for slot in slots_on(times, day[0], moment)), OTHER_DAY)
        free = list(slots(times, moment))
        if wish := wished(moment.so_far):
            return _offered(fitting(*wish, free) or nearest(*wish, free)) if free else ()
        days = dict.fromkeys(slot.day for slot in free)
        if moment.so_far is not None:
            return tuple(f"{one:%Y%m%d}" for one in islice(days, DAYS_OFFERED))
        more = (OTHER_DAY,) if len(free) > WINDOWS_OFFERED else ()
        return (*(slot.code for slot in free[:WINDOWS_OFFERED]), *more)

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:  # noqa: ARG002
        if code == OTHER_DAY:
            return Words("form.button.another_day")
        found = _decoded(code)
        if isinstance(found, Slot):
            in_a_day = _begun_day(moment) == (found.day,)
            return Words(text=found.hours() if in_a_day else found.shown(moment.language))
        return Words(text=short_day(found, moment.language)) if found else None

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        if code == OTHER_DAY:
            return Begun({})
        found = _decoded(code)
        if isinstance(found, Slot):
            return checked(self, field, found.value, moment)
        return self._picked_day(field, found, moment) if found else None

    def _picked_day(self, field: Field, day: date, moment: Moment) -> Reading:
        times = times_of(field, moment)
        if trouble := day_trouble(times, day, moment):
            return Refused(trouble)
        if not slots_on(times, day, moment):
            return Refused(hours_of_day(times, day, moment))
        return Begun({"date": day.isoformat()})

    def prompt(self, field: Field, moment: Moment) -> Prompt:
        if day := _begun_day(moment):
            row = Row(words_in(field.label, moment.language), Words(text=short_day(day[0], moment.language)))
            return Prompt(Words("form.window_which_hours"), rows=(row,))
        if wish := wished(moment.so_far):
            said = Words(text=shown(*wish, moment.language))
            if fitting(*wish, list(slots_by_any_way(field, moment))):
                return Prompt(Words("form.which_window"), rows=(Row(words_in(field.label, moment.language), said),))
            return Prompt(Words("form.window_wish", {"wish": said.text}))
        return Prompt(None if moment.so_far is None else Words("form.window_which_day"))

    def earlier(self, field: Field, moment: Moment) -> Value | None:  # noqa: ARG002
        return {} if _begun_day(moment) else None

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        slot = _slot_of(value)
        return Words(text=slot.shown(language, year=True) if slot else "–")


def _asked_back(found: Sequence[Slot]) -> Refused:
    return Refused(Words("form.which_window"), tuple(slot.code for slot in found[:WINDOWS_OFFERED]))


def _with_wish(found: Refused, wish: Value | None) -> Reading:
    """Return what is asked back with the wish; of one window only, the wish is begun, so that a yes can take it."""
    one = found.words.key == "form.which_window" and len(found.codes) == 1
    return Begun(wish) if one and wish is not None else replace(found, wish=wish)


def _suggested(free: Sequence[Slot], moment: Moment) -> Slot | None:
    """Return the one window that was suggested for a wish, None for none or several."""
    wish = wished(moment.so_far)
    found = fitting(*wish, list(free)) if wish else []
    return found[0] if len(found) == 1 else None


def _offered(found: Sequence[Slot]) -> tuple[str, ...]:
    """Return the codes of windows, and of the way to other days."""
    return (*(slot.code for slot in found[:WINDOWS_OFFERED]), OTHER_DAY)


def _begun_day(moment: Moment) -> tuple[date, ...]:
    """Return the day that was chosen already, as a tuple of one or none."""
    begun = moment.so_far.get("date") if isinstance(moment.so_far, dict) else None
    return (date.fromisoformat(begun),) if isinstance(begun, str) else ()


def _clock(text: str) -> time:
    """Return the time of day; midnight at its end is the last minute."""
    return time(23, 59) if text == "24:00" else time.fromisoformat(text)


def _slot_of(value: object) -> Slot | None:
    """Return the window that an order keeps, None for any other value."""
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("date", "from", "to")):
        return None
    code = f"{value['date']}-{value['from']}-{value['to']}".replace(":", "")
    found = _decoded(code.replace("-", "", 2))
    return found if isinstance(found, Slot) and found.value == value else None


def _decoded(code: str) -> Slot | date | None:
    """Return the window or the day that a button's code stands for."""
    said = _CODE.fullmatch(code)
    if said is None:
        return None
    try:
        day = date(int(said[1]), int(said[2]), int(said[3]))
    except ValueError:
        return None
    return Slot(day, (f"{said[4]}:{said[5]}", f"{said[6]}:{said[7]}")) if said[4] else day


WINDOW: Rules = _Window()
