"""Quality checks: managers look at closed tickets that are drawn for them, and say how well they were answered.

The draw is the same for the same days and seed, and goes round the operators, so that nobody is looked at more often
than others. A ticket is checked once; a second look changes what the first one said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from bot.storage import schema
from bot.storage.database import insert

SCORES = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 1000
_Q, _T = schema.quality_checks, schema.tickets


@dataclass(frozen=True, slots=True)
class Drawn:
    """A closed ticket to look at, with who answered it."""

    ticket_id: int
    conversation_id: int
    staff_id: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """What a manager said of a ticket; None for what they have not said.

    Attributes:
        ticket_id: which.
        answered: what was asked was answered.
        tone: the tone was right.
        canned: the right canned answer was used, or rightly none.
        score: 1 to 5.
        comment: in their words, may be empty.
    """

    ticket_id: int
    answered: bool | None = None
    tone: bool | None = None
    canned: bool | None = None
    score: int | None = None
    comment: str = ""


def draw(conn: Connection, start: datetime, end: datetime, seed: str, most: int) -> list[Drawn]:
    """Return answered tickets, closed in a span and without a score, drawn by a seed, the operators by turns.

    An open ticket has no time at which it was closed; asking for the state as well would read all closed ones.
    """
    checked = select(_Q.c.ticket_id).where(_Q.c.ticket_id == _T.c.id, _Q.c.score.is_not(None)).exists()
    columns = (_T.c.id, _T.c.conversation_id, _T.c.staff_id, _T.c.closed_at)
    query = select(*columns).where(_answered(start, end), ~checked)
    found = [Drawn(row.id, row.conversation_id, row.staff_id, row.closed_at) for row in conn.execute(query)]
    found.sort(key=lambda one: hashlib.sha256(f"{seed}:{one.ticket_id}".encode()).digest())
    return _by_turns(found)[: max(0, most)]


def any_answered(conn: Connection, start: datetime, end: datetime) -> bool:
    """Return whether there is an answered ticket that was closed in a span, looked at or not."""
    return conn.execute(select(_T.c.id).where(_answered(start, end)).limit(1)).first() is not None


def _answered(start: datetime, end: datetime) -> ColumnElement[bool]:
    answered = and_(_T.c.first_answer_at.is_not(None), _T.c.staff_id.is_not(None))
    return and_(_T.c.closed_at >= start, _T.c.closed_at < end, answered)


def _by_turns(found: Sequence[Drawn]) -> list[Drawn]:
    """Return tickets so that each operator comes once before anybody comes twice."""
    seen: dict[int, int] = {}
    ranked = []
    for place, one in enumerate(found):
        seen[one.staff_id] = seen.get(one.staff_id, 0) + 1
        ranked.append((seen[one.staff_id], place, one))
    return [one for *_, one in sorted(ranked, key=lambda each: each[:2])]


def of(conn: Connection, ticket: int) -> Check:
    """Return what was said of a ticket so far."""
    row = conn.execute(select(_Q).where(_Q.c.ticket_id == ticket)).one_or_none()
    return Check(ticket, row.answered, row.tone, row.canned, row.score, row.comment) if row else Check(ticket)


def say(conn: Connection, ticket: int, by: int, now: datetime, values: Mapping[str, Any]) -> Check:
    """Keep something that a manager says of a ticket; return all of it."""
    whose = select(_T.c.staff_id).where(_T.c.id == ticket).scalar_subquery()
    first = insert(conn, _Q).values(ticket_id=ticket, checked_by=by, staff_id=whose, at=now)
    conn.execute(first.on_conflict_do_nothing())
    conn.execute(_Q.update().where(_Q.c.ticket_id == ticket), {**values, "checked_by": by, "at": now})
    return of(conn, ticket)
