"""Signing in to the console: one-time links and the sessions they open.

`issue_link` gives Olga a link that works once within 15 minutes; following it opens a session of at most 12 hours that
ends after 8 hours without a click. Only SHA-256 sums of the secrets are kept, so a copy of the database opens nothing.
Somebody who is disabled has no session any more, from the next look at the database on.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Executable, select

from bot.domain.people import Staff
from bot.handoff import staff
from bot.storage import audit, schema
from bot.storage.audit import Act, Subject

LINK_LIVES = timedelta(minutes=15)
SESSION_LIVES = timedelta(hours=12)
IDLE_LIVES = timedelta(hours=8)
SEEN_EVERY = timedelta(minutes=5)
"""How often a session's last use is written down."""
SIGN_IN = "/console/sign-in"

_L, _S = schema.sign_in_links, schema.sessions


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in member of staff.

    Attributes:
        staff: as in the database now; a changed role counts at once.
        csrf: the token that every form of this session carries.
        ends_at: when it ends however busy it is.
        stale: its last use should be written down.
    """

    staff: Staff
    csrf: str
    ends_at: datetime
    stale: bool


def issue_link(conn: Connection, staff_id: int, now: datetime) -> str:
    """Make a sign-in link's token, 256 random bits; it works once within 15 minutes."""
    token = secrets.token_urlsafe(32)
    values = {"token_hash": _sum(token), "staff_id": staff_id, "expires_at": now + LINK_LIVES}
    conn.execute(_L.insert(), values)
    return token


def link(base: str, token: str) -> str:
    """Return the address to open, from the address of the server."""
    return f"{base.rstrip('/')}{SIGN_IN}?token={token}"


def meant_for(conn: Connection, token: str, now: datetime) -> Staff | None:
    """Return whom a link would sign in, or None when it would sign in nobody; does not use it up."""
    query = select(_L.c.staff_id).where(_L.c.token_hash == _sum(token), _L.c.used_at.is_(None), _L.c.expires_at > now)
    found = conn.execute(query).scalar()
    return staff.get(conn, found) if found is not None else None


def sign_in(conn: Connection, token: str, now: datetime) -> str | None:
    """Use up a link and open a session.

    Returns:
        The session's token for the cookie, or None when the link was used, is too old, or its person is disabled.
    """
    free = (_L.c.token_hash == _sum(token)) & _L.c.used_at.is_(None) & (_L.c.expires_at > now)
    used = conn.execute(_L.update().where(free).values(used_at=now).returning(_L.c.staff_id)).scalar()
    if used is None or staff.get(conn, used) is None:
        return None
    session = secrets.token_urlsafe(32)
    values = {
        "token_hash": _sum(session),
        "staff_id": used,
        "csrf": secrets.token_urlsafe(32),
        "created_at": now,
        "seen_at": now,
    }
    conn.execute(_S.insert(), values)
    audit.record(conn, Act.SIGNED_IN, Subject("person", str(used)), audit.by(used), now)
    _forget(conn, now)
    return session


def session_of(conn: Connection, token: str, now: datetime) -> Session | None:
    """Return the session behind a cookie, or None when there is none (any more)."""
    if not token:
        return None
    row = conn.execute(select(_S).where(_S.c.token_hash == _sum(token))).one_or_none()
    if row is None or now >= row.created_at + SESSION_LIVES or now >= row.seen_at + IDLE_LIVES:
        return None
    person = staff.get(conn, row.staff_id)
    if person is None:
        return None
    return Session(person, row.csrf, row.created_at + SESSION_LIVES, now - row.seen_at >= SEEN_EVERY)


def seen(conn: Connection, token: str, now: datetime) -> None:
    """Write down that a session was used."""
    conn.execute(_S.update().where(_S.c.token_hash == _sum(token)), {"seen_at": now})


def sign_out(conn: Connection, token: str) -> None:
    """End a session."""
    conn.execute(_S.delete().where(_S.c.token_hash == _sum(token)))


def end_all(conn: Connection, staff_id: int) -> None:
    """End all sessions of a person and take back links that nobody followed."""
    conn.execute(_S.delete().where(_S.c.staff_id == staff_id))
    conn.execute(_L.delete().where(_L.c.staff_id == staff_id, _L.c.used_at.is_(None)))


def nobody_signed_in() -> tuple[Executable, ...]:
    """Return what ends all sessions and takes back all links, in a copy of the database that is restored.

    Somebody who has signed out or was disabled since it was made would have a session again.
    """
    return _S.delete(), _L.delete()


def _forget(conn: Connection, now: datetime) -> None:
    conn.execute(_L.delete().where(_L.c.expires_at < now - LINK_LIVES))
    conn.execute(_S.delete().where(_S.c.created_at < now - SESSION_LIVES))


def _sum(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
