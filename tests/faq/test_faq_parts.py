"""Several questions in one message are each answered; one question with a story before it stays one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings, strategies as st

from bot.faq import asking, joined, parts
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
    assert outcome(text, {**known, text: ("pay", NEAR)})[1] == ["cost", "pay"]
    assert outcome(text, {**known, text: ("both", SURE)}) == ("answer both", [])


def test_of_two_questions_joined_by_and_the_one_without_a_sure_answer_is_named() -> None:
    text = "how much is delivery and can I pay by paypal"
    known = {"how much is delivery": ("cost", SURE), "can I pay by paypal": ("pay", NEAR)}

    assert outcome(text, known)[1] == ["cost", "?can I pay by paypal"]
    assert outcome(text, {**known, text: ("cost", SURE)})[1] == ["cost", "?can I pay by paypal"]
    assert outcome(text, {**known, "can I pay by paypal": ("cost", NEAR), text: ("cost", SURE)}) == ("answer cost", [])


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "Was kostet der Versand und kann ich mit Karte zahlen?",
            "Was kostet der Versand",
            "kann ich mit Karte zahlen?",
        ),
        ("Was kostet der Versand, außerdem kann ich bar zahlen", "Was kostet der Versand", "kann ich bar zahlen"),
        ("Was kostet der Versand, liefern Sie nach Wien?", "Was kostet der Versand", "liefern Sie nach Wien?"),
        ("сколько стоит доставка и можно ли вернуть товар", "сколько стоит доставка", "можно ли вернуть товар"),
        ("сколько стоит доставка, а ещё принимаете ли вы карты", "сколько стоит доставка", "принимаете ли вы карты"),
        ("delivery price and payment by paypal", "delivery price", "payment by paypal"),
        ("how much is delivery, can I pay by card", "how much is delivery", "can I pay by card"),
    ],
)
def test_questions_are_joined_by_more_than_and_in_three_languages(text: str, first: str, second: str) -> None:
    language = "ru" if text[0] in "ссп" else "de" if text.startswith("Was") else "en"
    base = Told({first: ("cost", SURE), second: ("pay", SURE), "delivery payment by paypal": ("pay", NEAR)} | READINGS)

    match = parts.match(base, text, language)

    assert [part.text for part in match.parts] == [first, second]


@pytest.mark.parametrize(
    ("text", "question", "rest"),
    [
        ("when are you open and please call me back today", "when are you open", "please call me back today"),
        ("when are you open and I feel sick after the tea", "when are you open", "I feel sick after the tea"),
        ("When are you open? I want my money back now!", "When are you open?", "I want my money back now!"),
        ("wann haben Sie offen und ich gehe zum Anwalt", "wann haben Sie offen", "ich gehe zum Anwalt"),
        ("Wann haben Sie offen? Ich brauche Ersatz!", "Wann haben Sie offen?", "Ich brauche Ersatz!"),
        ("when are you open and how long", "when are you open", "how long"),
        ("when are you open and who pays", "when are you open", "who pays"),
        ("когда вы открыты и как оплатить", "когда вы открыты", "как оплатить"),
        ("когда вы открыты и верните деньги", "когда вы открыты", "верните деньги"),
        ("Когда вы открыты? Мне нужен возврат!", "Когда вы открыты?", "Мне нужен возврат!"),
    ],
)
def test_what_is_demanded_or_told_behind_a_question_is_not_passed_over(text: str, question: str, rest: str) -> None:
    language = "ru" if text[0] in "Кк" else "de" if text[:4] in {"wann", "Wann"} else "en"
    known = {question: ("hours", SURE)}

    found = parts.match(Told(known), text, language)

    assert [part.text for part in found.parts] == [question, rest]


@pytest.mark.parametrize(
    "text",
    [
        "I want two bags. When are you open?",
        "I bought some last week and when are you open",
        "when are you open and I thank you very much",
        "when are you open and please help me",
    ],
)
def test_what_is_told_before_a_question_is_its_story_and_small_talk_behind_it_no_demand(text: str) -> None:
    known = {"When are you open?": ("hours", SURE), "when are you open": ("hours", SURE)}

    assert outcome(text, known) == ("answer hours", [])


def test_a_demand_before_a_question_is_named_where_the_base_has_something_like_it() -> None:
    known = {"When are you open?": ("hours", SURE), "I want my money back.": ("refund", NEAR)}

    assert outcome("I want my money back. When are you open?", known)[1] == ["hours", "?I want my money back."]


def test_a_sentence_beside_a_question_is_named_where_the_base_likely_has_something_about_it() -> None:
    text = "How can I pay? My kettle exploded."
    known = {"How can I pay?": ("pay", SURE), "My kettle exploded.": ("warranty", 0.5)}

    assert outcome(text, known)[1] == ["pay", "?My kettle exploded."]
    assert outcome(text, {**known, text: ("pay", SURE)}) == ("answer pay", [])
    assert outcome(text, {**known, "My kettle exploded.": ("warranty", 0.49)}) == ("answer pay", [])


def test_a_part_is_passed_over_only_where_the_answer_that_is_given_is_likely_its_own() -> None:
    text = "when are you open and can I bring my horse"
    known = {"when are you open": ("hours", SURE), "can I bring my horse": ("hours", 0.3)}

    assert outcome(text, known)[1] == ["hours", "?can I bring my horse"]
    assert outcome(text, {**known, "can I bring my horse": ("hours", 0.5)}) == ("answer hours", [])


def test_a_part_that_what_it_leans_on_leads_astray_is_named_and_not_answered() -> None:
    text = "can I pay by card and when does it arrive"
    known = {"can I pay by card": ("pay", SURE), "when does pay by card arrive": ("pay", NEAR)}

    assert outcome(text, known)[1] == ["pay", "?when does it arrive"]
    assert outcome(text, {**known, "when does it arrive": ("time", SURE)})[1] == ["pay", "?when does it arrive"]


def test_a_part_says_as_what_it_was_asked() -> None:
    known = {"where is your shop": ("place", SURE), "when is shop open": ("hours", SURE)}

    found = parts.match(Told(known), "where is your shop and when is it open")

    assert [part.match.question for part in found.parts] == ["", "when is shop open"]


READINGS = {"delivery price paypal": ("cost", NEAR)}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("how much is cash and card", {"how much is cash": ("cost", SURE), "card": ("card", SURE)}),
        ("Hin- und Rückversand", {"Hin-": ("there", SURE), "Rückversand": ("back", SURE)}),
        ("terms and conditions", {"terms": ("terms", SURE), "conditions": ("state", SURE)}),
        ("cost of delivery and my return", {"cost of delivery": ("cost", SURE), "my return": ("back", SURE)}),
        ("tell me, how much is it", {"how much is it": ("cost", SURE)}),
        ("how much is delivery and if so, how", {"how much is delivery": ("cost", SURE)}),
    ],
)
def test_what_only_looks_like_two_questions_stays_one(text: str, known: Mapping[str, tuple[str, float]]) -> None:
    assert outcome(text, known) == ("none", [])


def test_an_entry_that_joins_the_two_things_itself_is_the_answer_to_both() -> None:
    text = "how do I store tea and how do I store coffee"
    known = {text: ("store", SURE), "how do I store tea": ("store", SURE), "how do I store coffee": ("coffee", SURE)}

    class Joining(Told):
        def match(self, text: str, language_hint: str = "") -> Match:
            found = super().match(text, language_hint)
            best = tuple(replace(one, phrasing="How to store tea and coffee?") for one in found.candidates)
            return replace(found, candidates=best)

    assert outcome(text, known)[1] == ["store", "coffee"]
    assert parts.match(Joining(known), text).parts == ()


@pytest.mark.parametrize(
    ("text", "asked", "language"),
    [
        ("How much is delivery and how long does it take", "how long does delivery take", "en"),
        ("Was kostet der Versand und wie lange dauert er?", "wie lange dauert versand", "de"),
        ("Was kostet die Lieferung und wie lange dauert sie?", "wie lange dauert lieferung", "de"),
        ("сколько стоит доставка и сколько она идёт", "сколько доставка идет", "ru"),
        ("How do I return a vase and how long does it take", "how long does return a vase take", "en"),
    ],
)
def test_a_question_that_leans_on_the_one_before_is_asked_with_what_it_leans_on(
    text: str, asked: str, language: str
) -> None:
    first = joined.pieces(text, joined.joints(text, language))[0]
    second = joined.pieces(text, joined.joints(text, language))[1]
    base = Told({first: ("cost", SURE), asked: ("time", SURE), second: ("wrong", SURE)})

    match = parts.match(base, text, language)

    assert [part.match.candidates[0].entry for part in match.parts] == ["cost", "time"]
    assert match.parts[1].text == second


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


@pytest.mark.parametrize(
    "text", ["\n" * 100_000, f"how{' ' * 100_000}much", f"how{' ,' * 50_000}", " \n" * 50_000, "a and " * 20_000]
)
def test_white_space_without_end_is_split_at_once(text: str) -> None:
    begun = time.process_time()

    parts.sentences(text)
    joined.joints(text, "en")

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
