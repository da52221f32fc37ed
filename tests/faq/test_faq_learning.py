"""What a base learns from its phrasings, and how sure it may be of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from rapidfuzz import fuzz, process

from bot.faq import heads
from bot.faq.calibration import Calibrator, Evidence, calibrate, evidence, shipped
from bot.faq.encoder import UseM3, Vectors, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.lexical import Floats, Ints
from bot.faq.matcher import Index
from bot.faq.text import tokens

TOPICS = {
    "cost": ["what does delivery cost", "how much is shipping", "delivery price", "shipping fee", "is delivery free"],
    "time": ["how long does delivery take", "when will my parcel come", "delivery time", "shipping duration"],
    "return": ["how do i return an item", "i want to send it back", "return policy", "give the shoes back"],
    "refund": ["when do i get my money back", "refund status", "my refund has not come", "how long does a refund take"],
    "hours": ["when are you open", "opening hours", "what time do you close", "are you open on sunday"],
}
ASKED = [
    ("whats the price of shipping please", "cost"),
    ("how much do you charge for delivery to my home", "cost"),
    ("how long until my delivery is here", "time"),
    ("when is my parcel going to come", "time"),
    ("can i send an item back to you", "return"),
    ("i would like to return the shoes", "return"),
    ("where does my refund stay", "refund"),
    ("i still wait for my money", "refund"),
    ("when do you close on a sunday", "hours"),
    ("until what time are you open today", "hours"),
]
BASE = [FaqEntry(name, {"en": Text(said[0], tuple(said[1:]))}) for name, said in TOPICS.items()]


class Toy:
    """An encoder that knows three topics by their words; the same text gives the same vector."""

    name = "toy"
    width = 4

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sentences: Sequence[str]) -> Vectors:
        self.asked += sentences
        rows = [[1.0, *(float(word in one) for word in ("money", "home", "late"))] for one in sentences]
        table = np.array(rows, dtype=np.float32)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


def by_token_set_ratio(text: str) -> str:
    phrasings = [(" ".join(tokens(one)), name) for name, said in TOPICS.items() for one in said]
    best = process.extractOne(" ".join(tokens(text)), [one for one, _ in phrasings], scorer=fuzz.token_set_ratio)
    return phrasings[best[2]][1]


def test_the_matcher_finds_more_than_token_set_ratio() -> None:
    index = Index.build(BASE)

    found = sum(index.match(text).candidates[0].entry == name for text, name in ASKED)

    assert found > sum(by_token_set_ratio(text) == name for text, name in ASKED)
    assert found >= 9


def test_the_same_base_gives_the_same_matches_whenever_it_is_built() -> None:
    first, second = Index.build(BASE), Index.build(BASE)

    assert [first.match(text) for text, _ in ASKED] == [second.match(text) for text, _ in ASKED]


def kernel_over(table: Floats, landmarks: Ints) -> heads.Kernel:
    return lambda rows: np.asarray(table[rows] @ table[landmarks].T, dtype=np.float32)


def made_up_base(count: int, entries: int) -> tuple[Floats, Ints]:
    owner = np.sort(np.arange(count) % entries).astype(np.int32)
    table = np.random.default_rng(7).normal(size=(count, 12)).astype(np.float32)
    table += 2 * np.eye(12, dtype=np.float32)[owner % 12]
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32), owner


def go_on() -> None:
    """Do not pause."""


def test_scores_without_a_phrasing_are_those_of_a_base_that_never_had_it() -> None:
    table, owner = made_up_base(48, 6)
    every = np.arange(48, dtype=np.int32)
    head, trial = heads.learn(kernel_over(table, every), owner, 6, 0.3, every, go_on)
    gone = 17
    rest = np.delete(every, gone)
    weight = len(owner) / (6 * np.bincount(owner)[owner])
    steady = table[rest] @ table[rest].T + np.diag(0.3 / weight[rest])
    wanted = np.eye(6)[owner[rest]]

    expected = table[gone] @ table[rest].T @ np.linalg.solve(steady, wanted)

    assert trial.without_it[gone] == pytest.approx(expected, abs=1e-4)
    scores = head.scores(np.asarray(table[gone] @ table.T, dtype=np.float32))
    assert heads.left_out(scores, float(head.leverage[gone]), int(owner[gone])) == pytest.approx(expected, abs=1e-4)


def test_scores_without_an_entry_are_those_of_a_base_that_never_had_it() -> None:
    table, owner = made_up_base(48, 6)
    every = np.arange(48, dtype=np.int32)
    _, trial = heads.learn(kernel_over(table, every), owner, 6, 0.3, every, go_on)
    rest = np.flatnonzero(owner != 2)
    steady = table[rest] @ table[rest].T + np.diag(np.full(len(rest), 0.3))
    own = np.flatnonzero(owner == 2)

    expected = table[own] @ table[rest].T @ np.linalg.solve(steady, np.eye(6)[owner[rest]])

    assert trial.without_entry[own] == pytest.approx(expected, abs=1e-4)


def told(score: float) -> Evidence:
    scores = np.array([score, 0.2, 0.1], dtype=np.float32)
    return evidence(scores, scores, None, 1.0, 8)


def test_confidence_rises_with_the_score_and_keeps_the_promise_on_the_trial() -> None:
    rng = np.random.default_rng(3)
    inside = [(told(float(score)), bool(rng.random() < score)) for score in rng.uniform(0.25, 1, 900)]
    outside = [told(float(score)) for score in rng.uniform(0.2, 0.5, 300)]

    calibrator = calibrate(inside, outside, 12.0, meaning=False)

    chances = [calibrator.chance(told(score).features) for score in (0.3, 0.5, 0.7, 0.9)]
    assert chances == sorted(chances)
    bar = calibrator.bar(0.8)
    answered = [right for one, right in inside if calibrator.chance(one.features) >= bar]
    assert sum(answered) / len(answered) >= 0.8
    assert calibrator.bar(0.99) >= calibrator.bar(0.9)


def test_the_bar_lies_where_enough_of_all_answers_above_it_are_right() -> None:
    trial = ((0.99, 0.5), (0.9, 0.25), (0.5, 0.25))

    assert Calibrator((0.0,), (0.0,), 1.0, trial).bar(0.9) == 0.9
    assert Calibrator((0.0,), (0.0,), 1.0, trial).bar(0.98) == pytest.approx(0.988)
    assert Calibrator((0.0,), (0.0,), 0.5, trial).bar(0.98) == pytest.approx(0.984)


def test_a_base_of_one_phrasing_an_entry_leans_on_the_shipped_numbers_alone() -> None:
    calibrator = calibrate([(told(0.9), True), (told(0.3), False)], [told(0.2)], 1.0, meaning=False)

    assert calibrator == Calibrator(shipped(1.0, meaning=False))
    assert calibrator.bar(0.95) == 0.95


def told_with_meaning(score: float) -> Evidence:
    scores = np.array([score, 0.2, 0.1], dtype=np.float32)
    return evidence(scores, scores, scores, 1.0, 8)


def test_with_an_encoder_three_in_ten_misses_of_the_own_trial_count_as_found() -> None:
    found = [(told_with_meaning(0.5 + 0.001 * (n // 2)), n % 2 > 0) for n in range(300)]
    outside = [told_with_meaning(0.1 + 0.0002 * n) for n in range(300)]

    calibrator = calibrate(found, outside, 12.0, meaning=True)

    chances = [calibrator.chance(one.features) for one, _ in found]
    assert sum(chances) / len(chances) == pytest.approx(0.65, abs=0.03)
    assert max(calibrator.chance(one.features) for one in outside) < 0.1


def test_with_an_encoder_confidence_counts_from_what_a_base_gives_to_questions_without_an_answer() -> None:
    rng = np.random.default_rng(7)
    scores = rng.uniform(0.25, 0.6, 300)
    found = [(told_with_meaning(score), bool(rng.random() < score)) for score in scores]
    strange = rng.uniform(0.25, 0.45, 300)
    bases = [[told_with_meaning(score + louder) for score in strange] for louder in (0.0, 0.2)]

    quiet, loud = (Calibrator(calibrate(found, outside, 7.0, meaning=True).shipped) for outside in bases)

    usual, unusual = (np.mean([one.features for one in outside], axis=0).tolist() for outside in bases)
    assert quiet.chance(usual) == pytest.approx(loud.chance(unusual))
    assert quiet.chance(usual) < 0.5
    assert quiet.chance(unusual) > 0.9


def test_with_an_encoder_the_bar_comes_down_from_the_wanted_precision_as_phrasings_are_added() -> None:
    found = [(told_with_meaning(0.3 + 0.002 * n), n % 3 > 0) for n in range(200)]
    outside = [told_with_meaning(0.2 + 0.001 * n) for n in range(200)]

    bars = [calibrate(found, outside, many, meaning=True).bar(0.95) for many in (1.0, 2.0, 5.0, 8.0, 12.0)]
    few = calibrate(found[:20], outside[:20], 8.0, meaning=True).bar(0.95)

    assert bars == pytest.approx([0.95, 0.95, 0.9375, 0.925, 0.925])
    assert few == pytest.approx(0.9475)


@pytest.mark.parametrize("entries", [1, 2, 5, 30])
def test_bases_of_any_size_can_be_built_and_asked(entries: int) -> None:
    index = Index.build([FaqEntry(f"e{n}", {"en": Text(f"question about thing{n}")}) for n in range(entries)])

    assert index.match("a question about thing0 please").candidates[0].entry == "e0"


def test_an_exact_match_does_not_ask_the_encoder() -> None:
    toy = Toy()
    index = Index.build(BASE).with_encoder(VectorStore(toy))
    toy.asked.clear()

    index.match("Delivery price!")
    assert toy.asked == []

    index.match("the money back")
    assert toy.asked == ["the money back"]


def test_a_second_start_encodes_only_what_is_new(tmp_path: Path) -> None:
    Index.build(BASE).with_encoder(VectorStore(Toy(), tmp_path))
    toy = Toy()
    changed = [*BASE, FaqEntry("gift", {"en": Text("do you wrap gifts")})]

    Index.build(changed).with_encoder(VectorStore(toy, tmp_path))

    assert toy.asked == ["do you wrap gifts"]


def test_a_broken_store_on_disk_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "toy.npz").write_bytes(b"PK\x03\x04 not a store")
    toy = Toy()

    VectorStore(toy, tmp_path).vectors(["a", "b"])

    assert toy.asked == ["a", "b"]


@pytest.fixture(scope="module")
def with_meaning() -> Index:
    base = [
        FaqEntry("hours", {"en": Text("When are you open?", ("opening hours",))}),
        FaqEntry("lost", {"en": Text("I lost my password", ("cannot sign in",))}),
        FaqEntry("track", {"en": Text("Where is my parcel?", ("track a shipment",))}),
    ]
    return Index.build(base).with_encoder(VectorStore(UseM3()))


def test_the_encoder_finds_what_shares_no_word(with_meaning: Index) -> None:
    assert with_meaning.match("Wo bleibt mein Paket", "en").candidates[0].entry == "track"
    assert with_meaning.match("не могу войти в учётную запись", "en").candidates[0].entry == "lost"


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=500))
def test_any_text_whatever_can_be_encoded(with_meaning: Index, text: str) -> None:
    assert 0 <= with_meaning.match(text).confidence <= 1
