"""The owner's rules for the hand-off: `config/handoff.toml`.

A missing file means: round the clock, five chats a person, the same ticket again within a day.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.errors import SupportbotError
from bot.handoff.hours import DAYS, WorkingHours


class RulesBroken(SupportbotError):
    """The file of the hand-off has a key or value that cannot be."""

    def __init__(self, file: Path, key: str, why: str) -> None:
        super().__init__(f"{file}: {key}: {why}")


@dataclass(frozen=True, slots=True)
class Rules:
    """How the desk works.

    Attributes:
        hours: when people are there.
        reopen_within: a customer who asks again so soon after the closing gets the same ticket back.
        capacity: chats at a time that are assigned or taken by "next", for people without a figure of their own.
    """

    hours: WorkingHours
    reopen_within: timedelta = timedelta(hours=24)
    capacity: int = 5


END_OF_DAY = (24, 0)
MOST = 100_000
KNOWN = {"time_zone", "reopen_within_hours", "capacity", "hours", "holidays"}


def load(file: Path) -> Rules:
    """Read the rules.

    Raises:
        RulesBroken: with the file, the key and what is wrong with it.
    """
    try:
        body = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesBroken(file, "not readable as TOML", str(error)) from None
    for key in body:
        if key not in KNOWN:
            raise RulesBroken(file, key, f"unknown; known are {', '.join(sorted(KNOWN))}")
    return Rules(
        WorkingHours(_zone(file, body), _week(file, body.get("hours", {})), _holidays(file, body)),
        timedelta(hours=_number(file, body, "reopen_within_hours", 24)),
        _number(file, body, "capacity", 5),
    )


def _zone(file: Path, body: Mapping[str, Any]) -> str:
    name = body.get("time_zone", "Europe/Berlin")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):  # OSError: a folder of zones such as Europe
        raise RulesBroken(file, "time_zone", f"{name!r} is no IANA time zone such as Europe/Berlin") from None
    return str(name)


def _number(file: Path, body: Mapping[str, Any], key: str, default: int) -> int:
    value = body.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise RulesBroken(file, key, f"must be a whole number from 0 to {MOST}")
    return value


def _week(file: Path, hours: object) -> dict[int, tuple[tuple[time, time], ...]]:
    if not isinstance(hours, dict):
        raise RulesBroken(file, "hours", 'must be a table such as monday = ["9:00-18:00"]')
    week = {}
    for day, spans in hours.items():
        if day not in DAYS:
            raise RulesBroken(file, f"hours.{day}", f"is no day; days are {', '.join(DAYS)}")
        if not isinstance(spans, list):
            raise RulesBroken(file, f"hours.{day}", 'must be a list such as ["9:00-18:00"]')
        week[DAYS.index(day)] = tuple(_span(file, f"hours.{day}", span) for span in spans)
    return week


def _span(file: Path, key: str, span: object) -> tuple[time, time]:
    try:
        start, _, end = str(span).partition("-")
        return _time(start), _time(end)
    except ValueError:
        raise RulesBroken(file, key, f'{span!r} is no span of time such as "9:00-18:00"') from None


def _time(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    if (int(hour), int(minute or 0)) == END_OF_DAY:
        return time(0)
    return time(int(hour), int(minute or 0))


def _holidays(file: Path, body: Mapping[str, Any]) -> frozenset[date]:
    days = body.get("holidays", [])
    if not isinstance(days, list) or not all(type(day) is date for day in days):
        raise RulesBroken(file, "holidays", "must be a list of dates such as 2026-12-25, without quotes")
    return frozenset(days)
