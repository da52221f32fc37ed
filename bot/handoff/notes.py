"""Notes: what staff write for each other. A table of their own, and nothing that sends ever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.storage import schema

_TABLE = schema.notes


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a conversation."""

    id: int
    staff_id: int | None
    text: str
    at: datetime


def add(
    conn: Connection,
    conversation: int,
    ticket: int | None,
    staff: int | None,
    text: str,
    now: datetime,
    source: tuple[str, str] = ("", ""),
) -> int:
    """Write a note and return its id; `source` is the channel's (chat, message) that it was written as."""
    values = {
        "conversation_id": conversation,
        "ticket_id": ticket,
        "staff_id": staff,
        "text": text,
        "at": now,
        "source_chat": source[0],
        "source_message": source[1],
    }
    return int(conn.execute(_TABLE.insert().returning(_TABLE.c.id), values).scalar_one())


def written_as(conn: Connection, conversation: int, source: tuple[str, str]) -> Note | None:
    """Return the note that was written as a message of the topic, or None."""
    mine = (_TABLE.c.conversation_id == conversation) & (_TABLE.c.source_message == source[1])
    query = select(_TABLE).where(mine, _TABLE.c.source_chat == source[0]).order_by(_TABLE.c.id.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    return Note(row.id, row.staff_id, row.text, row.at) if row else None


def change(conn: Connection, key: int, text: str) -> None:
    """Let a note say something else."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), {"text": text})


def of(conn: Connection, conversation: int, most: int = 100, until: datetime | None = None) -> list[Note]:
    """Return the last notes on a conversation, or the last ones before a moment, oldest of them first."""
    query = select(_TABLE).where(_TABLE.c.conversation_id == conversation).order_by(_TABLE.c.id.desc()).limit(most)
    rows = conn.execute(query if until is None else query.where(_TABLE.c.at < until)).all()
    return [Note(row.id, row.staff_id, row.text, row.at) for row in reversed(rows)]
