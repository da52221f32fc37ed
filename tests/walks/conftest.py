"""One sandbox and one bot, each a process of its own, for all walks of a session."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.programs import FORKS, PATIENCE, ROOT, Program, carry_out, start
from tests.sandbox_client import Customer, Operator, SandboxClient

FEW_QUESTIONS = {"SUPPORTBOT_FAQ__PATH": "config/faq/delivery.yaml"}
"""For a desk whose walks ask little of the FAQ: learning all of the sample is a third of what a start costs."""


@dataclass
class Process:
    """A program of ours that was started for the walks, with what it printed."""

    running: Program
    lines: list[str] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    listener: threading.Thread = field(default_factory=threading.Thread)

    @classmethod
    def start(
        cls, arguments: list[str], folder: Path, environment: Mapping[str, str], *, plain: bool = not FORKS
    ) -> Process:
        at_once = {"PYTHONUNBUFFERED": "1", **environment}
        running = start(arguments, folder, at_once, plain=plain, together=True)
        process = cls(running)
        process.listener = threading.Thread(target=process.listen, daemon=True)
        process.listener.start()
        return process

    def listen(self) -> None:
        assert self.running.stdout is not None
        with self.running.stdout as output:
            for line in output:
                with self.news:
                    self.lines.append(line.rstrip())
                    self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for a line that matches."""

        def found() -> re.Match[str] | None:
            return next((match for line in self.lines if (match := re.search(pattern, line))), None)

        with self.news:
            if not self.news.wait_for(lambda: found() or self.running.poll() is not None, PATIENCE):
                raise AssertionError("\n".join(["it never said " + pattern, *self.lines[-30:]]))
            match = found()
            if match is None:
                raise AssertionError("\n".join(["it ended without " + pattern, *self.lines[-30:]]))
            return match

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.running.poll() is None:
            self.running.send_signal(number)
        code = self.running.wait(20)
        self.listener.join(20)
        return code


@dataclass
class Desk:
    """A bot that runs, with the sandbox it talks to."""

    folder: Path
    sandbox_url: str
    web: str
    sign_in: str
    environment: dict[str, str]
    bot: Process

    def start_bot(self, *, plain: bool = not FORKS) -> None:
        self.bot = Process.start(["bot", "run"], self.folder, self.environment, plain=plain)
        self.web = self.bot.says(r"(http://\S+)/chat").group(1)
        self.sign_in = self.bot.says(r"(http://\S+/console/sign-in\?token=\S+)").group(1)

    def ready(self) -> None:
        self.bot.says("telegram_ready")

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Read from the bot's database beside it."""
        file = self.folder / "var" / "supportbot.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def write(self, statement: str, *values: object) -> None:
        """Damage the bot's database beside it."""
        with closing(sqlite3.connect(self.folder / "var" / "supportbot.db", timeout=10)) as database, database:
            database.execute(statement, values)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the bot."""
        return carry_out(["bot", *arguments], self.folder, self.environment)


def make_desk(folder: Path, **settings: str) -> tuple[Process, Desk]:
    """Start a sandbox, and lay out a folder for a bot that talks to it."""
    shutil.copytree(ROOT / "config", folder / "config")
    rules = folder / "config" / "handoff.toml"  # walks leave customers waiting; reminders of that would fill the chats
    promised = rules.read_text(encoding="utf-8").replace('first_answer = "60 s"', 'first_answer = "10 h"')
    rules.write_text(promised.replace('next_answer = "5 min"', 'next_answer = "10 h"'), encoding="utf-8")
    sandbox = Process.start(["bot.sandbox", "--port", "0", "--no-limits"], folder, {})
    url = sandbox.says(r"listens on (http://\S+)").group(1)
    from bot.sandbox import ADA, DEFAULT_TOKEN, GROUP_ID, MAX, OLGA

    environment = {
        "SUPPORTBOT_TELEGRAM__TOKEN": DEFAULT_TOKEN,
        "SUPPORTBOT_TELEGRAM__API_BASE": url,
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": f"[{GROUP_ID}]",
        "SUPPORTBOT_TELEGRAM__OPERATORS": f"[{OLGA}, {MAX}]",
        "SUPPORTBOT_TELEGRAM__ADMINS": f"[{ADA}]",
        "SUPPORTBOT_TELEGRAM__CHAT_PER_SECOND": "0",
        "SUPPORTBOT_TELEGRAM__ALL_PER_SECOND": "0",
        "SUPPORTBOT_TELEGRAM__GROUP_PER_MINUTE": "1000",
        "SUPPORTBOT_WEB__PORT": "0",
        "SUPPORTBOT_FAQ__ENCODER": "none",
        **settings,
    }
    unstarted = Desk(folder, url, "", "", environment, sandbox)
    return sandbox, unstarted


@contextmanager
def own_desk(folder: Path, **settings: str) -> Iterator[Desk]:
    """Start a sandbox and a bot that walks do not share, and end both."""
    with run(*make_desk(folder, **settings)) as desk:
        yield desk


@contextmanager
def run(sandbox: Process, desk: Desk) -> Iterator[Desk]:
    """Start the bot of a desk that was made, and end it and its sandbox."""
    try:
        desk.start_bot()
        desk.ready()
        yield desk
    finally:
        if desk.bot is not sandbox:
            desk.bot.stop()
        sandbox.stop()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with own_desk(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
async def sandbox(desk: Desk) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(desk.sandbox_url) as client:
        yield client


@pytest.fixture
async def olga(sandbox: SandboxClient) -> Operator:
    return await sandbox.operator("Olga")


@pytest.fixture
async def max_(sandbox: SandboxClient) -> Operator:
    return await sandbox.operator("Max")


@pytest.fixture
async def ada(sandbox: SandboxClient) -> Operator:
    return await sandbox.operator("Ada")


@pytest.fixture
async def customer(sandbox: SandboxClient, request: pytest.FixtureRequest) -> Customer:
    """Somebody new in each walk, named after it."""
    name = request.node.name.removeprefix("test_")[:40]
    return await sandbox.customer(name, language="en")
