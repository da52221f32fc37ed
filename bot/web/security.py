"""What every answer and every request of the web has to put up with: headers, body limits, and where a POST came from.

A page of another site that posts a form to the console is refused: its `Sec-Fetch-Site` says `cross-site`. A body of
two megabytes is refused while it comes in, not after it has been read.
"""

from __future__ import annotations

import hmac
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHAT_LIMIT = 64 * 1024
"""Bytes of a body from the chat page."""
UPLOADS = "/chat/uploads"
UPLOAD_LIMIT = 20 * 1024 * 1024
"""Bytes of a file that a visitor sends."""
BODY_LIMIT = 1024 * 1024
"""Bytes of any other body: webhooks, and FAQ entries in several languages."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; "
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send `Origin: null` and our own forms are refused
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


def content_policy(path: str) -> str:
    """Return the Content-Security-Policy of a page: only our own scripts and styles, nothing inline."""
    return _POLICY + ("frame-ancestors 'self'" if path.startswith("/chat") else "frame-ancestors 'none'")


class Guard:
    """Sets the headers of every answer and counts the bytes of every body."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, guarded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        if _announced(scope) > limit:
            await self._refuse(scope["path"], send)
            return
        await self._app(scope, _counted(receive, limit), self._with_headers(scope["path"], send))

    def _with_headers(self, path: str, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(path, message)
            await send(message)

        return guarded

    def _add(self, path: str, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        headers.setdefault("Content-Security-Policy", content_policy(path))
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if not path.startswith("/chat"):
            headers.setdefault("X-Frame-Options", "DENY")
        if self._https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    async def _refuse(self, path: str, send: Send) -> None:
        start: Message = {
            "type": "http.response.start",
            "status": 413,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")],
        }
        self._add(path, start)
        await send(start)
        await send({"type": "http.response.body", "body": b"This is too long to be taken in one piece."})


def _limit(path: str) -> int:
    if path == UPLOADS:
        return UPLOAD_LIMIT
    return CHAT_LIMIT if path.startswith("/chat") else BODY_LIMIT


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _counted(receive: Receive, limit: int) -> Receive:
    """Return a `receive` that stops a body without an honest Content-Length once it is over the limit."""
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > limit:
            raise HTTPException(413)
        return message

    return counted


def from_own_page(request: Request, public_url: str) -> bool:
    """Return whether a POST comes from one of our own pages, or from a program that is no browser.

    Browsers tell with `Sec-Fetch-Site`, older ones with `Origin`; neither can be set by a script.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return _host(origin) in {request.headers.get("host", "").lower(), _host(public_url)} - {""}


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()


def same(given: str, expected: str) -> bool:
    """Compare two secrets in a time that tells nothing; an empty one is equal to none."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
