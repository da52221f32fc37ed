"""Staff: who may answer, and who may change the FAQ.

Settings name the first people; from then on this table rules. Being in the operators' group gives no right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.domain.people import Role, Staff, one_line
from bot.storage import schema, versions
from bot.storage.database import insert, lock_row

BESIDE = "beside"
"""In what is kept of a person: what stays when the bot waits for something else from them."""
_TABLE = schema.staff
_BY_TELEGRAM = select(_TABLE).where(_TABLE.c.telegram_id == bindparam("who"), _TABLE.c.disabled.is_(False))


def _read(row: Row[Any]) -> Staff:
    return Staff(
        id=row.id,
        telegram_id=row.telegram_id or "",
        name=row.name,
        role=Role(row.role),
        language=row.language,
        away=row.away,
        capacity=row.capacity,
        away_since=row.away_since,
        back_at=row.back_at,
        team=row.team,
        level=row.level,
        languages=tuple(row.languages),
        skills=tuple(row.skills),
    )


def by_telegram(conn: Connection, telegram_id: str) -> Staff | None:
    """Return the member of staff with this Telegram user id, or None when nobody enabled has it."""
    row = conn.execute(_BY_TELEGRAM, {"who": telegram_id}).one_or_none()
    return _read(row) if row else None


def get(conn: Connection, key: int) -> Staff | None:
    """Return the enabled member of staff with this id, or None."""
    row = conn.execute(select(_TABLE).where(_TABLE.c.id == key, _TABLE.c.disabled.is_(False))).one_or_none()
    return _read(row) if row else None


def lock(conn: Connection, key: int) -> Staff | None:
    """Return somebody, locked: their load stays as counted until the commit; None when disabled.

    Who locks somebody holds the conversation in question already, so that all take the two in the same order.
    """
    query = select(_TABLE).where(_TABLE.c.id == key, _TABLE.c.disabled.is_(False))
    row = conn.execute(query.with_for_update(key_share=True) if lock_row(conn) else query).one_or_none()
    return _read(row) if row else None


def go_away(conn: Connection, key: int, now: datetime) -> None:
    """Write down that somebody takes no new chats from now on."""
    query = select(_TABLE.c.away).where(_TABLE.c.id == key)
    if not conn.execute(query).scalar_one():
        change(conn, key, away=True, away_since=now, back_at=None)


def come_back(conn: Connection, key: int, now: datetime) -> None:
    """Write down that somebody takes chats again, outside the shift too until its next end."""
    change(conn, key, away=False, away_since=None, back_at=now)


def everybody(conn: Connection) -> list[Staff]:
    """Return all who are enabled, by name."""
    rows = conn.execute(select(_TABLE).where(_TABLE.c.disabled.is_(False)).order_by(_TABLE.c.name, _TABLE.c.id))
    return [_read(row) for row in rows]


def names(conn: Connection) -> dict[int, str]:
    """Return the names of all who ever worked here, by id; for transcripts."""
    return {row.id: row.name for row in conn.execute(select(_TABLE.c.id, _TABLE.c.name))}


def ever(conn: Connection, name: str) -> list[tuple[int, str]]:
    """Return id and name of who is or was meant by a name, a part of one, or a Telegram id, disabled or not."""
    wanted = name.strip().lstrip("@").casefold()
    rows = conn.execute(select(_TABLE.c.id, _TABLE.c.name, _TABLE.c.telegram_id).order_by(_TABLE.c.id)).all()
    exact = [row for row in rows if wanted in {row.name.casefold(), row.telegram_id}]
    return [(row.id, row.name) for row in exact or rows if exact or wanted in row.name.casefold()]


def found(conn: Connection, name: str) -> list[Staff]:
    """Return who is meant by a name, a part of one, or a Telegram id."""
    wanted = name.strip().lstrip("@").casefold()
    people = everybody(conn)
    if not wanted:
        return []
    exact = [person for person in people if wanted in {person.name.casefold(), person.telegram_id}]
    return exact or [person for person in people if wanted in person.name.casefold()]


def first_people(conn: Connection, people: Sequence[tuple[int, Role, str]], language: str, now: datetime) -> int:
    """Add those whom the settings name and whom nobody knows yet; who is there already keeps role and state.

    Args:
        conn: a connection.
        people: Telegram id, role, and a name if one is known.
        language: of the texts they see.
        now: the time.

    Returns:
        How many were added.
    """
    added = 0
    for telegram_id, role, name in people:
        statement = insert(conn, _TABLE).values(
            telegram_id=str(telegram_id),
            name=one_line(name) or f"{role.value} {telegram_id}",
            role=role.value,
            language=language,
            flow={},
            created_at=now,
        )
        added += conn.execute(statement.on_conflict_do_nothing(index_elements=["telegram_id"])).rowcount
    if added:
        versions.bump(conn, versions.STAFF)
    return added


def add(conn: Connection, name: str, role: Role, language: str, now: datetime, telegram_id: str | None = None) -> int:
    """Add a person and return the id."""
    values: dict[str, Any] = {
        "telegram_id": telegram_id,
        "name": one_line(name),
        "role": role.value,
        "language": language,
        "flow": {},
        "created_at": now,
    }
    key = conn.execute(_TABLE.insert().returning(_TABLE.c.id), values).scalar_one()
    versions.bump(conn, versions.STAFF)
    return int(key)


def known_as(conn: Connection, person: Staff, name: str) -> Staff:
    """Take over the name that Telegram shows for somebody who was only a number so far; return them with it."""
    if person.name != f"{person.role.value} {person.telegram_id}" or not name:
        return person
    change(conn, person.id, name=name)
    return replace(person, name=name)


def change(conn: Connection, key: int, **values: Any) -> None:  # noqa: ANN401 column values
    """Change columns of a person: away, name, disabled and so on."""
    if "name" in values:
        values["name"] = one_line(values["name"])
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), values)
    versions.bump(conn, versions.STAFF)


def flow(conn: Connection, key: int) -> dict[str, Any]:
    """Return what the bot waits for from this person."""
    state = _state(conn, key)
    state.pop(BESIDE, None)
    return state


def keep_flow(conn: Connection, key: int, state: dict[str, Any]) -> None:
    """Remember what the bot waits for from this person; an empty one for nothing. What is kept beside it stays."""
    kept = _state(conn, key, lock=True).get(BESIDE)
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), {"flow": {**state, BESIDE: kept} if kept else state})


def beside(conn: Connection, key: int, name: str) -> dict[str, Any]:
    """Return what is kept of a person under a name beside what the bot waits for: by the place that each is kept at."""
    return dict(_state(conn, key).get(BESIDE, {}).get(name, []))


def keep_beside(conn: Connection, key: int, name: str, place: str, what: Any, most: int) -> None:  # noqa: ANN401 JSON
    """Keep something of a person beside what the bot waits for, which no other thing that they do takes away.

    Args:
        conn: a connection.
        key: our id of the person.
        name: what kind of thing it is.
        place: where it is kept; what was there is replaced.
        what: JSON.
        most: so many things of a kind are kept, the oldest go.
    """
    state = _state(conn, key, lock=True)
    kept = state.get(BESIDE, {})
    others = [[at, one] for at, one in kept.get(name, []) if at != place]
    kept = {**kept, name: [*others, [place, what]][-most:]}
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), {"flow": {**state, BESIDE: kept}})


def _state(conn: Connection, key: int, *, lock: bool = False) -> dict[str, Any]:
    """Return all that is kept of what a person is in the middle of; locked where two topics change it at a time."""
    query = select(_TABLE.c.flow).where(_TABLE.c.id == key)
    return dict(conn.execute(query.with_for_update() if lock and lock_row(conn) else query).scalar_one())
