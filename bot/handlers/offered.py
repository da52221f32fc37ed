"""Buttons that an answer in words has made useless.

Anna is asked for the day and offered five; she writes "Friday" instead. The next question comes, and behind it the
change that takes the five buttons off the old one.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.message import Rows, rows_from_json
from bot.domain.ports import Act, Outgoing
from bot.handlers.turn import Saying, Sayings, Turn
from bot.messaging import outbox, receipts, transcript

LOOKED_BACK_FOR_A_PRESS = 30
LOOKED_BACK_FOR_ALL = 200
LOOKED_BACK = 6
"""Lines among which the message is looked for: the customer's answer, what came between, and the message itself."""


def remaining(turn: Turn, prefix: str, *, beside: str) -> Rows:
    """Return what a message still offers when the buttons whose actions begin so are used up.

    Args:
        turn: the conversation's turn.
        prefix: of the buttons that are used up.
        beside: how others begin that are worth keeping; without one of them nothing is.
    """
    for line in reversed(transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK_FOR_A_PRESS)):
        offer = rows_from_json(line.content.details.get("buttons") or [])
        if any(button.action.startswith(prefix) for row in offer for button in row):
            kept = [[button for button in row if not button.action.startswith(prefix)] for row in offer]
            if any(button.action.startswith(beside) for row in kept for button in row):
                return tuple(tuple(row) for row in kept if row)
            return ()
    return ()


def withdrawn(turn: Turn, prefix: str) -> Sayings:
    """Return the change that takes the buttons off the last message whose buttons' actions begin so.

    It belongs behind what is said next: nobody shall wait for a change of looks.
    """
    for line in reversed(transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)):
        actions = [button[1] for row in line.content.details.get("buttons") or [] for button in row]
        if any(action.startswith(prefix) for action in actions):
            sent = receipts.carrying(turn.conn, line.id)
            change = Outgoing(Act.EDIT_BUTTONS, {"buttons": []})
            return [Saying(change, place=turn.conversation.place, author=outbox.SYSTEM, target=sent)] if sent else []
    return []


def question_withdrawn(turn: Turn) -> Sayings:
    """Return the change that takes the options off a question of the FAQ that is still open at the end of a chat."""
    for line in reversed(transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)):
        offer = [button for row in rows_from_json(line.content.details.get("buttons") or []) for button in row]
        if not offer or not all(button.action.startswith("entry:") for button in offer):
            continue
        sent = receipts.carrying(turn.conn, line.id)
        change = Outgoing(Act.EDIT_BUTTONS, {"buttons": []})
        return [Saying(change, place=turn.conversation.place, author=outbox.SYSTEM, target=sent)] if sent else []
    return []


def all_withdrawn(turn: Turn, actions: Collection[str]) -> Sayings:
    """Return the changes that take the buttons off every message that offers one of these actions."""
    sayings: Sayings = []
    for line in transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK_FOR_ALL):
        offer = rows_from_json(line.content.details.get("buttons") or [])
        sent = receipts.carrying(turn.conn, line.id) if _offers(offer, actions) else None
        if sent:
            change = Outgoing(Act.EDIT_BUTTONS, {"buttons": []})
            sayings.append(Saying(change, place=turn.conversation.place, author=outbox.SYSTEM, target=sent))
    return sayings


def _offers(offer: Rows, actions: Collection[str]) -> bool:
    return any(button.action in actions for row in offer for button in row)
