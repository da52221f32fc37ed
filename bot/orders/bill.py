"""What an order costs: its items, and the price lines whose conditions its answers fulfil.

Two Sencha come to €15.80, delivery to a home is €4.90 below €50: in all €20.70. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.orders.answers import Row, Words
from bot.orders.cart import amount_of, lines_of
from bot.orders.definition import FormDefinition
from bot.orders.fields import Kind, words_in
from bot.orders.money import shown
from bot.orders.prices import PriceLine
from bot.orders.state import Answers, fulfils, visible


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid, in the currency's smallest unit.

    Attributes:
        items: all items together.
        charges: the price lines that are due, each with what it comes to; 0 where it is free from a certain amount on.
        currency: ISO 4217.
    """

    items: int
    charges: tuple[tuple[PriceLine, int], ...]
    currency: str

    @property
    def total(self) -> int:
        """Items and charges together."""
        return self.items + sum(amount for _, amount in self.charges)


def bill(definition: FormDefinition, answers: Answers) -> Bill | None:
    """Return what some answers cost, None where nothing in them has a price."""
    keys = [field.key for field in visible(definition, answers) if field.kind is Kind.ITEMS]
    lines = [line for key in keys for line in lines_of(answers.get(key)) or ()]
    items = amount_of(lines)
    due = [line for line in definition.prices if fulfils(definition, answers, line.show_if)]
    if not lines and not due:
        return None
    charges = tuple(
        (line, 0 if line.free_from is not None and items >= line.free_from else line.amount) for line in due
    )
    return Bill(items, charges, lines[0].currency if lines else definition.currency)


def rows(definition: FormDefinition, answers: Answers, language: str) -> tuple[Row, ...]:
    """Return the lines of the summary that tell prices, the total last; none where nothing has a price."""
    found = bill(definition, answers)
    if found is None:
        return ()
    charges = (
        Row(words_in(line.label, language), _amount(line, amount, found.currency, language))
        for line, amount in found.charges
    )
    total = Row(words_in(definition.total, language), Words(text=shown(found.total, found.currency, language)))
    return (*charges, total)


def _amount(line: PriceLine, amount: int, currency: str, language: str) -> Words:
    free = amount == 0 and line.amount > 0
    return Words("form.free") if free else Words(text=shown(amount, currency, language))
