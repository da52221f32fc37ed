"""The base in one language: every entry's phrasings, in that language or in the next one that it has, and their scores.

Built once, never changed. The German pool holds the English phrasings of an entry that nobody has translated yet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.faq.encoder import Vectors, VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.lexical import Postings, pieces, word_features
from bot.faq.repair import Vocabulary
from bot.faq.text import stem, strip_accents, tokens

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry with what speaks for it."""

    entry: str
    confidence: float
    phrasing: str
    language: str
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """The best entries, best first, and the words that were repaired."""

    best: tuple[Scored, ...]
    repaired: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Pool:
    """Entries and phrasings of one language, with their features."""

    language: str
    entries: tuple[str, ...]
    phrasings: tuple[str, ...]
    spoken: tuple[str, ...]
    starts: Ints
    owner: Ints
    words: Postings
    letters: Postings
    vocabulary: Vocabulary
    known_words: frozenset[str]
    store: VectorStore | None = None
    vectors: Vectors | None = None

    @classmethod
    def build(
        cls,
        entries: Sequence[FaqEntry],
        language: str,
        languages: Sequence[str],
        *,
        pause: Callable[[], None] | None = None,
    ) -> Pool:
        """Return the pool of a language; see `Index.build`."""
        phrasings: list[str] = []
        spoken: list[str] = []
        starts: list[int] = []
        for entry in entries:
            code, _ = entry.text(language, languages)
            own = entry.phrasings(code)
            starts.append(len(phrasings))
            phrasings += own
            spoken += [code] * len(own)
            if pause:
                pause()
        said = [tokens(phrasing) for phrasing in phrasings]
        stemmed = [[stem(word, code) for word in words] for words, code in zip(said, spoken, strict=True)]
        plain = [[strip_accents(word) for word in words] for words in said]
        owner = np.repeat(np.arange(len(starts)), np.diff([*starts, len(phrasings)])).astype(np.int32)
        return cls(
            language=language,
            entries=tuple(entry.id for entry in entries),
            phrasings=tuple(phrasings),
            spoken=tuple(spoken),
            starts=np.array(starts, dtype=np.int32),
            owner=owner,
            words=Postings([word_features(one) for one in stemmed]),
            letters=Postings([pieces(one) for one in plain]),
            vocabulary=Vocabulary(word for words in said for word in words),
            known_words=frozenset(
                word for words, code in zip(said, spoken, strict=True) for word in words if code == language
            ),
        )

    def with_encoder(self, store: VectorStore, progress: Callable[[int, int], None] | None = None) -> Pool:
        """Return the pool with the vectors of its phrasings."""
        return replace(self, store=store, vectors=store.vectors(self.phrasings, progress))

    def position(self, entry: str, phrasing: str) -> int:
        """Return which of the pool's phrasings this one of that entry is; -1 for none."""
        if entry not in self.entries:
            return -1
        which = self.entries.index(entry)
        start = int(self.starts[which])
        end = int(self.starts[which + 1]) if which + 1 < len(self.starts) else len(self.phrasings)
        return next((at for at in range(start, end) if self.phrasings[at] == phrasing), -1)

    def score(self, text: str, words: Sequence[str], leave_out: int = -1) -> Scores:
        """Return the best entries for a question of these words, one phrasing left out."""
        read, repaired = self.vocabulary.repair(words)
        by_word = self.words.cosines(word_features([stem(word, self.language) for word in read]))
        by_piece = self.letters.cosines(pieces([strip_accents(word) for word in read]))
        signals = {"words": by_word, "pieces": by_piece}
        fused = 0.4 * by_word + 0.6 * by_piece
        if self.store is not None and self.vectors is not None:
            sentence = " ".join(read) if repaired else text
            meaning = self.vectors @ self.store.encoder.encode([sentence])[0]
            signals["meaning"] = meaning
            fused = 0.3 * fused + 0.7 * np.maximum(meaning, 0)
        if leave_out >= 0:
            fused[leave_out] = 0
        return Scores(self._best(fused, signals), repaired)

    def _best(
        self, fused: npt.NDArray[np.float32], signals: Mapping[str, npt.NDArray[np.float32]]
    ) -> tuple[Scored, ...]:
        by_entry = np.maximum.reduceat(fused, self.starts)
        order = np.argsort(-by_entry, kind="stable")[:4]
        best = []
        for place, which in enumerate(order):
            score = float(by_entry[which])
            rival = float(by_entry[order[1 if place == 0 else 0]]) if len(order) > 1 else 0.0
            start = int(self.starts[which])
            end = int(self.starts[which + 1]) if which + 1 < len(self.starts) else len(self.phrasings)
            near = start + int(np.argmax(fused[start:end]))
            confidence = _confidence(score, score - rival, meaning="meaning" in signals)
            names = {name: round(float(values[near]), 4) for name, values in signals.items()}
            best.append(Scored(self.entries[which], confidence, self.phrasings[near], self.spoken[near], names))
        return tuple(best)


def _confidence(score: float, margin: float, *, meaning: bool) -> float:
    """Return the chance (0–1) that the entry is right: a logistic curve over raw score and margin."""
    weights = (-5.6, 8.2, 9.0) if meaning else (-4.2, 8.0, 8.0)
    return round(1 / (1 + math.exp(-(weights[0] + weights[1] * score + weights[2] * margin))), 6)
