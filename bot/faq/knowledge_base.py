"""The live base: one immutable snapshot with a version, matched against at any time, swapped as a whole.

Ada saves a new price at 14:03:20; the version row rises, the index is built beside the old one in a thread of its own,
and from 14:03:21 on questions meet the new snapshot. Nobody waits for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection

from bot.domain.ports import Clock
from bot.faq import store, unanswered
from bot.faq.entry import EntryBroken, FaqEntry
from bot.faq.everyday import EVERYDAY
from bot.faq.experience import NEUTRAL
from bot.faq.glossary import EMPTY, Glossary
from bot.storage import versions
from bot.storage.database import Database

if TYPE_CHECKING:  # numpy and RapidFuzz are imported when the first index is built
    from bot.faq.encoder import VectorStore
    from bot.faq.matcher import Index, Match, Policy

log = structlog.get_logger()
LOOK_EVERY = 0.3
"""Seconds between two looks at the version row; an edit must be live within one."""
LONGEST_WAIT = 30.0
"""Seconds between two looks after many that failed."""
ENCODER_AGAIN = timedelta(minutes=10)
"""How long the base does without an encoder that failed."""
ENCODED_AT_ONCE = 64
"""New phrasings whose meaning is known before the snapshot goes live; it waits for them some tenths of a second."""

ALARM = "faq"
"""Name of the alarm that some entries cannot be read."""

STEP = 64
"""Entries read before others get the interpreter: about 3 ms."""
PAUSE = 0.0005
"""Seconds that a busy thread sleeps between two steps. Unless it really sleeps, it mostly has the interpreter's lock
back before the event loop has woken up, above all on a busy machine."""


def _let_others(*_progress: int) -> None:
    """Give the interpreter to whoever waits for it."""
    time.sleep(PAUSE)


def _read(bodies: Sequence[str], before: Mapping[int, FaqEntry]) -> dict[int, FaqEntry]:
    """Return the entries of bodies in JSON by the hashes of these; those that have not changed are the ones before.

    One that cannot be read is left out: all others are given all the same.
    """
    found = {}
    for number, body in enumerate(bodies):
        key = hash(body)
        try:
            found[key] = before.get(key) or FaqEntry.from_dict(json.loads(body))
        except (EntryBroken, ValueError) as broken:
            log.warning("faq_entry_unreadable", why=str(broken))
        if number % STEP == 0:
            _let_others()
    return found


def _let_go(gone: list[Snapshot]) -> None:
    """Take a snapshot apart that nobody asks any more.

    All at once, as its last reader would do it, the event loop would stand still for as long as 100,000 texts and the
    tables over them take to be freed.
    """
    while gone:
        last = gone.pop()
        entries = list(last.entries.values())
        parts = last.index.parts if last.index is not None else []
        del last
        while parts:
            parts.pop()
            _let_others()
        while entries:
            del entries[-STEP:]
            _let_others()


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
        deep: the index has learned from the phrasings, and knows meanings if there is an encoder that works.
        categories: those with at least one entry, in order.
        keys: the entries' ids by the keys of buttons.
    """

    version: int = 0
    day: date = date.min
    entries: Mapping[str, FaqEntry] = field(default_factory=dict)
    index: Index | None = None
    deep: bool = False
    categories: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)

    def category(self, key: str) -> str | None:
        """Return the category that a button's key names, or None."""
        return next((name for name in self.categories if digest(name) == key), None)

    def entry(self, key: str) -> FaqEntry | None:
        """Return the entry that a button's key names, or None when it is not given any more."""
        return self.entries.get(self.keys.get(key, ""))


class KnowledgeBase:
    """Keeps the snapshot current and matches questions against it.

    Attributes:
        snapshot: the base as it is now.
        ready: set when the first index is there, some tenths of a second after the start.
        calm: set when the start is over; learning and the encoder, which are busy for a while, wait for that.
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
        glossary: Glossary = EMPTY,
        alarms: dict[str, str] | None = None,
    ) -> None:
        self.snapshot = Snapshot()
        self._database = database
        self._clock = clock
        self._languages = tuple(languages)
        self._zone = ZoneInfo(zone)
        self._policy = policy
        self._encoder = encoder
        self._cache = cache
        self._glossary = glossary
        self._alarms = {} if alarms is None else alarms
        self._vectors: VectorStore | None = None
        self._encoder_rests: datetime | None = None  # until then; None while it works
        self._failing = False  # the encoder at questions
        self._experience = NEUTRAL
        self._read: Mapping[int, FaqEntry] = {}  # what the base held when it was last built
        self._gone: list[Snapshot] = []  # to be taken apart
        self.ready = asyncio.Event()
        self.calm = asyncio.Event()
        self._builder = ThreadPoolExecutor(1, thread_name_prefix="faq-builder")
        self._learner = ThreadPoolExecutor(1, thread_name_prefix="faq-learner")
        self._matcher = ThreadPoolExecutor(1, thread_name_prefix="faq-matcher")

    @property
    def policy(self) -> Policy:
        """How sure the bot has to be, and what past answers taught it."""
        return replace(self._policy(), experience=self._experience)

    async def match(self, text: str, language: str = "") -> tuple[Match | None, Snapshot]:
        """Return what the base has for a question, and the snapshot that was asked; waits for the first build."""
        await self.ready.wait()
        snapshot = self.snapshot
        index = snapshot.index
        if index is None:
            return None, snapshot
        found = index.exact(text)
        if found is None:
            from bot.faq import parts

            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._matcher, parts.match, index, text, language)
            self._note(found)
        return found, snapshot

    def _note(self, match: Match) -> None:
        """Tell once that the encoder fails at questions, until it works again."""
        if match.failed and not self._failing:
            log.warning("faq_question_not_encoded", encoder=self._encoder, why=match.failed)
        self._failing = bool(match.failed)

    async def refresh(self) -> bool:
        """Take up a changed base, or a new day.

        Returns:
            Whether the snapshot was swapped.
        """
        day = self._clock().astimezone(self._zone).date()
        version = (await self._database.read(versions.current)).get(versions.FAQ, 0)
        if (version, day) == (self.snapshot.version, self.snapshot.day) and self.snapshot.index is not None:
            return False
        if day != self.snapshot.day:
            await self._learn_from_answers(day)
        bodies = await self._database.read(store.list_bodies)
        loop = asyncio.get_running_loop()
        self._swap(await loop.run_in_executor(self._builder, self._built, version, day, bodies))
        self.ready.set()
        if len(self._read) < len(set(bodies)):
            self._alarms[ALARM] = "; ".join(map(str, await self._database.read(store.unreadable)))
        else:
            self._alarms.pop(ALARM, None)
        log.info("faq_live", version=version, entries=len(self.snapshot.entries))
        return True

    async def _learn_from_answers(self, day: date) -> None:
        """Take up what became of past answers.

        Once a day for all processes and restarts, so that a question has the same answer all day.
        """
        known = await self._database.read(lambda conn: unanswered.begun_with(conn, day))
        if known is None:
            now = self._clock()
            known = await self._database.transaction(lambda conn: unanswered.begin(conn, day, now))
        self._experience = known
        log.info("faq_experience", judged=round(self._experience.judged), offset=round(self._experience.offset, 3))

    def _swap(self, new: Snapshot) -> None:
        """Put a snapshot in place, and let go of the one before."""
        before, self.snapshot = self.snapshot, new
        self._leave(before)

    def _leave(self, snapshot: Snapshot) -> None:
        """Have the builder take a snapshot apart; the caller must not keep it."""
        self._gone.append(snapshot)
        self._builder.submit(_let_go, self._gone)

    def _built(self, version: int, day: date, bodies: Sequence[str]) -> Snapshot:
        """Return the snapshot of a version; as clever as the one before where little has changed."""
        from bot.faq.matcher import Index

        self._read = _read(bodies, self._read)
        live = {entry.id: entry for entry in self._read.values() if entry.live_on(day)}
        index = Index.build(
            live.values(),
            self._languages,
            policy=self.policy,
            learn=False,
            glossary=self._glossary,
            pause=_let_others,
        )
        before, vectors = self.snapshot, self._vectors
        if before.index is not None:
            if before.index.encoder and vectors and vectors.missing(index.sentences) <= ENCODED_AT_ONCE:
                index = self._meant(index, vectors)
            index = index.trusting(before.index)
        categories = store.categories(live.values())
        return Snapshot(version, day, live, index, False, categories, {digest(name): name for name in live})

    async def deepen(self) -> None:
        """Learn from the phrasings and bring the encoder in; the base answers by words until then.

        It takes some seconds, and a second or two for a thousand phrasings that were never encoded; vectors are kept on
        disk. Where the encoder fails, the base learns by words, and the encoder is tried again some minutes later.
        """
        snapshot = self.snapshot
        again = self._encoder_rests is not None and self._clock() >= self._encoder_rests
        if (snapshot.deep and not again) or snapshot.index is None:
            return
        loop = asyncio.get_running_loop()
        index = await loop.run_in_executor(self._learner, self._deepened, snapshot.index)
        if self.snapshot is snapshot:
            self._swap(replace(snapshot, index=index, deep=True))
            log.info("faq_learned", version=snapshot.version, encoder=index.encoder is not None)
        else:  # an edit came meanwhile
            self._leave(replace(snapshot, index=index))

    def _deepened(self, index: Index) -> Index:
        if self._encoder == "none" or (self._encoder_rests is not None and self._clock() < self._encoder_rests):
            return index.learned(_let_others)
        try:
            vectors = self._store()
            vectors.encoder.encode(EVERYDAY[:1])  # with all vectors on disk, a customer would wait for it to be loaded
            deep = index.with_encoder(vectors, _let_others, _let_others)
        except Exception as broken:  # noqa: BLE001 whatever an encoder fails with, words are still there to learn from
            self._rest(broken)
            return index.learned(_let_others)
        self._encoder_rests = None
        return deep

    def _store(self) -> VectorStore:
        from bot.faq.encoder import VectorStore, encoder_named

        if self._vectors is None:
            encoder = encoder_named(self._encoder)
            if encoder is None:
                raise ValueError(f"{self._encoder!r} is no encoder")
            self._vectors = VectorStore(encoder, self._cache)
        return self._vectors

    def _meant(self, index: Index, vectors: VectorStore) -> Index:
        """Return the index with meanings; without them where the encoder fails."""
        try:
            return index.with_meaning(vectors)
        except Exception as broken:  # noqa: BLE001 an edit goes live by words rather than not at all
            self._rest(broken)
            return index

    def _rest(self, broken: Exception) -> None:
        self._encoder_rests = self._clock() + ENCODER_AGAIN
        log.warning("faq_encoder_failed", encoder=self._encoder, why=repr(broken), again=str(ENCODER_AGAIN))

    async def run(self) -> None:
        """Keep the snapshot current until cancelled; an edit does not wait for the learning of what was before it."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep(self.refresh), name="faq current")
            await self.calm.wait()
            tasks.create_task(self._keep(self.deepen), name="faq learning")

    async def _keep(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something again and again; a failure is logged and tried again, each time after twice as long."""
        wait = LOOK_EVERY
        while True:
            try:
                await work()
                wait = LOOK_EVERY
            except Exception:
                log.exception("faq_not_refreshed")
                self.ready.set()  # without a base everything goes to people, which is better than waiting
                wait = min(2 * wait, LONGEST_WAIT)
            await asyncio.sleep(wait)

    def close(self) -> None:
        """Let the threads end."""
        self._builder.shutdown(wait=False, cancel_futures=True)
        self._learner.shutdown(wait=False, cancel_futures=True)
        self._matcher.shutdown(wait=False, cancel_futures=True)


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
    store.hold(conn)
    if not store.empty(conn):  # another worker, which started at the same time, was first
        return False
    store.replace_all(conn, entries, None, clock())
    return True
