"""Bases of thousands of phrasings: what is looked up, what is not, and what the nearest phrasings say together."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bot.faq import nearby
from bot.faq.encoder import Vectors, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.equal import Equals, Same
from bot.faq.lexical import RARITY, Floats, Postings, Said, pieces, top
from bot.faq.matcher import Index
from bot.faq.nearby import Phrasings

pytestmark = pytest.mark.slow  # large bases

WORDS = [
    f"{one}{other}" for one in ("ba", "de", "ki", "lo", "mu", "sa") for other in ("ran", "tel", "nis", "por", "xa")
]


def go_on() -> None:
    """Do not pause."""


def sentences(count: int, length: int = 6) -> list[list[str]]:
    rng = random.Random(7)
    chances = [1 / (rank + 1) for rank in range(len(WORDS))]
    return [rng.choices(WORDS, chances, k=length) for _ in range(count)]


def postings(texts: Sequence[Sequence[str]]) -> Postings:
    words = list(dict.fromkeys(word for text in texts for word in text))
    numbers = np.array([words.index(word) for text in texts for word in text], dtype=np.int32)
    ends = np.cumsum([0, *[len(text) for text in texts]]).astype(np.int32)
    return Postings(Said(numbers, ends, words, words), go_on)


def by_hand(texts: Sequence[Sequence[str]], asked: Sequence[str]) -> list[float]:
    """Return the mean of the two families' cosines, straight from the definition."""
    found = [0.0] * len(texts)
    for family in (
        lambda text: {*text, *pairwise(text)},
        lambda text: {piece for word in text for piece in pieces(word)},
    ):
        features = [family(text) for text in texts]
        spread = {one: sum(one in text for text in features) for text in features for one in text}
        rare = {one: math.log((len(texts) + 1) / (n + 0.5)) ** RARITY for one, n in spread.items()}
        own = {one for one in family(asked) if one in rare}
        for place, text in enumerate(features):
            lengths = [math.sqrt(sum(rare[one] ** 2 for one in side)) for side in (own, text)]
            if all(lengths):
                found[place] += sum(rare[one] ** 2 for one in own & text) / lengths[0] / lengths[1] / 2
    return found


def test_a_score_is_the_mean_of_the_cosines_by_stems_and_by_pieces() -> None:
    texts = [*sentences(60), []]
    base = postings(texts)
    asked = [*texts[5][:3], "baran", "unheard"]

    features = base.features(asked, asked)

    assert base.scores(features).tolist() == pytest.approx(by_hand(texts, asked), abs=1e-5)
    some = np.array([0, 5, 17, 60], dtype=np.int32)
    assert base.scores_at(features, some).tolist() == pytest.approx(base.scores(features)[some].tolist(), abs=1e-6)


def test_texts_are_as_near_to_each_other_as_when_one_asks_for_the_other() -> None:
    base = postings(sentences(50))
    some = np.array([3, 4, 20, 41], dtype=np.int32)

    alike = base.likeness(some)

    for place, text in enumerate(some):
        expected = base.scores(base.features_of(int(text)))[some]
        assert alike[place].tolist() == pytest.approx(expected.tolist(), abs=1e-5)


def test_the_rarest_features_lead_to_the_texts_that_all_features_would(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = sentences(2_000, 9)
    base = postings(texts)
    every = [base.features(text[:7], text[:7]) for text in texts[::100]]
    monkeypatch.setattr("bot.faq.lexical.MOST_POSTINGS", 6_000)

    found = [set(base.nearest(one, 64).tolist()) for one in every]

    best = [int(base.scores(one).argmax()) for one in every]
    assert all(one in near for one, near in zip(best, found, strict=True))
    assert all(len(near) <= 64 for near in found)


def test_texts_that_are_left_out_are_not_looked_up() -> None:
    texts = sentences(300)
    base = postings(texts)

    found = base.nearest(base.features_of(8), 20, slice(5, 10))

    assert not set(range(5, 10)) & set(found.tolist())


def test_the_largest_scores_are_found_without_sorting_all() -> None:
    rng = np.random.default_rng(3)
    for scores in (rng.random(50_000), rng.random(50_000) * (rng.random(50_000) < 0.01), np.zeros(50_000)):
        values = scores.astype(np.float32)

        found = top(values, 100)

        expected = np.sort(values[values > 0])[-100:]
        assert np.sort(values[found]).tolist() == expected.tolist()
        assert found.tolist() == sorted(found.tolist())


class Directions:
    """An encoder that gives each sentence a direction of its own, near those that share words."""

    name = "directions"
    width = 96

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sentences: Sequence[str]) -> Vectors:
        self.asked += sentences
        table = np.full((len(sentences), self.width), 1e-6)
        for place, one in enumerate(sentences):
            for word in one.casefold().split():
                table[place] += self._word(word)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)

    def _word(self, word: str) -> Floats:
        return np.random.default_rng(list(word.encode())).normal(size=self.width).astype(np.float32)


def test_vectors_of_a_byte_a_number_have_nearly_the_same_cosines() -> None:
    said = [" ".join(words) for words in sentences(400)]
    encoder = Directions()
    exact = encoder.encode(said)

    meanings = VectorStore(encoder).meanings(said)

    every = np.arange(400, dtype=np.int32)
    assert np.abs(meanings.at(every) @ exact[7] - exact @ exact[7]).max() < 0.005
    assert np.abs(meanings.scores_at(exact[7], every) - exact @ exact[7]).max() < 0.005


def test_the_signs_of_vectors_lead_to_the_nearest_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.faq.meaning.LOOKED_AT", 200)
    said = list(dict.fromkeys(" ".join(words) for words in sentences(3_000, 9)))
    encoder = Directions()
    meanings = VectorStore(encoder).meanings(said)
    every = np.arange(len(said), dtype=np.int32)
    asked = encoder.encode([" ".join(one.split()[:7]) for one in said[::200]])

    found = [meanings.nearest(one, 50) for one in asked]

    best = [int(meanings.scores_at(one, every).argmax()) for one in asked]
    assert all(one in near for one, near in zip(best, found, strict=True))
    assert all(len(near) == 50 for near in found)
    assert best[3] not in meanings.nearest(asked[3], 50, slice(best[3], best[3] + 1))


def compared(texts: Sequence[Sequence[str]], an_entry: int, said: VectorStore | None = None) -> Phrasings:
    owner = (np.arange(len(texts)) // an_entry).astype(np.int32)
    starts = np.arange(0, len(texts), an_entry, dtype=np.int32)
    meanings = said.meanings([" ".join(text) for text in texts]) if said else None
    return Phrasings(owner, starts, postings(texts), meanings)


@pytest.mark.parametrize("meaning", [False, True])
def test_the_nearest_phrasings_say_together_what_a_regression_over_all_of_them_would(
    monkeypatch: pytest.MonkeyPatch, *, meaning: bool
) -> None:
    monkeypatch.setattr(nearby, "TOGETHER", 500)
    monkeypatch.setattr(nearby, "LOOKED_UP", 500)
    monkeypatch.setattr(nearby, "SEEN_WHOLE", 100)
    texts = sentences(120)
    encoder = Directions()
    base = compared(texts, 6, VectorStore(encoder) if meaning else None)
    asked = texts[11][:4]
    vector = encoder.encode([" ".join(asked)])[0] if meaning else None
    features = base.words.features(asked, asked)

    seen = base.seen(features, vector)
    scores = base.scores(seen)

    every = np.arange(120, dtype=np.int32)
    near = base.words.scores(features)
    alike = base.meanings.scores_at(vector, every) if base.meanings and vector is not None else None
    vectors = base.meanings.at(every) if base.meanings else None
    steady = base.likeness(base.words.likeness(every), None if vectors is None else vectors @ vectors.T)
    smooth = steady.astype(np.float64) + base.ridge * np.eye(120)
    expected = base.likeness(near, alike) @ np.linalg.solve(smooth, np.eye(20)[base.owner])
    assert scores == pytest.approx(expected[seen.entries], abs=2e-3)


def test_a_phrasing_left_out_says_nothing() -> None:
    base = compared(sentences(60), 6)
    features = base.words.features_of(13)

    scores = base.scores(base.seen(features, None, slice(12, 18)))

    assert scores[2] == 0
    assert base.scores(base.seen(features, None)).argmax() == 2


def rows(index: Index, asked: Sequence[str]) -> list[object]:
    return [index.match(text, "en") for text in asked]


def large_base(phrasings: int = 2_900) -> list[FaqEntry]:
    texts = list(dict.fromkeys(" ".join(words) for words in sentences(phrasings)))
    parts = [texts[start : start + 5] for start in range(0, len(texts) - 5, 5)]
    return [FaqEntry(f"e{n}", {"en": Text(said[0], tuple(said[1:]), "-")}) for n, said in enumerate(parts)]


@pytest.mark.parametrize(("phrasings", "whole"), [(400, 300), pytest.param(2_900, 2_000, marks=pytest.mark.long)])
def test_a_large_base_finds_reworded_questions_and_always_in_the_same_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrasings: int, whole: int
) -> None:
    monkeypatch.setattr(nearby, "SEEN_WHOLE", whole)
    base = large_base(phrasings)
    assert sum(len(entry.phrasings("en")) for entry in base) > nearby.SEEN_WHOLE
    step = len(base) // 14
    asked = [" ".join(entry.texts["en"].question.split()[:5]) + " please" for entry in base[::step]]

    first = Index.build(base, ("en",), learn=False).with_encoder(VectorStore(Directions(), tmp_path))
    again = Index.build(base, ("en",), learn=False).with_encoder(VectorStore(Directions(), tmp_path))

    found = [index.candidates[0].entry for index in map(first.match, asked)]
    assert sum(one == entry.id for one, entry in zip(found, base[::step], strict=True)) >= 0.8 * len(found)
    assert rows(first, asked) == rows(again, asked)


def test_a_large_base_knows_which_questions_it_has_an_answer_to() -> None:
    base = large_base()
    index = Index.build(base[40:], ("en",))

    known = [index.match(" ".join(entry.texts["en"].question.split()[:5])).confidence for entry in base[40::40]]
    strange = [index.match(" ".join(entry.texts["en"].question.split()[:5])).confidence for entry in base[:40]]

    assert np.median(known) > 2 * np.median(strange)
    assert np.mean(known) > 0.3


def test_a_large_base_always_names_candidates() -> None:
    index = Index.build(large_base(), ("en",), learn=False)

    assert index.match("zzz qqq", "en").candidates
    assert index.match("zzz qqq", "en").kind == "none"


def test_vectors_come_back_from_the_disk_bit_for_bit(tmp_path: Path) -> None:
    said = [" ".join(words) for words in sentences(50)]
    first = VectorStore(Directions(), tmp_path)
    before = first.vectors(said)
    first.keep_only(said)
    encoder = Directions()

    after = VectorStore(encoder, tmp_path).vectors(said)

    assert encoder.asked == []
    assert np.array_equal(before, after)


def test_vectors_that_another_process_put_on_disk_are_not_encoded_again(tmp_path: Path) -> None:
    said = [" ".join(words) for words in sentences(50)]
    encoder = Directions()
    running = VectorStore(encoder, tmp_path)
    running.vectors(["something else"])
    other = VectorStore(Directions(), tmp_path)
    other.vectors(said)
    other.keep_only(said)
    encoder.asked.clear()

    running.vectors([*said, "and this"])

    assert encoder.asked == ["and this"]


def test_a_store_is_written_when_vectors_came_or_went_and_at_no_other_time(tmp_path: Path) -> None:
    said = [f"thing {number}" for number in range(60)]
    first = VectorStore(Directions(), tmp_path)
    first.meanings(said)
    file = tmp_path / "directions.npz"
    written = []

    for store, kept in [(first, said), (first, said), (VectorStore(Directions(), tmp_path), said), (first, said[:9])]:
        store.meanings(said[:1])
        store.keep_only(kept)
        written.append(file.stat().st_ino)

    assert written[0] == written[1] == written[2] != written[3]
    with np.load(file) as stored:
        assert [stored[name].shape for name in ("keys", "table", "steps")] == [(9, 16), (9, 96), (9,)]


def test_phrasings_whose_keys_share_a_number_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.faq.equal.hash", lambda key: len(key) % 2, raising=False)
    base = [
        FaqEntry(f"e{n}", {"en": Text(f"{word} one", (f"{word} one!", "the same"), "-")})
        for n, word in enumerate(WORDS)
    ]

    equals = Equals(base, go_on)

    assert [equals.find(f"{word.upper()} one?") for word in WORDS] == [
        (Same(f"e{n}", f"{word} one", "en"),) for n, word in enumerate(WORDS)
    ]
    assert [one.entry for one in equals.find("the same")] == [entry.id for entry in base]
    assert equals.find("another") == ()
    assert Equals([], go_on).find("the same") == ()


def test_vectors_in_use_stay_as_they_are_while_others_come_and_go() -> None:
    store = VectorStore(Directions())
    held = store.meanings([f"thing {number}" for number in range(300)])
    every = np.arange(300, dtype=np.int32)
    before = held.at(every).tolist()

    store.keep_only([f"thing {number}" for number in range(200, 300)])
    store.meanings([f"another {number}" for number in range(40)])
    store.meanings([f"yet another {number}" for number in range(400)])

    assert held.at(every).tolist() == before


def test_a_broken_off_encoding_of_many_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.faq.encoder.SAVED_EVERY", 64)
    said = [f"sentence number {number}" for number in range(300)]

    def stop(done: int, _every: int) -> None:
        if done >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        VectorStore(Directions(), tmp_path).meanings(said, stop)
    encoder = Directions()
    VectorStore(encoder, tmp_path).meanings(said)

    assert len(encoder.asked) < 200
