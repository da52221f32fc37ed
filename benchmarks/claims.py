"""How many chats people can claim in a second: 10,000 that wait, 50 operators, at every tenth chat two of them.

On PostgreSQL the operators work in four processes, each with two claims on their way at a time, on SQLite in one,
through its one writer, sixteen at a time. A claim is what `queue.claim` does: the change of the ticket that only one
can make, and the line in its log, committed. Then it is counted who has what: each chat has one owner, and each who
was told "it is yours" is that owner. A desk writes more in the same transaction: what the customer and the topic are
told.
`python -m benchmarks.claims [--tickets 10000] [--operators 50]`, PostgreSQL at BENCH_POSTGRES if set.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.domain.people import Role
from bot.handoff import queue, staff
from bot.handoff.queue import Claimed
from bot.handoff.ticket import State
from bot.storage import migrate, schema
from bot.storage.database import Database, connect

SERVER = os.environ.get("BENCH_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432")
PROCESSES = {"sqlite": 1, "postgresql": 4}
AT_ONCE = {"sqlite": 16, "postgresql": 2}
"""Claims of one process that are on their way at the same time."""
AIMS = {"sqlite": (1500, 30.0), "postgresql": (800, 20.0)}
"""Claims a second at least, and milliseconds of the 99th percentile at most."""
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WARM_UP = 200
"""Claims before the measured ones, for connections and compiled statements; of chats of their own."""


def furnish(conn: Connection, tickets: int, operators: int) -> list[int]:
    """Let customers wait, and return the operators' ids."""
    customers = [{"id": n, "name": f"C{n}", "created_at": NOW} for n in range(1, tickets + 1)]
    addresses = [
        {"id": n, "customer_id": n, "channel": "t", "chat": str(n), "language": "en", "flow": {}, "created_at": NOW}
        for n in range(1, tickets + 1)
    ]
    waiting = {"state": State.WAITING.value, "reason": "asked", "tags": [], "opened_at": NOW, "customer_wrote_at": NOW}
    conn.execute(schema.customers.insert(), customers)
    conn.execute(schema.conversations.insert(), addresses)
    conn.execute(schema.tickets.insert(), [{"id": n, "conversation_id": n, **waiting} for n in range(1, tickets + 1)])
    return [staff.add(conn, f"Operator {n}", Role.OPERATOR, "en", NOW) for n in range(operators)]


async def claims(database: Database, shares: dict[int, Sequence[int]]) -> dict[str, Any]:
    """Let each operator claim their chats in order; return when it began and ended, who got what, and milliseconds."""
    got: list[tuple[int, int]] = []
    spans: list[float] = []
    doors = asyncio.Semaphore(AT_ONCE[database.dialect])

    def claiming(ticket: int, person: int) -> Callable[[Connection], Any]:
        return lambda conn: queue.claim(conn, ticket, person, NOW)

    async def work(person: int, tickets: Sequence[int]) -> None:
        for ticket in tickets:
            async with doors:
                begun = time.perf_counter()
                outcome = await database.transaction(claiming(ticket, person))
                spans.append((time.perf_counter() - begun) * 1000)
            if isinstance(outcome, Claimed) and outcome.ticket.staff_id == person:
                got.append((ticket, person))

    begun, cpu = time.time(), time.process_time()
    await asyncio.gather(*[work(person, tickets) for person, tickets in shares.items()])
    return {"begun": begun, "ended": time.time(), "cpu": time.process_time() - cpu, "got": got, "spans": spans}


async def one_process() -> None:
    """Claim what standard input says, from the moment that it says; print what came of it."""
    order = json.loads(sys.stdin.readline())
    database = connect(order["url"])
    shares = {int(person): tickets for person, tickets in order["shares"].items()}
    await claims(database, {person: tickets[: order["warm"]] for person, tickets in shares.items()})
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(json.dumps(await claims(database, {key: tickets[order["warm"] :] for key, tickets in shares.items()})))
    await database.close()


def run(url: str, shares: dict[int, list[int]], count: int, warm: int) -> list[dict[str, Any]]:
    """Let the operators work in some processes; return what each process measured."""
    people = list(shares)
    command = [sys.executable, "-m", "benchmarks.claims", "--process"]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for number, process in enumerate(running):
        mine = {person: shares[person] for person in people[number::count]}
        _pipe(process.stdin).write(json.dumps({"url": url, "shares": mine, "warm": warm}) + "\n")
        _pipe(process.stdin).flush()
    for process in running:
        _pipe(process.stdout).readline()
    for process in running:
        _pipe(process.stdin).write("go\n")
        _pipe(process.stdin).flush()
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]


def _pipe(found: IO[str] | None) -> IO[str]:
    """Return a pipe of a process that was started with it."""
    if found is None:
        raise RuntimeError("started without pipes")
    return found


def dealt(people: Sequence[int], tickets: int, warm: int) -> dict[int, list[int]]:
    """Return each operator's chats: some of their own for warming up, then those that only they or two of them try."""
    chance = random.Random(4)
    first, second = (chance.sample(range(1, tickets + 1), tickets) for _ in range(2))
    own = {person: [tickets + 1 + number * warm + n for n in range(warm)] for number, person in enumerate(people)}
    count, shares = len(people), {}
    for number, person in enumerate(people):
        again = [one for one in second[number::count] if one % 10 == 0]
        mine = list(dict.fromkeys([*first[number::count], *again]))
        shares[person] = own[person] + chance.sample(mine, len(mine))
    return shares


async def measure(url: str, tickets: int, operators: int) -> tuple[str, bool]:
    """Return the table's line of one database, and whether the aims are reached."""
    database, kind = connect(url), make_url(url).get_backend_name()
    warm = WARM_UP // operators
    await migrate.upgrade(database)
    people = await database.transaction(lambda conn: furnish(conn, tickets + warm * operators, operators))
    if kind == "postgresql":
        await database.transaction(lambda conn: conn.execute(text("ANALYZE")))
    await database.close()
    found = await asyncio.to_thread(run, url, dealt(people, tickets, warm), PROCESSES[kind], warm)
    got = [tuple(one) for part in found for one in part["got"] if one[0] <= tickets]
    spans = sorted(span for part in found for span in part["spans"])
    wall = max(part["ended"] for part in found) - min(part["begun"] for part in found)
    database = connect(url)
    wrong = await database.read(lambda conn: doubled(conn, dict(got), tickets)) + len(got) - len(dict(got))
    await database.close()
    rate, most = tickets / wall, AIMS[kind]
    middle, late = (spans[int(len(spans) * share)] for share in (0.5, 0.99))
    reached = not wrong and rate >= most[0] and late <= most[1]
    cpu = sum(part["cpu"] for part in found) / len(spans) * 1000
    figures = f"{rate:>9.0f} {cpu:>7.2f} {middle:>8.1f} {late:>8.1f} {spans[-1]:>8.1f} {wrong:>8}"
    line = f"{kind:<12} {PROCESSES[kind]:>9} {figures}"
    return f"{line}   ≥ {most[0]}/s, p99 ≤ {most[1]:.0f} ms: {'reached' if reached else 'missed'}", reached


def doubled(conn: Connection, told: dict[int, int], tickets: int) -> int:
    """Return how many chats are not with exactly the one who was told so."""
    table, log = schema.tickets, schema.ticket_log
    rows = conn.execute(select(table.c.id, table.c.staff_id, table.c.ownership).where(table.c.id <= tickets))
    wrong = sum(told.get(row.id) != row.staff_id or row.ownership != 1 for row in rows)
    lines = conn.execute(select(func.count()).select_from(log).where(log.c.ticket_id <= tickets)).scalar_one()
    return wrong + abs(lines - tickets)


async def on_server(statement: str) -> None:
    """Run one statement on the PostgreSQL server."""
    url = make_url(SERVER).set(database="postgres")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with asyncio.timeout(10), engine.connect() as conn:
            await conn.execute(text(statement))
    finally:
        await engine.dispose()


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--operators", type=int, default=50)
    asked = parser.parse_args()
    figures = f"{'per s':>9} {'CPU ms':>7} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'doubled':>8}"
    print(f"{'claims':<12} {'processes':>9} {figures}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'claims.db'}"
        line, reached = await measure(url, asked.tickets, asked.operators)
    print(line, flush=True)
    name = f"supportbot_bench_{uuid.uuid4().hex}"
    try:
        await on_server(f"CREATE DATABASE {name}")
    except (OSError, SQLAlchemyError, TimeoutError) as error:
        print(f"postgresql   not measured: no server answers at {SERVER} ({type(error).__name__})")
        return int(not reached)
    try:
        url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        line, also = await measure(url, asked.tickets, asked.operators)
        print(line)
    finally:
        await on_server(f"DROP DATABASE {name} WITH (FORCE)")
    return int(not (reached and also))


if __name__ == "__main__":
    if "--process" in sys.argv:
        asyncio.run(one_process())
    else:
        sys.exit(asyncio.run(main()))
