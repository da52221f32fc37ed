"""The transcript: what the customer wrote and what the customer was told, in order.

Notes of the staff are not here; they have a table of their own that nothing sends from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.domain.message import Content, ContentKind, RichText
from bot.storage import schema

CUSTOMER, BOT, OPERATOR = "customer", "bot", "operator"
_TABLE = schema.messages
_ADD = _TABLE.insert().returning(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript.

    Attributes:
        id: our id, rising.
        author: customer, bot or operator.
        staff_id: who wrote it, for an operator's line.
        content: what it says.
        source: the channel's (chat, message) that it came from, empty when we wrote it.
        at: when, UTC.
        edited_at: when it was last changed by its author, or None.
    """

    id: int
    author: str
    staff_id: int | None
    content: Content
    source: tuple[str, str]
    at: datetime
    edited_at: datetime | None = field(default=None)


def add(
    conn: Connection,
    conversation: int,
    author: str,
    content: Content,
    now: datetime,
    *,
    ticket: int | None = None,
    staff: int | None = None,
    source: tuple[str, str] = ("", ""),
    details: Mapping[str, Any] | None = None,
) -> int:
    """Write one line and return its id."""
    values = {
        "conversation_id": conversation,
        "ticket_id": ticket,
        "author": author,
        "staff_id": staff,
        "kind": content.kind.value,
        "text": content.text.text,
        "entities": content.text.to_dict()["entities"],
        "details": {**content.details, **(details or {})},
        "source_chat": source[0],
        "source_message": source[1],
        "at": now,
    }
    return int(conn.execute(_ADD, values).scalar_one())


def _read(row: Row[Any]) -> Line:
    text = RichText.from_dict({"text": row.text, "entities": row.entities})
    return Line(
        id=row.id,
        author=row.author,
        staff_id=row.staff_id,
        content=Content(ContentKind(row.kind), text, row.details),
        source=(row.source_chat, row.source_message),
        at=row.at,
        edited_at=row.edited_at,
    )


def last(conn: Connection, conversation: int, most: int = 20, before: int | None = None) -> list[Line]:
    """Return the last lines of a conversation, oldest of them first."""
    query = select(_TABLE).where(_TABLE.c.conversation_id == conversation)
    if before is not None:
        query = query.where(_TABLE.c.id < before)
    rows = conn.execute(query.order_by(_TABLE.c.id.desc()).limit(most)).all()
    return [_read(row) for row in reversed(rows)]


def get(conn: Connection, line: int) -> Line | None:
    """Return one line, or None."""
    row = conn.execute(select(_TABLE).where(_TABLE.c.id == line)).one_or_none()
    return _read(row) if row else None


def said_at(conn: Connection, conversation: int, chat: str, message: str) -> Line | None:
    """Return the line that came from a channel's message, or None."""
    row = conn.execute(
        select(_TABLE)
        .where(
            _TABLE.c.conversation_id == conversation,
            _TABLE.c.source_chat == chat,
            _TABLE.c.source_message == message,
        )
        .limit(1)
    ).one_or_none()
    return _read(row) if row else None


def edit(conn: Connection, line: int, content: Content, now: datetime) -> None:
    """Put the new text of an edited message into its line."""
    conn.execute(
        _TABLE.update().where(_TABLE.c.id == line),
        {"text": content.text.text, "entities": content.text.to_dict()["entities"], "edited_at": now},
    )
