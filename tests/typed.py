"""Commands as they are typed, in this process: a start of Python for each would take most of a test's time.

`typed("order", "list", "--json")` returns exit code, what was printed, and the complaint; on SQLite and PostgreSQL.
That a command also works as a program of its own is shown by `tests/test_commands.py`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from sqlalchemy import Connection

from bot import cli
from bot.storage.database import connect
from tests.databases import empty_all

ROOT = Path(__file__).parents[1]
T = TypeVar("T")


@dataclass
class Typed:
    """A shop of one's own, where commands are typed; `url` is its database."""

    folder: Path
    url: str
    printed: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.printed.readouterr()
        try:
            code = cli.run(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, complained = self.printed.readouterr()
        return code, out, complained

    def json(self, *arguments: str) -> Any:  # noqa: ANN401 JSON
        """Return what a command prints with `--json`; it must succeed."""
        code, out, complained = self(*arguments, "--json")
        assert (code, complained) == (0, ""), (out, complained)
        return json.loads(out)

    def refused(self, *arguments: str) -> tuple[int, str]:
        """Return exit code and the one sentence of a command that fails and prints nothing."""
        code, out, complained = self(*arguments)
        lines = complained.strip().splitlines()
        assert (out, len(lines)) == ("", 1), (out, complained)
        assert lines[0].startswith("supportbot: ")
        return code, lines[0].removeprefix("supportbot: ")

    def work(self, work: Callable[[Connection], T]) -> T:
        """Do something in the shop's database, beside the commands."""

        async def run() -> T:
            database = connect(self.url)
            try:
                return await database.transaction(work)
            finally:
                await database.close()

        return asyncio.run(run())


@pytest.fixture
def typed(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Typed]:
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("faq"))
    monkeypatch.chdir(tmp_path)
    for name, value in {"DATABASE__URL": database_url, "FAQ__ENCODER": "none", "WEB__PORT": "0"}.items():
        monkeypatch.setenv(f"SUPPORTBOT_{name}", value)
    shop = Typed(tmp_path, database_url, capsys)
    if database_url.startswith("postgresql"):
        shop.work(empty_all)
    yield shop
    structlog.reset_defaults()  # commands log to the standard error that was captured here
