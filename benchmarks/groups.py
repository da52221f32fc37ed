"""How long a customer's line takes into the operators' topic when many write at once, with Telegram's limits in force.

60 customers write 3 lines a minute each; their topics lie in 1, 2 and 4 groups. The sandbox answers as Telegram does:
20 messages a minute into a group, one a second into a chat, else 429. Beside the front desk a plain bot that copies
each message by itself and asks again when it is told to. Real minutes: nothing is scaled. Half of the chats are
claimed; the topics are open when the clock starts. All six runs go side by side. Where albums are asked for, so many
customers send ten photos, with their second line below the first.
`python -m benchmarks.groups [--minutes 3] [--customers 60] [--groups 1 2 4] [--albums 0]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from benchmarks.programs import PATIENCE, ROOT, Program

LINES_A_MINUTE = 3
DRAIN = 420.0
"""Seconds after the last line until which it is waited for what has not arrived."""
LOOK = 2.0


@dataclass
class Run:
    """One bot with some groups, while it is measured.

    Attributes:
        title: as the table names it.
        url: of its sandbox.
        groups: how many.
        threads: the topics (group, thread), by customer.
        claimed: customers whose chat somebody has.
        written: when each line was written, by its text.
        arrived: when each line was first seen in its topic.
        shown: the lines of each topic, as they came.
        messages: into topics, while measured.
        answers: how often each status was answered, while measured.
    """

    title: str
    url: str
    groups: int
    threads: dict[int, tuple[int, int]] = field(default_factory=dict)
    claimed: set[int] = field(default_factory=set)
    written: dict[str, float] = field(default_factory=dict)
    arrived: dict[str, float] = field(default_factory=dict)
    shown: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    messages: int = 0
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Return how many lines have not arrived."""
        return len(self.written) - len(self.arrived)


@contextmanager
def world(folder: Path, customers: int, groups: int) -> Iterator[tuple[str, list[int], list[int]]]:
    """Serve a sandbox; give its address, its groups and its customers."""
    arguments = ["-m", "bot.sandbox", "--port", "0", "--no-limits", "--seed-people", str(customers)]
    program = Program(arguments, folder, {})
    try:
        url = program.says(r"listens on (http://\S+)")[1].group(1)
        with httpx.Client(base_url=f"{url}/sandbox", trust_env=False, timeout=60) as http:
            state = http.get("/state").json()
            found = [chat["id"] for chat in state["chats"] if chat["id"] < 0][:1]
            staff = [one["id"] for one in state["people"] if one["role"] == "operator"]
            while len(found) < groups:
                order = {"title": f"Desk {len(found) + 1}", "members": staff}
                found.append(http.post("/groups", json=order).json()["id"])
            people = [one["id"] for one in state["people"] if one["role"] == "customer"][-customers:]
        yield url, found, people
    finally:
        program.end()


def our_bot(folder: Path, url: str, groups: list[int], **settings: str) -> Program:
    from bot.sandbox import DEFAULT_TOKEN, OLGA

    environment = {
        "SUPPORTBOT_WEB__PORT": "0",
        "SUPPORTBOT_FAQ__ENCODER": "none",
        "SUPPORTBOT_TELEGRAM__TOKEN": DEFAULT_TOKEN,
        "SUPPORTBOT_TELEGRAM__API_BASE": url,
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": json.dumps(groups),
        "SUPPORTBOT_TELEGRAM__OPERATORS": f"[{OLGA}]",
        **settings,
    }
    return Program(["-m", "bot", "run"], folder, environment)


def until(done: Any, what: str) -> None:  # noqa: ANN401 a call without arguments
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise RuntimeError(f"it never came to this: {what}")
        time.sleep(0.2)


def front_desk(stack: ExitStack, customers: int, groups: int) -> Run:
    """Start the front desk with a topic for each customer, half of them claimed, and put Telegram's limits in force."""
    from bot.sandbox import OLGA

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    shutil.copytree(ROOT / "config", folder / "config")
    url, chats, people = stack.enter_context(world(folder, customers, groups))
    run = Run("front desk", url, groups)
    quick = {"CHAT_PER_SECOND": "0", "ALL_PER_SECOND": "0", "GROUP_PER_MINUTE": "1000"}
    opening = our_bot(folder, url, chats, **{f"SUPPORTBOT_TELEGRAM__{key}": value for key, value in quick.items()})
    try:
        opening.says("telegram_ready")
        opening.says("faq_learned")
        with httpx.Client(base_url=f"{url}/sandbox", trust_env=False, timeout=60) as http:
            for person in people:
                http.post(f"/users/{person}/messages", json={"text": "/human"})
            until(lambda: len(_threads(http, chats, people, run)) == customers, "a topic for each")
            for number, person in enumerate(people):
                if number % 2 == 0:
                    chat, thread = run.threads[person]
                    http.post(f"/users/{OLGA}/messages", json={"chat_id": chat, "thread": thread, "text": "Good day!"})
                    run.claimed.add(person)
            until(lambda: _calm(http), "nothing to be said any more")
            http.post("/limits", json={"on": True})
    finally:
        opening.end()
    bot = our_bot(folder, url, chats)
    stack.callback(bot.end)
    bot.says("telegram_ready")
    bot.says("faq_learned")
    return run


def _threads(http: httpx.Client, chats: list[int], people: list[int], run: Run) -> dict[int, tuple[int, int]]:
    """Find the topic of each customer by the number that the sandbox gives each name."""
    names = {one["first_name"]: one["id"] for one in http.get("/state").json()["people"] if one["id"] in set(people)}
    for chat in chats:
        for topic in http.get(f"/chats/{chat}").json()["topics"]:
            person = names.get(topic["name"].split(maxsplit=2)[2])
            if person:
                run.threads[person] = (chat, topic["thread"])
    return run.threads


def _calm(http: httpx.Client) -> bool:
    """Return whether two seconds went by in which the bot did nothing."""
    before = sum(http.get("/counts").json().values())
    time.sleep(LOOK)
    return sum(http.get("/counts").json().values()) == before


def plain_bot(stack: ExitStack, customers: int, groups: int) -> Run:
    """Start a bot that copies each message into the topic of its customer."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    url, chats, people = stack.enter_context(world(folder, customers, groups))
    run = Run("plain bot", url, groups)
    with httpx.Client(base_url=f"{url}/sandbox", trust_env=False, timeout=60) as http:
        owner = next(one["id"] for one in http.get("/state").json()["people"] if one["role"] == "admin")
        for number, person in enumerate(people):
            chat = chats[number % len(chats)]
            made = http.post(f"/chats/{chat}/topics", json={"user_id": owner, "name": str(person)}).json()
            run.threads[person] = (chat, made["thread"])
        http.post("/limits", json={"on": True})
    from bot.sandbox import DEFAULT_TOKEN

    environment = {"API_BASE": url, "TOKEN": DEFAULT_TOKEN, "TOPICS": json.dumps(run.threads)}
    bot = Program(["-m", "benchmarks.copying_bot"], folder, environment)
    stack.callback(bot.end)
    bot.says("telegram_ready")
    return run


async def measure(run: Run, minutes: float, albums: int) -> None:
    """Let the customers write, and see when each line comes into its topic, until all have come or patience ends."""
    limits = httpx.Limits(max_connections=None)
    base = f"{run.url}/sandbox"
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=90, limits=limits) as http:
        before = (await http.get("/counts")).json()
        seq = (await http.get("/wait", params={"after": 2**53, "timeout": 0})).json()["seq"]
        watching = asyncio.ensure_future(watch(run, http, seq))
        writers = [
            write(run, http, number, person, minutes, album=number < albums)
            for number, person in enumerate(run.threads)
        ]
        await asyncio.gather(*writers)
        end = time.monotonic() + DRAIN
        while run.waiting and time.monotonic() < end:  # noqa: ASYNC110 the watcher tells nobody
            await asyncio.sleep(LOOK)
        await asyncio.sleep(LOOK)  # what comes twice shall be seen
        watching.cancel()
        after = (await http.get("/counts")).json()
    run.answers = defaultdict(int)
    for name, count in after.items():
        method, status = name.split()
        if method != "getUpdates":
            run.answers[status] += count - before.get(name, 0)


async def write(run: Run, http: httpx.AsyncClient, number: int, person: int, minutes: float, *, album: bool) -> None:
    """Let one customer write lines at an even pace, each customer at another second."""
    span = 60 / LINES_A_MINUTE
    begun = time.monotonic() + span * number / len(run.threads)
    for line in range(int(minutes * LINES_A_MINUTE)):
        await asyncio.sleep(max(0.0, begun + line * span - time.monotonic()))
        text = f"c{number} line {line}."
        run.written[text] = time.monotonic()
        order = {"album": ["photo"] * 10, "caption": text} if album and line == 1 else {"text": text}
        await http.post(f"/users/{person}/messages", json=order)


async def watch(run: Run, http: httpx.AsyncClient, seq: int) -> None:
    topics = set(run.threads.values())
    while True:
        answer = (await http.get("/wait", params={"after": seq, "timeout": 30, "kinds": "message"})).json()
        now = time.monotonic()
        for event in answer["events"]:
            seq = event["seq"]
            message = event["message"]
            place = (message["chat"]["id"], message.get("message_thread_id", 0))
            if place not in topics:
                continue
            text = str(message.get("text") or message.get("caption", ""))
            lines = [line for line in text.split("\n") if line in run.written]
            run.messages += bool(lines)
            for line in lines:
                run.arrived.setdefault(line, now)
                run.shown[place].append(line)


def share(values: list[float], part: float) -> float:
    """Return the value below which a part of the values lies; those that never came count as endless."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def row(run: Run) -> str:
    people = list(run.threads)

    def delays(among: set[int]) -> list[float]:
        texts = [text for text in run.written if people[int(text[1:].split()[0])] in among]
        return [run.arrived.get(text, float("inf")) - run.written[text] for text in texts]

    everybody, waiting = set(people), set(people) - run.claimed
    once = sum(1 for lines in run.shown.values() for line in set(lines) if lines.count(line) == 1)
    twice = sum(len(lines) - len(set(lines)) for lines in run.shown.values())
    turned = sum(_number(a) > _number(b) for lines in run.shown.values() for a, b in pairwise(lines))
    asked = sum(run.answers.values())
    all_of_them, of_waiting = delays(everybody), delays(waiting)
    parts = [
        f"{run.title:<11} {run.groups:>6} {len(run.written):>6} {share(all_of_them, 0.5):7.1f}",
        f"{share(all_of_them, 0.99):7.1f} {share(delays(run.claimed), 0.5):8.1f} {share(of_waiting, 0.5):8.1f}",
        f"{len(run.written) / max(1, run.messages):7.1f} {run.answers.get('429', 0) / max(1, asked) * 100:7.1f}",
        f"{len(run.written) - once - twice:>6} {twice:>6} {turned:>6}",
    ]
    return " ".join(parts)


def _number(line: str) -> int:
    return int(line.rstrip(".").rpartition(" ")[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--customers", type=int, default=60)
    parser.add_argument("--groups", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--albums", type=int, default=0)
    asked = parser.parse_args()
    with ExitStack() as stack:
        runs = [start(stack, asked.customers, groups) for start in (front_desk, plain_bot) for groups in asked.groups]

        async def all_of_them() -> None:
            await asyncio.gather(*(measure(run, asked.minutes, asked.albums) for run in runs))

        asyncio.run(all_of_them())
    print(f"{asked.customers} customers, {LINES_A_MINUTE} lines a minute each for {asked.minutes:g} minutes; seconds")
    print(
        f"{'':<11} {'groups':>6} {'lines':>6} {'p50':>7} {'p99':>7} {'claimed':>8} {'waiting':>8} {'lines a':>7}"
        f" {'429':>7} {'':>6} {'':>6} {'out of':>6}"
    )
    print(
        f"{'':<11} {'':>6} {'':>6} {'':>7} {'':>7} {'p50':>8} {'p50':>8} {'message':>7}"
        f" {'in 100':>7} {'lost':>6} {'twice':>6} {'order':>6}"
    )
    for run in runs:
        print(row(run))


if __name__ == "__main__":
    sys.exit(main())
