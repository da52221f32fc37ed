"""Taking rights from people: whoever leaves is out everywhere at once, and their chats wait for others.

The chats go back within half a minute, by the same sweep as those of people who went away (`assigning.sweep_returns`):
it takes each conversation and looks again, so that what somebody closes at this moment stays closed, and what a press
of theirs took a moment before goes back too. Their customers are told.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from bot.domain.people import Staff
from bot.handoff import staff

EndSessions = Callable[[Connection, int], None]
"""Ends a person's sessions in the console, with their streams."""


def disable(conn: Connection, person: Staff, end_sessions: EndSessions) -> None:
    """Take all rights from a person."""
    staff.change(conn, person.id, disabled=True)
    end_sessions(conn, person.id)
