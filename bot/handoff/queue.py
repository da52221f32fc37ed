"""The queue: open, claim, transfer, answer, close.

Fifty operators press "take" on one chat: one of them gets it, the others learn who. On both databases the claim is one
UPDATE that only finds the row while nobody has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from bot.handoff import ticket_log
from bot.handoff.ticket import Reason, State, Ticket, Wait, as_one, expected_wait
from bot.handoff.ticket_log import Kind
from bot.storage import schema
from bot.storage.columns import spelt
from bot.storage.database import insert

_T = schema.tickets
_WAITING = _T.c.state == spelt(State.WAITING.value)
NOT_CLOSED = _T.c.state != spelt(State.CLOSED.value)
_OF_CONVERSATION = select(_T).where(_T.c.conversation_id == bindparam("conversation"))
_LAST = _OF_CONVERSATION.order_by(~NOT_CLOSED, _T.c.closed_at.desc()).limit(1)
_BY_ID = select(_T).where(_T.c.id == bindparam("key"))
_TAKE = (
    _T.update()
    .where(_T.c.id == bindparam("ticket"), _WAITING)
    .values(
        staff_id=bindparam("person"),
        state=State.ASSIGNED.value,
        ownership=_T.c.ownership + 1,
        claimed_at=func.coalesce(_T.c.claimed_at, bindparam("now", type_=_T.c.claimed_at.type)),
        assigned_at=bindparam("now", type_=_T.c.assigned_at.type),
    )
    .returning(_T)
)
"""The one statement by which a ticket gets an owner; it finds the row only while nobody has it."""
_TAKEN = _TAKE.cte("taken")
_TAKE_AND_LOG = select(_TAKEN).add_cte(ticket_log.beside(_TAKEN))
"""The same with the line in its log, as one statement: PostgreSQL can, and each statement is a way to the server."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The ticket is theirs now; `ticket` is its state after the claim."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else has it."""

    staff_id: int


def _read(row: Row[Any]) -> Ticket:
    return Ticket(
        id=row.id,
        conversation_id=row.conversation_id,
        state=State(row.state),
        reason=Reason(row.reason),
        staff_id=row.staff_id,
        ownership=row.ownership,
        priority=row.priority,
        level=row.level,
        tags=tuple(row.tags),
        opened_at=row.opened_at,
        claimed_at=row.claimed_at,
        first_answer_at=row.first_answer_at,
        customer_wrote_at=row.customer_wrote_at,
        closed_at=row.closed_at,
        team=row.team,
        skill=row.skill,
        assigned_at=row.assigned_at,
        answered_at=row.answered_at,
        warned_at=row.warned_at,
        merged_into=row.merged_into,
        closed_by=row.closed_by,
    )


def last(conn: Connection, conversation: int) -> Ticket | None:
    """Return the conversation's open ticket; while none is open, the one that was closed last, or None."""
    row = conn.execute(_LAST, {"conversation": conversation}).one_or_none()
    return _read(row) if row else None


def open_one(conn: Connection, conversation: int) -> Ticket | None:
    """Return the conversation's open ticket, or None."""
    found = last(conn, conversation)
    return found if found is not None and found.open else None


def get(conn: Connection, key: int) -> Ticket | None:
    """Return the ticket with this number, or None."""
    row = conn.execute(_BY_ID, {"key": key}).one_or_none()
    return _read(row) if row else None


def goes_on_in(conn: Connection, closed: Ticket | None) -> Ticket | None:
    """Return the open ticket in which a closed one goes on, None when it goes on in none."""
    while closed is not None and not closed.open:
        closed = get(conn, closed.merged_into) if closed.merged_into is not None else None
    return closed


def count_of(conn: Connection, conversation: int) -> int:
    """Return how many tickets a conversation has had."""
    query = select(func.count()).select_from(_T).where(_T.c.conversation_id == conversation)
    return int(conn.execute(query).scalar_one())


def open_ticket(conn: Connection, conversation: int, reason: Reason, now: datetime) -> tuple[Ticket, bool]:
    """Open a ticket, unless the conversation has one.

    Returns:
        The open ticket, and whether it is new.
    """
    values = {
        "conversation_id": conversation,
        "state": State.WAITING.value,
        "reason": reason.value,
        "tags": [],
        "opened_at": now,
        "customer_wrote_at": now,
    }
    made = conn.execute(insert(conn, _T).values(**values).on_conflict_do_nothing()).rowcount == 1
    ticket = open_one(conn, conversation)
    assert ticket is not None  # noqa: S101 it was there or was just inserted
    if made:
        ticket_log.write(conn, ticket.id, Kind.OPENED, now, detail=reason.value)
    return ticket, made


def reopen(conn: Connection, ticket: Ticket, now: datetime, reason: Reason | None = None) -> Ticket:
    """Let a closed ticket wait again, for anybody, and for the reason that there is now; None keeps the old one."""
    ticket_log.write(conn, ticket.id, Kind.REOPENED, now, detail=(reason or ticket.reason).value)
    return _change(
        conn,
        ticket,
        now,
        state=State.WAITING,
        reason=reason or ticket.reason,
        staff_id=None,
        opened_at=now,
        closed_at=None,
        closed_by=None,
        merged_into=None,
        warned_at=None,
        customer_wrote_at=now,
    )


def claim(conn: Connection, ticket: int, staff: int, now: datetime) -> Claimed | Taken | None:
    """Give a ticket to one operator, if nobody has it.

    Returns:
        Claimed, also when it was theirs already; Taken when another has it; None when it is closed or unknown.
    """
    taken = _take(conn, ticket, staff, now, Kind.CLAIMED, by=staff)
    if taken:
        return Claimed(taken)
    found = get(conn, ticket)
    if found is None or not found.open or found.staff_id is None:
        return None
    return Claimed(found) if found.staff_id == staff else Taken(found.staff_id)


def assign(conn: Connection, ticket: int, staff: int, now: datetime) -> Ticket | None:
    """Give a ticket to somebody who did not ask for it; None when it does not wait any more."""
    return _take(conn, ticket, staff, now, Kind.ASSIGNED, detail=str(staff))


def _take(
    conn: Connection, ticket: int, staff: int, now: datetime, kind: Kind, by: int | None = None, detail: str = ""
) -> Ticket | None:
    """Give a waiting ticket to somebody and write the line of `kind` in its log; None when it does not wait."""
    taking = {"ticket": ticket, "person": staff, "now": now}
    if conn.dialect.name == "postgresql":
        line = {"kind": kind.value, "by": by, "detail": detail}
        row = conn.execute(_TAKE_AND_LOG, taking | line).one_or_none()
        if row:
            ticket_log.audited(conn, ticket, kind, now, by, detail)
    else:
        row = conn.execute(_TAKE, taking).one_or_none()
        if row:
            ticket_log.write(conn, ticket, kind, now, by, detail)
    return _read(row) if row else None


def next_waiting(conn: Connection) -> Ticket | None:
    """Return the ticket that should be taken next: the highest priority, then who waits longest."""
    return next(iter(waiting(conn, 1)), None)


def waiting(conn: Connection, most: int) -> list[Ticket]:
    """Return the tickets that nobody has, in the order of the queue."""
    return [_read(row) for row in conn.execute(select(_T).where(_WAITING).order_by(*_ORDER).limit(most))]


_ORDER = (_T.c.priority.desc(), _T.c.opened_at, _T.c.id)


def transfer(conn: Connection, ticket: Ticket, staff: int, now: datetime, by: int | None = None) -> Ticket:
    """Give a ticket to another operator, whoever had it; `by` is who did it."""
    ticket_log.write(conn, ticket.id, Kind.TRANSFERRED, now, by, staff)
    return _change(conn, ticket, now, staff_id=staff, state=State.ASSIGNED, claimed_at=ticket.claimed_at or now)


def release(conn: Connection, ticket: Ticket, now: datetime, by: int | None = None) -> Ticket:
    """Put a ticket back into the queue, in the place that its opening gives it."""
    ticket_log.write(conn, ticket.id, Kind.RELEASED, now, by)
    return _change(conn, ticket, now, staff_id=None, state=State.WAITING)


def pass_on(
    conn: Connection, ticket: Ticket, now: datetime, by: int, team: str | None = None, level: int | None = None
) -> Ticket:
    """Let a ticket wait for a team or for people of a level, in the place that its opening gives it."""
    values = {"team": team} if team is not None else {"level": level}
    detail = team if team is not None else f"L{level}"
    ticket_log.write(conn, ticket.id, Kind.TRANSFERRED, now, by, detail)
    return _change(conn, ticket, now, staff_id=None, state=State.WAITING, **values)


def returned(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Put the ticket of somebody who went away back into the queue, in the place that its opening gives it."""
    ticket_log.write(conn, ticket.id, Kind.RETURNED, now, detail=ticket.staff_id)
    return _change(conn, ticket, now, staff_id=None, state=State.WAITING)


def warned(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Write down that the customer heard that the ticket will be closed by itself."""
    ticket_log.write(conn, ticket.id, Kind.WARNED, now)
    return _change(conn, ticket, now, warned_at=now)


def merge(conn: Connection, ticket: Ticket, other: Ticket, now: datetime, by: int) -> Ticket:
    """Let a ticket go on in another one's place as well; the other is closed and points to it.

    Returns:
        The ticket that goes on: with who had either, the tags of both, and the clocks of `as_one`.
    """
    for one, beside in ((ticket, other), (other, ticket)):
        ticket_log.write(conn, one.id, Kind.MERGED, now, by, beside.id)
    _change(
        conn,
        other,
        now,
        state=State.CLOSED,
        closed_at=now,
        closed_by=by,
        customer_wrote_at=None,
        merged_into=ticket.id,
    )
    return _change(conn, ticket, now, **as_one(ticket, other))


def answered(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Write down that its operator answered: now the customer is waited for."""
    first = ticket.first_answer_at
    ticket_log.write(conn, ticket.id, Kind.ANSWERED, now, ticket.staff_id)
    return _change(
        conn,
        ticket,
        now,
        state=State.WAITING_FOR_CUSTOMER,
        customer_wrote_at=None,
        first_answer_at=first if first is not None and first >= ticket.opened_at else now,
        answered_at=now,
        warned_at=None,
    )


def customer_wrote(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Write down that the customer wrote: now an answer is owed."""
    state = State.ASSIGNED if ticket.state is State.WAITING_FOR_CUSTOMER else ticket.state
    if state is ticket.state and ticket.customer_wrote_at is not None:
        return ticket
    if ticket.customer_wrote_at is None:
        ticket_log.write(conn, ticket.id, Kind.WROTE, now)
    return _change(conn, ticket, now, state=state, customer_wrote_at=ticket.customer_wrote_at or now, warned_at=None)


def close(conn: Connection, ticket: Ticket, now: datetime, by: int | None = None, how: str = "") -> Ticket:
    """End a ticket; `by` is who did it, None for the customer or the clock, `how` says more for the log."""
    ticket_log.write(conn, ticket.id, Kind.CLOSED, now, by, how)
    return _change(conn, ticket, now, state=State.CLOSED, closed_at=now, closed_by=by, customer_wrote_at=None)


def mark(conn: Connection, ticket: Ticket, now: datetime, by: int | None = None, **values: Any) -> Ticket:  # noqa: ANN401 column values
    """Change priority, level, tags, team or skill."""
    for name, value in values.items():
        detail = " ".join(value) if isinstance(value, list) else value
        ticket_log.write(conn, ticket.id, Kind(name), now, by, detail)
    return _change(conn, ticket, now, **values)


def _change(conn: Connection, ticket: Ticket, now: datetime, **values: Any) -> Ticket:  # noqa: ANN401 column values
    if "staff_id" in values and values["staff_id"] != ticket.staff_id:
        values["ownership"] = _T.c.ownership + 1
        values["assigned_at"] = now if values["staff_id"] is not None else None
    row = conn.execute(_T.update().where(_T.c.id == ticket.id).values(**values).returning(_T)).one()
    return _read(row)


def place(conn: Connection, ticket: Ticket) -> int:
    """Return a waiting ticket's place in the queue, 1 for the next one."""
    ahead = (_T.c.priority > ticket.priority) | (
        (_T.c.priority == ticket.priority)
        & ((_T.c.opened_at < ticket.opened_at) | ((_T.c.opened_at == ticket.opened_at) & (_T.c.id < ticket.id)))
    )
    return int(conn.execute(select(func.count()).select_from(_T).where(_WAITING, ahead)).scalar_one()) + 1


def wait_of(conn: Connection, ticket: Ticket, on_duty: int) -> Wait:
    """Return what the customer of a waiting ticket can be told, measured on the last ones that staff handled.

    Handled means: from coming to the one who closed it until the closing; what customers or the clock closed, and what
    went on in another ticket, says nothing about it.
    """
    handled = _T.c.closed_at.is_not(None) & _T.c.assigned_at.is_not(None) & _T.c.closed_by.is_not(None)
    query = select(_T.c.assigned_at, _T.c.closed_at).where(handled, _T.c.merged_into.is_(None))
    rows = conn.execute(query.order_by(_T.c.closed_at.desc()).limit(50))
    return expected_wait(place(conn, ticket), on_duty, [row.closed_at - row.assigned_at for row in rows])


def quiet_since(conn: Connection, moment: datetime, most: int, *, warned: bool) -> list[Ticket]:
    """Return tickets whose customer was answered by then and has not written since, the longest quiet first.

    Args:
        conn: a connection.
        moment: by when the last answer was given; of those that were warned, by when that was done.
        most: how many.
        warned: those whose customer heard that it will be closed, or those whose customer did not.
    """
    quiet = _T.c.state == spelt(State.WAITING_FOR_CUSTOMER.value)
    since = _T.c.warned_at <= moment if warned else _T.c.warned_at.is_(None) & (_T.c.answered_at <= moment)
    return [_read(row) for row in conn.execute(select(_T).where(quiet, since).order_by(_T.c.answered_at).limit(most))]


def list_open(
    conn: Connection, staff: int | None = None, most: int = 500, which: ColumnElement[bool] = NOT_CLOSED
) -> list[Ticket]:
    """Return open tickets, of one operator if named: waiting ones first, in the order of the queue."""
    query = select(_T).where(NOT_CLOSED, which, *([] if staff is None else [_T.c.staff_id == staff]))
    rows = conn.execute(query.order_by((_T.c.state != State.WAITING.value), *_ORDER).limit(most))
    return [_read(row) for row in rows]


def without_topic(conn: Connection, most: int) -> list[int]:
    """Return the conversations of open tickets without a topic or with one that is gone, tried longest ago first."""
    topics = schema.topics.c
    there = topics.conversation_id == _T.c.conversation_id
    has_one = select(topics.id).where(there, topics.state != "gone").exists()
    tried = select(func.coalesce(func.max(topics.id), 0)).where(there).scalar_subquery()
    query = select(_T.c.conversation_id).where(NOT_CLOSED, ~has_one)
    return [int(row.conversation_id) for row in conn.execute(query.order_by(tried, _T.c.id).limit(most))]


def list_closed(conn: Connection, most: int = 50) -> list[Ticket]:
    """Return the tickets that were closed last, the newest first."""
    rows = conn.execute(select(_T).where(_T.c.closed_at.is_not(None)).order_by(_T.c.closed_at.desc()).limit(most))
    return [_read(row) for row in rows]


def load(conn: Connection) -> dict[int, int]:
    """Return how many open tickets each operator has."""
    query = select(_T.c.staff_id, func.count()).where(NOT_CLOSED, _T.c.staff_id.is_not(None))
    return {row.staff_id: row[1] for row in conn.execute(query.group_by(_T.c.staff_id))}


def first_answers(conn: Connection, since: datetime) -> Sequence[timedelta]:
    """Return how long the first answer took, for the tickets opened since then; measured."""
    query = select(_T.c.opened_at, _T.c.first_answer_at).where(
        _T.c.opened_at >= since, _T.c.first_answer_at >= _T.c.opened_at
    )
    return [row.first_answer_at - row.opened_at for row in conn.execute(query)]


def found_by(conn: Connection, query: Select[Any]) -> list[Ticket]:
    """Return the tickets of a query over whole rows of the table, in its order."""
    return [_read(row) for row in conn.execute(query)]
