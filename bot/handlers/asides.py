"""What is asked beside a form's own questions: keep it as a draft? remind you? go on with it?

Anna presses "Cancel" after five answers. Nothing is ordered and nothing is thrown away: she is asked, and until she
says otherwise the form rests. What is asked stands in the flow (`about`), so that it is asked again after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.message import Button, RichText, Rows, bold, join, plain
from bot.handlers import form_words, numbered, prefill
from bot.handlers.form_words import keyboard_gone, lines, moment_of, title_of, words
from bot.handlers.turn import Sayings, Turn, rows, say
from bot.i18n import whole_day
from bot.orders import drafts
from bot.orders.beside import (
    AGAIN,
    ANEW,
    BEGUN,
    CANCEL,
    CHANGE,
    DROP,
    EMPTY,
    FIX,
    GO,
    KEEP,
    LATER,
    MINE,
    ON,
    QUIET,
    READ,
    REMIND,
    RIGHT,
    SAME,
    TOMORROW,
    WRONG,
)
from bot.orders.definition import FormDefinition, words_in
from bot.orders.drafts import Draft
from bot.orders.form import FormState, Say
from bot.orders.understood import begun_rows, rows_of

PREFIX = "draft:"
"""Of the actions of all buttons below such a question: `draft:VERB:FORM`."""
ABOUT = "about"
AT_REST = frozenset({KEEP, REMIND, GO})
"""What is asked about a form that rests already; whoever writes of something else need not answer it."""
FOUND, WISHED = "found", "wished"
"""In the flow: the keys of what was understood, and words that wish for more goods."""


def button(turn: Turn, verb: str, definition: FormDefinition) -> Button:
    """Return the button of an answer."""
    return Button(turn.texts(f"draft.button.{verb}"), f"{PREFIX}{verb}:{definition.key}")


def _asked(
    turn: Turn, text: RichText, offers: Rows, *, remove_keyboard: bool = False, before: Mapping[str, Any] | None = None
) -> Sayings:
    """Ask something; where the channel has no room for the buttons, their labels are numbered and can be written.

    `before` is what the bot waited for: a keyboard of that question goes.
    """
    flat = [one for row in offers for one in row]
    body: dict[str, Any] = {"remove_keyboard": True} if remove_keyboard else {}
    if len(flat) <= turn.house.can(turn.conversation.place.channel).buttons:
        return keyboard_gone(turn, before or {}, then=say(text, offers, **body))
    meant = numbered.standing_for([(one.text, one.action) for one in flat])
    turn.wait_for(**{**turn.flow, numbered.OFFERS: meant})
    lines_ = [plain(f"{number}. {one.text}") for number, one in enumerate(flat, 1)]
    return [say(join([text, *lines_, plain(turn.texts("form.by_number"))]), **body)]


def worth_keeping(state: FormState) -> bool:
    """Return whether a customer has said anything yet."""
    return bool(state.answers) or state.so_far is not None


def ask_keep(turn: Turn, definition: FormDefinition) -> Sayings:
    """Ask who cancels whether the form shall be kept; until they say so it rests."""
    drafts.rest(turn.conn, turn.conversation.id, definition.key)
    before = turn.flow
    turn.wait_for(form=definition.key, **{ABOUT: KEEP})
    offers = rows(*(button(turn, verb, definition) for verb in (KEEP, DROP, ON)), width=2)
    return _asked(turn, plain(form_words.about(turn, definition, "draft.keep")), offers, before=before)


def ask_remind(turn: Turn, definition: FormDefinition) -> Sayings:
    """Tell where a kept form is found again, and ask whether the customer wants to be reminded of it."""
    turn.wait_for(form=definition.key, **{ABOUT: REMIND})
    offers = rows(button(turn, TOMORROW, definition), button(turn, QUIET, definition), width=2)
    told = plain(turn.texts("draft.kept", title=title_of(turn, definition)))
    return _asked(turn, told, offers, remove_keyboard=True)


def ask_begun(turn: Turn, definition: FormDefinition, draft: Draft, wished: str = "", *before: Say) -> Sayings:
    """Ask who begins a form that they have begun before whether to go on with it; `wished` is for either."""
    turn.wait_for(form=definition.key, **{ABOUT: BEGUN}, **({WISHED: wished} if wished else {}))
    local = draft.updated_at.astimezone(ZoneInfo(turn.house.rules.hours.zone)).date()
    day = whole_day(local, turn.conversation.language)
    offers = rows(button(turn, ON, definition), button(turn, ANEW, definition), width=2)
    asked = plain(turn.texts("draft.begun", title=title_of(turn, definition), day=day))
    return _asked(turn, join([*(plain(words(turn, one.words)) for one in before), asked]), offers)


def ask_same(turn: Turn, definition: FormDefinition, *before: Say) -> Sayings:
    """Show what of the last order could be taken over, and ask; nothing when there was none, or nothing of it fits."""
    last = prefill.last(turn, definition)
    rows_of = prefill.shown(turn, definition, last, whole=True)
    if not rows_of:
        return []
    turn.wait_for(form=definition.key, **{ABOUT: SAME})
    mine = prefill.shown(turn, definition, last, whole=False)
    lost = prefill.lost(turn, definition, last)
    said = [*(plain(words(turn, one.words)) for one in before), bold(turn.texts("draft.same")), *lines(turn, rows_of)]
    said += [plain(turn.texts("draft.not_again", labels=", ".join(lost)))] if lost else []
    verbs = (AGAIN, MINE, EMPTY) if mine and mine != rows_of else (AGAIN, EMPTY)
    return _asked(turn, join(said), rows(*(button(turn, verb, definition) for verb in verbs)))


def ask_right(turn: Turn, definition: FormDefinition, draft: Draft, keys: Collection[str], *before: Say) -> Sayings:
    """Show what a message said of a form, and ask whether that is right; nothing when it said nothing."""
    state = FormState.from_dict(draft.state)
    begun = [*state.begun, *([state.current] if state.so_far is not None else [])]
    given = {key: state.answers.get(key) for key in keys if key not in begun}
    understood = [
        *lines(turn, begun_rows(definition, state, moment_of(turn))),
        *lines(turn, rows_of(definition, given, turn.conversation.language)),
    ]
    if not understood:
        return []
    turn.wait_for(form=definition.key, **{ABOUT: READ, FOUND: list(dict.fromkeys((*keys, *begun)))})
    said = [*(plain(words(turn, one.words)) for one in before), bold(turn.texts("draft.understood")), *understood]
    offers = rows(*(button(turn, verb, definition) for verb in (RIGHT, CHANGE, CANCEL)), width=2)
    return _asked(turn, join(said), offers)


def ask_what_is_wrong(turn: Turn, definition: FormDefinition, draft: Draft, *before: Say) -> Sayings:
    """Offer all that was understood, to be asked for instead."""
    language, state = turn.conversation.language, FormState.from_dict(draft.state)
    keys = {*turn.flow.get(FOUND, ()), *state.begun, *([state.current] if state.so_far is not None else [])}
    fields = [field for field in definition.fields if field.key in keys]
    turn.wait_for(form=definition.key, **{ABOUT: FIX, FOUND: [field.key for field in fields]})
    named = [Button(words_in(one.label, language), f"{PREFIX}{WRONG}:{definition.key}:{one.key}") for one in fields]
    ends = (button(turn, RIGHT, definition), button(turn, CANCEL, definition))
    said = [*(plain(words(turn, one.words)) for one in before), plain(turn.texts("draft.what_is_wrong"))]
    return _asked(turn, join(said), (*rows(*named, width=2), *rows(*ends, width=2)))


def labels_of(turn: Turn) -> dict[str, list[str]]:
    """Return what stands on the button of each answer, in every language: all of them can be written."""
    catalogues = [turn.house.texts(language) for language in turn.house.catalogues]
    verbs = (AGAIN, ANEW, CANCEL, CHANGE, DROP, EMPTY, KEEP, LATER, MINE, ON, QUIET, RIGHT, TOMORROW)
    return {verb: [texts(f"draft.button.{verb}") for texts in catalogues] for verb in verbs}


def again(turn: Turn, definition: FormDefinition, draft: Draft, *before: Say) -> Sayings:
    """Ask what was asked last once more; nothing when nothing was."""
    keys, wished = turn.flow.get(FOUND, ()), str(turn.flow.get(WISHED, ""))
    asks: dict[object, Callable[[], Sayings]] = {
        KEEP: lambda: ask_keep(turn, definition),
        REMIND: lambda: ask_remind(turn, definition),
        BEGUN: lambda: ask_begun(turn, definition, draft, wished, *before),
        SAME: lambda: ask_same(turn, definition, *before),
        READ: lambda: ask_right(turn, definition, draft, keys, *before),
        FIX: lambda: ask_what_is_wrong(turn, definition, draft, *before),
        GO: lambda: ask_go_on(turn),
    }
    asked = asks.get(turn.flow.get(ABOUT))
    return asked() if asked else []


def waits_for_the_talk(turn: Turn) -> Sayings:
    """Tell who comes to people out of a form that it is kept, and where it goes on; nothing where no form is open."""
    draft = drafts.opened(turn.conn, turn.conversation.id)
    definition = turn.house.forms.get(draft.form) if draft else None
    if draft is None or definition is None or not worth_keeping(FormState.from_dict(draft.state)):
        return []
    return [say(turn.texts("draft.waits", title=title_of(turn, definition)))]


def ask_go_on(turn: Turn) -> Sayings:
    """Offer to go on with the form that people interrupted; nothing when there is none."""
    draft = drafts.opened(turn.conn, turn.conversation.id)
    definition = turn.house.forms.get(draft.form) if draft else None
    if definition is None:
        return []
    if turn.ticket is None or not turn.flow:
        turn.wait_for(form=definition.key, **{ABOUT: GO})
    offers = rows(button(turn, ON, definition), button(turn, LATER, definition), width=2)
    return [say(turn.texts("draft.go_on", title=title_of(turn, definition)), offers)]
