"""The form that a customer is in the middle of, as staff read it: on the card and in the console.

Anna asks for a person at her address: Olga reads what she has chosen so far, and that she was asked for the address.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.message import RichText, plain
from bot.handlers.form_words import moment_of, titled, words_for
from bot.handlers.turn import Turn
from bot.i18n import Texts
from bot.orders import bill, drafts
from bot.orders.answers import Row
from bot.orders.asking import at
from bot.orders.definition import FormDefinition, Kind, words_in
from bot.orders.form import FormState, summary
from bot.orders.kinds import rules_of
from bot.orders.state import visible

LONGEST = 2000
"""Characters of a form that a card shows at most; the console shows all."""
LONGEST_VALUE = 1000


@dataclass(frozen=True, slots=True)
class DraftView:
    """A form that somebody has not ended yet.

    Attributes:
        title: of the form.
        asked: the label of the question at which it waits; empty at its summary.
        lines: (label, value) of what was answered, in the reader's language.
    """

    title: str
    asked: str
    lines: tuple[tuple[str, str], ...]


def of(turn: Turn, language: str) -> DraftView | None:
    """Return the form that is open; None when there is none, or nothing is answered yet."""
    draft = drafts.opened(turn.conn, turn.conversation.id)
    definition = turn.house.forms.get(draft.form) if draft else None
    if draft is None or definition is None:
        return None
    state = FormState.from_dict(draft.state)
    rows = _rows(turn, definition, state, language)
    lines = tuple((row.label, words_for(turn, row.value, language)[:LONGEST_VALUE]) for row in rows)
    field = definition.field(state.current)
    asked = words_in(field.label, language) if field and field.label else ""
    return DraftView(words_in(definition.title, language), asked, lines) if lines else None


def _rows(turn: Turn, definition: FormDefinition, state: FormState, language: str) -> list[Row]:
    """Return what was answered, also of the question at which it waits; no total while there are no goods."""
    found = list(summary(definition, state, language))
    goods = [field.key for field in visible(definition, state.answers) if field.kind is Kind.ITEMS]
    if any(key not in state.answers for key in goods):
        found = found[: len(found) - len(bill.rows(definition, state.answers, language))]
    field = definition.field(state.current)
    if field is None or field.kind is Kind.CONFIRM or state.so_far is None:
        return found
    label = words_in(field.label, language)
    found = [row for row in found if row.label != label]
    begun = rules_of(field).prompt(field, at(state, replace(moment_of(turn), language=language))).rows
    return [*found, *(replace(row, label=row.label or label) for row in begun)]


def on_card(turn: Turn, texts: Texts) -> list[RichText]:
    """Return the lines of a card about it, as many as it has room for; none when no form is open."""
    view = of(turn, texts.language)
    if view is None:
        return []
    key, room, shown = "card.draft" if view.asked else "card.draft_summary", LONGEST, list[tuple[str, str]]()
    for label, value in view.lines:
        room -= len(label) + len(value)
        shown.append((label, value) if room >= 0 else ("", "…"))
        if room < 0:
            break
    return [plain(texts(key, title=view.title, asked=view.asked)), *titled(shown)]
