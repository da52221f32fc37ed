"""The audit's seals: a chain by which a line shows that was changed, left out or slipped in later.

Each line carries a SHA-256 sum over itself, its place and the seal before it. Writing a line takes no lock on the
chain's end, or all claims would wait for one another: lines are written unsealed, and a tick seals what it finds about
each second, one worker at a time. So what is done to a line within that second cannot be seen. Nor can it be seen in
the database alone that its end was cut off, or that all of it was written anew; who keeps a seal elsewhere can see it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain as joined

from sqlalchemy import Connection, func, select

from bot.storage import audit
from bot.storage.audit import Act, Actor, By, Line, Subject
from bot.storage.database import lock_row

MOST = 500
"""Lines that one transaction seals."""
START = "0" * 64
"""What stands before the first line."""
UNTIL = "audit_until"
"""The fact by which a line says that those before were deleted because they were old."""
_ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(7_201_531))


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold: a line's place, and what is wrong in one sentence."""

    place: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look through the whole chain found.

    Attributes:
        lines: sealed lines that were looked at.
        unsealed: lines that wait for their seal; nothing can be said of them.
        head: the seal of the last line that holds; empty when there is none.
        broken: the first place where it does not hold, None when all of it does.
    """

    lines: int
    unsealed: int
    head: str
    broken: Broken | None


def seal(conn: Connection) -> int:
    """Seal lines that wait for it and return how many; 0 when none is left.

    Lines whose transactions committed out of order are sealed in the order in which they are found.
    """
    if lock_row(conn):
        conn.execute(_ONE_AT_A_TIME)
    waiting = audit.to_be_sealed(conn, MOST)
    if not waiting:
        return 0
    last = audit.head(conn)
    place, previous = (last.place or 0, last.seal or START) if last else (0, START)
    for line in waiting:
        place += 1
        whole = sealed(line, place, previous)
        previous = whole.seal or ""
        audit.put_seal(conn, whole)
    return len(waiting)


def sealed(line: Line, place: int, previous: str) -> Line:
    """Return a line with its place, the seal before it and its own."""
    placed = replace(line, place=place, previous=previous)
    return replace(placed, seal=_sum(placed))


def forget(conn: Connection, before: datetime, now: datetime) -> int:
    """Delete what is older at the chain's beginning, and write that down; returns how many lines were deleted."""
    first = next(audit.chain(conn, 1), None)
    until = audit.drop(conn, before)
    if not until or first is None:
        return 0
    audit.record(conn, Act.RETENTION_SWEPT, Subject("audit", str(until)), By(Actor.BOT), now, {UNTIL: until})
    return until - (first.place or 1) + 1


def verify(conn: Connection, kept_head: str = "") -> Verdict:
    """Look through the whole chain.

    Args:
        conn: a connection.
        kept_head: a seal that was kept elsewhere; empty for none. It must be the one of a line that is still there.
    """
    lines = audit.chain(conn)
    first = next(lines, None)
    seen, until = 0, 0
    previous = (first.previous or START) if first else START
    place = (first.place or 1) - 1 if first else 0
    began, found = place, not kept_head
    for line in joined([first] if first else [], lines):
        wrong = _wrong(line, place + 1, previous)
        if wrong:
            return Verdict(seen, audit.unsealed(conn), previous if seen else "", wrong)
        seen, place, previous = seen + 1, place + 1, line.seal or ""
        until = max(until, _until(line))
        found = found or previous == kept_head
    broken = _wrong_ends(began, until, previous, found=found)
    return Verdict(seen, audit.unsealed(conn), previous if seen else "", broken)


def _wrong(line: Line, place: int, previous: str) -> Broken | None:
    if line.place != place:
        missing = f"line {place} is" if line.place == place + 1 else f"lines {place} to {(line.place or 0) - 1} are"
        return Broken(place, f"{missing} missing")
    if line.previous != previous:
        return Broken(place, f"line {place} does not follow the one before it: one of the two was put in or changed")
    if line.seal != _sum(line):
        return Broken(place, f"line {place} was changed after it was sealed")
    return None


def _wrong_ends(began: int, until: int, previous: str, *, found: bool) -> Broken | None:
    if began and began != until:  # nobody wrote down that these were old
        return Broken(1, f"lines 1 to {began} are missing, and were not deleted for their age")
    if previous == START and not found:
        return Broken(1, "there are no sealed lines any more")
    if not found:
        return Broken(
            1, "the seal that was kept elsewhere is none of these lines': the end was cut off, or all of it is new"
        )
    return None


def _until(line: Line) -> int:
    until = line.facts.get(UNTIL)
    return until if line.act == Act.RETENTION_SWEPT.value and isinstance(until, int) else 0


def _sum(line: Line) -> str:
    """Return a line's seal: over its parts in this order, as JSON without spaces."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    who, subject = line.who, line.subject
    parts = [line.place, line.previous, line.id, who.actor.value, who.staff_id, line.act, subject.kind, subject.key]
    whole = json.dumps([*parts, line.facts, at], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(whole.encode()).hexdigest()
