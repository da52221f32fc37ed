"""Orders and what became of them. Confirming makes exactly one order, however often the button arrives.

Whatever happens to an order afterwards is a row of its log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select

from bot.orders import drafts
from bot.orders.status import OPEN, State
from bot.storage import audit, schema
from bot.storage.audit import Act, Actor, Subject
from bot.storage.database import lock_row

AT_A_TIME = 10_000
"""Conversations that one statement asks for; databases take some ten thousand values at most."""
VALID = timedelta(days=7)
"""So long a customer can agree to a change."""
_O, _L = schema.orders, schema.order_log
_C, _P = schema.conversations, schema.customers


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
        state: `new` until somebody takes it up; see `status.State`.
        created_at: UTC.
        customer_id: whose it is.
        total: in the currency's smallest unit, None where nothing has a price.
        currency: ISO 4217, empty without a total.
        tracking: the address of the parcel's page, may be empty.
        proposal: a change that waits for the customer's consent, None for none.
        changed_at: when anything of it last changed, None for never.
    """

    id: int
    number: str
    conversation_id: int
    form: str
    answers: Mapping[str, Any]
    summary: tuple[tuple[str, str], ...]
    state: str
    created_at: datetime
    customer_id: int = 0
    total: int | None = None
    currency: str = ""
    tracking: str = ""
    proposal: Mapping[str, Any] | None = None
    changed_at: datetime | None = None

    def waits_for_consent(self, now: datetime) -> bool:
        """Return whether a change that was proposed can still be agreed to."""
        waits = self.proposal or {}
        return bool(waits) and self.stands in OPEN and now - datetime.fromisoformat(waits["at"]) <= VALID

    @property
    def stands(self) -> State:
        """How it stands."""
        return State(self.state)


class Kind(StrEnum):
    """What a row of an order's log tells."""

    MADE = "made"
    STATE = "state"
    WITHDRAWN = "withdrawn"
    PROPOSED = "proposed"
    CHANGE = "change"
    DECLINED = "declined"
    RETRACTED = "retracted"
    NOTE = "note"
    CHECK = "check"


_AUDITED = set(Kind) - {Kind.NOTE, Kind.CHECK}
_BY_CUSTOMERS = {Kind.MADE, Kind.WITHDRAWN, Kind.CHANGE, Kind.DECLINED}


@dataclass(frozen=True, slots=True)
class Logged:
    """Something that happened to an order.

    Attributes:
        id: our id.
        kind: what it was; WITHDRAWN is a customer's own cancellation, CHECK a wrong answer to the check question.
        before: a state, or a value as it is read.
        after: likewise.
        staff_id: who did it, None for the customer and the command line.
        note: why, or what was noted.
        at: UTC.
    """

    id: int
    kind: Kind
    before: str
    after: str
    staff_id: int | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders are asked for; what is empty asks for all.

    Attributes:
        state: one of `status.State`, or empty.
        words: part of a number or of a customer's name.
        since: made at this moment or later.
        before: made before this moment.
    """

    state: str = ""
    words: str = ""
    since: datetime | None = None
    before: datetime | None = None


def confirm(
    conn: Connection,
    conversation: int,
    customer: int,
    form: str,
    answers: Mapping[str, Any],
    summary: Sequence[tuple[str, str]],
    now: datetime,
    total: tuple[int, str] | None = None,
    prefix: str = "S",
) -> Order:
    """Make an order of the draft, which ends with it; `total` is (smallest units, ISO 4217), `prefix` the form's."""
    drafts.discard(conn, conversation, form)
    values = {
        "number": f"-{conversation}",  # until its id is known, in this transaction
        "conversation_id": conversation,
        "customer_id": customer,
        "form": form,
        "answers": dict(answers),
        "summary": [list(line) for line in summary],
        "created_at": now,
        "total": total[0] if total else None,
        "currency": total[1] if total else "",
    }
    key = conn.execute(_O.insert().returning(_O.c.id), values).scalar_one()
    row = conn.execute(_O.update().where(_O.c.id == key).values(number=number_of(key, prefix)).returning(_O)).one()
    log(conn, key, Kind.MADE, now, after=State.NEW)
    return _read(row)


def number_of(key: int, prefix: str = "S") -> str:
    """Return the number that belongs to an id; it starts at S-1001, and no two forms have the same digits."""
    return f"{prefix}-{1000 + key}"


def of_customer(conn: Connection, conversation: int, most: int = 10, customer: int | None = None) -> list[Order]:
    """Return the orders of a conversation, the newest first; with `customer` those of their other chats too."""
    mine: ColumnElement[bool] = _O.c.conversation_id == conversation
    mine = mine | (_O.c.customer_id == customer) if customer is not None else mine
    return [_read(row) for row in conn.execute(select(_O).where(mine).order_by(_O.c.id.desc()).limit(most))]


def list_orders(conn: Connection, most: int = 200, wanted: Wanted | None = None) -> list[Order]:
    """Return the last orders that are asked for, the newest first."""
    query = _asked(wanted or Wanted(), select(_O)).order_by(_O.c.id.desc()).limit(most)
    return [_read(row) for row in conn.execute(query)]


def states(conn: Connection, wanted: Wanted) -> dict[str, int]:
    """Return how many of the orders that are asked for are in each state that there is."""
    rows = conn.execute(_asked(wanted, select(_O.c.state, func.count())).group_by(_O.c.state))
    return {row.state: row[1] for row in rows}


def _asked(wanted: Wanted, query: Select[Any]) -> Select[Any]:
    if wanted.state:
        query = query.where(_O.c.state == wanted.state)
    if wanted.since:
        query = query.where(_O.c.created_at >= wanted.since)
    if wanted.before:
        query = query.where(_O.c.created_at < wanted.before)
    if wanted.words:
        here = _C.c.id == _O.c.conversation_id
        named = select(_P.c.id).join(_C, (_C.c.customer_id == _P.c.id) & here)
        spellings = dict.fromkeys(
            (wanted.words, wanted.words.lower(), wanted.words.title())
        )  # SQLite folds a to z only
        by_name = named.where(or_(*[_P.c.name.icontains(part, autoescape=True) for part in spellings])).exists()
        query = query.where(_O.c.number.icontains(wanted.words, autoescape=True) | by_name)
    return query


def names(conn: Connection, orders: Sequence[Order]) -> dict[int, str]:
    """Return the names of those who ordered, by conversation."""
    query = select(_C.c.id, _P.c.name).join(_P, _P.c.id == _C.c.customer_id)
    keys, found = sorted({order.conversation_id for order in orders}), dict[int, str]()
    for first in range(0, len(keys), AT_A_TIME):
        part = keys[first : first + AT_A_TIME]
        found |= {row.id: row.name for row in conn.execute(query.where(_C.c.id.in_(part)))}
    return found


def get(conn: Connection, number: str, *, lock: bool = False) -> Order | None:
    """Return the order with this number, or None; locked, nobody else changes it until the commit."""
    query = select(_O).where(_O.c.number == number)
    row = conn.execute(query.with_for_update(key_share=True) if lock and lock_row(conn) else query).one_or_none()
    return _read(row) if row else None


def put_into(conn: Connection, order: Order, state: State, now: datetime, tracking: str | None = None) -> Order | None:
    """Put an order into a state, and drop the change that waits where it can no longer be made.

    Args:
        conn: a connection.
        order: as it stands for the one who asks.
        state: the new one.
        now: the time.
        tracking: the parcel's page; None leaves it as it is.

    Returns:
        The order; None when it stands otherwise by now, and nothing was changed.
    """
    values: dict[str, Any] = {"state": state.value, "changed_at": now}
    values |= {"tracking": tracking} if tracking is not None else {}
    values |= {"proposal": None} if state not in {State.NEW, State.CONFIRMED} else {}
    mine = (_O.c.id == order.id) & (_O.c.state == order.state) & (_O.c.tracking == order.tracking)
    row = conn.execute(_O.update().where(mine).values(**values).returning(_O)).one_or_none()
    return _read(row) if row else None


def propose(conn: Connection, order: Order, proposal: Mapping[str, Any] | None) -> None:
    """Keep a change that waits for the customer's consent, or drop it; the caller has the order locked."""
    kept = dict(proposal) if proposal is not None else None
    conn.execute(_O.update().where(_O.c.id == order.id).values(proposal=kept))


def rewrite(
    conn: Connection,
    order: Order,
    answers: Mapping[str, Any],
    summary: Sequence[tuple[str, str]],
    total: tuple[int, str] | None,
    now: datetime,
) -> Order:
    """Replace what was ordered, with the customer's consent; the caller has the order locked."""
    values = {
        "answers": dict(answers),
        "summary": [list(line) for line in summary],
        "total": total[0] if total else None,
        "currency": total[1] if total else "",
        "proposal": None,
        "changed_at": now,
    }
    return _read(conn.execute(_O.update().where(_O.c.id == order.id).values(**values).returning(_O)).one())


def log(
    conn: Connection,
    order: int,
    kind: Kind,
    now: datetime,
    *,
    before: str = "",
    after: str = "",
    staff: int | None = None,
    note: str = "",
) -> int:
    """Write down what happened to an order; returns our id of the row."""
    values = {"order_id": order, "kind": kind.value, "before": before, "after": after, "staff_id": staff}
    statement = _L.insert().values(note=note, at=now, **values).returning(_L.c.id)
    key = int(conn.execute(statement).scalar_one())
    if kind in _AUDITED:
        _audited(conn, order, kind, now, before, after, staff)
    return key


def _audited(
    conn: Connection, order: int, kind: Kind, now: datetime, before: str, after: str, staff: int | None
) -> None:
    """Write the audit's line: states are named, words of a change are not."""
    states = {one.value for one in State}
    facts = {"how": kind.value} | {
        name: word for name, word in (("before", before), ("after", after)) if word in states
    }
    who = audit.by(staff) if staff is not None else audit.By(Actor.CUSTOMER if kind in _BY_CUSTOMERS else Actor.COMMAND)
    act = Act.ORDER_MADE if kind is Kind.MADE else Act.ORDER_CHANGED
    audit.record(conn, act, Subject("order", str(order)), who, now, facts)


def history(conn: Connection, order: int) -> list[Logged]:
    """Return what happened to an order, the oldest first."""
    rows = conn.execute(select(_L).where(_L.c.order_id == order).order_by(_L.c.id))
    return [Logged(row.id, Kind(row.kind), row.before, row.after, row.staff_id, row.note, row.at) for row in rows]


def checks_since(conn: Connection, order: int, since: datetime) -> int:
    """Return how often the check question about an order was answered wrongly since then, by anybody."""
    about = (_L.c.order_id == order) & (_L.c.kind == Kind.CHECK.value) & (_L.c.at > since)
    return int(conn.execute(select(func.count()).where(about)).scalar_one())


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
        customer_id=row.customer_id,
        total=row.total,
        currency=row.currency,
        tracking=row.tracking,
        proposal=row.proposal,
        changed_at=row.changed_at,
    )
