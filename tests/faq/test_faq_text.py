"""Keys, stems and languages of what customers write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from bot.faq.text import LONGEST, fold, key_of, language_of, spoken, stems, tokens

SAME = [
    ("Wie teuer ist die Rücksendung?", "  WIE teuer ist die rucksendung ??"),
    ("Ёлка", "елка!"),
    ("re-turn", "re turn"),
    ("Don’t you deliver?", "dont you deliver"),
    ("Straße", "STRASSE"),
    ("ﬁne", "fine"),
    ("a\u200bb", "ab"),
    ("👍", " 👍 "),
]
LANGUAGES = [
    ("How much is delivery", "", "en"),
    ("Was kostet der Versand", "", "de"),
    ("Сколько стоит доставка", "", "ru"),
    ("Größe", "", "de"),
    ("PayPal", "de", "de"),
    ("PayPal", "", "en"),
    ("PayPal", "ru", "en"),
    ("привет, where is my order", "", "en"),
    ("lieferung", "en", "de"),
    ("12345", "ru", "ru"),
    ("order", "pt-BR", "en"),
    ("Quels sont les délais des livraisons", "en", "en"),
    ("tu vends des theieres", "ru", "de"),
    ("Kargo ücreti ne kadar", "en", "en"),
    ("Wie lange dauert es", "en", "de"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_texts_equal_but_for_case_accents_punctuation_and_spaces_share_a_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_other_texts_have_other_keys() -> None:
    assert key_of("size 42") != key_of("size 43")
    assert key_of("👍") != key_of("👎")
    assert key_of("a" * LONGEST) != key_of("a" * (LONGEST + 1))


def test_stems_follow_the_language() -> None:
    assert stems("delivering deliveries", "en") == ["deliv", "deliveri"]
    assert stems("Rücksendungen bezahlen", "de") == ["rucksend", "bezahl"]
    assert stems("возврат товаров", "ru") == ["возврат", "товар"]
    assert stems("livraison gratuite", "fr") == ["livraison", "gratuite"]


@pytest.mark.parametrize(("text", "hint", "language"), LANGUAGES)
def test_the_language_is_found_by_letters_words_base_and_hint(text: str, hint: str, language: str) -> None:
    known = {"de": {"lieferung"}, "en": {"delivery"}, "ru": {"доставка"}}

    assert language_of(text, ["en", "de", "ru"], hint, known) == language


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200), st.integers(1, 500))
def test_only_the_beginning_of_a_text_is_looked_at(text: str, times: int) -> None:
    long = text * times

    assert len(fold(long)) <= 3 * LONGEST
    assert len(tokens(long)) <= 128
    assert key_of(long) == key_of(long)


@pytest.mark.parametrize("text", ["4711", "???", "👍", "+49 170 1234567"])
def test_a_text_without_letters_is_in_the_customers_language_or_the_first(text: str) -> None:
    assert [language_of(text, ["en", "de", "ru"], hint) for hint in ("", "de", "ru-RU")] == ["en", "de", "ru"]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Hallo - wo ist mein Paket?!", "Hallo wo ist mein Paket?"),
        ("e-mail, it wasn't there...", "e-mail it wasn't there"),
        ("!!", "!!"),
        ("\U0001f44d", "\U0001f44d"),
        ("", ""),
    ],
)
def test_punctuation_is_not_heard_but_for_question_marks(text: str, heard: str) -> None:
    assert spoken(text) == heard


@given(st.text(st.characters(exclude_categories=()), max_size=3_000))
def test_any_text_can_be_heard_and_again_the_same(text: str) -> None:
    assert spoken(spoken(text)) == spoken(text)
    assert len(spoken(text)) <= 2_000
