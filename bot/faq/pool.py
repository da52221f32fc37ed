"""The base in one language: every entry's phrasings, in that language or in the next one that it has, and their scores.

Built once, never changed. The German pool holds the English phrasings of an entry that nobody has translated yet.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.faq.calibration import Calibrator, Evidence, calibrate, evidence, shipped
from bot.faq.encoder import Vectors, VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.glossary import Change, Glossary
from bot.faq.heads import Head, landmarks_of, learn, left_out
from bot.faq.lexical import Floats, Ints, Postings
from bot.faq.repair import Vocabulary
from bot.faq.text import stem, strip_accents, tokens

RIDGE_WORDS, RIDGE_MEANING = 0.3, 0.1
MOST_TRIED = 1_200  # phrasings on which a base is calibrated

Pause = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry with what speaks for it: the nearest phrasing, its language, and named signals."""

    entry: str
    confidence: float
    phrasing: str
    language: str
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scores:
    """The best entries, best first, the words that were repaired, and those that the glossary reads as others."""

    best: tuple[Scored, ...]
    repaired: tuple[Change, ...] = ()
    glossed: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Pool:
    """Entries and phrasings of one language, with all that was learned from them."""

    language: str
    entries: tuple[str, ...]
    phrasings: tuple[str, ...]
    spoken: tuple[str, ...]
    starts: Ints
    owner: Ints
    words: Postings
    vocabulary: Vocabulary
    rarity: Mapping[str, float]
    known_words: frozenset[str]
    glossary: Glossary
    calibrator: Calibrator
    head: Head | None = None
    store: VectorStore | None = None
    vectors: Vectors | None = None

    @classmethod
    def build(
        cls, entries: Sequence[FaqEntry], language: str, languages: Sequence[str], glossary: Glossary, pause: Pause
    ) -> Pool:
        """Return the pool of a language, nothing learned yet."""
        texts = [(entry, entry.text(language, languages)[0]) for entry in entries]
        owned = [entry.phrasings(code) for entry, code in texts]
        phrasings = [phrasing for own in owned for phrasing in own]
        spoken = [code for (_, code), own in zip(texts, owned, strict=True) for _ in own]
        sizes = [len(own) for own in owned]
        written, said = [], []
        for number, (phrasing, code) in enumerate(zip(phrasings, spoken, strict=True)):
            written.append(tokens(phrasing))
            said.append(glossary.read(written[-1], code))
            if number % 128 == 0:
                pause()
        stems = [[stem(word, code) for word in words] for words, code in zip(said, spoken, strict=True)]
        pause()
        seen = Counter(one for words in stems for one in set(words))
        return cls(
            language=language,
            entries=tuple(entry.id for entry in entries),
            phrasings=tuple(phrasings),
            spoken=tuple(spoken),
            starts=np.cumsum([0, *sizes[:-1]]).astype(np.int32),
            owner=np.repeat(np.arange(len(sizes)), sizes).astype(np.int32),
            words=Postings(stems, [[strip_accents(word) for word in words] for words in said], pause),
            vocabulary=Vocabulary(word for words in (*written, glossary.known(language)) for word in words),
            rarity={one: math.log((len(said) + 1) / (often + 0.5)) for one, often in seen.items()},
            known_words=frozenset(
                w for words, code in zip(written, spoken, strict=True) for w in words if code == language
            ),
            glossary=glossary,
            calibrator=Calibrator(shipped(len(phrasings) / len(sizes), meaning=False)),
        )

    def with_encoder(
        self, store: VectorStore, pause: Pause, progress: Callable[[int, int], None] | None = None
    ) -> Pool:
        """Return the pool with the vectors of its phrasings, and what was learned from words and meaning together."""
        return replace(self, store=store, vectors=store.vectors(self.sentences, progress)).learned(pause)

    @property
    def sentences(self) -> list[str]:
        """Return the phrasings as the encoder gets them: abbreviations of the glossary written out."""
        return [
            " ".join(words) if changes else phrasing
            for phrasing, code in zip(self.phrasings, self.spoken, strict=True)
            for words, changes in [self.glossary.spelled_out(tokens(phrasing), code)]
        ]

    def learned(self, pause: Pause) -> Pool:
        """Return the pool with a head and a calibration of its own."""
        if not self.phrasings:
            return self
        tried = _tried(self.owner)
        marks = landmarks_of(self.owner)

        def kernel(rows: Ints) -> Floats:
            near = np.empty((len(rows), len(marks)), dtype=np.float32)
            for place, row in enumerate(rows):
                near[place] = self.words.scores_of(int(row))[marks]
                if place % 32 == 0:
                    pause()
            alike = self.vectors[rows] @ self.vectors[marks].T if self.vectors is not None else None
            return self._likeness(near, alike)

        ridge = RIDGE_WORDS if self.vectors is None else RIDGE_MEANING
        head, trial = learn(kernel, self.owner, len(self.entries), ridge, tried, pause)
        inside, outside = [], []
        for row, one, other in zip(trial.rows, trial.without_it, trial.without_entry, strict=True):
            own = int(self.owner[row])
            near, strange = self._trial_evidence(int(row), own, one, other)
            inside.append((near, near.order[0] == own))
            outside.append(strange)
            pause()
        calibrator = calibrate(inside, outside, self._many, meaning=self.vectors is not None)
        return replace(self, head=head, calibrator=calibrator)

    @property
    def _many(self) -> float:
        """Return how many phrasings an entry has on average."""
        return len(self.phrasings) / len(self.entries)

    def position(self, entry: str, phrasing: str) -> int:
        """Return which of the pool's phrasings this one of that entry is; -1 for none."""
        if entry not in self.entries:
            return -1
        start, end = self._stretch(self.entries.index(entry))
        return next((at for at in range(start, end) if self.phrasings[at] == phrasing), -1)

    def score(self, text: str, words: Sequence[str], leave_out: int = -1) -> Scores:
        """Return the best entries for a question of these words, one phrasing left out."""
        read, repaired = self.vocabulary.repair(words)
        read, spelled_out = self.glossary.spelled_out(read, self.language)
        sentence = " ".join(read) if repaired or spelled_out else text
        read, common = self.glossary.common(read, self.language)
        stems = [stem(word, self.language) for word in read]
        near = self.words.scores(stems, [strip_accents(word) for word in read])
        alike = None
        if self.store is not None and self.vectors is not None:
            alike = self.vectors @ self.store.encoder.encode([sentence])[0]
        scores = self._entry_scores(near, alike)
        if leave_out >= 0:
            near[leave_out] = 0
            if alike is not None:
                alike[leave_out] = 0
            if self.head is not None:
                scores = left_out(scores, float(self.head.leverage[leave_out]), int(self.owner[leave_out]))
        by_word = np.maximum.reduceat(near, self.starts)
        by_meaning = None if alike is None else np.maximum.reduceat(alike, self.starts)
        nearness = 0.0 if self.head is None else float(np.interp(self._many, [1.5, 3], [0.3, 0]))
        told = evidence(scores, by_word, by_meaning, self._known(stems), len(words), nearness)
        return Scores(self._best(told, near, alike), repaired, spelled_out + common)

    def _entry_scores(self, near: Floats, alike: Floats | None) -> Floats:
        if self.head is None:
            return np.maximum.reduceat(near, self.starts)
        marks = self.head.landmarks
        return self.head.scores(self._likeness(near[marks], None if alike is None else alike[marks]))

    def _likeness(self, near: Floats, alike: Floats | None) -> Floats:
        """Return the kernel: by words alone, or by meaning, and by words the more the more phrasings there are."""
        if alike is None:
            return near
        by_word = np.float32(np.interp(self._many, [4, 10], [0, 0.4]))
        together = np.exp(2 * (alike - 1) + np.float32(0.3) * (near - 1)) + by_word * near
        return np.asarray(together, dtype=np.float32)

    def _trial_evidence(
        self, row: int, own: int, without_it: Floats, without_entry: Floats
    ) -> tuple[Evidence, Evidence]:
        near = self.words.scores_of(row)
        alike = None if self.vectors is None else self.vectors @ self.vectors[row]
        length = 8  # not looked at by a base's own calibration, nor is the share of known words
        found = []
        start, end = self._stretch(own)
        for masked, scores in ((slice(row, row + 1), without_it), (slice(start, end), without_entry)):
            near[masked] = 0
            if alike is not None:
                alike[masked] = 0
            by_meaning = None if alike is None else np.maximum.reduceat(alike, self.starts)
            found.append(evidence(scores, np.maximum.reduceat(near, self.starts), by_meaning, 1.0, length))
        return found[0], found[1]

    def _known(self, stems: Sequence[str]) -> float:
        """Return the share of the question's words, by rarity, that the base uses."""
        unknown = math.log(2 * (len(self.phrasings) + 1))
        known = sum(self.rarity.get(one, 0.0) for one in stems)
        strange = sum(unknown for one in stems if one not in self.rarity)
        return known / (known + strange) if known else 0.0

    def _best(self, told: Evidence, near: Floats, alike: Floats | None) -> tuple[Scored, ...]:
        chance = self.calibrator.chance(told.features)
        rest = sum(told.shares[1:]) or 1.0
        best = []
        for place, which in enumerate(told.order):
            start, end = self._stretch(which)
            both = near[start:end] if alike is None else near[start:end] + 2 * alike[start:end]
            at = start + int(np.argmax(both))
            signals = {"words": round(float(near[at]), 4)}
            if alike is not None:
                signals["meaning"] = round(float(alike[at]), 4)
            confidence = chance if place == 0 else min(chance, (1 - chance) * 0.5 * told.shares[place] / rest)
            best.append(Scored(self.entries[which], round(confidence, 6), self.phrasings[at], self.spoken[at], signals))
        return tuple(best)

    def _stretch(self, which: int) -> tuple[int, int]:
        """Return where an entry's phrasings begin and end."""
        end = int(self.starts[which + 1]) if which + 1 < len(self.starts) else len(self.phrasings)
        return int(self.starts[which]), end


def _tried(owner: Ints) -> Ints:
    """Return phrasings to calibrate on: whole entries, spread evenly over the base."""
    if len(owner) <= MOST_TRIED:
        return np.arange(len(owner), dtype=np.int32)
    entries = int(owner[-1]) + 1
    step = max(1, round(entries * MOST_TRIED / len(owner)))
    chosen = np.unique(np.linspace(0, entries - 1, step).astype(np.int32))
    return np.flatnonzero(np.isin(owner, chosen)).astype(np.int32)
