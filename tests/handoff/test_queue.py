"""The queue: whatever customers and operators do, a ticket has one owner, and the places have no gaps."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.people import Role
from bot.handoff import queue, staff, ticket_log
from bot.handoff.queue import Claimed, Taken
from bot.handoff.ticket import Reason, State, Ticket, Wait
from bot.messaging import conversations
from bot.storage.database import Database, Work
from bot.storage.sqlite import Sqlite

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def customers(conn: Connection, count: int) -> list[int]:
    made = [(Place("telegram", str(n)), Author(str(n), f"Customer {n}")) for n in range(count)]
    return [conversations.meet(conn, place, author, "en", NOW)[0].id for place, author in made]


def operators(conn: Connection, count: int) -> list[int]:
    return [staff.add(conn, f"Operator {n}", Role.OPERATOR, "en", NOW) for n in range(count)]


def opened(conn: Connection, conversation: int, at: datetime = NOW) -> Ticket:
    return queue.open_ticket(conn, conversation, Reason.ASKED, at)[0]


async def test_a_ticket_goes_from_waiting_over_answers_to_closed(database: Database) -> None:
    def life(conn: Connection) -> list[tuple[State, bool, bool]]:
        (anna,), (olga,) = customers(conn, 1), operators(conn, 1)
        stages = [opened(conn, anna)]
        claim = queue.claim(conn, stages[0].id, olga, NOW + MINUTE)
        assert isinstance(claim, Claimed)
        stages.append(claim.ticket)
        stages.append(queue.answered(conn, stages[-1], NOW + 2 * MINUTE))
        stages.append(queue.customer_wrote(conn, stages[-1], NOW + 3 * MINUTE))
        stages.append(queue.close(conn, stages[-1], NOW + 4 * MINUTE))
        assert (stages[-1].claimed_at, stages[-1].first_answer_at) == (NOW + MINUTE, NOW + 2 * MINUTE)
        return [(one.state, one.customer_wrote_at is not None, one.open) for one in stages]

    assert await database.transaction(life) == [
        (State.WAITING, True, True),
        (State.ASSIGNED, True, True),
        (State.WAITING_FOR_CUSTOMER, False, True),
        (State.ASSIGNED, True, True),
        (State.CLOSED, False, False),
    ]


async def test_a_claim_that_comes_too_late_says_who_was_first_and_a_second_one_changes_nothing(
    database: Database,
) -> None:
    def work(conn: Connection) -> None:
        (anna,), (olga, max_) = customers(conn, 1), operators(conn, 2)
        ticket = opened(conn, anna)
        first = queue.claim(conn, ticket.id, olga, NOW)

        assert isinstance(first, Claimed)
        assert queue.claim(conn, ticket.id, olga, NOW + MINUTE) == first
        assert queue.claim(conn, ticket.id, max_, NOW) == Taken(olga)
        queue.close(conn, first.ticket, NOW)
        assert queue.claim(conn, ticket.id, max_, NOW) is None
        assert queue.claim(conn, ticket.id + 1, max_, NOW) is None

    await database.transaction(work)


async def test_ownership_rises_with_each_change_of_owner_and_only_then(database: Database) -> None:
    def work(conn: Connection) -> list[int]:
        (anna,), (olga, max_) = customers(conn, 1), operators(conn, 2)
        claim = queue.claim(conn, opened(conn, anna).id, olga, NOW)
        assert isinstance(claim, Claimed)
        steps = [claim.ticket]
        steps.append(queue.answered(conn, steps[-1], NOW))
        steps.append(queue.transfer(conn, steps[-1], max_, NOW))
        steps.append(queue.transfer(conn, steps[-1], max_, NOW))
        steps.append(queue.release(conn, steps[-1], NOW))
        return [one.ownership for one in steps]

    assert await database.transaction(work) == [1, 1, 2, 2, 3]


async def test_the_earliest_unanswered_word_is_remembered(database: Database) -> None:
    def work(conn: Connection) -> list[datetime | None]:
        (anna,) = customers(conn, 1)
        ticket = queue.answered(conn, opened(conn, anna), NOW)
        first = queue.customer_wrote(conn, ticket, NOW + MINUTE)
        second = queue.customer_wrote(conn, first, NOW + 2 * MINUTE)
        return [ticket.customer_wrote_at, first.customer_wrote_at, second.customer_wrote_at]

    assert await database.transaction(work) == [None, NOW + MINUTE, NOW + MINUTE]


async def test_a_closed_ticket_comes_back_as_a_waiting_one(database: Database) -> None:
    def work(conn: Connection) -> tuple[Ticket | None, Ticket, int]:
        (anna,), (olga,) = customers(conn, 1), operators(conn, 1)
        claim = queue.claim(conn, opened(conn, anna).id, olga, NOW)
        assert isinstance(claim, Claimed)
        closed = queue.close(conn, claim.ticket, NOW + MINUTE)
        assert queue.last(conn, anna) == closed
        return (
            queue.open_one(conn, anna),
            queue.reopen(conn, closed, NOW + 2 * MINUTE, Reason.NOT_HELPFUL),
            queue.count_of(conn, anna),
        )

    before, ticket, count = await database.transaction(work)

    assert before is None
    assert (ticket.state, ticket.reason, ticket.staff_id, ticket.closed_at, ticket.opened_at) == (
        State.WAITING,
        Reason.NOT_HELPFUL,
        None,
        None,
        NOW + 2 * MINUTE,
    )
    assert (ticket.ownership, count) == (2, 1)


async def test_who_waits_longest_is_next_but_for_those_with_priority(database: Database) -> None:
    def work(conn: Connection) -> None:
        tickets = [opened(conn, one, NOW + n * MINUTE) for n, one in enumerate(customers(conn, 4))]
        urgent = queue.mark(conn, tickets[2], NOW, priority=1)

        assert queue.next_waiting(conn) == urgent
        assert [queue.place(conn, one) for one in (tickets[0], tickets[1], urgent, tickets[3])] == [2, 3, 1, 4]
        assert [one.id for one in queue.list_open(conn)] == [urgent.id, tickets[0].id, tickets[1].id, tickets[3].id]

    await database.transaction(work)


async def test_the_wait_is_told_from_what_was_measured(database: Database) -> None:
    def work(conn: Connection) -> list[Wait]:
        *before, anna = customers(conn, 6)
        (olga,) = operators(conn, 1)
        waits = []
        for customer in before:
            claim = queue.claim(conn, opened(conn, customer).id, olga, NOW)
            assert isinstance(claim, Claimed)
            waits.append(queue.wait_of(conn, claim.ticket, 1))
            queue.close(conn, claim.ticket, NOW + 6 * MINUTE, olga)
        return [waits[-1], queue.wait_of(conn, opened(conn, anna), 1)]

    assert await database.transaction(work) == [Wait(1, None), Wait(1, 6 * MINUTE)]


async def test_the_log_tells_what_happened_to_a_ticket_and_who_did_it(database: Database) -> None:
    def work(conn: Connection) -> tuple[list[tuple[str, int | None, str]], int, int]:
        (anna,), (olga, max_) = customers(conn, 1), operators(conn, 2)
        claim = queue.claim(conn, opened(conn, anna).id, olga, NOW)
        assert isinstance(claim, Claimed)
        queue.claim(conn, claim.ticket.id, max_, NOW)
        ticket = queue.mark(conn, claim.ticket, NOW, olga, level=2, tags=["wet", "parcel"])
        ticket = queue.answered(conn, queue.transfer(conn, ticket, max_, NOW, olga), NOW)
        ticket = queue.close(conn, queue.customer_wrote(conn, ticket, NOW), NOW, max_)
        queue.release(conn, queue.reopen(conn, ticket, NOW, Reason.MEDIA), NOW)
        return [(one.kind.value, one.staff_id, one.detail) for one in ticket_log.of(conn, ticket.id)], olga, max_

    lines, olga, max_ = await database.transaction(work)

    assert lines == [
        ("opened", None, "asked"),
        ("claimed", olga, ""),
        ("level", olga, "2"),
        ("tags", olga, "wet parcel"),
        ("transferred", olga, str(max_)),
        ("answered", max_, ""),
        ("wrote", None, ""),
        ("closed", max_, ""),
        ("reopened", None, "media"),
        ("released", None, ""),
    ]


async def test_a_ticket_knows_since_when_who_has_it_has_it_and_who_closed_it(database: Database) -> None:
    def work(conn: Connection) -> list[Ticket]:
        (anna,), (olga, max_) = customers(conn, 1), operators(conn, 2)
        claim = queue.claim(conn, opened(conn, anna).id, olga, NOW)
        assert isinstance(claim, Claimed)
        answered = queue.answered(conn, claim.ticket, NOW + MINUTE)
        again = queue.answered(conn, answered, NOW + 2 * MINUTE)
        given = queue.transfer(conn, again, max_, NOW + 3 * MINUTE, olga)
        closed = queue.close(conn, given, NOW + 4 * MINUTE, max_)
        return [claim.ticket, again, given, closed, queue.reopen(conn, closed, NOW + 5 * MINUTE)]

    claimed, again, given, closed, reopened = await database.transaction(work)

    assert (claimed.assigned_at, claimed.answered_at) == (NOW, None)
    assert (again.assigned_at, again.first_answer_at, again.answered_at) == (NOW, NOW + MINUTE, NOW + 2 * MINUTE)
    assert (given.assigned_at, given.claimed_at) == (NOW + 3 * MINUTE, NOW)
    assert (closed.closed_by, reopened.closed_by, reopened.assigned_at) == (given.staff_id, None, None)


async def test_figures_of_the_desk_are_counted_from_the_tickets(database: Database) -> None:
    def work(conn: Connection) -> None:
        (anna, boris, vera), (olga, max_) = customers(conn, 3), operators(conn, 2)
        for customer, person in ((anna, olga), (boris, olga), (vera, max_)):
            claim = queue.claim(conn, opened(conn, customer).id, person, NOW)
            assert isinstance(claim, Claimed)
            queue.answered(conn, claim.ticket, NOW + MINUTE)
        ticket = queue.open_one(conn, vera)
        assert ticket is not None
        queue.close(conn, ticket, NOW + 2 * MINUTE)

        assert queue.load(conn) == {olga: 2}
        assert [one.conversation_id for one in queue.list_open(conn, olga)] == [anna, boris]
        assert [one.conversation_id for one in queue.list_closed(conn)] == [vera]
        assert list(queue.first_answers(conn, NOW)) == [MINUTE] * 3

    await database.transaction(work)


class QueueLife(RuleBasedStateMachine):
    """Customers ask, operators claim, pass on, answer, release and close, in any order, on a real file."""

    template: Path
    who = st.integers(0, 3)
    chat = st.integers(0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="queue-"))
        self.database = Sqlite(Path(shutil.copy(self.template, self.folder / "desk.db")))
        self.runner = asyncio.Runner()
        self.owners: dict[int, int | None] = {}
        self.clock = itertools.count()

    def do(self, work: Callable[[Connection], T]) -> T:
        return self.runner.run(self.database.transaction(work))

    def now(self) -> datetime:
        return NOW + next(self.clock) * timedelta(seconds=1)

    def ticket(self, chat: int) -> Ticket | None:
        return self.do(lambda conn: queue.open_one(conn, self.customers[chat]))

    @initialize()
    def open_shop(self) -> None:
        self.customers, self.staff = self.do(lambda conn: (customers(conn, 5), operators(conn, 4)))

    @rule(chat=chat)
    def ask(self, chat: int) -> None:
        ticket, new = self.do(lambda conn: queue.open_ticket(conn, self.customers[chat], Reason.ASKED, self.now()))
        assert new == (ticket.id not in self.owners)
        self.owners.setdefault(ticket.id, None)

    @rule(chat=chat, who=who)
    def claim(self, chat: int, who: int) -> None:
        if (ticket := self.ticket(chat)) is None:
            return
        person, before = self.staff[who], self.owners[ticket.id]
        outcome = self.do(lambda conn: queue.claim(conn, ticket.id, person, self.now()))
        if before in {None, person}:
            assert isinstance(outcome, Claimed)
            self.owners[ticket.id] = person
        else:
            assert outcome == Taken(before or 0)

    @rule(chat=chat, pressing=st.lists(who, min_size=2, max_size=4, unique=True))
    def claim_all_at_once(self, chat: int, pressing: list[int]) -> None:
        if (ticket := self.ticket(chat)) is None or self.owners[ticket.id] is not None:
            return
        people, at = [self.staff[who] for who in pressing], self.now()

        def claiming(person: int) -> Work[Claimed | Taken | None]:
            return lambda conn: queue.claim(conn, ticket.id, person, at)

        async def press() -> list[Claimed | Taken | None]:
            return list(await asyncio.gather(*[self.database.transaction(claiming(person)) for person in people]))

        winners = [one.ticket.staff_id for one in self.runner.run(press()) if isinstance(one, Claimed)]
        assert len(winners) == 1
        self.owners[ticket.id] = winners[0]

    @rule(chat=chat, who=who)
    def transfer(self, chat: int, who: int) -> None:
        if (ticket := self.ticket(chat)) is not None:
            self.do(lambda conn: queue.transfer(conn, ticket, self.staff[who], self.now()))
            self.owners[ticket.id] = self.staff[who]

    @rule(chat=chat)
    def release(self, chat: int) -> None:
        if (ticket := self.ticket(chat)) is not None:
            self.do(lambda conn: queue.release(conn, ticket, self.now()))
            self.owners[ticket.id] = None

    @rule(chat=chat, customer=st.booleans())
    def write(self, chat: int, *, customer: bool) -> None:
        if (ticket := self.ticket(chat)) is None:
            return
        if customer:
            self.do(lambda conn: queue.customer_wrote(conn, ticket, self.now()))
        elif self.owners[ticket.id] is not None:
            self.do(lambda conn: queue.answered(conn, ticket, self.now()))

    @rule(chat=chat, priority=st.integers(0, 2))
    def prefer(self, chat: int, priority: int) -> None:
        if (ticket := self.ticket(chat)) is not None:
            self.do(lambda conn: queue.mark(conn, ticket, self.now(), priority=priority))

    @rule(chat=chat)
    def close(self, chat: int) -> None:
        if (ticket := self.ticket(chat)) is not None:
            self.do(lambda conn: queue.close(conn, ticket, self.now()))

    @rule(chat=chat)
    def ask_again(self, chat: int) -> None:
        closed = self.do(lambda conn: queue.last(conn, self.customers[chat]))
        if closed is not None and not closed.open:
            self.do(lambda conn: queue.reopen(conn, closed, self.now()))
            self.owners[closed.id] = None

    @invariant()
    def nobody_has_two_open_tickets_and_owners_are_as_told(self) -> None:
        tickets = self.do(queue.list_open)
        assert len({ticket.conversation_id for ticket in tickets}) == len(tickets)
        assert {ticket.id: ticket.staff_id for ticket in tickets} == {one.id: self.owners[one.id] for one in tickets}
        assert all((ticket.staff_id is None) == (ticket.state is State.WAITING) for ticket in tickets)

    @invariant()
    def places_are_one_to_n_in_the_order_of_the_queue(self) -> None:
        def places(conn: Connection) -> list[int]:
            waiting = [ticket for ticket in queue.list_open(conn) if ticket.state is State.WAITING]
            first = queue.next_waiting(conn)
            assert (first.id if first else None) == (waiting[0].id if waiting else None)
            return [queue.place(conn, ticket) for ticket in waiting]

        found = self.do(places)
        assert found == list(range(1, len(found) + 1))

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)


def test_whatever_customers_and_operators_do_a_ticket_has_one_owner_and_a_customer_one_ticket(
    sqlite_template: Path,
) -> None:
    QueueLife.template = sqlite_template
    run_state_machine_as_test(QueueLife, settings=settings(max_examples=10, stateful_step_count=30))


@pytest.mark.slow
@pytest.mark.long
def test_the_same_for_longer(sqlite_template: Path) -> None:
    QueueLife.template = sqlite_template
    run_state_machine_as_test(QueueLife, settings=settings(max_examples=60, stateful_step_count=50))
