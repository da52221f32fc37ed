"""A question that says the opposite of what an entry says is not answered with it, however alike the two are."""

from __future__ import annotations

import pytest

from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.explain import Reason, explain
from bot.faq.matcher import Index
from bot.faq.opposites import SUREST_OF_OPPOSITES, are_opposites, contrary

BASE = [
    FaqEntry(
        "subscribe",
        {
            "en": Text(
                "How do I subscribe to the newsletter?", ("subscribe me to your newsletter", "get the newsletter")
            ),
            "de": Text("Wie kann ich meine Karte entsperren?", ("Karte entsperren lassen", "meine Karte entsperren")),
            "ru": Text("Как подписаться на рассылку?", ("подписаться на вашу рассылку", "хочу подписаться на новости")),
        },
    ),
    FaqEntry("delivery", {"en": Text("How much is delivery?", ("what does shipping cost", "delivery price"))}),
    FaqEntry("hours", {"en": Text("When are you open?", ("opening hours", "are you open on sundays"))}),
    FaqEntry("return", {"en": Text("How do I return an item?", ("I want to send something back", "return policy"))}),
    FaqEntry(
        "account",
        {"en": Text("How do I open or close an account?", ("open a customer account", "close my customer account"))},
    ),
]
LANGUAGES = ("en", "de", "ru")
WORDS = Index.build(BASE, LANGUAGES)
MEANING = WORDS.with_encoder(VectorStore(UseM3()))
OPPOSITES = [
    ("How do I unsubscribe to the newsletter?", "en", ("unsubscribe", "subscribe")),
    ("Wie kann ich meine Karte sperren?", "de", ("sperren", "entsperren")),
    ("Как отписаться на рассылку?", "ru", ("отписаться", "подписаться")),
]


@pytest.mark.parametrize("index", [WORDS, MEANING], ids=["words", "meaning"])
@pytest.mark.parametrize(("question", "language", "parted"), OPPOSITES)
def test_a_question_for_the_opposite_is_never_answered_by_itself(
    index: Index, question: str, language: str, parted: tuple[str, str]
) -> None:
    match = index.match(question, language)

    assert (match.kind, match.opposite, match.repaired) == ("suggest", parted, ())
    assert match.confidence <= SUREST_OF_OPPOSITES
    assert match.candidates[0].entry == "subscribe"


@pytest.mark.parametrize("index", [WORDS, MEANING], ids=["words", "meaning"])
def test_without_the_opposite_the_same_words_are_surer(index: Index) -> None:
    match = index.match("how can i subscribe to the newsletter", "en")

    assert (match.candidates[0].entry, match.opposite) == ("subscribe", None)
    assert match.confidence > SUREST_OF_OPPOSITES


def test_an_entry_that_speaks_of_both_is_no_opposite_of_either() -> None:
    for question in ("how do i close an account with you", "how do i open an account with you"):
        match = WORDS.match(question, "en")

        assert (match.candidates[0].entry, match.opposite) == ("account", None)


def test_a_question_with_both_words_is_not_contrary() -> None:
    phrasing = "close my account"

    assert contrary(["close", "and", "open", "it"], phrasing, [phrasing], "en") is None
    assert contrary(["open", "it"], phrasing, [phrasing], "en") == ("open", "close")
    assert contrary(["open", "it"], phrasing, [phrasing, "open my account"], "en") is None
    assert contrary(["open", "it"], phrasing, [phrasing], "fr") is None


def test_a_word_is_not_read_as_its_opposite_however_near_it_is() -> None:
    doors = Index.build([FaqEntry("door", {"de": Text("Tür zuschließen", ("die Tür zuschließen",))}), *BASE], LANGUAGES)

    assert doors.match("Tür aufschließen bitte", "de").repaired == ()
    assert doors.match("Tür zuschlissen bitte", "de").repaired == (("zuschlissen", "zuschliessen"),)


@pytest.mark.parametrize(
    ("one", "other", "language", "so"),
    [
        ("add", "remov", "en", True),
        ("subscrib", "unsubscrib", "en", True),
        ("until", "til", "en", False),
        ("order", "order", "en", False),
        ("aufdreh", "abdreh", "de", True),
        ("einkauf", "auskauf", "de", True),
        ("ein", "aus", "de", False),
        ("включ", "выключ", "ru", True),
        ("доставк", "поставк", "ru", False),
    ],
)
def test_opposites_are_told_by_lists_and_by_prefixes(one: str, other: str, language: str, *, so: bool) -> None:
    assert are_opposites(one, other, language) is so
    assert are_opposites(other, one, language) is so


def test_an_owner_reads_which_word_is_the_opposite() -> None:
    remarks = explain(WORDS.match("How do I unsubscribe to the newsletter?", "en"))

    told = [remark.facts for remark in remarks if remark.reason is Reason.OPPOSITE]
    assert told == [{"asked": "unsubscribe", "said": "subscribe"}]
