"""The drafts of those who are filling in a form, or have left it for another day.

Anna's order is kept after every answer, so that a restart asks the same question again. She asks for a call in the
middle of it: the order rests as a draft and goes on later. At most one form of a customer is open; the others rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from bot.storage import schema
from bot.storage.database import insert

_D = schema.drafts


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that is being filled in.

    Attributes:
        conversation_id: where.
        form: its key.
        state: FormState.to_dict().
        kept: it rests until its customer asks for it; else it is the one that is open.
        remind_at: when its customer wants to be reminded of it, once; None for never, and afterwards.
        updated_at: when the customer last gave or changed something, UTC.
    """

    conversation_id: int
    form: str
    state: dict[str, Any]
    kept: bool
    remind_at: datetime | None
    updated_at: datetime


def get(conn: Connection, conversation: int, form: str) -> Draft | None:
    """Return a customer's draft of a form, or None."""
    row = conn.execute(select(_D).where(*_is(conversation, form))).one_or_none()
    return _read(row) if row else None


def opened(conn: Connection, conversation: int) -> Draft | None:
    """Return the form that a customer is in the middle of, or None."""
    query = select(_D).where(_D.c.conversation_id == conversation, _D.c.kept.is_(False))
    row = conn.execute(query.order_by(_D.c.updated_at.desc()).limit(1)).one_or_none()
    return _read(row) if row else None


def put(conn: Connection, conversation: int, form: str, state: Mapping[str, Any], now: datetime) -> None:
    """Keep a form as it stands, as the one that is open; nobody needs to be reminded of it any more."""
    values = {"state": dict(state), "kept": False, "remind_at": None, "updated_at": now}
    statement = insert(conn, _D).values(conversation_id=conversation, form=form, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["conversation_id", "form"], set_=values))


def rest(conn: Connection, conversation: int, form: str) -> None:
    """Let a form rest until its customer asks for it."""
    conn.execute(_D.update().where(*_is(conversation, form)), {"kept": True})


def remind(conn: Connection, conversation: int, form: str, at: datetime) -> None:
    """Remember that the customer wants to be reminded of a draft, once, at this moment."""
    conn.execute(_D.update().where(*_is(conversation, form)), {"remind_at": at})


def due(conn: Connection, now: datetime, most: int) -> list[Draft]:
    """Return drafts whose customers are to be reminded by now, those of the longest ago first."""
    query = select(_D).where(_D.c.remind_at.is_not(None), _D.c.remind_at <= now)
    return [_read(row) for row in conn.execute(query.order_by(_D.c.remind_at, _D.c.conversation_id).limit(most))]


def claim(conn: Connection, draft: Draft) -> bool:
    """Take up a reminder that is due; False when another worker did, or its customer went on meanwhile."""
    asked = (*_is(draft.conversation_id, draft.form), _D.c.remind_at == draft.remind_at)
    return conn.execute(_D.update().where(*asked), {"remind_at": None}).rowcount == 1


def discard(conn: Connection, conversation: int, form: str) -> bool:
    """Drop a draft; False when there was none."""
    return conn.execute(_D.delete().where(*_is(conversation, form))).rowcount == 1


def _is(conversation: int, form: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _D.c.conversation_id == conversation, _D.c.form == form


def _read(row: Row[Any]) -> Draft:
    return Draft(row.conversation_id, row.form, row.state, row.kept, row.remind_at, row.updated_at)
