"""What an operator was offered to send: three answers for the customer's last words, or what a search found.

Anna asks "where is my parcel"; below her line Olga finds three buttons, whose meaning stands here. However old a button
is, it means what it showed, and an answer that went out is not sent a second time by a second tap. Reports count here
how often what was offered was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.storage import schema

_T = schema.proposals


class Kind(StrEnum):
    """Where an answer stands."""

    FAQ = "faq"
    CANNED = "canned"


class Occasion(StrEnum):
    """Why answers were offered."""

    LINE = "line"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Item:
    """An answer that was offered.

    Attributes:
        kind: from the FAQ or canned.
        key: the entry's id, or the canned answer's key.
        language: in which it was shown.
        stamp: of its text as it was shown; when that has changed, the operator looks again before it goes out.
        likeness: 0–1, how well it fits the customer's words.
    """

    kind: Kind
    key: str
    language: str
    stamp: str
    likeness: float = 0.0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Answers that were offered together.

    Attributes:
        id: our id; buttons name it.
        conversation_id: for whom.
        ticket_id: during which ticket, None for none.
        message_id: our id of the customer's line that they answer, None for a search.
        items: in the order shown.
        sent: places (0 for the first) of those that went out.
        at: when they were offered, UTC.
    """

    id: int
    conversation_id: int
    ticket_id: int | None
    message_id: int | None
    items: tuple[Item, ...]
    sent: tuple[int, ...]
    at: datetime


def offer(
    conn: Connection,
    conversation: int,
    ticket: int | None,
    message: int | None,
    occasion: Occasion,
    items: Sequence[Item],
    now: datetime,
) -> Proposal:
    """Write down what is offered for a line of the customer's (`message`) or found by a search, and return it."""
    values = {
        "conversation_id": conversation,
        "ticket_id": ticket,
        "message_id": message,
        "occasion": occasion.value,
        "items": [[one.kind.value, one.key, one.language, one.stamp, one.likeness] for one in items],
        "sent": [],
        "at": now,
    }
    return _read(conn.execute(_T.insert().values(values).returning(_T)).one())


def get(conn: Connection, key: int, conversation: int) -> Proposal | None:
    """Return what was offered in this conversation under this id, or None."""
    row = conn.execute(select(_T).where(_T.c.id == key, _T.c.conversation_id == conversation)).one_or_none()
    return _read(row) if row else None


def last_for_line(conn: Connection, conversation: int) -> Proposal | None:
    """Return what was offered last for a line of the customer's, or None."""
    query = select(_T).where(_T.c.conversation_id == conversation, _T.c.occasion == Occasion.LINE.value)
    row = conn.execute(query.order_by(_T.c.id.desc()).limit(1)).one_or_none()
    return _read(row) if row else None


def mark_sent(conn: Connection, proposal: Proposal, place: int, staff: int, now: datetime) -> None:
    """Write down that an operator sent one of them."""
    values = {"sent": [*proposal.sent, place], "sent_by": staff, "sent_at": now}
    conn.execute(_T.update().where(_T.c.id == proposal.id).values(**values))


def show_again(conn: Connection, proposal: Proposal, place: int, item: Item) -> None:
    """Write down that one of them was shown anew, because its text has changed."""
    items = [*proposal.items[:place], item, *proposal.items[place + 1 :]]
    body = [[one.kind.value, one.key, one.language, one.stamp, one.likeness] for one in items]
    conn.execute(_T.update().where(_T.c.id == proposal.id).values(items=body))


def _read(row: Row[Any]) -> Proposal:
    items = tuple(Item(Kind(kind), *rest) for kind, *rest in row.items)
    return Proposal(row.id, row.conversation_id, row.ticket_id, row.message_id, items, tuple(row.sent), row.at)
