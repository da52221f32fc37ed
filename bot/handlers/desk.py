"""What staff do with a conversation, the same from a topic and from the console.

Olga presses "Claim" in the console: the ticket is hers, Anna hears that Olga is there, the topic's name turns blue.
Max, who answers a second later, is told that Olga has it, and his words go nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from bot.domain.conversation import Said
from bot.domain.message import Button, Content, RichText, bold
from bot.domain.people import Role, Staff
from bot.handlers import asides, offered, waiting
from bot.handlers.house import House
from bot.handlers.operator import begin_by_staff, close_topic, form_rests, rename_topic
from bot.handlers.privately import private_places
from bot.handlers.relay import NotCarried, words
from bot.handlers.turn import Saying, Sayings, Turn, rows, say, say_at, tell_desk
from bot.handoff import notes, queue, staff as people
from bot.handoff.queue import Claimed, Taken
from bot.handoff.ticket import State, Ticket
from bot.handoff.variables import left_in
from bot.messaging import conversations
from bot.quality import csat

NOTED, MARKED = "✍", "👌"
"""Of the emoji that Telegram lets bots react with."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; `text` says so where the screen does not show it by itself, `fill` is for the console's composer.

    `sign` says as much as the text, where it can be put on the message that asked for it: that costs no message.
    """

    text: str = ""
    ticket: Ticket | None = None
    fill: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was not done, and nothing was lost; `text` says why, in the language of the one who tried.

    `fill` is a text to complete, for the console's composer. `confirm` is what has to be said with a second try, by
    which it is done.
    """

    text: str
    fill: str = ""
    confirm: str = ""


Outcome = Done | Refusal


@dataclass(slots=True)
class Hand:
    """A member of staff at work on one conversation.

    Attributes:
        turn: the conversation's turn.
        person: who does it.
        elsewhere: it is done in the console, so the topic has to be told.
        source: the channel's (chat, message) in the topic that asks for it.
        sayings: what is to be said when it is finished.
    """

    turn: Turn
    person: Staff
    elsewhere: bool = False
    source: tuple[str, str] = ("", "")
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
    outcome = _claim(hand, "desk.has_it")
    return hand.finish(outcome) if isinstance(outcome, Done) else outcome


def _claim(hand: Hand, taken: str = "desk.taken") -> Outcome:
    """Take the ticket; what is to be said waits, so that the card is not changed twice when an answer follows.

    Args:
        hand: who takes it.
        taken: the words for who comes too late.
    """
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    match queue.claim(turn.conn, ticket.id, hand.person.id, turn.now):
        case Taken(staff_id):
            return hand.refuse(taken, name=name_of(turn.conn, staff_id))
        case Claimed(claimed):
            if ticket.state is State.WAITING:
                took(hand, claimed)
            return _taken_up(hand, claimed)
        case None:
            return hand.refuse("desk.no_ticket")


def _taken_up(hand: Hand, ticket: Ticket | None) -> Done:
    """Return that the chat is theirs: a sign says as much, unless they hear that it is one too many."""
    text = over_capacity(hand)
    return Done(text, ticket, sign="" if text else MARKED)


def took(hand: Hand, ticket: Ticket) -> None:
    """Tell everybody that somebody is there now."""
    turn = hand.turn
    turn.ticket = ticket
    form_rests(turn)
    turn.show("ticket", ticket=ticket.id)
    hand.sayings += rename_topic(turn, ticket)
    hand.sayings.append(say(turn.texts("handoff.is_there", name=hand.person.name)))
    hand.tell_topic("desk.claimed_elsewhere")


def over_capacity(hand: Hand) -> str:
    """Return words for somebody who has more chats than are given to them; a claim by hand may go beyond."""
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
    loser = people.get(turn.conn, ticket.staff_id or 0)
    took(hand, queue.transfer(turn.conn, ticket, hand.person.id, turn.now, hand.person.id))
    if loser is not None:
        texts = turn.house.texts(loser.language)
        lost = bold(texts("private.taken_over", number=ticket.id, name=turn.conversation.name, by=hand.person.name))
        hand.sayings += [say_at(place, lost) for place in private_places(turn.house, loser)]
    return hand.finish(_taken_up(hand, turn.ticket))


def answer(hand: Hand, content: Content, said: Said | None = None, ownership: int | None = None) -> Outcome:
    """Send an operator's words to the customer; the first answer claims the chat.

    Args:
        hand: who answers where.
        content: what is said; what the customer's channel cannot carry is refused.
        said: the message in the topic that says it, None from the console.
        ownership: under which it was written in the console; an older one is refused.
    """
    turn = hand.turn
    sayings = words(turn, hand.person, content, said)
    if isinstance(sayings, NotCarried):
        return hand.refuse(sayings.key, **sayings.values)
    if left := left_in(content.text):
        return hand.refuse("library.left", names=", ".join(f"{{{name}}}" for name in left))
    return send(hand, sayings, content.text, ownership)


def send(hand: Hand, sayings: Sayings, shown: RichText, ownership: int | None = None) -> Outcome:
    """Send what an operator says to the customer, typed or from the library; the first answer claims the chat.

    Args:
        hand: who answers where.
        sayings: for the customer, in this order.
        shown: what the topic reads of it when it is done in the console.
        ownership: under which it was written in the console; an older one is refused.
    """
    turn = hand.turn
    if turn.conversation.blocked:
        return hand.refuse("desk.blocked")
    if turn.conversation.banned:
        return not_to_banned(hand)
    refusal = _must_have(hand, ownership)
    if refusal:
        return refusal
    assert turn.ticket is not None  # noqa: S101 _must_have saw to it
    turn.ticket = queue.answered(turn.conn, turn.ticket, turn.now)
    form_rests(turn)
    hand.sayings += sayings
    if hand.elsewhere:
        hand.sayings.append(replace(tell_desk(bold(f"{hand.person.name}: ") + shown), mirrors=True))
    turn.show("ticket", ticket=turn.ticket.id if turn.ticket else 0)
    return hand.finish(Done(ticket=turn.ticket))


def _must_have(hand: Hand, ownership: int | None) -> Refusal | None:
    """See that this person has the chat, claiming it when nobody has; return why not."""
    turn = hand.turn
    if turn.ticket is None:
        if ownership is not None:
            return hand.refuse("desk.closed_meanwhile")
        hand.sayings += begin_by_staff(turn)
    ticket = turn.ticket
    assert ticket is not None  # noqa: S101 there was one, or it was just opened
    if ticket.staff_id not in {None, hand.person.id}:
        return hand.refuse("desk.taken", name=name_of(turn.conn, ticket.staff_id))
    if ownership is not None and ownership != ticket.ownership:
        return hand.refuse("desk.lost_meanwhile")
    if ticket.staff_id == hand.person.id:
        return None
    outcome = _claim(hand)
    return outcome if isinstance(outcome, Refusal) else None


def not_yours(hand: Hand, ticket: Ticket | None, key: str = "desk.theirs") -> Refusal | None:
    """Return why somebody may not end a chat, pass it on or ban in it: a colleague has it, and they are no manager.

    What nobody has is anybody's. Tags, priority, level, skill and notes are everybody's, whoever has the chat.
    """
    if ticket is None or ticket.staff_id in {None, hand.person.id} or hand.person.role.includes(Role.MANAGER):
        return None
    return hand.refuse(key, name=name_of(hand.turn.conn, ticket.staff_id), number=ticket.id)


def not_to_banned(hand: Hand) -> Refusal:
    """Return why nothing begins with somebody banned, whose answer nobody would read, and how the ban is lifted."""
    turn = hand.turn
    number = turn.closed_ticket.id if turn.closed_ticket else 0
    return hand.refuse("desk.banned_no_words", reason=turn.conversation.ban_reason, number=number)


def note(hand: Hand, text: str) -> Outcome:
    """Write a note, which stays among the staff."""
    turn = hand.turn
    ticket = turn.ticket.id if turn.ticket else None
    key = notes.add(turn.conn, turn.conversation.id, ticket, hand.person.id, text, turn.now, hand.source)
    turn.show("note", note=key)
    if hand.elsewhere:
        hand.sayings.append(tell_desk(bold(f"🔒 {hand.person.name}: ") + text))
    return hand.finish(Done(hand.turn.house.texts(hand.person.language)("desk.noted"), sign=NOTED))


def release(hand: Hand) -> Outcome:
    """Put the chat back into the queue."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None or ticket.staff_id is None:
        return hand.refuse("desk.nobody_has_it")
    refusal = not_yours(hand, ticket)
    if refusal:
        return refusal
    turn.ticket = queue.release(turn.conn, ticket, turn.now, hand.person.id)
    turn.show("ticket", ticket=ticket.id)
    if turn.ticket:
        hand.sayings += rename_topic(turn, turn.ticket)
        hand.sayings += [waiting.message(turn, turn.ticket, "handoff.released")]
    hand.tell_topic("desk.released_elsewhere")
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.released"), turn.ticket))


def close(hand: Hand) -> Outcome:
    """End the ticket: the customer is thanked and asked how it was, the topic is closed."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    refusal = not_yours(hand, ticket)
    if refusal:
        return refusal
    turn.ticket = closed = queue.close(turn.conn, ticket, turn.now, hand.person.id)
    hand.sayings += [asks_how_it_was(turn, closed), *asides.ask_go_on(turn)]
    hand.tell_topic("desk.closed_elsewhere")
    return end(hand, closed, Done(turn.house.texts(hand.person.language)("desk.closed", number=ticket.id), closed))


def reopen(hand: Hand) -> Outcome:
    """Let the last ticket wait again, as opening its topic does; after too long a time a new one begins."""
    turn, going = hand.turn, hand.turn.ticket
    if turn.conversation.banned:
        return not_to_banned(hand)
    if going is not None or queue.goes_on_in(turn.conn, turn.closed_ticket) is not None:
        return hand.refuse("desk.goes_on_already")
    hand.sayings += begin_by_staff(turn)
    assert turn.ticket is not None  # noqa: S101 it was opened just now
    hand.sayings.append(say(turn.texts("handoff.reopened")))
    hand.tell_topic("desk.reopened_elsewhere", number=turn.ticket.id)
    mine = turn.house.texts(hand.person.language)
    return hand.finish(Done(mine("desk.reopened", number=turn.ticket.id), turn.ticket))


def end(hand: Hand, closed: Ticket, done: Done) -> Outcome:
    """Tell the screens and the topic of a closed ticket."""
    hand.turn.ticket = closed
    hand.turn.show("ticket", ticket=closed.id)
    hand.sayings = [*waiting.contact_over(hand.turn), *hand.sayings, *close_topic(hand.turn, closed)]
    hand.sayings += [*waiting.over(hand.turn, closed), *offered.question_withdrawn(hand.turn)]
    return hand.finish(done)


def asks_how_it_was(turn: Turn, ticket: Ticket, key: str = "csat.ask") -> Saying:
    """Return the end of a chat for the customer: the question how it was, once a ticket."""
    if not csat.ask(turn.conn, ticket.id, turn.now):
        return say(turn.texts("csat.closed_again"))
    marks = [Button(turn.texts(f"csat.{score}"), f"csat:{ticket.id}:{score}") for score in csat.SCORES]
    return say(turn.texts(key), rows(*marks, width=len(marks)))


def mark(hand: Hand, **values: object) -> Outcome:
    """Change priority, level or tags of the open ticket."""
    turn, ticket = hand.turn, hand.turn.ticket
    if ticket is None:
        return hand.refuse("desk.no_ticket")
    turn.ticket = queue.mark(turn.conn, ticket, turn.now, hand.person.id, **values)
    turn.show("ticket", ticket=ticket.id)
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.marked"), turn.ticket, sign=MARKED))


def name_of(conn: Connection, key: int | None) -> str:
    """Return the name of somebody who works or worked here."""
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
