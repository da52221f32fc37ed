"""The figures of some days: how much came, how fast and how well it was answered, and what it cost.

Pure: `facts.py` read what happened; when something was due is asked of the caller, who knows hours and promises.
Spans are elapsed seconds; a percentile is the nearest rank, so it is always a span that really was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from statistics import mean
from zoneinfo import ZoneInfo

from bot.quality.facts import Checked, Facts, Question, Scored
from bot.quality.openings import Opening

Due = Callable[[Opening, str, datetime], datetime | None]
"""When a promise (first_answer, next_answer, resolution) that counts from a moment was due; None: not promised."""
PROMISES = ("first_answer", "next_answer", "resolution")
GOOD = 4
NUMBERED = re.compile(r"#\d+$")
COSTLIEST = 10
Figures = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of some days.

    Attributes:
        total: each figure by name.
        by: figures by operator, channel, category and hour, each by its name: `by["channel"]["telegram"]["opened"]`.
        unanswered: groups of questions without a sure answer, masked, with how often they were asked; most first.
        handed_over: entries with how often a person took over within a day after them; most first.
        comments: what customers wrote to their scores, the latest first.
        empty: nothing happened at all.
    """

    total: Figures
    by: Mapping[str, Mapping[str, Figures]]
    unanswered: Sequence[tuple[str, int]]
    handed_over: Sequence[tuple[str, int]]
    comments: Sequence[Scored]
    empty: bool


def percentile(spans: Iterable[float], share: int) -> float | None:
    """Return the smallest span that at least so many percent of them do not exceed; None of nothing."""
    ranked = sorted(spans)
    return ranked[max(0, ceil(len(ranked) * share / 100) - 1)] if ranked else None


def rate(part: int, whole: int) -> float | None:
    """Return a share, 0–1; None of nothing."""
    return round(part / whole, 4) if whole else None


@dataclass(slots=True)
class Verdicts:
    """How often a promise was kept and broken."""

    kept: int = 0
    broken: int = 0

    def count(self, verdict: bool | None) -> None:  # noqa: FBT001 None is neither
        """Count one; what is still open counts for nothing."""
        self.kept += verdict is True
        self.broken += verdict is False


def verdict(due: datetime | None, done: datetime | None, ended: datetime | None, now: datetime) -> bool | None:
    """Return whether a promise was kept; None while it may still be, or when it ended in time without being asked for.

    Args:
        due: when it was to be kept, None for no promise.
        done: when it was kept, or None.
        ended: when the ticket was closed, or None.
        now: until when it may be late.
    """
    if due is None:
        return None
    if done is not None:
        return done <= due
    over = ended if ended is not None else now
    return False if over > due else None


@dataclass(slots=True)
class _Count:
    """What one reckoning counts: of all, or of one operator, channel or hour."""

    facts: Facts
    due: Due
    now: datetime
    openings: list[Opening] = field(default_factory=list)
    ended: list[Opening] = field(default_factory=list)
    scores: list[Scored] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    waits: list[tuple[Opening, datetime, datetime | None]] = field(default_factory=list)
    checks: list[Checked] = field(default_factory=list)

    def figures(self) -> Figures:
        first = [
            (one.first_answer_at - one.first_since).total_seconds()
            for one in self.openings
            if one.first_answer_at and one.first_since
        ]
        handling = [
            (one.closed_at - one.claimed_at).total_seconds() for one in self.ended if one.closed_at and one.claimed_at
        ]
        automated = sum(one.automated for one in self.questions)
        return {
            "questions": len(self.questions),
            "automated": automated,
            "automation_rate": rate(automated, len(self.questions)),
            "opened": len(self.openings),
            "closed": len(self.ended),
            "first_answer_p50": percentile(first, 50),
            "first_answer_p90": percentile(first, 90),
            "handling_p50": percentile(handling, 50),
            "handling_p90": percentile(handling, 90),
            **self._promises(),
            **self._csat(),
            "quality_number": len(self.checks),
            "quality_mean": round(mean(one.score for one in self.checks), 2) if self.checks else None,
        }

    def _promises(self) -> Figures:
        counted = {promise: Verdicts() for promise in PROMISES}
        for one in self.openings:
            due = self.due(one, "first_answer", one.first_since) if one.first_since else None
            counted["first_answer"].count(verdict(due, one.first_answer_at, one.closed_at, self.now))
            due = self.due(one, "resolution", one.solved_since) if one.solved_since else None
            counted["resolution"].count(verdict(due, one.closed_at, one.closed_at, self.now))
        for one, since, answered in self.waits:
            due = self.due(one, "next_answer", since)
            counted["next_answer"].count(verdict(due, answered, one.closed_at, self.now))
        kept, broken = sum(one.kept for one in counted.values()), sum(one.broken for one in counted.values())
        each = {f"breaches_{promise}": one.broken for promise, one in counted.items()}
        return {"sla_kept": rate(kept, kept + broken), "promises": kept + broken, **each}

    def _csat(self) -> Figures:
        scores = [one.score for one in self.scores]
        return {
            "csat_number": len(scores),
            "csat_mean": round(mean(scores), 2) if scores else None,
            "csat_good": rate(sum(score >= GOOD for score in scores), len(scores)),
            "comments": sum(bool(one.comment) for one in self.scores),
        }


def reckon(facts: Facts, due: Due, zone: str, names: Mapping[int, str], now: datetime) -> Report:
    """Return the figures.

    Args:
        facts: what happened.
        due: when a promise was due.
        zone: in which hours are meant.
        names: of the staff, by id.
        now: the time; what is not due yet counts for nothing.
    """
    reckoning = _Reckoning(facts, due, zone, names, now)
    for opening in facts.openings:
        reckoning.count_opening(opening)
    reckoning.count_rest()
    return _report(facts, reckoning.total, reckoning.by)


def told_apart(names: Mapping[int, str]) -> dict[int, str]:
    """Return names of which each is one person's: with the number of whoever shares theirs, "Max #7"."""
    shared = Counter(name.casefold() for name in names.values())
    alone = {key for key, name in names.items() if shared[name.casefold()] == 1 and not NUMBERED.search(name)}
    return {key: name if key in alone else f"{name} #{key}" for key, name in names.items()}


class _Reckoning:
    """Counts each thing that happened for all, and for whom, where and when it belongs to."""

    def __init__(self, facts: Facts, due: Due, zone: str, names: Mapping[int, str], now: datetime) -> None:
        self.facts, self.due, self.zone, self.now = facts, due, ZoneInfo(zone), now
        self.names = told_apart(names)
        self.total = self._new()
        self.by: dict[str, dict[str, _Count]] = {name: {} for name in ("operator", "channel", "category", "hour")}

    def count_opening(self, one: Opening) -> None:
        """Count what of a ticket's stretch lies within the days."""
        if self.facts.within(one.opened_at):
            for count in self._where(one.channel, one.first_staff, one.opened_at):
                count.openings.append(one)
        if self.facts.within(one.closed_at):
            for count in self._where(one.channel, one.closed_by):
                count.ended.append(one)
        for wait in one.waits:
            if self.facts.within(wait.since):
                for count in self._where(one.channel, wait.staff_id, wait.since):
                    count.waits.append((one, wait.since, wait.answered_at))

    def count_rest(self) -> None:
        """Count questions, scores and checks."""
        for question in self.facts.questions:
            for count in self._where(question.channel, at=question.at, category=question.category):
                count.questions.append(question)
        for score in self.facts.scores:
            for count in self._where(score.channel, score.staff_id):
                count.scores.append(score)
        for check in self.facts.checks:
            for count in self._where(check.channel, check.staff_id):
                count.checks.append(check)

    def _new(self) -> _Count:
        return _Count(self.facts, self.due, self.now)

    def _where(
        self, channel: str, person: int | None = None, at: datetime | None = None, category: str = ""
    ) -> Iterator[_Count]:
        """Yield all for which something counts."""
        yield self.total
        names = {"channel": channel, "category": category}
        names["operator"] = self.names.get(person, f"#{person}") if person is not None else ""
        names["hour"] = f"{at.astimezone(self.zone).hour:02}" if at is not None else ""
        for kind, name in names.items():
            if name:
                yield self.by[kind].setdefault(name, self._new())


def _report(facts: Facts, total: _Count, by: Mapping[str, Mapping[str, _Count]]) -> Report:
    unanswered = Counter(one.group for one in facts.questions if one.group)
    costly = Counter(one.entry for one in facts.questions if one.entry and one.handed_over)
    words = {"conversations": facts.conversations, "messages": facts.messages}
    figures = total.figures()
    return Report(
        total={**words, **figures},
        by={kind: {name: one.figures() for name, one in sorted(some.items())} for kind, some in by.items()},
        unanswered=_most(unanswered),
        handed_over=_most(costly),
        comments=[one for one in reversed(facts.scores) if one.comment],
        empty=not (facts.messages or facts.openings or facts.questions or facts.scores or facts.checks),
    )


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:COSTLIEST]
