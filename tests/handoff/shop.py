"""A house over a real database, with people, customers and a clock, whose outbox is read instead of delivered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot import settings
from bot.app import build
from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.handlers import ladder
from bot.handoff import queue, rules
from bot.handoff.ticket import Reason, Ticket
from bot.messaging import conversations, topics, transcript
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP, ROOT, Business


@dataclass
class Shop(Business):
    """A business whose customers come to people.

    Attributes:
        read: outbox id up to which `told` has read.
    """

    read: int = 0

    async def asks(self, name: str = "Anna", *, topic: bool = True, **marks: Any) -> Ticket:  # noqa: ANN401 column values
        """Let a customer come to people; return the ticket."""

        def work(conn: Connection) -> Ticket:
            place = Place("telegram", f"c{name}")
            conversation, new = conversations.meet(conn, place, Author(place.chat, name), "en", self.now)
            if new and topic:
                made = topics.open_in(conn, conversation.id, GROUP, name, self.now)
                topics.change(conn, made.id, thread=str(conversation.id), state=topics.OPEN)
            content = Content(ContentKind.TEXT, plain("Hello?"))
            transcript.add(conn, conversation.id, transcript.CUSTOMER, content, self.now)
            ticket = queue.open_ticket(conn, conversation.id, Reason.ASKED, self.now)[0]
            return queue.mark(conn, ticket, self.now, **marks) if marks else ticket

        return await self.change(work)

    async def sweep(self) -> int:
        """Look for what is due, as the clock of the house does, until nothing is left; return how often it looked."""
        rounds = 1
        while await self.change(lambda conn: ladder.sweep_promises(self.house, conn, self.now)):
            rounds += 1
            assert rounds < 100, "the sweep never ends"
        return rounds

    async def told(self) -> list[tuple[str, str]]:
        """Return what was put into the outbox since the last time: chat, first line; a link's line is left out."""

        def work(conn: Connection) -> list[tuple[int, str, str]]:
            out = schema.outbox
            rows = conn.execute(select(out).where(out.c.id > self.read, out.c.act == "say").order_by(out.c.id))
            return [(row.id, row.chat, row.body["text"]["text"]) for row in rows]

        found = await self.house.database.read(work)
        self.read = max((key for key, *_ in found), default=self.read)
        names = {f"7{number}": name for number, name in enumerate(self.people)}
        return [
            (names.get(chat, "topic" if chat == GROUP.chat else chat), text.partition("\n")[0])
            for _, chat, text in found
        ]

    def rule(self, text: str, folder: Path) -> None:
        """Let the house go by another handoff.toml."""
        file = folder / "handoff.toml"
        file.write_text(text, encoding="utf-8")
        self.house.rules = rules.load(file)

    def worker(self, database: Database) -> Shop:
        """Return another process of the same shop."""
        return replace(self, house=replace(self.house, database=database))


def open_shop(database: Database) -> Shop:
    """Return a shop on an empty database."""
    environment = {
        "SUPPORTBOT_TELEGRAM__TOKEN": "1:made-up",
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": f"[{GROUP.chat}]",
        "SUPPORTBOT_FAQ__ENCODER": "none",
        "SUPPORTBOT_ORDERS__FORM": "tests/orders/shop_form.toml",
    }
    return Shop(build(settings.load(environment, ROOT), database))


async def staffed_shop(database: Database) -> Shop:
    """Return a shop with an operator on duty, one who is away, a manager and an admin."""
    shop = open_shop(database)
    await shop.hires("Olga")
    await shop.hires("Max", away=True)
    await shop.hires("Maria", Role.MANAGER)
    await shop.hires("Ada", Role.ADMIN)
    return shop
