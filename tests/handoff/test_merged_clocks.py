"""Two tickets become one: what is owed from when, for the ladder and in the report alike."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.people import Role
from bot.handlers import closing, ladder, reporting, topic
from bot.handoff.ticket import State
from bot.quality import facts
from bot.quality.metrics import Report
from bot.quality.openings import Opening, Wait
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

DAY = date(2026, 11, 23)


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Maria", Role.MANAGER)
    return floor


async def report(floor: Floor) -> Report:
    return await floor.house.database.read(
        lambda conn: reporting.report_of(floor.house.rules, conn, DAY, DAY, floor.now, ["telegram"])
    )


async def openings(floor: Floor, name: str) -> list[Opening]:
    number = (await floor.ticket(name)).id
    span = reporting.span(floor.house.rules.hours.zone, DAY, DAY)
    found = await floor.house.database.read(lambda conn: facts.gather(conn, *span, ["telegram"]))
    return [one for one in found.openings if one.ticket_id == number]


async def takes_in(floor: Floor, name: str, other: str) -> None:
    await floor.writes("Olga", name, f"/merge {(await floor.ticket(other)).id}")
    assert (await floor.ticket(other)).merged_into == (await floor.ticket(name)).id


async def alarms(floor: Floor) -> list[tuple[str, str]]:
    await floor.sweep(ladder.sweep_promises)
    return [(who, text) for who, text in await floor.told() if any(sign in text for sign in "⏰⚠🚨")]


async def test_a_new_ticket_that_takes_in_an_answered_one_is_not_late_for_a_first_answer(floor: Floor) -> None:
    await floor.asks("Web")
    floor.later(seconds=10)
    await floor.writes("Olga", "Web", "Good day!")
    floor.later(hours=1)
    await alarms(floor)
    await floor.asks("Anna")
    await floor.is_known_as("Anna", "Web")
    asked = floor.now
    floor.later(seconds=5)
    await takes_in(floor, "Anna", "Web")

    at_once = await alarms(floor)
    floor.later(minutes=3)
    later = await alarms(floor)
    floor.later(minutes=1)
    await floor.writes("Olga", "Anna", "Here I am.")
    total = (await report(floor)).total

    assert at_once == []
    assert [(who, text[:1]) for who, text in later] == [("in Anna", "⏰")], "half of the five minutes of a next answer"
    assert [one.waits for one in await openings(floor, "Anna")] == [[Wait(asked, floor.now, floor.people["Olga"])]]
    assert (total["breaches_first_answer"], total["breaches_next_answer"], total["promises"]) == (0, 0, 2)
    assert total["first_answer_p90"] == 10


async def test_the_first_answer_to_two_unanswered_tickets_counts_once_from_the_earlier(floor: Floor) -> None:
    await floor.asks("Web")
    floor.later(seconds=50)
    await floor.asks("Anna")
    await floor.is_known_as("Anna", "Web")
    await takes_in(floor, "Anna", "Web")
    floor.later(seconds=20)
    late = await alarms(floor)
    await floor.writes("Olga", "Anna", "Good day!")

    total = (await report(floor)).total

    assert [who for who, text in late if text.startswith("⚠")] == ["Olga", "Maria"]
    assert (total["breaches_first_answer"], total["promises"], total["first_answer_p50"]) == (1, 1, 70)


async def test_a_solution_is_owed_once_from_the_earlier_opening(floor: Floor) -> None:
    await floor.asks("Web")
    await floor.writes("Olga", "Web", "Good day!")
    floor.later(hours=10)
    await floor.asks("Anna")
    await floor.is_known_as("Anna", "Web")
    await floor.writes("Olga", "Anna", "Good day!")
    await takes_in(floor, "Anna", "Web")
    floor.later(hours=15)
    await floor.writes("Olga", "Anna", "/close")

    total = (await report(floor)).total

    assert (total["breaches_resolution"], total["promises"]) == (1, 3)


async def test_a_merged_ticket_that_is_opened_by_hand_later_owes_nothing_of_the_stretch_that_ended(
    floor: Floor,
) -> None:
    await floor.asks("Web")
    await floor.asks("Anna")
    await floor.is_known_as("Anna", "Web")
    for name in ("Web", "Anna"):
        await floor.writes("Olga", name, "Good day!")
    await takes_in(floor, "Anna", "Web")
    floor.later(minutes=1)
    await floor.writes("Olga", "Anna", "/close")

    def by_hand(conn: Connection) -> None:
        turn = floor.turn(conn, "Web")
        turn.carry(topic.reopened_by_hand(turn, floor.person(conn, "Olga")))

    floor.later(minutes=1)
    await floor.change(by_hand)
    await floor.writes("Olga", "Web", "Here I am again")
    await floor.writes("Olga", "Web", "/close")
    floor.later(hours=60)

    total = (await report(floor)).total
    assert (total["breaches_resolution"], total["opened"], total["closed"]) == (0, 3, 3)


async def test_merges_in_a_row_end_each_stretch_when_it_ended_and_lose_no_wait(floor: Floor) -> None:
    for name in ("A", "B", "C"):
        await floor.asks(name)
    await floor.is_known_as("A", "B")
    await floor.is_known_as("A", "C")
    for name in ("A", "B", "C"):
        await floor.writes("Olga", name, "Good day!")
    floor.later(minutes=1)
    await takes_in(floor, "B", "A")
    floor.later(minutes=5)
    await floor.says("B", "where is it?")
    asked = floor.now
    floor.later(minutes=24)
    await floor.writes("Olga", "B", "coming")
    await takes_in(floor, "C", "B")
    merged = floor.now
    floor.later(minutes=1)
    await floor.writes("Olga", "C", "/close")

    [b] = await openings(floor, "B")

    assert (b.closed_at, b.waits) == (merged, [Wait(asked, asked + timedelta(minutes=24), floor.people["Olga"])])
    assert (await report(floor)).total["breaches_next_answer"] == 1


async def test_a_word_that_nobody_answered_before_the_merge_is_owed_behind_it_once(floor: Floor) -> None:
    for name in ("Web", "Anna"):
        await floor.asks(name)
        await floor.writes("Olga", name, "Good day!")
    await floor.is_known_as("Anna", "Web")
    await floor.says("Web", "where is it?")
    asked = floor.now
    floor.later(minutes=4)
    await takes_in(floor, "Anna", "Web")
    floor.later(minutes=2)
    await floor.writes("Olga", "Anna", "coming")

    assert [one.waits for one in await openings(floor, "Web")] == [[]]
    [anna] = await openings(floor, "Anna")
    assert anna.waits == [Wait(asked, floor.now, floor.people["Olga"])]


async def test_a_merged_chat_is_warned_of_its_end_after_the_later_of_two_answers(floor: Floor, tmp_path: Path) -> None:
    floor.rule("[auto_close]\nhours = 48\nwarning_hours = 24\n", tmp_path)
    await floor.asks("Web")
    await floor.writes("Olga", "Web", "Please try it.")
    floor.later(hours=24)
    assert await floor.sweep(closing.sweep_quiet) == 1
    await floor.asks("Anna")
    await floor.is_known_as("Anna", "Web")
    await floor.writes("Olga", "Anna", "Please try that.")
    await takes_in(floor, "Web", "Anna")

    floor.later(hours=23)
    early = await floor.sweep(closing.sweep_quiet)
    floor.later(hours=1)
    due = await floor.sweep(closing.sweep_quiet)

    assert (early, due) == (0, 1)
    assert (await floor.ticket("Web")).state is State.WAITING_FOR_CUSTOMER


async def test_a_thank_you_is_no_broken_promise_in_the_report_either(floor: Floor) -> None:
    await floor.asks("Anna")
    floor.later(seconds=10)
    await floor.writes("Olga", "Anna", "It is on its way.")
    floor.later(minutes=1)
    await floor.says("Anna", "Thanks a lot!")
    floor.later(minutes=30)
    late = await alarms(floor)
    await floor.writes("Olga", "Anna", "/close")

    total = (await report(floor)).total

    assert late == []
    assert (total["breaches_next_answer"], total["sla_kept"]) == (0, 1)
