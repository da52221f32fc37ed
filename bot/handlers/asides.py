"""What is asked beside a form's own questions: keep it as a draft? remind you? go on with it?

Anna presses "Cancel" after five answers. Nothing is ordered and nothing is thrown away: she is asked, and until she
says otherwise the form rests. What is asked stands in the flow (`about`), so that it is asked again after a restart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.message import Button, RichText, Rows, bold, join, plain
from bot.handlers import form_words, numbered, prefill
from bot.handlers.form_words import keyboard_gone, lines, moment_of, title_of, words
from bot.handlers.turn import Sayings, Turn, rows, say
from bot.i18n import whole_day
from bot.orders import drafts
from bot.orders.definition import FormDefinition, words_in
from bot.orders.drafts import Draft
from bot.orders.form import FormState, Say
from bot.orders.understood import begun_rows, rows_of

PREFIX = "draft:"
"""Of the actions of all buttons below such a question: `draft:VERB:FORM`."""
ABOUT = "about"
KEEP, REMIND, BEGUN, SAME, READ = "keep", "remind", "begun", "same", "read"
AT_REST = frozenset({KEEP, REMIND})
"""What is asked about a form that rests already; whoever writes of something else need not answer it."""
ON, ANEW, DROP, LATER, TOMORROW, QUIET = "on", "anew", "drop", "later", "tomorrow", "quiet"
AGAIN, MINE, EMPTY = "again", "mine", "empty"
RIGHT, CHANGE, WRONG = "right", "change", "wrong"
FOUND = "found"
"""In the flow: the keys of what was understood."""


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


def ask_begun(turn: Turn, definition: FormDefinition, draft: Draft) -> Sayings:
    """Ask who begins a form that they have begun before whether to go on with it."""
    turn.wait_for(form=definition.key, **{ABOUT: BEGUN})
    local = draft.updated_at.astimezone(ZoneInfo(turn.house.rules.hours.zone)).date()
    day = whole_day(local, turn.conversation.language)
    offers = rows(button(turn, ON, definition), button(turn, ANEW, definition), width=2)
    return _asked(turn, plain(turn.texts("draft.begun", title=title_of(turn, definition), day=day)), offers)


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
    given = {key: state.answers.get(key) for key in keys}
    understood = [
        *lines(turn, begun_rows(definition, state, moment_of(turn))),
        *lines(turn, rows_of(definition, given, turn.conversation.language)),
    ]
    if not understood:
        return []
    turn.wait_for(form=definition.key, **{ABOUT: READ, FOUND: list(keys)})
    said = [*(plain(words(turn, one.words)) for one in before), bold(turn.texts("draft.understood")), *understood]
    return _asked(turn, join(said), rows(*(button(turn, verb, definition) for verb in (RIGHT, CHANGE)), width=2))


def ask_what_is_wrong(turn: Turn, definition: FormDefinition, keys: Collection[str]) -> Sayings:
    """Offer all that was understood, to be asked for instead."""
    language = turn.conversation.language
    fields = [field for field in definition.fields if field.key in keys]
    named = [Button(words_in(one.label, language), f"{PREFIX}{WRONG}:{definition.key}:{one.key}") for one in fields]
    return [say(turn.texts("form.what_to_change"), rows(*named, button(turn, RIGHT, definition), width=2))]


def again(turn: Turn, definition: FormDefinition, draft: Draft) -> Sayings:
    """Ask what was asked last once more; nothing when nothing was."""
    match turn.flow.get(ABOUT):
        case "keep":
            return ask_keep(turn, definition)
        case "remind":
            return ask_remind(turn, definition)
        case "begun":
            return ask_begun(turn, definition, draft)
        case "same":
            return ask_same(turn, definition)
        case "read":
            return ask_right(turn, definition, draft, turn.flow.get(FOUND, ()))
    return []


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
    offers = rows(button(turn, ON, definition), button(turn, LATER, definition), width=2)
    return [say(turn.texts("draft.go_on", title=title_of(turn, definition)), offers)]
