"""A customer's own orders: `/orders`, "where is my order S-1042?", and the wish to cancel one.

Anna reads at once how her own order stands. Somebody who asks for the number of another one is asked what only its
customer knows, three times a day at most, and six times for all numbers together; whether there is such an order at
all, nobody learns by asking.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, RichText, Rows, bold, join, plain
from bot.handlers import filling, form_words, operator, order_changes, order_consents, order_states, order_words
from bot.handlers.house import House
from bot.handlers.order_states import Became
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, say, tell_desk
from bot.handoff.ticket import Reason
from bot.i18n import whole_day
from bot.messaging import backlog
from bot.orders import mentions, order_wishes, proof, status, store
from bot.orders.order_wishes import Wish
from bot.orders.status import State
from bot.orders.store import Kind, Order

PREFIX = "mine:"
CHECK = "check"
"""What the bot waits for: the answer to the question about the order of this number."""
CHECKED = "checked"
"""In the body of what is said to a wrong answer: the number of the order."""
TRIES, WITHIN = 3, timedelta(days=1)
TRIES_IN_ALL = 6
"""Wrong answers a day in one chat, whatever the number: nobody goes through the numbers with one surname."""
SHOWN, MOST = 10, 5
"""Orders in the list, and those among them with a button."""
LONGEST_ANSWER = 5
"""Words that an answer to the check question has at most; more are something else."""


def listed(turn: Turn) -> Sayings:
    """Return the customer's own orders with their states."""
    found = store.of_customer(turn.conn, turn.conversation.id, SHOWN, turn.conversation.customer_id)
    if not found:
        return [say(turn.texts("orders.none"), rows(Button(turn.texts("button.order"), "order")))]
    lines: list[RichText] = [plain(turn.texts("orders.yours"))]
    for order in found:
        number = order_words.titled(turn.house, turn.texts, order)
        lines.append(bold(number) + f" · {_state(turn, order)} · {_day_of(turn, order)}")
        lines += _parcel(turn, order)
    buttons = [
        Button(turn.texts("orders.button_show", number=one.number), f"{PREFIX}show:{one.number}") for one in found
    ]
    return [say(join(lines), rows(*buttons[:MOST], width=2))]


def _state(turn: Turn, order: Order) -> str:
    return order_words.told(turn.house, turn.texts, order)


def _about(turn: Turn, order: Order, key: str) -> str:
    return order_words.sentence(turn.house, turn.texts, order.form, key, number=order.number)


def _parcel(turn: Turn, order: Order) -> list[RichText]:
    under_way = order.tracking and order.stands is State.SHIPPED
    return [plain(turn.texts("order_told.tracking", link=order.tracking))] if under_way else []


def _day_of(turn: Turn, order: Order) -> str:
    zone = ZoneInfo(turn.house.rules.hours.zone)
    return whole_day(order.created_at.astimezone(zone).date(), turn.conversation.language)


def own(turn: Turn, number: str) -> Order | None:
    """Return the order of this number if it is this customer's, from whichever chat of theirs."""
    order = store.get(turn.conn, number)
    who = turn.conversation
    mine = order is not None and (order.conversation_id == who.id or order.customer_id == who.customer_id)
    return order if mine else None


def status_of(turn: Turn, number: str) -> Sayings:
    """Answer how an order stands: at once to whom it belongs, to others behind a question."""
    order = own(turn, number)
    if order is not None:
        return [_shown(turn, order)]
    if _used_up(turn, number):
        return [_no_more(turn, number)]
    turn.wait_for(**{CHECK: number})
    return [say(turn.texts("order_check.ask", number=number))]


def asked(turn: Turn, said: Said, *, own_only: bool = False) -> Sayings | None:
    """Answer a message that surely asks how an order stands; None for any other.

    Args:
        turn: the conversation's turn.
        said: the message.
        own_only: nothing is asked back, because something else is being asked.
    """
    number = number_asked(said, turn.house)
    if not number or (own_only and own(turn, number) is None):
        return None
    return status_of(turn, number)


def number_asked(said: Said, house: House) -> str:
    """Return the number of the order whose state a message asks for, empty for none."""
    text = said.content.text.text if said.content.kind is ContentKind.TEXT else ""
    return mentions.asked_for(text, house.forms.prefixes)


def awaits_answer(turn: Turn) -> bool:
    """Return whether the check question was asked last."""
    return bool(turn.flow.get(CHECK))


def checked(turn: Turn, said: Said) -> Sayings | None:
    """Take the answer to the check question; None for what plainly is none: it goes its usual way."""
    number, text = str(turn.flow.get(CHECK, "")), said.content.text.text
    if not number:
        return None
    turn.wait_for()
    if said.content.kind is not ContentKind.TEXT or len(text.split()) > LONGEST_ANSWER or "?" in text:
        return None
    order = store.get(turn.conn, number, lock=True)
    if _used_up(turn, number):
        return [_no_more(turn, number)]
    worn_out = order is not None and store.checks_since(turn.conn, order.id, turn.now - WITHIN) >= TRIES
    if order is not None and not worn_out and proof.proven(order.answers, text):
        return [say(join([_head(turn, order), *_parcel(turn, order)]))]
    if order is not None and not worn_out:
        store.log(turn.conn, order.id, Kind.CHECK, turn.now)
    if _tries_left(turn, number) > 1:
        turn.wait_for(**{CHECK: number})
        return [say(turn.texts("order_check.wrong", number=number), _person(turn), **{CHECKED: number})]
    return [say(turn.texts("order_check.no_more", number=number), _person(turn), **{CHECKED: number})]


def _tries_left(turn: Turn, number: str) -> int:
    """Return how often somebody in this chat may still answer for a number, whether there is one or not."""
    since = turn.now - WITHIN

    def wrong(about: str, most: int) -> int:
        return len(backlog.saying_with(turn.conn, turn.conversation.id, CHECKED, about, since, most, topics=False))

    return min(TRIES - wrong(number, TRIES), TRIES_IN_ALL - wrong("", TRIES_IN_ALL))


def _used_up(turn: Turn, number: str) -> bool:
    return _tries_left(turn, number) <= 0


def _no_more(turn: Turn, number: str) -> Saying:
    return say(turn.texts("order_check.no_more", number=number), _person(turn))


def _person(turn: Turn) -> Rows:
    return rows(Button(turn.texts("button.human"), "human"))


def _head(turn: Turn, order: Order) -> RichText:
    values = {"number": order.number, "state": _state(turn, order)}
    return bold(order_words.sentence(turn.house, turn.texts, order.form, "orders.one", **values))


def _shown(turn: Turn, order: Order) -> Saying:
    """Return one order to whom it belongs, with the way to cancel it while nobody has taken it up."""
    lines = [_head(turn, order), *_parcel(turn, order)]
    lines += form_words.titled(order.summary)
    lines.append(plain(_day_of(turn, order)))
    here = order.conversation_id == turn.conversation.id and order.stands in status.OPEN
    cancel = Button(_about(turn, order, "orders.button_cancel"), f"{PREFIX}cancel:{order.number}") if here else None
    return say(join(lines), rows(cancel))


def wished(turn: Turn, text: str, *, answered: bool = False) -> Sayings | None:
    """Do what somebody plainly wants with an order of their own; None for all else, and for who has none.

    With `answered` the FAQ says how it goes and who does it, so nobody is fetched besides.
    """
    wish = order_wishes.wish_in(text, turn.house.forms.prefixes)
    if wish is None:
        return None
    found = store.of_customer(turn.conn, turn.conversation.id, SHOWN, turn.conversation.customer_id)
    meant = [one for one in found if one.number == wish.number] if wish.number else found
    if not meant or (answered and wish.wish is Wish.CHANGE):
        return None
    return _WISHES[wish.wish](turn, meant)


def _where(turn: Turn, found: list[Order]) -> Sayings:
    """Show the one that is under way, or all of them."""
    under_way = [one for one in found if one.stands in status.OPEN | {State.SHIPPED}]
    return [_shown(turn, under_way[0])] if len(under_way) == 1 else listed(turn)


def _away(turn: Turn, found: list[Order]) -> Sayings:
    """Ask about the one that can still be cancelled; of several the customer chooses."""
    here = [one for one in found if one.conversation_id == turn.conversation.id]
    could = [one for one in here if one.stands in status.OPEN]
    if len(could) > 1:
        buttons = [Button(one.number, f"{PREFIX}cancel:{one.number}") for one in could[:MOST]]
        return [say(turn.texts("orders.which_to_cancel"), rows(*buttons, width=2))]
    return [_asks_to_cancel(turn, could[0])] if could else [_shown(turn, found[0])]


def _otherwise(turn: Turn, found: list[Order]) -> Sayings:
    """Fetch somebody: what was ordered is changed by people, with the customer's consent."""
    could = [one for one in found if one.stands in status.OPEN]
    shown = [_shown(turn, could[0])] if len(could) == 1 else []
    asks = [tell_desk(turn.desk_texts("order_desk.wants_to_change", number=one.number)) for one in could[:1] if shown]
    return [*shown, *operator.hand_over(turn, Reason.ASKED), *asks]


def pressed(turn: Turn, press: Pressed, rest: str) -> Sayings:
    """Take a button below a customer's own orders; what it means stands in the database."""
    verb, number, key = [*rest.split(":"), "", "", ""][:3]
    if verb in {order_changes.AGREE, order_changes.KEEP}:
        return order_consents.answered(turn, press, number, key, agrees=verb == order_changes.AGREE)
    order, act = own(turn, number), PRESSES.get(verb)
    if order is None or act is None:
        return [answer_press(press.place, press.press, turn.texts("button.old"))]
    return [answer_press(press.place, press.press), *act(turn, press, order)]


def _ask_to_cancel(turn: Turn, press: Pressed, order: Order) -> Sayings:
    """Ask once whether an order shall be cancelled."""
    if order.stands not in status.OPEN:
        return [drop_buttons(press.place, press.message), _shown(turn, order)]
    return [_asks_to_cancel(turn, order)]


def _asks_to_cancel(turn: Turn, order: Order) -> Saying:
    yes = Button(turn.texts("orders.button_yes"), f"{PREFIX}gone:{order.number}")
    no = Button(turn.texts("orders.button_no"), f"{PREFIX}stay:{order.number}")
    return say(_about(turn, order, "orders.ask_cancel"), rows(yes, no))


def _cancel(turn: Turn, press: Pressed, order: Order) -> Sayings:
    """Cancel an order that nobody has taken up; one that is confirmed is for a person: it may be packed by now."""
    done: Sayings = [drop_buttons(press.place, press.message)]
    became = order_states.set_state(turn, order.number, State.CANCELLED, expected=State.NEW, kind=Kind.WITHDRAWN)
    if isinstance(became, Became):
        return [*done, *became.sayings]
    now = own(turn, order.number)
    if now is None or now.stands is not State.CONFIRMED:
        return [*done, _shown(turn, now or order)]
    told = [say(_about(turn, order, "orders.too_late_to_cancel"))]
    gone = order_words.for_staff(turn.house, turn.desk_texts, order, State.CANCELLED)
    asks = tell_desk(turn.desk_texts("order_desk.wants_to_cancel", number=order.number, state=gone))
    return [*done, *told, *operator.hand_over(turn, Reason.ASKED), asks]


def _stay(turn: Turn, press: Pressed, order: Order) -> Sayings:
    return [drop_buttons(press.place, press.message), say(_about(turn, order, "orders.stays"))]


PRESSES: dict[str, Callable[[Turn, Pressed, Order], Sayings]] = {
    "show": lambda turn, _, order: [_shown(turn, order)],
    "cancel": _ask_to_cancel,
    "gone": _cancel,
    "stay": _stay,
}
_WISHES: dict[Wish, Callable[[Turn, list[Order]], Sayings]] = {
    Wish.STATE: _where,
    Wish.CANCEL: _away,
    Wish.CHANGE: _otherwise,
    Wish.AGAIN: lambda turn, _: filling.begin_main(turn),
}
