"""Every phrasing of the table is read as expected, and none is read wrongly without a doubt.

An expectation that begins with "?" means: asked back. Windows: "2026-11-26 06:00-|18:00-" may begin at either time.
"""

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from bot.orders.addresses import AddressDoubt, read_address
from bot.orders.amounts import read_amount
from bot.orders.dates import read_day
from bot.orders.hours import Hours
from bot.orders.numbers import read_number
from bot.orders.person_names import read_person_name
from bot.orders.phones import read_phone, regions_for
from bot.orders.windows import read_window

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
UNITS = ["pack", "packs", "Packung", "Packungen", "пачка", "пачки", "пачек"]
TABLE = Path(__file__).with_name("phrasings.csv")
ASKED = "?"


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    language: str
    country: str
    text: str
    expected: str


def rows() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        read = csv.DictReader(lines, delimiter=";")
        return [Row(**{**line, "text": line["text"].replace("\\n", "\n")}) for line in read]


def day_of(row: Row) -> str:
    reading = read_day(row.text, NOW.date())
    if reading.impossible:
        return "impossible"
    return "|".join(map(str, reading.days)) if reading.sure and reading.days and not reading.timed else ASKED


def window_of(row: Row) -> str:
    reading = read_window(row.text, NOW)
    if reading.impossible or not reading.sure:
        return "impossible" if reading.impossible else ASKED
    days = "|".join(map(str, reading.day.days)) or ("" if reading.soonest else "-")
    said = (days, "asap" if reading.soonest else "", "|".join(map(stretch, reading.hours)))
    return " ".join(filter(None, said))


def stretch(hours: Hours) -> str:
    def clock(at: time | None) -> str:
        return "" if at is None else f"{at:%H:%M}"

    if hours == Hours():
        return "anytime"
    return clock(hours.start) if hours.start == hours.end else f"{clock(hours.start)}-{clock(hours.end)}"


def phone_of(row: Row) -> str:
    reading = read_phone(row.text, regions_for("DE", languages=("de", "en", "ru")))
    names = {"TOO_SHORT": "too_short", "TOO_LONG": "too_long", "NO_NUMBER": ASKED}
    return names[reading.trouble.name] if reading.trouble else "|".join(reading.numbers)


def address_of(row: Row) -> str:
    reading = read_address(row.text, row.country)
    if not reading.sure:
        return ASKED + ",".join((*reading.missing, *reading.doubts))
    found = reading.address
    parts = (found.street, found.house_number, found.extra, found.postcode, found.town, found.country)
    return " / ".join(parts).replace("/  /", "/ /")


def quantity_of(row: Row) -> str:
    number = read_number(row.text, UNITS)
    return ASKED if number is None else f"{number.normalize():f}"


def amount_of(row: Row) -> str:
    found = read_amount(row.text, "EUR")
    return ASKED if found is None else f"{found.value.normalize():f} {found.currency}"


def name_of(row: Row) -> str:
    return read_person_name(row.text) or ASKED


READERS: dict[str, Callable[[Row], str]] = {
    "date": day_of,
    "window": window_of,
    "phone": phone_of,
    "address": address_of,
    "quantity": quantity_of,
    "amount": amount_of,
    "name": name_of,
}
REFUSED = ("?", "too_", "impossible")


def is_asked_back(reading: str) -> bool:
    return reading.startswith(REFUSED) or "|" in reading


def as_expected(row: Row, reading: str) -> bool:
    if row.kind == "amount" and not reading.startswith(ASKED) and not row.expected.startswith(ASKED):
        (value, currency), (other, its) = reading.split(), row.expected.split()
        return (Decimal(value), currency) == (Decimal(other), its)
    return reading == row.expected or (row.expected == ASKED and reading.startswith(ASKED))


def told(row: Row, reading: str) -> str:
    return f"{row.kind} {row.language} {row.text!r}: read {reading!r}, expected {row.expected!r}"


def test_phrasings_are_read_as_expected() -> None:
    table = rows()
    wrong = [told(row, reading) for row in table if not as_expected(row, reading := READERS[row.kind](row))]

    assert len(wrong) <= 0.03 * len(table), "\n".join([f"{len(wrong)} of {len(table)}:", *wrong])


def test_no_phrasing_is_read_wrongly_without_a_doubt() -> None:
    readings = [(row, READERS[row.kind](row)) for row in rows()]
    silent = [told(row, got) for row, got in readings if not as_expected(row, got) and not is_asked_back(got)]

    assert not silent, "\n".join(["taken silently:", *silent])


@pytest.mark.parametrize("denial", ["not {}", "nicht {}", "не {}", "{}, not sure", "vielleicht {}", "{} или нет"])
def test_what_is_denied_or_hedged_is_asked_back(denial: str) -> None:
    meant = {"name", "phone"} if denial in ("vielleicht {}", "{} или нет") else {"name"}  # "maybe 0170 …" is a number
    denied = [(row, replace(row, text=denial.format(row.text))) for row in rows() if row.kind not in meant]
    silent = [told(row, got) for row, no in denied if not is_asked_back(got := READERS[row.kind](no))]

    assert not silent, "\n".join(["taken silently:", *silent])


@pytest.mark.parametrize("kind", READERS)
def test_every_kind_is_there_in_every_language_right_and_wrong(kind: str) -> None:
    own = [row for row in rows() if row.kind == kind]

    assert {row.language for row in own} == {"en", "de", "ru"}
    assert Counter(row.expected.startswith(REFUSED) for row in own).keys() == {True, False}


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    text=st.text(max_size=60)
    | st.lists(st.sampled_from([word for row in rows() for word in row.text.split()]), max_size=12).map(" ".join)
)
def test_no_text_is_too_odd_to_be_read(kind: str, text: str) -> None:
    READERS[kind](Row(kind, "en", "DE", text, ASKED))


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("length", [70, 190, 390, 4000])
def test_a_hostile_text_is_read_in_milliseconds(kind: str, length: int) -> None:
    seeds = ("1 ", "a ", "12-", "1:", "after 6 ", "д. 1", "ул. 5 к 2 ", "my ", "please ", "1a/", "- ", "\n1", "in 1 ")
    for seed in seeds:
        row = Row(kind, "en", "DE", (seed * length)[:length] + "!", ASKED)
        READERS[kind](row)
        started = perf_counter()
        READERS[kind](row)

        assert perf_counter() - started < 0.25, seed


def test_the_table_has_no_phrasing_twice() -> None:
    seen = Counter((row.kind, row.country, row.text) for row in rows())

    assert [key for key, times in seen.items() if times > 1] == []
    assert len(seen) >= 250


def test_two_addresses_are_told_from_one() -> None:
    reading = read_address("Lindenallee 12, 04107 Leipzig, Torstr. 1, 10119 Berlin", "DE")

    assert reading.doubts == (AddressDoubt.SEVERAL, AddressDoubt.UNCLEAR)


def test_an_hour_that_summer_time_skips_is_impossible() -> None:
    evening = datetime(2027, 3, 27, 20, 0, tzinfo=NOW.tzinfo)

    assert read_window("tomorrow at 2:30 am", evening).impossible
    assert not read_window("tomorrow at 3:30 am", evening).impossible


def test_in_two_hours_is_two_hours_later_when_the_clocks_change_and_behind_midnight() -> None:
    clocks_change = datetime(2027, 3, 28, 1, 30, tzinfo=NOW.tzinfo)
    late = datetime(2026, 11, 25, 23, 10, tzinfo=NOW.tzinfo)

    assert read_window("in 2 hours", clocks_change).hours == (Hours(time(4, 30), time(4, 30)),)
    assert read_window("через 2 часа", late).day.days == (date(2026, 11, 26),)
