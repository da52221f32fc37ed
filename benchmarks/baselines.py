"""What a shop would pick instead of the engine: each method as a function from a question to ranked entries.

All are written the way their users write them: the best phrasing of an entry stands for the entry.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bot.faq.encoder import VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.matcher import Candidate, Match, NoMatch
from bot.faq.text import stems, tokens

Method = Callable[[str], Match]


def phrasings_of(base: Sequence[FaqEntry]) -> list[tuple[str, str]]:
    return [(entry.id, phrasing) for entry in base for code in entry.texts for phrasing in entry.phrasings(code)]


def _ranked(owners: Sequence[str], scores: Sequence[float], language: str) -> Match:
    best: dict[str, float] = {}
    for at in np.argsort(-np.asarray(scores), kind="stable"):
        best.setdefault(owners[at], float(scores[at]))
        if len(best) > 3:
            break
    candidates = tuple(Candidate(entry, score) for entry, score in best.items())[:3]
    return Match(NoMatch(), candidates[0].confidence if candidates else 0.0, candidates, language)


def rapidfuzz(base: Sequence[FaqEntry], scorer: Callable[..., float], language: str) -> Method:
    owners, said = zip(*((owner, " ".join(tokens(phrasing))) for owner, phrasing in phrasings_of(base)), strict=True)

    def match(text: str) -> Match:
        scores = process.cdist([" ".join(tokens(text))], said, scorer=scorer)[0] / 100
        return _ranked(owners, scores.tolist(), language)

    return match


def bm25(base: Sequence[FaqEntry], language: str, saturation: float = 1.2, lengths: float = 0.75) -> Method:
    owners = [owner for owner, _ in phrasings_of(base)]
    said = [Counter(stems(phrasing, language)) for _, phrasing in phrasings_of(base)]
    sizes = np.array([sum(one.values()) for one in said], dtype=float)
    seen = Counter(word for one in said for word in one)
    rarity = {word: math.log(1 + (len(said) - n + 0.5) / (n + 0.5)) for word, n in seen.items()}
    postings: dict[str, list[tuple[int, float]]] = {}
    for at, one in enumerate(said):
        damp = saturation * (1 - lengths + lengths * sizes[at] / sizes.mean())
        for word, n in one.items():
            postings.setdefault(word, []).append((at, rarity[word] * n * (saturation + 1) / (n + damp)))

    def match(text: str) -> Match:
        scores = np.zeros(len(said))
        for word in set(stems(text, language)):
            for at, score in postings.get(word, ()):
                scores[at] += score
        return _ranked(owners, scores.tolist(), language)

    return match


def char_tfidf(base: Sequence[FaqEntry], language: str) -> Method:
    """The pieces of 2 to 5 letters of the text, weighed by rarity; cosine."""
    owners = [owner for owner, _ in phrasings_of(base)]
    said = [Counter(_pieces(phrasing)) for _, phrasing in phrasings_of(base)]
    seen = Counter(piece for one in said for piece in one)
    rarity = {piece: 1 + math.log((1 + len(said)) / (1 + n)) for piece, n in seen.items()}
    places: dict[str, list[int]] = {}
    weights: dict[str, list[float]] = {}
    for at, one in enumerate(said):
        norm = math.sqrt(sum((rarity[piece] * n) ** 2 for piece, n in one.items())) or 1.0
        for piece, n in one.items():
            places.setdefault(piece, []).append(at)
            weights.setdefault(piece, []).append(rarity[piece] * n / norm)
    postings = {piece: (np.array(places[piece]), np.array(weights[piece])) for piece in places}

    def match(text: str) -> Match:
        scores = np.zeros(len(said))
        asked = Counter(_pieces(text))
        norm = math.sqrt(sum((rarity.get(piece, 0) * n) ** 2 for piece, n in asked.items())) or 1.0
        for piece, n in asked.items():
            if piece in postings:
                at, share = postings[piece]
                scores[at] += share * (rarity[piece] * n / norm)
        return _ranked(owners, scores.tolist(), language)

    return match


def _pieces(text: str) -> list[str]:
    edged = f" {' '.join(tokens(text))} "
    return [edged[at : at + size] for size in range(2, 6) for at in range(len(edged) - size + 1)]


def encoder_cosine(base: Sequence[FaqEntry], store: VectorStore, language: str) -> Method:
    owners = [owner for owner, _ in phrasings_of(base)]
    vectors = store.vectors([phrasing for _, phrasing in phrasings_of(base)])

    def match(text: str) -> Match:
        return _ranked(owners, (vectors @ store.encoder.encode([text])[0]).tolist(), language)

    return match


def all_of(base: Sequence[FaqEntry], language: str, store: VectorStore | None) -> dict[str, Method]:
    methods = {
        "RapidFuzz token_set": rapidfuzz(base, fuzz.token_set_ratio, language),
        "RapidFuzz WRatio": rapidfuzz(base, fuzz.WRatio, language),
        "RapidFuzz ratio": rapidfuzz(base, fuzz.ratio, language),
        "BM25 on stems": bm25(base, language),
        "character TF-IDF": char_tfidf(base, language),
    }
    if store is not None:
        methods["encoder cosine"] = encoder_cosine(base, store, language)
    return methods
