"""Ways of delivery in customers' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.orders.answers import Accepted
from bot.orders.definition import load
from bot.orders.fields import Kind
from bot.orders.kinds import rules_of
from bot.orders.state import FormState
from bot.orders.understood import noted
from bot.orders.ways import way_meant
from tests.orders.order_walk import MOMENT

FORM = load(Path(__file__).parents[2] / "config" / "order_form.toml")
FIELD = next(field for field in FORM.fields if field.kind is Kind.DELIVERY)
HOME = """to my home please|to my house please|by mail|liefern|bitte nach Hause liefern|per Post|доставка на дом
почтой|курьером, пожалуйста"""
SHOP = """I'll pick it up|I will collect it in the shop|ich hole es ab|selbst abholen|заберу сам|самовывоз"""
NEITHER = ["to the moon", "send it to the shop", "please", "", "12", "my brother", "home or shop", "shop@example.com"]


@pytest.mark.parametrize("text", HOME.replace("\n", "|").split("|"))
def test_what_is_to_be_brought_is_brought(text: str) -> None:
    assert rules_of(FIELD).read(FIELD, text, MOMENT) == Accepted("home")


@pytest.mark.parametrize("text", SHOP.split("|"))
def test_what_is_fetched_is_fetched(text: str) -> None:
    assert rules_of(FIELD).read(FIELD, text, MOMENT) == Accepted("pickup")


@pytest.mark.parametrize("text", NEITHER)
def test_what_may_be_either_or_neither_is_asked_back(text: str) -> None:
    assert way_meant(FIELD.options, text) == ""


def test_of_two_ways_that_are_brought_none_is_guessed() -> None:
    twice = (FIELD.options[0], FIELD.options[0])

    assert way_meant(twice, "to my home") == ""


def test_an_address_where_the_way_is_asked_chooses_the_way_that_needs_one() -> None:
    asking = FormState("order", FORM.fingerprint, {"items": []}, "delivery")

    found = noted(FORM, asking, "Lindenallee 12, 04107 Leipzig", MOMENT)

    assert found.state.answers["delivery"] == "home"
    assert "address" in found.state.answers
    assert found.state.current == "window"
