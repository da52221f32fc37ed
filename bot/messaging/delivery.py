"""Delivery loops: carry the outbox out, in order per destination, within each channel's limits.

Claim (a short transaction) → deliver (no transaction) → settle (a short transaction). A chat that was answered 429
keeps its place and waits as long as it was told; the others go on.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.domain.ports import Act, Channel, Clock, Moved, Pace, Receipt, Refused, TryLater, Uncertain, Why
from bot.messaging import backlog, conversations, due, merging, moving, outbox, topics
from bot.messaging.bell import Bell
from bot.messaging.limits import MINUTE, Limits
from bot.messaging.outbox import Delivery
from bot.storage.database import Database

log = structlog.get_logger()
AT_ONCE = 32
"""Sends under way at the same time, each for another destination."""
ROOM_WORTH_A_LOOK = AT_ONCE // 4
"""Free places below which the loop waits for more: one look into the outbox then serves several sends."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=2)
ONCE_MORE_AFTER = timedelta(seconds=3)
"""An uncertain send goes out once more after this; the contract allows 10 s."""
SETTLED_AGAIN_AFTER = 1.0
"""Seconds between two tries to write an outcome down while the database cannot take it."""
MOVED = "the group has a new id"
PATIENCE = 0.5
"""Seconds between two looks when no bell rings."""

WhenRefused = Callable[[Connection, Delivery, Refused, datetime], None]
"""What follows from a delivery that will never arrive; runs in the settling transaction."""
WhenArrived = Callable[[Connection, Delivery, Receipt, datetime], None]
"""What follows from a delivery that arrived; runs in the settling transaction."""


def nothing_follows(conn: Connection, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Do nothing: nobody waits to hear that it arrived."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the limits were told of a lane that was taken up: an album counts as its parts."""

    channel: str
    pace: Pace
    parts: int


@dataclass(slots=True)
class DeliveryLoop:
    """Carries out what the outbox holds for the channels that are there."""

    database: Database
    channels: dict[str, Channel]
    clock: Clock
    bell: Bell
    changed: Bell
    when_refused: WhenRefused
    when_arrived: WhenArrived = nothing_follows
    limits: Limits = field(default_factory=Limits)
    stopwatch: Callable[[], float] = time.monotonic
    delivered: int = 0
    _stopping: bool = False
    _busy: set[str] = field(default_factory=set)
    _since_overtaken: Counter[str] = field(default_factory=Counter)
    _soonest: float = PATIENCE
    _next_tidying: float = 0.0

    async def run(self) -> None:
        """Work until told to stop; what is under way then is finished first."""
        await self.recover()
        async with asyncio.TaskGroup() as sends:
            heard = 0
            while not self._stopping:
                taken = await self._claim_safely()
                for delivery in taken:
                    sends.create_task(self._carry(delivery), name=f"send {delivery.id}")
                if not taken:
                    heard = await self.bell.wait(heard, self._soonest)

    def stop(self) -> None:
        """Take up nothing more."""
        self._stopping = True
        self.bell.ring()

    async def recover(self) -> None:
        """Settle what a crash left `sending`; before anything is sent."""
        now = self.clock()
        await self.database.transaction(lambda conn: self._recover(conn, now))

    async def add(self, channel: Channel) -> None:
        """Deliver through a channel from now on, counting what was sent through it within the last minute."""
        now, moment = self.clock(), self.stopwatch()
        since = now - timedelta(seconds=MINUTE)
        for sent in await self.database.read(lambda conn: backlog.sent_lately(conn, since)):
            if sent.place.channel == channel.name:
                then = moment - max(0.0, (now - sent.at).total_seconds())
                self.limits.count(channel.name, channel.pace(sent.place, sent.act), then, sent.parts)
        self.channels[channel.name] = channel
        self.bell.ring()

    def _recover(self, conn: Connection, now: datetime) -> None:
        reason = "the process ended while it was sent"
        cut = backlog.interrupted(conn)
        for key in sorted({delivery.conversation_id for delivery in cut if delivery.conversation_id}):
            conversations.get(conn, key, lock=True)
        for delivery in cut:
            merging.doubt(conn, delivery)
            if not outbox.settle_uncertain(conn, delivery, reason, timedelta(0), now, killed=True):
                self._tell(conn, delivery, reason, now)

    def _tell(self, conn: Connection, delivery: Delivery, reason: str, now: datetime) -> None:
        self.when_refused(conn, delivery, Refused(Why.UNCERTAIN, reason), now)

    async def _claim_safely(self) -> list[Delivery]:
        """Claim; while the database is locked or full nothing is taken, and it is asked again after a while."""
        begun: dict[str, Begun] = {}
        taken: list[Delivery] = []
        try:
            taken = await self._claim(begun)
        except (OperationalError, InterfaceError):
            log.exception("outbox_not_readable")
        carried = {delivery.lane: backlog.parts_of(delivery.outgoing.body) for delivery in taken}
        for lane, one in begun.items():
            if lane not in carried:
                self._busy.discard(lane)
            self.limits.take_back(one.channel, one.pace, one.parts - carried.get(lane, 0))
        return taken

    async def _claim(self, begun: dict[str, Begun]) -> list[Delivery]:
        room = AT_ONCE - len(self._busy)
        self._soonest = PATIENCE
        if room < ROOM_WORTH_A_LOOK:
            return []
        now = self.clock()
        self._tidy()
        return await self.database.transaction(lambda conn: self._take(conn, now, room, begun))

    def _tidy(self) -> None:
        moment = self.stopwatch()
        if moment >= self._next_tidying:
            self.limits.forget(moment)
            self._next_tidying = moment + MINUTE

    def _take(self, conn: Connection, now: datetime, room: int, begun: dict[str, Begun]) -> list[Delivery]:
        """Claim what may go now, and note its lanes; runs in the transaction, while the loop waits for it.

        An album that waits for room for all its parts keeps it free: nothing that goes after it takes of it.
        """
        moment, kept_free = self.stopwatch(), set[str]()

        def allow(delivery: Delivery) -> bool:
            channel = self.channels[delivery.place.channel]
            if len(begun) >= room or delivery.lane in self._busy:
                return False
            if delivery.overtaken and not self._owes(delivery.place.chat):
                return False
            pace = channel.pace(delivery.place, delivery.outgoing.act)
            parts = merging.album_parts(conn, delivery, _most(pace)) if channel.capabilities.albums else 1
            wait = max(self.limits.wait(channel.name, pace, moment, parts), PATIENCE if pace.key in kept_free else 0.0)
            if delivery.of_looks and now - delivery.created_at < due.LOOKS_WAIT_AT_MOST:
                wait = max(wait, PATIENCE if self.limits.short(channel.name, pace, moment) else 0.0)
            if wait > 0:
                self._soonest = min(self._soonest, wait)
                if parts > 1 and pace.key:
                    kept_free.add(pace.key)
                return False
            self.limits.begin(channel.name, pace, moment, parts)
            self._busy.add(delivery.lane)
            if delivery.topic_id is not None:
                self._since_overtaken[delivery.place.chat] += parts
            if delivery.overtaken:
                del self._since_overtaken[delivery.place.chat]
            begun[delivery.lane] = Begun(channel.name, pace, parts)
            return True

        owing = [chat for chat in self._since_overtaken if self._owes(chat)]
        claimed = outbox.claim(conn, now, room, tuple(self.channels), allow, owing)
        found = [self._merged(conn, delivery, moment, now) for delivery in claimed]
        return [delivery for delivery in found if delivery is not None]

    def _owes(self, chat: str) -> bool:
        """Return whether who was overtaken for long is next in a group: the others have had their share."""
        return self._since_overtaken[chat] >= due.SHARE - 1

    def _merged(self, conn: Connection, delivery: Delivery, moment: float, now: datetime) -> Delivery | None:
        """Put what waits into one message where it can be; None when a change would change nothing."""
        channel = self.channels[delivery.place.channel]
        pace = channel.pace(delivery.place, delivery.outgoing.act)
        if delivery.outgoing.body.get("album") and channel.capabilities.albums:
            return merging.album(conn, delivery, now, _most(pace))
        if delivery.topic_id is None:
            return delivery
        merged = merging.merged(conn, delivery, now, short=self.limits.short(channel.name, pace, moment))
        if merged is None:
            self._soonest = 0.0
        return merged

    async def _carry(self, delivery: Delivery) -> None:
        """Deliver one row and settle it; a database that is full or locked is asked until it takes the outcome."""
        try:
            outcome = await self._deliver(delivery)
            self._arrived(delivery)
            while not await self._settled(delivery, outcome):  # noqa: ASYNC110 a full disk tells nobody
                await asyncio.sleep(SETTLED_AGAIN_AFTER)
        finally:
            self._busy.discard(delivery.lane)
            self.bell.ring()
            self.changed.ring()

    def _arrived(self, delivery: Delivery) -> None:
        channel = self.channels[delivery.place.channel]
        pace = channel.pace(delivery.place, delivery.outgoing.act)
        self.limits.arrived(channel.name, pace, self.stopwatch(), backlog.parts_of(delivery.outgoing.body))

    async def _settled(self, delivery: Delivery, outcome: Receipt | Exception) -> bool:
        try:
            await self._settle(delivery, outcome)
        except (OperationalError, InterfaceError, OSError):
            log.exception("delivery_not_settled", outbox=delivery.id)
            return False
        except Exception:
            log.exception("delivery_settled_without_consequences", outbox=delivery.id)
            return await self._settled_bare(delivery, outcome)
        return True

    async def _settled_bare(self, delivery: Delivery, outcome: Receipt | Exception) -> bool:
        """Settle a delivery whose consequences cannot be drawn, so that its lane goes on."""
        now = self.clock()

        def work(conn: Connection) -> None:
            if isinstance(outcome, Receipt):
                outbox.settle_sent(conn, delivery, outcome, now)
            else:
                outbox.settle_failed(conn, delivery.id, type(outcome).__name__, now)

        try:
            await self.database.transaction(work)
        except Exception:
            log.exception("delivery_not_settled", outbox=delivery.id)
            return False
        return True

    async def _deliver(self, delivery: Delivery) -> Receipt | Exception:
        if delivery.topic_id is not None and not delivery.place.thread and delivery.outgoing.act is not Act.OPEN_TOPIC:
            return Refused(Why.NO_TOPIC, "its topic could not be opened")
        try:
            return await self.channels[delivery.place.channel].deliver(delivery.place, delivery.outgoing)
        except (TryLater, Uncertain, Refused, Moved) as known:
            return known
        except Exception as unknown:
            log.exception("delivery_failed", outbox=delivery.id, act=delivery.outgoing.act.value)
            return Refused(Why.REFUSED, f"unexpected {type(unknown).__name__}")

    async def _settle(self, delivery: Delivery, outcome: Receipt | Exception) -> None:
        now = self.clock()
        if isinstance(outcome, TryLater) and outcome.after:
            channel = self.channels[delivery.place.channel]
            pace = channel.pace(delivery.place, delivery.outgoing.act)
            self.limits.pause(channel.name, pace, self.stopwatch() + outcome.after.total_seconds())
        await self.database.transaction(lambda conn: self._write_outcome(conn, delivery, outcome, now))
        self.delivered += isinstance(outcome, Receipt)

    def _write_outcome(self, conn: Connection, delivery: Delivery, outcome: object, now: datetime) -> None:
        """Write down what became of a delivery, and what follows from it.

        From a failure something may follow for the conversation: it is taken first, as by every turn, and then the row.
        """
        if delivery.conversation_id is not None and not isinstance(outcome, Receipt):
            conversations.get(conn, delivery.conversation_id, lock=True)
        match outcome:
            case Receipt():
                outbox.settle_sent(conn, delivery, outcome, now)
                self.when_arrived(conn, delivery, outcome, now)
                if outcome.thread and delivery.topic_id is not None:
                    topics.change(conn, delivery.topic_id, thread=outcome.thread, state=topics.OPEN)
                merging.remember(conn, delivery)
            case TryLater():
                if not outbox.settle_later(conn, delivery, outcome.reason, _wait(delivery, outcome), now):
                    self._tell(conn, delivery, outcome.reason, now)
            case Uncertain():
                merging.doubt(conn, delivery)
                if not outbox.settle_uncertain(conn, delivery, outcome.reason, ONCE_MORE_AFTER, now):
                    self._tell(conn, delivery, outcome.reason, now)
            case Moved():
                self._follow(conn, delivery, outcome, now)
            case Refused():
                self._refuse(conn, delivery, outcome, now)

    def _follow(self, conn: Connection, delivery: Delivery, moved: Moved, now: datetime) -> None:
        if (why := moving.follow(conn, delivery, moved)) is not None:
            self._refuse(conn, delivery, why, now)
        elif not outbox.settle_later(conn, delivery, MOVED, moving.wait(delivery), now):
            self._tell(conn, delivery, MOVED, now)

    def _refuse(self, conn: Connection, delivery: Delivery, error: Refused, now: datetime) -> None:
        outbox.settle_failed(conn, delivery.id, error.reason, now)
        self.when_refused(conn, delivery, error, now)


def _most(pace: Pace) -> int:
    """Return how many parts of an album may go together: what no minute could hold goes in smaller albums."""
    return min(merging.ALBUM_MOST, pace.per_minute or merging.ALBUM_MOST)


def _wait(delivery: Delivery, error: TryLater) -> timedelta:
    """Return how long to wait: as told, else doubling from a second with some jitter, two minutes at the most."""
    if error.after:
        return error.after
    doubled: timedelta = FIRST_WAIT * 2 ** min(delivery.attempts - 1, 10)
    return min(doubled, LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 jitter is no secret
