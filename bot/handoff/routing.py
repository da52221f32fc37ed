"""Whose chat it is: which waiting ticket somebody gets with `/next`, and whom the bot gives the one that waits.

A German ticket for the team "returns" goes to somebody of that team who speaks German, has room, and of those to who
has most room. What nobody here could ever meet is not asked: a shop where nobody has level 3 still answers a ticket
that was marked with it. Pure: the caller brings people, loads and tickets; the same input gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.people import Staff
from bot.handoff.rules import Team
from bot.handoff.ticket import Ticket

ASKED = ("language", "level", "skill", "team")
"""What a ticket asks of people; the last is given up first when nobody who works here has all of it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of staff as the routing sees them.

    Attributes:
        person: who.
        load: open chats that they have.
        capacity: as many as are given to them.
        on_duty: takes new chats at present.
        skills: their own and their team's.
        languages: their own and their team's, empty for all.
    """

    person: Staff
    load: int
    capacity: int
    on_duty: bool
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    @property
    def room(self) -> int:
        """Chats that can still be given to them, zero and less for none."""
        return self.capacity - self.load


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket that nobody has.

    Attributes:
        ticket: the ticket.
        language: of its customer.
        let_go_by: who gave it up a short time ago: it comes to others first.
    """

    ticket: Ticket
    language: str
    let_go_by: frozenset[int] = frozenset()


def seat(person: Staff, teams: Mapping[str, Team], *, load: int, capacity: int, on_duty: bool) -> Seat:
    """Return somebody with what their team adds; who names no language speaks all, whatever the team says."""
    team = teams.get(person.team)
    skills = frozenset(person.skills) | frozenset(team.skills if team else ())
    languages = frozenset(person.languages) or frozenset(team.languages if team else ())
    return Seat(person, load, capacity, on_duty, skills, languages)


def meets(one: Seat, waiting: Waiting, asked: str) -> bool:
    """Return whether somebody meets one of the things that a ticket asks."""
    ticket, person = waiting.ticket, one.person
    match asked:
        case "language":
            return not one.languages or waiting.language in one.languages
        case "level":
            return ticket.level <= person.level
        case "skill":
            return not ticket.skill or ticket.skill in one.skills
        case _:
            return not ticket.team or person.team in {"", ticket.team}


def asked_by(waiting: Waiting, everybody: Sequence[Seat]) -> tuple[str, ...]:
    """Return what a ticket asks, as far as somebody who works here, on duty or not, meets all of it."""
    for count in range(len(ASKED), 0, -1):
        wanted = ASKED[:count]
        if any(all(meets(one, waiting, asked) for asked in wanted) for one in everybody):
            return wanted
    return ()


def fits(one: Seat, waiting: Waiting, everybody: Sequence[Seat]) -> bool:
    """Return whether somebody may be given a ticket."""
    return all(meets(one, waiting, asked) for asked in asked_by(waiting, everybody))


def next_for(one: Seat, queue: Sequence[Waiting], everybody: Sequence[Seat]) -> list[Ticket]:
    """Return the tickets that somebody may take, in the order of the queue; none when they have no room.

    What they have just given up themselves comes last.
    """
    if one.room < 1:
        return []
    fitting = [waiting for waiting in queue if fits(one, waiting, everybody)]
    return [waiting.ticket for waiting in sorted(fitting, key=lambda waiting: one.person.id in waiting.let_go_by)]


def best_for(waiting: Waiting, everybody: Sequence[Seat]) -> Seat | None:
    """Return who gets a ticket, None while nobody who fits is on duty and has room.

    Of those who fit: who is in the ticket's team before generalists, then who has most room, then the lowest level,
    so that experts stay free, then who works here longest. Who has just given it up gets it back only when nobody else
    who fits is on duty.
    """
    here = [one for one in everybody if one.on_duty and fits(one, waiting, everybody)]
    others = [one for one in here if one.person.id not in waiting.let_go_by]
    free = [one for one in others or here if one.room > 0]

    def rank(one: Seat) -> tuple[bool, int, int, int]:
        outside = bool(waiting.ticket.team) and one.person.team != waiting.ticket.team
        return outside, -one.room, one.person.level, one.person.id

    return min(free, key=rank, default=None)


def plan(queue: Sequence[Waiting], everybody: Sequence[Seat]) -> list[tuple[Ticket, Staff]]:
    """Return who is to get which of the waiting tickets, in the order of the queue."""
    seats = {one.person.id: one for one in everybody}
    given = []
    for waiting in queue:
        best = best_for(waiting, list(seats.values()))
        if best is not None:
            seats[best.person.id] = replace(best, load=best.load + 1)
            given.append((waiting.ticket, best.person))
    return given
