"""Orders and the drafts of those who are still filling in the form.

A draft is kept after every answer, so that a restart asks the same question again. Confirming makes exactly one order,
however often the button arrives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.storage import schema
from bot.storage.database import insert

_D, _O = schema.drafts, schema.orders


@dataclass(frozen=True, slots=True)
class Draft:
    """A form that is being filled in; `state` is FormState.to_dict()."""

    form: str
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """A confirmed order.

    Attributes:
        id: our id.
        number: what the customer is told, such as `S-1042`.
        conversation_id: where it was made.
        form: the key of its form.
        answers: by field key, JSON values.
        summary: (label, value) as the customer confirmed it.
        state: `new` until somebody takes it up.
        created_at: UTC.
    """

    id: int
    number: str
    conversation_id: int
    form: str
    answers: Mapping[str, Any]
    summary: tuple[tuple[str, str], ...]
    state: str
    created_at: datetime


def draft_of(conn: Connection, conversation: int) -> Draft | None:
    """Return the form that a customer is filling in, or None."""
    last = select(_D).where(_D.c.conversation_id == conversation).order_by(_D.c.updated_at.desc()).limit(1)
    row = conn.execute(last).one_or_none()
    return Draft(row.form, row.state) if row else None


def keep(conn: Connection, conversation: int, form: str, state: Mapping[str, Any], now: datetime) -> None:
    """Keep a draft as it stands."""
    values = {"form": form, "state": dict(state), "updated_at": now}
    statement = insert(conn, _D).values(conversation_id=conversation, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["conversation_id", "form"], set_=values))


def discard(conn: Connection, conversation: int) -> bool:
    """Drop a draft; False when there was none."""
    return conn.execute(_D.delete().where(_D.c.conversation_id == conversation)).rowcount == 1


def confirm(
    conn: Connection,
    conversation: int,
    customer: int,
    form: str,
    answers: Mapping[str, Any],
    summary: Sequence[tuple[str, str]],
    now: datetime,
) -> Order:
    """Make an order of the draft, which ends with it."""
    discard(conn, conversation)
    values = {
        "number": f"draft {conversation} {now.isoformat()}",
        "conversation_id": conversation,
        "customer_id": customer,
        "form": form,
        "answers": dict(answers),
        "summary": [list(line) for line in summary],
        "created_at": now,
    }
    key = conn.execute(_O.insert().returning(_O.c.id), values).scalar_one()
    row = conn.execute(_O.update().where(_O.c.id == key).values(number=number_of(key)).returning(_O)).one()
    return _read(row)


def number_of(key: int) -> str:
    """Return the number that belongs to an id; it starts at S-1001."""
    return f"S-{1000 + key}"


def of_customer(conn: Connection, conversation: int, most: int = 10) -> list[Order]:
    """Return a customer's orders, the newest first."""
    rows = conn.execute(select(_O).where(_O.c.conversation_id == conversation).order_by(_O.c.id.desc()).limit(most))
    return [_read(row) for row in rows]


def list_orders(conn: Connection, most: int = 200) -> list[Order]:
    """Return the last orders, the newest first."""
    return [_read(row) for row in conn.execute(select(_O).order_by(_O.c.id.desc()).limit(most))]


def get(conn: Connection, number: str) -> Order | None:
    """Return the order with this number, or None."""
    row = conn.execute(select(_O).where(_O.c.number == number)).one_or_none()
    return _read(row) if row else None


def _read(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        conversation_id=row.conversation_id,
        form=row.form,
        answers=row.answers,
        summary=tuple((label, value) for label, value in row.summary),
        state=row.state,
        created_at=row.created_at,
    )
