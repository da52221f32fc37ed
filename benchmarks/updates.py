"""What an update costs: CPU and throughput, beside an aiogram bot that answers a constant from memory; both poll.

Each update is a question equal to a phrasing, everything durable, the encoder not asked; the last row asks the encoder
for every question. The reworded ones get near matches, for which the bot waits 1.5 s in case more is typed. The front
desk is measured once it has learned from the FAQ, which it does after every start.
`python -m benchmarks.updates [--updates 2000]`
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import httpx

from benchmarks.programs import Program, bare_bot, front_desk, sandbox

PEOPLE = 500
"""So many that nobody sends more than 20 texts in a minute, which the front desk takes for a flood."""
EXACT = ("How can I pay?", "How long does delivery take?")
REWORDED = (
    "hi, can you tell me what you charge for sending a parcel to my house",
    "good day, until when may I give something back that I bought here",
    "is it possible to pay after I have got the goods",
    "tell me please where my parcel is at the moment",
)
WARM_UP = 200


def updates(first: int, count: int, questions: Sequence[str], people: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return updates as Telegram sends them."""
    made = []
    for number in range(first, first + count):
        user = people[number % len(people)]
        made.append(
            {
                "update_id": 500_000_000 + number,
                "message": {
                    "message_id": 1_000_000 + number,
                    "date": int(time.time()),
                    "chat": {"id": user["id"], "type": "private", "first_name": user["first_name"]},
                    "from": {
                        "id": user["id"],
                        "is_bot": False,
                        "first_name": user["first_name"],
                        "language_code": "en",
                    },
                    "text": questions[number % len(questions)],
                },
            }
        )
    return made


def run(program: Program, http: httpx.Client, first: int, count: int, questions: Sequence[str]) -> tuple[float, float]:
    """Let the program answer some updates; return CPU milliseconds an update, and updates a second.

    Nobody writes again before everybody has been answered: what is typed in a row would get one answer.
    """
    people = [one for one in http.get("/sandbox/state").json()["people"] if one["role"] == "customer"][-PEOPLE:]
    before = answered(http)
    cpu, begun = program.cpu_seconds(), time.perf_counter()
    for asked in range(0, count, len(people)):
        some = min(len(people), count - asked)
        http.post("/sandbox/updates", json=updates(first + asked, some, questions, people), timeout=120)
        while answered(http) < before + asked + some:
            if time.perf_counter() - begun > 300:
                raise RuntimeError(f"only {answered(http) - before} of {count} updates were answered within 300 s")
            time.sleep(0.05)
    took = time.perf_counter() - begun
    return (program.cpu_seconds() - cpu) * 1000 / count, count / took


def answered(http: httpx.Client) -> int:
    return int(http.get("/sandbox/counts").json().get("sendMessage 200", 0))


def measure(
    name: str, url: str, program: AbstractContextManager[Program], count: int, questions: Sequence[str], ready: str
) -> tuple[str, float, float, float]:
    with program as running, httpx.Client(base_url=url, trust_env=False) as http:
        running.says(ready)
        run(running, http, 0, WARM_UP, questions)
        cost, rate = run(running, http, WARM_UP, count, questions)
        return name, cost, rate, running.memory_mb("VmHWM")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=2000)
    count = parser.parse_args().updates
    rows = []
    with sandbox(PEOPLE) as url:
        rows.append(measure("aiogram, answers a constant", url, bare_bot(url), count, EXACT, "telegram_ready"))
    with sandbox(PEOPLE) as url:
        desk = front_desk(url, SUPPORTBOT_FAQ__ENCODER="none")
        rows.append(measure("front desk, exact question", url, desk, count, EXACT, "faq_learned"))
    with sandbox(PEOPLE) as url:
        desk = front_desk(url, SUPPORTBOT_FAQ__ENCODER="none")
        rows.append(measure("front desk, reworded, words only", url, desk, count, REWORDED, "faq_learned"))
    with sandbox(PEOPLE) as url:
        rows.append(measure("front desk, reworded, encoder", url, front_desk(url), count, REWORDED, "faq_learned"))
    bare = rows[0]
    head = f"polling, {count} updates"
    print(f"{head:<36} {'CPU ms':>7} {'ratio':>6} {'per s':>7} {'ratio':>6} {'peak MB':>8}")
    for name, cost, rate, memory in rows:
        print(f"{name:<36} {cost:7.2f} {cost / bare[1]:6.2f} {rate:7.0f} {rate / bare[2]:6.2f} {memory:8.0f}")


if __name__ == "__main__":
    main()
