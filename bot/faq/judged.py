"""What people said of the answers, as questions to score the base on: `supportbot faq evaluate --log`.

Anna pressed 👍 below "Delivery is 5 €": her question belongs to that entry. Bob asked who won the chess olympiad, and
an admin dismissed it: nobody wrote an answer for that. Of most questions nobody said anything, and they are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from bot.faq.evaluate import Question
from bot.faq.groups import State
from bot.faq.masking import mask, with_stand_ins
from bot.storage import schema

_M, _G = schema.matches, schema.question_groups
_COLUMNS = (_M.c.question, _M.c.language, _M.c.decision, _M.c.entry, _M.c.helpful, _M.c.handed_over, _M.c.group_id)
_ASKED = (
    select(*_COLUMNS, _G.c.state, _G.c.entry.label("settled"))
    .select_from(_M.outerjoin(_G, _M.c.group_id == _G.c.id))
    .where(_M.c.message_id.is_not(None))  # what was chosen from a menu was never asked
    .where(or_(_M.c.decision != "answer", _M.c.helpful.is_not(None)))  # most rows are answers with silence after them
    .order_by(_M.c.id)
)


def questions(conn: Connection, known: Collection[str], since: datetime | None = None) -> list[Question]:
    """Return the questions of the log of which somebody said what is right, masked, in the order they were asked.

    The customer's own 👍 or pick tells most, then what an admin made of the question and its likes, then a 👎 and a
    person called instead of a pick. Without any of these, or for an entry that is not known any more, nothing is told.
    In place of what was masked something of its kind is matched, for a mark would count as a word of the question.

    Args:
        conn: a connection; it is only read.
        known: ids of the entries that can be given.
        since: the first moment that counts; None for all.
    """
    query = _ASKED if since is None else _ASKED.where(_M.c.at >= since)
    return [
        _question(_masked(row), entry, row.language)
        for row in conn.execute(query)
        if (entry := _own(row) or _settled(row, known)) in known or (not entry and _in_vain(row))
    ]


def _question(masked: str, entry: str | None, language: str) -> Question:
    asked = with_stand_ins(masked)
    return Question(masked, entry, language, asked if asked != masked else "")


def _own(row: Any) -> str | None:  # noqa: ANN401 a row
    """Return the entry that the customer took for the right one: a 👍, or a pick without a 👎."""
    taken = row.helpful is True or (row.helpful is None and row.decision == "suggest")
    return row.entry if taken and row.entry else None


def _settled(row: Any, known: Collection[str]) -> str | None:  # noqa: ANN401 a row
    """Return the entry that an admin gave the question to; a draft counts from the moment that it is given."""
    attached = row.state == State.ATTACHED or (row.state == State.DRAFTED and row.settled in known)
    return row.settled if attached else None


def _in_vain(row: Any) -> bool:  # noqa: ANN401 a row
    """Return whether an admin or the customer said that no entry answers it."""
    if row.state in {State.DISMISSED, State.DRAFTED}:
        return True
    none_of_these = row.decision == "suggest" and row.handed_over
    return none_of_these or (row.decision != "none" and row.helpful is False)


def _masked(row: Any) -> str:  # noqa: ANN401 a row
    """Return the question; an earlier version kept some unmasked, which are masked when they get a group."""
    return str(row.question) if row.group_id is not None else mask(row.question)
