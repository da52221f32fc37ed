"""The base in one language: every entry's phrasings, in that language or in the next one that it has, and their scores.

Built once, never changed. The German pool holds the English phrasings of an entry that nobody has translated yet.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bot.faq.calibration import (
    FEWEST_RIVALS,
    Asked,
    Calibrator,
    Evidence,
    Kind,
    Size,
    Tried,
    calibrate,
    evidence,
    shipped,
)
from bot.faq.encoder import Vectors, VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.everyday import EVERYDAY
from bot.faq.glossary import Change, Glossary
from bot.faq.heads import Head, Trial, learn
from bot.faq.lexical import Features, Floats, Ints, Postings, Said
from bot.faq.nearby import NONE, RIDGE_LOGISTIC, Phrasings, Seen
from bot.faq.opposites import SUREST_OF_OPPOSITES
from bot.faq.repair import Vocabulary
from bot.faq.strange import known_share, surest
from bot.faq.text import spoken, stem, strip_accents, tokens
from bot.faq.translated import Translated, few

MOST_TRIED = 1_200  # phrasings on which a base is calibrated
FEWEST_LEARNED = 4  # phrasings of a base that learns from them
FEWEST_TOLD_APART = 2  # entries of a base that learns: one alone would be right whatever is asked
NEAREST_EVERYDAY = 3  # sentences about anything else whose nearness counts

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
    """What a pool makes of a question.

    Attributes:
        best: the best entries, best first.
        repaired: words that were read as others.
        glossed: words that the glossary reads as others.
        told: the evidence.
        calibrator: that made confidences of it.
        failed: what the encoder failed with, so that words alone were compared; empty where it did not.
        opposite: a word of the question and its opposite in the nearest phrasing, or None.
    """

    best: tuple[Scored, ...]
    repaired: tuple[Change, ...]
    glossed: tuple[Change, ...]
    told: Evidence
    calibrator: Calibrator
    failed: str = ""
    opposite: Change | None = None


@dataclass(frozen=True)
class Pool:
    """Entries and phrasings of one language, with all that was learned from them."""

    language: str
    entries: tuple[str, ...]
    phrasings: tuple[str, ...]
    spoken: tuple[str, ...]
    compared: Phrasings
    vocabulary: Vocabulary
    known_words: frozenset[str]
    glossary: Glossary
    calibrator: Calibrator
    head: Head | None = None
    store: VectorStore | None = None
    everyday: Vectors | None = None
    translated: Translated | None = None

    @classmethod
    def build(
        cls, entries: Sequence[FaqEntry], language: str, languages: Sequence[str], glossary: Glossary, pause: Pause
    ) -> Pool:
        """Return the pool of a language, nothing learned yet."""
        texts = [(entry, entry.text(language, languages)[0]) for entry in entries]
        owned = [entry.phrasings(code) for entry, code in texts]
        phrasings = tuple(phrasing for own in owned for phrasing in own)
        spoken = tuple(code for (_, code), own in zip(texts, owned, strict=True) for _ in own)
        sizes = [len(own) for own in owned]
        reader = _Reader(language, glossary)
        for number, (phrasing, code) in enumerate(zip(phrasings, spoken, strict=True)):
            reader.take(phrasing, code)
            if number % 128 == 0:
                pause()
        words = Postings(reader.said(pause), pause)
        return cls(
            language=language,
            entries=tuple(entry.id for entry in entries),
            phrasings=phrasings,
            spoken=spoken,
            compared=Phrasings(
                owner=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
                starts=np.cumsum([0, *sizes[:-1]]).astype(np.int32),
                words=words,
            ),
            vocabulary=Vocabulary(reader.often, language),
            known_words=frozenset(reader.own),
            glossary=glossary,
            calibrator=shipped(Size(len(sizes), len(phrasings)), "words"),
            translated=few(Translated.of(entries, [code for _, code in texts]), len(phrasings)),
        )

    def with_meaning(self, store: VectorStore, progress: Callable[[int, int], None] | None = None) -> Pool:
        """Return the pool with the vectors of its phrasings, nothing learned from them yet."""
        compared = replace(self.compared, meanings=store.meanings(self.sentences, progress))
        others = self.translated
        return replace(
            self,
            store=store,
            compared=compared,
            head=None,
            calibrator=shipped(self._size, "meaning"),
            everyday=store.vectors(EVERYDAY),
            translated=others and replace(others, meanings=store.meanings(others.sentences)),
        )

    def trusting(self, other: Pool) -> Pool:
        """Return the pool with the calibration of another one, which stood in its place before an entry changed.

        A logistic head's numbers are none for a pool without a head, and a large base's are none for one of a few
        entries.
        """
        fits = other.calibrator.kind == self.calibrator.kind and self._learns and len(self.entries) > FEWEST_RIVALS
        return replace(self, calibrator=other.calibrator) if fits else self

    @property
    def sentences(self) -> list[str]:
        """Return the phrasings as the encoder gets them: as spoken, abbreviations of the glossary written out."""
        if not any(self.glossary.short.values()):
            return [spoken(phrasing) for phrasing in self.phrasings]
        return [
            " ".join(words) if changes else spoken(phrasing)
            for phrasing, code in zip(self.phrasings, self.spoken, strict=True)
            for words, changes in [self.glossary.spelled_out(tokens(phrasing), code)]
        ]

    def learned(self, pause: Pause) -> Pool:
        """Return the pool with a head, where it is small enough for one, and a calibration of its own."""
        if not self._learns:
            plain = replace(self, head=None)
            return replace(plain, calibrator=shipped(self._size, plain.kind))
        pool, tried = self.tried(pause)
        return replace(pool, calibrator=calibrate(tried, self._size, pool.kind))

    def tried(self, pause: Pause) -> tuple[Pool, Tried]:
        """Return the pool with a head, and how it did on its own phrasings, each left out."""
        rows = _tried(self.phrasings, self.compared.owner, self.entries)
        head, trial = self._head(rows, pause) if self.compared.whole else (None, None)
        pool = replace(self, head=head)
        inside, outside = [], []
        for place, row in enumerate(rows):
            (near, right), strange = pool._tried_out(int(row), place, trial)  # noqa: SLF001 a pool like this one
            inside.append((near, right))
            outside.append(strange)
            pause()
        return pool, Tried.of(inside, outside)

    @property
    def kind(self) -> Kind:
        """Return which features speak for its matches."""
        if self.compared.meanings is not None:
            return "meaning"
        return "words-logistic" if self.head is not None and self.head.logistic else "words"

    @property
    def _learns(self) -> bool:
        return len(self.phrasings) >= FEWEST_LEARNED and len(self.entries) >= FEWEST_TOLD_APART

    @property
    def _size(self) -> Size:
        return Size(len(self.entries), len(self.phrasings))

    def _head(self, tried: Ints, pause: Pause) -> tuple[Head, Trial]:
        """Return what all phrasings together teach, and the trial of those in this language.

        In the trial the translations are left out, or each phrasing would be found by its own ones.
        """
        compared, others = self.compared, self.translated
        near = np.empty((len(compared.owner), len(compared.owner)), dtype=np.float32)
        for row in range(len(near)):
            near[row] = compared.words.scores(compared.words.features_of(row))
            if row % 32 == 0:
                pause()
        if compared.meanings is None:
            return learn(lambda rows: near[rows], compared.owner, RIDGE_LOGISTIC, tried, pause, logistic=True)
        vectors = compared.meanings.at(np.arange(len(compared.owner), dtype=np.int32))
        own = compared.likeness(near, vectors @ vectors.T)
        head, trial = learn(lambda rows: own[rows], compared.owner, compared.ridge, tried, pause)
        if others is None or others.meanings is None:
            return head, trial
        beside = self._beside(vectors)
        strange = others.meanings.at(np.arange(len(others.owner), dtype=np.int32))
        table = np.block([[own, beside], [beside.T, self._beside(strange)]])
        table[np.diag_indices_from(table)] = np.float32(own.max())
        owner = np.concatenate([compared.owner, others.owner])
        return learn(lambda rows: table[rows], owner, compared.ridge, tried[:0], pause)[0], trial

    def _beside(self, vectors: Floats) -> Floats:
        """Return the likeness of vectors, or of one, to the phrasings in other languages: no word in common."""
        alike = self.translated.scores(vectors) if self.translated is not None else vectors[..., :0]
        return self.compared.likeness(np.zeros_like(alike), alike)

    def position(self, entry: str, phrasing: str) -> int:
        """Return which of the pool's phrasings this one of that entry is; -1 for none."""
        if entry not in self.entries:
            return -1
        own = self.compared.stretch(self.entries.index(entry))
        return next((at for at in range(own.start, own.stop) if self.phrasings[at] == phrasing), -1)

    def score(self, text: str, words: Sequence[str], leave_out: int = -1) -> Scores:
        """Return the best entries for a question, one phrasing left out; by words alone if the encoder fails."""
        meant = self.vocabulary.repair(words, getattr(self.store and self.store.encoder, "pieces", None))
        read, spelled_out = self.glossary.spelled_out(meant.words, self.language)
        sentence = " ".join(read) if meant.changed or spelled_out else spoken(text)
        read, common = self.glossary.common(read, self.language)
        stems = [stem(word, self.language) for word in read]
        letters = [strip_accents(word) for word in read]
        asked = self.compared.words.features(stems, letters)
        try:
            vector = self.store.encoder.encode([sentence])[0] if self.store is not None else None
        except Exception as broken:  # noqa: BLE001 whatever an encoder fails with, a customer waits for an answer
            return replace(self._by_words.score(text, words, leave_out), failed=repr(broken))
        seen, scores = self._scored(asked, vector, leave_out)
        about = Asked(
            known_share(stems, self.compared.words.spread, len(self.phrasings)),
            len(words),
            len(meant.changed) / max(len(words), 1),
            self._everyday(vector),
            self._surest(dict(zip(letters, stems, strict=True))),
        )
        told = self._told(seen, scores, about)
        best, opposite = self._best(told, seen), None
        if best[0].language == self.language:
            own = self.phrasings[self.compared.stretch(int(seen.entries[told.order[0]]))]
            opposite = meant.contrary(best[0].phrasing, own)
        if opposite:
            best = self._best(replace(told, most=min(told.most, SUREST_OF_OPPOSITES)), seen)
        return Scores(best, meant.changed, spelled_out + common, told, self.calibrator, opposite=opposite)

    @cached_property
    def _by_words(self) -> Pool:
        """The pool without meanings, for questions that the encoder fails at; nothing learned."""
        compared = replace(self.compared, meanings=None)
        plain = replace(self, compared=compared, head=None, store=None, everyday=None, translated=None)
        return replace(plain, calibrator=shipped(self._size, "words"))

    def _scored(self, asked: Features, vector: Floats | None, leave_out: int) -> tuple[Seen, Floats]:
        """Return the phrasings to look at, and what the head says of their entries; without one, what they say."""
        apart = slice(leave_out, leave_out + 1) if leave_out >= 0 else NONE
        if self.head is None:
            seen = self.compared.seen(asked, vector, apart)
            return seen, self.compared.scores(seen)
        seen = self.compared.seen(asked, vector)
        likeness = self.compared.likeness(seen.words, seen.meaning)
        if vector is not None:
            likeness = np.concatenate([likeness, self._beside(vector)])
        scores = self.head.scores(likeness)
        if leave_out < 0:
            return seen, scores
        scores = self.head.left_out(scores, leave_out, int(self.compared.owner[leave_out]))
        return seen.without(apart), scores

    def _tried_out(self, row: int, place: int, trial: Trial | None) -> tuple[tuple[Evidence, bool], Evidence]:
        """Return the evidence for a phrasing as a question, as if it were not there, and its whole entry neither.

        With the first comes whether its entry was found.
        """
        asked = self.compared.words.features_of(row)
        meanings = self.compared.meanings
        vector = None if meanings is None else meanings.at(np.array([row], dtype=np.int32))[0]
        about = Asked(everyday=self._everyday(vector))
        own = int(self.compared.owner[row])
        found: list[tuple[Evidence, bool]] = []
        for apart in (slice(row, row + 1), self.compared.stretch(own)):
            seen = self.compared.seen(asked, vector, apart)
            if trial is None:
                scores = self.compared.scores(seen)
            else:
                scores = (trial.without_entry if found else trial.without_it)[place]
            told = self._told(seen, scores, about)
            found.append((told, int(seen.entries[told.order[0]]) == own))
        return found[0], found[1][0]

    def _told(self, seen: Seen, scores: Floats, asked: Asked) -> Evidence:
        by_meaning = None if seen.meaning is None else seen.by_entry(seen.meaning)
        nearness = float(np.interp(self.compared.an_entry, [1.5, 3], [0.3, 0]))
        logistic = self.head is not None and self.head.logistic
        return evidence(scores, seen.by_entry(seen.words), by_meaning, asked, nearness=nearness, logistic=logistic)

    def _everyday(self, vector: Floats | None) -> float:
        """Return how near a question is to the nearest sentences about anything else, −1–1."""
        if vector is None or self.everyday is None:
            return 0.0
        near = self.everyday @ vector
        return float(np.sort(near)[-NEAREST_EVERYDAY:].mean())

    def _surest(self, words: Mapping[str, str]) -> float:
        spelled = getattr(self.store.encoder, "pieces", _one_piece) if self.store else None
        compared = self.compared.words
        return surest(words, compared.spread.keys(), compared.parts, self.language, spelled)

    def _best(self, told: Evidence, seen: Seen) -> tuple[Scored, ...]:
        chance = min(self.calibrator.chance(told.features), told.most)
        rest = sum(told.shares[1:]) or 1.0
        best = []
        for place, which in enumerate(told.order):
            start, end = seen.stretch(which)
            near, alike = seen.words[start:end], None if seen.meaning is None else seen.meaning[start:end]
            at = int(np.argmax(near if alike is None else near + 2 * alike))
            signals = {"words": round(float(near[at]), 4)}
            if alike is not None:
                signals["meaning"] = round(float(alike[at]), 4)
            confidence = chance if place == 0 else min(chance, (1 - chance) * 0.5 * told.shares[place] / rest)
            row, entry = int(seen.rows[start + at]), self.entries[seen.entries[which]]
            best.append(Scored(entry, round(confidence, 6), self.phrasings[row], self.spoken[row], signals))
        return tuple(best)


class _Reader:
    """Reads phrasings into numbers of words, and keeps what words there are."""

    def __init__(self, language: str, glossary: Glossary) -> None:
        self._language = language
        self._glossary = glossary
        self._numbers: dict[tuple[str, str], int] = {}
        self._words = array("i")
        self._ends = array("i", [0])
        self.often = Counter(glossary.known(language))
        self.own: set[str] = set()

    def take(self, phrasing: str, code: str) -> None:
        """Take in the next phrasing."""
        written = tokens(phrasing)
        self.often.update(written)
        if code == self._language:
            self.own.update(written)
        numbers = self._numbers
        for word in self._glossary.read(written, code):
            self._words.append(numbers.setdefault((code, word), len(numbers)))
        self._ends.append(len(self._words))

    def said(self, pause: Pause) -> Said:
        """Return all phrasings as numbers of words."""
        stems = []
        for number, (code, word) in enumerate(self._numbers):
            stems.append(stem(word, code))
            if number % 128 == 0:
                pause()
        letters = [strip_accents(word) for _, word in self._numbers]
        words, ends = np.frombuffer(self._words, dtype=np.int32), np.frombuffer(self._ends, dtype=np.int32)
        return Said(words, ends, stems, letters)


def _one_piece(_word: str) -> int:
    """Take a word for one that the encoder knows, where it does not say."""
    return 1


def _tried(phrasings: Sequence[str], owner: Ints, entries: Sequence[str]) -> Ints:
    """Return phrasings to calibrate on, chosen by what they are and whose, whatever else the base holds."""
    if len(owner) <= MOST_TRIED:
        return np.arange(len(owner), dtype=np.int32)
    named = (f"{entries[one]}\n{said}".encode("utf-8", "replace") for one, said in zip(owner, phrasings, strict=True))
    digests = (hashlib.blake2b(name, digest_size=8).digest() for name in named)
    lots = np.fromiter((int.from_bytes(digest) for digest in digests), dtype=np.uint64, count=len(owner))
    return np.flatnonzero(lots <= np.partition(lots, MOST_TRIED - 1)[MOST_TRIED - 1]).astype(np.int32)
