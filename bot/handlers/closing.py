"""Tickets whose customer does not answer: a warning first, then the end.

Olga answered on Monday and Anna has not written since. On Wednesday she hears that the chat will be closed tomorrow
unless she writes; on Thursday it is. `[auto_close]` in handoff.toml switches it on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.handlers.desk import asks_how_it_was
from bot.handlers.house import House
from bot.handlers.operator import close_topic
from bot.handlers.turn import Turn, say, tell_desk
from bot.handlers.waiting import contact_over, over
from bot.handoff import queue
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations

AT_A_TIME = 50
"""Tickets that one sweep warns of or closes."""
HOUR = timedelta(hours=1)


def sweep_quiet(house: House, conn: Connection, now: datetime) -> int:
    """Warn the customers of quiet tickets, and close those that were warned and stayed quiet; return how many."""
    rule = house.rules.auto_close
    if rule is None:
        return 0
    done = 0
    overdue = queue.quiet_since(conn, now - rule.warned_before, AT_A_TIME, warned=True)
    due = queue.quiet_since(conn, now - (rule.after - rule.warned_before), AT_A_TIME, warned=False)
    for tickets, act in ((overdue, _close), (due, _warn)):
        for ticket in sorted(tickets, key=lambda one: one.conversation_id):
            done += _if_still_quiet(house, conn, ticket, now, act)
    return done


def _if_still_quiet(
    house: House, conn: Connection, ticket: Ticket, now: datetime, act: Callable[[Turn, Ticket], None]
) -> bool:
    """Do something with a ticket unless its customer or an operator wrote meanwhile; return whether it was done."""
    conversation = conversations.at_rest(conn, ticket.conversation_id)
    turn = Turn(house, conn, now, conversation) if conversation else None
    if turn is None or turn.ticket != ticket or ticket.state is not State.WAITING_FOR_CUSTOMER:
        return False
    act(turn, ticket)
    return True


def _warn(turn: Turn, ticket: Ticket) -> None:
    rule = turn.house.rules.auto_close
    assert rule is not None  # noqa: S101 the sweep looked
    queue.warned(turn.conn, ticket, turn.now)
    hours = round(rule.warned_before / HOUR)
    told = tell_desk(turn.desk_texts("desk.quiet_warned", n=hours))
    turn.carry([say(turn.texts("handoff.quiet_warning", n=hours)), told])


def _close(turn: Turn, ticket: Ticket) -> None:
    turn.ticket = closed = queue.close(turn.conn, ticket, turn.now, how="quiet")
    turn.show("ticket", ticket=ticket.id)
    told = tell_desk(turn.desk_texts("desk.quiet_closed", number=ticket.id))
    asked_for_contact, asks = contact_over(turn), asks_how_it_was(turn, closed, "csat.ask_quiet")
    turn.carry([*asked_for_contact, asks, told, *close_topic(turn, closed), *over(turn, closed)])
