"""A question that says the opposite of what an entry says is not answered with it, however alike the two are."""

from __future__ import annotations

from functools import cache

import pytest

from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.explain import Reason, explain
from bot.faq.matcher import Index
from bot.faq.opposites import SUREST_OF_OPPOSITES, are_opposites, contrary, others_like
from bot.faq.text import tokens

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
OPPOSITES = [
    ("How do I unsubscribe to the newsletter?", "en", ("unsubscribe", "subscribe")),
    ("Wie kann ich meine Karte sperren?", "de", ("sperren", "entsperren")),
    ("Как отписаться на рассылку?", "ru", ("отписаться", "подписаться")),
]


@pytest.fixture(params=["words", "meaning"])
def index(request: pytest.FixtureRequest) -> Index:
    return WORDS if request.param == "words" else meaning()


@cache
def meaning() -> Index:
    """Return the index that knows meaning as well, made when it is asked for: loading the encoder takes a while."""
    return WORDS.with_encoder(VectorStore(UseM3()))


@pytest.mark.parametrize(("question", "language", "parted"), OPPOSITES)
def test_a_question_for_the_opposite_is_never_answered_by_itself(
    index: Index, question: str, language: str, parted: tuple[str, str]
) -> None:
    match = index.match(question, language)

    assert (match.kind, match.opposite, match.repaired) == ("suggest", parted, ())
    assert match.confidence <= SUREST_OF_OPPOSITES
    assert match.candidates[0].entry == "subscribe"


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
    ("question", "phrasing", "language", "parted"),
    [
        ("how do i not subscribe", "How do I subscribe?", "en", ("not subscribe", "subscribe")),
        ("how not to subscribe to it", "How do I subscribe?", "en", ("not subscribe", "subscribe")),
        ("wie kann ich mich nicht anmelden", "Wie kann ich mich anmelden?", "de", ("nicht anmelden", "anmelden")),
        ("wie bekomme ich keine werbung mehr", "Wie bekomme ich Werbung?", "de", ("keine werbung", "werbung")),
        ("как больше не получать рассылку", "Как получать рассылку?", "ru", ("не получать", "получать")),
        ("how do i not subscribe", "How do I not subscribe?", "en", None),
        ("why does it not work", "Does it work?", "en", None),
        ("ich habe mein paket nicht bekommen", "Wann bekomme ich mein Paket?", "de", None),
        ("how do i pay, not subscribe", "How do I pay?", "en", None),
        ("comment ne pas payer", "comment payer", "fr", None),
        ("how not", "How do I pay?", "en", None),
    ],
)
def test_how_not_to_do_it_is_contrary_to_how_to_do_it(
    question: str, phrasing: str, language: str, parted: tuple[str, str] | None
) -> None:
    assert contrary(tokens(question), phrasing, [phrasing], language) == parted


ONE_SIDED = [
    FaqEntry(
        "off",
        {
            "en": Text("How do I deactivate my account?", ("deactivate account", "is there a preorder")),
            "de": Text(
                "Wie kann ich mich vom Newsletter abmelden?", ("Newsletter abmelden", "wie geht eine Bestellung")
            ),
            "ru": Text("Как выключить уведомления?", ("выключить уведомления", "когда будет доставка")),
        },
    ),
    *BASE,
]
ONE_SIDED_WORDS = Index.build(ONE_SIDED, LANGUAGES)


@cache
def one_sided_meaning() -> Index:
    return Index.build(ONE_SIDED, LANGUAGES, learn=False).with_encoder(VectorStore(UseM3()))


@pytest.fixture(params=["words", "meaning"])
def one_sided(request: pytest.FixtureRequest) -> Index:
    return ONE_SIDED_WORDS if request.param == "words" else one_sided_meaning()


@pytest.mark.parametrize(
    ("question", "language", "parted"),
    [
        ("How do I reactivate my account?", "en", ("reactivate", "deactivate")),
        ("Wie kann ich mich vom Newsletter anmeldenn?", "de", ("anmeldenn", "abmelden")),
        ("newsletter annmelden", "de", ("annmelden", "abmelden")),
        ("newsletter ammelden", "de", ("ammelden", "abmelden")),
        ("Как вкллючить уведомления?", "ru", ("вкллючить", "выключить")),
        ("wie geht eine Abbestellung", "de", ("abbestellung", "bestellung")),
        ("wie geht eine Umbestellung", "de", ("umbestellung", "bestellung")),
        ("wie geht eine Umestellung", "de", ("umestellung", "bestellung")),
        ("wie geht eine Abestellung", "de", ("abestellung", "bestellung")),
    ],
)
def test_a_word_nearer_to_another_one_is_neither_read_as_the_known_one_nor_answered(
    one_sided: Index, question: str, language: str, parted: tuple[str, str]
) -> None:
    match = one_sided.match(question, language)

    assert (match.kind, match.repaired, match.opposite) == ("suggest", (), parted)
    assert match.confidence <= SUREST_OF_OPPOSITES


@pytest.mark.parametrize(
    ("written", "read", "language"),
    [
        ("deactvate", "deactivate", "en"),
        ("eactivate", "deactivate", "en"),
        ("subscibe", "subscribe", "en"),
        ("rreturn", "return", "en"),
        ("abmeldenn", "abmelden", "de"),
        ("abbmelden", "abmelden", "de"),
        ("bestelung", "bestellung", "de"),
        ("выклчить", "выключить", "ru"),
        ("дставка", "доставка", "ru"),
        ("идоставка", "доставка", "ru"),
        ("зподписаться", "подписаться", "ru"),
        ("ыключить", "выключить", "ru"),
        ("ubestellung", "bestellung", "de"),
        ("uaccount", "account", "en"),
    ],
)
def test_a_typing_error_in_a_word_with_a_prefix_is_still_one(written: str, read: str, language: str) -> None:
    assert ONE_SIDED_WORDS.match(f"xx {written}", language).repaired == ((written, read),)


def test_a_word_that_is_read_as_the_opposite_of_the_phrasing_parts_them_too() -> None:
    base = [*BASE, FaqEntry("stop", {"en": Text("unsubscribe me", ("I unsubscribe now",))})]
    match = Index.build(base, LANGUAGES).match("how do i unsubscibe to the newsletter", "en")

    assert match.repaired == (("unsubscibe", "unsubscribe"),)
    assert (match.candidates[0].entry, match.opposite) == ("subscribe", ("unsubscribe", "subscribe"))


def test_opposites_and_words_with_another_prefix_are_kept_apart() -> None:
    opposites, prefixed = others_like("abmelden", "de")

    assert {"anmelden", "aufmelden"} <= opposites
    assert {"melden", "ummelden", "nachmelden"} <= prefixed
    assert not opposites & prefixed
    assert "increase" in others_like("reduce", "en")[0]
    assert {"поставка", "ставка"} <= others_like("доставка", "ru")[1]
    assert others_like("order", "fr") == (frozenset(), frozenset())


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
