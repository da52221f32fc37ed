"""Health for whoever watches the bot, and figures for Prometheus.

`/health/ready` says 503 when the database cannot be written, when what came in waits for more than a minute, or when
Telegram has not been reached for a quarter of an hour. `/metrics` answers on this machine, or to who has the token.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from sqlalchemy import Connection, Table, func, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.handlers.house import House
from bot.handoff.ticket import State
from bot.logs import clean
from bot.messaging import backlog, inbox
from bot.storage import schema, versions
from bot.web.security import same

INBOX_LATE = timedelta(minutes=1)
POLL_LATE = timedelta(minutes=15)
ANSWER_WITHIN = 3.0
"""Seconds that the database has for the check."""
CHECKED_FOR = timedelta(seconds=2)
"""How long a check's outcome is given again: nobody can wear out the disk by asking."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database says about the work: how much waits, and since when."""

    inbox: int
    inbox_oldest: timedelta
    outbox: dict[str, int]
    outbox_oldest: timedelta
    tickets: dict[str, int]
    messages: int
    orders: int


def figures(conn: Connection, now: datetime) -> Figures:
    """Return the figures as they stand."""
    waiting, oldest = inbox.lag(conn, now)
    tickets = schema.tickets
    by_state = select(tickets.c.state, func.count()).where(tickets.c.state != State.CLOSED.value)
    found = {row.state: row[1] for row in conn.execute(by_state.group_by(tickets.c.state))}
    return Figures(
        inbox=waiting,
        inbox_oldest=oldest,
        outbox=backlog.counts(conn),
        outbox_oldest=backlog.oldest_due(conn, now),
        tickets={state.value: found.get(state.value, 0) for state in State if state is not State.CLOSED},
        messages=_ever(conn, schema.messages),
        orders=_ever(conn, schema.orders),
    )


def _ever(conn: Connection, table: Table) -> int:
    """Return how many rows were ever written, by the highest id; counting them would read the table."""
    return int(conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


class HealthPages:
    """The three addresses that machines ask."""

    def __init__(self, house: House, metrics_token: str = "") -> None:
        self._house = house
        self._token = metrics_token
        self._checked: tuple[datetime, bool, dict[str, Any]] | None = None
        self._checking = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/health/live", self.live),
            Route("/health/ready", self.ready),
            Route("/metrics", self.metrics),
        ]

    async def live(self, request: Request) -> Response:  # noqa: ARG002 a route's face
        """Say that the process answers."""
        return JSONResponse({"live": True})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002 a route's face
        """Say whether messages can be taken and handled, and what holds them up if not."""
        async with self._checking:
            now = self._house.clock()
            if self._checked is None or not timedelta(0) <= now - self._checked[0] < CHECKED_FOR:
                self._checked = (now, *await self._check(now))
            _, well, body = self._checked
        return JSONResponse(body, 200 if well else 503)

    async def _check(self, now: datetime) -> tuple[bool, dict[str, Any]]:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._house.database.transaction(lambda conn: versions.bump(conn, "health"))
                found = await self._house.database.read(lambda conn: figures(conn, now))
        except Exception as error:  # noqa: BLE001 whatever it is, the answer is "not ready" and not an error page
            return False, {"ready": False, "database": type(error).__name__}
        polls = {name: (now - at) for name, at in self._house.health.polled_at.items()}
        well = found.inbox_oldest < INBOX_LATE and all(ago < POLL_LATE for ago in polls.values())
        return well, {
            "ready": well,
            "database": "ok",
            "inbox": {"waiting": found.inbox, "oldest_seconds": _seconds(found.inbox_oldest)},
            "outbox": {**found.outbox, "oldest_seconds": _seconds(found.outbox_oldest)},
            "polled_seconds_ago": {name: _seconds(ago) for name, ago in polls.items()},
            "alarms": {name: clean(text) for name, text in self._house.health.alarms.items()},
        }

    async def metrics(self, request: Request) -> Response:
        """Give the figures in Prometheus' text form."""
        if not (self._from_this_machine(request) or same(_bearer(request), self._token)):
            raise HTTPException(403)
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        now = self._house.clock()
        found = await self._house.database.read(lambda conn: figures(conn, now))
        registry = CollectorRegistry()
        _fill(registry, found)
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _from_this_machine(self, request: Request) -> bool:
        """Return whether a request was made on this machine and not passed on by a proxy that runs on it."""
        if request.client is None or any(name in request.headers for name in FORWARDED):
            return False
        return _loopback(request.client.host) and _loopback(request.url.hostname or "")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _seconds(span: timedelta) -> float:
    return round(span.total_seconds(), 1)


def _fill(registry: Any, found: Figures) -> None:  # noqa: ANN401 prometheus_client is imported when it is asked for
    from prometheus_client import Counter, Gauge

    def gauge(name: str, text: str, value: float) -> None:
        Gauge(f"supportbot_{name}", text, registry=registry).set(value)

    gauge("inbox_waiting", "Updates received and not yet handled.", found.inbox)
    gauge("inbox_oldest_seconds", "Age of the oldest of them.", found.inbox_oldest.total_seconds())
    gauge("outbox_oldest_seconds", "Age of the oldest delivery that is due.", found.outbox_oldest.total_seconds())
    deliveries = Gauge("supportbot_outbox", "Deliveries that are not through, by state.", ["state"], registry=registry)
    for state, count in found.outbox.items():
        deliveries.labels(state).set(count)
    tickets = Gauge("supportbot_tickets", "Open tickets, by state.", ["state"], registry=registry)
    for state, count in found.tickets.items():
        tickets.labels(state).set(count)
    Counter("supportbot_messages", "Messages written into transcripts.", registry=registry).inc(found.messages)
    Counter("supportbot_orders", "Orders confirmed.", registry=registry).inc(found.orders)
