"""How chats come to people: `/next`, the bot's own assignment, and back into the queue when somebody goes away.

Olga writes `/next`: of those who wait, the first that fits her team, level, skills and languages is hers. With
`mode = "balanced"` the bot does that by itself, a second after somebody waits or somebody has room.

Each gift is a transaction of its own that takes the conversation first, then the person, and looks again at both: so
any number of workers may try, and nobody gets more than fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.message import RichText, bold
from bot.domain.people import Staff
from bot.handlers import waiting as waiting_customers
from bot.handlers.desk import Done, Hand, Outcome, Refusal, claim
from bot.handlers.house import House
from bot.handlers.operator import rename_topic
from bot.handlers.privately import links, private_places
from bot.handlers.turn import Saying, Turn, say, say_at, tell_desk
from bot.handoff import queue, routing, shifts, staff as people, ticket_log
from bot.handoff.routing import Seat, Waiting
from bot.handoff.rules import Assignment
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations

MOST = 200
"""Waiting tickets that are looked at for one gift."""
NOT_BACK_WITHIN = timedelta(minutes=15)
"""So long a chat that somebody gave up goes to others, if there are any."""
AT_A_TIME = 20
"""Chats that one sweep brings back."""


def seats(house: House, conn: Connection, now: datetime) -> list[Seat]:
    """Return everybody who works here as the routing sees them."""
    load, rules = queue.load(conn), house.rules
    return [
        routing.seat(
            one,
            rules.teams,
            load=load.get(one.id, 0),
            capacity=house.capacity_of(one),
            on_duty=shifts.on_duty(one, rules.shifts, now),
        )
        for one in people.everybody(conn)
    ]


def waiting(conn: Connection, now: datetime) -> list[Waiting]:
    """Return who waits, in the order of the queue."""
    tickets = queue.waiting(conn, MOST)
    languages = conversations.languages(conn, [one.conversation_id for one in tickets])
    let_go = ticket_log.let_go(conn, [one.id for one in tickets], now - NOT_BACK_WITHIN)
    return [Waiting(one, languages.get(one.conversation_id, ""), frozenset(let_go.get(one.id, ()))) for one in tickets]


def take_next(house: House, conn: Connection, person: Staff, now: datetime) -> tuple[Outcome, Hand | None]:
    """Give somebody the chat that waits longest of those that fit; the hand on it when there was one."""
    texts, crew = house.texts(person.language), seats(house, conn, now)
    mine = next((one for one in crew if one.person.id == person.id), None)
    if mine is None or mine.room < 1:
        return Refusal(texts("private.full", capacity=house.capacity_of(person))), None
    listed = waiting(conn, now)
    for ticket in routing.next_for(mine, listed, crew):
        hand = _hand_on(house, conn, person, ticket, now)
        if hand is None:
            continue
        if not _has_room(house, conn, person.id):
            return Refusal(texts("private.full", capacity=house.capacity_of(person))), None
        outcome = claim(hand)
        if isinstance(outcome, Done):
            return outcome, hand
    return Refusal(texts("private.none_fits", n=len(listed)) if listed else texts("private.nobody_waits")), None


def _hand_on(house: House, conn: Connection, person: Staff, ticket: Ticket, now: datetime) -> Hand | None:
    """Return a hand on a waiting ticket's conversation, None when it does not wait any more or a turn is at it."""
    conversation = conversations.at_rest(conn, ticket.conversation_id)
    if conversation is None:
        return None
    turn = Turn(house, conn, now, conversation)
    still = turn.ticket is not None and turn.ticket.id == ticket.id and turn.ticket.state is State.WAITING
    return Hand(turn, person, elsewhere=True) if still else None


def _has_room(house: House, conn: Connection, key: int) -> bool:
    """Return whether somebody can get one more chat, and keep it so until the commit."""
    person = people.lock(conn, key)
    return person is not None and queue.load(conn).get(key, 0) < house.capacity_of(person)


def planned(house: House, conn: Connection, now: datetime) -> list[tuple[Ticket, Staff]]:
    """Return who is to get which of those who wait; nothing where everybody takes the next chat themselves."""
    if house.rules.assignment is not Assignment.BALANCED:
        return []
    listed = waiting(conn, now)
    return routing.plan(listed, seats(house, conn, now)) if listed else []


def give(house: House, conn: Connection, ticket: Ticket, person: Staff, now: datetime) -> bool:
    """Give a waiting chat to somebody, if it still waits and they still have room.

    Returns:
        Whether they have it now.
    """
    hand = _hand_on(house, conn, person, ticket, now)
    if hand is None or not _has_room(house, conn, person.id):
        return False
    turn = hand.turn
    given = queue.assign(conn, ticket.id, person.id, now)
    if given is None:
        return False
    turn.ticket = given
    turn.show("ticket", ticket=given.id)
    hand.sayings += rename_topic(turn, given)
    hand.sayings.append(say(turn.texts("handoff.has_it", name=person.name)))
    hand.sayings.append(tell_desk(turn.desk_texts("desk.assigned", name=person.name)))
    texts = house.texts(person.language)
    words = bold(texts("private.given", number=given.id, name=turn.conversation.name))
    hand.sayings += privately(house, person, words + "\n" + links(house, conn, turn.conversation.id, texts))
    hand.finish(Done(ticket=given))
    return True


def privately(house: House, person: Staff, text: RichText | str) -> list[Saying]:
    """Return words for somebody's private chat with the bot; none for who works in the console only."""
    return [say_at(place, text) for place in private_places(house, person)]


def sweep_returns(house: House, conn: Connection, now: datetime) -> int:
    """Put chats of people who went away or do not work here any more back into the queue; return how many.

    Of who went away those that are unfinished; `AT_A_TIME` at most.
    """
    due = [*_without_rights(conn), *_due_back(house, conn, now)]
    returned = 0
    for ticket, name in sorted(due, key=lambda pair: pair[0].conversation_id)[:AT_A_TIME]:
        conversation = conversations.at_rest(conn, ticket.conversation_id)
        turn = Turn(house, conn, now, conversation) if conversation else None
        if turn is None or turn.ticket is None or turn.ticket.ownership != ticket.ownership:
            continue
        _bring_back(turn, turn.ticket, name)
        returned += 1
    return returned


def _without_rights(conn: Connection) -> list[tuple[Ticket, str]]:
    """Return the open chats of people who are disabled, with their names."""
    busy = queue.load(conn).keys()
    gone = busy - {person.id for person in people.everybody(conn)} if busy else set()
    names = people.names(conn) if gone else {}
    return [(ticket, names[key]) for key in gone for ticket in queue.list_open(conn, key)]


def _due_back(house: House, conn: Connection, now: datetime) -> Sequence[tuple[Ticket, str]]:
    """Return the unfinished chats of people who have been away too long, with their names."""
    after, due = house.rules.away_returns_after, []
    if not after:
        return []
    for person in people.everybody(conn):
        since = shifts.off_since(person, house.rules.shifts, now)
        if since is None:
            continue
        for ticket in queue.list_open(conn, person.id):
            touched = [at for at in (since, ticket.assigned_at, ticket.answered_at) if at]
            if ticket.state is State.ASSIGNED and max(touched) + after <= now:
                due.append((ticket, person.name))
    return due


def _bring_back(turn: Turn, ticket: Ticket, name: str) -> None:
    """Put a chat back into the queue, and tell its customer so once."""
    turn.ticket = back = queue.returned(turn.conn, ticket, turn.now)
    turn.show("ticket", ticket=ticket.id)
    told = waiting_customers.message(turn, back, "handoff.returned", always=True, name=name)
    turn.carry([*rename_topic(turn, back), tell_desk(turn.desk_texts("desk.returned", name=name)), told])
