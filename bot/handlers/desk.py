"""What staff do with a conversation, the same from a topic and from the console.

Olga presses "Claim" in the console: the ticket is hers, Anna hears that Olga is there, the topic's name turns blue.
Max, who answers a second later, is told that Olga has it, and his words go nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.domain.message import Button, Content, ContentKind, bold
from bot.domain.people import Role, Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers.house import House
from bot.handlers.operator import begin_by_staff, close_topic, rename_topic
from bot.handlers.turn import Saying, Sayings, Turn, rows, say, tell_desk
from bot.handoff import notes, queue, staff as people
from bot.handoff.queue import Claimed, Taken
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations, outbox
from bot.quality import csat


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; `text` says so where the screen does not show it by itself."""

    text: str = ""
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was not done, and nothing was lost; `text` says why, in the language of the one who tried."""

    text: str


Outcome = Done | Refusal


@dataclass(slots=True)
class Hand:
    """A member of staff at work on one conversation.

    Attributes:
        turn: the conversation's turn.
        person: who does it.
        elsewhere: it is done in the console, so the topic has to be told.
        sayings: what is to be said when it is finished.
    """

    turn: Turn
    person: Staff
    elsewhere: bool = False
    sayings: Sayings = field(default_factory=list)

    def refuse(self, key: str, **values: object) -> Refusal:
        """Return a refusal in this person's language."""
        return Refusal(self.turn.house.texts(self.person.language)(key, **values))

    def tell_topic(self, key: str, **values: object) -> None:
        """Say in the topic what was done elsewhere; who is in the topic saw it themselves."""
        if self.elsewhere:
            self.sayings.append(tell_desk(self.turn.desk_texts(key, name=self.person.name, **values)))

    def finish(self, outcome: Outcome) -> Outcome:
        """Write what is to be said, and tell the screens about the ticket."""
        self.turn.carry(self.sayings)
        self.sayings = []
        return outcome


def claim(hand: Hand) -> Outcome:
    """Take the conversation's ticket, if nobody has it."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    match queue.claim(turn.conn, ticket.id, hand.person.id, turn.now):
        case Taken(staff_id):
            return hand.refuse("desk.taken", name=_name(turn.conn, staff_id))
        case Claimed(claimed):
            if ticket.state is State.WAITING:
                _took(hand, claimed)
            return hand.finish(Done(_over_capacity(hand), claimed))
        case None:
            return hand.refuse("desk.no_ticket")


def _took(hand: Hand, ticket: Ticket) -> None:
    """Tell everybody that somebody is there now."""
    turn = hand.turn
    turn.ticket = ticket
    turn.show("ticket", ticket=ticket.id)
    hand.sayings += rename_topic(turn, ticket)
    hand.sayings.append(say(turn.texts("handoff.is_there", name=hand.person.name)))
    hand.tell_topic("desk.claimed_elsewhere")


def _over_capacity(hand: Hand) -> str:
    load = queue.load(hand.turn.conn).get(hand.person.id, 0)
    if load <= hand.turn.house.capacity_of(hand.person):
        return ""
    return hand.turn.house.texts(hand.person.language)(
        "desk.over_capacity", n=load, capacity=hand.turn.house.capacity_of(hand.person)
    )


def take_over(hand: Hand) -> Outcome:
    """Take the ticket, whoever has it."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    if ticket.staff_id == hand.person.id or ticket.state is State.WAITING:
        return claim(hand)
    _took(hand, queue.transfer(turn.conn, ticket, hand.person.id, turn.now))
    return hand.finish(Done(_over_capacity(hand), turn.ticket))


def answer(hand: Hand, content: Content, source: tuple[str, str] = ("", ""), ownership: int | None = None) -> Outcome:
    """Send an operator's words to the customer; the first answer claims the chat.

    Args:
        hand: who answers where.
        content: what is said; what the customer's channel cannot carry is refused.
        source: the topic's (chat, message), empty from the console.
        ownership: under which it was written in the console; an older one is refused.
    """
    turn = hand.turn
    saying = _words(hand, content, source)
    if saying is None:
        return hand.refuse(
            "desk.not_carried", kind=turn.house.texts(hand.person.language)(f"kind.{content.kind.value}")
        )
    if turn.conversation.blocked:
        return hand.refuse("desk.blocked")
    refusal = _must_have(hand, ownership)
    if refusal:
        return refusal
    assert turn.ticket is not None  # noqa: S101 _must_have saw to it
    turn.ticket = queue.answered(turn.conn, turn.ticket, turn.now)
    hand.sayings.append(saying)
    if hand.elsewhere:
        hand.sayings.append(tell_desk(bold(f"{hand.person.name}: ") + content.text))
    turn.show("ticket", ticket=turn.ticket.id if turn.ticket else 0)
    return hand.finish(Done(ticket=turn.ticket))


def _must_have(hand: Hand, ownership: int | None) -> Refusal | None:
    """See that this person has the chat, claiming it when nobody has; return why not."""
    turn = hand.turn
    if turn.ticket is None:
        hand.sayings += begin_by_staff(turn)
    ticket = turn.ticket
    assert ticket is not None  # noqa: S101 there was one, or it was just opened
    if ticket.staff_id == hand.person.id:
        if ownership is not None and ownership != ticket.ownership:
            return hand.refuse("desk.lost_meanwhile")
        return None
    if ticket.state is not State.WAITING:
        return hand.refuse("desk.taken", name=_name(turn.conn, ticket.staff_id))
    outcome = claim(hand)
    return outcome if isinstance(outcome, Refusal) else None


def _words(hand: Hand, content: Content, source: tuple[str, str]) -> Saying | None:
    """Return an operator's words for the customer; None when the customer's channel cannot carry them."""
    turn, place = hand.turn, hand.turn.conversation.place
    if content.kind is ContentKind.TEXT:
        body = {"text": content.text.to_dict(), "author": outbox.OPERATOR, "name": hand.person.name}
        outgoing = Outgoing(Act.SAY, body)
    else:
        topic = turn.topic()
        if topic is None or topic.place.channel != place.channel or not turn.house.can(place.channel).copies:
            return None
        if not content.copyable:
            return None
        outgoing = Outgoing(Act.COPY, {"chat": source[0], "message": source[1], "kind": content.kind.value})
    return Saying(outgoing, content=content, author=outbox.OPERATOR, staff=hand.person, source=source)


def note(hand: Hand, text: str) -> Outcome:
    """Write a note, which stays among the staff."""
    turn = hand.turn
    ticket = turn.ticket.id if turn.ticket else None
    key = notes.add(turn.conn, turn.conversation.id, ticket, hand.person.id, text, turn.now)
    turn.show("note", note=key)
    if hand.elsewhere:
        hand.sayings.append(tell_desk(bold(f"🔒 {hand.person.name}: ") + text))
    return hand.finish(Done(hand.turn.house.texts(hand.person.language)("desk.noted")))


def release(hand: Hand) -> Outcome:
    """Put the chat back into the queue."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None or ticket.staff_id is None:
        return hand.refuse("desk.nobody_has_it")
    if ticket.staff_id != hand.person.id and not hand.person.role.includes(Role.MANAGER):
        return hand.refuse("desk.taken", name=_name(turn.conn, ticket.staff_id))
    turn.ticket = queue.release(turn.conn, ticket)
    turn.show("ticket", ticket=ticket.id)
    if turn.ticket:
        hand.sayings += rename_topic(turn, turn.ticket)
    hand.tell_topic("desk.released_elsewhere")
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.released"), turn.ticket))


def transfer(hand: Hand, to: Staff) -> Outcome:
    """Give the chat to a colleague."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    if to.away:
        return hand.refuse("desk.is_away", name=to.name)
    turn.ticket = queue.transfer(turn.conn, ticket, to.id, turn.now)
    turn.show("ticket", ticket=ticket.id)
    if turn.ticket:
        hand.sayings += rename_topic(turn, turn.ticket)
    hand.sayings.append(say(turn.texts("handoff.is_there", name=to.name)))
    hand.tell_topic("desk.transferred_elsewhere", to=to.name)
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.transferred", name=to.name), turn.ticket))


def close(hand: Hand) -> Outcome:
    """End the ticket: the customer is thanked and asked how it was, the topic is closed."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    closed = queue.close(turn.conn, ticket, turn.now)
    turn.ticket = closed
    turn.show("ticket", ticket=ticket.id)
    if csat.ask(turn.conn, ticket.id, turn.now):
        hand.sayings.append(_how_was_it(turn, ticket))
    else:
        hand.sayings.append(say(turn.texts("csat.closed_again")))
    hand.tell_topic("desk.closed_elsewhere")
    hand.sayings += close_topic(turn, closed)
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.closed", number=ticket.id), closed))


def _how_was_it(turn: Turn, ticket: Ticket) -> Saying:
    marks = [Button(turn.texts(f"csat.{score}"), f"csat:{ticket.id}:{score}") for score in csat.SCORES]
    return say(turn.texts("csat.ask"), rows(*marks, width=len(marks)))


def mark(hand: Hand, **values: object) -> Outcome:
    """Change priority, level or tags of the open ticket."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    turn.ticket = queue.mark(turn.conn, ticket, **values)
    turn.show("ticket", ticket=ticket.id)
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.marked"), turn.ticket))


def send_again(hand: Hand, key: int) -> Outcome:
    """Send a delivery once more of which nobody knows whether it arrived."""
    turn = hand.turn
    if not outbox.again(turn.conn, key, turn.conversation.id, turn.now):
        return hand.refuse("desk.nothing_to_send")
    turn.show("delivery")
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.sent_again")))


def _name(conn: Connection, key: int | None) -> str:
    return people.names(conn).get(key or 0, "?")


def hand_of(house: House, conn: Connection, person: Staff, conversation: int) -> Hand | None:
    """Return a console user's hand on a conversation; None when there is no such conversation."""
    found = conversations.get(conn, conversation, lock=True)
    return Hand(Turn(house, conn, house.clock(), found), person, elsewhere=True) if found else None


def hand_on_ticket(house: House, conn: Connection, person: Staff, ticket: int) -> Hand | None:
    """Return a console user's hand on a ticket's conversation; None when there is no such ticket."""
    found = queue.get(conn, ticket)
    return hand_of(house, conn, person, found.conversation_id) if found else None


def waiting_names(conn: Connection, tickets: Sequence[Ticket]) -> dict[int, str]:
    """Return the customers' names of some tickets, by conversation."""
    found = {}
    for ticket in tickets:
        conversation = conversations.get(conn, ticket.conversation_id)
        found[ticket.conversation_id] = conversation.name if conversation else "?"
    return found
