"""What `undo` takes back: the last change that stands, one step further each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.faq import store
from bot.faq.entry import FaqEntry, Text
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST = FaqEntry("lids", {"en": Text("Do you sell lids?", (), "We do.")})
SECOND = replace(FIRST, texts={"en": Text("Do you sell lids?", (), "Not any more.")})


async def test_switching_off_and_on_again_is_no_undo(database: Database) -> None:
    def work(conn: Connection) -> FaqEntry | None:
        store.save(conn, FIRST, None, NOW)
        store.save(conn, SECOND, None, NOW)
        store.switch(conn, "lids", None, NOW, enabled=False)
        store.switch(conn, "lids", None, NOW, enabled=True)
        return store.undo(conn, "lids", None, NOW)

    assert await database.transaction(work) == replace(SECOND, enabled=False)


async def test_each_further_undo_goes_one_step_further_back(database: Database) -> None:
    def work(conn: Connection) -> list[FaqEntry | None]:
        store.save(conn, FIRST, None, NOW)
        store.save(conn, SECOND, None, NOW)
        store.switch(conn, "lids", None, NOW, enabled=False)
        return [store.undo(conn, "lids", None, NOW) for _ in range(4)]

    assert await database.transaction(work) == [SECOND, FIRST, None, FIRST]


async def test_a_change_after_an_undo_is_the_next_one_to_be_taken_back(database: Database) -> None:
    def work(conn: Connection) -> list[FaqEntry | None]:
        store.save(conn, FIRST, None, NOW)
        store.switch(conn, "lids", None, NOW, enabled=False)
        store.undo(conn, "lids", None, NOW)
        store.save(conn, SECOND, None, NOW)
        return [store.undo(conn, "lids", None, NOW), store.undo(conn, "lids", None, NOW)]

    assert await database.transaction(work) == [FIRST, None]
