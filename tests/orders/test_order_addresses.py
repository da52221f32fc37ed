"""The kind address: in one go or in parts, never asked for what is known, never taken where it is in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.orders.answers import Accepted, Begun, Located, Moment, Prompt, Reading, Refused, Row, Value, Words
from bot.orders.definition import FormBroken, load
from bot.orders.form import Given, Step, Tapped, Typed, answer, start
from bot.orders.kinds import rules_of

FILE = Path(__file__).parent / "every_kind.toml"
EVERY = load(FILE)
WHERE = replace(next(field for field in EVERY.fields if field.key == "where"), show_if={})
FORM = replace(EVERY, fields=(WHERE,))
RULES = rules_of(WHERE)
MOMENT = Moment(date(2026, 11, 25), "en")
LEIPZIG = {
    "street": "Lindenallee",
    "house_number": "12",
    "extra": "",
    "postcode": "04107",
    "town": "Leipzig",
    "country": "DE",
}
PLACE = Located(51.333561, 12.368279)


def read(text: str, so_far: Value | None = None) -> Reading:
    return RULES.read(WHERE, text, replace(MOMENT, so_far=so_far))


def go(*given: Given, step: Step | None = None) -> Step:
    step = step or start(FORM, MOMENT)
    for one in given:
        step = answer(FORM, step.state, one, MOMENT)
    return step


def asked(step: Step) -> str:
    return step.says[-1].words.key or step.says[-1].words.text


WHOLE: list[tuple[str, dict[str, str]]] = [
    ("Lindenallee 12, 04107 Leipzig", LEIPZIG),
    ("Lindenallee 12\n04107 Leipzig", LEIPZIG),
    ("Lindenallee 12, Hinterhaus, 04107 Leipzig", {**LEIPZIG, "extra": "Hinterhaus"}),
    ("12 Lindenallee, D-04107 Leipzig, Germany", LEIPZIG),
    (
        "Mariahilfer Straße 1, 1060 Wien",
        {
            "street": "Mariahilfer Straße",
            "house_number": "1",
            "extra": "",
            "postcode": "1060",
            "town": "Wien",
            "country": "AT",
        },
    ),
]


@pytest.mark.parametrize(("text", "value"), WHOLE)
def test_an_address_in_one_go_is_taken_apart(text: str, value: Value) -> None:
    assert read(text) == Accepted(value)


def test_only_what_is_missing_is_asked_for_and_what_is_known_is_shown() -> None:
    street = go(Typed("Lindenallee 12"))
    assert asked(street) == "form.address_postcode"
    assert street.says[-1].rows == (Row("Address", Words(text="Lindenallee 12")),)

    town = go(Typed("04107"), step=street)
    done = go(Typed("Leipzig"), step=town)

    assert asked(town) == "form.address_town"
    assert done.state.answers["where"] == LEIPZIG


def test_a_part_may_bring_the_next_one_along() -> None:
    assert go(Typed("Lindenallee 12"), Typed("04107 Leipzig")).state.answers["where"] == LEIPZIG


def test_a_whole_address_in_the_middle_takes_the_place_of_what_was_said() -> None:
    done = go(Typed("Am Deich 3"), Typed("Lindenallee 12, 04107 Leipzig"))

    assert done.state.answers["where"] == LEIPZIG


NO_POSTCODE = Words("form.wrong_postcode", {"country": "Germany", "example": "04107"})


@pytest.mark.parametrize(
    ("so_far", "text", "words"),
    [
        (None, "???", Words("form.wrong_address", {"example": "Lindenallee 12, 04107 Leipzig"})),
        (
            {"street": "Lindenallee", "house_number": "12"},
            "0431",
            NO_POSTCODE,
        ),
        (
            {"street": "Lindenallee", "house_number": "12"},
            "soon",
            NO_POSTCODE,
        ),
        (
            {"street": "Lindenallee", "postcode": "04107", "town": "Leipzig"},
            "none",
            Words("form.wrong_house_number", {"example": "12a"}),
        ),
        (
            {"street": "Lindenallee", "house_number": "12", "postcode": "04107"},
            "12345",
            Words("form.wrong_town", {"example": "Leipzig"}),
        ),
    ],
)
def test_a_wrong_part_is_refused_with_an_example(so_far: dict[str, str] | None, text: str, words: Words) -> None:
    begun: Value | None = {"parts": {"country": "DE", **so_far}} if so_far else None

    assert read(text, begun) == Refused(words)


def test_a_postcode_of_another_shape_is_told_and_the_rest_is_kept() -> None:
    begun = go(Typed("Lindenallee 12, 0431 Leipzig"))

    assert begun.says[0].words == NO_POSTCODE
    assert asked(begun) == "form.address_postcode"
    assert go(Typed("04107"), step=begun).state.answers["where"] == LEIPZIG


def test_a_country_that_the_owner_does_not_deliver_to_is_refused_and_a_person_is_offered() -> None:
    assert read("10 rue de Rivoli, 75001 Paris, France") == Refused(
        Words("form.only_in", {"countries": "Germany, Austria"}), person=True
    )


def test_an_address_that_may_be_in_two_countries_is_asked_back() -> None:
    both = replace(WHERE, countries=("DE", "FR"))
    form = replace(FORM, fields=(both,))
    step = answer(form, start(form, MOMENT).state, Typed("Lindenallee 12, 04107 Leipzig"), MOMENT)
    assert asked(step) == "form.address_country"
    assert [choice.label.text for choice in step.says[-1].choices] == ["Germany", "France"]

    assert answer(form, step.state, Tapped("where:pick:DE"), MOMENT).state.answers["where"] == LEIPZIG
    assert answer(form, step.state, Typed("Deutschland"), MOMENT).state.answers["where"] == LEIPZIG
    assert asked(answer(form, step.state, Typed("Atlantis"), MOMENT)) == "form.address_country"


VIENNA = dict(WHOLE[-1][1]) if isinstance(WHOLE[-1][1], dict) else {}


@pytest.mark.parametrize("texts", [("1060", "Wien"), ("1060 Wien",), ("A-1060", "Wien")])
def test_an_address_in_the_other_country_can_be_given_in_parts(texts: tuple[str, ...]) -> None:
    assert go(Typed("Mariahilfer Straße 1"), *map(Typed, texts)).state.answers["where"] == VIENNA


@pytest.mark.parametrize("text", ["Torstr. 140, 1011 Berlin", "Bahnhofstrasse 1, 8001 Zürich"])
def test_a_postcodes_shape_alone_makes_no_address_an_austrian_one(text: str) -> None:
    asked_back = go(Typed(text))
    german = go(Tapped("where:pick:DE"), step=asked_back)
    again = go(Typed("Lindenallee 12, 04107 Leipzig"), step=asked_back)

    assert (asked(asked_back), dict(asked_back.state.answers)) == ("form.address_country", {})
    assert [choice.action for choice in asked_back.says[-1].choices] == ["where:pick:DE", "where:pick:AT"]
    assert (german.says[0].words.key, asked(german)) == ("form.wrong_postcode", "form.address_postcode")
    assert again.state.answers["where"] == LEIPZIG


def test_a_shared_place_is_kept_and_the_street_is_asked_after_it() -> None:
    first = start(FORM, MOMENT)
    assert first.says[-1].request_location

    shared = go(PLACE)
    done = go(Typed("Lindenallee 12"), Typed("04107 Leipzig"), step=shared)

    assert (shared.says[0].words.key, asked(shared)) == ("form.location_kept", "form.address_street")
    assert done.state.answers["where"] == {**LEIPZIG, "latitude": 51.333561, "longitude": 12.368279}


def test_a_shared_place_is_enough_where_the_owner_says_so_and_nothing_where_not() -> None:
    enough, none = replace(WHERE, location="enough"), replace(WHERE, location="none")
    empty = dict.fromkeys(LEIPZIG, "") | {"country": "DE"}

    assert rules_of(enough).sent(enough, PLACE, MOMENT) == Accepted(
        {**empty, "latitude": 51.333561, "longitude": 12.368279}
    )
    assert rules_of(none).sent(none, PLACE, MOMENT) is None
    assert rules_of(none).prompt(none, MOMENT) == Prompt()
    assert isinstance(RULES.sent(WHERE, Located(float("nan"), 12), MOMENT), Refused)
    assert isinstance(RULES.sent(WHERE, Located(99, 12), MOMENT), Refused)


def test_what_is_in_doubt_is_shown_and_only_a_yes_makes_it_the_answer() -> None:
    doubtful = go(Typed("Lindenallee 12, 5, 04107 Leipzig"))
    assert (asked(doubtful), dict(doubtful.state.answers)) == ("form.address_right", {})

    right = go(Tapped("where:pick:right"), step=doubtful)
    yes = go(Typed("ja"), step=doubtful)
    other = go(Tapped("where:pick:house_number"), Typed("14a"), step=doubtful)

    assert right.state.answers == yes.state.answers
    assert "where" in right.state.answers
    assert asked(other) == "form.address_right"


def test_one_part_of_a_whole_address_is_changed() -> None:
    edited = go(Typed("Lindenallee 12, 04107 Leipzig"), Tapped("confirm:edit:where"))
    assert asked(edited) == "form.address_right"

    assert go(Typed("Lindenallee 14"), step=edited).state.so_far == {
        "parts": {**{key: part for key, part in LEIPZIG.items() if part}, "house_number": "14"},
        "review": True,
    }

    part = go(Tapped("where:pick:house_number"), step=edited)
    back = go(Tapped("where:back"), step=part)
    changed = go(Typed("14a"), step=part)
    done = go(Tapped("where:pick:right"), step=changed)

    assert asked(part) == "form.address_house_number"
    assert back.state == edited.state
    assert go(Tapped("where:back"), step=back).state.current == "confirm"
    assert done.state.answers["where"] == {**LEIPZIG, "house_number": "14a"}
    assert go(Typed("Am Deich 3, 04109 Leipzig"), step=edited).state.current == "confirm"


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "Mariahilfer Straße 1, 1060 Wien, Austria 📍"), ("ru", "Mariahilfer Straße 1, 1060 Wien, Австрия 📍")],
)
def test_an_address_is_shown_in_one_line_with_its_country_when_it_is_not_the_usual(language: str, shown: str) -> None:
    value: Value = {**WHOLE[-1][1], "latitude": 48.2, "longitude": 16.35}

    assert RULES.show(WHERE, value, language) == Words(text=shown)


@pytest.mark.parametrize(
    "value",
    [
        "Lindenallee 12, 04107 Leipzig",
        {},
        {**LEIPZIG, "postcode": "0431"},
        {**LEIPZIG, "country": "FR"},
        {**LEIPZIG, "country": ""},
        {**LEIPZIG, "street": ""},
        {**LEIPZIG, "street": "Linden\nallee"},
        {**LEIPZIG, "town": 7},
        {**LEIPZIG, "latitude": 1.0},
        {**LEIPZIG, "latitude": "x", "longitude": 1},
        {key: part for key, part in LEIPZIG.items() if key != "extra"},
    ],
)
def test_a_value_from_elsewhere_that_is_no_address_is_found_out(value: Any) -> None:  # noqa: ANN401 of any shape
    assert RULES.trouble(WHERE, value, MOMENT) is not None


def test_a_begun_address_survives_nonsense() -> None:
    begun: Value = {"parts": {"street": "Lindenallee", "house_number": "12", "country": "DE"}}

    assert RULES.picked(WHERE, "right", replace(MOMENT, so_far=begun)) is None
    assert RULES.picked(WHERE, "street", MOMENT) is None
    assert isinstance(read("x" * 5000, begun), Refused)
    assert not isinstance(read("?", begun), Accepted | Begun)


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        (
            'countries = ["DE", "AT"]',
            'countries = ["Germany"]',
            "countries has 'Germany', whose postcodes are",
        ),
        ('countries = ["DE", "AT"]', 'location = "yes"', "location must be one of none, added, enough"),
    ],
)
def test_a_broken_address_field_is_refused(tmp_path: Path, right: str, wrong: str, sentence: str) -> None:
    path = tmp_path / "f.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")

    with pytest.raises(FormBroken) as refused:
        load(path)

    assert sentence in str(refused.value)


GERMANY_ONLY = replace(WHERE, countries=("DE",))
STREET = {"parts": {"street": "Lindenallee", "house_number": "12", "country": "DE"}}


@pytest.mark.parametrize(("language", "germany"), [("en", "Germany"), ("de", "Deutschland"), ("ru", "Германия")])
def test_who_lives_where_the_shop_does_not_deliver_hears_where_it_does(language: str, germany: str) -> None:
    moment = replace(MOMENT, language=language)
    elsewhere = Refused(Words("form.only_in", {"countries": germany}), person=True)
    by_code = Refused(Words("form.postcode_elsewhere", {"countries": germany, "example": "04107"}), person=True)

    assert RULES.read(GERMANY_ONLY, "Mariahilfer Straße 1, 1060 Wien", moment) == elsewhere
    assert RULES.read(GERMANY_ONLY, "Dorfstraße 1, 4863 Seewalchen", moment) == by_code
    assert RULES.read(GERMANY_ONLY, "1060", replace(moment, so_far=STREET)) == by_code
    assert RULES.read(GERMANY_ONLY, "Wien", replace(moment, so_far=STREET)) == elsewhere


@pytest.mark.parametrize("town", ["Leipzig", "leipzig", "Frankfurt am Main", "Лейпциг"])
def test_a_town_typed_where_its_postcode_is_asked_for_is_kept(town: str) -> None:
    begun = go(Typed("Lindenallee 12"), Typed(town))

    assert begun.says[0].words == Words("form.town_noted", {"town": town})
    assert asked(begun) == "form.address_postcode"
    assert go(Typed("04107"), step=begun).state.answers["where"] == {**LEIPZIG, "town": town}


@pytest.mark.parametrize(
    "text",
    ["12345", "anna@example.com", "why do you need that", "wozu das", "Wer fragt?", "зачем", "yes", "http://x.y"],
)
def test_what_is_no_town_is_not_taken_for_one(text: str) -> None:
    begun: Value = {"parts": {**STREET["parts"], "postcode": "04107"}}

    assert read(text, begun) == Refused(Words("form.wrong_town", {"example": "Leipzig"}))


def test_an_email_address_is_no_address() -> None:
    assert read("anna@example.com") == Refused(
        Words("form.wrong_address", {"example": "Lindenallee 12, 04107 Leipzig"})
    )
