"""The head of the catalogue's file: which columns there are, and what is wrong with their names.

"Artikelnummer;name_de;price" is refused with "did you mean sku?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

LONGEST_SHOWN = 40
"""Characters of a cell that are shown."""
_TEXTS = ("name", "size", "category", "synonyms")
_PLAIN = ("sku", "price", "stock", "delivery_days", "enabled")
_COLUMN = re.compile(rf"({'|'.join(_TEXTS)})(?:_([a-z]{{2,3}}))?|{'|'.join(_PLAIN)}")
_GERMAN = {"artikelnummer": "sku", "artikel": "name_de", "bezeichnung": "name_de", "preis": "price", "bestand": "stock"}


class Wrong(Exception):
    """One mistake, in words."""


def cut(text: str) -> str:
    """Return a cell as a sentence shows it."""
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")


def columns_of(rows: Sequence[Sequence[str]], most: int) -> list[str]:
    """Return the columns' names; an empty one may stand where no row has anything."""
    if not rows:
        raise Wrong("it is empty; its first row names the columns: sku, name_en, price …")
    if len(rows) > most + 1:
        raise Wrong(f"it has more than {most} rows; take out what is not sold any more")
    names = [cell.strip().lower() for cell in rows[0]]
    while names and not names[-1]:
        names.pop()
    if not set(names) & {"sku", "price", "name"} and len([name for name in names if name]) == 1:
        raise Wrong("row 1: it must name the columns, sku;name_en;price …; take out what stands above them")
    return names


def wrong_columns(names: Sequence[str]) -> list[str]:
    """Return all that is wrong with the head; what is missing is not told where a name is likely meant for it."""
    unknown = [name for name in dict.fromkeys(names) if name and not _COLUMN.fullmatch(name)]
    meant = {name: _meant(name) for name in unknown}
    missing = [name for name in ("sku", "price") if name not in {*names, *meant.values()}]
    if not any(name.startswith("name") for name in (*names, *meant.values())):
        missing.append("name_en")
    wrong = [f"row 1: the column {cut(name)} is not known; {_hint(likely)}" for name, likely in meant.items()]
    double = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    wrong += [f"row 1: the column {name!r} stands there twice; delete one of them" for name in double]
    wrong += [f"row 1: the column {name} is missing; write its name above the cells" for name in missing]
    if "" in names and not missing:
        wrong.append(f"row 1: column {names.index('') + 1} has no name; write one, or delete the column")
    return wrong


def _meant(name: str) -> str:
    known = [*_PLAIN, *_TEXTS, *(f"{text}_{language}" for text in _TEXTS for language in ("en", "de", "ru"))]
    near = get_close_matches(_GERMAN.get(name, name), known, n=1)
    return near[0] if near else ""


def _hint(likely: str) -> str:
    return f"did you mean {likely}?" if likely else "delete it, or call it as docs/howto/order-form.md does"
