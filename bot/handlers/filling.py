"""A customer fills in a form: begins it, answers, asks something else in between, leaves it and comes back.

Anna is asked for her address and asks back "how much is express?": she gets the answer, and the question again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.domain.conversation import Pressed, Said
from bot.domain.message import ContentKind
from bot.faq.asking import inquires
from bot.faq.smalltalk import Kind as SmallTalk, kind_of
from bot.faq.text import key_of
from bot.handlers import asides, form_words, keeping, meanwhile, numbered, offered, operator, order, question
from bot.handlers.form_words import PREFIX, moment_of, title_of
from bot.handlers.question import Asked
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, say
from bot.handoff.ticket import Reason
from bot.orders import drafts, form, store
from bot.orders.answers import Words
from bot.orders.beside import BEGUN, FIX, KEEP, READ, SAME
from bot.orders.cart import goes_on
from bot.orders.corrected import with_goods
from bot.orders.definition import CONFIRM, Field, FormDefinition
from bot.orders.drafts import Draft
from bot.orders.form import Attached, FormState, Located, Outcome, Say, Shared, Step, Tapped, Typed
from bot.orders.goods_said import wishes_goods
from bot.orders.kinds import rules_of
from bot.orders.understood import added, begun_rows, filled_beside, noted, rows_of, understood

PLACES = {ContentKind.LOCATION, ContentKind.VENUE}
TWICE = timedelta(minutes=1)
"""Within which a second press of the last button is the first one's echo."""
FILES = {
    *(ContentKind.PHOTO, ContentKind.DOCUMENT, ContentKind.VIDEO, ContentKind.ANIMATION),
    *(ContentKind.AUDIO, ContentKind.VOICE, ContentKind.VIDEO_NOTE),
}


@dataclass(frozen=True, slots=True)
class Here:
    """Where a customer is.

    Attributes:
        definition: the form.
        draft: how far it is.
        flow: what the bot waits for; it is waited for again behind something else that was said.
    """

    definition: FormDefinition
    draft: Draft
    flow: Mapping[str, Any]

    @property
    def state(self) -> FormState:
        """The form's answers and its question."""
        return FormState.from_dict(self.draft.state)


def begin_main(turn: Turn, text: str = "") -> Sayings:
    """Begin the form that takes orders, or go on with it; `text` may say something of it already."""
    definition = turn.house.forms.main
    return begin(turn, definition, text) if definition else [say(turn.texts("order.none"))]


def begin(turn: Turn, definition: FormDefinition, text: str = "") -> Sayings:
    """Begin a form, go on with it, or ask about the draft that is there; another one that is open rests meanwhile.

    Args:
        turn: the conversation's turn.
        definition: the form.
        text: what the customer said of it already; a draft that is there goes before it.
    """
    conversation = turn.conversation.id
    open_one, before = drafts.opened(turn.conn, conversation), list[Say]()
    if open_one and open_one.form != definition.key:
        before = _rests(turn, open_one)
    draft = drafts.get(turn.conn, conversation, definition.key)
    if draft is None:
        found = understood(definition, text, moment_of(turn)) if text else None
        return order.start(turn, definition, *before, found=found)
    state = FormState.from_dict(draft.state)
    if draft.kept:
        return asides.ask_begun(turn, definition, draft, text)
    more = with_goods(definition, state, text, moment_of(turn)) if text else None
    return order.resume(turn, definition, more or state, *before)


def _rests(turn: Turn, draft: Draft) -> list[Say]:
    """Let a form rest while another is begun; return the words about it, none for one without answers."""
    other = turn.house.forms.get(draft.form)
    if other is None or not asides.worth_keeping(FormState.from_dict(draft.state)):
        drafts.discard(turn.conn, turn.conversation.id, draft.form)
        return []
    drafts.rest(turn.conn, turn.conversation.id, draft.form)
    return [Say(Words("draft.rests", {"title": title_of(turn, other)}))]


def filling(turn: Turn) -> Here | None:
    """Return the form that this customer is in the middle of, or is asked about; None when there is none."""
    definition, draft = _here(turn)
    return Here(definition, draft, turn.flow) if definition and draft else None


def _here(turn: Turn) -> tuple[FormDefinition | None, Draft | None]:
    """Return the form whose words the next message may be, and how far it is; the form may be gone."""
    key = turn.flow.get("form")
    if not key:
        return None, None
    conversation = turn.conversation.id
    draft = drafts.get(turn.conn, conversation, key) if isinstance(key, str) else drafts.opened(turn.conn, conversation)
    return (turn.house.forms.get(draft.form) if draft else None), draft


def gone(turn: Turn) -> Sayings:
    """Drop the draft of a form that its owner took away, and say so; nothing for all others."""
    definition, draft = _here(turn)
    if draft is None or definition is not None:
        return []
    drafts.discard(turn.conn, turn.conversation.id, draft.form)
    turn.wait_for()
    return [form_words.without_keyboard(say(turn.texts("draft.form_gone")))]


def take(turn: Turn, said: Said, here: Here, asked: Asked, line: int) -> Sayings | None:
    """Take a message as the answer to the form's question, unless the FAQ knows surely that it is a question.

    At a question that takes any words, "please gift wrap it" is the answer and "can you gift wrap it?" is a question;
    said twice, it is the answer all the same. None for words that have nothing to do with a form that rests.
    """
    text = said.content.text.text
    if kind_of(text, turn.conversation.language) is SmallTalk.HUMAN:
        return operator.hand_over(turn, Reason.ASKED)
    beside = keeping.answered(turn, here.definition, text)
    if beside is not None:
        return [*beside, *offered.withdrawn(turn, asides.PREFIX)]
    if asides.ABOUT in here.flow:
        return _beside(turn, said, here, asked, line)
    answered = offered.withdrawn(turn, PREFIX)
    given = numbered.taken(here.flow, _given(said, line))
    step = form.answer(here.definition, here.state, given, moment_of(turn))
    field = here.definition.field(here.state.current)
    part = goes_on(here.state.so_far, step.state.so_far)
    taken = part or step.state.answers != here.state.answers or step.outcome is not Outcome.ASKING
    if asked.answers and not (taken and field is not None and _means_the_field(turn, field, said, asked)):
        digression = _answer(turn, said, here, asked, line)
        turn.wait_for(**{**turn.flow, "asked": key_of(text)})
        return [*digression, *answered]
    said_more = _said_more(turn, said, here, asked, line, given, step) if not taken else []
    return [*(said_more or order.follow(turn, here.definition, step, here.state)), *answered]


def _said_more(turn: Turn, said: Said, here: Here, asked: Asked, line: int, given: form.Given, step: Step) -> Sayings:
    """Take what answers other fields than the one that is asked, or say that it answers nothing here; else nothing."""
    if isinstance(given, Typed):
        return _instead(turn, said, here, asked, line, step) if given.text else []
    kept = filled_beside(here.definition, here.state, given, moment_of(turn)) if isinstance(given, Shared) else None
    if kept is not None:
        return _with_more(turn, here.definition, kept[0], [kept[1]])
    if step.says != form.resume(here.definition, step.state, moment_of(turn)).says:
        return []  # the field said itself what is wrong with it
    told = replace(step, says=(Say(Words("form.not_here")), *step.says))
    return order.follow(turn, here.definition, told, here.state)


def _instead(turn: Turn, said: Said, here: Here, asked: Asked, line: int, step: Step) -> Sayings:
    """Take words that do not answer the form's question alone: they say more, ask, or say something of later ones."""
    text = said.content.text.text
    went_on, more = added(here.definition, here.state, Typed(text), moment_of(turn))
    if more:
        return _with_more(turn, here.definition, went_on, more)
    if (step.state.current, step.state.so_far) != (here.state.current, here.state.so_far):
        return []
    return _asked_beside(turn, said, here, asked, line) or _noted(turn, here, step, text)


def _with_more(turn: Turn, definition: FormDefinition, state: FormState, keys: list[str]) -> Sayings:
    """Go on with an answer that said more than was asked, and say what was taken."""
    more = rows_of(definition, {key: state.answers.get(key) for key in keys}, turn.conversation.language)
    return order.resume(turn, definition, state, Say(Words("draft.also_taken"), rows=more))


def _asked_beside(turn: Turn, said: Said, here: Here, asked: Asked, line: int) -> Sayings:
    """Show what comes nearest to a question of which the FAQ is unsure, and go on; nothing for what is no question."""
    text = said.content.text.text
    if asked.match is None or not inquires(text) or kind_of(text, turn.conversation.language) is not SmallTalk.QUESTION:
        return []
    return [*question.unsure_beside(turn, text, asked, line), *again(turn, here)]


def _noted(turn: Turn, here: Here, step: Step, text: str) -> Sayings:
    """Keep what was clearly said of later questions, and ask the present one again; nothing where there is nothing."""
    found, moment = noted(here.definition, here.state, text, moment_of(turn)), moment_of(turn)
    if not found.keys:
        return []
    given = {key: found.state.answers.get(key) for key in found.keys}
    only = replace(
        found.state, begun={key: one for key, one in found.state.begun.items() if key in found.keys}, so_far=None
    )
    rows = (*rows_of(here.definition, given, moment.language), *begun_rows(here.definition, only, moment))
    told = [Say(Words("draft.also_taken"), rows=rows)] if rows else []
    says = [*(Say(one) for one in found.remarks), *told, *step.says[0 if not found.alone else -1 :]]
    return order.follow(turn, here.definition, replace(step, state=found.state, says=tuple(says)), here.state)


def _beside(turn: Turn, said: Said, here: Here, asked: Asked, line: int) -> Sayings | None:
    """Take words that do not answer the question beside the form; who is asked about one that rests need not."""
    answered = offered.withdrawn(turn, asides.PREFIX)
    if asked.answers:
        return [*_answer(turn, said, here, asked, line), *answered]
    about, text = here.flow[asides.ABOUT], said.content.text.text
    if about in asides.AT_REST:
        turn.wait_for()
        return None
    if about in (READ, FIX):
        return [*keeping.put_right(turn, here.definition, here.draft, text), *answered]
    if about == SAME and wishes_goods(here.definition, text, moment_of(turn)):
        drafts.discard(turn.conn, turn.conversation.id, here.definition.key)
        return [*begin(turn, here.definition, text), *answered]
    if about == BEGUN and asides.WISHED not in here.flow and wishes_goods(here.definition, text, moment_of(turn)):
        return [*asides.ask_begun(turn, here.definition, here.draft, text), *answered]
    return [*asides.again(turn, here.definition, here.draft, Say(Words("draft.how_to_answer"))), *answered]


def _answer(turn: Turn, said: Said, here: Here, asked: Asked, line: int) -> Sayings:
    """Answer a question in the middle, and ask the form's own again."""
    digression = [*meanwhile.answers(turn, asked, said, line), *question.left_open(turn, asked, line)]
    return [*digression, *again(turn, here)]


def _means_the_field(turn: Turn, field: Field, said: Said, asked: Asked) -> bool:
    """Return whether words that the form can take and the FAQ knows are meant for the form."""
    text = said.content.text.text
    any_words = rules_of(field).any_words or field.other
    if not any_words or turn.flow.get("asked") == key_of(text):
        return True
    exact = asked.match is not None and asked.match.exact
    return not exact and not inquires(text)


def again(turn: Turn, here: Here | None) -> Sayings:
    """Ask the form's question once more, behind something else that was said; nothing when no form is open."""
    if here is None:
        return []
    turn.wait_for(**here.flow)
    return asides.again(turn, here.definition, here.draft) or order.resume(turn, here.definition, here.state)


def _given(said: Said, line: int) -> form.Given:
    """Return what a message is to the form; `line` is our id of it in the transcript."""
    content, details = said.content, said.content.details
    if content.kind is ContentKind.CONTACT:
        return Shared(str(details.get("phone", "")))
    if content.kind in PLACES and {"latitude", "longitude"} <= details.keys():
        name, address = str(details.get("title", "")), str(details.get("address", ""))
        return Located(float(details["latitude"]), float(details["longitude"]), name, address)
    if content.kind in FILES:
        name, size = str(details.get("name", "")), int(details.get("size") or 0)
        return Attached(content.kind.value, {"line": line}, name, size, content.text.text)
    return Typed(content.text.text)


def press(turn: Turn, pressed: Pressed) -> Sayings:
    """Take a pressed button of a form; one that belongs to an earlier question asks the present one again."""
    done: Sayings = [answer_press(pressed.place, pressed.press)]
    definition, action = form_words.form_of(turn, pressed.action.removeprefix(PREFIX))
    if ":" not in action:
        wanted = turn.house.forms.get(action)
        return [*done, *(begin(turn, wanted) if wanted else _no_such(turn))]
    drop = drop_buttons(pressed.place, pressed.message)
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key) if definition else None
    open_one = drafts.opened(turn.conn, turn.conversation.id)
    if open_one is not None and (draft is None or draft.form != open_one.form):
        return [*done, *_no_such(turn), drop]
    if definition is None or draft is None:
        twice = action.startswith(f"{CONFIRM}:") and definition is not None and _made_just_now(turn, definition)
        over = form_words.about(turn, definition, "order.over") if definition else turn.texts("order.over")
        return [*done, drop, *(() if twice else [say(over)])]
    if draft.kept and turn.flow.get(asides.ABOUT) == KEEP and action.endswith(":cancel"):
        return [*done, drop]  # pressed twice
    state = FormState.from_dict(draft.state)
    step = form.answer(definition, state, Tapped(action), moment_of(turn))
    said = order.follow(turn, definition, step, state)
    if step.marked:
        left = form_words.buttons_of(turn, definition, step.says[-1])
        return [*done, drop_buttons(pressed.place, pressed.message, left)]
    return [*done, *said, drop]


def _made_just_now(turn: Turn, definition: FormDefinition) -> bool:
    """Return whether the last button of a form was pressed twice: the thanks for it were said a moment ago."""
    made = store.of_customer(turn.conn, turn.conversation.id, 1)
    return bool(made) and made[0].form == definition.key and turn.now - made[0].created_at < TWICE


def _no_such(turn: Turn) -> Sayings:
    """Ask the open form's question again instead of what a button wanted; say that there is no such form otherwise."""
    draft = drafts.opened(turn.conn, turn.conversation.id)
    definition = turn.house.forms.get(draft.form) if draft else None
    if draft is None or definition is None:
        return [say(turn.texts("order.none"))]
    return order.resume(turn, definition, FormState.from_dict(draft.state))


def cancel(turn: Turn) -> Sayings | None:
    """Leave the form without an order, asking whether it shall be kept; None when there is none."""
    definition, draft = _here(turn)
    if definition is None or draft is None:
        return gone(turn) or None
    answered = [*offered.withdrawn(turn, PREFIX), *offered.withdrawn(turn, asides.PREFIX)]
    if draft.kept:
        return [*keeping.left(turn, definition), *answered]
    state = FormState.from_dict(draft.state)
    return [*order.follow(turn, definition, form.cancel(state), state), *answered]
