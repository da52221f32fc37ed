"""What staff do with orders: buttons below an order, `/order S-1042 shipped https://…`, and the console's page.

Who has the chat decides about its order, anybody where nobody has it, and managers always; a colleague reads who has
it. A button means what it said when it was shown: whoever comes too late is told how the order stands now.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from bot.domain.conversation import Pressed
from bot.domain.message import bold, join
from bot.domain.people import Staff
from bot.handlers import desk, form_words, order_changes, order_states, order_views, order_words
from bot.handlers.desk import Done, Hand, Outcome, Refusal
from bot.handlers.house import House
from bot.handlers.order_states import PREFIX, Became
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, tell_desk
from bot.i18n import Texts
from bot.orders import mentions, status, store
from bot.orders.status import Refused, State
from bot.orders.store import Kind, Order

COMMANDS = ("order",)
"""Commands of a topic that this module takes."""
VERB = PREFIX.rstrip(":")
CHANGE = "change"
LONGEST_NOTE = 1000
LIKE = 0.7
"""How like a state's name a word must be to be taken for it, 0–1, difflib's ratio."""


def set_state(
    hand: Hand, number: str, wanted: State, *, expected: State | None = None, note: str = "", tracking: str = ""
) -> Outcome:
    """Put an order into a state; what is to be said waits in the hand."""
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    refusal = desk.not_yours(hand, turn.ticket)
    if refusal:
        return refusal
    became = order_states.set_state(
        turn, number, wanted, by=hand.person, expected=expected, note=note, tracking=tracking
    )
    match became:
        case None:
            return Refusal(texts("order_desk.unknown", number=number))
        case Refused():
            order = _of(turn, number)
            assert order is not None  # noqa: S101 it was refused a state just now
            return Refusal(order_states.why_not(turn.house, texts, order, wanted, became))
        case Became():
            hand.sayings += became.sayings
            return hand.finish(Done(_done(hand, texts, became)))


def _done(hand: Hand, texts: Texts, became: Became) -> str:
    """Return that it was done, and whether the customer can know."""
    order = became.order
    state = order_words.for_staff(hand.turn.house, texts, order)
    told = texts("order_desk.done", number=order_words.titled(hand.turn.house, texts, order), state=state)
    if became.told:
        return told
    return f"{told} {texts('order_desk.not_told_banned' if hand.turn.conversation.banned else 'order_desk.not_told')}"


def note(hand: Hand, number: str, words: str) -> Outcome:
    """Write something down about an order, for the staff."""
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    order = _of(turn, number)
    if order is None:
        return Refusal(texts("order_desk.unknown", number=number))
    words = words.strip()[:LONGEST_NOTE]
    if not words:
        return Refusal(texts("web.nothing_typed"))
    store.log(turn.conn, order.id, Kind.NOTE, turn.now, staff=hand.person.id, note=words)
    turn.show("order", number=number)
    return hand.finish(Done(texts("desk.noted")))


def _of(turn: Turn, number: str) -> Order | None:
    order = store.get(turn.conn, number)
    return order if order and order.conversation_id == turn.conversation.id else None


def hand_on(house: House, conn: Connection, person: Staff, number: str) -> Hand | None:
    """Return a console user's hand on the conversation of an order; None when there is no such order."""
    turn = order_states.turn_about(house, conn, number)
    return Hand(turn, person, elsewhere=True) if turn else None


def new_order(turn: Turn, order: Order, summary: Sequence[tuple[str, str]]) -> Saying:
    """Return the line by which the operators hear of an order, with what they can do."""
    head = bold(form_words.head_for_desk(turn.house, turn.desk_texts, order))
    lines = form_words.titled(summary)
    return order_states.view_of(turn, order, join([head, *lines]))


def shown(turn: Turn, order: Order) -> Saying:
    """Return an order as staff read it in the topic, with what they can do."""
    return order_states.view_of(turn, order, order_views.described(turn.house, order, turn.desk_texts, turn.now))


def command(hand: Hand, argument: str) -> Sayings:
    """Carry out `/order`: the customer's last order, the one of a number, a new state, or a proposed change."""
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    written, _, rest = argument.partition(" ")
    number = mentions.number_written(written)
    if not number:
        last = next(iter(store.of_customer(turn.conn, turn.conversation.id, 1)), None)
        if last is None or argument:
            return [tell_desk(_usage(turn.house, texts, last) if last else texts("order_desk.none"))]
        return [shown(turn, last)]
    order = _of(turn, number)
    if order is None:
        return [tell_desk(texts("order_desk.unknown", number=number))]
    if not rest.strip():
        return [shown(turn, order)]
    outcome = ordered(hand, order, rest.strip())
    return [tell_desk(outcome.text)] if isinstance(outcome, Refusal) or outcome.text else []


def ordered(hand: Hand, order: Order, words: str) -> Outcome:
    """Carry out what stands behind a number: a state with a link and a reason, or a change."""
    texts = hand.turn.house.texts(hand.person.language)
    name, _, rest = words.partition(" ")
    if name.lower() == CHANGE:
        return order_changes.propose_in_words(hand, order, rest.strip())
    house = hand.turn.house
    named = order_words.state_in(house, order, words)
    if named is None:
        return Refusal(_meant(house, texts, order, words) or _usage(house, texts, order))
    wanted, more = named
    link, reason = status.link_in(more) if wanted is State.SHIPPED or "://" in more else ("", more)
    if wanted is State.SHIPPED and not link and (parcel := status.parcel_number_in(more)):
        return Refusal(texts("order_refused.number_only", number=order.number, parcel=parcel, state=name))
    outcome = set_state(hand, order.number, wanted, note=reason, tracking=link)
    topic = hand.turn.topic()
    quiet = (
        isinstance(outcome, Done) and topic is not None and not hand.elsewhere and not hand.turn.conversation.blocked
    )
    return Done() if quiet and not hand.turn.conversation.banned else outcome  # the topic reads the line about it


def _meant(house: House, texts: Texts, order: Order, words: str) -> str:
    """Return the question whether a state was meant that is written nearly so; empty where none is near."""
    name, _, rest = words.partition(" ")
    known = {CHANGE: CHANGE}
    for code in house.catalogues:
        known |= {
            shown.lower(): shown
            for one in order_words.all_of(house, order.form)
            for shown in (one.value, order_words.for_staff(house, house.catalogues[code], order, one))
        }
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=LIKE)
    command = f"/order {order.number} {known[near[0]]} {rest}".strip() if near else ""
    return texts("order_desk.did_you_mean", state=known[near[0]], command=command) if near else ""


def _usage(house: House, texts: Texts, order: Order) -> str:
    """Return how `/order` is written about an order: with the states that its form knows."""
    states = [order_words.for_staff(house, texts, order, one) for one in order_words.all_of(house, order.form)]
    shipped = State.SHIPPED in order_words.all_of(house, order.form)
    lines = [texts("order_desk.usage_of", number=order.number, states=" | ".join(states))]
    if shipped:
        name = order_words.for_staff(house, texts, order, State.SHIPPED)
        lines.append(texts("order_desk.usage_shipped", number=order.number, state=name))
    return "\n".join([*lines, texts("order_desk.usage_change", number=order.number)])


def pressed(hand: Hand, press: Pressed) -> Sayings:
    """Take a button below an order in a topic; an old one shows what can be done now."""
    turn, texts = hand.turn, hand.turn.house.texts(hand.person.language)
    number, was, act, reason = [*press.action.removeprefix(PREFIX).split(":"), "", "", "", ""][:4]
    order = _of(turn, number)
    if order is None:
        return [answer_press(press.place, press.press, texts("order_desk.unknown", number=number[:20]))]
    return (_on_button(act) or _as_it_is)(hand, press, order, was, reason)


Press = Callable[[Hand, Pressed, Order, str, str], Sayings]


def _on_button(act: str) -> Press | None:
    if act == CHANGE:
        return _how_to_change
    return _to_state if status.state_of(act) else None


def _as_it_is(hand: Hand, press: Pressed, order: Order, was: str, reason: str) -> Sayings:  # noqa: ARG001 a press's face
    offers = order_states.below(hand.turn.house, order, hand.turn.desk_texts)
    return [answer_press(press.place, press.press), drop_buttons(press.place, press.message, offers)]


def _how_to_change(hand: Hand, press: Pressed, order: Order, was: str, reason: str) -> Sayings:  # noqa: ARG001 a press's face
    texts = hand.turn.house.texts(hand.person.language)
    fields = ", ".join(order_changes.labels(hand.turn.house, order, texts.language))
    told = texts("order_desk.how_to_change", number=order.number, fields=fields)
    return [answer_press(press.place, press.press), tell_desk(told)]


def _to_state(hand: Hand, press: Pressed, order: Order, was: str, reason: str) -> Sayings:
    """Set what a button says, if the order still stands as it did when the button was shown."""
    wanted = State(press.action.removeprefix(PREFIX).split(":")[2])
    if wanted is State.CANCELLED and not reason and order.state == was:
        offers = order_states.reasons(order, hand.turn.desk_texts)
        texts = hand.turn.house.texts(hand.person.language)
        state = order_words.for_staff(hand.turn.house, texts, order, wanted)
        asks = texts("order_desk.why_cancelled", number=order.number, state=state)
        return [answer_press(press.place, press.press, asks), drop_buttons(press.place, press.message, offers)]
    note = reason if reason in order_states.REASONS else ""
    expected = status.state_of(was) or order.stands
    outcome = set_state(hand, order.number, wanted, expected=expected, note=note)
    done = answer_press(press.place, press.press, outcome.text)
    if isinstance(outcome, Done):
        return [done]  # the lines about the order offer what comes next already
    now = _of(hand.turn, order.number) or order
    return [
        done,
        drop_buttons(press.place, press.message, order_states.below(hand.turn.house, now, hand.turn.desk_texts)),
    ]
