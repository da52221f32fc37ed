"""Texts: cutting a long one loses nothing, lengths are Telegram's, and formatting stays where it belongs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from bot.domain.conversation import Place
from bot.domain.message import (
    Button,
    Entity,
    EntityKind,
    RichText,
    bold,
    join,
    plain,
    rows_to_json,
    split,
    styled,
    units,
)
from bot.domain.people import Role

LETTERS = st.characters(codec="utf-8", exclude_characters="\x00")
WORDS = st.text(st.one_of(st.sampled_from("abя🦔. \n\n"), LETTERS), max_size=300)


@st.composite
def rich_texts(draw: st.DrawFn) -> RichText:
    text = draw(WORDS)
    marks = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        if end > start:
            offset, length = units(text[:start]), units(text[start:end])
            marks.append(Entity(draw(st.sampled_from(list(EntityKind))), offset, length, "value"))
    return RichText(text, tuple(sorted(marks, key=lambda mark: mark.offset)))


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def marked(rich: RichText) -> list[tuple[EntityKind, str]]:
    """Return every visible letter that has a formatting, with it, in order."""
    wide = rich.text.encode("utf-16-le", "surrogatepass")
    found = []
    for kind in EntityKind:
        for mark in rich.entities:
            if mark.kind is kind:
                inside = wide[mark.offset * 2 : (mark.offset + mark.length) * 2].decode("utf-16-le", "surrogatepass")
                found.append((kind, without_space(inside)))
    return found


@given(WORDS)
def test_a_length_is_counted_in_utf16_units(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@given(rich_texts(), st.integers(2, 60))
def test_cutting_loses_no_visible_letter_and_every_piece_fits(rich: RichText, limit: int) -> None:
    pieces = split(rich, limit)

    assert without_space("".join(piece.text for piece in pieces)) == without_space(rich.text)
    assert [piece for piece in pieces if units(piece.text) > limit or not piece.text.strip()] == []


@given(rich_texts(), st.integers(2, 60))
def test_formatting_lies_inside_its_piece_and_keeps_its_letters(rich: RichText, limit: int) -> None:
    pieces = split(rich, limit)

    for piece in pieces:
        assert [
            e for e in piece.entities if e.offset < 0 or e.length < 1 or e.offset + e.length > units(piece.text)
        ] == []
    for kind in EntityKind:
        kept = sorted("".join(text for found, text in marked(piece) if found is kind) for piece in pieces)
        meant = "".join(text for found, text in marked(rich) if found is kind)
        assert sorted("".join(kept)) == sorted(meant)


@given(rich_texts())
def test_a_text_that_fits_is_one_message_as_it_is(rich: RichText) -> None:
    assert split(rich, 4096) == ([rich] if rich.text.strip() else [])


def test_a_long_text_is_cut_at_the_end_of_a_paragraph_then_of_a_sentence_then_of_a_word() -> None:
    paragraphs = plain("First one here.\n\nSecond one.")
    sentences = plain("First one here. Second one.")
    words = plain("many small words in a row")

    assert [piece.text for piece in split(paragraphs, 20)] == ["First one here.", "Second one."]
    assert [piece.text for piece in split(sentences, 20)] == ["First one here.", "Second one."]
    assert [piece.text for piece in split(words, 12)] == ["many small", "words in a", "row"]


def test_a_letter_of_two_units_is_never_cut_in_half() -> None:
    assert [piece.text for piece in split(plain("🦔🦔🦔"), 3)] == ["🦔", "🦔", "🦔"]


@given(rich_texts(), rich_texts())
def test_joining_moves_the_second_ones_formatting_along(one: RichText, other: RichText) -> None:
    assert sorted(marked(one + other)) == sorted(marked(one) + marked(other))
    assert (one + other).text == one.text + other.text


@given(rich_texts())
def test_a_rich_text_comes_back_from_its_json(rich: RichText) -> None:
    assert RichText.from_dict(rich.to_dict()) == rich


def test_parts_are_joined_with_what_stands_between_them() -> None:
    assert join([]) == plain("")
    assert join([plain("я🦔"), bold("b")]) == RichText("я🦔\nb", (Entity(EntityKind.BOLD, 4, 1),))
    assert bold("") == plain("")
    assert styled(EntityKind.LINK, "here", "https://x.example") == RichText(
        "here", (Entity(EntityKind.LINK, 0, 4, "https://x.example"),)
    )


def test_buttons_are_kept_as_text_action_and_address_row_by_row() -> None:
    rows = ((Button("Yes", "yes:1"), Button("Site", url="https://x.example")), (Button("No", "no"),))

    assert rows_to_json(rows) == [[["Yes", "yes:1", ""], ["Site", "", "https://x.example"]], [["No", "no", ""]]]


@pytest.mark.parametrize(
    ("place", "lane"), [(Place("telegram", "511"), "telegram:511"), (Place("telegram", "-100", "4"), "telegram:-100:4")]
)
def test_order_is_kept_per_chat_and_per_topic(place: Place, lane: str) -> None:
    assert place.lane == lane


def test_each_role_may_do_what_the_ones_before_it_may() -> None:
    allowed = {(one, other) for one in Role for other in Role if one.includes(other)}

    assert allowed == {
        (Role.OPERATOR, Role.OPERATOR),
        *((Role.MANAGER, other) for other in (Role.OPERATOR, Role.MANAGER)),
        *((Role.ADMIN, other) for other in Role),
    }
