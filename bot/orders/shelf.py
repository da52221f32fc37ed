"""The catalogue as it is at present: a file that is changed is taken up within a second, without a restart.

A file that cannot be used changes nothing: what was good last stays until it is mended. The health page says what is
wrong, and staff are told once when it begins and once when it is well again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy import Connection

from bot.orders import catalogue_file, stock
from bot.orders.catalogue import Catalogue
from bot.orders.catalogue_file import CatalogueBroken
from bot.orders.vocabulary import vocabulary_of
from bot.storage.database import Database

log = structlog.get_logger()
ALARM = "catalogue"
LOOK_EVERY = 0.5
"""Seconds between two looks at the file."""
Stamp = tuple[int, int, int]


class Shelf:
    """What the shop offers now."""

    def __init__(self, path: Path, currency: str, database: Database, alarms: dict[str, str]) -> None:
        """Read the file.

        Args:
            path: the CSV file; without it nothing is offered.
            currency: of its prices, as EUR.
            database: where what is left is counted.
            alarms: where it says that the file cannot be used.

        Raises:
            CatalogueBroken: the file is there and cannot be used.
        """
        self.path = path
        self._currency = currency
        self._database = database
        self._alarms = alarms
        self._seen = self._judged = self._stamp_of_file()
        self._counted: Catalogue | None = None
        self.catalogue = catalogue_file.load(path, currency) if self._judged else None
        self.tell: Callable[[Connection, str], None] | None = None
        """Tells staff that the file cannot be used, and why, or with no words that it is well again."""

    def _stamp_of_file(self) -> Stamp | None:
        """Return what differs when the file differs, None when there is no file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    async def run(self) -> None:
        """Look at the file again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 whatever it is, customers order on
                log.warning("catalogue_not_looked_at", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Take the file up if it has changed, and nobody is writing it any more."""
        stamp = await asyncio.to_thread(self._stamp_of_file)
        resting, self._seen = stamp == self._seen, stamp
        if resting and stamp != self._judged:
            await self._take_up(stamp)
        if self.catalogue is not None and self._counted is not self.catalogue:
            catalogue = self.catalogue
            await asyncio.to_thread(vocabulary_of, catalogue)
            await self._database.transaction(lambda conn: stock.count(conn, catalogue))
            self._counted = catalogue

    async def _take_up(self, stamp: Stamp | None) -> None:
        self._judged = stamp
        try:
            catalogue = await asyncio.to_thread(catalogue_file.load, self.path, self._currency)
            await asyncio.to_thread(vocabulary_of, catalogue)  # no customer's turn has to wait for it
        except CatalogueBroken as broken:
            known, told = ALARM in self._alarms, "; ".join(str(broken).split("\n"))
            self._alarms[ALARM] = f"{told}; until then what was read last is offered"
            if not known:
                await self._tell(str(broken))
            log.warning("catalogue_broken", reason=str(broken))
        else:
            self.catalogue = catalogue
            if self._alarms.pop(ALARM, None):
                await self._tell("")
            log.info("catalogue_taken_up", items=len(catalogue.items))

    async def _tell(self, problem: str) -> None:
        if tell := self.tell:
            await self._database.transaction(lambda conn: tell(conn, problem))
