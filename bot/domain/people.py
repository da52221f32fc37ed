"""Who works here and what a person may do.

Olga is an operator: she claims chats and answers. Ada is an admin: she may do that too, and edits the FAQ.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff is; each role may do what the one before it may."""

    OPERATOR = "operator"
    MANAGER = "manager"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Return whether this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


LONGEST_NAME = 128
"""Characters of a name; Telegram's first and last name have 64 each."""
JOINERS = "\u200c\u200d"
"""Invisible, and parts of names in Persian and of emoji."""
BLANK = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and signs that show nothing."""


def one_line(name: str) -> str:
    """Return a name as it may stand in a card or a list: one line of what can be seen, read in its own direction.

    Line breaks become spaces; marks that change the direction of writing, and what nobody sees, are left out. Empty
    when nothing of it can be seen.
    """
    shown = "".join(" " if char.isspace() else char for char in name if _shown(char))
    line = " ".join(shown.split())[:LONGEST_NAME].rstrip()
    return line if line.strip(JOINERS + " ") else ""


def _shown(char: str) -> bool:
    hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs"} or char in BLANK
    return char.isspace() or char in JOINERS or not hidden


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff.

    Attributes:
        id: our id.
        telegram_id: the Telegram user id as text, empty for somebody who works in the console only.
        name: as customers and colleagues see it.
        role: operator, manager or admin.
        language: of the texts shown to this person.
        away: takes no new chats at present.
        capacity: chats at a time that are assigned or taken by "next", for this person; None for everybody's figure.
        away_since: since when, or None.
        back_at: when the person came back last by saying so, which holds outside the shift too; None for never.
        team: a team of handoff.toml, empty for a generalist, who may get any team's tickets.
        level: 1 to 3; may get tickets up to that level.
        languages: codes of those spoken; empty for all.
        skills: what the person knows beside what the team knows.
    """

    id: int
    telegram_id: str
    name: str
    role: Role
    language: str
    away: bool = False
    capacity: int | None = None
    away_since: datetime | None = None
    back_at: datetime | None = None
    team: str = ""
    level: int = 1
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as known so far.

    Attributes:
        id: our id.
        name: the name that the channel showed last, one line.
        username: without the @, may be empty.
        phone: in E.164, or empty.
        email: as left for an answer, or empty.
    """

    id: int
    name: str
    username: str = ""
    phone: str = ""
    email: str = ""
