"""A ticket: the stretch of a conversation that people handle, and the states it goes through.

Anna asks for a person: her ticket is `waiting`. Olga claims it: `assigned`. Olga answers: `waiting_for_customer`, until
Anna writes again. `/close` ends it. Pure: only the rules; `queue.py` keeps them in the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any


class State(StrEnum):
    """What a ticket waits for."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why people were asked."""

    NO_MATCH = "no_match"
    ASKED = "asked"
    NOT_HELPFUL = "not_helpful"
    STAFF = "staff"
    MEDIA = "media"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands.

    Attributes:
        id: our id, shown as its number.
        conversation_id: our id of the conversation.
        state: what it waits for.
        reason: why it was opened.
        staff_id: who has it, None while nobody has.
        ownership: rises with every change of owner; an answer written under an older one is refused.
        priority: 0 usual, higher goes first.
        level: 1 to 3.
        tags: words that staff put on it.
        opened_at: when the customer began to wait, UTC.
        claimed_at: when it was claimed first, or None.
        first_answer_at: when an operator answered first, or None.
        customer_wrote_at: the earliest word of the customer that nobody has answered, or None.
        closed_at: when it was closed, or None.
        team: the team of handoff.toml that it is for, empty for anyone.
        skill: what whoever takes it must know, empty for nothing.
        assigned_at: when it came to who has it now, None while nobody has.
        answered_at: when an operator answered last, or None.
        warned_at: when the customer heard that it will be closed by itself, None when they wrote since.
        merged_into: the ticket that goes on in its place, or None.
        closed_by: who closed it, None for the customer or the clock.
    """

    id: int
    conversation_id: int
    state: State
    reason: Reason
    staff_id: int | None
    ownership: int
    priority: int
    level: int
    tags: tuple[str, ...]
    opened_at: datetime
    claimed_at: datetime | None
    first_answer_at: datetime | None
    customer_wrote_at: datetime | None
    closed_at: datetime | None
    team: str = ""
    skill: str = ""
    assigned_at: datetime | None = None
    answered_at: datetime | None = None
    warned_at: datetime | None = None
    merged_into: int | None = None
    closed_by: int | None = None

    @property
    def open(self) -> bool:
        """Whether people still have to do with it."""
        return self.state is not State.CLOSED


@dataclass(frozen=True, slots=True)
class Wait:
    """What a waiting customer can be told, and nothing that is not known.

    Attributes:
        place: 1 for the next one.
        expected: the time until somebody answers, None when too little was measured.
    """

    place: int
    expected: timedelta | None


MEASURED_ENOUGH = 5
"""Handled tickets below which no time is promised."""


def expected_wait(place: int, on_duty: int, handling: Sequence[timedelta]) -> Wait:
    """Return what to tell a customer who waits.

    Args:
        place: in the queue, from 1.
        on_duty: operators who take chats at present.
        handling: how long the last tickets took from claim to close; measured.

    Returns:
        The wait: one median handling time for each round of the operators on duty.
    """
    if on_duty < 1 or len(handling) < MEASURED_ENOUGH:
        return Wait(place, None)
    rounds = (place + on_duty - 1) // on_duty
    return Wait(place, timedelta(seconds=median(span.total_seconds() for span in handling) * rounds))


def may_reopen(closed_at: datetime, now: datetime, within: timedelta) -> bool:
    """Return whether a customer who asks again gets the same ticket back."""
    return now - closed_at <= within


def as_one(ticket: Ticket, other: Ticket) -> dict[str, Any]:
    """Return what changes of a ticket that goes on in another one's place as well.

    One customer, so one set of clocks, for the ladder and for the report (`bot/quality/openings.py`) alike. The first
    answer is owed from the earlier opening while neither was answered; once one of them was, what is unanswered is owed
    a next answer, from its earliest word. The solution is owed from the earlier opening. When the customer went quiet
    counts from the later answer, and nobody is closed for a warning that was about half of it.
    """
    both = (ticket, other)
    owed = [one.customer_wrote_at for one in both if one.customer_wrote_at]
    first = [one.first_answer_at for one in both if one.first_answer_at and one.first_answer_at >= one.opened_at]
    has = ticket if ticket.staff_id is not None else other
    owes = has.state is State.WAITING_FOR_CUSTOMER and owed
    return {
        "staff_id": has.staff_id,
        "state": State.ASSIGNED if owes else has.state,
        "claimed_at": ticket.claimed_at or has.claimed_at,
        "opened_at": min(one.opened_at for one in both),
        "first_answer_at": min(first, default=None),
        "answered_at": max((one.answered_at for one in both if one.answered_at), default=None),
        "warned_at": None,
        "customer_wrote_at": min(owed, default=None),
        "priority": max(one.priority for one in both),
        "level": max(one.level for one in both),
        "tags": list(dict.fromkeys([*ticket.tags, *other.tags])),
    }
