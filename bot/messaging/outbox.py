"""The outbox: to be delivered.

A turn puts what is to be said here, in its own transaction. A delivery loop claims a row (marked `sending` and
committed before the call), does it, and settles it. A row found `sending` after a crash, or whose answer never came, is
*uncertain*: the bot's words and everything for a topic go out once more, marked `repeated`; an operator's words to a
customer stay `uncertain` until somebody says "send again" (contract, finer points).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, bindparam, exists, func, select

from bot.domain.conversation import Place
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import due, receipts
from bot.messaging.deliveries import BOT, CUSTOMER, OPERATOR, Delivery, Posting
from bot.messaging.due import PENDING, SENDING, STILL_WAITS, SYSTEM
from bot.messaging.receipts import NEW_WORDS
from bot.messaging.topics import Topic
from bot.storage import schema
from bot.storage.columns import spelt
from bot.storage.database import lock_row

SENT, UNCERTAIN, FAILED = "sent", "uncertain", "failed"
__all__ = ["BOT", "CUSTOMER", "OPERATOR", "PENDING", "SENDING", "SYSTEM", "Delivery", "Posting"]  # as if written here
GIVEN_UP_AFTER = timedelta(days=1)
ANSWERS_KEPT, LOOKS_KEPT = timedelta(hours=1), timedelta(days=2)
"""How long that is kept which is over: answers to presses and searches, menus and marks; changes of a topic's looks.

The marks of an hour are what a group's minute and a person's searches are counted by.
"""
AT_A_TIME = 500
"""Rows that are let go in one transaction."""
CARD = "card"
"""The key in the body of a SAY that makes it the topic's card; its value is the ticket."""
JOINED = "joined"
"""In the body of a delivery: how many others go along with it."""
LOOKS = 4
WAITED_IN_A_COPY = "it waited when the copy was made that was restored"
_O, _C = schema.outbox, schema.conversations.c
_PUT = _O.insert().returning(_O.c.id)


def put(conn: Connection, postings: Iterable[Posting], now: datetime) -> list[int]:
    """Add what is to be delivered, in this order.

    A change of a topic's looks that need not wait is not held up by one that waits in the same lane.

    Returns:
        The outbox ids.
    """
    postings = list(postings)
    for lane in {one.lane for one in postings if one.hurries(now)}:
        conn.execute(_O.update().where(STILL_WAITS, _O.c.lane == lane, _O.c.not_before > now), {"not_before": now})
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
                    "quote_id": posting.quote,
                    "act": posting.outgoing.act.value,
                    "body": dict(posting.outgoing.body),
                    "author": posting.author,
                    "created_at": now,
                    "not_before": posting.not_before or now,
                    "expires_at": posting.expires,
                },
            ).scalar_one()
        )
        for posting in postings
    ]


_CLAIM = (
    _O.update()
    .where(_O.c.id.in_(bindparam("keys", expanding=True)), _O.c.state == spelt(PENDING))
    .values(state=SENDING, sending_at=bindparam("now"), attempts=_O.c.attempts + 1)
    .returning(_O.c.id)
)
_SENT = _O.update().where(_O.c.id == bindparam("key")).values(state=SENT, settled_at=bindparam("now"), error="")


def read(row: Row[Any], *, overtaken: bool = False) -> Delivery:
    """Return a row, looked up with its neighbours, as a delivery."""
    body = dict(row.body)
    if row.target_id is not None:
        body["message"] = row.target_message or ""
    if row.quoted_message:
        body["reply_to"] = row.quoted_message
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
        target_id=row.target_id,
        overtaken=overtaken,
    )


def claim(
    conn: Connection,
    now: datetime,
    most: int,
    channels: Iterable[str],
    allow: Callable[[Delivery], bool],
    owing: Iterable[str] = (),
) -> list[Delivery]:
    """Take up the first row of each lane that is due, in the order of `due.rows`, and mark it `sending`.

    Args:
        conn: a connection.
        now: the time.
        most: rows taken up, and looked at four times at most: a group whose minute is used up has many topics that
            wait, and nobody else shall wait behind them.
        channels: those that are there; what waits for another hides nothing.
        allow: says whether a row may go now; one that may not keeps its place.
        owing: chats in which who was overtaken for long is next.
    """
    taken: list[Delivery] = []
    place, passed_over = due.FIRST, set[str]()
    for _ in range(LOOKS):
        rows = due.rows(conn, now, most, channels, owing, place, passed_over)
        for row in rows:
            if row.expires_at is not None and row.expires_at < now:
                settle_failed(conn, row.id, "too late to be of use", now)
                continue
            delivery = read(row, overtaken=row.goes == due.OVERTAKEN)
            if allow(delivery):
                taken.append(delivery)
            elif row.goes != due.AT_ONCE:  # its limit, if any, is not that of the chat's messages
                passed_over.add(row.chat)
        if len(rows) < most or len(taken) >= most:
            break
        place = rows[-1].goes, rows[-1].id
    if not taken:
        return []
    claimed = set(conn.execute(_CLAIM, {"keys": [delivery.id for delivery in taken], "now": now}).scalars())
    return [delivery for delivery in taken if delivery.id in claimed]


def absorb(
    conn: Connection, delivery: Delivery, change: Mapping[str, Any], others: Sequence[Delivery], now: datetime
) -> Delivery:
    """Let others that wait go along with a delivery, changed so that it says all: its fate and receipt are theirs."""
    if not others:
        return delivery
    before = int(delivery.outgoing.body.get(JOINED, 0))  # at an earlier try, which did not arrive
    body = {**delivery.outgoing.body, **change, JOINED: before + len(others)}
    kept = {key: value for key, value in body.items() if key != "message"} if delivery.target_id else body
    conn.execute(_O.update().where(_O.c.id == delivery.id), {"body": kept})
    done = {"state": SENT, "settled_at": now, "lead_id": delivery.id, "error": f"joined into {delivery.id}"}
    conn.execute(_O.update().where(_O.c.id.in_([one.id for one in others]), _O.c.state == PENDING), done)
    return replace(delivery, outgoing=Outgoing(delivery.outgoing.act, body))


def reword(conn: Connection, delivery: Delivery, change: Mapping[str, Any], without: Collection[str]) -> None:
    """Change what a delivery carries that did not arrive, and drop some of it."""
    body = {key: value for key, value in {**delivery.outgoing.body, **change}.items() if key not in without}
    conn.execute(_O.update().where(_O.c.id == delivery.id), {"body": body})


def settle_unneeded(conn: Connection, key: int, state: str, now: datetime, why: str = "nothing to change") -> bool:
    """Write down that something need not or must not go; False when it is not in that state any more."""
    values = {"state": SENT, "settled_at": now, "error": why}
    return conn.execute(_O.update().where(_O.c.id == key, _O.c.state == state), values).rowcount == 1


def withdraw(conn: Connection, key: int, now: datetime, why: str) -> bool:
    """Take something back that is not out: it will not go, nor with the rest of its album when that is sent again.

    Returns:
        False when it is out, or being sent; also for something alone that did not arrive: nothing sends it by itself.
    """
    lead = conn.execute(select(_O.c.lead_id).where(_O.c.id == key)).scalar_one() or key
    rows = conn.execute(select(_O).where((_O.c.id == lead) | (_O.c.lead_id == lead)).order_by(_O.c.id)).all()
    first, parts = rows[0], list(rows[0].body.get("parts") or ())
    if len(rows) < 2 or len(parts) != len(rows) or first.state not in {PENDING, UNCERTAIN, FAILED}:  # noqa: PLR2004 an album
        return settle_unneeded(conn, key, PENDING, now, why)
    place = next(number for number, row in enumerate(rows) if row.id == key)
    own, leaves = (rows[1].message_id, rows[1].id) if place == 0 else (first.message_id, key)
    del parts[place]
    body = {**first.body, **parts[0], "parts": parts, JOINED: len(parts) - 1}
    alone = {name: value for name, value in body.items() if name not in {"parts", JOINED, "album"}}
    change = _O.update().where(_O.c.id == first.id, _O.c.state == first.state)
    if conn.execute(change.values(body=body if len(parts) > 1 else alone, message_id=own)).rowcount != 1:
        return False
    conn.execute(
        _O.update().where(_O.c.id == leaves).values(lead_id=None, message_id=rows[place].message_id, error=why)
    )
    return True


def send_by_file(conn: Connection, key: int) -> None:
    """Let a copy that has not gone be made of the file that was read: in its original stands another one by now."""
    mine = (_O.c.id == key) & (_O.c.state != SENT) & (_O.c.act == Act.COPY.value)
    body = conn.execute(select(_O.c.body).where(mine)).scalar()
    if body is not None and "text" in body:
        kept = {name: value for name, value in body.items() if name not in {"chat", "message"}}
        conn.execute(_O.update().where(mine), {"body": kept})


def settle_sent(conn: Connection, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Write down that a delivery arrived, with what the channel gave back."""
    conn.execute(_SENT, {"key": delivery.id, "now": now})
    if delivery.outgoing.act is Act.ANSWER_SEARCH:  # up to twenty texts for each key that is pressed
        conn.execute(_O.update().where(_O.c.id == delivery.id), {"body": {}})
    along: Sequence[int] = ()
    if delivery.outgoing.body.get(JOINED):
        along = conn.execute(select(_O.c.id).where(_O.c.lead_id == delivery.id).order_by(_O.c.id)).scalars().all()
    receipts.keep(conn, delivery.id, delivery.place, receipt, along)


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
    goes_again = delivery.repeatable and (killed or not delivery.repeated)
    waits = {"state": PENDING, "repeated": True, "not_before": now + wait, "error": reason[:500]}
    stays = {"state": UNCERTAIN, "settled_at": now, "error": reason[:500]}
    conn.execute(_O.update().where(_O.c.id == delivery.id), waits if goes_again else stays)
    return goes_again


def settle_failed(conn: Connection, key: int, reason: str, now: datetime) -> None:
    """Write down that a delivery will never arrive."""
    conn.execute(_O.update().where(_O.c.id == key), {"state": FAILED, "settled_at": now, "error": reason[:500]})


def hold(conn: Connection, delivery: Delivery, reason: str, wait: timedelta, now: datetime) -> None:
    """Put a delivery that was refused back into its place, because the refusal may end; a day at most."""
    if now - delivery.created_at <= GIVEN_UP_AFTER:
        values = {"state": PENDING, "not_before": now + wait, "settled_at": None, "error": reason[:500]}
        conn.execute(_O.update().where(_O.c.id == delivery.id), values)


def wake(conn: Connection, channel: str, chat: str, now: datetime) -> None:
    """Let all that waits for a chat go now, because what stood in the way is over."""
    there = STILL_WAITS & (_O.c.channel == channel) & (_O.c.chat == chat)
    _take_in_order(conn, there, _O.c.not_before > now)
    conn.execute(_O.update().where(there, _O.c.not_before > now), {"not_before": now})


def _take_in_order(conn: Connection, *which: ColumnElement[bool]) -> None:
    """Lock rows one behind the other by their id: two who change many in another order could wait for each other."""
    if lock_row(conn):
        conn.execute(select(_O.c.id).where(*which).order_by(_O.c.id).with_for_update())


def again(conn: Connection, key: int, conversation: int, now: datetime, change: Mapping[str, Any]) -> bool:
    """Send a delivery once more that is uncertain or failed, because somebody said so.

    One that was uncertain is marked as possibly repeated. It has a day again in which it may be tried. `change` is what
    of its body is other now, where its words were changed meanwhile.

    Returns:
        False when it is neither: sent, or already on its way.
    """
    theirs = (_O.c.id == key) & (_O.c.conversation_id == conversation)
    changed: dict[str, Any] = {}
    if change:
        changed = {"body": {**(conn.execute(select(_O.c.body).where(theirs)).scalar() or {}), **change}}
    for state, more in ((UNCERTAIN, {"repeated": True}), (FAILED, {"created_at": now})):
        values = {"state": PENDING, "not_before": now, "error": "", **more, **changed}
        if conn.execute(_O.update().where(theirs & (_O.c.state == state)), values).rowcount == 1:
            return True
    return False


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
        if row.act in NEW_WORDS and CARD not in row.body:
            place = Place(new.place.channel, new.place.chat)
            one = Posting(place, Outgoing(Act(row.act), row.body), row.author, new, row.conversation_id, row.message_id)
            (key,) = put(conn, [one], now)
            if row.body.get(JOINED):
                conn.execute(_O.update().where(_O.c.lead_id == row.id), {"lead_id": key})
        settle_failed(conn, row.id, "moved to a new topic", now)


def move_chat(conn: Connection, channel: str, old: str, new: str) -> None:
    """Take over a chat's new id for all that waits for it."""
    theirs = (_O.c.channel == channel) & (_O.c.chat == old) & _O.c.state.in_((PENDING, SENDING, UNCERTAIN))
    query = select(_O.c.id, _O.c.lane).where(theirs).order_by(_O.c.id)
    for row in conn.execute(query).all():
        lane = row.lane.replace(f"{channel}:{old}", f"{channel}:{new}", 1)
        conn.execute(_O.update().where(_O.c.id == row.id), {"chat": new, "lane": lane})


def doubted(now: datetime) -> tuple[Executable, ...]:
    """Return what is to be done with the outbox of a copy that is restored: what waited may have gone since.

    No customer gets words twice: the bot's are *uncertain* and stay so, an operator's are left as if the bot had been
    killed while they were sent, so that at the next start their topic offers "send again". What is for a topic, for
    staff or for another system goes once more, marked; so do changes, which say the same twice.
    """
    known = exists().where(_C.channel == _O.c.channel, _C.chat == _O.c.chat)
    told = due.STILL_OPEN & _O.c.topic_id.is_(None) & _O.c.act.in_(sorted(act.value for act in NEW_WORDS)) & known
    theirs = _O.c.author == OPERATOR
    return (
        _O.update().where(told, ~theirs).values(state=UNCERTAIN, settled_at=now, error=WAITED_IN_A_COPY),
        _O.update().where(due.STILL_OPEN, ~told).values(state=PENDING, repeated=True, error=WAITED_IN_A_COPY),
        _O.update().where(told, theirs).values(state=SENDING, error=WAITED_IN_A_COPY),
    )


def doubted_in(conn: Connection) -> tuple[int, int, int]:
    """Return how many rows each statement of `doubted` has changed."""
    found = select(_O.c.state, func.count()).where(_O.c.error == WAITED_IN_A_COPY).group_by(_O.c.state)
    counts = {row.state: int(row[1]) for row in conn.execute(found)}
    return counts.get(UNCERTAIN, 0), counts.get(PENDING, 0), counts.get(SENDING, 0)


def supersede(conn: Connection, lane: str) -> None:
    """Drop what waits in a lane and was not taken up: something newer makes it useless."""
    conn.execute(_O.delete().where(_O.c.lane == lane, STILL_WAITS))


def forget(conn: Connection, now: datetime) -> int:
    """Let some go of what is settled and what nobody will look for: quotes, changes and receipts of words stay.

    Returns:
        How many rows went.
    """
    gone = 0
    for which, kept in ((due.ANSWERS, ANSWERS_KEPT), (due.LOOKS, LOOKS_KEPT)):
        old = which & _O.c.state.in_((SENT, FAILED)) & (_O.c.settled_at < now - kept)
        keys = conn.execute(select(_O.c.id).where(old).order_by(_O.c.settled_at).limit(AT_A_TIME)).scalars().all()
        if keys:
            receipts.forget(conn, keys)
            gone += conn.execute(_O.delete().where(_O.c.id.in_(keys))).rowcount
    return gone
