"""The ladder when thousands are due at once, and when several workers look: each notice is said once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.message import units
from bot.handlers import ladder
from bot.storage import schema
from bot.storage.database import Database, connect
from tests.databases import ON_POSTGRES, Outsider
from tests.handoff.shop import Shop, staffed_shop

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_N = schema.sla_notices


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await staffed_shop(database)


async def crowd(shop: Shop, count: int) -> None:
    """Let many customers wait, nobody of whom is answered."""

    def work(conn: Connection) -> None:
        numbers = range(1, count + 1)
        people = [{"id": 1000 + n, "name": f"C{n}", "created_at": shop.now} for n in numbers]
        talks = [
            {"id": 1000 + n, "customer_id": 1000 + n, "channel": "telegram", "chat": f"c{n}", "language": "en"}
            for n in numbers
        ]
        tickets = [
            {"conversation_id": 1000 + n, "state": "waiting", "reason": "asked", "tags": [], "opened_at": shop.now}
            for n in numbers
        ]
        conn.execute(schema.customers.insert(), people)
        conn.execute(schema.conversations.insert().values(flow={}, created_at=shop.now), talks)
        conn.execute(schema.tickets.insert().values(customer_wrote_at=shop.now), tickets)

    await shop.change(work)


async def outcomes(shop: Shop) -> Counter[str]:
    query = select(_N.c.outcome, func.count()).where(_N.c.promise == "first_answer").group_by(_N.c.outcome)
    return Counter({row[0]: row[1] for row in await shop.change(lambda conn: conn.execute(query).all())})


async def mentioned(shop: Shop) -> int:
    """Return how many chats the messages to the managers stand for."""

    def work(conn: Connection) -> int:
        out = schema.outbox
        texts = conn.execute(select(out.c.body).where(out.c.chat == "72")).scalars()
        found = 0
        for body in texts:
            lines = [line for line in body["text"]["text"].splitlines() if "http" not in line]
            named = sum(line.startswith("🚨") for line in lines)
            more = [int(line.split()[1]) for line in lines if line.startswith("And ")]
            found += named + sum(more)
        return found

    return await shop.change(work)


async def test_what_managers_read_of_ten_customers_with_very_long_names_fits_into_messages(shop: Shop) -> None:
    await crowd(shop, 10)
    await shop.change(lambda conn: conn.execute(schema.customers.update().values(name="😀" * 200)))
    await shop.change(lambda conn: conn.execute(schema.staff.update().values(language="de")))
    shop.now += 10 * MINUTE

    while await shop.change(lambda conn: ladder.sweep_promises(shop.house, conn, shop.now)):
        pass

    out = schema.outbox.c
    to_managers = select(out.body).where(out.chat == "72", out.act == "say")
    texts = [body["text"]["text"] for body in await shop.change(lambda conn: conn.execute(to_managers).scalars().all())]
    assert sum(text.count("🚨") for text in texts) == 10
    assert max(units(text) for text in texts) <= 4096


@pytest.mark.parametrize("count", [600, pytest.param(5000, marks=[pytest.mark.slow, pytest.mark.long])])
async def test_thousands_that_are_due_after_six_hours_are_said_once_in_one_cycle(shop: Shop, count: int) -> None:
    await crowd(shop, count)
    shop.later(hours=6)

    await shop.sweep()
    told = await shop.told()
    await shop.sweep()

    assert await outcomes(shop) == {"sent": count, "passed_over": 2 * count}
    assert await mentioned(shop) == count
    assert len(told) == -(-count // ladder.AT_A_TIME)
    assert await shop.told() == []


@ON_POSTGRES
async def test_two_workers_that_look_at_once_say_each_notice_once(shop: Shop, database_url: str) -> None:
    await crowd(shop, 900)
    shop.later(hours=1)
    workers = [connect(database_url) for _ in range(3)]

    rounds = await asyncio.gather(*[shop.worker(database).sweep() for database in workers])
    await shop.sweep()

    for database in workers:
        await database.close()
    assert await outcomes(shop) == {"sent": 900, "passed_over": 1800}
    assert await mentioned(shop) == 900
    assert sum(rounds) >= 3


@ON_POSTGRES
async def test_a_conversation_in_which_something_happens_is_left_for_the_next_look(
    shop: Shop, outsider: Outsider
) -> None:
    ticket, other = await shop.asks("Anna"), await shop.asks("Ben")
    shop.later(seconds=121)

    await outsider.execute("BEGIN")
    one = ticket.conversation_id
    await outsider.execute(f"SELECT id FROM conversations WHERE id = {one} FOR UPDATE")  # noqa: S608 our own number
    async with asyncio.timeout(20):
        await shop.sweep()
    meanwhile = await shop.told()
    await outsider.execute("COMMIT")
    await shop.sweep()

    said = [[text.split(" · ")[0] for _, text in some] for some in (meanwhile, await shop.told())]
    assert said == [[f"🚨 #{other.id} Ben"], [f"🚨 #{ticket.id} Anna"]]
