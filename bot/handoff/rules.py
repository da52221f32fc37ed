"""The owner's rules for the hand-off: `config/handoff.toml`.

A missing file means: round the clock, five chats a person, everybody takes the next chat themselves, the same ticket
again within a day, nothing closes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path

from bot.domain import toml_slips
from bot.handoff import canned, promises
from bot.handoff.canned import CannedAnswer
from bot.handoff.hours import WorkingHours
from bot.handoff.promises import Sla
from bot.handoff.reading import RulesBroken, Section

__all__ = ["Assignment", "AutoClose", "Rules", "RulesBroken", "Team", "load"]
KNOWN = {
    "time_zone",
    "reopen_within_hours",
    "capacity",
    "hours",
    "holidays",
    "teams",
    "assignment",
    "shifts",
    "auto_close",
    "shop_name",
    "canned",
    "sla",
    "reports",
}
OF_A_TEAM = {"name", "skills", "languages", "hours", "holidays", "sla"}
A_WEEK = 'must be a table such as monday = ["9:00-18:00"]'


class Assignment(StrEnum):
    """How chats come to people."""

    PULL = "pull"
    BALANCED = "balanced"


@dataclass(frozen=True, slots=True)
class Team:
    """A team: a ticket that is given to it goes to its people.

    Attributes:
        key: as `/transfer` and the database name it.
        name: as people read it.
        skills: what everybody in it knows.
        languages: what everybody in it speaks.
    """

    key: str
    name: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AutoClose:
    """When a ticket whose customer does not answer closes by itself.

    Attributes:
        after: the last answer of an operator; more than zero.
        warned_before: how long before the customer is warned; at least an hour, less than `after`.
    """

    after: timedelta
    warned_before: timedelta


@dataclass(frozen=True, slots=True)
class Reports:
    """What managers hear by themselves.

    Attributes:
        digest_at: when the figures of the day before are sent, in the zone of the file; None for never.
        low_score: a customer's score up to this one is told at once, 1 to 4; 0 for none.
    """

    digest_at: time | None = time(8)
    low_score: int = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """How the desk works.

    Attributes:
        hours: when people are there.
        reopen_within: a customer who asks again so soon after the closing gets the same ticket back.
        capacity: chats at a time that are assigned or taken by "next", for people without a figure of their own.
        teams: by key.
        assignment: who brings chats and people together.
        away_returns_after: for how long somebody may be away before their chats go back to the queue; zero for ever.
        shifts: when somebody is at work, by name or Telegram id; who is not in it works whenever they are not away.
        auto_close: None when nothing closes by itself.
        shop_name: what `{shop.name}` in canned answers says; empty when it is not known.
        canned: the answers that a new database begins with; no rule, so they do not count when rules are compared.
        team_hours: the hours of teams that have their own.
        promised: what teams promise at which level, beside the defaults; see `Sla.layers`.
        reports: what managers hear by themselves.
    """

    hours: WorkingHours
    reopen_within: timedelta = timedelta(hours=24)
    capacity: int = 5
    teams: Mapping[str, Team] = field(default_factory=dict)
    assignment: Assignment = Assignment.PULL
    away_returns_after: timedelta = timedelta(minutes=15)
    shifts: Mapping[str, WorkingHours] = field(default_factory=dict)
    auto_close: AutoClose | None = None
    shop_name: str = ""
    canned: tuple[CannedAnswer, ...] = field(default=(), compare=False)
    team_hours: promises.OwnHours = field(default_factory=dict)
    promised: promises.Layers = field(default_factory=dict)
    reports: Reports = Reports()

    @property
    def sla(self) -> Sla:
        """What is promised, and in whose hours."""
        return Sla(self.hours, self.team_hours, self.promised)


def load(file: Path) -> Rules:
    """Read the rules.

    Raises:
        RulesBroken: with the file, the key and what is wrong with it.
    """
    try:
        body = toml_slips.read(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (toml_slips.TomlSlip, UnicodeDecodeError) as error:
        raise RulesBroken(file, "not readable as TOML", str(error)) from None
    whole = Section(file, "", body).only(KNOWN)
    zone = whole.zone("time_zone", "Europe/Berlin")
    assignment = whole.section("assignment").only({"mode", "away_returns_after_minutes"})
    hours = WorkingHours(zone, whole.section("hours", A_WEEK).week(), whole.dates("holidays"))
    teams = whole.section("teams").sections()
    team_hours, promised = promises.read(hours, whole.section("sla"), teams, A_WEEK)
    return Rules(
        hours=hours,
        reopen_within=timedelta(hours=whole.number("reopen_within_hours", 24)),
        capacity=whole.number("capacity", 5),
        teams={key: _team(key, one) for key, one in teams.items()},
        assignment=Assignment(assignment.one_of("mode", list(Assignment), Assignment.PULL)),
        away_returns_after=timedelta(minutes=assignment.number("away_returns_after_minutes", 15)),
        shifts=_shifts(whole.section("shifts"), zone),
        auto_close=_auto_close(whole.section("auto_close").only({"hours", "warning_hours"})),
        shop_name=" ".join(whole.text("shop_name").split()),
        canned=canned.read(body.get("canned", []), whole.broken),
        team_hours=team_hours,
        promised=promised,
        reports=_reports(whole.section("reports").only({"digest_at", "low_score"})),
    )


def _reports(section: Section) -> Reports:
    text = section.text("digest_at", "8:00").strip()
    try:
        at = None if text == "off" else time.fromisoformat(text.zfill(5))
    except ValueError:
        raise section.broken("digest_at", f'must be a time such as "8:00", or "off"; not {text!r}') from None
    return Reports(at, section.number("low_score", 2, most=4))


def _team(key: str, section: Section) -> Team:
    section.only(OF_A_TEAM)
    return Team(key, section.text("name") or key, section.words("skills"), section.words("languages"))


def _shifts(section: Section, zone: str) -> dict[str, WorkingHours]:
    """Return each person's week; an empty one means never at work, not round the clock."""
    weeks = {name.strip().casefold(): one.week() for name, one in section.sections(A_WEEK).items()}
    return {name: WorkingHours(zone, week or {0: ()}) for name, week in weeks.items()}


def _auto_close(section: Section) -> AutoClose | None:
    hours = section.number("hours", 0)
    if not hours:
        return None
    if hours == 1:
        raise section.broken("hours", "must be 0 for never, or at least 2, so that a warning comes an hour before")
    warning = section.number("warning_hours", min(24, hours // 2), least=1, most=hours - 1)
    return AutoClose(timedelta(hours=hours), timedelta(hours=warning))
