"""Reading `config/handoff.toml`: one value at a time, each mistake named with file and key.

`[auto_close] hours = "two"` is refused with "config/handoff.toml: auto_close.hours: must be a whole number …". Every
part of the desk reads its own section with these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import SupportbotError
from bot.handoff.hours import DAYS, Span

END_OF_DAY = (24, 0)
MOST = 100_000


class RulesBroken(SupportbotError):
    """The file of the hand-off has a key or value that cannot be."""

    def __init__(self, file: Path, key: str, why: str) -> None:
        super().__init__(f"{file}: {key}: {why}")


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file, and where it stands in it.

    Attributes:
        file: for complaints.
        name: of the table, empty for the whole file.
        body: what it says.
    """

    file: Path
    name: str
    body: Mapping[str, Any]

    def key(self, key: str) -> str:
        """Return a key's whole name: `auto_close.hours`."""
        return f"{self.name}.{key}" if self.name else key

    def broken(self, key: str, why: str) -> RulesBroken:
        """Return a complaint about one key."""
        return RulesBroken(self.file, self.key(key) if key else self.name, why)

    def only(self, known: Collection[str]) -> Section:
        """Return the table itself, if it has no unknown keys.

        Raises:
            RulesBroken: it has one.
        """
        for key in self.body:
            if key not in known:
                raise self.broken(key, f"unknown; known are {', '.join(sorted(known))}")
        return self

    def section(self, key: str, why: str = "must be a table") -> Section:
        """Return a table within this one, an empty one when it is missing.

        Raises:
            RulesBroken: there is something else.
        """
        found = self.body.get(key, {})
        if not isinstance(found, dict):
            raise self.broken(key, why)
        return Section(self.file, self.key(key), found)

    def sections(self, why: str = "must be a table") -> dict[str, Section]:
        """Return all that is in this table, each of which must be a table."""
        return {key: self.section(key, why) for key in self.body}

    def number(self, key: str, default: int, least: int = 0, most: int = MOST) -> int:
        """Return a whole number within bounds."""
        value = self.body.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.broken(key, f"must be a whole number from {least} to {most}")
        return value

    def one_of(self, key: str, choices: Collection[str], default: str) -> str:
        """Return one of some words."""
        value = self.body.get(key, default)
        if value not in choices:
            raise self.broken(key, f"must be one of {', '.join(choices)}")
        return str(value)

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            raise self.broken(key, "must be a text in quotes")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, an empty one when it is missing."""
        value = self.body.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            raise self.broken(key, 'must be a list of words such as ["refunds", "parcels"]')
        return tuple(word.strip() for word in value)

    def zone(self, key: str, default: str) -> str:
        """Return the name of an IANA time zone."""
        name = self.body.get(key, default)
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):  # OSError: a folder of zones such as Europe
            raise self.broken(key, f"{name!r} is no IANA time zone such as Europe/Berlin") from None
        return str(name)

    def dates(self, key: str) -> frozenset[date]:
        """Return a list of days."""
        days = self.body.get(key, [])
        if not isinstance(days, list) or not all(type(day) is date for day in days):
            raise self.broken(key, "must be a list of dates such as 2026-12-25, without quotes")
        return frozenset(days)

    def week(self) -> dict[int, tuple[Span, ...]]:
        """Return this table as a week: spans by day, 0 is Monday."""
        week = {}
        for day, spans in self.body.items():
            if day not in DAYS:
                raise self.broken(day, f"is no day; days are {', '.join(DAYS)}")
            if not isinstance(spans, list):
                raise self.broken(day, 'must be a list such as ["9:00-18:00"]')
            week[DAYS.index(day)] = tuple(self._span(day, span) for span in spans)
        return week

    def _span(self, key: str, span: object) -> Span:
        try:
            start, _, end = str(span).partition("-")
            return _time(start), _time(end)
        except ValueError:
            raise self.broken(key, f'{span!r} is no span of time such as "9:00-18:00"') from None


def _time(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    if (int(hour), int(minute or 0)) == END_OF_DAY:
        return time(0)
    return time(int(hour), int(minute or 0))
