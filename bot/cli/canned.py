"""`supportbot canned …`: what operators say so often that it stands ready."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App as Command

from bot import settings as configuration
from bot.cli.common import Flag, Json, do, opened, say, show

if TYPE_CHECKING:
    from bot.handoff.canned import CannedAnswer

canned = Command(name="canned", help="The operators' canned answers: list them, out, in.")
SHOWN = 60


@canned.command(name="list")
def canned_list(*, as_json: Json = False) -> int:
    """Show all canned answers, and how often each was sent."""

    async def work() -> int:
        from bot.handoff import canned as store

        async with opened(configuration.load()) as database:
            answers = await database.read(store.list_all)
        show(
            [_body(one) for one in answers],
            lambda: "\n".join(map(_line, answers)) or "There are none.",
            as_json=as_json,
        )
        return 0

    return do(work())


def _body(answer: CannedAnswer) -> dict[str, object]:
    return {
        "key": answer.key,
        "category": answer.category,
        "enabled": answer.enabled,
        "used": answer.used,
        "asked": list(answer.asked),
        "bodies": dict(answer.bodies),
    }


def _line(answer: CannedAnswer) -> str:
    text = " ".join(next(iter(answer.bodies.values())).split())
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    state = "" if answer.enabled else " (off)"
    return f"{answer.used:>4}×  {answer.key}{state}  [{', '.join(answer.bodies)}]  {shown}"


@canned.command(name="export")
def canned_export(file: Path) -> int:
    """Write all canned answers into a TOML file.

    Parameters
    ----------
    file
        What to write; it is written over.
    """

    async def work() -> int:
        from bot.handoff import canned as store, canned_file

        async with opened(configuration.load()) as database:
            answers = await database.read(store.list_all)
        await asyncio.to_thread(file.write_text, canned_file.written(answers), "utf-8")
        say(f"{len(answers)} canned answers are in {file}.")
        return 0

    return do(work())


@canned.command(name="import")
def canned_import(file: Path, *, dry_run: Flag = False) -> int:
    """Take in a TOML file of canned answers, all of it or nothing; those with other keys stay as they are.

    Parameters
    ----------
    file
        What to read, in the form of `[[canned]]` in config/handoff.toml.
    dry_run
        Only show what would change.
    """

    async def work() -> int:
        from bot.app import now
        from bot.handoff import canned as store, canned_file

        answers = await asyncio.to_thread(canned_file.load, file)
        async with opened(configuration.load()) as database:
            known = {one.key: store.same(one) for one in await database.read(store.list_all)}
            changed = [one for one in answers if known.get(one.key) != store.same(one)]
            if not dry_run:
                await database.transaction(lambda conn: [store.save(conn, one, None, now()) for one in changed])
        for one in changed:
            say(f"{'~' if one.key in known else '+'} {one.key}")
        rest = len(answers) - len(changed)
        say(f"{'Would change' if dry_run else 'Changed'} {len(changed)}, {rest} are as they were.")
        return 0

    return do(work())
