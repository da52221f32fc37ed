"""Who did what to what: a line for each, and no words of anybody."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from bot.storage import audit, schema
from bot.storage.audit import Act, Actor, By, Subject
from bot.storage.database import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_what_was_done_is_written_down_with_who_did_it_and_when(database: Database) -> None:
    ticket, person = Subject("ticket", "7"), Subject("person", "3")

    await database.transaction(lambda conn: audit.record(conn, Act.TICKET_CLOSED, ticket, audit.by(3), NOON))
    await database.transaction(
        lambda conn: audit.record(conn, Act.PERSON_CHANGED, person, By(Actor.COMMAND), NOON, {"role": "admin"})
    )

    table = schema.audit_log
    query = select(table.c.act, table.c.actor, table.c.staff_id, table.c.subject, table.c.subject_key, table.c.facts)
    rows = await database.read(lambda conn: conn.execute(query.order_by(table.c.id)).all())
    assert [tuple(row) for row in rows] == [
        ("ticket.closed", "staff", 3, "ticket", "7", {}),
        ("person.changed", "command", None, "person", "3", {"role": "admin"}),
    ]
