"""A cart: what a customer has chosen so far, and what has to be asked about it.

Two Sencha at €7.90 are a line; "tea", of which there are five, is an ask, and so is a third Sencha when two are left.
A line keeps name and price as they were when it was taken, so that it can be told what has changed since. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.orders.answers import Value, Words, joined
from bot.orders.catalogue import Catalogue, Item
from bot.orders.fields import Field, words_in
from bot.orders.money import shown
from bot.orders.toml_source import Texts


class Why(StrEnum):
    """What is to be asked about an item; each is a sentence `items.ask.…` of the catalogues."""

    MANY = "many"
    AGAIN = "again"
    FEW = "few"
    LOW = "low"
    HIGH = "high"
    WHICH = "which"
    SOLD_OUT = "sold_out"
    GONE = "gone"


COUNTS = {Why.MANY, Why.AGAIN, Why.FEW, Why.LOW, Why.HIGH}
"""The asks for a number; the others are for an item."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many pieces of an item.

    Attributes:
        sku: the item's.
        quantity: pieces, one or more.
        price: of one piece when it was taken, in the currency's smallest unit.
        currency: ISO 4217.
        name: with the size, per language.
        shelf: `Item.shelf`.
        days: until it can leave the shop, as it was when the line was taken; 0 when it lies there.
    """

    sku: str
    quantity: int
    price: int
    currency: str
    name: Texts
    shelf: str = ""
    days: int = 0

    @property
    def amount(self) -> int:
        """The price of all pieces."""
        return self.price * self.quantity

    def words(self, language: str) -> Words:
        """Return the line as people read it: "2 × Plum Rooibos, 100 g – €11.80 · takes 3 days"."""
        amount = shown(self.amount, self.currency, language)
        line = Words(text=f"{self.quantity} × {words_in(self.name, language)} – {amount}")
        return joined(line, Words(text=" · "), Words("items.takes", {"n": self.days})) if self.days else line


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that has to be asked before the cart is whole.

    Attributes:
        why: what is asked.
        sku: the item that is meant, empty where that is what is asked.
        name: what it is called, per language.
        skus: the items to choose from.
        quantity: pieces, where they are known.
        said: the customer's words for it.
    """

    why: Why
    sku: str = ""
    name: Texts = field(default_factory=dict)
    skus: tuple[str, ...] = ()
    quantity: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Cart:
    """What is chosen so far.

    Attributes:
        lines: each item once.
        asks: the first one is asked now.
        place: what is shown of the shop: empty for its beginning, `cart` for the lines, or a code `c.…`.
        page: of what is shown, from 0.
    """

    lines: tuple[Line, ...] = ()
    asks: tuple[Ask, ...] = ()
    place: str = ""
    page: int = 0

    def to_value(self) -> dict[str, Any]:
        """Return the JSON form of a cart that is not whole yet."""
        asks = [asdict(one) | {"name": dict(one.name)} for one in self.asks]
        return {"lines": values(self.lines), "asks": asks, "place": self.place, "page": self.page}

    def line(self, sku: str) -> Line | None:
        """Return the line of an item, or None."""
        return next((one for one in self.lines if one.sku == sku), None)

    @property
    def pieces(self) -> int:
        """All pieces of all lines."""
        return sum(one.quantity for one in self.lines)

    def asking(self, ask: Ask) -> Cart:
        """Return the cart with one more thing to ask, behind the others."""
        return replace(self, asks=(*self.asks, ask), place="", page=0)

    def answered(self) -> Cart:
        """Return the cart without what was asked first."""
        return replace(self, asks=self.asks[1:], place="", page=0)

    def without(self, sku: str) -> Cart:
        """Return the cart without an item's line."""
        return replace(self, lines=tuple(one for one in self.lines if one.sku != sku))

    def with_line(self, line: Line) -> Cart:
        """Return the cart with a line, in the place of one of the same item."""
        if self.line(line.sku) is None:
            return replace(self, lines=(*self.lines, line))
        return replace(self, lines=tuple(line if one.sku == line.sku else one for one in self.lines))


def cart_of(so_far: Value | None) -> Cart:
    """Return the cart that `Cart.to_value` wrote; an empty one for anything else."""
    if not isinstance(so_far, dict):
        return Cart()
    asks = tuple(Ask(**{**one, "why": Why(one["why"]), "skus": tuple(one["skus"])}) for one in so_far.get("asks", ()))
    lines = lines_of(so_far.get("lines")) or ()
    return Cart(lines, asks, str(so_far.get("place", "")), int(so_far.get("page", 0)))


def goes_on(before: Value | None, after: Value | None) -> bool:
    """Return whether a part of an answer surely says more than before; of a cart, that it names items for sure."""
    if before == after or not isinstance(after, dict) or "asks" not in after:
        return before != after and after is not None
    was, now = cart_of(before), cart_of(after)
    return now.lines != was.lines or any(ask.why in COUNTS and ask not in was.asks for ask in now.asks)


def lines_of(value: object) -> tuple[Line, ...] | None:
    """Return the lines of a whole answer, None for what is no such answer."""
    if not isinstance(value, list):
        return None
    lines = [_line(one) for one in value]
    whole = [one for one in lines if one is not None]
    return tuple(whole) if len(whole) == len(lines) else None


def _line(one: object) -> Line | None:
    if not isinstance(one, Mapping) or not isinstance(one.get("name"), Mapping) or not one["name"]:
        return None
    sku, currency = one.get("sku"), one.get("currency")
    if not isinstance(sku, str) or not isinstance(currency, str):
        return None
    quantity, price = _whole(one.get("quantity")), _whole(one.get("price"))
    if quantity is None or price is None or quantity < 1 or price < 0:
        return None
    return Line(
        sku, quantity, price, currency, one["name"], str(one.get("shelf", "")), max(0, _whole(one.get("days")) or 0)
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def values(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the JSON form of lines: a whole answer."""
    return [{**asdict(line), "name": dict(line.name)} for line in lines]


def amount_of(lines: Iterable[Line]) -> int:
    """Return what some lines cost, in the currency's smallest unit."""
    return sum(line.amount for line in lines)


def line_of(item: Item, catalogue: Catalogue, quantity: int) -> Line:
    """Return so many pieces of an item as it is now."""
    tags = {*item.name, *item.size} - {""} or {""}
    name = {tag: item.called(tag) for tag in sorted(tags, key=[*item.name, *item.size].index)}
    return Line(item.sku, quantity, item.price, catalogue.currency, name, item.shelf, item.delivery_days)


def most_of(field: Field, cart: Cart, item: Item) -> int:
    """Return how many pieces of an item the cart may hold."""
    others = cart.without(item.sku).pieces
    most = min(field.line_maximum, field.order_maximum - others)
    return most if item.stock is None else min(most, item.stock)


def put(field: Field, cart: Cart, catalogue: Catalogue, item: Item, quantity: int | None) -> Cart:
    """Return the cart with so many pieces of an item in all, or with what has to be asked for that.

    Args:
        field: says how many may be ordered.
        cart: as it stands.
        catalogue: what there is now.
        item: offered at present.
        quantity: None where it is not known.
    """
    name, most = line_of(item, catalogue, 1).name, most_of(field, cart, item)
    ask = Ask(Why.AGAIN if cart.line(item.sku) else Why.MANY, item.sku, name)
    if quantity is None:
        return cart.asking(ask)
    if quantity > most:
        why = Why.FEW if item.stock is not None and quantity > item.stock else Why.HIGH
        return cart.asking(replace(ask, why=why))
    if quantity < field.line_minimum:
        return cart.asking(replace(ask, why=Why.LOW))
    return cart.with_line(line_of(item, catalogue, quantity))


def instead(cart: Cart, catalogue: Catalogue, line: Line, why: Why) -> Cart:
    """Return the cart without a line that cannot be had, and with what there is instead to choose from."""
    others = tuple(
        one.sku for one in catalogue.offered if one.sku != line.sku and line.shelf and one.shelf == line.shelf
    )
    free = tuple(sku for sku in others if cart.line(sku) is None)
    return cart.without(line.sku).asking(Ask(why, line.sku, line.name, free, line.quantity))


def repaired(field: Field, lines: Iterable[Line], catalogue: Catalogue) -> Cart:
    """Return a cart of lines as the shop is now: new prices are taken, and what cannot be had is asked about."""
    cart = Cart(tuple(lines))
    for line in cart.lines:
        item = catalogue.item(line.sku)
        if item is None or not item.offered:
            gone = item is None or not item.enabled
            cart = instead(cart, catalogue, line, Why.GONE if gone else Why.SOLD_OUT)
        else:
            cart = put(field, cart, catalogue, item, line.quantity)
    return cart


def trouble_with(field: Field, lines: tuple[Line, ...], catalogue: Catalogue, language: str) -> Words | None:
    """Return what is wrong with a whole cart as the shop is now, None when it may stand."""
    for line in lines:
        item, name = catalogue.item(line.sku), words_in(line.name, language)
        if item is None or not item.enabled:
            return Words("items.gone", {"item": name})
        if item.stock is not None and item.stock < line.quantity:
            few = Words("items.few", {"item": name, "n": item.stock})
            return few if item.stock else Words("items.sold_out", {"item": name})
        if (line.price, line.currency) != (item.price, catalogue.currency):
            now, before = (
                shown(*one, language) for one in ((item.price, catalogue.currency), (line.price, line.currency))
            )
            return Words("items.price_changed", {"item": name, "price": now, "before": before})
        if line.days != item.delivery_days:
            later = Words("items.takes_now", {"item": name, "n": item.delivery_days})
            return later if item.delivery_days else Words("items.ready_now", {"item": name})
        if not field.line_minimum <= line.quantity <= field.line_maximum:
            return Words("items.limits", {"item": name, "minimum": field.line_minimum, "maximum": field.line_maximum})
    return _size_trouble(field, sum(line.quantity for line in lines))


def _size_trouble(field: Field, pieces: int) -> Words | None:
    if pieces < field.order_minimum:
        return Words("items.too_few", {"n": field.order_minimum})
    if pieces > field.order_maximum:
        return Words("items.too_many", {"n": field.order_maximum})
    return None
