"""How much it takes to order at the sample shop: what the customer does is counted, on the wire."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.filling_in import way_for
from tests.sandbox_client import Customer, SandboxClient, Seen

pytestmark = pytest.mark.walk
MOST_STEPS = 30


@dataclass
class Counted:
    """A customer whose taps and typed answers are counted."""

    customer: Customer
    taps: int = 0
    typed: int = 0

    async def taps_on(self, button: str, message: Seen) -> Seen:
        self.taps += 1
        await self.customer.presses(button, message)
        return await self.customer.reads()

    async def answers(self, asked: Seen) -> Seen:
        """Answer a question as somebody does who wants the least trouble."""
        way, button = way_for(asked.text, asked.buttons)
        if button:
            return await self.taps_on(button, asked)
        if way.contact and asked.keyboard:
            self.taps += 1
            await self.customer.shares_contact()
        else:
            self.typed += 1
            await self.customer.says(way.say)
        return await self.customer.reads()

    async def orders(self, welcome: Seen) -> Seen:
        """Order, from the first tap to the order's number."""
        self.taps = self.typed = 0
        asked = await self.taps_on("Order", welcome)
        for _ in range(MOST_STEPS):
            if "has the number" in asked.text:
                return asked
            asked = await self.answers(asked)
        raise AssertionError(f"the form never ends: {asked.text}")


async def test_a_new_customer_orders_with_few_taps_and_a_returning_one_with_four(sandbox: SandboxClient) -> None:
    anna = Counted(await sandbox.customer("Anna", language="en", last_name="Vogt", phone="+4915112345678"))
    await anna.customer.says("/start")
    welcome = await anna.customer.reads()

    first = await anna.orders(welcome)
    took = (anna.taps, anna.typed)
    second = await anna.orders(welcome)

    assert took[0] <= 10, took
    assert took[1] <= 3, took
    assert (anna.taps, anna.typed) == (4, 0)
    assert first.text.splitlines()[0] != second.text.splitlines()[0]
