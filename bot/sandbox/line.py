"""The line itself: an HTTP server whose connections can be cut in the middle of a request.

A fault says "cut": the TCP connection of the bot's request is aborted without an answer, as by a bad network.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

GRACE: Final = 3.0
_lines: Final[dict[tuple[str, int], asyncio.Transport]] = {}


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose connection can be found again by the client's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Remember the connection."""
        super().connection_made(transport)
        if self.client is not None:
            _lines[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client is not None:
            _lines.pop(self.client, None)
        super().connection_lost(exc)


async def cut(scope: Scope) -> None:
    """Abort the connection that a request came by; a caller that comes by none is left without an answer."""
    transport = _lines.get(tuple(scope.get("client") or ("", 0)))
    if transport is not None:
        transport.abort()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


class Server(uvicorn.Server):
    """uvicorn inside somebody's event loop: takes no signals, and lets go of waiting requests when it ends."""

    def __init__(self, app: ASGIApp, release: Callable[[], None]) -> None:
        config: Any = uvicorn.Config(
            app,
            http=CuttableProtocol,
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
        )
        super().__init__(config)
        self._release = release
        self._ended = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def main_loop(self) -> None:
        """Serve until `end` is called; uvicorn itself would look ten times a second."""
        await self.on_tick(0)
        await self._ended.wait()

    def end(self) -> None:
        """Stop serving."""
        self._ended.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let long polls and streams end, then close every connection."""
        self._release()
        for server in self.servers:
            server.close()
        for line in sockets or []:
            line.close()
        connections = self.server_state.connections
        for connection in list(connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=GRACE)
        for connection in list(connections):
            connection.transport.abort()
        await self.lifespan.shutdown()


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one.

    Raises:
        OSError: the port is in use.
    """
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio looks for it: no Nagle
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.bind((host, port))
        line.listen(512)
        line.setblocking(False)
    except OSError:
        line.close()
        raise
    return line
