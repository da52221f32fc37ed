"""The turn of several messages that a customer typed in a row.

Anna writes "so", "my aunt in Oslo", "has a teapot of yours": one turn, in which each line is kept and
one thing is said.
While she waits for people each line has had its turn already, and only what they ask together is looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from bot.domain.conversation import Incoming, Said
from bot.handlers import customer, in_a_row, meanwhile
from bot.handlers.house import House
from bot.handlers.in_a_row import Heard, Joins, Question
from bot.handlers.turn import Turn
from bot.handoff import staff as people
from bot.messaging import conversations, inbox

log = structlog.get_logger()


class AlreadyHandled(Exception):
    """The row was handled by somebody else: nothing of this turn may stay."""


def is_staff(house: House, conn: Connection, incoming: Incoming) -> bool:
    """Return whether a member of staff says something in a private chat."""
    return house.can(incoming.place.channel).topics and people.by_telegram(conn, incoming.author.id) is not None


def in_one_turn(house: House, conn: Connection, group: Sequence[Heard], asks: Question, now: datetime) -> bool:
    """Settle messages in a row and answer them as one; False, and nothing done, when somebody attends to them now."""
    said = [one.incoming for one in group if isinstance(one.incoming, Said)]
    last = said[-1]
    if is_staff(house, conn, last):
        return False
    language = house.catalogues.closest(last.author.language)
    found = conversations.find(conn, last.place, lock=True)
    if found is not None and not in_a_row.free(Turn(house, conn, now, found)):
        return False
    for one in group:
        if not inbox.settle(conn, one.row.id, now):
            raise AlreadyHandled
    conversation, new = conversations.meet(conn, last.place, last.author, language, now)
    turn = Turn(house, conn, now, conversation)
    answered = customer.said_in_a_row(turn, said, asks.text, asks.asked, new=new)
    turn.carry([*customer.blocked(turn, blocked=False), *answered])
    return True


async def answer_beside(house: House, group: Sequence[Heard]) -> None:
    """Answer what messages in a row ask together, for somebody who waits for people and whom each has reached.

    What goes wrong here is written down and no more: the lines are with the people.
    """
    if any(one.joins is not Joins.PASSED_ON for one in group):
        return  # the last one had a sure answer of its own, or was something else
    try:
        asks, now = await in_a_row.question_of(house, group), house.clock()
        if asks.asked.answers:
            await house.change(lambda conn: _beside(house, conn, group, asks, now))
    except Exception as error:
        log.exception("lines_not_asked_together", inbox=group[0].row.id, error=type(error).__name__)


def _beside(house: House, conn: Connection, group: Sequence[Heard], asks: Question, now: datetime) -> None:
    last = group[-1].incoming
    found = conversations.find(conn, last.place, lock=True) if isinstance(last, Said) else None
    if found is None or not isinstance(last, Said):
        return
    turn = Turn(house, conn, now, found)
    if in_a_row.waits_for_people(turn):
        turn.carry(meanwhile.answers_to_several(turn, last, asks.text, asks.asked))
