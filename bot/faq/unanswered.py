"""The log of questions: what was asked, what the bot made of it, and what people thought of the answer.

Questions that were not answered surely are kept here for the admins; the buttons below an answer and the hand-overs
after it are written down beside the match that they judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from bot.faq import groups
from bot.faq.experience import Experience, Outcome, learned
from bot.faq.masking import mask
from bot.storage import schema
from bot.storage.database import insert

_TABLE, _DAYS = schema.matches, schema.experience
UNDER_WAY = timedelta(hours=1)
CALLED_A_PERSON, SILENCE = 0.5, 0.25
"""How much it tells of an answer, 0–1, beside a 👍 or 👎, which tells all."""
FROM_ONE = 3
"""Questions of one customer that count, the last ones: nobody alone shall move what all others are told."""
_ADD = _TABLE.insert().returning(_TABLE.c.id)


@dataclass(frozen=True, slots=True)
class Logged:
    """A question with what the bot made of it.

    Attributes:
        id: our id; buttons name it.
        conversation_id: where it was asked.
        question: the customer's words, personal data masked.
        language: found in them.
        decision: answer, suggest or none.
        entry: the id of the entry that was given, or empty.
        confidence: 0–1, of the best candidate.
        candidates: (entry id, confidence), best first.
        helpful: what the customer said of the answer, None when nothing.
        at: when, UTC.
    """

    id: int
    conversation_id: int
    question: str
    language: str
    decision: str
    entry: str
    confidence: float
    candidates: tuple[tuple[str, float], ...]
    helpful: bool | None
    at: datetime


def record(
    conn: Connection,
    conversation: int,
    message: int | None,
    question: str,
    language: str,
    decision: str,
    candidates: Sequence[tuple[str, float]],
    version: int,
    now: datetime,
    calibrated: float = 0.0,
) -> int:
    """Write down a question, personal data masked, and return the id of its row; one without answer joins its likes."""
    masked = mask(question)
    values = {
        "conversation_id": conversation,
        "message_id": message,
        "question": masked,
        "language": language,
        "decision": decision,
        "entry": candidates[0][0] if decision == "answer" and candidates else "",
        "confidence": candidates[0][1] if candidates else 0.0,
        "calibrated": calibrated or None,
        "candidates": [list(candidate) for candidate in candidates],
        "faq_version": version,
        "group_id": None if decision == "answer" else groups.join(conn, masked, language, now),
        "at": now,
    }
    return int(conn.execute(_ADD, values).scalar_one())


def get(conn: Connection, key: int, conversation: int) -> Logged | None:
    """Return a question of this conversation, or None: unknown, or somebody else's."""
    found = _find(conn, _TABLE.c.id == key, conversation, 1)
    return found[0] if found else None


def lately(conn: Connection, conversation: int, most: int = 5) -> list[Logged]:
    """Return the last questions of a conversation, the newest first."""
    return _find(conn, _TABLE.c.id > 0, conversation, most)


def _find(conn: Connection, condition: object, conversation: int, most: int) -> list[Logged]:
    query = select(_TABLE).where(_TABLE.c.conversation_id == conversation, condition)  # type: ignore[arg-type] # a column's comparison
    return [
        Logged(
            row.id,
            row.conversation_id,
            row.question,
            row.language,
            row.decision,
            row.entry,
            row.confidence,
            tuple((key, float(value)) for key, value in row.candidates),
            row.helpful,
            row.at,
        )
        for row in conn.execute(query.order_by(_TABLE.c.id.desc()).limit(most))
    ]


def of_message(conn: Connection, message: int) -> int | None:
    """Return the group of a customer's line that stands among the questions without a sure answer, or None."""
    query = select(_TABLE.c.group_id).where(_TABLE.c.message_id == message, _TABLE.c.group_id.is_not(None))
    return conn.execute(query.order_by(_TABLE.c.id.desc()).limit(1)).scalar_one_or_none()


def for_faq(conn: Connection, message: int) -> None:
    """Mark a line's question as one that people answered; its group, if it was dismissed, is on the list again."""
    conn.execute(
        _TABLE.update().where(_TABLE.c.message_id == message, _TABLE.c.group_id.is_not(None)), {"handed_over": True}
    )
    group = of_message(conn, message)
    found = groups.details(conn, group) if group is not None else None
    if found is not None and found.group.state is groups.State.DISMISSED:
        groups.reopen(conn, found.group.id)


def judge(conn: Connection, key: int, *, helpful: bool) -> None:
    """Write down what the customer said of the answer; a question whose answer did not help joins its likes."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), {"helpful": helpful})
    if not helpful:
        _group(conn, and_(_TABLE.c.id == key, _TABLE.c.group_id.is_(None)), 1)


def gather(conn: Connection, most: int = 200) -> int:
    """Group questions that an earlier version kept without a group; return how many there were, up to `most`."""
    return _group(conn, and_(_TABLE.c.group_id.is_(None), _TABLE.c.decision != "answer"), most)


def _group(conn: Connection, condition: ColumnElement[bool], most: int) -> int:
    columns = (_TABLE.c.id, _TABLE.c.question, _TABLE.c.language, _TABLE.c.at)
    rows = list(conn.execute(select(*columns).where(condition).order_by(_TABLE.c.id).limit(most)))
    for row in rows:
        masked = mask(row.question)
        values = {"question": masked, "group_id": groups.join(conn, masked, row.language, row.at)}
        conn.execute(_TABLE.update().where(_TABLE.c.id == row.id), values)
    return len(rows)


def picked(conn: Connection, key: int, entry: str) -> None:
    """Write down which of the near matches the customer meant."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), {"entry": entry})


def handed_over(conn: Connection, conversation: int, now: datetime) -> None:
    """Mark the conversation's last question as handed to people, unless it was asked long before."""
    last = select(_TABLE.c.id).where(_TABLE.c.conversation_id == conversation).order_by(_TABLE.c.id.desc()).limit(1)
    lately = _TABLE.c.at >= now - UNDER_WAY
    conn.execute(_TABLE.update().where(_TABLE.c.id.in_(last), lately), {"handed_over": True})


def outcomes(conn: Connection, now: datetime, most: int = 3_000) -> list[Outcome]:
    """Return what became of the last questions whose confidence was calibrated, as far as it tells something.

    A 👍, a 👎 and a pick among near matches tell most; a person called after an answer may be for something else,
    and silence after an answer says little for it, nothing while people have the conversation. The last hour is left
    out: its customers may still press something.
    """
    asked = _TABLE.c
    silent = and_(asked.decision == "answer", ~_with_people())
    tells = or_(
        asked.helpful.is_not(None), asked.handed_over, silent, and_(asked.decision == "suggest", asked.entry != "")
    )
    talks = schema.conversations.c  # a customer may write on several channels
    place = func.row_number().over(partition_by=talks.customer_id, order_by=asked.id.desc()).label("place")
    known = (
        select(_TABLE, place)
        .join_from(_TABLE, schema.conversations, talks.id == asked.conversation_id)
        .where(asked.calibrated.is_not(None), asked.decision != "none", asked.at < now - UNDER_WAY, tells)
        .subquery()
    )
    query = select(known).where(known.c.place <= FROM_ONE).order_by(known.c.id.desc()).limit(most)
    return [outcome for row in conn.execute(query) if (outcome := _outcome(row)) is not None]


def _with_people() -> ColumnElement[bool]:
    """Return whether a question was put while its customer waited for people or talked with them."""
    ticket = schema.tickets.c
    under_way = and_(ticket.opened_at <= _TABLE.c.at, or_(ticket.closed_at.is_(None), ticket.closed_at > _TABLE.c.at))
    return exists().where(ticket.conversation_id == _TABLE.c.conversation_id, under_way)


def _outcome(row: Any) -> Outcome | None:  # noqa: ANN401 a row
    if row.helpful is not None:
        return Outcome(row.calibrated, row.helpful)
    if row.decision == "suggest" and row.entry:
        return Outcome(row.calibrated, row.entry == row.candidates[0][0])
    if row.handed_over:
        return Outcome(row.calibrated, right=False, weight=CALLED_A_PERSON)
    return Outcome(row.calibrated, right=True, weight=SILENCE) if row.decision == "answer" else None


def begun_with(conn: Connection, day: date) -> Experience | None:
    """Return what was learned from past answers when this day began; None when nobody has looked yet."""
    row = conn.execute(select(_DAYS).where(_DAYS.c.day == day)).one_or_none()
    return Experience(row.slope, row.shift, row.judged) if row else None


def begin(conn: Connection, day: date, now: datetime) -> Experience:
    """Learn from past answers for a day, and return it; where another process was faster, what that one learned."""
    new = learned(outcomes(conn, now))
    values = {"day": day, "slope": new.slope, "shift": new.offset, "judged": new.judged}
    conn.execute(insert(conn, _DAYS).values(values).on_conflict_do_nothing())
    return begun_with(conn, day) or new
