"""The kinds that take more than a word: several choices, long texts, names, files, consent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.orders.answers import Accepted, Attached, Begun, Moment, Prompt, Reading, Refused, Row, Shared, Value, Words
from bot.orders.definition import load
from bot.orders.kinds import rules_of

FIELDS = {field.key: field for field in load(Path(__file__).parent / "every_kind.toml").fields}
MOMENT = Moment(date(2026, 11, 25), "en", name="Anna Vogt")


def read(key: str, text: str, so_far: Value | None = None) -> Reading:
    return rules_of(FIELDS[key]).read(FIELDS[key], text, replace(MOMENT, so_far=so_far))


def picked(key: str, code: str, so_far: Value | None = None, moment: Moment = MOMENT) -> Reading | None:
    return rules_of(FIELDS[key]).picked(FIELDS[key], code, replace(moment, so_far=so_far))


def photo(line: int, kind: str = "photo", name: str = "", size: int = 0) -> Attached:
    return Attached(kind, {"line": line}, name, size)


def sent(given: Attached | Shared, so_far: Value | None = None, key: str = "photos") -> Reading | None:
    return rules_of(FIELDS[key]).sent(FIELDS[key], given, replace(MOMENT, so_far=so_far))


def kept(line: int, kind: str = "photo", name: str = "") -> dict[str, Any]:
    return {"line": line, "kind": kind, "name": name}


TAKEN = [
    ("story", "It fell.\n\n\n\nThen  it broke.", "It fell.\n\nThen it broke."),
    ("comment", "Ring twice", "Ring twice"),
    ("reasons", "broken", ["broken"]),
    ("reasons", "too late and broken", ["broken", "late"]),
    ("reasons", "salt and pepper", ["salt"]),
    ("reasons", "1 и 3", ["broken", "salt"]),
    ("reasons", "2", ["late"]),
    ("reasons", "сломано, сломано", ["broken"]),
    ("who", "I'm Anna Vogt", "Anna Vogt"),
    ("who", "mein Name ist Jürgen Müller", "Jürgen Müller"),
    ("who", "меня зовут Анна", "Анна"),
    ("terms", "I agree", {"yes": True, "at": "2026-11-25"}),
    ("terms", "Ich stimme zu", {"yes": True, "at": "2026-11-25"}),
    ("terms", "да, согласна", {"yes": True, "at": "2026-11-25"}),
    ("budget", "20 €", {"amount": 2000, "currency": "EUR"}),
    ("budget", "19,90", {"amount": 1990, "currency": "EUR"}),
    ("budget", "сто евро", {"amount": 10000, "currency": "EUR"}),
    ("way", "Abholung", "pickup"),
    ("news", "no thanks", {"yes": False, "at": "2026-11-25"}),
]


@pytest.mark.parametrize(("key", "text", "value"), TAKEN)
def test_a_right_answer_is_taken(key: str, text: str, value: Value) -> None:
    assert read(key, text) == Accepted(value)


REFUSED = [
    ("story", "oh", Words("form.text_short", {"n": 5})),
    ("story", "x" * 61, Words("form.text_long", {"n": 60})),
    ("reasons", "broken and blue", Words("form.several_choose", {"example": "Broken, Too late"})),
    ("reasons", "", Words("form.several_choose", {"example": "Broken, Too late"})),
    ("reasons", "not broken", Words("form.several_choose", {"example": "Broken, Too late"})),
    ("reasons", "7", Words("form.several_choose", {"example": "Broken, Too late"})),
    ("reasons", "all", Words("form.several_many", {"n": 2})),
    ("photos", "here it is", Words("form.file_any")),
    ("photos", "that is all", Words("form.file_any")),
    ("who", "42", Words("form.wrong_name", {"example": "Anna Vogt"})),
    ("who", "0170 1234567", Words("form.wrong_name", {"example": "Anna Vogt"})),
    ("budget", "a lot", Words("form.wrong_money", {"example": "€20.00"})),
    ("budget", "20-30 €", Words("form.wrong_money", {"example": "€20.00"})),
    ("budget", "20 dollars", Words("form.money_currency", {"example": "€20.00"})),
    ("budget", "4.99", Words("form.number_low", {"minimum": "€5.00"})),
    ("budget", "500.01", Words("form.number_high", {"maximum": "€500.00"})),
    ("terms", "I do not agree", Words("form.consent_how")),
    ("terms", "I", Words("form.consent_how")),
    ("terms", "what is in it", Words("form.consent_how")),
]


@pytest.mark.parametrize(("key", "text", "words"), REFUSED)
def test_a_wrong_answer_is_refused_with_an_example_of_a_right_one(key: str, text: str, words: Words) -> None:
    assert read(key, text) == Refused(words)


def test_buttons_of_several_are_marked_while_they_are_chosen_and_end_with_that_is_all() -> None:
    rules, field = rules_of(FIELDS["reasons"]), FIELDS["reasons"]
    chosen = replace(MOMENT, so_far=["late"])

    assert rules.codes(field, MOMENT) == ("broken", "late", "salt")
    assert rules.codes(field, chosen) == ("broken", "late", "salt", "-all")
    labels = [rules.label(field, code, chosen) for code in rules.codes(field, chosen)]
    assert labels == [
        Words(text="Broken"),
        Words(text="✓ Too late"),
        Words(text="Salt and pepper"),
        Words("form.button.that_is_all"),
    ]
    assert rules.prompt(field, chosen) == Prompt(rows=(Row("Reasons", Words(text="Too late")),))


def test_a_button_of_several_is_pressed_and_pressed_again() -> None:
    assert picked("reasons", "late") == Begun(["late"], marked=True)
    assert picked("reasons", "broken", ["late"]) == Begun(["broken", "late"], marked=True)
    assert picked("reasons", "late", ["broken", "late"]) == Begun(["broken"], marked=True)
    assert picked("reasons", "salt", ["broken", "late"]) == Refused(Words("form.several_many", {"n": 2}))
    assert picked("reasons", "-all", ["broken", "late"]) == Accepted(["broken", "late"])
    assert picked("reasons", "-all") == Refused(Words("form.several_few", {"n": 1}))
    assert picked("reasons", "moon", ["broken"]) is None


def test_what_is_typed_behind_a_button_joins_it() -> None:
    assert read("reasons", "salt and pepper", ["late"]) == Begun(["late", "salt"])
    assert read("reasons", "that's all", ["late"]) == Accepted(["late"])
    assert read("reasons", "Das ist alles", ["late"]) == Accepted(["late"])
    assert read("reasons", "всё", ["late"]) == Accepted(["late"])


def test_too_few_of_several_are_kept_and_more_are_asked_for() -> None:
    two = replace(FIELDS["reasons"], minimum=2)

    assert rules_of(two).read(two, "broken", MOMENT) == Begun(["broken"], Words("form.several_few", {"n": 2}))


def test_files_are_taken_one_by_one_up_to_the_most() -> None:
    first = sent(photo(7))
    both = sent(photo(8, "document", "bill.pdf"), [kept(7)])

    assert first == Begun([kept(7)])
    assert both == Accepted([kept(7), kept(8, "document", "bill.pdf")])
    assert sent(photo(7), [kept(7)]) == Begun([kept(7)])
    assert read("photos", "that is all", [kept(7)]) == Accepted([kept(7)])
    assert picked("photos", "-all", [kept(7)]) == Accepted([kept(7)])
    assert picked("photos", "-anew", [kept(7)]) == Begun([])
    assert picked("photos", "-all") is None


def test_files_of_the_wrong_kind_or_size_are_refused_with_what_would_do() -> None:
    assert sent(photo(7, "voice")) == Refused(Words("form.file_any"))
    assert sent(photo(7, size=6_000_000)) == Refused(Words("form.file_large", {"n": 5}))
    assert sent(photo(9), [kept(7), kept(8)]) == Refused(Words("form.file_many", {"n": 2}))
    assert sent(Shared("491701234567")) is None


def test_files_are_shown_by_their_names_or_their_number() -> None:
    rules, field = rules_of(FIELDS["photos"]), FIELDS["photos"]

    assert rules.show(field, [kept(7), kept(8)], "en") == Words("form.file_sent", {"n": 2})
    assert rules.show(field, [kept(7, "document", "bill.pdf"), kept(8)], "en") == Words(text="bill.pdf, 📎")


def test_the_name_that_a_customer_is_known_by_is_offered_and_a_late_press_is_no_other_name() -> None:
    rules, field = rules_of(FIELDS["who"]), FIELDS["who"]
    (code,) = rules.codes(field, MOMENT)

    assert rules.label(field, code, MOMENT) == Words(text="Anna Vogt")
    assert picked("who", code) == Accepted("Anna Vogt")
    assert picked("who", code, moment=replace(MOMENT, name="Olga")) is None
    assert rules.codes(field, replace(MOMENT, name="🌸 2000")) == ()


def test_refusing_a_needed_consent_offers_a_person_and_a_wish_can_be_refused() -> None:
    assert picked("terms", "no") == Refused(Words("form.consent_needed"), person=True)
    assert picked("terms", "yes") == Accepted({"yes": True, "at": "2026-11-25"})
    assert picked("news", "no") == Accepted({"yes": False, "at": "2026-11-25"})
    assert FIELDS["terms"].help["en"] == "They are short.\nhttps://tea.example/terms"


WRONG_VALUES: list[tuple[str, Value]] = [
    ("reasons", []),
    ("reasons", "broken"),
    ("reasons", ["moon"]),
    ("reasons", ["late", "broken"]),
    ("reasons", ["broken", "late", "salt"]),
    ("photos", []),
    ("photos", [{"line": "7", "kind": "photo"}]),
    ("photos", [kept(7, "voice")]),
    ("photos", [kept(1), kept(2), kept(3)]),
    ("who", ""),
    ("who", "Anna\n🔵 Olga has it"),
    ("who", 7),
    ("budget", 20),
    ("budget", {"amount": 2000, "currency": "USD"}),
    ("budget", {"amount": 19.9, "currency": "EUR"}),
    ("budget", {"amount": 499, "currency": "EUR"}),
    ("terms", True),
    ("terms", {"yes": False, "at": "2026-11-25"}),
    ("terms", {"yes": True}),
    ("news", {"yes": "no", "at": "2026-11-25"}),
]


@pytest.mark.parametrize(("key", "value"), WRONG_VALUES)
def test_a_value_from_elsewhere_that_the_field_would_not_take_is_found_out(key: str, value: Value) -> None:
    assert rules_of(FIELDS[key]).trouble(FIELDS[key], value, MOMENT) is not None


def test_what_is_written_below_a_file_stays_with_it_and_is_shown() -> None:
    below = replace(photo(1), caption="the handle\nis off")
    named = replace(photo(2, "document", "bill.pdf"), caption="x" * 400)

    first = sent(below)
    assert isinstance(first, Begun)
    assert first.so_far == [kept(1) | {"caption": "the handle is off"}]
    both = [kept(1) | {"caption": "the handle is off"}, kept(2, "document", "bill.pdf") | {"caption": "x" * 300}]
    second = sent(named, first.so_far)
    assert isinstance(second, Begun | Accepted)
    assert (second.value if isinstance(second, Accepted) else second.so_far) == both
    shown = rules_of(FIELDS["photos"]).show(FIELDS["photos"], both, "en")
    assert shown == Words(text=f"📎 “the handle is off”, bill.pdf (“{'x' * 300}”)")
