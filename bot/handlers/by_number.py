"""Commands of a customer's topic that staff write elsewhere, with the number of a ticket.

Maria writes "/unban #12 he apologised" to the bot: the topic of a banned customer is closed, and ordinary members of
the group cannot write in a closed one. `/note #12 …` and `/history #12` work in the same way.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.conversation import Said
from bot.domain.message import RichText, join, plain
from bot.handlers import bans, card, desk, orders_desk, privately
from bot.handlers.desk import Hand
from bot.handlers.passing import number_in
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, Turn
from bot.handoff import queue
from bot.messaging import conversations
from bot.orders import mentions, store


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
    """Show an order to read, with the way to where it is changed; None without a number, which is a customer's word."""
    written, _, wish = words.partition(" ")
    number = mentions.number_written(written)
    if not number:
        return None
    order = store.get(at.conn, number)
    if order is None:
        return [at.tell(at.texts("order_desk.unknown_anywhere", number=number))]
    lines = [plain(at.texts("order_desk.in_its_topic"))] if wish.strip() else []
    lines += [
        orders_desk.described(order, at.texts),
        privately.links(at.house, at.conn, order.conversation_id, at.texts),
    ]
    return [at.tell(join([line for line in lines if line.text]))]


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
