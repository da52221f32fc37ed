"""The outbox: to be delivered.

A turn puts what is to be said here, in its own transaction. A delivery loop claims a row (marked `sending` and
committed before the call), does it, and settles it. A row found `sending` after a crash, or whose answer never came, is
*uncertain*: the bot's words and everything for a topic go out once more, marked `repeated`; an operator's words to a
customer stay `uncertain` until somebody says "send again" (contract, finer points).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal_column, select

from bot.domain.conversation import Place
from bot.domain.message import RichText, join
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging.topics import Topic
from bot.storage import schema

BOT, OPERATOR, CUSTOMER, SYSTEM = "bot", "operator", "customer", "system"
PENDING, SENDING, SENT, UNCERTAIN, FAILED = "pending", "sending", "sent", "uncertain", "failed"
GIVEN_UP_AFTER = timedelta(days=1)
JOINED_MOST = 3500
"""Units of text up to which waiting lines are put into one message; Telegram takes 4096."""

LOOKS = 4
NEW_WORDS = frozenset({Act.SAY, Act.COPY, Act.ATTACH})

_O, _T, _R = schema.outbox, schema.topics, schema.receipts
_PUT = _O.insert().returning(_O.c.id)
_KEEP_RECEIPT = _R.insert()


@dataclass(frozen=True, slots=True)
class Posting:
    """Something to be put into the outbox.

    Attributes:
        place: the chat; for a topic its group.
        outgoing: what is to be done there.
        author: whose words they are: bot, operator, customer or system.
        topic: the topic that it goes to, if any.
        conversation: our id of the conversation that it belongs to, if any.
        message: our id of the transcript's line that it carries, if any.
        target: the outbox id whose message is edited or pinned, if any.
        expires: after this it is of no use any more.
    """

    place: Place
    outgoing: Outgoing
    author: str = BOT
    topic: Topic | None = None
    conversation: int | None = None
    message: int | None = None
    target: int | None = None
    expires: datetime | None = None

    @property
    def lane(self) -> str:
        """Return the key within which order is kept; what no message needs to wait for has lanes of its own."""
        if self.outgoing.act is Act.ANSWER_PRESS:
            return f"{self.place.lane}:press"
        if self.outgoing.act is Act.SET_COMMANDS:
            return f"{self.place.lane}:menu"
        return self.topic.lane if self.topic else self.place.lane


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox that a delivery loop has taken up."""

    id: int
    place: Place
    lane: str
    outgoing: Outgoing
    author: str
    topic_id: int | None
    conversation_id: int | None
    message_id: int | None
    attempts: int
    repeated: bool
    created_at: datetime

    @property
    def repeatable(self) -> bool:
        """Whether it may go out twice: not an operator's new words to a customer; an edit says the same twice."""
        return self.author != OPERATOR or self.topic_id is not None or self.outgoing.act not in NEW_WORDS


def put(conn: Connection, postings: Iterable[Posting], now: datetime) -> list[int]:
    """Add what is to be delivered, in this order.

    Returns:
        The outbox ids.
    """
    return [
        int(
            conn.execute(
                _PUT,
                {
                    "channel": posting.place.channel,
                    "chat": posting.place.chat,
                    "topic_id": posting.topic.id if posting.topic else None,
                    "lane": posting.lane,
                    "conversation_id": posting.conversation,
                    "message_id": posting.message,
                    "target_id": posting.target,
                    "act": posting.outgoing.act.value,
                    "body": dict(posting.outgoing.body),
                    "author": posting.author,
                    "created_at": now,
                    "not_before": now,
                    "expires_at": posting.expires,
                },
            ).scalar_one()
        )
        for posting in postings
    ]


def _spelt(*states: str) -> list[Any]:
    """Return states as literals: with bound values neither database knows that a partial index holds all such rows."""
    return [literal_column(f"'{state}'") for state in states]


_OPEN = _O.c.state.in_(_spelt(PENDING, SENDING))
"""What still has to go; the words of the index `ix_outbox_due`, without which each look would read the whole table."""
_WAITS = _OPEN & (_O.c.state == literal_column(f"'{PENDING}'"))
_HEADS = select(func.min(_O.c.id).label("head")).where(_OPEN).group_by(_O.c.lane).subquery()
_TARGET = _R.alias("target")
_DUE = (
    select(_O, _T.c.thread, _T.c.state.label("topic_state"), _TARGET.c.external_id.label("target_message"))
    .join(_HEADS, _HEADS.c.head == _O.c.id)
    .outerjoin(_T, _T.c.id == _O.c.topic_id)
    .outerjoin(_TARGET, _TARGET.c.outbox_id == _O.c.target_id)
    .where(_O.c.state == PENDING, _O.c.not_before <= bindparam("now"), _O.c.id > bindparam("after"))
    .where(_O.c.channel.in_(bindparam("channels", expanding=True)))
    .where(_O.c.chat.not_in(bindparam("passed_over", expanding=True)))
    .order_by(_O.c.id)
    .limit(bindparam("most"))
)
_CLAIM = (
    _O.update()
    .where(_O.c.id.in_(bindparam("keys", expanding=True)), _O.c.state == PENDING)
    .values(state=SENDING, sending_at=bindparam("now"), attempts=_O.c.attempts + 1)
    .returning(_O.c.id)
)
_SENT = _O.update().where(_O.c.id == bindparam("key")).values(state=SENT, settled_at=bindparam("now"), error="")


def _read(row: Row[Any]) -> Delivery:
    body = dict(row.body)
    if row.target_id is not None:
        body["message"] = row.target_message or ""
    return Delivery(
        id=row.id,
        place=Place(row.channel, row.chat, row.thread or ""),
        lane=row.lane,
        outgoing=Outgoing(Act(row.act), body),
        author=row.author,
        topic_id=row.topic_id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        attempts=row.attempts + 1,
        repeated=row.repeated,
        created_at=row.created_at,
    )


def claim(
    conn: Connection, now: datetime, most: int, channels: Iterable[str], allow: Callable[[Delivery], bool]
) -> list[Delivery]:
    """Take up the first row of each lane that is due, and mark it `sending`.

    Args:
        conn: a connection.
        now: the time.
        most: rows looked at, four times at most: a group whose minute is used up has many topics that wait, and nobody
            else shall wait behind them.
        channels: those that are there; what waits for another hides nothing.
        allow: says whether a row may go now; one that may not keeps its place.
    """
    taken: list[Delivery] = []
    after, passed_over, there = 0, set[str](), sorted(channels)
    for _ in range(LOOKS):
        asked = {"now": now, "most": most, "after": after, "channels": there, "passed_over": sorted(passed_over)}
        rows = conn.execute(_DUE, asked).all()
        for row in rows:
            if row.expires_at is not None and row.expires_at < now:
                settle_failed(conn, row.id, "too late to be of use", now)
                continue
            delivery = _read(row)
            if allow(delivery):
                taken.append(delivery)
            else:
                passed_over.add(row.chat)
        if len(rows) < most:
            break
        after = rows[-1].id
    if not taken:
        return []
    claimed = set(conn.execute(_CLAIM, {"keys": [delivery.id for delivery in taken], "now": now}).scalars())
    return [delivery for delivery in taken if delivery.id in claimed]


def join_waiting(conn: Connection, delivery: Delivery, now: datetime) -> Delivery:
    """Put the customer's further lines that wait in the same topic into this message; they count as sent with it."""
    if not _joinable(delivery.outgoing, delivery.author):
        return delivery
    query = select(_O).where(_O.c.lane == delivery.lane, _O.c.id > delivery.id, _WAITS)
    parts, joined = [RichText.from_dict(delivery.outgoing.body["text"])], []
    for row in conn.execute(query.order_by(_O.c.id).limit(50)):
        if not _joinable(Outgoing(Act(row.act), row.body), row.author):
            break
        parts.append(RichText.from_dict(row.body["text"]))
        if sum(len(part.text) * 2 for part in parts) > JOINED_MOST:
            parts.pop()
            break
        joined.append(row.id)
    if not joined:
        return delivery
    body = {**delivery.outgoing.body, "text": join(parts).to_dict()}
    conn.execute(_O.update().where(_O.c.id == delivery.id), {"body": body})
    done = {"state": SENT, "settled_at": now, "error": f"joined into {delivery.id}"}
    conn.execute(_O.update().where(_O.c.id.in_(joined)), done)
    return _with_body(delivery, body)


def _joinable(outgoing: Outgoing, author: str) -> bool:
    return outgoing.act is Act.SAY and author == CUSTOMER and set(outgoing.body) <= {"text", "author", "name"}


def _with_body(delivery: Delivery, body: dict[str, Any]) -> Delivery:
    return replace(delivery, outgoing=Outgoing(delivery.outgoing.act, body))


def settle_sent(conn: Connection, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Write down that a delivery arrived, with what the channel gave back."""
    conn.execute(_SENT, {"key": delivery.id, "now": now})
    if receipt.message or receipt.thread:
        conn.execute(
            _KEEP_RECEIPT,
            {
                "outbox_id": delivery.id,
                "channel": delivery.place.channel,
                "chat": delivery.place.chat,
                "thread": receipt.thread or delivery.place.thread,
                "external_id": receipt.message,
            },
        )


def settle_later(conn: Connection, delivery: Delivery, reason: str, wait: timedelta, now: datetime) -> bool:
    """Put a delivery that surely did not arrive back into its place, until `wait` has passed.

    Returns:
        False when a day has passed since it was written: then it is failed.
    """
    if now - delivery.created_at > GIVEN_UP_AFTER:
        settle_failed(conn, delivery.id, reason, now)
        return False
    values = {"state": PENDING, "not_before": now + wait, "error": reason[:500]}
    conn.execute(_O.update().where(_O.c.id == delivery.id), values)
    return True


def settle_uncertain(
    conn: Connection, delivery: Delivery, reason: str, wait: timedelta, now: datetime, *, killed: bool = False
) -> bool:
    """Settle a delivery of which nobody knows whether it arrived.

    Args:
        conn: a connection.
        delivery: the row.
        reason: why nobody knows.
        wait: until it goes out again.
        now: the time.
        killed: the process ended while it was sent: that it was repeated before is no reason to give it up.

    Returns:
        True when it goes out once more, marked; False when it stays uncertain until somebody decides.
    """
    if delivery.repeatable and (killed or not delivery.repeated):
        values = {"state": PENDING, "repeated": True, "not_before": now + wait, "error": reason[:500]}
        conn.execute(_O.update().where(_O.c.id == delivery.id), values)
        return True
    values = {"state": UNCERTAIN, "settled_at": now, "error": reason[:500]}
    conn.execute(_O.update().where(_O.c.id == delivery.id), values)
    return False


def settle_failed(conn: Connection, key: int, reason: str, now: datetime) -> None:
    """Write down that a delivery will never arrive."""
    conn.execute(_O.update().where(_O.c.id == key), {"state": FAILED, "settled_at": now, "error": reason[:500]})


def interrupted(conn: Connection) -> list[Delivery]:
    """Return the rows that were being sent when the process ended; for the start, before any loop runs."""
    query = (
        select(_O, _T.c.thread, _TARGET.c.external_id.label("target_message"))
        .outerjoin(_T, _T.c.id == _O.c.topic_id)
        .outerjoin(_TARGET, _TARGET.c.outbox_id == _O.c.target_id)
        .where(_OPEN, _O.c.state == SENDING)
        .order_by(_O.c.id)
    )
    return [_read(row) for row in conn.execute(query)]


def again(conn: Connection, key: int, conversation: int, now: datetime) -> bool:
    """Send an uncertain delivery once more, because somebody said so; it is marked as possibly repeated.

    Returns:
        False when it is not uncertain: sent, failed, or already on its way.
    """
    values = {"state": PENDING, "repeated": True, "not_before": now, "error": ""}
    theirs = (_O.c.id == key) & (_O.c.conversation_id == conversation) & (_O.c.state == UNCERTAIN)
    return conn.execute(_O.update().where(theirs), values).rowcount == 1


def move_topic(conn: Connection, old: int, new: Topic, first: int, now: datetime) -> None:
    """Send what still waits for a topic that is gone to its successor, behind the rows that open it.

    Args:
        conn: a connection.
        old: our id of the topic that is gone.
        new: the topic that takes its place.
        first: the delivery that found it gone; it is sent again as well.
        now: the time.
    """
    query = select(_O).where(_O.c.topic_id == old, (_O.c.state == PENDING) | (_O.c.id == first)).order_by(_O.c.id)
    for row in conn.execute(query).all():
        if row.act in NEW_WORDS:
            place = Place(new.place.channel, new.place.chat)
            moved = Posting(
                place, Outgoing(Act(row.act), row.body), row.author, new, row.conversation_id, row.message_id
            )
            put(conn, [moved], now)
        settle_failed(conn, row.id, "moved to a new topic", now)


def move_chat(conn: Connection, channel: str, old: str, new: str) -> None:
    """Take over a chat's new id for all that waits for it."""
    query = select(_O.c.id, _O.c.lane).where(
        _O.c.channel == channel, _O.c.chat == old, _O.c.state.in_((PENDING, SENDING, UNCERTAIN))
    )
    for row in conn.execute(query).all():
        lane = row.lane.replace(f"{channel}:{old}", f"{channel}:{new}", 1)
        conn.execute(_O.update().where(_O.c.id == row.id), {"chat": new, "lane": lane})


def sent_lately(conn: Connection, since: datetime) -> Sequence[tuple[str, str, str, datetime]]:
    """Return (channel, chat, act, when) of what was sent since then, oldest first, to fill the limits after a start."""
    query = select(_O.c.channel, _O.c.chat, _O.c.act, _O.c.sending_at).where(_O.c.sending_at >= since)
    return [(row.channel, row.chat, row.act, row.sending_at) for row in conn.execute(query.order_by(_O.c.sending_at))]


def counts(conn: Connection) -> dict[str, int]:
    """Return how many rows are in each state that needs attention."""
    found = dict.fromkeys((PENDING, SENDING, UNCERTAIN, FAILED), 0)
    for which in (_OPEN, _O.c.state.in_(_spelt(UNCERTAIN, FAILED))):
        rows = conn.execute(select(_O.c.state, func.count()).where(which).group_by(_O.c.state))
        found |= {row.state: row[1] for row in rows}
    return found


def oldest_due(conn: Connection, now: datetime) -> timedelta:
    """Return how long the oldest row that could go has waited."""
    query = select(func.min(_O.c.created_at)).where(_WAITS, _O.c.not_before <= now)
    oldest = conn.execute(query).scalar()
    return now - oldest if oldest else timedelta(0)


def carrying(conn: Connection, message: int) -> int | None:
    """Return the outbox id that carries a transcript's line to the customer, or None."""
    query = select(_O.c.id).where(_O.c.message_id == message, _O.c.topic_id.is_(None)).order_by(_O.c.id).limit(1)
    return conn.execute(query).scalar()


def states(conn: Connection, messages: Sequence[int]) -> dict[int, tuple[str, bool, str, int]]:
    """Return (state, repeated, error, outbox id) of the delivery that carries each line of a transcript."""
    if not messages:
        return {}
    query = select(_O.c.message_id, _O.c.state, _O.c.repeated, _O.c.error, _O.c.id).where(
        _O.c.message_id.in_(messages), _O.c.topic_id.is_(None)
    )
    return {row.message_id: (row.state, row.repeated, row.error, row.id) for row in conn.execute(query)}
