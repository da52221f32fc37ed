"""An order of the shop's own form and catalogue, as a customer of any language confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.handlers import form_words, goods
from bot.handlers.house import House
from bot.messaging import conversations
from bot.orders import catalogue_file, form, store
from bot.orders.cart import line_of, values
from bot.orders.definition import CONFIRM, load as load_form
from bot.orders.form import FormState
from bot.orders.forms import Forms
from bot.orders.store import Order

ROOT = Path(__file__).parents[2]

ELSE: dict[str, Any] = {
    "delivery": "home",
    "address": {
        "street": "Lindenallee", "house_number": "12", "extra": "",
        "postcode": "04107", "town": "Leipzig", "country": "DE",
    },
    "window": {"date": "2026-11-27", "from": "14:00", "to": "18:00"},
    "name": "Вера Смирнова",
    "phone": "+491701234567",
    "comment": "Позвоните, пожалуйста: домофон 12",
    "terms": {"yes": True, "at": "2026-11-23"},
}  # fmt: skip


def with_shop(house: House) -> House:
    """Let a house have the shop's own form and catalogue."""
    house.forms = Forms((load_form(ROOT / "config" / "order_form.toml"),))
    house.shelf.catalogue = catalogue_file.load(ROOT / "config" / "catalogue.csv", "EUR")
    return house


def cart_of(house: House, *wanted: tuple[str, int]) -> list[dict[str, Any]]:
    """Return the answer that so many pieces of these items are."""
    catalogue = house.shelf.catalogue
    assert catalogue is not None
    items = [(catalogue.item(sku), count) for sku, count in wanted]
    return list(values([line_of(item, catalogue, count) for item, count in items if item]))


def summary_of(house: House, answers: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return what a customer of this language confirms."""
    definition = house.forms.main
    assert definition is not None
    state = FormState(definition.key, definition.fingerprint, answers, CONFIRM)
    found = form.summary(definition, state, language)
    return [(row.label, form_words.in_words(house, row.value, language)) for row in found]


def cart_ordered(house: House, conn: Connection, name: str, language: str, wanted: Sequence[tuple[str, int]]) -> Order:
    """Let somebody who speaks this language have ordered these items."""
    definition, now = with_shop(house).forms.main, house.clock()
    assert definition is not None
    whole = {"items": cart_of(house, *wanted), **ELSE}
    who, _ = conversations.meet(conn, Place("webchat", f"c{name}"), Author(f"c{name}", name), language, now)
    rows, total = summary_of(house, whole, language), goods.total(definition, whole)
    return store.confirm(conn, who.id, who.customer_id, definition.key, whole, rows, now, total)
