"""When something is owed: examples from life, and a clock that is watched minute by minute."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.handoff.hours import LOOKED_AHEAD, Span, WorkingHours
from bot.handoff.sla import NeverAtWork, due_at, working_time

MINUTE, QUARTER, HOUR, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
MINUTES = [n * MINUTE for n in range(15)]
OFFICE = WorkingHours("Europe/Berlin", {day: ((time(9), time(18)),) for day in range(5)})
CHRISTMAS = WorkingHours("Europe/Berlin", OFFICE.week, frozenset({date(2026, 12, 25)}))
NIGHTS = WorkingHours("Europe/Berlin", {day: ((time(22), time(6)),) for day in range(7)})
NIGHTS_BUT_CHRISTMAS = WorkingHours("Europe/Berlin", NIGHTS.week, frozenset({date(2026, 12, 25)}))
OVERLAPPING = WorkingHours("Europe/Berlin", {0: ((time(9), time(14)), (time(12), time(18)), (time(13), time(15)))})
EARLY = WorkingHours("Europe/Berlin", {day: ((time(2, 30), time(6)),) for day in range(7)})
LATE = WorkingHours("Europe/Berlin", {day: ((time(22), time(2, 30)),) for day in range(7)})
ALWAYS = WorkingHours("Europe/Berlin", {})


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("hours", "opened", "promise", "due"),
    [
        (OFFICE, "2026-11-20 17:50", HOUR, "2026-11-23 09:50"),
        (OFFICE, "2026-11-20 17:00", HOUR, "2026-11-20 18:00"),
        (OFFICE, "2026-11-20 18:00", HOUR, "2026-11-23 10:00"),
        (OFFICE, "2026-11-21 12:00", MINUTE, "2026-11-23 09:01"),
        (OFFICE, "2026-11-23 10:00", 24 * HOUR, "2026-11-25 16:00"),
        (CHRISTMAS, "2026-12-24 17:30", HOUR, "2026-12-28 09:30"),
        (NIGHTS, "2026-11-20 23:30", 7 * HOUR, "2026-11-21 22:30"),
        (NIGHTS_BUT_CHRISTMAS, "2026-12-24 23:00", 6 * HOUR, "2026-12-25 05:00"),
        (NIGHTS_BUT_CHRISTMAS, "2026-12-25 05:00", 2 * HOUR, "2026-12-26 23:00"),
        (OVERLAPPING, "2026-11-23 11:00", 7 * HOUR, "2026-11-23 18:00"),
        (NIGHTS, "2026-03-28 23:00", 6 * HOUR, "2026-03-29 06:00"),
        (NIGHTS, "2026-10-24 23:00", 8 * HOUR, "2026-10-25 06:00"),
        (EARLY, "2026-03-28 12:00", HOUR, "2026-03-29 04:00"),
        (LATE, "2026-03-28 23:00", 4 * HOUR, "2026-03-29 23:00"),
        (ALWAYS, "2026-10-25 01:30", 24 * HOUR, "2026-10-26 00:30"),
    ],
)
def test_what_is_owed_falls_due_after_so_much_time_at_work(
    hours: WorkingHours, opened: str, promise: timedelta, due: str
) -> None:
    assert due_at(at(opened), promise, hours) == at(due)


def test_of_an_hour_that_comes_twice_the_first_one_counts() -> None:
    night = at("2026-10-24 23:00")

    assert due_at(night, 3 * HOUR + 30 * MINUTE, LATE) == at("2026-10-25 02:30").astimezone(UTC)
    assert due_at(night, 3 * HOUR + 31 * MINUTE, LATE) == at("2026-10-25 22:01")
    assert working_time(at("2026-10-25 00:00"), at("2026-10-25 12:00"), EARLY) == 4.5 * HOUR


def test_a_minute_counts_to_the_second_around_the_end_of_a_shift() -> None:
    opened = at("2026-11-20 17:59:30")

    assert due_at(opened, MINUTE, OFFICE) == at("2026-11-23 09:00:30")


def test_what_does_not_fit_into_the_next_31_days_is_refused_with_the_teams_name() -> None:
    never = WorkingHours("Europe/Berlin", {0: ()}, team="returns")
    an_hour_a_week = WorkingHours("Europe/Berlin", {0: ((time(9), time(10)),)})
    monday = at("2026-11-23 08:00")

    with pytest.raises(NeverAtWork, match=r"team 'returns' works too little .* config/handoff.toml") as refused:
        due_at(monday, MINUTE, never)
    assert refused.value.team == "returns"
    assert due_at(monday, 5 * HOUR, an_hour_a_week) == at("2026-12-21 10:00")
    with pytest.raises(NeverAtWork, match="people work too little"):
        due_at(monday, 6 * HOUR, an_hour_a_week)


def test_no_time_passes_backwards() -> None:
    assert working_time(at("2026-11-23 12:00"), at("2026-11-23 11:00"), OFFICE) == timedelta(0)
    assert working_time(at("2026-11-23 12:00"), at("2026-11-23 11:00"), ALWAYS) == timedelta(0)


SECONDS = st.integers(1, 40 * 3600).map(lambda n: timedelta(seconds=n))
MOMENTS = st.integers(0, 400 * 86400).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
WEEKS = st.sampled_from([OFFICE, CHRISTMAS, NIGHTS, NIGHTS_BUT_CHRISTMAS, EARLY, LATE, ALWAYS])


@given(WEEKS, MOMENTS, SECONDS)
def test_until_something_is_due_people_worked_just_as_long_as_was_promised(
    hours: WorkingHours, opened: datetime, promise: timedelta
) -> None:
    due = due_at(opened, promise, hours)

    assert opened < due <= opened + LOOKED_AHEAD * DAY
    assert working_time(opened, due, hours) == promise
    assert hours.open_at(due - timedelta(microseconds=1))


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Moscow")
FIRST_DAYS = (date(2026, 3, 5), date(2026, 3, 26), date(2026, 10, 1), date(2026, 10, 23), date(2026, 12, 22))
"""A few days before clocks change in one of the zones, and before holidays."""
WATCHED = LOOKED_AHEAD + 9


@cache
def shown(zone: str, first: date) -> tuple[datetime, list[datetime]]:
    """Return what somebody read off a wall clock, minute by minute, who never believes that it goes back."""
    start = datetime.combine(first, time(0), UTC)
    looks = [start + n * QUARTER for n in range(WATCHED * 96)]  # clocks change at full quarters of an hour
    read = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in looks]
    return start, list(accumulate((look + minute for look in read for minute in MINUTES), max))


@dataclass(frozen=True)
class Case:
    """A week in a zone, when somebody began to wait, and what was promised."""

    zone: str
    first: date
    week: dict[int, tuple[Span, ...]]
    holidays: frozenset[date]
    opened: int
    promise: int

    @property
    def hours(self) -> WorkingHours:
        return WorkingHours(self.zone, self.week, self.holidays)


def cases(seed: int, count: int) -> Iterator[Case]:
    chance = random.Random(seed)
    quarters = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
    for _ in range(count):
        first = chance.choice(FIRST_DAYS)
        week = {
            day: tuple((chance.choice(quarters), chance.choice(quarters)) for _ in range(chance.choice((0, 1, 1, 2))))
            for day in chance.sample(range(7), chance.randint(0, 7))
        }
        holidays = frozenset(first + chance.randint(0, 9) * DAY for _ in range(chance.choice((0, 1, 3))))
        promise = chance.choice((1, 5, 60, 1440, chance.randint(1, 4000)))
        yield Case(chance.choice(ZONES), first, week, holidays, chance.randrange(1440, 7 * 1440), promise)


def minutes_at_work(case: Case) -> bytearray:
    """Return for each minute whether a shift has been seen to begin and not been seen to end."""
    _, clock = shown(case.zone, case.first)
    week = case.week or {day: ((time(0), time(0)),) for day in range(7)}
    at_work = bytearray(len(clock))
    for n in range(-2, WATCHED + 2):
        day = case.first + n * DAY
        for start, end in () if day in case.holidays else week.get(day.weekday(), ()):
            ends = datetime.combine(day + DAY * (end <= start), end)
            here = slice(bisect_left(clock, datetime.combine(day, start)), bisect_left(clock, ends))
            at_work[here] = b"\x01" * len(at_work[here])
    return at_work


def counted(case: Case) -> datetime | None:
    """Return when the promised minutes are over, one by one; None when not within 31 days."""
    at_work, left = minutes_at_work(case), case.promise
    for minute in range(case.opened, case.opened + LOOKED_AHEAD * 1440):
        left -= at_work[minute]
        if not left:
            return shown(case.zone, case.first)[0] + (minute + 1) * MINUTE
    return None


def computed(case: Case) -> datetime | None:
    try:
        return due_at(shown(case.zone, case.first)[0] + case.opened * MINUTE, case.promise * MINUTE, case.hours)
    except NeverAtWork:
        return None


def disagreeing(seed: int, count: int) -> list[tuple[Case, datetime | None, datetime | None]]:
    found = [(case, computed(case), counted(case)) for case in cases(seed, count)]
    dues = [theirs for _, _, theirs in found if theirs]
    assert len(dues) > count // 2
    assert len(dues) < count
    return [one for one in found if one[1] != one[2]]


def test_some_random_cases_agree_with_a_clock_that_is_watched_minute_by_minute() -> None:
    assert disagreeing(seed=2, count=250) == []


@pytest.mark.parametrize(
    "count", [pytest.param(1_000, marks=pytest.mark.slow), pytest.param(10_000, marks=pytest.mark.long)]
)
def test_thousands_of_random_cases_agree_with_a_clock_that_is_watched_minute_by_minute(count: int) -> None:
    assert disagreeing(seed=1, count=count) == []


@pytest.mark.parametrize("zone", ZONES)
def test_who_asks_at_any_minute_whether_people_are_there_hears_what_the_watched_clock_says(zone: str) -> None:
    for case in (one for one in cases(seed=3, count=40) if one.zone == zone):
        start, hours, at_work = shown(zone, case.first)[0], case.hours, minutes_at_work(case)
        asked = range(0, 12 * 1440, 5)
        assert [hours.open_at(start + n * MINUTE) for n in asked] == [bool(at_work[n]) for n in asked]
        long = working_time(start + case.opened * MINUTE, start + 20 * DAY, hours)
        assert long == sum(at_work[case.opened : 20 * 1440]) * MINUTE
