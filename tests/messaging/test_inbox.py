"""The inbox: what came is kept once, handled once, in order, and known again for two days."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.domain.ports import Raw
from bot.messaging import inbox
from bot.messaging.inbox import Received
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def update(number: int, text: str = "Hi", lane: str = "telegram:511") -> Raw:
    return Raw(str(number), lane, {"update_id": number, "text": text})


async def admit(database: Database, *updates: Raw, account: str = "bot", at: datetime = NOW) -> None:
    await database.transaction(lambda conn: inbox.admit(conn, "telegram", account, updates, at))


async def waiting(database: Database, most: int = 100) -> list[Received]:
    def read(conn: Connection) -> list[Received]:
        return inbox.load(conn, [key for key, _ in inbox.look(conn, ["telegram"], most)])

    return await database.read(read)


async def payloads(database: Database) -> list[int]:
    return [row.payload["update_id"] for row in await waiting(database)]


async def test_updates_wait_in_the_order_in_which_they_came(database: Database) -> None:
    await admit(database, update(812), update(7), update(900, lane="telegram:-100:4"))

    (first, *others) = await waiting(database)

    assert first == Received(first.id, "telegram", "bot", "telegram:511", {"update_id": 812, "text": "Hi"}, NOW)
    assert [(row.payload["update_id"], row.lane) for row in others] == [(7, "telegram:511"), (900, "telegram:-100:4")]


async def test_an_update_that_comes_again_changes_nothing(database: Database) -> None:
    await admit(database, update(812, "first"))
    await admit(database, update(812, "again"), update(813))
    await asyncio.gather(*[admit(database, update(814), update(812)) for _ in range(20)])

    assert [(row.payload["update_id"], row.payload["text"]) for row in await waiting(database)] == [
        (812, "first"),
        (813, "Hi"),
        (814, "Hi"),
    ]


async def test_two_bots_may_have_updates_of_the_same_number(database: Database) -> None:
    await admit(database, update(812), account="bot")
    await admit(database, update(812), account="other bot")

    assert [row.account for row in await waiting(database)] == ["bot", "other bot"]


async def test_an_update_is_handled_once_whoever_tries(database: Database) -> None:
    await admit(database, update(812))
    (row,) = await waiting(database)

    settled = await asyncio.gather(
        *[database.transaction(lambda conn: inbox.settle(conn, row.id, NOW)) for _ in range(20)]
    )

    assert sorted(settled) == [False] * 19 + [True]
    assert await waiting(database) == []


async def test_a_handled_update_that_comes_again_is_not_handled_again(database: Database) -> None:
    await admit(database, update(812))
    (row,) = await waiting(database)
    await database.transaction(lambda conn: inbox.settle(conn, row.id, NOW))

    await admit(database, update(812))

    assert await waiting(database) == []


async def test_a_turn_that_is_rolled_back_leaves_its_update_waiting(database: Database) -> None:
    await admit(database, update(812))
    (row,) = await waiting(database)

    def turn(conn: Connection) -> None:
        inbox.settle(conn, row.id, NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.transaction(turn)

    assert await waiting(database) == [row]


async def test_a_look_takes_so_many_and_leaves_lanes_and_channels_out(database: Database) -> None:
    await admit(database, *[update(number) for number in range(3)], update(9, lane="telegram:512"))

    def look(conn: Connection) -> list[list[str]]:
        looks = (
            inbox.look(conn, ["telegram"], 2),
            inbox.look(conn, ["telegram"], 2, ["telegram:511"]),
            inbox.look(conn, ["webchat"], 2),
        )
        return [[lane for _, lane in found] for found in looks]

    assert await database.read(look) == [["telegram:511", "telegram:511"], ["telegram:512"], []]


async def test_handled_updates_are_forgotten_after_48_hours_and_others_never(database: Database) -> None:
    long_ago, lately = NOW - timedelta(hours=48, seconds=1), NOW - timedelta(hours=48)
    await admit(database, update(1), update(2), update(3), at=long_ago)
    await admit(database, update(4), at=lately)
    rows = await waiting(database)
    for row, error in ((rows[0], ""), (rows[1], "ValueError"), (rows[3], "")):
        await database.transaction(lambda conn, row=row, error=error: inbox.settle(conn, row.id, NOW, error))  # type: ignore[misc] # bound at once

    gone = await database.transaction(lambda conn: inbox.forget(conn, NOW))
    await admit(database, update(1), update(2), update(3), update(4))

    assert gone == 1
    assert await payloads(database) == [3, 1]


async def test_the_lag_is_the_age_of_the_oldest_that_waits(database: Database) -> None:
    await admit(database, update(1), at=NOW - timedelta(minutes=3))
    await admit(database, update(2), update(3), at=NOW - timedelta(minutes=1))
    (first, *_) = await waiting(database)
    both = await database.read(lambda conn: inbox.lag(conn, NOW))
    await database.transaction(lambda conn: inbox.settle(conn, first.id, NOW))

    assert both == (3, timedelta(minutes=3))
    assert await database.read(lambda conn: inbox.lag(conn, NOW)) == (2, timedelta(minutes=1))


async def test_an_empty_inbox_has_no_lag(database: Database) -> None:
    assert await database.read(lambda conn: inbox.lag(conn, NOW)) == (0, timedelta(0))
