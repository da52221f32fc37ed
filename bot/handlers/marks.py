"""Small signs on messages: what has arrived, what was taken back, and the emoji that people put on each other's words.

Olga's answer in the topic gets 👌 when it has reached Anna, typed or sent from the library by a button. Olga puts ❤ on
Anna's message: Anna sees it on her own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Place, Reacted
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing, Receipt
from bot.handlers import courtesy
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, Turn, tell_desk
from bot.messaging import conversations, outbox, receipts, topics, transcript
from bot.messaging.outbox import Delivery, Posting
from bot.messaging.receipts import NEW_WORDS
from bot.messaging.topics import Topic
from bot.messaging.transcript import Line

ARRIVED = "👌"
"""One of the emoji that Telegram lets bots react with."""
OF_USE_FOR = timedelta(hours=1)


def arrived(house: House, conn: Connection, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Mark an operator's message in the topic as delivered; runs in the transaction that settles the delivery."""
    del receipt
    if delivery.author != outbox.OPERATOR or delivery.topic_id is not None or delivery.message_id is None:
        return
    line = transcript.get(conn, delivery.message_id)
    topic = topics.of(conn, delivery.conversation_id or 0)
    if line is None:
        return
    if delivery.outgoing.act is Act.DELETE:
        _taken_back(house, conn, delivery, line, now)
        return
    if topic is None or delivery.outgoing.act not in NEW_WORDS or _under_way(conn, line):
        return
    if house.can(topic.place.channel).reactions:
        outbox.put(conn, _signs(conn, delivery, line, topic, now), now)


def _signs(conn: Connection, delivery: Delivery, line: Line, topic: Topic, now: datetime) -> list[Posting]:
    """Return the sign for an operator's message in the topic, or for the bot's that shows what they sent elsewhere."""
    place, of, expires = Place(topic.place.channel, topic.place.chat), delivery.conversation_id, now + OF_USE_FOR
    if line.source[1]:
        mark = Outgoing(Act.REACT, {"message": line.source[1], "emoji": ARRIVED})
        here = line.source[0] == place.chat
        return [Posting(place, mark, outbox.SYSTEM, conversation=of, expires=expires)] if here else []
    shown = receipts.in_topic(conn, line.id, topic.id)
    mark = Outgoing(Act.REACT, {"emoji": ARRIVED})
    return [Posting(place, mark, outbox.SYSTEM, topic, of, target=shown, expires=expires)] if shown else []


def _under_way(conn: Connection, line: Line) -> bool:
    """Return whether a further part of a long text is still to come."""
    return any(copied.state in {outbox.PENDING, outbox.SENDING} for copied in receipts.to_customer(conn, line.id))


def _taken_back(house: House, conn: Connection, delivery: Delivery, line: Line, now: datetime) -> None:
    conversation = conversations.get(conn, delivery.conversation_id or 0)
    if conversation is None or line.deleted_at is not None:
        return
    transcript.delete(conn, line.id, now)
    turn = Turn(house, conn, now, conversation)
    turn.show("message", message=line.id, author=line.author)
    topic = turn.topic()
    here = topic is not None and topic.place.chat == line.source[0]
    shown = receipts.in_topic(conn, line.id, topic.id) if topic and not here else None
    turn.carry([tell_desk(turn.desk_texts("desk.deleted"), quote=shown, reply_to=line.source[1] if here else "")])


def by_staff(house: House, conn: Connection, reacted: Reacted, person: Staff | None, now: datetime) -> None:
    """Put the emoji of the one who has the chat on the customer's side of a message, or take it away there."""
    found = receipts.line_at(conn, reacted.place, reacted.message)
    found = found or transcript.from_source(conn, reacted.place.chat, reacted.message)
    conversation = conversations.get(conn, found[0]) if found else None
    line = transcript.get(conn, found[1]) if found else None
    if conversation is None or line is None or not house.can(conversation.place.channel).reactions:
        return
    turn = Turn(house, conn, now, conversation)
    if person is None or turn.ticket is None or turn.ticket.staff_id != person.id:
        return
    if line.source[0] == conversation.place.chat and line.source[1]:
        turn.carry([_reaction(reacted.emoji, message=line.source[1])])
        return
    target = receipts.carrying(conn, line.id)
    turn.carry([_reaction(reacted.emoji, target=target)] if target else [])


def by_customer(turn: Turn, reacted: Reacted) -> Sayings:
    """Put a customer's emoji on the desk's side of a message; where it goes again, the sign of delivery comes back."""
    return [*_shown_to_desk(turn, reacted), *courtesy.heard(turn)]


def _shown_to_desk(turn: Turn, reacted: Reacted) -> Sayings:
    topic = turn.topic()
    if topic is None or not turn.house.can(topic.place.channel).reactions:
        return []
    own = transcript.said_at(turn.conn, turn.conversation.id, reacted.place.chat, reacted.message)
    if own is not None:
        target = receipts.in_topic(turn.conn, own.id, topic.id)
        return [_reaction(reacted.emoji, target=target, desk=True)] if target else []
    found = receipts.line_at(turn.conn, reacted.place, reacted.message)
    line = transcript.get(turn.conn, found[1]) if found and found[0] == turn.conversation.id else None
    if line is None or line.source[0] != topic.place.chat:
        return []
    place = Place(topic.place.channel, topic.place.chat)
    return [_reaction(reacted.emoji or ARRIVED, message=line.source[1], place=place)]


def _reaction(
    emoji: str, *, message: str = "", target: int | None = None, desk: bool = False, place: Place | None = None
) -> Saying:
    body = {"emoji": emoji} | ({"message": message} if message else {})
    return Saying(Outgoing(Act.REACT, body), place=place, desk=desk, author=outbox.SYSTEM, target=target)
