"""Several questions in one message are each answered; one question with a story before it stays one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings, strategies as st

from bot.faq import asking, parts
from bot.faq.entry import FaqEntry, Text
from bot.faq.matcher import Answer, Candidate, Index, Match, NoMatch, Part, Suggestions

SURE, NEAR = 0.97, 0.5


@dataclass
class Told:
    """A base that knows what it is told: the entry of a text and how sure it is; nothing of any other text."""

    known: Mapping[str, tuple[str, float]]

    def match(self, text: str, language_hint: str = "") -> Match:
        entry, chance = self.known.get(text, ("", 0.0))
        if not entry:
            return Match(NoMatch(), 0.0, (), language_hint or "en")
        best = Candidate(entry, chance)
        decision = Answer(best) if chance >= SURE else Suggestions((best,))
        return Match(decision, chance, (best,), language_hint or "en", exact=chance == 1)


def outcome(text: str, known: Mapping[str, tuple[str, float]]) -> tuple[str, list[str]]:
    """Return the decision about the whole, with its entry, and that about each part: `cost` or `?text`."""
    match = parts.match(Told(known), text)
    whole = f"{match.kind} {match.candidates[0].entry if match.candidates else ''}".strip()
    told = [one.match.candidates[0].entry if one.match.kind == "answer" else f"?{one.text}" for one in match.parts]
    return whole, told


COST, PAYPAL = "How much is delivery?", "And can I pay by PayPal?"


def test_two_sure_questions_are_both_answered_in_their_order() -> None:
    known = {COST: ("cost", SURE), PAYPAL: ("pay", SURE), f"{COST} {PAYPAL}": ("cost", NEAR)}

    assert outcome(f"{COST} {PAYPAL}", known)[1] == ["cost", "pay"]
    assert outcome(f"{COST}\n{PAYPAL}", known)[1] == ["cost", "pay"]


def test_a_whole_that_is_sure_does_not_hide_the_second_question() -> None:
    text = f"{COST} {PAYPAL}"
    sure = {text: ("cost", SURE), COST: ("cost", SURE)}

    assert outcome(text, {**sure, PAYPAL: ("pay", SURE)})[1] == ["cost", "pay"]
    assert outcome(text, {**sure, PAYPAL: ("pay", NEAR)})[1] == ["cost", f"?{PAYPAL}"]
    assert outcome(text, {**sure, PAYPAL: ("cost", NEAR)}) == ("answer cost", [])


def test_what_has_no_sure_answer_is_said_openly() -> None:
    known = {COST: ("cost", SURE)}

    assert outcome(f"{COST} Does Max bring it himself?", known)[1] == ["cost", "?Does Max bring it himself?"]


def test_without_any_sure_part_the_whole_message_counts() -> None:
    text = f"{COST} {PAYPAL}"

    assert outcome(text, {text: ("cost", NEAR), COST: ("cost", NEAR)}) == ("suggest cost", [])


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I ordered last week. Where is my parcel?",
        "Hello!\nWhere is my parcel?",
        "Where is my parcel? Thank you!",
        "I was promised it for Friday, and nothing came.\nWhere is my parcel?",
    ],
)
def test_one_question_with_a_story_is_one_question(text: str) -> None:
    question = "Where is my parcel?"

    assert outcome(text, {question: ("track", SURE), text: ("track", NEAR)}) == ("answer track", [])
    assert outcome(text, {question: ("track", SURE), text: ("lost", SURE)}) == ("answer lost", [])
    assert outcome(text, {question: ("track", SURE), text: ("lost", NEAR)}) == ("suggest lost", [])


def test_a_question_that_is_a_phrasing_needs_no_agreement_of_the_story() -> None:
    text = "I live abroad now. How much is delivery?"

    assert outcome(text, {COST: ("cost", 1.0), text: ("abroad", NEAR)}) == ("answer cost", [])


def test_two_questions_joined_by_and_are_parted_when_both_are_sure() -> None:
    text = "how much is delivery and can I pay by paypal"
    known = {"how much is delivery": ("cost", SURE), "can I pay by paypal": ("pay", SURE), text: ("cost", SURE)}

    assert outcome(text, known)[1] == ["cost", "pay"]
    assert outcome(text, {**known, "can I pay by paypal": ("pay", NEAR)}) == ("answer cost", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hallo! Wo ist mein Paket? Danke", ["Wo ist mein Paket?"]),
        ("Liefern Sie nach St. Petersburg?", ["Liefern Sie nach St. Petersburg?"]),
        ("Bestellung Nr. 5 ist z. B. weg", ["Bestellung Nr. 5 ist z. B. weg"]),
        ("Сколько стоит доставка? А можно картой?", ["Сколько стоит доставка?", "А можно картой?"]),
        ("one\n\ntwo ; three", ["one", "two", "three"]),
    ],
)
def test_a_message_is_parted_at_sentences_and_lines_without_small_talk(text: str, expected: list[str]) -> None:
    assert parts.sentences(text) == expected


@pytest.mark.parametrize(
    ("sentence", "is_asking"),
    [
        ("and can I pay later", True),
        ("Und wie lange dauert das", True),
        ("а сколько ждать", True),
        ("I ordered last week", False),
        ("Мы переехали", False),
        ("really?", True),
    ],
)
def test_a_question_is_told_from_a_story(sentence: str, *, is_asking: bool) -> None:
    assert asking.asks(sentence) is is_asking


def test_a_story_of_many_sentences_is_left_whole() -> None:
    text = " ".join(f"And what about the {number}th cup?" for number in range(9))

    assert outcome(text, {"And what about the 1th cup?": ("cup", SURE)}) == ("none", [])


INDEX = Index.build(
    [
        FaqEntry(
            "cost", {"en": Text("How much is delivery?", ("delivery price",)), "de": Text("Was kostet der Versand?")}
        ),
        FaqEntry("pay", {"en": Text("How can I pay?", ("payment by card",)), "ru": Text("Как оплатить?")}),
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=400) | st.text("aé?!.\n я🙂\u200d\ud800 ", max_size=5_000)
)
def test_no_text_whatever_breaks_the_matching(text: str) -> None:
    match = parts.match(INDEX, text)

    assert match.kind in {"answer", "suggest", "none"}
    assert all(part.match.kind in {"answer", "suggest", "none"} for part in match.parts)


@pytest.mark.parametrize("text", ["\n" * 100_000, f"how{' ' * 100_000}much", f"how{' ,' * 50_000}", " \n" * 50_000])
def test_white_space_without_end_is_split_at_once(text: str) -> None:
    begun = time.process_time()

    parts.sentences(text)
    parts.JOINED.split(text[:2_000])

    assert time.process_time() - begun < 0.03  # 0.05 to 0.12 s where each place is tried again


def row_outcome(known: Mapping[str, tuple[str, float]], *lines: str) -> tuple[str, list[str]]:
    """Return the same for messages that were typed in a row."""
    base = Told(known)
    each = [Part(line, base.match(line)) for line in lines]
    match = parts.of_lines(parts.match(base, "\n".join(lines)), each)
    told = [one.match.candidates[0].entry if one.match.kind == "answer" else f"?{one.text}" for one in match.parts]
    return f"{match.kind} {match.candidates[0].entry if match.candidates else ''}".strip(), told


@pytest.mark.parametrize(
    ("known", "lines", "expected"),
    [
        ({"how much\nis it": ("cost", SURE)}, ("how much", "is it"), ("answer cost", [])),
        (
            {"my lid sings\nit costs what": ("lid", NEAR), "it costs what": ("cost", SURE)},
            ("my lid sings", "it costs what"),
            ("answer cost", ["cost", "?my lid sings"]),
        ),
        (
            {
                "my lid sings\nit costs what": ("lid", NEAR),
                "it costs what": ("cost", SURE),
                "my lid sings": ("cost", NEAR),
            },
            ("my lid sings", "it costs what"),
            ("answer cost", ["cost"]),
        ),
        ({"the lid": ("lid", NEAR)}, ("the lid", "it is blue"), ("suggest lid", [])),
        ({"the lid": ("lid", NEAR), "the lid\nis it": ("box", 0.6)}, ("the lid", "is it"), ("suggest box", [])),
        ({}, ("the lid", "is it"), ("none", [])),
    ],
)
def test_of_lines_in_a_row_the_whole_counts_unless_one_of_them_is_surer(
    known: Mapping[str, tuple[str, float]], lines: tuple[str, ...], expected: tuple[str, list[str]]
) -> None:
    assert row_outcome(known, *lines) == expected
