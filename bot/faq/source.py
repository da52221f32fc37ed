"""Where in a file something stands: what the readers of FAQ files hand on, and the error that points there.

The German answer of the third entry of `shop.yaml` is empty: the error says
"shop.yaml, line 31, de.answer: is missing".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import SupportbotError
from bot.faq.entry import LANGUAGE_FORM, PLAIN_FIELDS, EntryBroken

MOST_TOLD = 20  # mistakes of a file that are named


class FaqFileBroken(SupportbotError):
    """A FAQ file cannot be taken in; nothing of it was. The sentence names file, line and field.

    Attributes:
        file: name of the file, without its folder.
        problem: what is wrong, to be read after the place.
        line: counted from 1; 0 when the whole file is meant.
        field: as in the YAML form, `de.phrasings[2]`; empty when no field is meant.
    """

    def __init__(self, file: str, problem: str, line: int = 0, field_name: str = "") -> None:
        place = ", ".join(part for part in (file, f"line {line}" if line else "", field_name) if part)
        super().__init__(f"{place}: {problem}")
        self.file = file
        self.problem = problem
        self.line = line
        self.field = field_name

    @classmethod
    def with_all(cls, faults: Sequence[FaqFileBroken]) -> FaqFileBroken:
        """Return one that is about all of these, which are at least one: the first twenty, a line each."""
        first = faults[0]
        if len(faults) == 1:
            return first
        whole = cls(first.file, first.problem, first.line, first.field)
        left = len(faults) - MOST_TOLD
        more = [f"and {left} more"] if left > 0 else []
        whole.args = ("\n".join([*map(str, faults[:MOST_TOLD]), *more]),)
        return whole


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as it was read, unchecked.

    Attributes:
        file: name of the file.
        line: where it begins, from 1.
        body: in the YAML form.
        lines: where its fields begin, as far as the format tells: `de` → 31, `de.answer` → 33.
        faults: what was wrong with it already while it was read.
    """

    file: str
    line: int
    body: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[FaqFileBroken] = ()

    def line_of(self, field_name: str) -> int:
        """Return the line of a field, else of what holds it, else of the entry."""
        name = field_name
        while name:
            if name in self.lines:
                return self.lines[name]
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        return self.line


def language_code(code: str) -> str:
    """Return a language's code as it is kept: DE is de, pt-BR stays; anything else as it came."""
    first, dash, rest = code.partition("-")
    kept = first.lower() + dash + rest
    return kept if LANGUAGE_FORM.fullmatch(kept) and kept not in PLAIN_FIELDS else code


def with_kept_codes(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry as it was read with the codes of its languages as they are kept, in its buttons and options too.

    Raises:
        EntryBroken: a language stands there twice, as `DE` and as `de`.
    """
    found = _kept(body, "")
    for field_name in ("buttons", "follow_up"):
        if field_name in found:
            found[field_name] = _with_kept_wordings(found[field_name], field_name)
    return found


def _with_kept_wordings(value: object, where: str) -> object:
    if isinstance(value, list):
        return [_with_kept_wordings(one, f"{where}[{number}]") for number, one in enumerate(value, 1)]
    if not isinstance(value, Mapping):
        return value
    found = dict(value)
    if isinstance(found.get("text"), Mapping):
        found["text"] = _kept(found["text"], f"{where}.text.")
    if "options" in found:
        found["options"] = _with_kept_wordings(found["options"], f"{where}.options")
    return found


def _kept(body: Mapping[Any, Any], where: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in body.items():
        code = language_code(key) if isinstance(key, str) else key
        if code in found:
            raise EntryBroken(f"{where}{code}", "stands twice in one entry")
        found[code] = value
    return found
