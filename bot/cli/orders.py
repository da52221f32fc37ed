"""`supportbot order …`: what was ordered, how it stands, and a file of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App as Command, Parameter

from bot import settings as configuration
from bot.cli.common import Json, do, harmless, opened, say, show
from bot.cli.reporting import From, To
from bot.domain.errors import SupportbotError, WrongUsage

if TYPE_CHECKING:
    from datetime import datetime

    from bot.handlers.house import House
    from bot.orders.store import Logged, Order
    from bot.settings import Settings

order = Command(name="order", help="What was ordered, and how it stands.")
State = Literal["new", "confirmed", "shipped", "delivered", "cancelled", "returned"]
MOST = 10_000
SHOWN = 60


class UnknownOrder(SupportbotError):
    """There is no order of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"there is no order {number!r}; supportbot order list shows the last ones")


class StateRefused(SupportbotError):
    """An order cannot be put into this state."""


@order.command(name="list")
def order_list(*, state: State | None = None, from_: From = None, to: To = None, as_json: Json = False) -> int:
    """Show orders, the newest first.

    Parameters
    ----------
    state
        Only those that stand so.
    from_
        First day on which they were made, such as 2026-11-23.
    to
        Last day.
    """
    return do(_list(state or "", from_, to, as_json=as_json))


async def _list(state: str, first: str | None, last: str | None, *, as_json: bool) -> int:
    from bot.app import now
    from bot.handlers import order_export
    from bot.handoff import rules
    from bot.orders import store

    settings = configuration.load()
    zone = rules.load(settings.config / "handoff.toml").hours.zone
    wanted = order_export.wanted_of(zone, state, "", first, last)
    async with opened(settings) as database:
        found = await database.read(lambda conn: store.list_orders(conn, MOST, wanted))
        names = await database.read(lambda conn: store.names(conn, found))
    titles = _titles(settings)
    show(
        [_body(one, names) | {"proposal_open": one.waits_for_consent(now())} for one in found],
        lambda: harmless("\n".join(_marked(one, names, titles, now()) for one in found)) or "There are no such orders.",
        as_json=as_json,
    )
    return 0


def _body(one: Order, names: dict[int, str]) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": one.state,
        "customer": names.get(one.conversation_id, ""),
        "conversation": one.conversation_id,
        "form": one.form,
        "total": one.total,
        "currency": one.currency,
        "tracking": one.tracking,
        "made_at": one.created_at.isoformat(),
        "changed_at": one.changed_at.isoformat() if one.changed_at else None,
        "summary": [list(line) for line in one.summary],
    }


def _marked(one: Order, names: dict[int, str], titles: dict[str, str], now: datetime) -> str:
    """Return a line of the list, which tells of an order that waits for its customer's consent."""
    return _line(one, names, titles) + ("  (waits for consent)" if one.waits_for_consent(now) else "")


def _titles(settings: Settings) -> dict[str, str]:
    """Return what further forms are called, by their keys; none where a file of them cannot be used just now."""
    from bot.app import shop
    from bot.orders.definition import FormBroken, words_in

    try:
        found = shop.named_forms(settings)
    except FormBroken:
        return {}
    return {form.key: words_in(form.title, "en") for form in found if form is not found.main}


def _line(one: Order, names: dict[int, str], titles: dict[str, str]) -> str:
    said = [titles[one.form]] if one.form in titles else []
    what = " · ".join([*said, *(" ".join(value.split()) for _, value in one.summary)])
    shown = what if len(what) <= SHOWN else what[: SHOWN - 1] + "…"
    made = one.created_at.isoformat(timespec="minutes")[:16].replace("T", " ")
    return f"{one.number:<8}  {one.state:<9}  {made} UTC  {names.get(one.conversation_id, '')}  {shown}"


@order.command(name="show")
def order_show(number: str, *, as_json: Json = False) -> int:
    """Show one order and what happened to it.

    Parameters
    ----------
    number
        Such as S-1042.
    """
    return do(_show(number, as_json=as_json))


def _known(number: str) -> str:
    from bot.orders.mentions import number_written

    return number_written(number) or number


async def _show(number: str, *, as_json: bool) -> int:
    from bot.app import now
    from bot.handoff import staff
    from bot.orders import store

    settings = configuration.load()
    async with opened(settings) as database:
        found = await database.read(lambda conn: store.get(conn, _known(number)))
        if found is None:
            raise UnknownOrder(number)
        names = await database.read(lambda conn: store.names(conn, [found]))
        history = await database.read(lambda conn: store.history(conn, found.id))
        people = await database.read(staff.names)
    events = [_event(one, people) for one in history if one.kind != store.Kind.CHECK]
    waits = found.waits_for_consent(now())
    more = {"answers": dict(found.answers), "proposal": found.proposal, "proposal_open": waits, "history": events}
    lines = [_line(found, names, _titles(settings)), *(f"  {label}: {value}" for label, value in found.summary)]
    lines += [f"  {found.tracking}"] if found.tracking else []
    lines += [_proposed(found, open_still=waits)] if found.proposal else []
    lines += [f"  {one['at'][:16]}  {_told(one)}" for one in events]
    show(_body(found, names) | more, lambda: harmless("\n".join(lines)), as_json=as_json)
    return 0


def _proposed(found: Order, *, open_still: bool) -> str:
    waits = found.proposal or {}
    how = "waits for the customer's consent" if open_still else "was not answered in a week; propose it again"
    return f"  {waits.get('label', '')} → {waits.get('shown', '')}: {how}"


def _event(one: Logged, people: dict[int, str]) -> dict[str, str]:
    by = people.get(one.staff_id or 0, "")
    kept = {"kind": one.kind.value, "before": one.before, "after": one.after, "by": by, "note": one.note}
    return {"at": one.at.isoformat(), **kept}


def _told(one: dict[str, str]) -> str:
    change = " → ".join(filter(None, (one["before"], one["after"])))
    return "  ".join(filter(None, (one["kind"], change, one["by"], one["note"])))


@order.command(name="set")
def order_set(number: str, state: State, *, tracking: str = "", reason: str = "", as_json: Json = False) -> int:
    """Put an order into a state; the customer is told by the running bot.

    Parameters
    ----------
    number
        Such as S-1042.
    state
        How it stands from now on.
    tracking
        The address of the parcel's page, with shipped.
    reason
        Why; the customer reads it when the order is cancelled. A step back needs one.
    """
    return do(_set(number, state, tracking.strip(), reason, as_json=as_json))


async def _set(number: str, state: str, tracking: str, reason: str, *, as_json: bool) -> int:
    from bot.app import build
    from bot.handlers import order_states
    from bot.handlers.order_states import Became
    from bot.messaging import topics
    from bot.orders import store
    from bot.orders.status import Refused, State as Stands

    settings, wanted, known = configuration.load(), Stands(state), _known(number)
    async with opened(settings) as database:
        house = build(settings, database)
        house.groups = house.groups or await database.read(topics.groups)  # as with --sandbox, which names its own
        try:
            outcome = await house.change(
                lambda conn: order_states.set_alone(house, conn, known, wanted, note=reason, tracking=tracking)
            )
            order = await database.read(lambda conn: store.get(conn, known))
        finally:
            house.knowledge_base.close()
    if outcome is None:
        raise UnknownOrder(number)
    if isinstance(outcome, Refused):
        assert order is not None  # noqa: S101 its state was refused
        raise StateRefused(_refused(house, order, wanted, outcome))
    assert isinstance(outcome, Became)  # noqa: S101 nothing else is left
    told = "the customer is told" if outcome.told else "the customer cannot be told: blocked the bot, or banned"
    body = {"number": known, "state": outcome.order.state, "tracking": outcome.order.tracking, "told": outcome.told}
    show(body, lambda: f"{known} is {outcome.order.state}; {told}.", as_json=as_json)
    return 0


def _refused(house: House, order: Order, wanted: Any, refused: Any) -> str:  # noqa: ANN401 imported late
    """Return why not, as one line, with states as they are written here; a step back is made with --reason."""
    from bot.handlers import order_states, order_words
    from bot.orders.status import Why

    if refused.why is Why.NEEDS_NOTE:
        return f"{order.number} is {refused.now}; to take it back to {wanted}, say why with --reason"
    if refused.why is Why.NOT_HERE:
        known = ", ".join(order_words.all_of(house, order.form))
        return f"{order.number} cannot become {wanted}: its form {order.form!r} has {known}; nothing was changed"
    return order_states.why_not(house, house.texts("en"), order, wanted, refused).rstrip(".")


@order.command(name="export")
def order_export_(
    file: Annotated[Path, Parameter()],
    *,
    state: State | None = None,
    from_: From = None,
    to: To = None,
) -> int:
    """Write orders into a CSV or XLSX file, one row for each item, the oldest first.

    Parameters
    ----------
    file
        What to write, its name ending in .csv or .xlsx; it is written over.
    state
        Only those that stand so.
    from_
        First day on which they were made, such as 2026-11-23.
    to
        Last day.
    """
    return do(_export(file, state or "", from_, to))


async def _export(file: Path, state: str, first: str | None, last: str | None) -> int:
    from bot.app import build
    from bot.handlers import order_export

    kind = file.suffix.lower().removeprefix(".")
    if kind not in order_export.KINDS:
        raise WrongUsage(f"{file}: the name must end in .csv or .xlsx")
    settings = configuration.load()
    async with opened(settings) as database:
        house = build(settings, database)
        try:
            wanted = order_export.wanted_of(house.rules.hours.zone, state, "", first, last)
            content, count = await database.read_at_length(
                lambda conn: order_export.exported(house, conn, wanted, kind)
            )
        finally:
            house.knowledge_base.close()
    try:
        await asyncio.to_thread(file.write_bytes, content)
    except OSError as error:
        raise SupportbotError(f"{file}: cannot be written ({error.strerror or error})") from error
    say(f"{count} {'order is' if count == 1 else 'orders are'} in {file}.")
    return 0
