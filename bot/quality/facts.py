"""What happened in some days, read from the transcript and the log of the tickets: what the figures are made of.

The stretches of tickets come from `openings.py`. A *question* is what somebody asked the bot while no ticket of theirs
was open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, func, literal_column, or_, select

from bot.quality.openings import CLOSED, MERGED, OPENED, Opening, read as read_openings
from bot.storage import schema

HANDED_OVER_WITHIN = timedelta(days=1)
_LOG, _T, _C, _M = schema.ticket_log, schema.tickets, schema.conversations, schema.messages
_Q, _E, _S, _G = schema.matches, schema.faq_entries, schema.csat, schema.question_groups
_K, _P = schema.quality_checks, schema.staff


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
        read_openings(conn, *span),
        _questions(conn, *span),
        _scores(conn, *span),
        _checks(conn, *span),
        conversations=int(conversations),
        messages=int(messages),
    )


def _said_within(start: datetime, end: datetime) -> ColumnElement[bool]:
    """Return what is true of a customer's words in a span; spelled out as the index of them has it."""
    return and_(_M.c.author == literal_column("'customer'"), _M.c.at >= start, _M.c.at < end)


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
        .where(_Q.c.at >= start, _Q.c.at < end, _M.c.ticket_id.is_(None), of_customers, _asked_of_the_bot())
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


def _asked_of_the_bot() -> ColumnElement[bool]:
    """Return what is true of a question that has a line of its own, and of one from a menu while no ticket was open."""
    merged = and_(_LOG.c.kind == MERGED, _LOG.c.detail == cast(_T.c.merged_into, Text))  # the other one goes on
    ended = or_(_LOG.c.kind == CLOSED, merged)
    last = (
        select(_LOG.c.kind)
        .join(_T, _T.c.id == _LOG.c.ticket_id)
        .where(_T.c.conversation_id == _Q.c.conversation_id, _LOG.c.at < _Q.c.at)
        .where(or_(_LOG.c.kind.in_(sorted(OPENED)), ended))
        .order_by(_LOG.c.id.desc())
        .limit(1)
        .correlate(_Q)
        .scalar_subquery()
    )
    return or_(_Q.c.message_id.is_not(None), func.coalesce(last, CLOSED).not_in(sorted(OPENED)))


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
