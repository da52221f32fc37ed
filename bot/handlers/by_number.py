"""Commands of a customer's topic that staff write elsewhere, with the number of a ticket.

Maria writes "/unban #12 he apologised" to the bot: the topic of a banned customer is closed, and ordinary members of
the group cannot write in a closed one. `/note #12 …`, `/history #12` and `/order S-1042 shipped` work in the same way.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.conversation import Said
from bot.domain.message import RichText, join
from bot.handlers import bans, card, desk, order_views, orders_desk, privately
from bot.handlers.desk import Hand
from bot.handlers.passing import number_in
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, Turn
from bot.handoff import queue
from bot.messaging import conversations
from bot.orders import mentions, store
from bot.orders.store import Order


def command(at: Desk, said: Said) -> Sayings | None:
    """Carry out a command that names a ticket; None for all others."""
    name, _, rest = said.content.text.text[1:].partition(" ")
    name = name.split("@")[0].lower()
    act = COMMANDS.get(name)
    if act is None:
        return _order(at, rest.strip()) if name in orders_desk.COMMANDS else None
    written, _, words = rest.strip().partition(" ")
    number = number_in(written)
    if not number:
        return [at.tell(at.texts("private.with_number", command=name))]
    ticket = queue.get(at.conn, number)
    if ticket is None:
        return [at.tell(at.texts("private.no_such_ticket", number=number))]
    conversation = conversations.at_rest(at.conn, ticket.conversation_id)
    if conversation is None:
        return [at.tell(at.texts("private.busy", number=number))]
    turn = Turn(at.house, at.conn, at.now, conversation)
    return [at.tell(act(Hand(turn, at.person, elsewhere=True), words.strip()))]


def _order(at: Desk, words: str) -> Sayings | None:
    """Show an order with the way to its chat, or do with it what can be done in its topic.

    None without a number, which is a customer's word.
    """
    written, _, wish = words.partition(" ")
    number = mentions.number_written(written)
    if not number:
        return None
    order = store.get(at.conn, number)
    if order is None:
        return [at.tell(at.texts("order_desk.unknown_anywhere", number=number))]
    if wish.strip():
        return [at.tell(_done(at, order, wish.strip()))]
    described = order_views.described(at.house, order, at.texts, at.now)
    return [at.tell(join([described, privately.links(at.house, at.conn, order.conversation_id, at.texts)]))]


def _done(at: Desk, order: Order, wish: str) -> str:
    """Carry out a state or a proposed change in the conversation of an order; return what came of it."""
    conversation = conversations.at_rest(at.conn, order.conversation_id)
    if conversation is None:
        return at.texts("order_desk.busy", number=order.number)
    hand = Hand(Turn(at.house, at.conn, at.now, conversation), at.person, elsewhere=True)
    return orders_desk.ordered(hand, order, wish).text


def _note(hand: Hand, words: str) -> RichText | str:
    texts = hand.turn.house.texts(hand.person.language)
    return desk.note(hand, words).text if words else texts("desk.usage", usage="/note #12 TEXT")


def _history(hand: Hand, _: str) -> RichText | str:
    turn = hand.turn
    return card.history(turn.conn, turn.conversation.id, turn.house.texts(hand.person.language))


COMMANDS: dict[str, Callable[[Hand, str], RichText | str]] = {
    "unban": lambda hand, words: bans.unban(hand, words).text,
    "note": _note,
    "history": _history,
}
