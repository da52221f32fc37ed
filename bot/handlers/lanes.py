"""The lanes: rows of the inbox that are in memory, for each conversation or topic those that wait for their turn.

Anna's five messages stand in one lane, in their order; Boris, who sends a thousand, fills his own lane and nobody
else's: the rest of his waits in the database.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.handlers.house import House
from bot.messaging import inbox
from bot.messaging.bell import Bell
from bot.messaging.inbox import Received

log = structlog.get_logger()
HELD, HELD_OF_LANE = 500, 50
"""Rows in memory, in all and of one lane; the rest waits in the database."""
LOOKS = 4
"""In one look: as often the lanes that have their share are left out, and it is looked who stands behind them."""
ROOM_WORTH_A_LOOK = HELD // 4
"""Free places below which no look is made: one look then serves many rows."""
TROUBLE_WAIT = 1.0
"""Seconds before a database that is locked or full is tried again."""


@dataclass(slots=True)
class Lane:
    """What waits of one conversation or topic.

    Attributes:
        name: the key within which order is kept.
        rows: oldest first.
        bell: rings when another row comes.
    """

    name: str
    rows: deque[Received] = field(default_factory=deque)
    bell: Bell = field(default_factory=Bell)


@dataclass(slots=True)
class Lanes:
    """All lanes with something in them."""

    house: House
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _held: set[int] = field(default_factory=set)
    _more: bool = False

    async def fetch(self) -> list[Received]:
        """Return rows that are not in memory yet, as many as there is room for."""
        if len(self._held) > HELD - ROOM_WORTH_A_LOOK:
            self._more = True
            return []
        try:
            return await self.house.database.read(self._look)
        except (OperationalError, InterfaceError):
            log.exception("inbox_not_readable")
            await asyncio.sleep(TROUBLE_WAIT)
            return []

    def _look(self, conn: Connection) -> list[Received]:
        """Return rows that are not in memory yet, a share for each lane; lanes work on meanwhile.

        Every look begins with the oldest row, because a lower id may be committed after a higher one.
        """
        known, room = set(self._held), HELD - len(self._held)
        taken = {name: len(lane.rows) for name, lane in list(self._lanes.items())}
        full = {lane for lane, count in taken.items() if count >= HELD_OF_LANE}
        unseen, chosen = bool(full), list[int]()
        for _ in range(LOOKS):
            seen = inbox.look(conn, self.house.readers, room + len(known), full)
            met = len(full)
            for key, lane in seen:
                if key in known:
                    continue
                if len(chosen) == room or taken.get(lane, 0) >= HELD_OF_LANE:
                    unseen = True
                    full.add(lane)
                    continue
                taken[lane] = taken.get(lane, 0) + 1
                chosen.append(key)
                known.add(key)
            if len(full) == met or len(chosen) == room:
                break
        self._more = unseen or len(chosen) == room
        return inbox.load(conn, sorted(chosen))

    def place(self, row: Received) -> Lane | None:
        """Put a row into its lane; returns the lane when it is a new one, which nobody works on."""
        self._held.add(row.id)
        lane = self._lanes.get(row.lane)
        if lane is not None:
            lane.rows.append(row)
            lane.bell.ring()
            return None
        lane = self._lanes[row.lane] = Lane(row.lane, deque([row]))
        return lane

    def forget(self, lane: Lane, rows: Iterable[Received]) -> None:
        """Let go of rows that were handled, and have others looked for when there is room for them."""
        self._held.difference_update(row.id for row in rows)
        if self._more and (not lane.rows or len(self._held) <= HELD - ROOM_WORTH_A_LOOK):
            self._more = False
            self.house.inbox_bell.ring()

    def leave(self, lane: Lane) -> None:
        """Take it that nobody works on a lane any more."""
        self._lanes.pop(lane.name, None)

    def ring(self) -> None:
        """Wake all who wait for another row of their lane."""
        for lane in self._lanes.values():
            lane.bell.ring()
