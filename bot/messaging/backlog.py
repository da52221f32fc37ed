"""What waits in the outbox, and what went lately: looked up, never changed.

Olga's group has used up its minute: three lines of Anna's wait in her topic's lane, the oldest for forty seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, literal_column, select

from bot.domain.conversation import Place
from bot.domain.ports import Act
from bot.messaging import due, outbox
from bot.messaging.outbox import Delivery
from bot.storage import schema
from bot.storage.columns import spelt

_O = schema.outbox
LOOKED_BACK = 200
"""Rows of a conversation among which is looked for what was said a short while ago."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A send of the last minute; an album of three has three parts."""

    place: Place
    act: Act
    at: datetime
    parts: int


def waiting(conn: Connection, lane: str, after: int = 0, most: int = 50) -> list[Delivery]:
    """Return what waits in a lane behind a row, in order; it is not taken up by that."""
    quoting = case((_O.c.quote_id.is_not(None), "a quote"), else_="").label("quoted_message")
    nothing: list[Any] = [literal_column("''").label(name) for name in ("thread", "target_message")]
    query = select(_O, *nothing, quoting)
    rows = conn.execute(query.where(_O.c.lane == lane, _O.c.id > after, due.STILL_WAITS).order_by(_O.c.id).limit(most))
    return [outbox.read(row) for row in rows]


def under_way(conn: Connection, lane: str) -> bool:
    """Return whether something is being sent in a lane."""
    query = select(_O.c.id).where(_O.c.lane == lane, due.STILL_OPEN, _O.c.state == outbox.SENDING)
    return conn.execute(query.limit(1)).first() is not None


def last_of(conn: Connection, lanes: Sequence[str], key: int) -> Mapping[str, Any] | None:
    """Return the body of the last thing on its way that posts or edits a message; None when nothing is."""
    about = (_O.c.id == key) | ((_O.c.target_id == key) & (_O.c.act == Act.EDIT.value))
    query = select(_O.c.body).where(_O.c.lane.in_(lanes), due.STILL_OPEN, about).order_by(_O.c.id.desc()).limit(1)
    body: Mapping[str, Any] | None = conn.execute(query).scalar()
    return body


def parts_of(body: Mapping[str, Any]) -> int:
    """Return as how many sends a delivery counts: an album as many as it has parts."""
    return 1 + int(body.get(outbox.JOINED, 0)) if body.get("album") else 1


def sent_lately(conn: Connection, since: datetime) -> Sequence[Sent]:
    """Return what was sent since then, oldest first, to fill the limits after a start."""
    body = case((_O.c.act == Act.COPY.value, _O.c.body)).label("body")
    query = select(_O.c.channel, _O.c.chat, _O.c.act, _O.c.sending_at, body).where(_O.c.sending_at >= since)
    return [
        Sent(Place(row.channel, row.chat), Act(row.act), row.sending_at, parts_of(row.body or {}))
        for row in conn.execute(query.order_by(_O.c.sending_at))
    ]


def said_lately(conn: Connection, conversation: int, key: str, value: str, since: datetime) -> bool:
    """Return whether something with this in its body was said about a conversation since then; the newest are read."""
    about = (_O.c.conversation_id == conversation) & (_O.c.act == Act.SAY.value) & (_O.c.created_at >= since)
    query = select(_O.c.body).where(about, _O.c.state != outbox.FAILED).order_by(_O.c.id.desc()).limit(LOOKED_BACK)
    return any(body.get(key) == value for body in conn.execute(query).scalars())


def begun_since(conn: Connection, place: Place, lane: str, since: datetime) -> bool:
    """Return whether something waits in a lane of a chat, or was sent there since then."""
    waits = select(_O.c.id).where(_O.c.lane == lane, due.STILL_OPEN).limit(1)
    here = (_O.c.chat == place.chat) & (_O.c.sending_at >= since)
    went = select(_O.c.id).where(here, _O.c.channel == place.channel, _O.c.lane == lane).limit(1)
    return conn.execute(waits).first() is not None or conn.execute(went).first() is not None


def counts(conn: Connection) -> dict[str, int]:
    """Return how many rows are in each state that needs attention."""
    found = dict.fromkeys((outbox.PENDING, outbox.SENDING, outbox.UNCERTAIN, outbox.FAILED), 0)
    for which in (due.STILL_OPEN, _O.c.state.in_([spelt(outbox.UNCERTAIN), spelt(outbox.FAILED)])):
        rows = conn.execute(select(_O.c.state, func.count()).where(which).group_by(_O.c.state))
        found |= {row.state: row[1] for row in rows}
    return found


def oldest_due(conn: Connection, now: datetime) -> timedelta:
    """Return how long the oldest row that could go has waited."""
    query = select(func.min(_O.c.created_at)).where(due.STILL_WAITS, _O.c.not_before <= now)
    oldest = conn.execute(query).scalar()
    return now - oldest if oldest else timedelta(0)


def interrupted(conn: Connection) -> list[Delivery]:
    """Return the rows that were being sent when the process ended; for the start, before any loop runs."""
    query = due.WITH_NEIGHBOURS.where(due.STILL_OPEN, _O.c.state == outbox.SENDING).order_by(_O.c.id)
    return [outbox.read(row) for row in conn.execute(query)]


def message_of(conn: Connection, key: int) -> str:
    """Return the channel's id of the message that a delivery made, empty while there is none."""
    receipts = schema.receipts.c
    return conn.execute(select(receipts.external_id).where(receipts.outbox_id == key)).scalar() or ""


def line_of(conn: Connection, key: int, conversation: int) -> int | None:
    """Return the line of the transcript that a delivery of a conversation carries, or None."""
    query = select(_O.c.message_id).where(_O.c.id == key, _O.c.conversation_id == conversation)
    line: int | None = conn.execute(query).scalar()
    return line


def lines_with(conn: Connection, key: int) -> list[int | None]:
    """Return the lines of the transcript that a delivery and those that go along with it carry, in their order."""
    query = select(_O.c.message_id).where((_O.c.id == key) | (_O.c.lead_id == key)).order_by(_O.c.id)
    return list(conn.execute(query).scalars())


def body_of(conn: Connection, key: int) -> Mapping[str, Any]:
    """Return what a delivery carries."""
    return dict(conn.execute(select(_O.c.body).where(_O.c.id == key)).scalar() or {})


def saying_with(
    conn: Connection, conversation: int, key: str, value: str, since: datetime, most: int, *, topics: bool = True
) -> list[int]:
    """Return what was said with this in its body since then, the newest first: in topics, or to the customer.

    An empty value asks for all that have the key.
    """
    about = (_O.c.conversation_id == conversation) & (_O.c.act == Act.SAY.value) & (_O.c.created_at >= since)
    there = _O.c.topic_id.is_not(None) if topics else _O.c.topic_id.is_(None)
    query = select(_O.c.id, _O.c.body).where(about, there, _O.c.state != outbox.FAILED)
    rows = conn.execute(query.order_by(_O.c.id.desc()).limit(LOOKED_BACK))
    return [row.id for row in rows if row.body.get(key) and value in {row.body[key], ""}][:most]
