"""The whole way once: a customer, a bot, a topic, an operator, and the way back."""

from __future__ import annotations

import asyncio
import time

from bot.sandbox import BOT_ID, GROUP_ID
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient


async def test_a_question_reaches_the_bot_and_its_answer_the_customer(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna", language="de")
    await anna.says("Was kostet der Versand?")

    [update] = await bot.updates()
    buttons = {"inline_keyboard": [[{"text": "👍", "callback_data": "y"}, {"text": "👎", "callback_data": "n"}]]}
    await bot("sendMessage", chat_id=anna.id, text="5 €", reply_markup=buttons)
    reply = await anna.reads()

    message = update["message"]
    assert message["from"] == {"id": anna.id, "is_bot": False, "first_name": "Anna", "language_code": "de"}
    assert message["chat"] == {"id": anna.id, "first_name": "Anna", "type": "private"}
    assert (reply.text, reply.kind, reply.buttons) == ("5 €", "text", ("👍", "👎"))


async def test_a_hand_over_opens_a_topic_in_which_an_operator_answers(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna", language="de")
    olga = await sandbox.operator("Olga")
    asked = await anna.sends("photo", caption="Kaputt")
    topic = await bot("createForumTopic", chat_id=GROUP_ID, name="Anna", icon_color=7322096)
    thread = topic["message_thread_id"]
    place = {"chat_id": GROUP_ID, "message_thread_id": thread}
    await bot("copyMessage", **place, from_chat_id=anna.id, message_id=asked.id)

    found = await olga.finds_topic("Anna")
    copy = await olga.reads_in(found)
    await olga.writes(found, "Wir ersetzen es.")
    updates = await bot.updates()
    await bot("copyMessage", chat_id=anna.id, from_chat_id=GROUP_ID, message_id=updates[-1]["message"]["message_id"])

    assert (copy.kind, copy.text, copy.thread) == ("photo", "Kaputt", thread)
    assert (await anna.reads()).text == "Wir ersetzen es."
    opened, answer = updates[1]["message"], updates[-1]["message"]
    assert opened["forum_topic_created"] == {"name": "Anna", "icon_color": 7322096}
    assert opened["from"]["id"] == BOT_ID
    assert (answer["message_thread_id"], answer["is_topic_message"]) == (thread, True)
    assert answer["reply_to_message"]["message_id"] == opened["message_id"] == thread


async def test_a_pressed_button_is_answered_while_the_customer_waits(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    await anna.says("hello")
    await bot.updates()
    keyboard = {"inline_keyboard": [[{"text": "Talk to a person", "callback_data": "h"}]]}
    await bot("sendMessage", chat_id=anna.id, text="Sure?", reply_markup=keyboard)

    pressing = asyncio.create_task(anna.presses("a person"))
    [update] = await bot.updates(wait=5)
    await bot("answerCallbackQuery", callback_query_id=update["callback_query"]["id"], text="At once")

    assert await pressing == "At once"
    assert update["callback_query"]["data"] == "h"
    assert update["callback_query"]["message"]["text"] == "Sure?"


async def test_the_client_says_what_was_said_when_nothing_comes(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    await anna.says("Is anybody there?")
    await bot("sendMessage", chat_id=anna.id, text="Yes")

    await anna.reads("Yes")
    started = time.monotonic()
    try:
        await anna.reads("more", patience=0.05)
    except AssertionError as complaint:
        said = str(complaint)

    assert "Anna: Is anybody there?" in said
    assert "Support desk bot: Yes" in said
    assert "sendMessage 200" in said
    assert time.monotonic() - started < 2
