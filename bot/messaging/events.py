"""Events: what screens show live, as rows with one rising id.

A console that lost its line at event 4711 asks for what came after and misses nothing. Streams: `desk` for the console,
`chat:ADDRESS` for a visitor's page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.storage import schema

DESK = "desk"
KEPT = timedelta(days=2)
_TABLE = schema.events
_ADD = _TABLE.insert()
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(7_201_517))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a screen wants to know."""

    id: int
    kind: str
    body: dict[str, Any]


def visitor_stream(chat: str) -> str:
    """Return the stream of a visitor's page."""
    return f"chat:{chat}"


def _in_turn(conn: Connection) -> None:
    """Let nobody else add events before this transaction ends, so that ids are committed in their order.

    SQLite has one writer anyhow; on PostgreSQL a reader could else pass by a lower id that is committed later.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_ONE_AT_A_TIME)


def append(conn: Connection, stream: str, kind: str, body: Mapping[str, Any], now: datetime) -> None:
    """Add an event to a stream."""
    _in_turn(conn)
    conn.execute(_ADD, {"stream": stream, "kind": kind, "body": dict(body), "at": now})


def append_all(conn: Connection, stream: str, found: Sequence[tuple[str, Mapping[str, Any]]], now: datetime) -> None:
    """Add several events (kind, body) to a stream, in this order."""
    if found:
        _in_turn(conn)
        rows = [{"stream": stream, "kind": kind, "body": dict(body), "at": now} for kind, body in found]
        conn.execute(_ADD, rows)


def since(conn: Connection, stream: str, after: int, most: int = 200) -> list[Event]:
    """Return the stream's events with a higher id, oldest first."""
    rows = conn.execute(
        select(_TABLE.c.id, _TABLE.c.kind, _TABLE.c.body)
        .where(_TABLE.c.stream == stream, _TABLE.c.id > after)
        .order_by(_TABLE.c.id)
        .limit(most)
    )
    return [Event(row.id, row.kind, row.body) for row in rows]


def last_id(conn: Connection) -> int:
    """Return the id of the newest event, 0 when there is none."""
    return int(conn.execute(select(func.coalesce(func.max(_TABLE.c.id), 0))).scalar_one())


def forget(conn: Connection, now: datetime) -> int:
    """Delete events that no screen will ask for again."""
    newest = select(func.max(_TABLE.c.id)).scalar_subquery()
    return int(conn.execute(_TABLE.delete().where(_TABLE.c.at < now - KEPT, _TABLE.c.id < newest)).rowcount)
