"""Which phrasings share words and pieces of words with a question: weighted features in an inverted index.

A phrasing's features are its stems, pairs of neighbouring stems and the 3-to-5-letter pieces of its words; a rare
feature counts more (TF-IDF). The score of a question against a phrasing is the cosine of the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
SHORTEST_PIECE, LONGEST_PIECE = 3, 5


def pieces(words: Iterable[str]) -> list[str]:
    """Return the pieces of 3 to 5 letters of each word, with `_` as the word's edge."""
    found: list[str] = []
    for word in words:
        edged = f"_{word}_"
        size = len(edged)
        for length in range(SHORTEST_PIECE, LONGEST_PIECE + 1):
            if length >= size:
                found.append(edged)
                break
            found += [edged[at : at + length] for at in range(size - length + 1)]
    return found


def word_features(stems: Sequence[str]) -> list[str]:
    """Return the stems and the pairs of neighbours."""
    return [*stems, *(f"{one} {other}" for one, other in pairwise(stems))]


class Postings:
    """Texts as unit vectors of weighted features, and the cosine of a question with all of them."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        counts = [Counter(features) for features in texts]
        spread = Counter(feature for count in counts for feature in count)
        self.size = len(texts)
        self.rows = {feature: row for row, feature in enumerate(spread)}
        seen = np.fromiter(spread.values(), dtype=np.float32, count=len(spread))
        self.idf: Floats = np.log((self.size + 1) / (seen + 0.5)).astype(np.float32)
        where = np.repeat(np.arange(self.size, dtype=np.int32), [len(count) for count in counts])
        which = np.fromiter((self.rows[f] for count in counts for f in count), dtype=np.int32, count=len(where))
        often = np.fromiter((n for count in counts for n in count.values()), dtype=np.float32, count=len(where))
        weights: Floats = ((1 + np.log(often)) * self.idf[which]).astype(np.float32)
        norms = np.sqrt(np.bincount(where, weights**2, minlength=self.size))
        weights /= np.maximum(norms, 1e-6)[where].astype(np.float32)
        order = np.argsort(which, kind="stable")
        self._texts = where[order]
        self._weights: Floats = weights[order].astype(np.float32)
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(which, minlength=len(spread)))]).tolist()

    def cosines(self, features: Sequence[str]) -> Floats:
        """Return the cosine (0–1) of a question's features with every text; unknown ones lengthen the question."""
        counts = Counter(features)
        rows = self.rows
        unknown = float(np.log(2 * (self.size + 1)))
        total, texts, weights = 0.0, [], []
        for feature, often in counts.items():
            row = rows.get(feature)
            if row is None:
                total += unknown**2
                continue
            weight = (1 + float(np.log(often))) * float(self.idf[row]) if often > 1 else float(self.idf[row])
            total += weight**2
            start, end = self._ends[row], self._ends[row + 1]
            texts.append(self._texts[start:end])
            weights.append(self._weights[start:end] * weight)
        if not texts:
            return np.zeros(self.size, dtype=np.float32)
        summed: Floats = np.bincount(np.concatenate(texts), np.concatenate(weights), minlength=self.size).astype(
            np.float32
        )
        return summed / np.float32(total**0.5)
