"""The hand-off's file, what may be told to who waits, notes, and the people who work here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.people import Role, Staff
from bot.handoff import notes, rules, shifts, staff
from bot.handoff.hours import WorkingHours
from bot.handoff.rules import Assignment, AutoClose, Rules, RulesBroken, Team
from bot.handoff.ticket import MEASURED_ENOUGH, Wait, expected_wait, may_reopen
from bot.messaging import conversations
from bot.storage import versions
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        file = tmp_path / "handoff.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


def test_without_a_file_people_are_there_round_the_clock(tmp_path: Path) -> None:
    assert rules.load(tmp_path / "handoff.toml") == Rules(WorkingHours("Europe/Berlin", {}), timedelta(hours=24), 5)


def test_the_file_that_comes_with_it_says_what_goes_without_one(tmp_path: Path) -> None:
    assert rules.load(ROOT / "config" / "handoff.toml") == rules.load(tmp_path / "handoff.toml")


def test_the_examples_in_the_file_that_comes_with_it_can_be_used(write: Write) -> None:
    text = (ROOT / "config" / "handoff.toml").read_text(encoding="utf-8").replace("\nholidays = []", "")
    text = text.replace("\nhours = 0", "\nhours = 72")

    loaded = rules.load(write(re.sub(r'(?m)^# (?=\[|[a-z_"]+ *= )', "", text)))

    assert loaded.hours.week[3] == ((time(9), time(13)), (time(14), time(20)))
    assert set(loaded.hours.week) == {0, 1, 2, 3, 4, 5}
    assert date(2026, 12, 25) in loaded.hours.holidays
    assert loaded.teams == {"returns": Team("returns", "Returns", ("refunds",), ("de", "en"))}
    assert loaded.shifts["olga brandt"].week == {0: ((time(8), time(16)),), 1: ((time(22), time(6)),)}
    assert loaded.auto_close == AutoClose(timedelta(hours=72), timedelta(hours=24))


def test_a_file_says_how_chats_come_to_people_and_when_they_close_by_themselves(write: Write) -> None:
    loaded = rules.load(
        write(
            '[assignment]\nmode = "balanced"\naway_returns_after_minutes = 0\n[auto_close]\nhours = 10\n'
            '[teams.l2]\n[shifts."Olga"]\n'
        )
    )

    assert (loaded.assignment, loaded.away_returns_after) == (Assignment.BALANCED, timedelta(0))
    assert loaded.auto_close == AutoClose(timedelta(hours=10), timedelta(hours=5))
    assert loaded.teams == {"l2": Team("l2", "l2")}
    assert loaded.shifts["olga"].next_opening(NOW) is None  # no day named: never at work


def test_a_file_says_zone_hours_holidays_capacity_and_when_a_ticket_comes_back(write: Write) -> None:
    file = write(
        'time_zone = "Asia/Tokyo"\nreopen_within_hours = 2\ncapacity = 3\nholidays = [2026-12-31]\n'
        '[hours]\nmonday = ["9:00-12:30", "13-24:00"]\nfriday = ["22:00-6:00"]\n'
    )

    week = {0: ((time(9), time(12, 30)), (time(13), time(0))), 4: ((time(22), time(6)),)}
    hours = WorkingHours("Asia/Tokyo", week, frozenset({date(2026, 12, 31)}))
    assert rules.load(file) == Rules(hours, timedelta(hours=2), 3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("capacity = ", "not readable as TOML"),
        ("capcity = 5", "capcity: unknown; known are assignment, auto_close, canned, capacity, holidays"),
        ('capacity = "5"', "capacity: must be a whole number from 0"),
        ("capacity = true", "capacity: must be a whole number from 0"),
        ("capacity = -1", "capacity: must be a whole number from 0"),
        ("reopen_within_hours = 1.5", "reopen_within_hours: must be a whole number from 0"),
        ("reopen_within_hours = 99999999999999", "reopen_within_hours: must be a whole number from 0"),
        ('time_zone = "Berlin"', "time_zone: 'Berlin' is no IANA time zone such as Europe/Berlin"),
        ('time_zone = "Europe"', "time_zone: 'Europe' is no IANA time zone such as Europe/Berlin"),
        ("time_zone = 2", "time_zone: 2 is no IANA time zone such as Europe/Berlin"),
        ('hours = "9-18"', 'hours: must be a table such as monday = ["9:00-18:00"]'),
        ('[hours]\nmontag = ["9-18"]', "hours.montag: is no day; days are monday, tuesday"),
        ('[hours]\nmonday = "9:00-18:00"', 'hours.monday: must be a list such as ["9:00-18:00"]'),
        ("[hours]\nmonday = 9", 'hours.monday: must be a list such as ["9:00-18:00"]'),
        ('[hours]\nmonday = ["9:00"]', "hours.monday: '9:00' is no span of time such as \"9:00-18:00\""),
        ('[hours]\nmonday = ["9:00-25:00"]', "hours.monday: '9:00-25:00' is no span of time"),
        ('[hours]\nmonday = ["9:00-18:60"]', "hours.monday: '9:00-18:60' is no span of time"),
        ('[hours]\nmonday = ["9:00-24:30"]', "hours.monday: '9:00-24:30' is no span of time"),
        ("[hours]\nmonday = [9]", "hours.monday: 9 is no span of time"),
        ('[assignment]\nmode = "push"', "assignment.mode: must be one of pull, balanced"),
        ("[assignment]\nmodus = 1", "assignment.modus: unknown; known are away_returns_after_minutes, mode"),
        ("assignment = 3", "assignment: must be a table"),
        ("[auto_close]\nhours = 1", "auto_close.hours: must be 0 for never, or at least 2"),
        ("[auto_close]\nhours = 5\nwarning_hours = 5", "auto_close.warning_hours: must be a whole number from 1 to 4"),
        ("[auto_close]\ndays = 5", "auto_close.days: unknown; known are hours, warning_hours"),
        ("[teams]\nreturns = 1", "teams.returns: must be a table"),
        ('[teams.returns]\nskills = "refunds"', "teams.returns.skills: must be a list of words such as"),
        ("[teams.returns]\nname = 5", "teams.returns.name: must be a text in quotes"),
        ("[teams.returns]\npeople = []", "teams.returns.people: unknown; known are"),
        ('[shifts.Olga]\nmontag = ["9-18"]', "shifts.Olga.montag: is no day; days are monday, tuesday"),
        ('[shifts]\nOlga = "9-18"', "shifts.Olga: must be a table such as monday"),
        ('holidays = ["2026-12-25"]', "holidays: must be a list of dates such as 2026-12-25, without quotes"),
        ("holidays = 2026-12-25", "holidays: must be a list of dates"),
        ("holidays = [2026-12-25T00:00:00]", "holidays: must be a list of dates"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_key(write: Write, text: str, complaint: str) -> None:
    file = write(text)

    with pytest.raises(RulesBroken) as broken:
        rules.load(file)

    assert str(broken.value).startswith(f"{file}: {complaint}")
    assert "\n" not in str(broken.value)


MINUTES = st.lists(st.integers(1, 600).map(lambda n: timedelta(minutes=n)), min_size=MEASURED_ENOUGH, max_size=50)


@given(st.integers(1, 200), st.integers(1, 20), MINUTES)
def test_the_expected_time_is_one_usual_handling_for_each_round_of_the_people_there(
    place: int, people: int, handling: list[timedelta]
) -> None:
    wait = expected_wait(place, people, handling)

    assert wait.expected is not None
    assert min(handling) * -(-place // people) <= wait.expected <= max(handling) * -(-place // people)
    assert wait.place == place


@pytest.mark.parametrize(
    ("place", "people", "minutes", "expected"),
    [(1, 1, [4] * 5, 4), (4, 3, [4, 4, 4, 4, 90], 8), (1, 0, [4] * 5, None), (1, 3, [4] * 4, None), (9, 9, [5] * 6, 5)],
)
def test_no_time_is_promised_that_nobody_measured(
    place: int, people: int, minutes: list[int], expected: int | None
) -> None:
    wait = expected_wait(place, people, [timedelta(minutes=n) for n in minutes])

    assert wait == Wait(place, None if expected is None else timedelta(minutes=expected))


def test_a_ticket_comes_back_within_its_time_and_not_after() -> None:
    day = timedelta(hours=24)

    assert [may_reopen(NOW - ago, NOW, day) for ago in (timedelta(0), day, day + timedelta(seconds=1))] == [
        True,
        True,
        False,
    ]


async def test_settings_name_the_first_people_and_the_database_rules_from_then_on(database: Database) -> None:
    named = [(1, Role.ADMIN, "Ada"), (2, Role.OPERATOR, "")]

    def begin(conn: Connection) -> list[int]:
        added = [staff.first_people(conn, named, "de", NOW)]
        ada = staff.by_telegram(conn, "1")
        assert ada is not None
        staff.change(conn, ada.id, role=Role.OPERATOR.value, name="Ada L.")
        added.append(staff.first_people(conn, [*named, (3, Role.MANAGER, "Max")], "en", NOW))
        return added

    assert await database.transaction(begin) == [2, 1]
    people = await database.read(staff.everybody)
    assert [(one.telegram_id, one.name, one.role, one.language) for one in people] == [
        ("1", "Ada L.", Role.OPERATOR, "de"),
        ("3", "Max", Role.MANAGER, "en"),
        ("2", "operator 2", Role.OPERATOR, "de"),
    ]


async def test_who_is_disabled_is_nobody_any_more_but_keeps_a_name_in_transcripts(database: Database) -> None:
    def work(conn: Connection) -> tuple[Staff | None, Staff | None, list[Staff], dict[int, str]]:
        olga = staff.add(conn, "Olga", Role.OPERATOR, "en", NOW, "7")
        staff.change(conn, olga, disabled=True)
        again = staff.first_people(conn, [(7, Role.ADMIN, "Olga")], "en", NOW)
        assert again == 0
        return staff.get(conn, olga), staff.by_telegram(conn, "7"), staff.everybody(conn), staff.names(conn)

    one, same, everybody, names = await database.transaction(work)

    assert (one, same, everybody, list(names.values())) == (None, None, [], ["Olga"])


async def test_people_are_found_by_name_part_of_it_or_number(database: Database) -> None:
    def work(conn: Connection) -> list[list[str]]:
        for name, number in (("Olga", "7"), ("Olga Berg", "8"), ("Max", None)):
            staff.add(conn, name, Role.OPERATOR, "en", NOW, number)
        wanted = ("olga", " @Max ", "berg", "8", "nobody", "", "a")
        return [[person.name for person in staff.found(conn, name)] for name in wanted]

    assert await database.transaction(work) == [
        ["Olga"],
        ["Max"],
        ["Olga Berg"],
        ["Olga Berg"],
        [],
        [],
        ["Max", "Olga", "Olga Berg"],
    ]


async def test_who_is_away_takes_no_new_chats(database: Database) -> None:
    def work(conn: Connection) -> list[str]:
        olga = staff.add(conn, "Olga", Role.OPERATOR, "en", NOW)
        staff.add(conn, "Max", Role.OPERATOR, "en", NOW)
        staff.change(conn, olga, away=True)
        return [person.name for person in shifts.present(staff.everybody(conn), {}, NOW)]

    assert await database.transaction(work) == ["Max"]


async def test_every_change_of_people_is_seen_by_other_workers(database: Database) -> None:
    def work(conn: Connection) -> list[int]:
        olga = staff.add(conn, "Olga", Role.OPERATOR, "en", NOW, "7")
        seen = [versions.current(conn)[versions.STAFF]]
        staff.change(conn, olga, away=True)
        seen.append(versions.current(conn)[versions.STAFF])
        staff.first_people(conn, [(7, Role.OPERATOR, "")], "en", NOW)
        staff.keep_flow(conn, olga, {"await": "answer"})
        return [*seen, versions.current(conn)[versions.STAFF], len(staff.flow(conn, olga))]

    assert await database.transaction(work) == [1, 2, 2, 1]


async def test_a_number_gets_the_name_that_telegram_shows_and_a_name_stays(database: Database) -> None:
    def work(conn: Connection) -> list[str]:
        staff.first_people(conn, [(7, Role.OPERATOR, ""), (8, Role.OPERATOR, "Max")], "en", NOW)
        for person in staff.everybody(conn):
            staff.known_as(conn, person, "Shown")
        return sorted(person.name for person in staff.everybody(conn))

    assert await database.transaction(work) == ["Max", "Shown"]


async def test_notes_come_oldest_first_and_only_those_of_their_conversation(database: Database) -> None:
    def work(conn: Connection) -> list[str]:
        both = [conversations.meet(conn, Place("telegram", n), Author(n, "Anna"), "en", NOW)[0].id for n in "12"]
        for number in range(4):
            notes.add(conn, both[number == 1], None, None, f"note {number}", NOW)
        return [note.text for note in notes.of(conn, both[0], 2)]

    assert await database.transaction(work) == ["note 2", "note 3"]
