"""What a customer writes where their ticket does not go on: it reaches the people in the chat where it does.

Anna has written in Telegram and on the web page, and Olga took the two tickets together in Telegram. Anna goes on
writing on the page: her words come into the topic of the one ticket, and she hears where the answer comes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Said
from bot.domain.errors import SupportbotError
from bot.domain.message import Content, ContentKind, RichText, bold
from bot.handlers import courtesy, relay, waiting
from bot.handlers.turn import Sayings, Turn, say, tell_desk
from bot.handoff import queue
from bot.messaging import conversations, outbox

AGAIN_AFTER = timedelta(minutes=5)
"""Until then the customer is not told again where the answer comes."""


class Busy(SupportbotError):
    """A turn is at the conversation in which a ticket goes on."""

    def __init__(self, conversation: int) -> None:
        super().__init__(f"conversation {conversation} has a turn at this moment; what is for it comes a little later")
        self.conversation = conversation


def elsewhere(turn: Turn) -> bool:
    """Return whether this customer's ticket goes on in another chat of theirs."""
    return queue.goes_on_in(turn.conn, turn.closed_ticket) is not None


def passed_on(turn: Turn, said: Said) -> Sayings | None:
    """Bring a message to the ticket that goes on in another chat; None when there is no such ticket."""
    there = goes_on_in(turn)
    if there is None:
        return None
    head = there.desk_texts("desk.from_other_chat", channel=_channel(there, turn))
    line = there.hear(said.content, ("", ""))
    if said.content.kind is ContentKind.TEXT:
        text = bold(head) + "\n" + said.content.text
        there.carry(relay.relay(there, replace(said, content=replace(said.content, text=text)), line))
    else:
        there.carry([tell_desk(bold(head)), *relay.relay(there, said, line)])
    told = say(turn.texts("handoff.merged_here", channel=_channel(turn, there)))
    return [] if waiting.said_lately(turn, told, AGAIN_AFTER) else [told]


def asks_for_people(turn: Turn) -> Sayings | None:
    """Tell somebody who asks for a person where their ticket goes on; None when there is no such ticket."""
    there = goes_on_in(turn)
    if there is None:
        return None
    there.carry(courtesy.heard(there))
    return [say(turn.texts("handoff.merged_asks", channel=_channel(turn, there)))]


def brought(there: Turn, turn: Turn, sayings: Sayings) -> None:
    """Bring what was meant for the topic of a chat to the ticket that goes on elsewhere, as words of its customer.

    Args:
        there: the turn of the conversation where it goes on, see `goes_on_in`.
        turn: that of the chat in which it was written.
        sayings: what staff are to read; what quotes a message of the other topic stands without the quote.
    """
    head = there.desk_texts("desk.from_other_chat", channel=_channel(there, turn))
    for saying in sayings:
        text = RichText.from_dict(saying.outgoing.body["text"])
        line = there.hear(Content(ContentKind.TEXT, text), ("", ""))
        if there.ticket is not None:
            there.ticket = queue.customer_wrote(there.conn, there.ticket, there.now)
            there.show("ticket", ticket=there.ticket.id if there.ticket else 0)
        there.carry([tell_desk(bold(head) + "\n" + text, author=outbox.CUSTOMER, line=line)])


def goes_on_in(turn: Turn, *, wait: bool = True) -> Turn | None:
    """Return the turn of the conversation in which this one's ticket goes on, locked.

    Nobody waits for ever: who takes several conversations takes those with an open ticket, which this one has not.

    Args:
        turn: that of the chat whose ticket was taken in.
        wait: until nobody else is at it; who goes through several conversations must not, and gets `Busy`.

    Raises:
        Busy: another turn is at it, and it was not to be waited for.
    """
    ticket = queue.goes_on_in(turn.conn, turn.closed_ticket)
    if ticket is None:
        return None
    key = ticket.conversation_id
    found = conversations.get(turn.conn, key, lock=True) if wait else conversations.at_rest(turn.conn, key)
    if found is None and not wait:
        raise Busy(key)
    there = Turn(turn.house, turn.conn, turn.now, found) if found else None
    return there if there and there.ticket is not None else None


def _channel(turn: Turn, of: Turn) -> str:
    return turn.texts(f"channel.{of.conversation.place.channel}")
