"""Steps that several walks begin with: a customer who waits for people, one whom an operator attends to."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy import Connection

from bot.app import now
from bot.domain.people import Role
from bot.handoff import staff
from bot.storage.database import Database, connect
from bot.web import auth
from tests.sandbox_client import Customer, Operator, SandboxClient, Seen, TopicSeen
from tests.walks.conftest import Desk


async def is_named(operator: Operator, thread: int, wanted: str) -> None:
    """Wait until a topic's name begins with this; the bot changes it after the words that it says."""
    after = await operator.sandbox.seq()
    while not (seen := await operator.topic(thread)).name.startswith(wanted):
        try:
            event = await operator.sandbox.wait_for(lambda _: True, after=after, chat=operator.group_id, kinds="topic")
        except TimeoutError:
            raise AssertionError(f"the topic is named {seen.name!r}, not {wanted!r}") from None
        after = event["seq"]


async def wears(operator: Operator, thread: int, icon: str) -> None:
    """Fail unless a topic has this icon now; it comes with the name, so whoever waited for that need not wait again."""
    seen = await operator.topic(thread)
    assert seen.icon == icon, f"the topic {seen.name!r} has {seen.icon!r}, not {icon!r}"


async def card_in(operator: Operator, topic: TopicSeen) -> Seen:
    """Return the newest card in a topic, as it reads now."""
    return [seen for seen in await operator.sees_in(topic) if "Why:" in seen.text][-1]


async def card_reads(operator: Operator, topic: TopicSeen, wanted: str) -> Seen:
    """Wait until the newest card of a topic holds these words or offers this button; return it."""
    after = await operator.sandbox.seq()
    while True:
        seen = await card_in(operator, topic)
        if wanted in seen.text or wanted in seen.buttons:
            return seen
        try:
            event = await operator.sandbox.wait_for(
                lambda _: True, after=after, chat=operator.group_id, kinds="message,edited"
            )
        except TimeoutError:
            raise AssertionError(f"no {wanted!r} on the card: {seen.text!r} {seen.buttons}") from None
        after = event["seq"]


async def asks_for_a_person(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer ask for a person, and return the topic that is opened for it."""
    await customer.says("/human")
    await customer.reads("pass this")
    topic = await operator.finds_topic(customer.name)
    await operator.reads_in(topic, "Why:")
    return topic


async def is_attended(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer ask for a person, and an operator greet them; return the topic."""
    topic = await asks_for_a_person(customer, operator)
    await operator.writes(topic, "Good day!")
    await customer.reads("is with you now.")
    await customer.reads("Good day!")
    return topic


async def is_closed(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer be attended to, and the operator close; return the topic."""
    topic = await is_attended(customer, operator)
    await operator.writes(topic, "/close")
    await operator.reads_in(topic, "is closed.")
    await customer.reads("How was it?")
    return topic


@asynccontextmanager
async def beside(desk: Desk) -> AsyncIterator[Database]:
    """Open the bot's database as the commands do that run beside it; to start one of them takes longer than a walk."""
    database = connect(f"sqlite+aiosqlite:///{desk.folder}/var/supportbot.db")
    try:
        yield database
    finally:
        await database.close()


async def is_added(desk: Desk, sandbox: SandboxClient, name: str, **marks: object) -> Operator:
    """Return an operator who was added a moment ago, so has no chats yet, and has pressed Start.

    `marks`: what stands with somebody of the staff, such as team, level or capacity.
    """
    operator = await sandbox.operator(name)

    def work(conn: Connection) -> None:
        key = staff.add(conn, name, Role.OPERATOR, "en", now(), str(operator.id))
        if marks:
            staff.change(conn, key, **marks)

    async with beside(desk) as database:
        await database.transaction(work)
    await operator.says("/back")
    await operator.reads("Welcome back.")
    return operator


@dataclass(frozen=True, slots=True)
class Console:
    """The console in somebody's browser, at one conversation."""

    browser: httpx.AsyncClient
    csrf: str
    path: str

    async def presses(self, action: str, **fields: str) -> httpx.Response:
        """Send a form as the page's script does."""
        headers = {"Accept": "application/json"}
        return await self.browser.post(f"{self.path}/{action}", data={"csrf": self.csrf, **fields}, headers=headers)

    async def submits(self, action: str, **fields: str) -> httpx.Response:
        """Send a form as a browser without scripts does."""
        return await self.browser.post(f"{self.path}/{action}", data={"csrf": self.csrf, **fields})

    async def ownership(self) -> str:
        """Return under which ownership the open page lets its reader answer."""
        found = re.search(r'name="ownership" value="(\d*)"', (await self.browser.get(self.path)).text)
        assert found
        return found[1]


@asynccontextmanager
async def console_of(desk: Desk, operator: Operator, customer: Customer) -> AsyncIterator[Console]:
    """Sign somebody in to the console and open a customer's conversation."""
    await operator.says("/back")  # from now on the bot knows the name
    await operator.reads("Welcome back.")
    [(key,)] = desk.rows("SELECT id FROM conversations WHERE chat = ?", str(customer.id))

    def link(conn: Connection) -> str:
        person = staff.by_telegram(conn, str(operator.id))
        assert person is not None
        return auth.link(desk.web, auth.issue_link(conn, person.id, now()))

    async with beside(desk) as database:
        address = await database.transaction(link)
    async with httpx.AsyncClient(base_url=desk.web, timeout=30, trust_env=False, follow_redirects=True) as browser:
        await browser.get(address)
        page = await browser.get(f"/console/conversations/{key}")
        csrf = re.search(r'name="csrf" content="([^"]+)"', page.text)
        assert csrf, page.text
        yield Console(browser, csrf[1], f"/console/conversations/{key}")


async def nothing_is_on_its_way(desk: Desk) -> None:
    """Wait until what was sent is written down: a kill before that repeats it once, as the contract says."""
    async with asyncio.timeout(20):
        while desk.rows("SELECT id FROM outbox WHERE state = 'sending'"):  # noqa: ASYNC110 another program's table
            await asyncio.sleep(0.05)
