"""The list of conversations as the console shows it: who waits, who is mine, what the others do.

A row says who, what they wrote last, for how long they have waited and how many of their lines nobody has answered.
A handful of queries, whatever the number of rows; of a thousand who wait the first are shown, and all are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select

from bot.domain.people import Staff
from bot.handlers import asked_last
from bot.handoff import queue, staff
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations, transcript
from bot.quality import csat
from bot.storage import schema
from bot.storage.columns import spelt
from bot.web.due_view import Due, Dues

CLOSED_SHOWN = 8
SHOWN = 40
"""Rows below one heading; a page asks for the list at each event, and nobody reads more before it changes."""
_C, _P, _M, _T = schema.conversations, schema.customers, schema.messages, schema.tickets
_WAITING = _T.c.state == spelt(State.WAITING.value)


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list.

    Attributes:
        ticket: as it stands.
        name: the customer's.
        text: the last line, or the customer's last one where an answer is due; empty when it is no text.
        kind: of the last line, `text` or what was attached.
        ours: the last line is the bot's or an operator's.
        channel: name of the channel.
        language: of the customer.
        owner: the name of who has it, empty for nobody.
        tone: how it is shown: waiting, owed (mine, an answer is due), mine, taken, closed.
        since: from when the customer waits, None when they do not.
        unanswered: lines of the customer that nobody has answered.
        score: what the customer gave a closed ticket, 1 to 5; None for nothing yet.
        due: what is owed to the customer next, None for nothing that presses.
    """

    ticket: Ticket
    name: str
    text: str
    kind: str
    ours: bool
    channel: str
    language: str
    owner: str
    tone: str
    since: datetime | None
    unanswered: int
    score: int | None
    due: Due | None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading; `key` names the heading's sentence, `total` counts those that are not shown as well."""

    key: str
    items: Sequence[Item]
    total: int


@dataclass(frozen=True, slots=True)
class ListView:
    """The list, and the figures beside it.

    Attributes:
        view: `queue` or `mine`.
        sections: those that have rows.
        waiting: tickets that nobody has.
        first_answer: median time to the first answer today, None when there was none yet.
    """

    view: str
    sections: Sequence[Section]
    waiting: int
    first_answer: timedelta | None


@dataclass(frozen=True, slots=True)
class Badges:
    """What the rail counts on every page: tickets that nobody has, and mine whose customer waits for an answer."""

    waiting: int
    owed: int


def badges(conn: Connection, me: Staff) -> Badges:
    """Return the counts of the rail."""
    owed = queue.NOT_CLOSED & (_T.c.staff_id == me.id) & _T.c.customer_wrote_at.is_not(None)
    counts = [
        conn.execute(select(func.count()).select_from(_T).where(which)).scalar_one() for which in (_WAITING, owed)
    ]
    return Badges(*counts)


def list_view(conn: Connection, view: str, me: Staff, now: datetime, zone: str, dues: Dues) -> ListView:
    """Return the list for one of the views."""
    wanted = _sections(view, me)
    counts = [func.count().filter(which) for which in (*wanted.values(), _WAITING)]
    *totals, waiting = conn.execute(select(*counts).where(queue.NOT_CLOSED)).one()
    found = {
        key: queue.list_open(conn, most=SHOWN, which=which) if total else []
        for (key, which), total in zip(wanted.items(), totals, strict=True)
    }
    closed = [one for one in queue.list_closed(conn) if not one.open and (view == "queue" or one.staff_id == me.id)]
    found["web.section_closed"] = closed[:CLOSED_SHOWN]
    rows = _items(conn, [one for some in found.values() for one in some], me)
    items = {item.ticket.id: replace(item, due=dues.of(item.ticket, now)) for item in rows}
    return ListView(
        view=view,
        sections=[
            Section(key, [items[one.id] for one in some], total)
            for (key, some), total in zip(found.items(), [*totals, len(closed[:CLOSED_SHOWN])], strict=True)
            if some
        ],
        waiting=waiting,
        first_answer=_first_answer(conn, now, zone),
    )


def _sections(view: str, me: Staff) -> dict[str, ColumnElement[bool]]:
    """Return the headings of a view above open tickets, and which stand below each; as `tone` tells them apart."""
    mine, others = _T.c.staff_id == me.id, _T.c.staff_id.is_distinct_from(me.id)
    if view == "queue":
        return {
            "web.section_waiting": _WAITING,
            "web.section_mine": ~_WAITING & mine,
            "web.section_taken": ~_WAITING & others,
        }
    owed = _T.c.customer_wrote_at.is_not(None)
    return {"web.section_owed": ~_WAITING & mine & owed, "web.section_customer": ~_WAITING & mine & ~owed}


def tone(ticket: Ticket, me: Staff) -> str:
    """Return how a ticket is shown to somebody."""
    if not ticket.open:
        return "closed"
    if ticket.state is State.WAITING:
        return "waiting"
    if ticket.staff_id != me.id:
        return "taken"
    return "owed" if ticket.customer_wrote_at is not None else "mine"


def _items(conn: Connection, tickets: Sequence[Ticket], me: Staff) -> list[Item]:
    people, last = _people(conn, tickets), _last_lines(conn, tickets, me)
    keys = [one.id for one in tickets]
    counts, names, scores = _unanswered(conn, keys), staff.names(conn), csat.scores(conn, keys)
    rows = [
        _item(one, people[one.conversation_id], last.get(one.conversation_id), counts, names, tone(one, me))
        for one in tickets
    ]
    return [replace(row, score=scores.get(row.ticket.id)) for row in rows]


def _item(
    ticket: Ticket,
    person: Any,  # noqa: ANN401 a row
    line: Any,  # noqa: ANN401 a row, or None
    counts: Mapping[int, int],
    names: Mapping[int, str],
    shown_as: str,
) -> Item:
    return Item(
        ticket=ticket,
        name=person.name,
        text=line.text if line else "",
        kind=line.kind if line else "text",
        ours=line is not None and line.author != transcript.CUSTOMER,
        channel=person.channel,
        language=person.language,
        owner=names.get(ticket.staff_id or 0, ""),
        tone=shown_as,
        since=ticket.opened_at if ticket.state is State.WAITING else ticket.customer_wrote_at,
        unanswered=counts.get(ticket.id, 0),
        score=None,
        due=None,
    )


def _conversations(tickets: Iterable[Ticket]) -> list[int]:
    return [one.conversation_id for one in tickets]


def _people(conn: Connection, tickets: Sequence[Ticket]) -> dict[int, Any]:
    query = select(_C.c.id, _C.c.channel, _C.c.language, _P.c.name).join(_P, _P.c.id == _C.c.customer_id)
    return {row.id: row for row in conn.execute(query.where(_C.c.id.in_(_conversations(tickets))))}


def _last_lines(conn: Connection, tickets: Sequence[Ticket], me: Staff) -> dict[int, Any]:
    """Return the last line of each conversation; where an answer is due, the customer's last question."""
    due = [one for one in tickets if tone(one, me) in {"waiting", "owed"}]
    asked = asked_last.lines(conn, conversations.languages_of_heard(conn, _conversations(due)), or_last=True)
    theirs = {key: _Words(one.author, one.content.kind.value, one.content.text.text) for key, one in asked.items()}
    return {**_newest(conn, tickets), **theirs}


class _Words(NamedTuple):
    """What a list shows of a line."""

    author: str
    kind: str
    text: str


def _newest(conn: Connection, tickets: Sequence[Ticket]) -> dict[int, Any]:
    """Return the last line of each conversation, of banned customers' the last one of ours."""
    newest = select(func.max(_M.c.id)).join(_C, _C.c.id == _M.c.conversation_id)
    unheard = _C.c.banned & (_M.c.author == transcript.CUSTOMER)
    newest = newest.where(_M.c.conversation_id.in_(_conversations(tickets)), ~unheard)
    query = select(_M.c.conversation_id, _M.c.author, _M.c.kind, _M.c.text)
    rows = conn.execute(query.where(_M.c.id.in_(newest.group_by(_M.c.conversation_id))))
    return {row.conversation_id: row for row in rows}


def _unanswered(conn: Connection, tickets: Sequence[int]) -> dict[int, int]:
    """Return how many lines of the customer wait for an answer, by ticket."""
    query = (
        select(_T.c.id, func.count())
        .join(_M, _M.c.conversation_id == _T.c.conversation_id)
        .where(_T.c.id.in_(tickets), _T.c.customer_wrote_at.is_not(None), queue.NOT_CLOSED)
        .where(_M.c.author == transcript.CUSTOMER, _M.c.at >= _T.c.customer_wrote_at)
    )
    return {row[0]: row[1] for row in conn.execute(query.group_by(_T.c.id))}


def _first_answer(conn: Connection, now: datetime, zone: str) -> timedelta | None:
    local = now.astimezone(ZoneInfo(zone))
    morning = datetime.combine(local.date(), time(0), ZoneInfo(zone))
    spans = [span.total_seconds() for span in queue.first_answers(conn, morning)]
    return timedelta(seconds=median(spans)) if spans else None
