"""A customer's side of a talk: each word and press is a turn, and what the bot says waits in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from bot.channels.telegram import bot_api
from bot.channels.webchat import NAME
from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Receipt
from bot.handlers import customer
from bot.handlers.question import Asked
from bot.handlers.turn import Sayings, Turn
from bot.messaging import conversations, outbox
from bot.storage import schema
from tests.web.office import Office

VISITOR = Place(NAME, "w1")


@dataclass
class Talk:
    """Somebody who talks to the bot on a channel.

    Attributes:
        office: where.
        place: their address.
        name: as the channel tells it.
        made_up: the channel knows no name and made this one up.
    """

    office: Office
    place: Place = VISITOR
    name: str = "Visitor B247"
    made_up: bool = True
    number: int = field(default=0)

    async def says(self, text: str) -> list[dict[str, Any]]:
        """Write something; return what the bot says to it, as the outbox holds it."""
        self.number += 1
        said = Said(
            self.place,
            Where.PRIVATE,
            self.author,
            self.office.clock(),
            f"c{self.number}",
            Content(ContentKind.TEXT, plain(text)),
        )
        match, snapshot = await self.office.house.knowledge_base.match(text, "en")
        asked = Asked(None if text.startswith("/") else match, snapshot)
        return await self._turn(lambda turn, new: customer.said(turn, said, asked, new=new))

    async def presses(self, label: str, *, below: str = "") -> list[dict[str, Any]]:
        """Press the newest button whose label holds this, below a message that holds some words."""
        action, message = await self.office.read(lambda conn: self._button(conn, label, below))
        self.number += 1
        press = Pressed(
            self.place, Where.PRIVATE, self.author, self.office.clock(), f"p{self.number}", message, action=action
        )
        return await self._turn(lambda turn, _: customer.pressed(turn, press))

    @property
    def author(self) -> Author:
        return Author(self.place.chat, self.name, language="en", made_up=self.made_up)

    async def _turn(self, act: Callable[[Turn, bool], Sayings]) -> list[dict[str, Any]]:
        office = self.office
        office.clock.forward(seconds=1)
        now = office.clock()

        def work(conn: Connection) -> list[int]:
            found, new = conversations.meet(conn, self.place, self.author, "en", now)
            turn = Turn(office.house, conn, now, found)
            return turn.carry(act(turn, new))

        made = await office.change(work)
        await self.receives()
        acts = await self.office.read(lambda conn: _bodies(conn, made, self.place.chat))
        return [body for act_, body in acts if act_ == Act.SAY]

    async def receives(self) -> None:
        """Have all that waits delivered; its id in the channel is that of the outbox."""
        now = self.office.clock()

        def deliver(conn: Connection) -> int:
            taken = outbox.claim(conn, now, 50, [NAME, bot_api.NAME], lambda _: True)
            for one in taken:
                outbox.settle_sent(conn, one, Receipt(str(one.id)), now)
            return len(taken)

        while await self.office.change(deliver):
            pass

    async def acts(self, act: Act) -> list[dict[str, Any]]:
        """Return what was done to this customer's messages; `target` is the outbox id of the message."""
        return await self.office.read(lambda conn: _changes(conn, act, self.place.chat))

    async def order_of_acts(self) -> list[str]:
        """Return all that was done at this customer's place, in this order."""
        table = schema.outbox
        query = select(table.c.act).where(table.c.chat == self.place.chat).order_by(table.c.id)
        return await self.office.read(lambda conn: list(conn.execute(query).scalars()))

    def _button(self, conn: Connection, label: str, below: str = "") -> tuple[str, str]:
        table = schema.outbox
        query = select(table.c.id, table.c.body).where(table.c.chat == self.place.chat).order_by(table.c.id.desc())
        for row in conn.execute(query):
            for line in row.body.get("buttons", []):
                for text, action, _ in line:
                    if label in text and below in row.body["text"]["text"]:
                        return action, str(row.id)
        raise AssertionError(f"no button says {label!r}")


def _bodies(conn: Connection, keys: list[int], chat: str) -> list[tuple[str, dict[str, Any]]]:
    table = schema.outbox
    query = select(table.c.act, table.c.body).where(table.c.id.in_(keys), table.c.chat == chat).order_by(table.c.id)
    return [(row.act, row.body) for row in conn.execute(query)]


def _changes(conn: Connection, act: Act, chat: str) -> list[dict[str, Any]]:
    table = schema.outbox
    query = select(table.c.target_id, table.c.body).where(table.c.act == act.value, table.c.chat == chat)
    return [{**row.body, "target": row.target_id} for row in conn.execute(query.order_by(table.c.id))]
