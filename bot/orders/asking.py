"""What the form says: questions with their buttons, notices, the summary.

"Where shall it go?" with the buttons "Home" (`delivery:pick:home`) and "Pick-up", below them "Back" and "Cancel".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.orders import bill
from bot.orders.answers import Moment, Row, Words
from bot.orders.definition import CONFIRM, Field, FormDefinition, Kind, words_in
from bot.orders.kinds import rules_of
from bot.orders.state import FormState, mark, progress, visible


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: 51 bytes of `field:verb:value` at most, and what is written on it."""

    action: str
    label: Words


@dataclass(frozen=True, slots=True)
class Say:
    """A part of what is said.

    Attributes:
        words: the sentence or question.
        rows: lines below it.
        help: the owner's word on the question, below all; may be empty.
        choices: answers as buttons.
        moves: buttons that lead elsewhere: keep, skip, back, change, cancel.
        request_contact: a button that shares the customer's phone number would help.
        request_location: and one that shares where the customer is.
        person: a person can help where the form cannot.
        figures: a figure that is typed is an answer itself, not the number of a button.
        progress: (number of this question, questions in all) as far as known; at the summary both are the same.
    """

    words: Words
    rows: tuple[Row, ...] = ()
    help: str = ""
    choices: tuple[Choice, ...] = ()
    moves: tuple[Choice, ...] = ()
    request_contact: bool = False
    request_location: bool = False
    person: bool = False
    figures: bool = False
    progress: tuple[int, int] | None = None


class Outcome(StrEnum):
    """How a form stands after a step."""

    ASKING = "asking"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Step:
    """What came of something given.

    Attributes:
        state: to be kept.
        says: to be said.
        outcome: CONFIRMED and CANCELLED come once; whatever is given after them is OVER and says nothing.
        marked: the same is asked as before, only the marks on its buttons differ.
    """

    state: FormState
    says: tuple[Say, ...]
    outcome: Outcome = Outcome.ASKING
    marked: bool = False


def summary(definition: FormDefinition, state: FormState, language: str) -> tuple[Row, ...]:
    """Return the answers as people read them, in any language: for the customer, and for the operators."""
    shown = (_row(field, state, language) for field in visible(definition, state.answers))
    return (*(row for row in shown if row), *bill.rows(definition, state.answers, language))


def _row(field: Field, state: FormState, language: str) -> Row | None:
    """Return a field's line of the summary, None while it has no answer."""
    if field.key not in state.answers:
        return None
    value = state.answers[field.key]
    shown = Words(text="–") if value is None else rules_of(field).show(field, value, language)
    return Row(words_in(field.label, language), shown)


def _move(state: FormState, verb: str, code: str = "") -> Choice:
    action = f"{state.current}:{verb}:{code}" if code else f"{state.current}:{verb}"
    return Choice(action, Words(f"form.button.{verb}"))


def what_to_change(definition: FormDefinition, state: FormState, moment: Moment) -> Step:
    """Return a step that offers every field of the summary for another answer."""
    choices = tuple(
        Choice(f"{CONFIRM}:edit:{field.key}", Words(text=words_in(field.label, moment.language)))
        for field in visible(definition, state.answers)
    )
    moves = (_move(state, "summary"), _move(state, "cancel"))
    return Step(state, (Say(Words("form.what_to_change"), choices=choices, moves=moves),))


def ask(
    definition: FormDefinition,
    state: FormState,
    moment: Moment,
    *before: Say,
    codes: tuple[str, ...] = (),
    person: bool = False,
) -> Step:
    """Return a step that asks the current field, or shows the summary.

    Args:
        definition: the form.
        state: where the customer is; a form that is over asks nothing.
        moment: when and in which language.
        before: said before the question.
        codes: offered as answers instead of the usual ones.
        person: offer a person as well.
    """
    if not state.current:
        return Step(state, (), Outcome.OVER)
    field = definition.field(state.current) or definition.confirm
    if field.kind is Kind.CONFIRM:
        return Step(state, (*before, *_summed_up(definition, state, moment)))
    rules, here = rules_of(field), at(state, moment)
    prompt = rules.prompt(field, here)
    question = Say(
        prompt.words or Words(text=words_in(field.question, moment.language)),
        rows=prompt.rows or _given(field, state, moment.language),
        help="" if prompt.words else words_in(field.help, moment.language),
        choices=_answers(field, codes or rules.codes(field, here), here),
        moves=_moves(definition, state, field, moment),
        request_contact=prompt.contact,
        request_location=prompt.location,
        person=person,
        figures=rules.figures,
        progress=progress(definition, state),
    )
    return Step(state, (*before, question))


def at(state: FormState, moment: Moment) -> Moment:
    """Return the moment with what the customer has said so far."""
    return replace(moment, so_far=state.so_far, answers=state.answers)


def _given(field: Field, state: FormState, language: str) -> tuple[Row, ...]:
    """Return the answer that a field has already, while it is asked anew."""
    row = _row(field, state, language) if state.so_far is None else None
    return (row,) if row else ()


def _answers(field: Field, codes: tuple[str, ...], moment: Moment) -> tuple[Choice, ...]:
    """Return the answers to offer as buttons."""
    labels = [(code, rules_of(field).label(field, code, moment)) for code in codes]
    return tuple(Choice(f"{field.key}:pick:{code}", label) for code, label in labels if label is not None)


def _taken_up(field: Field, state: FormState, moment: Moment) -> bool:
    """Return whether an answer is taken up again as what was said so far: its own buttons keep it then."""
    value = state.answers.get(field.key)
    if value is None or state.so_far is None:
        return False
    return rules_of(field).opened(field, value, at(state, moment)) is not None


def _moves(definition: FormDefinition, state: FormState, field: Field, moment: Moment) -> tuple[Choice, ...]:
    verbs = ["keep"] if field.key in state.answers and not _taken_up(field, state, moment) else []
    verbs += ["skip"] if not field.required else []
    begun = state.editing or state.so_far is not None
    verbs += ["back"] if begun or field is not visible(definition, state.answers)[0] else []
    return tuple(_move(state, verb) for verb in (*verbs, "cancel"))


def _summed_up(definition: FormDefinition, state: FormState, moment: Moment) -> tuple[Say, Say]:
    title = Say(
        Words(text=words_in(definition.title, moment.language)), rows=summary(definition, state, moment.language)
    )
    question = Say(
        Words(text=words_in(definition.confirm.question, moment.language)),
        help=words_in(definition.confirm.help, moment.language),
        choices=(replace(_move(state, "yes", mark(definition, state)), label=Words("form.button.confirm")),),
        moves=(_move(state, "change"), _move(state, "cancel")),
        progress=progress(definition, state),
    )
    return title, question
