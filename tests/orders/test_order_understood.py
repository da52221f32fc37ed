"""What a message says of the sample form at once: items, a way, a place and a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from bot.orders.answers import Accepted, Moment, Refused, Words
from bot.orders.catalogue_file import load as load_catalogue
from bot.orders.definition import load
from bot.orders.form import Step, Tapped, Typed, answer, back
from bot.orders.kinds import rules_of
from bot.orders.state import FormState
from bot.orders.understood import Noted, begun_rows, begun_with, noted, understood, wishes

CONFIG = Path(__file__).parents[2] / "config"
FORM = load(CONFIG / "order_form.toml")
NOW = Moment(
    date(2026, 11, 25),
    "en",
    at=time(10),
    zone="Europe/Berlin",
    catalogue=load_catalogue(CONFIG / "catalogue.csv", "EUR"),
)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("хочу 2 сенчи, самовывоз", "pickup"),
        ("I'd like 2 sencha, pick-up", "pickup"),
        ("Ich hätte gern 2 Sencha nach Hause", "home"),
        ("2 sencha please, I'd take them home", "home"),
        ("Ich möchte 2 Sencha nach der Arbeit abholen", None),
        ("zwei Frühstückstee nach Leipzig, bitte", None),
        ("I saw it in your shop: I want 2 sencha", None),
        ("2 Sencha aus dem Laden bitte", None),
    ],
)
def test_a_way_of_delivery_is_named_by_what_it_is_and_by_no_little_word(text: str, way: str | None) -> None:
    assert understood(FORM, text, NOW).answers.get("delivery") == way


@pytest.mark.parametrize(
    "text",
    [
        "I'd like 2 sencha to Torstr. 140, 10119 Berlin on Friday evening",
        "Bitte 2 Sencha für Freitag Abend",
        "можно мне 2 сенчи на пятницу после шести",
    ],
)
def test_the_little_word_before_a_time_or_a_place_makes_no_item_doubtful(text: str) -> None:
    cart = understood(FORM, text, NOW).begun["items"]

    assert isinstance(cart, dict)
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [("sencha", 2)]
    assert cart["asks"] == []


@pytest.mark.parametrize("text", ["Ich will keinen Sencha", "how much is 2 sencha?", "хочу вернуть ройбуш", "call me"])
def test_who_does_not_wish_to_order_begins_nothing(text: str) -> None:
    assert not wishes(text, understood(FORM, text, NOW))


@pytest.mark.parametrize(
    "text",
    [
        "I'd like two packs of sencha tomorrow, Anna, 0170 1234567",
        "Ich möchte zwei Packungen Sencha morgen nach sechs, Anna, 0170 1234567",
    ],
)
def test_a_time_that_cannot_be_had_any_more_is_no_name_of_goods(text: str) -> None:
    late = replace(NOW, at=time(22, 4))

    found = understood(FORM, text, late)

    cart = found.begun["items"]
    assert isinstance(cart, dict)
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [("sencha", 2)]
    assert cart["asks"] == []
    assert found.answers.get("window") is None
    assert found.answers["phone"] == "+491701234567"


def test_goods_that_a_message_names_are_shown_as_understood() -> None:
    found = understood(FORM, "I'd like two packs of sencha, Anna, 0170 1234567", NOW)

    shown = begun_rows(FORM, begun_with(FORM, found, {}), NOW)

    assert [row.label for row in shown] == ["Items"]
    assert "Sencha" in shown[0].value.text
    assert "2" in shown[0].value.text


def test_a_way_is_understood_in_another_form_of_its_word() -> None:
    way = FORM.field("delivery")
    assert way is not None

    read = {word: rules_of(way).read(way, word, NOW) for word in ("abholen", "Abholung", "abgeben")}

    assert (read["abholen"], read["Abholung"]) == (Accepted("pickup"), Accepted("pickup"))
    assert isinstance(read["abgeben"], Refused)


SUNDAY = [
    ("2 sencha to Berlin on Sunday", "Berlin"),
    ("2 Sencha nach Leipzig am Sonntag", "Leipzig"),
    ("2 сенчи в Берлин в воскресенье", "Берлин"),
]


@pytest.mark.parametrize(("text", "town"), SUNDAY)
def test_a_time_that_cannot_be_had_is_told_with_those_that_come_nearest_and_the_town_is_shown(
    text: str, town: str
) -> None:
    found = understood(FORM, text, NOW)

    day = Words("form.date_closed", {"day": "Sun, Nov 29, 2026"})
    times = "Sat, Nov 28, 9:00–12:00; Sat, Nov 28, 14:00–18:00; Mon, Nov 30, 9:00–12:00"
    nearest = Words("form.window_nearest", {"times": times})
    assert found.remarks == (Words(parts=(day, Words(text=" "), nearest)),)
    rows = begun_rows(FORM, begun_with(FORM, found, {}), NOW)
    assert [(row.label, row.value.text) for row in rows[1:]] == [("Address", town)]


def test_what_was_said_in_passing_is_gone_on_from_when_it_is_asked() -> None:
    state = begun_with(FORM, understood(FORM, "2 sencha to Berlin on Sunday", NOW), {})

    asked = answer(FORM, state, Typed("that is all"), NOW)
    street = answer(FORM, FormState.from_dict(asked.state.to_dict()), Tapped("delivery:pick:home"), NOW)
    when = answer(FORM, answer(FORM, street.state, Typed("Torstr. 140"), NOW).state, Typed("10119"), NOW)

    assert keys(street) == ["form.address_street"]
    assert when.state.answers["address"] == {
        "street": "Torstr.",
        "house_number": "140",
        "extra": "",
        "postcode": "10119",
        "town": "Berlin",
        "country": "DE",
    }
    assert keys(when) == ["form.window_wish"]
    assert keys(back(FORM, street.state, NOW)) == ["Where should it go?"]
    again = answer(FORM, back(FORM, street.state, NOW).state, Tapped("delivery:pick:home"), NOW)
    assert keys(again) == ["form.address_street"]


def test_a_time_that_one_way_of_delivery_has_waits_for_the_way_to_be_chosen() -> None:
    found = understood(FORM, "2 sencha today at 5 pm", NOW)
    fetched = understood(FORM, "2 sencha today at 5 pm, pick-up", NOW)

    assert found.remarks == ()
    rows = begun_rows(FORM, begun_with(FORM, found, {}), NOW)
    assert [(row.label, row.value.text) for row in rows[1:]] == [("Time", "Wed, Nov 25, 17:00")]
    assert fetched.answers["window"] == {"date": "2026-11-25", "from": "14:00", "to": "18:00"}


def keys(step: Step) -> list[str]:
    return [say.words.key or say.words.text for say in step.says]


@pytest.mark.parametrize("text", ["2 sencha to Vienna", "2 Sencha nach Wien", "2 сенчи в Вену"])
def test_a_town_where_the_shop_does_not_deliver_is_told_at_once(text: str) -> None:
    found = understood(FORM, text, NOW)

    assert found.remarks == (Words("form.only_in", {"countries": "Germany"}),)
    assert set(found.begun) == {"items"}


@pytest.mark.parametrize("text", ["2.5", "24.12.", "3/4", "21"])
def test_a_figure_where_pieces_are_counted_is_no_day(text: str) -> None:
    counting = FormState("order", FORM.fingerprint, {}, "items")

    assert noted(FORM, counting, text, NOW) == Noted(counting)
