"""A delivery loop with a channel and a database that do as they are told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.domain.conversation import Incoming, Place
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, Why
from bot.messaging.bell import Bell
from bot.messaging.delivery import DeliveryLoop
from bot.messaging.outbox import Delivery, Posting
from bot.storage.database import Database, Work
from tests.messaging.seen import NOW, Kept, kept, put, text_of

T = TypeVar("T")
Outcome = Receipt | Exception
FREE = Pace()


class FakeChannel:
    """Takes what it is given, or fails as it was told to."""

    name = "telegram"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.will: dict[str, deque[Outcome]] = {}
        self.tried = 0
        self.under_way = 0
        self.most_under_way = 0
        self.hold = asyncio.Event()
        self.hold.set()
        self.paces: dict[str, Pace] = {}
        self.begun = asyncio.Event()

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:  # a channel's face; nothing is read here
        raise NotImplementedError

    def link(self, place: Place) -> str:
        return place.chat

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 a channel's face
        return self.paces.get(place.chat, FREE)

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        self.tried += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.begun.set()
        await self.hold.wait()
        self.under_way -= 1
        said = text_of(outgoing)
        planned = self.will.get(said)
        outcome = planned.popleft() if planned else Receipt(f"m{len(self.got)}")
        if isinstance(outcome, Exception):
            raise outcome
        self.got.append((place.thread or place.chat, said))
        return outcome

    def to(self, where: str) -> list[str]:
        return [said for chat, said in self.got if chat == where]


class TroubledDatabase:
    """A database whose next turns fail as if the file were locked, or find their rows taken by another worker."""

    dialect = "sqlite"

    def __init__(self, real: Database) -> None:
        self._real = real
        self.locked_turns = 0
        self.stolen_turns = 0
        self.failed = 0

    async def transaction(self, work: Work[T]) -> T:
        if self.stolen_turns:
            self.stolen_turns -= 1
            await self._real.transaction(work)
            nothing: Any = []
            return cast("T", nothing)
        if not self.locked_turns:
            return await self._real.transaction(work)
        self.locked_turns -= 1
        self.failed += 1

        def locked_at_the_end(conn: Connection) -> T:
            work(conn)
            raise OperationalError("COMMIT", None, Exception("database is locked"))

        return await self._real.transaction(locked_at_the_end)

    async def read(self, work: Work[T]) -> T:
        return await self._real.read(work)

    async def read_at_length(self, work: Work[T]) -> T:
        return await self._real.read_at_length(work)

    async def close(self) -> None:
        await self._real.close()


@dataclass
class Post:
    """A delivery loop over a fake channel, with a clock that stands."""

    database: TroubledDatabase
    channel: FakeChannel = field(default_factory=FakeChannel)
    refused: list[tuple[str, Why]] = field(default_factory=list)
    now: datetime = NOW
    bell: Bell = field(default_factory=Bell)
    settled: Bell = field(default_factory=Bell)
    loop: DeliveryLoop = field(init=False)

    def __post_init__(self) -> None:
        channels: dict[str, Any] = {"telegram": self.channel}
        self.loop = DeliveryLoop(self.database, channels, lambda: self.now, self.bell, self.settled, self._note)

    def _note(self, _: Connection, delivery: Delivery, error: Refused, __: datetime) -> None:
        self.refused.append((text_of(delivery.outgoing), error.why))

    async def put(self, *postings: Posting) -> list[int]:
        keys = await put(self.database, *postings, at=self.now)
        self.bell.ring()
        return keys

    async def until(self, *states: str, tried: int = 0) -> list[Kept]:
        """Wait until the outbox's rows are in these states, and the channel was asked so often."""
        async with asyncio.timeout(20):
            heard = 0
            while (rows := await kept(self.database)) and (
                [row.state for row in rows] != list(states) or self.channel.tried < tried
            ):
                heard = await self.settled.wait(heard, 0.05)
        return rows

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.bell.ring()


@asynccontextmanager
async def running(post: Post) -> AsyncIterator[None]:
    task = asyncio.ensure_future(post.loop.run())
    try:
        yield
    finally:
        post.loop.stop()
        await task
