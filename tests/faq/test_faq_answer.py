"""Answers as they are written and as they are sent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.message import RichText, units
from bot.faq.answer import render

PAGES = [
    (
        "Delivery is **5 €**, free *from* 50 €.",
        "Delivery is 5 €, free from 50 €.",
        [("bold", "5 €", ""), ("italic", "from", "")],
    ),
    ("two\nlines\n\nand a paragraph", "two\nlines\n\nand a paragraph", []),
    ("- a\n- **b**\n  - c", "• a\n• b\n  • c", [("bold", "b", "")]),
    ("1. one\n2. two", "1. one\n2. two", []),
    ("Steps:\n\n3. three\n4. four\n\nDone", "Steps:\n3. three\n4. four\n\nDone", []),
    (
        "[our *site*](https://shop.example/)",
        "our site",
        [("text_link", "our site", "https://shop.example/"), ("italic", "site", "")],
    ),
    ("[x](javascript:alert(1))", "[x](javascript:alert(1))", []),
    ("[x](ftp://files.example)", "x", []),
    ("[call](tel:+491234)", "call", [("text_link", "call", "tel:+491234")]),
    ("`<b>`", "<b>", [("code", "<b>", "")]),
    ("<b>_*", "<b>_*", []),
    ("😀 **😀b**", "😀 😀b", [("bold", "😀b", "")]),
    ("```py\nx = 1\n```", "x = 1", [("pre", "x = 1", "py")]),
    ("~~old~~", "old", [("strikethrough", "old", "")]),
    ("> said\n> so", "said\nso", [("blockquote", "said\nso", "")]),
    ("# Head\ntext", "Head\n\ntext", [("bold", "Head", "")]),
    (
        "![size chart](https://shop.example/a.png)",
        "size chart",
        [("text_link", "size chart", "https://shop.example/a.png")],
    ),
    ("", "", []),
    ("** a", "** a", []),
]


def _stretches(rich: RichText) -> list[tuple[str, str, str]]:
    wide = rich.text.encode("utf-16-le")
    return [
        (one.kind.value, wide[2 * one.offset : 2 * (one.offset + one.length)].decode("utf-16-le"), one.value)
        for one in rich.entities
    ]


@pytest.mark.parametrize(("markdown", "text", "stretches"), PAGES)
def test_markdown_becomes_text_with_formatting(markdown: str, text: str, stretches: list[tuple[str, str, str]]) -> None:
    rich = render(markdown)

    assert (rich.text, _stretches(rich)) == (text, stretches)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab \n*_`[]()<>#-1.!>~😀|\\:/"), max_size=80))
def test_entities_always_lie_within_the_text(markdown: str) -> None:
    rich = render(markdown)

    assert all(one.offset >= 0 and one.length > 0 for one in rich.entities)
    assert all(one.offset + one.length <= units(rich.text) for one in rich.entities)
    assert rich.text == rich.text.strip()
