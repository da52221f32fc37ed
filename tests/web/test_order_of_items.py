"""Ordering from the catalogue in the chat: what it comes to, what is left, and who gets the last one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.channels.webchat import NAME
from bot.domain.conversation import Place
from bot.domain.message import rows_from_json
from bot.orders import stock, store
from bot.orders.catalogue_file import load as load_catalogue
from bot.orders.definition import load
from bot.orders.forms import Forms
from tests.web.office import Office
from tests.web.talk import Talk

FORM = """
key = "order"
title = { en = "Your order", de = "Ihre Bestellung", ru = "Ваш заказ" }
total = { en = "Total", de = "Summe", ru = "Итого" }
[[fields]]
key = "items"
kind = "items"
label = { en = "Items", de = "Artikel", ru = "Товары" }
question = { en = "What would you like?", de = "Was darf es sein?", ru = "Что вы хотите?" }
[[fields]]
key = "gift"
kind = "yes_no"
label = { en = "Gift", de = "Geschenk", ru = "Подарок" }
question = { en = "Is it a gift?", de = "Ein Geschenk?", ru = "Это подарок?" }
[[fields]]
key = "confirm"
kind = "confirm"
question = { en = "Right?", de = "Richtig?", ru = "Верно?" }
[[prices]]
label = { en = "Wrapping", de = "Papier", ru = "Упаковка" }
amount = 2.50
show_if = { gift = "yes" }
"""
SHOP = """sku;name_en;category;price;stock
set;Tasting set;Sets;9.90;1
box;Tea box;Sets;12;
sencha;Sencha;Tea;7.90;
"""


@pytest.fixture
def shop(office: Office, tmp_path: Path) -> Office:
    """Let the house sell three things, one of them once."""
    (tmp_path / "form.toml").write_text(FORM, encoding="utf-8")
    (tmp_path / "catalogue.csv").write_text(SHOP, encoding="utf-8")
    office.house.forms = Forms((load(tmp_path / "form.toml"),))
    office.house.shelf.catalogue = load_catalogue(tmp_path / "catalogue.csv", "EUR")
    return office


def read(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


def offers(said: list[dict[str, Any]]) -> list[str]:
    return [button.text for row in rows_from_json(said[-1].get("buttons", [])) for button in row]


async def at_summary(talk: Talk, *chosen: str) -> list[dict[str, Any]]:
    await talk.says("/order")
    for what in chosen:
        await talk.says(what)
    await talk.presses("That is all")
    return await talk.presses("Yes")


async def test_items_are_ordered_by_button_and_cost_what_the_summary_says(shop: Office) -> None:
    anna = Talk(shop)

    first = await anna.says("/order")
    how_many = await anna.presses("Sencha")
    more = await anna.presses("2")
    await anna.presses("That is all")
    summary = await anna.presses("Yes")
    done = await anna.presses("Order")

    assert offers(first)[:3] == ["Tasting set · €9.90", "Tea box · €12.00", "Sencha · €7.90"]
    assert read(how_many).endswith("Sencha for €7.90: how many would you like?")
    assert read(more).endswith("Anything else? So far: €15.80.\n2 × Sencha – €15.80")
    assert offers(more)[:2] == ["That is all", "Change"]
    rows = ["Your order", "Items: 2 × Sencha – €15.80", "Gift: Yes", "Wrapping: €2.50", "Total: €18.30", "Right?"]
    assert read(summary).splitlines() == rows
    (order,) = await shop.read(store.list_orders)
    assert order.number in read(done)
    assert (order.total, order.currency, order.summary[-1]) == (1830, "EUR", ("Total", "€18.30"))


async def test_of_two_who_want_the_last_one_one_gets_it_and_the_other_stays_in_the_form(shop: Office) -> None:
    anna, boris = Talk(shop), Talk(shop, Place(NAME, "w2"))
    await at_summary(anna, "1 tasting set and 2 sencha")
    await at_summary(boris, "one tasting set")

    await boris.presses("Order")
    told = await anna.presses("Order")

    assert await shop.read(stock.left) == {"set": 0}
    assert read(told).splitlines() == [
        "Tasting set has sold out meanwhile.",
        "Tasting set is sold out. Would you like one of these instead?",
        "2 × Sencha – €15.80",
    ]
    assert offers(told)[:2] == ["Tea box · €12.00", "None of these"]
    await anna.presses("Tea box")
    summary = await anna.presses("That is all")
    assert "Items: \n2 × Sencha – €15.80\n1 × Tea box – €12.00\n" in read(summary)
    await anna.presses("Order")
    assert [order.total for order in await shop.read(store.list_orders)] == [3030, 1240]
    listed = (await (await shop.desk("Olga")).page("/console/orders")).text
    assert re.findall(r'<span dir="auto">(.+?)</span><span class="number">(.+?)</span></li>', listed)[:2] == [
        ("Sencha", "€15.80"),
        ("Tea box", "€12.00"),
    ]


async def test_the_shelf_is_asked_again_in_the_same_transaction(shop: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Talk(shop)
    await at_summary(anna, "one tasting set")
    calls: list[int] = []
    present = stock.present

    def late(conn: Any, catalogue: Any) -> Any:  # noqa: ANN401 as the function that it stands for
        """See the set still there at first, as a turn on PostgreSQL may."""
        calls.append(1)
        return catalogue if len(calls) == 1 else present(conn, catalogue)

    catalogue = shop.house.shelf.catalogue
    assert catalogue is not None
    await shop.change(lambda conn: stock.take(conn, catalogue, {"set": 1}))
    monkeypatch.setattr(stock, "present", late)
    told = await anna.presses("Order")

    assert "Tasting set has sold out meanwhile." in read(told)
    assert await shop.read(store.list_orders) == []
    assert await shop.read(stock.left) == {"set": 0}


async def test_a_question_about_goods_is_answered_and_goods_are_taken(shop: Office) -> None:
    anna = Talk(shop)
    await anna.says("/order")
    faq = shop.house.knowledge_base

    assert faq.snapshot.entries
    asked = await anna.says("How much is delivery?")
    taken = await anna.says("2 sencha")

    assert "What would you like?" in read(asked)
    assert len(asked) > 1
    assert read(taken).startswith("Anything else?")
