"""What of a customer's last order can stand for the next one, and what never does.

Anna orders tea every month: her items, address, name and phone can be the same, if she says so. The day, the comment
and what she agreed to are asked anew; a consent only where the owner lets it stand for so many days, it was given to
the very same words, and those days are not over.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.orders.answers import Moment, Value
from bot.orders.definition import FormDefinition
from bot.orders.fields import Field, Kind
from bot.orders.kinds import rules_of
from bot.orders.state import Answers, FormState, next_field, visible

WORDING = "of"
"""In a consent as an order keeps it: what names the words that were agreed to."""
PERSONAL = {"person", "address", "phone", "email"}
PERSONAL_KEYS = {"name", "address"}
"""Fields of the kind text that are about the person."""
ONCE = {"date", "window", "file", "comment", "long_text"}
"""Kinds whose answers belong to one order only."""


def again(definition: FormDefinition, last: Answers, moment: Moment, *, whole: bool) -> dict[str, Value | None]:
    """Return what of the last answers can stand now.

    Args:
        definition: the form.
        last: the answers of the last order.
        moment: when and in which language.
        whole: all that can be the same, and nothing for what is optional and belongs to one order; else only what is
            about the person.
    """
    known: dict[str, Value | None] = {}
    for field in definition.fields:
        value, here = last.get(field.key), replace(moment, answers=known)
        stands = _as_it_stands(field, value, here) if value is not None else None
        if stands is not None and (whole or _is_personal(field)):
            known[field.key] = stands
        elif whole and not field.required and (value is None or _is_once(field)):
            known[field.key] = None
    return known


def not_again(definition: FormDefinition, last: Answers, moment: Moment) -> tuple[Field, ...]:
    """Return the fields of the last order whose answers were to stand and cannot any more, as items that are sold."""
    taken = again(definition, last, moment, whole=True)
    lost = [one for one in visible(definition, {**last, **taken}) if last.get(one.key) is not None]
    return tuple(
        one for one in lost if taken.get(one.key) is None and not _is_once(one) and one.kind is not Kind.CONSENT
    )


def filled(definition: FormDefinition, answers: Answers) -> FormState:
    """Return a form that has these answers, at its first question that has none."""
    return FormState(definition.key, definition.fingerprint, answers, next_field(definition, answers))


def signed(definition: FormDefinition, answers: Mapping[str, Value]) -> dict[str, Value]:
    """Return what is ordered with what each consent was given to, for the order to keep."""
    kept = dict(answers)
    for field in definition.fields:
        value = kept.get(field.key)
        if field.kind is Kind.CONSENT and isinstance(value, dict):
            kept[field.key] = {**value, WORDING: wording(field)}
    return kept


def wording(field: Field) -> str:
    """Return 8 hex digits of the words that a consent is given to; they differ when any word does."""
    said = json.dumps([field.label, field.question, field.help], sort_keys=True, default=dict)
    return f"{zlib.crc32(said.encode()):08x}"


def left_out(definition: FormDefinition, last: Answers, moment: Moment) -> list[str]:
    """Return the names of what was a part of an answer of last time and is not of that which can stand now."""
    taken, language = again(definition, last, moment, whole=True), moment.language
    both = ((one, last.get(one.key), taken.get(one.key)) for one in definition.fields)
    return [
        name
        for one, before, now in both
        if before is not None and now is not None
        for name in rules_of(one).left_out(before, now, language)
    ]


def _as_it_stands(field: Field, value: Value, moment: Moment) -> Value | None:
    """Return an answer of last time as it can be one now, None where it cannot."""
    rules = rules_of(field)
    if field.kind is Kind.CONSENT:
        return value if _agreed(field, value, moment) and not rules.trouble(field, value, moment) else None
    if _is_once(field) or not rules.carries_over:
        return None
    return rules.renewed(field, value, moment)


def _agreed(field: Field, value: Value, moment: Moment) -> bool:
    """Return whether a consent to these words was given so short a time ago that the owner lets it stand."""
    if not field.renew_after_days or not isinstance(value, dict) or value.get("yes") is not True:
        return False
    try:
        given = date.fromisoformat(str(value.get("at")))
    except ValueError:
        return False
    in_time = timedelta(0) <= moment.today - given <= timedelta(days=field.renew_after_days)
    return in_time and value.get(WORDING) == wording(field)


def _is_once(field: Field) -> bool:
    """Return whether an answer belongs to one order; what is optional and in any words is a remark on it."""
    return field.kind.value in ONCE or (field.kind is Kind.TEXT and not field.required)


def _is_personal(field: Field) -> bool:
    agreed = field.kind is Kind.CONSENT
    return agreed or field.kind.value in PERSONAL or (field.kind is Kind.TEXT and field.key in PERSONAL_KEYS)
