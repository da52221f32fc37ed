"""Which phrasings a question is compared with, and what they say together.

A base of up to 2,000 phrasings is compared as a whole. Of a larger one, those are looked up that are nearest by words
and those that are nearest by meaning, some hundreds, whatever its size.

`scores` is a kernel ridge regression over the 96 nearest, solved for each question in half a millisecond. With every
phrasing of a large base learned from at once, only an approximation is possible, and it finds less: 95.7 instead of
97.5 of 100 on 15,000 phrasings (clinc150), 35 instead of 47 on 10,000 that are hard to tell apart. And nothing has to
be learned anew when an entry changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from bot.faq.lexical import Features, Floats, Ints, Postings, distinct, top
from bot.faq.meaning import Meanings

SEEN_WHOLE = 2_000  # phrasings of a base that is compared as a whole
LOOKED_UP = 128  # phrasings by words, and as many by meaning
TOGETHER = 96  # phrasings that `scores` learns from
RIDGE_WORDS, RIDGE_MEANING = 0.3, 0.1  # how much to smooth; about the share of noise in the likeness
RIDGE_LOGISTIC = 0.125  # the same for a logistic head
NONE = slice(0, 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """The phrasings that a question is compared with.

    Attributes:
        rows: which, rising.
        words: how near each is by words, 0–1.
        meaning: the same by meaning, −1–1; None without an encoder.
        entries: the entries that they are of, rising.
        starts: where in `rows` each entry's begin.
        apart: which of the base's phrasings count as not there: they have a nearness of 0.
    """

    rows: Ints
    words: Floats
    meaning: Floats | None
    entries: Ints
    starts: Ints
    apart: slice = field(default_factory=lambda: NONE)

    def without(self, apart: slice) -> Seen:
        """Return the same, some of the base's phrasings left out."""
        gone = (self.rows >= apart.start) & (self.rows < apart.stop)
        meaning = None if self.meaning is None else np.where(gone, np.float32(0), self.meaning)
        return replace(self, words=np.where(gone, np.float32(0), self.words), meaning=meaning, apart=apart)

    def stretch(self, place: int) -> tuple[int, int]:
        """Return where in `rows` the phrasings of the entry at a place begin and end."""
        end = int(self.starts[place + 1]) if place + 1 < len(self.starts) else len(self.rows)
        return int(self.starts[place]), end

    def by_entry(self, values: Floats) -> Floats:
        """Return each entry's largest value."""
        return np.asarray(np.maximum.reduceat(values, self.starts), dtype=np.float32)


@dataclass(frozen=True)
class Phrasings:
    """A base's phrasings as they are compared, entry after entry.

    Attributes:
        owner: the entry of each, rising.
        starts: where each entry's begin.
        words: by their words.
        meanings: by their vectors; None without an encoder.
    """

    owner: Ints
    starts: Ints
    words: Postings
    meanings: Meanings | None = None

    @property
    def whole(self) -> bool:
        """Whether a question is compared with all of them."""
        return len(self.owner) <= SEEN_WHOLE

    @property
    def ridge(self) -> float:
        """How much to smooth what is learned from them."""
        return RIDGE_WORDS if self.meanings is None else RIDGE_MEANING

    @property
    def an_entry(self) -> float:
        """How many an entry has on average."""
        return len(self.owner) / len(self.starts)

    def stretch(self, entry: int) -> slice:
        """Return which ones an entry has."""
        end = int(self.starts[entry + 1]) if entry + 1 < len(self.starts) else len(self.owner)
        return slice(int(self.starts[entry]), end)

    def seen(self, asked: Features, vector: Floats | None, apart: slice = NONE) -> Seen:
        """Return the phrasings to compare with a question, given by its features and its vector, some left out."""
        if self.whole:
            rows = np.arange(len(self.owner), dtype=np.int32)
            entries, starts = np.arange(len(self.starts), dtype=np.int32), self.starts
            near = self.words.scores(asked)
        else:
            rows = self._looked_up(asked, vector, apart)
            owner = self.owner[rows]
            starts = np.flatnonzero(np.append(-1, owner[:-1]) != owner).astype(np.int32)
            entries = owner[starts]
            near = self.words.scores_at(asked, rows)
        alike = None if self.meanings is None or vector is None else self.meanings.scores_at(vector, rows)
        found = Seen(rows, near, alike, entries, starts)
        return found.without(apart) if apart.stop else found

    def _looked_up(self, asked: Features, vector: Floats | None, apart: slice) -> Ints:
        rows = self.words.nearest(asked, LOOKED_UP, apart)
        if self.meanings is not None and vector is not None:
            rows = distinct(np.concatenate([rows, self.meanings.nearest(vector, LOOKED_UP, apart)]))
        if len(rows):
            return rows
        return np.arange(TOGETHER, dtype=np.int32)  # nothing in common with any: the first ones are as good as others

    def likeness(self, near: Floats, alike: Floats | None) -> Floats:
        """Return the kernel: by words alone, or by meaning, and by words the more the more phrasings there are."""
        if alike is None:
            return near
        by_word = np.float32(np.interp(self.an_entry, [4, 10], [0, 0.4]))
        beside = np.float32(np.interp(self.an_entry, [1, 3], [0.15, 0.3]))
        together = np.exp(2 * (alike - 1) + beside * (near - 1)) + by_word * near
        return np.asarray(together, dtype=np.float32)

    def scores(self, seen: Seen) -> Floats:
        """Return a score for each entry seen, by the nearest phrasings: near 1 for the right one, else near 0."""
        likeness = self.likeness(seen.words, seen.meaning)
        if seen.apart.stop:
            likeness = np.where((seen.rows >= seen.apart.start) & (seen.rows < seen.apart.stop), 0, likeness)
        chosen = top(likeness, TOGETHER)
        if not len(chosen):
            return np.zeros(len(seen.entries), dtype=np.float32)
        rows = seen.rows[chosen]
        alike = None
        if self.meanings is not None and seen.meaning is not None:
            vectors = self.meanings.at(rows)
            alike = vectors @ vectors.T
        steady = self.likeness(self.words.likeness(rows), alike)
        mine = self.owner[rows]
        sizes = np.diff(np.append(self.starts, len(self.owner)))[mine]
        steady[np.diag_indices_from(steady)] += self.ridge * sizes / np.float32(self.an_entry)
        weights = np.linalg.solve(steady, likeness[chosen])
        places = np.searchsorted(seen.entries, mine)
        return np.bincount(places, weights, minlength=len(seen.entries)).astype(np.float32)
