"""Whether two chats are one customer's, and how it is known: proven, or only typed.

Anna shares her number with Telegram's own button: it is hers. On the web page somebody types the same number: that
may be Anna, or anybody who knows it. Who takes the two chats together is told both names and why, and says once that
they are one person.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.message import ContentKind
from bot.handlers.turn import Turn
from bot.messaging import transcript
from bot.orders.phones import shared_phone


@dataclass(frozen=True, slots=True)
class Link:
    """Why two chats may be one customer's.

    Attributes:
        contact: what both have left, as it is read; empty where one customer is known by our own id.
        proven: nobody else can have left it.
    """

    contact: str
    proven: bool


def link(one: Turn, other: Turn) -> Link | None:
    """Return what says that two conversations are of one customer; None when nothing does."""
    mine, theirs = one.conversation, other.conversation
    if mine.customer_id == theirs.customer_id:
        return Link("", proven=True)
    if mine.phone and mine.phone == theirs.phone:
        return Link(mine.phone, proven=all(mine.phone in _shared(turn) for turn in (one, other)))
    if mine.email and mine.email.casefold() == theirs.email.casefold():
        return Link(mine.email, proven=False)
    return None


def _shared(turn: Turn) -> set[str]:
    """Return the numbers that a customer shared by their messenger's own button, E.164: no other card has their id."""
    if not turn.house.can(turn.conversation.place.channel).contact_button:
        return set()
    cards = transcript.said_of_kind(turn.conn, turn.conversation.id, ContentKind.CONTACT)
    own = [card for card in cards if str(card.details.get("user", "")) == turn.conversation.place.chat]
    return {shared_phone(str(card.details.get("phone", ""))) for card in own}
