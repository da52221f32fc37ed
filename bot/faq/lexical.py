"""Which phrasings share words and pieces of words with a question: weighted features in an inverted index.

A text has two families of features: its stems with the pairs of neighbours, and the 3-to-5-letter pieces of its words.
A rare feature counts more. The score of a question against a phrasing is the mean of the two families' cosines, 0–1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
SHORTEST_PIECE, LONGEST_PIECE = 3, 5
STEP = 64  # texts taken in before others get the interpreter
RARITY = 0.7  # power of a feature's inverse document frequency; 0.5 to 1 are alike on the development sets


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


class _Family:
    """The features of one kind: which row each has, and its weight."""

    def __init__(self, texts: Sequence[Counter[str]], first_row: int) -> None:
        spread = Counter(feature for count in texts for feature in count)
        self.rows = {feature: first_row + row for row, feature in enumerate(spread)}
        seen = np.fromiter(spread.values(), dtype=np.float64, count=len(spread))
        self.rarity = (np.log((len(texts) + 1) / (seen + 0.5)) ** RARITY).tolist()
        self.first_row = first_row

    def weighted(self, count: Counter[str]) -> tuple[list[int], list[float]]:
        """Return rows and weights of the known features; the weights' squares sum up to ½."""
        known = [(row, n) for feature, n in count.items() if (row := self.rows.get(feature)) is not None]
        first, rarity = self.first_row, self.rarity
        weights = [rarity[row - first] * (1 + float(np.log(n)) if n > 1 else 1.0) for row, n in known]
        norm = (2 * sum(weight * weight for weight in weights)) ** 0.5
        return [row for row, _ in known], [weight / norm for weight in weights] if norm else weights


class Postings:
    """Texts as weighted features, and the score of a question against all of them."""

    def __init__(
        self, stems: Sequence[Sequence[str]], words: Sequence[Sequence[str]], pause: Callable[[], None]
    ) -> None:
        by_stem = [Counter(word_features(one)) for one in stems]
        pause()
        by_piece = [Counter(pieces(one)) for one in words]
        pause()
        self.size = len(stems)
        self._stems = _Family(by_stem, 0)
        self._pieces = _Family(by_piece, len(self._stems.rows))
        rows: list[int] = []
        weights: list[float] = []
        row_parts: list[Ints] = []
        weight_parts: list[Floats] = []
        sizes = [0]
        for number, (stem_count, piece_count) in enumerate(zip(by_stem, by_piece, strict=True)):
            before = len(rows)
            for family, count in ((self._stems, stem_count), (self._pieces, piece_count)):
                own_rows, own_weights = family.weighted(count)
                rows += own_rows
                weights += own_weights
            sizes.append(len(rows) - before)
            if number % STEP == STEP - 1 or number == self.size - 1:
                row_parts.append(np.array(rows, dtype=np.int32))
                weight_parts.append(np.array(weights, dtype=np.float32))
                rows, weights = [], []
                pause()
        ends = np.cumsum(sizes)
        self._forward_ends: list[int] = ends.tolist()
        self._forward_rows: Ints = np.concatenate([np.zeros(0, dtype=np.int32), *row_parts])
        self._forward_weights: Floats = np.concatenate([np.zeros(0, dtype=np.float32), *weight_parts])
        where = np.repeat(np.arange(self.size, dtype=np.int32), sizes[1:])
        order = np.argsort(self._forward_rows, kind="stable")
        self._texts: Ints = where[order]
        self._weights: Floats = self._forward_weights[order]
        features = len(self._stems.rows) + len(self._pieces.rows)
        spread = np.bincount(self._forward_rows, minlength=features)
        self._ends: list[int] = np.concatenate([[0], np.cumsum(spread)]).tolist()

    def scores(self, stems: Sequence[str], words: Sequence[str]) -> Floats:
        """Return the score (0–1) of a question against every text."""
        rows, weights = self._stems.weighted(Counter(word_features(stems)))
        more_rows, more_weights = self._pieces.weighted(Counter(pieces(words)))
        return self._summed(rows + more_rows, weights + more_weights)

    def scores_of(self, text: int) -> Floats:
        """Return the score of one of the texts against every text; 1 with itself."""
        start, end = self._forward_ends[text], self._forward_ends[text + 1]
        return self._summed(self._forward_rows[start:end].tolist(), self._forward_weights[start:end].tolist())

    def _summed(self, rows: Sequence[int], weights: Sequence[float]) -> Floats:
        if not rows:
            return np.zeros(self.size, dtype=np.float32)
        ends = self._ends
        texts = np.concatenate([self._texts[ends[row] : ends[row + 1]] for row in rows])
        shares = np.concatenate([self._weights[ends[row] : ends[row + 1]] for row in rows])
        lengths = [ends[row + 1] - ends[row] for row in rows]
        shares = shares * np.repeat(np.array(weights, dtype=np.float32), lengths)
        return np.bincount(texts, shares, minlength=self.size).astype(np.float32)
