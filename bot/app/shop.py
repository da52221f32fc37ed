"""The shop as its owner wrote it: what it sells, and the forms in which customers order."""

from __future__ import annotations

from bot.handlers.start import COMMANDS
from bot.orders import forms
from bot.orders.fields import Kind
from bot.orders.forms import Forms
from bot.orders.shelf import Shelf
from bot.orders.toml_source import FormBroken
from bot.settings import Settings
from bot.storage.database import Database


def shelf_of(settings: Settings, database: Database, alarms: dict[str, str]) -> Shelf:
    """Return what the shop sells.

    Raises:
        CatalogueBroken: the catalogue is there and cannot be used.
    """
    return Shelf(settings.path(settings.orders.catalogue), settings.orders.currency, database, alarms)


def named_forms(settings: Settings) -> Forms:
    """Return the forms as they are written, for whoever only names them.

    Raises:
        FormBroken: one is broken.
    """
    orders = settings.orders
    main, more = settings.path(orders.form), settings.path(orders.more_forms)
    return forms.load_all(main, more, COMMANDS, orders.currency)


def form_keys(settings: Settings) -> list[str]:
    """Return the keys of the forms.

    Raises:
        FormBroken: one is broken.
    """
    return [form.key for form in named_forms(settings)]


def forms_of(settings: Settings, shelf: Shelf) -> Forms:
    """Return the forms.

    Raises:
        FormBroken: one is broken, or asks for items where the shop has no catalogue.
    """
    found = named_forms(settings)
    for form in found:
        asked = [field.key for field in form.fields if field.kind is Kind.ITEMS]
        if asked and shelf.catalogue is None:
            raise FormBroken(shelf.path, "", 0, f"is not there, and the form {form.key} asks for {asked[0]} of it")
    return found
