"""Live pages: no gap, no repeat, an end when somebody may not listen any more, and a server that can stop."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.handoff import staff
from bot.messaging import events
from bot.web import auth, streams
from bot.web.server import PortInUse, WebServer
from bot.web.streams import Feed
from tests.web.office import Office, open_office

WITHIN = 5.0


@asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[Feed]:
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        feed.stop()
        await asyncio.wait_for(task, WITHIN)


async def happens(office: Office, number: int, stream: str = "desk") -> None:
    await office.change(lambda conn: events.append(conn, stream, "message", {"n": number}, office.clock()))


def numbers(lines: list[str]) -> list[int]:
    return [json.loads(found[1])["n"] for line in lines if (found := re.search(r"data: (\{.*\})", line))]


class Reader:
    """A page that listens and can be cut off at any moment."""

    def __init__(self, feed: Feed, stream: str = "desk") -> None:
        self.feed, self.stream = feed, stream
        self.lines: list[str] = []
        self.last = 0
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    def connect(self) -> None:
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for line in self.feed.listen(self.stream, self.last):
            self.lines.append(line)
            if found := re.match(r"id: (\d+)", line):
                self.last = int(found[1])
            self._news.set()

    async def cut(self) -> None:
        assert self._task
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def has(self, count: int) -> list[int]:
        async with asyncio.timeout(WITHIN):
            while len(numbers(self.lines)) < count:
                self._news.clear()
                await self._news.wait()
        return numbers(self.lines)


async def test_what_happened_before_and_what_happens_now_comes_in_order(office: Office) -> None:
    await happens(office, 1)
    async with running(office.feed):
        reader = Reader(office.feed)
        reader.connect()
        await reader.has(1)

        await happens(office, 2)
        await happens(office, 3)

        assert await reader.has(3) == [1, 2, 3]
        await reader.cut()


async def test_a_page_that_is_cut_off_again_and_again_misses_nothing_and_sees_nothing_twice(office: Office) -> None:
    async with running(office.feed):
        reader = Reader(office.feed)
        for number in range(60):
            reader.connect()
            await happens(office, number)
            if number % 3 == 0:
                await reader.has(number + 1)
            await reader.cut()
        reader.connect()

        assert await reader.has(60) == list(range(60))
        await reader.cut()
        assert office.feed.listeners == 0


async def test_what_happens_before_the_feeds_first_look_is_not_skipped(office: Office) -> None:
    await happens(office, 1)
    reader = Reader(office.feed)
    reader.connect()
    await reader.has(1)  # from the table
    await happens(office, 2)

    async with running(office.feed):
        assert await reader.has(2) == [1, 2]
        await reader.cut()


async def test_a_stream_brings_only_its_own(office: Office) -> None:
    async with running(office.feed):
        reader = Reader(office.feed, "chat:anna")
        reader.connect()
        await happens(office, 1, "chat:boris")
        await happens(office, 2, "chat:anna")

        assert await reader.has(1) == [2]
        await reader.cut()


async def test_more_events_than_one_look_takes_all_arrive(office: Office) -> None:
    for number in range(450):
        await happens(office, number)
    async with running(office.feed):
        reader = Reader(office.feed)
        reader.connect()

        assert await reader.has(450) == list(range(450))
        await reader.cut()


async def test_a_silent_line_shows_that_it_is_alive(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT_EVERY", 0.01)
    lines = office.feed.listen("desk", 0)

    async with asyncio.timeout(WITHIN):
        assert [await anext(lines), await anext(lines)] == ["retry: 1000\n\n", ": still here\n\n"]


async def test_who_was_disabled_hears_no_more_within_a_second(office: Office) -> None:
    allowed = True

    async def may() -> bool:
        return allowed

    async with running(office.feed):
        lines = office.feed.listen("desk", 0, may)
        assert await anext(lines) == "retry: 1000\n\n"
        ends = asyncio.ensure_future(anext(lines))

        allowed = False
        await office.change(lambda conn: staff.change(conn, office.people["Olga"], disabled=True))

        async with asyncio.timeout(1):
            assert await ends == "event: signed-out\ndata: {}\n\n"
        assert [line async for line in lines] == []


async def test_a_stream_ends_with_its_session_and_says_nothing_more(office: Office) -> None:
    olga = await office.desk("Olga")
    token = next(iter(dict(olga.browser.cookies).values()))

    async def may() -> bool:
        return await office.read(lambda conn: auth.session_of(conn, token, office.clock())) is not None

    async with running(office.feed):
        lines = office.feed.listen("desk", 0, may)
        assert await anext(lines) == "retry: 1000\n\n"
        ends = asyncio.ensure_future(anext(lines))

        office.clock.forward(hours=13)
        await happens(office, 1)

        async with asyncio.timeout(WITHIN):
            assert await ends == "event: signed-out\ndata: {}\n\n"
        assert [line async for line in lines] == []


async def test_what_was_missed_is_not_told_behind_the_end_of_a_session_either(office: Office) -> None:
    async def may() -> bool:
        return False

    lines = office.feed.listen("desk", 0, may)
    await anext(lines)
    office.clock.forward(hours=13)
    await happens(office, 1)

    assert [line async for line in lines] == ["event: signed-out\ndata: {}\n\n"]


async def test_a_silent_stream_ends_with_its_session_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT_EVERY", 0.01)

    async def may() -> bool:
        return False

    lines = office.feed.listen("desk", 0, may)
    await anext(lines)
    office.clock.forward(minutes=1)

    async with asyncio.timeout(WITHIN):
        assert await anext(lines) == "event: signed-out\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("headers", "query", "after"),
    [
        ({}, "", 0),
        ({}, "?after=12", 12),
        ({"Last-Event-ID": "15"}, "?after=12", 15),
        ({}, "?after=-3", 0),
        ({}, "?after=1e9", 0),
        ({}, "?after=" + "9" * 30, 0),
        ({}, "?after=٣", 0),
    ],
)
def test_where_to_go_on_is_read_carefully(headers: dict[str, str], query: str, after: int) -> None:
    from starlette.requests import Request

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "headers": raw, "query_string": query.removeprefix("?").encode(), "path": "/"}

    assert streams.last_seen(Request(scope)) == after


@asynccontextmanager
async def served(office: Office) -> AsyncIterator[tuple[WebServer, str]]:
    server = WebServer(office.house)
    task = asyncio.create_task(server.serve())
    await asyncio.wait_for(server.started.wait(), WITHIN)
    try:
        yield server, f"http://127.0.0.1:{server.port}"
    finally:
        server.stop()
        await asyncio.wait_for(task, WITHIN)


async def test_a_console_over_the_wire_hears_what_happens_and_resumes(office: Office) -> None:
    olga = await office.desk("Olga")
    async with served(office) as (_, base), httpx.AsyncClient(base_url=base, cookies=olga.browser.cookies) as wire:
        first = await _events(wire, office, 1)
        second = await _events(wire, office, 2, after=first)

    assert second > first


async def _events(wire: httpx.AsyncClient, office: Office, number: int, after: int = 0) -> int:
    """Return the id of the event that a new line brings; it must be the one that happens now."""
    headers = {"Last-Event-ID": str(after)} if after else {}
    async with wire.stream("GET", "/console/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        await happens(office, number)
        got: dict[str, str] = {}
        async with asyncio.timeout(WITHIN):
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                got[name] = value
                if name == "data":
                    break
    assert json.loads(got["data"]) == {"n": number}
    return int(got["id"])


async def test_the_server_stops_at_once_although_pages_are_listening(office: Office) -> None:
    olga = await office.desk("Olga")
    async with (
        served(office) as (server, base),
        httpx.AsyncClient(base_url=base, cookies=olga.browser.cookies) as wire,
        wire.stream("GET", "/console/events") as answer,
    ):
        loop = asyncio.get_running_loop()
        started = loop.time()

        server.stop()
        rest = [line async for line in answer.aiter_lines()]

        assert rest == ["retry: 1000", ""]
        assert loop.time() - started < 1


async def test_a_port_in_use_is_told_before_anything_starts(migrated: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        async with open_office(migrated, tmp_path, SUPPORTBOT_WEB__PORT=str(port)) as office:
            with pytest.raises(PortInUse) as told:
                WebServer(office.house)

    assert str(told.value) == (f"web.port: 127.0.0.1:{port} is in use; stop the other program or set another web.port")


async def test_two_desks_see_one_event_with_one_look_into_the_database(office: Office) -> None:
    looks = 0
    read = office.house.database.read

    async def counted(work: Any) -> Any:  # noqa: ANN401 the port's face
        nonlocal looks
        looks += 1
        return await read(work)

    office.house.database.read = counted  # type: ignore[method-assign] # a hand-written spy
    async with running(office.feed):
        readers = [Reader(office.feed) for _ in range(20)]
        for reader in readers:
            reader.connect()
        await happens(office, 0)
        for reader in readers:
            await reader.has(1)
        before = looks
        await happens(office, 1)
        for reader in readers:
            await reader.has(2)

        assert looks - before <= 3
        for reader in readers:
            await reader.cut()
