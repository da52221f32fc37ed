"""Keys that this installation made for itself, kept in the database so that every worker has the same.

`get(conn, "erasures", now)` makes 256 random bits at the first call and returns the same ones ever after.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.storage import schema
from bot.storage.database import insert

_TABLE = schema.secret_keys
_GET = select(_TABLE.c.value).where(_TABLE.c.name == bindparam("wanted"))


def get(conn: Connection, name: str, now: datetime, made: bytes | None = None) -> bytes:
    """Return the key of this name, 32 bytes; when there is none yet it is made, or is the one that was made before."""
    found = known(conn, name)
    if found is None:
        row = insert(conn, _TABLE).values(name=name, value=made.hex() if made else secrets.token_hex(32), made_at=now)
        conn.execute(row.on_conflict_do_nothing(index_elements=["name"]))
        found = known(conn, name)
    assert found is not None  # noqa: S101 it was made, here or by another worker
    return found


def known(conn: Connection, name: str) -> bytes | None:
    """Return the key of this name, or None when it was never needed; writes nothing."""
    found = conn.execute(_GET, {"wanted": name}).scalar()
    return None if found is None else bytes.fromhex(found)
