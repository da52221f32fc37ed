"""Invitations: a link by which somebody new starts to work here, once.

Ada invites Max as an operator. The link is good for three days and for one person; whoever follows it is written down
as staff with the role that it names. Only the SHA-256 sum of its token is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.domain.people import Role
from bot.storage import schema

LIVES = timedelta(days=3)
_TABLE = schema.invitations


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody was invited to.

    Attributes:
        id: our number.
        role: that they get.
        name: as whoever invited calls them; empty for the name that Telegram shows.
        team: of handoff.toml; empty for a generalist.
        invited_by: a member of staff; None for the command line.
        expires_at: from when it opens nothing.
    """

    id: int
    role: Role
    name: str
    team: str
    invited_by: int | None
    expires_at: datetime


def invite(
    conn: Connection, role: Role, now: datetime, *, name: str = "", team: str = "", by: int | None = None
) -> str:
    """Make an invitation and return its token, 192 random bits as 32 characters A-Z a-z 0-9 _ -."""
    token = secrets.token_urlsafe(24)
    values = {
        "token_hash": _sum(token),
        "role": role.value,
        "name": name,
        "team": team,
        "invited_by": by,
        "created_at": now,
        "expires_at": now + LIVES,
    }
    conn.execute(_TABLE.insert(), values)
    return token


def use(conn: Connection, token: str, now: datetime) -> Invitation | None:
    """Use an invitation up and return it; None when it was used, withdrawn, is too old, or never was."""
    free = _TABLE.c.used_at.is_(None) & _TABLE.c.withdrawn_at.is_(None) & (_TABLE.c.expires_at > now)
    statement = _TABLE.update().where(_TABLE.c.token_hash == _sum(token), free).values(used_at=now)
    row = conn.execute(statement.returning(*_TABLE.c)).one_or_none()
    return _read(row) if row else None


def used_by(conn: Connection, invitation: int, person: int) -> None:
    """Write down who followed an invitation."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == invitation), {"used_by": person})


def waiting(conn: Connection, now: datetime) -> list[Invitation]:
    """Return the invitations that somebody could still follow, the newest first."""
    free = _TABLE.c.used_at.is_(None) & _TABLE.c.withdrawn_at.is_(None) & (_TABLE.c.expires_at > now)
    return [_read(row) for row in conn.execute(select(_TABLE).where(free).order_by(_TABLE.c.id.desc()))]


def withdraw(conn: Connection, invitation: int, now: datetime) -> bool:
    """Take an invitation back; returns whether it was still good."""
    free = _TABLE.c.used_at.is_(None) & _TABLE.c.withdrawn_at.is_(None)
    statement = _TABLE.update().where(_TABLE.c.id == invitation, free).values(withdrawn_at=now)
    return bool(conn.execute(statement).rowcount)


def withdraw_all(conn: Connection, now: datetime) -> int:
    """Take back all that are still good; in a restored copy they may have been used. Returns how many."""
    free = _TABLE.c.used_at.is_(None) & _TABLE.c.withdrawn_at.is_(None) & (_TABLE.c.expires_at > now)
    return conn.execute(_TABLE.update().where(free).values(withdrawn_at=now)).rowcount


def _read(row: Row[Any]) -> Invitation:
    return Invitation(row.id, Role(row.role), row.name, row.team, row.invited_by, row.expires_at)


def _sum(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
