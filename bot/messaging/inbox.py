"""The inbox: received, not yet handled.

An update is admitted (stored and committed) before anybody acknowledges it to its channel. Telegram sends update
812 twice: the second one changes nothing. A turn marks its row done in its own transaction, so each is handled once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select

from bot.domain.ports import Raw
from bot.storage import schema
from bot.storage.columns import spelt
from bot.storage.database import insert

KNOWN_FOR = timedelta(hours=48)
"""How long an update is known again: Telegram keeps updates 24 h and may begin new ids after a week of silence."""

_TABLE = schema.inbox
_NEW = _TABLE.c.state == spelt("new")
_DONE = (
    _TABLE.update()
    .where(_TABLE.c.id == bindparam("row"), _NEW)
    .values(state=bindparam("outcome"), handled_at=bindparam("now"), error=bindparam("why"))
)

# The channel is joined to nothing, so that SQLite reads the few new rows and not all that a channel ever brought.
_LOOK = (
    select(_TABLE.c.id, _TABLE.c.lane)
    .where(_NEW)
    .where((_TABLE.c.channel + literal_column("''")).in_(bindparam("channels", expanding=True)))
    .where(_TABLE.c.lane.not_in(bindparam("passed_over", expanding=True)))
    .order_by(_TABLE.c.id)
    .limit(bindparam("most"))
)
_LOAD = select(_TABLE).where(_TABLE.c.id.in_(bindparam("keys", expanding=True))).order_by(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Received:
    """A row of the inbox, as the dispatcher takes it up."""

    id: int
    channel: str
    account: str
    lane: str
    payload: dict[str, Any]
    received_at: datetime


def admit(conn: Connection, channel: str, account: str, updates: Sequence[Raw], now: datetime) -> None:
    """Store updates that are not known yet; the others change nothing."""
    if not updates:
        return
    statement = insert(conn, _TABLE).on_conflict_do_nothing(index_elements=["channel", "account", "external_id"])
    rows = [
        {
            "channel": channel,
            "account": account,
            "external_id": update.external_id,
            "lane": update.lane,
            "payload": dict(update.payload),
            "received_at": now,
        }
        for update in updates
    ]
    conn.execute(statement, rows)


def look(
    conn: Connection, channels: Iterable[str], most: int, passed_over: Iterable[str] = ()
) -> list[tuple[int, str]]:
    """Return (id, lane) of rows that nobody has handled, oldest first.

    Args:
        conn: a connection.
        channels: only rows of these.
        most: how many at the most.
        passed_over: lanes to be left out: somebody who sends a thousand messages shall not hide the others.
    """
    asked = {"channels": sorted(channels), "most": most, "passed_over": sorted(passed_over)}
    return [(row.id, row.lane) for row in conn.execute(_LOOK, asked)]


def load(conn: Connection, keys: Sequence[int]) -> list[Received]:
    """Return rows by their ids, oldest first."""
    rows = conn.execute(_LOAD, {"keys": list(keys)}) if keys else ()
    return [Received(row.id, row.channel, row.account, row.lane, row.payload, row.received_at) for row in rows]


def behind(conn: Connection, row: Received, most: int) -> list[dict[str, Any]]:
    """Return what waits behind a row in its lane, in order."""
    query = select(_TABLE.c.payload).where(_TABLE.c.lane == row.lane, _TABLE.c.id > row.id, _TABLE.c.state == "new")
    return list(conn.execute(query.where(_TABLE.c.channel == row.channel).order_by(_TABLE.c.id).limit(most)).scalars())


def settle(conn: Connection, row: int, now: datetime, error: str = "") -> bool:
    """Mark a row as handled; an error text marks it failed.

    Returns:
        False when somebody else has handled it already: then nothing of this turn may stay.
    """
    outcome = "failed" if error else "done"
    done = conn.execute(_DONE, {"row": row, "outcome": outcome, "now": now, "why": error[:500]})
    return done.rowcount == 1


def lag(conn: Connection, now: datetime) -> tuple[int, timedelta]:
    """Return how many rows wait and the age of the oldest."""
    count, oldest = conn.execute(select(func.count(), func.min(_TABLE.c.received_at)).where(_NEW)).one()
    return int(count), now - oldest if oldest else timedelta(0)


def forget(conn: Connection, now: datetime, states: Iterable[str] = ("done",)) -> int:
    """Delete handled rows that Telegram cannot repeat any more; the transcript keeps what was said.

    Returns:
        How many went.
    """
    old = _TABLE.c.received_at < now - KNOWN_FOR
    return int(conn.execute(_TABLE.delete().where(_TABLE.c.state.in_(tuple(states)), old)).rowcount)
