"""The web server: one port for the chat page, the console, webhooks, health and metrics.

`bot/app` makes a `WebServer(house)`, which takes the port at once, so that a port in use is known before anything else
starts; `serve()` answers until `stop()`, which ends the open streams first. Starlette alone: FastAPI would cost three
times the import, and nothing here needs it before the API.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.domain.errors import SupportbotError
from bot.handlers.house import House
from bot.web import static
from bot.web.attached_files import AttachedFiles
from bot.web.chat import ChatPages
from bot.web.console import ConsolePages
from bot.web.faq_pages import FaqPages
from bot.web.gate import Gate
from bot.web.health import HealthPages
from bot.web.order_pages import OrderPages
from bot.web.pages import Pages
from bot.web.security import Guard
from bot.web.streams import Feed

if TYPE_CHECKING:  # uvicorn is imported when the server starts
    import uvicorn

LEAVE_WITHIN = 3
"""Seconds that requests under way get when the server stops."""


class PortInUse(SupportbotError):
    """The address that the web server should listen on cannot be had."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"web.port: {host}:{port} {why}; stop the other program or set another web.port")
        self.host = host
        self.port = port


def create(
    house: House,
    feed: Feed,
    extra_routes: Sequence[BaseRoute] = (),
    metrics_token: str = "",
    ticks: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Return the application.

    Args:
        house: everything that a turn may ask for.
        feed: hands out events; whoever serves the application runs it.
        extra_routes: of the channels' webhooks, such as `POST /webhooks/telegram`.
        metrics_token: opens `/metrics` to other machines; empty for this machine only.
        ticks: seconds of a clock that only goes forward, for what is counted within seconds.
    """
    pages = Pages(house.rules.hours.zone)
    gate = Gate(house, pages, feed)
    routes: list[BaseRoute] = [
        Route("/", _front_door),
        Route("/static/{version}/{name}", static.serve),
        *HealthPages(house, metrics_token).routes(),
        *ChatPages(house, feed, pages, ticks).routes(),
        *gate.routes(),
        *ConsolePages(house, feed, gate).routes(),
        *AttachedFiles(house, gate).routes(),
        *FaqPages(house, gate).routes(),
        *OrderPages(house, gate).routes(),
        *extra_routes,
    ]
    handlers = {HTTPException: gate.explain, 500: gate.broke}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guard, https=house.settings.web.public_url.startswith("https:"))
    return app


async def _front_door(request: Request) -> Response:  # noqa: ARG001 a route's face
    return RedirectResponse("/chat", 307)


class WebServer:
    """Listens on the settings' port.

    Attributes:
        started: set once requests are answered.
    """

    def __init__(self, house: House, extra_routes: Sequence[BaseRoute] = (), metrics_token: str = "") -> None:
        self.started = asyncio.Event()
        self._socket = _take(house.settings.web.host, house.settings.web.port)
        self._feed = Feed(house.database, house.events_bell, house.clock)
        self._app = create(house, self._feed, extra_routes, metrics_token)
        self._server: uvicorn.Server | None = None
        self._stopping = False

    @property
    def port(self) -> int:
        """The port that was taken; the system's choice when the setting is 0."""
        return int(self._socket.getsockname()[1])

    async def serve(self) -> None:
        """Answer requests until told to stop."""
        self._server = _server(self._app, self.started)
        if self._stopping:
            self._socket.close()
            return
        feed = asyncio.create_task(self._feed.run(), name="events feed")
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._feed.stop()
            await feed
            self._socket.close()

    def stop(self) -> None:
        """End the open streams, finish what is under way, and take nothing new."""
        self._stopping = True
        self._feed.stop()
        if self._server is not None:
            self._server.should_exit = True


def _take(host: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        PortInUse: somebody else has it, or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror or error})"
        raise PortInUse(host, port, why) from None
    taken.setblocking(False)
    return taken


def _server(app: Starlette, started: asyncio.Event) -> uvicorn.Server:
    import uvicorn

    class Quiet(uvicorn.Server):
        """Leaves signals to `bot/app` and says when it is there."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Capture nothing."""
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Begin to listen."""
            await super().startup(sockets)
            started.set()

    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        loop="none",
        http="h11",
        ws="none",
        proxy_headers=False,  # who asks for /metrics must not be able to say so himself
        server_header=False,
        timeout_graceful_shutdown=LEAVE_WITHIN,
    )
    return Quiet(config)
