"""How deep and how large a YAML file may be, counted over the parser's events before anything is built of it.

PyYAML builds its tree by recursion in C: a line of 100,000 brackets overflows the stack and ends the process, and four
kilobytes of aliases to aliases unfold to gigabytes. The events come one by one, whatever they add up to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

DEEPEST = 12  # collections within each other; those of an entry nest six deep
MOST_NODES = 2_000_000
MOST_REPEATED = 20_000_000  # characters that aliases stand for, with NODE for each node
NODE = 50  # characters; what a node costs beside its text


class OutOfBounds(Exception):
    """A YAML text would grow too deep or too large; `line` counts from 1."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come: its anchor, what is in it so far, and how deep that nests."""

    anchor: str | None
    size: int = NODE
    height: int = 1


def check(events: Iterable[Any]) -> None:
    """Read a YAML text's events to their end.

    Args:
        events: from `yaml.parse`; they are taken one at a time, so nothing deep is ever held.

    Raises:
        OutOfBounds: it nests deeper than 12 collections, has more than 2,000,000 nodes, or its aliases repeat more
            than 20 million characters.
        yaml.YAMLError: it is no YAML.
    """
    tally = _Tally()
    for event in events:
        tally.take(event, event.start_mark.line + 1)


class _Tally:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._known: dict[str, tuple[int, int]] = {}  # size and height by anchor
        self._nodes = 0
        self._repeated = 0

    def take(self, event: Any, line: int) -> None:  # noqa: ANN401  PyYAML names no type for its events
        if isinstance(event, yaml.CollectionStartEvent):
            self._count(line)
            self._open.append(_Open(event.anchor))
            if len(self._open) > DEEPEST:
                raise OutOfBounds("is nested too deeply", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._open.pop()
            self._close(done.anchor, done.size, done.height)
        elif isinstance(event, yaml.ScalarEvent):
            self._count(line)
            self._close(event.anchor, len(event.value) + NODE, 0)
        elif isinstance(event, yaml.AliasEvent):
            self._follow(str(event.anchor), line)

    def _count(self, line: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise OutOfBounds(f"has more than {MOST_NODES} parts", line)

    def _close(self, anchor: str | None, size: int, height: int) -> None:
        """Add a node that is whole to the collection around it."""
        if anchor is not None:
            self._known[anchor] = size, height
        if self._open:
            around = self._open[-1]
            around.size += size
            around.height = max(around.height, height + 1)

    def _follow(self, anchor: str, line: int) -> None:
        if any(one.anchor == anchor for one in self._open):
            raise OutOfBounds(f"the alias *{anchor[:40]} stands within what it names", line)
        size, height = self._known.get(anchor, (0, 0))
        self._repeated += size
        if self._repeated > MOST_REPEATED:
            raise OutOfBounds("grows too large when its aliases are followed", line)
        if len(self._open) + height > DEEPEST:
            raise OutOfBounds("is nested too deeply", line)
        self._close(None, size, height)
