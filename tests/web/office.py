"""A real house over a real SQLite file, and browsers without a window: HTTP clients with cookies."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy import Connection
from starlette.applications import Starlette

from bot.app import build
from bot.channels.webchat import CAPABILITIES, NAME
from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import seed
from bot.handlers.house import House
from bot.handoff import queue, staff
from bot.handoff.ticket import Reason, Ticket
from bot.messaging import conversations, transcript
from bot.settings import Settings, load
from bot.storage.database import connect
from bot.web import auth
from bot.web.server import create
from bot.web.streams import Feed

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
BASE = "http://127.0.0.1:8080"
FAQ = [
    FaqEntry("delivery-cost", {"en": Text("How much is delivery?", ("shipping price",), "It is **5 €**.")}, "delivery"),
    FaqEntry("returns/how", {"en": Text("How do I return it?", (), "Within 14 days.")}, "returns"),
]


@dataclass
class FakeClock:
    """A clock that only moves when it is told to."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    passed: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        """Return the seconds that really went by."""
        return self.passed

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.passed += timedelta(**span).total_seconds()

    def set_back(self, **span: float) -> None:
        """Have somebody correct the clock; no time goes by."""
        self.now -= timedelta(**span)


@dataclass
class Office:
    """A house with its web, its people and its clock."""

    house: House
    app: Starlette
    feed: Feed
    clock: FakeClock
    people: dict[str, int]
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Return a browser that nobody has used yet."""
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 50000))
        client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)
        self.opened.append(client)
        return client

    async def change(self, work: Callable[[Connection], T]) -> T:
        return await self.house.change(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self.house.database.read(work)

    async def link(self, name: str) -> str:
        """Return a one-time link for one of the people."""
        person = self.people[name]
        token = await self.change(lambda conn: auth.issue_link(conn, person, self.clock()))
        return auth.link(BASE, token)

    async def desk(self, name: str) -> Desk:
        """Return a browser in which somebody is signed in."""
        browser = self.browser()
        await browser.get(await self.link(name))
        page = await browser.get("/console/queue")
        found = re.search(r'name="csrf" content="([^"]+)"', page.text)
        assert found, page.text
        return Desk(browser, found[1])

    async def waiting(self, name: str = "Anna", *said: str) -> Ticket:
        """Return the ticket of a customer who waits for a person."""
        now = self.clock()

        def work(conn: Connection) -> Ticket:
            place = Place(NAME, f"w{name}")
            conversation, _ = conversations.meet(conn, place, Author(place.chat, name), "en", now)
            for number, text in enumerate(said or ("Is anybody there?",)):
                source = (place.chat, f"{name}-{number}")
                content = Content(ContentKind.TEXT, plain(text))
                transcript.add(conn, conversation.id, transcript.CUSTOMER, content, now, source=source)
            return queue.open_ticket(conn, conversation.id, Reason.ASKED, now)[0]

        return await self.change(work)


@dataclass
class Desk:
    """The console in somebody's browser."""

    browser: httpx.AsyncClient
    csrf: str

    async def page(self, path: str) -> httpx.Response:
        return await self.browser.get(path)

    async def press(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as the page's script does."""
        return await self.browser.post(path, data={"csrf": self.csrf, **fields}, headers={"Accept": "application/json"})

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a browser without scripts does."""
        return await self.browser.post(path, data={"csrf": self.csrf, **fields})


def settings_for(file: Path, **more: str) -> Settings:
    environment = {"SUPPORTBOT_DATABASE__URL": f"sqlite+aiosqlite:///{file}", "SUPPORTBOT_FAQ__ENCODER": "none"}
    environment |= {"SUPPORTBOT_ORDERS__FORM": "tests/orders/shop_form.toml", "SUPPORTBOT_WEB__PORT": "0"}
    return load({**environment, **more}, ROOT)


@asynccontextmanager
async def open_office(migrated: Path, folder: Path, **more: str) -> AsyncIterator[Office]:
    """Open a house with three people and two FAQ entries."""
    file = folder / "office.db"
    shutil.copy(migrated, file)
    settings = settings_for(file, **more)
    database = connect(settings.database_url)
    house = build(settings, database)
    clock = FakeClock()
    house.clock = clock
    house.capabilities = {NAME: CAPABILITIES}

    def furnish(conn: Connection) -> dict[str, int]:
        seed(conn, FAQ, clock)
        people = {"Olga": Role.OPERATOR, "Max": Role.OPERATOR, "Ada": Role.ADMIN}
        return {name: staff.add(conn, name, role, "en", clock()) for name, role in people.items()}

    people = await database.transaction(furnish)
    await house.knowledge_base.refresh()
    feed = Feed(database, house.events_bell, house.clock)
    office = Office(house, create(house, feed, ticks=clock.ticks), feed, clock, people)
    try:
        yield office
    finally:
        for client in office.opened:
            await client.aclose()
        house.knowledge_base.close()
        await database.close()
