"""The sandbox as a web application: the door for bots, the door for tests, and the page.

`async with running() as sandbox:` serves it on a free port of this machine and gives its address; the command line
and the tests start it so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import control
from bot.sandbox.bot_api import BotApi
from bot.sandbox.line import Server, bind
from bot.sandbox.snapshot import Shelf
from bot.sandbox.webhook import Postman
from bot.sandbox.world import World

_PAGE: Final = Path(__file__).parent / "page"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
_POLICY: Final = (
    b"default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'; object-src 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)


def create_app(
    state_path: Path | None = None,
    *,
    limits: bool = True,
    clock: Callable[[], float] = time.time,
    retry_pause: float = 1.0,
) -> Starlette:
    """Return the sandbox as an ASGI application; its `state.world` holds all that is in it.

    Args:
        state_path: JSON file that keeps it over restarts; None keeps nothing.
        limits: whether Telegram's limits on sending hold from the start.
        clock: Unix time.
        retry_pause: seconds before a webhook that failed is asked again; doubles with every failure.

    Raises:
        ValueError: the file is not a sandbox's.
    """
    world = World(limits=limits, clock=clock)
    shelf = Shelf(world, state_path)
    shelf.open()
    api = BotApi(world)
    postman = Postman(world, api, retry_pause)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        shelf.start()
        postman.start()
        yield
        world.release()
        await postman.close()
        await shelf.close()

    async def page(_: Request) -> Response:
        return FileResponse(_PAGE / "index.html")

    app = Starlette(
        routes=[*control.routes(world), Route("/", page), Mount("/page", StaticFiles(directory=_PAGE))],
        lifespan=lifespan,
    )
    app.state.world = world
    app.add_middleware(_Doors, api=api)
    return app


class _Doors:
    """Bots go straight to the Bot API; pages of other sites and other host names are sent away."""

    def __init__(self, app: ASGIApp, api: BotApi) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(("/bot", "/file/bot")):
            await self._api(scope, receive, send)
        elif _is_foreign(scope):
            await JSONResponse({"error": "only pages of this machine may ask"}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _with_headers(send))


def _is_foreign(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    name = urlsplit(f"//{host}").hostname
    return name not in _LOOPBACK or (bool(origin) and urlsplit(origin).netloc != host)


def _with_headers(send: Send) -> Callable[..., Awaitable[None]]:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", []))  # type: ignore[call-overload]
            names = {name for name, _ in given}
            message["headers"] = given + [pair for pair in _HEADERS if pair[0] not in names]
        await send(message)

    return sending


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox that serves.

    Attributes:
        url: its address, without a slash at the end; also the `api_base` of a bot.
        world: all that is in it.
    """

    url: str
    world: World


@asynccontextmanager
async def running(
    host: str = "127.0.0.1",
    port: int = 0,
    state_path: Path | None = None,
    *,
    limits: bool = True,
    retry_pause: float = 1.0,
) -> AsyncIterator[Sandbox]:
    """Serve a sandbox while the block runs.

    Args:
        host: address of this machine that is not reached from outside.
        port: 0 takes a free one.
        state_path: JSON file that keeps it over restarts; None keeps nothing.
        limits: whether Telegram's limits on sending hold from the start.
        retry_pause: as in `create_app`.

    Raises:
        OSError: the port is in use.
        ValueError: the file is not a sandbox's, or the host is not loopback.
    """
    if host not in _LOOPBACK:
        raise ValueError(f"the sandbox serves this machine only, not {host}")
    line = bind(host, port)
    try:
        app = create_app(state_path, limits=limits, retry_pause=retry_pause)
        world: World = app.state.world
        server = Server(app, world.release)
    except BaseException:
        line.close()
        raise
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[line]))
    try:
        await _started(server, task)
        yield Sandbox(f"http://{host}:{line.getsockname()[1]}", world)
    finally:
        server.end()
        await task


async def _started(server: Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            await task
            raise RuntimeError("the sandbox did not start")
        await asyncio.sleep(0)


async def serve(
    host: str, port: int, state_path: Path | None, *, limits: bool = True, ready: Callable[[str], None] | None = None
) -> None:
    """Serve a sandbox until cancelled; `ready` is called with its address once it listens.

    Raises:
        OSError: the port is in use.
        ValueError: the file is not a sandbox's, or the host is not loopback.
    """
    async with running(host, port, state_path, limits=limits) as sandbox:
        if ready is not None:
            ready(sandbox.url)
        await asyncio.get_running_loop().create_future()
