"""The kind items: what the customer orders from the catalogue, with a button or in words, and how much it comes to.

"Sencha" is pressed, "How many?", 2, "Anything else? So far: €15.80", "That is all". Or all at once: "2 sencha and one
rooibos". What is doubtful, sold out, or less than wanted is asked about; nothing that was chosen is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from bot.orders.answers import Accepted, Begun, Moment, Prompt, Reading, Refused, Row, Value, Words, joined
from bot.orders.cart import (
    COUNTS,
    Ask,
    Cart,
    Why,
    amount_of,
    cart_of,
    line_of,
    lines_of,
    most_of,
    put,
    repaired,
    trouble_with,
    values,
)
from bot.orders.catalogue import Catalogue, Item
from bot.orders.fields import Field, words_in
from bot.orders.items_said import Wanted, read_items
from bot.orders.money import shown
from bot.orders.numbers import read_number
from bot.orders.rules import Rules
from bot.orders.words import NO, SKIP, means, word_set

OFFERED = 8
"""Items that are offered at once; more are told apart by category, or on pages."""
COUNTS_OFFERED = 5
LARGEST_CODE = 99
"""The largest number that fits into a button's code beside an SKU."""
DONE = (
    NO
    | SKIP
    | word_set("""
    that that's is it all done nothing else enough finished
    das ist war wars war's alles nichts mehr weiter fertig genug reicht
    это все больше ничего хватит готово достаточно
""")
)
REMOVE = word_set("remove delete entfernen weg loschen loeschen streichen удалить убрать уберите") | SKIP | NO
CART, OTHERS = "cart", "c.others"
_COUNT = re.compile(r"q(\d{1,2})\.(.+)", re.ASCII)


class _Items(Rules):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        catalogue, cart = moment.catalogue, cart_of(moment.so_far)
        if catalogue is None:
            return Refused(Words("items.choose"))
        asked = cart.asks[0] if cart.asks else None
        if asked is None and cart.lines and means(text, DONE):
            return _whole(field, cart, catalogue, moment)
        if asked and asked.why in COUNTS and (count := _count(text)) is not None:
            return _begun(_counted(field, cart, catalogue, asked, count))
        if asked and asked.why not in COUNTS and means(text, NO | SKIP):
            return _begun(cart.answered())
        return _said(field, cart, catalogue, text, moment.language)

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        catalogue, cart = moment.catalogue, cart_of(moment.so_far)
        if catalogue is None:
            return None
        verb, _, rest = code.partition(".")
        if verb == "s" and (item := catalogue.item(rest)):
            earlier = cart.asks and rest not in cart.asks[0].skus  # a button of an earlier question
            return None if earlier else _begun(_chosen(field, cart, catalogue, item))
        if count := _COUNT.fullmatch(code):
            asked = cart.asks[0] if cart.asks else Ask(Why.MANY)
            ours = asked.why in COUNTS and asked.sku == count[2]
            return _begun(_counted(field, cart, catalogue, asked, int(count[1]))) if ours else None
        if cart.asks:
            return _begun(cart.answered()) if code in ("none", "ok") else None
        whole = code == "done" and cart.lines
        return _whole(field, cart, catalogue, moment) if whole else _moved(cart, verb, code)

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        catalogue, cart = moment.catalogue, cart_of(moment.so_far)
        if catalogue is None:
            return ()
        if cart.asks:
            return _asked_codes(field, cart, catalogue)
        if cart.place == CART:
            return (*(f"s.{line.sku}" for line in cart.lines), "top")
        return (*(("done", "edit") if cart.lines else ()), *_shown(cart, catalogue))

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:  # noqa: ARG002
        catalogue, cart = moment.catalogue, cart_of(moment.so_far)
        verb, _, rest = code.partition(".")
        if code in ("done", "edit", "top", "none", "ok", OTHERS) or verb == "p":
            return Words(f"items.button.{'more' if verb == 'p' else code.removeprefix('c.')}")
        if count := _COUNT.fullmatch(code):
            return Words(text=count[1]) if int(count[1]) else Words("items.button.remove")
        if catalogue is None:
            return None
        if verb == "c":
            category = catalogue.shelves.get(rest)
            return Words(text=words_in(category, moment.language)) if category else None
        line, item = cart.line(rest), catalogue.item(rest)
        if line and not cart.asks:
            return Words(text=f"{line.quantity} × {words_in(line.name, moment.language)}")
        return Words(text=_offer(item, catalogue, moment.language)) if item and item.offered else None

    def prompt(self, field: Field, moment: Moment) -> Prompt:
        catalogue, cart = moment.catalogue, cart_of(moment.so_far)
        rows = tuple(Row("", line.words(moment.language)) for line in cart.lines)
        if cart.asks and catalogue:
            rows += _waiting(cart.asks[0], catalogue, moment.language)
            return Prompt(_question(field, cart, catalogue, moment.language), rows)
        if cart.place == CART:
            return Prompt(Words("items.edit"), rows)
        if not cart.lines:
            return Prompt()
        total = shown(amount_of(cart.lines), cart.lines[0].currency, moment.language)
        return Prompt(Words("items.anything_else", {"total": total}), rows)

    def opened(self, field: Field, value: Value, moment: Moment) -> Value | None:
        lines = lines_of(value)
        if not lines or moment.catalogue is None:
            return None
        return repaired(field, lines, moment.catalogue).to_value()

    def earlier(self, field: Field, moment: Moment) -> Value | None:
        cart = cart_of(moment.so_far)
        if cart.asks:
            before = cart.answered()
        elif cart.place or cart.page:
            before = replace(cart, place="", page=0)
        elif cart.lines and moment.catalogue and (item := moment.catalogue.item(cart.lines[-1].sku)) and item.offered:
            before = put(field, cart.without(item.sku), moment.catalogue, item, None)
        else:
            before = replace(cart, lines=cart.lines[:-1])
        return before.to_value() if before.lines or before.asks else None

    def can_wait(self, field: Field, value: Value) -> bool:  # noqa: ARG002
        return bool(lines_of(value))

    def repaired(self, field: Field, value: Value, moment: Moment) -> Value | None:
        return self.opened(field, value, moment)

    def renewed(self, field: Field, value: Value, moment: Moment) -> Value | None:
        """Take the goods that there still are, at the prices of today; the others are left out."""
        there, shop = Cart(), moment.catalogue
        for line in lines_of(value) or ():
            item = shop.item(line.sku) if shop else None
            if shop and item is not None and item.offered:
                more = put(field, there, shop, item, line.quantity)
                there = there if more.asks else more
        now = list(values(there.lines))
        return now if now and not self.trouble(field, now, moment) else None

    def left_out(self, before: Value, now: Value, language: str) -> list[str]:
        stays = {line.sku for line in lines_of(now) or ()}
        return [words_in(line.name, language) for line in lines_of(before) or () if line.sku not in stays]

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        lines = lines_of(value)
        if not lines or moment.catalogue is None or len({line.sku for line in lines}) < len(lines):
            return Words("items.choose")
        return trouble_with(field, lines, moment.catalogue, moment.language)

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        lines = [line.words(language) for line in lines_of(value) or ()]
        if len(lines) == 1:
            return lines[0]
        return joined(*(part for line in lines for part in (Words(text="\n"), line))) if lines else Words(text="–")


def value_said(field: Field, text: str, catalogue: Catalogue) -> Value | None:
    """Return the answer that a text surely gives, for a field that was not asked yet; None where anything is open."""
    wanted = read_items(text, catalogue).wanted
    cart = Cart()
    for one in wanted:
        item = catalogue.item(one.skus[0]) if one.sure and one.quantity else None
        if item is None or not item.offered:
            return None
        cart = put(field, cart, catalogue, item, one.quantity)
    whole = cart.lines and not cart.asks and not trouble_with(field, cart.lines, catalogue, "")
    return list(values(cart.lines)) if whole else None


def _begun(cart: Cart, words: Words | None = None) -> Begun:
    return Begun(cart.to_value(), words)


def _whole(field: Field, cart: Cart, catalogue: Catalogue, moment: Moment) -> Reading:
    """Return the cart as the answer, or what has become wrong with it since its lines were taken."""
    trouble = trouble_with(field, cart.lines, catalogue, moment.language)
    if trouble is None:
        return Accepted(list(values(cart.lines)))
    return _begun(repaired(field, cart.lines, catalogue), trouble)


def _count(text: str) -> int | None:
    """Return the pieces that a text counts, 0 for none of them, None for no count."""
    if means(text, REMOVE):
        return 0
    found = read_number(text)
    return int(found) if found is not None and found == int(found) and found >= 0 else None


def _counted(field: Field, cart: Cart, catalogue: Catalogue, asked: Ask, count: int) -> Cart:
    """Return the cart with so many pieces of the item that was asked about; what else is to be asked waits."""
    item, rest = catalogue.item(asked.sku), cart.answered()
    if count == 0:
        return rest.without(asked.sku)
    if item is None or not item.offered:
        return _first(rest, _unavailable(rest, catalogue, asked, item))
    return _first(rest, put(field, rest, catalogue, item, count))


def _first(rest: Cart, changed: Cart) -> Cart:
    """Return a changed cart with what it asks anew before what waited already."""
    new = len(changed.asks) - len(rest.asks)
    return replace(changed, asks=(*changed.asks[len(rest.asks) :], *rest.asks)) if new > 0 else changed


def _unavailable(cart: Cart, catalogue: Catalogue, asked: Ask, item: Item | None) -> Cart:
    shelf = item.shelf if item else ""
    free = (one for one in catalogue.offered if cart.line(one.sku) is None)
    others = tuple(one.sku for one in free if shelf and one.shelf == shelf)
    why = Why.SOLD_OUT if item and item.enabled else Why.GONE
    return cart.without(asked.sku).asking(replace(asked, why=why, skus=others))


def _chosen(field: Field, cart: Cart, catalogue: Catalogue, item: Item) -> Cart:
    """Return the cart after an item was pressed: how many is asked next, unless that was said already."""
    asked = cart.asks[0] if cart.asks else None
    rest = cart.answered() if asked else cart
    if not item.offered:
        ask = Ask(Why.MANY, item.sku, line_of(item, catalogue, 1).name)
        return _first(rest, _unavailable(rest, catalogue, ask, item))
    meant = asked is not None and item.sku in asked.skus and cart.line(item.sku) is None
    return _first(rest, put(field, rest, catalogue, item, asked.quantity if asked and meant else None))


def _moved(cart: Cart, verb: str, code: str) -> Reading | None:
    """Return the cart with another part of the shop before the customer."""
    match verb:
        case "top":
            return _begun(replace(cart, place="", page=0))
        case "edit" if cart.lines:
            return _begun(replace(cart, place=CART, page=0))
        case "c":
            return _begun(replace(cart, place=code, page=0))
        case "p" if code[2:].isdecimal() and len(code) <= 6:  # noqa: PLR2004 p. and four digits
            return _begun(replace(cart, page=int(code[2:])))
    return None


def _said(field: Field, cart: Cart, catalogue: Catalogue, text: str, language: str) -> Reading:
    """Return the cart with all that a text names; what of it is not sure is asked about, one after the other."""
    reading = read_items(text, catalogue, language)
    if not reading.wanted and cart.asks and cart.asks[0].why in COUNTS:
        return Refused(
            Words("form.number_whole") if read_number(text) else Words("form.wrong_number", {"example": "2"})
        )
    if not reading.wanted:
        said = "; ".join(reading.unknown)
        return Refused(Words("items.unknown", {"said": said}) if said else Words("items.choose"))
    waiting = cart.asks
    if waiting and waiting[0].why not in COUNTS:
        waiting = waiting[1:]
    fresh = replace(cart, asks=(), place="", page=0)
    for one in reading.wanted:
        fresh = _named(field, fresh, catalogue, one)
    known = {ask.sku for ask in fresh.asks} | {line.sku for line in fresh.lines if cart.line(line.sku) is None}
    fresh = replace(fresh, asks=(*fresh.asks, *(ask for ask in waiting if not ask.sku or ask.sku not in known)))
    rest = Words("items.unknown", {"said": "; ".join(reading.unknown)}) if reading.unknown else None
    return _begun(fresh, rest)


def _named(field: Field, cart: Cart, catalogue: Catalogue, wanted: Wanted) -> Cart:
    """Return the cart with something that a text names."""
    items = [item for sku in wanted.skus if (item := catalogue.item(sku))]
    offered = [item for item in items if item.offered]
    if wanted.sure and offered:
        again = cart.line(offered[0].sku) is not None
        return put(field, cart, catalogue, offered[0], None if again else wanted.quantity)
    if not offered:
        ask = Ask(Why.MANY, items[0].sku, line_of(items[0], catalogue, 1).name, (), wanted.quantity)
        return _unavailable(cart, catalogue, ask, items[0])
    skus = tuple(item.sku for item in offered)
    return cart.asking(Ask(Why.WHICH, "", {}, skus, wanted.quantity, wanted.said))


def _asked_codes(field: Field, cart: Cart, catalogue: Catalogue) -> tuple[str, ...]:
    asked = cart.asks[0]
    if asked.why not in COUNTS:
        found = (sku for sku in asked.skus if (item := catalogue.item(sku)) and item.offered)
        offered = tuple(f"s.{sku}" for sku in islice(found, OFFERED))
        return (*offered, "none") if offered else ("ok",)
    item = catalogue.item(asked.sku)
    most = most_of(field, cart, item) if item else 0
    counts = range(field.line_minimum, min(most, LARGEST_CODE, field.line_minimum + COUNTS_OFFERED - 1) + 1)
    return (*(f"q{count}.{asked.sku}" for count in counts), f"q0.{asked.sku}")


def _shown(cart: Cart, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the codes of what is shown of the shop: all items, its categories, or a page of items."""
    shelves, offered = catalogue.shelves, catalogue.offered
    if len(offered) <= OFFERED:
        return tuple(f"s.{item.sku}" for item in offered)
    if len(shelves) > 1 and not cart.place:
        others = any(not item.shelf for item in offered)
        return _paged([*(f"c.{shelf}" for shelf in shelves), *([OTHERS] if others else [])], cart.page)
    wanted = "" if cart.place == OTHERS else cart.place.removeprefix("c.")
    here = [f"s.{item.sku}" for item in offered if not cart.place or item.shelf == wanted]
    return (*_paged(here, cart.page), *(("top",) if cart.place else ()))


def _paged(codes: Sequence[str], page: int) -> tuple[str, ...]:
    """Return a page of codes, and one that leads to the next; behind the last page comes the first."""
    pages = -(-len(codes) // OFFERED)
    at = page % pages if pages else 0
    here = codes[at * OFFERED : (at + 1) * OFFERED]
    return (*here, *((f"p.{(at + 1) % pages}",) if pages > 1 else ()))


def _offer(item: Item, catalogue: Catalogue, language: str) -> str:
    return f"{item.called(language)} · {shown(item.price, catalogue.currency, language)}"


def _waiting(asked: Ask, catalogue: Catalogue, language: str) -> tuple[Row, ...]:
    """Return the line that says how long an item takes of which so many are asked for; none when it lies there."""
    item = catalogue.item(asked.sku) if asked.why in COUNTS else None
    if item is None or not item.delivery_days:
        return ()
    name = words_in(asked.name, language)
    return (Row("", Words("items.takes_long", {"item": name, "n": item.delivery_days})),)


def _question(field: Field, cart: Cart, catalogue: Catalogue, language: str) -> Words:
    """Return the sentence that asks the first thing that is open."""
    asked = cart.asks[0]
    item = catalogue.item(asked.sku)
    arguments: dict[str, str | int] = {"item": words_in(asked.name, language), "said": asked.said}
    if item and asked.why in COUNTS:
        have = cart.line(item.sku)
        most = max(0, most_of(field, cart, item))
        arguments |= {"price": shown(item.price, catalogue.currency, language), "have": have.quantity if have else 0}
        arguments |= {"minimum": field.line_minimum, "maximum": most}
    alone = asked.why in (Why.GONE, Why.SOLD_OUT) and _asked_codes(field, cart, catalogue) == ("ok",)
    return Words(f"items.ask.{asked.why}{'_alone' if alone else ''}", arguments)


ITEMS: Rules = _Items()
