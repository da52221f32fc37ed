"""What a base learns from its phrasings, and how sure it may be of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from rapidfuzz import fuzz, process

from bot.faq import heads
from bot.faq.calibration import (
    Asked,
    Evidence,
    Size,
    Tried,
    calibrate,
    evidence,
    own_curve,
    own_share,
    shipped,
)
from bot.faq.encoder import UseM3, Vectors, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.lexical import Floats, Ints
from bot.faq.matcher import Index
from bot.faq.text import tokens

pytestmark = pytest.mark.slow  # bases that learn

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
    head, trial = heads.learn(kernel_over(table, every), owner, 0.3, every, go_on)
    gone = 17
    rest = np.delete(every, gone)
    weight = len(owner) / (6 * np.bincount(owner)[owner])
    steady = table[rest] @ table[rest].T + np.diag(0.3 / weight[rest])
    wanted = np.eye(6)[owner[rest]]

    expected = table[gone] @ table[rest].T @ np.linalg.solve(steady, wanted)

    assert trial.without_it[gone] == pytest.approx(expected, abs=1e-4)
    scores = head.scores(np.asarray(table[gone] @ table.T, dtype=np.float32))
    assert head.left_out(scores, gone, int(owner[gone])) == pytest.approx(expected, abs=1e-4)


def test_scores_without_an_entry_are_those_of_a_base_that_never_had_it() -> None:
    table, owner = made_up_base(48, 6)
    every = np.arange(48, dtype=np.int32)
    _, trial = heads.learn(kernel_over(table, every), owner, 0.3, every, go_on)
    rest = np.flatnonzero(owner != 2)
    steady = table[rest] @ table[rest].T + np.diag(np.full(len(rest), 0.3))
    own = np.flatnonzero(owner == 2)

    expected = table[own] @ table[rest].T @ np.linalg.solve(steady, np.eye(6)[owner[rest]])

    others = np.array([0, 1, 3, 4, 5])
    assert trial.without_entry[np.ix_(own, others)] == pytest.approx(expected[:, others], abs=1e-4)
    assert (trial.without_entry[own, 2] <= trial.without_entry[own].min(axis=1)).all()


def test_a_logistic_head_ends_where_the_likelihood_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "ROUNDS", 100)
    table, owner = made_up_base(48, 6)
    every = np.arange(48, dtype=np.int32)
    likeness = np.asarray(table @ table.T, dtype=np.float32)

    head, _ = heads.learn(kernel_over(table, every), owner, 0.125, every, go_on, logistic=True)

    missed = np.eye(6)[owner] - heads.shares(head.scores(likeness))
    penalty = 0.125 * heads.CURVATURE * head.weights
    assert missed == pytest.approx(penalty, abs=1e-3)


def test_a_logistic_heads_shares_without_a_phrasing_are_nearer_to_the_truth_than_with_it() -> None:
    table, owner = made_up_base(48, 6)
    every = np.arange(48, dtype=np.int32)
    head, trial = heads.learn(kernel_over(table, every), owner, 0.5, every, go_on, logistic=True)
    off, off_alone, off_with = [], [], []
    for gone in range(0, 48, 5):
        rest = np.delete(every, gone)
        again, _ = heads.learn(kernel_over(table[rest], every[:47]), owner[rest], 0.5, every[:47], go_on, logistic=True)
        truth = heads.shares(again.scores(np.asarray(table[gone] @ table[rest].T, dtype=np.float32)))
        scores = head.scores(np.asarray(table[gone] @ table.T, dtype=np.float32))
        off.append(np.abs(heads.shares(trial.without_it[gone]) - truth).max())
        off_alone.append(np.abs(heads.shares(head.left_out(scores, gone, int(owner[gone]))) - truth).max())
        off_with.append(np.abs(heads.shares(scores) - truth).max())

    assert np.mean(off) < 0.6 * np.mean(off_with)
    assert off_alone == pytest.approx(off, abs=0.03)


def told(score: float) -> Evidence:
    scores = np.array([score, 0.2, 0.1], dtype=np.float32)
    return evidence(scores, scores, None, Asked())


def told_with_meaning(score: float) -> Evidence:
    scores = np.array([score, 0.2, 0.1], dtype=np.float32)
    return evidence(scores, scores, scores, Asked())


def trial(louder: float = 0.0, *, meaning: bool = False) -> Tried:
    rng = np.random.default_rng(3)
    say = told_with_meaning if meaning else told
    inside = [(say(float(score) + louder), bool(rng.random() < score)) for score in rng.uniform(0.25, 1, 900)]
    return Tried.of(inside, [say(float(score) + louder) for score in rng.uniform(0.2, 0.5, 300)])


def test_confidence_rises_with_the_score_and_keeps_the_promise_on_the_trial() -> None:
    tried = trial()

    calibrator = calibrate(tried, Size(30, 900), "words")

    chances = [calibrator.chance(told(score).features) for score in (0.3, 0.5, 0.7, 0.9)]
    assert chances == sorted(chances)
    answered = [
        right > 0
        for features, right in zip(tried.inside.tolist(), tried.right, strict=True)
        if calibrator.chance(features) >= calibrator.bar(0.8)
    ]
    assert sum(answered) / len(answered) >= 0.8
    assert calibrator.bar(0.99) > calibrator.bar(0.9)


def test_confidence_counts_from_what_a_base_gives_to_its_own_phrasings() -> None:
    """A base whose scores are all higher, for questions with and without an answer, is not surer of itself."""
    quiet, loud = (calibrate(trial(louder), Size(300, 900), "words") for louder in (0.0, 0.3))

    assert loud.chance(told(0.5).features) < quiet.chance(told(0.5).features) - 0.02


def test_a_base_that_was_not_tried_out_leans_on_the_shipped_curve_alone() -> None:
    assert shipped(Size(20, 20), "meaning").numbers != shipped(Size(20, 200), "meaning").numbers
    assert shipped(Size(20, 20), "meaning") == shipped(Size(20, 20), "meaning")


def test_the_bar_for_few_phrasings_is_higher_than_for_many() -> None:
    bars = [calibrate(trial(meaning=True), Size(100, count), "meaning").bar(0.95) for count in (100, 300, 700)]

    assert bars == sorted(bars, reverse=True)
    assert bars[0] > 0.95 > bars[-1] > 0.9


def test_an_owner_who_asks_for_little_gets_a_bar_below_that() -> None:
    assert 0 < shipped(Size(100, 1_200), "meaning").bar(0.1) <= 0.1
    assert shipped(Size(100, 1_200), "meaning").bar(1.0) == 1.0


def test_the_own_curve_counts_more_with_more_phrasings_and_in_the_end_alone() -> None:
    tried = trial()

    shares = [own_share(tried, Size(100, 100 * many), "meaning") for many in (1, 3, 5, 8, 12, 200)]

    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-2:] == [1, 1]


def test_without_a_miss_there_is_no_own_curve() -> None:
    tried = Tried.of([(told(0.9), True)] * 5, [told(0.3)] * 5)

    assert own_curve(tried, Size(5, 5), "words") is None


def test_a_miss_tells_less_where_each_phrasing_is_a_large_part_of_what_is_known_of_its_entry() -> None:
    outcomes = [(told(score), score > 0.5) for score in (0.2, 0.3, 0.4, 0.6, 0.7, 0.8)]
    tried = Tried.of(outcomes, [told(0.1), told(0.2), told(0.3)])

    few, many = own_curve(tried, Size(2, 6), "words"), own_curve(tried, Size(1, 12), "words")

    assert few is not None
    assert many is not None
    features = np.array([1, *told(0.5).features])
    assert features @ few > features @ many + 0.1
    assert calibrate(tried, Size(5, 5), "words").chance(told(0.9).features) > 0


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=12),
    st.lists(st.booleans(), min_size=1, max_size=6),
    st.integers(1, 40),
)
def test_any_evidence_gives_a_chance(scores: list[float], found: list[bool], many: int) -> None:
    values = np.array(scores, dtype=np.float32)
    one = evidence(values, np.abs(values), values, Asked(0.5, 3, 0.2, 0.1), nearness=0.3)
    tried = Tried.of([(one, right) for right in found], [one] * len(found))

    chance = calibrate(tried, Size(len(scores), many * len(scores)), "meaning").chance(one.features)

    assert 0 <= chance <= 1


def test_what_is_nearer_to_everyday_talk_than_to_the_base_is_less_sure() -> None:
    scores = np.array([0.6, 0.2], dtype=np.float32)
    calibrator = shipped(Size(2, 14), "meaning")

    far, near = (evidence(scores, scores, scores, Asked(everyday=nearness)) for nearness in (0.1, 0.9))

    assert calibrator.chance(far.features) > calibrator.chance(near.features)


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


def test_a_store_damaged_anywhere_on_disk_counts_as_empty_or_as_it_was(tmp_path: Path) -> None:
    said = [f"sentence {number}" for number in range(20)]
    whole = VectorStore(Toy(), tmp_path)
    expected = whole.vectors(said).tolist()
    whole.save()
    file, rng = tmp_path / "toy.npz", random.Random(1)
    stored = file.read_bytes()

    for number in range(400):
        harmed = bytearray(stored)
        for _ in range(rng.randint(1, 4)):
            harmed[rng.choice([rng.randrange(300), rng.randrange(len(harmed))])] = rng.randrange(256)
        file.write_bytes(harmed if number % 3 else harmed[: rng.randrange(len(harmed))])

        assert VectorStore(Toy(), tmp_path).vectors(said).tolist() == expected


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


FOREIGN = [
    "do you sell electric toothbrushes",
    "are you hiring at the moment",
    "what is the exchange rate of the euro",
    "can I bring my dog",
    "how do i cancel my netflix subscription",
    "is there free wifi",
]
FEW = [
    ("hours", "When are you open?", ("opening hours", "are you open on saturday", "what time do you close")),
    ("cost", "How do I get a refund?", ("money back", "can i get a refund", "do you give refunds")),
    ("place", "Where is the shop?", ("what is your address", "how do i find you", "directions to the shop")),
    ("cancel", "Can I cancel my order?", ("call off my order", "how do i cancel", "stop my order")),
]


@pytest.mark.parametrize("entries", [1, 2, 3, 4])
@pytest.mark.parametrize("an_entry", [1, 4])
@pytest.mark.parametrize("encoder", [None, UseM3()])
def test_a_base_of_a_few_entries_does_not_answer_everything(entries: int, an_entry: int, encoder: UseM3 | None) -> None:
    base = [FaqEntry(name, {"en": Text(said, others[: an_entry - 1])}) for name, said, others in FEW[:entries]]
    plain = Index.build(base, ("en",), learn=encoder is None)

    index = plain.with_encoder(VectorStore(encoder)) if encoder else plain

    for before in (plain, index):
        assert [text for text in FOREIGN if before.match(text, "en").kind == "answer"] == []
        assert before.match("when are you open", "en").kind == "answer"
