"""FAQ files that are tables: CSV and XLSX, one row per entry and language.

Buttons and follow-up questions stand in their cells as JSON. A cell that a spreadsheet would take for a formula is
written with an apostrophe before it, and read without.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from bot.faq import sheet_bounds, strict_json
from bot.faq.entry import FaqEntry
from bot.faq.source import FaqFileBroken, Found, language_code
from bot.faq.structured import decoded

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

ONCE = ("id", "category", "enabled", "valid_from", "valid_to", "buttons", "attachments", "follow_up", "related")
COLUMNS = (*ONCE[:5], "lang", "question", "phrasings", "answer", *ONCE[5:])
MOST_ROWS = 200_000
MOST_COLUMNS = 64
MOST_UNPACKED = 512 * 1024 * 1024  # bytes of an XLSX file's parts together
ROOM_IN_CELL = 30_000  # characters; Excel's limit is 32,767
EXAMPLES = {
    "buttons": '[{"text": {"en": "Order now"}, "action": "order"}]',
    "follow_up": '{"text": {"en": "Where to?"}, "options": [{"text": {"en": "Home"}, "entry": "delivery-home"}]}',
}
FORMULA = re.compile(r"'*[=+\-@\t\r]")

Row = dict[str, str]


def from_csv(name: str, data: bytes) -> list[Found]:
    """Read the entries of a CSV file in UTF-8; the separator is the comma, semicolon or tab of its first line.

    Raises:
        FaqFileBroken: names the line and column.
    """
    text = decoded(name, data)
    if "\0" in text:
        raise FaqFileBroken(name, "holds zero bytes, so it is no CSV file")
    head = text[: text.find("\n")] if "\n" in text else text
    separator = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return _entries(name, _numbered(lines))
    except csv.Error as wrong:
        raise FaqFileBroken(name, f"is no CSV here: {wrong}", lines.line_num) from wrong


def from_xlsx(name: str, data: bytes) -> list[Found]:
    """Read the entries of an XLSX file's first sheet; others may hold anything but more entries.

    Raises:
        FaqFileBroken: names the row and column.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if unpacked > MOST_UNPACKED:
                raise FaqFileBroken(name, "unpacks to too much")
            sheet_bounds.check(parts)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            raise FaqFileBroken(name, f"has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns")
        rows = sheet.to_python(skip_empty_area=False)
        beside = next((one for one in book.sheet_names[1:] if _of_entries(book.get_sheet_by_name(one))), None)
    except sheet_bounds.TooFar as wrong:
        problem = f"reaches to cell {wrong.place}; a sheet has room for {sheet_bounds.MOST_CELLS} cells"
        raise FaqFileBroken(name, problem) from wrong
    except sheet_bounds.TooManyTexts as wrong:
        raise FaqFileBroken(name, f"holds more than {sheet_bounds.MOST_TEXTS} texts") from wrong
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
        raise FaqFileBroken(name, "is no XLSX file that can be read") from wrong
    if beside is not None:
        raise FaqFileBroken(name, f"has entries on the sheet {beside!r} as well; put them all on the first sheet")
    return _entries(name, ((number, [_cell(one) for one in row]) for number, row in enumerate(rows, 1)))


def _of_entries(sheet: CalamineSheet) -> bool:
    """Return whether a sheet's first row names columns of ours: it must not be passed over."""
    first = next(iter(sheet.to_python(skip_empty_area=False, nrows=1)), [])
    return {"question", "lang"} <= {_cell(cell).strip().casefold() for cell in first}


def to_csv(entries: Iterable[FaqEntry]) -> bytes:
    """Return a base as CSV: UTF-8 with a mark, so that Excel reads it."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for row in _rows(entries):
        table.writerow([_guarded(row.get(column, "")) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(entries: Iterable[FaqEntry]) -> bytes:
    """Return a base as an XLSX file with one sheet; every cell is text, none a formula or link."""
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001  the same base gives the same file
        sheet = book.add_worksheet("FAQ")
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(COLUMNS) - 1, 24, wrap)
        for column, title in enumerate(COLUMNS):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(_rows(entries), 1):
            for column, title in enumerate(COLUMNS):
                if text := row.get(title, ""):
                    sheet.write_string(number, column, _guarded(text))
    return out.getvalue()


def _numbered(lines: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401  csv names no type for its reader
    """Yield each row with the line on which it begins."""
    begins = 1
    for row in lines:
        yield begins, row
        begins = lines.line_num + 1


def _cell(value: object) -> str:
    """Return a spreadsheet's cell as text, the way it looks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _entries(name: str, rows: Iterator[tuple[int, list[str]]]) -> list[Found]:
    """Join the rows of each id to one entry."""
    columns = _columns(name, next(rows, (1, [])))
    bodies: dict[str, dict[str, Any]] = {}
    places: dict[str, tuple[int, dict[str, int]]] = {}
    faults: dict[str, list[FaqFileBroken]] = {}
    last = ""
    for count, (line, cells) in enumerate(rows):
        if count >= MOST_ROWS:
            raise FaqFileBroken(name, f"has more than {MOST_ROWS} rows", line)
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            raise FaqFileBroken(name, "has more cells than the first line has columns", line)
        row = {column: _bare(cell).strip() for column, cell in zip(columns, cells, strict=False) if column}
        if not any(row.values()):
            continue
        row["lang"] = language_code(row.get("lang", ""))
        last = row.get("id") or (last if not row.get("question") and last else f"\0{line}")
        body = bodies.setdefault(last, {})
        lines = places.setdefault(last, (line, {}))[1]
        lines[row.get("lang", "")] = line
        lines |= {column: line for column in ONCE if row.get(column) and column not in lines}
        try:
            _add(name, line, body, row)
        except FaqFileBroken as wrong:
            faults.setdefault(last, []).append(wrong)
    return [Found(name, places[key][0], body, places[key][1], faults.get(key, ())) for key, body in bodies.items()]


def _columns(name: str, first: tuple[int, list[str]]) -> list[str]:
    titles = [_bare(title).strip().casefold() for title in first[1]]
    while titles and not titles[-1]:
        titles.pop()
    if len(titles) > MOST_COLUMNS:
        raise FaqFileBroken(name, f"has more than {MOST_COLUMNS} columns", 1)
    unknown = [title for title in titles if title and title not in COLUMNS]
    twice = [title for title in titles if title and titles.count(title) > 1]
    if unknown or twice:
        what = f"column {(unknown or twice)[0][:40]!r} is " + ("unknown" if unknown else "there twice")
        raise FaqFileBroken(name, f"{what}; known are {', '.join(COLUMNS)}", 1)
    if "question" not in titles or "lang" not in titles:
        raise FaqFileBroken(name, f"the first line should name the columns: {', '.join(COLUMNS)}", 1)
    return titles


def _add(name: str, line: int, body: dict[str, Any], row: Row) -> None:
    """Add a row to its entry: a language, or more phrasings of one."""
    for column in ONCE:
        if text := row.get(column):
            value = _value(name, line, column, text)
            if body.setdefault(column, value) != value:
                raise FaqFileBroken(name, "says something else than the first row of this id", line, column)
    code = row.get("lang") or ""
    if not code or code in ONCE:
        raise FaqFileBroken(name, "should be a language code such as en", line, "lang")
    known = body.setdefault(code, {})
    for column in ("question", "answer"):
        if (text := row.get(column)) and known.setdefault(column, text) != text:
            raise FaqFileBroken(name, f"says something else than the first row of {code!r}", line, column)
    if phrasings := row.get("phrasings"):
        known["phrasings"] = [*known.get("phrasings", []), *_list(phrasings)]


def _value(name: str, line: int, column: str, text: str) -> Any:  # noqa: ANN401
    if column in {"attachments", "related"}:
        return _list(text)
    if column not in {"buttons", "follow_up"}:
        return text
    try:
        return strict_json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise FaqFileBroken(name, f"should be JSON such as {EXAMPLES[column]}", line, column) from wrong


def _list(cell: str) -> list[str]:
    """Split a cell at `|` and line ends; a JSON list stands for texts that hold a `|` themselves."""
    if cell.startswith('["'):
        try:
            listed = json.loads(cell)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            return listed
    return [part.strip() for part in re.split(r"[|\n\r]", cell) if part.strip()]


def _cell_of(texts: Iterable[str]) -> str:
    lines = list(texts)
    plain = not any("|" in line for line in lines) and not (lines and lines[0].startswith('["'))
    return "\n".join(lines) if plain else json.dumps(lines, ensure_ascii=False)


def _rows(entries: Iterable[FaqEntry]) -> Iterator[Row]:
    """Yield the rows of a base; phrasings that a cell cannot hold go on in rows of their own."""
    for entry in entries:
        body = entry.to_dict()
        shared = {key: _flat(key, value) for key, value in body.items() if key in ONCE}
        for code, text in entry.texts.items():
            parts = list(_parts(text.phrasings))
            yield shared | {"lang": code, "question": text.question, "phrasings": parts[0], "answer": text.answer}
            for part in parts[1:]:
                yield {"id": entry.id, "lang": code, "phrasings": part}
            shared = {"id": entry.id}


def _parts(phrasings: tuple[str, ...]) -> Iterator[str]:
    part: list[str] = []
    room = ROOM_IN_CELL
    for line in phrasings:
        if part and len(line) * 2 + 4 > room:
            yield _cell_of(part)
            part, room = [], ROOM_IN_CELL
        part.append(line)
        room -= len(line) * 2 + 4  # as JSON a quote or backslash takes two
    yield _cell_of(part)


def _flat(key: str, value: Any) -> str:  # noqa: ANN401
    if key in {"buttons", "follow_up"}:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return _cell_of(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _guarded(text: str) -> str:
    return "'" + text if FORMULA.match(text) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text
