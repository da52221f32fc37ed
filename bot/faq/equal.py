"""Which phrasings a question equals, but for case, accents, punctuation and spaces.

"HOW much is delivery?!" equals the phrasing "How much is delivery" of `delivery-cost`. Holds numbers only, so that the
collector of garbage need not look at 100,000 objects, which takes it a fifth of a second.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import NamedTuple

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
        self._first: dict[str, int] = {}
        self._shared: dict[str, tuple[int, ...]] = {}
        text = 0
        for entry in entries:
            for code in entry.texts:
                for phrasing in entry.phrasings(code):
                    self._take(phrasing, text)
                    if len(self._phrasings) % STEP == 0:
                        pause()
                text += 1

    def _take(self, phrasing: str, text: int) -> None:
        key, place = key_of(phrasing), len(self._phrasings)
        self._phrasings.append(phrasing)
        self._text_of.append(text)
        first = self._first.setdefault(key, place)
        others = self._shared.get(key, (first,))
        if all(self._texts[self._text_of[one]][0] != self._texts[text][0] for one in others):
            self._shared[key] = (*others, place)

    def find(self, question: str) -> tuple[Same, ...]:
        """Return for each entry that has such a phrasing the first one."""
        key = key_of(question)
        first = self._first.get(key)
        if first is None:
            return ()
        return tuple(self._same(place) for place in self._shared.get(key, (first,)))

    def _same(self, place: int) -> Same:
        entry, code = self._texts[self._text_of[place]]
        return Same(entry, self._phrasings[place], code)
