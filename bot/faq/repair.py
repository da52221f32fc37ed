"""Words that nobody in the base uses, read as the word that was most likely meant.

`delivrey` → `delivery`: one swap of neighbours away, and the base knows no word nearer. But `subscribe` is never read
as `unsubscribe`, however near it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.faq.opposites import are_opposites
from bot.faq.text import stem

SHORTEST_REPAIRED = 4  # letters; shorter words have too many neighbours
TWO_ERRORS_FROM = 8  # letters


class Vocabulary:
    """The words of a base, each with how often it is used."""

    def __init__(self, often: Mapping[str, int], language: str = "") -> None:
        self._often = often
        self._language = language
        self._by_length: dict[int, list[str]] = {}
        for word in sorted(self._often):
            self._by_length.setdefault(len(word), []).append(word)

    def __contains__(self, word: object) -> bool:
        return word in self._often

    def repair(
        self, words: Sequence[str], knows: Callable[[str], bool] | None = None
    ) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        """Return the words as they are read, and those that were changed as (written, read).

        Args:
            words: in small letters.
            knows: tells words of a language, which are left as they are: a horse is no house.
        """
        read = [word if self._left(word, knows) else self._nearest(word) for word in words]
        changed = [(was, now) for was, now in zip(words, read, strict=True) if was != now]
        return read, tuple(dict.fromkeys(changed))

    def _left(self, word: str, knows: Callable[[str], bool] | None) -> bool:
        return word in self._often or not _repairable(word) or (knows is not None and knows(word))

    def _nearest(self, word: str) -> str:
        """Return the nearest known word within 1 error, or 2 from eight letters on; the word itself when none is."""
        allowed = 2 if len(word) >= TWO_ERRORS_FROM else 1
        near = [
            one for size in range(len(word) - allowed, len(word) + allowed + 1) for one in self._by_length.get(size, ())
        ]
        found = [
            one
            for one in process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=8)
            if not are_opposites(stem(word, self._language), stem(one[0], self._language), self._language)
        ]
        if not found:
            return word
        best = min(found, key=lambda one: (one[1], one[0][0] != word[0], -self._often[one[0]], one[0]))
        return str(best[0])


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST_REPAIRED and word.isalpha()
