"""How far the sheets of an XLSX file reach, found out before a reader makes room for them.

Five kilobytes with one cell at A1 and one at XFD1048576 ask the reader for 17 billion cells, and it ends the process
rather than raising. The parts are parsed as a stream here, so what is held stays small.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from lzma import LZMAError
from typing import IO
from xml.parsers import expat

MOST_CELLS = 3_000_000  # of a sheet, the empty ones counted in: 200,000 rows of the 14 columns
MOST_TEXTS = 1_000_000  # shared texts of a file, each of which a reader makes room for before any cell names it
PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_CHUNK = 65_536  # bytes read at a time
_XML = (b"<", b"\xef", b"\xfe", b"\xff")  # how a part that is XML begins: at once, or with the mark of its encoding
_FILLED = frozenset({"v", "is", "f", "t"})
"""What a cell holds that is not only formatted."""


class TooFar(Exception):
    """A sheet reaches further than is read; `place` is the cell, such as XFD1048576."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


class TooManyTexts(Exception):
    """A file holds more shared texts than are read."""


def check(parts: zipfile.ZipFile) -> None:
    """Look through every part of the file that is XML, whatever its name.

    Raises:
        TooFar: a sheet has more than 3,000,000 cells.
        TooManyTexts: the file has more than 1,000,000 shared texts.
        ValueError: a part is no XML, or names a cell in a form that no program writes.
        zipfile.BadZipFile: a part is not as long as the file says.
    """
    for part in parts.infolist():
        try:
            with parts.open(part) as opened:
                _look_through(opened)
        except (zlib.error, EOFError, RuntimeError, LZMAError) as wrong:
            raise zipfile.BadZipFile("a part cannot be unpacked") from wrong


def _look_through(part: IO[bytes]) -> None:
    sheet = _Sheet()
    parser = expat.ParserCreate()
    parser.StartElementHandler = sheet.begins
    chunk = part.read(_CHUNK)
    is_xml = chunk.lstrip().startswith(_XML)
    try:
        while chunk:
            if is_xml:
                parser.Parse(chunk, False)
            chunk = part.read(_CHUNK)  # to the end in any case: only then is its length known to be true
        if is_xml:
            parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise ValueError("a part is no XML") from wrong


class _Sheet:
    """Follows rows and cells; one that does not say where it stands comes after the one before."""

    def __init__(self) -> None:
        self._row = self._column = 0
        self._far_row = self._far_column = 1
        self._texts = 0

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name == "c":
            self._move(attributes.get("r"))
        elif name == "si":
            self._texts += 1
            if self._texts > MOST_TEXTS:
                raise TooManyTexts
        elif name in _FILLED:
            self._fill()

    def _move(self, place: str | None) -> None:
        if place is None:
            self._column += 1
            return
        found = PLACE.fullmatch(place)
        if found is None:
            raise ValueError("a cell stands nowhere")
        self._column, self._row = _number(found[1]), int(found[2])

    def _fill(self) -> None:
        self._far_row, self._far_column = max(self._far_row, self._row), max(self._far_column, self._column)
        if self._far_row * self._far_column > MOST_CELLS:
            raise TooFar(f"{_letters(self._far_column)}{self._far_row}")


def _number(letters: str) -> int:
    """Return a column's number, from 1, of its letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(number: int) -> str:
    """Return a column's letters of its number, from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
