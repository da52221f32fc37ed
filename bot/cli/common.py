"""What all commands share: how they print, fail, and open the database beside a bot that may be running."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from bot.settings import Settings

if TYPE_CHECKING:  # each command imports what it needs, so that none waits for what it does not
    from bot.storage.database import Database

Json = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON instead of text.")]
LAST_STEERING = 0x9F
Flag = Annotated[bool, Parameter(negative=())]


def say(text: str) -> None:
    r"""Print a line; half of a character, which no encoding has, as JSON escapes it: `\ud83d`."""
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    sys.stdout.flush()


def harmless(text: str) -> str:
    """Return what customers wrote without the signs that steer a terminal; lines and tabs stay."""
    return "".join(one if one in "\n\t" or one.isprintable() or ord(one) > LAST_STEERING else "?" for one in text)


def complain(text: str) -> None:
    """Print a line for people beside what a command prints, which may be JSON."""
    from bot.logs import clean

    sys.stderr.write(f"supportbot: {clean(text)}\n".encode("utf-8", "backslashreplace").decode("utf-8"))


def show(body: Any, text: Callable[[], str], *, as_json: bool) -> None:  # noqa: ANN401 JSON
    """Print JSON, or words for people."""
    say(json.dumps(body, ensure_ascii=False, indent=2) if as_json else text())


def do(work: Coroutine[Any, Any, int]) -> int:
    """Run a command's work and return its exit code."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(settings: Settings, *, upgraded: bool = True) -> AsyncIterator[Database]:
    """Open the database beside a bot that may be running, brought up to date."""
    from bot.storage.database import connect

    database = connect(settings.database_url, checkpoints=False)
    with _at_work(settings):
        try:
            if upgraded:
                await _upgrade(settings, database)
            yield database
        finally:
            await database.close()


async def _upgrade(settings: Settings, database: Database) -> None:
    from bot.storage import migrate

    async def keep(version: str) -> None:
        from bot.app import now
        from bot.storage import backups
        from bot.storage.database import DatabaseUnusable

        try:
            await backups.before_upgrade(settings.database_url, settings.root, now, [])(version)
        except DatabaseUnusable as error:
            if database.dialect == "sqlite":
                raise
            complain(f"the database is upgraded without a copy of it: {error}")

    await migrate.upgrade(database, keep)


@contextmanager
def _at_work(settings: Settings) -> Iterator[None]:
    """Keep an SQLite file from being replaced while a command works on it."""
    from bot.storage.database import parse, sqlite_path

    url = parse(settings.database_url)
    lock = None
    if url.get_backend_name() == "sqlite":
        from bot.storage.sqlite import work_beside

        lock = work_beside(sqlite_path(url))
    with lock or nullcontext():
        yield
