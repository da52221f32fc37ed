"""Reports for managers: on the command line, with `/report` in their private chat, and each morning by itself.

The days are meant in the zone of config/handoff.toml. What was due when is reckoned by the hours and promises of now.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.errors import WrongUsage
from bot.domain.message import plain
from bot.handlers.house import House
from bot.handlers.privately import managers, private_places, put
from bot.handoff import staff
from bot.handoff.hours import first_shown
from bot.handoff.promises import Promise
from bot.handoff.rules import Rules
from bot.handoff.sla import NeverAtWork, due_at
from bot.quality import digests, facts, metrics, reports
from bot.quality.facts import Opening
from bot.quality.metrics import Due, Report

USUAL_DAYS = 7
LONGEST = timedelta(days=731)


class WrongDates(WrongUsage):
    """The days of a report cannot be."""


def days(first: str | None, last: str | None, today: date) -> tuple[date, date]:
    """Return the first and the last day that are asked for; the last seven days without a word.

    Raises:
        WrongDates: what is given is no date, or the wrong way round.
    """
    end = _day("--to", last) if last else max(today, _day("--from", first) if first else today)
    begin = _day("--from", first) if first else end - timedelta(days=USUAL_DAYS - 1)
    if begin > end:
        raise WrongDates(f"--from {begin} is later than --to {end}; give the earlier day first")
    if end - begin >= LONGEST:
        raise WrongDates(f"{begin} to {end} is too long; give two years at most")
    return begin, end


def _day(option: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise WrongDates(f"{option}: {text!r} is no day; write it as 2026-11-23") from None
    if not date(2000, 1, 1) <= found <= date(2999, 12, 31):
        raise WrongDates(f"{option}: {text!r} is too far away; write a day such as 2026-11-23")
    return found


def due_by(rules: Rules) -> Due:
    """Return how it is reckoned when something was due."""
    sla = rules.sla

    @cache
    def promised(team: str, level: int, promise: str) -> timedelta | None:
        return sla.promises_of(team, level).allowed.get(Promise(promise))

    @cache
    def reckoned(team: str, allowed: timedelta, since: datetime) -> datetime | None:
        try:
            return due_at(since, allowed, sla.hours_of(team))
        except NeverAtWork:
            return None

    def due(opening: Opening, promise: str, since: datetime) -> datetime | None:
        allowed = promised(opening.team, opening.level, promise)
        return reckoned(opening.team, allowed, since) if allowed else None

    return due


def report_of(rules: Rules, conn: Connection, first: date, last: date, now: datetime) -> Report:
    """Return the figures from the beginning of one day to the end of another."""
    zone = rules.hours.zone
    return metrics.reckon(facts.gather(conn, *span(zone, first, last)), due_by(rules), zone, staff.names(conn), now)


def span(zone: str, first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of one day and the first moment after another, in UTC."""
    return first_shown(first, time(0), ZoneInfo(zone)), first_shown(last + timedelta(days=1), time(0), ZoneInfo(zone))


def sweep_digest(house: House, conn: Connection, now: datetime) -> int:
    """Send the managers the figures of yesterday, once a day, when the time for it has come; nothing of an empty day.

    Returns:
        How many were told.
    """
    at, local = house.rules.reports.digest_at, now.astimezone(ZoneInfo(house.rules.hours.zone))
    if at is None or local.time() < at or not digests.first_of(conn, local.date(), now):
        return 0
    day = local.date() - timedelta(days=1)
    report = report_of(house.rules, conn, day, day, now)
    people = [] if report.empty else managers(conn)
    for person in people:
        text = plain(reports.as_text(report, day, day, house.texts(person.language)))
        put(conn, [(place, text) for place in private_places(house, person)], now)
    return len(people)
