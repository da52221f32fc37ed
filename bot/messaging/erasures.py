"""Who asked to be forgotten: what arrives late of an erased customer must not bring anything back.

Anna is erased at noon. Her address is kept as a sum with a key, with that moment: an update of hers from eleven, sent
once more by Telegram, is dropped; what she writes at one begins as somebody new.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.storage import schema, secret_keys
from bot.storage.database import insert

KEY = "erasures"
_TABLE = schema.erasures
_GET = select(_TABLE.c.erased_at).where(
    _TABLE.c.channel == bindparam("on_channel"), _TABLE.c.address_sum == bindparam("wanted")
)


def remember(conn: Connection, channel: str, address: str, now: datetime) -> None:
    """Write down that the customer at an address was erased now; a second time moves the moment."""
    wanted = _sum(secret_keys.get(conn, KEY, now), address)
    row = insert(conn, _TABLE).values(channel=channel, address_sum=wanted, erased_at=now)
    conn.execute(row.on_conflict_do_update(index_elements=["channel", "address_sum"], set_={"erased_at": now}))


def erased_at(conn: Connection, channel: str, address: str) -> datetime | None:
    """Return when the customer at an address was erased last, or None."""
    key = secret_keys.known(conn, KEY)
    if key is None:
        return None
    moment: datetime | None = conn.execute(_GET, {"on_channel": channel, "wanted": _sum(key, address)}).scalar()
    return moment


def _sum(key: bytes, address: str) -> str:
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
