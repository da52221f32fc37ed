"""Orders as a table for a spreadsheet: CSV and XLSX, one row for each item ordered, at least one for each order.

S-1042 with two teas has two rows; its total stands in the first one only, so that a column of totals adds up. In CSV a
cell that a spreadsheet would take for a formula begins with an apostrophe; in XLSX every word is written as a word.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Cell = str | int | float | None
HEAD = ("number", "state", "made", "changed", "form", "customer", "total", "currency", "tracking")
LINE = ("sku", "item", "quantity", "price")
CALLED = ("title", "state_name")
"""What people call it, and how it stands: a return that is "received", where an order has come back."""
FIELD = "answer: "
"""Before the key of a field of the form, as the name of its column."""
_INVISIBLE = "\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_BEGINS = rf"[{_INVISIBLE}'\"]*+[=+\-@\uff1d\uff0b\uff0d\uff20]"
FORMULA = re.compile(rf"{_BEGINS}|[\t\r\n]")
WITHIN = re.compile(rf"(?<=[;\t\r\n])(?={_BEGINS})")
"""Where a program that parts cells by semicolons, as a German Excel does, would begin a cell with a formula."""
LONGEST_CELL = 32_767
"""Characters of a cell, Excel's limit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One order, as the table shows it.

    Attributes:
        head: by the names of `HEAD` and `CALLED`.
        answers: field key -> the answer as people read it.
        lines: what was ordered, by the names of `LINE`; none for a form without items.
    """

    head: Mapping[str, Cell]
    answers: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[Mapping[str, Cell]] = ()


def table_of(orders: Iterable[Row]) -> list[list[Cell]]:
    """Return the table, its first line the names of the columns; answers follow in the order in which they came up."""
    orders = list(orders)
    keys = list(dict.fromkeys(key for order in orders for key in order.answers))
    rows: list[list[Cell]] = [[*HEAD, *LINE, *CALLED, *(FIELD + key for key in keys)]]
    for order in orders:
        for number, line in enumerate(order.lines or ({},)):
            head = order.head if number == 0 else {**order.head, "total": None}
            cells = [head.get(name) for name in HEAD] + [line.get(name) for name in LINE]
            cells += [head.get(name) for name in CALLED]
            rows.append([*cells, *(order.answers.get(key, "") for key in keys)])
    return rows


def to_csv(table: Sequence[Sequence[Cell]]) -> bytes:
    """Return a table as CSV: commas, UTF-8 with a mark by which Excel knows it."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([[guarded(cell) for cell in row] for row in table])
    return out.getvalue().encode("utf-8-sig", "replace")


def guarded(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula, wherever it parts the cells; numbers are none."""
    if not isinstance(cell, str):
        return cell
    return WITHIN.sub("'", f"'{cell}" if FORMULA.match(cell) else cell)


def to_xlsx(table: Sequence[Sequence[Cell]]) -> bytes:
    """Return a table as an XLSX file with one sheet; no word in it is a formula, a link or a number."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 the same orders give the same file
        sheet, bold = book.add_worksheet("Orders"), book.add_format({"bold": True})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(len(table[0]) - 1, 0), 18)
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, _fits(cell), None if number else bold)
    return out.getvalue()


def _fits(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_CELL]
