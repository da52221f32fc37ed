"""First words that name goods, and the questions of the FAQ, which begin no order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.orders.beside import BEGUN, KEEP, READ, SAME, verb_said
from bot.orders.goods_said import counts_goods, counts_unknown, named_item, wishes_at_large, wishes_goods
from bot.orders.understood import understood
from tests.orders.test_order_understood import FORM, NOW

FAQ = Path(__file__).parents[2] / "config" / "faq"


def _phrasings() -> list[tuple[str, str]]:
    entries = [entry for file in sorted(FAQ.glob("*.yaml")) for entry in yaml.safe_load(file.read_text())]
    return [
        (entry["id"], text)
        for entry in entries
        for language in ("en", "de", "ru")
        if language in entry
        for text in (entry[language]["question"], *entry[language].get("phrasings", ()))
    ]


def test_no_question_of_the_sample_faq_begins_an_order() -> None:
    begins = {entry for entry, text in _phrasings() if wishes_goods(FORM, text, NOW) or wishes_at_large(text)}

    assert begins <= {"order-how"}


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        *((text, True) for text in ("2 sencha please", "zwei Sencha", "один сливовый ройбуш", "hi, 2x Sencha")),
        *((text, False) for text in ("sencha", "2 sencha?", "my 2 sencha arrived broken", "not 2 sencha", "2 more")),
    ],
)
def test_goods_are_counted_where_nothing_else_is_said(text: str, counts: bool) -> None:  # noqa: FBT001 a parameter of a table
    assert NOW.catalogue
    assert counts_goods(text, NOW.catalogue) is counts


@pytest.mark.parametrize(
    ("text", "sku"),
    [("сливовый ройбуш", "plum-rooibos"), ("Sencha", "sencha"), ("tea", None), ("sencha for a baby", None)],
)
def test_a_product_is_named_by_its_words_alone(text: str, sku: str | None) -> None:
    assert NOW.catalogue
    item = named_item(text, NOW.catalogue)

    assert (item.sku if item else None) == sku


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ein Packung Earl Grey", "Earl Grey"),
        ("2 packs of earl grey please", "earl grey"),
        ("одну пачку эрл грей", "эрл грей"),
        ("2 packs", ""),
        ("two people waited for an hour", ""),
    ],
)
def test_packs_of_what_the_shop_does_not_have_are_quoted(text: str, said: str) -> None:
    assert NOW.catalogue
    assert counts_unknown(text, NOW.catalogue) == said


@pytest.mark.parametrize(
    ("about", "text", "verb"),
    [
        *((READ, text, "change") for text in ("stimmt nicht", "не верно", "no", "that's wrong")),
        *((READ, text, "") for text in ("no, 2 biscuits", "yes and no", "2", "wann kommt es")),
        *((KEEP, text, "drop") for text in ("don't keep it", "nicht behalten", "не сохранять", "yes, throw it away")),
        *((KEEP, text, "") for text in ("how much is sencha", "2 sencha please", "yes and 2 sencha")),
        *((SAME, text, "again") for text in ("the same again please", "wie letztes Mal", "как в прошлый раз")),
        *((SAME, text, "mine") for text in ("nur meine Daten", "only my details")),
        *((BEGUN, text, "later") for text in ("not now", "jetzt nicht", "не сейчас", "später")),
    ],
)
def test_words_at_a_question_beside_the_form_mean_one_of_its_answers_or_none(about: str, text: str, verb: str) -> None:
    assert verb_said(about, text, {}) == verb


def test_what_is_in_the_cart_already_is_not_offered_instead_of_what_is_sold_out() -> None:
    shop = NOW.catalogue
    assert shop
    gone = replace(shop, items=tuple(replace(one, stock=0) if one.sku == "sencha" else one for one in shop.items))

    begun = understood(FORM, "I want 1 plum rooibos and 2 sencha", replace(NOW, catalogue=gone)).begun["items"]

    assert isinstance(begun, dict)
    assert begun["asks"][0]["why"] == "sold_out"
    assert "plum-rooibos" not in begun["asks"][0]["skus"]
    assert "breakfast" in begun["asks"][0]["skus"]
