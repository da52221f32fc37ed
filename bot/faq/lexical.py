"""Which phrasings share words and pieces of words with a question: weighted features in an inverted index.

A text has two families of features: its stems with the pairs of neighbours, and the 3-to-5-letter pieces of its words.
A rare feature counts more. The score of a question against a phrasing is the mean of the two families' cosines, 0–1.

A feature counts once a text, so a weight is the feature's rarity over the text's length, and the index holds nothing
but numbers of features and of texts: 60 MB for 100,000 phrasings, built in numpy over the distinct words of the base.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Numbers = TypeVar("Numbers", Ints, Longs)
SHORTEST_PIECE, LONGEST_PIECE = 3, 5
STEP = 512  # texts taken in before others get the interpreter: about 3 ms
ROWS = 500_000  # postings put in order before others get the interpreter
RARITY = 0.7  # power of a feature's inverse document frequency; 0.5 to 1 are alike on the development sets
SAMPLE = 4_096  # scores that tell where the largest ones begin
TINY = 1e-9
MOST_POSTINGS = 60_000  # looked at for candidates, the rarest features' first: about 0.3 ms


def pieces(word: str) -> list[str]:
    """Return the pieces of 3 to 5 letters of a word, each once, with `_` as the word's edge."""
    edged = f"_{word}_"
    size = len(edged)
    longest = min(LONGEST_PIECE, max(size, SHORTEST_PIECE))
    found = [edged[at : at + one] for one in range(SHORTEST_PIECE, longest + 1) for at in range(size - one + 1)]
    return list(dict.fromkeys(found)) or [edged]


@dataclass(frozen=True, slots=True)
class Said:
    """Texts as numbers of words.

    Attributes:
        words: the texts' words, one text after the other.
        ends: where each text begins in them, and where the last one ends.
        stems: the stem of each word that there is.
        letters: each word without accents.
    """

    words: Ints
    ends: Ints
    stems: Sequence[str]
    letters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Features:
    """What of a question the base knows: rising rows of features, and the weight of each."""

    rows: Ints
    weights: Floats


class Postings:
    """Texts as features, and the score of a question against all of them or the nearest ones.

    Attributes:
        size: how many texts.
        spread: by stem, in how many texts it is.
        parts: the pieces of words that there are.
    """

    def __init__(self, said: Said, pause: Callable[[], None]) -> None:
        self.size = len(said.ends) - 1
        names = list(dict.fromkeys(said.stems))
        self._stem_rows = {name: row for row, name in enumerate(names)}
        stem_of = np.array([self._stem_rows[one] for one in said.stems], dtype=np.int64)
        stems = stem_of[said.words] if len(said.words) else np.zeros(0, dtype=np.int64)
        text_of = np.repeat(np.arange(self.size, dtype=np.int32), np.diff(said.ends))
        together = np.flatnonzero(text_of[1:] == text_of[:-1])
        pairs = stems[together] * len(names) + stems[together + 1]
        self._pairs = distinct(pairs)
        pause()
        self._first_piece = len(names) + len(self._pairs)
        self._piece_rows: dict[str, int] = {}
        piece_ends, piece_list = self._pieces_of(said.letters, pause)
        self._pieces_known = dict(zip(said.letters, range(len(said.letters)), strict=True))
        self._piece_ends, self._piece_list = piece_ends, piece_list
        pair_rows = np.zeros(len(stems), dtype=np.int64)
        pair_rows[together] = len(names) + np.searchsorted(self._pairs, pairs)
        self._rows, self._ends, self._middles = self._forward(said, stems, pair_rows, pause)
        self._invert(pause)
        self.spread = dict(zip(names, np.diff(self._begins[: len(names) + 1]).tolist(), strict=True))
        self.parts = self._piece_rows.keys()
        self._own = threading.local()

    def _pieces_of(self, letters: Sequence[str], pause: Callable[[], None]) -> tuple[Longs, Ints]:
        """Return the rows of each word's pieces, and where each word's begin."""
        ends, rows = [0], []
        known = self._piece_rows
        for number, word in enumerate(letters):
            rows += [known.setdefault(piece, self._first_piece + len(known)) for piece in pieces(word)]
            ends.append(len(rows))
            if number % STEP == 0:
                pause()
        return np.array(ends, dtype=np.int64), np.array(rows, dtype=np.int32)

    def _forward(
        self, said: Said, stems: Longs, pair_rows: Longs, pause: Callable[[], None]
    ) -> tuple[Ints, Longs, Longs]:
        """Return the rows of each text, rising, where each text's begin, and where its pieces do."""
        features = self._first_piece + len(self._piece_rows)
        found, sizes, stem_sizes = [], [], []
        for start in range(0, self.size, STEP):
            end = min(start + STEP, self.size)
            first, last = int(said.ends[start]), int(said.ends[end])
            text = np.repeat(np.arange(end - start, dtype=np.int64), np.diff(said.ends[start : end + 1]))
            words = said.words[first:last]
            lengths = self._piece_ends[words + 1] - self._piece_ends[words]
            own = self._piece_list[_stretches(self._piece_ends[words], lengths)]
            paired = pair_rows[first:last] > 0
            keys = np.concatenate(
                [
                    text * features + stems[first:last],
                    text[paired] * features + pair_rows[first:last][paired],
                    np.repeat(text, lengths) * features + own,
                ]
            )
            keys = distinct(keys)
            owner, rows = np.divmod(keys, max(features, 1))
            found.append(rows.astype(np.int32))
            sizes.append(np.bincount(owner, minlength=end - start))
            stem_sizes.append(np.bincount(owner[rows < self._first_piece], minlength=end - start))
            pause()
        nothing = np.zeros(0, dtype=np.int64)
        ends = np.concatenate([[0], np.cumsum(np.concatenate([nothing, *sizes]))]).astype(np.int64)
        middles = ends[:-1] + np.concatenate([nothing, *stem_sizes])
        return np.concatenate([nothing.astype(np.int32), *found]), ends, middles

    def _invert(self, pause: Callable[[], None]) -> None:
        """Note which texts have each feature, how rare it is, and each text's length."""
        features = self._first_piece + len(self._piece_rows)
        spread = np.zeros(features, dtype=np.int64)
        for start in range(0, len(self._rows), ROWS):
            spread += np.bincount(self._rows[start : start + ROWS], minlength=features)
            pause()
        self._begins: Longs = np.concatenate([[0], np.cumsum(spread)]).astype(np.int64)
        rarity = np.log((self.size + 1) / (np.maximum(spread, 1) + 0.5)) ** RARITY
        self._rarity: Floats = rarity.astype(np.float32)
        pause()
        order = np.argsort(self._rows, kind="stable")
        pause()
        own = np.empty(len(self._rows), dtype=np.int32)
        lengths = np.zeros((2, self.size))
        for start in range(0, self.size, STEP):
            stretch = slice(start, min(start + STEP, self.size))
            rows = slice(int(self._ends[stretch.start]), int(self._ends[stretch.stop]))
            own[rows] = np.repeat(np.arange(stretch.start, stretch.stop, dtype=np.int32), self._sizes(stretch))
            squares = np.square(rarity[self._rows[rows]])
            family = (self._rows[rows] >= self._first_piece) * (stretch.stop - start) + own[rows] - start
            lengths[:, stretch] = np.bincount(family, squares, 2 * (stretch.stop - start)).reshape(2, -1)
            pause()
        self._texts: Ints = np.empty(len(own), dtype=np.int32)
        for start in range(0, len(own), ROWS):
            self._texts[start : start + ROWS] = own[order[start : start + ROWS]]
            pause()
        with np.errstate(divide="ignore"):
            inverse = np.where(lengths > 1e-9, 1 / np.sqrt(2 * lengths), 0)  # noqa: PLR2004 a text without features
        self._inverse: Floats = inverse.astype(np.float32)

    def _sizes(self, texts: slice) -> Longs:
        """Return how many features each of some texts has."""
        return np.diff(self._ends[texts.start : texts.stop + 1])

    def features(self, stems: Sequence[str], letters: Sequence[str]) -> Features:
        """Return what the base knows of a question, from its stems and its words without accents."""
        known = [self._stem_rows.get(one, -1) for one in stems]
        codes = [one * len(self._stem_rows) + other for one, other in pairwise(known) if one >= 0 and other >= 0]
        places = np.searchsorted(self._pairs, codes) if codes else ()
        rows = {one for one in known if one >= 0}
        rows |= {
            len(self._stem_rows) + int(place)
            for place, code in zip(places, codes, strict=True)
            if place < len(self._pairs) and self._pairs[place] == code
        }
        parts = [np.array(sorted(rows), dtype=np.int32)]
        unknown = []
        for word in dict.fromkeys(letters):
            number = self._pieces_known.get(word)
            if number is None:
                unknown += [row for piece in pieces(word) if (row := self._piece_rows.get(piece)) is not None]
            else:
                parts.append(self._piece_list[self._piece_ends[number] : self._piece_ends[number + 1]])
        more = distinct(np.concatenate([*parts[1:], np.array(unknown, dtype=np.int32)]))
        return self._weighted(parts[0], more)

    def features_of(self, text: int) -> Features:
        """Return the features of one of the texts."""
        start, middle, end = self._ends[text], self._middles[text], self._ends[text + 1]
        return self._weighted(self._rows[start:middle], self._rows[middle:end])

    def _weighted(self, *families: Ints) -> Features:
        """Return two families' rows with weights whose squares sum up to ½ each."""
        weights = []
        for rows in families:
            rarity = self._rarity[rows]
            norm = float(np.sqrt(2 * (rarity * rarity).sum()))
            weights.append(rarity / np.float32(norm) if norm else rarity)
        return Features(np.concatenate(families), np.concatenate(weights))

    def scores(self, asked: Features) -> Floats:
        """Return the score (0–1) of a question against every text."""
        return self._summed(asked, np.arange(len(asked.rows)))

    def nearest(self, asked: Features, most: int, apart: slice | None = None) -> Ints:
        """Return up to so many texts that may be the nearest to a question, by its rarest features; rising.

        Args:
            asked: the question.
            most: how many.
            apart: texts to leave out.
        """
        spread = self._begins[asked.rows + 1] - self._begins[asked.rows]
        order = np.argsort(spread, kind="stable")
        rare = order[: max(1, int(np.searchsorted(np.cumsum(spread[order]), MOST_POSTINGS, side="right")))]
        found = self._summed(asked, rare)
        if apart is not None:
            found[apart] = 0
        return top(found, most)

    def _summed(self, asked: Features, chosen: Longs) -> Floats:
        """Return the score of every text by the chosen ones of a question's features."""
        rows = asked.rows[chosen]
        if not len(rows):
            return np.zeros(self.size, dtype=np.float32)
        begins, ends = self._begins[rows].tolist(), self._begins[rows + 1].tolist()
        texts = np.concatenate([self._texts[start:end] for start, end in zip(begins, ends, strict=True)])
        spread = self._begins[rows + 1] - self._begins[rows]
        shares = np.repeat(asked.weights[chosen] * self._rarity[rows], spread)
        shares *= self._inverse.ravel()[texts + np.repeat((rows >= self._first_piece) * self.size, spread)]
        return np.bincount(texts, shares, minlength=self.size).astype(np.float32)

    def scores_at(self, asked: Features, texts: Ints) -> Floats:
        """Return the score (0–1) of a question against some texts."""
        weight = self._scratch()[0]
        weight[asked.rows] = asked.weights * self._rarity[asked.rows]
        rows, place, pieces_ = self._rows_of(texts)
        shares = weight[rows] * self._inverse[pieces_, texts[place]]
        weight[asked.rows] = 0
        return np.bincount(place, shares, minlength=len(texts)).astype(np.float32)

    def likeness(self, texts: Ints) -> Floats:
        """Return the score (0–1) of some texts against each other."""
        rows, place, pieces_ = self._rows_of(texts)
        weights = self._rarity[rows] * self._inverse[pieces_, texts[place]]
        last = self._scratch()[1]
        last[rows] = np.arange(len(rows), dtype=np.int32)
        which = last[rows]
        shared = np.bincount(which, minlength=len(rows)) > 1  # features of one text alone only count for itself
        column = np.cumsum(shared) - 1
        kept = shared[which]
        table = np.zeros((len(texts), int(shared.sum())), dtype=np.float32)
        table[place[kept], column[which[kept]]] = weights[kept]
        alike = table @ table.T
        np.fill_diagonal(alike, 1)
        return alike

    def _rows_of(self, texts: Ints) -> tuple[Ints, Longs, npt.NDArray[np.intp]]:
        """Return the features of some texts, for each the text's place among them, and 1 for a piece, 0 for a stem."""
        starts = self._ends[texts]
        lengths = self._ends[texts + 1] - starts
        rows = self._rows[_stretches(starts, lengths)]
        return rows, np.repeat(np.arange(len(texts)), lengths), (rows >= self._first_piece).astype(np.intp)

    def _scratch(self) -> tuple[Floats, Ints]:
        """Return this thread's room for a weight (all 0) and a place a feature."""
        own: dict[str, tuple[Floats, Ints]] = self._own.__dict__
        if "room" not in own:
            size = len(self._rarity)
            own["room"] = (np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.int32))
        return own["room"]


def top(scores: npt.NDArray[np.float32 | np.int16], most: int) -> Ints:
    """Return up to so many places of the largest scores above 0, rising."""
    among = np.flatnonzero(scores >= max(_low(scores, most), TINY))
    if len(among) < most:
        among = np.flatnonzero(scores > 0)
    if len(among) > most:
        among = among[np.argpartition(scores[among], len(among) - most)[len(among) - most :]]
    return np.sort(among).astype(np.int32)


def _low(scores: npt.NDArray[np.float32 | np.int16], most: int) -> float:
    """Return a score that more than so many are likely to reach: choosing among few is faster than among all."""
    step = len(scores) // SAMPLE
    if step < 2:  # noqa: PLR2004 all of them are few
        return 0.0
    sample = np.sort(scores[::step])
    return float(sample[-min(len(sample), 2 * most // step + 16)])


def distinct(numbers: Numbers) -> Numbers:
    """Return the numbers, each once, rising; for short arrays ten times as fast as `numpy.unique`."""
    if not len(numbers):
        return numbers
    rising = np.sort(numbers)
    first = np.empty(len(rising), dtype=bool)
    first[0] = True
    np.not_equal(rising[1:], rising[:-1], out=first[1:])
    return rising[first]


def _stretches(starts: Longs, lengths: Longs) -> Longs:
    """Return the numbers from each start on, so many of each."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
