"""How long the slowest item of a cart takes: no day before that can be chosen for it.

A tasting set takes three days until it can leave the shop, so on a Wednesday the first window is Saturday's, also when
the timetable would have one tomorrow; and the last day that can be chosen moves along. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot.i18n import whole_day
from bot.orders.answers import Moment, Words
from bot.orders.cart import Line, lines_of
from bot.orders.fields import Field, Timetable, words_in

SLOW = "form.date_slow"


@dataclass(frozen=True, slots=True)
class Slowest:
    """The item that takes longest.

    Attributes:
        days: from today until it can leave the shop, 1 or more.
        line: of the cart.
    """

    days: int
    line: Line


def slowest(moment: Moment) -> Slowest | None:
    """Return what of the carts that were answered takes longest; None where all lies in the shop."""
    found = [
        Slowest(days, line)
        for value in moment.answers.values()
        for line in lines_of(value) or ()
        if (days := _days_of(line, moment)) > 0
    ]
    return max(found, key=lambda one: one.days, default=None)


def _days_of(line: Line, moment: Moment) -> int:
    item = moment.catalogue.item(line.sku) if moment.catalogue else None
    return item.delivery_days if item else line.days


def times_waiting(times: Timetable, moment: Moment) -> Timetable:
    """Return a timetable that waits for the slowest item; as many days as before can be chosen."""
    slow = slowest(moment)
    later = slow.days - (times.earliest_days or 0) if slow else 0
    if slow is None or later <= 0:
        return times
    return replace(times, earliest_days=slow.days, latest_days=times.latest_days + later)


def field_waiting(field: Field, moment: Moment) -> Field:
    """Return a date field that waits for the slowest item; as many days as before can be chosen."""
    slow = slowest(moment)
    later = slow.days - field.earliest_days if slow else 0
    if slow is None or later <= 0:
        return field
    return replace(field, earliest_days=slow.days, latest_days=field.latest_days + later)


def too_early(earliest_days: int, first: date, moment: Moment) -> Words:
    """Return why a day from today on is too early: for an item, or for the shop.

    Args:
        earliest_days: days from today to the first that may be, as a field or timetable that waits says.
        first: the first day that can be chosen.
        moment: when, and with which answers.
    """
    slow, earliest = slowest(moment), whole_day(first, moment.language)
    if slow is None or slow.days < earliest_days:
        return Words("form.date_early", {"earliest": earliest})
    name = words_in(slow.line.name, moment.language)
    return Words(SLOW, {"item": name, "n": slow.days, "earliest": earliest})
