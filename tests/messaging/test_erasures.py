"""Addresses of customers who were erased, kept as sums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.messaging import erasures
from bot.storage import schema
from bot.storage.database import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_an_erased_address_is_known_again_on_its_channel_only(database: Database) -> None:
    await database.transaction(lambda conn: erasures.remember(conn, "telegram", "4711", NOON))

    known = await database.read(lambda conn: erasures.erased_at(conn, "telegram", "4711"))
    elsewhere = await database.read(lambda conn: erasures.erased_at(conn, "webchat", "4711"))

    assert (known, elsewhere) == (NOON, None)


async def test_who_is_erased_twice_is_erased_since_the_second_time(database: Database) -> None:
    later = NOON + timedelta(days=1)
    await database.transaction(lambda conn: erasures.remember(conn, "telegram", "4711", NOON))
    await database.transaction(lambda conn: erasures.remember(conn, "telegram", "4711", later))

    assert await database.read(lambda conn: erasures.erased_at(conn, "telegram", "4711")) == later


async def test_the_address_itself_is_not_kept(database: Database) -> None:
    await database.transaction(lambda conn: erasures.remember(conn, "telegram", "4711", NOON))

    kept = await database.read(lambda conn: conn.execute(select(schema.erasures.c.address_sum)).scalar_one())
    assert "4711" not in kept
    assert len(kept) == 64


async def test_where_nobody_was_ever_erased_nobody_is(database: Database) -> None:
    assert await database.read(lambda conn: erasures.erased_at(conn, "telegram", "4711")) is None
