"""A desk over a real database: customers write, staff write in topics and privately, and the outbox is read."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot import settings
from bot.app import build
from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Staff
from bot.faq.matcher import Match
from bot.handlers import assigning, customer, rooms, topic
from bot.handlers.house import House
from bot.handlers.private import Desk
from bot.handlers.question import Asked
from bot.handlers.turn import Turn
from bot.handoff import queue, rules, staff
from bot.handoff.ticket import Ticket
from bot.messaging import conversations, outbox, topics
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP, ROOT, Business

Sweep = Callable[[House, Connection, datetime], int]


@dataclass
class Floor(Business):
    """A business whose customers and staff say and press what a test tells them to."""

    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1000))
    seen: int = 0

    def rule(self, text: str, folder: Path) -> None:
        """Let the house go by another handoff.toml."""
        file = folder / "handoff.toml"
        file.write_text(text, encoding="utf-8")
        self.house.rules = rules.load(file)

    def person(self, conn: Connection, name: str) -> Staff:
        found = staff.get(conn, self.people[name])
        assert found is not None
        return found

    def _conversation(self, conn: Connection, name: str, channel: str) -> conversations.Conversation:
        place = Place(channel, f"c{name}")
        found, new = conversations.meet(conn, place, Author(place.chat, name), "en", self.now)
        if new:
            made = topics.open_in(conn, found.id, GROUP, name, self.now)
            topics.change(conn, made.id, thread=str(found.id), state=topics.OPEN)
        return found

    def turn(self, conn: Connection, name: str, channel: str = "telegram") -> Turn:
        return Turn(self.house, conn, self.now, self._conversation(conn, name, channel))

    def _said(self, place: Place, author: str, text: str, kind: ContentKind, **details: str) -> Said:
        where = Where.GROUP if place.thread else Where.PRIVATE
        content = Content(kind, plain(text), details)
        who = Author(author if place.thread else place.chat, author)
        return Said(place, where, who, self.now, str(next(self.numbers)), content)

    async def says(
        self, name: str, text: str, kind: ContentKind = ContentKind.TEXT, channel: str = "telegram", **details: str
    ) -> None:
        """Let a customer write, while the base has no index yet."""
        await self._says(name, text, kind, channel, details, None)

    async def asks_the_bot(self, name: str, text: str, match: Match) -> None:
        """Let a customer write; `match` is what the base makes of it."""
        await self._says(name, text, ContentKind.TEXT, "telegram", {}, match)

    async def _says(
        self, name: str, text: str, kind: ContentKind, channel: str, details: dict[str, str], match: Match | None
    ) -> None:
        def work(conn: Connection) -> None:
            turn = self.turn(conn, name, channel)
            said = self._said(turn.conversation.place, name, text, kind, **details)
            turn.carry(customer.said(turn, said, Asked(match, self.house.knowledge_base.snapshot), new=False))

        await self.change(work)

    async def shares_number(self, name: str, phone: str, *, of: str = "") -> None:
        """Let a customer send a card with a number: their own, as Telegram's button does, or that of somebody else."""
        await self.says(name, name, ContentKind.CONTACT, phone=phone, user=f"c{of or name}")

    async def is_known_as(self, name: str, other: str, channel: str = "telegram") -> None:
        """Let another chat be one of a customer's by our own id."""

        def work(conn: Connection) -> None:
            one, two = self.turn(conn, name).conversation, self.turn(conn, other, channel).conversation
            table = schema.conversations
            conn.execute(table.update().where(table.c.id == two.id), {"customer_id": one.customer_id})

        await self.change(work)

    async def presses(self, name: str, action: str) -> None:
        """Let a customer press a button."""

        def work(conn: Connection) -> None:
            turn = self.turn(conn, name)
            press = Pressed(turn.conversation.place, Where.PRIVATE, Author(name, name), self.now, "1", "1", action)
            turn.carry(customer.pressed(turn, press))

        await self.change(work)

    async def presses_in_topic(self, who: str, about: str, action: str) -> str:
        """Let somebody of the staff press a button in a customer's topic; return what they are told for a moment."""

        def work(conn: Connection) -> str:
            turn = self.turn(conn, about)
            place = replace(GROUP, thread=str(turn.conversation.id))
            press = Pressed(place, Where.GROUP, Author(who, who), self.now, "5", "p", action)
            sayings = topic.pressed(turn, self.person(conn, who), press)
            turn.carry(sayings)
            return str(sayings[0].outgoing.body["text"])

        return await self.change(work)

    async def asks(self, name: str = "Anna", **marks: Any) -> Ticket:  # noqa: ANN401 column values
        """Let a customer ask for a person; return the ticket."""
        await self.says(name, "/human")

        def work(conn: Connection) -> Ticket:
            ticket = self.turn(conn, name).ticket
            assert ticket is not None
            return queue.mark(conn, ticket, self.now, **marks) if marks else ticket

        return await self.change(work)

    async def writes(self, who: str, about: str, text: str) -> None:
        """Let somebody of the staff write in a customer's topic."""

        def work(conn: Connection) -> None:
            turn = self.turn(conn, about)
            place = replace(GROUP, thread=str(turn.conversation.id))
            turn.carry(topic.written(turn, self.person(conn, who), self._said(place, who, text, ContentKind.TEXT)))

        await self.change(work)

    async def privately(self, who: str, text: str) -> None:
        """Let somebody of the staff write to the bot."""

        def work(conn: Connection) -> None:
            person = self.person(conn, who)
            place = Place("telegram", person.telegram_id)
            at = Desk(self.house, conn, self.now, person, place)
            said = self._said(place, who, text, ContentKind.TEXT)
            sayings = rooms.spoken(at, said) or []
            put = [outbox.Posting(one.place, one.outgoing, one.author) for one in sayings if one.place]
            outbox.put(conn, put, self.now)

        await self.change(work)

    async def presses_privately(self, who: str, action: str) -> None:
        """Let somebody of the staff press a button in their chat with the bot."""

        def work(conn: Connection) -> None:
            person = self.person(conn, who)
            place = Place("telegram", person.telegram_id)
            press = Pressed(place, Where.PRIVATE, Author(person.telegram_id, who), self.now, "1", "1", action)
            sayings = rooms.spoken(Desk(self.house, conn, self.now, person, place), press) or []
            put = [outbox.Posting(one.place, one.outgoing, one.author) for one in sayings if one.place]
            outbox.put(conn, put, self.now)

        await self.change(work)

    async def sweep(self, sweep: Sweep) -> int:
        """Sweep as the clock of the house does; return how much was done."""
        done = 0
        while count := await self.change(lambda conn: sweep(self.house, conn, self.now)):
            done += count
            assert done < 1000, "the sweep never ends"
        return done

    async def assigns(self) -> int:
        """Bring those who wait and those who have room together; return how many chats were given."""
        planned = await self.house.database.read(lambda conn: assigning.planned(self.house, conn, self.now))
        given = 0
        for ticket, person in planned:
            given += await self.change(lambda conn: assigning.give(self.house, conn, ticket, person, self.now))  # noqa: B023 awaited here
        return given

    async def ticket(self, name: str) -> Ticket:
        """Return a customer's last ticket."""

        def work(conn: Connection) -> Ticket:
            turn = self.turn(conn, name)
            found = turn.ticket or turn.closed_ticket
            assert found is not None
            return found

        return await self.change(work)

    async def owner(self, name: str) -> str:
        """Return who has a customer's chat, empty for nobody."""
        key = (await self.ticket(name)).staff_id
        return next((one for one, number in self.people.items() if number == key), "")

    async def told(self) -> list[tuple[str, str]]:
        """Return what went out since the last time: who reads it (a name, or "in " and a customer's), and the text."""

        def work(conn: Connection) -> list[tuple[int, str, str]]:
            out, made = schema.outbox, schema.topics
            names = {row.id: f"in {row.name}" for row in conn.execute(select(made.c.id, made.c.name))}
            rows = conn.execute(select(out).where(out.c.id > self.seen, out.c.act == "say").order_by(out.c.id))
            found = [(row.id, names.get(row.topic_id, row.chat), row.body["text"]["text"]) for row in rows]
            return [(key, where, text) for key, where, text in found]

        found = await self.house.database.read(work)
        self.seen = max((key for key, *_ in found), default=self.seen)
        staff_names = {f"7{number}": name for number, name in enumerate(self.people)}
        return [(self._shown(where, staff_names), text) for _, where, text in found]

    @staticmethod
    def _shown(where: str, names: dict[str, str]) -> str:
        if where.startswith("in "):
            return "in " + where.rsplit(maxsplit=1)[-1]
        return names.get(where, where.removeprefix("c"))

    async def heard(self, name: str) -> list[str]:
        """Return what a customer, or somebody of the staff privately, got since anybody looked last."""
        return [text for who, text in await self.told() if who == name]


def open_floor(database: Database) -> Floor:
    """Return a desk on an empty database."""
    environment = {
        "SUPPORTBOT_TELEGRAM__TOKEN": "1:made-up",
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": f"[{GROUP.chat}]",
        "SUPPORTBOT_FAQ__ENCODER": "none",
        "SUPPORTBOT_ORDERS__FORM": "tests/orders/shop_form.toml",
    }
    floor = Floor(build(settings.load(environment, ROOT), database))
    floor.house.clock = lambda: floor.now
    return floor
