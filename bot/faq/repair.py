"""Words that nobody in the base uses, read as the word that was most likely meant.

`delivrey` → `delivery`: one swap of neighbours away, and the base knows no word nearer. But `subscribe` is never read
as `unsubscribe`, however near it is, nor is `anmeldenn` as `abmelden`: `anmelden` is nearer, known to the base or not.
An encoder that knows the language tells its words from errors: `Zustellung` is two pieces to it and no `Bestellung`,
`Lieferung` is another form of `liefern` and says more as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.faq.opposites import SHORTEST_PREFIX, are_opposites, contrary, others_like
from bot.faq.text import stem, tokens

SHORTEST_REPAIRED = 4  # letters; shorter words have too many neighbours
TWO_ERRORS_FROM = 8  # letters
BROKEN_FROM = 3  # pieces; into fewer fall words that are put together, and their forms

Pieces = Callable[[str], int]
"""Into how many pieces an encoder breaks a word; 1 for a word that it knows whole."""


@dataclass(frozen=True, slots=True)
class Read:
    """The words of a question as they are read.

    Attributes:
        written: as they came, in small letters.
        words: as they are read.
        changed: those that are read as others, as (written, read).
        apart: words that are near to one of the base, but nearer to its opposite or to one with another prefix, as
            (written, the base's).
        language: of the base.
    """

    written: tuple[str, ...]
    words: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, str], ...]
    language: str

    def contrary(self, phrasing: str, others: Iterable[str]) -> tuple[str, str] | None:
        """Return a word, as written or as read, and what the nearest phrasing says against it; None for nothing.

        Args:
            phrasing: the nearest one.
            others: all phrasings of its entry.
        """
        every = list(others)
        for words in (self.written, self.words) if self.changed else (self.written,):
            if parted := contrary(words, phrasing, every, self.language):
                return parted
        said = set(tokens(phrasing))
        return next((pair for pair in self.apart if pair[1] in said), None)


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

    def repair(self, words: Sequence[str], pieces: Pieces | None = None) -> Read:
        """Return the words as they are read.

        Args:
            words: in small letters.
            pieces: tells words of a language, which are left as they are: a horse is no house.
        """
        apart: dict[tuple[str, str], None] = {}
        read = [word if self._left(word, pieces) else self._nearest(word, pieces, apart) for word in words]
        changed = dict.fromkeys((was, now) for was, now in zip(words, read, strict=True) if was != now)
        return Read(tuple(words), tuple(read), tuple(changed), tuple(apart), self._language)

    def _left(self, word: str, pieces: Pieces | None) -> bool:
        return word in self._often or not _repairable(word) or (pieces is not None and pieces(word) == 1)

    def _nearest(self, word: str, pieces: Pieces | None, apart: dict[tuple[str, str], None]) -> str:
        """Return the nearest known word within 1 error, or 2 from eight letters on; the word itself when none is.

        What does not fall apart is most likely a word: it has one error at most, and a form of a known word stays.
        What is near, but is or may be another word, comes into `apart`.
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
        others = {one[0] for one in found if _is_another(word, one[0], int(one[1]), self._language)}
        apart.update(dict.fromkeys((word, one[0]) for one in found if one[0] in others))
        found = [one for one in found if one[0] not in others]
        if not found or (holds and any(stem(one[0], self._language) == written for one in found)):
            return word
        best = min(found, key=lambda one: (one[1], one[0][0] != word[0], -self._often[one[0]], one[0]))
        return str(best[0])


def _repairable(word: str) -> bool:
    return len(word) >= SHORTEST_REPAIRED and word.isalpha()


def _is_another(word: str, known: str, errors: int, language: str) -> bool:
    """Return whether a word is nearer to what a known one must not be taken for than to the known one itself.

    As near as the opposite is too near where the word begins like it. Another prefix is preferred where the word has it
    and the known one has not: somebody who writes `abestellung` hardly means `bestellung`.
    """
    opposites, prefixed = others_like(known, language)
    for other in (*opposites, *prefixed):
        far = OSA.distance(word, other, score_cutoff=errors)
        letters = 1 if other in opposites else SHORTEST_PREFIX
        alike = word[:letters] == other[:letters] and (letters == 1 or other[:letters] != known[:letters])
        if far < errors or (far == errors and alike):
            return True
    return False
