"""What follows when something will never arrive: nobody has to do anything by hand, and nobody is left in the dark.

Anna has blocked the bot: her conversation is marked, the operators read it once. Somebody deleted the topic: another is
opened, with the last lines in it, and what waited goes there. The group has put the bot out: what is for its topics
waits until the bot is back, or goes to the other group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.message import Button, ContentKind
from bot.domain.ports import Act, Outgoing, Refused, Why
from bot.handlers import card, groups, topic_card
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, Turn, rows, tell_desk
from bot.handoff import queue, staff as people
from bot.handoff.ticket import Ticket
from bot.messaging import backlog, conversations, outbox, topics, transcript
from bot.messaging.outbox import Delivery, Posting
from bot.messaging.receipts import NEW_WORDS
from bot.messaging.topics import Topic

log = structlog.get_logger()
QUIET = {
    Act.ANSWER_PRESS,
    Act.ANSWER_SEARCH,
    Act.EDIT_BUTTONS,
    Act.EDIT_TOPIC,
    Act.CLOSE_TOPIC,
    Act.REOPEN_TOPIC,
    Act.SET_COMMANDS,
    Act.PIN,
    Act.REACT,
}
"""What changes only the looks: a failure of it is logged and troubles nobody."""
MOST_MISSED = 50
"""Lines of a conversation among which is looked for what no topic has shown."""
AT_A_TIME = 20
"""Topics opened in one sweep; a group takes 18 messages a minute."""
_REFUSED = {
    Act.DELETE: "undelivered.not_deleted",
    Act.EDIT: "undelivered.not_changed",
    Act.EDIT_CAPTION: "undelivered.not_changed",
}
NOT_TAKEN = {Why.NOT_CARRIED, Why.MESSAGE_GONE, Why.REFUSED}
"""Refusals of one message in a topic that takes others."""
OPENED_WITHIN = timedelta(seconds=3)
"""So long words wait while their topic is opened again; somebody else's close was in their way."""
ASKED_AGAIN_AFTER = timedelta(minutes=2)
"""So long words wait for a group that has shut the bot out, unless it is let in before."""


def follow(house: House, conn: Connection, delivery: Delivery, error: Refused, now: datetime) -> None:
    """Do what a failed delivery asks for; runs in the transaction that settles it."""
    log.warning(
        "not_delivered",
        outbox=delivery.id,
        act=delivery.outgoing.act.value,
        why=error.why.value,
        conversation=delivery.conversation_id,
    )
    found = delivery.conversation_id
    conversation = conversations.get(conn, found, lock=True) if found else None
    if conversation is None:
        return
    turn = Turn(house, conn, now, conversation)
    turn.show("delivery")
    if delivery.topic_id is not None:
        _in_topic(turn, delivery, error)
    elif delivery.place == conversation.place and delivery.outgoing.act not in QUIET:
        _to_customer(turn, delivery, error)
    elif delivery.place != conversation.place and delivery.outgoing.act in NEW_WORDS:
        _to_colleague(turn, delivery, error)
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
        groups.refuses(turn.house, turn.conn, groups.REFUSED, topic.place.chat, refused, turn.now)
        return
    match error.why:
        case Why.TOPIC_GONE:
            _lost(turn, topic, delivery)
        case Why.TOPIC_CLOSED:
            _shut(turn, topic, delivery, error)
        case Why.NO_RIGHTS | Why.CHAT_GONE if delivery.outgoing.act in NEW_WORDS:
            _kept_out(turn, topic, delivery, error)
        case Why.MESSAGE_GONE if delivery.of_looks and delivery.target_id == topic.card:
            topics.change(turn.conn, topic.id, card_id=None)
            turn.carry(topic_card.posted_anew(turn))
        case _:
            _not_brought(turn, delivery, error)


def _lost(turn: Turn, topic: Topic, delivery: Delivery) -> None:
    """Open a topic in place of one that is gone, if something is to be said in it, and send there what waits.

    While words are under way to it nothing is moved past them: they will find it gone themselves.
    """
    if delivery.lane != topic.lane and backlog.under_way(turn.conn, topic.lane):
        return
    if topic.state != topics.GONE:
        topics.change(turn.conn, topic.id, state=topics.GONE)
        if turn.ticket or delivery.outgoing.act in NEW_WORDS:
            _open_again(turn, topic.name)
    successor = topics.of(turn.conn, turn.conversation.id)
    if successor is not None:
        outbox.move_topic(turn.conn, topic.id, successor, delivery.id, turn.now)


def _shut(turn: Turn, topic: Topic, delivery: Delivery, error: Refused) -> None:
    """Open a closed topic for the words that wait; where the bot may not, they wait until it may."""
    if delivery.outgoing.act not in NEW_WORDS:
        return
    group = Place(topic.place.channel, topic.place.chat)
    opening = Posting(group, Outgoing(Act.REOPEN_TOPIC), outbox.SYSTEM, topic, turn.conversation.id, aside=True)
    outbox.put(turn.conn, [opening], turn.now)
    wait = ASKED_AGAIN_AFTER if delivery.attempts > 1 else OPENED_WITHIN
    outbox.hold(turn.conn, delivery, error.reason, wait, turn.now)


def _kept_out(turn: Turn, topic: Topic, delivery: Delivery, error: Refused) -> None:
    """Keep words for a group that has shut the bot out; if it was put out and another group takes topics, go there."""
    chat = topic.place.chat
    alarm = groups.REMOVED if error.why is Why.CHAT_GONE else groups.RIGHTS
    why = f"group {chat} takes nothing from the bot: {error.reason}"
    groups.refuses(turn.house, turn.conn, alarm, chat, why, turn.now)
    if error.why is Why.CHAT_GONE and turn.ticket and groups.willing(turn.house, turn.conn):
        _lost(turn, topic, delivery)
        return
    outbox.hold(turn.conn, delivery, error.reason, ASKED_AGAIN_AFTER, turn.now)


def let_in(house: House, conn: Connection, chat: str, now: datetime, *, topics_too: bool) -> None:
    """Go on in a group that lets the bot write again, and open topics if it may do that too."""
    if topics_too:
        groups.welcome_back(house, conn, chat, now)
        open_missing(house, conn, now)
    outbox.wake(conn, house.groups[0].channel, chat, now)  # behind the conversations, as everywhere


def open_missing(house: House, conn: Connection, now: datetime) -> int:
    """Open topics for open tickets that have none, because a group refused them once or is new here.

    While every group refuses, one ticket is tried at a time, the one that was tried longest ago first.

    Returns:
        How many are being opened.
    """
    if not house.groups:
        return 0
    groups.end_alarms(house, conn, now)
    missing = queue.without_topic(conn, AT_A_TIME if groups.willing(house, conn) else 1)
    for key in sorted(missing):  # all who take several conversations take them in this order
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
        if line.content.kind is ContentKind.TEXT:
            if line.id not in in_card:
                sayings.append(tell_desk(line.content.text, author=outbox.CUSTOMER))
        elif copy := topic_card.copied(turn, line):
            sayings.append(copy)
    return sayings


def _open_again(turn: Turn, name: str, missed: Sequence[Saying] = ()) -> None:
    """Open a new topic for a conversation whose topic somebody deleted, with what was said so far."""
    ticket = turn.ticket
    shown = card.topic_name(ticket, turn.conversation.name) if ticket else name
    if groups.open_topic(turn, shown) is None:
        return
    state = ticket.state.value if ticket else card.state_in(name)
    sayings = [Saying(Outgoing(Act.OPEN_TOPIC, {"name": shown, "state": state}), desk=True, author=outbox.SYSTEM)]
    sayings += missed
    if ticket:
        sayings.append(topic_card.posted(turn, ticket))
    turn.carry(sayings)


def _to_customer(turn: Turn, delivery: Delivery, error: Refused) -> None:
    if error.why is Why.BLOCKED:
        if not turn.conversation.blocked:
            conversations.change(turn.conn, turn.conversation.id, blocked=True)
            turn.conversation = replace(turn.conversation, blocked=True)
            turn.show("customer")
            turn.carry([tell_desk(turn.desk_texts("undelivered.blocked"))])
        return
    if delivery.author != outbox.OPERATOR:
        return
    again = Button(turn.desk_texts("undelivered.button_again"), f"again:{delivery.id}")
    if error.why is Why.UNCERTAIN:
        turn.carry(
            [tell_desk(turn.desk_texts("undelivered.uncertain"), rows(again), reply_to=_written_at(turn, delivery))]
        )
        return
    offered = rows(again) if delivery.outgoing.act in NEW_WORDS else ()
    refused = turn.desk_texts(_REFUSED.get(delivery.outgoing.act, "undelivered.refused"), reason=error.reason)
    turn.carry([tell_desk(refused, offered, reply_to=_written_at(turn, delivery))])


def _to_colleague(turn: Turn, delivery: Delivery, error: Refused) -> None:
    """Say in the topic that whoever was given the chat does not know of it by the bot's private words."""
    person = people.by_telegram(turn.conn, delivery.place.chat)
    owner = turn.ticket.staff_id if turn.ticket else None
    if person is not None and person.id == owner and error.why in {Why.BLOCKED, Why.CHAT_GONE}:
        turn.carry([tell_desk(turn.desk_texts("undelivered.to_colleague", name=person.name))])


def _written_at(turn: Turn, delivery: Delivery) -> str:
    """Return the message in the topic that a delivery carries, empty for words of the console."""
    line, topic = transcript.get(turn.conn, delivery.message_id or 0), turn.topic()
    return line.source[1] if line and topic and line.source[0] == topic.place.chat else ""
