"""What the desks of tests have in common: a house over a real database, a clock in hand, and people who work there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.people import Role
from bot.handlers.house import House
from bot.handoff import staff

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
GROUP = Place("telegram", "-1001000000001")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Business:
    """A house that only does what a test asks it to.

    Attributes:
        house: as `build` makes it.
        now: the time.
        people: ids of who works here.
    """

    house: House
    now: datetime = MONDAY
    people: dict[str, int] = field(default_factory=dict)

    async def change(self, work: Callable[[Connection], T]) -> T:
        return await self.house.change(work)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def hires(self, name: str, role: Role = Role.OPERATOR, **values: object) -> int:
        """Let somebody work here; their Telegram id is 7 and their number among the people."""
        telegram = f"7{len(self.people)}"

        def work(conn: Connection) -> int:
            key = staff.add(conn, name, role, "en", self.now, telegram)
            if values:
                staff.change(conn, key, **values)
            return key

        self.people[name] = await self.change(work)
        return self.people[name]
