"""What customers are promised, and the ladder of notices when a promise is about to be broken.

Promised is a first answer within a minute: after half of it ⏰ stands in the topic, when it is over ⚠️ goes to the
operator, and after twice the time 🚨 goes to the managers. Everything is counted in working time of the ticket's team.
Pure: `notices.py` keeps what is due in the database.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.handoff.hours import LOOKED_AHEAD, WorkingHours
from bot.handoff.reading import Section
from bot.handoff.sla import NeverAtWork, due_at
from bot.handoff.ticket import Ticket


class Promise(StrEnum):
    """What is promised."""

    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    RESOLUTION = "resolution"


class Step(StrEnum):
    """Who hears of it, from the lowest step of the ladder to the highest."""

    TOPIC = "topic"
    OPERATOR = "operator"
    MANAGERS = "managers"


@dataclass(frozen=True, slots=True)
class Promises:
    """What a team promises at a level.

    Attributes:
        allowed: working time for each promise; what is missing is not promised.
        remind_at: after which share of the time the topic hears of it, 1 to 99 percent; 0 for never.
        escalate_at: after which share of the time the managers do, 101 to 1000 percent; 0 for never.
    """

    allowed: Mapping[Promise, timedelta]
    remind_at: int = 50
    escalate_at: int = 200


DEFAULTS: Mapping[str, str] = {"first_answer": "60 s", "next_answer": "5 min", "resolution": "24 h"}
SHARES = {"remind_at": (50, 1, 99), "escalate_at": (200, 101, 1000)}
KNOWN = {*DEFAULTS, *SHARES, "levels"}
LEVELS = ("1", "2", "3")
UNITS = {"s": 1, "min": 60, "h": 3600}
LONGEST = timedelta(hours=168)
Layer = Mapping[str, timedelta | int | None]
"""What one table of the file says: a time by promise (None: not promised) and the shares."""


@dataclass(frozen=True, slots=True)
class Sla:
    """Everybody's hours and promises, and those of teams and levels that have their own.

    Attributes:
        hours: everybody's.
        team_hours: of teams that have their own.
        layers: by (team, level); "" stands for all teams and 0 for all levels.
    """

    hours: WorkingHours
    team_hours: Mapping[str, WorkingHours] = field(default_factory=dict)
    layers: Mapping[tuple[str, int], Layer] = field(default_factory=dict)

    def hours_of(self, team: str) -> WorkingHours:
        """Return a team's week; everybody's for a team without its own, and for none."""
        return self.team_hours.get(team, self.hours)

    def promises_of(self, team: str, level: int) -> Promises:
        """Return what is promised to a ticket: of what several tables say, a team's counts, and of that a level's."""
        said: dict[str, timedelta | int | None] = {key: _span(text) for key, text in DEFAULTS.items()}
        said |= {key: default for key, (default, *_) in SHARES.items()}
        for key in dict.fromkeys((("", 0), ("", level), (team, 0), (team, level))):
            said |= self.layers.get(key, {})
        allowed = {promise: span for promise in Promise if isinstance(span := said[promise], timedelta)}
        shares = {key: value for key in SHARES if isinstance(value := said[key], int)}
        return Promises(allowed, **shares)

    @property
    def fingerprint(self) -> str:
        """Return a short text that changes with hours and promises: what was reckoned by others is reckoned anew."""
        weeks = [_spelt(one) for _, one in sorted([("", self.hours), *self.team_hours.items()])]
        layers = [(key, sorted(layer.items())) for key, layer in sorted(self.layers.items())]
        return hashlib.sha256(repr((weeks, layers, DEFAULTS)).encode()).hexdigest()[:12]


def _spelt(hours: WorkingHours) -> tuple[object, ...]:
    return hours.team, hours.zone, sorted(hours.week.items()), sorted(hours.holidays)


def running(ticket: Ticket) -> dict[Promise, datetime]:
    """Return which promises a ticket waits for, each with the moment from which its time counts.

    The first answer counts from the opening, or from the reopening; the next one from the earliest word that nobody has
    answered, so it stops while the customer is waited for; the resolution counts on until the ticket is closed.
    """
    if not ticket.open:
        return {}
    found = {Promise.RESOLUTION: ticket.opened_at}
    if ticket.first_answer_at is None or ticket.first_answer_at < ticket.opened_at:
        found[Promise.FIRST_ANSWER] = ticket.opened_at
    elif ticket.customer_wrote_at is not None:
        found[Promise.NEXT_ANSWER] = ticket.customer_wrote_at
    return found


def ladder(promise: Promise, since: datetime, promises: Promises, hours: WorkingHours) -> dict[Step, datetime]:
    """Return when each step is due, the lowest first; empty when nothing is promised.

    A step for which a team works too little within 31 days is due after those.
    """
    allowed = promises.allowed.get(promise, timedelta(0))
    return {step: _reached(since, allowed * share / 100, hours) for step, share in steps_of(promise, promises).items()}


def standing(
    promise: Promise, since: datetime, promises: Promises, hours: WorkingHours, now: datetime
) -> tuple[datetime, Step | None] | None:
    """Return when a promise is due, and the highest step that is reached by now; None when nothing is promised."""
    steps = ladder(promise, since, promises, hours)
    if not steps:
        return None
    return steps[Step.OPERATOR], next((step for step in reversed(steps) if steps[step] <= now), None)


def steps_of(promise: Promise, promises: Promises) -> dict[Step, int]:
    """Return the steps of a promise, each with its share of the time in percent; none when it is not promised."""
    if promise not in promises.allowed:
        return {}
    shares = {Step.TOPIC: promises.remind_at, Step.OPERATOR: 100, Step.MANAGERS: promises.escalate_at}
    return {step: share for step, share in shares.items() if share}


def _reached(since: datetime, span: timedelta, hours: WorkingHours) -> datetime:
    try:
        return due_at(since, span, hours)
    except NeverAtWork:
        return since + timedelta(days=LOOKED_AHEAD)


Layers = Mapping[tuple[str, int], Layer]
OwnHours = Mapping[str, WorkingHours]


def read(everybody: WorkingHours, sla: Section, teams: Mapping[str, Section], a_week: str) -> tuple[OwnHours, Layers]:
    """Return what `[sla]`, and `hours`, `holidays` and `sla` of each team's table, say beside the defaults.

    Args:
        everybody: the hours of teams without their own.
        sla: the table of that name.
        teams: the tables of the teams, by key.
        a_week: how a week must look, for complaints.

    Raises:
        RulesBroken: with the file, the key and what is wrong with it.
    """
    usual: Layer = {
        **{key: _span(text) for key, text in DEFAULTS.items()},
        **{key: one[0] for key, one in SHARES.items()},
    }
    general = {key: value for key, value in _layer(sla).items() if value != usual[key]}
    layers = {("", 0): general, **_layers("", sla)}
    own = {}
    for key, team in teams.items():
        section = team.section("sla")
        layers |= {(key, 0): _layer(section), **_layers(key, section)}
        if "hours" in team.body or "holidays" in team.body:
            week = team.section("hours", a_week).week() if "hours" in team.body else everybody.week
            free = team.dates("holidays") if "holidays" in team.body else everybody.holidays
            own[key] = WorkingHours(everybody.zone, week, free, key)
    return own, {key: layer for key, layer in layers.items() if layer}


def _layers(team: str, section: Section) -> dict[tuple[str, int], Layer]:
    levels = section.only(KNOWN).section("levels").only(LEVELS).sections()
    return {(team, int(level)): _layer(one.only(KNOWN - {"levels"})) for level, one in levels.items()}


def _layer(section: Section) -> Layer:
    found: dict[str, timedelta | int | None] = {}
    for key in DEFAULTS:
        if key in section.body:
            found[key] = _allowed(section, key)
    for key, (default, least, most) in SHARES.items():
        if key in section.body:
            never = section.body[key] == 0 and type(section.body[key]) is int
            found[key] = 0 if never else section.number(key, default, least, most)
    return found


def _allowed(section: Section, key: str) -> timedelta | None:
    text = section.text(key).strip()
    if text == "off":
        return None
    span = _span(text)
    if span is None or not timedelta(0) < span <= LONGEST:
        raise section.broken(
            key, f'must be a time up to 168 h such as "90 s", "5 min" or "24 h", or "off"; not {text!r}'
        )
    return span


def _span(text: str) -> timedelta | None:
    found = re.fullmatch(r"(\d{1,6}) ?(s|min|h)", text)
    return timedelta(seconds=int(found[1]) * UNITS[found[2]]) if found else None
