"""What is owed stands in the list and above the conversation: when, in words, and from when on it is late."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.handoff import queue
from bot.handoff.hours import WorkingHours
from bot.handoff.promises import Promise, Sla
from bot.handoff.ticket import Ticket
from bot.web.due_view import Due, Dues
from tests.web.office import Desk, Office

CHIP = re.compile(r'<time class="chip due" data-state="(\w+)".*?title="([^"]*)".*?<span>([^<]*)</span>')


async def owed(desk: Desk, path: str = "/console/queue") -> list[tuple[str, str, str]]:
    """Return (state, what it is, words) of each chip on a page."""
    return CHIP.findall((await desk.page(path)).text)


def at(ticket: Ticket, action: str = "") -> str:
    return f"/console/conversations/{ticket.conversation_id}" + (f"/{action}" if action else "")


@pytest.mark.parametrize(
    ("waited", "state", "words"),
    [
        (10, "calm", "due in 50 s"),
        (40, "soon", "due in 20 s"),
        (60, "late", "late by 0 s"),
        (250, "late", "late by 3 min"),
    ],
)
async def test_a_waiting_chat_says_when_an_answer_is_due_and_since_when_it_is_late(
    office: Office, waited: int, state: str, words: str
) -> None:
    await office.waiting()
    olga = await office.desk("Olga")
    office.clock.forward(seconds=waited)

    assert await owed(olga) == [(state, "First answer due: Mon, Nov 23, 2026, 10:01", words)]


async def test_behind_the_first_answer_the_next_one_is_owed_and_while_the_customer_is_waited_for_none(
    office: Office,
) -> None:
    ticket, olga = await office.waiting(), await office.desk("Olga")
    await olga.press(at(ticket, "say"), text="Here I am.")
    nothing = await owed(olga, at(ticket))
    office.clock.forward(minutes=10)
    current = await office.read(lambda conn: queue.get(conn, ticket.id))
    assert current
    await office.change(lambda conn: queue.customer_wrote(conn, current, office.clock()))
    office.clock.forward(minutes=1)

    assert nothing == []
    chip = ("calm", "Answer due: Mon, Nov 23, 2026, 10:15", "due in 4 min")
    assert await owed(olga, at(ticket)) == [chip, chip]


async def test_what_is_late_comes_first_and_a_solution_is_named_only_when_it_presses(office: Office) -> None:
    ticket = await office.waiting()
    dues, opened = Dues(office.house.rules.sla), ticket.opened_at

    assert dues.of(ticket, opened + timedelta(seconds=1)) == Due(
        Promise.FIRST_ANSWER, opened + timedelta(seconds=60), opened + timedelta(seconds=30), "calm"
    )
    late = dues.of(ticket, opened + timedelta(hours=25))
    assert late is not None
    assert (late.promise, late.state) == (Promise.FIRST_ANSWER, "late")


def test_nothing_is_due_where_nothing_is_promised(waiting_ticket: Ticket) -> None:
    hours = WorkingHours("Europe/Berlin", {}, frozenset())
    nothing = Sla(hours, {}, {("", 0): {"first_answer": None, "resolution": None}})
    solution = Sla(hours, {}, {("", 0): {"first_answer": None, "remind_at": 0}})
    opened = waiting_ticket.opened_at

    assert Dues(nothing).of(waiting_ticket, opened + timedelta(days=9)) is None
    assert Dues(solution).of(waiting_ticket, opened + timedelta(hours=23)) is None
    due = opened + timedelta(hours=24)
    assert Dues(solution).of(waiting_ticket, due) == Due(Promise.RESOLUTION, due, due, "late")


@pytest.fixture
async def waiting_ticket(office: Office) -> Ticket:
    return await office.waiting()


async def test_a_claim_of_what_somebody_took_meanwhile_says_who_has_it(office: Office) -> None:
    ticket, olga, max_ = await office.waiting(), await office.desk("Olga"), await office.desk("Max")
    await max_.press(at(ticket, "claim"))

    late = await olga.press(at(ticket, "claim"))
    page = (await olga.page(at(ticket))).text

    assert late.status_code == 409
    assert late.json()["refusal"].startswith("Max has this chat")
    assert "Max has this chat. Take it over?" in page
    assert f'action="{at(ticket)}/claim' not in page
