"""The stretches of tickets, as the log tells them: when each was opened, answered, waited in, merged and closed.

An *opening* is one stretch of a ticket, from its opening or reopening to its end. A *wait* is a customer's time from a
word that somebody owes an answer to, to that answer. Both follow the clocks of the ladder: a thank you owes nothing,
and after a merge (`as_one` in `handoff/ticket.py` has the rule) the ticket that goes on has the clocks of both. Anna
writes on the web page at 9:00 and in Telegram at 9:10, Olga merges and answers at 9:12: one first answer, after twelve
minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from bot.storage import schema

OPENED, CLOSED, MERGED, ANSWERED, WROTE = frozenset({"opened", "reopened"}), "closed", "merged", "answered", "wrote"
CLAIMED, TRANSFERRED = frozenset({"claimed", "assigned"}), "transferred"
_LOG, _T, _C = schema.ticket_log, schema.tickets, schema.conversations


@dataclass(frozen=True, slots=True)
class Wait:
    """From a customer's word in a chat that was answered before to the next answer, if there was one."""

    since: datetime
    answered_at: datetime | None
    staff_id: int | None


@dataclass(slots=True)
class Opening:
    """One stretch of a ticket.

    Attributes:
        ticket_id: whose.
        conversation_id: whose conversation.
        channel: of the conversation.
        team: of the ticket as it stands now, empty for none.
        level: of the ticket as it stands now, 1 to 3.
        opened_at: when it was opened or reopened.
        first_since: from when the first answer was owed, None where the ticket merged with it counts it.
        solved_since: from when the solution was owed, None for a stretch that went on in another ticket.
        claimed_at: when somebody had it first, or None.
        first_answer_at: when an operator answered first, or None.
        first_staff: who did.
        answers: by whom, once for each answer.
        closed_at: when it ended, or None.
        closed_by: who ended it, None for the customer or the clock.
        waits: after the first answer.
        owed_since: the earliest word that nobody has answered at the end of what is read, or None.
    """

    ticket_id: int
    conversation_id: int
    channel: str
    team: str
    level: int
    opened_at: datetime
    first_since: datetime | None
    solved_since: datetime | None
    owed_since: datetime | None
    claimed_at: datetime | None = None
    first_answer_at: datetime | None = None
    first_staff: int | None = None
    answers: list[int | None] = field(default_factory=list)
    closed_at: datetime | None = None
    closed_by: int | None = None
    waits: list[Wait] = field(default_factory=list)

    @property
    def first_to_come(self) -> bool:
        """Whether nobody has answered this customer yet, here or in a ticket that was merged into this one."""
        return self.first_answer_at is None and self.first_since is not None


def read(conn: Connection, start: datetime, end: datetime, of_customers: ColumnElement[bool]) -> list[Opening]:
    """Return the stretches of all tickets to which something happened in a span, whole, in the order of time.

    Tickets that were merged with one of them come along: what was owed in one goes on in the other.
    """
    touched = select(_LOG.c.ticket_id).where(_LOG.c.at >= start, _LOG.c.at < end)
    rows = conn.execute(_lines(of_customers).where(_LOG.c.ticket_id.in_(touched))).all()
    known, found = {row.ticket_id for row in rows}, rows
    while missing := {int(row.detail) for row in found if row.kind == MERGED} - known:
        known |= missing
        found = conn.execute(_lines(of_customers).where(_LOG.c.ticket_id.in_(sorted(missing)))).all()
        rows = [*rows, *found]
    reading = _Reading()
    for row in sorted(rows, key=lambda one: one.id):
        reading.take(row)
    return sorted(reading.finished(), key=lambda one: (one.opened_at, one.ticket_id))


def _lines(of_customers: ColumnElement[bool]) -> Select[Any]:
    whose = (_T.c.conversation_id, _T.c.team, _T.c.level, _C.c.channel)
    joined = select(_LOG, *whose).join(_T, _T.c.id == _LOG.c.ticket_id).join(_C, _C.c.id == _T.c.conversation_id)
    return joined.where(of_customers)


class _Reading:
    """Reads the log of tickets line by line, in the order in which it was written."""

    def __init__(self) -> None:
        self._all: list[Opening] = []
        self._now: dict[int, Opening] = {}
        self._takes_in: Row[Any] | None = None

    def take(self, row: Row[Any]) -> None:
        """Let one line say what it says of the stretch that is under way."""
        if row.kind in OPENED:
            made = Opening(*(row.ticket_id, row.conversation_id, row.channel, row.team, row.level), *[row.at] * 4)
            self._now[row.ticket_id] = made
            self._all.append(made)
            return
        opening = self._now.get(row.ticket_id)
        if row.kind == MERGED:
            self._merged(row)
        elif opening is None:
            return  # it began before the log did
        elif row.kind in CLAIMED or (row.kind == TRANSFERRED and row.detail.isdecimal()):  # else it went to a team
            opening.claimed_at = opening.claimed_at or row.at
        elif row.kind == WROTE:
            opening.owed_since = opening.owed_since or row.at
        elif row.kind == ANSWERED:
            _answered(opening, row)
        elif row.kind == CLOSED:
            self._ends(row)

    def _merged(self, row: Row[Any]) -> None:
        """Take a merge when its second line comes: `queue.merge` writes that of the ticket that goes on first."""
        first, self._takes_in = self._takes_in, row
        pair = first is not None and (str(first.ticket_id), first.detail) == (row.detail, str(row.ticket_id))
        if first is None or not pair or first.at != row.at:
            return
        self._takes_in = None
        goes_on, ended = self._now.get(first.ticket_id), self._ends(row, merged=True)
        if goes_on is not None and ended is not None:
            _go_on_as_one(goes_on, ended)

    def _ends(self, row: Row[Any], *, merged: bool = False) -> Opening | None:
        opening = self._now.pop(row.ticket_id, None)
        if opening is not None:
            opening.closed_at, opening.closed_by = row.at, row.staff_id
            if not merged:
                _left_open(opening)
        return opening

    def finished(self) -> list[Opening]:
        """Return all stretches, those that are still open with what is owed in them."""
        for opening in self._now.values():
            _left_open(opening)
        return self._all


def _answered(opening: Opening, row: Row[Any]) -> None:
    if not opening.first_to_come and opening.owed_since is not None:
        opening.waits.append(Wait(opening.owed_since, row.at, row.staff_id))
    if opening.first_answer_at is None:
        opening.first_answer_at, opening.first_staff = row.at, row.staff_id
    opening.answers.append(row.staff_id)
    opening.owed_since = None


def _left_open(opening: Opening) -> None:
    if not opening.first_to_come and opening.owed_since is not None:
        opening.waits.append(Wait(opening.owed_since, None, None))


def _go_on_as_one(goes_on: Opening, ended: Opening) -> None:
    """Let a stretch go on with the clocks of another one that ends in it."""
    if goes_on.first_to_come and ended.first_to_come:
        goes_on.first_since = _earlier(goes_on.first_since, ended.first_since)
        ended.first_since = None
    elif goes_on.first_to_come:
        goes_on.first_since = None
    elif ended.first_to_come:
        ended.first_since = None
    goes_on.solved_since, ended.solved_since = _earlier(goes_on.solved_since, ended.solved_since), None
    goes_on.owed_since, ended.owed_since = _earlier(goes_on.owed_since, ended.owed_since), None
    goes_on.claimed_at = goes_on.claimed_at or ended.claimed_at


def _earlier(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
