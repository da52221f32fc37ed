"""What the figures of a day count, beyond the day that is counted by hand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from tests.handoff.shop import Shop
from tests.handoff.test_hand_counted_day import Day, report_of, shop

__all__ = ["shop"]
TUESDAY = date(2026, 11, 24)


async def test_a_wait_counts_on_the_day_it_began_though_nobody_did_anything_on_that_day(shop: Shop) -> None:
    def happens(conn: Connection) -> None:
        day = Day(conn, shop.people)
        anna = day.talk("Anna", "telegram")
        ticket = day.opens(anna, "17:00")
        day.claims(ticket, "Olga", "17:00:10")
        day.answers(ticket, "17:00:20")
        day.says(anna, "10:00", ticket, day=24)

    await shop.change(happens)

    total = (await report_of(shop, TUESDAY, TUESDAY)).total
    assert (total["messages"], total["promises"], total["breaches_next_answer"]) == (1, 1, 1)
