"""What staff write to the bot privately: the queue, the next chat, being away.

Olga comes back from lunch: `/back`, `/next`, and the chat that waits longest is hers, with a link to its topic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.domain.conversation import Place, Said
from bot.domain.message import RichText, bold, join, plain
from bot.domain.people import Role, Staff
from bot.handlers import asked_last, assigning, card, desk
from bot.handlers.commands import named
from bot.handlers.desk import Refusal
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, say_at
from bot.handoff import queue, staff as people
from bot.handoff.rules import Assignment
from bot.handoff.ticket import State, Ticket
from bot.i18n import Texts
from bot.messaging import conversations, topics
from bot.messaging.transcript import Line

if TYPE_CHECKING:
    from bot.handlers.question import Asked

SHOWN = 20
LONGEST_QUESTION = 100
"""Characters of what a customer wants to know, in a list; twenty of them go into one message."""
MANAGER_COMMANDS = ("report", "sample", "unban")
ADMIN_COMMANDS = ("faq", "unanswered", "import", "export", "canned")


@dataclass(frozen=True, slots=True)
class Desk:
    """A member of staff in a private chat with the bot; `asked` is what the FAQ makes of what they wrote."""

    house: House
    conn: Connection
    now: datetime
    person: Staff
    place: Place
    asked: Asked | None = None

    @property
    def texts(self) -> Texts:
        """The sentences in this person's language."""
        return self.house.texts(self.person.language)

    def as_known(self) -> Desk:
        """Return the same with the person as they are written down now."""
        return replace(self, person=people.get(self.conn, self.person.id) or self.person)

    def tell(self, text: RichText | str) -> Saying:
        """Return words for this person."""
        return say_at(self.place, text)


def command(at: Desk, said: Said) -> Sayings | None:
    """Carry out a command of the staff; None when it is none of theirs."""
    name, _ = named(said.content.text.text)
    if name == "help":
        return [at.tell(_help(at))]
    act = COMMANDS.get(name)
    return act(at) if act else None


def _help(at: Desk) -> str:
    lines = [at.texts("desk.help"), at.texts("library.help")]
    if at.person.role.includes(Role.MANAGER):
        lines += [f"/{name} – {at.texts(f'command.{name}')}" for name in MANAGER_COMMANDS]
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
    shown = tickets[:SHOWN]
    names = desk.waiting_names(at.conn, shown)
    asked = asked_last.lines(at.conn, conversations.languages_of_heard(at.conn, [one.conversation_id for one in shown]))
    return [_line(at, one, names[one.conversation_id], asked.get(one.conversation_id)) for one in shown]


def _line(at: Desk, ticket: Ticket, name: str, asked: Line | None) -> RichText:
    minutes = int((at.now - (ticket.customer_wrote_at or ticket.opened_at)) / timedelta(minutes=1))
    text = bold(f"#{ticket.id} {name}") + f" · {at.texts('private.minutes', n=minutes)}"
    if asked is not None:
        words = " ".join(f"{card.shown(asked.content.kind, at.texts)}{asked.content.text.text}".split())
        text = text + f"\n{words if len(words) <= LONGEST_QUESTION else words[: LONGEST_QUESTION - 1] + '…'}"
    link = _link(at, ticket)
    return text + (plain(f"\n{link}") if link else "")


def _link(at: Desk, ticket: Ticket) -> str:
    topic = topics.of(at.conn, ticket.conversation_id)
    channel = at.house.channels.get(topic.place.channel) if topic else None
    return channel.link(topic.place) if topic and channel else ""


def _next(at: Desk) -> Sayings:
    outcome, hand = assigning.take_next(at.house, at.conn, at.person, at.now)
    if isinstance(outcome, Refusal) or hand is None or outcome.ticket is None:
        return [at.tell(outcome.text)]
    took = at.texts("private.took", number=outcome.ticket.id, name=hand.turn.conversation.name)
    return [at.tell(bold(took) + f"\n{_link(at, outcome.ticket)}".rstrip())]


def _away(at: Desk) -> Sayings:
    people.go_away(at.conn, at.person.id, at.now)
    after = at.house.rules.away_returns_after
    mine = sum(one.state is State.ASSIGNED for one in queue.list_open(at.conn, at.person.id))
    if not mine or not after:
        return [at.tell(at.texts("private.away"))]
    minutes = int(after / timedelta(minutes=1))
    return [at.tell(f"{at.texts('private.away')} {at.texts('private.away_returns', n=mine, minutes=minutes)}")]


def _back(at: Desk) -> Sayings:
    people.come_back(at.conn, at.person.id, at.now)
    balanced = at.house.rules.assignment is Assignment.BALANCED
    return [at.tell(at.texts("private.back_balanced" if balanced else "private.back"))]


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
