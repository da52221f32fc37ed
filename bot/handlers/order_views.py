"""An order as staff read it: in the topic, in a private chat, in a list.

"📦 S-1042 · shipped", below it what was ordered in the language of the desk, the parcel's page, and what waits for the
customer's consent.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.message import RichText, bold, join, plain
from bot.handlers import form_words, goods, order_words
from bot.handlers.house import House
from bot.i18n import Texts
from bot.orders import form, revision
from bot.orders.definition import CONFIRM
from bot.orders.form import FormState
from bot.orders.store import Order


def described(house: House, order: Order, texts: Texts, now: datetime) -> RichText:
    """Return what staff read of an order: number, state, what was ordered, the parcel's page, what waits."""
    number, state = order_words.titled(house, texts, order), order_words.for_staff(house, texts, order)
    lines = [bold(texts("order_desk.head", number=number, state=state))]
    lines += form_words.titled(summary(house, order, texts.language))
    lines += [plain(order.tracking)] if order.tracking else []
    lines += [plain(waiting(order, texts, now))] if order.proposal else []
    return join(lines)


def waiting(order: Order, texts: Texts, now: datetime) -> str:
    """Return the line about a proposed change: it waits, or may be proposed again by now; empty for none."""
    about = order.proposal or {}
    values = {"label": str(about.get("label", "")), "value": str(about.get("shown", "")), "number": order.number}
    key = "order_desk.waits" if order.waits_for_consent(now) else "order_desk.waited"
    return texts(key, **values) if about else ""


def summary(house: House, order: Order, language: str) -> list[tuple[str, str]]:
    """Return what was ordered in a language; as its customer read it where the form has changed since."""
    definition = house.forms.get(order.form)
    if definition is None or as_confirmed(house, order):
        return list(order.summary)
    state = FormState(definition.key, definition.fingerprint, order.answers, CONFIRM)
    return [
        (row.label, form_words.in_words(house, row.value, language))
        for row in form.summary(definition, state, language)
    ]


def as_confirmed(house: House, order: Order) -> bool:
    """Return whether an order reads as its customer read it: its form asks or costs something else by now."""
    definition = house.forms.get(order.form)
    if definition is None or revision.kept(definition, order.answers):
        return True
    if goods.total(definition, order.answers) != ((order.total, order.currency) if order.currency else None):
        return True
    state = FormState(definition.key, definition.fingerprint, order.answers, CONFIRM)
    found = form.summary(definition, state, house.catalogues.default)
    return len(found) != len([row for row in order.summary if row[1] != "–"])
