"""Where the base is weak: `supportbot faq report`.

"abroad: given 41 times, 9 × 👎, 5 called a person" comes first; "cups" was never given, and twelve customers asked for
gaiwans in vain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.faq import groups, store, unanswered
from bot.faq.experience import Experience, learned
from bot.faq.groups import Group
from bot.storage import schema

_M = schema.matches
WORST = 20
LONGEST_EXAMPLE = 160  # characters of a question on its line
FEWEST = 3  # answers of an entry before its share of disappointed customers says anything


@dataclass(frozen=True, slots=True)
class Given:
    """What became of an entry's answers.

    Attributes:
        entry: its id.
        given: how often it was answered or picked.
        helpful: 👍.
        not_helpful: 👎.
        handed_over: a person was called after it, without a 👎.
    """

    entry: str
    given: int
    helpful: int
    not_helpful: int
    handed_over: int

    @property
    def disappointed(self) -> float:
        """The share (0–1) of those to whom it was given that it did not help."""
        return (self.not_helpful + self.handed_over) / self.given


@dataclass(frozen=True, slots=True)
class Report:
    """How the base does in a stretch of time.

    Attributes:
        asked: questions, those chosen from a menu left out.
        answered: of them with a sure answer.
        suggested: of them with near matches.
        picked: near matches that were taken.
        none: without anything.
        weak: entries that often did not help, the worst first.
        unanswered: groups that wait for a decision, the most asked first; all of them, whenever they were asked.
        never: entries switched on that nobody was given; empty while fewer answers were given than there are entries.
        experience: what the answers teach about how sure to be.
    """

    asked: int
    answered: int
    suggested: int
    picked: int
    none: int
    weak: Sequence[Given]
    unanswered: Sequence[Group]
    never: Sequence[str]
    experience: Experience

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "asked": self.asked,
            "answered": self.answered,
            "suggested": self.suggested,
            "picked": self.picked,
            "none": self.none,
            "weak": [asdict(one) for one in self.weak],
            "unanswered": [
                {"id": one.id, "example": one.example, "language": one.language, **asdict(one.outcomes)}
                for one in self.unanswered
            ],
            "never": list(self.never),
            "experience": {
                "judged": round(self.experience.judged),
                "at_95": round(self.experience.corrected(0.95), 4),
            },
        }


def given(conn: Connection, since: datetime) -> Mapping[str, Given]:
    """Return what became of each entry's answers since then, by its id."""

    def many(condition: Any) -> Any:  # noqa: ANN401 SQL
        return func.sum(case((condition, 1), else_=0))

    query = (
        select(
            _M.c.entry,
            func.count().label("given"),
            many(_M.c.helpful.is_(True)).label("helpful"),
            many(_M.c.helpful.is_(False)).label("not_helpful"),
            many(_M.c.handed_over & _M.c.helpful.is_not(False)).label("handed_over"),
        )
        .where(_M.c.entry != "", _M.c.at >= since)
        .group_by(_M.c.entry)
    )
    return {
        row.entry: Given(row.entry, row.given, row.helpful, row.not_helpful, row.handed_over)
        for row in conn.execute(query)
    }


def report(conn: Connection, since: datetime, now: datetime) -> Report:
    """Return how the base did since then.

    Args:
        conn: a connection.
        since: the first moment that counts.
        now: the time.
    """
    found = given(conn, since)
    counted = (
        select(
            _M.c.decision,
            func.count().label("many"),
            func.sum(case((_M.c.entry != "", 1), else_=0)).label("with_entry"),
        )
        .where(_M.c.at >= since, _M.c.message_id.is_not(None))
        .group_by(_M.c.decision)
    )
    rows = {row.decision: row for row in conn.execute(counted)}
    many = {decision: int(row.many) for decision, row in rows.items()}
    weak = [one for one in found.values() if one.given >= FEWEST and one.disappointed > 0]
    live = [entry.id for entry in store.list_entries(conn) if entry.live_on(now.date())]
    return Report(
        asked=sum(many.values()),
        answered=many.get("answer", 0),
        suggested=many.get("suggest", 0),
        picked=int(rows["suggest"].with_entry) if "suggest" in rows else 0,
        none=many.get("none", 0),
        weak=sorted(weak, key=lambda one: (-one.disappointed, -one.given, one.entry))[:WORST],
        unanswered=groups.overview(conn, WORST),
        never=[key for key in live if key not in found] if sum(one.given for one in found.values()) > len(live) else [],
        experience=learned(unanswered.outcomes(conn, now)),
    )


def in_words(found: Report) -> str:
    """Return a report for people."""
    near = f"{found.suggested} with near matches ({found.picked} picked)"
    at_95 = found.experience.corrected(0.95)
    lines = [
        f"{found.asked} questions: {found.answered} answered, {near}, {found.none} without anything",
        f"{found.experience.judged:.0f} answers judged; a confidence of 0.95 counts as {at_95:.3f}",
    ]
    if found.weak:
        lines.append("\nAnswers that often did not help: reword them, or give the entry that was meant more phrasings")
    lines += [_line(one) for one in found.weak]
    if found.unanswered:
        lines.append("\nQuestions without a sure answer: /unanswered in the chat makes phrasings and entries of them")
    lines += [f"  {group.outcomes.asked} × {_short(group.example)}" for group in found.unanswered]
    if found.never:
        lines.append("\nEntries that nobody was given: more phrasings may help, or nobody needs them")
        lines.append("  " + ", ".join(found.never))
    return "\n".join(lines)


def _short(question: str) -> str:
    """Return a question on one line, a long one cut; one without spaces too."""
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_EXAMPLE else f"{line[: LONGEST_EXAMPLE - 1].rstrip()}…"


def _line(one: Given) -> str:
    marks = f"{one.helpful} × 👍, {one.not_helpful} × 👎, {one.handed_over} called a person"
    return f"  {one.entry}: given {one.given} times, {marks}"
