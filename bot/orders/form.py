"""The order form as a machine: what was answered so far, what is asked next, what is said.

Anna has said what and how many; the state's current field is "delivery". She presses "Home", and the step that comes
back asks for her address; had she pressed "Pick-up", it would ask for the day. Killed and started again, the state read
back from JSON asks the same question. Nothing here knows sentences, a clock, a channel or a database.

Each step's says belong into one message, in their order; only the last one has buttons. A button's action names the
field that it belongs to, so that one pressed late or twice changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from bot.orders.answers import (
    Accepted,
    Attached,
    Begun,
    Given,
    Located,
    Moment,
    Reading,
    Refused,
    Row,
    Sent,
    Shared,
    Tapped,
    Typed,
    Value,
    Words,
)
from bot.orders.asking import Choice, Outcome, Say, Step, ask, at, summary, what_to_change
from bot.orders.definition import CONFIRM, Field, FormDefinition, Kind, words_in
from bot.orders.kinds import rules_of
from bot.orders.lead import SLOW
from bot.orders.state import Answers, FormState, mark, next_field, ordered, visible
from bot.orders.words import AROUND_ORDERING, BACK, CANCEL, NO, ORDERING, SKIP, YES, means, words_of

__all__ = [
    "Answers",
    "Attached",
    "Choice",
    "FormState",
    "Given",
    "Located",
    "Moment",
    "Outcome",
    "Row",
    "Say",
    "Shared",
    "Step",
    "Tapped",
    "Typed",
    "Words",
    "answer",
    "back",
    "cancel",
    "edit",
    "ordered",
    "resume",
    "skip",
    "start",
    "summary",
    "visible",
]


def start(definition: FormDefinition, moment: Moment, prefill: Answers | None = None) -> Step:
    """Begin a form.

    Args:
        definition: the form.
        moment: when and in which language.
        prefill: answers known already, such as those of the last order; what will not do now is passed over.

    Returns:
        A step that asks the first field without an answer, or shows the summary.
    """
    known: dict[str, Value | None] = {}
    for field in definition.fields:
        value, rules = (prefill or {}).get(field.key), rules_of(field)
        if value is None or not rules.carries_over or rules.trouble(field, value, replace(moment, answers=known)):
            continue
        known[field.key] = value
    state = FormState(definition.key, definition.fingerprint, known, next_field(definition, known))
    opening = words_in(definition.opening, moment.language)
    says = [Say(Words(text=opening))] if opening else []
    if taken := [words_in(one.label, moment.language) for one in visible(definition, known) if one.key in known]:
        says.append(Say(Words("form.prefilled", {"labels": ", ".join(taken)})))
    return ask(definition, state, moment, *says)


def answer(definition: FormDefinition, state: FormState, given: Given, moment: Moment) -> Step:
    """Take what the customer gave and go on.

    Whatever does not belong to the question that is asked now changes nothing, and the question comes again.
    """
    if not state.current:
        return Step(state, (), Outcome.OVER)
    fresh, notices = _refresh(definition, state, moment)
    if fresh.current != state.current:
        return ask(definition, fresh, moment, *notices)
    match given:
        case Tapped(action):
            step = _tapped(definition, fresh, action, moment)
        case Typed(text):
            step = _typed(definition, fresh, text, moment)
        case _:
            step = _sent(definition, fresh, given, moment)
    return replace(step, says=(*notices, *step.says), marked=step.marked and not notices)


def resume(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    """Ask again where the customer is, after a pause, a restart, or a question in the middle."""
    if not state.current:
        return ask(definition, state, moment)
    fresh, notices = _refresh(definition, state, moment)
    return ask(definition, fresh, moment, *notices)


def back(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    """Go to the question before this one; from a field that is being edited, to the summary."""
    if not state.current:
        return ask(definition, state, moment)
    if state.so_far != _taken_up(definition, state, state.current, moment):
        return _part_before(definition, state, moment)
    if state.editing:
        return _go_on(definition, state, state.answers, moment)
    keys = [field.key for field in visible(definition, state.answers)]
    at = keys.index(state.current) if state.current in keys else len(keys)
    if at == 0:
        return ask(definition, state, moment, Say(Words("form.first_question")))
    return ask(definition, _opened(definition, state, keys[at - 1], moment), moment)


def _part_before(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    """Go one part back within an answer that is given in several."""
    field = definition.field(state.current) or definition.confirm
    before = rules_of(field).earlier(field, at(state, moment))
    if before is None:
        before = _taken_up(definition, state, state.current, moment)
    return ask(definition, replace(state, so_far=before), moment)


def _taken_up(definition: FormDefinition, state: FormState, key: str, moment: Moment) -> Value | None:
    """Return what a field begins with: the answer that it has, where its kind can take that up, or what was said."""
    field, value = definition.field(key), state.answers.get(key)
    if field is None or field.kind is Kind.CONFIRM:
        return None
    return state.begun.get(key) if value is None else rules_of(field).opened(field, value, at(state, moment))


def _opened(definition: FormDefinition, state: FormState, key: str, moment: Moment) -> FormState:
    return replace(state, current=key, so_far=_taken_up(definition, state, key, moment))


def skip(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    """Leave a field out that may be left out; an answer that it had goes with it."""
    field = definition.field(state.current)
    if field is None or field.kind is Kind.CONFIRM or field.required:
        return ask(definition, state, moment, Say(Words("form.cannot_skip")))
    return _go_on(definition, state, {**state.answers, field.key: None}, moment)


def edit(definition: FormDefinition, state: FormState, key: str, moment: Moment) -> Step:
    """Ask one field again; all other answers stay. From anywhere but the summary it changes nothing."""
    if state.current != CONFIRM or key not in [field.key for field in visible(definition, state.answers)]:
        return ask(definition, state, moment)
    return ask(definition, replace(_opened(definition, state, key, moment), editing=True), moment)


def cancel(state: FormState) -> Step:
    """End the form without an order; the answers stay in the state and can fill in a later form."""
    if not state.current:
        return Step(state, (), Outcome.OVER)
    over = replace(state, current="", editing=False, so_far=None)
    return Step(over, (Say(Words("form.cancelled")),), Outcome.CANCELLED)


def _go_on(definition: FormDefinition, state: FormState, answers: Answers, moment: Moment, *says: Say) -> Step:
    begun = {key: value for key, value in state.begun.items() if key != state.current}
    moved = replace(state, answers=answers, begun=begun, editing=False)
    fresh, notices = _refresh(definition, _opened(definition, moved, next_field(definition, answers), moment), moment)
    return ask(definition, fresh, moment, *says, *notices)


def _refresh(definition: FormDefinition, state: FormState, moment: Moment) -> tuple[FormState, tuple[Say, ...]]:
    """Check all answers again: the owner may have changed the form, days go by, and one answer may rule out another.

    Returns:
        The state with the answers that still hold, at a field that still is; and what has to be said about the others.
    """
    summary = state.current == CONFIRM
    kept = {field.key: state.answers[field.key] for field in definition.fields if field.key in state.answers}
    for field in definition.fields:
        here = replace(moment, answers=kept)  # the later answers count, too: an item may come behind its day
        if field.key in kept and not _holds(field, kept[field.key], here, at_summary=summary):
            del kept[field.key]
    again = [field for field in visible(definition, kept) if field.key in state.answers and field.key not in kept]
    fresh = _brought_to(definition, state, kept, again, moment)
    changed = state.fingerprint != definition.fingerprint
    asked = definition.field(state.current) if changed and state.so_far is not None else None
    if asked and fresh.current == asked.key and fresh.so_far is None and asked not in again:
        again = [*again, asked]  # what was said of it in parts
    return fresh, _notices(definition, state, again, moment)


def _brought_to(
    definition: FormDefinition, state: FormState, kept: Answers, again: list[Field], moment: Moment
) -> FormState:
    """Return the state with the answers that still hold, at the field that has to be asked now."""
    changed = state.fingerprint != definition.fingerprint
    begun = {} if changed else state.begun
    fresh = replace(state, fingerprint=definition.fingerprint, answers=kept, begun=begun)
    for field in again:
        so_far = _mended(field, state, moment)
        if so_far is not None:
            return replace(fresh, current=field.key, so_far=so_far, editing=False)
    stays = state.current in [field.key for field in visible(definition, kept)]
    current = state.current if stays else next_field(definition, kept)
    asked = definition.field(current)
    same = current == state.current and (not changed or (asked is not None and asked.kind is Kind.ITEMS))
    fresh = replace(fresh, current=current, so_far=state.so_far if same else None)
    if not same:
        fresh = _opened(definition, fresh, current, moment)
    return replace(fresh, editing=state.editing and stays)


def _mended(field: Field, state: FormState, moment: Moment) -> Value | None:
    """Return what still holds of an answer that has become wrong, None when it has to be given anew."""
    value = state.answers.get(field.key)
    return None if value is None else rules_of(field).repaired(field, value, moment)


def _notices(definition: FormDefinition, state: FormState, again: list[Field], moment: Moment) -> tuple[Say, ...]:
    """Return what has to be said about answers that no longer hold."""
    changed, says, labels = state.fingerprint != definition.fingerprint, list[Say](), list[str]()
    slow = list[Say]()
    for field in again:
        value = state.answers.get(field.key)
        here = replace(moment, answers=state.answers)
        trouble = None if value is None else rules_of(field).trouble(field, value, here)
        if trouble and trouble.key == SLOW:
            slow.append(Say(trouble))
        if trouble and _mended(field, state, moment) is not None:
            says.append(Say(trouble))
        else:
            labels.append(words_in(field.label, moment.language))
    if labels:
        says.append(Say(Words("form.changed" if changed else "form.outdated", {"labels": ", ".join(labels)})))
    gone = {key for key in (*state.answers, state.current) if definition.field(key) is None} - {CONFIRM}
    if changed and gone:
        says.append(Say(Words("form.changed_too" if labels else "form.changed_gone", {"n": len(gone)})))
    return (*says, *slow)


def _holds(field: Field, value: Value | None, moment: Moment, *, at_summary: bool) -> bool:
    if value is None:
        return not field.required
    rules = rules_of(field)
    return (not at_summary and rules.can_wait(field, value)) or not rules.trouble(field, value, moment)


def _tapped(definition: FormDefinition, state: FormState, action: str, moment: Moment) -> Step:
    """Do what a button says, if it belongs to the question that is asked now."""
    key, _, rest = action.partition(":")
    verb, _, code = rest.partition(":")
    field = definition.field(state.current)
    if field is None or key != state.current:
        return ask(definition, state, moment)
    match verb:
        case "cancel":
            return cancel(state)
        case "back":
            return back(definition, state, moment)
        case "skip":
            return skip(definition, state, moment)
    if field.kind is Kind.CONFIRM:
        return _tapped_at_summary(definition, state, verb, code, moment)
    return _picked(definition, state, field, verb, code, moment)


def _tapped_at_summary(definition: FormDefinition, state: FormState, verb: str, code: str, moment: Moment) -> Step:
    if verb == "yes" and code == mark(definition, state):
        return _confirm(definition, state, moment)
    if verb == "change":
        return what_to_change(definition, state, moment)
    return edit(definition, state, code, moment)


def _picked(definition: FormDefinition, state: FormState, field: Field, verb: str, code: str, moment: Moment) -> Step:
    """Take the answer that a button stands for, or keep the one there is."""
    if verb == "keep" and field.key in state.answers:
        return _go_on(definition, state, state.answers, moment)
    reading = rules_of(field).picked(field, code, at(state, moment)) if verb == "pick" else None
    return ask(definition, state, moment) if reading is None else _read(definition, state, field, reading, moment)


def _sent(definition: FormDefinition, state: FormState, given: Sent, moment: Moment) -> Step:
    """Take a contact, a place or a file; its caption stands for it where the field takes words only."""
    field = definition.field(state.current)
    if field is None or field.kind is Kind.CONFIRM:
        return ask(definition, state, moment)
    reading = rules_of(field).sent(field, given, at(state, moment))
    if reading is not None:
        return _read(definition, state, field, reading, moment)
    if isinstance(given, Attached) and given.caption:
        return _typed(definition, state, given.caption, moment)
    return ask(definition, state, moment)


def _typed(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Step:
    field = definition.field(state.current)
    if field is None or means(text, CANCEL):
        return cancel(state)
    if means(text, BACK):
        return back(definition, state, moment)
    if field.kind is Kind.CONFIRM:
        return _typed_at_summary(definition, state, text, moment)
    reading = rules_of(field).read(field, text, at(state, moment))
    nothing = SKIP if field.required or field.kind in (Kind.YES_NO, Kind.CONSENT) else SKIP | NO
    begun = isinstance(state.so_far, dict) and state.so_far.get("lines")  # "no" ends a cart that holds something
    if means(text, nothing) and not begun and not _is_an_option(field, reading):
        return skip(definition, state, moment)
    return _read(definition, state, field, reading, moment)


def _is_an_option(field: Field, reading: Reading) -> bool:
    """Return whether an answer is one of those to choose from, so that one called "None" can be chosen."""
    value = reading.value if isinstance(reading, Accepted) else None
    return any(field.option(one) for one in (value if isinstance(value, list) else [value]))


def _typed_at_summary(definition: FormDefinition, state: FormState, text: str, moment: Moment) -> Step:
    """Understand yes, no, the label of a field that is to be changed, and "order it"."""
    if means(text, YES):
        return _confirm(definition, state, moment)
    if means(text, NO):
        return what_to_change(definition, state, moment)
    for field in visible(definition, state.answers):
        if words_of(text) in [words_of(label) for label in field.label.values()]:
            return edit(definition, state, field.key, moment)
    if means(text, YES | ORDERING | AROUND_ORDERING) and not means(text, AROUND_ORDERING):
        return _confirm(definition, state, moment)
    return ask(definition, state, moment, Say(Words("form.confirm_needed")))


def _read(definition: FormDefinition, state: FormState, field: Field, reading: Reading, moment: Moment) -> Step:
    match reading:
        case Accepted(value, remark, read_as):
            remarks = tuple(Say(one) for one in (remark, read_as) if one)
            return _go_on(definition, state, {**state.answers, field.key: value}, moment, *remarks)
        case Begun(so_far, words, codes, marked):
            says = (Say(words),) if words else ()
            step = ask(definition, replace(state, so_far=so_far), moment, *says, codes=codes)
            return replace(step, marked=marked)
        case Refused(words, codes, person):
            return ask(definition, state, moment, Say(words), codes=codes, person=person)


def _confirm(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    closing = words_in(definition.closing, moment.language)
    says = (Say(Words(text=closing)),) if closing else ()
    return Step(replace(state, current="", editing=False, so_far=None), says, Outcome.CONFIRMED)
