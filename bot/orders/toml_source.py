"""Reads an owner's TOML file and says exactly what is wrong with it.

An owner writes `minimum = "three"` in the field "quantity"; the start stops with
`config/order_form.toml, line 31: fields.quantity.minimum must be a whole number`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from bot.domain import toml_slips
from bot.domain.errors import SupportbotError

T = TypeVar("T")
Texts = Mapping[str, str]
"""The same words in several languages: language tag -> text."""


class FormBroken(SupportbotError):
    """An order form's definition cannot be used; the sentence names the file, the line and the key.

    Attributes:
        path: the file, as it was given.
        key: the key with its tables, `fields.quantity.minimum`; empty when the file as a whole is meant.
        line: counted from 1; 0 when it could not be found.
        more: what else is wrong, each with a line of its own in the text of the error.
    """

    def __init__(self, path: Path, key: str, line: int, problem: str) -> None:
        at = f"{path}, line {line}" if line else f"{path}"
        super().__init__(f"{at}: {key} {problem}" if key else f"{at}: {problem}")
        self.path = path
        self.key = key
        self.line = line
        self.more: tuple[FormBroken, ...] = ()

    def __str__(self) -> str:
        """Return what is wrong, a sentence a line."""
        return "\n".join([super().__str__(), *map(str, self.more)])


class Mistakes:
    """What is wrong with the parts of a form so far, so that an owner reads it all at once."""

    def __init__(self) -> None:
        """Begin without any."""
        self._found: list[FormBroken] = []

    def read(self, part: Callable[[], T], instead: T) -> T:
        """Return a part of the form, or what stands in for it where it is broken."""
        try:
            return part()
        except FormBroken as broken:
            self._found.append(broken)
            return instead

    @property
    def count(self) -> int:
        """Return how many there are so far."""
        return len(self._found)

    def add(self, broken: FormBroken) -> None:
        """Note a mistake."""
        self._found.append(broken)

    def refuse(self) -> None:
        """Raise what was found, if anything, in the order of the lines of a file.

        Raises:
            FormBroken: the first mistake, with all others in `more`.
        """
        each = [single for one in self._found for single in (one, *one.more)]
        for one in each:
            one.more = ()
        if each:
            paths = list(dict.fromkeys(one.path for one in each))
            first, *rest = sorted(each, key=lambda one: (paths.index(one.path), one.line))
            first.more = tuple(rest)
            raise first


_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"""^\s*["']?([\w.\-]+?)["']?\s*=""")


def _inside_long_text(line: str, fence: str) -> str:
    """Return the quotes of the many-line text that is open after this line, empty for none."""
    for mark in re.findall(r'"""|\'\'\'', line):
        fence = "" if fence == mark else fence or mark
    return fence


def lines_of_keys(text: str) -> dict[str, int]:
    """Return where each key stands: `fields[1].question.en` -> 14, lines counted from 1.

    Keys within inline tables are not looked for; their line is that of the table.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not fence and (header := _HEADER.match(line)):
            table = _table_path(header[2], many=header[1] == "[[", counts=counts)
            found[table] = number
            found.setdefault(table.rpartition("[")[0] or table, number)
        elif not fence and (key := _KEY.match(line)):
            path = f"{table}.{key[1]}" if table else key[1]
            while path and path not in found:
                found[path] = number
                path = path.rpartition(".")[0]
        fence = _inside_long_text(line, fence)
    return found


def _table_path(name: str, *, many: bool, counts: dict[str, int]) -> str:
    """Return the path of a table header, its lists of tables numbered: `fields.options` -> `fields[2].options[0]`."""
    path, parts = "", name.split(".")
    for depth, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if many and depth == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


@dataclass(frozen=True, slots=True)
class Source:
    """The file: its path, and the lines at which its keys stand."""

    path: Path
    lines: Mapping[str, int]

    def line_of(self, at: str) -> int:
        """Return the line of a key, or of the nearest table around it; 0 when neither is known."""
        while at and at not in self.lines:
            at = at.rpartition("[" if at.endswith("]") else ".")[0]
        return self.lines.get(at, 0)


@dataclass(slots=True)
class Table:
    """One table of the file; reading a key marks it as known, and `close` refuses the rest.

    Attributes:
        source: the file.
        at: the table's path as in `lines_of_keys`.
        name: the table's path as people read it, `fields.quantity`.
        body: what tomllib read.
    """

    source: Source
    at: str
    name: str
    body: dict[str, Any]
    read: list[str] = field(default_factory=list)

    def broken(self, key: str, problem: str) -> FormBroken:
        """Return the error that says what is wrong with a key of this table."""
        at = ".".join(filter(None, (self.at, key)))
        return FormBroken(self.source.path, ".".join(filter(None, (self.name, key))), self.source.line_of(at), problem)

    def _take(self, key: str, default: Any) -> Any:  # noqa: ANN401  # whatever the owner wrote
        self.read.append(key)
        if key in self.body:
            return self.body[key]
        if default is None:
            raise self.broken(key, "is missing")
        return default

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there and not be empty."""
        value = self._take(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.broken(key, "must be a text in quotes")
        return value.strip()

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.broken(key, "must be true or false, without quotes")
        return value

    def whole(self, key: str, default: int, lowest: int, highest: int) -> int:
        """Return a whole number between `lowest` and `highest`."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.broken(key, "must be a whole number")
        if not lowest <= value <= highest:
            raise self.broken(key, f"must be between {lowest} and {highest}")
        return value

    def figure(self, key: str) -> float | int | None:
        """Return a number, or None when the key is not there."""
        if key not in self.body:
            self.read.append(key)
            return None
        value = self._take(key, None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.broken(key, "must be a number")
        return value

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        """Return a text out of a few."""
        value = self.text(key)
        if value not in allowed:
            hint = _meant(value, allowed)
            raise self.broken(key, f"is {value!r}{hint}" if hint else f"must be one of {', '.join(allowed)}")
        return value

    def list_of_texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is not there."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.broken(key, 'must be a list of texts, as ["a", "b"]')
        return tuple(value)

    def texts(self, key: str, languages: Collection[str] = (), *, required: bool = True) -> Texts:
        """Return the same words in every language of the form.

        Args:
            key: names a table language -> text.
            languages: each must be there and no other; empty takes what is there.
            required: without it, a missing key gives an empty mapping.
        """
        value = self._take(key, None if required else {})
        if not isinstance(value, dict) or (required and not value):
            raise self.broken(key, 'must hold a text for each language, as { en = "Order", de = "Bestellung" }')
        for language in languages if value else ():
            if language not in value:
                raise self.broken(key, f"has no text for the language {language!r}")
        for language, words in value.items():
            if languages and language not in languages:
                raise self.broken(f"{key}.{language}", "is a language that the form's title does not have")
            if not isinstance(words, str) or not words.strip():
                raise self.broken(f"{key}.{language}", "must be a text in quotes")
        return {language: words.strip() for language, words in value.items()}

    def table(self, key: str) -> Table:
        """Return a table within this one; an empty one when the key is not there."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.broken(key, "must be a table")
        return Table(self.source, f"{self.at}.{key}".lstrip("."), f"{self.name}.{key}".lstrip("."), value)

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables, each called by its own `key` where it has one."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.broken(key, "must be a list of tables")
        at, name = f"{self.at}.{key}".lstrip("."), f"{self.name}.{key}".lstrip(".")
        return [
            Table(self.source, f"{at}[{number}]", f"{name}.{item.get('key', number + 1)}", item)
            for number, item in enumerate(value)
        ]

    def close(self) -> None:
        """Refuse what nobody asked for: a key that is misspelt would otherwise be passed over in silence."""
        for key in self.body:
            if key not in self.read:
                raise self.broken(key, f"is not known here{_meant(key, self.read)}")


def _meant(word: str, allowed: Collection[str]) -> str:
    """Return a hint at the likeliest word, or nothing."""
    near = get_close_matches(word, allowed, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def open_toml(path: Path) -> Table:
    """Return the whole file as a table.

    Raises:
        FormBroken: the file cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        body = toml_slips.read(text)
    except OSError as error:
        raise FormBroken(path, "", 0, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise FormBroken(path, "", line, "is not written in UTF-8; save it with that encoding") from error
    except toml_slips.TomlSlip as slip:
        raise FormBroken(path, "", slip.line, f"{slip.problem}; the line reads: {slip.shown}") from None
    if not body:
        raise FormBroken(
            path, "", 0, "has no form in it; write one as docs/howto/order-form.md shows, or delete the file"
        )
    return Table(Source(path, lines_of_keys(text)), "", "", body)
