"""`supportbot report`: the figures of some days, and `supportbot quality`: closed tickets to look at."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cyclopts import App as Command, Parameter

from bot import settings as configuration
from bot.cli.common import Json, do, opened, say, show

quality = Command(name="quality", help="Closed tickets that managers look at.")
From = Annotated[str | None, Parameter(name="--from")]
To = Annotated[str | None, Parameter(name="--to")]
Format = Annotated[Literal["text", "csv", "json"], Parameter(name="--format")]


def report(*, from_: From = None, to: To = None, form: Format = "text", as_json: Json = False) -> int:
    """Show the figures of some days: volume, automation, times, promises kept, scores, by whom and when.

    Parameters
    ----------
    from_
        First day, such as 2026-11-23; six days before the last one when not given.
    to
        Last day; today when not given.
    form
        text, csv (one figure a line) or json.
    """
    return do(_report(from_, to, "json" if as_json else form))


async def _report(from_: str | None, to: str | None, form: str) -> int:
    from bot import i18n
    from bot.app import now
    from bot.channels.telegram import bot_api
    from bot.handlers import reporting
    from bot.handoff import rules
    from bot.quality import reports

    settings = configuration.load()
    desk, moment = rules.load(settings.config / "handoff.toml"), now()
    first, last = reporting.days(from_, to, moment.astimezone(ZoneInfo(desk.hours.zone)).date())
    async with opened(settings) as database:
        found = await database.read(lambda conn: reporting.report_of(desk, conn, first, last, moment, [bot_api.NAME]))
    if form == "csv":
        say(reports.as_csv(found).rstrip("\n"))
        return 0
    texts = i18n.load(settings.config / "locales", settings.languages)[settings.languages[0]]
    show(
        reports.as_json(found, first, last),
        lambda: reports.as_text(found, first, last, texts),
        as_json=form == "json",
    )
    return 0


@quality.command(name="sample")
def quality_sample(*, from_: From = None, to: To = None, number: int = 5, seed: str = "", as_json: Json = False) -> int:
    """Draw closed tickets to look at, spread over the operators; the same days and seed draw the same ones.

    Parameters
    ----------
    from_
        First day on which they were closed; six days before the last one when not given.
    to
        Last day; today when not given.
    number
        How many, 1 to 50.
    seed
        Another one draws others; the last day when not given.
    """
    return do(_sample(from_, to, number, seed, as_json=as_json))


async def _sample(from_: str | None, to: str | None, number: int, seed: str, *, as_json: bool) -> int:
    from bot.app import now
    from bot.handlers import reporting
    from bot.handoff import rules, staff
    from bot.quality import checks

    settings = configuration.load()
    desk, moment = rules.load(settings.config / "handoff.toml"), now()
    first, last = reporting.days(from_, to, moment.astimezone(ZoneInfo(desk.hours.zone)).date())
    start, end = reporting.span(desk.hours.zone, first, last)
    async with opened(settings) as database:
        drawn = await database.read(lambda conn: checks.draw(conn, start, end, seed or str(last), number))
        names = await database.read(staff.names)
    told = [(one.ticket_id, one.closed_at.isoformat(), names.get(one.staff_id, "?")) for one in drawn]
    body = [{"ticket": ticket, "closed": closed, "operator": name} for ticket, closed, name in told]
    lines = [f"#{ticket}  {closed[:16]}  {name}" for ticket, closed, name in told]
    nothing = f"No closed ticket from {first} to {last} is left to look at."
    show(body, lambda: "\n".join(lines) or nothing, as_json=as_json)
    return 0
