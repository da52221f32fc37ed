"""An order as staff see it: one line an item, in their own language, the customer's words as they are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.handlers import order_sheet
from bot.handlers.order_sheet import Piece, cart_change, pieces_in
from bot.orders import store
from bot.orders.forms import Forms
from bot.orders.store import Kind, Order
from tests.web.carts import cart_ordered
from tests.web.office import Office

TWO = (("sencha", 2), ("plum-rooibos", 1))


async def vera(office: Office) -> Order:
    """Let Vera have ordered in Russian."""
    return await office.change(lambda conn: cart_ordered(office.house, conn, "Вера", "ru", TWO))


def readable(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


def lines(office: Office, order: Order, language: str) -> dict[str, object]:
    return {
        one.label: tuple((each.quantity, each.name, readable(each.amount)) for each in one.pieces)
        or readable(one.value)
        for one in order_sheet.of(office.house, order, language)
    }


async def test_a_russian_order_is_read_in_german_with_its_customers_words_as_they_are(office: Office) -> None:
    order = await vera(office)

    sheet = lines(office, order, "de")

    assert sheet["Artikel"] == ((2, "Grüner Hof Sencha, 100 g", "15,80 €"), (1, "Pflaumen-Rooibos, 100 g", "5,90 €"))
    assert (sheet["Versand"], sheet["Summe"]) == ("4,90 €", "26,60 €")
    assert sheet["Lieferung"] == "Nach Hause, mit DHL"
    assert sheet["Bemerkung"] == "Позвоните, пожалуйста: домофон 12"
    assert sheet["Zeit"] == "Fr., 27. Nov. 2026, 14:00–18:00"


async def test_an_order_is_still_read_in_german_after_its_shipping_has_another_price(office: Office) -> None:
    order = await vera(office)
    definition = office.house.forms.main
    assert definition is not None
    dearer = tuple(replace(one, amount=990) for one in definition.prices)
    office.house.forms = Forms((replace(definition, prices=dearer),))

    sheet = lines(office, order, "de")

    assert sheet["Artikel"] == ((2, "Grüner Hof Sencha, 100 g", "15,80 €"), (1, "Pflaumen-Rooibos, 100 g", "5,90 €"))
    assert (sheet["Summe"], sheet["Lieferung"]) == ("26,60 €", "Nach Hause, mit DHL")
    assert "4,90 €" in sheet.values()


async def test_an_order_whose_form_is_gone_stands_as_its_customer_read_it(office: Office) -> None:
    order = await vera(office)
    office.house.forms = Forms(())

    assert lines(office, order, "de")["Доставка"] == "Домой, DHL"


async def test_what_is_paid_stands_behind_the_goods_and_the_total_last(office: Office) -> None:
    order = await vera(office)

    sheet = order_sheet.of(office.house, order, "en")

    assert [(one.label, one.priced, one.total) for one in sheet][:4] == [
        ("Items", False, False),
        ("Shipping", True, False),
        ("Total", True, True),
        ("Delivery", False, False),
    ]


async def test_the_page_and_the_list_show_a_line_for_each_item(office: Office) -> None:
    order = await vera(office)
    olga = await office.desk("Olga")

    pages = [(await olga.page(path)).text for path in (f"/console/orders/{order.number}", "/console/orders")]

    for page in pages:
        assert re.findall(r'<span dir="auto">(.+?)</span><span class="number">(.+?)</span></li>', page) == [
            ("Green Courtyard Sencha, 100 g", "€15.80"),
            ("Plum Rooibos, 100 g", "€5.90"),
        ]


async def test_a_long_cart_is_cut_in_the_list_and_says_so(office: Office) -> None:
    many = (*TWO, ("breakfast", 1), ("assam-decaf", 1), ("winter-biscuit", 1))
    await office.change(lambda conn: cart_ordered(office.house, conn, "Вера", "ru", many))
    olga = await office.desk("Olga")

    page = (await olga.page("/console/orders")).text

    assert "and 2 more items" in page
    assert "Winter Biscuit" not in page


async def test_the_history_of_a_cart_tells_what_came_and_what_went(office: Office) -> None:
    order = await vera(office)
    before = "2 × Sencha, 100 g – €15.80, 1 × Rooibos, 100 g – €5.90"
    after = "3 × Sencha, 100 g – €23.70, 1 × Assam – €4.90 · takes 3 days"
    await office.change(
        lambda conn: store.log(conn, order.id, Kind.PROPOSED, office.clock(), before=before, after=after, note="Items")
    )
    olga = await office.desk("Olga")

    page = (await olga.page(f"/console/orders/{order.number}")).text

    assert re.findall(r'<li dir="auto">(.+?)</li>', page) == ["+1 × Sencha, 100 g", "−1 × Rooibos, 100 g", "+1 × Assam"]
    assert before not in page


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        ("–", "1 × Assam – €4.90", ("+1 × Assam",)),
        ("1 × Assam – €4.90", "1 × Assam – €5.90", ("1 × Assam: €4.90 → €5.90",)),
        ("Home, by DHL", "Pick-up in the shop", ()),
        ("2 × Set – no tea", "1 × Assam – €4.90", ()),
    ],
)
def test_only_carts_are_compared_item_by_item(before: str, after: str, steps: tuple[str, ...]) -> None:
    assert cart_change(before, after) == steps


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("2 × Tee, 100 g – 15,80\u00a0€", (Piece(2, "Tee, 100 g", "15,80\u00a0€"),)),
        ("\n1 × A – B – €1\n2 × C – €2 · takes 3 days", (Piece(1, "A – B", "€1"), Piece(2, "C", "€2", "takes 3 days"))),
        ("Lindenallee 12, 04107 Leipzig", ()),
        ("", ()),
    ],
)
def test_a_cart_is_known_in_any_language_by_how_it_is_written(text: str, pieces: tuple[Piece, ...]) -> None:
    assert pieces_in(text) == pieces
