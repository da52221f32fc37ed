"""The queue: open, claim, transfer, answer, close.

Fifty operators press "take" on one chat: one of them gets it, the others learn who. On both databases the claim is one
UPDATE that only finds the row while nobody has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select

from bot.handoff.ticket import Reason, State, Ticket, Wait, expected_wait
from bot.storage import schema
from bot.storage.database import insert

_T = schema.tickets
_OPEN = select(_T).where(_T.c.conversation_id == bindparam("conversation"), _T.c.state != State.CLOSED.value)


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
    )


def open_one(conn: Connection, conversation: int) -> Ticket | None:
    """Return the conversation's open ticket, or None."""
    row = conn.execute(_OPEN, {"conversation": conversation}).one_or_none()
    return _read(row) if row else None


def get(conn: Connection, key: int) -> Ticket | None:
    """Return the ticket with this number, or None."""
    row = conn.execute(select(_T).where(_T.c.id == key)).one_or_none()
    return _read(row) if row else None


def last_closed(conn: Connection, conversation: int) -> Ticket | None:
    """Return the ticket of this conversation that was closed last, or None."""
    row = conn.execute(
        select(_T)
        .where(_T.c.conversation_id == conversation, _T.c.state == State.CLOSED.value)
        .order_by(_T.c.closed_at.desc())
        .limit(1)
    ).one_or_none()
    return _read(row) if row else None


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
    return ticket, made


def reopen(conn: Connection, ticket: Ticket, now: datetime, reason: Reason | None = None) -> Ticket:
    """Let a closed ticket wait again, for anybody, and for the reason that there is now; None keeps the old one."""
    return _change(
        conn,
        ticket,
        state=State.WAITING,
        reason=reason or ticket.reason,
        staff_id=None,
        opened_at=now,
        closed_at=None,
        customer_wrote_at=now,
    )


def claim(conn: Connection, ticket: int, staff: int, now: datetime) -> Claimed | Taken | None:
    """Give a ticket to one operator, if nobody has it.

    Returns:
        Claimed, also when it was theirs already; Taken when another has it; None when it is closed or unknown.
    """
    values = {
        "staff_id": staff,
        "state": State.ASSIGNED.value,
        "ownership": _T.c.ownership + 1,
        "claimed_at": func.coalesce(_T.c.claimed_at, now),
    }
    free = (_T.c.id == ticket) & (_T.c.state == State.WAITING.value)
    row = conn.execute(_T.update().where(free).values(**values).returning(_T)).one_or_none()
    if row:
        return Claimed(_read(row))
    found = get(conn, ticket)
    if found is None or not found.open or found.staff_id is None:
        return None
    return Claimed(found) if found.staff_id == staff else Taken(found.staff_id)


def next_waiting(conn: Connection) -> Ticket | None:
    """Return the ticket that should be taken next: the highest priority, then who waits longest."""
    row = conn.execute(select(_T).where(_T.c.state == State.WAITING.value).order_by(*_ORDER).limit(1)).one_or_none()
    return _read(row) if row else None


_ORDER = (_T.c.priority.desc(), _T.c.opened_at, _T.c.id)


def transfer(conn: Connection, ticket: Ticket, staff: int, now: datetime) -> Ticket:
    """Give a ticket to another operator, whoever had it."""
    return _change(conn, ticket, staff_id=staff, state=State.ASSIGNED, claimed_at=ticket.claimed_at or now)


def release(conn: Connection, ticket: Ticket) -> Ticket:
    """Put a ticket back into the queue, in the place that its opening gives it."""
    return _change(conn, ticket, staff_id=None, state=State.WAITING)


def answered(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Write down that an operator answered: now the customer is waited for."""
    return _change(
        conn,
        ticket,
        state=State.WAITING_FOR_CUSTOMER,
        customer_wrote_at=None,
        first_answer_at=ticket.first_answer_at or now,
    )


def customer_wrote(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """Write down that the customer wrote: now an answer is owed."""
    state = State.ASSIGNED if ticket.state is State.WAITING_FOR_CUSTOMER else ticket.state
    if state is ticket.state and ticket.customer_wrote_at is not None:
        return ticket
    return _change(conn, ticket, state=state, customer_wrote_at=ticket.customer_wrote_at or now)


def close(conn: Connection, ticket: Ticket, now: datetime) -> Ticket:
    """End a ticket."""
    return _change(conn, ticket, state=State.CLOSED, closed_at=now, customer_wrote_at=None)


def mark(conn: Connection, ticket: Ticket, **values: Any) -> Ticket:  # noqa: ANN401 column values
    """Change priority, level or tags."""
    return _change(conn, ticket, **values)


def _change(conn: Connection, ticket: Ticket, **values: Any) -> Ticket:  # noqa: ANN401 column values
    if "staff_id" in values and values["staff_id"] != ticket.staff_id:
        values["ownership"] = _T.c.ownership + 1
    row = conn.execute(_T.update().where(_T.c.id == ticket.id).values(**values).returning(_T)).one()
    return _read(row)


def place(conn: Connection, ticket: Ticket) -> int:
    """Return a waiting ticket's place in the queue, 1 for the next one."""
    ahead = (_T.c.priority > ticket.priority) | (
        (_T.c.priority == ticket.priority)
        & ((_T.c.opened_at < ticket.opened_at) | ((_T.c.opened_at == ticket.opened_at) & (_T.c.id < ticket.id)))
    )
    query = select(func.count()).select_from(_T).where(_T.c.state == State.WAITING.value, ahead)
    return int(conn.execute(query).scalar_one()) + 1


def wait_of(conn: Connection, ticket: Ticket, on_duty: int) -> Wait:
    """Return what the customer of a waiting ticket can be told."""
    query = select(_T.c.claimed_at, _T.c.closed_at).where(_T.c.closed_at.is_not(None), _T.c.claimed_at.is_not(None))
    rows = conn.execute(query.order_by(_T.c.closed_at.desc()).limit(50))
    handling = [row.closed_at - row.claimed_at for row in rows]
    return expected_wait(place(conn, ticket), on_duty, handling)


def list_open(conn: Connection, staff: int | None = None, most: int = 500) -> list[Ticket]:
    """Return open tickets, of one operator if named: waiting ones first, in the order of the queue."""
    query = select(_T).where(_T.c.state != State.CLOSED.value)
    if staff is not None:
        query = query.where(_T.c.staff_id == staff)
    rows = conn.execute(query.order_by((_T.c.state != State.WAITING.value), *_ORDER).limit(most))
    return [_read(row) for row in rows]


def without_topic(conn: Connection, most: int) -> list[int]:
    """Return the conversations of open tickets without a topic or with one that is gone, tried longest ago first."""
    topics = schema.topics.c
    there = topics.conversation_id == _T.c.conversation_id
    has_one = select(topics.id).where(there, topics.state != "gone").exists()
    tried = select(func.coalesce(func.max(topics.id), 0)).where(there).scalar_subquery()
    query = select(_T.c.conversation_id).where(_T.c.state != literal_column(f"'{State.CLOSED.value}'"), ~has_one)
    return [int(row.conversation_id) for row in conn.execute(query.order_by(tried, _T.c.id).limit(most))]


def list_closed(conn: Connection, most: int = 50) -> list[Ticket]:
    """Return the tickets that were closed last, the newest first."""
    rows = conn.execute(select(_T).where(_T.c.closed_at.is_not(None)).order_by(_T.c.closed_at.desc()).limit(most))
    return [_read(row) for row in rows]


def load(conn: Connection) -> dict[int, int]:
    """Return how many open tickets each operator has."""
    query = select(_T.c.staff_id, func.count()).where(_T.c.state != State.CLOSED.value, _T.c.staff_id.is_not(None))
    return {row.staff_id: row[1] for row in conn.execute(query.group_by(_T.c.staff_id))}


def first_answers(conn: Connection, since: datetime) -> Sequence[timedelta]:
    """Return how long the first answer took, for the tickets opened since then; measured."""
    query = select(_T.c.opened_at, _T.c.first_answer_at).where(
        _T.c.opened_at >= since, _T.c.first_answer_at.is_not(None)
    )
    return [row.first_answer_at - row.opened_at for row in conn.execute(query)]
