"""The arbiter of the queue: whatever customers, operators and the clock do, in any order and at the same moment.

Never two owners, no ticket lost, no note to a customer, no words of somebody who has lost the chat, capacity and order
kept. Everything goes through the handlers, on both databases; on PostgreSQL those who press at once have a connection
each.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select

from bot.domain.message import Content, ContentKind, plain
from bot.handlers import assigning, closing, desk
from bot.handlers.desk import Done, Hand
from bot.handoff import queue, ticket_log
from bot.handoff.rules import Assignment, AutoClose, Rules
from bot.handoff.ticket import State, Ticket
from bot.handoff.ticket_log import Kind
from bot.messaging import conversations, transcript
from bot.storage import schema
from bot.storage.database import connect
from bot.storage.schema import metadata
from tests.handoff.floor import Floor, open_floor

T = TypeVar("T")
STAFF = ("Olga", "Max", "Vera")
CUSTOMERS = ("Anna", "Boris", "Carl", "Dora")
CAPACITY = 1
NOTE = "for us only"
PHONE = "+491701234567"
WHO, CUSTOMER = st.sampled_from(STAFF), st.sampled_from(CUSTOMERS)


class DeskLife(RuleBasedStateMachine):
    """Four customers and three operators; Vera has level two; Anna and Boris are known to be one person."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.texts = itertools.count()
        self.open: dict[str, bool] = dict.fromkeys(CUSTOMERS, False)
        self.written: list[tuple[str, str, int]] = []  # console pages: who, about whom, under which ownership
        self.sent: list[str] = []

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def read(self, work: Any) -> Any:  # noqa: ANN401 whatever it returns
        return self.do(self.floor.house.database.read(work))

    @initialize()
    def open_desk(self) -> None:
        async def begin() -> Floor:
            database = connect(self.url)
            await database.transaction(
                lambda conn: [conn.execute(one.delete()) for one in reversed(metadata.sorted_tables)]
            )
            floor = open_floor(database)
            for name in STAFF:
                await floor.hires(name, level=2 if name == "Vera" else 1)
            for name in CUSTOMERS:
                await floor.change(lambda conn: floor.turn(conn, name))  # noqa: B023 awaited here
            return floor

        self.floor = self.do(begin())
        hour = self.floor.house.rules.away_returns_after * 4
        self.floor.house.rules = Rules(
            self.floor.house.rules.hours,
            capacity=CAPACITY,
            assignment=Assignment.BALANCED,
            auto_close=AutoClose(hour * 4, hour),
        )

        def one_person(conn: Connection) -> None:
            for name in CUSTOMERS[:2]:
                who, card = self.floor.turn(conn, name).conversation, {"phone": PHONE}
                conversations.keep_phone(conn, who.customer_id, PHONE)
                shared = Content(ContentKind.CONTACT, plain(name), {**card, "user": who.place.chat})
                transcript.add(conn, who.id, transcript.CUSTOMER, shared, self.floor.now)

        self.do(self.floor.change(one_person))

    def tickets(self) -> dict[str, Ticket]:
        """Return the open tickets by customer."""

        def work(conn: Connection) -> dict[str, Ticket]:
            found = ((name, queue.open_one(conn, self.floor.turn(conn, name).conversation.id)) for name in CUSTOMERS)
            return {name: one for name, one in found if one}

        return self.do(self.floor.change(work))

    def owner(self, ticket: Ticket | None) -> str:
        people = self.floor.people
        return next((name for name in STAFF if ticket and people[name] == ticket.staff_id), "")

    def load(self, who: str) -> int:
        return sum(self.owner(one) == who for one in self.tickets().values())

    @rule(customer=CUSTOMER)
    def ask(self, customer: str) -> None:
        elsewhere = self.read(lambda conn: self._goes_on_elsewhere(conn, customer))
        self.do(self.floor.says(customer, "/human"))
        self.open[customer] = not elsewhere

    def _goes_on_elsewhere(self, conn: Connection, customer: str) -> bool:
        """Return whether a customer's ticket was merged into one that is open."""
        return queue.goes_on_in(conn, self.floor.turn(conn, customer).closed_ticket) is not None

    @rule(customer=CUSTOMER, text=st.sampled_from(["Hello?", "thanks", "👍"]))
    def write(self, customer: str, text: str) -> None:
        if self.open[customer]:
            self.do(self.floor.says(customer, text))

    @rule(customer=CUSTOMER, pressing=st.lists(WHO, min_size=2, max_size=3, unique=True))
    def claim_at_once(self, customer: str, pressing: list[str]) -> None:
        before = self.tickets().get(customer)

        async def press() -> None:
            await asyncio.gather(*[self.floor.writes(who, customer, "/claim") for who in pressing])

        self.do(press())
        after = self.tickets().get(customer)
        if before and before.state is State.WAITING:
            assert self.owner(after) in pressing
            assert after is not None
            assert after.ownership == before.ownership + 1
        else:
            assert self.owner(after) == self.owner(before)

    @rule(customer=CUSTOMER, who=WHO)
    def answer(self, customer: str, who: str) -> None:
        ticket, text = self.tickets().get(customer), f"words {next(self.texts)}."
        self.do(self.floor.writes(who, customer, text))
        self.open[customer] = True
        if self.owner(ticket) in {"", who}:
            self.sent.append(text)
            assert self.owner(self.tickets().get(customer)) == who

    @rule(customer=CUSTOMER, who=WHO)
    def look_at_console(self, customer: str, who: str) -> None:
        ticket = self.tickets().get(customer)
        if ticket and self.owner(ticket) == who:
            self.written.append((who, customer, ticket.ownership))

    @precondition(lambda self: self.written)
    @rule(data=st.data())
    def answer_from_an_old_page(self, data: st.DataObject) -> None:
        who, customer, ownership = data.draw(st.sampled_from(self.written))
        ticket, text = self.tickets().get(customer), f"words {next(self.texts)}."

        def work(conn: Connection) -> bool:
            hand = Hand(self.floor.turn(conn, customer), self.floor.person(conn, who), elsewhere=True)
            return isinstance(desk.answer(hand, Content(ContentKind.TEXT, plain(text)), ownership=ownership), Done)

        went = self.do(self.floor.change(work))
        assert went == (ticket is not None and self.owner(ticket) == who and ticket.ownership == ownership)
        self.sent += [text] if went else []

    @rule(customer=CUSTOMER, who=WHO, console=st.booleans())
    def note(self, customer: str, who: str, *, console: bool) -> None:
        if console:

            def work(conn: Connection) -> None:
                desk.note(Hand(self.floor.turn(conn, customer), self.floor.person(conn, who), elsewhere=True), NOTE)

            self.do(self.floor.change(work))
        else:
            self.do(self.floor.writes(who, customer, f"// {NOTE}"))

    @rule(customer=CUSTOMER, who=WHO, to=st.sampled_from([*STAFF, "L1", "L2"]))
    def transfer(self, customer: str, who: str, to: str) -> None:
        before = self.tickets().get(customer)
        self.do(self.floor.writes(who, customer, f"/transfer {to} {NOTE}"))
        after = self.tickets().get(customer)
        if before is None or self.owner(before) not in {"", who}:
            assert self.owner(after) == self.owner(before)
        elif to.startswith("L"):
            assert after is not None
            assert (after.state, after.level) == (State.WAITING, int(to[1]))
            assert after.opened_at == before.opened_at

    @rule(customer=CUSTOMER, who=WHO, word=st.sampled_from(["/release", "/bot", "/close"]))
    def let_go(self, customer: str, who: str, word: str) -> None:
        before = self.tickets().get(customer)
        self.do(self.floor.writes(who, customer, word))
        may = self.owner(before) in {"", who}
        if before and may and word != "/release":
            self.open[customer] = False

    @rule(who=WHO, into=st.booleans())
    def merge(self, who: str, *, into: bool) -> None:
        here, there = ("Anna", "Boris") if into else ("Boris", "Anna")
        before = self.tickets()
        if here not in before or there not in before:
            return
        self.do(self.floor.writes(who, here, f"/merge {before[there].id}"))
        if {self.owner(before[here]), self.owner(before[there])} <= {"", who}:
            self.open[there] = False
            whole = self.tickets()[here]
            assert whole.opened_at == min(before[here].opened_at, before[there].opened_at)
            assert self.owner(whole) == (self.owner(before[here]) or self.owner(before[there]))

    @rule(one=CUSTOMER, other=st.sampled_from(CUSTOMERS[2:]), who=WHO)
    def merge_of_strangers(self, one: str, other: str, who: str) -> None:
        found = self.tickets().get(other)
        if one != other and found:
            self.do(self.floor.writes(who, one, f"/merge {found.id}"))

    @rule(who=WHO)
    def take_next(self, who: str) -> None:
        load, before = self.load(who), self.tickets()
        waiting = [one for one in before.values() if one.state is State.WAITING]
        fitting = [one for one in waiting if one.level <= (2 if who == "Vera" else 1) or one.level == 3]
        self.do(self.floor.privately(who, "/next"))
        mine = {one.id for one in self.tickets().values() if self.owner(one) == who}
        gained = mine - {one.id for one in before.values() if self.owner(one) == who}
        let_go = self.read(lambda conn: self._let_go(conn, who, [one.id for one in waiting]))
        first = min(fitting, key=lambda one: (one.id in let_go, -one.priority, one.opened_at, one.id), default=None)
        assert gained == ({first.id} if first and load < CAPACITY else set())

    def _let_go(self, conn: Connection, who: str, tickets: list[int]) -> set[int]:
        """Return which tickets somebody gave up a short time ago: others come first."""
        found = ticket_log.let_go(conn, tickets, self.floor.now - assigning.NOT_BACK_WITHIN)
        return {ticket for ticket, people in found.items() if self.floor.people[who] in people}

    @rule(customer=CUSTOMER, who=WHO, word=st.sampled_from(["high", "normal"]))
    def prefer(self, customer: str, who: str, word: str) -> None:
        self.do(self.floor.writes(who, customer, f"/priority {word}"))

    @rule(workers=st.integers(1, 3))
    def assign(self, workers: int) -> None:
        before = {name: self.load(name) for name in STAFF}

        async def all_at_once() -> None:
            await asyncio.gather(*[self.floor.assigns() for _ in range(workers)])

        self.do(all_at_once())
        for name in STAFF:
            assert self.load(name) <= max(before[name], CAPACITY)

    @rule(who=WHO, word=st.sampled_from(["/away", "/back"]))
    def go_or_come(self, who: str, word: str) -> None:
        self.do(self.floor.privately(who, word))

    @rule(minutes=st.sampled_from([1, 20, 200, 1000]))
    def time_goes_by(self, minutes: int) -> None:
        self.floor.later(minutes=minutes)
        before = self.tickets()
        self.do(self.floor.sweep(assigning.sweep_returns))
        self.do(self.floor.sweep(closing.sweep_quiet))
        after = self.tickets()
        for name, ticket in before.items():
            if name not in after:
                assert ticket.state is State.WAITING_FOR_CUSTOMER
                assert ticket.warned_at is not None
                self.open[name] = False

    @invariant()
    def no_ticket_is_lost_and_none_is_open_twice(self) -> None:
        tickets = self.tickets()
        assert {name: name in tickets for name in CUSTOMERS} == self.open
        assert all((one.staff_id is None) == (one.state is State.WAITING) for one in tickets.values())

    @invariant()
    def nobody_is_given_a_chat_that_somebody_has(self) -> None:
        def owners(conn: Connection) -> dict[int, int | None]:
            keys = conn.execute(select(schema.tickets.c.id)).scalars().all()
            return {
                key: replayed([(one.kind, one.staff_id, one.detail) for one in ticket_log.of(conn, key)])
                for key in keys
            }

        told = self.read(owners)
        assert {one.id: one.staff_id for one in self.tickets().values()} == {
            one.id: told[one.id] for one in self.tickets().values()
        }

    @invariant()
    def places_are_one_to_n_in_the_order_of_the_queue(self) -> None:
        def places(conn: Connection) -> list[int]:
            return [queue.place(conn, one) for one in queue.waiting(conn, 100)]

        found = self.read(places)
        assert found == list(range(1, len(found) + 1))

    @invariant()
    def customers_hear_what_was_sent_to_them_in_order_and_no_note(self) -> None:
        def heard(conn: Connection) -> list[str]:
            out = schema.outbox.c
            rows = conn.execute(
                select(out.body).where(out.act == "say", out.topic_id.is_(None), out.chat.like("c%")).order_by(out.id)
            )
            return [row.body["text"]["text"] for row in rows]

        said = self.read(heard)
        assert not [text for text in said if NOTE in text]
        assert [text for text in said if text.startswith("words")] == self.sent

    def teardown(self) -> None:
        if hasattr(self, "floor"):
            self.do(self.floor.house.database.close())
        self.runner.close()


def replayed(lines: list[tuple[Kind, int | None, str]]) -> int | None:
    """Return who has a ticket by its log, which must never give it to somebody while another has it."""
    owner: int | None = None
    for kind, by, detail in lines:
        if kind in {Kind.CLAIMED, Kind.ASSIGNED}:
            assert owner is None, lines
            owner = by if kind is Kind.CLAIMED else int(detail)
        elif kind is Kind.TRANSFERRED:
            owner = int(detail) if detail.isdecimal() else None
        elif kind in {Kind.RELEASED, Kind.RETURNED, Kind.REOPENED}:
            owner = None
        elif kind is Kind.ANSWERED:
            assert owner == by, lines
    return owner


def live(url: str, examples: int, steps: int) -> None:
    DeskLife.url = url
    run_state_machine_as_test(DeskLife, settings=settings(max_examples=examples, stateful_step_count=steps))


def test_whatever_happens_at_the_desk_each_chat_has_one_owner_and_none_is_lost(database_url: str) -> None:
    live(database_url, 3, 25)


@pytest.mark.slow
@pytest.mark.long
def test_the_same_for_longer(database_url: str) -> None:
    live(database_url, 25, 50)
