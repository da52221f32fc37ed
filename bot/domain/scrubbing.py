"""What may be told of a fault: where it happened and of which kind it is, never what somebody wrote, never a secret.

`ValueError("I am Anna, call +49 170 1234567")` is told as `ValueError` with the lines of code that it came through:
what an error says may be anybody's words. Only sentences of our own, of the system and of a database that is out of
reach are told, and of those every token, password, address and phone number is left out.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable

from bot.domain.errors import SupportbotError

OUT = "…"
"""Stands for what was left out."""
LONGEST = 500
"""Characters of a sentence that are told."""
_TOKEN = re.compile(r"(?<![\w:.-])\d{5,20}:[A-Za-z0-9_-]{16,}")
_IN_URL = re.compile(r"(/(?:file/)?bot)[^/\s\"']+")
_PASSWORD = re.compile(r"(\w+://[^\s:/@]*):[^\s/@]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
_NAMED = re.compile(
    r"(?i)([\w-]*(?:token|secret|password|csrf|api[_-]?key)(?:=[\"']?|[\"']\s*:\s*[\"']))[^\s\"'&,;)}\]]{4,}"
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.:+-])(?:\+|00)[1-9](?:[\s().\/-]{0,3}\d){6,16}(?!\w)")
_AT_HOME = re.compile(r"(?<![\w.:,+-])\(?0[1-9]\d{1,4}\)?(?:[\s\/-]{1,3}\d{2,}|\d{5,})(?:[\s\/-]?\d{2,}){0,4}(?![\w:])")
_TELLING = {"08", "25", "28", "3D", "40", "53", "55", "57"}
"""Classes of SQLSTATE whose sentence names nothing that anybody wrote: no connection, no entry, no room, a lock."""


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without tokens, passwords, e-mail addresses and phone numbers, as far as they can be recognised.

    Args:
        text: that goes to a log or to the person at the keyboard.
        secrets: that are known, whatever they look like.
    """
    for secret in secrets:
        text = text.replace(secret, OUT)
    text = _TOKEN.sub(OUT, _IN_URL.sub(rf"\1{OUT}", text))
    text = _PASSWORD.sub(rf"\1:{OUT}@", text)
    text = _NAMED.sub(rf"\1{OUT}", _BEARER.sub(rf"\1 {OUT}", text))
    return _AT_HOME.sub(OUT, _PHONE.sub(OUT, _EMAIL.sub(OUT, text)))


def said(error: BaseException) -> str:
    """Return what may be told of what an error says, empty for nothing; one line."""
    if isinstance(error, SupportbotError):
        sentence = str(error)
    elif (orig := getattr(error, "orig", None)) is not None and isinstance(orig, BaseException):  # SQLAlchemy's
        return _kind_and_words(orig)
    elif isinstance(error, OSError):
        sentence = error.strerror if isinstance(error.strerror, str) else ""  # without the file's name
    elif type(error).__module__ == "sqlite3" or _state(error)[:2] in _TELLING:
        sentence = str(error).partition("\n")[0]
    else:
        sentence = _state(error)
    return scrub(" ".join(sentence.split()))[:LONGEST]


def _state(error: BaseException) -> str:
    """Return the SQLSTATE of an error of PostgreSQL; its sentence may quote a value."""
    return str(getattr(error, "sqlstate", None) or "")


def _kind_and_words(error: BaseException) -> str:
    words = said(getattr(error, "__cause__", None) or error) if _wrapped(error) else said(error)
    return words or type(error).__name__


def _wrapped(error: BaseException) -> bool:
    """Return whether it is SQLAlchemy's copy of a driver's error, which has that as its cause."""
    return type(error).__module__.startswith("sqlalchemy.") and error.__cause__ is not None


def told(error: BaseException) -> str:
    """Return an error in one line: its class, and what may be told of what it says."""
    words = said(error)
    return f"{_name(error)}: {words}" if words else _name(error)


def trace(error: BaseException) -> str:
    """Return where an error came from: the lines of code, and each error of the chain as `told`."""
    return "\n".join(_traced(error, set()))


def _traced(error: BaseException, seen: set[int]) -> list[str]:
    if id(error) in seen:
        return []
    seen.add(id(error))
    lines: list[str] = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        lines = [*_traced(before, seen), "", "which led to:" if error.__cause__ else "while that was handled:", ""]
    stack = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__))
    if stack:
        lines.append("Traceback (most recent call last):")
        lines += [line.rstrip("\n") for line in stack.format()]
    lines.append(told(error))
    if isinstance(error, BaseExceptionGroup):
        for number, one in enumerate(error.exceptions, 1):
            lines += [f"  {number}. of {len(error.exceptions)}:", *(f"    {line}" for line in _traced(one, seen))]
    return lines


def _name(error: BaseException) -> str:
    kind = type(error)
    return (
        kind.__qualname__ if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}.{kind.__qualname__}"
    )
