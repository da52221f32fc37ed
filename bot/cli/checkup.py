"""`supportbot check`: each line is ok, or says what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from bot.domain.errors import SupportbotError
from bot.settings import Settings

RIGHTS = {"can_manage_topics": "manage topics"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, whether it is well, and what to know or do."""

    what: str
    ok: bool
    text: str


async def everything(settings: Settings) -> list[Finding]:
    """Look at all that a run needs; the settings themselves were read already."""
    findings = [Finding("settings", ok=True, text=str(settings.config / "settings.toml"))]
    for what, look in _OURS.items():
        known = {one.text for one in findings if not one.ok}
        findings += [one for one in await _look(what, partial(look, settings)) if one.text not in known]
    if not settings.telegram.token.get_secret_value():
        return [*findings, Finding("telegram", ok=True, text="off, because telegram.token is empty")]
    return [*findings, *await _telegram(settings)]


async def _look(what: str, look: Callable[[], Awaitable[str]]) -> list[Finding]:
    """Return what was found, each mistake by itself."""
    try:
        return [Finding(what, ok=True, text=await look())]
    except SupportbotError as error:
        return [Finding(what, ok=False, text=line) for line in str(error).split("\n")]


async def _forms(settings: Settings) -> str:
    from bot.app import shop

    found = await asyncio.to_thread(shop.form_keys, settings)
    return ", ".join(found) or f"none: there is no {settings.path(settings.orders.form)}"


async def _files(settings: Settings) -> str:
    from bot.app import build
    from bot.storage.database import connect

    database = connect(settings.database_url, checkpoints=False)
    house = build(settings, database)
    house.knowledge_base.close()
    await database.close()
    return f"sentences in {', '.join(house.catalogues)}"


async def _database(settings: Settings) -> str:
    from bot.cli.common import opened
    from bot.storage import migrate

    async with opened(settings) as database:
        return f"version {await database.read(migrate.version)}, {database.dialect}"


async def _catalogue(settings: Settings) -> str:
    from bot.cli.common import opened
    from bot.orders import catalogue_file, stock

    path = settings.path(settings.orders.catalogue)
    if not path.exists():
        return f"none: there is no {path}"
    catalogue = await asyncio.to_thread(catalogue_file.load, path, settings.orders.currency)
    async with opened(settings) as database:
        left = await database.read(stock.left)
    if lacking := [f"{item.sku} {left[item.sku]}" for item in catalogue.items if left.get(item.sku, 0) < 0]:
        raise SupportbotError(f"{path}: more was ordered than there is of {', '.join(lacking)}; count these again")
    return f"{len(catalogue.items)} items in {path}, {len(catalogue.offered)} of them offered"


async def _shifts(settings: Settings) -> str:
    from bot.cli.common import opened
    from bot.handoff import rules, staff

    plan = rules.load(settings.config / "handoff.toml").shifts
    async with opened(settings) as database:
        people = await database.read(staff.everybody)
    known = {one.name.strip().casefold() for one in people} | {one.telegram_id for one in people}
    unknown = [name for name in plan if name not in known]
    if unknown and people:
        named = ", ".join(f"[shifts.{name!r}]" for name in unknown)
        raise SupportbotError(f"handoff.toml: {named}: nobody here is called so; see supportbot operator list")
    return f"{len(plan)} planned, in handoff.toml"


async def _faq(settings: Settings) -> str:
    from bot.cli.common import opened
    from bot.faq import exchange, store

    async with opened(settings) as database:
        stored = await database.read(store.list_entries)
        broken = await database.read(store.unreadable)
    if broken:
        raise SupportbotError("; ".join(map(str, broken)))
    if stored:
        return f"{len(stored)} entries in the database"
    path = settings.path(settings.faq.path)
    entries = await asyncio.to_thread(exchange.read, path)
    return f"{len(entries)} entries in {path}, stored at the first run"


async def _telegram(settings: Settings) -> list[Finding]:
    from bot.app.drivers import driver_of
    from bot.channels.telegram.channel import CallFailed, Paces, TelegramChannel, TokenRefused

    module, name = driver_of(settings)
    driver = getattr(await asyncio.to_thread(import_module, module), name)
    caller = driver(settings.telegram.token.get_secret_value(), settings.telegram.api_base)
    channel = TelegramChannel(caller, "", Paces())
    try:
        me = await channel.me()
        findings = [Finding("telegram token", ok=True, text=f"@{me.get('username', '?')}")]
        groups = settings.telegram.operator_groups
        findings += [await _group(caller, group, int(me["id"])) for group in groups]
    except TokenRefused as error:
        return [Finding("telegram token", ok=False, text=str(error).removeprefix("telegram.token: "))]
    except CallFailed as error:
        return [Finding("telegram", ok=False, text=f"{settings.telegram.api_base} cannot be reached ({error})")]
    finally:
        await channel.close()
    if not settings.telegram.operator_groups:
        text = "none: operators work in the console only; see telegram.operator_groups"
        findings.append(Finding("operator group", ok=True, text=text))
    return findings


_OURS: Mapping[str, Callable[[Settings], Awaitable[str]]] = {
    "forms": _forms,
    "catalogue": _catalogue,
    "config files": _files,
    "database": _database,
    "FAQ": _faq,
    "shifts": _shifts,
}
"""What is looked at before Telegram; what `config files` says of a form or the catalogue was told before it."""


async def _group(caller: Any, group: int, me: int) -> Finding:  # noqa: ANN401 a driver's Caller
    from bot.channels.telegram.channel import Answered

    what = f"operator group {group}"
    try:
        chat = await caller.call("getChat", {"chat_id": group}, 30.0)
        member = await caller.call("getChatMember", {"chat_id": group, "user_id": me}, 30.0)
    except Answered as error:
        return Finding(what, ok=False, text=f"{error.description}; add the bot to the group and check the id")
    if not chat.get("is_forum"):
        return Finding(what, ok=False, text="has no topics; switch Topics on in the group's settings")
    missing = [words for right, words in RIGHTS.items() if not member.get(right) and member.get("status") != "creator"]
    if missing:
        return Finding(what, ok=False, text=f"the bot may not {' or '.join(missing)}; make it an admin who may")
    return Finding(what, ok=True, text=str(chat.get("title", "")))
