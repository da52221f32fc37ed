"""Programs that a benchmark starts: the sandbox, our bot, the bare bot; with their CPU time and memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 180.0


class Program:
    """A program of ours, with what it printed and when."""

    def __init__(self, arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("SUPPORTBOT_")}
        self.begun = time.perf_counter()
        self.lines: list[tuple[float, str]] = []
        self.news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None  # noqa: S101 it was asked for
        for line in self.process.stdout:
            with self.news:
                self.lines.append((time.perf_counter() - self.begun, line.rstrip()))
                self.news.notify_all()

    def says(self, pattern: str) -> tuple[float, re.Match[str]]:
        """Wait for a line that matches; return when it came, in seconds from the start, and the match."""

        def found() -> tuple[float, re.Match[str]] | None:
            return next(((at, match) for at, line in self.lines if (match := re.search(pattern, line))), None)

        with self.news:
            self.news.wait_for(lambda: found() is not None or self.process.poll() is not None, PATIENCE)
            result = found()
        if result is None:
            raise RuntimeError("\n".join([f"it never said {pattern}", *[line for _, line in self.lines[-20:]]]))
        return result

    def cpu_seconds(self) -> float:
        """Return user and system time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self, what: str = "VmRSS") -> float:
        """Return resident memory in MB; VmHWM is the peak."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{what}:\s+(\d+)", status)
        return int(found.group(1)) / 1024 if found else 0.0

    def end(self) -> None:
        """Ask it to stop, and wait."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def sandbox(people: int = 0) -> Iterator[str]:
    """Serve a sandbox without limits, and give its address."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-m", "bot.sandbox", "--port", "0", "--no-limits", "--seed-people", str(people)]
        program = Program(arguments, Path(folder), {})
        try:
            yield program.says(r"listens on (http://\S+)")[1].group(1)
        finally:
            program.end()


@contextmanager
def front_desk(url: str = "", **settings: str) -> Iterator[Program]:
    """Run our bot against a sandbox, or without Telegram when no address is given."""
    from bot.sandbox import DEFAULT_TOKEN, GROUP_ID

    telegram = {
        "SUPPORTBOT_TELEGRAM__TOKEN": DEFAULT_TOKEN,
        "SUPPORTBOT_TELEGRAM__API_BASE": url,
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": f"[{GROUP_ID}]",
    }
    environment = {
        "SUPPORTBOT_WEB__PORT": "0",
        "SUPPORTBOT_TELEGRAM__CHAT_PER_SECOND": "0",
        "SUPPORTBOT_TELEGRAM__ALL_PER_SECOND": "0",
        "SUPPORTBOT_TELEGRAM__GROUP_PER_MINUTE": "1000",
        **(telegram if url else {}),
        **settings,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "config", folder / "config")
        first = Program(["-m", "bot", "db", "upgrade"], folder, environment)
        first.process.wait(PATIENCE)
        program = Program(["-m", "bot", "run"], folder, environment)
        try:
            yield program
        finally:
            program.end()


@contextmanager
def bare_bot(url: str, *more: str) -> Iterator[Program]:
    """Run the aiogram bot that answers with a constant."""
    from bot.sandbox import DEFAULT_TOKEN

    with tempfile.TemporaryDirectory() as folder:
        program = Program(["-m", "benchmarks.bare_bot", *more], Path(folder), {"API_BASE": url, "TOKEN": DEFAULT_TOKEN})
        try:
            yield program
        finally:
            program.end()
