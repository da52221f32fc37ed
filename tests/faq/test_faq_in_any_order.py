"""Decisions belong to what the base holds, not to the order in which it came to hold it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bot.faq import pool, store
from bot.faq.entry import FaqEntry, Text
from bot.faq.matcher import Index, Match
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = "cup lid vase bowl plate spoon fork glass tray jug pan kettle box bag rug lamp chair desk shelf bed"
VERBS = "clean return exchange repair order gift-wrap insure carry paint engrave polish store"
THINGS, DEEDS = WORDS.split(), VERBS.split()


def base(entries: int, phrasings: int) -> list[FaqEntry]:
    """Return entries about things and what can be done with them, several of which are much alike."""
    found = []
    for number in range(entries):
        thing, verb = THINGS[number % len(THINGS)], DEEDS[number // len(THINGS) % len(DEEDS)]
        more = [f"{way} {verb} {thing}" for way in ("how to", "may I", "please", "who can", "where to", "why not")]
        ways = tuple(f"{one} number {place}" for place, one in enumerate(more * 2))[: phrasings - 1]
        found.append(FaqEntry(f"e{number}", {"en": Text(f"Can you {verb} a {thing}?", ways, "-")}))
    return found


def asked(entries: Sequence[FaqEntry]) -> list[Match]:
    """Return what a base of these makes of some questions."""
    index = Index.build(entries, ("en",))
    questions = [f"do you {verb} the {thing} for me" for verb in DEEDS[:6] for thing in THINGS[:12]]
    return [index.match(question) for question in questions]


def test_a_base_too_large_to_be_tried_as_a_whole_decides_alike_in_any_order() -> None:
    entries = base(130, 10)
    assert sum(len(one.phrasings("en")) for one in entries) > pool.MOST_TRIED
    mixed = list(entries)
    random.Random(7).shuffle(mixed)

    assert asked(mixed) == asked(entries)


def test_the_order_in_which_the_languages_of_an_entry_were_written_changes_nothing() -> None:
    codes = ("en", "de", "ru")
    entries = [
        FaqEntry(f"e{n}", {code: Text(f"{code} {thing}", (), "-") for code in codes}) for n, thing in enumerate(THINGS)
    ]
    mixed = [replace(one, texts=dict(reversed(list(one.texts.items())))) for one in entries]

    there, turned = (Index.build(some, codes, learn=False) for some in (entries, mixed))

    assert turned.sentences == there.sentences


async def test_an_entry_that_was_deleted_and_brought_back_leaves_all_decisions_as_they_were(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "MOST_TRIED", 60)

    def work(conn: Connection) -> tuple[list[FaqEntry], list[FaqEntry]]:
        store.replace_all(conn, base(24, 5), None, NOW)
        before = store.list_entries(conn)
        for key in ("e0", "e7"):
            store.remove(conn, key, None, NOW)
            store.undo(conn, key, None, NOW)
        return before, store.list_entries(conn)

    before, after = await database.transaction(work)

    assert [one.id for one in before] != [one.id for one in after]
    assert asked(after) == asked(before)
