"""The audit: who did what to what and when, without a word that anybody wrote.

Olga closes ticket 7: `record(conn, Act.TICKET_CLOSED, Subject("ticket", "7"), by(olga), now)` in the transaction that
closes it. A line is written once; what is changed, left out or slipped in later shows by the seals of `seals.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from bot.storage import schema

_TABLE = schema.audit_log
_ADD = _TABLE.insert().inline()  # nobody asks for the line's number


class Act(StrEnum):
    """What was done."""

    TICKET_CLAIMED = "ticket.claimed"
    TICKET_ASSIGNED = "ticket.assigned"
    TICKET_TRANSFERRED = "ticket.transferred"
    TICKET_RELEASED = "ticket.released"
    TICKET_MERGED = "ticket.merged"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_CLOSED = "ticket.closed"
    CUSTOMER_BANNED = "customer.banned"
    CUSTOMER_UNBANNED = "customer.unbanned"
    CUSTOMER_EXPORTED = "customer.exported"
    CUSTOMER_ERASED = "customer.erased"
    FAQ_CHANGED = "faq.changed"
    FAQ_IMPORTED = "faq.imported"
    FAQ_EXPORTED = "faq.exported"
    CANNED_CHANGED = "canned.changed"
    ORDER_MADE = "order.made"
    ORDER_CHANGED = "order.changed"
    ORDERS_EXPORTED = "orders.exported"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_DISABLED = "person.disabled"
    PERSON_ENABLED = "person.enabled"
    PERSON_INVITED = "person.invited"
    INVITATION_USED = "invitation.used"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    SIGNED_IN = "session.opened"
    SETTINGS_CHANGED = "settings.changed"
    RETENTION_SWEPT = "retention.swept"
    DATABASE_COPIED = "database.copied"
    DATABASE_RESTORED = "database.restored"


class Actor(StrEnum):
    """Who did it: one of the staff, somebody at the command line, the customer, or the bot by the clock."""

    STAFF = "staff"
    COMMAND = "command"
    CUSTOMER = "customer"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class By:
    """Who did something; `staff_id` for staff only."""

    actor: Actor
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was done to: `Subject("faq", "delivery-cost")`; a key of ours, never a name or an address."""

    kind: str
    key: str


def by(staff_id: int) -> By:
    """Return a member of staff as who did it."""
    return By(Actor.STAFF, staff_id)


def record(
    conn: Connection, act: Act, subject: Subject, who: By, now: datetime, facts: Mapping[str, object] | None = None
) -> None:
    """Write down that something was done, in the transaction that does it.

    Args:
        conn: a connection in a transaction.
        act: what was done.
        subject: to what.
        who: by whom.
        now: the time.
        facts: numbers, keys and names of states; never words of customers or operators, names, addresses or secrets.
    """
    row = {
        "actor": who.actor.value,
        "staff_id": who.staff_id,
        "act": act.value,
        "subject": subject.kind,
        "subject_key": subject.key,
        "facts": dict(facts or {}),
        "at": now,
    }
    conn.execute(_ADD, row)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit; `place` and `seal` are empty until it is sealed.

    Attributes:
        id: rising, in the order in which lines were begun.
        place: in the chain, from 1.
        act: of `Act`; of an older or newer program it may be another.
        who: who did it.
        subject: what it was done to.
        facts: numbers, keys and names of states.
        at: when, UTC.
        previous: the seal of the line before.
        seal: SHA-256 as 64 hexadecimal digits.
    """

    id: int
    place: int | None
    act: str
    who: By
    subject: Subject
    facts: Mapping[str, Any]
    at: datetime
    previous: str | None
    seal: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines somebody wants to see; what is empty is not asked for.

    Attributes:
        since: from this moment on.
        until: before this moment.
        staff_id: done by this person.
        act: the act, or the part before its dot, such as `person`.
        subject: a kind, such as `faq`.
        subject_key: of that kind.
    """

    since: datetime | None = None
    until: datetime | None = None
    staff_id: int | None = None
    act: str = ""
    subject: str = ""
    subject_key: str = ""


def lines(conn: Connection, wanted: Wanted, most: int) -> list[Line]:
    """Return the last lines that are wanted, the newest first."""
    rows = conn.execute(_asked(select(_TABLE), wanted).order_by(_TABLE.c.id.desc()).limit(most))
    return [_read(row) for row in rows]


def _asked(query: Select[Any], wanted: Wanted) -> Select[Any]:
    column = _TABLE.c
    if wanted.since is not None:
        query = query.where(column.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(column.at < wanted.until)
    if wanted.staff_id is not None:
        query = query.where(column.staff_id == wanted.staff_id)
    if wanted.act:
        query = query.where((column.act == wanted.act) | column.act.startswith(f"{wanted.act}.", autoescape=True))
    if wanted.subject:
        query = query.where(column.subject == wanted.subject)
    return query.where(column.subject_key == wanted.subject_key) if wanted.subject_key else query


def unsealed(conn: Connection) -> int:
    """Return how many lines wait for their seal."""
    return int(conn.execute(select(func.count()).where(_TABLE.c.seal.is_(None))).scalar_one())


def to_be_sealed(conn: Connection, most: int) -> list[Line]:
    """Return lines that wait for their seal, the oldest first."""
    query = select(_TABLE).where(_TABLE.c.seal.is_(None)).order_by(_TABLE.c.id).limit(most)
    return [_read(row) for row in conn.execute(query)]


def head(conn: Connection) -> Line | None:
    """Return the last line of the chain."""
    row = conn.execute(
        select(_TABLE).where(_TABLE.c.place.is_not(None)).order_by(_TABLE.c.place.desc()).limit(1)
    ).one_or_none()
    return _read(row) if row else None


def chain(conn: Connection, most: int = 1000) -> Iterator[Line]:
    """Give the lines of the chain from its first one, some at a time."""
    last = 0
    while True:
        query = select(_TABLE).where(_TABLE.c.place > last).order_by(_TABLE.c.place).limit(most)
        found = [_read(row) for row in conn.execute(query)]
        yield from found
        if len(found) < most:
            return
        last = found[-1].place or 0


def put_seal(conn: Connection, line: Line) -> None:
    """Write a line's place and seals down; `seals.seal` reckons them."""
    values = {"place": line.place, "previous": line.previous, "seal": line.seal}
    conn.execute(_TABLE.update().where(_TABLE.c.id == line.id), values)


def drop(conn: Connection, before: datetime) -> int:
    """Delete the sealed lines at the chain's beginning that are older; return the place of the last one, 0 for none."""
    stays = select(func.min(_TABLE.c.place)).where(_TABLE.c.at >= before, _TABLE.c.place.is_not(None))
    first_kept = conn.execute(stays).scalar()
    if first_kept is None:
        last = head(conn)
        first_kept = last.place if last else None  # the last line stays, so that the chain goes on
    if first_kept is None:
        return 0
    gone = conn.execute(_TABLE.delete().where(_TABLE.c.place < first_kept)).rowcount
    return int(first_kept) - 1 if gone else 0


def _read(row: Row[Any]) -> Line:
    return Line(
        id=row.id,
        place=row.place,
        act=row.act,
        who=By(Actor(row.actor), row.staff_id),
        subject=Subject(row.subject, row.subject_key),
        facts=row.facts,
        at=row.at,
        previous=row.previous,
        seal=row.seal,
    )
