"""Orders in the database, where there are many of them; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.orders import store
from bot.orders.store import Order
from bot.storage.database import Database


async def test_the_names_of_more_customers_are_read_than_one_statement_can_ask_for(database: Database) -> None:
    made = datetime(2026, 11, 23, tzinfo=UTC)
    orders = [Order(key, f"S-{key}", key, "order", {}, (), "new", made) for key in range(1, 40_001)]

    assert await database.read(lambda conn: store.names(conn, orders)) == {}
