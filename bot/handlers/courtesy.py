"""Words that ask for nothing: a thank you, an emoji, an "ok" behind an answer. They close nothing and open nothing.

Olga wrote "It is on its way." Anna answers "ok, thanks 👍": Olga reads it, and owes no answer. Had Olga asked "Shall I
cancel it?", the same "ok" would be an answer that she waits for. Who was told "write anything and it stays open" is
heard with whatever they write, press or change.
"""

from __future__ import annotations

from bot.domain.conversation import Said
from bot.domain.message import ContentKind
from bot.faq.smalltalk import Kind, kind_of
from bot.faq.text import tokens
from bot.handlers.turn import Sayings, Turn, tell_desk
from bot.handoff import queue
from bot.handoff.ticket import State
from bot.messaging import transcript

COURTEOUS = {Kind.THANKS, Kind.EMOJI, Kind.GOODBYE, Kind.EMPTY}
YES_OR_NO = frozenset(
    "yes yep yeah yup sure no nope none ja jep jo jawohl nein nee keins keine nichts да ага угу нет неа ничего".split()  # noqa: SIM905 as people list words
)
LOOKED_BACK = 10


def owes_nothing(turn: Turn, said: Said) -> bool:
    """Return whether a customer's message leaves a ticket as it is: nobody owes an answer to it."""
    ticket = turn.ticket
    if ticket is None or ticket.state is not State.WAITING_FOR_CUSTOMER or said.content.kind is not ContentKind.TEXT:
        return False
    if ticket.warned_at is not None:
        return False
    kind = kind_of(said.content.text.text, turn.conversation.language)
    if kind is Kind.CONFIRMING:
        return not YES_OR_NO.intersection(tokens(said.content.text.text)) and not _was_asked(turn)
    return kind in COURTEOUS and not _was_asked(turn)


def heard(turn: Turn) -> Sayings:
    """Keep a chat open whose customer was warned of its end and now presses, reacts, changes or commands something."""
    ticket = turn.ticket
    if ticket is None or ticket.warned_at is None:
        return []
    turn.ticket = queue.customer_wrote(turn.conn, ticket, turn.now)
    turn.show("ticket", ticket=ticket.id)
    return [tell_desk(turn.desk_texts("desk.heard_after_warning"))]


def _was_asked(turn: Turn) -> bool:
    """Return whether the last words of staff ask something."""
    lines = transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)
    words = next((one.content.text.text for one in reversed(lines) if one.author == transcript.OPERATOR), "")
    return "?" in words
