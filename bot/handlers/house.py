"""The house: what every use case needs, put together once by `bot/app`.

A handler asks it for sentences, for the FAQ's snapshot, for what a channel can do; it never asks for a channel's name.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.domain.conversation import Incoming, Place
from bot.domain.people import Staff
from bot.domain.ports import Capabilities, Channel, Clock, Connector, Raw
from bot.faq.knowledge_base import KnowledgeBase
from bot.handoff.rules import Rules
from bot.i18n import Catalogues, Texts
from bot.messaging import inbox
from bot.messaging.bell import Bell
from bot.orders.forms import Forms
from bot.orders.shelf import Shelf
from bot.settings import Settings
from bot.storage.database import Collided, Database, Work
from bot.storage.files import Files

if TYPE_CHECKING:
    from bot.handlers.turn import Sayings, Turn

T = TypeVar("T")
Reader = Callable[[Mapping[str, Any]], Incoming | None]
TRIES = 4
"""So often a turn is made that collides with others each time."""


@dataclass(slots=True)
class Health:
    """What the health page tells.

    Attributes:
        polled_at: the last successful poll or webhook, by channel.
        alarms: what an owner must look at, by name; empty when all is well.
        since: from when on a group's rights were missing, by its id.
    """

    polled_at: dict[str, datetime] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class House:
    """Everything that a turn may ask for.

    Attributes:
        settings: as read at the start.
        database: where all is kept.
        clock: the time.
        catalogues: the bot's sentences.
        knowledge_base: the live FAQ.
        rules: of the hand-off.
        forms: what customers can order or ask for, step by step.
        shelf: what the shop sells at present.
        capabilities: of all channels that are switched on, by name.
        readers: what their updates mean, by name; there from the start, also while a driver is still coming up.
        channels: by name; filled as the drivers come up.
        connectors: other systems that hear of orders, by name.
        groups: where operators' topics are opened, in turn; empty without a channel that has topics.
        faq_folder: where attachments of entries lie.
        counting: held by whoever reads the figures of some days: one at a time, so that all else finds a reader.
        keep_current: what is said at the end of a turn that changed a ticket, so that the topic shows it.
    """

    settings: Settings
    database: Database
    clock: Clock
    catalogues: Catalogues
    knowledge_base: KnowledgeBase
    rules: Rules
    forms: Forms
    shelf: Shelf
    groups: Sequence[Place]
    faq_folder: Path
    capabilities: Mapping[str, Capabilities]
    keep_current: Callable[[Turn], Sayings]
    readers: dict[str, Reader] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    connectors: dict[str, Connector] = field(default_factory=dict)
    inbox_bell: Bell = field(default_factory=Bell)
    outbox_bell: Bell = field(default_factory=Bell)
    events_bell: Bell = field(default_factory=Bell)
    counting: asyncio.Lock = field(default_factory=asyncio.Lock)
    health: Health = field(default_factory=Health)

    @property
    def files(self) -> Files:
        """Where files lie that one channel brings for another."""
        return Files(self.settings.root / "var" / "attachments")

    def can(self, channel: str) -> Capabilities:
        """Return what a channel can do, also while its driver is still coming up."""
        return self.capabilities.get(channel, Capabilities())

    def capacity_of(self, person: Staff) -> int:
        """Return how many chats at a time are given to a person; a claim by hand may exceed it."""
        return self.rules.capacity if person.capacity is None else person.capacity

    def texts(self, language: str) -> Texts:
        """Return the sentences of a language."""
        return self.catalogues[language]

    async def change(self, work: Work[T]) -> T:
        """Run a turn, commit it, and wake those who wait for its rows.

        A turn that collided with another is made again from its beginning, so that whoever pressed a button hears
        nothing of it: what it did outside of the database, it must be able to do again.
        """
        result = await self._made(work)
        self.outbox_bell.ring()
        self.events_bell.ring()
        return result

    async def _made(self, work: Work[T]) -> T:
        for _ in range(TRIES - 1):
            with contextlib.suppress(Collided):
                return await self.database.transaction(work)
        return await self.database.transaction(work)

    async def admit(self, channel: str, account: str, updates: Sequence[Raw]) -> None:
        """Store updates in the inbox; on return they are on the disk and may be acknowledged."""
        now = self.clock()
        await self.database.transaction(lambda conn: inbox.admit(conn, channel, account, updates, now))
        self.inbox_bell.ring()
