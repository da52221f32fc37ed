"""From a question to an entry: the immutable index over the live base, and what it decides.

"wat kostet der versand" → the entry `delivery-cost` with a confidence of 0.97, so the bot answers by itself; at 0.6 it
would offer its three best as buttons; at 0.1 it would fetch a person. Pure and deterministic: the same base and
question always give the same match. Confidence is 0–1, the share of such answers that are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.faq.blas import use_one_core
from bot.faq.encoder import Encoder, VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.equal import Equals
from bot.faq.everyday import EVERYDAY
from bot.faq.experience import NEUTRAL, Experience
from bot.faq.glossary import EMPTY, Glossary
from bot.faq.pool import Pool, Scored
from bot.faq.text import stem, tokens, told_language

CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """How sure the bot has to be; the keys of `faq.policy`.

    Attributes:
        answer_precision: share of right ones (0–1) that answers by itself should reach.
        suggest: how many entries are offered at most; 0 switches suggestions off.
        suggest_precision: share of suggestions (0–1) whose best one should be right.
        experience: what past answers taught about how sure to be.
    """

    answer_precision: float = 0.95
    suggest: int = 3
    suggest_precision: float = 0.25
    experience: Experience = NEUTRAL


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer.

    Attributes:
        entry: its id.
        confidence: 0–1, calibrated.
        phrasing: the phrasing that was nearest.
        language: in which that phrasing is written.
        signals: by name (`words`, `pieces`, `meaning`, …), 0–1 each.
    """

    entry: str
    confidence: float
    phrasing: str = ""
    language: str = ""
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """Sure: answer with this entry."""

    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Nearly sure: offer these entries, best first."""

    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Not sure: a person, or one question back."""


@dataclass(frozen=True, slots=True)
class Match:
    """What the index made of a question.

    Attributes:
        decision: what to do by policy.
        confidence: 0–1, of the best candidate; 0 without one.
        calibrated: the same without what past answers taught.
        candidates: up to three, best first, whatever the decision.
        language: in which the question is most likely written, one of the index's languages.
        exact: the question equals a phrasing of exactly one entry, but for case, accents, punctuation and spaces.
        repaired: words that were read as others, as (written, read).
        glossed: words that the glossary reads as others, likewise.
        question: the sentence that was taken for the question, where the rest of the message is a story, or a part with
            what it leans on; else empty.
        parts: the questions of a message that asks several; empty for one question.
        failed: what the encoder failed with, so that words alone were compared; empty where it did not.
        telling: words or letters of the question tell its language; else it may be in any.
        elsewhere: the question is nearer to what people ask about anything else than to every phrasing.
        opposite: a word of the question and its opposite in the nearest phrasing, or None.
        bar: 0–1, the confidence from which on this question would have been answered; 0 where none was asked for.
    """

    decision: Answer | Suggestions | NoMatch
    confidence: float
    candidates: tuple[Candidate, ...]
    language: str
    exact: bool = False
    repaired: tuple[tuple[str, str], ...] = ()
    glossed: tuple[tuple[str, str], ...] = ()
    calibrated: float = 0.0
    question: str = ""
    parts: tuple[Part, ...] = ()
    failed: str = ""
    opposite: tuple[str, str] | None = None
    bar: float = 0.0
    telling: bool = True
    elsewhere: bool = False

    @property
    def kind(self) -> str:
        """Return the decision's name in `faq evaluate`: answer, suggest or none."""
        return {Answer: "answer", Suggestions: "suggest", NoMatch: "none"}[type(self.decision)]


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a message that asks several; the words are the customer's."""

    text: str
    match: Match


def _in_order(entry: FaqEntry) -> FaqEntry:
    """Return an entry whose languages do not stand as they were once written, but by their codes."""
    codes = list(entry.texts)
    return entry if codes == sorted(codes) else replace(entry, texts=dict(sorted(entry.texts.items())))


def _id(entry: FaqEntry) -> str:
    return entry.id


def _go_on() -> None:
    """Do not pause."""


class Index:
    """The base as it is matched: immutable, one per version of the base, safe to use from any thread."""

    def __init__(
        self,
        pools: Mapping[str, Pool],
        equals: Equals,
        languages: Sequence[str],
        policy: Policy,
    ) -> None:
        self._pools = pools
        self._equals = equals
        self.languages = tuple(languages)
        self.policy = policy
        self._known = {code: pool.known_words for code, pool in pools.items()}

    @classmethod
    def build(
        cls,
        entries: Iterable[FaqEntry],
        languages: Sequence[str] = ("en", "de", "ru"),
        *,
        policy: Policy | None = None,
        learn: bool = True,
        glossary: Glossary = EMPTY,
        pause: Callable[[], None] = _go_on,
    ) -> Index:
        """Return the index over these entries that knows words only.

        Args:
            entries: the live ones, ids unique.
            languages: supported, the first is the default.
            policy: how sure to be.
            learn: whether to learn from the phrasings and calibrate on them, which takes about a second a thousand;
                without it the index is ready in a tenth of that, and less sure.
            glossary: words that mean the same, and abbreviations.
            pause: called between steps of a few milliseconds; may sleep so that others get the interpreter.
        """
        use_one_core()
        base = sorted((_in_order(entry) for entry in entries if entry.texts), key=_id)  # decisions know no order
        equals = Equals(base, pause)
        spoken = [code for code in languages if any(code in entry.texts for entry in base)]
        rest = list(dict.fromkeys(code for entry in base for code in entry.texts if code not in languages))
        pools = {code: Pool.build(base, code, languages, glossary, pause) for code in spoken or rest[:1]}
        index = cls(pools, equals, languages, policy or Policy())
        return index.learned(pause) if learn else index

    def learned(self, pause: Callable[[], None] = _go_on) -> Index:
        """Return the index with what its phrasings teach, and calibrated on them."""
        pools = {code: pool.learned(pause) for code, pool in self._pools.items()}
        return Index(pools, self._equals, self.languages, self.policy)

    def with_encoder(
        self,
        store: VectorStore,
        progress: Callable[[int, int], None] | None = None,
        pause: Callable[[], None] = _go_on,
    ) -> Index:
        """Return the index that knows meanings as well; encodes what the store does not hold, about 1,000 a second.

        Args:
            store: the encoder with what it has encoded before.
            progress: called with (done, in all) after each batch.
            pause: as in `build`.
        """
        meant = self if self.encoder is store.encoder else self.with_meaning(store, progress)
        store.keep_only(self.sentences)
        return meant.learned(pause)

    def with_meaning(self, store: VectorStore, progress: Callable[[int, int], None] | None = None) -> Index:
        """Return the index that knows meanings as well, and has not learned from them yet."""
        pools = {code: pool.with_meaning(store, progress) for code, pool in self._pools.items()}
        return Index(pools, self._equals, self.languages, self.policy)

    def trusting(self, other: Index) -> Index:
        """Return the index as sure of itself as another one, whose base was nearly the same and which has learned."""
        pools = {
            code: pool.trusting(other._pools[code]) if code in other._pools else pool
            for code, pool in self._pools.items()
        }
        return Index(pools, self._equals, self.languages, self.policy)

    @property
    def sentences(self) -> list[str]:
        """Return what the encoder has to encode."""
        pools = self._pools.values()
        translated = [one for pool in pools if pool.translated for one in pool.translated.sentences]
        return [*EVERYDAY, *(phrasing for pool in pools for phrasing in pool.sentences), *translated]

    @property
    def encoder(self) -> Encoder | None:
        """Return the encoder that questions are encoded with; None while the index knows words only."""
        return next((pool.store.encoder for pool in self._pools.values() if pool.store), None)

    @property
    def parts(self) -> list[object]:
        """Return the large things that it consists of, for who lets go of it piece by piece."""
        pools = self._pools.values()
        owners = [self._equals, *(one for pool in pools for one in (pool, pool.vocabulary, pool.compared.words))]
        return [part for owner in owners for part in vars(owner).values()]

    def exact(self, text: str) -> Match | None:
        """Return the match of a question that equals a phrasing of exactly one entry, else None."""
        found = self._equal(text)
        if len(found) != 1:
            return None
        return Match(Answer(found[0]), 1.0, found, found[0].language, exact=True)

    def _equal(self, text: str) -> tuple[Candidate, ...]:
        same = self._equals.find(text)
        return tuple(Candidate(one.entry, 1.0, one.phrasing, one.language, {"exact": 1.0}) for one in same)

    def match(self, text: str, language_hint: str = "") -> Match:
        """Return what the base has for a question.

        Args:
            text: any text; only its first 2,000 characters count.
            language_hint: the customer's language, or empty.
        """
        if same := self.exact(text):
            return same
        if shared := self._equal(text):
            return self._shared(shared, language_hint)
        language, telling = told_language(text, tuple(self._pools), language_hint, self._known)
        words = tokens(text)
        if not language or not words:
            return Match(NoMatch(), 0.0, (), language or (self.languages[0] if self.languages else ""))
        return replace(self._scored(text, words, language), telling=telling)

    def without(self, phrasing: str, entry: str, language: str) -> Match:
        """Return the match of a phrasing as if its entry did not hold it: what `lint` looks at."""
        pool = self._pools.get(language)
        words = tokens(phrasing)
        if pool is None or not words:
            return Match(NoMatch(), 0.0, (), language)
        return self._scored(phrasing, words, language, leave_out=pool.position(entry, phrasing))

    def _scored(self, text: str, words: Sequence[str], language: str, leave_out: int = -1) -> Match:
        scored = self._pools[language].score(text, words, leave_out)
        found = [_candidate(one) for one in scored.best[:CANDIDATES]]
        calibrated = found[0].confidence if found else 0.0
        confidence = round(self.policy.experience.corrected(calibrated), 6)
        candidates = tuple(
            replace(one, confidence=min(one.confidence, confidence) if place else confidence)
            for place, one in enumerate(found)
        )
        bar = scored.calibrator.bar(self.policy.answer_precision)
        return Match(
            self._decide(candidates, bar, near=not scored.told.elsewhere),
            confidence,
            candidates,
            language,
            repaired=scored.repaired,
            glossed=scored.glossed,
            calibrated=calibrated,
            failed=scored.failed,
            opposite=scored.opposite,
            bar=bar,
            elsewhere=scored.told.elsewhere,
        )

    def strange_words(self, text: str, language: str) -> list[str]:
        """Return the words of a question that no phrasing in its language has in any form; for explanations."""
        known = {stem(word, language) for word in self._known.get(language, ())}
        return list(dict.fromkeys(word for word in tokens(text) if stem(word, language) not in known))

    def _shared(self, exact: tuple[Candidate, ...], hint: str) -> Match:
        """Return the match of a question that is a phrasing of several entries: one is as likely as the other."""
        own = tuple(one for one in exact if hint and one.language == hint) or exact
        chance = round(1 / len(own), 6)
        candidates = tuple(replace(one, confidence=chance) for one in own[:CANDIDATES])
        return Match(self._decide(candidates, self.policy.answer_precision), chance, candidates, candidates[0].language)

    def _decide(
        self, candidates: tuple[Candidate, ...], bar: float, *, near: bool = True
    ) -> Answer | Suggestions | NoMatch:
        if not candidates:
            return NoMatch()
        if candidates[0].confidence >= bar:
            return Answer(candidates[0])
        if near and self.policy.suggest and candidates[0].confidence >= self.policy.suggest_precision:
            return Suggestions(candidates[: self.policy.suggest])
        return NoMatch()


def _candidate(one: Scored) -> Candidate:
    return Candidate(one.entry, one.confidence, one.phrasing, one.language, one.signals)
