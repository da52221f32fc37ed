"""Customers on the chat page who type, and the front door that they come to; nobody waits in earnest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from bot.channels import webchat
from bot.channels.webchat import WebChat
from bot.domain.ports import Raw
from bot.handlers.dispatch import FrontDoor
from bot.messaging.bell import Bell
from bot.storage import schema
from tests.web.office import Office


async def _nobody(chat: str, kind: str, body: Mapping[str, Any]) -> None:
    """Show nothing to anybody: no page is open."""


@dataclass
class Pauses:
    """Waits as the front door is told to; what happens meanwhile is a step that a test gives.

    Attributes:
        steps: one for each pause; a pause without one goes by in silence.
        seconds: how long each pause was to be at most.
    """

    office: Office
    steps: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, bell: Bell, heard: int, seconds: float) -> int:
        self.seconds.append(seconds)
        if not self.steps:
            self.office.clock.forward(seconds=seconds)
            return heard
        await self.steps.pop(0)()
        return await bell.wait(heard, 20)


@dataclass
class Customers:
    """People on the chat page and the door that they come to.

    Attributes:
        office: where.
        door: not open yet.
        pauses: how it waits.
        number: what they typed and pressed so far.
        served: so much of it was handled at doors that are closed.
    """

    office: Office
    door: FrontDoor
    pauses: Pauses
    number: int = 0
    served: int = 0

    async def type(self, *said: str, who: str = "Anna") -> None:
        """Put messages into the inbox, as a channel does."""
        raws = []
        for text in said:
            self.number += 1
            body = webchat.said(who, str(self.number), text, name=who, language="en", at=self.office.clock())
            raws.append(Raw(str(self.number), f"{webchat.NAME}:{who}", body))
        await self.office.house.admit(webchat.NAME, "site", raws)

    async def press(self, action: str, who: str = "Anna") -> None:
        self.number += 1
        body = webchat.pressed(who, str(self.number), "1", action, name=who, language="en", at=self.office.clock())
        await self.office.house.admit(webchat.NAME, "site", [Raw(str(self.number), f"{webchat.NAME}:{who}", body)])

    async def are_served(self) -> None:
        """Open the door until all that came in was handled; the next time it is a new one."""
        working = asyncio.create_task(self.door.run())
        async with asyncio.timeout(100):
            while self.served + self.door.handled < self.number:
                await self.office.house.events_bell.wait(self.office.house.events_bell.rings, 0.05)
        self.door.stop()
        await working
        self.served += self.door.handled
        self.door = FrontDoor(self.office.house, self.pauses)

    async def talk(self, who: str = "Anna") -> list[tuple[str, str]]:
        """Return (author, text) of all that was said with somebody, in order."""
        return await self.office.read(lambda conn: _talk(conn, who))

    async def told(self, who: str = "Anna") -> list[str]:
        """Return what the bot said to somebody."""
        return [text for author, text in await self.talk(who) if author == "bot"]

    async def tickets(self) -> int:
        return len(await self.office.read(lambda conn: conn.execute(select(schema.tickets.c.id)).all()))


def _talk(conn: Connection, who: str) -> list[tuple[str, str]]:
    table = schema.messages
    query = select(table.c.author, table.c.text).join(
        schema.conversations, schema.conversations.c.id == table.c.conversation_id
    )
    return [
        (row.author, row.text)
        for row in conn.execute(query.where(schema.conversations.c.chat == who).order_by(table.c.id))
    ]


def customers_of(office: Office) -> Customers:
    """Return customers of a house, and its door."""
    office.house.readers = {webchat.NAME: WebChat(_nobody).read}
    pauses = Pauses(office)
    return Customers(office, FrontDoor(office.house, pauses), pauses)
