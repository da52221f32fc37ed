"""The ladder of the SLA: ⏰ in the topic, ⚠️ to the operator, 🚨 to the managers, each of them once.

Nobody has answered Anna for half a minute: ⏰ stands in her topic. A minute is over: Olga, who has the chat, reads ⚠️
privately, or everybody on duty while nobody has it. After two the managers read 🚨. After six hours without power only
the last of these is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.message import RichText, bold, join, plain
from bot.domain.people import Staff
from bot.handlers import card, topic_card
from bot.handlers.house import House
from bot.handlers.privately import address, managers, private_places, put
from bot.handlers.turn import Turn, tell_desk
from bot.handoff import notices, promises, queue, shifts, staff
from bot.handoff.hours import LOOKED_AHEAD
from bot.handoff.notices import PASSED_OVER, SENT, Notice
from bot.handoff.promises import Step
from bot.handoff.ticket import Ticket
from bot.i18n import Texts, day_and_time
from bot.messaging import conversations

AT_A_TIME = 200
"""Tickets in one transaction; the sweep is called again while there is more."""
TOLD = 10
"""People on duty who hear of a chat that nobody has: those with the fewest chats."""
LINES = 10
"""Chats that one message names; how many more there are is said below."""
STEPS = list(Step)


def sweep_promises(house: House, conn: Connection, now: datetime) -> int:
    """Write down what will be due, and say what is due now.

    Returns:
        How many tickets there was something to do about; 0 when nothing is left.
    """
    laid = notices.lay_out(conn, house.rules.sla, now, AT_A_TIME)
    round_ = _Round(house, conn, now)
    tickets = notices.due_tickets(conn, now, AT_A_TIME)
    steps = notices.open_steps(conn, [ticket.id for ticket in tickets])
    for ticket in tickets:
        round_.look_at(ticket, steps.get(ticket.id, []))
    round_.finish()
    return laid + len(tickets)


@dataclass(frozen=True, slots=True)
class _Said:
    """A notice that is said now, of a ticket as it stands."""

    notice: Notice
    ticket: Ticket


@dataclass(slots=True)
class _Round:
    """What one sweep finds, gathered so that each person gets one message of it."""

    house: House
    conn: Connection
    now: datetime
    settled: dict[Notice, str] = field(default_factory=dict)
    later: dict[Notice, datetime] = field(default_factory=dict)
    over: list[Notice] = field(default_factory=list)
    said: list[_Said] = field(default_factory=list)

    def look_at(self, ticket: Ticket, steps: Sequence[Notice]) -> None:
        """Decide what becomes of a ticket's steps: of those that are due now only the highest is said."""
        sla = self.house.rules.sla
        hours, waits = sla.hours_of(ticket.team), promises.running(ticket)
        promised = sla.promises_of(ticket.team, ticket.level)
        still = [
            step
            for step in steps
            if waits.get(step.promise) == step.since and step.step in promises.steps_of(step.promise, promised)
        ]
        self.over += [step for step in steps if step not in still]
        due = [step for step in still if step.due_at <= self.now]
        if due and not hours.open_at(self.now):
            back = hours.next_opening(self.now) or self.now + timedelta(days=LOOKED_AHEAD)
            self.later |= dict.fromkeys(due, back)
            return
        for promise in dict.fromkeys(step.promise for step in due):
            ladder = sorted((step for step in due if step.promise == promise), key=lambda one: STEPS.index(one.step))
            self.settled |= dict.fromkeys(ladder[:-1], PASSED_OVER)
            self.settled[ladder[-1]] = SENT
            self.said.append(_Said(ladder[-1], ticket))

    def finish(self) -> None:
        """Write all of it: the rows, and what is said."""
        notices.settle(self.conn, self.settled, self.now)
        notices.postpone(self.conn, self.later)
        notices.drop(self.conn, self.over)
        if self.said:
            _Telling(self.house, self.conn, self.now).tell(self.said)


class _Telling:
    """Says notices: in topics one by one, to each person in one message."""

    def __init__(self, house: House, conn: Connection, now: datetime) -> None:
        self.house, self.conn, self.now = house, conn, now
        people = staff.everybody(conn)
        self.on_duty = shifts.present(people, house.rules.shifts, now)
        self.managers = managers(conn)
        self.everybody = {person.id: person for person in people}
        self.load = queue.load(conn)

    def tell(self, said: Sequence[_Said]) -> None:
        """Say each notice where it belongs; what nobody could read privately stands in the topic."""
        for step in (Step.OPERATOR, Step.MANAGERS):
            to: dict[Staff, list[_Said]] = {}
            for one in (one for one in said if one.notice.step is step):
                people = self._reachable(self._meant(one))
                for person in people:
                    to.setdefault(person, []).append(one)
                if not people:
                    self._in_topic(one)
            for person, theirs in to.items():
                self._privately(person, step, theirs)
        for one in (one for one in said if one.notice.step is Step.TOPIC):
            self._in_topic(one)
        for ticket in {one.ticket.id: one.ticket for one in said}.values():
            self._on_card(ticket)

    def _meant(self, one: _Said) -> list[Staff]:
        ticket = one.ticket
        if one.notice.step is Step.MANAGERS:
            return self.managers
        if ticket.staff_id is not None:
            owner = self.everybody.get(ticket.staff_id)
            return [owner] if owner else []
        able = [
            person
            for person in self.on_duty
            if person.level >= ticket.level and person.team in {"", ticket.team or person.team}
        ]
        return sorted(able, key=lambda person: (self.load.get(person.id, 0), person.id))[:TOLD]

    def _reachable(self, people: Iterable[Staff]) -> list[Staff]:
        return [person for person in people if private_places(self.house, person)]

    def _privately(self, person: Staff, step: Step, theirs: Sequence[_Said]) -> None:
        texts = self.house.texts(person.language)
        lines = [plain(f"{card.STEPS[step]} ") + self._line(one, texts, to=person) for one in theirs[:LINES]]
        if len(theirs) > LINES:
            lines.append(plain(texts("sla.more", n=len(theirs) - LINES)))
        text = join(lines)
        put(self.house, self.conn, [(place, text) for place in private_places(self.house, person)], self.now)

    def _line(self, one: _Said, texts: Texts, *, linked: bool = True, to: Staff | None = None) -> RichText:
        ticket = one.ticket
        conversation = conversations.get(self.conn, ticket.conversation_id)
        head = bold(f"#{ticket.id} {conversation.name if conversation else '?'}")
        owner = self.everybody.get(ticket.staff_id or 0)
        mine = texts("sla.with_you") if owner and to and owner.id == to.id else ""
        who = mine or (texts("sla.with", name=owner.name) if owner else texts("sla.with_nobody"))
        link = f"\n{address(self.house, self.conn, ticket.conversation_id)}" if linked else ""
        return head + f" · {self._when(one, texts)} {who}{link}"

    def _when(self, one: _Said, texts: Texts) -> str:
        notice, sla = one.notice, self.house.rules.sla
        promised = sla.promises_of(one.ticket.team, one.ticket.level)
        hours = sla.hours_of(one.ticket.team)
        due = promises.ladder(notice.promise, notice.since, promised, hours)[Step.OPERATOR]
        when = day_and_time(due, self.now, hours.zone, texts)
        return texts(f"sla.{'is_due' if due > self.now else 'was_due'}_{notice.promise.value}", when=when)

    def _in_topic(self, one: _Said) -> None:
        conversation = conversations.get(self.conn, one.ticket.conversation_id)
        if conversation is None:
            return
        turn = Turn(self.house, self.conn, self.now, conversation)
        text = plain(f"{card.STEPS[one.notice.step]} ") + self._line(one, turn.desk_texts, linked=False)
        turn.carry([tell_desk(text)])

    def _on_card(self, ticket: Ticket) -> None:
        """Let the card say how late it is."""
        conversation = conversations.get(self.conn, ticket.conversation_id)
        if conversation is not None:
            turn = Turn(self.house, self.conn, self.now, conversation)
            turn.carry(topic_card.as_late_as_it_is(turn))
