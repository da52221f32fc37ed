"""`supportbot audit …`: who did what to what, and whether anybody changed that afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from cyclopts import App as Command, Parameter

from bot import settings as configuration
from bot.cli.common import Json, do, harmless, opened, show
from bot.cli.reporting import From, To
from bot.domain.errors import SupportbotError, WrongUsage

if TYPE_CHECKING:
    from bot.handoff.rules import Rules
    from bot.storage.audit import Line, Wanted
    from bot.storage.seals import Verdict

audit = Command(name="audit", help="Who did what to what, and whether that was changed afterwards.")
MOST = 10_000


class NobodyMeant(SupportbotError):
    """A name stands for nobody, or for several."""

    def __init__(self, name: str, found: list[tuple[int, str]]) -> None:
        known = ", ".join(sorted(known for _, known in found))
        several = f"{name!r} may be any of {known}; give the whole name"
        super().__init__(several if found else f"nobody was ever called {name!r} here")


@audit.command(name="show")
def audit_show(
    *,
    from_: From = None,
    to: To = None,
    person: str = "",
    act: str = "",
    about: str = "",
    limit: int = 100,
    as_json: Json = False,
) -> int:
    """Show what was done, the newest first.

    Parameters
    ----------
    from_
        First day, such as 2026-11-23.
    to
        Last day.
    person
        Who did it: a name, a part of one, or a Telegram id.
    act
        What was done, such as ticket.closed, or all of a kind: ticket, customer, faq, order, person.
    about
        What it was done to: a kind, or a kind and a key, such as customer:7 or faq:delivery-cost.
    limit
        The most lines, 1 to 10000.
    """
    if not 1 <= limit <= MOST:
        raise WrongUsage(f"--limit must be from 1 to {MOST}")
    return do(_show(from_, to, person, act, about, limit, as_json=as_json))


async def _show(
    first: str | None, last: str | None, person: str, act: str, about: str, limit: int, *, as_json: bool
) -> int:
    from bot.handoff import rules, staff
    from bot.storage import audit as kept

    settings = configuration.load()
    desk = rules.load(settings.config / "handoff.toml")
    async with opened(settings) as database:
        who = await database.read(lambda conn: staff.ever(conn, person)) if person else []
        if person and len(who) != 1:
            raise NobodyMeant(person, who)
        wanted = _wanted(desk, first, last, who[0][0] if who else None, act, about)
        lines = await database.read(lambda conn: kept.lines(conn, wanted, limit))
        names = await database.read(staff.names)
    zone = ZoneInfo(desk.hours.zone)
    show(
        [_body(line, names) for line in lines],
        lambda: harmless("\n".join(_told(line, names, zone) for line in lines)) or "Nothing of that was done.",
        as_json=as_json,
    )
    return 0


def _wanted(desk: Rules, first: str | None, last: str | None, staff_id: int | None, act: str, about: str) -> Wanted:
    from bot.handlers import reporting
    from bot.storage import audit as kept

    acts = {one.value for one in kept.Act}
    kinds = {one.partition(".")[0] for one in acts}
    if act and act not in acts | kinds:
        raise WrongUsage(f"there is no act {act!r}; known are: {', '.join(sorted(acts))}")
    since, before = reporting.between(desk.hours.zone, first, last)
    kind, _, key = about.partition(":")
    return kept.Wanted(since, before, staff_id, act, kind.strip(), key.strip())


def _body(line: Line, names: dict[int, str]) -> dict[str, Any]:
    who = {"by": line.who.actor.value, "person": line.who.staff_id, "name": names.get(line.who.staff_id or 0, "")}
    about = {"about": line.subject.kind, "key": line.subject.key, "facts": dict(line.facts)}
    return {"id": line.id, "place": line.place, "at": line.at.isoformat(), "act": line.act, **who, **about}


def _told(line: Line, names: dict[int, str], zone: ZoneInfo) -> str:
    at = line.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    who = names.get(line.who.staff_id or 0, "") or line.who.actor.value
    facts = " ".join(f"{key}={value}" for key, value in sorted(line.facts.items()))
    return f"{at}  {who:<16}  {line.act:<20}  {line.subject.kind} {line.subject.key}  {facts}".rstrip()


@audit.command(name="verify")
def audit_verify(*, head: Annotated[str, Parameter(name="--head")] = "", as_json: Json = False) -> int:
    """Look through the whole audit for lines that were changed, taken out or put in; exit code 1 if there is one.

    Parameters
    ----------
    head
        A seal that was printed earlier and kept elsewhere: shows whether the end was cut off or all was written anew.
    """
    return do(_verify(head.strip().lower(), as_json=as_json))


async def _verify(head: str, *, as_json: bool) -> int:
    from bot.app import now
    from bot.storage import seals

    if head and (len(head) != len(seals.START) or set(head) - set("0123456789abcdef")):
        raise WrongUsage("--head takes a seal as verify prints it: 64 digits 0-9 a-f")
    async with opened(configuration.load()) as database:
        verdict = await database.read_at_length(lambda conn: seals.verify(conn, head))
    show(_verdict(verdict, now()), lambda: _judged(verdict), as_json=as_json)
    return 1 if verdict.broken else 0


def _verdict(verdict: Verdict, now: datetime) -> dict[str, Any]:
    broken = {"place": verdict.broken.place, "why": verdict.broken.why} if verdict.broken else None
    counts = {"lines": verdict.lines, "unsealed": verdict.unsealed, "head": verdict.head}
    return {"ok": broken is None, **counts, "broken": broken, "at": now.astimezone(UTC).isoformat()}


def _judged(verdict: Verdict) -> str:
    if verdict.broken:
        before = "1 line before that does" if verdict.lines == 1 else f"{verdict.lines} lines before that do"
        return f"The audit does not hold: {verdict.broken.why}. {before}."
    waiting = f" {verdict.unsealed} more wait for their seal." if verdict.unsealed else ""
    kept = f"\nKeep this seal elsewhere to see later that nothing was cut off: {verdict.head}" if verdict.head else ""
    return f"The audit holds: {verdict.lines} lines.{waiting}{kept}"
