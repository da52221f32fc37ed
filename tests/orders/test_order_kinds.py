"""What each kind of field takes, refuses, offers and shows, in three languages."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.orders.answers import Accepted, Moment, Reading, Refused, Value, Words
from bot.orders.definition import Field, Kind, Option, load
from bot.orders.kinds import rules_of

SHOP = {field.key: field for field in load(Path(__file__).parent / "tea_form.toml").fields}
NOVEMBER_25 = date(2026, 11, 25)
QUESTION = {"en": "?", "de": "?", "ru": "?"}
EMAIL = Field(key="email", kind=Kind.EMAIL, question=QUESTION)
GIFT = Field(key="gift", kind=Kind.YES_NO, question=QUESTION)
WEIGHT = Field(key="weight", kind=Kind.NUMBER, question=QUESTION, decimals=2, maximum=5, unit={"en": {"other": "kg"}})
SETS = Field(
    key="set",
    kind=Kind.CHOICE,
    question=QUESTION,
    options=(Option("set", {"en": "Tea set"}), Option("tea", {"en": "Tea"})),
)
ANYTHING = Field(key="number", kind=Kind.NUMBER, question=QUESTION)


def read(field: Field, text: str, language: str = "en") -> Reading:
    return rules_of(field).read(field, text, Moment(NOVEMBER_25, language))


TAKEN = [
    (SHOP["what"], "Lindenhof Breakfast, 100 g", "breakfast"),
    (SHOP["what"], "the breakfast, please", "breakfast"),
    (SHOP["what"], "Sencha", "green"),
    (SHOP["what"], "den Sencha bitte", "green"),
    (SHOP["what"], "сенча", "green"),
    (SHOP["what"], "PFLAUMEN rooibos", "rooibos"),
    (SHOP["what"], "Ройбуш со сливой", "rooibos"),
    (SHOP["what"], "Probierset", "tasting_set"),
    (SHOP["what"], "  Earl\tGrey,  250 g ", {"other": "Earl Grey, 250 g"}),
    (SHOP["what"], "Sencha and Earl Grey", {"other": "Sencha and Earl Grey"}),
    (SHOP["what"], "Li", {"other": "Li"}),
    (SETS, "tea", "tea"),
    (SETS, "Tea set", "set"),
    (SHOP["what"], "не сенча", {"other": "не сенча"}),
    (SHOP["delivery"], "home", "home"),
    (SHOP["delivery"], "nach Hause", "home"),
    (SHOP["delivery"], "домой", "home"),
    (SHOP["delivery"], "Abholung", "pickup"),
    (SHOP["delivery"], "самовывоз", "pickup"),
    (SHOP["quantity"], "zwei Packungen", 2),
    (SHOP["quantity"], "две упаковки", 2),
    (SHOP["quantity"], "упаковку 1", 1),
    (SHOP["quantity"], "20", 20),
    (SHOP["quantity"], "2 sets please", 2),
    (SHOP["quantity"], "ok, then two boxes", 2),
    (SHOP["quantity"], "drei Beutel davon", 3),
    (SHOP["quantity"], "пять пачек", 5),
    (SHOP["quantity"], "2,0", 2),
    (WEIGHT, "1,25 kg", 1.25),
    (WEIGHT, "anderthalb", 1.5),
    (WEIGHT, "-3", -3),
    (ANYTHING, "100", 100),
    (SHOP["address"], "Lindenallee 12,\n04107  Leipzig", "Lindenallee 12,\n04107 Leipzig"),
    (SHOP["address"], "Am Deich 3a, D-04107 Leipzig", "Am Deich 3a, D-04107 Leipzig"),
    (SHOP["address"], "04107 Leipzig, Lindenallee 12", "04107 Leipzig, Lindenallee 12"),
    (SHOP["address"], "12 Lindenallee, Leipzig 04107", "12 Lindenallee, Leipzig 04107"),
    (SHOP["address"], "Packstation 145, 04109 Leipzig", "Packstation 145, 04109 Leipzig"),
    (SHOP["address"], "Mariahilfer Straße 1, 1060 Wien", "Mariahilfer Straße 1, 1060 Wien"),
    (SHOP["address"], "Keizersgracht 5, 1012 AB Amsterdam", "Keizersgracht 5, 1012 AB Amsterdam"),
    (SHOP["address"], "ul. Prosta 2, 00-950 Warszawa", "ul. Prosta 2, 00-950 Warszawa"),
    (SHOP["address"], "Sveavägen 9, 114 55 Stockholm", "Sveavägen 9, 114 55 Stockholm"),
    (SHOP["address"], "Линденаллее 12, 04107 Лейпциг", "Линденаллее 12, 04107 Лейпциг"),
    (SHOP["name"], "Анна", "Анна"),
    (SHOP["name"], "Zoë\u202e O’Neill\x00\ud800 👩\u200d🌾", "Zoë O’Neill 👩\u200d🌾"),
    (SHOP["comment"], "x" * 500, "x" * 500),
    (SHOP["date"], "tomorrow", "2026-11-26"),
    (SHOP["date"], "Freitag", "2026-11-27"),
    (SHOP["date"], "24.12.", "2026-12-24"),
    (SHOP["date"], "Wednesday", "2026-12-02"),
    (SHOP["date"], "через неделю", "2026-12-02"),
    (SHOP["phone"], "0170 1234567", "+491701234567"),
    (SHOP["phone"], "+7 912 345-67-89", "+79123456789"),
    (EMAIL, "anna@example.com", "anna@example.com"),
    (EMAIL, " <Anna.K@EXAMPLE.com>, ", "Anna.K@example.com"),
    (EMAIL, "mailto:anna@bücher.example", "anna@bücher.example"),
    (GIFT, "yes please", True),
    (GIFT, "Ja, gerne!", True),
    (GIFT, "да", True),
    (GIFT, "no thanks", False),
    (GIFT, "Nein danke", False),
    (GIFT, "нет", False),
]


@pytest.mark.parametrize(("field", "text", "value"), TAKEN)
def test_a_right_answer_is_taken(field: Field, text: str, value: Value) -> None:
    assert read(field, text) == Accepted(value)


REFUSED = [
    (SHOP["what"], "100 g", "form.which_option", {}),
    (SHOP["what"], "42", "form.choose", {}),
    (SHOP["what"], "", "form.choose", {}),
    (SHOP["what"], "Earl Grey " * 20, "form.text_long", {"n": 120}),
    (SHOP["delivery"], "to the moon", "form.choose", {}),
    (SHOP["delivery"], "not home", "form.choose", {}),
    (SHOP["quantity"], "0", "form.number_low", {"minimum": "1 piece"}),
    (SHOP["quantity"], "21", "form.number_high", {"maximum": "20 pieces"}),
    (SHOP["quantity"], "1.5", "form.number_whole", {}),
    (SHOP["quantity"], "2-3", "form.wrong_number", {"example": "2 pieces"}),
    (SHOP["quantity"], "2 kg", "form.wrong_number", {"example": "2 pieces"}),
    (WEIGHT, "2 boxes", "form.wrong_number", {"example": "1 kg"}),
    (WEIGHT, "1.2.3", "form.wrong_number", {"example": "1 kg"}),
    (SHOP["address"], "Berlin", "form.text_short", {"n": 10}),
    (SHOP["address"], "Lindenallee in Leipzig", "form.text_incomplete", {}),
    (SHOP["address"], "12 34567 890", "form.text_incomplete", {}),
    (SHOP["address"], "Am Deich 3", "form.lacks_postcode", {}),
    (SHOP["address"], "Am Deich 3, Leipzig", "form.lacks_postcode", {}),
    (SHOP["address"], "Am Deich 3, 04107", "form.lacks_postcode", {}),
    (SHOP["address"], "Am Deich 3, 0431 Leipzg", "form.lacks_postcode", {}),
    (SHOP["address"], "0431 Leipzg", "form.lacks_postcode", {}),
    (SHOP["address"], "Am Deich, 04107 Leipzig", "form.lacks_house_number", {}),
    (SHOP["name"], " \n\u200b ", "form.empty", {}),
    (SHOP["name"], "??", "form.text_incomplete", {}),
    (SHOP["comment"], "x" * 501, "form.text_long", {"n": 500}),
    (SHOP["date"], "today", "form.date_early", {"earliest": "Thu, Nov 26, 2026"}),
    (SHOP["date"], "yesterday", "form.date_past", {"earliest": "Thu, Nov 26, 2026"}),
    (SHOP["date"], "vorgestern", "form.date_past", {"earliest": "Thu, Nov 26, 2026"}),
    (SHOP["date"], "вчера", "form.date_past", {"earliest": "Thu, Nov 26, 2026"}),
    (SHOP["date"], "26.12.", "form.date_late", {"latest": "Fri, Dec 25, 2026"}),
    (SHOP["date"], "1.1.2020", "form.date_past", {"earliest": "Thu, Nov 26, 2026"}),
    (SHOP["date"], "Sunday", "form.date_closed", {"day": "Sun, Nov 29, 2026"}),
    (SHOP["date"], "25.12.", "form.date_closed", {"day": "Fri, Dec 25, 2026"}),
    (SHOP["date"], "31.11.", "form.no_such_date", {}),
    (SHOP["date"], "some day", "form.wrong_date", {"example": "Thu, Nov 26, 2026"}),
    (SHOP["phone"], "0170 123", "form.phone_short", {"example": "+49 1512 3456789"}),
    (SHOP["phone"], "0170 12345678901234", "form.phone_long", {"example": "+49 1512 3456789"}),
    (SHOP["phone"], "call me", "form.wrong_phone", {"example": "+49 1512 3456789"}),
    (EMAIL, "anna@", "form.wrong_email", {"example": "anna@example.com"}),
    (EMAIL, "anna at example.com", "form.wrong_email", {"example": "anna@example.com"}),
    (EMAIL, "anna@example", "form.wrong_email", {"example": "anna@example.com"}),
    (EMAIL, "", "form.wrong_email", {"example": "anna@example.com"}),
    (GIFT, "perhaps", "form.yes_or_no", {}),
    (GIFT, "not yes", "form.yes_or_no", {}),
]


@pytest.mark.parametrize(("field", "text", "key", "arguments"), REFUSED)
def test_a_wrong_answer_is_refused_with_a_word_on_what_is_wrong(
    field: Field, text: str, key: str, arguments: dict[str, Any]
) -> None:
    refused = read(field, text)

    assert isinstance(refused, Refused)
    assert refused.words == Words(key, arguments)


def test_a_doubtful_answer_is_asked_back_with_what_may_be_meant() -> None:
    assert read(SHOP["what"], "100 g") == Refused(Words("form.which_option"), ("breakfast", "green", "rooibos"))
    assert read(SHOP["date"], "next Friday") == Refused(Words("form.which_day"), ("2026-11-27", "2026-12-04"))
    assert read(SHOP["date"], "not tomorrow") == Refused(Words("form.which_day"), ("2026-11-26",))
    assert read(SHOP["phone"], "8 912 345-67-89") == Refused(
        Words("form.which_phone"), ("+4989123456789", "+79123456789")
    )


def test_a_time_of_day_is_not_kept_and_that_is_said() -> None:
    assert read(SHOP["date"], "завтра вечером", "ru") == Accepted("2026-11-26", Words("form.day_only"))


def test_a_phone_number_is_tried_in_the_customers_country_and_the_example_is_from_there() -> None:
    austria = Moment(NOVEMBER_25, "de", region="AT")
    field = Field(key="phone", kind=Kind.PHONE, question={"en": "?"})

    assert rules_of(field).read(field, "0664 1234567", austria) == Refused(
        Words("form.which_phone"), ("+436641234567", "+496641234567")
    )
    assert rules_of(field).read(field, "1", austria) == Refused(
        Words("form.wrong_phone", {"example": "+43 664 123456"})
    )


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["Grüner Hof Sencha, 100 g", "1 piece", "21 pieces", "Thu, Dec 24, 2026", "+49 170 1234567"]),
        ("de", ["Grüner Hof Sencha, 100 g", "1 Stück", "21 Stück", "Do., 24. Dez. 2026", "+49 170 1234567"]),
        (
            "ru",
            ["Сенча Grüner Hof, 100 г", "1 штука", "21 штука", "чт, 24 дек. 2026\u202fг.", "+49 170 1234567"],
        ),
        ("xx", ["Grüner Hof Sencha, 100 g", "1 piece", "21 pieces", "Thu, Dec 24, 2026", "+49 170 1234567"]),
    ],
)
def test_a_value_is_shown_in_the_readers_language(language: str, shown: list[str]) -> None:
    values: list[tuple[str, Value]] = [
        ("what", "green"),
        ("quantity", 1),
        ("quantity", 21),
        ("date", "2026-12-24"),
        ("phone", "+491701234567"),
    ]

    assert [rules_of(SHOP[key]).show(SHOP[key], value, language).text for key, value in values] == shown


def test_fractions_and_other_words_are_shown_as_they_were_given() -> None:
    assert rules_of(WEIGHT).show(WEIGHT, 1.5, "de") == Words(text="1,5 kg")
    assert rules_of(SHOP["what"]).show(SHOP["what"], {"other": "Earl Grey"}, "ru") == Words(text="Earl Grey")
    assert rules_of(GIFT).show(GIFT, value=False, language="de") == Words("form.button.no")


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        (SHOP["what"], ("breakfast", "green", "rooibos", "abendrot", "tasting_set")),
        (SHOP["quantity"], ("1", "2", "3", "4", "5")),
        (SHOP["date"], ("2026-11-26", "2026-11-27", "2026-11-28", "2026-11-30", "2026-12-01")),
        (SHOP["name"], ()),
        (SHOP["phone"], ()),
        (GIFT, ("yes", "no")),
        (EMAIL, ()),
    ],
)
def test_the_usual_answers_are_offered_and_each_would_be_taken(field: Field, codes: tuple[str, ...]) -> None:
    moment = Moment(NOVEMBER_25, "en")
    rules = rules_of(field)

    assert rules.codes(field, moment) == codes
    for code in codes:
        value = rules.value_of(code)
        assert value is not None
        assert rules.trouble(field, value, moment) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (SHOP["what"], "assam"),
        (SHOP["what"], {"other": ""}),
        (SHOP["delivery"], {"other": "by pigeon"}),
        (SHOP["quantity"], "2"),
        (SHOP["quantity"], True),
        (SHOP["quantity"], 0),
        (SHOP["name"], 7),
        (SHOP["date"], "tomorrow"),
        (SHOP["date"], "2026-11-29"),
        (SHOP["date"], 3),
        (SHOP["phone"], "0170 1234567"),
        (SHOP["phone"], "+49170"),
        (EMAIL, "anna"),
        (EMAIL, "Anna@EXAMPLE.com"),
        (GIFT, "yes"),
    ],
)
def test_a_value_from_elsewhere_that_the_field_would_not_take_is_found_out(field: Field, value: Value) -> None:
    assert rules_of(field).trouble(field, value, Moment(NOVEMBER_25, "en")) is not None
