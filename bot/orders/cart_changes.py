"""What staff write of a cart: all of it, or what comes to it and what goes.

"3 sencha, 1 rooibos" is the whole cart from then on; "+1 rooibos" adds to what is in it, "-1 rooibos" takes one away,
and "-rooibos" all of them. Nothing is asked back: whatever is in doubt is refused with what is wrong. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.orders.answers import Words
from bot.orders.cart import Cart, Line, line_of, most_of, trouble_with
from bot.orders.catalogue import Catalogue, Item
from bot.orders.fields import Field
from bot.orders.items_said import Wanted, read_items

_SIGNED = re.compile(r"(?P<plus>\+\s*)|(?P<minus>[-–−](?=\S))")
_BETWEEN = re.compile(r"[,\n]")
_SHOWN = 8
"""Items that a refusal names at most."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Words with the sign before them: + or -, empty for a cart that is written whole."""

    sign: str
    words: str


def cart_written(
    field: Field, text: str, catalogue: Catalogue, had: Sequence[Line], language: str
) -> tuple[Line, ...] | Words:
    """Return the lines of the cart that staff mean, at the prices of today, or why it cannot be.

    Args:
        field: says how many may be ordered.
        text: what was written.
        catalogue: what there is; the order's own pieces count as there.
        had: the order's lines.
        language: of whoever reads a refusal.
    """
    parts = list(_parts(text))
    changes = any(part.sign for part in parts)
    cart = Cart(tuple(_as_today(catalogue, line) for line in had)) if changes else Cart()
    for part in parts:
        reading = read_items(part.words, catalogue)
        unknown = "; ".join(reading.unknown) or ("" if reading.wanted else part.words)
        if unknown:
            return Words("order_change.no_item", {"said": unknown})
        for wanted in reading.wanted:
            after = _with(field, cart, catalogue, wanted, part.sign, language)
            if isinstance(after, Words):
                return after
            cart = after
    if not cart.lines:
        return Words("order_change.empty_cart")
    return trouble_with(field, cart.lines, catalogue, language) or cart.lines


def _parts(text: str) -> Iterator[_Part]:
    """Yield the stretches that belong together: all of the text, or one behind each sign."""
    if not any(_SIGNED.match(part.strip()) for part in _BETWEEN.split(text)):
        yield _Part("", text)
        return
    sign = "+"
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        signed = _SIGNED.match(part)
        sign = ("+" if signed["plus"] else "-") if signed else sign
        yield _Part(sign, part[signed.end() :] if signed else part)


def _as_today(catalogue: Catalogue, line: Line) -> Line:
    item = catalogue.item(line.sku)
    return line_of(item, catalogue, line.quantity) if item else line


def _with(field: Field, cart: Cart, catalogue: Catalogue, wanted: Wanted, sign: str, language: str) -> Cart | Words:
    """Return the cart with what a stretch of the text means."""
    items = [item for sku in wanted.skus if (item := catalogue.item(sku))]
    if not wanted.sure:
        named = ", ".join(item.called(language) for item in items[:_SHOWN])
        return Words("order_change.which_item", {"said": wanted.said, "items": named})
    item, line = items[0], cart.line(items[0].sku)
    if sign == "-":
        return _less(field, cart, catalogue, item, wanted.quantity, language)
    if not item.offered:
        return Words("order_change.not_offered", {"item": item.called(language)})
    if sign == "+":
        return _put(field, cart, catalogue, item, (line.quantity if line else 0) + (wanted.quantity or 1), language)
    if wanted.quantity is None:
        return Words("order_change.how_many", {"item": item.called(language)})
    return _put(field, cart, catalogue, item, wanted.quantity, language)


def _less(field: Field, cart: Cart, catalogue: Catalogue, item: Item, count: int | None, language: str) -> Cart | Words:
    line = cart.line(item.sku)
    if line is None:
        return Words("order_change.not_in_cart", {"item": item.called(language)})
    if count is None or count >= line.quantity:
        return cart.without(item.sku)
    return _put(field, cart, catalogue, item, line.quantity - count, language)


def _put(field: Field, cart: Cart, catalogue: Catalogue, item: Item, count: int, language: str) -> Cart | Words:
    """Return the cart with so many of an item in all, or how many there may be."""
    most, name = most_of(field, cart, item), item.called(language)
    if count > most:
        few = item.stock is not None and most == item.stock
        return Words("order_change.in_stock" if few else "order_change.at_most", {"item": name, "most": max(0, most)})
    if count < field.line_minimum:
        return Words("order_change.at_least", {"item": name, "least": field.line_minimum})
    return cart.with_line(line_of(item, catalogue, count))
