"""The card at the top of a topic, and the topic's name: kept current wherever a ticket is changed.

Olga claims Anna's chat in the console: the card in the topic says who has it and offers to release it, the name turns
blue. Both are changed when they would show something else, and only then; a card that somebody deleted is posted anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.message import ContentKind, RichText, bold, rows_to_json
from bot.domain.ports import Act, Outgoing
from bot.handlers import card
from bot.handlers.turn import Saying, Sayings, Turn
from bot.handoff import queue, shifts, staff
from bot.handoff.ticket import State, Ticket
from bot.messaging import backlog, merging, outbox, topics, transcript
from bot.messaging.topics import Topic

ANSWERED_SOON = timedelta(minutes=1)
"""So long a card waits to say that the customer wrote: an answer in that time leaves it as it is, and costs no edit.

So long it also waits to show that a form went on: its answers of a minute are one edit.
"""
BELOW, AGAIN = "below", "again"
"""What a card keeps for its changes: the lines below its head, and whether the customer came back."""
MOST_COPIES = 3
"""Photos and other media of the time before, copied into a topic that is new."""


def posted(turn: Turn, ticket: Ticket, *, again: bool = False) -> Saying:
    """Return a new card of a ticket, with what was said so far; it is pinned when it arrives."""
    kept = {BELOW: [line.to_dict() for line in card.so_far(turn)], AGAIN: again, outbox.CARD: ticket.id}
    return Saying(Outgoing(Act.SAY, {**kept, **_shown(turn, ticket, kept)}), desk=True, author=outbox.SYSTEM)


def _shown(turn: Turn, ticket: Ticket, kept: dict[str, Any]) -> dict[str, Any]:
    """Return text and buttons of a card."""
    head = card.head(turn, ticket)
    if kept.get(AGAIN):
        head = bold(turn.desk_texts("card.reopened")) + "\n" + head
    text = card.fitted(head, [RichText.from_dict(line) for line in kept.get(BELOW, ())])
    offers = rows_to_json(card.offers(turn, ticket))
    shown = {"text": text.to_dict(), **({"buttons": offers} if offers else {})}
    return {**shown, merging.REST: _rest(text, "\n".join(card.due(turn, ticket)), offers)}


def _rest(text: RichText, due: str, offers: list[Any]) -> str:
    """Return a sign of all that a card shows beside what is due."""
    formats = [(entity.kind.value, entity.length, entity.value) for entity in text.entities]
    return merging.sign([text.text.replace(due, "", 1) if due else text.text, formats, offers])


def copies(turn: Turn) -> Sayings:
    """Return the media among the lines below a card, for a topic that is new; this turn's own follow by themselves."""
    lines = transcript.last(turn.conn, turn.conversation.id, card.HISTORY)
    theirs = [line for line in lines if line.author == transcript.CUSTOMER and line.at < turn.now]
    return [copy for line in theirs if (copy := copied(turn, line))][-MOST_COPIES:]


def copied(turn: Turn, line: transcript.Line) -> Saying | None:
    """Return a copy of a customer's photo or other medium for the topic; None where the group cannot have one."""
    chat, message = line.source
    there = turn.house.groups and turn.conversation.place.channel == turn.house.groups[0].channel
    if line.content.kind is ContentKind.TEXT or not (message and line.content.copyable and there):
        return None
    body = {"chat": chat, "message": message, "kind": line.content.kind.value}
    return Saying(Outgoing(Act.COPY, body), desk=True, author=outbox.CUSTOMER)


def kept_current(turn: Turn) -> Sayings:
    """Return the changes that let a topic's name and card show what is so now; none when they do."""
    topic = turn.topic()
    if topic is None:
        return []
    ticket = turn.ticket
    attended = ticket is not None and ticket.state is not State.WAITING
    if topic.attended is not attended:
        topics.change(turn.conn, topic.id, attended=attended)
    renamed = named(turn, topic, ticket) if ticket else []
    return [*renamed, *_changed(turn, topic, ticket)]


def as_late_as_it_is(turn: Turn) -> Sayings:
    """Return the change of the card that a moment brings in which nobody does anything: a promise is late."""
    topic = turn.topic()
    return _changed(turn, topic, turn.ticket) if topic is not None and topic.card is not None else []


def named(turn: Turn, topic: Topic, ticket: Ticket) -> Sayings:
    """Return the change of a topic's name; a customer who goes by a new name is shown with the next change of state."""
    name = card.topic_name(ticket, turn.conversation.name)
    if topic.name.split()[:2] == name.split()[:2]:
        return []
    topics.change(turn.conn, topic.id, name=name)
    body = {"name": name, "state": ticket.state.value}
    return [Saying(Outgoing(Act.EDIT_TOPIC, body), desk=True, author=outbox.SYSTEM)]


def _changed(turn: Turn, topic: Topic, ticket: Ticket | None) -> Sayings:
    kept = dict(backlog.body_of(turn.conn, topic.card)) if topic.card else {}
    if ticket and kept.get(outbox.CARD) != ticket.id:
        return [posted(turn, ticket)]
    ticket = ticket or (queue.get(turn.conn, kept[outbox.CARD]) if kept else None)
    if ticket is None:
        return []
    shown = _shown(turn, ticket, kept)
    current, wanted = merging.current(turn.conn, topic), merging.digest(shown)
    if wanted == current:
        return []
    only_due = current.startswith(f"{shown[merging.REST]}:")
    waits = (only_due and _just_asked(turn, ticket)) or turn.shows_only("draft")
    return [replace(_edit(topic, shown), hold=ANSWERED_SOON if waits else timedelta(0))]


def _just_asked(turn: Turn, ticket: Ticket) -> bool:
    """Return whether these are the words of the customer to which an answer is owed."""
    return ticket.answered_at is not None and ticket.customer_wrote_at == turn.now


def _edit(topic: Topic, shown: dict[str, Any]) -> Saying:
    return Saying(Outgoing(Act.EDIT, shown), desk=True, author=outbox.SYSTEM, target=topic.card)


def is_card(turn: Turn, message: str) -> bool:
    """Return whether a message of the topic is its card."""
    topic = turn.topic()
    return topic is not None and topic.card is not None and backlog.message_of(turn.conn, topic.card) == message


def choice_of_colleagues(turn: Turn, ticket: Ticket, but: int) -> Sayings:
    """Return the change that lets the card offer the people to whom a chat can be given."""
    topic = turn.topic()
    if topic is None or topic.card is None:
        return []
    present = shifts.present(staff.everybody(turn.conn), turn.house.rules.shifts, turn.now)
    people = [person for person in present if person.id not in {but, ticket.staff_id}]
    shown = _shown(turn, ticket, dict(backlog.body_of(turn.conn, topic.card)))
    del shown[merging.REST]
    shown["buttons"] = rows_to_json(card.colleagues(ticket, people, turn.desk_texts))
    return [_edit(topic, shown)]


def posted_anew(turn: Turn) -> Sayings:
    """Return a card for a topic whose card somebody deleted; none for a ticket that is closed."""
    return [posted(turn, turn.ticket)] if turn.ticket else []
