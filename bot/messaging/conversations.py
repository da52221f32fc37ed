"""Conversations and the customers behind them.

The first word from an unknown address makes a customer and a conversation; the name that the channel shows is kept
current. `flow` is what the bot waits for from this customer, such as a comment on a score.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.domain.conversation import Author, Place
from bot.domain.people import one_line
from bot.storage import schema
from bot.storage.database import insert, lock_row

_C, _P = schema.conversations, schema.customers


@dataclass(frozen=True, slots=True)
class Conversation:
    """One customer on one channel address.

    Attributes:
        id: our id.
        customer_id: our id of the customer.
        place: the customer's address on the channel.
        name: the customer's name as the channel shows it, one line.
        username: without the @, may be empty.
        phone: in E.164, or empty.
        language: of what the bot says, one of the settings' languages.
        language_chosen: the customer chose it; it is not guessed any more.
        blocked: the customer has blocked the bot.
        banned: staff do not want to hear from this customer.
        flow: what the bot waits for, JSON.
        since: when the customer first wrote.
        email: as the customer left it, or empty.
        ban_reason: why, as staff wrote it; empty for nothing.
        slowed_at: since when messages come too fast to be shown one by one, or None.
        held_from: our id of the first of those that staff have not seen, or None.
    """

    id: int
    customer_id: int
    place: Place
    name: str
    username: str
    phone: str
    language: str
    language_chosen: bool
    blocked: bool
    banned: bool
    flow: dict[str, Any] = field(hash=False)
    since: datetime
    email: str = ""
    ban_reason: str = ""
    slowed_at: datetime | None = None
    held_from: int | None = None


def _joined() -> Select[Any]:
    return select(_C, _P.c.name, _P.c.username, _P.c.phone, _P.c.email).join(_P, _P.c.id == _C.c.customer_id)


_BY_PLACE = _joined().where(_C.c.channel == bindparam("channel"), _C.c.chat == bindparam("chat"))
_BY_ID = _joined().where(_C.c.id == bindparam("key"))
_ADD_CUSTOMER = _P.insert().returning(_P.c.id)


def _read(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        customer_id=row.customer_id,
        place=Place(row.channel, row.chat),
        name=row.name,
        username=row.username,
        phone=row.phone,
        language=row.language,
        language_chosen=row.language_chosen,
        blocked=row.blocked,
        banned=row.banned,
        flow=row.flow,
        since=row.created_at,
        email=row.email,
        ban_reason=row.ban_reason,
        slowed_at=row.slowed_at,
        held_from=row.held_from,
    )


def _locked(conn: Connection, query: Select[Any], *, skip: bool = False) -> Select[Any]:
    """Return a query whose conversation one turn has at a time; rows that belong to it may still be written.

    A plain FOR UPDATE would hold up whoever writes such a row, for the sake of its foreign key: the delivery loops,
    which hold rows that the turn may want.
    """
    return query.with_for_update(of=_C, key_share=True, skip_locked=skip) if lock_row(conn) else query


def find(conn: Connection, place: Place, *, lock: bool = False) -> Conversation | None:
    """Return the conversation at a customer's address; locked, nobody else changes it until the commit."""
    query = _locked(conn, _BY_PLACE) if lock else _BY_PLACE
    row = conn.execute(query, {"channel": place.channel, "chat": place.chat}).one_or_none()
    return _read(row) if row else None


def get(conn: Connection, key: int, *, lock: bool = False) -> Conversation | None:
    """Return the conversation with this id, or None."""
    query = _locked(conn, _BY_ID) if lock else _BY_ID
    row = conn.execute(query, {"key": key}).one_or_none()
    return _read(row) if row else None


def at_rest(conn: Connection, key: int) -> Conversation | None:
    """Return a conversation, locked; None also while another turn has it, for which nobody waits here.

    For who holds one conversation already, or goes through several: two who waited for each other would never end.
    """
    row = conn.execute(_locked(conn, _BY_ID, skip=True), {"key": key}).one_or_none()
    return _read(row) if row else None


def languages(conn: Connection, keys: Collection[int]) -> dict[int, str]:
    """Return the languages of some conversations."""
    return {row.id: row.language for row in conn.execute(select(_C.c.id, _C.c.language).where(_C.c.id.in_(keys)))}


def languages_of_heard(conn: Connection, keys: Collection[int]) -> dict[int, str]:
    """Return the languages of those whose words may be shown: what somebody banned writes is shown to nobody."""
    heard = (_C.c.id.in_(keys), _C.c.banned.is_(False))
    return {row.id: row.language for row in conn.execute(select(_C.c.id, _C.c.language).where(*heard))}


def slowed(conn: Connection, most: int) -> list[int]:
    """Return conversations whose messages came too fast, the longest ago first."""
    query = select(_C.c.id).where(_C.c.slowed_at.is_not(None)).order_by(_C.c.slowed_at).limit(most)
    return list(conn.execute(query).scalars())


def meet(conn: Connection, place: Place, author: Author, language: str, now: datetime) -> tuple[Conversation, bool]:
    """Return the conversation at an address, locked, made if this is the customer's first word.

    Returns:
        The conversation, and whether it is new.
    """
    found = find(conn, place, lock=True)
    if found:
        return _renamed(conn, found, author), False
    who = {"name": author.name, "username": author.username, "created_at": now}
    customer = conn.execute(_ADD_CUSTOMER, who).scalar_one()
    values = {
        "customer_id": customer,
        "channel": place.channel,
        "chat": place.chat,
        "language": language,
        "flow": {},
        "created_at": now,
    }
    statement = insert(conn, _C).on_conflict_do_nothing(index_elements=["channel", "chat"])
    made = conn.execute(statement, values).rowcount == 1
    if not made:  # another worker met the same customer a moment ago
        conn.execute(_P.delete().where(_P.c.id == customer))
    conversation = find(conn, place, lock=True)
    assert conversation is not None  # noqa: S101 the row was inserted or was there
    return conversation, made


def _renamed(conn: Connection, found: Conversation, author: Author) -> Conversation:
    if not author.name or author.made_up or (found.name, found.username) == (author.name, author.username):
        return found
    conn.execute(_P.update().where(_P.c.id == found.customer_id), {"name": author.name, "username": author.username})
    return get(conn, found.id) or found


def change(conn: Connection, key: int, **values: Any) -> None:  # noqa: ANN401 column values
    """Change columns of a conversation: language, flow, blocked and so on."""
    conn.execute(_C.update().where(_C.c.id == key), values)


def keep_phone(conn: Connection, customer: int, phone: str) -> None:
    """Remember a customer's phone number, E.164."""
    conn.execute(_P.update().where(_P.c.id == customer), {"phone": phone})


def keep_email(conn: Connection, customer: int, email: str) -> None:
    """Remember a customer's e-mail address, checked."""
    conn.execute(_P.update().where(_P.c.id == customer), {"email": email})


def keep_name(conn: Connection, customer: int, name: str) -> None:
    """Remember a customer's own name, as one line; what a channel makes up does not replace it."""
    name = one_line(name)
    if not name:
        return
    conn.execute(_P.update().where(_P.c.id == customer), {"name": name})
