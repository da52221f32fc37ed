"""What becomes of an order that was confirmed: the operators act, and its customer hears of it wherever it is done."""

from __future__ import annotations

import json
import re

import pytest

from tests.sandbox_client import Customer, Operator
from tests.walks.conftest import Desk
from tests.walks.test_order import number_in, reaches_the_summary

pytestmark = pytest.mark.walk


async def test_an_order_is_confirmed_in_the_topic_changed_by_consent_and_shipped_from_the_command_line(
    customer: Customer, olga: Operator, desk: Desk
) -> None:
    await reaches_the_summary(customer)
    await customer.presses("Order", customer.last)
    number = number_in(await customer.reads("has the number"))
    topic = await olga.finds_topic(f"New order {number}")

    offered = await olga.reads_in(topic, f"New order {number}")
    await olga.presses_in(topic, "Confirm", offered)
    confirmed = await customer.reads("confirmed")
    await olga.reads_in(topic, f"{number}: confirmed · ")
    await olga.writes(topic, f"/order {number} change name Anna Vogt")
    asked = await customer.reads("A change to your order")
    await customer.presses("Agree", asked)
    changed = await customer.reads("is changed")
    done = desk.command("order", "set", number, "shipped", "--tracking", "https://parcel.example/7", "--json")
    shipped = await customer.reads("on its way")
    await customer.says(f"where is my order {number}?")
    answer = await customer.reads(f"Order {number}: on its way")

    assert offered.buttons == ("Confirm", "Shipped", "Refuse", "Change …")
    assert confirmed.text == f"Your order {number} is confirmed."
    assert "Name: Anna Vogt" in changed.text
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "shipped")
    assert shipped.text.splitlines()[1] == "Follow the parcel: https://parcel.example/7"
    assert "https://parcel.example/7" in answer.text
    assert not answer.buttons


async def test_a_return_is_asked_for_and_received_and_a_call_back_is_done_in_their_own_words(
    customer: Customer, olga: Operator, desk: Desk
) -> None:
    for words in ("/return", "S-1042", "not to my taste", "that is all", "leave out"):
        await customer.says(words)
        await customer.reads()
    await customer.presses("Send", customer.last)
    thanks = await customer.reads("your number is")
    sent_back = re.findall(r"R-\d+", thanks.text)[0]
    topic = await olga.finds_topic(sent_back)
    offered = await olga.reads_in(topic, f"New: Return {sent_back}")
    await olga.presses_in(topic, "Accepted", offered)
    accepted = await customer.reads("accepted")
    refused = desk.command("order", "set", sent_back, "shipped")
    await olga.writes(topic, f"/order {sent_back} received")
    received = await customer.reads("received")

    for words in ("/callback", "Anna Vogt", "0151 12345678"):
        await customer.says(words)
        day = await customer.reads()
    await customer.presses(day.buttons[0], day)
    await customer.presses("Send", await customer.reads("Is everything right?"))
    call = re.findall(r"C-\d+", (await customer.reads("your number is")).text)[0]
    asked = await olga.reads_in(topic, f"New: Call-back {call}")
    await olga.presses_in(topic, "Done", asked)
    done = await customer.reads("done")

    assert offered.buttons == ("Accepted", "Received", "Refuse", "Change …")
    assert asked.buttons == ("Confirm", "Done", "Refuse", "Change …")
    assert refused.returncode == 1
    assert (
        f"{sent_back} cannot become shipped: its form 'return' has new, confirmed, cancelled, returned"
        in refused.stderr
    )
    assert (accepted.text, received.text) == (f"Return {sent_back}: accepted.", f"Return {sent_back}: received.")
    assert done.text == f"Call-back {call}: done."
