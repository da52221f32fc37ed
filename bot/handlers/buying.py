"""Who begins with goods: an order is begun for who wishes for them, and offered to who only names one.

"2 sencha please" begins an order with two; "Plum Rooibos" is answered with its price and a button that orders it, and
with what else there is where it is sold out.
"""

from __future__ import annotations

from bot.domain.conversation import Pressed
from bot.domain.message import Button
from bot.faq.asking import inquires
from bot.handlers import filling, order, question
from bot.handlers.form_words import PREFIX, moment_of
from bot.handlers.question import Asked
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, rows, say
from bot.orders import drafts
from bot.orders.answers import Words
from bot.orders.beside import agreed
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import FormDefinition
from bot.orders.form import Say
from bot.orders.goods_said import counts_unknown, named_item, wishes_at_large, wishes_goods
from bot.orders.money import shown
from bot.orders.understood import understood, wishes

BUY = "buy"
"""The action of a button that orders an item, `buy:SKU`; in the flow: the SKU of the one that is offered."""
OFFERED = 6


def wished(turn: Turn, text: str, asked: Asked) -> Sayings | None:
    """Begin the form that takes orders for who surely wishes to order, or offer what is named; None for all else.

    What equals a phrasing of the FAQ is answered by it, and so is what asks.
    """
    definition = turn.house.forms.main
    exact = asked.match is not None and asked.match.exact and asked.sure is not None
    if definition is None or exact:
        return None
    offered = str(turn.flow.get(BUY, ""))
    if offered and agreed(text, (texts("goods.button") for texts in turn.house.catalogues.values())):
        turn.wait_for()
        return _ordered(turn, definition, offered)
    if inquires(text):
        return None
    leads = {"order", f"{PREFIX}{definition.key}"}
    leads_there = asked.sure is not None and any(button.action in leads for button in asked.sure.buttons)
    moment = moment_of(turn)  # looks at the shelf, which a plain question should not pay for
    found = understood(definition, text, moment)
    if wishes(text, found, offered=leads_there) or wishes_goods(definition, text, moment):
        return _begun(turn, definition, text, asked)
    unsure = moment.catalogue if asked.sure is None else None
    unknown = counts_unknown(text, unsure) if unsure else ""
    if unknown or wishes_at_large(text):
        return _begun(turn, definition, text, asked, unknown, goods=False)
    item = named_item(text, unsure) if unsure else None
    return _offer(turn, item, unsure, asked, text) if item and unsure else None


def _begun(
    turn: Turn, definition: FormDefinition, text: str, asked: Asked, unknown: str = "", *, goods: bool = True
) -> Sayings:
    if asked.match is not None:
        question.adopt_language(turn, text, asked.match)
    known = drafts.get(turn.conn, turn.conversation.id, definition.key)
    if unknown and known is None:
        return order.start(turn, definition, Say(Words("items.unknown", {"said": unknown})))
    return filling.begin(turn, definition, text if goods else "")


def _offer(turn: Turn, item: Item, shop: Catalogue, asked: Asked, text: str) -> Sayings:
    """Tell what an item costs and offer to order it; of one that is sold out, what else there is."""
    if asked.match is not None:
        question.adopt_language(turn, text, asked.match)
    language = turn.conversation.language
    human = Button(turn.texts("button.human"), "human")
    if item.offered:
        price = shown(item.price, shop.currency, language)
        turn.wait_for(**{BUY: item.sku})
        told = turn.texts("goods.offer", item=item.called(language), price=price)
        return [say(told, rows(Button(turn.texts("goods.button"), f"{BUY}:{item.sku}"), human, width=2))]
    others = [one for one in shop.offered if not item.shelf or one.shelf == item.shelf][:OFFERED]
    key = "goods.sold_out" if others else "goods.sold_out_alone"
    buttons = [
        Button(f"{one.called(language)} · {shown(one.price, shop.currency, language)}", f"{BUY}:{one.sku}")
        for one in others
    ]
    return [say(turn.texts(key, item=item.called(language)), rows(*buttons, human))]


def pressed(turn: Turn, press: Pressed, sku: str) -> Sayings:
    """Begin an order with the item of a button."""
    done: Sayings = [answer_press(press.place, press.press)]
    definition, drop = turn.house.forms.main, drop_buttons(press.place, press.message)
    if definition is None:
        return [*done, say(turn.texts("order.none")), drop]
    return [*done, *_ordered(turn, definition, sku), drop]


def _ordered(turn: Turn, definition: FormDefinition, sku: str) -> Sayings:
    """Begin an order with an item, of which the number is asked; one that is gone meanwhile is told there."""
    shop = moment_of(turn).catalogue
    item = shop.item(sku) if shop else None
    name = item.called(turn.conversation.language) if item and item.enabled else ""
    return filling.begin(turn, definition, name)
