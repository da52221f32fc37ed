"""The last line of defence of every log: whoever logs what must not be logged, it does not get out.

Our own lines are an event's name and values under known keys; an object, or a key that nobody has thought about, is
told by its kind only. Errors are told without what they say (see `domain.scrubbing`), those of libraries as well, and
so are tasks whose end nobody waited for. Whatever is left goes through `scrub`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any

import structlog

from bot.domain.scrubbing import LONGEST, OUT, scrub, told, trace

KNOWN = frozenset(
    (
        *("event", "level", "timestamp", "exception"),
        *("account", "act", "advice", "again", "alarm", "attempts", "because", "before", "channel", "chat", "code"),
        *("conversation", "count", "customer", "delivery", "driver", "encoder", "entries", "entry", "error", "file"),
        *("files", "form", "group", "head", "inbox", "items", "judged", "key", "keys", "kind", "lane", "line", "mode"),
        *(
            "number",
            "offset",
            "order",
            "outbox",
            "path",
            "person",
            "place",
            "port",
            "reason",
            "role",
            "rows",
            "seconds",
        ),
        *(
            "seal",
            "setting",
            "settings",
            "shown",
            "staff",
            "state",
            "status",
            "ticket",
            "topic",
            "update",
            "version",
            "what",
        ),
        *("when", "why", "worker"),
    )
)
"""Keys whose values may be told; none of them ever holds words of customers, names, addresses or secrets."""
NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")
_REPR = re.compile(r"\b(result|exception)=.*", re.DOTALL)
_NOISY = ("httpx", "httpcore", "aiohttp.access", "aiogram", "apscheduler")
_secrets: list[str] = []


def know(*secrets: str) -> None:
    """Keep these out of all logs, whatever they look like; the longest first."""
    _secrets[:] = sorted({*_secrets, *(one for one in secrets if one)}, key=len, reverse=True)


def clean(text: str) -> str:
    """Return a text that may go out: to a log, or to the person at the keyboard."""
    return scrub(text, _secrets)


def configure(level: int, form: str = "console", *, for_good: bool = True) -> None:
    """Write logs to standard error.

    Args:
        level: of our own; of libraries only warnings and worse are told.
        form: `console` or `json`.
        for_good: nothing will configure it otherwise in this process.
    """
    last: list[Any] = [structlog.processors.JSONRenderer()]
    if form != "json":
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            traces,
            kept_short,
            *last,
            cleaned,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_Written,
        cache_logger_on_first_use=for_good,
    )
    root = logging.getLogger()
    root.handlers = [*(one for one in root.handlers if not isinstance(one, _Handler)), _Handler(as_json=form == "json")]
    root.setLevel(max(level, logging.WARNING))
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=for_good)


def traces(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put in where an error came from, and nothing of what it says."""
    raised = line.pop("exc_info", None)
    line.pop("stack_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        line["exception"] = trace(error)
    return line


def kept_short(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of a line what may be told: names of events, and values under known keys."""
    if not NAME.fullmatch(str(line.get("event", ""))):
        line["event"] = "odd_event"
    for key, value in line.items():
        if key not in {"event", "exception"}:
            line[key] = _value(value) if key in KNOWN else f"<{type(value).__name__}>"
    return line


def _value(value: object) -> object:
    """Return a value of a log's line: what is no number, text, time or list of those is told by its kind."""
    match value:
        case None | bool() | int() | float() | str():
            plain = value.value if isinstance(value, Enum) else value
            return plain[:LONGEST] if isinstance(plain, str) else plain
        case datetime() | date() | time() | timedelta() | PurePath():
            return str(value)
        case BaseException():
            return told(value)
        case list() | tuple() | set() | frozenset():
            return [_value(one) for one in list(value)[:50]]
    return f"<{type(value).__name__}>"


def cleaned(_: object, __: str, line: Any) -> str:  # noqa: ANN401 a rendered line, which structlog types as more
    """Leave tokens, addresses and phone numbers out of a line that is about to be written."""
    return clean(str(line))


class Formatter(logging.Formatter):
    """The lines of libraries: their first line, errors without what they say."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__("%(levelname)s:%(name)s:%(message)s")
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        message = clean(_message(record))
        raised = record.exc_info[1] if record.exc_info else None
        where = clean(trace(raised)) if raised is not None else ""
        if not self._as_json:
            return f"{record.levelname}:{record.name}:{message}" + (f"\n{where}" if where else "")
        line = {"event": message, "logger": record.name, "level": record.levelname.lower()}
        return json.dumps(line | ({"exception": where} if where else {}), ensure_ascii=False)


class _Written:
    """Writes our own lines to whatever standard error is."""

    def __init__(self, *_: object) -> None:
        """Take no arguments, as structlog gives them."""

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = log = msg


class _Handler(logging.Handler):
    """Writes the lines of libraries to whatever standard error is."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.setFormatter(Formatter(as_json=as_json))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        sys.stderr.write(f"{self.format(record)}\n")


def _message(record: logging.LogRecord) -> str:
    """Return the first line of what a library says; objects that it names are told by their kind."""
    try:
        args: Any = record.args
        if isinstance(args, tuple):
            args = tuple(_argument(one) for one in args)
        elif isinstance(args, dict):
            args = {key: _argument(one) for key, one in args.items()}
        message = str(record.msg) % args if args else _bare(record.msg)
    except (TypeError, ValueError, KeyError):
        message = OUT
    return _REPR.sub(rf"\1={OUT}", (message.splitlines() or [""])[0])[:LONGEST]


def _bare(message: object) -> str:
    return message if isinstance(message, str) else str(_value(message))


def _argument(value: object) -> object:
    return value if isinstance(value, int | float) else str(_value(value))


def install() -> None:
    """Tell of what nobody caught, in this process and its threads, without what it says."""

    def uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        _write(error)

    def in_thread(given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            _write(given.exc_value)

    def unraisable(given: Any) -> None:  # noqa: ANN401 a type that Python does not name
        if given.exc_value is not None:
            _write(given.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaught, in_thread, unraisable


def _write(error: BaseException) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    sys.stderr.write(f"{clean(trace(error))}\nsupportbot: this is a fault of the program; please report these lines\n")


def unwaited(_: object, context: dict[str, Any]) -> None:
    """Tell of a task or a call that ended badly and that nobody waited for."""
    error = context.get("exception")
    logging.getLogger("asyncio").error(str(context.get("message", "")), exc_info=error)
