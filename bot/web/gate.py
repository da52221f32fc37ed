"""The console's gate: who is signed in, what their role allows, and that a form came from our own page.

Every console route is made here, with the role that it needs; one that is made otherwise does not exist. Olga's cookie
opens the queue; the FAQ editor's save button answers her with 403 and a sentence, for she is no admin.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.domain.people import Role, Staff
from bot.handlers import groups
from bot.handlers.house import House
from bot.i18n import Texts
from bot.messaging import events
from bot.web import auth
from bot.web.auth import Session
from bot.web.forms import Fields, form_body
from bot.web.list_view import Badges, badges
from bot.web.pages import Pages
from bot.web.security import from_own_page, same
from bot.web.streams import Feed

PREVIEW = re.compile(r"bot|preview|crawler|spider|whatsapp|facebookexternalhit", re.IGNORECASE)
"""Programs that open a link to show a picture of it; they must not use it up."""
SIGNED_OUT, BROKEN = 401, 500
STATUS_TEXTS = {
    SIGNED_OUT: "web.signed_out",
    403: "web.forbidden",
    404: "web.not_found",
    405: "web.only_pressed",
    413: "web.too_long",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in.

    Attributes:
        request: as it came.
        session: of the one who asks.
        texts: in their language.
        now: the time of the request.
        badges: what the rail counts.
        after: the id of the last event, from which a page listens on.
    """

    request: Request
    session: Session
    texts: Texts
    now: datetime
    badges: Badges
    after: int

    @property
    def staff(self) -> Staff:
        """Who asks."""
        return self.session.staff

    @property
    def by_script(self) -> bool:
        """Whether one of our scripts asks, which shows the outcome itself."""
        return "json" in self.request.headers.get("accept", "")


Look = Callable[[Visit], Awaitable[Response]]
Act = Callable[[Visit, Fields], Awaitable[Response]]


class Gate:
    """Makes the console's routes and answers those who may not pass."""

    def __init__(self, house: House, pages: Pages, feed: Feed) -> None:
        self._house = house
        self._pages = pages
        self._feed = feed
        self._https = house.settings.web.public_url.startswith("https:")
        self._cookie = "__Host-supportbot_session" if self._https else "supportbot_session"

    def routes(self) -> list[Route]:
        """Return the routes of signing in and out."""
        return [
            Route(auth.SIGN_IN, self._follow_link, methods=["GET"]),
            Route(auth.SIGN_IN, self._press_sign_in, methods=["POST"]),
            self.act("/console/sign-out", self._sign_out),
        ]

    def look(self, path: str, endpoint: Look, role: Role = Role.OPERATOR) -> Route:
        """Return a route that shows something to people with this role or a higher one."""

        async def guarded(request: Request) -> Response:
            return await endpoint(await self._visit(request, role))

        return Route(path, guarded, methods=["GET"], name=f"{role.value} looks")

    def act(self, path: str, endpoint: Act, role: Role = Role.OPERATOR) -> Route:
        """Return a route that changes something, for people with this role or a higher one, from our own pages."""

        async def guarded(request: Request) -> Response:
            if not from_own_page(request, self._house.settings.web.public_url):
                raise HTTPException(403)
            visit = await self._visit(request, role)
            fields = await form_body(request)
            given = request.headers.get("x-csrf-token") or fields("csrf")
            if not same(given, visit.session.csrf):
                raise HTTPException(403)
            return await endpoint(visit, fields)

        return Route(path, guarded, methods=["POST"], name=f"{role.value} acts")

    async def _visit(self, request: Request, role: Role) -> Visit:
        token, now = request.cookies.get(self._cookie, ""), self._house.clock()

        def read(conn: Connection) -> tuple[Session, Badges, int] | None:
            session = auth.session_of(conn, token, now)
            return (session, badges(conn, session.staff), events.last_id(conn)) if session else None

        found = await self._house.database.read(read) if token else None
        if found is None:
            raise HTTPException(401)
        session, counted, after = found
        if not session.staff.role.includes(role):
            raise HTTPException(403)
        if session.stale:
            await self._house.database.transaction(lambda conn: auth.seen(conn, token, now))
        return Visit(request, session, self._house.texts(session.staff.language), now, counted, after)

    async def may_still(self, request: Request) -> bool:
        """Return whether an open page's session still stands."""
        token, now = request.cookies.get(self._cookie, ""), self._house.clock()
        return await self._house.database.read(lambda conn: auth.session_of(conn, token, now)) is not None

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 what a page shows
        """Return a console page: the template with all that every page of the console shows."""
        common = {
            "staff": visit.staff,
            "csrf": visit.session.csrf,
            "now": visit.now,
            "badges": visit.badges,
            "after": visit.after,
            "trouble": groups.trouble(self._house),
        }
        return self._pages.show(template, visit.texts, status, **common | values)

    async def explain(self, request: Request, error: Exception) -> Response:
        """Answer a request that was refused: a page for people, JSON for scripts."""
        assert isinstance(error, HTTPException)  # noqa: S101 registered for it only
        texts = self._house.texts(self._language(request))
        key = STATUS_TEXTS.get(error.status_code)
        sentence = texts(key) if key else str(error.detail)
        return self._refusal(request, texts, sentence, error.status_code, dict(error.headers or {}))

    async def broke(self, request: Request, error: Exception) -> Response:  # noqa: ARG002 nothing of it may leave the house
        """Answer a request that ended in a fault of ours."""
        texts = self._house.texts(self._language(request))
        return self._refusal(request, texts, texts("web.broke"), BROKEN, {})

    def _refusal(
        self, request: Request, texts: Texts, sentence: str, status: int, headers: Mapping[str, str]
    ) -> Response:
        if "json" in request.headers.get("accept", "") or request.url.path.startswith(("/chat/", "/health")):
            return JSONResponse({"error": sentence}, status, headers)
        if not request.url.path.startswith("/console"):
            return PlainTextResponse(sentence, status, headers)
        answer = self._gate_page(texts, sentence, ask=status == SIGNED_OUT)
        answer.status_code = status
        answer.headers.update(headers)
        return answer

    def _gate_page(
        self, texts: Texts, sentence: str = "", *, ask: bool = False, person: Staff | None = None, token: str = ""
    ) -> Response:
        """Return a page outside the console: a sentence, how to get in, a button to sign in, or the way on."""
        return self._pages.show("gate.html", texts, sentence=sentence, ask=ask, person=person, token=token)

    def _language(self, request: Request) -> str:
        return self._house.catalogues.closest(request.headers.get("accept-language", "").partition(",")[0].strip())

    async def _follow_link(self, request: Request) -> Response:
        """Sign in at once when a person followed the link; show a button to whatever only looks at it."""
        token = request.query_params.get("token", "")
        headers = request.headers
        looks_only = (
            headers.get("sec-fetch-mode", "navigate") != "navigate"
            or "sec-purpose" in headers
            or "purpose" in headers
            or PREVIEW.search(headers.get("user-agent", ""))
        )
        if not looks_only:
            return await self._use_link(request, token)
        now = self._house.clock()
        person = await self._house.database.read(lambda conn: auth.meant_for(conn, token, now))
        if person is None:
            raise HTTPException(401)
        texts = self._house.texts(person.language)
        return self._gate_page(texts, person=person, token=token)

    async def _press_sign_in(self, request: Request) -> Response:
        if not from_own_page(request, self._house.settings.web.public_url):
            raise HTTPException(403)
        return await self._use_link(request, (await form_body(request))("token"))

    async def _use_link(self, request: Request, token: str) -> Response:
        now = self._house.clock()
        session = await self._house.database.transaction(lambda conn: auth.sign_in(conn, token, now))
        if session is None:
            if await self.may_still(request):
                return RedirectResponse("/console", 303)
            raise HTTPException(401)
        # Browsers send a strict cookie only to requests that began on our own page, so a redirect would not carry it.
        answer = self._gate_page(self._house.texts(self._language(request)))
        answer.set_cookie(
            self._cookie,
            session,
            max_age=int(auth.SESSION_LIVES.total_seconds()),
            secure=self._https,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def _sign_out(self, visit: Visit, fields: Fields) -> Response:  # noqa: ARG002 a route's face
        token = visit.request.cookies.get(self._cookie, "")
        await self._house.database.transaction(lambda conn: auth.sign_out(conn, token))
        self._feed.recheck()
        answer = self._gate_page(visit.texts, visit.texts("web.goodbye"), ask=True)
        answer.delete_cookie(self._cookie, secure=self._https, httponly=True, samesite="strict")
        return answer
