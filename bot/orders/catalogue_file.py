"""Reads the catalogue's CSV file, and names file, row and column of everything in it that cannot be.

What spreadsheets save is taken as it is: UTF-8 with or without a mark at its beginning, cells parted by ; or , or tabs,
amounts with a point or a comma. A cell that looks like a formula is a text like any other; nothing is ever reckoned.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import SupportbotError
from bot.domain.people import one_line
from bot.orders.catalogue import Catalogue, Item
from bot.orders.money import decimals_of, is_currency, plain, read_amount
from bot.orders.words import fold, word_set

T = TypeVar("T")
MOST_BYTES = 5_000_000
MOST_ITEMS = 20_000
LONGEST_NAME = 60
"""Characters that still fit on a button, with the price."""
LONGEST_CELL = 1000
MOST_STOCK = 1_000_000
TOLD = 5
"""Problems that are told one by one."""

_TEXTS = ("name", "size", "category", "synonyms")
_PLAIN = ("sku", "price", "stock", "delivery_days", "enabled")
_COLUMN = re.compile(rf"({'|'.join(_TEXTS)})(?:_([a-z]{{2,3}}))?|{'|'.join(_PLAIN)}")
_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}", re.ASCII)
_YES = word_set("yes y true 1 on ja j wahr x да д истина")
_NO = word_set("no n false 0 off nein falsch нет н ложь")


class CatalogueBroken(SupportbotError):
    """The catalogue cannot be used; the sentence names file, row and column of each mistake, at most five of them.

    Attributes:
        path: the file.
        problems: all that is wrong, "row 7, column price: …"; rows are counted as in a spreadsheet, the head is row 1.
    """

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        more = len(problems) - TOLD
        told = "; ".join(problems[:TOLD]) + (f"; and {more} more" if more > 0 else "")
        super().__init__(f"{path}: {told}")
        self.path = path
        self.problems = tuple(problems)


class _Wrong(Exception):
    """One mistake, in words."""


def load(path: Path, currency: str) -> Catalogue:
    """Return the catalogue that a CSV file holds, with its prices in a currency.

    Raises:
        CatalogueBroken: the file cannot be read, or something in it cannot be.
    """
    if not is_currency(currency):
        raise CatalogueBroken(path, [f"orders.currency is {currency!r}, which is no currency; write it as EUR"])
    try:
        rows = list(_rows(_text_of(path)))
        columns = _columns(rows)
    except _Wrong as wrong:
        raise CatalogueBroken(path, [str(wrong)]) from None
    reading = _Reading(columns, currency)
    for number, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            reading.take(number, cells)
    if not reading.items and not reading.problems:
        reading.problems.append("it has no item; write one a row below the head")
    if reading.problems:
        raise CatalogueBroken(path, reading.problems)
    return Catalogue(tuple(reading.items), currency)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise _Wrong(f"it is larger than {MOST_BYTES // 1_000_000} megabytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _Wrong(f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise _Wrong(f"row {row}: it is not written in UTF-8; save it as CSV UTF-8") from None


def _rows(text: str) -> Iterator[list[str]]:
    head = text.partition("\n")[0]
    parted_by = max(";,\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    try:
        yield from islice(lines, MOST_ITEMS + 2)
    except csv.Error as error:
        raise _Wrong(f"row {lines.line_num}: its quotes are not closed, or it is no CSV ({error})") from None


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the columns' names; an empty one may stand where no row has anything."""
    if not rows:
        raise _Wrong("it is empty; its first row names the columns: sku, name_en, price …")
    if len(rows) > MOST_ITEMS + 1:
        raise _Wrong(f"it has more than {MOST_ITEMS} rows")
    names = [cell.strip().lower() for cell in rows[0]]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if not _COLUMN.fullmatch(name):
            raise _Wrong(f"row 1: the column {name!r} is not known{_meant(name)}")
        if names.count(name) > 1:
            raise _Wrong(f"row 1: the column {name!r} stands there twice")
    for name in ("sku", "price"):
        if name not in names:
            raise _Wrong(f"row 1: the column {name} is missing")
    if not any(name.partition("_")[0] == "name" for name in names):
        raise _Wrong("row 1: a column for the name is missing, such as name_en")
    return names


def _meant(name: str) -> str:
    known = [*_PLAIN, *_TEXTS, *(f"{text}_{language}" for text in _TEXTS for language in ("en", "de", "ru"))]
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


@dataclass(slots=True)
class _Reading:
    """The rows so far: their items, and what is wrong with them."""

    columns: Sequence[str]
    currency: str
    items: list[Item] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Read one row; `number` is as a spreadsheet counts."""
        if any(cell.strip() for cell in cells[len(self.columns) :]):
            self.problems.append(
                f"row {number}: it has more cells than the head has columns; put amounts with a comma into quotes"
            )
            return
        row = dict(zip(self.columns, cells, strict=False))
        before = len(self.problems)
        item = Item(
            sku=self._cell(number, row, "sku", self._sku, ""),
            name=self._texts(number, row, "name"),
            price=self._cell(number, row, "price", self._price, 0),
            stock=self._cell(number, row, "stock", lambda text: _whole(text, MOST_STOCK) if text else None, None),
            delivery_days=self._cell(number, row, "delivery_days", lambda text: _whole(text or "0", 365), 0),
            size=self._texts(number, row, "size"),
            category=self._texts(number, row, "category"),
            synonyms=_synonyms(row),
            enabled=self._cell(number, row, "enabled", _flag, default=True),
        )
        if not item.name and len(self.problems) == before:
            self.problems.append(f"row {number}: it has no name in any language")
        self._compare(number, item)
        if len(self.problems) == before:
            self.items.append(item)

    def _cell(self, number: int, row: Mapping[str, str], column: str, read: Callable[[str], T], default: T) -> T:
        try:
            return read(row.get(column, "").strip())
        except _Wrong as wrong:
            self.problems.append(f"row {number}, column {column}: {wrong}")
            return default

    def _sku(self, text: str) -> str:
        if not _SKU.fullmatch(text):
            raise _Wrong(f"{text!r} is no SKU; take up to 16 of A-Z, a-z, 0-9, _ and -")
        return text

    def _price(self, text: str) -> int:
        price = read_amount(text, self.currency)
        if price is None:
            decimals = decimals_of(self.currency)
            example = plain(490 if decimals else 4, self.currency)
            raise _Wrong(f"{text!r} is no price in {self.currency}; write it as {example}")
        return price

    def _texts(self, number: int, row: Mapping[str, str], what: str) -> dict[str, str]:
        """Return a text by language; a column without one, as `size`, stands for every language."""
        found = {}
        for column, cell in row.items():
            name, _, language = column.partition("_")
            text = one_line(cell)
            if name != what or not text:
                continue
            if len(text) > LONGEST_NAME:
                self.problems.append(f"row {number}, column {column}: it is longer than {LONGEST_NAME} characters")
            found[language] = text
        return dict(sorted(found.items(), key=lambda one: one[0] != ""))

    def _compare(self, number: int, item: Item) -> None:
        """Refuse what an earlier row has: its SKU, or all of its name in some language."""
        keys = {f"sku {item.sku.casefold()}": "sku"} if item.sku else {}
        keys |= {f"{tag} {fold(item.called(tag))}": f"name_{tag}".rstrip("_") for tag in item.name}
        for key, column in keys.items():
            if key in self.seen:
                what = "SKU" if column == "sku" else "name and size"
                self.problems.append(f"row {number}, column {column}: row {self.seen[key]} has the same {what}")
            self.seen.setdefault(key, number)


def _whole(text: str, most: int) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) > most:
        raise _Wrong(f"{text!r} is no whole number from 0 to {most}")
    return int(text)


def _flag(text: str) -> bool:
    if fold(text) in _NO:
        return False
    if text and fold(text) not in _YES:
        raise _Wrong(f"{text!r} is neither yes nor no")
    return True


def _synonyms(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what stands between the | of all languages' columns."""
    cells = [cell[:LONGEST_CELL] for column, cell in row.items() if column.partition("_")[0] == "synonyms"]
    found = (one_line(word) for cell in cells for word in cell.split("|"))
    return tuple(dict.fromkeys(word for word in found if word))
