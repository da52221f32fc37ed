"""The live base: one immutable snapshot with a version, matched against at any time, swapped as a whole.

Ada saves a new price at 14:03:20; the version row rises, the index is built beside the old one in a thread of its own,
and from 14:03:21 on questions meet the new snapshot. Nobody waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from bot.domain.ports import Clock
from bot.faq import store
from bot.faq.entry import FaqEntry
from bot.storage import versions
from bot.storage.database import Database

if TYPE_CHECKING:  # numpy and RapidFuzz are imported when the first index is built
    from bot.faq.encoder import VectorStore
    from bot.faq.matcher import Index, Match, Policy

log = structlog.get_logger()
LOOK_EVERY = 0.3
"""Seconds between two looks at the version row; an edit must be live within one."""
SMALL_BASE = 2000
"""Phrasings up to which an edited base is encoded before it is swapped in."""


def digest(name: str) -> str:
    """Return a short key for a button: an id or category may be longer than its 64 bytes."""
    return hashlib.blake2b(name.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Snapshot:
    """The base as it is now.

    Attributes:
        version: of the base in the database.
        day: the entries' dates were judged by it.
        entries: those that may be given today, by id, in order.
        index: over them; None until the first one is built.
    """

    version: int = 0
    day: date = date.min
    entries: Mapping[str, FaqEntry] = field(default_factory=dict)
    index: Index | None = None

    @property
    def categories(self) -> list[str]:
        """The categories with at least one entry, in order."""
        return store.categories(self.entries.values())

    def category(self, key: str) -> str | None:
        """Return the category that a button's key names, or None."""
        return next((name for name in self.categories if digest(name) == key), None)

    def entry(self, key: str) -> FaqEntry | None:
        """Return the entry that a button's key names, or None when it is not given any more."""
        return next((entry for name, entry in self.entries.items() if digest(name) == key), None)


class KnowledgeBase:
    """Keeps the snapshot current and matches questions against it.

    Attributes:
        snapshot: the base as it is now.
        calm: set when the start is over; the encoder, which is busy for a while, waits for that.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        languages: Sequence[str],
        zone: str,
        *,
        policy: Callable[[], Policy],
        encoder: str = "none",
        cache: Path | None = None,
    ) -> None:
        self.snapshot = Snapshot()
        self._database = database
        self._clock = clock
        self._languages = tuple(languages)
        self._zone = ZoneInfo(zone)
        self._policy = policy
        self._encoder = encoder
        self._cache = cache
        self._vectors: VectorStore | None = None
        self.calm = asyncio.Event()
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="faq-builder")
        self._matcher = ThreadPoolExecutor(1, thread_name_prefix="faq-matcher")

    async def match(self, text: str, language: str = "") -> tuple[Match | None, Snapshot]:
        """Return what the base has for a question, and the snapshot that was asked; None before the first build."""
        snapshot = self.snapshot
        index = snapshot.index
        if index is None:
            return None, snapshot
        found = index.exact(text)
        if found is None:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._matcher, index.match, text, language)
        return found, snapshot

    async def refresh(self) -> bool:
        """Take up a changed base, or a new day.

        Returns:
            Whether the snapshot was swapped.
        """
        day = self._clock().astimezone(self._zone).date()
        version = (await self._database.read(versions.current)).get(versions.FAQ, 0)
        if (version, day) == (self.snapshot.version, self.snapshot.day) and self.snapshot.index is not None:
            return False
        entries = await self._database.read(store.list_entries)
        live = {entry.id: entry for entry in entries if entry.live_on(day)}
        loop = asyncio.get_running_loop()
        index = await loop.run_in_executor(self._builder, self._build, live)
        self.snapshot = Snapshot(version, day, live, index)
        log.info("faq_live", version=version, entries=len(live), encoder=index.encoder is not None)
        return True

    def _build(self, live: Mapping[str, FaqEntry]) -> Index:
        from bot.faq.matcher import Index

        index = Index.build(live.values(), self._languages, policy=self._policy())
        if self._vectors is not None and sum(len(_phrasings(entry)) for entry in live.values()) <= SMALL_BASE:
            return index.with_encoder(self._vectors)
        return index

    async def learn_meanings(self) -> None:
        """Bring the encoder in, which takes a while the first time; the base answers by words until then."""
        snapshot = self.snapshot
        if self._encoder == "none" or snapshot.index is None or snapshot.index.encoder is not None:
            return
        loop = asyncio.get_running_loop()
        index = await loop.run_in_executor(self._builder, self._encode, snapshot.index)
        if self.snapshot is snapshot:
            self.snapshot = Snapshot(snapshot.version, snapshot.day, snapshot.entries, index)
            log.info("faq_encoder_ready", version=snapshot.version)

    def _encode(self, index: Index) -> Index:
        from bot.faq.encoder import VectorStore, encoder_named

        if self._vectors is None:
            encoder = encoder_named(self._encoder)
            if encoder is None:
                return index
            self._vectors = VectorStore(encoder, self._cache)
        return index.with_encoder(self._vectors)

    async def run(self) -> None:
        """Keep the snapshot current until cancelled; a failure is logged and tried again."""
        while True:
            try:
                await self.refresh()
                if self.calm.is_set():
                    await self.learn_meanings()
            except Exception:
                log.exception("faq_not_refreshed")
            await asyncio.sleep(LOOK_EVERY)

    def close(self) -> None:
        """Let the threads end."""
        self._builder.shutdown(wait=False, cancel_futures=True)
        self._matcher.shutdown(wait=False, cancel_futures=True)


def _phrasings(entry: FaqEntry) -> list[str]:
    return [phrasing for language in entry.texts for phrasing in entry.phrasings(language)]


def is_empty(conn: Connection) -> bool:
    """Return whether the database holds no entry yet."""
    return store.empty(conn)


def seed(conn: Connection, entries: Sequence[FaqEntry], clock: Clock) -> bool:
    """Store the entries of the files when the database holds none yet.

    Returns:
        Whether they were stored.
    """
    if not entries or not store.empty(conn):
        return False
    store.replace_all(conn, entries, None, clock())
    return True
