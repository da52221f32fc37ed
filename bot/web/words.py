r"""What an operator types in the console, with the few marks that format it; everything else goes out as it stands.

`It is **5 €**, see [the list](https://shop.example).` becomes "It is 5 €, see the list." with a bold stretch and a
link. `2 * 3 * 4`, `C:\new\*test*`, `+ 49 151`, `[IBAN]: DE02…` and `__init__` stay what they are: the FAQ's full
Markdown would swallow parts of them, and nobody looks at these words again before the customer does.
Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.message import Entity, EntityKind, RichText, units
from bot.faq.answer import BULLET, SAFE_LINKS

MOST = 100
"""Entities of one text; Telegram keeps no more in a message."""
STYLES = {
    "*": (EntityKind.ITALIC,),
    "**": (EntityKind.BOLD,),
    "***": (EntityKind.BOLD, EntityKind.ITALIC),
    "~~": (EntityKind.STRIKETHROUGH,),
}
_OPENING, _CLOSING, _EITHER = "([{<„‚", ")]}>.,;:!?…", "\"'“”‘’«»–—-/|*~"
_ADDRESS = "|".join(re.escape(start) for start in SAFE_LINKS)
_MARK = re.compile(
    r"```\n?(?P<block>.*?)\n?```"
    r"|`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`"
    rf"|\[(?P<label>[^\[\]\s](?:[^\[\]\n]*[^\[\]\s])?)\]\((?P<address>(?:{_ADDRESS})[^\s()<>]+)\)"
    r"|(?P<run>\*+|~+)"
    r"|^[ \t]*(?P<bullet>-)(?=[ \t]+[^\s\d.,+€$£-])"
    r"|(?P<gap>\n[ \t]*\n)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
"""A dash before a figure is no bullet: `- 5 €` may well be five euro less."""


def formatted(typed: str) -> RichText:
    """Return what an operator typed, formatted where pairs of marks say so.

    Args:
        typed: any text without white space at its ends.

    Returns:
        Every letter and figure that was typed, in the text or in a link's address; at most `MOST` entities, sorted by
        offset, the longer first, none empty.
    """
    page = _Page(typed)
    for mark in _MARK.finditer(typed):
        page.take(mark)
    return page.rich()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Characters of what was typed that are formatted; where they begin and end a mark was taken."""

    kind: EntityKind
    start: int
    end: int
    value: str = ""


class _Page:
    """What the marks so far make of a text."""

    def __init__(self, typed: str) -> None:
        self._typed = typed
        self._cuts: list[tuple[int, int, str]] = []
        self._stretches: list[_Stretch] = []
        self._open: dict[str, tuple[int, int]] = {}

    def take(self, mark: re.Match[str]) -> None:
        """Take the next mark up, or leave it as it was typed."""
        match mark.lastgroup:
            case "block":
                self._inside(mark, "block", EntityKind.PRE)
            case "code":
                self._inside(mark, "code", EntityKind.CODE)
            case "address":
                self._inside(mark, "label", EntityKind.LINK, mark["address"])
            case "bullet":
                self._cuts.append((*mark.span("bullet"), BULLET.strip()))
            case "gap":
                self._open.clear()
            case _:
                self._run(*mark.span())

    def _inside(self, mark: re.Match[str], name: str, kind: EntityKind, value: str = "") -> None:
        start, end = mark.span(name)
        if mark[name].strip() and len(self._stretches) < MOST:
            self._cuts += [(mark.start(), start, ""), (end, mark.end(), "")]
            self._stretches.append(_Stretch(kind, start, end, value))

    def _run(self, start: int, end: int) -> None:
        """Close the pair that this run of marks ends, or else begin one."""
        run = self._typed[start:end]
        before, after = self._typed[start - 1 : start] or " ", self._typed[end : end + 1] or " "
        if run in self._open and _ends(before, after):
            self._pair(run, self._open[run], (start, end))
        elif run in STYLES and _begins(before, after):
            self._open[run] = (start, end)

    def _pair(self, run: str, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Format what is between two runs; what was begun in between stays as it was typed, so that none cross."""
        self._open = {kind: at for kind, at in self._open.items() if at < first}
        if len(self._stretches) + len(STYLES[run]) <= MOST:
            self._cuts += [(*first, ""), (*last, "")]
            self._stretches += [_Stretch(style, first[1], last[0]) for style in STYLES[run]]

    def rich(self) -> RichText:
        """Return the text without the marks that were taken."""
        pieces: list[str] = []
        length, at = 0, 0
        places: dict[int, int] = {}
        for start, end, instead in sorted(self._cuts):
            kept = self._typed[at:start]
            places[start] = length + units(kept)
            places[end] = length = places[start] + units(instead)
            pieces += [kept, instead]
            at = end
        found = [
            Entity(one.kind, places[one.start], places[one.end] - places[one.start], one.value)
            for one in self._stretches
        ]
        text = "".join([*pieces, self._typed[at:]])
        return RichText(text, tuple(sorted(found, key=lambda one: (one.offset, -one.length))))


def _begins(before: str, after: str) -> bool:
    """Return whether a run of marks may begin a pair: behind a word or a backslash it is part of it."""
    return (before.isspace() or before in _OPENING + _EITHER) and not after.isspace() and after not in _CLOSING


def _ends(before: str, after: str) -> bool:
    """Return whether it may end one."""
    return (after.isspace() or after in _CLOSING + _EITHER) and not before.isspace() and before not in _OPENING
