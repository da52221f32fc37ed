"""The catalogue is broken and mended again while the bot runs: who can mend it hears of it in their language."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from bot.domain.people import Role
from bot.handlers import goods
from bot.handlers.house import House
from bot.storage.database import Database
from tests.handoff.floor import open_floor


async def test_admins_and_managers_are_told_what_is_wrong_and_that_it_is_well(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Maria", Role.MANAGER)
    await floor.hires("Ada", Role.ADMIN)
    await floor.told()

    for problem in ("catalogue.csv, row 2, column price: it is empty", ""):
        await floor.change(partial(_told, floor.house, problem))

    broken = (
        "🚨 The catalogue was changed and cannot be used so:\ncatalogue.csv, row 2, column price: it is empty\n"
        "Until it is mended, customers are offered what was in it before."
    )
    well = "✅ The catalogue is in order again, and what stands in it now is offered."
    assert await floor.told() == [("Ada", broken), ("Maria", broken), ("Ada", well), ("Maria", well)]


def _told(house: House, problem: str, conn: Connection) -> None:
    goods.tell_staff(house, conn, problem)
