"""Canaries pushed through what can fail: no token, phone, address or sentence of a customer comes out anywhere.

A leak is looked for in what is written to standard error (in both forms, on the level debug), in pages, health, figures
and the words with which commands end.
"""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot import cli, logs
from bot.app.logs import configure_logs, secrets_of
from bot.channels.telegram.webhook import Webhook
from bot.domain.conversation import Author, Place
from bot.domain.errors import SupportbotError
from bot.domain.message import Content, ContentKind, plain
from bot.domain.scrubbing import scrub, told, trace
from bot.settings import load
from bot.storage.database import Database
from tests.databases import database, database_url, postgres_url, sqlite_file, sqlite_template
from tests.storage.conftest import outsider
from tests.web.conftest import migrated, office
from tests.web.counter import customers_of
from tests.web.office import Office

__all__ = ["database", "database_url", "migrated", "office", "outsider", "postgres_url"]
__all__ += ["sqlite_file", "sqlite_template"]
TOKEN = "1234567890:AAcanary_token-of-the-shop_x7"
PHONE, EMAIL, SENTENCE = "+49 170 9988776", "canary@leaks.example", "my canary sings at night"
PASSWORD, SECRET = "canary-password", "canary-secret-of-the-hook"
ALL = f"{SENTENCE} {PHONE} {EMAIL} https://api.telegram.org/bot{TOKEN}/getMe"
CANARIES = (TOKEN, TOKEN.partition(":")[2], "9988776", EMAIL, SENTENCE, PASSWORD, SECRET)
BOT = Path(__file__).parents[1] / "bot"
Read = Callable[[], str]


def leaks(where: str) -> list[str]:
    return [one for one in CANARIES if one in where]


@pytest.fixture(params=["console", "json"])
def logged(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Log as a run does, on the level debug; give what reads what was written."""
    settings = load(
        {
            "SUPPORTBOT_TELEGRAM__TOKEN": TOKEN,
            "SUPPORTBOT_TELEGRAM__WEBHOOK_SECRET": SECRET,
            "SUPPORTBOT_DATABASE__URL": f"postgresql+asyncpg://desk:{PASSWORD}@127.0.0.1/desk",
            "SUPPORTBOT_LOG__LEVEL": "debug",
            "SUPPORTBOT_LOG__FORMAT": request.param,
        }
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(logs, "_secrets", list[str]())
        real = structlog.configure
        patched.setattr(structlog, "configure", lambda **how: real(**{**how, "cache_logger_on_first_use": False}))
        configure_logs(settings)
    logs.know(*secrets_of(settings))
    yield lambda: capsys.readouterr().err
    structlog.reset_defaults()
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one, logs._Handler)]  # noqa: SLF001 as it was before
    logging.captureWarnings(capture=False)
    logs._secrets.clear()  # noqa: SLF001 the same


class _Known(SupportbotError):
    """One of ours, whose writer has forgotten the rule."""


class _Model(BaseModel):
    phone: int


def _of_database() -> Exception:
    return IntegrityError("INSERT INTO customers VALUES (:name)", {"name": ALL}, sqlite3.IntegrityError("UNIQUE: a.b"))


class _OfPostgres(Exception):
    """As asyncpg's: with a state, and a value in its words."""

    sqlstate = "22P02"


def _of_pydantic() -> Exception:
    try:
        _Model.model_validate({"phone": ALL})
    except ValueError as error:
        return error
    raise AssertionError


def _of_http() -> Exception:
    request = httpx.Request("GET", f"https://api.telegram.org/file/bot{TOKEN}/photo.jpg")
    return httpx.HTTPStatusError(f"404 for url {request.url} {ALL}", request=request, response=httpx.Response(404))


def _noted() -> Exception:
    error = RuntimeError(ALL)
    error.add_note(ALL)
    return error


FAULTS: dict[str, Callable[[], Exception]] = {
    "a value": lambda: ValueError(ALL),
    "a key": lambda: KeyError(ALL),
    "a note": _noted,
    "several": lambda: ExceptionGroup(ALL, [ValueError(ALL), ExceptionGroup(ALL, [KeyError(ALL)])]),
    "a file": lambda: FileNotFoundError(2, "No such file or directory", f"/tmp/{SENTENCE}.jpg"),  # noqa: S108 a name only
    "a statement": _of_database,
    "a server": lambda: OperationalError("SELECT", None, _OfPostgres(ALL)),
    "a model": _of_pydantic,
    "a call": _of_http,
    "a library": lambda: sqlite3.ProgrammingError(f"{PHONE} {EMAIL} {TOKEN}"),
    "text": lambda: UnicodeDecodeError("utf-8", SENTENCE.encode(), 0, 1, SENTENCE),
    "one of ours": lambda: _Known(f"{PHONE} {EMAIL} https://x/bot{TOKEN}/y"),
}


def raised(error: Exception, around: str) -> None:
    """Raise an error while another one is handled, with the canaries among the local variables."""
    assert around
    try:
        raise LookupError(ALL)  # noqa: TRY301 the error that is handled
    except LookupError as other:
        if isinstance(error, KeyError):
            raise error from other
        raise error  # noqa: B904 the context is what is tested


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_its_kind_and_its_place_and_not_by_what_it_says(logged: Read, fault: str) -> None:
    try:
        raised(FAULTS[fault](), ALL)
    except Exception as error:
        structlog.get_logger().exception("turn_failed", inbox=7, error=error)
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n%s", error)  # noqa: TRY401 as libraries do
        logging.getLogger("apscheduler").error("Job %r raised %s", ALL.split, error, exc_info=error)  # noqa: TRY400
        kind = type(error).__name__
    written = logged()

    assert leaks(written) == []
    assert written.count(kind) >= 3
    assert written.count("test_no_leak.py") >= 3
    assert "turn_failed" in written


def test_objects_unknown_keys_and_odd_events_are_told_by_their_kind(logged: Read) -> None:
    log = structlog.get_logger()
    content = Content(ContentKind.TEXT, plain(ALL))

    log.info(
        "relayed", line=content, person=Author(ALL, ALL), place=Place("telegram", SENTENCE), rows=[content], inbox=7
    )
    log.info("relayed", text=SENTENCE, name=SENTENCE, nobody_thought_of=SENTENCE)
    log.debug(f"said {SENTENCE}")  # noqa: G004 what must not be done
    log.warning("relayed", reason=f"{PHONE} {EMAIL} {TOKEN} {PASSWORD} {SECRET}")
    written = logged()

    assert leaks(written) == []
    assert [one for one in ("<Content>", "<Author>", "<str>", "odd_event") if one not in written] == []
    assert re.search(r"inbox\W+7", re.sub(r"\x1b\[[\d;]*m", "", written))


async def test_a_task_that_nobody_waits_for_is_told_without_its_words(logged: Read) -> None:
    loop = asyncio.get_running_loop()
    loop.set_debug(True)

    async def fails(around: str) -> None:
        raise ValueError(around)

    for handler in (None, logs.unwaited):
        loop.set_exception_handler(handler)
        task = asyncio.ensure_future(fails(ALL))
        await asyncio.wait({task})
        del task
        loop.call_soon(raised, ValueError(ALL), ALL)
        await asyncio.sleep(0)
    loop.set_debug(False)
    loop.set_exception_handler(None)
    written = logged()

    assert leaks(written) == []
    assert written.count("Task exception was never retrieved") == 2
    assert written.count("ValueError") >= 4


def test_what_nobody_caught_ends_the_process_without_its_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    import threading

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    logs.install()
    error = ValueError(ALL)

    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=raised, args=(error, ALL))
    thread.start()
    thread.join()
    written = capsys.readouterr().err

    assert leaks(written) == []
    assert written.count("ValueError") == 2
    assert "please report these lines" in written


async def test_a_turn_that_fails_on_a_customer_s_words_does_not_log_them(
    office: Office, logged: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ValueError(ALL)

    monkeypatch.setattr("bot.handlers.dispatch.Turn", breaks)
    customers = customers_of(office)
    await customers.type(ALL)

    await customers.are_served()
    written = logged()

    assert "turn_failed" in written
    assert leaks(written) == []


async def test_pages_health_and_figures_show_nothing_of_a_fault(
    office: Office, logged: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = await office.desk("Olga")
    office.house.health.alarms["telegram"] = f"cannot be polled: https://api.telegram.org/bot{TOKEN}/x {PHONE} {EMAIL}"
    shown = [(await olga.page(path)).text for path in ("/health/ready", "/metrics")]

    async def breaks(*_: object, **__: object) -> None:
        raise ValueError(ALL)

    monkeypatch.setattr(type(office.house.database), "read", breaks)
    transport = httpx.ASGITransport(office.app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as browser:
        for path in ("/console/queue", "/console/faq", "/chat", "/chat/events", "/health/ready", "/metrics"):
            answer = await browser.get(path, headers={"Cookie": "__Host-session=x; session=x"})
            shown.append(answer.text)

    assert [leaks(one) for one in shown if leaks(one)] == []
    assert any("telegram" in one for one in shown)
    assert leaks(logged()) == []


@pytest.mark.parametrize("body", [ALL.encode(), b'{"update_id": 7, "message": {"text": "' + SENTENCE.encode() + b'"}}'])
async def test_a_webhook_that_cannot_be_stored_or_read_logs_nothing_of_it(logged: Read, body: bytes) -> None:
    async def refuses(*_: object) -> None:
        raise ValueError(ALL)

    hook = Webhook(SECRET, lambda: "7", refuses, lambda: None)

    codes = [await hook.receive(secret, body) for secret in (b"wrong", SECRET.encode())]

    assert codes in ([401, 400], [401, 503])
    assert leaks(logged()) == []


@dataclass
class Server:
    """A Bot API that answers with canaries, or cuts the line."""

    status: int
    base: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if self.status:
            body = f"<html>{ALL}</html>".encode()
            writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()


@pytest.fixture(params=[200, 400, 401, 404, 409, 429, 500, 502, 0])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    told_to = Server(request.param)
    listening = await asyncio.start_server(told_to.answer, "127.0.0.1", 0)
    told_to.base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield told_to
    listening.close()


@pytest.mark.slow
async def test_no_call_that_fails_tells_its_address(server: Server, logged: Read) -> None:
    from bot.channels.telegram.aiogram_driver import AiogramCaller

    caller = AiogramCaller(TOKEN, server.base)
    calls: list[Callable[[], Any]] = [
        lambda: caller.call("getMe", {}, 5),
        lambda: caller.call("sendMessage", {"chat_id": 511, "text": SENTENCE}, 5),
        lambda: caller.download("photos/file_1.jpg", 100, 5),
    ]
    said = []
    for call in calls:
        try:
            await call()
        except Exception as error:  # noqa: BLE001 whatever it is
            structlog.get_logger().exception("not_fetched", reason=str(error))
            said.append(f"{error!r} {error} {error.__cause__!r} {error.__context__ if error.__cause__ else ''}")
    await caller.close()

    assert [leaks(one) for one in said if leaks(one)] == []
    assert leaks(logged()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("faq", "import", "bad.yaml"),
        ("faq", "import", "bad.csv"),
        ("order", "show", f"{EMAIL} {PHONE}"),
        ("db", "upgrade"),
        ("db", "restore", f"{PHONE} {EMAIL}"),
        ("operator", "disable", PHONE),
    ],
)
def test_no_command_ends_with_what_it_was_given_in_confidence(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(f"- id: 'no id! {PHONE}'\n  en: {{question: {EMAIL}, answer: [{TOKEN}]}}\n")
    (tmp_path / "bad.csv").write_text(f"id,language,question\n{PHONE} {EMAIL},xx,{TOKEN}\n")
    url = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    if arguments == ("db", "upgrade"):
        url = f"postgresql+asyncpg://desk:{PASSWORD}@127.0.0.1:1/desk"
    monkeypatch.setenv("SUPPORTBOT_DATABASE__URL", url)
    monkeypatch.setenv("SUPPORTBOT_TELEGRAM__TOKEN", TOKEN)

    code = cli.run(arguments)
    structlog.reset_defaults()
    printed = capsys.readouterr()

    assert code in {1, 2}
    assert leaks(printed.out + printed.err) == []


async def test_no_statement_that_fails_tells_its_values(database: Database) -> None:
    statements = ("INSERT INTO customers (id, name, created_at) VALUES (1, :name, '2026-11-23')", "SELECT nope(:name)")

    def twice(statement: str) -> Callable[[Connection], None]:
        def work(conn: Connection) -> None:
            for _ in range(2):
                conn.execute(text(statement).bindparams(name=ALL))

        return work

    said = []
    for statement in statements:
        with pytest.raises(DBAPIError) as failed:
            await database.transaction(twice(statement))
        said.append(f"{failed.value} {failed.value!r} {told(failed.value)} {trace(failed.value)}")

    assert [leaks(one) for one in said] == [[], []]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"https://api.telegram.org/file/bot{TOKEN}/a.jpg", "https://api.telegram.org/file/bot…/a.jpg"),
        (f"token {TOKEN} refused", "token … refused"),
        ("call +49 (170) 123-45-67 now", "call … now"),
        ("0170 1234567, 030/123456 or 00491701234567", "…, … or …"),
        ("postgresql+asyncpg://desk:word@host/desk", "postgresql+asyncpg://desk:…@host/desk"),
        ("Authorization: Bearer abcdefgh", "Authorization: Bearer …"),
        ("/sign-in?token=abcdefgh&x=1", "/sign-in?token=…&x=1"),
        ("anna.b+x@shop.example.com wrote", "… wrote"),
        *[
            (kept, kept)
            for kept in (
                "2026-11-22T23:18:54.123456Z 12:30:45 chat -1001234567890 person 1234567890",
                "telegram.token: Telegram refuses it (401 Unauthorized)",
                "web.port: 127.0.0.1:8080 is in use",
                "var/supportbot.before-restore.20261122-231854.db has version 0018",
                "0.0123456 s of 0,55",
            )
        ],
    ],
)
def test_what_can_be_recognised_is_left_out_and_nothing_else(before: str, after: str) -> None:
    assert scrub(before) == after


def logging_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(BOT.rglob("*.py")):
        name = path.relative_to(BOT).as_posix()
        if name.startswith("sandbox/"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(
                r"(self\.)?_?log\.(debug|info|warning|error|exception|critical)", ast.unparse(node.func)
            ):
                yield f"{name}:{node.lineno}", node


def test_every_line_that_is_logged_is_a_name_with_values_under_keys_that_may_be_told() -> None:
    """A key that can never hold words, names, addresses or secrets is added to `logs.KNOWN`."""
    odd = [
        (where, ast.unparse(call))
        for where, call in logging_calls()
        if not (
            len(call.args) == 1
            and isinstance(call.args[0], ast.Constant)
            and logs.NAME.fullmatch(str(call.args[0].value))
            and {one.arg for one in call.keywords} <= logs.KNOWN | {"exc_info"}
        )
    ]

    assert len(list(logging_calls())) > 30
    assert odd == []


def test_a_line_of_json_stays_json(logged: Read, request: pytest.FixtureRequest) -> None:
    structlog.get_logger().warning("alarm_raised", reason=f'"{TOKEN}" and {EMAIL}, {PHONE}')
    logging.getLogger("aiohttp").warning('"%s" {"token": "abcdefgh"}', TOKEN)
    written = logged()

    assert leaks(written) == []
    if "json" in request.node.name.partition("[")[2]:
        assert len([json.loads(line) for line in written.splitlines()]) == 2
