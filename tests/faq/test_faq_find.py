"""Finding by words: what operators type, and which ready answer has a wording like a customer's."""

from __future__ import annotations

import pytest

from bot.faq.find import Book, resembling, search

BOOKS = [
    Book(
        "return-label", "return-label", ("returns", "I need a return label", "Ich schicke Ihnen ein Rücksendeetikett.")
    ),
    Book("late", "late", ("orders", "my parcel has not arrived", "Ihr Paket ist verspätet", "посылка не пришла")),
    Book("hello", "hello", ("opening", "Hello, how can I help?", "Здравствуйте")),
    Book("order-late", "order late", ("orders", "a parcel on its way")),
]
WORDINGS = {
    "which-order": ["where is my parcel", "wo ist meine Bestellung", "где моя посылка"],
    "hello": ["hello", "guten tag", "добрый день"],
    "thanks": ["thank you", "vielen dank"],
}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("return label", ["return-label"]),
        ("retrun lable", ["return-label"]),
        ("Etikett", ["return-label"]),
        ("PARCELS", ["late", "order-late"]),
        ("посылки", ["late"]),
        ("late", ["late", "order-late"]),
        ("hel", ["hello"]),
        ("h", []),
        ("xyzzy", []),
        ("", []),
        ("???", []),
        ("\u202e{order.number}" * 500, ["order-late", "late"]),
    ],
)
def test_words_find_answers_with_slips_beginnings_parts_and_other_forms(words: str, found: list[str]) -> None:
    assert search(BOOKS, words) == found


def test_no_more_is_found_than_asked_for() -> None:
    assert search([Book(f"a-{number}", "parcel", ()) for number in range(20)], "parcel", 3) == ["a-0", "a-1", "a-2"]


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        ("Where is my parcel?", "en", ["which-order"]),
        ("wo bleibt meine bestelung", "de", ["which-order"]),
        ("и где же моя посылка", "ru", ["which-order"]),
        ("Hello!", "en", ["hello"]),
        ("danke, vielen Dank", "de", ["thanks"]),
        ("how much is green tea", "en", []),
        ("hello, how much is green tea", "en", []),
        ("", "en", []),
        ("🙂", "en", []),
    ],
)
def test_customers_words_resemble_a_wording_or_none(said: str, language: str, found: list[str]) -> None:
    assert [key for key, _ in resembling(WORDINGS, said, language)] == found
