"""Whose chat it is: routing and shifts, as tables from life and as properties of any desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.people import Role, Staff
from bot.handoff import routing, shifts
from bot.handoff.hours import WorkingHours
from bot.handoff.routing import Seat, Waiting
from bot.handoff.rules import Team
from bot.handoff.ticket import Reason, State, Ticket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RETURNS = Team("returns", "Returns", ("refunds",), ("de", "en"))


def ticket(number: int = 1, *, team: str = "", skill: str = "", level: int = 1) -> Ticket:
    empty = Ticket(number, number, State.WAITING, Reason.ASKED, None, 0, 0, level, (), NOW, None, None, NOW, None)
    return replace(empty, team=team, skill=skill)


def person(number: int, name: str = "", **values: object) -> Staff:
    return replace(Staff(number, str(number), name or f"P{number}", Role.OPERATOR, "en"), **values)  # type: ignore[arg-type]


def seat(one: Staff, load: int = 0, capacity: int = 5, *, on_duty: bool = True) -> Seat:
    return routing.seat(one, {"returns": RETURNS}, load=load, capacity=capacity, on_duty=on_duty)


def best(waiting: Waiting, *crew: Seat) -> int | None:
    found = routing.best_for(waiting, crew)
    return found.person.id if found else None


def test_who_has_most_room_gets_the_chat_and_who_has_none_gets_none() -> None:
    crew = [seat(person(1), 4), seat(person(2), 1), seat(person(3), 0, 1), seat(person(4), 5)]

    assert best(Waiting(ticket(), "en"), *crew) == 2
    assert best(Waiting(ticket(), "en"), crew[3]) is None


def test_nobody_off_duty_gets_a_chat() -> None:
    assert best(Waiting(ticket(), "en"), seat(person(1), on_duty=False), seat(person(2), 4)) == 2


def test_who_gave_a_chat_up_gets_it_back_only_when_nobody_else_is_there() -> None:
    given_up = Waiting(ticket(), "en", frozenset({1}))
    olga, busy, gone = seat(person(1)), seat(person(2), 5), seat(person(3), on_duty=False)

    assert best(given_up, olga, seat(person(2), 4)) == 2
    assert best(given_up, olga, busy) is None
    assert best(given_up, olga, gone) == 1


def test_what_somebody_gave_up_is_the_last_that_they_are_given_by_next() -> None:
    listed = [Waiting(ticket(1), "en", frozenset({1})), Waiting(ticket(2), "en"), Waiting(ticket(3), "en")]
    olga, max_ = seat(person(1)), seat(person(2))

    given = [[one.id for one in routing.next_for(who, listed, [olga, max_])] for who in (olga, max_)]

    assert given == [[2, 3, 1], [1, 2, 3]]


@pytest.mark.parametrize(
    ("asked", "language", "winner"),
    [
        (ticket(team="returns"), "en", 2),
        (ticket(skill="refunds"), "en", 2),
        (ticket(skill="engines"), "en", 3),
        (ticket(level=2), "en", 3),
        (ticket(), "ru", 1),
        (ticket(), "de", 1),
    ],
)
def test_a_ticket_comes_to_somebody_of_its_team_skill_level_and_language(
    asked: Ticket, language: str, winner: int
) -> None:
    crew = [
        seat(person(1), 0),
        seat(person(2, team="returns"), 3),
        seat(person(3, level=2, skills=("engines",), languages=("en",)), 4),
    ]

    assert best(Waiting(asked, language), *crew) == winner


def test_what_nobody_here_could_ever_meet_is_not_asked() -> None:
    alone = seat(person(1, languages=("en",)))

    assert best(Waiting(ticket(level=3, team="returns", skill="engines"), "en"), alone) == 1
    assert best(Waiting(ticket(), "ru"), alone) == 1


def test_what_somebody_meets_who_is_not_there_now_is_waited_for() -> None:
    expert = seat(person(2, level=3), on_duty=False)

    assert best(Waiting(ticket(level=3), "en"), seat(person(1)), expert) is None


def test_experts_stay_free_when_others_have_as_much_room() -> None:
    assert best(Waiting(ticket(), "en"), seat(person(1, level=3)), seat(person(2))) == 2


def test_next_gives_the_first_that_fits_and_nothing_to_who_is_full() -> None:
    queue = [Waiting(ticket(1, level=2), "en"), Waiting(ticket(2), "de"), Waiting(ticket(3), "en")]
    novice, expert = seat(person(1, languages=("en",))), seat(person(2, level=2))

    assert [one.id for one in routing.next_for(novice, queue, [novice, expert])] == [3]
    assert [one.id for one in routing.next_for(expert, queue, [novice, expert])] == [1, 2, 3]
    assert routing.next_for(replace(expert, load=5), queue, [novice, expert]) == []


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["", "returns", "sales"]),
        st.integers(1, 3),
        st.sampled_from([(), ("en",), ("de", "ru")]),
        st.sampled_from([(), ("refunds",), ("engines",)]),
        st.integers(0, 6),
        st.integers(0, 6),
        st.booleans(),
    ),
    max_size=6,
)
TICKETS = st.lists(
    st.tuples(
        st.sampled_from(["", "returns", "sales", "none"]),
        st.sampled_from(["", "refunds", "engines", "magic"]),
        st.integers(1, 3),
        st.sampled_from(["en", "de", "ru"]),
    ),
    max_size=12,
)


@given(PEOPLE, TICKETS)
def test_a_plan_keeps_capacity_order_and_duty_and_leaves_nobody_idle_who_fits(
    people: list[tuple[str, int, tuple[str, ...], tuple[str, ...], int, int, bool]],
    tickets: list[tuple[str, str, int, str]],
) -> None:
    crew = [
        seat(person(number, team=team, level=level, languages=tongues, skills=known), load, most, on_duty=there)
        for number, (team, level, tongues, known, load, most, there) in enumerate(people, 1)
    ]
    queue = [
        Waiting(ticket(number, team=team, skill=skill, level=level), language)
        for number, (team, skill, level, language) in enumerate(tickets, 1)
    ]

    plan = routing.plan(queue, crew)

    given = {number.id: who.id for number, who in plan}
    assert [number.id for number, _ in plan] == sorted(given)
    assert plan == routing.plan(queue, list(reversed(crew)))
    for one in crew:
        taken = sum(who == one.person.id for who in given.values())
        assert taken == 0 or (one.on_duty and one.load + taken <= one.capacity)
        left = [waiting for waiting in queue if waiting.ticket.id not in given and routing.fits(one, waiting, crew)]
        assert not (left and one.on_duty and one.load + taken < one.capacity)


NINE_TO_FIVE = WorkingHours("UTC", {day: ((time(9), time(17)),) for day in range(5)})
SHIFTS = {"olga brandt": NINE_TO_FIVE, "77": NINE_TO_FIVE}


def test_a_shift_is_found_by_name_or_telegram_id_and_who_has_none_is_there_unless_away() -> None:
    evening = NOW.replace(hour=20)
    olga, number, free = person(1, "Olga Brandt"), person(77), person(3, away=False)

    assert [shifts.on_duty(one, SHIFTS, evening) for one in (olga, number, free)] == [False, False, True]
    assert [shifts.on_duty(one, SHIFTS, NOW) for one in (olga, number, replace(free, away=True))] == [True, True, False]


def test_back_holds_outside_the_shift_until_its_next_end() -> None:
    back = person(1, "Olga Brandt", back_at=NOW.replace(hour=20))
    moments = [NOW.replace(hour=21), NOW + 24 * HOUR - HOUR, NOW + 31 * HOUR, NOW + 32 * HOUR]

    assert [shifts.on_duty(back, SHIFTS, one) for one in moments] == [True, True, True, False]


def test_somebody_is_off_since_they_went_away_or_since_the_shift_ended() -> None:
    olga = person(1, "Olga Brandt")
    evening, sunday = NOW.replace(hour=20), NOW - timedelta(days=1)

    assert shifts.off_since(olga, SHIFTS, NOW) is None
    assert shifts.off_since(olga, SHIFTS, evening) == NOW.replace(hour=17)
    assert shifts.off_since(olga, SHIFTS, sunday) == NOW.replace(hour=17) - timedelta(days=3)
    assert shifts.off_since(replace(olga, away=True, away_since=NOW - HOUR), SHIFTS, NOW) == NOW - HOUR


def test_the_next_who_comes_is_told_of_those_who_are_not_away() -> None:
    early = WorkingHours("UTC", {1: ((time(6), time(9)),)})
    plan, evening = {**SHIFTS, "max": early}, NOW.replace(hour=20)
    olga, max_ = person(1, "Olga Brandt"), person(2, "Max")

    assert shifts.next_on_duty([olga, max_], plan, evening) == NOW.replace(day=24, hour=6)
    assert shifts.next_on_duty([olga, replace(max_, away=True)], plan, evening) == NOW.replace(day=24, hour=9)
    assert shifts.next_on_duty([replace(olga, away=True)], plan, evening) is None
