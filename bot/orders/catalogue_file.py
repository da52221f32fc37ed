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
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import SupportbotError
from bot.domain.people import one_line
from bot.orders.catalogue import Catalogue, Item
from bot.orders.catalogue_head import Wrong, columns_of, cut, wrong_columns
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
SAVE_IT = "in Excel choose Save as, CSV UTF-8"

_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}", re.ASCII)
_YES = word_set("yes y true 1 on ja j wahr x да д истина")
_NO = word_set("no n false 0 off nein falsch нет н ложь")


class CatalogueBroken(SupportbotError):
    """The catalogue cannot be used; a sentence names file, row and column of each mistake, a line each, at most five.

    Attributes:
        path: the file.
        problems: all that is wrong, "row 7, column price: …"; rows are counted as in a spreadsheet, the head is row 1.
    """

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        more = len(problems) - TOLD
        told = [
            f"{path}, {problem}" if problem.startswith("row ") else f"{path}: {problem}" for problem in problems[:TOLD]
        ]
        super().__init__("\n".join([*told, *([f"{path}: and {more} more mistakes"] if more > 0 else [])]))
        self.path = path
        self.problems = tuple(problems)


def load(path: Path, currency: str) -> Catalogue:
    """Return the catalogue that a CSV file holds, with its prices in a currency.

    Raises:
        CatalogueBroken: the file cannot be read, or something in it cannot be.
    """
    if not is_currency(currency):
        raise CatalogueBroken(path, [f"orders.currency is {currency!r}, which is no currency; write it as EUR"])
    try:
        text = _text_of(path)
        rows = list(_rows(text))
        columns = columns_of(rows, MOST_ITEMS)
    except Wrong as wrong:
        raise CatalogueBroken(path, [str(wrong)]) from None
    if told := wrong_columns(columns):
        raise CatalogueBroken(path, told)
    reading = _Reading(columns, currency, _parted_by(text))
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
            raise Wrong(f"it is larger than {MOST_BYTES // 1_000_000} megabytes; take out what is not sold any more")
        if content.startswith(b"PK"):
            raise Wrong(f"it is a workbook, not a CSV file; {SAVE_IT}")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Wrong(f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Wrong(f"row {row}: it is not written in UTF-8; {SAVE_IT}") from None


def _parted_by(text: str) -> str:
    """Return what parts the cells: what the head has most of."""
    return max(";,\t", key=text.partition("\n")[0].count)


def _rows(text: str) -> Iterator[list[str]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_parted_by(text), strict=True)
    last = 0
    try:
        for row in islice(lines, MOST_ITEMS + 2):
            last = lines.line_num
            yield row
    except csv.Error:
        problem = (
            'a quotation mark is not closed; a cell with " in it begins and ends with ", and has "" for each within'
        )
        raise Wrong(f"row {last + 1}: {problem}") from None


@dataclass(slots=True)
class _Reading:
    """The rows so far: their items, and what is wrong with them."""

    columns: Sequence[str]
    currency: str
    parted_by: str = ";"
    items: list[Item] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Read one row; `number` is as a spreadsheet counts."""
        if any(cell.strip() for cell in cells[len(self.columns) :]):
            many = "it has more cells than the head has columns"
            self.problems.append(f'row {number}: {many}; put a cell that has {self.parted_by} in it into quotes " "')
            return
        row = dict(zip(self.columns, cells, strict=False))
        before = len(self.problems)
        item = Item(
            sku=self._cell(number, row, "sku", self._sku, ""),
            name=self._texts(number, row, "name"),
            price=self._cell(number, row, "price", self._price, 0),
            stock=self._cell(
                number,
                row,
                "stock",
                lambda text: _whole(text, MOST_STOCK, "or leave it empty where nobody counts") if text else None,
                None,
            ),
            delivery_days=self._cell(
                number,
                row,
                "delivery_days",
                lambda text: _whole(text or "0", 365, "the longer time where there are two"),
                0,
            ),
            size=self._texts(number, row, "size"),
            category=self._texts(number, row, "category"),
            synonyms=_synonyms(row),
            enabled=self._cell(number, row, "enabled", _flag, default=True),
        )
        if not item.name and len(self.problems) == before:
            self.problems.append(f"row {number}: it has no name in any language; write one")
        self._compare(number, item, [cell.strip() for cell in cells])
        if len(self.problems) == before:
            self.items.append(item)

    def _cell(self, number: int, row: Mapping[str, str], column: str, read: Callable[[str], T], default: T) -> T:
        try:
            return read(row.get(column, "").strip())
        except Wrong as wrong:
            self.problems.append(f"row {number}, column {column}: {wrong}")
            return default

    def _sku(self, text: str) -> str:
        if not _SKU.fullmatch(text):
            problem = f"{cut(text)} is no SKU" if text else "it is empty"
            raise Wrong(f"{problem}; take up to 16 of A-Z, a-z, 0-9, _ and -")
        return text

    def _price(self, text: str) -> int:
        price = read_amount(text, self.currency)
        if price is None:
            decimals = decimals_of(self.currency)
            example = plain(490 if decimals else 4, self.currency)
            problem = f"{cut(text)} is no price in {self.currency}" if text else "it is empty"
            raise Wrong(f"{problem}; write it in figures only, as {_figures(text, self.currency) or example}")
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
                self.problems.append(
                    f"row {number}, column {column}: it is longer than {LONGEST_NAME} characters; shorten it"
                )
            found[language] = text
        return dict(sorted(found.items(), key=lambda one: one[0] != ""))

    def _compare(self, number: int, item: Item, cells: Sequence[str]) -> None:
        """Refuse what an earlier row has: all of it, its SKU, or all of its name in some language."""
        before = self.rows.setdefault(tuple(cells), number)
        if before != number:
            self.problems.append(f"row {number}: it is the same as row {before}; delete one of them")
            return
        keys = {f"sku {item.sku.casefold()}": "sku"} if item.sku else {}
        keys |= {f"{tag} {fold(item.called(tag))}": f"name_{tag}".rstrip("_") for tag in item.name}
        double = next((key for key in keys if key in self.seen), None)
        if double:
            same, do = ("SKU", "give one of them another") if keys[double] == "sku" else ("name and size", "change one")
            place = f"row {number}, column {keys[double]}"
            self.problems.append(f"{place}: row {self.seen[double]} has the same {same}; {do}")
        for key in keys:
            self.seen.setdefault(key, number)


def _whole(text: str, most: int, also: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) > most:
        raise Wrong(f"{cut(text)} is no whole number from 0 to {most}; write one in figures only, {also}")
    return int(text)


def _figures(text: str, currency: str) -> str:
    """Return the amount that "1.299,00 €" or "EUR 6,90" is likely to mean, to be shown only; empty when in doubt."""
    left = re.sub(rf"€|\$|£|₽|euro|{currency}", "", text, flags=re.IGNORECASE).strip().removesuffix(",-")
    if not re.fullmatch(r"\d[\d.,'\s]*", left):
        return ""
    whole, point, rest = re.sub(r"['\s]", "", left).rpartition("," if left.rfind(",") > left.rfind(".") else ".")
    amount = read_amount(f"{re.sub('[.,]', '', whole)}{'.' if point else ''}{rest}", currency)
    return "" if amount is None else plain(amount, currency)


def _flag(text: str) -> bool:
    if fold(text) in _NO:
        return False
    if text and fold(text) not in _YES:
        raise Wrong(f"{cut(text)} is neither yes nor no; write one of them")
    return True


def _synonyms(row: Mapping[str, str]) -> tuple[str, ...]:
    """Return what stands between the | of all languages' columns."""
    cells = [cell[:LONGEST_CELL] for column, cell in row.items() if column.partition("_")[0] == "synonyms"]
    found = (one_line(word) for cell in cells for word in cell.split("|"))
    return tuple(dict.fromkeys(word for word in found if word))
