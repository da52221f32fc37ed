"""Who asked to be forgotten: what arrives late of an erased customer must not bring anything back.

Anna is erased at noon. Her address is kept as a sum with a key, with that moment: an update of hers from eleven, sent
once more by Telegram, is dropped; what she writes at one begins as somebody new.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.storage import schema, secret_keys
from bot.storage.database import insert

KEY = "erasures"
_TABLE, _C = schema.erasures, schema.conversations.c
_GET = select(_TABLE.c.erased_at).where(
    _TABLE.c.channel == bindparam("on_channel"), _TABLE.c.address_sum == bindparam("wanted")
)


@dataclass(frozen=True, slots=True)
class Tombstones:
    """Who was erased: the key of the sums, and (channel, sum, when) of each address."""

    key: bytes
    rows: Sequence[tuple[str, str, datetime]]


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


def all_of(conn: Connection) -> Tombstones | None:
    """Return all that was written down, to be brought into a copy that knows less; None when nobody was erased."""
    key = secret_keys.known(conn, KEY)
    rows = conn.execute(select(_TABLE)).all() if key is not None else []
    return Tombstones(key, [(row.channel, row.address_sum, row.erased_at) for row in rows]) if key and rows else None


def bring(conn: Connection, known: Tombstones, now: datetime) -> list[int]:
    """Write down in a restored copy who was erased after it was made.

    Returns:
        Our ids of the customers who are in it again and should not be.
    """
    ours = secret_keys.get(conn, KEY, now, made=known.key)
    if ours == known.key:
        for channel, wanted, at in known.rows:
            row = insert(conn, _TABLE).values(channel=channel, address_sum=wanted, erased_at=at)
            conn.execute(row.on_conflict_do_update(index_elements=["channel", "address_sum"], set_={"erased_at": at}))
    erased = {(channel, wanted): at for channel, wanted, at in known.rows}
    places = conn.execute(select(_C.customer_id, _C.channel, _C.chat, _C.created_at)).all()
    again = {
        row.customer_id
        for row in places
        if (gone := erased.get((row.channel, _sum(known.key, row.chat)))) is not None and row.created_at <= gone
    }
    return sorted(again)


def _sum(key: bytes, address: str) -> str:
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
