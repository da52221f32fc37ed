"""Typing: while an operator writes in the console, the customer sees that somebody does.

It is no message: nothing of it is kept, nothing waits for it, and a sign that does not get through is nobody's trouble.
So it goes neither through a turn nor through the outbox, but straight to the channel, behind one short look whether the
one who types has the chat.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.people import Staff
from bot.domain.ports import ShowsTyping
from bot.handlers.house import House
from bot.handoff import queue
from bot.messaging import conversations

REPEATED_AFTER = timedelta(seconds=4)
"""Telegram shows it for five seconds (Bot API sendChatAction)."""


@dataclass(slots=True)
class Typing:
    """Who is seen typing at present."""

    house: House
    _shown: dict[int, datetime] = field(default_factory=dict)

    async def heard(self, person: Staff, conversation: int) -> bool:
        """Show the customer that somebody types, unless that was shown just now or somebody else has the chat.

        Returns:
            False when there is no such conversation.
        """
        now = self.house.clock()
        self._shown = {key: at for key, at in self._shown.items() if abs(now - at) < REPEATED_AFTER}
        if conversation in self._shown:
            return True
        found = await self.house.database.read(lambda conn: _look(conn, person, conversation))
        if found is None:
            return False
        place, mine = found
        channel: object = self.house.channels.get(place.channel)
        if mine and isinstance(channel, ShowsTyping):
            self._shown[conversation] = now
            await channel.show_typing(place, person.name)
        return True


def _look(conn: Connection, person: Staff, key: int) -> tuple[Place, bool] | None:
    """Return where a customer is and whether this person has the chat, None when there is no such conversation."""
    conversation, ticket = conversations.get(conn, key), queue.open_one(conn, key)
    if conversation is None:
        return None
    return conversation.place, ticket is not None and ticket.staff_id == person.id and not conversation.blocked
