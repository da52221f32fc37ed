"""Hours of work: tables from life, and every minute compared with a clock that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from bot.handoff.hours import Span, WorkingHours

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_SIX = {day: ((time(9), time(18)),) for day in range(5)}
OFFICE = WorkingHours("Europe/Berlin", NINE_TO_SIX, frozenset({date(2026, 12, 25)}))
NIGHTS = WorkingHours("Europe/Berlin", {4: ((time(22), time(6)),), 5: ((time(18), time(0)),)})
MINUTE = timedelta(minutes=1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("hours", "moment", "is_open"),
    [
        (OFFICE, "2026-11-23 08:59", False),
        (OFFICE, "2026-11-23 09:00", True),
        (OFFICE, "2026-11-23 17:59", True),
        (OFFICE, "2026-11-23 18:00", False),
        (OFFICE, "2026-11-21 12:00", False),
        (OFFICE, "2026-12-25 12:00", False),
        (OFFICE, "2026-03-30 09:00", True),
        (OFFICE, "2026-10-26 17:59", True),
        (NIGHTS, "2026-11-20 21:59", False),
        (NIGHTS, "2026-11-21 05:59", True),
        (NIGHTS, "2026-11-21 06:00", False),
        (NIGHTS, "2026-11-21 23:59", True),
        (NIGHTS, "2026-11-22 00:00", False),
    ],
)
def test_people_are_there_when_the_table_says_so(hours: WorkingHours, moment: str, *, is_open: bool) -> None:
    assert hours.open_at(berlin(moment)) is is_open


@pytest.mark.parametrize(
    ("hours", "moment", "back"),
    [
        (OFFICE, "2026-11-20 19:10", "2026-11-23 09:00"),
        (OFFICE, "2026-11-23 10:00", "2026-11-23 10:00"),
        (OFFICE, "2026-12-24 18:00", "2026-12-28 09:00"),
        (OFFICE, "2026-03-28 12:00", "2026-03-30 09:00"),
        (OFFICE, "2026-10-25 02:30", "2026-10-26 09:00"),
        (NIGHTS, "2026-11-22 00:00", "2026-11-27 22:00"),
        (NIGHTS, "2026-11-21 07:00", "2026-11-21 18:00"),
    ],
)
def test_people_are_back_when_the_table_says_so(hours: WorkingHours, moment: str, back: str) -> None:
    assert hours.next_opening(berlin(moment)) == berlin(back)


def test_a_night_shift_is_an_hour_longer_when_the_clocks_go_back_and_shorter_when_they_go_forward() -> None:
    saturdays = WorkingHours("Europe/Berlin", {5: ((time(22), time(6)),)})

    def open_minutes(evening: str) -> int:
        start = berlin(evening).astimezone(UTC)
        return sum(saturdays.open_at(start + n * MINUTE) for n in range(24 * 60))

    assert [open_minutes(f"{day} 12:00") for day in ("2026-10-24", "2026-03-28", "2026-11-21")] == [540, 420, 480]


def test_round_the_clock_means_always_but_for_holidays() -> None:
    always = WorkingHours("Europe/Berlin", {})
    but_christmas = WorkingHours("Europe/Berlin", {}, frozenset({date(2026, 12, 25)}))
    night = berlin("2026-12-25 03:00")

    assert (always.always, always.open_at(night), always.next_opening(night)) == (True, True, night)
    assert (but_christmas.always, but_christmas.open_at(night)) == (False, False)
    assert but_christmas.open_at(berlin("2026-12-24 23:59"))
    assert but_christmas.next_opening(night) == berlin("2026-12-26 00:00")


def test_who_never_works_is_never_back() -> None:
    never = WorkingHours("Europe/Berlin", {0: ()})
    holidays = frozenset(date(2026, 11, 23) + timedelta(days=7 * week) for week in range(6))
    mondays = WorkingHours("Europe/Berlin", {0: ((time(9), time(18)),)}, holidays)

    assert never.next_opening(berlin("2026-11-23 12:00")) is None
    assert mondays.next_opening(berlin("2026-11-22 12:00")) is None


CLOCKS = st.builds(time, st.sampled_from([0, *range(4, 24)]), st.sampled_from([0, 15, 30, 59]))  # not in a changed hour
SPANS = st.lists(st.tuples(CLOCKS, CLOCKS), max_size=2).map(tuple)
WEEKS = st.dictionaries(st.integers(0, 6), SPANS, min_size=1)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"])
STARTS = st.sampled_from([(3, 27), (10, 23), (3, 6), (10, 30), (12, 30), (7, 1), (4, 3), (9, 25)])
HOLIDAYS = st.sets(st.integers(0, 3), max_size=2)


def said_by_the_clock(week: dict[int, tuple[Span, ...]], holidays: frozenset[date], local: datetime) -> bool:
    """Return whether somebody who looks at the wall says that people are there."""
    today, now = local.date(), local.time()
    for day, begun_today in ((today, True), (today - timedelta(days=1), False)):
        for start, end in () if day in holidays else week.get(day.weekday(), ()):
            over_midnight = end <= start
            if begun_today and start <= now and (over_midnight or now < end):
                return True
            if not begun_today and over_midnight and now < end:
                return True
    return False


@settings(max_examples=40)
@given(WEEKS, ZONES, STARTS, HOLIDAYS)
def test_every_minute_of_four_days_agrees_with_the_clock_on_the_wall(
    week: dict[int, tuple[Span, ...]], name: str, start: tuple[int, int], free: set[int]
) -> None:
    zone, first = ZoneInfo(name), datetime(2026, *start, tzinfo=UTC)
    holidays = frozenset((first + timedelta(days=n)).date() for n in free)
    hours = WorkingHours(name, week, holidays)
    moments = [first + n * 7 * MINUTE for n in range(4 * 24 * 60 // 7)]

    expected = [said_by_the_clock(week, holidays, moment.astimezone(zone)) for moment in moments]

    assert [hours.open_at(moment) for moment in moments] == expected


@settings(max_examples=25)
@given(WEEKS, ZONES, STARTS, HOLIDAYS, st.integers(0, 24 * 60))
def test_the_next_opening_is_the_first_open_minute(
    week: dict[int, tuple[Span, ...]], name: str, start: tuple[int, int], free: set[int], minute: int
) -> None:
    zone, first = ZoneInfo(name), datetime(2026, *start, tzinfo=UTC)
    holidays = frozenset((first + timedelta(days=n)).date() for n in free)
    moment = first + minute * MINUTE
    looked = (moment + n * MINUTE for n in range(12 * 24 * 60))

    found = WorkingHours(name, week, holidays).next_opening(moment)

    expected = next((one for one in looked if said_by_the_clock(week, holidays, one.astimezone(zone))), None)
    assert found == expected or (expected is None and (found is None or found > moment + timedelta(days=11)))
