"""A customer orders in the chat: asked step by step, sure of what is ordered, never asked twice for nothing."""

from __future__ import annotations

import asyncio
import re
import signal

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen
from tests.walks.conftest import Desk
from tests.walks.steps import is_attended

pytestmark = pytest.mark.walk
ADDRESS = "Lindenallee 12, 04107 Leipzig"


def number_in(done: Seen) -> str:
    """Return the number that a confirmation names."""
    found = re.search(r"S-\d+", done.text)
    assert found, done.text
    return found.group()


async def _says(customer: Customer, text: str) -> Seen:
    await customer.says(text)
    return await customer.reads()


async def _presses(customer: Customer, button: str) -> Seen:
    await customer.presses(button, customer.last)
    return await customer.reads()


async def _reaches_the_address(customer: Customer) -> Seen:
    await _says(customer, "/order")
    await _presses(customer, "Plum Rooibos")
    await _presses(customer, "2")
    await _presses(customer, "That is all")
    return await _presses(customer, "Home, by DHL")


async def _picks_the_first_day(customer: Customer, asked: Seen) -> Seen:
    return await _presses(customer, asked.buttons[0])


async def reaches_the_summary(customer: Customer) -> Seen:
    await _reaches_the_address(customer)
    await _picks_the_first_day(customer, await _says(customer, ADDRESS))
    await _says(customer, "Mia Doe")
    await _says(customer, "0151 12345678")
    await _presses(customer, "Leave out")
    return await _presses(customer, "I agree")


async def test_an_order_is_taken_with_buttons_and_words_and_reaches_the_operators(
    sandbox: SandboxClient, olga: Operator
) -> None:
    anna = await sandbox.customer("Anna Orders", language="en", phone="+4915112345678")

    first = await _says(anna, "/order")
    how_many = await _presses(anna, "Plum Rooibos")
    more = await _says(anna, "three")
    where = await _presses(anna, "That is all")
    address = await _presses(anna, "Home, by DHL")
    day = await _says(anna, ADDRESS)
    name = await _picks_the_first_day(anna, day)
    phone = await _says(anna, "Anna Vogt")
    await anna.shares_contact()
    comment = await anna.reads()
    terms = await _says(anna, "as a gift, please")
    summary = await _presses(anna, "I agree")
    done = await _presses(anna, "Order")

    steps = [seen.text.split("Step ")[1].splitlines()[0] for seen in (first, where, address, day, name)]
    assert steps == [f"{number} of 9" for number in range(1, 6)]
    assert how_many.buttons[:5] == ("1", "2", "3", "4", "5")
    assert "So far: €17.70." in more.text
    assert address.keyboard == ("Share my location", "Back", "Cancel")
    assert phone.keyboard == ("Share my number", "Back", "Cancel")
    assert "Is there anything we should know?" in comment.text
    assert terms.text.endswith("https://shop.example/terms")
    time = summary.text.splitlines()[4]
    assert (time[:18], time[-11:].strip()) == (f"Time: {day.buttons[0][:12]}", day.buttons[0][-11:].strip())
    rows = [
        *("Your order", "Items: 3 × Plum Rooibos, 100 g – €17.70", "Delivery: Home, by DHL"),
        *(f"Address: {ADDRESS}", time, "Name: Anna Vogt", "Phone: +49 1511 2345678"),
        *("Comment: as a gift, please", "Terms accepted: Yes"),
        *("Shipping: €4.90", "Total: €22.60", "Is everything right?"),
    ]
    assert summary.text.splitlines() == rows
    assert done.keyboard_gone
    number = number_in(done)
    topic = await olga.finds_topic(f"New order {number}")
    told = await olga.reads_in(topic, number)
    assert topic.name == f"📦 {number} Anna Orders"
    assert told.text.splitlines()[1:] == rows[1:-1]


async def test_an_order_in_german(sandbox: SandboxClient) -> None:
    jana = await sandbox.customer("Jana", language="de")

    await _says(jana, "/order")
    await _says(jana, "pflaumen rooibos und zwei Packungen Sencha")
    await _says(jana, "einen")
    await _presses(jana, "Das ist alles")
    day = await _says(jana, "Abholung im Laden")
    await _presses(jana, day.buttons[0])
    await _says(jana, "Jana Groß")
    phone = await _says(jana, "0341 9876543")
    terms = await _presses(jana, phone.buttons[0])
    summary = await _presses(jana, terms.buttons[0])
    done = await _presses(jana, summary.buttons[0])

    assert summary.text.splitlines()[:5] == [
        "Ihre Bestellung",
        "Artikel: ",
        "2 × Grüner Hof Sencha, 100 g – 15,80\xa0€",
        "1 × Pflaumen-Rooibos, 100 g – 5,90\xa0€",
        "Lieferung: Abholung im Laden",
    ]
    assert "Summe: 21,70\xa0€" in summary.text
    assert number_in(done)
    assert "Bestellung" in done.text


async def test_an_order_in_russian(sandbox: SandboxClient) -> None:
    vera = await sandbox.customer("Vera Orders", language="ru")

    await _says(vera, "/order")
    await _says(vera, "ройбуш со сливой")
    await _says(vera, "пять")
    await _presses(vera, "Это всё")
    day = await _presses(vera, "Самовывоз из магазина")
    await _presses(vera, day.buttons[0])
    await _says(vera, "Вера Орлова")
    comment = await _says(vera, "+7 900 555-01-03")
    terms = await _presses(vera, comment.buttons[0])
    summary = await _presses(vera, terms.buttons[0])
    done = await _presses(vera, summary.buttons[0])

    assert summary.text.splitlines()[:3] == [
        "Ваш заказ",
        "Товары: 5 × Сливовый ройбуш, 100 г – 29,50\xa0€",
        "Доставка: Самовывоз из магазина",
    ]
    assert number_in(done)


async def test_wrong_answers_get_helpful_words_and_the_question_again(customer: Customer) -> None:
    await _says(customer, "/order")
    await _presses(customer, "Tasting set")

    many = await _says(customer, "oh, a lot")
    too_many = await _says(customer, "21")
    half = await _says(customer, "2.5")
    await _says(customer, "2")
    await _presses(customer, "That is all")
    nowhere = await _says(customer, "to the moon")
    await _presses(customer, "Home")
    short = await _says(customer, "here")
    day = await _says(customer, ADDRESS)
    past = await _says(customer, "1.1.2020")
    await _picks_the_first_day(customer, day)
    await _says(customer, "Mia Doe")
    phone = await _says(customer, "12")

    assert "Please give one number" in many.text
    assert "Tasting set, 8 teas: 20 at most." in too_many.text
    assert "Only whole numbers" in half.text
    assert "Please choose one of these first" in nowhere.text
    assert nowhere.buttons[:2] == ("Home, by DHL", "Pick-up in the shop")
    assert "In which street?" in short.text
    assert "The first possible day is" in past.text
    assert "That number looks too short." in phone.text
    assert all("?" in seen.text for seen in (many, too_many, half, nowhere, short, past, phone))


async def test_back_leads_to_the_question_before_and_keeps_the_answers_behind_it(customer: Customer) -> None:
    await _reaches_the_address(customer)

    where = await _says(customer, "Back")
    more = await _presses(customer, "Back")
    address = await _presses(customer, "That is all")

    assert "Where should it go?" in where.text
    assert "So far: €11.80." in more.text
    assert "What is the address?" in address.text


async def test_one_answer_can_be_changed_from_the_summary(customer: Customer) -> None:
    await reaches_the_summary(customer)

    asked = await _presses(customer, "Change something")
    await _presses(customer, "Items")
    await _says(customer, "one sencha")
    summary = await _presses(customer, "That is all")

    assert asked.text == "What would you like to change?"
    assert "\n2 × Plum Rooibos, 100 g – €11.80\n1 × Green Courtyard Sencha, 100 g – €7.90\n" in summary.text
    assert "Total: €24.60" in summary.text
    assert "Is everything right?" in summary.text


async def test_cancel_ends_the_form_and_orders_nothing(customer: Customer) -> None:
    await _reaches_the_address(customer)

    await _says(customer, "/cancel")
    ended = await _presses(customer, "Throw it away")
    orders = await _says(customer, "/orders")

    assert ended.text == "The form is cancelled; nothing has been ordered."
    assert orders.text == "You have no orders yet."


async def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(customer: Customer) -> None:
    asked = await _reaches_the_address(customer)

    answer = await _says(customer, "How much is delivery?")
    again = await customer.reads("What is the address?")
    day = await _says(customer, ADDRESS)

    assert "€4.90" in answer.text
    assert again.buttons == asked.buttons
    assert "When would you like it?" in day.text


async def test_what_has_no_answer_beside_a_question_in_the_middle_is_named(customer: Customer) -> None:
    asked = await _reaches_the_address(customer)

    answer = await _says(customer, "How much is delivery? I want my money back now!")
    rest = await customer.reads("no sure answer")
    again = await customer.reads("What is the address?")

    assert "€4.90" in answer.text
    assert "“I want my money back now!”" in rest.text
    assert rest.buttons[-1] == "Talk to a person"
    assert again.buttons == asked.buttons


async def test_a_person_can_be_fetched_in_the_middle_and_the_form_goes_on_later(
    customer: Customer, olga: Operator
) -> None:
    await _reaches_the_address(customer)

    topic = await is_attended(customer, olga)
    await customer.says("do you deliver to a shop?")
    await olga.reads_in(topic, "do you deliver to a shop?")
    await olga.writes(topic, "/close")
    await customer.reads("How was it?")
    await customer.reads("Shall we go on with “Your order”?")
    again = await _presses(customer, "Go on")

    assert "What is the address?" in again.text


async def test_a_double_tap_on_the_last_button_makes_one_order(customer: Customer, olga: Operator) -> None:
    summary = await reaches_the_summary(customer)

    await asyncio.gather(customer.presses("Order", summary), customer.presses("Order", summary))
    done = await customer.reads("S-")
    orders = await _says(customer, "/orders")

    number = number_in(done)
    lines = orders.text.splitlines()
    assert (lines[0], len(lines)) == ("Your orders:", 2)
    assert lines[1].startswith(f"{number} · received · ")
    topic = await olga.finds_topic(f"New order {number}")
    assert len([seen for seen in await olga.sees_in(topic) if "New order" in seen.text]) == 1


async def test_buttons_of_earlier_questions_do_no_harm(customer: Customer) -> None:
    first = await _says(customer, "/order")
    await _presses(customer, "Plum Rooibos")
    order = {"message_id": first.id, "timeout": 5}
    stale = first.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]

    await customer.sandbox.post(f"users/{customer.id}/presses", {**order, "callback_data": stale})
    again = await customer.reads()
    await customer.sandbox.post(f"users/{customer.id}/presses", {**order, "callback_data": "form:nonsense"})

    assert "Plum Rooibos, 100 g for €5.90: how many would you like?" in again.text
    assert "how many would you like?" in (await customer.reads()).text


async def test_the_form_goes_on_where_the_bot_was_killed_at_an_answer(customer: Customer, desk: Desk) -> None:
    await _reaches_the_address(customer)

    await customer.says(ADDRESS)
    assert desk.bot.stop(signal.SIGKILL) == -signal.SIGKILL
    desk.start_bot(plain=True)
    desk.ready()

    await customer.reads("When would you like it?")  # what was being sent at the kill may come once more before it
