"""Two people change the base at the same time: the second sees what the first did, and nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from bot.faq import groups, store
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import seed
from bot.storage.database import Database, connect
from tests.databases import ON_POSTGRES
from tests.faq.test_faq_groups import asks

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CUPS = FaqEntry("cups", {"en": Text("Do you sell cups?", (), "Yes.")})
TEA = FaqEntry("tea", {"en": Text("Do you sell tea?", (), "Yes.")})
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Work = Callable[[Connection], object]
Sleep = Callable[[], None]


async def _in_a_thread(url: str, work: Work) -> object:
    """Run a turn as another process would: on a loop and a connection of its own."""

    async def turn() -> object:
        other = connect(url)
        try:
            return await other.transaction(work)
        finally:
            await other.close()

    return await asyncio.to_thread(lambda: asyncio.run(turn()))


async def side_by_side(
    database: Database, url: str, first: Callable[[Connection, Sleep], object], second: Work
) -> None:
    """Run `first` until it calls what it is given; let it go on when `second` waits for it, or ends."""
    midway, go_on = threading.Event(), threading.Event()

    def pause() -> None:
        midway.set()
        assert go_on.wait(30)

    one = asyncio.create_task(_in_a_thread(url, lambda conn: first(conn, pause)))
    assert await asyncio.to_thread(midway.wait, 30)
    two = asyncio.create_task(_in_a_thread(url, second))
    async with asyncio.timeout(30):
        while not two.done() and not await database.read(lambda conn: conn.execute(text(WAITING)).scalar_one()):
            pass  # each look lets the two go on
    go_on.set()
    await asyncio.gather(one, two)


@ON_POSTGRES
async def test_two_admins_who_change_an_entry_at_once_keep_both_changes(database: Database, database_url: str) -> None:
    await database.transaction(lambda conn: store.save(conn, CUPS, None, NOW))

    def answer(conn: Connection, pause: Sleep) -> None:
        store.hold(conn)
        entry = store.get(conn, "cups")
        assert entry is not None
        pause()
        text = replace(entry.texts["en"], answer="Twelve kinds.")
        store.save(conn, replace(entry, texts={"en": text}), None, NOW)

    await side_by_side(database, database_url, answer, lambda c: store.switch(c, "cups", None, NOW, enabled=False))

    entry = await database.read(lambda conn: store.get(conn, "cups"))
    assert entry == replace(CUPS, texts={"en": Text("Do you sell cups?", (), "Twelve kinds.")}, enabled=False)


@ON_POSTGRES
async def test_two_new_entries_with_one_question_get_an_id_each(database: Database, database_url: str) -> None:
    def add(conn: Connection, answer: str, pause: Sleep = lambda: None) -> None:
        key = store.free_id(conn, "Do you ship abroad?")
        pause()
        store.save(conn, FaqEntry(key, {"en": Text("Do you ship abroad?", (), answer)}), None, NOW)

    await side_by_side(
        database, database_url, lambda conn, pause: add(conn, "First.", pause), lambda conn: add(conn, "Second.")
    )

    found = [(one.id, one.texts["en"].answer) for one in await database.read(store.list_entries)]
    assert found == [("do-you-ship-abroad", "First."), ("do-you-ship-abroad-2", "Second.")]


@ON_POSTGRES
async def test_two_imports_in_opposite_order_do_not_block_each_other(database: Database, database_url: str) -> None:
    both = [CUPS, TEA]

    def first(conn: Connection, pause: Sleep) -> None:
        store.replace_all(conn, [replace(CUPS, category="one")], None, NOW)
        pause()
        store.replace_all(conn, [replace(one, category="one") for one in both], None, NOW)

    await side_by_side(
        database,
        database_url,
        first,
        lambda conn: store.replace_all(conn, [replace(one, category="two") for one in reversed(both)], None, NOW),
    )

    assert {one.category for one in await database.read(store.list_entries)} == {"two"}


@ON_POSTGRES
async def test_a_group_that_two_admins_draft_at_once_becomes_one_entry(database: Database, database_url: str) -> None:
    number = await database.transaction(
        lambda conn: [asks(conn, "Do you have gaiwans?"), groups.overview(conn)[0].id][1]
    )
    assert isinstance(number, int)

    def draft(conn: Connection, pause: Sleep) -> None:
        groups.draft(conn, number, "Yes.", None, NOW)
        pause()

    await side_by_side(database, database_url, draft, lambda conn: groups.draft(conn, number, "Sure.", None, NOW))

    found = [(one.id, one.texts["en"].answer) for one in await database.read(store.list_entries)]
    assert found == [("do-you-have-gaiwans", "Yes.")]


@ON_POSTGRES
async def test_two_workers_that_start_at_once_store_the_files_entries_once(
    database: Database, database_url: str
) -> None:
    def first(conn: Connection, pause: Sleep) -> None:
        seed(conn, [CUPS], lambda: NOW)
        pause()

    await side_by_side(database, database_url, first, lambda conn: seed(conn, [CUPS], lambda: NOW))

    assert len(await database.read(lambda conn: store.history(conn, "cups"))) == 1
