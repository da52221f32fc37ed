"""What an order becomes, and who hears of it: one way for the topic, the console, the command line and the API.

Olga presses "Shipped": the order is shipped, Anna reads it in her language with the parcel's address, the topic says
who did it, and the buttons below the order offer what comes next. Pressed twice, or by two at once, it happens once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.domain.message import Button, RichText, Rows, bold, join, plain, rows_to_json, split
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import merged, order_events, order_views, order_words
from bot.handlers.house import House
from bot.handlers.turn import Saying, Sayings, Turn, rows, say, tell_desk
from bot.i18n import Texts
from bot.messaging import backlog, conversations, outbox, topics
from bot.orders import money, status, stock, store
from bot.orders.status import Allowed, Refused, State, Why
from bot.orders.store import Kind, Order

PREFIX = "order:"
"""How the actions of the buttons below an order begin, in a topic."""
ABOUT = "order"
"""In the body of a line in a topic: the number of the order that it is about, so that its buttons are kept current."""
VIEW = "shows_order"
"""In the body of a line in a topic that shows an order whole: how long its text is, so that it is kept current too."""
PROPOSAL = "proposal"
"""In the body of a question to a customer: the number of the order of which a change is proposed."""
REASONS = ("sold_out", "no_delivery", "wish")
"""Reasons of a cancellation that the bot says in the customer's language; any other one goes out as it was written."""
LONGEST_NOTE = 500
LOOKED_BACK = timedelta(days=30)
MOST_LINES = 3
"""Lines about one order whose buttons are kept current, the newest."""


@dataclass(frozen=True, slots=True)
class Became:
    """It was done.

    Attributes:
        order: as it stands now.
        told: the customer is told; not one who blocked the bot or was banned.
        sayings: what is to be said in the turn, by whoever carries it out.
    """

    order: Order
    told: bool
    sayings: Sayings


def set_state(
    turn: Turn,
    number: str,
    wanted: State,
    *,
    by: Staff | None = None,
    expected: State | None = None,
    note: str = "",
    tracking: str = "",
    kind: Kind = Kind.STATE,
) -> Became | Refused | None:
    """Put an order of the turn's conversation into a state.

    Args:
        turn: of the conversation in which it was ordered, locked.
        number: of the order.
        wanted: how it shall stand.
        by: who does it; None for the customer and the command line.
        expected: how it stood for the one who asks; None for who looks at nothing.
        note: why, or one of `REASONS`; the customer reads it when the order is cancelled.
        tracking: the address of the parcel's page, for `shipped`.
        kind: what the log tells.

    Returns:
        What became of it, or why nothing did; None when the conversation has no such order.
    """
    order = store.get(turn.conn, number, lock=True)
    if order is None or order.conversation_id != turn.conversation.id:
        return None
    note, before = " ".join(note.split())[:LONGEST_NOTE], order.stands
    states = turn.house.forms.states(order.form)
    verdict = status.judge(
        before, wanted, expected=expected, note=note, tracking=tracking, link=order.tracking, states=states
    )
    if isinstance(verdict, Refused):
        return verdict
    if not _shelved(turn, order, before, wanted):
        return Refused(Why.SOLD_OUT, before)
    link = "" if verdict.back and wanted in status.OPEN else tracking or None
    became = store.put_into(turn.conn, order, wanted, turn.now, link)
    if became is None:  # another worker was faster, past the lock that only PostgreSQL has
        now = store.get(turn.conn, number)
        return Refused(Why.OVERTAKEN, now.stands if now else before)
    why = _shown(turn.desk_texts, note) or (tracking if verdict.relinked else "")
    staff = by.id if by else None
    store.log(turn.conn, order.id, kind, turn.now, before=before, after=wanted, staff=staff, note=why)
    order_events.happened(turn, "state", became, before=before.value)
    turn.show("order", number=number)
    there = merged.goes_on_in(turn) or turn
    told = not (there.conversation.banned or there.conversation.blocked)
    sayings = [say(announced(there, became, verdict, note))] if told else []
    sayings += _to_desk(there, became, _who(turn, by, kind), note)
    if there is not turn:
        there.carry(sayings)
        sayings = []
    sayings += question_over(turn, order) if order.proposal and not became.proposal else []
    return Became(became, told, sayings + lines_now(turn, became))


def _shelved(turn: Turn, order: Order, before: State, wanted: State) -> bool:
    """Put back what will not be sold, or take it again for an order that stands after all; False where it is gone."""
    gave_back, gives_back = (one in status.GIVES_BACK for one in (before, wanted))
    if gives_back and not gave_back:
        stock.give_back(turn.conn, order.answers, order.id)
    catalogue = turn.house.shelf.catalogue
    if wanted in status.OPEN and before not in status.OPEN and not gave_back:
        stock.hold(turn.conn, order.answers, order.id)
    if gave_back and not gives_back and catalogue is not None:
        return not stock.take(turn.conn, catalogue, stock.pieces(order.answers))
    return True


def _who(turn: Turn, by: Staff | None, kind: Kind) -> str:
    """Return who did it, as the topic reads it."""
    key = "order_desk.customer" if kind is Kind.WITHDRAWN else "order_desk.command_line"
    return by.name if by else turn.desk_texts(key)


def _shown(texts: Texts, note: str) -> str:
    return texts(f"order_reason.{note}") if note in REASONS else note


def announced(turn: Turn, order: Order, verdict: Allowed, note: str = "") -> RichText:
    """Return what a customer reads of a new state: the number, the state, the parcel's page, why it was refused."""
    texts = turn.texts
    lines = [bold(order_words.announced(turn.house, texts, order, corrected=verdict.back))]
    if order.stands is State.SHIPPED and order.tracking:
        lines.append(plain(texts("order_told.tracking", link=order.tracking)))
    if order.stands is State.CANCELLED and note and not verdict.back:
        lines.append(plain(texts("order_told.reason", reason=_shown(texts, note))))
    return join(lines)


def _to_desk(turn: Turn, order: Order, who: str, note: str) -> Sayings:
    """Return the line for the topic; a topic that is closed is not opened for it."""
    texts, topic = turn.desk_texts, turn.topic()
    if topic is None or topic.state == topics.CLOSED:
        return []
    state, number = order_words.for_staff(turn.house, texts, order), order_words.titled(turn.house, texts, order)
    lines = [plain(texts("order_desk.now", number=number, state=state, name=who))]
    lines += [plain(order.tracking)] if order.stands is State.SHIPPED and order.tracking else []
    lines += [plain(_shown(texts, note))] if note else []
    return [tell_desk(join(lines))]


def below(house: House, order: Order, texts: Texts) -> Rows:
    """Return the buttons below an order in a topic: what comes next from here, as it stands."""
    now = order.stands
    following = [
        Button(order_words.button(house, texts, order, one), f"{PREFIX}{order.number}:{now}:{one}")
        for one in order_words.following(house, order)
    ]
    change = Button(texts("order_button.change"), f"{PREFIX}{order.number}:{now}:change")
    return rows(*following, change if now in status.OPEN else None, width=2)


def reasons(order: Order, texts: Texts) -> Rows:
    """Return the buttons that ask why an order is cancelled, with a way back."""
    action = f"{PREFIX}{order.number}:{order.state}:{State.CANCELLED}"
    found = [Button(texts(f"order_reason.{one}"), f"{action}:{one}") for one in REASONS]
    back = Button(texts("desk.button_back"), f"{PREFIX}{order.number}:{order.state}:show")
    return rows(*found, Button(texts("order_button.no_reason"), f"{action}:none"), back)


def line_of(turn: Turn, order: Order, text: RichText) -> Saying:
    """Return a line for the topic about an order, with the buttons of what comes next."""
    told = tell_desk(text, below(turn.house, order, turn.desk_texts))
    return replace(told, outgoing=Outgoing(Act.SAY, {**told.outgoing.body, ABOUT: order.number}))


def view_of(turn: Turn, order: Order, text: RichText) -> Saying:
    """Return a line for the topic that shows an order whole; it is changed with the order."""
    line = line_of(turn, order, text)
    return replace(line, outgoing=Outgoing(Act.SAY, {**line.outgoing.body, VIEW: len(text.text)}))


def lines_now(turn: Turn, order: Order) -> Sayings:
    """Return the changes that let the lines about an order show it as it stands, and offer what comes next from here.

    What was too long for one message keeps its text.
    """
    since = turn.now - LOOKED_BACK
    about = backlog.saying_with(turn.conn, turn.conversation.id, ABOUT, order.number, since, MOST_LINES)
    offers = rows_to_json(below(turn.house, order, turn.desk_texts))
    text = order_views.described(turn.house, order, turn.desk_texts, turn.now)
    changes = [(one, _changed(turn, backlog.body_of(turn.conn, one), text, offers)) for one in about]
    return [Saying(change, desk=True, author=outbox.SYSTEM, target=one) for one, change in changes]


def _changed(turn: Turn, was: Mapping[str, Any], text: RichText, offers: Any) -> Outgoing:  # noqa: ANN401 JSON
    topic = turn.topic()
    whole = was.get(VIEW) == len(was["text"]["text"])
    fits = topic is not None and len(split(text, turn.house.can(topic.place.channel).max_text)) == 1
    if whole and fits:
        return Outgoing(Act.EDIT, {"text": text.to_dict(), "buttons": offers})
    return Outgoing(Act.EDIT_BUTTONS, {"buttons": offers})


def question_over(turn: Turn, order: Order) -> Sayings:
    """Return the changes that take the buttons off the questions about a change of an order, to its customer."""
    since, who = turn.now - LOOKED_BACK, turn.conversation.id
    asked = backlog.saying_with(turn.conn, who, PROPOSAL, order.number, since, MOST_LINES, topics=False)
    return [Saying(Outgoing(Act.EDIT_BUTTONS, {"buttons": []}), author=outbox.SYSTEM, target=one) for one in asked[:1]]


def total_of(order: Order, language: str) -> str:
    """Return what an order comes to, as people of a language read it; empty where nothing has a price."""
    return money.shown(order.total, order.currency, language) if order.total is not None and order.currency else ""


def turn_about(house: House, conn: Connection, number: str) -> Turn | None:
    """Return the turn of the conversation in which something was ordered, locked; None for an unknown number."""
    order = store.get(conn, number)
    found = conversations.get(conn, order.conversation_id, lock=True) if order else None
    return Turn(house, conn, house.clock(), found) if found else None


def set_alone(
    house: House, conn: Connection, number: str, wanted: State, *, note: str = "", tracking: str = ""
) -> Became | Refused | None:
    """Put an order into a state in a turn of its own, which is carried out; None for an unknown number."""
    turn = turn_about(house, conn, number)
    became = set_state(turn, number, wanted, note=note, tracking=tracking) if turn else None
    if turn is not None and isinstance(became, Became):
        turn.carry(became.sayings)
    return became


def why_not(house: House, texts: Texts, order: Order, wanted: State, refused: Refused) -> str:
    """Return in words why a state was refused, and what to do."""
    known = [order_words.for_staff(house, texts, order, one) for one in order_words.all_of(house, order.form)]
    values: Mapping[str, Any] = {
        "number": order.number,
        "now": order_words.for_staff(house, texts, order, refused.now),
        "wanted": order_words.for_staff(house, texts, order, wanted),
        "states": ", ".join(known),
    }
    return texts(f"order_refused.{refused.why}", **values)
