"""Server-sent events: what screens show live, resumable by id.

A console that lost its line at event 4711 connects again with `Last-Event-ID: 4711`, gets what it missed from the
database and then whatever comes. One reader per process looks into the table and hands new rows to all who listen, so
a hundred open pages cost one query, not a hundred.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import StreamingResponse

from bot.domain.ports import Clock
from bot.messaging import events
from bot.messaging.bell import Bell
from bot.messaging.events import Event
from bot.storage import schema, versions
from bot.storage.database import Database

log = structlog.get_logger()
LOOK_EVERY = 1.0
"""Seconds between two looks into the table when no bell rings; other processes write there too."""
BEAT_EVERY = 15.0
"""Seconds of silence after which a comment line tells proxies and browsers that the line is alive."""
RIGHTS_HOLD = timedelta(seconds=10)
"""How long a page listens on after it was asked whether it may; a session ends by itself, without a word to anybody."""
MOST_BEHIND = 1000
"""Events that may wait for one slow reader; then it is cut off and comes back with its last id."""
BATCH = 200

SIGNED_OUT = "event: signed-out\ndata: {}\n\n"
StillAllowed = Callable[[], Awaitable[bool]]


@dataclass(eq=False, slots=True)
class Listener:
    """One open page.

    Attributes:
        stream: what it listens to.
        after: the last id that it has.
        queue: what is new for it; None ends it.
        recheck: it must be asked whether it may go on listening.
    """

    stream: str
    after: int
    queue: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)
    recheck: bool = False


class _Leave:
    """Whether a page may listen on; asked again when its rights may have changed, and when `RIGHTS_HOLD` is over."""

    def __init__(self, allowed: StillAllowed | None, clock: Clock) -> None:
        self._allowed, self._clock = allowed, clock
        self._asked = clock()

    async def holds(self, *, anew: bool = False) -> bool:
        now = self._clock()
        if self._allowed is None or not (anew or now - self._asked >= RIGHTS_HOLD):
            return True
        self._asked = now
        return await self._allowed()


class Feed:
    """Reads new events once and hands them to all who listen."""

    def __init__(self, database: Database, bell: Bell, clock: Clock) -> None:
        self._database = database
        self._bell = bell
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._last: int | None = None
        self._staff_version = 0
        self._stopped = False

    @property
    def listeners(self) -> int:
        """How many pages are listening."""
        return len(self._listeners)

    async def run(self) -> None:
        """Look for new rows until told to stop; a database that does not answer is asked again."""
        heard = self._bell.rings
        while not self._stopped:
            try:
                await self._look()
            except Exception:
                log.exception("events_not_read")
            heard = await self._bell.wait(heard, LOOK_EVERY)

    async def _look(self) -> None:
        if not self._listeners:
            self._last = None
            return
        last = self._last
        if last is None:  # from what the first who came has seen already: nothing is skipped
            self._last = last = min(listener.after for listener in self._listeners)
        while True:
            start = last
            found, staff_version = await self._database.read(lambda conn: _newer(conn, start))  # noqa: B023 awaited in place
            for stream, event in found:
                self._last = last = event.id
                for listener in list(self._listeners):
                    if listener.stream == stream:
                        self._hand(listener, event)
            if staff_version != self._staff_version:
                self._staff_version = staff_version
                self.recheck()
            if len(found) < BATCH:
                return

    def _hand(self, listener: Listener, event: Event | None) -> None:
        if listener.queue.qsize() > MOST_BEHIND:
            self._listeners.discard(listener)
            event = None
        listener.queue.put_nowait(event)

    def recheck(self) -> None:
        """Ask every open page whether it may still listen: somebody was disabled or signed out."""
        for listener in self._listeners:
            listener.recheck = True
            listener.queue.put_nowait(Event(0, "recheck", {}))

    def stop(self) -> None:
        """End all open pages' streams, and take no new ones."""
        self._stopped = True
        for listener in self._listeners:
            listener.queue.put_nowait(None)
        self._bell.ring()

    async def listen(self, stream: str, after: int, allowed: StillAllowed | None = None) -> AsyncIterator[str]:
        """Yield a stream's events with a higher id as they come, in the form of server-sent events.

        Args:
            stream: its name.
            after: the last id that the page has.
            allowed: asked whenever rights may have changed, and when `RIGHTS_HOLD` is over; the stream ends when it
                says no, before anything else is said.
        """
        if self._stopped:
            return
        listener, leave = Listener(stream, after), _Leave(allowed, self._clock)
        self._listeners.add(listener)
        try:
            yield "retry: 1000\n\n"
            async for missed in self._missed(stream, after):
                if not await leave.holds():
                    yield SIGNED_OUT
                    return
                listener.after = missed.id
                yield _form(missed)
            while (event := await _next(listener)) is not None:
                anew, listener.recheck = listener.recheck, False
                if not await leave.holds(anew=anew):
                    yield SIGNED_OUT
                    return
                if event is _BEAT:
                    yield ": still here\n\n"
                elif event.id > listener.after:
                    listener.after = event.id
                    yield _form(event)
        finally:
            self._listeners.discard(listener)

    async def _missed(self, stream: str, after: int) -> AsyncIterator[Event]:
        while True:
            start = after
            found = await self._database.read(lambda conn: events.since(conn, stream, start, BATCH))  # noqa: B023 awaited in place
            for event in found:
                after = event.id
                yield event
            if len(found) < BATCH:
                return


_BEAT = Event(-1, "beat", {})


async def _next(listener: Listener) -> Event | None:
    """Return the next event, a beat after some silence, or None at the end."""
    try:  # not wait_for: in Python 3.11 it loses a cancellation that comes together with the result
        async with asyncio.timeout(BEAT_EVERY):
            return await listener.queue.get()
    except TimeoutError:
        return _BEAT


def _newer(conn: Connection, after: int) -> tuple[list[tuple[str, Event]], int]:
    table = schema.events
    rows = conn.execute(select(table).where(table.c.id > after).order_by(table.c.id).limit(BATCH))
    found = [(row.stream, Event(row.id, row.kind, row.body)) for row in rows]
    return found, versions.current(conn).get(versions.STAFF, 0)


def _form(event: Event) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {json.dumps(event.body, separators=(',', ':'))}\n\n"


def last_seen(request: Request) -> int:
    """Return the id after which a page wants events: what the browser sends on coming back, else `?after=`."""
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 digits of a rowid


def answer(lines: AsyncIterator[str]) -> StreamingResponse:
    """Return the response that carries a stream."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)
