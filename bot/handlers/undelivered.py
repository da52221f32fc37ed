"""What follows when something will never arrive: nobody has to do anything by hand, and nobody is left in the dark.

Anna has blocked the bot: her conversation is marked, the operators read it once. Somebody deleted the topic: another is
opened, with the last lines in it, and what waited goes there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.domain.message import Button, ContentKind
from bot.domain.ports import Act, Outgoing, Refused, Why
from bot.handlers import card, groups
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, Turn, rows, tell_desk
from bot.handoff import queue
from bot.handoff.ticket import Ticket
from bot.messaging import conversations, outbox, topics, transcript
from bot.messaging.outbox import Delivery

log = structlog.get_logger()
QUIET = {
    Act.ANSWER_PRESS,
    Act.EDIT_BUTTONS,
    Act.EDIT_TOPIC,
    Act.CLOSE_TOPIC,
    Act.REOPEN_TOPIC,
    Act.SET_COMMANDS,
    Act.PIN,
}
"""What changes only the looks: a failure of it is logged and troubles nobody."""
MOST_MISSED = 50
"""Lines of a conversation among which is looked for what no topic has shown."""
AT_A_TIME = 20
"""Topics opened in one sweep; a group takes 18 messages a minute."""
NOT_TAKEN = {Why.NOT_CARRIED, Why.MESSAGE_GONE, Why.REFUSED}
"""Refusals of one message in a topic that takes others."""


def follow(house: House, conn: Connection, delivery: Delivery, error: Refused, now: datetime) -> None:
    """Do what a failed delivery asks for; runs in the transaction that settles it."""
    log.warning(
        "not_delivered",
        outbox=delivery.id,
        act=delivery.outgoing.act.value,
        why=error.why.value,
        conversation=delivery.conversation_id,
    )
    conversation = conversations.get(conn, delivery.conversation_id) if delivery.conversation_id else None
    if conversation is None:
        return
    turn = Turn(house, conn, now, conversation)
    turn.show("delivery")
    if delivery.topic_id is not None:
        _in_topic(turn, delivery, error)
    elif delivery.place == conversation.place and delivery.outgoing.act not in QUIET:
        _to_customer(turn, delivery, error)
    turn.carry([])


def _in_topic(turn: Turn, delivery: Delivery, error: Refused) -> None:
    """A topic that is gone is opened anew; one that cannot be opened leaves the console."""
    assert delivery.topic_id is not None  # noqa: S101 the caller looked
    topic = topics.get(turn.conn, delivery.topic_id)
    if topic is None:
        return
    if delivery.outgoing.act is Act.OPEN_TOPIC:
        topics.change(turn.conn, topic.id, state=topics.GONE)
        refused = f"no topic could be opened in group {topic.place.chat}: {error.reason}"
        turn.house.health.alarms[groups.REFUSED + topic.place.chat] = refused
        return
    if error.why is not Why.TOPIC_GONE:
        _not_brought(turn, delivery, error)
        return
    if topic.state != topics.GONE:
        topics.change(turn.conn, topic.id, state=topics.GONE)
        _open_again(turn, topic.name)
    successor = topics.of(turn.conn, turn.conversation.id)
    if successor is not None:
        outbox.move_topic(turn.conn, topic.id, successor, delivery.id, turn.now)


def open_missing(house: House, conn: Connection, now: datetime) -> int:
    """Open topics for open tickets that have none, because a group refused them once or is new here.

    While every group refuses, one ticket is tried at a time, the one that was tried longest ago first.

    Returns:
        How many are being opened.
    """
    if not house.groups:
        return 0
    groups.end_alarms(house, conn)
    missing = queue.without_topic(conn, AT_A_TIME if groups.willing(house, conn) else 1)
    for key in missing:
        conversation = conversations.get(conn, key, lock=True)
        turn = Turn(house, conn, now, conversation) if conversation else None
        if turn is None or turn.ticket is None or turn.topic() is not None:
            continue  # closed or opened by somebody else before we had it
        _open_again(turn, turn.conversation.name, missed=_missed(turn, turn.ticket))
    return len(missing)


def _not_brought(turn: Turn, delivery: Delivery, error: Refused) -> None:
    """Say in the topic that something of the customer's is missing there."""
    if delivery.author != outbox.CUSTOMER or error.why not in NOT_TAKEN:
        return
    kind = turn.desk_texts(f"kind.{delivery.outgoing.body.get('kind', ContentKind.TEXT.value)}")
    turn.carry([tell_desk(turn.desk_texts("undelivered.not_brought", kind=kind))])


def _missed(turn: Turn, ticket: Ticket) -> Sayings:
    """Return what the customer said since the ticket was opened and no topic shows: all but the card's own lines."""
    lines = transcript.last(turn.conn, turn.conversation.id, MOST_MISSED)
    said = [line for line in lines if line.author == transcript.CUSTOMER and line.at >= ticket.opened_at]
    in_card = {line.id for line in lines[-card.HISTORY :]}
    sayings: Sayings = []
    for line in said:
        chat, message = line.source
        if line.content.kind is ContentKind.TEXT:
            if line.id not in in_card:
                sayings.append(tell_desk(line.content.text, author=outbox.CUSTOMER))
        elif message and line.content.copyable and turn.conversation.place.channel == turn.house.groups[0].channel:
            body = {"chat": chat, "message": message, "kind": line.content.kind.value}
            sayings.append(Saying(Outgoing(Act.COPY, body), desk=True, author=outbox.CUSTOMER))
    return sayings


def _open_again(turn: Turn, name: str, missed: Sequence[Saying] = ()) -> None:
    """Open a new topic for a conversation whose topic somebody deleted, with what was said so far."""
    ticket = turn.ticket
    shown = card.topic_name(ticket, turn.conversation.name) if ticket else name
    if groups.open_topic(turn, shown) is None:
        return
    state = ticket.state.value if ticket else "order"
    sayings = [Saying(Outgoing(Act.OPEN_TOPIC, {"name": shown, "state": state}), desk=True, author=outbox.SYSTEM)]
    sayings += missed
    if ticket:
        sayings.append(tell_desk(card.card(turn, ticket), card.buttons(ticket, turn.desk_texts)))
    turn.carry(sayings)


def _to_customer(turn: Turn, delivery: Delivery, error: Refused) -> None:
    if error.why is Why.BLOCKED:
        if not turn.conversation.blocked:
            conversations.change(turn.conn, turn.conversation.id, blocked=True)
            turn.carry([tell_desk(turn.desk_texts("undelivered.blocked"))])
        return
    if delivery.author != outbox.OPERATOR:
        return
    if error.why is Why.UNCERTAIN:
        again = rows(Button(turn.desk_texts("undelivered.button_again"), f"again:{delivery.id}"))
        turn.carry([tell_desk(turn.desk_texts("undelivered.uncertain"), again)])
        return
    turn.carry([tell_desk(turn.desk_texts("undelivered.refused", reason=error.reason))])
