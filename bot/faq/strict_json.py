"""JSON in which nothing is lost: a key that stands twice is refused, and each item of a list knows its line.

`{"answer": "old", "answer": "new"}` is allowed by most readers, which keep the last one and say nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")


class SaidTwice(ValueError):
    """A key stands twice in one object; `line` is that of the item of a list, 0 when it is not known."""

    def __init__(self, key: str, line: int = 0) -> None:
        super().__init__(f"says {key[:40]!r} twice")
        self.key = key
        self.line = line


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for key, value in pairs:
        if key in body:
            raise SaidTwice(key)
        body[key] = value
    return body


_decoder = json.JSONDecoder(object_pairs_hook=_object)


def loads(text: str) -> Any:  # noqa: ANN401 JSON
    """Return what a JSON text stands for.

    Raises:
        SaidTwice: a key stands twice in one object.
        ValueError: it is no JSON, or holds a number of thousands of digits.
        RecursionError: it nests too deeply.
    """
    return _decoder.decode(text)


def items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON list, each with the line on which it begins, from 1.

    Raises:
        SaidTwice: a key stands twice in one object; names the line of its item.
        ValueError: it is no JSON list, or holds a number of thousands of digits.
        RecursionError: it nests too deeply.
    """
    at = _after_space(text, 0)
    if not text.startswith("[", at):
        raise json.JSONDecodeError("Expecting a list", text, at)
    at = _after_space(text, at + 1)
    line, counted = 1, 0
    while not text.startswith("]", at):
        line, counted = line + text.count("\n", counted, at), at
        try:
            item, at = _decoder.raw_decode(text, at)
        except SaidTwice as wrong:
            raise SaidTwice(wrong.key, line) from wrong
        yield line, item
        at = _after_space(text, at)
        if text.startswith(",", at):
            at = _after_space(text, at + 1)
            if text.startswith("]", at):
                raise json.JSONDecodeError("Expecting value", text, at)
        elif not text.startswith("]", at):
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
    rest = _after_space(text, at + 1)
    if rest < len(text):
        raise json.JSONDecodeError("Extra data", text, rest)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
