"""The transcript: what the customer wrote and what the customer was told, in order.

Notes of the staff are not here; they have a table of their own that nothing sends from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, select

from bot.domain.message import Content, ContentKind, RichText
from bot.storage import schema
from bot.storage.columns import spelt

CUSTOMER, BOT, OPERATOR = "customer", "bot", "operator"
UNSEEN = "unseen"
"""In a line's details: how it read when staff saw it last, while its changes come too fast to be shown."""
_TABLE = schema.messages
_BY_CUSTOMER = _TABLE.c.author == spelt(CUSTOMER)
_EDITS = schema.message_edits
_ADD = _TABLE.insert().returning(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a customer's message before it is written down.

    Attributes:
        line: of the line that it has already, its edit having come first; None for nearly all.
        sent_at: when the customer sent the message so many before this one, or None.
    """

    line: int | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript.

    Attributes:
        id: our id, rising.
        author: customer, bot or operator.
        staff_id: who wrote it, for an operator's line.
        content: what it says.
        source: the channel's (chat, message) that it came from, empty when we wrote it.
        at: when, UTC.
        edited_at: when it was last changed by its author, or None.
        deleted_at: when it was taken back, or None.
    """

    id: int
    author: str
    staff_id: int | None
    content: Content
    source: tuple[str, str]
    at: datetime
    edited_at: datetime | None = field(default=None)
    deleted_at: datetime | None = field(default=None)


def add(
    conn: Connection,
    conversation: int,
    author: str,
    content: Content,
    now: datetime,
    *,
    ticket: int | None = None,
    staff: int | None = None,
    source: tuple[str, str] = ("", ""),
    details: Mapping[str, Any] | None = None,
) -> int:
    """Write one line and return its id."""
    values = {
        "conversation_id": conversation,
        "ticket_id": ticket,
        "author": author,
        "staff_id": staff,
        "kind": content.kind.value,
        "text": content.text.text,
        "entities": content.text.to_dict()["entities"],
        "details": {**content.details, **(details or {})},
        "source_chat": source[0],
        "source_message": source[1],
        "at": now,
    }
    return int(conn.execute(_ADD, values).scalar_one())


def _read(row: Row[Any]) -> Line:
    text = RichText.from_dict({"text": row.text, "entities": row.entities})
    return Line(
        id=row.id,
        author=row.author,
        staff_id=row.staff_id,
        content=Content(ContentKind(row.kind), text, row.details),
        source=(row.source_chat, row.source_message),
        at=row.at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
    )


def last(conn: Connection, conversation: int, most: int = 20, before: int | None = None) -> list[Line]:
    """Return the last lines of a conversation, oldest of them first."""
    query = select(_TABLE).where(_TABLE.c.conversation_id == conversation)
    if before is not None:
        query = query.where(_TABLE.c.id < before)
    rows = conn.execute(query.order_by(_TABLE.c.id.desc()).limit(most)).all()
    return [_read(row) for row in reversed(rows)]


def before(conn: Connection, conversation: int, source: tuple[str, str], count: int) -> Before:
    """Return what to know of a customer's message before it is written down: one look, for every message pays for it.

    Args:
        conn: the turn's transaction.
        conversation: whose message.
        source: the channel's (chat, message) that it comes from.
        count: which of the customer's last messages' time is wanted, 1 for the last.
    """
    at = {"conversation": conversation, "chat": source[0], "message": source[1], "skipped": count - 1}
    row = conn.execute(_BEFORE, at).one()
    return Before(row.line, row.sent_at)


def newest_of_customers(conn: Connection, conversations: Collection[int], most: int) -> dict[int, list[Line]]:
    """Return what the customers of some conversations wrote last, the newest first, so many lines each."""
    mine = (_TABLE.c.conversation_id.in_(conversations), _BY_CUSTOMER)
    place = func.row_number().over(partition_by=_TABLE.c.conversation_id, order_by=_TABLE.c.id.desc())
    newest = select(_TABLE.c.id, place.label("place")).where(*mine).subquery()
    query = select(_TABLE).join(newest, newest.c.id == _TABLE.c.id).where(newest.c.place <= most)
    found: dict[int, list[Line]] = {}
    for row in conn.execute(query.order_by(_TABLE.c.id.desc())):
        found.setdefault(row.conversation_id, []).append(_read(row))
    return found


def last_said_at(conn: Connection, conversation: int) -> datetime | None:
    """Return when a customer wrote last."""
    query = select(_TABLE.c.at).where(_of_customer(conversation)).order_by(_TABLE.c.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none()


def last_changed_at(conn: Connection, conversation: int) -> datetime | None:
    """Return when a customer changed something last."""
    query = select(_TABLE.c.edited_at).where(_of_customer(conversation), _TABLE.c.edited_at.is_not(None))
    return conn.execute(query.order_by(_TABLE.c.edited_at.desc()).limit(1)).scalar_one_or_none()


def said_before(conn: Connection, conversation: int, line: int) -> datetime | None:
    """Return when a customer wrote last before a line of theirs."""
    query = select(_TABLE.c.at).where(_of_customer(conversation), _TABLE.c.id < line)
    return conn.execute(query.order_by(_TABLE.c.id.desc()).limit(1)).scalar_one_or_none()


def changed_at(conn: Connection, conversation: int, since: datetime, most: int) -> list[datetime]:
    """Return when a customer changed what they had said, the last times since a moment, newest first."""
    query = (
        select(_EDITS.c.at)
        .join(_TABLE, _TABLE.c.id == _EDITS.c.message_id)
        .where(_of_customer(conversation), _TABLE.c.edited_at > since, _EDITS.c.at > since)
    )
    return list(conn.execute(query.order_by(_EDITS.c.id.desc()).limit(most)).scalars())


def unseen_changes(conn: Connection, conversation: int, since: datetime) -> list[Line]:
    """Return a customer's messages that were changed since then and that staff have not read again, oldest first."""
    query = select(_TABLE).where(_of_customer(conversation), _TABLE.c.edited_at >= since).order_by(_TABLE.c.id)
    lines = [_read(row) for row in conn.execute(query)]
    return [line for line in lines if UNSEEN in line.content.details]


def keep_unseen(conn: Connection, line: Line) -> None:
    """Keep that staff have not read how a line was changed, and how it read when they saw it; the first time counts."""
    if UNSEEN not in line.content.details:
        _detail(conn, line.id, {UNSEEN: line.content.text.to_dict()})


def let_see(conn: Connection, line: Line) -> RichText | None:
    """Take it that staff read how a line reads now; return how it read when they saw it last, None when it is known."""
    before = line.content.details.get(UNSEEN)
    if before is None:
        return None
    _detail(conn, line.id, {UNSEEN: None})
    return RichText.from_dict(before)


def _detail(conn: Connection, line: int, change: Mapping[str, Any]) -> None:
    """Put something into a line's details, or take it out of them: nothing takes out."""
    now = conn.execute(select(_TABLE.c.details).where(_TABLE.c.id == line)).scalar_one()
    details = {key: value for key, value in {**now, **change}.items() if value is not None or key not in change}
    conn.execute(_TABLE.update().where(_TABLE.c.id == line), {"details": details})


def from_line(conn: Connection, conversation: int, line: int, most: int) -> list[Line]:
    """Return a customer's messages from one on, oldest first."""
    query = select(_TABLE).where(_of_customer(conversation), _TABLE.c.id >= line).order_by(_TABLE.c.id).limit(most)
    return [_read(row) for row in conn.execute(query)]


def said_of_kind(conn: Connection, conversation: int, kind: ContentKind) -> list[Content]:
    """Return what a customer sent of one kind, oldest first."""
    query = select(_TABLE).where(_of_customer(conversation), _TABLE.c.kind == kind.value).order_by(_TABLE.c.id)
    return [_read(row).content for row in conn.execute(query)]


def _of_customer(conversation: int | BindParameter[int]) -> ColumnElement[bool]:
    return (_TABLE.c.conversation_id == conversation) & _BY_CUSTOMER


_CONVERSATION: BindParameter[int] = bindparam("conversation")
_SAID_AT = (
    select(_TABLE)
    .where(
        _TABLE.c.conversation_id == _CONVERSATION,
        _TABLE.c.source_chat == bindparam("chat"),
        _TABLE.c.source_message == bindparam("message"),
    )
    .order_by(_TABLE.c.id.desc())
    .limit(1)
)
_SENT_AT = select(_TABLE.c.at).where(_of_customer(_CONVERSATION)).order_by(_TABLE.c.id.desc())
_BEFORE = select(
    _SAID_AT.with_only_columns(_TABLE.c.id).scalar_subquery().label("line"),
    _SENT_AT.offset(bindparam("skipped")).limit(1).scalar_subquery().label("sent_at"),
)


def get(conn: Connection, line: int) -> Line | None:
    """Return one line, or None."""
    row = conn.execute(select(_TABLE).where(_TABLE.c.id == line)).one_or_none()
    return _read(row) if row else None


def of_conversation(conn: Connection, conversation: int, line: int) -> Line | None:
    """Return one line of a conversation; None when it is another's, or there is none."""
    mine = (_TABLE.c.id == line) & (_TABLE.c.conversation_id == conversation)
    row = conn.execute(select(_TABLE).where(mine)).one_or_none()
    return _read(row) if row else None


def said_with(conn: Connection, conversation: int, line: Line) -> list[Line]:
    """Return what an operator said in one go with a line, it among it: an answer of the FAQ and its files."""
    one_go = (_TABLE.c.author == OPERATOR, _TABLE.c.staff_id == line.staff_id, _TABLE.c.at == line.at)
    query = select(_TABLE).where(_TABLE.c.conversation_id == conversation, *one_go).order_by(_TABLE.c.id)
    return [_read(row) for row in conn.execute(query)]


def said_at(conn: Connection, conversation: int, chat: str, message: str) -> Line | None:
    """Return the line that came from a channel's message, or None.

    Of several the newest: with another bot Telegram counts a chat's messages anew.
    """
    at = {"conversation": conversation, "chat": chat, "message": message}
    row = conn.execute(_SAID_AT, at).one_or_none()
    return _read(row) if row else None


def from_source(conn: Connection, chat: str, message: str) -> tuple[int, int] | None:
    """Return (conversation, line) of what came from a channel's message, the newest; None for anything else."""
    mine = (_TABLE.c.source_chat == chat) & (_TABLE.c.source_message == message)
    query = select(_TABLE.c.conversation_id, _TABLE.c.id).where(mine).order_by(_TABLE.c.id.desc()).limit(1)
    row = conn.execute(query).one_or_none()
    return (row.conversation_id, row.id) if row else None


def edit(conn: Connection, line: Line, content: Content, now: datetime) -> None:
    """Put the new text of an edited message into its line; how it read before is kept."""
    was(conn, line.id, line.content, now)
    text, details = content.text.to_dict(), {**line.content.details, **content.details}
    values = {"text": text["text"], "entities": text["entities"], "details": details, "edited_at": now}
    conn.execute(_TABLE.update().where(_TABLE.c.id == line.id), values)


def was(conn: Connection, line: int, content: Content, now: datetime) -> None:
    """Keep how a line read until now."""
    text = content.text.to_dict()
    conn.execute(_EDITS.insert(), {"message_id": line, "text": text["text"], "entities": text["entities"], "at": now})


def earlier(conn: Connection, lines: Sequence[int]) -> dict[int, list[RichText]]:
    """Return how edited lines read before, by line, the oldest first; lines that were never changed are not there."""
    found: dict[int, list[RichText]] = {}
    if lines:
        query = select(_EDITS).where(_EDITS.c.message_id.in_(lines)).order_by(_EDITS.c.id)
        for row in conn.execute(query):
            text = RichText.from_dict({"text": row.text, "entities": row.entities})
            found.setdefault(row.message_id, []).append(text)
    return found


def delete(conn: Connection, line: int, now: datetime) -> None:
    """Mark a line as taken back; it stays, for those who come after must know what was said."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == line), {"deleted_at": now})
