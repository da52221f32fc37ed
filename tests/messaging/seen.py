"""Builders for the tests of messaging: a customer, a topic, something to be said, and what the outbox holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place
from bot.domain.message import RichText, plain
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import conversations, outbox, topics
from bot.messaging.outbox import Delivery, Posting
from bot.messaging.topics import Topic
from bot.storage import schema
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CHANNELS = ("telegram", "webchat")
ANNA, BORIS = Place("telegram", "511"), Place("telegram", "512")
GROUP = Place("telegram", "-100")


def says(text: str, **more: Any) -> Outgoing:  # noqa: ANN401 JSON
    return Outgoing(Act.SAY, {"text": plain(text).to_dict(), **more})


def text_of(outgoing: Outgoing) -> str:
    return RichText.from_dict(outgoing.body["text"]).text if "text" in outgoing.body else outgoing.act.value


async def put(database: Database, *postings: Posting, at: datetime = NOW) -> list[int]:
    return await database.transaction(lambda conn: outbox.put(conn, postings, at))


async def conversation(database: Database, place: Place = ANNA, name: str = "Anna") -> int:
    author = Author(place.chat, name)
    return await database.transaction(lambda conn: conversations.meet(conn, place, author, "en", NOW)[0].id)


async def topic(database: Database, of: int, group: Place = GROUP, thread: str = "") -> Topic:
    def work(conn: Connection) -> Topic:
        made = topics.open_in(conn, of, group, "Anna", NOW)
        if thread:
            topics.change(conn, made.id, thread=thread, state=topics.OPEN)
        found = topics.get(conn, made.id)
        assert found is not None
        return found

    return await database.transaction(work)


async def claimed(database: Database, now: datetime = NOW, most: int = 400) -> list[Delivery]:
    return await database.transaction(lambda conn: outbox.claim(conn, now, most, CHANNELS, lambda _: True))


@dataclass(frozen=True)
class Kept:
    """A row of the outbox as the tests look at it."""

    says: str
    state: str
    repeated: bool = False
    lane: str = "telegram:511"


async def kept(database: Database) -> list[Kept]:
    def work(conn: Connection) -> list[Kept]:
        table = schema.outbox
        return [
            Kept(text_of(Outgoing(Act(row.act), row.body)), row.state, row.repeated, row.lane)
            for row in conn.execute(select(table).order_by(table.c.id))
        ]

    return await database.read(work)


async def states(database: Database) -> Sequence[str]:
    return [row.state for row in await kept(database)]


async def sent(database: Database, delivery: Delivery, receipt: Receipt | None = None) -> None:
    await database.transaction(lambda conn: outbox.settle_sent(conn, delivery, receipt or Receipt("7"), NOW))
