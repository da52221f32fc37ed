"""What follows when a group has a new id: what waits for it goes there, what would be copied from it goes by its file.

Olga's photo is on its way to Anna while the operators' group is upgraded. Telegram says so in the answer to the copy:
it is the group that has moved, not Anna's chat. The ids of the group's messages stayed behind with its old id, so the
photo goes by the id of its file, which the transcript has.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.ports import Act, Moved, Refused, Why
from bot.messaging import outbox, topics, transcript
from bot.messaging.outbox import Delivery

FOLLOWED_MOST = 5
"""Tries after which a delivery does not follow its group any more: each was told another id."""


def follow(conn: Connection, delivery: Delivery, moved: Moved) -> Refused | None:
    """Take over a group's new id; runs in the settling transaction.

    Returns:
        None when the delivery can be tried again, else why it cannot.
    """
    channel, old = delivery.place.channel, moved.old or delivery.place.chat
    if old == delivery.place.chat and _source(delivery) and _went(conn, channel, _source(delivery), moved.chat):
        old = _source(delivery)
    if not _went(conn, channel, old, moved.chat):
        outbox.move_chat(conn, channel, old, moved.chat)
        topics.move(conn, channel, old, moved.chat)
    if old != delivery.place.chat:
        return _sent_anew(conn, delivery)
    if delivery.attempts > FOLLOWED_MOST:
        return Refused(Why.CHAT_GONE, "the group has another id each time")
    return None


def _source(delivery: Delivery) -> str:
    """Return the chat that a delivery copies from, empty for anything else."""
    return str(delivery.outgoing.body.get("chat", "")) if delivery.outgoing.act is Act.COPY else ""


def _went(conn: Connection, channel: str, old: str, new: str) -> bool:
    """Return whether it is known already that a group has this new id."""
    return topics.moved(conn, channel).get(old) == new


def _sent_anew(conn: Connection, delivery: Delivery) -> Refused | None:
    """Let a copy go by its file, as it reads now; why not, where there is none."""
    line = transcript.get(conn, delivery.message_id or 0)
    if line is None or "file_id" not in line.content.details:
        return Refused(Why.MESSAGE_GONE, "its original is in the group's old chat")
    content = line.content
    outbox.reword(
        conn,
        delivery,
        {"kind": content.kind.value, "text": content.text.to_dict(), "details": dict(content.details)},
        ("chat", "message"),
    )
    return None


def wait(delivery: Delivery) -> timedelta:
    """Return how long a delivery waits that follows its group: not at all the first time, then ever longer."""
    return timedelta(seconds=2**delivery.attempts) if delivery.attempts > 1 else timedelta(0)
