"""Keys that an installation makes for itself."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.storage import secret_keys
from bot.storage.database import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_a_key_is_made_once_and_another_name_has_another_key(database: Database) -> None:
    first = await database.transaction(lambda conn: secret_keys.get(conn, "erasures", NOON))
    again = await database.transaction(lambda conn: secret_keys.get(conn, "erasures", NOON))
    other = await database.transaction(lambda conn: secret_keys.get(conn, "widget", NOON))

    assert first == again
    assert len(first) == 32
    assert other != first
