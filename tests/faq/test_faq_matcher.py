"""The match between a question and an entry."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from bot.faq import exchange, parts
from bot.faq.encoder import UseM3, Vectors, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.matcher import Answer, Index, NoMatch, Suggestions
from bot.faq.repair import BROKEN_FROM
from bot.faq.strange import UNKNOWN_THROUGHOUT, surest

BASE = [
    FaqEntry(
        "delivery-cost",
        {
            "en": Text("How much is delivery?", ("what does shipping cost", "delivery price", "postage fee")),
            "de": Text("Was kostet der Versand?", ("Versandkosten", "wie teuer ist die Lieferung")),
            "ru": Text("Сколько стоит доставка?", ("цена доставки",)),
        },
    ),
    FaqEntry(
        "return-item",
        {
            "en": Text("How do I return an item?", ("I want to send something back", "return policy", "give it back")),
            "de": Text("Wie kann ich einen Artikel zurückgeben?", ("Rückgabe", "etwas zurückschicken")),
            "ru": Text("Как вернуть товар?", ("возврат товара",)),
        },
    ),
    FaqEntry("opening-hours", {"en": Text("When are you open?", ("opening hours", "what time do you close"))}),
]
INDEX = Index.build(BASE)
USE = UseM3()


@cache
def by_meaning() -> Index:
    """Return the index that knows meaning as well, made when it is asked for: loading the encoder takes a while."""
    return INDEX.with_encoder(VectorStore(USE))


def by_words() -> Index:
    return INDEX


@pytest.mark.parametrize(
    "text", ["How much is delivery?", "HOW MUCH IS DELIVERY", "how much  is delivery ???", "hów much is dèlivery"]
)
def test_a_phrasing_of_one_entry_is_always_answered(text: str) -> None:
    match = INDEX.match(text)

    assert (match.kind, match.exact, match.confidence, match.candidates[0].entry) == (
        "answer",
        True,
        1.0,
        "delivery-cost",
    )


def test_a_phrasing_of_two_entries_is_not_exact() -> None:
    twins = Index.build([FaqEntry("a", {"en": Text("opening hours")}), FaqEntry("b", {"en": Text("Opening hours?")})])

    match = twins.match("opening hours")

    assert not match.exact
    assert not isinstance(match.decision, Answer)
    assert {one.entry for one in match.candidates} == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "entry", "language"),
    [
        ("how much does the delivery cost", "delivery-cost", "en"),
        ("wat kostet der Versand denn", "delivery-cost", "de"),
        ("сколько будет стоить доставка", "delivery-cost", "ru"),
        ("how can i retrun an itme", "return-item", "en"),
        ("товар хочу вернуть", "return-item", "ru"),
    ],
)
def test_the_best_candidate_is_right_in_every_language(text: str, entry: str, language: str) -> None:
    match = INDEX.match(text)

    assert (match.candidates[0].entry, match.language) == (entry, language)


def test_a_misspelt_word_is_read_as_the_one_that_was_meant() -> None:
    assert INDEX.match("delivrey price pls").repaired == (("delivrey", "delivery"),)


def test_an_entry_without_the_customers_language_is_found_by_another_one() -> None:
    assert INDEX.match("opening hours", "de").candidates[0].entry == "opening-hours"


def test_what_nobody_wrote_an_answer_for_is_not_answered() -> None:
    asked = "who won the football match yesterday"

    assert INDEX.match(asked).decision == NoMatch()
    assert by_meaning().match(asked).decision == NoMatch()


@pytest.mark.parametrize(
    "text", ["asdfgh", "who won the chess olympiad", "can you do the gardening for me", "wer gewann die Wahl", "йцукен"]
)
def test_a_question_without_a_word_that_the_base_knows_goes_to_a_person(text: str) -> None:
    match = INDEX.match(text)

    assert match.decision == NoMatch()
    assert match.confidence <= UNKNOWN_THROUGHOUT


def test_a_word_that_the_base_knows_in_part_or_repaired_is_no_strange_one() -> None:
    found = [INDEX.match(text, "de").candidates[0] for text in ("Lieferungspreis", "der Lieferun preis")]

    assert [one.entry for one in found] == ["delivery-cost", "delivery-cost"]
    assert min(one.confidence for one in found) > UNKNOWN_THROUGHOUT


@pytest.mark.parametrize("text", ["asdfgh", "qwertz uiop", "xyzzy plugh", "lkjhgf", "фывапр"])
def test_what_is_no_word_is_not_taken_for_one_by_its_meaning(text: str) -> None:
    pressed = {word: word for word in text.split()}

    assert surest(pressed, (), (), "en", USE.pieces) == UNKNOWN_THROUGHOUT
    assert surest(pressed | {"parcel": "parcel"}, (), (), "en", USE.pieces) == 1
    assert surest(pressed, pressed, (), "en", USE.pieces) == 1
    assert by_meaning().match(text).decision == NoMatch()


def test_what_is_nearer_to_anything_else_than_to_every_phrasing_is_offered_nothing() -> None:
    base = exchange.read(Path(__file__).parents[2] / "config" / "faq" / "delivery.yaml")
    index = Index.build(base).with_encoder(VectorStore(USE))
    off_topic = [index.match(text) for text in ("Who won the world cup", "Tell me a joke", "Wie wird das Wetter")]

    assert [match.kind for match in off_topic] == ["none"] * 3
    assert min(match.confidence for match in off_topic) > index.policy.suggest_precision
    assert index.match("does the courier ring the bell").kind == "suggest"


def test_words_that_only_the_encoder_knows_are_compared_by_their_meaning() -> None:
    match = by_meaning().match("courier charges")

    assert match.candidates[0].entry == "delivery-cost"
    assert match.confidence > UNKNOWN_THROUGHOUT


@pytest.mark.parametrize("text", ["", "   ", "👍", "???", "\u200b"])
def test_nothing_said_matches_nothing(text: str) -> None:
    match = INDEX.match(text)

    assert (match.decision, match.confidence, match.candidates) == (NoMatch(), 0.0, ())


def test_an_empty_base_answers_nothing() -> None:
    assert Index.build([]).match("hello").decision == NoMatch()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=400), st.sampled_from(["", "de", "xx"]))
def test_any_text_gets_a_match_and_always_the_same(text: str, hint: str) -> None:
    match = INDEX.match(text, hint)

    assert match == INDEX.match(text, hint)
    assert 0 <= match.confidence <= 1
    assert isinstance(match.decision, Answer | Suggestions | NoMatch)


@pytest.mark.parametrize("text", ["a" * 100_000, "ﷺ" * 100_000, "x y " * 25_000, "1" * 100_000, "\U0001f600" * 100_000])
def test_a_very_long_text_is_matched_by_its_beginning(text: str) -> None:
    assert INDEX.match(text).confidence < 0.95


long_texts = st.builds(
    lambda piece, between, times: (piece + between) * times,
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=40),
    st.sampled_from(["", " ", "? ", "\n", ". And ", "\0"]),
    st.integers(2_500, 10_000),
).map(lambda text: text[:100_000])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(long_texts, st.sampled_from([by_words, by_meaning]))
@example("\n" * 100_000, by_words)
@example("how" + " " * 99_000 + "much", by_words)
@example("ß! " * 33_000, by_words)
def test_no_text_of_a_hundred_thousand_characters_stalls_or_breaks_matching(
    text: str, made: Callable[[], Index]
) -> None:
    index = made()
    begun = time.process_time()
    match = parts.match(index, text)
    took = time.process_time() - begun

    assert 0 <= match.confidence <= 1
    assert took < 1.0  # 0.05 to 0.2 s on a busy machine


class Reader:
    """An encoder that knows some words, and gives every sentence the same direction."""

    name = "reader"
    width = 4

    def encode(self, sentences: Sequence[str]) -> Vectors:
        return np.full((len(sentences), 4), 0.5, dtype=np.float32)

    def pieces(self, word: str) -> int:
        return {"policy": 1, "police": 1, "delivery": 1, "directory": 2, "gutscheins": 2}.get(word, 3)


class Broken(Reader):
    """The same, which fails at questions."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        if len(sentences) == 1:
            raise MemoryError
        return super().encode(sentences)


def test_a_question_that_the_encoder_fails_at_is_matched_by_words() -> None:
    index = Index.build(BASE).with_encoder(VectorStore(Broken()))

    match = index.match("wat kostet der Versand denn")

    words = Index.build(BASE, learn=False).match("wat kostet der Versand denn")
    assert (match.candidates, match.decision) == (words.candidates, words.decision)
    assert (match.candidates[0].entry, match.failed) == ("delivery-cost", "MemoryError()")
    assert index.match("Was kostet der Versand?").exact


def test_a_word_that_the_encoder_knows_is_not_taken_for_a_typing_error() -> None:
    index = Index.build(BASE).with_encoder(VectorStore(Reader()))

    assert INDEX.match("call the polici now").repaired == (("polici", "policy"),)
    assert INDEX.match("call the police now").repaired == (("police", "policy"),)
    assert index.match("call the polici now").repaired == (("polici", "policy"),)
    assert index.match("call the police now").repaired == ()


def test_two_errors_are_looked_for_only_in_what_falls_apart() -> None:
    base = [
        FaqEntry("phone", {"en": Text("Can you call me directly?")}),
        FaqEntry("visa", {"en": Text("Do you take visa?")}),
    ]
    index = Index.build(base).with_encoder(VectorStore(Reader()))

    assert Index.build(base).match("which directory is it in").repaired == (("directory", "directly"),)
    assert index.match("which directory is it in").repaired == ()
    assert index.match("call me dirrectli").repaired == (("dirrectli", "directly"),)


def test_another_form_of_a_word_of_the_base_stays_as_it_is_for_the_encoder() -> None:
    base = [
        FaqEntry("cost", {"de": Text("Kann ich Gutscheine haben?")}),
        FaqEntry("way", {"de": Text("Wohin liefern Sie?")}),
    ]
    index = Index.build(base).with_encoder(VectorStore(Reader()))

    assert index.match("gilt der gutscheins noch").repaired == ()
    assert index.match("gilt der gutschiene noch").repaired == (("gutschiene", "gutscheine"),)


def test_the_bundled_encoder_knows_words_and_no_typing_errors() -> None:
    asked = ("delivery", "delivrey", "paket", "paktet", "заказ", "закас")

    assert [word for word in asked if USE.pieces(word) == 1] == ["delivery", "paket", "заказ"]
    whole = [word for word in ("zustellung", "lieferung", "zusetllung", "directory") if USE.pieces(word) < BROKEN_FROM]
    assert whole == ["zustellung", "lieferung", "directory"]
    inside = [word for word in ("verstand", "wendung", "umber", "versnd") if USE.pieces(word) == 1]
    assert inside == ["verstand", "wendung"]


def bilingual(*, english: bool) -> Index:
    said = {
        "account": ("Mein Konto ist gesperrt", "I forgot my password", "reset the password"),
        "payment": ("Welche Zahlungsarten gibt es?", "can I pay by credit card", "do you take visa"),
        "opening": ("Wann haben Sie auf?", "are you there on weekends", "what time does the shop close"),
        "returns": ("Wie läuft eine Retoure?", "I want to send it back", "it does not fit, what now"),
    }
    texts = {
        name: {"de": Text(de)} | ({"en": Text(one, (other,))} if english else {})
        for name, (de, one, other) in said.items()
    }
    return Index.build([FaqEntry(name, text) for name, text in texts.items()]).with_encoder(VectorStore(USE))


def test_phrasings_in_another_language_teach_by_their_meaning() -> None:
    asked = [("nehmen Sie Visa", "payment"), ("Passwort vergessen", "account"), ("passt nicht, was tun", "returns")]

    alone, taught = bilingual(english=False), bilingual(english=True)

    for text, entry in asked:
        best = taught.match(text, "de").candidates[0]
        assert (best.entry, best.language) == (entry, "de")
    sure = sum(taught.match(text, "de").confidence for text, _ in asked)
    assert sure > sum(alone.match(text, "de").confidence for text, _ in asked)


def test_what_an_index_with_translations_has_encoded_is_kept() -> None:
    store = VectorStore(Reader())
    index = Index.build(BASE, ("en",)).with_encoder(store)

    assert {"цена доставки", "Versandkosten"} <= set(index.sentences)
    assert store.missing(index.sentences) == 0
