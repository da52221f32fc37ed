"""Buttons that an answer in words has made useless.

Anna is asked for the day and offered five; she writes "Friday" instead. The next question comes, and behind it the
change that takes the five buttons off the old one.
"""

from __future__ import annotations

from bot.domain.ports import Act, Outgoing
from bot.handlers.turn import Saying, Sayings, Turn
from bot.messaging import outbox, transcript

LOOKED_BACK = 6
"""Lines among which the message is looked for: the customer's answer, what came between, and the message itself."""


def withdrawn(turn: Turn, prefix: str) -> Sayings:
    """Return the change that takes the buttons off the last message whose buttons' actions begin so.

    It belongs behind what is said next: nobody shall wait for a change of looks.
    """
    for line in reversed(transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)):
        actions = [button[1] for row in line.content.details.get("buttons") or [] for button in row]
        if any(action.startswith(prefix) for action in actions):
            sent = outbox.carrying(turn.conn, line.id)
            change = Outgoing(Act.EDIT_BUTTONS, {"buttons": []})
            return [Saying(change, place=turn.conversation.place, author=outbox.SYSTEM, target=sent)] if sent else []
    return []
