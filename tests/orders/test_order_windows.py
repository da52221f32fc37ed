"""The kind window: only what the owner's timetable has, understood as customers say it, asked back in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.orders.answers import Accepted, Begun, Moment, Prompt, Reading, Refused, Row, Value, Words
from bot.orders.appointments import OTHER_DAY
from bot.orders.definition import FormBroken, load
from bot.orders.fields import Timetable
from bot.orders.form import Tapped, Typed, answer, start
from bot.orders.kinds import rules_of
from bot.orders.timetables import WEEKDAYS, slots

FILE = Path(__file__).parent / "every_kind.toml"
EVERY = load(FILE)
WHEN = next(field for field in EVERY.fields if field.key == "when")
RULES = rules_of(WHEN)
WEDNESDAY = Moment(date(2026, 11, 25), "en", at=time(10), zone="Europe/Berlin", free=frozenset({"2026-12-08"}))
PICK_UP = replace(WEDNESDAY, answers={"way": "pickup"})


def slot(day: str, start: str, end: str) -> dict[str, Value]:
    return {"date": day, "from": start, "to": end}


def read(text: str, moment: Moment = WEDNESDAY, so_far: Value | None = None) -> Reading:
    return RULES.read(WHEN, text, replace(moment, so_far=so_far))


def labels(moment: Moment) -> list[str]:
    found = [RULES.label(WHEN, code, moment) for code in RULES.codes(WHEN, moment)]
    return [label.text or label.key for label in found if label]


def refused(text: str, moment: Moment = WEDNESDAY) -> Words:
    reading = read(text, moment)
    assert isinstance(reading, Refused)
    return reading.words


SURE = [
    ("tomorrow afternoon", slot("2026-11-26", "14:00", "18:00")),
    ("Friday after six", slot("2026-11-27", "18:00", "20:00")),
    ("Freitag zwischen 9 und 13 Uhr", slot("2026-11-27", "09:00", "13:00")),
    ("завтра после шести", slot("2026-11-26", "18:00", "20:00")),
    ("Saturday", slot("2026-11-28", "10:00", "14:00")),
    ("30.11. 14-18 Uhr", slot("2026-11-30", "14:00", "18:00")),
]


@pytest.mark.parametrize(("text", "value"), SURE)
def test_a_day_with_hours_that_fit_one_window_is_taken(text: str, value: Value) -> None:
    assert read(text) == Accepted(value)


HOUR_IN_A_WINDOW = [
    ("Friday at five", "Fri, Nov 27, 14:00–18:00"),
    ("tomorrow at 3pm", "Thu, Nov 26, 14:00–18:00"),
    ("am Freitag um 10 Uhr", "Fri, Nov 27, 9:00–13:00"),
    ("завтра в 15:00", "Thu, Nov 26, 14:00–18:00"),
]


@pytest.mark.parametrize(("text", "window"), HOUR_IN_A_WINDOW)
def test_an_hour_in_a_window_is_taken_as_that_window_and_said_to_be(text: str, window: str) -> None:
    reading = read(text)

    assert isinstance(reading, Accepted)
    assert (reading.remark, reading.read_as) == (None, Words("form.window_holds", {"window": window}))


def test_an_hour_between_two_windows_is_asked_back() -> None:
    assert not isinstance(read("Thursday at 18:00"), Accepted)


ASKED_BACK = [
    ("tomorrow from 10 to 12", ["20261126-0900-1300"]),
    ("as soon as possible", ["20261126-1400-1800", "20261126-1800-2000", "20261127-0900-1300"]),
    (
        "after six",
        ["20261126-1800-2000", "20261127-1800-2000", "20261202-1800-2000", "20261203-1800-2000", "20261204-1800-2000"],
    ),
    ("am Montag vormittag", ["20261130-0900-1300"]),
    ("not Friday after six", ["20261127-1800-2000"]),
]


@pytest.mark.parametrize(("text", "codes"), ASKED_BACK)
def test_what_is_doubtful_is_asked_back_with_the_windows_that_may_be_meant(text: str, codes: list[str]) -> None:
    nine = replace(WEDNESDAY, at=time(9)) if "10 to 12" in text else WEDNESDAY

    reading = read(text, nine)

    if isinstance(reading, Begun):
        assert offered(reading, nine) == (Words("form.which_window"), [*codes, OTHER_DAY])
        return
    assert isinstance(reading, Refused)
    assert (reading.words, list(reading.codes)) == (Words("form.which_window"), codes)


def offered(begun: Begun, moment: Moment) -> tuple[Words | None, list[str]]:
    """Return what is asked about a wish, and the codes of its buttons."""
    here = replace(moment, so_far=begun.so_far)
    return RULES.prompt(WHEN, here).words, list(RULES.codes(WHEN, here))


@pytest.mark.parametrize("yes", ["yes", "ja", "да", "ok"])
def test_a_yes_takes_the_one_window_that_was_suggested(yes: str) -> None:
    wish = read("Friday from 10 to 11")
    assert isinstance(wish, Begun)

    taken = read(yes, so_far=wish.so_far)

    assert taken == Accepted({"date": "2026-11-27", "from": "09:00", "to": "13:00"})
    assert isinstance(read(yes), Refused)


REFUSED = [
    ("hello there", "form.wrong_window", {"example": "Thu, Nov 26, 14:00–18:00"}),
    ("31 November", "form.window_impossible", {}),
    ("today", "form.date_early", {"earliest": "Thu, Nov 26, 2026"}),
    ("yesterday morning", "form.date_past", {"earliest": "Thu, Nov 26, 2026"}),
    ("Sunday", "form.date_closed", {"day": "Sun, Nov 29, 2026"}),
    ("Tuesday", "form.date_closed", {"day": "Tue, Dec 1, 2026"}),
    ("8 December", "form.date_closed", {"day": "Tue, Dec 8, 2026"}),
    ("20 December", "form.date_late", {"latest": "Wed, Dec 9, 2026"}),
    ("Saturday evening", "form.window_hours", {"day": "Sat, Nov 28", "hours": "10:00–14:00"}),
]


@pytest.mark.parametrize(("text", "key", "arguments"), REFUSED)
def test_what_the_timetable_does_not_have_is_refused_with_what_it_has(
    text: str, key: str, arguments: dict[str, str]
) -> None:
    reading = read(text)

    assert isinstance(reading, Refused)
    assert reading.words == Words(key, arguments)


def test_a_day_alone_is_kept_and_its_hours_are_asked() -> None:
    begun = read("Friday")
    assert begun == Begun({"date": "2026-11-27"})
    on_friday = replace(WEDNESDAY, so_far={"date": "2026-11-27"})

    assert RULES.prompt(WHEN, on_friday) == Prompt(
        Words("form.window_which_hours"), rows=(Row("Time", Words(text="Fri, Nov 27")),)
    )
    assert labels(on_friday) == ["9:00–13:00", "14:00–18:00", "18:00–20:00", "form.button.another_day"]
    assert read("after six", so_far={"date": "2026-11-27"}) == Accepted(slot("2026-11-27", "18:00", "20:00"))
    assert read("Saturday", so_far={"date": "2026-11-27"}) == Accepted(slot("2026-11-28", "10:00", "14:00"))
    assert RULES.earlier(WHEN, on_friday) == {}


def test_the_next_windows_are_offered_in_one_tap_and_further_days_behind_another_day() -> None:
    assert labels(WEDNESDAY) == [
        "Thu, Nov 26, 14:00–18:00",
        "Thu, Nov 26, 18:00–20:00",
        "Fri, Nov 27, 9:00–13:00",
        "Fri, Nov 27, 14:00–18:00",
        "Fri, Nov 27, 18:00–20:00",
        "form.button.another_day",
    ]
    assert RULES.picked(WHEN, "-days", WEDNESDAY) == Begun({})
    assert labels(replace(WEDNESDAY, so_far={}))[:3] == ["Thu, Nov 26", "Fri, Nov 27", "Sat, Nov 28"]
    assert RULES.picked(WHEN, "20261128", WEDNESDAY) == Begun({"date": "2026-11-28"})
    assert RULES.picked(WHEN, "20261127-0900-1300", WEDNESDAY) == Accepted(slot("2026-11-27", "09:00", "13:00"))


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_every_window_that_is_offered_is_taken_when_its_label_is_typed(language: str) -> None:
    moment = replace(WEDNESDAY, language=language)

    for code in RULES.codes(WHEN, moment)[:-1]:
        label = RULES.label(WHEN, code, moment)
        assert label
        assert read(label.text, moment) == RULES.picked(WHEN, code, moment)


def test_a_way_of_delivery_has_its_own_hours_days_and_lead() -> None:
    assert labels(PICK_UP)[:2] == ["Thu, Nov 26, 10:00–18:00", "Fri, Nov 27, 10:00–18:00"]
    assert refused("Monday", PICK_UP) == Words("form.date_closed", {"day": "Mon, Nov 30, 2026"})
    assert labels(replace(PICK_UP, at=time(8)))[0] == "Wed, Nov 25, 10:00–18:00"
    assert RULES.trouble(WHEN, slot("2026-11-26", "14:00", "18:00"), PICK_UP) == Words(
        "form.window_hours", {"day": "Thu, Nov 26", "hours": "10:00–18:00"}
    )


def test_a_window_whose_lead_time_has_passed_meanwhile_is_asked_again() -> None:
    value = slot("2026-11-26", "14:00", "18:00")
    assert RULES.trouble(WHEN, value, WEDNESDAY) is None

    assert RULES.trouble(WHEN, value, replace(WEDNESDAY, at=time(15))) == Words(
        "form.window_soon", {"first": "Thu, Nov 26, 18:00–20:00"}
    )


def test_another_way_of_delivery_asks_for_the_window_again_and_says_so() -> None:
    fields = tuple(field for field in EVERY.fields if field.key in ("way", "when"))
    form = replace(EVERY, fields=fields)
    step = start(form, WEDNESDAY)
    for given in (Tapped("way:pick:home"), Typed("Friday after six"), Tapped("confirm:edit:way")):
        step = answer(form, step.state, given, WEDNESDAY)

    step = answer(form, step.state, Tapped("way:pick:pickup"), WEDNESDAY)

    assert dict(step.state.answers) == {"way": "pickup"}
    assert step.says[0].words == Words("form.outdated", {"labels": "Time"})
    assert step.state.current == "when"


def test_a_timetable_without_a_free_window_offers_a_person() -> None:
    holidays = replace(
        WEDNESDAY, free=frozenset((WEDNESDAY.today + timedelta(days=ahead)).isoformat() for ahead in range(20))
    )

    assert RULES.codes(WHEN, holidays) == ()
    assert read("tomorrow afternoon", holidays) == Refused(Words("form.window_full"), person=True)
    assert RULES.trouble(WHEN, slot("2026-11-27", "09:00", "13:00"), holidays) == Words("form.window_full")


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-27",
        {},
        slot("2026-11-27", "09:00", "12:00"),
        slot("2026-11-27", "9:00", "13:00"),
        slot("2026-11-31", "09:00", "13:00"),
        {"date": 20261127, "from": "09:00", "to": "13:00"},
        {**slot("2026-11-27", "09:00", "13:00"), "more": 1},
    ],
)
def test_a_value_from_elsewhere_that_the_timetable_does_not_have_is_found_out(value: Value) -> None:
    assert RULES.trouble(WHEN, value, WEDNESDAY) is not None


@pytest.mark.parametrize("code", ["20261127-0900-1200", "20261131", "20201127-0900-1300", "20261129", "x", "-day", ""])
def test_a_made_up_button_chooses_nothing(code: str) -> None:
    assert not isinstance(RULES.picked(WHEN, code, WEDNESDAY), Accepted | Begun)


def test_a_window_is_shown_in_the_readers_language() -> None:
    value = slot("2026-11-27", "09:00", "13:00")

    shown = [RULES.show(WHEN, value, language).text for language in ("en", "de", "ru")]

    assert shown == [
        "Fri, Nov 27, 2026, 9:00–13:00",
        "Fr., 27. Nov. 2026, 9:00–13:00",
        "пт, 27 нояб. 2026\u202fг., 9:00–13:00",
    ]


ONE = """
key = "f"
title.en = "F"
[[fields]]
key = "when"
kind = "window"
label.en = "Time"
question.en = "When?"
windows = ["09:00-17:00"]
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
"""
WINDOWS = 'windows = ["09:00-17:00"]'


def test_long_hours_are_cut_into_windows(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text(ONE.replace(WINDOWS, f"{WINDOWS}\nstep_minutes = 180"), encoding="utf-8")

    (field,) = load(path).fields

    assert field.times
    assert field.times.windows["sunday"] == (("09:00", "12:00"), ("12:00", "15:00"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("", "fields.when.windows is missing"),
        ('windows = ["9-17"]', "line 9: fields.when.windows has '9-17', which must be hours as \"09:00-13:00\""),
        ('windows = ["17:00-09:00"]', "the end behind the beginning"),
        ('windows = ["09:00-13:00", "12:00-15:00"]', "fields.when.windows has hours that overlap"),
        ('windows = { someday = ["09:00-13:00"] }', "fields.when.windows.someday is not known here"),
        ("windows = {}", "fields.when.windows leaves no day of the week"),
        (f"{WINDOWS}\nstep_minutes = 15", "makes 32 windows a day, and 12 are the most"),
        (f'{WINDOWS}\nholidays = "school"', 'line 10: fields.when.holidays must be "shop"'),
        (f'{WINDOWS}\nclosed = ["someday"]', "closed has 'someday', which is neither a weekday"),
        (f"{WINDOWS}\nlatest_days = 91", "latest_days must be between 0 and 90"),
        (f'{WINDOWS}\ndelivery = "way"', "delivery must name an earlier field of the kind delivery"),
        ('windows = { monday = ["09:00-13:00"] }\nclosed = ["monday"]', "closed leaves no day of the week"),
    ],
)
def test_a_timetable_that_cannot_work_is_refused_with_line_and_key(tmp_path: Path, wrong: str, sentence: str) -> None:
    path = tmp_path / "f.toml"
    path.write_text(ONE.replace(WINDOWS, wrong), encoding="utf-8")

    with pytest.raises(FormBroken) as refused:
        load(path)

    assert sentence in str(refused.value)


def test_a_way_of_delivery_that_leaves_no_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    text = FILE.read_text(encoding="utf-8").replace('closed = ["monday"]', 'windows_ = ["monday"]')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormBroken, match=r"options\.pickup\.windows_ is not known here; did you mean windows\?"):
        load(path)

    path.write_text(FILE.read_text(encoding="utf-8").replace("lead_hours = 2,", "lead_hours = 400,"), encoding="utf-8")
    with pytest.raises(FormBroken, match=r"fields\.when\.latest_days lies before the first day of pickup"):
        load(path)


@pytest.mark.parametrize("text", ["Monday", "Montag", "в понедельник"])
def test_for_a_day_that_cannot_be_had_the_windows_that_come_nearest_are_offered(text: str) -> None:
    reading = read(text, PICK_UP)

    assert isinstance(reading, Refused)
    days = [code[:8] for code in reading.codes]
    assert days == ["20261127", "20261128", "20261201", "20261202", "20261203", "-days"]
    assert reading.wish == {"wish": {"date": "2026-11-30", "hours": []}}


def test_of_a_wish_those_windows_are_offered_that_lie_in_it_else_the_nearest() -> None:
    friday = {"wish": {"date": "2026-11-27", "hours": [["17:00", "17:00"]]}}
    sunday = {"wish": {"date": "2026-11-29", "hours": [["15:00", "15:00"]]}}

    there, not_there = replace(WEDNESDAY, so_far=friday), replace(WEDNESDAY, so_far=sunday)

    assert labels(there) == ["Fri, Nov 27, 14:00–18:00", "form.button.another_day"]
    assert RULES.prompt(WHEN, there).words == Words("form.which_window")
    assert RULES.prompt(WHEN, not_there).words == Words("form.window_wish", {"wish": "Sun, Nov 29, 15:00"})
    assert "Sat, Nov 28, 10:00–14:00" in labels(not_there)
    assert RULES.picked(WHEN, "20261128-1000-1400", not_there) == Accepted(slot("2026-11-28", "10:00", "14:00"))


def test_a_window_in_the_hour_that_summer_time_skips_is_never_offered() -> None:
    spans = (("01:00", "02:00"), ("02:00", "03:00"), ("02:15", "02:45"), ("02:30", "04:00"))
    times = Timetable(windows=dict.fromkeys(WEEKDAYS, spans), latest_days=1)
    saturday = replace(WEDNESDAY, today=date(2027, 3, 27))

    offered = [(slot.day.day, slot.span) for slot in slots(times, replace(saturday, at=time(23)))]

    assert offered == [(28, ("01:00", "02:00")), (28, ("02:30", "04:00"))]
