"""The FAQ as files: YAML, CSV, XLSX and JSONL in and out.

An owner drops `delivery.csv` into the chat; row 7 has no question, so the bot says "delivery.csv, line 7, question: is
missing" and the base stays as it was. What one format writes, every format reads back without loss.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG

from bot.domain.errors import SupportbotError
from bot.faq import sheet, structured
from bot.faq.entry import EntryBroken, FaqEntry
from bot.faq.source import FaqFileBroken, Found, with_kept_codes
from bot.faq.text import key_of

FORMATS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".xlsx": "xlsx"}
LARGEST_FILE = 64 * 1024 * 1024  # bytes; 100,000 phrasings with answers are about 30 MB as YAML
MOST_ENTRIES = 50_000


class FaqNotWritten(SupportbotError):
    """The FAQ could not be written in a format; the sentence names what to change."""


def read(path: Path, *, need_answers: bool = True) -> list[FaqEntry]:
    """Read a FAQ file, or every FAQ file of a folder in the order of their names.

    Args:
        path: a file ending in .yaml, .yml, .json, .jsonl, .csv or .xlsx, or a folder that holds such files.
        need_answers: whether an entry without an answer is an error; a base for `faq evaluate` needs none.

    Raises:
        FaqFileBroken: names the file, and where it can the line and the field.
    """
    if not path.is_dir():
        return read_bytes(path.name, _bytes_of(path), need_answers=need_answers)
    files = sorted(one for one in path.iterdir() if one.suffix.lower() in FORMATS and not one.name.startswith("."))
    if not files:
        raise FaqFileBroken(path.name, "the folder holds no FAQ file (.yaml, .csv, .xlsx, .jsonl)")
    return _joined([found for one in files for found in _found(one.name, _bytes_of(one))], need_answers=need_answers)


def read_bytes(name: str, data: bytes, *, need_answers: bool = True) -> list[FaqEntry]:
    """Read a FAQ file that was sent; its name tells the format.

    Raises:
        FaqFileBroken: names the file, and where it can the line and the field.
    """
    return _joined(_found(name, data), need_answers=need_answers)


def write(entries: Iterable[FaqEntry], path: Path) -> None:
    """Write a base to a file, in the format that its ending names; an existing file is replaced as a whole.

    Raises:
        FaqNotWritten: the ending is unknown, or the file cannot be written.
    """
    data = write_bytes(entries, path.name)
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as wrong:
        raise FaqNotWritten(f"{path.name} cannot be written: {wrong.strerror or wrong}") from wrong


def write_bytes(entries: Iterable[FaqEntry], name: str) -> bytes:
    """Return a base as the bytes of a file of that name.

    Raises:
        FaqNotWritten: the ending is unknown.
    """
    match FORMATS.get(Path(name).suffix.lower()):
        case "yaml":
            return structured.to_yaml(entries)
        case "json":
            return structured.to_json(entries)
        case "jsonl":
            return structured.to_jsonl(entries)
        case "csv":
            return sheet.to_csv(entries)
        case "xlsx":
            return sheet.to_xlsx(entries)
    raise FaqNotWritten(f"{name}: no FAQ format; use a name that ends in {', '.join(FORMATS)}")


def _bytes_of(path: Path) -> bytes:
    try:
        kind = path.stat()
        if not S_ISREG(kind.st_mode):  # to read a pipe waits for whoever writes into it
            raise FaqFileBroken(path.name, "is no ordinary file; copy what it holds into one")
        if kind.st_size > LARGEST_FILE:
            raise FaqFileBroken(path.name, f"is larger than {LARGEST_FILE // 2**20} MB")
        return path.read_bytes()
    except OSError as wrong:
        raise FaqFileBroken(path.name, f"cannot be read: {wrong.strerror or wrong}") from wrong


def _found(name: str, data: bytes) -> list[Found]:
    """Return the raw entries of a file with the place of each."""
    if len(data) > LARGEST_FILE:
        raise FaqFileBroken(name, f"is larger than {LARGEST_FILE // 2**20} MB")
    match FORMATS.get(Path(name).suffix.lower()):
        case "yaml":
            return structured.from_yaml(name, data)
        case "json":
            return structured.from_json(name, data)
        case "jsonl":
            return structured.from_jsonl(name, data)
        case "csv":
            return sheet.from_csv(name, data)
        case "xlsx":
            return sheet.from_xlsx(name, data)
    raise FaqFileBroken(name, f"is no FAQ file; use one that ends in {', '.join(FORMATS)}")


def _joined(found: Sequence[Found], *, need_answers: bool) -> list[FaqEntry]:
    """Check every raw entry and refuse an id that comes twice; of a file with mistakes all are named."""
    if not found:
        return []
    if len(found) > MOST_ENTRIES:
        raise FaqFileBroken(found[-1].file, f"holds {len(found)} entries; {MOST_ENTRIES} is the most")
    entries: dict[str, FaqEntry] = {}
    faults: list[FaqFileBroken] = []
    named = {str(one.body.get("id")).strip() for one in found if not _nameless(one)}
    for one in found:
        faults += one.faults
        if one.faults:
            continue
        try:
            entry = FaqEntry.from_dict(with_kept_codes(one.body))
            if _nameless(one):
                entry = _named(entry, entries, named)
            _must_fit(entry, entries, need_answers=need_answers)
        except EntryBroken as wrong:
            faults.append(FaqFileBroken(one.file, wrong.problem, one.line_of(wrong.field), wrong.field))
        else:
            entries[entry.id] = entry
    if faults:
        raise FaqFileBroken.with_all(sorted(faults, key=lambda one: (one.file, one.line)))
    return list(entries.values())


def _nameless(found: Found) -> bool:
    return found.body.get("id") in (None, "")


def _named(entry: FaqEntry, others: Mapping[str, FaqEntry], named: Collection[str]) -> FaqEntry:
    """Return an entry that came without an id with one that is free; the same question twice is left to be refused."""
    wanted = _first_key(entry)
    key, number = entry.id, 1
    while key in named or key in others:
        if key in others and _first_key(others[key]) == wanted:
            break
        number += 1
        key = f"{entry.id[: 63 - len(str(number))]}-{number}"
    return replace(entry, id=key)


def _first_key(entry: FaqEntry) -> str:
    return key_of(next(iter(entry.texts.values())).question)


def _must_fit(entry: FaqEntry, others: Mapping[str, FaqEntry], *, need_answers: bool) -> None:
    if entry.id in others:
        raise EntryBroken("id", f"{entry.id} comes twice")
    for code, text in entry.texts.items():
        if need_answers and not text.answer:
            raise EntryBroken(f"{code}.answer", "is missing")
