"""The phrasings' vectors, a byte a number, and which of them are nearest to a question's.

100,000 phrasings take 51 MB instead of 205, and a cosine is off by about 0.0003. With so many, the signs of the numbers
alone tell which thousand to look at: 98 of the 100 nearest are among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.faq.lexical import Floats, Ints, top

Bytes = npt.NDArray[np.int8]
Words = npt.NDArray[np.uint64]
LOOKED_AT = 1_024  # phrasings whose cosine is taken, out of all of them


@dataclass(frozen=True, slots=True)
class Meanings:
    """The vectors of some phrasings; unit vectors but for rounding.

    Attributes:
        table: a row of bytes a sentence, shared with the store and others.
        steps: what a byte's 1 stands for in each row.
        places: which row each phrasing has.
        signs: one bit a number, 64 at a time × phrasings.
    """

    table: Bytes
    steps: Floats
    places: Ints
    signs: Words

    @classmethod
    def of(cls, table: Bytes, steps: Floats, places: Ints) -> Meanings:
        """Return the vectors of phrasings that have these rows of a table."""
        return cls(table, steps, places, _signs(table, places))

    def at(self, which: Ints) -> Floats:
        """Return the vectors of some phrasings."""
        rows = self.places[which]
        vectors = self.table[rows].astype(np.float32)
        vectors *= self.steps[rows, None]
        return vectors

    def scores_at(self, asked: Floats, which: Ints) -> Floats:
        """Return the cosine (−1–1) of a vector with some phrasings'."""
        rows = self.places[which]
        return np.asarray((self.table[rows].astype(np.float32) @ asked) * self.steps[rows], dtype=np.float32)

    def nearest(self, asked: Floats, most: int, apart: slice | None = None) -> Ints:
        """Return up to so many phrasings that may be the nearest to a vector; rising.

        Args:
            asked: the vector.
            most: how many.
            apart: phrasings to leave out.
        """
        width = 64 * len(self.signs)
        own = np.zeros(width, dtype=bool)
        own[: len(asked)] = asked > 0
        differing = np.bitwise_count(self.signs ^ np.packbits(own).view(np.uint64)[:, None])
        alike = (width + 1 - differing.sum(axis=0, dtype=np.int16)).astype(np.int16)
        if apart is not None:
            alike[apart] = 0
        seen = top(alike, LOOKED_AT)
        cosines = self.scores_at(asked, seen) + 2  # so that all of them are above 0
        return seen[top(cosines, most)]


def _signs(table: Bytes, places: Ints) -> Words:
    """Return the signs of each row, 64 a word × rows, padded with zeros."""
    words = -(-table.shape[1] // 64)
    found = np.zeros((words, len(places)), dtype=np.uint64)
    for start in range(0, len(places), 4096):
        part = table[places[start : start + 4096]]
        bits = np.zeros((len(part), 64 * words), dtype=bool)
        bits[:, : part.shape[1]] = part > 0
        found[:, start : start + 4096] = np.packbits(bits, axis=1).view(np.uint64).T
    return found
