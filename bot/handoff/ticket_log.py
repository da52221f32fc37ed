"""What happened to a ticket, line by line: opened, claimed by Olga, given to Max, answered, closed.

Written inside the functions of `queue.py`, in the transaction of the change; cards, reports and the console read it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, Connection, Row, bindparam, select

from bot.storage import audit, schema
from bot.storage.audit import Act, Actor, Subject

_TABLE = schema.ticket_log
_ADD = _TABLE.insert().inline()  # nobody asks for the line's number


class Kind(StrEnum):
    """What happened; what the line's detail says stands behind it."""

    OPENED = "opened"  # the reason
    CLAIMED = "claimed"
    ASSIGNED = "assigned"  # the id of who got it
    RELEASED = "released"
    RETURNED = "returned"  # the id of who had gone away
    TRANSFERRED = "transferred"  # the id of who got it, or a team's name
    WROTE = "wrote"  # the customer, after the last answer: from here on the next one is owed
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"  # the reason
    MERGED = "merged"  # the number of the other ticket; the line of the one that goes on stands first
    LEVEL = "level"
    PRIORITY = "priority"
    TAGS = "tags"
    TEAM = "team"
    SKILL = "skill"
    FOR_FAQ = "for_faq"  # the id of the group of questions
    WARNED = "warned"  # the customer heard that it will be closed by itself
    PRESSED = "pressed"  # what stands on the customer's button


_AUDITED = {
    Kind.CLAIMED: Act.TICKET_CLAIMED,
    Kind.ASSIGNED: Act.TICKET_ASSIGNED,
    Kind.TRANSFERRED: Act.TICKET_TRANSFERRED,
    Kind.RELEASED: Act.TICKET_RELEASED,
    Kind.RETURNED: Act.TICKET_RELEASED,
    Kind.MERGED: Act.TICKET_MERGED,
    Kind.CLOSED: Act.TICKET_CLOSED,
    Kind.REOPENED: Act.TICKET_REOPENED,
}
_TO_WHOM = {Kind.ASSIGNED, Kind.TRANSFERRED, Kind.MERGED}
"""Kinds whose detail is a number of ours or a team; what a detail says otherwise may be somebody's words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `staff_id` is who did it, None for the customer, the bot or the clock."""

    id: int
    ticket_id: int
    kind: Kind
    staff_id: int | None
    detail: str
    at: datetime


def write(conn: Connection, ticket: int, kind: Kind, now: datetime, by: int | None = None, detail: object = "") -> None:
    """Write one line."""
    row = {"ticket_id": ticket, "kind": kind.value, "staff_id": by, "detail": str(detail), "at": now}
    conn.execute(_ADD, row)
    audited(conn, ticket, kind, now, by, detail)


def audited(
    conn: Connection, ticket: int, kind: Kind, now: datetime, by: int | None = None, detail: object = ""
) -> None:
    """Write the audit's line beside the log's, if what happened is of the kinds that are audited."""
    act = _AUDITED.get(kind)
    if act is not None:
        who = audit.by(by) if by is not None else audit.By(Actor.BOT)
        facts = {"to": str(detail)} if kind in _TO_WHOM and str(detail) else {}
        audit.record(conn, act, Subject("ticket", str(ticket)), who, now, facts)


def beside(change: CTE) -> CTE:
    """Return the writing of a line as a part of the statement that changes the ticket, for PostgreSQL.

    Written only if the change finds its row. Parameters: `kind`, `by`, `detail` and `now`, as in `write`.
    """
    line = select(
        change.c.id,
        bindparam("kind", type_=_TABLE.c.kind.type),
        bindparam("by", type_=_TABLE.c.staff_id.type),
        bindparam("detail", type_=_TABLE.c.detail.type),
        bindparam("now", type_=_TABLE.c.at.type),
    )
    return _TABLE.insert().from_select(["ticket_id", "kind", "staff_id", "detail", "at"], line).cte("line")


def of(conn: Connection, ticket: int) -> Sequence[Entry]:
    """Return what happened to a ticket, the earliest first."""
    query = select(_TABLE).where(_TABLE.c.ticket_id == ticket).order_by(_TABLE.c.id)
    return [_entry(row) for row in conn.execute(query)]


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.id, row.ticket_id, Kind(row.kind), row.staff_id, row.detail, row.at)


def pressed_in(conn: Connection, conversation: int, most: int) -> Sequence[Entry]:
    """Return what the customer of a conversation pressed while people had to do with it, the newest first."""
    of_it = _TABLE.c.ticket_id.in_(select(schema.tickets.c.id).where(schema.tickets.c.conversation_id == conversation))
    query = select(_TABLE).where(of_it, _TABLE.c.kind == Kind.PRESSED.value).order_by(_TABLE.c.id.desc()).limit(most)
    return [_entry(row) for row in conn.execute(query)]


def let_go(conn: Connection, tickets: Collection[int], since: datetime) -> dict[int, set[int]]:
    """Return who gave tickets up since then, into the queue or to a team or level, by ticket."""
    given_up = _TABLE.c.kind.in_([Kind.RELEASED.value, Kind.TRANSFERRED.value])
    query = select(_TABLE.c.ticket_id, _TABLE.c.staff_id).where(
        _TABLE.c.ticket_id.in_(tickets), given_up, _TABLE.c.staff_id.is_not(None), _TABLE.c.at > since
    )
    found: dict[int, set[int]] = {}
    for row in conn.execute(query):
        found.setdefault(row.ticket_id, set()).add(row.staff_id)
    return found
