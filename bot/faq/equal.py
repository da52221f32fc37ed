"""Which phrasings a question equals, but for case, accents, punctuation and spaces.

"HOW much is delivery?!" equals the phrasing "How much is delivery" of `delivery-cost`. Holds numbers beside the texts
that the entries hold anyway: 100,000 keys would take 20 MB, and when an edit has replaced them, their end alone would
keep everyone waiting for a hundredth of a second.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from bot.faq.entry import FaqEntry
from bot.faq.text import key_of

STEP = 256  # phrasings taken in before others get the interpreter: about 3 ms


class Same(NamedTuple):
    """A phrasing that equals a question."""

    entry: str
    phrasing: str
    language: str


class Equals:
    """The phrasings of all entries in all languages, by their keys."""

    def __init__(self, entries: Sequence[FaqEntry], pause: Callable[[], None]) -> None:
        self._texts = [(entry.id, code) for entry in entries for code in entry.texts]
        self._phrasings: list[str] = []
        self._text_of = array("i")
        hashes = array("q")
        text = 0
        for entry in entries:
            for code in entry.texts:
                for phrasing in entry.phrasings(code):
                    self._phrasings.append(phrasing)
                    self._text_of.append(text)
                    hashes.append(hash(key_of(phrasing)))
                    if len(hashes) % STEP == 0:
                        pause()
                text += 1
        found = np.array(hashes, dtype=np.int64)
        self._places = np.argsort(found, kind="stable").astype(np.int32)
        self._hashes = found[self._places]

    def find(self, question: str) -> tuple[Same, ...]:
        """Return for each entry that has such a phrasing the first one."""
        key = key_of(question)
        start, end = (int(np.searchsorted(self._hashes, hash(key), side)) for side in ("left", "right"))
        found: dict[str, Same] = {}
        for place in self._places[start:end].tolist():
            entry, code = self._texts[self._text_of[place]]
            if entry not in found and key_of(self._phrasings[place]) == key:  # two keys may share a hash
                found[entry] = Same(entry, self._phrasings[place], code)
        return tuple(found.values())
