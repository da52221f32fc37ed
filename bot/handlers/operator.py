"""Handing over: a conversation comes to people, and what a waiting customer hears.

Anna presses "talk to a person". Her ticket opens, she is told her place, a topic is opened with her card; whatever she
writes from now on goes there too.
"""

from __future__ import annotations

from bot.domain.conversation import Said
from bot.domain.message import Button, Content, ContentKind, RichText, bold, plain
from bot.domain.ports import Act, Outgoing
from bot.faq import unanswered
from bot.handlers import card, groups
from bot.handlers.turn import Saying, Sayings, Turn, rows, say, tell_desk
from bot.handoff import queue, staff
from bot.handoff.ticket import Reason, State, Ticket, Wait, may_reopen
from bot.i18n import day_and_time
from bot.messaging import outbox, topics


def hand_over(turn: Turn, reason: Reason) -> Sayings:
    """Bring a conversation to the people, and tell the customer the truth about it."""
    if turn.ticket is not None:
        return [waiting_message(turn, turn.ticket)]
    ticket, again = _open(turn, reason)
    turn.ticket = ticket
    unanswered.handed_over(turn.conn, turn.conversation.id, turn.now)
    turn.wait_for()
    turn.show("ticket", ticket=ticket.id)
    return [waiting_message(turn, ticket), *_to_topic(turn, ticket, again=again)]


def _open(turn: Turn, reason: Reason) -> tuple[Ticket, bool]:
    last = queue.last_closed(turn.conn, turn.conversation.id)
    within = turn.house.rules.reopen_within
    if last and last.closed_at and may_reopen(last.closed_at, turn.now, within):
        return queue.reopen(turn.conn, last, turn.now, reason), True
    return queue.open_ticket(turn.conn, turn.conversation.id, reason, turn.now)[0], False


def topic_for(turn: Turn, sign: str) -> Sayings:
    """Open a topic for a conversation that has none or a closed one, for what the customer need not wait for."""
    name = f"{sign} {turn.conversation.name}"[: card.LONGEST_NAME]
    topic = turn.topic()
    if topic is not None and topic.state == topics.CLOSED:
        topics.change(turn.conn, topic.id, state=topics.OPEN, name=name)
        acts = [Outgoing(act, {"name": name, "state": "order"}) for act in (Act.REOPEN_TOPIC, Act.EDIT_TOPIC)]
        return [Saying(act, desk=True, author=outbox.SYSTEM) for act in acts]
    if topic is not None:
        return []
    if not groups.open_topic(turn, name):
        return []
    return [Saying(Outgoing(Act.OPEN_TOPIC, {"name": name, "state": "order"}), desk=True, author=outbox.SYSTEM)]


def begin_by_staff(turn: Turn) -> Sayings:
    """Open a ticket because staff write to a customer who has none; the topic is opened again if it was closed."""
    ticket, _ = _open(turn, Reason.STAFF)
    turn.ticket = ticket
    turn.show("ticket", ticket=ticket.id)
    topic = turn.topic()
    if topic is None or topic.state != topics.CLOSED:
        return []
    topics.change(turn.conn, topic.id, state=topics.OPEN)
    return [_topic_act(Act.REOPEN_TOPIC, "", ticket)]


def waiting_message(turn: Turn, ticket: Ticket) -> Saying:
    """Return the message that tells a customer what happens next, with a way out of the queue."""
    texts, hours = turn.texts, turn.house.rules.hours
    solved = rows(Button(texts("handoff.button_solved"), f"solved:{ticket.id}"))
    if ticket.state is not State.WAITING:
        name = staff.names(turn.conn).get(ticket.staff_id or 0, "")
        return say(texts("handoff.has_it", name=name))
    if not hours.open_at(turn.now):
        opening = hours.next_opening(turn.now)
        when = day_and_time(opening, turn.now, hours.zone, texts) if opening else texts("time.later")
        return say(texts("handoff.out_of_hours", when=when), solved)
    wait = queue.wait_of(turn.conn, ticket, max(1, len(staff.on_duty(turn.conn))))
    return say(f"{texts('handoff.taken')} {_wait(turn, wait)}", solved)


def _wait(turn: Turn, wait: Wait) -> str:
    place = turn.texts("queue.next") if wait.place == 1 else turn.texts("queue.place", n=wait.place)
    if wait.expected is None:
        return place
    minutes = max(1, round(wait.expected.total_seconds() / 60))
    return f"{place} {turn.texts('queue.minutes', n=minutes)}"


def _to_topic(turn: Turn, ticket: Ticket, *, again: bool) -> Sayings:
    """Open the conversation's topic, or open it again, with the card in it."""
    name = card.topic_name(ticket, turn.conversation.name)
    sayings: Sayings = []
    topic = turn.topic()
    if topic is None:
        if not groups.open_topic(turn, name):
            return []
        sayings.append(_topic_act(Act.OPEN_TOPIC, name, ticket))
    elif topic.state == topics.CLOSED:
        sayings.append(_topic_act(Act.REOPEN_TOPIC, name, ticket))
        sayings.append(_topic_act(Act.EDIT_TOPIC, name, ticket))
        topics.change(turn.conn, topic.id, state=topics.OPEN, name=name)
    text = card.card(turn, ticket)
    if again:
        text = bold(turn.desk_texts("card.reopened")) + "\n" + text
    return [*sayings, tell_desk(text, card.buttons(ticket, turn.desk_texts))]


def _topic_act(act: Act, name: str, ticket: Ticket) -> Saying:
    body = {"name": name, "state": ticket.state.value}
    return Saying(Outgoing(act, body), desk=True, author=outbox.SYSTEM)


def rename_topic(turn: Turn, ticket: Ticket) -> Sayings:
    """Let the topic's name and card show the ticket's state, if they do not yet."""
    topic, name = turn.topic(), card.topic_name(ticket, turn.conversation.name)
    if topic is None or topic.name == name:
        return []
    topics.change(turn.conn, topic.id, name=name)
    return [_topic_act(Act.EDIT_TOPIC, name, ticket), *card.renewed(turn, ticket)]


def close_topic(turn: Turn, ticket: Ticket) -> Sayings:
    """Close the topic of a closed ticket, its name showing so."""
    topic = turn.topic()
    if topic is None:
        return []
    renamed = rename_topic(turn, ticket)
    topics.change(turn.conn, topic.id, state=topics.CLOSED)
    return [*renamed, _topic_act(Act.CLOSE_TOPIC, "", ticket)]


def relay(turn: Turn, said: Said) -> Sayings:
    """Pass what the customer says on to the operators."""
    ticket = turn.ticket
    if ticket is None:
        return []
    turn.ticket = queue.customer_wrote(turn.conn, ticket, turn.now)
    if turn.ticket is not None and turn.ticket.state is not ticket.state:
        turn.show("ticket", ticket=ticket.id)
    return [desk_copy(turn, said)]


def desk_copy(turn: Turn, said: Said) -> Saying:
    """Return the customer's message for the topic: text as text, everything else as a copy."""
    content = said.content
    if content.kind is ContentKind.TEXT:
        return tell_desk(content.text, author=outbox.CUSTOMER)
    topic = turn.topic()
    if topic is None or topic.place.channel != said.place.channel or not content.copyable:
        return tell_desk(described(turn, content), author=outbox.CUSTOMER)
    body = {"chat": said.place.chat, "message": said.message, "kind": content.kind.value}
    return Saying(Outgoing(Act.COPY, body), desk=True, author=outbox.CUSTOMER)


def described(turn: Turn, content: Content) -> RichText:
    """Return words for something that the operators' channel cannot copy."""
    return plain(card.shown(content.kind, turn.desk_texts)) + content.text
