"""Words that nobody in the base uses, read as the word that was most likely meant.

`delivrey` → `delivery`: one swap of neighbours away, and the base knows no word nearer. But `subscribe` is never read
as `unsubscribe`, however near it is. An encoder that knows the language tells its words from errors: `Zustellung` is
two pieces to it and no `Bestellung`, `Lieferung` is another form of `liefern` and says more as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.faq.opposites import are_opposites
from bot.faq.text import stem

SHORTEST_REPAIRED = 4  # letters; shorter words have too many neighbours
TWO_ERRORS_FROM = 8  # letters
BROKEN_FROM = 3  # pieces; into fewer fall words that are put together, and their forms

Pieces = Callable[[str], int]
"""Into how many pieces an encoder breaks a word; 1 for a word that it knows whole."""


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
        self, words: Sequence[str], pieces: Pieces | None = None
    ) -> tuple[list[str], tuple[tuple[str, str], ...]]:
        """Return the words as they are read, and those that were changed as (written, read).

        Args:
            words: in small letters.
            pieces: tells words of a language, which are left as they are: a horse is no house.
        """
        read = [word if self._left(word, pieces) else self._nearest(word, pieces) for word in words]
        changed = [(was, now) for was, now in zip(words, read, strict=True) if was != now]
        return read, tuple(dict.fromkeys(changed))

    def _left(self, word: str, pieces: Pieces | None) -> bool:
        return word in self._often or not _repairable(word) or (pieces is not None and pieces(word) == 1)

    def _nearest(self, word: str, pieces: Pieces | None) -> str:
        """Return the nearest known word within 1 error, or 2 from eight letters on; the word itself when none is.

        What does not fall apart is most likely a word: it has one error at most, and a form of a known word stays.
        """
        holds = pieces is not None and pieces(word) < BROKEN_FROM
        allowed, written = 2 if len(word) >= TWO_ERRORS_FROM and not holds else 1, stem(word, self._language)
        near = [
            one for size in range(len(word) - allowed, len(word) + allowed + 1) for one in self._by_length.get(size, ())
        ]
        found = [
            one
            for one in process.extract(word, near, scorer=OSA.distance, score_cutoff=allowed, limit=8)
            if not are_opposites(written, stem(one[0], self._language), self._language)
        ]
        if not found or (holds and any(stem(one[0], self._language) == written for one in found)):
            return word
        best = min(found, key=lambda one: (one[1], one[0][0] != word[0], -self._often[one[0]], one[0]))
        return str(best[0])


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST_REPAIRED and word.isalpha()
