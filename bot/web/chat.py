"""The customer's page: `/chat` and what its script asks for.

Anna opens the page and no cookie is set. With her first message her page sends a random secret of 256 bits, and gets it
back as the cookie; when that answer is lost, the page sends the same secret again and she is the same visitor. The
address of her conversation is a sum over it, so nothing that operators, logs or the database show lets anybody speak in
her name, and no key has to be kept. What she sends is in the inbox before she is told "sent".
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import webchat
from bot.channels.webchat import CAPABILITIES, NAME
from bot.domain.message import ContentKind, units
from bot.domain.ports import Act, Raw
from bot.handlers.house import House
from bot.handlers.start import LANGUAGE_NAMES
from bot.i18n import Texts
from bot.messaging import events
from bot.storage.files import shown_as, sniffed
from bot.web import chat_history, kept_files, streams
from bot.web.forms import clean, json_body
from bot.web.pages import Pages
from bot.web.security import UPLOADS, from_own_page
from bot.web.streams import Feed
from bot.web.turnstile import Turnstile

KEPT_FOR = 180 * 24 * 3600
"""Seconds that a visitor's browser keeps the cookie."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST_ACTION = 64
LONGEST_LABEL = 200
MOST = 20
"""Messages and presses of one visitor within ten seconds."""
MOST_FILES = 3
"""Files of one visitor within ten seconds."""
PICTURES = {"image/jpeg", "image/png", "image/webp"}
"""What operators get as a photo; anything else comes as a file."""
MEGABYTE = 1024 * 1024
MOST_NEW = 100
"""First messages from one address within ten seconds; behind a proxy that is everybody's."""
SCRIPT_TEXTS = (
    "chat.sending",
    "chat.sent",
    "chat.not_sent",
    "chat.not_pressed",
    "chat.not_taken",
    "chat.again",
    "chat.typing",
    "chat.writes",
    "chat.too_large",
    "chat.status_bot",
    "chat.status_waiting",
    "chat.status_person",
    "chat.offline",
    "chat.progress",
    "chat.download",
    "chat.file_gone",
    "chat.position",
    "chat.new_below",
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on the page, by the secret that only their browser has."""

    secret: str

    @property
    def chat(self) -> str:
        """The address of their conversation; it does not lead back to the secret."""
        return "w" + hashlib.sha256(b"visitor:" + self.secret.encode()).hexdigest()[:31]


class ChatPages:
    """The routes of the customer's page; `ticks` are the seconds of a clock that nobody can set back."""

    def __init__(self, house: House, feed: Feed, pages: Pages, ticks: Callable[[], float]) -> None:
        self._house = house
        self._feed = feed
        self._pages = pages
        self._ticks = ticks
        self._visitors, self._newcomers, self._senders = Turnstile(MOST), Turnstile(MOST_NEW), Turnstile(MOST_FILES)
        self._coming_in: dict[str, int] = {}
        self._https = house.settings.web.public_url.startswith("https:")
        self._cookie = "__Host-supportbot_visitor" if self._https else "supportbot_visitor"

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/chat", self.page),
            Route("/chat/history", self.history),
            Route("/chat/status", self.status),
            Route("/chat/events", self.events),
            Route("/chat/files/{message}", self.file),
            Route("/chat/messages", self.say, methods=["POST"]),
            Route(UPLOADS, self.send, methods=["POST"]),
            Route("/chat/press", self.press, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Show the page, in the language asked for or else the browser's."""
        texts = self._texts(request)
        return self._pages.show(
            "chat.html",
            texts,
            known=self._visitor(request) is not None,
            orders=bool(self._house.forms),
            languages=list(self._house.catalogues),
            names=LANGUAGE_NAMES,
            longest=CAPABILITIES.max_text,
            script_texts=SCRIPT_TEXTS,
        )

    async def history(self, request: Request) -> Response:
        """Return what was said so far."""
        visitor = self._known(request)
        found = await self._house.database.read(lambda conn: chat_history.history(conn, visitor.chat))
        await asyncio.to_thread(self._mark_gone, found["messages"])
        return JSONResponse(found)

    def _mark_gone(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Say of files that are no longer kept that they are gone, instead of leading to nothing."""
        for details in [message["details"] for message in messages if message.get("details")]:
            key = details.pop(chat_history.KEPT_AS, "")
            if key and self._house.files.path(key) is None:
                details["gone"] = True
                del details["url"]

    async def status(self, request: Request) -> Response:
        """Return who answers at present."""
        visitor = self._known(request)
        return JSONResponse(await self._house.database.read(lambda conn: chat_history.status(conn, visitor.chat)))

    async def events(self, request: Request) -> Response:
        """Stream what is new for this visitor."""
        stream = events.visitor_stream(self._known(request).chat)
        return streams.answer(self._feed.listen(stream, streams.last_seen(request)))

    async def say(self, request: Request) -> Response:
        """Take a message into the inbox; the same `client_id` twice is one message."""
        body = await self._body(request)
        text, message = clean(_string(body, "text")).strip(), self._id(body)
        texts = self._texts(request)
        if not text:
            raise HTTPException(422, texts("chat.empty"))
        if units(text) > CAPABILITIES.max_text:
            raise HTTPException(422, texts("chat.too_long", most=CAPABILITIES.max_text))
        visitor = self._visitor(request) or _newcomer(body)
        await self._not_too_fast(request, visitor, texts)
        payload = webchat.said(visitor.chat, message, text, **self._common(visitor, texts))
        return await self._admit(request, visitor, f"{visitor.chat}:{message}", payload)

    async def send(self, request: Request) -> Response:
        """Take a visitor's file into the inbox: the body is the file, its name stands in the address.

        Only who has written before may send one; the same `client_id` twice is one file.
        """
        if not from_own_page(request, self._house.settings.web.public_url):
            raise HTTPException(403)
        visitor, texts, asked = self._visitor(request), self._texts(request), request.query_params
        if visitor is None or not await self._house.database.read(lambda conn: chat_history.known(conn, visitor.chat)):
            raise HTTPException(403, texts("chat.write_first"))
        wait = self._senders.wait(visitor.chat, self._ticks())
        if wait:
            raise HTTPException(429, texts("chat.too_fast"), {"Retry-After": str(wait)})
        message, data = self._id(dict(asked)), await request.body()
        if not data:
            raise HTTPException(422, texts("chat.empty"))
        async with self._allowance(visitor, message, len(data), texts) as known:
            if known:
                return JSONResponse(_STORED, 202)
            file = await asyncio.to_thread(self._kept, visitor, message, data, clean(asked.get("name", "")))
            payload = webchat.sent(visitor.chat, message, file, **self._common(visitor, texts))
            return await self._admit(request, visitor, f"{visitor.chat}:{message}", payload)

    @asynccontextmanager
    async def _allowance(self, visitor: Visitor, message: str, size: int, texts: Texts) -> AsyncIterator[bool]:
        """See that a visitor's file fits into their day, also beside others of theirs that come in at this moment.

        Yields:
            Whether this very file is stored already: then it takes no room again.
        """
        chat, most = visitor.chat, self._house.settings.files.visitor_megabytes_per_day
        under_way = self._coming_in.get(chat, 0)
        self._coming_in[chat] = under_way + size
        try:
            day = self._house.clock() - timedelta(days=1)
            known, sent = await self._house.database.read(
                lambda conn: (
                    chat_history.admitted(conn, f"{chat}:{message}"),
                    chat_history.bytes_since(conn, chat, day),
                )
            )
            if not known and sent + under_way + size > most * MEGABYTE:
                raise HTTPException(422, texts("chat.files_enough", most=most))
            if not known and await kept_files.no_room(self._house):
                raise HTTPException(422, texts("chat.no_room"))
            yield known
        finally:
            self._coming_in[chat] -= size
            if not self._coming_in[chat]:
                del self._coming_in[chat]

    def _kept(self, visitor: Visitor, message: str, data: bytes, name: str) -> dict[str, Any]:
        """Keep a visitor's file and return what the inbox says of it; its type is what its first bytes say."""
        mime = sniffed(data[:16])
        kind = ContentKind.PHOTO if mime in PICTURES else ContentKind.DOCUMENT
        key = key_of(visitor.chat, message)
        path = self._house.files.keep(key, data, name)
        return {"kind": kind.value, "key": key, "name": path.name, "mime": mime, "size": len(data)}

    async def press(self, request: Request) -> Response:
        """Take a pressed button into the inbox."""
        body = await self._body(request)
        action, message, press = clean(_string(body, "action")), _string(body, "message"), self._id(body)
        label = " ".join(clean(_string(body, "label")).split())[:LONGEST_LABEL]
        if not action or len(action.encode()) > LONGEST_ACTION or (message and not ID.fullmatch(message)):
            raise HTTPException(422, "This button is not one of ours.")
        visitor, texts = self._visitor(request) or _newcomer(body), self._texts(request)
        await self._not_too_fast(request, visitor, texts)
        payload = webchat.pressed(visitor.chat, press, message, action, label, **self._common(visitor, texts))
        return await self._admit(request, visitor, f"{visitor.chat}:{chat_history.PRESS}:{press}", payload)

    async def file(self, request: Request) -> Response:
        """Send a file that this visitor was given: of a FAQ entry, or what an operator sent them."""
        visitor, message = self._known(request), request.path_params["message"]
        found = await self._house.database.read(lambda conn: chat_history.file_of(conn, visitor.chat, message))
        key = message if found else key_of(visitor.chat, message)  # what they sent is found by their own id of it
        act, body = found or (Act.COPY, {})
        path, kind = await asyncio.to_thread(self._given, key, act, body)
        if path is None:
            raise HTTPException(404)
        name = str(body.get("name") or "") if act is Act.ATTACH else webchat.file_name(body) if found else path.name
        return kept_files.sent(path, kind, name)

    def _given(self, key: str, act: Act, body: Mapping[str, Any]) -> tuple[Path | None, str]:
        """Return where a file lies that was given, and the type under which it may be shown; empty for saving it."""
        if act is Act.ATTACH:
            folder = self._house.faq_folder.resolve()
            path = (folder / Path(body["path"])).resolve()
            return (path if path.is_relative_to(folder) and path.is_file() else None), ""
        kept = self._house.files.path(key)
        return kept, shown_as(kept) if kept else ""

    async def _body(self, request: Request) -> dict[str, Any]:
        if not from_own_page(request, self._house.settings.web.public_url):
            raise HTTPException(403)
        return await json_body(request)

    async def _not_too_fast(self, request: Request, visitor: Visitor, texts: Texts) -> None:
        """Refuse what comes faster than people write; the page sends it again by itself.

        A secret that was made up says nothing: whoever has not been let in before is counted by their address.
        """
        host = request.client.host if request.client else ""
        chat = visitor.chat
        known = chat in self._visitors or await self._house.database.read(lambda conn: chat_history.known(conn, chat))
        gate, key = (self._visitors, chat) if known else (self._newcomers, host)
        wait = gate.wait(key, self._ticks())
        if wait:
            raise HTTPException(429, texts("chat.too_fast"), {"Retry-After": str(wait)})

    @staticmethod
    def _id(body: Mapping[str, Any]) -> str:
        given = _string(body, "client_id") or secrets.token_hex(16)
        if not ID.fullmatch(given):
            raise HTTPException(422, "client_id: 1 to 64 of A-Z a-z 0-9 _ -")
        return given

    def _common(self, visitor: Visitor, texts: Texts) -> dict[str, Any]:
        default = self._house.texts(self._house.catalogues.default)
        name = default("chat.visitor", code=visitor.chat[1:5].upper())
        return {"name": name, "language": texts.language, "at": self._house.clock()}

    async def _admit(self, request: Request, visitor: Visitor, key: str, payload: Mapping[str, Any]) -> Response:
        await self._house.admit(NAME, chat_history.ACCOUNT, [Raw(key, f"{NAME}:{visitor.chat}", payload)])
        answer = JSONResponse(_STORED, 202)
        if self._visitor(request) is None:
            answer.set_cookie(
                self._cookie, visitor.secret, max_age=KEPT_FOR, secure=self._https, httponly=True, samesite="lax"
            )
        return answer

    def _visitor(self, request: Request) -> Visitor | None:
        secret = request.cookies.get(self._cookie, "")
        return Visitor(secret) if SECRET.fullmatch(secret) else None

    def _known(self, request: Request) -> Visitor:
        visitor = self._visitor(request)
        if visitor is None:
            raise HTTPException(404, "Nothing was said here yet.")
        return visitor

    def _texts(self, request: Request) -> Texts:
        asked = request.query_params.get("lang") or request.headers.get("accept-language", "").partition(",")[0]
        return self._house.texts(self._house.catalogues.closest(asked.partition(";")[0].strip()))


_STORED = {"stored": True}


def key_of(chat: str, message: str) -> str:
    """Return the key of a file that a visitor sent: nobody else's id of it leads there."""
    return hashlib.sha256(f"{chat}:{message}".encode()).hexdigest()[:40]


def _newcomer(body: Mapping[str, Any]) -> Visitor:
    """Return who writes without a cookie: the page tells its secret, and a program that tells none gets one."""
    given = _string(body, "visitor") or secrets.token_urlsafe(32)
    if not SECRET.fullmatch(given):
        raise HTTPException(422, "visitor: 43 of A-Z a-z 0-9 _ -")
    return Visitor(given)


def _string(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise HTTPException(422, f"{key}: should be text")
    return value
