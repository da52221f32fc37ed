"""What comes of a step in a form: the draft is kept and the next question asked, or the order is made and told.

Anna confirms: the order gets its number, she reads it, and the operators find it in her topic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.conversation import Author, Said, Where
from bot.domain.message import bold, join
from bot.domain.people import one_line
from bot.handlers import asides, form_words, goods, operator, order_events, orders_desk, prefill, privately, relay
from bot.handlers.form_words import moment_of, without_keyboard
from bot.handlers.turn import Saying, Sayings, Turn, say, say_at
from bot.messaging import conversations, transcript
from bot.orders import drafts, form, store
from bot.orders.again import signed
from bot.orders.answers import Value
from bot.orders.definition import CONFIRM, Field, FormDefinition, Kind
from bot.orders.form import FormState, Outcome, Say, Step
from bot.orders.store import Order
from bot.orders.understood import Understood, begun_with

NAME = "name"
"""The field whose answer is what a customer is called, where the channel tells no names."""


def start(turn: Turn, definition: FormDefinition, *before: Say, found: Understood | None = None) -> Sayings:
    """Begin a form with what the customer's words say of it; else who has filled it in before can take that over."""
    moment = moment_of(turn)
    if found is not None and (found.count or found.remarks):
        return _understood(turn, definition, found, before)
    step = form.start(definition, moment, prefill.known(turn, definition))
    drafts.put(turn.conn, turn.conversation.id, definition.key, step.state.to_dict(), turn.now)
    offered = asides.ask_same(turn, definition, *before)
    return offered or follow(turn, definition, replace(step, says=(*before, *step.says)))


def _understood(turn: Turn, definition: FormDefinition, found: Understood, before: Sequence[Say]) -> Sayings:
    """Show what was understood before anything of it is taken."""
    state = begun_with(definition, found, prefill.known(turn, definition))
    drafts.put(turn.conn, turn.conversation.id, definition.key, state.to_dict(), turn.now)
    draft = drafts.get(turn.conn, turn.conversation.id, definition.key)
    assert draft is not None  # noqa: S101 it was put there just now
    before = (*before, *(Say(one) for one in found.remarks))
    asked = asides.ask_right(turn, definition, draft, [*found.answers, *found.begun], *before)
    return asked or resume(turn, definition, state, *before)


def resume(turn: Turn, definition: FormDefinition, state: FormState, *before: Say) -> Sayings:
    """Ask a form's question again."""
    step = form.resume(definition, state, moment_of(turn))
    return follow(turn, definition, replace(step, says=(*before, *step.says)))


def follow(turn: Turn, definition: FormDefinition, step: Step, was: FormState | None = None) -> Sayings:
    """Keep what a step left, and say what it says; `was` is the state before it, kept when the customer cancels."""
    conversation = turn.conversation.id
    if turn.ticket is not None:
        turn.show("draft")  # people are asked for, and read on the card how far it is
    match step.outcome:
        case Outcome.ASKING:
            drafts.put(turn.conn, conversation, definition.key, step.state.to_dict(), turn.now)
            before = turn.flow
            turn.wait_for(form=definition.key)
            asked = form_words.message(turn, definition, step.says)
            return form_words.keyboard_gone(turn, before, then=asked)
        case Outcome.CONFIRMED:
            return _confirmed(turn, definition, step)
        case Outcome.CANCELLED if was is not None and asides.worth_keeping(was):
            return asides.ask_keep(turn, definition)
        case Outcome.CANCELLED | Outcome.OVER:
            drafts.discard(turn.conn, conversation, definition.key)
            turn.wait_for()
            over = say(form_words.about(turn, definition, "order.over"))
            return [without_keyboard(form_words.message(turn, definition, step.says) if step.says else over)]


def _confirmed(turn: Turn, definition: FormDefinition, step: Step) -> Sayings:
    """Make the order, tell its number, and tell the operators; what was sold meanwhile is asked again."""
    answers = signed(definition, form.ordered(definition, step.state))
    if not goods.taken(turn, answers):
        return resume(turn, definition, replace(step.state, current=CONFIRM))
    language = turn.conversation.language
    shown = [(row.label, form_words.words(turn, row.value)) for row in form.summary(definition, step.state, language)]
    desk = [
        (row.label, form_words.words_for(turn, row.value, turn.desk_texts.language))
        for row in form.summary(definition, step.state, turn.desk_texts.language)
    ]
    price, customer = goods.total(definition, answers), turn.conversation.customer_id
    place = turn.conversation.id
    order = store.confirm(
        turn.conn, place, customer, definition.key, answers, shown, turn.now, price, definition.prefix
    )
    _remember_phone(turn, definition, answers)
    _remember_name(turn, definition, answers)
    turn.wait_for()
    turn.show("order", number=order.number)
    confirmation = say(bold(form_words.has_number(turn, definition, order.number)) + _closing(turn, step))
    order_events.happened(turn, "made", order)
    return [without_keyboard(confirmation), *_tell(turn, definition, order, desk)]


def _closing(turn: Turn, step: Step) -> str:
    words = [form_words.words(turn, part.words) for part in step.says]
    return "".join(f"\n{text}" for text in (*words, turn.texts("form.see_orders")) if text)


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


def _tell(turn: Turn, definition: FormDefinition, order: Order, summary: Sequence[tuple[str, str]]) -> Sayings:
    """Bring the order to those whom its form names; to the operators' topic also where no manager can be written to."""
    managers = _tell_managers(turn, order, summary) if "managers" in definition.tell else []
    in_topic = "topic" in definition.tell or not managers
    return [*(_tell_operators(turn, order, summary) if in_topic else []), *managers]


def _tell_managers(turn: Turn, order: Order, summary: Sequence[tuple[str, str]]) -> Sayings:
    """Bring the order to the managers, each in their language, with the way to the conversation."""
    sayings: Sayings = []
    for person in privately.managers(turn.conn):
        texts = turn.house.texts(person.language)
        way = privately.links(turn.house, turn.conn, turn.conversation.id, texts)
        head = form_words.head_for_desk(turn.house, texts, order)
        lines = [bold(head), *form_words.titled(summary), way]
        sayings += [say_at(place, join(lines)) for place in privately.private_places(turn.house, person)]
    return sayings


def _tell_operators(turn: Turn, order: Order, summary: Sequence[tuple[str, str]]) -> Sayings:
    """Bring the order to the operators: into the conversation's topic, which is opened for it if need be."""
    told = [*operator.topic_for(turn, f"📦 {order.number}"), orders_desk.new_order(turn, order, summary)]
    return told if turn.ticket else [*told, *_files(turn, order)]


def _files(turn: Turn, order: Order) -> Sayings:
    """Bring the files of an order to the topic; while people have the chat, they have read them there already."""
    definition, copies = turn.house.forms.get(order.form), list[Saying]()
    for field in definition.fields if definition else ():
        for one in (order.answers.get(field.key) or ()) if field.kind is Kind.FILE else ():
            line = transcript.get(turn.conn, one["line"])
            if line is not None and not line.deleted_at and line.source[1]:
                who = Author(turn.conversation.place.chat, turn.conversation.name)
                said = Said(turn.conversation.place, Where.PRIVATE, who, line.at, line.source[1], line.content)
                copies += relay.desk_copy(turn, said, line.id)
    return copies
