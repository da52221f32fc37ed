"""Taking rights from people: whoever leaves is out everywhere at once, and their chats wait for others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.people import Staff
from bot.handoff import queue, staff
from bot.messaging import events

EndSessions = Callable[[Connection, int], None]
"""Ends a person's sessions in the console, with their streams."""


def disable(conn: Connection, person: Staff, now: datetime, end_sessions: EndSessions) -> None:
    """Take all rights from a person; their open chats go back to the queue."""
    staff.change(conn, person.id, disabled=True)
    end_sessions(conn, person.id)
    for ticket in queue.list_open(conn, person.id):
        queue.release(conn, ticket, now)
        body = {"ticket": ticket.id, "conversation": ticket.conversation_id}
        events.append(conn, events.DESK, "ticket", body, now)
