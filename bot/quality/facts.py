"""What happened in some days, read from the transcript and the log of the tickets: what the figures are made of.

An *opening* is one stretch of a ticket, from its opening or reopening to its end. A *wait* is a customer's time between
a word of theirs and the next answer. A *question* is what somebody asked the bot while no ticket of theirs was open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select, union

from bot.storage import schema

HANDED_OVER_WITHIN = timedelta(days=1)
OPENED, CLOSED, MERGED, ANSWERED = frozenset({"opened", "reopened"}), "closed", "merged", "answered"
CLAIMED, TRANSFERRED = frozenset({"claimed", "assigned"}), "transferred"
_LOG, _T, _C, _M = schema.ticket_log, schema.tickets, schema.conversations, schema.messages
_Q, _E, _S, _G = schema.matches, schema.faq_entries, schema.csat, schema.question_groups
_K, _P = schema.quality_checks, schema.staff


@dataclass(frozen=True, slots=True)
class Wait:
    """From a customer's word in a ticket that was answered before to the next answer, if there was one."""

    since: datetime
    answered_at: datetime | None
    staff_id: int | None


@dataclass(slots=True)
class Opening:
    """One stretch of a ticket.

    Attributes:
        ticket_id: whose.
        conversation_id: whose conversation.
        channel: of the conversation.
        team: of the ticket as it stands now, empty for none.
        level: of the ticket as it stands now, 1 to 3.
        opened_at: when it was opened or reopened.
        claimed_at: when somebody had it first, or None.
        first_answer_at: when an operator answered first, or None.
        first_staff: who did.
        answers: by whom, once for each answer.
        closed_at: when it ended, or None.
        closed_by: who ended it, None for the customer or the clock.
        waits: after the first answer.
    """

    ticket_id: int
    conversation_id: int
    channel: str
    team: str
    level: int
    opened_at: datetime
    claimed_at: datetime | None = None
    first_answer_at: datetime | None = None
    first_staff: int | None = None
    answers: list[int | None] = field(default_factory=list)
    closed_at: datetime | None = None
    closed_by: int | None = None
    waits: list[Wait] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked the bot.

    Attributes:
        conversation_id: whose.
        channel: of the conversation.
        at: when.
        entry: the entry that it was answered with or that was picked; empty for none.
        category: of that entry, empty for none.
        handed_over: a person took over within a day.
        group: of the unanswered questions that it belongs to, empty for none; masked.
    """

    conversation_id: int
    channel: str
    at: datetime
    entry: str
    category: str
    handed_over: bool
    group: str

    @property
    def automated(self) -> bool:
        """Whether the bot answered and no person had to within a day."""
        return bool(self.entry) and not self.handed_over


@dataclass(frozen=True, slots=True)
class Scored:
    """What a customer said of a ticket."""

    ticket_id: int
    score: int
    comment: str
    staff_id: int | None
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """The score that a manager gave a ticket after looking at it."""

    staff_id: int | None
    channel: str
    score: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a span of time; lists in the order of time.

    Attributes:
        start: the first moment.
        end: the first moment after it.
        openings: that began in it, and others that ended or were waited in within it.
        questions: asked in it.
        scores: given in it.
        checks: scores of managers given in it.
        conversations: in which a customer wrote in it.
        messages: that customers wrote in it.
    """

    start: datetime
    end: datetime
    openings: Sequence[Opening]
    questions: Sequence[Question]
    scores: Sequence[Scored]
    checks: Sequence[Checked]
    conversations: int
    messages: int

    def within(self, moment: datetime | None) -> bool:
        """Return whether a moment lies in the span."""
        return moment is not None and self.start <= moment < self.end


def gather(conn: Connection, start: datetime, end: datetime, staffed: Collection[str] = ()) -> Facts:
    """Read what happened with customers from `start` to just before `end`.

    Args:
        conn: a connection.
        start: the first moment.
        end: the first moment after it.
        staffed: channels on which those who work here write to the bot too, by the address of their own: what they try
            out there is nothing that a customer asked.
    """
    staff = select(_P.c.id).where(_P.c.telegram_id == _C.c.chat).exists()
    of_customers = ~and_(_C.c.channel.in_(sorted(staffed)), staff)
    messages, conversations = conn.execute(
        select(func.count(), func.count(_M.c.conversation_id.distinct()))
        .join_from(_M, _C, _C.c.id == _M.c.conversation_id)
        .where(_said_within(start, end), of_customers)
    ).one()
    span = (start, end, of_customers)
    return Facts(
        start,
        end,
        _openings(conn, *span),
        _questions(conn, *span),
        _scores(conn, *span),
        _checks(conn, *span),
        conversations=int(conversations),
        messages=int(messages),
    )


def _said_within(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Return what is true of a customer's words in a span; spelled out as the index of them has it."""
    return and_(_M.c.author == literal_column("'customer'"), _M.c.at >= start, _M.c.at < end)


def _openings(conn: Connection, start: datetime, end: datetime, of_customers: ColumnElement[bool]) -> list[Opening]:
    """Return the stretches of all tickets to which something happened in the span, whole.

    A customer's word is something too: who waits for an answer since then stands in no log before it comes.
    """
    touched = union(
        select(_LOG.c.ticket_id).where(_LOG.c.at >= start, _LOG.c.at < end),
        select(_M.c.ticket_id).where(_said_within(start, end), _M.c.ticket_id.is_not(None)),
    )
    log = conn.execute(
        select(_LOG, _T.c.conversation_id, _T.c.team, _T.c.level, _T.c.merged_into, _C.c.channel)
        .join(_T, _T.c.id == _LOG.c.ticket_id)
        .join(_C, _C.c.id == _T.c.conversation_id)
        .where(_LOG.c.ticket_id.in_(touched), of_customers)
        .order_by(_LOG.c.ticket_id, _LOG.c.id)
    ).all()
    said = conn.execute(
        select(_M.c.ticket_id, _M.c.at)
        .where(_M.c.ticket_id.in_(touched), _M.c.author == "customer")
        .order_by(_M.c.ticket_id, _M.c.id)
    ).all()
    words: dict[int, list[datetime]] = {}
    for row in said:
        words.setdefault(row.ticket_id, []).append(row.at)
    found: list[Opening] = []
    for row in log:
        _take_up(found, row)
    answers: dict[int, list[tuple[datetime, int | None]]] = {}
    for row in log:
        if row.kind == ANSWERED:
            answers.setdefault(row.ticket_id, []).append((row.at, row.staff_id))
    for opening in found:
        _waits(opening, words.get(opening.ticket_id, []), answers.get(opening.ticket_id, []))
    return sorted(found, key=lambda one: (one.opened_at, one.ticket_id))


def _take_up(found: list[Opening], row: Any) -> None:  # noqa: ANN401 a row of the log with its ticket
    """Let one line of the log say what it says of the stretch that is under way."""
    if row.kind in OPENED:
        found.append(Opening(row.ticket_id, row.conversation_id, row.channel, row.team, row.level, row.at))
        return
    if not found or found[-1].ticket_id != row.ticket_id or found[-1].closed_at is not None:
        return  # it began before the log did
    now = found[-1]
    if row.kind in CLAIMED or (row.kind == TRANSFERRED and row.detail.isdecimal()):  # else it went to a team
        now.claimed_at = now.claimed_at or row.at
    elif row.kind == ANSWERED:
        if now.first_answer_at is None:
            now.first_answer_at, now.first_staff = row.at, row.staff_id
        now.answers.append(row.staff_id)
    elif row.kind == CLOSED or (row.kind == MERGED and row.merged_into is not None):  # the other one goes on
        now.closed_at, now.closed_by = row.at, row.staff_id


def _waits(opening: Opening, words: Iterable[datetime], answers: Iterable[tuple[datetime, int | None]]) -> None:
    """Find the customer's waits after the first answer."""
    first, end = opening.first_answer_at, opening.closed_at
    if first is None:
        return
    mine = [moment for moment in words if moment > first and (end is None or moment < end)]
    given = [one for one in answers if one[0] > first and (end is None or one[0] <= end)]
    while mine:
        answer = next((one for one in given if one[0] >= mine[0]), None)
        opening.waits.append(Wait(mine[0], *(answer or (None, None))))
        mine = [moment for moment in mine if answer and moment > answer[0]]


def _questions(conn: Connection, start: datetime, end: datetime, of_customers: ColumnElement[bool]) -> list[Question]:
    """Return what was asked while no person had to do with it."""
    opened = (
        select(_LOG.c.at, _T.c.conversation_id)
        .join(_T, _T.c.id == _LOG.c.ticket_id)
        .where(_LOG.c.kind.in_(sorted(OPENED)), _LOG.c.at >= start, _LOG.c.at <= end + HANDED_OVER_WITHIN)
        .order_by(_LOG.c.id)
    )
    handovers: dict[int, list[datetime]] = {}
    for row in conn.execute(opened):
        handovers.setdefault(row.conversation_id, []).append(row.at)
    query = (
        select(_Q.c.conversation_id, _Q.c.at, _Q.c.entry, _C.c.channel, _E.c.category, _G.c.example)
        .join(_C, _C.c.id == _Q.c.conversation_id)
        .outerjoin(_M, _M.c.id == _Q.c.message_id)
        .outerjoin(_E, _E.c.key == _Q.c.entry)
        .outerjoin(_G, _G.c.id == _Q.c.group_id)
        .where(_Q.c.at >= start, _Q.c.at < end, _M.c.ticket_id.is_(None), of_customers)
        .order_by(_Q.c.id)
    )
    return [
        Question(
            row.conversation_id,
            row.channel,
            row.at,
            row.entry,
            row.category or "",
            any(row.at <= one <= row.at + HANDED_OVER_WITHIN for one in handovers.get(row.conversation_id, ())),
            row.example or "",
        )
        for row in conn.execute(query)
    ]


def _scores(conn: Connection, start: datetime, end: datetime, of_customers: ColumnElement[bool]) -> list[Scored]:
    query = (
        select(_S, _C.c.channel)
        .join(_T, _T.c.id == _S.c.ticket_id)
        .join(_C, _C.c.id == _T.c.conversation_id)
        .where(_S.c.score.is_not(None), _S.c.scored_at >= start, _S.c.scored_at < end, of_customers)
        .order_by(_S.c.scored_at, _S.c.ticket_id)
    )
    return [
        Scored(row.ticket_id, row.score, row.comment, row.staff_id, row.channel, row.scored_at)
        for row in conn.execute(query)
    ]


def _checks(conn: Connection, start: datetime, end: datetime, of_customers: ColumnElement[bool]) -> list[Checked]:
    query = (
        select(_K.c.score, _K.c.staff_id, _C.c.channel)
        .join(_T, _T.c.id == _K.c.ticket_id)
        .join(_C, _C.c.id == _T.c.conversation_id)
        .where(_K.c.score.is_not(None), _K.c.at >= start, _K.c.at < end, of_customers)
    )
    return [Checked(row.staff_id, row.channel, row.score) for row in conn.execute(query)]
