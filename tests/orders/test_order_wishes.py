"""What is a wish with an order of one's own, and what is a question for the FAQ."""

from __future__ import annotations

import pytest

from bot.orders.order_wishes import Wish, Wished, wish_in

WISHES = [
    ("Where is my order?", Wish.STATE, ""),
    ("when will my parcel arrive?", Wish.STATE, ""),
    ("Wo bleibt mein Paket", Wish.STATE, ""),
    ("Guten Tag, wo ist meine Bestellung?", Wish.STATE, ""),
    ("где мой заказ?", Wish.STATE, ""),
    ("когда придёт моя посылка", Wish.STATE, ""),
    ("cancel my order S-1001", Wish.CANCEL, "S-1001"),
    ("can you cancel order s1001?", Wish.CANCEL, "S-1001"),
    ("I want to cancel my order please", Wish.CANCEL, ""),
    ("Ich möchte meine Bestellung stornieren", Wish.CANCEL, ""),
    ("Bitte Bestellung S-1001 stornieren", Wish.CANCEL, "S-1001"),
    ("отмените мой заказ", Wish.CANCEL, ""),
    ("хочу отменить заказ S-1001", Wish.CANCEL, "S-1001"),
    ("I want to change the address of order S-1001", Wish.CHANGE, "S-1001"),
    ("Please change my order to 3 packs", Wish.CHANGE, ""),
    ("Bitte meine Bestellung ändern, ich brauche zwei", Wish.CHANGE, ""),
    ("хочу изменить адрес в моём заказе", Wish.CHANGE, ""),
    ("same as last time please", Wish.AGAIN, ""),
    ("Hi, order the same again", Wish.AGAIN, ""),
    ("repeat my last order", Wish.AGAIN, ""),
    ("das Gleiche wie letztes Mal bitte", Wish.AGAIN, ""),
    ("Hallo, nochmal dasselbe", Wish.AGAIN, ""),
    ("то же самое, что в прошлый раз", Wish.AGAIN, ""),
    ("повторите заказ, пожалуйста", Wish.AGAIN, ""),
]
OTHERS = [
    "How do I cancel my order?",
    "Can I change my order?",
    "Wie storniere ich meine Bestellung?",
    "как отменить заказ?",
    "I'd like to cancel the order, the quality was bad last time",
    "my order smells of soap",
    "where do you deliver to?",
    "cancel",
    "change the language",
    "the same problem as last time",
    "my order was cancelled without a reason and I am angry",
    "where is my order S-1001?",  # `mentions.asked_for` takes it, of whomever it is
    "is my order the same as last time?",
    "",
]


@pytest.mark.parametrize(("text", "wish", "number"), WISHES, ids=[text for text, *_ in WISHES])
def test_a_plain_wish_with_an_order_is_known_in_each_language(text: str, wish: Wish, number: str) -> None:
    assert wish_in(text) == Wished(wish, number)


@pytest.mark.parametrize("text", OTHERS)
def test_a_question_about_orders_at_large_or_more_than_a_wish_is_left_to_the_faq(text: str) -> None:
    assert wish_in(text) is None


def test_a_long_story_and_several_lines_are_no_wish() -> None:
    assert wish_in("cancel my order " + "please " * 40) is None
    assert wish_in("cancel my order\nand send me two packs of sencha") is None
