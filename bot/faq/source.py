"""Where in a file something stands: what the readers of FAQ files hand on, and the error that points there.

The German answer of the third entry of `shop.yaml` is empty: the error says
"shop.yaml, line 31, de.answer: is missing".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import SupportbotError


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


@dataclass(frozen=True, slots=True)
class Found:
    """An entry as it was read, unchecked.

    Attributes:
        file: name of the file.
        line: where it begins, from 1.
        body: in the YAML form.
        lines: where its fields begin, as far as the format tells: `de` → 31, `de.answer` → 33.
    """

    file: str
    line: int
    body: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, field_name: str) -> int:
        """Return the line of a field, else of what holds it, else of the entry."""
        name = field_name
        while name:
            if name in self.lines:
                return self.lines[name]
            name = name[: max(name.rfind("."), name.rfind("["), 0)]
        return self.line
