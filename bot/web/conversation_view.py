"""One conversation as the console shows it: what was said, notes between, how each delivery went, and who it is.

Olga opens Anna's conversation: the bot's answer with its confidence, Anna's question, a colleague's note with its lock,
her own answer marked "sent" or "not delivered: the customer has blocked the bot".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.domain.message import RichText, plain
from bot.domain.people import Staff
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handoff import notes, queue, staff
from bot.handoff.notes import Note
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations, receipts, transcript
from bot.messaging.conversations import Conversation
from bot.messaging.transcript import Line
from bot.orders import store as orders
from bot.orders.store import Order
from bot.quality import csat
from bot.quality.csat import Score
from bot.storage import schema
from bot.web.list_view import tone

LINES = 100
"""Lines of the transcript shown at first; older ones are a link away."""
EARLIER = 5
"""Closed tickets named beside the conversation."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a line of ours fared: state as in the outbox, and the outbox id for "send again"."""

    state: str
    repeated: bool
    error: str
    id: int


@dataclass(frozen=True, slots=True)
class Bubble:
    """A line of the conversation, or a note.

    Attributes:
        key: unique on the page.
        author: customer, bot, operator, note, or event for what happened to a ticket.
        name: who, for operators and notes.
        kind: `text`, or what was attached; of an event `closed` or `rated`.
        text: with its formatting.
        details: of what was attached.
        buttons: labels of the buttons that stood below it.
        at: when.
        edited: its author changed it later.
        day: set on the first one of a day.
        follows: the one before is by the same person and not long ago.
        delivery: how it fared, for our own lines.
    """

    key: str
    author: str
    name: str
    kind: str
    text: RichText
    details: Mapping[str, object]
    buttons: Sequence[str]
    at: datetime
    edited: bool
    day: date | None
    follows: bool
    delivery: Delivery | None


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with all that stands around it.

    Attributes:
        conversation: who and where.
        ticket: the open one, None when the bot answers.
        owner: the name of who has it.
        tone: as in the list; `bot` without an open ticket.
        mine: I have it.
        bubbles: oldest first.
        older: the id before which there is more, None when all is shown.
        colleagues: to whom it can be passed on.
        earlier: closed tickets, the newest first.
        scores: what the customer gave them, by ticket.
        orders: of this customer, the newest first.
        tried: what the bot made of the last questions, the newest first.
    """

    conversation: Conversation
    ticket: Ticket | None
    owner: str
    tone: str
    mine: bool
    bubbles: Sequence[Bubble]
    older: int | None
    colleagues: Sequence[Staff]
    earlier: Sequence[Ticket]
    scores: Mapping[int, Score]
    orders: Sequence[Order]
    tried: Sequence[Logged]

    @property
    def since(self) -> datetime | None:
        """From when the customer waits for a person, None when they do not."""
        if self.ticket is None:
            return None
        return self.ticket.opened_at if self.ticket.state is State.WAITING else self.ticket.customer_wrote_at

    @property
    def may_answer(self) -> bool:
        """Whether what I write goes out: the chat is mine, or nobody's yet."""
        return self.ticket is not None and (self.mine or self.ticket.state is State.WAITING)


def conversation_view(
    conn: Connection, key: int, me: Staff, zone: str, before: int | None = None
) -> ConversationView | None:
    """Return a conversation, or None when there is none with this id.

    Args:
        conn: a connection.
        key: our id.
        me: who looks.
        zone: in which days are told apart.
        before: only lines with a lower id, for reading further back.
    """
    conversation = conversations.get(conn, key)
    if conversation is None:
        return None
    ticket, names = queue.open_one(conn, key), staff.names(conn)
    lines = transcript.last(conn, key, LINES + 1, before)
    older = lines[1].id if len(lines) > LINES else None
    return ConversationView(
        conversation=conversation,
        ticket=ticket,
        owner=names.get(ticket.staff_id or 0, "") if ticket else "",
        tone=tone(ticket, me) if ticket else "bot",
        mine=ticket is not None and ticket.staff_id == me.id,
        bubbles=_bubbles(conn, key, lines[-LINES:], names, zone),
        older=older,
        colleagues=[one for one in staff.on_duty(conn) if one.id not in {me.id, ticket.staff_id if ticket else 0}],
        earlier=_closed(conn, key, EARLIER),
        scores={one.ticket_id: one for one in csat.of_conversation(conn, key)},
        orders=orders.of_customer(conn, key, 5),
        tried=unanswered.lately(conn, key, 3),
    )


def _closed(conn: Connection, conversation: int, most: int) -> list[Ticket]:
    tickets = schema.tickets
    mine = (tickets.c.conversation_id == conversation) & (tickets.c.state == State.CLOSED.value)
    keys = conn.execute(select(tickets.c.id).where(mine).order_by(tickets.c.id.desc()).limit(most)).scalars().all()
    return [ticket for key in keys if (ticket := queue.get(conn, key))]


def _bubbles(
    conn: Connection, conversation: int, lines: Sequence[Line], names: Mapping[int, str], zone: str
) -> list[Bubble]:
    first = lines[0].at if lines else None
    noted = [note for note in notes.of(conn, conversation) if first is None or note.at >= first]
    ours = [line.id for line in lines if line.author != transcript.CUSTOMER]
    states = {key: Delivery(*state) for key, state in receipts.states(conn, ours).items()}
    said = [_said(line, names, states.get(line.id)) for line in lines]
    happened = [event for event in _happened(conn, conversation, names) if first is None or event.at >= first]
    bubbles: list[Bubble] = []
    for made in sorted([*said, *(_noted(note, names) for note in noted), *happened], key=lambda one: one.at):
        bubbles.append(_placed(made, bubbles[-1] if bubbles else None, zone))
    return bubbles


def _happened(conn: Connection, conversation: int, names: Mapping[int, str]) -> list[Bubble]:
    """Return when tickets were closed, and what the customer gave them."""
    closed = [
        _event(f"c{one.id}", "closed", one.closed_at, {"ticket": one.id}, names.get(one.staff_id or 0, ""))
        for one in _closed(conn, conversation, LINES)
        if one.closed_at
    ]
    rated = [
        _event(f"s{one.ticket_id}", "rated", one.at, {"ticket": one.ticket_id, "score": one.score}, "")
        for one in csat.of_conversation(conn, conversation)
        if one.at
    ]
    return [*closed, *rated]


def _event(key: str, kind: str, at: datetime, details: Mapping[str, object], name: str) -> Bubble:
    return Bubble(
        key=key,
        author="event",
        name=name,
        kind=kind,
        text=plain(""),
        details=details,
        buttons=(),
        at=at,
        edited=False,
        day=None,
        follows=False,
        delivery=None,
    )


_CLOSE = 180
"""Seconds within which lines of the same person stand together."""


def _placed(made: Bubble, before: Bubble | None, zone: str) -> Bubble:
    """Return a bubble with its day, if it is the day's first, and whether it follows one of the same person."""
    local = made.at.astimezone(ZoneInfo(zone)).date()
    if before is None or before.at.astimezone(ZoneInfo(zone)).date() != local:
        return replace(made, day=local)
    same = (before.author, before.name) == (made.author, made.name)
    return replace(made, follows=same and (made.at - before.at).total_seconds() < _CLOSE)


def _said(line: Line, names: Mapping[int, str], delivery: Delivery | None) -> Bubble:
    rows = line.content.details.get("buttons") or []
    return Bubble(
        key=f"m{line.id}",
        author=line.author,
        name=names.get(line.staff_id or 0, ""),
        kind=line.content.kind.value,
        text=line.content.text,
        details={name: value for name, value in line.content.details.items() if name != "buttons"},
        buttons=[button[0] for row in rows for button in row],
        at=line.at,
        edited=line.edited_at is not None,
        day=None,
        follows=False,
        delivery=delivery,
    )


def _noted(note: Note, names: Mapping[int, str]) -> Bubble:
    return Bubble(
        key=f"n{note.id}",
        author="note",
        name=names.get(note.staff_id or 0, ""),
        kind="text",
        text=plain(note.text),
        details={},
        buttons=(),
        at=note.at,
        edited=False,
        day=None,
        follows=False,
        delivery=None,
    )
