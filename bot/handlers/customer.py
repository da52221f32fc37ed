"""What customers say and press, and who takes it up: a command, the form, the operators, or the FAQ.

The order of `said` is the house's rule: a command always works; a comment that was asked for comes next, unless a
ticket is open or it asks for something; then the form that the customer is in the middle of; then the people who attend
to them already; and last the FAQ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.domain.conversation import Pressed, Said
from bot.domain.message import ContentKind, RichText
from bot.domain.ports import Act
from bot.handlers import (
    asides,
    buying,
    changes,
    courtesy,
    feedback,
    filling,
    keeping,
    meanwhile,
    merged,
    my_orders,
    numbered,
    operator,
    order_consents,
    pace,
    presses,
    proposing,
    question,
    relay,
    start,
    waiting,
)
from bot.handlers.question import Asked
from bot.handlers.turn import Sayings, Turn, answer_press, drop_buttons, say, tell_desk
from bot.handoff import queue
from bot.handoff.ticket import Reason, State
from bot.messaging import conversations, transcript
from bot.orders.mentions import number_in


def said(turn: Turn, message: Said, asked: Asked, *, new: bool) -> Sayings:
    """Take a customer's message."""
    source = (message.place.chat, message.message)
    before = transcript.before(turn.conn, turn.conversation.id, source, pace.allowed(turn))
    known = changes.known_by_its_edit(turn, message, before.line)
    line = known or turn.hear(message.content, source)
    if turn.conversation.banned or (known and (turn.ticket is not None or merged.elsewhere(turn))):
        return []
    at_once = _at_once(turn, message, line, before.sent_at)
    if at_once is not None:
        return at_once
    to_question = _to_our_question(turn, message, asked, line)
    if to_question is not None:
        return to_question
    gone, here = filling.gone(turn), filling.filling(turn)
    about = _about_an_order(turn, message, asked, here, new=new)
    if about is not None:
        return [*gone, *about]
    there = turn.ticket
    taken = filling.take(turn, message, here, asked, line) if here is not None else None
    if taken is None:
        return [*gone, *_to_people_or_bot(turn, message, asked, line, new=new)]
    return [*(relay.desk_copy(turn, message, line) if there is not None else []), *taken]  # it may have been for them


def _to_our_question(turn: Turn, message: Said, asked: Asked, line: int) -> Sayings | None:
    """Take a yes or no to a proposed change of an order, and words about a score; None for all else."""
    consent = order_consents.in_words(turn, message, line)
    return consent if consent is not None or asked.answers else feedback.after_score(turn, message)


def _about_an_order(turn: Turn, message: Said, asked: Asked, here: filling.Here | None, *, new: bool) -> Sayings | None:
    """Take what surely asks how an order stands, or answers the question whose it is; None for all else."""
    if turn.ticket is not None:
        return None
    answered = my_orders.checked(turn, message) if my_orders.awaits_answer(turn) and not asked.answers else None
    if answered is not None:
        return answered
    if my_orders.number_asked(message, turn.house) and asked.match is not None:
        question.adopt_language(turn, message.content.text.text, asked.match, new=new)
    told = my_orders.asked(turn, message, own_only=here is not None)
    return [*told, *filling.again(turn, here)] if told is not None else None


def _instead_of_a_press(turn: Turn, message: Said) -> Sayings | None:
    """Take a language behind /language, or a number or a label where the channel has no buttons; None for all else."""
    spoken = start.language_typed(turn, message.content.text.text)
    if spoken is not None:
        return [spoken, *filling.again(turn, filling.filling(turn))]
    if turn.house.can(message.place.channel).buttons:
        return None
    action = numbered.pressed_by(turn.flow, message.content.text.text)
    if not action:
        return None
    about = (message.place, message.where, message.author, message.at)
    said = pressed(turn, Pressed(*about, press="", message=message.message, action=action))
    aside = [one.outgoing.body["text"] for one in said if one.outgoing.act is Act.ANSWER_PRESS]
    words = [one for one in said if one.outgoing.act not in (Act.ANSWER_PRESS, Act.EDIT_BUTTONS)]
    return words or [say(text) for text in aside if text]


def _at_once(turn: Turn, message: Said, line: int, sent_at: datetime | None) -> Sayings | None:
    """Take a command, and what came too fast; None for all else. One that nobody knows is answered with the help."""
    name = start.command_in(message.content)
    act = _command(turn, name, message.content.text.text)
    if act is not None:
        return _commanded(turn, name, act, fast=pace.fast(turn, line, sent_at))
    held = pace.held(turn, message, line, sent_at)
    if held is not None or not name:
        return held if held is not None else _instead_of_a_press(turn, message)
    return [say(turn.texts("start.unknown_command", command=f"/{name.lstrip('/')}"[:40])), start.help_text(turn)]


def _to_people_or_bot(turn: Turn, message: Said, asked: Asked, line: int, *, new: bool) -> Sayings:
    """Pass a message on to the people who attend to its author, here or in another chat; else ask the FAQ."""
    if turn.ticket is not None:
        return _to_people(turn, message, asked, line)
    there = None if new else merged.passed_on(turn, message)
    if there is not None:
        return there
    return _to_bot(turn, message, asked, line, new=new)


def said_in_a_row(turn: Turn, said: Sequence[Said], text: RichText, asked: Asked, *, new: bool) -> Sayings:
    """Take messages that a customer whom nobody attends to typed in a row: each is kept, one answer goes to all.

    Args:
        turn: the conversation's turn.
        said: the messages, texts, no commands.
        text: what they ask as a whole.
        asked: what the base made of that.
        new: they are the customer's first.
    """
    lines, sent_at = list[int](), None
    for one in said:
        source = (one.place.chat, one.message)
        before = transcript.before(turn.conn, turn.conversation.id, source, pace.allowed(turn))
        known, sent_at = changes.known_by_its_edit(turn, one, before.line), before.sent_at
        lines.append(known or turn.hear(one.content, source))
    held = pace.held(turn, said[-1], lines[0], sent_at)
    if held is not None:
        return held
    whole = replace(said[-1], content=replace(said[-1].content, text=text))
    consent = order_consents.in_words(turn, whole, lines[-1])
    return consent if consent is not None else _to_bot(turn, whole, asked, lines[-1], new=new)


def _to_people(turn: Turn, message: Said, asked: Asked, line: int) -> Sayings:
    """Pass a message on to the people; while nobody has the chat, the bot still answers what it is sure of."""
    left, whole = waiting.contact_left(turn, message)
    if whole:
        return left
    assert turn.ticket is not None  # noqa: S101 the caller looked
    unclaimed = turn.ticket.state is State.WAITING
    proposed = () if left or (unclaimed and asked.answers) else proposing.for_line(turn, message, asked, line)
    about = left or waiting.not_understood(turn, message)
    relayed = [*about, *relay.relay(turn, message, line, proposed)]
    if not unclaimed:
        return relayed + waiting.closed_now(turn, turn.ticket)
    answered = meanwhile.answers(turn, asked, message, line, again=meanwhile.AGAIN_AFTER)
    answered = answered or my_orders.asked(turn, message, own_only=True) or []
    return relayed + (answered or waiting.asked_after(turn, turn.ticket, message))


def _to_bot(turn: Turn, message: Said, asked: Asked, line: int, *, new: bool) -> Sayings:
    """Begin an order that is surely wished for, else ask the FAQ; who begins with a question gets no speech."""
    text = message.content.text.text
    if new and asked.match is not None and not turn.conversation.language_chosen:
        turn.speak(asked.match.language if text.strip() else turn.conversation.language)
    if message.content.kind is not ContentKind.TEXT:
        return question.ask(turn, message, asked, line)
    exact = asked.match is not None and asked.match.exact and asked.sure is not None
    of_their_order = my_orders.wished(turn, text, answered=exact)
    if of_their_order is not None:
        return [*of_their_order, *(question.ask(turn, message, asked, line) if exact else ())]
    wished = buying.wished(turn, text, asked)
    return wished if wished is not None else question.ask(turn, message, asked, line)


def _command(turn: Turn, name: str, text: str) -> Callable[[Turn], Sayings] | None:
    """Return what a command does: one of the bot's own, or one that begins a form of the owner's."""
    number = number_in(text)
    if name == "orders" and number:
        return partial(my_orders.status_of, number=number)
    words = " ".join(text.split()[1:])
    if name == "order":
        return partial(filling.begin_main, text=words)
    definition = turn.house.forms.by_command(name)
    return COMMANDS.get(name) or (partial(filling.begin, definition=definition, text=words) if definition else None)


def _commanded(turn: Turn, name: str, act: Callable[[Turn], Sayings], *, fast: bool) -> Sayings:
    """Carry out a command, in the middle of a flood too; who sends it in a row then is answered once."""
    before, stays_open = turn.ticket, courtesy.heard(turn)
    done = act(turn)
    if before is None and turn.ticket is not None:
        return done + pace.let_go(turn)
    if before is not None and name == "human":
        done += presses.shown(turn, before, "/human", for_people=True)
    if fast and len(done) == 1 and waiting.said_lately(turn, done[0], pace.WITHIN):
        return stays_open
    return done + stays_open


def _cancel(turn: Turn) -> Sayings:
    cancelled = filling.cancel(turn)
    if cancelled is not None:
        return cancelled
    if turn.flow.get(waiting.CONTACT):
        turn.wait_for()
        return [waiting.without_contact(turn)]
    if turn.ticket is not None and turn.ticket.state is State.WAITING:
        return _ended(turn, "handoff.cancelled", "desk.cancelled_by_customer")
    turn.wait_for()
    return [say(turn.texts("cancel.nothing"))]


def _topics(turn: Turn) -> Sayings:
    return [question.topics_menu(turn, turn.house.knowledge_base.snapshot)]


COMMANDS: dict[str, Callable[[Turn], Sayings]] = {
    "start": lambda turn: [start.welcome(turn)],
    "help": lambda turn: [start.help_text(turn)],
    "language": lambda turn: [start.choose_language(turn)],
    "cancel": _cancel,
    "human": lambda turn: operator.hand_over(turn, Reason.ASKED),
    "order": filling.begin_main,
    "orders": my_orders.listed,
    "topics": _topics,
    "privacy": lambda turn: [start.privacy(turn)],
}


def pressed(turn: Turn, press: Pressed) -> Sayings:
    """Take a button that a customer pressed; what it means now stands in the database, however old it is."""
    verb, _, rest = press.action.partition(":")
    act = PRESSES.get(verb)
    if act is None or turn.conversation.banned:
        return [answer_press(press.place, press.press, turn.texts("button.old"))]
    before, stays_open = turn.ticket, courtesy.heard(turn)
    sayings = act(turn, press, rest)
    return [*sayings, *stays_open, *presses.told(turn, press, verb, before, sayings)]


def _answering(act: Callable[[Turn], Sayings]) -> Callable[[Turn, Pressed, str], Sayings]:
    """Return a press that does what a command does."""
    return lambda turn, press, _: [answer_press(press.place, press.press), *act(turn)]


def _rate(turn: Turn, press: Pressed, rest: str) -> Sayings:
    ticket, _, score = rest.partition(":")
    return feedback.rate(turn, press, ticket, score)


def _category(turn: Turn, press: Pressed, key: str) -> Sayings:
    snapshot = turn.house.knowledge_base.snapshot
    name = snapshot.category(key)
    menu = question.topics_menu(turn, snapshot) if name is None else question.category_menu(turn, snapshot, name)
    return [answer_press(press.place, press.press), menu]


def _entry(turn: Turn, press: Pressed, key: str) -> Sayings:
    """Give an entry that was chosen from a menu."""
    snapshot = turn.house.knowledge_base.snapshot
    entry = snapshot.entry(key)
    done = answer_press(press.place, press.press)
    if entry is None:
        return [done, say(turn.texts("topics.gone")), question.topics_menu(turn, snapshot)]
    here = filling.filling(turn)
    return [done, *question.chosen(turn, entry, snapshot), *filling.again(turn, here)]


def _pick(turn: Turn, press: Pressed, rest: str) -> Sayings:
    """Give the near match that the customer meant."""
    key, _, number = rest.partition(":")
    here = filling.filling(turn)
    done = answer_press(press.place, press.press)
    return [done, *question.picked(turn, press, key, number), *filling.again(turn, here)]


def _none(turn: Turn, press: Pressed, _: str) -> Sayings:
    done = [answer_press(press.place, press.press), drop_buttons(press.place, press.message)]
    return [*done, *operator.hand_over(turn, Reason.NO_MATCH)]


def _language(turn: Turn, press: Pressed, code: str) -> Sayings:
    done = [answer_press(press.place, press.press), start.set_language(turn, code)]
    return [*done, *filling.again(turn, filling.filling(turn))]


def _solved_press(turn: Turn, press: Pressed, number: str) -> Sayings:
    done, ticket = answer_press(press.place, press.press), turn.ticket
    if ticket is None or str(ticket.id) != number:
        return [done, drop_buttons(press.place, press.message)]
    if ticket.answered_at is None or ticket.answered_at < ticket.opened_at:  # nobody has written, whoever has it
        return [done, *_ended(turn, "handoff.solved", "desk.solved_by_customer")]
    return [done, drop_buttons(press.place, press.message), *presses.solved(turn, ticket)]


def _ended(turn: Turn, key: str, desk_key: str) -> Sayings:
    """The customer does not wait for anybody any more: the ticket leaves the queue."""
    assert turn.ticket is not None  # noqa: S101 the callers looked
    held_back = pace.let_go(turn)
    closed = queue.close(turn.conn, turn.ticket, turn.now)
    asked_for_contact = waiting.contact_over(turn)
    turn.ticket = closed
    turn.show("ticket", ticket=closed.id)
    told, words = tell_desk(turn.desk_texts(desk_key)), say(turn.texts(key))
    return [
        *held_back,
        *asked_for_contact,
        words,
        told,
        *operator.close_topic(turn, closed),
        *waiting.over(turn, closed),
        *asides.ask_go_on(turn),
    ]


PRESSES: dict[str, Callable[[Turn, Pressed, str], Sayings]] = {
    "yes": feedback.helpful,
    "no": feedback.not_helpful,
    "pick": _pick,
    "none": _none,
    "human": _answering(COMMANDS["human"]),
    "order": _answering(COMMANDS["order"]),
    "orders": _answering(COMMANDS["orders"]),
    "topics": _answering(COMMANDS["topics"]),
    "cat": _category,
    "entry": _entry,
    "lang": _language,
    "solved": _solved_press,
    waiting.CONTACT: waiting.ask_for_contact,
    "csat": _rate,
    "csat_skip": lambda turn, press, _: feedback.skip_comment(turn, press),
    "form": lambda turn, press, _: filling.press(turn, press),
    "draft": keeping.press,
    buying.BUY: buying.pressed,
    my_orders.PREFIX.rstrip(":"): my_orders.pressed,
}


def blocked(turn: Turn, *, blocked: bool) -> Sayings:
    """Take it that the customer blocked the bot, or did not; the operators of an open ticket read it once."""
    if turn.conversation.blocked is blocked:
        return []
    conversations.change(turn.conn, turn.conversation.id, blocked=blocked)
    turn.conversation = replace(turn.conversation, blocked=blocked)
    turn.show("customer")
    if turn.ticket is None:
        return []
    return [tell_desk(turn.desk_texts("desk.customer_blocked" if blocked else "desk.customer_unblocked"))]
