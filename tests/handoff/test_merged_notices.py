"""Two tickets become one: what the ladder said of either is not said again, and what is to come is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection

from bot.domain.people import Role
from bot.handoff import notices, queue
from bot.handoff.ticket import Ticket
from bot.storage.database import Database
from tests.handoff.shop import Shop, open_shop
from tests.handoff.test_ladder import changes, climbed


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = open_shop(database)
    await shop.hires("Olga")
    await shop.hires("Maria", Role.MANAGER)
    return shop


def takes_in(other: Ticket, shop: Shop) -> Callable[[Connection, Ticket, datetime], None]:
    """Return the merging of a ticket, as it stands then, into another one."""

    def merge(conn: Connection, ticket: Ticket, now: datetime) -> None:
        ends = queue.get(conn, other.id)
        assert ends is not None
        notices.merged(conn, ticket, ends, queue.merge(conn, ticket, ends, now, shop.people["Olga"]))

    return merge


async def test_what_was_said_of_either_of_two_merged_tickets_is_not_said_again(shop: Shop) -> None:
    earlier = await shop.asks("Anna")
    shop.later(seconds=20)
    later = await shop.asks("Anja")
    said = await climbed(shop, 41, 20)

    whole = await changes(shop, later, takes_in(earlier, shop))
    again = await climbed(shop, 1, 20, 60)

    heads = [[text.split(" · ")[0] for who, text in some if who in {"Olga", "topic"}] for some in said]
    assert heads == [[f"⚠️ #{earlier.id} Anna", f"⏰ #{later.id} Anja"], [f"⚠️ #{later.id} Anja"]]
    assert whole.opened_at == earlier.opened_at
    assert [[(who, text.split(" · ")[0]) for who, text in some] for some in again] == [
        [],
        [],
        [("Maria", f"🚨 #{later.id} Anja")],
    ]


@pytest.mark.parametrize("first_asked", ["Anna", "Anja"])
async def test_a_late_solution_is_told_once_whichever_ticket_goes_on(shop: Shop, first_asked: str) -> None:
    made = {}
    for name in sorted(("Anna", "Anja"), key=lambda name: name != first_asked):
        made[name] = await shop.asks(name)
        await changes(shop, made[name], lambda conn, one, now: queue.claim(conn, one.id, shop.people["Olga"], now))
        await changes(shop, made[name], queue.answered)
        shop.later(minutes=1)
    before = await climbed(shop, 25 * 3600)

    await changes(shop, made["Anna"], takes_in(made["Anja"], shop))

    assert [who for who, _ in before[0]] == ["Olga"]
    assert await climbed(shop, 1, 600) == [[], []]
    assert [who for who, _ in (await climbed(shop, 24 * 3600))[0]] == ["Maria"]
