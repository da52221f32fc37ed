"""The answer library in the console: chips above the composer, and what a search in it finds.

Anna asked where her parcel is: "1 which-order" and "2 Where is my order?" stand above Olga's field. The key 1 sends
the first, the pen beside it puts its text into the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.people import Staff
from bot.handlers import learning, library, library_desk, proposing
from bot.handlers.house import House
from bot.handlers.library import Piece
from bot.handlers.turn import Turn
from bot.handoff import canned
from bot.handoff.proposals import Item, Kind
from bot.handoff.variables import written_out
from bot.messaging import conversations
from bot.web.conversation_view import ConversationView

FOUND = 8


@dataclass(frozen=True, slots=True)
class Chip:
    """An answer that can be sent.

    Attributes:
        item: what it is, as it is shown.
        title: the question, or the canned answer's key.
        text: how it would go out.
        missing: variables that are not known, as they are written; empty for none.
        language: when it is not the customer's, else empty.
        proposal: our id of what was offered, 0 for what a search found.
        place: which of them.
    """

    item: Item
    title: str
    text: str
    missing: str
    language: str
    proposal: int = 0
    place: int = 0


def _chip(found: Piece, proposal: int = 0, place: int = 0) -> Chip:
    title = found.item.key if found.item.kind is Kind.CANNED else found.label
    language = found.item.language.upper() if found.foreign else ""
    missing = library_desk.named(found.missing)
    return Chip(found.item, title, written_out(found.text), missing, language, proposal, place)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the library has for a conversation that is open on a screen.

    Attributes:
        chips: what is proposed for the customer's last words and has not been sent.
        learn: the number of the last ticket if the FAQ may learn from it, else 0.
    """

    chips: Sequence[Chip] = ()
    learn: int = 0


def beside(house: House, conn: Connection, view: ConversationView | None, person: Staff, now: datetime) -> Beside:
    """Return what the library has for a conversation as one of the staff sees it."""
    if view is None:
        return Beside()
    turn = Turn(house, conn, now, view.conversation)
    if view.ticket is None:
        return Beside(learn=learning.last_to_mark(turn))
    found = proposing.current(turn, person) if view.may_answer else None
    if found is None:
        return Beside()
    made, pieces = found
    shown = [(place, one) for place, one in enumerate(pieces) if one is not None and place not in made.sent]
    return Beside([_chip(one, made.id, place) for place, one in shown])


def found(
    house: House, conn: Connection, key: int, person: Staff, now: datetime, words: str, near: Sequence[str]
) -> list[Chip]:
    """Return what a search in the library finds for a conversation; without words all canned answers.

    Args:
        house: the house.
        conn: a connection.
        key: of the conversation.
        person: who looks.
        now: the time.
        words: as they are typed.
        near: entries of the FAQ that the base found nearest to them.
    """
    conversation = conversations.get(conn, key)
    if conversation is None:
        return []
    turn, ready = Turn(house, conn, now, conversation), canned.list_enabled(conn)
    if not words:
        return [_chip(library.of_canned(turn, person, one)) for one in ready]
    entries = house.knowledge_base.snapshot.entries
    own = [library.of_canned(turn, person, one) for one in library.search_canned(ready, words, FOUND)]
    of_faq = [library.of_entry(turn, one) for one in library.search_entries(entries, words, near, FOUND)]
    return [_chip(one) for one in (*own, *of_faq)]
