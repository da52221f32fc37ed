"""Reads an owner's TOML and says in words of everyday what keeps it from being read, and where.

`key = "items` stops at line 58 with "a quotation mark is missing"; what the library says of it is "Illegal character".
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

LONGEST_SHOWN = 80
"""Characters of the line that are shown."""
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_KEY = re.compile(r"""\s*([^\s=#]+)\s*=\s*(.*)""")
_NEXT = re.compile(r"\s*(\[\[?\s*[A-Za-z_]|[\w.\-]+\s*=)")
"""How a line begins that has a key or a table's name."""
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]', re.DOTALL
)
_YES = {"true", "yes", "on", "ja", "wahr", "да"}
_NO = {"false", "no", "off", "nein", "falsch", "нет"}
_OTHER_QUOTES = "“”„‟‘’‚«»‹›"
_OTHER_SPACES = "\u00a0\u2007\u202f\u2009\u200b\ufeff"


class TomlSlip(Exception):
    """A text is no TOML.

    Attributes:
        line: counted from 1; the last one where something is never closed.
        problem: what is likely wrong and what to do, to go behind "line 3: ".
        shown: the line, cut when it is long; empty where there is none.
    """

    def __init__(self, line: int, problem: str, shown: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem
        self.shown = shown


def read(text: str) -> dict[str, Any]:
    """Return what a TOML text holds; a mark at its beginning, as Windows' editors put it, is passed over.

    Raises:
        TomlSlip: it is no TOML.
    """
    text = text.removeprefix("\ufeff")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _slip(text, str(error)) from None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading stopped, and what was said of it."""

    lines: list[str]
    number: int
    column: int
    said: str

    @property
    def line(self) -> str:
        """The line as it was written."""
        return self.lines[self.number - 1]

    @property
    def rest(self) -> str:
        """What could not be read of the line."""
        return self.line[self.column :].strip()

    def opened(self) -> tuple[str, int] | None:
        """Return the bracket that is open before the place, and its line; the line itself may begin something new."""
        before = _open_at_end(self.lines[: self.number - 1])
        begins = _NEXT.match(self.line)
        if begins and (before if "initial" not in self.said else begins[1].startswith("[")):
            return before
        if begins and begins[1].startswith("["):
            return None
        return _open_at_end([*self.lines[: self.number - 1], self.line[: self.column]])


def _open_at_end(lines: list[str]) -> tuple[str, int] | None:
    text, opened = "\n".join(lines), list[tuple[str, int]]()
    for token in _TOKEN.finditer(text):
        if token[0] in {"[", "{"}:
            opened.append((token[0], text.count("\n", 0, token.start()) + 1))
        elif token[0] in {"]", "}"} and opened:
            opened.pop()
    return opened[-1] if opened else None


def _slip(text: str, said: str) -> TomlSlip:
    lines = text.rstrip().replace("\r\n", "\n").split("\n")
    found = _PLACE.search(said)
    number = min(int(found[1]), len(lines)) if found else len(lines)
    column = int(found[2]) - 1 if found else len(lines[-1])
    place = _Place(lines, number, column, said.partition(" (at ")[0])
    line, problem = _long_text(place, at_end=not found) or _bracket(place) or _single(place) or (number, _words(place))
    shown = lines[line - 1].strip()
    return TomlSlip(line, problem, shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…")


def _long_text(place: _Place, *, at_end: bool) -> tuple[int, str] | None:
    """Return the line of a text of many lines that has no end."""
    if not at_end:
        return None
    fence, start = "", 0
    for number, line in enumerate(place.lines, 1):
        for mark in re.findall(r'"""|\'\'\'', line):
            fence, start = ("", 0) if mark == fence else (fence or mark, start or number)
    return (start, f"the text that begins with {fence} has no {fence} at its end") if fence else None


def _bracket(place: _Place) -> tuple[int, str] | None:
    """Return the line at which a bracket went wrong, and what to do there."""
    opened = place.opened()
    if opened is None:
        return None
    bracket, start = opened
    if bracket == "[":
        return _list(place, start)
    if place.rest.startswith("}") and "initial" in place.said:
        return place.number, "take out the comma before }"
    if place.said.startswith("Unclosed") and place.rest and start == place.number:
        return place.number, "a comma is missing between { and }"
    if not place.rest or start != place.number:
        return start, "the brace { is not closed in its line; what stands between { and } must be in one line"
    return None


def _list(place: _Place, start: int) -> tuple[int, str] | None:
    if (start != place.number and _NEXT.match(place.line)) or not place.rest:
        return start, "the bracket [ is not closed; put ] behind the last entry of the list"
    if place.said == "Unclosed array" and place.rest[0] in "\"'{[":
        return place.number, "a comma is missing between two entries of the list"
    return (place.number, 'put quotes around each text of the list, as ["a", "b"]') if start == place.number else None


def _single(place: _Place) -> tuple[int, str] | None:
    """Return the line at which a list of tables was begun with one bracket instead of two."""
    name = place.line.strip().strip("[] ")
    if not place.line.lstrip().startswith("[") or not place.said.startswith("Cannot"):
        return None
    number = next((at for at, line in enumerate(place.lines, 1) if line.strip() == f"[{name}]"), place.number)
    return number, f"write [[{name}]], with two brackets, each time that one begins"


def _words(place: _Place) -> str:  # noqa: PLR0911 a list of questions, each answered at once
    """Return what is likely wrong with a line in which nothing is left open."""
    if place.line.lstrip().startswith("["):
        return "write the name of a table between brackets, as [[fields]]"
    key, plain = _KEY.match(place.line), _STRING.sub("", place.line)
    if key and place.said.startswith("Cannot"):
        return f"{key[1]} stands there twice; keep one of them"
    if other := next((one for one in plain if one in _OTHER_QUOTES), ""):
        return f'write straight quotes " " around the text, not {other}'
    if any(one in plain for one in _OTHER_SPACES):
        return "there is a space that only looks like one; delete the spaces and type them anew"
    if key is None:
        return _no_key(place.line)
    if not re.fullmatch(r"""[A-Za-z0-9_.\-"']+""", key[1]):
        return f"{key[1]} cannot be a key, which is made of a-z, 0-9 and _"
    if "escape" in place.said.lower():
        return r"write \\ for each \ within a text"
    if place.said.startswith("Illegal character") and r"\n" not in place.said:
        return "there is a character that cannot be seen; type the text anew"
    return _value(key[2].partition(" #")[0].strip())


def _no_key(line: str) -> str:
    if re.match(r"\s*[\w.\-]+\s*:", line):
        return "write = between the key and its value, not a colon"
    return 'write it as key = "text", or put # before it when it is only for you'


def _value(value: str) -> str:
    """Return what is likely wrong with what stands behind the =."""
    number = re.match(r"[+-]?\d+(?:[.,]\d+)?", value)
    said = "something stands behind the value; delete it, or put # before it"
    if not value:
        said = "there is no value behind the ="
    elif value.count('"') % 2:
        missing = "beginning" if value.endswith('"') and not value.startswith('"') else "end"
        said = f"the quotation mark at the {missing} of the text is missing"
    elif value.casefold() in _YES | _NO:
        said = f"write {'true' if value.casefold() in _YES else 'false'}, in small letters and without quotes"
    elif re.fullmatch(r"0\d+", value):
        said = f"write the number without 0 at its beginning, or as a text in quotes: {value.lstrip('0') or 0}"
    elif number and not re.search(r"[^\W\d_]{4}", value):
        said = f"write the number with a point and nothing behind it, as {number[0].replace(',', '.')}"
    elif value.startswith('"') and value.count('"') > 2:  # noqa: PLR2004 a whole text has two
        said = r"write \" for a quotation mark within a text"
    elif value[0] not in "\"'[{":
        said = f'put quotes around the text, as "{value[:20]}"'
    return said
