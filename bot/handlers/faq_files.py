"""The FAQ as a file in the chat: `/export` sends one, `/import` takes one, shows what it would change, and asks.

Ada sends `faq.xlsx`; the bot answers "2 new, 1 changed" with a line for each change, and only when she presses "Import"
the base is another one: all of the file, or nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.conversation import Edited, Incoming, Said, Where
from bot.domain.errors import SupportbotError
from bot.domain.message import Button, ContentKind, RichText, bold, join, plain
from bot.domain.ports import Act, DeliveryError, FileSource, Outgoing
from bot.faq import store
from bot.faq.entry import FaqEntry
from bot.handlers import faq_entry
from bot.handlers.house import House
from bot.handlers.private import Desk
from bot.handlers.turn import Saying, Sayings, rows, say_at
from bot.handoff import staff as people
from bot.messaging import outbox
from bot.storage import versions

if TYPE_CHECKING:
    from bot.faq.changes import Difference

FORMATS = ("xlsx", "csv", "yaml", "jsonl")
ENDINGS = (".xlsx", ".csv", ".yaml", ".yml", ".jsonl", ".json")
LARGEST = 2 * 1024 * 1024
"""Bytes of a file that is taken in the chat; a larger one goes in by `supportbot faq import`."""
SHOWN = 12


def folder(house: House) -> Path:
    """Return where files lie that were made or sent here; each is written over by the next one."""
    return house.settings.root / "var" / "files"


def export(at: Desk, kind: str) -> Sayings:
    """Send the base as a file; without a format ask for one."""
    kind = kind.strip().lower().lstrip(".")
    if kind not in FORMATS:
        buttons = [Button(one.upper(), f"adm:export:{one}") for one in FORMATS]
        return [say_at(at.place, at.texts("files.which"), rows(*buttons, width=4))]
    from bot.faq import exchange

    entries = store.list_entries(at.conn)
    file = folder(at.house) / f"faq-{at.person.id}.{kind}"
    file.parent.mkdir(parents=True, exist_ok=True)
    exchange.write(entries, file)
    body = {"path": str(file), "name": f"faq.{kind}", "caption": at.texts("files.exported", n=len(entries))}
    return [Saying(Outgoing(Act.ATTACH, body), place=at.place, author=outbox.SYSTEM)]


def ask(at: Desk) -> Sayings:
    """Ask for a file."""
    people.keep_flow(at.conn, at.person.id, {"faq": "import"})
    return [say_at(at.place, at.texts("files.send"), rows(faq_entry.cancel_button(at)))]


async def fetched(house: House, incoming: Incoming | None) -> Incoming | None:
    """Read a FAQ file that an admin was asked for, before the turn begins: nothing is fetched within a transaction.

    Returns:
        The message, with `entries` or `problem` in its details where it carries such a file.
    """
    if not isinstance(incoming, Said) or isinstance(incoming, Edited) or incoming.where is not Where.PRIVATE:
        return incoming
    content = incoming.content
    if content.kind is not ContentKind.DOCUMENT or not str(content.details.get("name", "")).lower().endswith(ENDINGS):
        return incoming
    channel: object = house.channels.get(incoming.place.channel)
    who = incoming.author.id
    asked = await house.database.read(lambda conn: _is_asked(conn, who))
    if not asked or not isinstance(channel, FileSource):
        return incoming
    found = await _read(channel, content.details)
    return replace(incoming, content=replace(content, details={**content.details, **found}))


def _is_asked(conn: Any, telegram_id: str) -> bool:  # noqa: ANN401 a connection
    person = people.by_telegram(conn, telegram_id)
    return person is not None and people.flow(conn, person.id).get("faq") == "import"


async def _read(channel: FileSource, details: Any) -> dict[str, Any]:  # noqa: ANN401 JSON
    from bot.faq import exchange

    name = Path(str(details["name"])).name
    if int(details.get("size") or 0) > LARGEST:
        return {"problem": "files.too_large"}
    try:
        data = await channel.fetch(str(details.get("file_id", "")), LARGEST)
        return {"entries": await asyncio.to_thread(exchange.read_bytes, name, data)}
    except DeliveryError:
        return {"problem": "files.not_fetched"}
    except SupportbotError as broken:
        return {"told": str(broken)}


def given(at: Desk, said: Said) -> Sayings:
    """Show what a file would change, with a button that carries it out."""
    details, cancel = said.content.details, rows(faq_entry.cancel_button(at))
    if "told" in details:
        return [say_at(at.place, f"{details['told']}\n\n{at.texts('files.nothing_changed')}", cancel)]
    entries: list[FaqEntry] | None = details.get("entries")
    if entries is None:
        return [say_at(at.place, at.texts(details.get("problem", "files.no_file")), cancel)]
    from bot.faq import changes, exchange

    old = store.list_entries(at.conn)
    named = {entry.id for entry in entries}
    difference = changes.difference(old, [*(entry for entry in old if entry.id not in named), *entries])
    if not difference:
        people.keep_flow(at.conn, at.person.id, {})
        return [at.tell(at.texts("files.same"))]
    _waiting(at).parent.mkdir(parents=True, exist_ok=True)
    _waiting(at).write_bytes(exchange.write_bytes(entries, "waiting.json"))
    people.keep_flow(at.conn, at.person.id, {"faq": "import", "version": _version(at)})
    long = [entry.id for entry in entries if entry.too_long_for_one_message()]
    go = Button(at.texts("files.button_import"), "adm:import")
    return [say_at(at.place, _told(at, difference, long), rows(go, faq_entry.cancel_button(at), width=2))]


def _told(at: Desk, difference: Difference, long: Sequence[str]) -> RichText:
    """Return a difference in words: first what would be lost, then its beginning when it is long."""
    added, changed, losing = difference.added, difference.changed, difference.losing
    parts = [bold(at.texts("files.added", n=len(added)) + " · " + at.texts("files.changed", n=len(changed)))]
    if losing:
        parts.append(bold("⚠️ " + at.texts("files.lost", n=sum(len(change.lost) for change in losing))))
        parts += [plain(f"✗ {change.entry}: {faq_entry.named(change.lost)}") for change in losing[:SHOWN]]
        parts += faq_entry.more(at, len(losing) - SHOWN)
    if long:
        parts.append(bold("⚠️ " + at.texts("files.long", n=len(long), which=_some(long))))
    parts += [plain(f"+ {key}") for key in added[:SHOWN]]
    shown = sorted(changed, key=lambda change: not change.lost)[: max(SHOWN - len(added), 3)]
    for change in shown:
        parts.append(plain(f"~ {change.entry}"))
        parts += faq_entry.lines_of(at, change, "    ")
    parts += faq_entry.more(at, len(added[SHOWN:]) + len(changed) - len(shown))
    return join([*parts, plain(f"\n{at.texts('files.sure')}")])


def _some(ids: Sequence[str]) -> str:
    """Return the first ids of several."""
    return ", ".join(ids[:SHOWN]) + (" …" if len(ids) > SHOWN else "")


def carry_out(at: Desk) -> Sayings:
    """Take the file into the base, unless the base was changed since it was looked at."""
    flow, file = people.flow(at.conn, at.person.id), _waiting(at)
    if flow.get("faq") != "import" or "version" not in flow or not file.exists():
        return [at.tell(at.texts("admin.gone"))]
    if flow["version"] != _version(at):
        people.keep_flow(at.conn, at.person.id, {"faq": "import"})
        return [say_at(at.place, at.texts("files.changed_since"), rows(faq_entry.cancel_button(at)))]
    entries = [FaqEntry.from_dict(body) for body in json.loads(file.read_text(encoding="utf-8"))]
    people.keep_flow(at.conn, at.person.id, {})
    from bot.faq import changes

    named = {entry.id for entry in entries}
    done = changes.difference([one for one in store.list_entries(at.conn) if one.id in named], entries)
    store.replace_all(at.conn, entries, at.person.id, at.now)
    counts = {"added": len(done.added), "changed": len(done.changed), "unchanged": done.unchanged}
    counted = " · ".join(at.texts(f"files.{what}", n=count) for what, count in counts.items() if count)
    return [say_at(at.place, at.texts("files.imported", counts=counted), rows(faq_entry.to_menu(at)))]


def _waiting(at: Desk) -> Path:
    return folder(at.house) / f"import-{at.person.id}.json"


def _version(at: Desk) -> int:
    return versions.current(at.conn).get(versions.FAQ, 0)
