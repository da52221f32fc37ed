"""Receipts: the channel's ids of what was delivered, and so which message is the copy of which.

Anna's "It is broken" is line 41 of the transcript; its copy in her topic is message 77 there. Olga quotes 77, and the
customer sees Anna's own message quoted. Several lines that went as one message have that message's id, each; an album
has an id for each of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from bot.domain.conversation import Place
from bot.domain.ports import Act, Receipt
from bot.storage import schema

_O, _R = schema.outbox, schema.receipts
_KEEP = _R.insert()
NEW_WORDS = frozenset({Act.SAY, Act.COPY, Act.ATTACH})
"""What makes a message of its own."""
_NEW = [act.value for act in NEW_WORDS]


@dataclass(frozen=True, slots=True)
class Copied:
    """A delivery that carries a line of the transcript.

    Attributes:
        outbox: its id there; what edits, quotes or deletes the message names it.
        line: our id of the line.
        topic: our id of the topic that it went to, None for the customer's own place.
        state: as in the outbox; of an album's part that of the whole album.
        act: what was done: said, copied or attached.
        captioned: its text is a caption.
        lead: the delivery with which it goes: itself, or the first part of its album.
    """

    outbox: int
    line: int
    topic: int | None
    state: str
    act: Act
    captioned: bool = False
    lead: int = 0


def keep(conn: Connection, outbox: int, place: Place, receipt: Receipt, along: Sequence[int] = ()) -> None:
    """Write down what the channel gave back for a delivery.

    Args:
        conn: a connection.
        outbox: the delivery's id.
        place: where it went.
        receipt: what came back; nothing is kept of an empty one.
        along: deliveries whose content went along in this one, in their order.
    """
    if not receipt.message and not receipt.thread:
        return
    thread = receipt.thread or place.thread
    ids = [receipt.message, *receipt.others] if receipt.others else [receipt.message] * (1 + len(along))
    rows = [
        {"outbox_id": key, "channel": place.channel, "chat": place.chat, "thread": thread, "external_id": message}
        for key, message in zip([outbox, *along], ids, strict=False)
    ]
    conn.execute(_KEEP, rows)


def forget(conn: Connection, outbox: Sequence[int]) -> None:
    """Let the receipts of deliveries go that are let go themselves."""
    conn.execute(_R.delete().where(_R.c.outbox_id.in_(outbox)))


def copies(conn: Connection, line: int, *, failed: bool = False) -> list[Copied]:
    """Return what carries a line, on its way or delivered, oldest first; edits are left out, and what has failed."""
    first = _O.alias("first")
    state = func.coalesce(first.c.state, _O.c.state).label("state")
    query = select(_O.c.id, _O.c.topic_id, _O.c.act, state, func.coalesce(first.c.id, _O.c.id).label("lead"))
    query = query.outerjoin(first, first.c.id == _O.c.lead_id).where(_O.c.message_id == line, _O.c.act.in_(_NEW))
    rows = conn.execute((query if failed else query.where(state != "failed")).order_by(_O.c.id))
    captioned = [(row, row.act != Act.SAY.value) for row in rows]
    return [Copied(row.id, line, row.topic_id, row.state, Act(row.act), is_so, row.lead) for row, is_so in captioned]


def to_customer(conn: Connection, line: int, *, failed: bool = False) -> list[Copied]:
    """Return what carries a line to the customer, a long text in its parts; what has failed only when asked for."""
    return [copied for copied in copies(conn, line, failed=failed) if copied.topic is None]


def carrying(conn: Connection, line: int) -> int | None:
    """Return the delivery that carries a line to the customer, or None."""
    query = select(_O.c.id).where(_O.c.message_id == line, _O.c.topic_id.is_(None)).order_by(_O.c.id).limit(1)
    return conn.execute(query).scalar()


def in_topic(conn: Connection, line: int, topic: int) -> int | None:
    """Return the delivery that brought a line into a topic, None when nothing did."""
    return next((copied.outbox for copied in copies(conn, line) if copied.topic == topic), None)


def line_at(conn: Connection, place: Place, message: str) -> tuple[int, int] | None:
    """Return (conversation, line) of what we delivered as a message of a chat, the newest; None for anything else."""
    query = (
        select(_O.c.conversation_id, _O.c.message_id)
        .join(_R, _R.c.outbox_id == _O.c.id)
        .where(_R.c.channel == place.channel, _R.c.chat == place.chat, _R.c.external_id == message)
        .where(_O.c.message_id.is_not(None))
        .order_by(_O.c.id)
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return (row.conversation_id, row.message_id) if row and row.conversation_id is not None else None


def withdrawals(conn: Connection, messages: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return (state, error) of the last try to take each line of a transcript back from the customer."""
    if not messages:
        return {}
    query = select(_O.c.message_id, _O.c.state, _O.c.error).where(_O.c.message_id.in_(messages))
    rows = conn.execute(query.where(_O.c.act == Act.DELETE.value, _O.c.topic_id.is_(None)).order_by(_O.c.id))
    return {row.message_id: (row.state, row.error) for row in rows}


def states(conn: Connection, messages: Sequence[int]) -> dict[int, tuple[str, bool, str, int]]:
    """Return (state, repeated, error, outbox id) of the delivery that carries each line of a transcript."""
    if not messages:
        return {}
    lead = _O.alias("lead")
    own = select(_O.c.message_id, func.coalesce(_O.c.lead_id, _O.c.id).label("lead"))
    carried = own.where(_O.c.message_id.in_(messages), _O.c.topic_id.is_(None), _O.c.act.in_(_NEW)).subquery()
    query = select(carried.c.message_id, lead.c.state, lead.c.repeated, lead.c.error, lead.c.id)
    rows = conn.execute(query.join(lead, lead.c.id == carried.c.lead).order_by(lead.c.id))
    return {row.message_id: (row.state, row.repeated, row.error, row.id) for row in rows}
