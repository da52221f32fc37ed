"""Formatted text as HTML: only what is on the list becomes a tag, whatever the text and the entities hold."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, strategies as some

from bot.domain.message import Entity, EntityKind, RichText, bold, join, plain, styled
from bot.web.richtext import to_html

TAG = re.compile(
    r"</?(?:strong|em|u|s|code|q)>|</a>|<a href=\"[^\"<>]*\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">"
)
KINDS = some.sampled_from(list(EntityKind))
TEXTS = some.text(alphabet=some.characters(exclude_categories=["Cs"]), max_size=40) | some.sampled_from(
    ["<b>_*", "a😀b😀", '"><script>alert(1)</script>', "\u202eabc", "é\u0301"]
)
LINKS = some.sampled_from(
    [
        "https://example.org/a?b=1&c=2",
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        'https://x/"onclick="y',
    ]
)


@given(
    text=TEXTS,
    entities=some.lists(some.builds(Entity, KINDS, some.integers(-2, 50), some.integers(-2, 50), LINKS), max_size=6),
)
def test_whatever_comes_in_reads_the_same_and_holds_no_other_tag(text: str, entities: list[Entity]) -> None:
    html = str(to_html(RichText(text, tuple(entities))))

    bare = TAG.sub("", html)
    assert "<" not in bare
    assert ">" not in bare
    assert unescape(bare) == unescape(unescape(bare)) or "&" in text
    assert unescape(bare) == text
    assert not re.search(r'href="(?!https://)', html)


@pytest.mark.parametrize(
    ("rich", "html"),
    [
        (plain("5 < 6 & 7"), "5 &lt; 6 &amp; 7"),
        (plain("It is ") + bold("5 €") + ".", "It is <strong>5 €</strong>."),
        (plain("😀 ") + bold("hot"), "😀 <strong>hot</strong>"),
        (
            RichText("abcd", (Entity(EntityKind.BOLD, 0, 3), Entity(EntityKind.ITALIC, 1, 3))),
            "<strong>a</strong><strong><em>bc</em></strong><em>d</em>",
        ),
        (
            styled(EntityKind.LINK, "here", "https://x.example/?a=1&b=2"),
            '<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">here</a>',
        ),
        (styled(EntityKind.LINK, "here", "javascript:alert(1)"), "here"),
        (styled(EntityKind.LINK, "call", "tel:+4934112345"), None),
        (join([styled(EntityKind.SPOILER, "x"), styled(EntityKind.CODE, "y")]), "x\n<code>y</code>"),
    ],
)
def test_formatting_comes_out_as_tags(rich: RichText, html: str | None) -> None:
    expected = html or '<a href="tel:+4934112345" target="_blank" rel="noopener noreferrer nofollow">call</a>'

    assert to_html(rich) == expected
