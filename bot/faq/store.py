"""The FAQ base in the database: entries as they stand, and their history.

Ada changes the delivery price: the entry's body is replaced, the old one goes into the history, and the version
rises so that every worker builds its index anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select

from bot.domain.errors import SupportbotError
from bot.faq.entry import EntryBroken, FaqEntry, id_from
from bot.storage import audit, schema, versions
from bot.storage.audit import Act, Actor, Subject
from bot.storage.database import insert, lock_row

MOST_TAKEN_BACK = 200  # changes of an entry that are looked through for the one to take back
_E, _H = schema.faq_entries, schema.faq_history
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(7_201_518))


class EntryUnknown(SupportbotError):
    """There is no FAQ entry with this id."""

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no FAQ entry {key!r}; `supportbot faq export` lists all of them")
        self.key = key


class EntryUnreadable(SupportbotError):
    """An entry in the database is not as an entry should be; the sentence says how to bring it back."""

    def __init__(self, key: str, why: Exception) -> None:
        super().__init__(
            f"the FAQ entry {key!r} cannot be read and is given to nobody ({why}); `/faq undo {key}` in the chat takes "
            "its last change back, and `supportbot faq import` puts it in anew"
        )
        self.key = key


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of an entry.

    Attributes:
        id: rising.
        staff_id: whose, None for the command line.
        before: the entry as it was, None when it was added.
        after: the entry from then on, None when it was removed.
        at: when, UTC.
        undoes: the change that it took back, None for any other.
    """

    id: int
    staff_id: int | None
    before: FaqEntry | None
    after: FaqEntry | None
    at: datetime
    undoes: int | None = None


def list_entries(conn: Connection) -> list[FaqEntry]:
    """Return all entries, switched off or not, in the order of the files they came from.

    One that cannot be read is left out, so that it does not take the others along; `unreadable` names it.
    """
    rows = conn.execute(select(_E.c.body).order_by(_E.c.position, _E.c.id))
    return [entry for row in rows if (entry := _entry(row.body)) is not None]


def unreadable(conn: Connection) -> list[EntryUnreadable]:
    """Return what is wrong with the entries that cannot be read; each is given to nobody until somebody mends it."""
    found = []
    for row in conn.execute(select(_E.c.key, _E.c.body).order_by(_E.c.position, _E.c.id)):
        try:
            FaqEntry.from_dict(row.body)
        except EntryBroken as broken:
            found.append(EntryUnreadable(row.key, broken))
    return found


def list_bodies(conn: Connection) -> list[str]:
    """Return the same as JSON text, for who has many to read and a thread of their own to do so in."""
    return list(conn.execute(select(cast(_E.c.body, Text)).order_by(_E.c.position, _E.c.id)).scalars())


def get(conn: Connection, key: str) -> FaqEntry | None:
    """Return one entry, or None; None also for one that cannot be read."""
    return _entry(conn.execute(select(_E.c.body).where(_E.c.key == key)).scalar())


def hold(conn: Connection) -> None:
    """Let no other turn change the base before this transaction ends; call it before reading what is to be changed.

    SQLite has one writer anyhow. On PostgreSQL two admins who change an entry at once would else take back each other's
    change, for each writes the whole entry as they read it.
    """
    if lock_row(conn):
        conn.execute(_ONE_AT_A_TIME)


def empty(conn: Connection) -> bool:
    """Return whether no entry was ever stored."""
    return conn.execute(select(_E.c.id).limit(1)).first() is None


def save(conn: Connection, entry: FaqEntry, staff: int | None, now: datetime, *, undoes: int | None = None) -> None:
    """Add or replace an entry; `undoes` is the change in its history that is taken back with that.

    Raises:
        EntryBroken: it is one that could not be read again; names the field.
    """
    entry = _as_read(entry)
    hold(conn)
    before = get(conn, entry.id)
    if before == entry:
        return
    position = conn.execute(select(func.coalesce(func.max(_E.c.position), 0))).scalar_one() + 1
    _put(conn, entry, int(position), now)
    _remember(conn, entry.id, (before, entry), staff, now, undoes)
    _audited(conn, entry.id, "added" if before is None else "changed", staff, now)
    versions.bump(conn, versions.FAQ)


def free_id(conn: Connection, question: str) -> str:
    """Return an id made of a question that no entry has, with a number behind it where it is needed.

    It stays free until this transaction ends.
    """
    hold(conn)
    base = id_from(question)
    taken = set(conn.execute(select(_E.c.key).where(_E.c.key.startswith(base[:58], autoescape=True))).scalars())
    numbered = (base if number == 1 else f"{base[:58]}-{number}" for number in range(1, len(taken) + 2))
    return next(key for key in numbered if key not in taken)


def switch(conn: Connection, key: str, staff: int | None, now: datetime, *, enabled: bool) -> FaqEntry:
    """Switch an entry on or off.

    Raises:
        EntryUnknown: there is none with this id.
    """
    hold(conn)
    entry = get(conn, key)
    if entry is None:
        raise EntryUnknown(key)
    changed = replace(entry, enabled=enabled)
    save(conn, changed, staff, now)
    return changed


def history(conn: Connection, key: str, most: int = 50) -> list[Revision]:
    """Return an entry's changes, the newest first."""
    rows = conn.execute(select(_H).where(_H.c.key == key).order_by(_H.c.id.desc()).limit(most))
    return [Revision(row.id, row.staff_id, _entry(row.before), _entry(row.after), row.at, row.undoes) for row in rows]


def undo(conn: Connection, key: str, staff: int | None, now: datetime) -> FaqEntry | None:
    """Take back the last change of an entry that stands, as a change of its own; done again, the one before it.

    Returns:
        The entry as it is now, None when it is gone because the change had added it.

    Raises:
        EntryUnknown: it has no history.
    """
    hold(conn)
    last = to_take_back(conn, key)
    if last is None:
        raise EntryUnknown(key)
    if last.before is not None:
        save(conn, last.before, staff, now, undoes=last.id)
        return last.before
    remove(conn, key, staff, now, undoes=last.id)
    return None


def to_take_back(conn: Connection, key: str) -> Revision | None:
    """Return the change that `undo` takes back, None where nothing was ever changed.

    What took a change back is passed over, and so is that change: undoing twice goes two steps back, and does not make
    public again what was switched off by the first.
    """
    changes = history(conn, key, most=MOST_TAKEN_BACK)
    if changes and changes[0].after is None:  # it is gone: taking that back brings it again
        return changes[0]
    taken_back = {one.undoes for one in changes}
    stands = (one for one in changes if one.undoes is None and one.id not in taken_back)
    return next(stands, next(iter(changes), None))


def remove(conn: Connection, key: str, staff: int | None, now: datetime, *, undoes: int | None = None) -> None:
    """Delete an entry; its history stays, so that it can be brought back."""
    hold(conn)
    before = get(conn, key)
    conn.execute(_E.delete().where(_E.c.key == key))
    _remember(conn, key, (before, None), staff, now, undoes)
    _audited(conn, key, "removed", staff, now)
    versions.bump(conn, versions.FAQ)


def _audited(conn: Connection, key: str, how: str, staff: int | None, now: datetime) -> None:
    audit.record(conn, Act.FAQ_CHANGED, Subject("faq", key), _who(staff), now, {"how": how})


def _who(staff: int | None) -> audit.By:
    return audit.by(staff) if staff is not None else audit.By(Actor.COMMAND)


def replace_all(conn: Connection, entries: Sequence[FaqEntry], staff: int | None, now: datetime) -> None:
    """Add or replace many entries in one go, each with its history; entries that are not named stay.

    Raises:
        EntryBroken: one of them could not be read again; names the field.
    """
    hold(conn)
    old, changed = {entry.id: entry for entry in list_entries(conn)}, 0
    for position, entry in enumerate(entries):
        if old.get(entry.id) != entry:
            whole = _as_read(entry)
            _put(conn, whole, position, now)
            _remember(conn, whole.id, (old.get(whole.id), whole), staff, now)
            changed += 1
    if changed:  # one line for all: each entry's history tells the rest
        audit.record(conn, Act.FAQ_IMPORTED, Subject("faq", "*"), _who(staff), now, {"entries": changed})
    versions.bump(conn, versions.FAQ)


def _put(conn: Connection, entry: FaqEntry, position: int, now: datetime) -> None:
    values: dict[str, Any] = {
        "category": entry.category,
        "enabled": entry.enabled,
        "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
        "body": entry.to_dict(),
        "updated_at": now,
    }
    statement = insert(conn, _E).values(key=entry.id, position=position, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


def _remember(
    conn: Connection,
    key: str,
    change: tuple[FaqEntry | None, FaqEntry | None],
    staff: int | None,
    now: datetime,
    undoes: int | None = None,
) -> None:
    before, after = change
    values = {
        "key": key,
        "staff_id": staff,
        "before": before.to_dict() if before else None,
        "after": after.to_dict() if after else None,
        "undoes": undoes,
        "at": now,
    }
    conn.execute(_H.insert(), values)


def _entry(body: dict[str, Any] | None) -> FaqEntry | None:
    """Return the entry of a body; None for one that cannot be read, as another version may have written it."""
    try:
        return FaqEntry.from_dict(body) if body is not None else None
    except EntryBroken:
        return None


def _as_read(entry: FaqEntry) -> FaqEntry:
    """Return an entry as it comes back when it is read; nothing is written that reading would refuse."""
    return FaqEntry.from_dict(entry.to_dict())


def categories(entries: Iterable[FaqEntry]) -> list[str]:
    """Return the categories in the order of their first entries."""
    return list(dict.fromkeys(entry.category for entry in entries))
