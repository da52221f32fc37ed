"""What a new base would change in an old one, in lines that an owner reads: `en.answer: “5 €.” → “6 €.”`.

A file names `cups` with its English row only: the German text would go, and that is told before all else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.faq.entry import FaqEntry

LONGEST = 120  # characters of a value on its line


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one entry.

    Attributes:
        entry: its id.
        lines: one a field, as `en.answer: “old” → “new”`, named as in the files and so the same in every language.
        lost: codes of the languages whose whole text would go; `lines` do not repeat them.
    """

    entry: str
    lines: tuple[str, ...]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new base would change in an old one; ids in the order of their base."""

    added: tuple[str, ...]
    changed: tuple[Change, ...]
    removed: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def losing(self) -> tuple[Change, ...]:
        """The changes by which an entry would lose a language."""
        return tuple(change for change in self.changed if change.lost)


def difference(old: Iterable[FaqEntry], new: Iterable[FaqEntry]) -> Difference:
    """Return what replacing one base by the other would add, change and remove."""
    before, after = {one.id: one for one in old}, {one.id: one for one in new}
    changed = [change(before[key], entry) for key, entry in after.items() if key in before and before[key] != entry]
    return Difference(
        added=tuple(key for key in after if key not in before),
        changed=tuple(changed),
        removed=tuple(key for key in before if key not in after),
        unchanged=sum(1 for key in after if key in before) - len(changed),
    )


def change(before: FaqEntry, after: FaqEntry) -> Change:
    """Return what one entry would lose and what else would be another."""
    lost = tuple(code for code in before.texts if code not in after.texts)
    old = {key: value for key, value in before.to_dict().items() if key not in lost}
    new = after.to_dict()
    for body in (old, new):
        body["enabled"] = "yes" if body.get("enabled", True) else "no"
    return Change(after.id, tuple(_lines(old, new)), lost)


def _lines(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield a line for each field that differs."""
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        name = prefix + key
        if before == after:
            continue
        if isinstance(before, dict | None) and isinstance(after, dict | None):
            yield from _lines(before or {}, after or {}, name + ".")
        elif isinstance(before, list | None) and isinstance(after, list | None):
            yield from _of_lists(before or [], after or [], name)
        elif before is None or after is None:
            yield f"{name}: + {_short(after)}" if before is None else f"{name}: − {_short(before)}"
        else:
            yield f"{name}: {_short(before)} → {_short(after)}"


def _of_lists(before: list[Any], after: list[Any], name: str) -> list[str]:
    lines = [f"{name}: + {_short(one)}" for one in after if one not in before]
    lines += [f"{name}: − {_short(one)}" for one in before if one not in after]
    return lines or [f"{name}: ⇅ {', '.join(_short(one) for one in after)}"]


def _short(value: object) -> str:
    """Return a value on one line of at most 120 characters; a button or choice with where it leads."""
    if isinstance(value, dict):
        wording = value.get("text") or {}
        said = " / ".join(str(one) for one in wording.values()) if isinstance(wording, dict) else str(wording)
        return f"{_short(said)} ({value.get('action') or value.get('entry')})"
    line = " ".join(str(value).split())
    return f"“{line[: LONGEST - 3]}…”" if len(line) > LONGEST else f"“{line}”"
