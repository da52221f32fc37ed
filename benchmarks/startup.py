"""How long a start takes, beside a bare script that imports aiogram and calls getMe; medians of several starts.

`python -m benchmarks.startup [--starts 5]`
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

from benchmarks.programs import Program, bare_bot, front_desk, sandbox

READY, OPEN = "telegram_ready", "Supportbot is open"


def measure(start: Callable[[], AbstractContextManager[Program]], sign: str, starts: int) -> tuple[float, float, float]:
    """Return median seconds until the sign, CPU seconds and memory in MB at that moment."""
    wall, cpu, memory = [], [], []
    for _ in range(starts):
        with start() as program:
            wall.append(program.says(sign)[0])
            if program.process.poll() is None:
                cpu.append(program.cpu_seconds())
                memory.append(program.memory_mb())
    return median(wall), median(cpu), median(memory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=5)
    starts = parser.parse_args().starts
    with sandbox() as url:
        rows = [
            ("bare script: import aiogram, getMe", *measure(lambda: bare_bot(url), READY, starts)),
            ("front desk with Telegram, until getMe", *measure(lambda: front_desk(url), READY, starts)),
            ("front desk with Telegram, until the web answers", *measure(lambda: front_desk(url), OPEN, starts)),
            ("front desk without Telegram, until the web answers", *measure(front_desk, OPEN, starts)),
        ]
    bare = rows[0][1]
    print(f"{'start, medians of ' + str(starts):<52} {'wall s':>7} {'ratio':>6} {'CPU s':>6} {'MB':>6}")
    for name, wall, cpu, memory in rows:
        print(f"{name:<52} {wall:7.2f} {wall / bare:6.2f} {cpu:6.2f} {memory:6.0f}")


if __name__ == "__main__":
    main()
