"""What is proposed to the operator for the customer's last words: the three best answers of the FAQ and the library.

Anna, whom Olga attends to, writes "and when does it arrive?"; her line comes into the topic with a button for each
answer that fits. Nothing is sent for it alone: the buttons stand below the line itself, or on the card.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.conversation import Said
from bot.domain.message import ContentKind, Rows
from bot.domain.people import Staff
from bot.faq import unanswered
from bot.faq.find import resembling
from bot.faq.smalltalk import Kind as Talk, kind_of
from bot.handlers import library
from bot.handlers.library import Piece
from bot.handlers.turn import Turn, rows
from bot.handoff import canned, proposals
from bot.handoff.proposals import Occasion, Proposal
from bot.handoff.ticket import Ticket
from bot.messaging import transcript

if TYPE_CHECKING:  # question.py knows those who hand over, who propose what to answer
    from bot.handlers.question import Asked

MOST = 3
WORTH = 0.1
"""Likeness, 0–1, below which an answer is not named beside a better one."""
LIKELY = frozenset(("answer", "suggest"))
"""What the base makes of words of which customers are shown near matches too; all else would be a guess."""
AGAIN_AFTER = timedelta(minutes=5)
"""Until then the same answers do not stand below one more line, while nobody has answered."""
FRESH = timedelta(hours=1)
"""So long a question of before the hand-over is what the customer wants to know."""
LOOKED_BACK = 30
Found = Sequence[tuple[str, float]]
"""Entries by id, with how sure the base was of each."""


def for_line(turn: Turn, said: Said, asked: Asked, line: int) -> Rows:
    """Propose answers to what a customer just wrote to people; return the buttons for below it.

    Args:
        turn: the conversation's turn.
        said: the message.
        asked: what the base made of it.
        line: our id of it.
    """
    text = said.content.text.text
    if said.content.kind is not ContentKind.TEXT or turn.ticket is None:
        return ()
    near: list[tuple[str, float]] = []
    if asked.match is not None and (kind_of(text, turn.conversation.language) is Talk.QUESTION or asked.match.exact):
        matches = [part.match for part in asked.match.parts] or [asked.match]
        likely = [match for match in matches if match.kind in LIKELY]
        near = [(one.entry, one.confidence) for match in likely for one in match.candidates]
    found = _best(turn, text, near)
    if not found or _stands_above(turn, found):
        return ()
    return buttons(turn, _offer(turn, found, line), found)


def _stands_above(turn: Turn, found: Sequence[Piece]) -> bool:
    """Return whether just these answers are proposed already, a moment ago, and nobody has answered since."""
    made = current(turn)
    if made is None or turn.now - made[0].at > AGAIN_AFTER:
        return False
    return [(one.kind, one.key) for one in made[0].items] == [(one.item.kind, one.item.key) for one in found]


def at_opening(turn: Turn) -> None:
    """Propose answers, other than one they got, to the question that brought a customer to people."""
    if turn.ticket is None:
        return
    last = next(iter(unanswered.lately(turn.conn, turn.conversation.id, 1)), None)
    if last is None or turn.now - last.at > FRESH:
        return
    given = last.entry if last.decision == "answer" else ""
    near = last.candidates if last.decision in LIKELY else ()
    found = _best(turn, last.question, [one for one in near if one[0] != given])
    lines = transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)
    asked = next((one.id for one in reversed(lines) if one.author == transcript.CUSTOMER), None)
    if found:
        _offer(turn, found, asked)


def _best(turn: Turn, text: str, near: Found) -> list[Piece]:
    """Return the best answers to a customer's words; none when not even the likeliest is likely enough.

    What can be sent as it is stands before what has a gap to be filled.
    """
    entries = turn.house.knowledge_base.snapshot.entries
    found = [library.of_entry(turn, entries[key], sure) for key, sure in dict(near).items() if key in entries]
    ready = {one.key: one for one in canned.list_enabled(turn.conn)}
    wordings = {key: one.asked for key, one in ready.items() if one.asked}
    alike = resembling(wordings, text, turn.conversation.language, MOST)
    found += [library.of_canned(turn, None, ready[key], likeness) for key, likeness in alike]
    found.sort(key=lambda one: (bool(one.missing), -one.item.likeness))
    if not found or max(one.item.likeness for one in found) < turn.house.settings.faq.policy.suggest_precision:
        return []
    return [one for one in found if one.item.likeness >= WORTH][:MOST]


def _offer(turn: Turn, found: Sequence[Piece], line: int | None) -> Proposal:
    ticket = turn.ticket.id if turn.ticket else None
    items = [one.item for one in found]
    return proposals.offer(turn.conn, turn.conversation.id, ticket, line, Occasion.LINE, items, turn.now)


def current(turn: Turn, person: Staff | None = None) -> tuple[Proposal, list[Piece | None]] | None:
    """Return what is proposed for the customer's last words, and what it says now; None once somebody has answered.

    Args:
        turn: the conversation's turn.
        person: who looks.
    """
    ticket = turn.ticket
    made = proposals.last_for_line(turn.conn, turn.conversation.id) if ticket else None
    if ticket is None or made is None or made.ticket_id != ticket.id:
        return None
    lines = transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)
    if any(one.author == transcript.OPERATOR and one.id > (made.message_id or 0) for one in lines):
        return None
    return made, [library.piece(turn, person, item) for item in made.items]


def proposals_for(turn: Turn, ticket: Ticket) -> Rows:
    """Return the buttons for the card of a ticket: what is proposed for the customer's last words."""
    found = current(turn) if ticket.open else None
    return buttons(turn, *found) if found else ()


def buttons(turn: Turn, proposal: Proposal, pieces: Sequence[Piece | None]) -> Rows:
    """Return a button for each answer that was offered and has not gone out; below, those to change it first."""
    offered = [(place, one) for place, one in enumerate(pieces) if one is not None and place not in proposal.sent]
    send = [library.send_button(library.label(turn, place + 1, one), proposal.id, place) for place, one in offered]
    edit = [library.edit_button(f"✎ {place + 1}", proposal.id, place) for place, _ in offered]
    return rows(*send) + rows(*edit, width=8)
