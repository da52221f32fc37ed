"""Where a customer is in a form, and what follows from the answers so far.

Anna chose pick-up, so her address is not called for; had she given it before, it would still be kept.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field as having
from typing import Any

from bot.orders.answers import Value
from bot.orders.definition import CONFIRM, FormDefinition
from bot.orders.fields import OTHER, Field

Answers = Mapping[str, Value | None]
"""Field key -> answer; None when the customer left the field out."""


@dataclass(frozen=True, slots=True)
class FormState:
    """Where a customer is in a form.

    Attributes:
        form: the form's key.
        fingerprint: of the definition that the answers were checked by.
        answers: all that was answered, also of fields that are hidden at present.
        current: key of the field that is asked, `confirm`, or empty when the form is over.
        editing: `current` was reached from the summary.
        so_far: what was said already of the current field's answer, where that is given in several parts.
        begun: field key -> what was said in passing of an answer that is asked for later, its `so_far` to be.
    """

    form: str
    fingerprint: str
    answers: Answers
    current: str
    editing: bool = False
    so_far: Value | None = None
    begun: Mapping[str, Value] = having(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "form": self.form,
            "fingerprint": self.fingerprint,
            "answers": dict(self.answers),
            "current": self.current,
            "editing": self.editing,
            "so_far": self.so_far,
            "begun": dict(self.begun),
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> FormState:
        """Read what `to_dict` wrote."""
        form, fingerprint, answers = body["form"], body["fingerprint"], dict(body["answers"])
        begun = dict(body.get("begun") or {})
        return cls(form, fingerprint, answers, body["current"], body["editing"], body.get("so_far"), begun)


def visible(definition: FormDefinition, answers: Answers, *, undecided: bool = False) -> tuple[Field, ...]:
    """Return the fields that these answers call for, in order, without confirm; `undecided` ones if so wished."""
    return _shown(definition, answers, undecided=undecided)


def ordered(definition: FormDefinition, state: FormState) -> dict[str, Value]:
    """Return what is ordered: the answers of the fields that are called for, without those left out."""
    found = {field.key: state.answers.get(field.key) for field in visible(definition, state.answers)}
    return {key: value for key, value in found.items() if value is not None}


def _shown(definition: FormDefinition, answers: Answers, *, undecided: bool) -> tuple[Field, ...]:
    """Return the fields whose conditions hold; with `undecided` also those that a later answer may call for."""
    shown: dict[str, Field] = {}
    for field in definition.fields:
        if all(
            key in shown and (not _named(answers[key]).isdisjoint(wanted) if key in answers else undecided)
            for key, wanted in field.show_if.items()
        ):
            shown[field.key] = field
    return tuple(shown.values())


def fulfils(definition: FormDefinition, answers: Answers, condition: Mapping[str, tuple[str, ...]]) -> bool:
    """Return whether the answers to fields that are called for fulfil a condition."""
    keys = {field.key for field in visible(definition, answers)} & answers.keys()
    return all(key in keys and not _named(answers[key]).isdisjoint(wanted) for key, wanted in condition.items())


def _named(value: Value | None) -> set[str]:
    """Return what a condition calls an answer; one of several choices has several names."""
    if isinstance(value, bool):
        return {"yes" if value else "no"}
    if isinstance(value, list):
        return {str(one) for one in value}
    return {OTHER if isinstance(value, dict) else str(value or "")}


def next_field(definition: FormDefinition, answers: Answers) -> str:
    """Return the first field that is called for and has no answer, else confirm."""
    return next((field.key for field in visible(definition, answers) if field.key not in answers), CONFIRM)


def mark(definition: FormDefinition, state: FormState) -> str:
    """Return 8 hex digits of the form and what is ordered; the button of an older summary carries others."""
    content = json.dumps([definition.fingerprint, ordered(definition, state)], sort_keys=True)
    return f"{zlib.crc32(content.encode()):08x}"


def progress(definition: FormDefinition, state: FormState) -> tuple[int, int]:
    """Return (this question, all questions); fields that a later answer may call for count as questions."""
    keys = [field.key for field in _shown(definition, state.answers, undecided=True)] + [CONFIRM]
    return keys.index(state.current) + 1, len(keys)
