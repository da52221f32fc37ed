"""An answer of an order as staff write it for its customer, and why it will not do, in words for staff.

"pickup" is understood as the option of that key, "-" empties what may be left out, "3 sencha" is a whole cart. The form
speaks to customers ("a colleague will help you"); who works there reads what may be written instead. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from bot.orders.address_parts import only_in
from bot.orders.answers import Accepted, Begun, Moment, Reading, Refused, Value, Words
from bot.orders.cart import lines_of, values
from bot.orders.cart_changes import cart_written
from bot.orders.fields import Field, Kind, words_in
from bot.orders.kinds import rules_of
from bot.orders.rules import checked

EMPTY = frozenset("-–—")
BY_CUSTOMER = frozenset({Kind.CONSENT, Kind.FILE, Kind.CONFIRM})
"""What only the customer can give."""
_CHOICES = frozenset({Kind.CHOICE, Kind.DELIVERY, Kind.SEVERAL})
_UNKNOWN = frozenset({"form.choose", "form.several_choose"})
_SEVERAL = frozenset({"form.which_option", "form.which_phone", "form.which_day", "form.which_window"})
_BOUNDS = {"form.number_high": "order_change.number_high", "form.number_low": "order_change.number_low"}


def label_of(field: Field, language: str) -> str:
    """Return how the summary names a field."""
    return words_in(field.label, language) or field.key


def written(field: Field, text: str, here: Moment, had: Value | None) -> Value | Words | None:
    """Return what staff wrote as a field's answer: a whole one, None to leave it out, or words on why it will not do.

    Args:
        field: of the form.
        text: what was written.
        here: with the other answers, in the language of whoever wrote it.
        had: the field's answer so far.
    """
    label = {"label": label_of(field, here.language)}
    if field.kind in BY_CUSTOMER:
        return Words("order_change.by_customer", label)
    if not text:
        return Words("order_change.no_value", label)
    if text in EMPTY:
        return Words("order_change.not_empty", label) if field.required else None
    return _cart(field, text, here, had) if field.kind is Kind.ITEMS else _read(field, text, here)


def _read(field: Field, text: str, here: Moment) -> Value | Words:
    reading = _by_key(field, text, here) or rules_of(field).read(field, text, here)
    if isinstance(reading, Begun):
        reading = rules_of(field).picked(field, "done", replace(here, so_far=reading.so_far)) or reading
    match reading:
        case Accepted(value):
            return value
        case Begun(so_far):
            if _is_elsewhere(field, so_far):
                return Words("order_change.only_in", only_in(field, here.language).arguments)
            return Words("order_change.in_parts", {"label": label_of(field, here.language)})
    return for_staff(field, reading, here)


def _is_elsewhere(field: Field, so_far: Value) -> bool:
    """Return whether an address that is begun is in a country to which nothing goes."""
    parts = so_far.get("parts") if field.kind is Kind.ADDRESS and isinstance(so_far, dict) else None
    country = parts.get("country") if parts else ""
    return bool(field.countries and country and country not in field.countries)


def _cart(field: Field, text: str, here: Moment, had: Value | None) -> Value | Words:
    if here.catalogue is None:
        return Words("order_change.no_catalogue")
    lines = cart_written(field, text, here.catalogue, lines_of(had) or (), here.language)
    return lines if isinstance(lines, Words) else list(values(lines))


def _by_key(field: Field, text: str, here: Moment) -> Reading | None:
    """Return the options whose keys were written, None where it is something else."""
    keys = [part.strip().lower() for part in text.split(",")]
    if field.kind not in _CHOICES or not all(field.option(key) for key in keys):
        return None
    if field.kind is Kind.SEVERAL:
        value: Value = [one.key for one in field.options if one.key in keys]
    else:
        value = keys[0]
    return None if field.kind is not Kind.SEVERAL and len(keys) > 1 else checked(rules_of(field), field, value, here)


def for_staff(field: Field, refused: Refused, here: Moment) -> Words:
    """Return why an answer will not do, as staff read it."""
    said, label = refused.words, label_of(field, here.language)
    if said.key in _UNKNOWN:
        return Words("order_change.unknown_option", {"label": label, "options": _options(field, here.language)})
    if said.key in _SEVERAL and (meant := _meant(field, refused.codes, here)):
        return Words("order_change.which_of", {"label": label, "options": meant})
    if said.key in _BOUNDS:
        return Words(_BOUNDS[said.key], {"label": label, **said.arguments})
    if said.key == "form.only_in":
        return Words("order_change.only_in", said.arguments)
    if said.key == "form.window_full":
        return Words("order_change.no_window")
    return Words(parts=(Words("order_change.form_says", {"label": label}), Words(text=" "), said))


def _options(field: Field, language: str) -> str:
    return " · ".join(words_in(one.label, language) for one in field.options)


def _meant(field: Field, codes: tuple[str, ...], here: Moment) -> str:
    labels = [rules_of(field).label(field, code, here) for code in codes]
    return " · ".join(one.text for one in labels if one is not None and one.text)
