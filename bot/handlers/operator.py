"""Handing over: a conversation comes to people, and what a waiting customer hears.

Anna presses "talk to a person". Her ticket opens, she is told her place, a topic is opened with her card; whatever she
writes from now on goes there too.
"""

from __future__ import annotations

from bot.domain.ports import Act, Outgoing
from bot.faq import unanswered
from bot.handlers import asides, card, groups, merged, proposing, topic_card, waiting
from bot.handlers.turn import Saying, Sayings, Turn
from bot.handoff import queue, ticket_log
from bot.handoff.ticket import Reason, Ticket, may_reopen
from bot.handoff.ticket_log import Kind
from bot.messaging import outbox, topics


def hand_over(turn: Turn, reason: Reason) -> Sayings:
    """Bring a conversation to the people, and tell the customer the truth about it."""
    if turn.ticket is not None:
        kept = asides.waits_for_the_talk(turn) if "form" in turn.flow else []
        form_rests(turn)
        return [waiting.again(turn, turn.ticket), *kept]
    elsewhere = merged.asks_for_people(turn)
    if elsewhere is not None:
        return elsewhere
    ticket, again = _open(turn, reason)
    turn.ticket = ticket
    unanswered.handed_over(turn.conn, turn.conversation.id, turn.now)
    turn.wait_for()
    proposing.at_opening(turn)
    turn.show("ticket", ticket=ticket.id)
    kept = asides.waits_for_the_talk(turn)
    return [waiting.message(turn, ticket), *kept, *_to_topic(turn, ticket, again=again)]


def _open(turn: Turn, reason: Reason) -> tuple[Ticket, bool]:
    last = turn.closed_ticket
    within = turn.house.rules.reopen_within
    if last and last.closed_at and last.merged_into is None and may_reopen(last.closed_at, turn.now, within):
        return queue.reopen(turn.conn, last, turn.now, reason), True
    return queue.open_ticket(turn.conn, turn.conversation.id, reason, turn.now)[0], False


def comes_back(turn: Turn) -> bool:
    """Return whether people, or the clock for want of an answer, ended this customer's ticket a short time ago.

    Who left the queue by themselves, and whom people gave back to the bot, goes on with the bot.
    """
    last = turn.closed_ticket
    if last is None or last.closed_at is None or last.merged_into is not None:
        return False
    if not may_reopen(last.closed_at, turn.now, turn.house.rules.reopen_within):
        return False
    ended = next((one for one in reversed(ticket_log.of(turn.conn, last.id)) if one.kind is Kind.CLOSED), None)
    return ended is not None and (ended.staff_id is not None or ended.detail == "quiet") and ended.detail != "bot"


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
    awaits_no_comment(turn)
    form_rests(turn)
    turn.show("ticket", ticket=ticket.id)
    topic = turn.topic()
    if topic is None or topic.state != topics.CLOSED:
        return []
    topics.change(turn.conn, topic.id, state=topics.OPEN)
    return [_topic_act(Act.REOPEN_TOPIC, "", ticket)]


def awaits_no_comment(turn: Turn) -> None:
    """Wait for no comment on a score any more: what the customer writes goes to the people again."""
    if "comment_on" in turn.flow:
        turn.wait_for()


def form_rests(turn: Turn) -> None:
    """Take no more words for a form while people have the chat: what the customer writes goes to them."""
    if "form" in turn.flow:
        turn.wait_for()


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
    before = topic_card.copies(turn) if topic is None else []
    return [*sayings, topic_card.posted(turn, ticket, again=again), *before]


def _topic_act(act: Act, name: str, ticket: Ticket) -> Saying:
    body = {"name": name, "state": ticket.state.value}
    return Saying(Outgoing(act, body), desk=True, author=outbox.SYSTEM)


def rename_topic(turn: Turn, ticket: Ticket) -> Sayings:
    """Let the topic's name show the ticket's state, if it does not yet."""
    topic = turn.topic()
    return topic_card.named(turn, topic, ticket) if topic else []


def close_topic(turn: Turn, ticket: Ticket) -> Sayings:
    """Close the topic of a closed ticket, if it is not closed yet, its name showing so."""
    topic = turn.topic()
    if topic is None:
        return []
    renamed = rename_topic(turn, ticket)
    if topic.state == topics.CLOSED:
        return renamed  # somebody closed it by hand
    topics.change(turn.conn, topic.id, state=topics.CLOSED)
    return [*renamed, _topic_act(Act.CLOSE_TOPIC, "", ticket)]
