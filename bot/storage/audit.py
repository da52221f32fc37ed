"""The audit: who did what to what and when, without a word that anybody wrote.

Olga closes ticket 7: `record(conn, Act.TICKET_CLOSED, Subject("ticket", "7"), by(olga), now)` in the transaction that
closes it. A line is written once. Lines are then sealed in a chain: each carries a SHA-256 sum over itself and the seal
before it, so that a line that is changed, left out or slipped in later shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.storage import schema

_TABLE = schema.audit_log
_ADD = _TABLE.insert().inline()  # nobody asks for the line's number


class Act(StrEnum):
    """What was done."""

    TICKET_CLAIMED = "ticket.claimed"
    TICKET_ASSIGNED = "ticket.assigned"
    TICKET_TRANSFERRED = "ticket.transferred"
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
