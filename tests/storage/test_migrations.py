"""Migrations: from nothing to exactly the schema, all or nothing, and never from a newer program's database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from bot.orders import drafts, store
from bot.orders.store import Order
from bot.storage import migrate
from bot.storage.database import Database, connect
from bot.storage.schema import metadata

pytestmark = pytest.mark.slow  # databases made anew


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    opened = connect(empty_url)
    yield opened
    await opened.close()


def tables(conn: Connection) -> set[str]:
    return set(inspect(conn).get_table_names())


def laid_out(conn: Connection) -> dict[str, Any]:
    """Return all that a database knows of its tables, but for the order of the columns."""
    if conn.dialect.name == "sqlite":
        return _laid_out_on_sqlite(conn)
    columns = (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    )
    constraints = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    return {
        "columns": sorted(map(str, conn.execute(text(columns)))),
        "indexes": sorted(map(str, conn.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")))),
        "constraints": sorted(
            map(str, conn.execute(text(f"{constraints} WHERE connamespace = 'public'::regnamespace")))
        ),
    }


def _laid_out_on_sqlite(conn: Connection) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted(tables(conn)):
        for pragma in ("table_info", "foreign_key_list"):
            rows = conn.execute(text(f"PRAGMA {pragma}({name})"))
            found[f"{name} {pragma}"] = sorted(str(tuple(row)[1 if pragma == "table_info" else 2 :]) for row in rows)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    found["indexes"] = [tuple(row) for row in conn.execute(text(query))]
    return found


async def test_from_nothing_the_migrations_make_exactly_the_schema(empty: Database) -> None:
    await migrate.upgrade(empty)

    def differences(conn: Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata))

    assert await empty.read(differences) == []


async def test_defaults_partial_indexes_and_constraints_are_those_of_the_schema_too(empty: Database) -> None:
    await empty.transaction(metadata.create_all)
    wanted = await empty.read(laid_out)
    await empty.transaction(metadata.drop_all)

    await migrate.upgrade(empty)
    await empty.transaction(lambda conn: conn.execute(text("DROP TABLE alembic_version")))

    assert await empty.read(laid_out) == wanted


async def test_several_workers_that_start_at_once_upgrade_once(empty_url: str) -> None:
    workers = [connect(empty_url) for _ in range(3 if "postgresql" in empty_url else 1)]

    await asyncio.gather(*[migrate.upgrade(worker) for worker in workers])

    assert {await worker.read(migrate.version) for worker in workers} == {migrate.HEAD}
    for worker in workers:
        await worker.close()


async def test_an_upgrade_is_done_once(empty: Database) -> None:
    assert [await migrate.upgrade(empty) for _ in range(3)] == [True, False, False]
    assert await empty.read(migrate.version) == migrate.HEAD


@pytest.mark.parametrize("before", [lambda _: None, migrate.version], ids=["at once", "after a look"])
async def test_an_upgrade_that_breaks_off_leaves_nothing(empty: Database, before: Callable[[Connection], Any]) -> None:
    def cut_short(conn: Connection) -> None:
        migrate.to_head(conn)
        raise InterruptedError

    await empty.transaction(before)

    with pytest.raises(InterruptedError):
        await empty.transaction(cut_short)

    assert await empty.read(tables) == set()
    assert await migrate.upgrade(empty)


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(empty: Database) -> None:
    await migrate.upgrade(empty)

    for version in ("0000", "9999", "a later one"):
        newer = text("UPDATE alembic_version SET version_num = :version").bindparams(version=version)
        await empty.transaction(lambda conn, newer=newer: conn.execute(newer))  # type: ignore[misc] # bound at once

        with pytest.raises(migrate.DatabaseNewer, match="install the newer program again") as refusal:
            await migrate.upgrade(empty)

        assert refusal.value.version == version
        assert await empty.read(migrate.version) == version


async def test_the_version_that_the_program_knows_is_the_last_migration(empty: Database) -> None:
    def heads(conn: Connection) -> list[str]:
        return list(ScriptDirectory.from_config(migrate.alembic_config(conn)).get_heads())

    assert await empty.transaction(heads) == [migrate.HEAD]


async def test_what_an_earlier_version_kept_is_there_after_the_upgrade(empty: Database) -> None:
    at, asked = "2026-11-22", "id, conversation_id, question, language, decision, confidence, candidates"
    rows = {
        "customers (id, name, created_at)": f"1, 'Anna', '{at}'",
        "conversations (id, customer_id, channel, chat, language, created_at, flow)": f"1, 1, '', '', '', '{at}', '0'",
        f"matches ({asked}, faq_version, at)": f"1, 1, 'how much', 'en', 'none', 0.1, '[]', 1, '{at}'",
    }

    def as_it_was(conn: Connection) -> None:
        command.upgrade(migrate.alembic_config(conn), "0001")
        for table, values in rows.items():
            conn.execute(text(f"INSERT INTO {table} VALUES ({values})"))  # noqa: S608 made up here

    await empty.transaction(as_it_was)

    assert await empty.read(migrate.version) == "0001"
    assert await migrate.upgrade(empty)
    query = text("SELECT question, decision, group_id FROM matches")
    kept = await empty.read(lambda conn: [tuple(row) for row in conn.execute(query)])
    assert kept == [("how much", "none", None)]


async def test_tickets_of_an_earlier_version_keep_what_refers_to_them(empty: Database) -> None:
    at = "2026-11-22"
    rows = {
        "customers (id, name, created_at)": f"1, 'Anna', '{at}'",
        "conversations (id, customer_id, channel, chat, language, created_at, flow)": f"1, 1, '', '', '', '{at}', '0'",
        "staff (id, name, role, flow, created_at)": f"1, 'Olga', 'operator', '{{}}', '{at}'",
        "tickets (id, conversation_id, state, reason, staff_id, tags, opened_at, claimed_at)": (
            f"1, 1, 'assigned', 'asked', 1, '[]', '{at}', '{at}'"
        ),
        "csat (ticket_id, asked_at)": f"1, '{at}'",
    }

    def as_it_was(conn: Connection) -> None:
        command.upgrade(migrate.alembic_config(conn), "0004")
        for table, values in rows.items():
            conn.execute(text(f"INSERT INTO {table} VALUES ({values})"))  # noqa: S608 made up here

    await empty.transaction(as_it_was)

    assert await migrate.upgrade(empty)
    query = text(
        "SELECT tickets.assigned_at = tickets.claimed_at, tickets.team, staff.level, csat.ticket_id FROM tickets "
        "JOIN staff ON staff.id = tickets.staff_id JOIN csat ON csat.ticket_id = tickets.id"
    )
    kept = await empty.read(lambda conn: [tuple(row) for row in conn.execute(query)])
    assert kept == [(True, "", 1, 1)]


async def test_orders_and_drafts_come_through_the_upgrade_and_back(empty: Database) -> None:
    at = "2026-11-22"
    rows = {
        "customers (id, name, created_at)": f"1, 'Anna', '{at}'",
        "conversations (id, customer_id, channel, chat, language, created_at, flow)": (
            f"1, 1, '', '', '', '{at}', '{{\"form\": true}}'"
        ),
        "drafts (conversation_id, form, state, updated_at)": f"1, 'order', '{{\"current\": \"what\"}}', '{at}'",
        "orders (id, number, conversation_id, customer_id, form, answers, summary, created_at)": (
            f"1, 'S-1001', 1, 1, 'order', '{{}}', '[]', '{at}'"
        ),
    }

    def as_it_was(conn: Connection) -> None:
        command.upgrade(migrate.alembic_config(conn), "0016")
        for table, values in rows.items():
            conn.execute(text(f"INSERT INTO {table} VALUES ({values})"))  # noqa: S608 made up here

    await empty.transaction(as_it_was)
    assert await migrate.upgrade(empty)

    def used(conn: Connection) -> tuple[list[Any], list[Order]]:
        kept = [(one.form, one.kept, one.state, one.remind_at) for one in [drafts.opened(conn, 1)] if one]
        drafts.put(conn, 1, "call_back", {"current": "phone"}, datetime(2026, 11, 23, tzinfo=UTC))
        store.log(conn, 1, store.Kind.NOTE, datetime(2026, 11, 23, tzinfo=UTC), note="by phone")
        return kept, store.list_orders(conn)

    kept, orders = await empty.transaction(used)

    def back(conn: Connection) -> list[tuple[Any, ...]]:
        command.downgrade(migrate.alembic_config(conn), "0016")
        query = text("SELECT drafts.form, orders.number, orders.state FROM drafts, orders")
        return [tuple(row) for row in conn.execute(query)]

    assert kept == [("order", False, {"current": "what"}, None)]
    assert [(one.number, one.total, one.currency, one.tracking, one.proposal) for one in orders] == [
        ("S-1001", None, "", "", None)
    ]
    assert await empty.transaction(back) == [("call_back", "S-1001", "new")]
    assert await migrate.upgrade(empty)
