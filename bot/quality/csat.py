"""CSAT: one score from 1 to 5 for each closed ticket, and a comment if the customer likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, literal, select

from bot.storage import schema
from bot.storage.columns import Moment
from bot.storage.database import insert

SCORES = (1, 2, 3, 4, 5)
CHANGED_WITHIN = timedelta(days=1)
"""Until then a score may be changed; the report of a day stands from then on."""
_TABLE = schema.csat


@dataclass(frozen=True, slots=True)
class Score:
    """What a customer said of a ticket; `score` and `at` are None until they do, `staff_id` is whose it was."""

    ticket_id: int
    score: int | None
    comment: str
    at: datetime | None = None
    staff_id: int | None = None


def ask(conn: Connection, ticket: int, now: datetime) -> bool:
    """Write down that the customer is asked about a ticket, and whose it is: what is said counts for them.

    Returns:
        False when they were asked before: each ticket is asked about once.
    """
    tickets = schema.tickets
    whose = select(func.coalesce(tickets.c.staff_id, tickets.c.closed_by)).where(tickets.c.id == ticket)
    values = {"ticket_id": ticket, "staff_id": whose.scalar_subquery(), "asked_at": now}
    statement = insert(conn, _TABLE).values(**values).on_conflict_do_nothing()
    return bool(conn.execute(statement).rowcount == 1)


def of(conn: Connection, ticket: int) -> Score | None:
    """Return what was said of a ticket, or None when nobody asked."""
    row = conn.execute(select(_TABLE).where(_TABLE.c.ticket_id == ticket)).one_or_none()
    return _read(row) if row else None


def scores(conn: Connection, tickets: Sequence[int]) -> dict[int, int]:
    """Return what customers gave these tickets, without those that have no score."""
    given = _TABLE.c.ticket_id.in_(tickets) & _TABLE.c.score.is_not(None)
    return {row.ticket_id: row.score for row in conn.execute(select(_TABLE.c.ticket_id, _TABLE.c.score).where(given))}


def of_conversation(conn: Connection, conversation: int) -> list[Score]:
    """Return what a customer gave the tickets of a conversation, the earliest first."""
    tickets = schema.tickets
    query = select(_TABLE).join(tickets, tickets.c.id == _TABLE.c.ticket_id)
    mine = (tickets.c.conversation_id == conversation) & _TABLE.c.score.is_not(None)
    return [_read(row) for row in conn.execute(query.where(mine).order_by(_TABLE.c.scored_at))]


def _read(row: Row[Any]) -> Score:
    return Score(row.ticket_id, row.score, row.comment, row.scored_at, row.staff_id)


def rate(conn: Connection, ticket: int, score: int, now: datetime) -> bool:
    """Keep a score; within a day a second press changes it, and the moment of the first one counts for the figures.

    Returns:
        False when nobody asked about this ticket, the score is none, or there is one that stands.
    """
    if score not in SCORES:
        return False
    free = _TABLE.c.scored_at.is_(None) | (_TABLE.c.scored_at >= now - CHANGED_WITHIN)
    values = {"score": score, "scored_at": func.coalesce(_TABLE.c.scored_at, literal(now, Moment))}
    changed = conn.execute(_TABLE.update().where(_TABLE.c.ticket_id == ticket, free).values(**values))
    return changed.rowcount == 1


def comment(conn: Connection, ticket: int, text: str) -> None:
    """Keep the customer's comment on a ticket."""
    conn.execute(_TABLE.update().where(_TABLE.c.ticket_id == ticket), {"comment": text})
