"""A refusal in a topic is said once, not below each message: forty answers would take two minutes of the group's sends.

Somebody whom nobody listed writes forty lines, or a colleague who lost the chat sends an album of ten: the first one is
answered, and nothing goes out all the same; what went to the customer carries a sign.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.conversation import Said
from bot.domain.message import RichText
from bot.domain.ports import Outgoing
from bot.handlers.turn import Sayings, Turn
from bot.messaging import backlog, merging

STRANGERS_EVERY = timedelta(minutes=10)
"""So long somebody who is not listed is not told again in the same topic."""
STAFF_EVERY = timedelta(minutes=1)
"""So long a member of staff is not told the same again; an album comes within seconds."""
TOLD = "told"
"""In the body of a refusal: a sign of who was told what."""


def once(turn: Turn, said: Said, refusal: Sayings, every: timedelta) -> Sayings:
    """Return a refusal of a message in a topic; nothing when its writer was told the same a short while ago."""
    sayings: Sayings = []
    for one in refusal:
        told = merging.sign([said.author.id, RichText.from_dict(one.outgoing.body["text"]).text])
        if not backlog.said_lately(turn.conn, turn.conversation.id, TOLD, told, turn.now - every):
            sayings.append(replace(one, outgoing=Outgoing(one.outgoing.act, {**one.outgoing.body, TOLD: told})))
    return sayings
