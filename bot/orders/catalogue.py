"""What the shop sells: `config/catalogue.csv`, a row an item, as the owner's spreadsheet saves it.

    sku;name_en;name_de;size;price;stock;delivery_days
    sencha;Green Courtyard Sencha;Grüner Hof Sencha;100 g;7,90;24;

Pure: what the file says, and with `with_left` what orders have left of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from bot.orders.fields import words_in
from bot.orders.toml_source import Texts

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be ordered.

    Attributes:
        sku: the shop's own name of it, `[A-Za-z0-9][A-Za-z0-9_-]{0,15}`, unique whatever the case.
        name: per language; at least one.
        price: in the currency's smallest unit, 0 or more.
        stock: pieces that are left; None where nobody counts.
        delivery_days: days until it can leave the shop; 0 when it lies there.
        size: of one piece, per language, such as "100 g"; may be empty.
        category: what it stands under, per language; may be empty.
        synonyms: what people call it too, of all languages.
        enabled: false takes it off the shelf for a while.
    """

    sku: str
    name: Texts
    price: int
    stock: int | None = None
    delivery_days: int = 0
    size: Texts = field(default_factory=dict)
    category: Texts = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def offered(self) -> bool:
        """Whether one could be had now."""
        return self.enabled and self.stock != 0

    def called(self, language: str) -> str:
        """Return name and size: "Plum Rooibos, 100 g"."""
        return called(self.name, self.size, language)

    @property
    def shelf(self) -> str:
        """Eight hex digits of its category; empty where it has none."""
        key = next(iter(self.category.values()), "")
        return f"{zlib.crc32(key.encode()):08x}" if key else ""


def called(name: Texts, size: Texts, language: str) -> str:
    """Return a name with its size in a language."""
    return ", ".join(filter(None, (words_in(name, language), words_in(size, language))))


@dataclass(frozen=True)
class Catalogue:
    """All items, in the order of the file; prices are in one currency."""

    items: tuple[Item, ...]
    currency: str
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, reckon: Callable[[Catalogue], T]) -> T:
        """Return what follows from anything but the stock: reckoned once a file, however often something is sold."""
        if reckon not in self._known:
            self._known[reckon] = reckon(self)
        found: T = self._known[reckon]
        return found

    @cached_property
    def _by_sku(self) -> Mapping[str, Item]:
        return {item.sku: item for item in self.items}

    def item(self, sku: object) -> Item | None:
        """Return the item with this SKU, or None."""
        return self._by_sku.get(sku) if isinstance(sku, str) else None

    @cached_property
    def offered(self) -> tuple[Item, ...]:
        """The items that could be had now."""
        return tuple(item for item in self.items if item.offered)

    @cached_property
    def shelves(self) -> Mapping[str, Texts]:
        """The categories of which something could be had, by `Item.shelf`."""
        return {item.shelf: item.category for item in self.offered if item.shelf}

    def alternatives(self, sku: str, category: Texts) -> tuple[Item, ...]:
        """Return what else of a category could be had instead of an item."""
        return tuple(item for item in self.offered if item.sku != sku and category and item.category == category)

    def with_left(self, left: Mapping[str, int]) -> Catalogue:
        """Return the catalogue with what is left by SKU; what is not counted stays so, and less than none is none."""
        sold = {item.sku: max(0, left[item.sku]) for item in self.items if item.stock is not None and item.sku in left}
        items = [
            item if sold.get(item.sku, item.stock) == item.stock else replace(item, stock=sold[item.sku])
            for item in self.items
        ]
        return Catalogue(tuple(items), self.currency, self._known)
