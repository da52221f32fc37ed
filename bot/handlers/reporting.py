"""Reports for managers: on the command line, with `/report` in their private chat, and each morning by itself.

The days are meant in the zone of config/handoff.toml. What was due when is reckoned by the hours and promises of now.

The figures are read beside the turns, so that nobody's message waits for them: of a year they take seconds. A turn only
tells what was read. `/report` stands in the inbox meanwhile, so that whoever is killed here finds it again; a digest
that was read and not told is read again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.conversation import Edited, Incoming, Said, Where
from bot.domain.errors import WrongUsage
from bot.domain.message import RichText, plain, split
from bot.domain.people import Role
from bot.handlers.house import House
from bot.handlers.privately import managers, private_places, put
from bot.handoff import staff
from bot.handoff.hours import first_shown
from bot.handoff.promises import Promise
from bot.handoff.rules import Rules
from bot.handoff.sla import NeverAtWork, due_at
from bot.i18n import Texts
from bot.quality import digests, facts, metrics, reports
from bot.quality.metrics import Due, Report
from bot.quality.openings import Opening

COMMAND = "/report"
USUAL_DAYS = 7
LONGEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of some days, read before the turn that tells them."""

    first: date
    last: date
    report: Report

    def messages(self, texts: Texts, most: int) -> list[RichText]:
        """Return them in words, as messages of so many units at the most."""
        return split(plain(reports.as_text(self.report, self.first, self.last, texts)), most)


class WrongDates(WrongUsage):
    """The days of a report cannot be."""


def days(first: str | None, last: str | None, today: date) -> tuple[date, date]:
    """Return the first and the last day that are asked for; the last seven days without a word.

    Raises:
        WrongDates: what is given is no date, or the wrong way round.
    """
    end = day_of("--to", last) if last else max(today, day_of("--from", first) if first else today)
    begin = day_of("--from", first) if first else end - timedelta(days=USUAL_DAYS - 1)
    if begin > end:
        raise WrongDates(f"--from {begin} is later than --to {end}; give the earlier day first")
    if end - begin >= LONGEST:
        raise WrongDates(f"{begin} to {end} is too long; give two years at most")
    return begin, end


def span_of(words: Sequence[str], today: date) -> tuple[date, date]:
    """Return the days that stand behind `/report`.

    Raises:
        WrongDates: they cannot be.
    """
    first, last = [*words, None, None][:2]
    return days(first, last, today)


def day_of(option: str, text: str) -> date:
    """Return the day that an option names.

    Raises:
        WrongDates: it is none.
    """
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


def report_of(
    rules: Rules, conn: Connection, first: date, last: date, now: datetime, staffed: Collection[str]
) -> Report:
    """Return the figures from the beginning of one day to the end of another.

    Args:
        rules: hours and promises.
        conn: a connection.
        first: the first day.
        last: the last day.
        now: the time.
        staffed: channels on which staff write to the bot too; what they write there is not counted.
    """
    zone = rules.hours.zone
    found = facts.gather(conn, *span(zone, first, last), staffed)
    return metrics.reckon(found, due_by(rules), zone, staff.names(conn), now)


def _counted(house: House, conn: Connection, first: date, last: date, now: datetime) -> Counted:
    staffed = [name for name, can in house.capabilities.items() if can.topics]
    return Counted(first, last, report_of(house.rules, conn, first, last, now, staffed))


def span(zone: str, first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of one day and the first moment after another, in UTC."""
    return first_shown(first, time(0), ZoneInfo(zone)), first_shown(last + timedelta(days=1), time(0), ZoneInfo(zone))


def between(zone: str, first: str | None, last: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the moments from and before which somebody asks for something by days; None where they did not say.

    Raises:
        WrongDates: what is given is no date, or the wrong way round.
    """
    begin = day_of("--from", first) if first else None
    end = day_of("--to", last) if last else None
    if begin and end and begin > end:
        raise WrongDates(f"--from {begin} is later than --to {end}; give the earlier day first")
    return span(zone, begin, begin)[0] if begin else None, span(zone, end, end)[1] if end else None


async def asked_for(house: House, incoming: Incoming | None) -> Counted | None:
    """Read the figures that somebody asks for, before their turn.

    Returns:
        None when nobody does who may, or when the days cannot be: the turn tells them.
    """
    if not isinstance(incoming, Said) or isinstance(incoming, Edited) or incoming.where is not Where.PRIVATE:
        return None
    word, *given = incoming.content.text.text.split()[:3] or [""]
    if word.split("@")[0].lower() != COMMAND or not house.can(incoming.place.channel).topics:
        return None
    now = house.clock()
    try:
        first, last = span_of(given, today(house, now))
    except WrongDates:
        return None

    def read(conn: Connection) -> Counted | None:
        person = staff.by_telegram(conn, incoming.author.id)
        if person is None or not person.role.includes(Role.MANAGER):
            return None
        return _counted(house, conn, first, last, now)

    async with house.counting:
        return await house.database.read_at_length(read)


def today(house: House, now: datetime) -> date:
    """Return the day that it is where the desk is."""
    return now.astimezone(ZoneInfo(house.rules.hours.zone)).date()


async def send_digest(house: House, now: datetime) -> int:
    """Send the managers the figures of yesterday, once a day, when the time for it has come; nothing of an empty day.

    Returns:
        How many were told.
    """
    if not await house.database.read(lambda conn: _digest_due(house, conn, now)):
        return 0
    day = today(house, now) - timedelta(days=1)
    async with house.counting:
        counted = await house.database.read_at_length(lambda conn: _counted(house, conn, day, day, now))
    return await house.change(lambda conn: _tell_digest(house, conn, counted, now))


def _digest_due(house: House, conn: Connection, now: datetime) -> bool:
    """Return whether the time has come and nobody has sent it."""
    at, zone = house.rules.reports.digest_at, ZoneInfo(house.rules.hours.zone)
    return at is not None and now.astimezone(zone).time() >= at and not digests.sent(conn, today(house, now))


def _tell_digest(house: House, conn: Connection, counted: Counted, now: datetime) -> int:
    """Say the digest, unless another worker was first: the day is written down in the same transaction."""
    if not digests.first_of(conn, counted.last + timedelta(days=1), now):
        return 0
    people = [] if counted.report.empty else managers(conn)
    for person in people:
        for place in private_places(house, person):
            texts, most = house.texts(person.language), house.can(place.channel).max_text
            put(house, conn, [(place, text) for text in counted.messages(texts, most)], now)
    return len(people)
