"""An operator's words reach the customer as they were typed, but for the marks that format them."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.message import Entity, EntityKind, RichText, units
from bot.web.words import MOST, formatted


@pytest.mark.parametrize(
    "typed",
    [
        "[IBAN]: DE02120300000000202051\nPlease pay there.",
        "As in [1].\n\n[1]: https://shop.example/prices",
        "[our site](www.shop.example) and [IBAN](DE02)",
        "[click](javascript:alert(1))",
        "[click](https://shop.example 'Order 17')",
        "+ 49 151 1234567",
        "- 5 €\n- 10 %",
        "2) second\n7) third\n1986. A great year",
        "Hello\n---\nOlga",
        "Total:\n=====",
        "# 4711 is your number",
        "> 5 pieces",
        "&copy; &#106; &amp;",
        "C:\\new\\*test* and \\\\server\\*",
        "__init__ and _x_ and my_order_number",
        "2 * 3 * 4, 2*3*4, 3 ** 2",
        "tracking 0034*DE*x",
        "5 €* (*) and (*)\n* plus VAT",
        "<b>no markup</b>",
        "a\n\n\n    b  c \nd",
        "```",
        "`` and ` `",
        "**unfinished",
        "**not\n\nacross paragraphs**",
        "~5 days~",
        "****",
    ],
)
def test_what_formats_nothing_stays_as_it_was_typed(typed: str) -> None:
    assert formatted(typed) == RichText(typed)


@pytest.mark.parametrize(
    ("typed", "text", "entities"),
    [
        ("It is **5 €**.", "It is 5 €.", [(EntityKind.BOLD, 6, 3, "")]),
        ("😀 *now*", "😀 now", [(EntityKind.ITALIC, 3, 3, "")]),
        ("***both***", "both", [(EntityKind.BOLD, 0, 4, ""), (EntityKind.ITALIC, 0, 4, "")]),
        ("**a *b* c**", "a b c", [(EntityKind.BOLD, 0, 5, ""), (EntityKind.ITALIC, 2, 1, "")]),
        ("*a **b* c**", "a **b c**", [(EntityKind.ITALIC, 0, 5, "")]),
        ("~~9 €~~ 5 €", "9 € 5 €", [(EntityKind.STRIKETHROUGH, 0, 3, "")]),
        ("`a *b*`, c", "a *b*, c", [(EntityKind.CODE, 0, 5, "")]),
        ("```\na\n  b\n```", "a\n  b", [(EntityKind.PRE, 0, 5, "")]),
        ("(**yes**)", "(yes)", [(EntityKind.BOLD, 1, 3, "")]),
        ("- **one**\n  - two", "• one\n  • two", [(EntityKind.BOLD, 2, 3, "")]),
        (
            "**[the list](HTTPS://shop.example/a_b)**",
            "the list",
            [(EntityKind.LINK, 0, 8, "HTTPS://shop.example/a_b"), (EntityKind.BOLD, 0, 8, "")],
        ),
    ],
)
def test_pairs_of_marks_format_what_is_between(
    typed: str, text: str, entities: list[tuple[EntityKind, int, int, str]]
) -> None:
    assert formatted(typed) == RichText(text, tuple(Entity(*one) for one in entities))


def test_what_is_more_than_a_message_carries_stays_as_it_was_typed() -> None:
    rich = formatted("*a* " * 99 + "***b*** *c* `d` [e](tel:1)")

    assert len(rich.entities) == MOST
    assert rich.text == "a " * 99 + "***b*** c `d` [e](tel:1)"


MARKS = [
    "*",
    "**",
    "***",
    "~~",
    "`",
    "```",
    "```\n",
    "[",
    "](https://a.b/",
    "](x",
    ")",
    "- ",
    "\n",
    "\n\n",
    "\\",
    " ",
    "_",
]
PIECES = st.one_of(st.sampled_from(MARKS), st.sampled_from(["a", "Б", "7", "€", "😀", "word 5"]))
TYPED = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=600, deadline=None)
@given(TYPED)
def test_no_letter_and_no_figure_is_lost(typed: str) -> None:
    rich = formatted(typed)

    kept = rich.text + "".join(one.value for one in rich.entities)
    assert _signs(kept) == _signs(typed)


@settings(max_examples=600, deadline=None)
@given(TYPED)
@pytest.mark.slow
def test_every_stretch_lies_within_the_text_and_none_cross(typed: str) -> None:
    rich = formatted(typed)

    ranges = [(one.offset, one.offset + one.length) for one in rich.entities]
    assert all(0 <= start < end <= units(rich.text) for start, end in ranges)
    assert ranges == sorted(ranges, key=lambda one: (one[0], -one[1]))
    assert not [(one, other) for one in ranges for other in ranges if one[0] < other[0] < one[1] < other[1]]
    assert len(ranges) <= MOST


def _signs(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


@pytest.mark.parametrize(
    "evil",
    ["[", "*a", "`", "**a ", "![[](", "<", "_*", "[a](", "[a](https://b", "```\n", "```a", "* ", "- ", "\n ", "~~a*"],
)
def test_no_text_keeps_the_desk_waiting(evil: str) -> None:
    typed = (evil * 20_000)[:20_000]
    begun = time.process_time()

    formatted(typed)

    assert time.process_time() - begun < 0.5
