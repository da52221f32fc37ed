"""A whole order with some other answers: what staff may propose to its customer.

Anna's tea shall be fetched instead of sent: her address is not called for any more, and Tuesday evening is no hour of
the shop. Olga reads that, with the line to write: "change delivery pick-up; window Tue, Nov 24, 14:00–18:00". What the
form does not ask for any more, but the order has, stays as it is. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.orders.answers import Moment, Value, Words
from bot.orders.definition import CONFIRM, FormDefinition
from bot.orders.fields import Field, Kind, words_in
from bot.orders.kinds import rules_of
from bot.orders.staff_words import BY_CUSTOMER, label_of, written
from bot.orders.state import Answers, visible
from bot.orders.timetables import Slot, minutes, slots, times_of

GAP = "…"
"""Where an answer has to be put in."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A field, and the words for its new answer."""

    field: Field
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A field with its answers before and after; None for none."""

    field: Field
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Revised:
    """An order that the form itself would take.

    Attributes:
        answers: all of it.
        edits: what differs, in the form's order; what is not called for any more comes last, with None.
    """

    answers: Mapping[str, Value | None]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Unfit:
    """It cannot be proposed so.

    Attributes:
        words: why, as staff read it.
        before: key and answer of what would have to be proposed before what was written.
        behind: likewise, behind it.
    """

    words: tuple[Words, ...]
    before: tuple[tuple[str, str], ...] = ()
    behind: tuple[tuple[str, str], ...] = ()


def kept_goods(definition: FormDefinition, had: Answers) -> bool:
    """Return whether an order has goods for which its form does not ask any more: nobody could reckon its total."""
    gone = [had[key] for key in kept(definition, had)]
    return any("sku" in line for value in gone if isinstance(value, list) for line in value if isinstance(line, dict))


def kept(definition: FormDefinition, had: Answers) -> set[str]:
    """Return the keys of what an order has and its form does not ask for any more."""
    asked = {field.key for field in visible(definition, had)}
    return {key for key, value in had.items() if value is not None and key not in asked}


def revised(definition: FormDefinition, had: Answers, wishes: Sequence[Wish], here: Moment) -> Revised | Unfit:
    """Return an order with other answers to some fields, or why it cannot be.

    Args:
        definition: the order's form as it is now.
        had: the order's answers.
        wishes: what shall be otherwise.
        here: when, in the language of whoever writes; the order's own goods are in its catalogue.
    """
    answers = dict(had)
    for wish in sorted(wishes, key=lambda one: definition.fields.index(one.field)):
        value = written(wish.field, wish.text, replace(here, answers=answers), had.get(wish.field.key))
        if isinstance(value, Words):
            return Unfit((value,))
        answers[wish.field.key] = value
    return _whole(definition, had, answers, [wish.field for wish in wishes], here)


def applied(definition: FormDefinition, had: Answers, changed: Answers, here: Moment) -> Revised | Unfit | None:
    """Return an order with answers that were found good before, checked again; None when one is asked for no more."""
    fields = [field for field in definition.fields if field.key in changed]
    if len(fields) < len(changed):
        return None
    return _whole(definition, had, {**had, **changed}, fields, here)


def _whole(
    definition: FormDefinition, had: Answers, answers: dict[str, Value | None], wished: Sequence[Field], here: Moment
) -> Revised | Unfit:
    """Check what follows from the new answers, and leave out what they do not call for."""
    before, now = visible(definition, had), visible(definition, answers)
    for field in wished:
        if field not in now:
            return _not_asked(definition, field, here.language)
    away = [field for field in before if field not in now and had.get(field.key) is not None]
    answers = {key: value for key, value in answers.items() if key not in {field.key for field in away}}
    here, was = replace(here, answers=answers), replace(here, answers=had)
    misfits = [field for field in now if field not in wished and _misfits(field, answers, before, here, was)]
    if misfits:
        return _ask_for(misfits, answers, here)
    for field in wished:  # an answer further down may have ruled out one further up
        value = answers[field.key]
        trouble = None if value is None else rules_of(field).trouble(field, value, here)
        if trouble:
            return Unfit((trouble,))
    edits = [Edit(field, had.get(field.key), answers.get(field.key)) for field in wished]
    edits = [one for one in edits if one.before != one.after]
    if not edits:
        return Unfit((Words("order_change.same", {"label": label_of(wished[0], here.language)}),))
    in_order = sorted(edits, key=lambda one: definition.fields.index(one.field))
    return Revised(answers, (*in_order, *(Edit(field, had[field.key], None) for field in away)))


def _misfits(field: Field, answers: Answers, before: Sequence[Field], here: Moment, was: Moment) -> bool:
    """Return whether a field that nobody spoke of has no answer any more that will do; what was so before may stay."""
    value = answers.get(field.key)
    if value is None:
        return field.required and field not in before and field.key != CONFIRM
    trouble = rules_of(field).trouble(field, value, here)
    return trouble is not None and (field not in before or trouble != rules_of(field).trouble(field, value, was))


def _ask_for(misfits: Sequence[Field], answers: Answers, here: Moment) -> Unfit:
    """Return what has to be proposed with it."""
    said: list[Words] = []
    for field in misfits:
        label, value = label_of(field, here.language), answers.get(field.key)
        if field.kind in BY_CUSTOMER:
            return Unfit((Words("order_change.by_customer", {"label": label}),))
        if value is None:
            said.append(Words("order_change.lacks", {"label": label}))
            continue
        shown = rules_of(field).show(field, value, here.language).text
        said.append(Words("order_change.not_then", {"label": label, "value": shown or GAP}))
    return Unfit(tuple(said), behind=tuple((field.key, _example(field, answers, here)) for field in misfits))


def _example(field: Field, answers: Answers, here: Moment) -> str:
    """Return an answer that will do and can be written so; a gap where any may."""
    if field.kind is Kind.WINDOW:
        return next((text for slot in _near(field, answers, here) for text in _spelt(field, slot, here)), GAP)
    return words_in(field.options[0].label, here.language) if field.options else GAP


def _near(field: Field, answers: Answers, here: Moment) -> Iterator[Slot]:
    """Yield free windows: those of the day that there was before, the nearest hours first, then the next ones."""
    free, had = list(slots(times_of(field, here), here)), answers.get(field.key)
    day, begins = (str(had.get("date")), str(had.get("from"))) if isinstance(had, dict) else ("", "")
    same = [slot for slot in free if slot.day.isoformat() == day]
    yield from sorted(same, key=lambda slot: abs(minutes(slot.span[0]) - minutes(begins)))
    yield from free


def _spelt(field: Field, slot: Slot, here: Moment) -> Iterator[str]:
    """Yield the words for a window that are read as that window."""
    for text in (slot.shown(here.language), f"{slot.day.isoformat()} {slot.span[0]}-{slot.span[1]}"):
        if written(field, text, here, None) == slot.value:
            yield text


def _not_asked(definition: FormDefinition, field: Field, language: str) -> Unfit:
    """Return on which answers a field depends, and the first of them to write with it."""
    needs = [(one, field.show_if[one.key]) for one in definition.fields if one.key in field.show_if]
    shown = "; ".join(f"{label_of(one, language)}: {_named(one, wanted, language)}" for one, wanted in needs)
    words = Words("order_change.not_asked", {"label": label_of(field, language), "needs": shown})
    return Unfit((words,), before=tuple((one.key, wanted[0]) for one, wanted in needs))


def _named(field: Field, keys: Sequence[str], language: str) -> str:
    options = [field.option(key) for key in keys]
    return " · ".join(words_in(one.label, language) if one else key for one, key in zip(options, keys, strict=True))
