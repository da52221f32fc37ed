"""The audit's chain: whatever is done to a sealed line shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.storage import audit, schema, seals
from bot.storage.audit import Act, Subject
from bot.storage.database import Database

NOON = datetime(2026, 3, 2, 12, 0, 0, 123, tzinfo=UTC)
TABLE = schema.audit_log


def written(conn: Connection, count: int, start: datetime = NOON) -> None:
    for number in range(count):
        act, subject = Act.TICKET_CLOSED, Subject("ticket", str(number))
        audit.record(conn, act, subject, audit.by(3), start + timedelta(minutes=number), {"tags": [number, "é"]})


@pytest.fixture
async def five(database: Database) -> Database:
    """A database with five sealed lines."""
    await database.transaction(lambda conn: written(conn, 5))
    await database.transaction(seals.seal)
    return database


def changed(values: dict[str, Any], place: int = 3) -> Callable[[Connection], object]:
    return lambda conn: conn.execute(TABLE.update().where(TABLE.c.place == place).values(values))


async def test_a_chain_that_nobody_touched_holds(five: Database) -> None:
    verdict = await five.read(seals.verify)

    assert (verdict.lines, verdict.unsealed, verdict.broken, len(verdict.head)) == (5, 0, None, 64)


async def test_sealing_goes_on_where_it_ended_and_ends_when_nothing_waits(five: Database) -> None:
    await five.transaction(lambda conn: written(conn, 2))

    before = await five.read(seals.verify)
    sealed = [await five.transaction(seals.seal), await five.transaction(seals.seal)]
    after = await five.read(seals.verify)

    assert sealed == [2, 0]
    assert (before.lines, before.unsealed, after.lines, after.unsealed, after.broken) == (5, 2, 7, 0, None)


@pytest.mark.parametrize(
    "values",
    [
        {"facts": {"tags": [2]}},
        {"act": "ticket.claimed"},
        {"actor": "bot"},
        {"staff_id": 4},
        {"subject": "order"},
        {"subject_key": "8"},
        {"at": NOON},
    ],
    ids=lambda values: next(iter(values)),
)
async def test_a_line_that_was_changed_is_named(five: Database, values: dict[str, Any]) -> None:
    await five.transaction(changed(values))

    broken = (await five.read(seals.verify)).broken

    assert broken == seals.Broken(3, "line 3 was changed after it was sealed")


async def test_a_line_that_was_changed_and_sealed_anew_does_not_fit_the_next_one(five: Database) -> None:
    def forged(conn: Connection) -> None:
        conn.execute(TABLE.update().where(TABLE.c.place == 3).values(staff_id=4))
        rest = [line for line in audit.chain(conn) if line.place == 3]
        audit.put_seal(conn, seals.sealed(rest[0], 3, rest[0].previous or ""))

    await five.transaction(forged)

    broken = (await five.read(seals.verify)).broken
    assert broken is not None
    assert broken.why.startswith("line 4 does not follow the one before it")


@pytest.mark.parametrize(("place", "why"), [(3, "line 3 is missing"), (1, "lines 1 to 1 are missing")])
async def test_a_line_that_was_taken_out_is_missed(five: Database, place: int, why: str) -> None:
    await five.transaction(lambda conn: conn.execute(TABLE.delete().where(TABLE.c.place == place)))

    broken = (await five.read(seals.verify)).broken

    assert broken is not None
    assert broken.why.startswith(why)


async def test_an_end_that_was_cut_off_shows_to_who_kept_a_seal(five: Database) -> None:
    kept = (await five.read(seals.verify)).head
    await five.transaction(lambda conn: conn.execute(TABLE.delete().where(TABLE.c.place == 5)))

    alone = await five.read(seals.verify)
    with_seal = await five.read(lambda conn: seals.verify(conn, kept))

    assert alone.broken is None
    assert with_seal.broken is not None
    assert "the end was cut off" in with_seal.broken.why


async def test_a_seal_that_was_kept_holds_while_the_chain_grows(five: Database) -> None:
    kept = (await five.read(seals.verify)).head
    await five.transaction(lambda conn: written(conn, 2))
    await five.transaction(seals.seal)

    assert (await five.read(lambda conn: seals.verify(conn, kept))).broken is None


async def test_lines_that_are_old_enough_go_and_the_rest_still_holds(five: Database) -> None:
    later = NOON + timedelta(days=1)
    gone = await five.transaction(lambda conn: seals.forget(conn, NOON + timedelta(minutes=3), later))
    await five.transaction(seals.seal)

    verdict = await five.read(seals.verify)
    assert (gone, verdict.lines, verdict.broken) == (3, 3, None)


async def test_an_audit_older_than_what_is_kept_keeps_its_last_line_so_that_the_chain_goes_on(five: Database) -> None:
    later = NOON + timedelta(days=900)
    gone = await five.transaction(lambda conn: seals.forget(conn, later, later))
    again = await five.transaction(lambda conn: seals.forget(conn, NOON, later))
    await five.transaction(seals.seal)

    verdict = await five.read(seals.verify)
    assert (gone, again, verdict.lines, verdict.broken) == (4, 0, 2, None)


async def test_an_empty_audit_holds(database: Database) -> None:
    verdict = await database.read(seals.verify)

    assert (verdict.lines, verdict.head, verdict.broken) == (0, "", None)


async def test_what_is_wanted_is_found_newest_first(five: Database) -> None:
    await five.transaction(
        lambda conn: audit.record(conn, Act.PERSON_DISABLED, Subject("person", "3"), audit.by(1), NOON)
    )

    people = await five.read(lambda conn: audit.lines(conn, audit.Wanted(act="person"), 10))
    of_three = await five.read(lambda conn: audit.lines(conn, audit.Wanted(staff_id=3), 2))
    one_ticket = await five.read(lambda conn: audit.lines(conn, audit.Wanted(subject="ticket", subject_key="2"), 10))
    since = NOON + timedelta(minutes=3)
    late = await five.read(lambda conn: audit.lines(conn, audit.Wanted(since=since, until=since), 10))

    assert [(line.act, line.who.staff_id) for line in people] == [("person.disabled", 1)]
    assert [line.subject.key for line in of_three] == ["4", "3"]
    assert [line.subject.key for line in one_ticket] == ["2"]
    assert late == []
