"""What is promised: by the file, to which ticket, and when each step of the ladder is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.handoff import promises, rules
from bot.handoff.hours import WorkingHours
from bot.handoff.promises import Promise, Promises, Sla, Step
from bot.handoff.rules import RulesBroken
from bot.handoff.ticket import Reason, State, Ticket

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST, NEXT, SOLVED = Promise.FIRST_ANSWER, Promise.NEXT_ANSWER, Promise.RESOLUTION
USUAL = Promises({FIRST: MINUTE, NEXT: 5 * MINUTE, SOLVED: 24 * HOUR})


def read(folder: Path, text: str) -> Sla:
    file = folder / "handoff.toml"
    file.write_text(text, encoding="utf-8")
    return rules.load(file).sla


def test_without_a_word_in_the_file_the_usual_is_promised(tmp_path: Path) -> None:
    assert read(tmp_path, "").promises_of("", 1) == USUAL
    assert read(tmp_path, "[teams.returns]").promises_of("returns", 3) == USUAL


def test_a_team_and_a_level_may_promise_something_else(tmp_path: Path) -> None:
    sla = read(
        tmp_path,
        '[sla]\nfirst_answer = "2 min"\nremind_at = 80\n[sla.levels.3]\nnext_answer = "30 min"\nfirst_answer = "1 h"\n'
        '[teams.returns.sla]\nfirst_answer = "90 s"\nresolution = "off"\nescalate_at = 0\n'
        '[teams.returns.sla.levels.2]\nresolution = "48h"\n',
    )

    assert sla.promises_of("", 1) == Promises({FIRST: 2 * MINUTE, NEXT: 5 * MINUTE, SOLVED: 24 * HOUR}, 80)
    assert sla.promises_of("", 3) == Promises({FIRST: HOUR, NEXT: 30 * MINUTE, SOLVED: 24 * HOUR}, 80)
    assert sla.promises_of("returns", 1) == Promises({FIRST: 90 * SECOND, NEXT: 5 * MINUTE}, 80, 0)
    assert sla.promises_of("returns", 2).allowed[SOLVED] == 48 * HOUR
    assert sla.promises_of("returns", 3) == Promises({FIRST: 90 * SECOND, NEXT: 30 * MINUTE}, 80, 0)


def test_a_team_may_have_hours_of_its_own_and_else_has_everybodys(tmp_path: Path) -> None:
    sla = read(
        tmp_path,
        'time_zone = "Europe/Moscow"\nholidays = [2026-12-31]\n[hours]\nmonday = ["9-18"]\n'
        "[teams.shop]\n[teams.night.hours]\n[teams.returns]\nholidays = [2026-12-24]\n[teams.returns.hours]\n"
        'friday = ["22-6"]\n',
    )

    everybody = sla.hours
    assert everybody.week == {0: ((time(9), time(18)),)}
    assert [sla.hours_of(team) for team in ("", "shop", "unknown")] == [everybody] * 3
    assert sla.hours_of("night") == WorkingHours("Europe/Moscow", {}, everybody.holidays, "night")
    returns = sla.hours_of("returns")
    assert (returns.zone, returns.week, {str(day) for day in returns.holidays}) == (
        "Europe/Moscow",
        {4: ((time(22), time(6)),)},
        {"2026-12-24"},
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[sla]\nfirst = 1", "sla.first: unknown; known are escalate_at, first_answer, levels, next_answer"),
        ("[sla]\nfirst_answer = 60", "sla.first_answer: must be a text in quotes"),
        ('[sla]\nfirst_answer = "soon"', 'sla.first_answer: must be a time up to 168 h such as "90 s", "5 min"'),
        ('[sla]\nfirst_answer = "0 s"', "sla.first_answer: must be a time up to 168 h"),
        ('[sla]\nresolution = "169 h"', "sla.resolution: must be a time up to 168 h"),
        ("[sla]\nremind_at = 100", "sla.remind_at: must be a whole number from 1 to 99"),
        ("[sla]\nremind_at = true", "sla.remind_at: must be a whole number from 1 to 99"),
        ("[sla]\nescalate_at = 100", "sla.escalate_at: must be a whole number from 101 to 1000"),
        ("[sla.levels.4]", "sla.levels.4: unknown; known are 1, 2, 3"),
        ("[sla.levels.2.levels.1]", "sla.levels.2.levels: unknown"),
        ("sla = 5", "sla: must be a table"),
        ('[teams.returns.sla]\nfirst_answer = "1 d"', "teams.returns.sla.first_answer: must be a time"),
        ("[teams.returns]\nhours = 9", 'teams.returns.hours: must be a table such as monday = ["9:00-18:00"]'),
        ('[teams.returns.hours]\nmontag = ["9-18"]', "teams.returns.hours.montag: is no day"),
    ],
)
def test_a_mistake_in_what_is_promised_is_named_with_its_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(RulesBroken) as broken:
        read(tmp_path, text)

    assert complaint in str(broken.value)


def test_other_hours_or_promises_have_another_fingerprint_and_the_same_ones_the_same(tmp_path: Path) -> None:
    texts = ["", 'time_zone = "UTC"', '[sla]\nfirst_answer = "61 s"', '[teams.a.hours]\nmonday = ["9-18"]']
    texts += ["holidays = [2026-12-31]", "[teams.a]\nholidays = [2026-12-31]", "[sla.levels.2]\nremind_at = 10"]

    assert len({read(tmp_path, text).fingerprint for text in texts}) == len(texts)
    assert read(tmp_path, '[sla]\nfirst_answer = "60 s"').fingerprint == read(tmp_path, "capacity = 3").fingerprint


def ticket(state: State, opened: datetime, answered: datetime | None, wrote: datetime | None) -> Ticket:
    return Ticket(7, 1, state, Reason.ASKED, None, 0, 0, 1, (), opened, None, answered, wrote, None)


@pytest.mark.parametrize(
    ("state", "answered", "wrote", "waits"),
    [
        (State.WAITING, None, 0, {FIRST: 0, SOLVED: 0}),
        (State.ASSIGNED, None, 0, {FIRST: 0, SOLVED: 0}),
        (State.WAITING_FOR_CUSTOMER, 3, None, {SOLVED: 0}),
        (State.ASSIGNED, 3, 10, {NEXT: 10, SOLVED: 0}),
        (State.WAITING, 3, 10, {NEXT: 10, SOLVED: 0}),
        (State.WAITING, -60, 0, {FIRST: 0, SOLVED: 0}),
        (State.CLOSED, 3, None, {}),
    ],
)
def test_what_a_ticket_waits_for(
    state: State, answered: int | None, wrote: int | None, waits: dict[Promise, int]
) -> None:
    moments = [None if minute is None else NINE + minute * MINUTE for minute in (answered, wrote)]

    found = promises.running(ticket(state, NINE, *moments))

    assert found == {promise: NINE + minute * MINUTE for promise, minute in waits.items()}


def test_the_steps_of_the_ladder_are_due_in_working_time() -> None:
    office = WorkingHours("UTC", {day: ((time(9), time(18)),) for day in range(5)})
    friday = datetime(2026, 11, 20, 17, 57, tzinfo=UTC)

    assert promises.ladder(NEXT, friday, USUAL, office) == {
        Step.TOPIC: friday + 2.5 * MINUTE,
        Step.OPERATOR: NINE + 2 * MINUTE,
        Step.MANAGERS: NINE + 7 * MINUTE,
    }
    assert promises.ladder(NEXT, friday, Promises({}), office) == {}
    assert promises.ladder(FIRST, NINE, Promises({FIRST: MINUTE}, 0, 0), office) == {Step.OPERATOR: NINE + MINUTE}


def test_a_step_for_which_nobody_works_long_enough_is_due_after_31_days() -> None:
    never = WorkingHours("UTC", {0: ()})

    assert set(promises.ladder(FIRST, NINE, USUAL, never).values()) == {NINE + timedelta(days=31)}
