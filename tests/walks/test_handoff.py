"""A conversation goes to people: the queue, the topic, and who has it."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.steps import asks_for_a_person, card_in, is_attended, is_named

pytestmark = pytest.mark.walk


def _place(text: str) -> int:
    """Return the place in the queue that a customer was told."""
    found = re.search(r"You are number (\d+) in the queue\.", text)
    return int(found.group(1)) if found else 1


async def test_a_customer_who_wants_a_person_is_told_the_place_in_the_queue(
    sandbox: SandboxClient, customer: Customer
) -> None:
    next_one = await sandbox.customer("Behind in the queue")

    await customer.says("/human")
    first = await customer.reads()
    await next_one.says("How much is delivery?")
    await next_one.presses("Talk to a person", await next_one.reads("€4.90"))
    second = await next_one.reads("pass this")

    assert first.text.startswith("I'll pass this to a colleague. You are")
    assert _place(second.text) == _place(first.text) + 1
    assert second.buttons == ("It is solved – nobody needed", "Leave a phone number or e-mail")


async def test_the_topic_has_the_customers_card_and_what_was_said_so_far(
    sandbox: SandboxClient, olga: Operator
) -> None:
    jo = await sandbox.customer("Jo Card", language="en", username="jo_card")
    await jo.says("How much is delivery?")
    await jo.reads("€4.90")

    await jo.says("/human")
    topic = await olga.finds_topic("Jo Card")
    card = await olga.reads_in(topic)

    assert re.fullmatch(r"🟡 #\d+ Jo Card", topic.name)
    assert card.text.splitlines()[0].endswith("Jo Card (@jo_card)")
    assert "Why: asked for a person" in card.text
    assert "Telegram · en · customer since" in card.text
    assert "Customer: How much is delivery?" in card.text
    assert "Bot: Within Germany we send with DHL for €4.90" in card.text
    assert card.buttons == ("Claim", "Close", "Give to …", "To level 2")


async def test_who_asks_again_while_waiting_hears_the_place_again_and_gets_no_second_topic(
    customer: Customer, olga: Operator
) -> None:
    await asks_for_a_person(customer, olga)

    await customer.says("/human")

    assert "You are" in (await customer.reads()).text
    assert len([topic for topic in await olga.topics() if customer.name in topic.name]) == 1


async def test_what_a_customer_writes_while_waiting_goes_into_the_topic(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)

    await customer.says("the parcel came *wet*", entities=[{"type": "bold", "offset": 16, "length": 5}])

    seen = await olga.reads_in(topic)
    assert (seen.text, seen.entities) == ("the parcel came *wet*", [{"type": "bold", "offset": 16, "length": 5}])


async def test_a_sure_question_of_somebody_who_waits_is_answered_and_marked_in_the_topic(
    customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)

    await customer.says("How much is delivery?")

    assert "€4.90" in (await customer.reads()).text
    assert (await olga.reads_in(topic)).text == "How much is delivery?"
    assert (await olga.reads_in(topic)).text == "🤖 The bot answered this from the FAQ: delivery-cost"


async def test_once_somebody_has_the_chat_the_bot_keeps_quiet(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await customer.says("How much is delivery?")
    await olga.reads_in(topic, "How much is delivery?")
    await olga.writes(topic, "Nothing, for you.")

    assert (await customer.reads()).text == "Nothing, for you."


async def test_the_first_words_of_an_operator_claim_the_chat(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)

    await olga.writes(topic, "Hello, how can I help?")

    assert (await customer.reads()).text == "Olga Brandt is with you now."
    assert (await customer.reads()).text == "Hello, how can I help?"
    await customer.says("it is wet")
    await olga.reads_in(topic, "it is wet")
    await is_named(olga, topic.thread, topic.name.replace("🟡", "🔵"))


async def test_an_operators_formatting_reaches_the_customer(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    entities = [
        {"type": "bold", "offset": 0, "length": 4},
        {"type": "text_link", "offset": 9, "length": 4, "url": "https://example.org/"},
        {"type": "code", "offset": 17, "length": 5},
    ]

    await olga.writes(topic, "Bold <b> link 👍 code!", entities=entities)

    seen = await customer.reads()
    assert (seen.text, seen.entities) == ("Bold <b> link 👍 code!", entities)


async def test_a_note_stays_in_the_topic_as_text_and_as_caption(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    note = await olga.writes(topic, "// she called before")
    await olga.attaches(topic, "photo", caption="//the label")
    await olga.sees_sign(await olga.writes(topic, "/note wants an invoice"), "✍")
    await olga.edits_in_topic(note, "she called before")
    await olga.writes(topic, "I have seen it.")

    assert (await customer.reads()).text == "I have seen it."


async def test_another_operator_is_told_how_to_take_over_and_nothing_goes_out(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await max_.writes(topic, "I know that one!")
    told = await max_.reads_in(topic, "/takeover")
    await max_.writes(topic, "/takeover")
    await customer.reads("Max Lindner is with you now.")
    await max_.writes(topic, "Now it is me.")

    assert told.text == "Olga Brandt has this chat; nothing was sent. /takeover takes it."
    assert (await customer.reads()).text == "Now it is me."


async def test_two_operators_press_claim_at_the_same_moment_and_one_has_it(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    card = await card_in(olga, topic)

    answers = await asyncio.gather(olga.presses_in(topic, "Claim", card), max_.presses_in(topic, "Claim", card))

    taken = [answer for answer in answers if answer and "has this chat" in answer]
    assert len(taken) == 1
    assert (await customer.reads()).text.split(" has ")[0].removesuffix(" is with you now.") in taken[0]
    await customer.says("anybody?")
    await olga.reads_in(topic, "anybody?")
    told = [seen.text for seen in await customer.sees() if "is with you now." in seen.text]
    assert len(told) == 1


async def test_two_operators_answer_at_the_same_moment_and_the_customer_hears_one(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)

    await asyncio.gather(olga.writes(topic, "Olga answers."), max_.writes(topic, "Max answers."))
    told = await olga.reads_in(topic, "nothing was sent")
    await customer.reads("is with you now.")
    heard = (await customer.reads()).text
    await customer.says("hello?")
    await olga.reads_in(topic, "hello?")

    winner = "Olga Brandt" if heard == "Olga answers." else "Max Lindner"
    assert told.text == f"{winner} has this chat; nothing was sent. /takeover takes it."
    assert len([seen for seen in await customer.sees() if "answers." in seen.text]) == 1
    assert len([seen for seen in await olga.sees_in(topic) if "answers." in seen.text]) == 2


async def test_a_waiting_customer_leaves_a_number_and_asks_how_long_and_staff_see_it(
    customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)

    await customer.presses("Leave a phone number")
    await customer.reads("phone number or an e-mail")
    await customer.says("write to me there")
    await customer.reads("please write it like")
    await customer.says("jo@example.org")
    kept = await customer.reads("Noted")
    await customer.says("how long does it take?")

    assert "jo@example.org" in kept.text
    assert "You are" in (await customer.reads()).text
    assert (await olga.reads_in(topic, "contact")).text == "📇 The customer left a contact: jo@example.org"


async def test_release_puts_the_chat_back_and_anybody_can_take_it(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/release")
    await olga.reads_in(topic, "The chat is back in the queue.")
    await is_named(olga, topic.thread, topic.name)
    await customer.reads("A colleague goes on here")
    await max_.writes(topic, "Max here.")

    assert (await customer.reads()).text == "Max Lindner is with you now."
    assert (await customer.reads()).text == "Max here."


async def test_transfer_gives_the_chat_to_a_colleague(customer: Customer, olga: Operator, max_: Operator) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/transfer nobody")
    names = await olga.reads_in(topic, "/transfer")
    await olga.writes(topic, "/transfer max")
    told = await olga.reads_in(topic)
    await olga.reads_in(topic, "Max Lindner could not be told privately")
    await olga.writes(topic, "too late")
    refused = await olga.reads_in(topic, "has this chat")
    await max_.writes(topic, "I go on.")

    assert "Max Lindner" in names.text.split(": ")[1].split(", ")
    assert "Olga Brandt" not in names.text
    assert told.text == "Max Lindner has the chat now."
    assert refused.text.startswith("Max Lindner has this chat")
    assert (await customer.reads()).text == "Max Lindner is with you now."
    assert (await customer.reads()).text == "I go on."


async def test_tags_priority_and_level_are_kept_and_wrong_ones_explained(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    before, replies = len(await olga.sees_in(topic)), {}
    done = ("/tag wet #parcel", "/priority high", "/level 2")
    for command in done:
        await olga.sees_sign(await olga.writes(topic, command), "👌")
    after = len(await olga.sees_in(topic))
    for command in ("/priority soon", "/level 9", "/tag", "/note"):
        await olga.writes(topic, command)
        replies[command] = (await olga.reads_in(topic)).text

    assert replies == {
        "/priority soon": "Please write it like this: /priority low | normal | high | urgent",
        "/level 9": "Please write it like this: /level 1 | 2 | 3",
        "/tag": "Please write it like this: /tag WORD …",
        "/note": "Please write it like this: /note TEXT",
    }
    assert after - before == len(done), "a sign is no message"


async def test_history_help_and_unknown_commands_are_answered_in_the_topic_only(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/history")
    history = await olga.reads_in(topic)
    await olga.writes(topic, "/help@sandbox_desk_bot")
    help_ = await olga.reads_in(topic)
    await olga.writes(topic, "/refund 5")
    unknown = await olga.reads_in(topic)
    await olga.writes(topic, "That was all.")

    assert "Customer: /human" in history.text
    assert "Olga Brandt: Good day!" in history.text
    assert "/takeover" in help_.text
    assert unknown.text == "I don't know /refund here, so nothing went to the customer. /help says what works where."
    assert (await customer.reads()).text == "That was all."


async def test_what_a_member_who_is_no_operator_writes_goes_to_nobody(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    guest = await sandbox.operator("Gus Guest")

    await guest.writes(topic, "Let me help!")
    told = await guest.reads_in(topic, "not listed")
    pressed = await guest.presses_in(topic, "Claim")
    await guest.writes(topic, "/close")
    await olga.writes(topic, "It is me.")

    assert sum("not listed" in seen.text for seen in await guest.sees_in(topic)) == 1
    assert told.text.endswith(f"--telegram {guest.id}")
    assert pressed is not None
    assert pressed.startswith("You are not listed as an operator")
    assert (await customer.reads()).text == "Olga Brandt is with you now."
    assert (await customer.reads()).text == "It is me."


async def test_an_anonymous_admin_is_told_to_show_who_they_are(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)

    await olga.writes(topic, "Guess who", anonymous=True)

    assert 'switch off "Remain anonymous"' in (await olga.reads_in(topic)).text
    await olga.writes(topic, "Me.")
    await customer.reads("is with you now.")
    assert (await customer.reads()).text == "Me."


async def test_text_in_general_goes_to_nobody_and_commands_work_there(customer: Customer, olga: Operator) -> None:
    await asks_for_a_person(customer, olga)

    await olga.writes(0, "Good morning all")
    await olga.writes(0, "/queue")
    answer = await olga.reads_in(0)

    assert re.match(r"\d+ customers? waits?:", answer.text)
    assert customer.name in answer.text


async def test_a_customer_who_needs_nobody_any_more_leaves_the_queue(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)

    await customer.presses("It is solved")

    assert (await customer.reads()).text == "Glad to hear it. Write whenever you need something."
    assert (await olga.reads_in(topic)).text == "The customer says that it is solved."
    await customer.says("/cancel")
    await customer.reads("There is nothing to cancel.")
    await olga.writes(0, f"/queue {customer.name}")
    assert customer.name not in (await olga.reads_in(0)).text


async def test_old_buttons_do_no_harm(customer: Customer, olga: Operator, max_: Operator) -> None:
    await customer.says("/human")
    waiting = await customer.reads("pass this")
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why:")
    await olga.presses_in(topic, "Claim", card)
    await customer.reads("is with you now.")

    press = f"users/{customer.id}/presses"
    solved = waiting.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await olga.writes(topic, "What is it about?")
    await customer.reads("What is it about?")
    await customer.sandbox.post(press, {"message_id": waiting.id, "callback_data": solved, "timeout": 5})
    await customer.reads("Olga Brandt knows")
    claim = card.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    group_press = {"chat_id": olga.group_id, "message_id": card.id, "callback_data": claim, "timeout": 5}
    again = (await olga.sandbox.post(f"users/{max_.id}/presses", group_press))["answer"]
    await olga.writes(topic, "/close")
    asked = await customer.reads()
    await customer.presses("2", asked)
    await customer.reads("What went wrong?")
    same = asked.raw["reply_markup"]["inline_keyboard"][0][1]["callback_data"]
    for data in ("csat:1:5", same, "nonsense", ":::"):
        order = {"message_id": asked.id, "callback_data": data, "timeout": 5}
        assert (await customer.sandbox.post(press, order))["answer"] is not None
    after = (await olga.sandbox.post(f"users/{olga.id}/presses", group_press))["answer"]

    assert again["text"] == "Olga Brandt has this chat."
    assert asked.text == "Thank you. How was it?"
    assert after["text"] == "Nobody waits here: this chat is closed."
    scores = [seen.text for seen in await olga.sees_in(topic) if "The customer gave" in seen.text]
    assert scores == ["The customer gave 2 of 5."]
