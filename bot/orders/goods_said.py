"""First words that name goods or wish to order at large, without a word for it that a form would know.

"zwei Sencha" counts goods and is an order; "сливовый ройбуш" only names one, which is offered; "Ich möchte was
bestellen" wishes to order and says nothing of what; "ein Packung Earl Grey" counts what the shop does not have.
Questions are for the FAQ. Pure.
"""

from __future__ import annotations

import re

from bot.orders.answers import Moment
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import FormDefinition
from bot.orders.items_said import COUNTED, Wanted, read_items
from bot.orders.numbers import NUMBER_WORDS
from bot.orders.slot_words import GREETING
from bot.orders.understood import UNWANTED, goods_in, understood, wishes
from bot.orders.words import POLITE, word_set, words_of

LONGEST_NAME = 8
"""Words of a message that only names something."""
MOST_UNKNOWN = 4
_ORDERS = word_set("""
    order buy purchase shop bestellen bestelle bestell kaufen kaufe einkaufen shoppen
    заказать закажу заказывать купить куплю приобрести оформить
""")
_AT_LARGE = word_set("""
    i i'd we we'd want would like to wish can may could need have place make an a new the something some stuff things
    goods online here now please hi hello hey there from you your shop my first
    ich wir mochte mochten moechte will wollen wurde wurden hatte gern gerne was etwas einen eine bestellung einkauf
    aufgeben machen tatigen bei euch ihnen hier jetzt mal neue waren ware neu
    я мы мне хочу хотим хотел хотела бы хотелось можно нужно надо что-то что нибудь что-нибудь чтото у вас сейчас
    сделать новый заказ товар товары один
""")


def _bare(text: str) -> str:
    return GREETING.sub("", text).strip(" ,.!\n")


def wishes_at_large(text: str) -> bool:
    """Return whether a message says nothing but that somebody wants to order."""
    said = set(words_of(_bare(text))) - POLITE
    return "?" not in text and not said.isdisjoint(_ORDERS) and said <= _ORDERS | _AT_LARGE


def counts_goods(text: str, catalogue: Catalogue) -> bool:
    """Return whether a message is nothing but goods, at least one of them counted: "2 sencha please"."""
    bare = _bare(text)
    reading = read_items(bare, catalogue)
    counted = any(one.quantity for one in reading.wanted)
    return "?" not in text and counted and not reading.unknown and all(one.sure for one in reading.wanted)


def named_item(text: str, catalogue: Catalogue) -> Item | None:
    """Return the one item that a message names and does nothing else; None for all else."""
    bare = _bare(text)
    wanted = read_items(bare, catalogue)
    if "?" in text or len(words_of(bare)) > LONGEST_NAME or wanted.unknown or len(wanted.wanted) != 1:
        return None
    one: Wanted = wanted.wanted[0]
    return catalogue.item(one.skus[0]) if one.sure else None


def counts_unknown(text: str, catalogue: Catalogue) -> str:
    """Return the words for something that is counted by the pack and not in the shop; empty for all else."""
    bare = _bare(text)
    words = [word for word in words_of(bare) if word not in POLITE]
    counted = len(words) > 2 and _is_number(words[0]) and words[1] in COUNTED  # noqa: PLR2004 a number, a unit, a name
    if "?" in text or not counted or len(words) > MOST_UNKNOWN + 2 or read_items(bare, catalogue).wanted:
        return ""
    found = re.search(rf"{re.escape(bare.split()[1])}\W+(?:of\s+|von\s+)?(.+)", bare, re.IGNORECASE)
    said = " ".join(word for word in (found[1] if found else "").split() if words_of(word)[:1] != [""])
    return " ".join(word for word in said.split() if not POLITE.intersection(words_of(word))).strip(" ,.!")


def _is_number(word: str) -> bool:
    return word.isdecimal() or word in NUMBER_WORDS


def wishes_goods(definition: FormDefinition, text: str, moment: Moment) -> bool:
    """Return whether a message wishes for goods of the catalogue, whatever else of the form it says."""
    shop, found = moment.catalogue, understood(definition, text, moment)
    if shop is None or not UNWANTED.isdisjoint(words_of(text)):
        return False
    return wishes(text, found) or counts_goods(goods_in(definition, text, moment), shop)
