"""What staff write to the bot privately: the queue, the next chat, being away.

Olga comes back from lunch: `/back`, `/next`, and the chat that waits longest is hers, with a link to its topic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Place, Said
from bot.domain.message import RichText, bold, join, plain
from bot.domain.people import Role, Staff
from bot.handlers import desk
from bot.handlers.desk import Refusal
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, say_at
from bot.handoff import queue, staff as people
from bot.handoff.ticket import Ticket
from bot.i18n import Texts
from bot.messaging import topics

SHOWN = 20
ADMIN_COMMANDS = ("faq", "unanswered", "import", "export")


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff in a private chat with the bot."""

    house: House
    conn: Connection
    now: datetime
    person: Staff
    place: Place

    @property
    def texts(self) -> Texts:
        """The sentences in this person's language."""
        return self.house.texts(self.person.language)

    def tell(self, text: RichText | str) -> Saying:
        """Return words for this person."""
        return say_at(self.place, text)


def command(at: Desk, said: Said) -> Sayings | None:
    """Carry out a command of the staff; None when it is none of theirs."""
    name = said.content.text.text[1:].partition(" ")[0].split("@")[0].lower()
    if name == "help":
        return [at.tell(_help(at))]
    act = COMMANDS.get(name)
    return act(at) if act else None


def _help(at: Desk) -> str:
    lines = [at.texts("desk.help")]
    if at.person.role.includes(Role.ADMIN):
        lines += [f"/{name} – {at.texts(f'command.{name}')}" for name in ADMIN_COMMANDS]
    return "\n".join(lines)


def _queue(at: Desk) -> Sayings:
    waiting = [ticket for ticket in queue.list_open(at.conn) if ticket.staff_id is None]
    if not waiting:
        return [at.tell(at.texts("private.nobody_waits"))]
    return [at.tell(join([bold(at.texts("private.waiting", n=len(waiting))), *_lines(at, waiting)]))]


def _mine(at: Desk) -> Sayings:
    mine = queue.list_open(at.conn, at.person.id)
    if not mine:
        return [at.tell(at.texts("private.none_of_yours"))]
    return [at.tell(join([bold(at.texts("private.yours", n=len(mine))), *_lines(at, mine)]))]


def _lines(at: Desk, tickets: Sequence[Ticket]) -> list[RichText]:
    names = desk.waiting_names(at.conn, tickets)
    return [_line(at, ticket, names[ticket.conversation_id]) for ticket in tickets[:SHOWN]]


def _line(at: Desk, ticket: Ticket, name: str) -> RichText:
    minutes = int((at.now - (ticket.customer_wrote_at or ticket.opened_at)) / timedelta(minutes=1))
    text = bold(f"#{ticket.id} {name}") + f" · {at.texts('private.minutes', n=minutes)}"
    link = _link(at, ticket)
    return text + (plain(f"\n{link}") if link else "")


def _link(at: Desk, ticket: Ticket) -> str:
    topic = topics.of(at.conn, ticket.conversation_id)
    channel = at.house.channels.get(topic.place.channel) if topic else None
    return channel.link(topic.place) if topic and channel else ""


def _next(at: Desk) -> Sayings:
    if queue.load(at.conn).get(at.person.id, 0) >= at.house.capacity_of(at.person):
        return [at.tell(at.texts("private.full", capacity=at.house.capacity_of(at.person)))]
    ticket = queue.next_waiting(at.conn)
    hand = desk.hand_on_ticket(at.house, at.conn, at.person, ticket.id) if ticket else None
    if ticket is None or hand is None:
        return [at.tell(at.texts("private.nobody_waits"))]
    outcome = desk.claim(hand)
    if isinstance(outcome, Refusal):
        return [at.tell(outcome.text)]
    name = hand.turn.conversation.name
    return [at.tell(bold(at.texts("private.took", number=ticket.id, name=name)) + f"\n{_link(at, ticket)}".rstrip())]


def _away(at: Desk) -> Sayings:
    people.change(at.conn, at.person.id, away=True)
    return [at.tell(at.texts("private.away"))]


def _back(at: Desk) -> Sayings:
    people.change(at.conn, at.person.id, away=False)
    return [at.tell(at.texts("private.back"))]


def _stats(at: Desk) -> Sayings:
    since = at.now - timedelta(days=1)
    closed = [
        ticket
        for ticket in queue.list_closed(at.conn, 500)
        if ticket.staff_id == at.person.id and ticket.closed_at and ticket.closed_at >= since
    ]
    mine = len(queue.list_open(at.conn, at.person.id))
    return [at.tell(at.texts("private.stats", open=mine, closed=len(closed)))]


COMMANDS: dict[str, Callable[[Desk], Sayings]] = {
    "queue": _queue,
    "next": _next,
    "mine": _mine,
    "away": _away,
    "back": _back,
    "stats": _stats,
}
