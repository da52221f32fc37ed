"""The form that a customer is in the middle of, as staff read it: on the card and in the console.

Anna asks for a person at her address: Olga reads what she has chosen so far, and that she was asked for the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.message import RichText, plain
from bot.handlers.form_words import titled, words_for
from bot.handlers.turn import Turn
from bot.i18n import Texts
from bot.orders import drafts
from bot.orders.definition import words_in
from bot.orders.form import FormState, summary

MOST_LINES = 12
LONGEST_VALUE = 200


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
    rows = [(row.label, words_for(turn, row.value, language)) for row in summary(definition, state, language)]
    lines = tuple((label, value[:LONGEST_VALUE]) for label, value in rows[:MOST_LINES])
    field = definition.field(state.current)
    asked = words_in(field.label, language) if field and field.label else ""
    return DraftView(words_in(definition.title, language), asked, lines) if lines else None


def on_card(turn: Turn, texts: Texts) -> list[RichText]:
    """Return the lines of a card about it; none when no form is open."""
    view = of(turn, texts.language)
    if view is None:
        return []
    key = "card.draft" if view.asked else "card.draft_summary"
    return [plain(texts(key, title=view.title, asked=view.asked)), *titled(view.lines)]
