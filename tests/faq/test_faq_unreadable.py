"""What cannot be read again is never written, and an entry that cannot be read takes no other one along."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bot.faq import groups, store
from bot.faq.entry import LONGEST_PHRASING, MOST_PHRASINGS, EntryBroken, FaqEntry, Text
from bot.faq.groups import Problem
from bot.faq.knowledge_base import KnowledgeBase
from bot.faq.matcher import Policy
from bot.storage import schema
from bot.storage.database import Database
from tests.faq.test_faq_groups import CUPS, asks, listed

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEA = FaqEntry("tea", {"en": Text("Do you sell tea?", ("green tea",), "Yes.")})
STORY = "My teapot's lid broke last autumn. " * 40 + "What can I do"
LONG = Text("Do you sell cups?", ("x" * (LONGEST_PHRASING + 1),), "Yes.")


def write_past_the_checks(conn: Connection) -> None:
    """Leave what an earlier version could write: a phrasing that is too long to be read again."""
    store.replace_all(conn, [CUPS, TEA], None, NOW)
    table, body = schema.faq_entries, replace(CUPS, texts={"en": LONG}).to_dict()
    conn.execute(table.update().where(table.c.key == "cups"), {"body": body})
    values = {"key": "cups", "staff_id": None, "before": CUPS.to_dict(), "after": body, "at": NOW}
    conn.execute(schema.faq_history.insert(), values)


async def test_of_a_long_question_the_beginning_becomes_a_phrasing_and_the_base_stays_readable(
    database: Database,
) -> None:
    def attach(conn: Connection) -> tuple[FaqEntry | Problem, bool]:
        store.replace_all(conn, [CUPS, TEA], None, NOW)
        asks(conn, STORY)
        group = groups.overview(conn)[0]
        entry = groups.attach(conn, group.id, "cups", ["en"], None, NOW)
        assert isinstance(entry, FaqEntry)
        return entry, groups.made(group, CUPS, entry)

    entry, can_come_back = await database.transaction(attach)

    assert isinstance(entry, FaqEntry)
    taken = entry.texts["en"].phrasings[-1]
    assert STORY.startswith(taken)
    assert taken.endswith("autumn.")
    assert LONGEST_PHRASING - 40 < len(taken) <= LONGEST_PHRASING
    assert can_come_back
    assert await database.read(store.list_entries) == [entry, TEA]


@pytest.mark.parametrize(
    ("question", "phrasing"),
    [
        ("Do you have gaiwans?", "Do you have gaiwans?"),
        ("two\nlines", "two lines"),
        ("cup " * 400, "cup " * 249 + "cup"),
        ("x" * 1_500, "x" * LONGEST_PHRASING),
    ],
)
def test_a_phrasing_ends_where_a_word_does(question: str, phrasing: str) -> None:
    assert groups.wording(question) == phrasing
    assert groups.shortened(question) is (len(question) > LONGEST_PHRASING)


async def test_a_long_question_can_be_drafted_but_only_once(database: Database) -> None:
    def draft(conn: Connection) -> list[FaqEntry | Problem]:
        asks(conn, STORY)
        number = groups.overview(conn)[0].id
        return [groups.draft(conn, number, answer, None, NOW) for answer in ("We mend it.", "We mend it!")]

    first, second = await database.transaction(draft)

    assert isinstance(first, FaqEntry)
    assert (second, await database.read(store.list_entries)) == (Problem.SETTLED, [first])


async def test_a_draft_that_was_deleted_can_be_made_again(database: Database) -> None:
    def draft(conn: Connection) -> FaqEntry | Problem:
        asks(conn, "Do you have gaiwans?")
        number = groups.overview(conn)[0].id
        groups.draft(conn, number, "Yes.", None, NOW)
        store.undo(conn, "do-you-have-gaiwans", None, NOW)
        return groups.draft(conn, number, "Yes, three.", None, NOW)

    assert await database.transaction(draft) == await database.read(lambda conn: store.get(conn, "do-you-have-gaiwans"))


async def test_an_entry_that_is_full_or_lacks_the_language_takes_no_phrasing_and_the_question_stays(
    database: Database,
) -> None:
    full = replace(CUPS, texts={"en": Text("Cups?", tuple(f"cup {n}" for n in range(MOST_PHRASINGS)), "Yes.")})

    def attach(conn: Connection) -> list[FaqEntry | Problem]:
        store.replace_all(conn, [full], None, NOW)
        asks(conn, "Do you have gaiwans?")
        asks(conn, "Avez-vous des tasses", who="B", language="fr")
        return [groups.attach(conn, one.id, "cups", ["en"], None, NOW) for one in groups.overview(conn)]

    assert set(map(str, await database.transaction(attach))) == {Problem.FULL, Problem.OTHER_LANGUAGE}
    assert await database.read(store.list_entries) == [full]
    assert len(await database.read(listed)) == 2


async def test_what_could_not_be_read_again_is_not_written(database: Database) -> None:
    broken = replace(CUPS, texts={"en": LONG})
    await database.transaction(lambda conn: store.save(conn, CUPS, None, NOW))

    with pytest.raises(EntryBroken, match=r"phrasings\[1\]: is 1001 characters"):
        await database.transaction(lambda conn: store.save(conn, broken, None, NOW))
    with pytest.raises(EntryBroken, match=r"phrasings\[1\]: is 1001 characters"):
        await database.transaction(lambda conn: store.replace_all(conn, [TEA, broken], None, NOW))

    assert await database.read(store.list_entries) == [CUPS]


async def test_an_entry_that_cannot_be_read_is_named_and_all_others_stay_live(database: Database) -> None:
    alarms: dict[str, str] = {}
    faq = KnowledgeBase(database, lambda: NOW, ("en",), "UTC", policy=Policy, alarms=alarms)
    await database.transaction(write_past_the_checks)

    await faq.refresh()
    raised = dict(alarms)
    left = await database.read(store.list_entries)
    await database.transaction(lambda conn: store.undo(conn, "cups", None, NOW))
    await faq.refresh()

    assert left == [TEA]
    assert "'cups' cannot be read" in raised["faq"]
    assert "`/faq undo cups`" in raised["faq"]
    assert alarms == {}
    assert list(faq.snapshot.entries) == ["cups", "tea"]
    faq.close()


async def test_an_entry_that_cannot_be_read_can_be_imported_anew(database: Database) -> None:
    await database.transaction(write_past_the_checks)
    assert [one.key for one in await database.read(store.unreadable)] == ["cups"]

    await database.transaction(lambda conn: store.replace_all(conn, [CUPS], None, NOW))

    assert await database.read(store.unreadable) == []
    assert await database.read(store.list_entries) == [CUPS, TEA]
