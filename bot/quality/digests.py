"""The daily digest is sent once a day: who writes the day down first sends it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.storage import schema
from bot.storage.database import insert

_TABLE = schema.digests


def sent(conn: Connection, day: date) -> bool:
    """Return whether a day's digest is written down as sent."""
    return conn.execute(select(_TABLE.c.day).where(_TABLE.c.day == day)).first() is not None


def first_of(conn: Connection, day: date, now: datetime) -> bool:
    """Write down that a day's digest is sent; return whether nobody had done so."""
    if sent(conn, day):
        return False
    statement = insert(conn, _TABLE).values(day=day, at=now).on_conflict_do_nothing()
    return bool(conn.execute(statement).rowcount == 1)
