"""Files of a conversation for those who work here: fetched from their channel when somebody looks, kept for a while.

Olga opens Anna's chat: the photo of the kettle is fetched from Telegram. Max opens it a minute later, and it is here.
What the channel no longer has is said in one sentence. Where a file lies at its channel stays between the bot and it.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.webchat import file_name
from bot.domain.ports import DeliveryError, FileSource, Refused, Why
from bot.handlers.house import House
from bot.messaging import conversations, transcript
from bot.messaging.transcript import Line
from bot.storage.files import shown_as
from bot.web import kept_files
from bot.web.attachment import MEGABYTE, Shape, attachment, holder
from bot.web.gate import Gate, Visit

log = structlog.get_logger()
AT_ONCE = 4
"""Files that are fetched at the same time."""
LOOKED_AT_WITHIN, PLAYED_WITHIN = 10.0, 30.0
"""Seconds that a browser waits for a picture, of which a page shows many, and for what somebody has pressed."""
REST = timedelta(seconds=20)
"""So long a channel that kept somebody waiting in vain is left alone: a browser waits for few answers at a time."""
ASKED_AGAIN_AFTER = timedelta(minutes=5)
MOST_GONE = 1000
"""Files that are known to be gone."""


class Missing(StrEnum):
    """Why a file cannot be shown."""

    GONE = "gone"
    TOO_LARGE = "too_large"
    LATER = "later"
    NO_ROOM = "no_room"


_ANSWERS = {
    Missing.GONE: (HTTPStatus.GONE, "web.file_not_there"),
    Missing.TOO_LARGE: (HTTPStatus.UNPROCESSABLE_ENTITY, "web.file_too_large"),
    Missing.LATER: (HTTPStatus.SERVICE_UNAVAILABLE, "web.file_later"),
    Missing.NO_ROOM: (HTTPStatus.INSUFFICIENT_STORAGE, "web.file_no_room"),
}


class AttachedFiles:
    """The route of files that stand in conversations."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._gone: dict[str, datetime] = {}
        self._resting: dict[str, datetime] = {}

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [self._gate.look("/console/conversations/{id:int}/files/{line:int}", self.file)]

    async def file(self, visit: Visit) -> Response:
        """Send the file of a line; only of a line of the conversation that is named."""
        asked = visit.request.path_params
        found = await self._house.database.read(lambda conn: self._find(conn, asked["id"], asked["line"]))
        if found is None:
            raise HTTPException(404)
        line, channel = found
        if line.content.details.get("key"):
            kept = await asyncio.to_thread(kept_files.answer, self._house.files, line.content.details)
            if kept is None:
                raise HTTPException(404)
            return kept
        path = await self._brought(channel, asked["id"], line)
        if isinstance(path, Missing):
            status, key = _ANSWERS[path]
            most = self._house.can(channel).gives_files // MEGABYTE
            raise HTTPException(status, visit.texts(key, most=most))
        return await asyncio.to_thread(lambda: kept_files.sent(path, shown_as(path), path.name))

    def _find(self, conn: Connection, conversation: int, line: int) -> tuple[Line, str] | None:
        """Return a line that has a file which can be opened, and the channel that has it."""
        found, place = transcript.of_conversation(conn, conversation, line), conversations.get(conn, conversation)
        if found is None or place is None:
            return None
        channel = holder(self._house, place, found)
        return (found, channel) if attachment(found.content, self._house.can(channel).gives_files) else None

    async def _brought(self, channel: str, conversation: int, line: Line) -> Path | Missing:
        """Return where a file lies, fetched if it was not here; of several who ask at once the first one fetches it."""
        key = _key(channel, conversation, line)
        lock = self._under_way.setdefault(key, asyncio.Lock())
        async with lock:
            kept = await asyncio.to_thread(self._house.files.path, key)
            if kept is not None:
                return kept
            why = await self._why_not(channel, key, line)
            return why or await self._fetched(channel, key, line)

    async def _why_not(self, channel: str, key: str, line: Line) -> Missing | None:
        now, seen = self._house.clock(), attachment(line.content, self._house.can(channel).gives_files)
        if seen is None or seen.too_large:
            return Missing.TOO_LARGE
        if key in self._gone and now < self._gone[key]:
            return Missing.GONE
        if channel in self._resting and now < self._resting[channel]:
            return Missing.LATER
        return Missing.NO_ROOM if await kept_files.no_room(self._house) else None

    async def _fetched(self, channel: str, key: str, line: Line) -> Path | Missing:
        source: object = self._house.channels.get(channel)
        if not isinstance(source, FileSource):
            return Missing.LATER
        content, most = line.content, self._house.can(channel).gives_files
        seen = attachment(content, most)
        patience = LOOKED_AT_WITHIN if seen and seen.shape is Shape.PICTURE else PLAYED_WITHIN
        try:
            async with asyncio.timeout(patience), self._turns:
                data = await source.fetch(str(content.details["file_id"]), most)
        except Refused as error:
            log.info("file_not_fetched", channel=channel, line=line.id, why=error.why.value)
            return Missing.TOO_LARGE if error.why is Why.NOT_CARRIED else self._known_as_gone(key)
        except (DeliveryError, TimeoutError) as error:
            log.info("file_not_fetched", channel=channel, line=line.id, why=type(error).__name__)
            if isinstance(error, TimeoutError):
                self._resting[channel] = self._house.clock() + REST
            return Missing.LATER
        name = file_name({"kind": content.kind.value, "details": content.details})
        return await asyncio.to_thread(self._house.files.keep, key, data, name, line.at)

    def _known_as_gone(self, key: str) -> Missing:
        """Remember that a file is gone, so that a page which shows it again and again does not ask each time."""
        if len(self._gone) >= MOST_GONE:
            self._gone.clear()
        self._gone[key] = self._house.clock() + ASKED_AGAIN_AFTER
        return Missing.GONE


def _key(channel: str, conversation: int, line: Line) -> str:
    """Return the key under which the file of a line is kept; no other file's leads there."""
    details = line.content.details
    named = f"{channel}:{conversation}:{line.id}:{details.get('unique') or details.get('file_id')}"
    return hashlib.sha256(named.encode()).hexdigest()[:40]
