"""A ticket that gets a promise which it lacked is reminded of like any other, and of what was said before not again."""

from __future__ import annotations

from pathlib import Path

from bot.domain.people import Role
from bot.handoff import queue
from bot.storage.database import Database
from tests.handoff.shop import open_shop
from tests.handoff.test_ladder import changes, climbed

ALL_OFF = '[sla]\nfirst_answer = "off"\nnext_answer = "off"\nresolution = "off"\n'
PROMISED_ON_TWO = ALL_OFF + '[sla.levels.2]\nfirst_answer = "60 s"\n'


async def test_the_operators_hear_of_a_promise_that_came_with_another_level(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    await shop.hires("Olga", level=2)
    await shop.hires("Maria", Role.MANAGER)
    shop.rule(PROMISED_ON_TWO, tmp_path)
    ticket = await shop.asks()
    assert await climbed(shop, 10) == [[]]

    await changes(shop, ticket, lambda conn, one, now: queue.mark(conn, one, now, level=2))
    said = [[text[0] for _, text in some] for some in await climbed(shop, 5, 20, 30, 60, 60)]

    assert said == [[], ["⏰"], ["⚠"], ["🚨"], []]


async def test_a_promise_that_went_and_came_back_is_said_once(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    await shop.hires("Olga", level=2)
    shop.rule(PROMISED_ON_TWO, tmp_path)
    ticket = await shop.asks(level=2)
    before = await climbed(shop, 31, 30)
    assert [len(some) for some in before] == [1, 1]

    for level in (1, 2):
        await changes(shop, ticket, lambda conn, one, now, to=level: queue.mark(conn, one, now, level=to))  # type: ignore[misc]
        assert await climbed(shop, 1) == [[]]
