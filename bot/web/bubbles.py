"""The lines of a conversation as the console shows them, notes and what happened to its tickets among them.

Anna corrected her address: her line says "edited", and how it read before is a press away. Olga took an answer back: it
stands there, struck out, with the word for it. Olga's delivered words carry a quiet "take back".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.domain.message import RichText, plain
from bot.domain.people import Staff
from bot.handlers import changes
from bot.handlers.turn import Turn
from bot.handoff import notes, queue, ticket_log
from bot.handoff.notes import Note
from bot.handoff.ticket import State, Ticket
from bot.messaging import receipts, transcript
from bot.messaging.transcript import Line
from bot.quality import csat
from bot.storage import schema
from bot.web.attachment import Attachment, attachment, holder

LONG, LINES_SHOWN = 1200, 15
"""Characters and lines of a text from which on it is folded."""
CLOSED_SHOWN = 100
"""Ends of tickets among the lines, and presses."""
_T = schema.tickets


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
        kind: `text`, or what was attached; of an event `closed`, `rated` or `pressed`.
        text: with its formatting.
        details: of what was attached.
        buttons: labels of the buttons that stood below it.
        at: when.
        edited: when its author changed it last, None for never.
        was: how it read before, the oldest first.
        taken_back: when it was taken back, None while the customer can see it.
        line: our id of the line if I may take it back, else 0.
        withdrawal: state and error of the last try to take it back, None without one.
        attached: the file that can be opened, None without one.
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
    day: date | None = None
    follows: bool = False
    delivery: Delivery | None = None
    edited: datetime | None = None
    was: Sequence[RichText] = ()
    taken_back: datetime | None = None
    line: int = 0
    withdrawal: tuple[str, str] | None = None
    attached: Attachment | None = None

    @property
    def long(self) -> bool:
        """Whether it is folded at first: nobody scrolls past a copied e-mail to read what was said after it."""
        return len(self.text.text) > LONG or self.text.text.count("\n") >= LINES_SHOWN


def bubbles_of(
    turn: Turn, me: Staff, lines: Sequence[Line], names: Mapping[int, str], until: datetime | None = None
) -> list[Bubble]:
    """Return lines of a conversation with what happened between them, oldest first.

    Args:
        turn: the conversation's; nothing is said in it.
        me: who looks.
        lines: of the transcript, oldest first.
        names: of the staff, by id.
        until: when the next line was said that is not among these, None when they are the last.
    """
    conn, conversation = turn.conn, turn.conversation.id
    said = _all_said(turn, me, lines, names)
    noted = [_noted(note, names) for note in notes.of(conn, conversation, until=until)]
    first = lines[0].at if lines else None
    shown = [
        one
        for one in (*noted, *_happened(conn, conversation, names))
        if (first is None or one.at >= first) and (until is None or one.at < until)
    ]
    bubbles: list[Bubble] = []
    zone = ZoneInfo(turn.house.rules.hours.zone)
    for made in sorted([*said, *shown], key=lambda one: one.at):
        bubbles.append(_placed(made, bubbles[-1] if bubbles else None, zone))
    return bubbles


def closed_of(conn: Connection, conversation: int, most: int) -> list[Ticket]:
    """Return the last closed tickets of a conversation, the newest first."""
    mine = (_T.c.conversation_id == conversation) & (_T.c.state == State.CLOSED.value)
    return queue.found_by(conn, select(_T).where(mine).order_by(_T.c.id.desc()).limit(most))


def joined_in(conn: Connection, conversation: int, most: int) -> list[Ticket]:
    """Return the last tickets of other conversations that go on in one's tickets, the newest first."""
    own = select(_T.c.id).where(_T.c.conversation_id == conversation)
    others = (_T.c.merged_into.in_(own), _T.c.conversation_id != conversation)
    return queue.found_by(conn, select(_T).where(*others).order_by(_T.c.id.desc()).limit(most))


def _all_said(turn: Turn, me: Staff, lines: Sequence[Line], names: Mapping[int, str]) -> list[Bubble]:
    conn = turn.conn
    ours = [line.id for line in lines if line.author != transcript.CUSTOMER]
    states = {key: Delivery(*state) for key, state in receipts.states(conn, ours).items()}
    before = transcript.earlier(conn, [line.id for line in lines if line.edited_at])
    withdrawn = receipts.withdrawals(conn, ours)
    return [
        replace(
            _said(turn, line, names, states.get(line.id)),
            was=before.get(line.id, ()),
            line=_retractable(turn, me, line, states.get(line.id)),
            withdrawal=withdrawn.get(line.id),
        )
        for line in lines
    ]


def _retractable(turn: Turn, me: Staff, line: Line, delivery: Delivery | None) -> int:
    arrived = delivery is not None and delivery.state == "sent"
    return line.id if arrived and not changes.why_not_taken_back(turn, me, line) else 0


def _happened(conn: Connection, conversation: int, names: Mapping[int, str]) -> list[Bubble]:
    """Return when tickets were closed, what the customer gave them, and which buttons were pressed meanwhile."""
    closed = [
        _event(f"c{one.id}", "closed", one.closed_at, {"ticket": one.id}, names.get(one.staff_id or 0, ""))
        for one in closed_of(conn, conversation, CLOSED_SHOWN)
        if one.closed_at
    ]
    rated = [
        _event(f"s{one.ticket_id}", "rated", one.at, {"ticket": one.ticket_id, "score": one.score}, "")
        for one in csat.of_conversation(conn, conversation)
        if one.at
    ]
    pressed = [
        _event(f"p{one.id}", "pressed", one.at, {"label": one.detail}, "")
        for one in ticket_log.pressed_in(conn, conversation, CLOSED_SHOWN)
    ]
    return [*closed, *rated, *pressed]


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
    )


_CLOSE = 180
"""Seconds within which lines of the same person stand together."""


def _placed(made: Bubble, before: Bubble | None, zone: ZoneInfo) -> Bubble:
    """Return a bubble with its day, if it is the day's first, and whether it follows one of the same person."""
    local = made.at.astimezone(zone).date()
    if before is None or before.at.astimezone(zone).date() != local:
        return replace(made, day=local)
    same = (before.author, before.name) == (made.author, made.name)
    return replace(made, follows=same and (made.at - before.at).total_seconds() < _CLOSE)


def _said(turn: Turn, line: Line, names: Mapping[int, str], delivery: Delivery | None) -> Bubble:
    gives = turn.house.can(holder(turn.house, turn.conversation, line)).gives_files
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
        delivery=delivery,
        edited=line.edited_at,
        taken_back=line.deleted_at,
        attached=attachment(line.content, gives),
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
    )
