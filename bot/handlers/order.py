"""The order form in the chat: the machine of `orders/form.py`, its draft in the database, its words in the catalogues.

Anna is asked for her address and asks back "how much is express?": she gets the answer, and the question again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, RichText, Rows, bold, join, plain
from bot.domain.people import one_line
from bot.domain.ports import Act, Outgoing
from bot.faq.asking import inquires
from bot.faq.text import key_of
from bot.handlers import meanwhile, offered, operator, order_events, orders_desk, question
from bot.handlers.question import Asked
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, say
from bot.messaging import conversations
from bot.orders import form, store
from bot.orders.answers import Moment, Value, Words
from bot.orders.definition import Field, FormDefinition, Kind
from bot.orders.form import Attached, FormState, Located, Outcome, Say, Shared, Step, Tapped, Typed
from bot.orders.kinds import rules_of
from bot.orders.store import Order

PREFIX = "form:"
WIDE = 2
"""Buttons in a row of answers whose labels are short."""
SHORT_LABEL = 18
PLACES = {ContentKind.LOCATION, ContentKind.VENUE}
FILES = {
    *(ContentKind.PHOTO, ContentKind.DOCUMENT, ContentKind.VIDEO, ContentKind.ANIMATION),
    *(ContentKind.AUDIO, ContentKind.VOICE, ContentKind.VIDEO_NOTE),
}
NAME = "name"
"""The field whose answer is what a customer is called, where the channel tells no names."""


def begin(turn: Turn) -> Sayings:
    """Start the form, or go on with the draft that is there."""
    definition = turn.house.forms.main
    if definition is None:
        return [say(turn.texts("order.none"))]
    state = _draft(turn, definition)
    moment = _moment(turn)
    if state is not None:
        return _follow(turn, definition, form.resume(definition, state, moment))
    return _follow(turn, definition, form.start(definition, moment, _known(turn, definition)))


def _known(turn: Turn, definition: FormDefinition) -> dict[str, Value | None]:
    """Return what the form need not ask: nothing is guessed, so only the phone that the customer once shared."""
    phones = [field.key for field in definition.fields if field.kind is Kind.PHONE]
    return {key: turn.conversation.phone for key in phones if turn.conversation.phone}


def filling(turn: Turn) -> FormState | None:
    """Return the form that this customer is in the middle of; None when there is none, or it rests."""
    definition = _open_form(turn)
    return _draft(turn, definition) if definition and turn.flow.get("form") else None


def _open_form(turn: Turn) -> FormDefinition | None:
    """Return the form that this customer wrote in last, None when it is not there any more."""
    draft = store.draft_of(turn.conn, turn.conversation.id)
    return turn.house.forms.get(draft.form) if draft else None


def _draft(turn: Turn, definition: FormDefinition) -> FormState | None:
    draft = store.draft_of(turn.conn, turn.conversation.id)
    if draft is None or draft.form != definition.key:
        return None
    return FormState.from_dict(draft.state)


def _moment(turn: Turn) -> Moment:
    zone = ZoneInfo(turn.house.rules.hours.zone)
    local = turn.now.astimezone(zone)
    return Moment(
        local.date(),
        turn.conversation.language,
        turn.house.settings.orders.region,
        at=local.time().replace(second=0, microsecond=0),
        zone=turn.house.rules.hours.zone,
        name=turn.conversation.name,
        free=frozenset(day.isoformat() for day in turn.house.rules.hours.holidays),
    )


def take(turn: Turn, said: Said, state: FormState, asked: Asked, line: int) -> Sayings:
    """Take a message as the answer to the form's question, unless the FAQ knows surely that it is a question.

    At a question that takes any words, "please gift wrap it" is the answer and "can you gift wrap it?" is a question;
    said twice, it is the answer all the same.
    """
    definition = turn.house.forms.get(state.form)
    assert definition is not None  # noqa: S101 there is a draft of it
    answered = offered.withdrawn(turn, PREFIX)
    step = form.answer(definition, state, _given(said, line), _moment(turn))
    field = definition.field(state.current)
    taken = step.state.answers != state.answers or step.outcome is not Outcome.ASKING
    if asked.answers and not (taken and field is not None and _means_the_field(turn, field, said, asked)):
        digression = [*meanwhile.answers(turn, asked, said, line), *question.left_open(turn, asked, line)]
        asked_again = again(turn, state)
        turn.wait_for(form=True, asked=key_of(said.content.text.text))
        return [*digression, *asked_again, *answered]
    return [*_follow(turn, definition, step), *answered]


def _means_the_field(turn: Turn, field: Field, said: Said, asked: Asked) -> bool:
    """Return whether words that the form can take and the FAQ knows are meant for the form."""
    text = said.content.text.text
    any_words = rules_of(field).any_words or field.other
    if not any_words or turn.flow.get("asked") == key_of(text):
        return True
    exact = asked.match is not None and asked.match.exact
    return not exact and not inquires(text)


def again(turn: Turn, state: FormState | None) -> Sayings:
    """Ask the form's question once more, behind something else that was said; nothing when no form is open."""
    definition = turn.house.forms.get(state.form) if state else None
    if definition is None or state is None:
        return []
    return _follow(turn, definition, form.resume(definition, state, _moment(turn)))


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
    """Take a pressed button of the form; one that belongs to an earlier question asks the present one again."""
    done: Sayings = [answer_press(pressed.place, pressed.press)]
    definition = _open_form(turn)
    state = _draft(turn, definition) if definition else None
    if definition is None or state is None:
        return [*done, drop_buttons(pressed.place, pressed.message), say(turn.texts("order.over"))]
    step = form.answer(definition, state, Tapped(pressed.action.removeprefix(PREFIX)), _moment(turn))
    said = _follow(turn, definition, step)
    if step.marked:
        return [*done, drop_buttons(pressed.place, pressed.message, _buttons(turn, step.says[-1]))]
    return [*done, *said, drop_buttons(pressed.place, pressed.message)]


def cancel(turn: Turn) -> Sayings | None:
    """End the form without an order; None when there is none."""
    definition = _open_form(turn)
    state = _draft(turn, definition) if definition else None
    if definition is None or state is None:
        return None
    answered = offered.withdrawn(turn, PREFIX)
    return [*_follow(turn, definition, form.cancel(state)), *answered]


def _follow(turn: Turn, definition: FormDefinition, step: Step) -> Sayings:
    """Keep what a step left, and say what it says."""
    match step.outcome:
        case Outcome.ASKING:
            store.keep(turn.conn, turn.conversation.id, definition.key, step.state.to_dict(), turn.now)
            turn.wait_for(form=True)
            return [_message(turn, step.says)]
        case Outcome.CONFIRMED:
            return _confirmed(turn, definition, step)
        case Outcome.CANCELLED | Outcome.OVER:
            store.discard(turn.conn, turn.conversation.id)
            turn.wait_for()
            told = _message(turn, step.says) if step.says else say(turn.texts("order.over"))
            return [_without_keyboard(told)]


def _confirmed(turn: Turn, definition: FormDefinition, step: Step) -> Sayings:
    """Make the order, tell its number, and tell the operators."""
    language = turn.conversation.language
    shown = [(row.label, _words(turn, row.value)) for row in form.summary(definition, step.state, language)]
    desk = [
        (row.label, _words_in(turn, row.value, turn.desk_texts.language))
        for row in form.summary(definition, step.state, turn.desk_texts.language)
    ]
    answers = form.ordered(definition, step.state)
    order = store.confirm(
        turn.conn, turn.conversation.id, turn.conversation.customer_id, definition.key, answers, shown, turn.now
    )
    _remember_phone(turn, definition, answers)
    _remember_name(turn, definition, answers)
    turn.wait_for()
    turn.show("order", number=order.number)
    confirmation = say(bold(turn.texts("form.confirmed", number=order.number)) + _closing(turn, step))
    order_events.happened(turn, "made", order)
    return [_without_keyboard(confirmation), *_tell_operators(turn, order, desk)]


def _closing(turn: Turn, step: Step) -> str:
    words = [_words(turn, part.words) for part in step.says]
    return "".join(f"\n{text}" for text in words if text)


def _without_keyboard(saying: Saying) -> Saying:
    outgoing = Outgoing(Act.SAY, {**saying.outgoing.body, "remove_keyboard": True})
    return Saying(outgoing, content=saying.content)


def _remember_phone(turn: Turn, definition: FormDefinition, answers: dict[str, Value]) -> None:
    for field in definition.fields:
        phone = answers.get(field.key)
        if field.kind is Kind.PHONE and isinstance(phone, str) and phone:
            conversations.keep_phone(turn.conn, turn.conversation.customer_id, phone)


def _remember_name(turn: Turn, definition: FormDefinition, answers: Mapping[str, Value]) -> None:
    """Call the customer by the name of the order, if the channel has told none."""
    given = next((answers.get(field.key) for field in definition.fields if _asks_the_name(field)), None)
    name = one_line(given) if isinstance(given, str) else ""
    if name and not turn.house.can(turn.conversation.place.channel).names:
        conversations.keep_name(turn.conn, turn.conversation.customer_id, name)
        turn.conversation = replace(turn.conversation, name=name)


def _asks_the_name(field: Field) -> bool:
    return field.kind is Kind.PERSON or field.key == NAME


def _tell_operators(turn: Turn, order: Order, summary: Sequence[tuple[str, str]]) -> Sayings:
    """Bring the order to the operators: into the conversation's topic, which is opened for it if need be."""
    return [*operator.topic_for(turn, f"📦 {order.number}"), orders_desk.new_order(turn, order, summary)]


def _rows(summary: Iterable[tuple[str, str]]) -> list[RichText]:
    return [bold(f"{label}: ") + value for label, value in summary]


def _message(turn: Turn, says: Sequence[Say]) -> Saying:
    """Return a step's says as one message: progress, words, rows, help; the buttons are the last one's.

    The question stands out, and so does the head of the summary.
    """
    parts: list[RichText] = []
    last = says[-1]
    for one in says:
        words = _words(turn, one.words)
        stands_out = one.rows or one.choices or one.moves
        parts += [plain(_step_of(turn, one) if one is last else "") + (bold(words) if stands_out else plain(words))]
        parts += [*_rows([(row.label, _words(turn, row.value)) for row in one.rows])]
        parts += [plain(one.help)] if one.help else []
    ask_contact = (
        turn.texts("form.button.share_phone") if last.request_contact and not last.choices and _can_ask(turn) else ""
    )
    beside = [_words(turn, move.label) for move in last.moves]
    body: dict[str, Any] = {"ask_contact": ask_contact, "words": beside} if ask_contact else {}
    body |= {"progress": list(last.progress)} if last.progress else {}
    return say(join(parts), () if ask_contact else _buttons(turn, last), **body)


def _step_of(turn: Turn, one: Say) -> str:
    """Return the line that says which step this is, where the channel does not show it; the summary is no step."""
    if one.progress is None or turn.house.can(turn.conversation.place.channel).progress:
        return ""
    step, total = one.progress
    return f"{turn.texts('form.progress', step=step, total=total)}\n" if step < total else ""


def _can_ask(turn: Turn) -> bool:
    return turn.house.can(turn.conversation.place.channel).contact_button


def _buttons(turn: Turn, one: Say) -> Rows:
    choices = [Button(_words(turn, choice.label), PREFIX + choice.action) for choice in one.choices]
    moves = [Button(_words(turn, choice.label), PREFIX + choice.action) for choice in one.moves]
    wide = all(len(button.text) <= SHORT_LABEL for button in choices)
    person = Button(turn.texts("button.human"), "human") if one.person else None
    return rows(*choices, width=WIDE if wide else 1) + rows(*moves, width=3) + rows(person)


def _words(turn: Turn, words: Words) -> str:
    return _words_in(turn, words, turn.conversation.language)


def _words_in(turn: Turn, words: Words, language: str) -> str:
    return turn.house.texts(language)(words.key, **words.arguments) if words.key else words.text
