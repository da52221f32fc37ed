"""Figures are read beside the turns: nobody waits for them, and what was read is told once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select

from bot.domain.people import Role
from bot.domain.ports import Raw
from bot.handlers import reporting
from bot.handlers.dispatch import FrontDoor
from bot.messaging import inbox
from bot.quality import facts
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor
from tests.handoff.shop import Shop
from tests.handoff.test_hand_counted_day import at, happens, shop

__all__ = ["shop"]
T = TypeVar("T")


@dataclass
class Reading:
    """Holds the reading of figures open until it is let go, and counts how many are read at the same time."""

    begun: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    at_once: list[int] = field(default_factory=list)
    now: int = 0
    really: Callable[..., facts.Facts] = facts.gather

    def gather(self, *asked: Any) -> facts.Facts:  # noqa: ANN401 as gather takes it
        self.now += 1
        self.at_once.append(self.now)
        self.begun.set()
        assert self.let_go.wait(60), "nobody let the reader go"
        self.now -= 1
        return self.really(*asked)


def update(number: int, who: str, text: str) -> Raw:
    """Return a private message as Telegram sends it."""
    person = {"id": int(who), "is_bot": False, "first_name": f"Person {who}", "language_code": "en"}
    chat = {"id": int(who), "type": "private", "first_name": person["first_name"]}
    message = {"message_id": number, "date": 1795424400, "chat": chat, "from": person, "text": text}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
    return Raw(str(number), f"telegram:{who}", json.loads(json.dumps({"update_id": number, "message": message})))


async def told(floor: Floor, chat: str) -> list[str]:
    """Return what was said in somebody's private chat."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.chat == chat, out.c.act == "say").order_by(out.c.id)
    bodies = await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))
    return [body["text"]["text"] for body in bodies]


async def handled(floor: Floor, left: int) -> None:
    """Wait until so many rows of the inbox are left."""
    async with asyncio.timeout(60):
        while await floor.house.database.read(lambda conn: inbox.lag(conn, floor.now)[0]) > left:
            await floor.house.events_bell.wait(floor.house.events_bell.rings, 0.02)


async def test_a_message_is_answered_while_reports_are_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor, reading = open_floor(database), Reading()
    monkeypatch.setattr(facts, "gather", reading.gather)
    for name in ("Maria", "Moritz"):
        await floor.hires(name, Role.MANAGER)
    floor.house.knowledge_base.ready.set()
    door = FrontDoor(floor.house)
    working = asyncio.create_task(door.run())

    asked = [update(1, "70", "/report"), update(2, "71", "/report"), update(3, "70", "/report")]
    await floor.house.admit("telegram", "bot", asked)
    await asyncio.to_thread(reading.begun.wait, 60)
    await floor.house.admit("telegram", "bot", [update(4, "511", "/human")])
    await handled(floor, 3)
    answered = await told(floor, "511")
    reading.let_go.set()
    await handled(floor, 0)
    door.stop()
    await working

    assert answered[0].startswith("I'll pass this to a colleague.")
    assert [len(await told(floor, chat)) for chat in ("70", "71")] == [2, 1]
    assert set(reading.at_once) == {1}


@dataclass
class Between:
    """A database on which something happens between what is read and what is written."""

    database: Database
    happens: Callable[[], Any]

    @property
    def dialect(self) -> str:
        return self.database.dialect

    async def transaction(self, work: Callable[[Connection], T]) -> T:
        return await self.database.transaction(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self.database.read(work)

    async def read_at_length(self, work: Callable[[Connection], T]) -> T:
        found = await self.database.read_at_length(work)
        await self.happens()
        return found

    async def close(self) -> None:
        await self.database.close()


async def test_two_workers_that_read_the_digest_at_once_say_it_once(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    shop.now, meeting = at("8:30", 24), asyncio.Barrier(2)
    workers = [shop.worker(Between(shop.house.database, meeting.wait)).house for _ in range(2)]

    sent = await asyncio.gather(
        *(reporting.send_digest(replace(one, counting=asyncio.Lock()), shop.now) for one in workers)
    )

    assert sorted(sent) == [0, 1]
    assert len(await shop.told()) == 1


async def test_a_digest_whose_worker_is_killed_after_reading_it_is_said_by_the_next_one(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    shop.now = at("8:30", 24)

    async def killed() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await reporting.send_digest(shop.worker(Between(shop.house.database, killed)).house, shop.now)
    nothing = await shop.told()
    sent = [await reporting.send_digest(shop.house, shop.now) for _ in range(3)]

    assert (nothing, sent) == ([], [1, 0, 0])
    assert len(await shop.told()) == 1
