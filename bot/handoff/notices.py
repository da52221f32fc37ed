"""The notices of the SLA: what is due stands here as a row, and what was said of it stays, so that it is said once.

Anna waits since 9:00: three rows say that the topic, Olga and the managers hear of it at 9:00:30, 9:01 and 9:02, each
unless somebody answers before. A row is marked in the transaction that puts the notice into the outbox.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Text, and_, bindparam, case, cast, exists, literal, or_, select

from bot.handoff import promises
from bot.handoff.promises import Promise, Sla, Step
from bot.handoff.queue import NOT_CLOSED, found_by
from bot.handoff.ticket import State, Ticket
from bot.storage import schema
from bot.storage.database import insert, lock_row

SENT, PASSED_OVER, NOT_PROMISED = "sent", "passed_over", "not_promised"
KEPT = timedelta(days=30)
_N, _T, _C = schema.sla_notices, schema.tickets, schema.conversations


@dataclass(frozen=True, slots=True)
class Notice:
    """A step of the ladder that is still to come.

    Attributes:
        ticket_id: whose.
        promise: what was promised.
        since: from when its time counts, UTC; another stretch of waiting has another one.
        step: who hears of it.
        due_at: when, UTC.
    """

    ticket_id: int
    promise: Promise
    since: datetime
    step: Step
    due_at: datetime

    @property
    def key(self) -> dict[str, Any]:
        """What tells it from others."""
        return {"ticket": self.ticket_id, "of": self.promise.value, "from": self.since, "rung": self.step.value}


def _basis(sla: Sla) -> Any:  # noqa: ANN401 a column
    """Return, for each ticket, the hours and promises that its rows must have been reckoned by."""
    return literal(f"{sla.fingerprint}:").concat(cast(_T.c.level, Text)).concat(":").concat(_T.c.team)


def _laid(promise: Promise, since: Any, sla: Sla) -> Any:  # noqa: ANN401 columns
    """Return whether a stretch of waiting has its rows; the step of the operator stands for all of them."""
    return exists().where(
        _N.c.ticket_id == _T.c.id,
        _N.c.promise == promise.value,
        _N.c.since == since,
        _N.c.step == Step.OPERATOR.value,
        _N.c.basis == _basis(sla),
    )


def lay_out(conn: Connection, sla: Sla, now: datetime, most: int) -> int:
    """Write down when the steps are due for tickets that began to wait, or whose team, level or hours changed.

    Returns:
        For how many tickets; at most `most`.
    """
    first = or_(_T.c.first_answer_at.is_(None), _T.c.first_answer_at < _T.c.opened_at)
    lacks = or_(
        and_(first, ~_laid(Promise.FIRST_ANSWER, _T.c.opened_at, sla)),
        and_(~first, _T.c.customer_wrote_at.is_not(None), ~_laid(Promise.NEXT_ANSWER, _T.c.customer_wrote_at, sla)),
        ~_laid(Promise.RESOLUTION, _T.c.opened_at, sla),
    )
    query = select(_T).where(NOT_CLOSED, lacks).order_by(_T.c.conversation_id).limit(most)
    found = found_by(conn, query)
    rows = [row for ticket in found for row in _rows(sla, ticket, now)]
    if rows:
        statement = insert(conn, _N)
        new, unsaid = statement.excluded, or_(_N.c.at.is_(None), _N.c.outcome == NOT_PROMISED)
        reckoned = {
            "basis": new.basis,
            "due_at": new.due_at,
            "at": case((unsaid, new.at), else_=_N.c.at),  # what was said stays said; that nothing was promised does not
            "outcome": case((unsaid, new.outcome), else_=_N.c.outcome),
        }
        statement = statement.on_conflict_do_update(
            index_elements=["ticket_id", "promise", "since", "step"], set_=reckoned
        )
        conn.execute(statement, rows)
    return len(found)


def _rows(sla: Sla, ticket: Ticket, now: datetime) -> list[dict[str, Any]]:
    basis = f"{sla.fingerprint}:{ticket.level}:{ticket.team}"
    promised, hours = sla.promises_of(ticket.team, ticket.level), sla.hours_of(ticket.team)
    rows: list[dict[str, Any]] = []
    for promise, since in promises.running(ticket).items():
        stretch: dict[str, Any] = {"ticket_id": ticket.id, "promise": promise.value, "since": since, "basis": basis}
        steps = promises.ladder(promise, since, promised, hours)
        rows += [
            {**stretch, "step": step.value, "due_at": due, "at": None, "outcome": ""} for step, due in steps.items()
        ]
        if not steps:
            nothing = {"step": Step.OPERATOR.value, "due_at": since, "at": now, "outcome": NOT_PROMISED}
            rows.append({**stretch, **nothing})
    return rows


STEPS_OF_A_TICKET = len(Promise) * len(Step)
_DUE = (
    select(_N.c.ticket_id)
    .where(_N.c.at.is_(None), _N.c.due_at <= bindparam("now"))
    .order_by(_N.c.due_at, _N.c.ticket_id)
    .limit(bindparam("most"))
)
"""Not grouped by ticket: SQLite would walk through all notices there ever were for that."""


def due_tickets(conn: Connection, now: datetime, most: int) -> list[Ticket]:
    """Return the tickets of which something is due, the longest due first, their conversations locked.

    Conversations in which something happens at this moment are left for the next look.
    """
    due = conn.execute(_DUE, {"now": now, "most": most * STEPS_OF_A_TICKET}).scalars()
    keys = list(dict.fromkeys(due))[:most]
    query = select(_T).join(_C, _C.c.id == _T.c.conversation_id).where(_T.c.id.in_(keys)).order_by(_T.c.id)
    if lock_row(conn):
        query = query.with_for_update(of=_C, key_share=True, skip_locked=True)  # as every turn locks them
    locked = [row.id for row in conn.execute(query)]
    place = {key: number for number, key in enumerate(keys)}
    found = found_by(conn, select(_T).where(_T.c.id.in_(locked)))  # as they are now that nobody changes them
    return sorted(found, key=lambda ticket: place[ticket.id])


def open_steps(conn: Connection, tickets: Collection[int]) -> dict[int, list[Notice]]:
    """Return what is still to come of some tickets, by ticket."""
    query = select(_N).where(_N.c.ticket_id.in_(tickets), _N.c.at.is_(None)).order_by(_N.c.due_at)
    found: dict[int, list[Notice]] = {}
    for row in conn.execute(query):
        found.setdefault(row.ticket_id, []).append(_read(row))
    return found


def _read(row: Row[Any]) -> Notice:
    return Notice(row.ticket_id, Promise(row.promise), row.since, Step(row.step), row.due_at)


_THIS = and_(
    _N.c.ticket_id == bindparam("ticket"),
    _N.c.promise == bindparam("of"),
    _N.c.since == bindparam("from"),
    _N.c.step == bindparam("rung"),
    _N.c.at.is_(None),
)


def settle(conn: Connection, outcomes: Mapping[Notice, str], now: datetime) -> None:
    """Write down what became of notices: sent, or passed over for a higher step."""
    if outcomes:
        rows = [{**notice.key, "became": outcome, "when": now} for notice, outcome in outcomes.items()]
        conn.execute(_N.update().where(_THIS).values(at=bindparam("when"), outcome=bindparam("became")), rows)


def postpone(conn: Connection, until: Mapping[Notice, datetime]) -> None:
    """Let notices wait until people are back."""
    if until:
        rows = [{**notice.key, "later": moment} for notice, moment in until.items()]
        conn.execute(_N.update().where(_THIS).values(due_at=bindparam("later")), rows)


def drop(conn: Connection, over: Sequence[Notice]) -> None:
    """Take out what is not to come any more: somebody answered, or the ticket is closed."""
    if over:
        conn.execute(_N.delete().where(_THIS), [notice.key for notice in over])


def merged(conn: Connection, before: Ticket, other: Ticket, whole: Ticket) -> None:
    """Take it that a ticket goes on in another one's place too: what was said of either is not said again.

    Args:
        conn: a connection.
        before: the ticket that goes on, as it was.
        other: the one that ended, as it was.
        whole: the ticket that goes on, as it is: its time may count from an earlier moment.
    """
    now_runs = promises.running(whole)
    for one in (before, other):
        for promise, since in promises.running(one).items():
            to = now_runs.get(promise)
            if to is not None and to <= since and (one.id, since) != (whole.id, to):
                _carry_over(conn, Notice(one.id, promise, since, Step.TOPIC, since), whole.id, to)


def _carry_over(conn: Connection, stretch: Notice, ticket: int, since: datetime) -> None:
    """Copy what was said of one stretch of waiting to that in which it goes on; the rest is reckoned anew."""
    said = select(_N).where(
        _N.c.ticket_id == stretch.ticket_id,
        _N.c.promise == stretch.promise.value,
        _N.c.since == stretch.since,
        _N.c.at.is_not(None),
        _N.c.outcome != NOT_PROMISED,
    )
    rows = [{**row._asdict(), "ticket_id": ticket, "since": since, "basis": ""} for row in conn.execute(said)]
    if rows:
        statement = insert(conn, _N)
        became = {"at": statement.excluded.at, "outcome": statement.excluded.outcome}
        keys = ["ticket_id", "promise", "since", "step"]
        conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=became), rows)


def forget(conn: Connection, now: datetime) -> int:
    """Delete what was said long ago of tickets that are closed."""
    closed = select(_T.c.id).where(_T.c.id == _N.c.ticket_id, _T.c.state == State.CLOSED.value).exists()
    return int(conn.execute(_N.delete().where(_N.c.at < now - KEPT, closed)).rowcount)
