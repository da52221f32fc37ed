"""What Telegram refuses, the sandbox refuses with the same words."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bot.sandbox import ANNA, BEN, DEFAULT_TOKEN, GROUP_ID, OLGA
from bot.sandbox.server import Sandbox
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient

BAD = "Bad Request: "


def keys(**button: object) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", **button}]]}


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "a", "frobnicate": 1}, 'unknown parameter "frobnicate" (sandbox)'),
        ({"text": "a", "message_thread_id": 1}, "message thread not found"),
        ({"text": "a", "message_thread_id": 77}, "message thread not found"),
        (
            {"text": "abc", "entities": [{"type": "bold", "offset": 1, "length": 3}]},
            "can't parse entities: bold at 1 of 3 leaves the text of 3 (sandbox)",
        ),
        (
            {"text": "abc", "entities": [{"type": "loud", "offset": 0, "length": 1}]},
            "can't parse entities: unsupported type of MessageEntity",
        ),
        ({"text": "a", "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
        ({"text": "a", "reply_markup": keys(callback_data="")}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keys(callback_data="я" * 33)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keys()}, "text buttons are unallowed in the inline keyboard"),
        ({"text": "a", "reply_markup": keys(url="nowhere")}, "BUTTON_URL_INVALID"),
        (
            {"text": "a", "reply_markup": keys(callback_data="a", colour="red")},
            'can\'t parse inline keyboard button: unknown field "colour" (sandbox)',
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]] * 101}},
            "reply markup is too long",
        ),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ],
)
async def test_a_text_that_telegram_does_not_take_is_refused(bot: Bot, params: dict[str, Any], sentence: str) -> None:
    await bot.hears(ANNA)

    assert await bot.refusal("sendMessage", chat_id=ANNA, **params) == BAD + sentence


@pytest.mark.parametrize(
    "params",
    [
        {"text": "a" * 4096},
        {"text": "😀" * 2048},
        {"text": "a", "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
        {"text": "a", "reply_markup": keys(callback_data="я" * 32)},
        {"text": "a", "reply_markup": {"keyboard": [[{"text": "Phone", "request_contact": True}]]}},
        {"text": "a", "reply_markup": {"remove_keyboard": True}},
        {"text": "😀b", "entities": [{"type": "bold", "offset": 2, "length": 1}]},
        {"text": "a", "reply_markup": json.dumps(keys(callback_data="a"))},
    ],
)
async def test_what_just_fits_is_taken(bot: Bot, params: dict[str, Any]) -> None:
    await bot.hears(ANNA)

    assert (await bot("sendMessage", chat_id=ANNA, **params))["text"] == params["text"]


async def test_white_space_around_a_text_goes_and_entities_move_along(bot: Bot) -> None:
    await bot.hears(ANNA)
    bold = [{"type": "bold", "offset": 0, "length": 8}]

    sent = await bot("sendMessage", chat_id=ANNA, text="\n  Hello\n", entities=bold)

    assert (sent["text"], sent["entities"]) == ("Hello", [{"type": "bold", "offset": 0, "length": 5}])


async def test_a_phone_number_is_asked_for_in_private_only(bot: Bot) -> None:
    keyboard = {"keyboard": [[{"text": "Phone", "request_contact": True}]]}

    sentence = await bot.refusal("sendMessage", chat_id=GROUP_ID, text="a", reply_markup=keyboard)

    assert sentence == BAD + "phone number can be requested in private chats only"


async def test_who_has_not_begun_cannot_be_written_to(bot: Bot) -> None:
    stranger = await bot.refusal("sendMessage", chat_id=1, text="a")
    silent = await bot.refusal("sendMessage", chat_id=BEN, text="a")
    colleague = await bot.refusal("sendMessage", chat_id=OLGA, text="a")

    assert (stranger, silent) == (BAD + "chat not found", BAD + "chat not found")
    assert colleague == "Forbidden: bot can't initiate conversation with a user"


async def test_who_has_blocked_the_bot_hears_nothing_until_the_block_ends(sandbox: SandboxClient, bot: Bot) -> None:
    ben = await sandbox.customer("Ben")
    await ben.says("hello")
    await ben.blocks()

    refused = await bot.refusal("sendMessage", chat_id=ben.id, text="a")
    await ben.unblocks()
    await bot("sendMessage", chat_id=ben.id, text="a")

    assert refused == "Forbidden: bot was blocked by the user"
    changes = [update["my_chat_member"]["new_chat_member"]["status"] for update in (await bot.updates())[1:]]
    assert changes == ["kicked", "member"]


async def test_the_token_and_the_method_must_be_known(bot: Bot, served: Sandbox) -> None:
    unknown = await bot.ask("sendLove")
    bot.token = "1:" + "x" * 35
    foreign = await bot.ask("getMe")

    assert unknown == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert foreign == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_a_request_is_the_same_in_every_shape(served: Sandbox, bot: Bot) -> None:
    await bot.hears(ANNA)
    params = {"chat_id": str(ANNA), "text": "Grüße & mehr", "entities": '[{"type":"bold","offset":0,"length":5}]'}
    address = f"{served.url}/bot{DEFAULT_TOKEN}/SENDmessage"
    async with httpx.AsyncClient(trust_env=False) as http:
        answers = [
            await http.get(address, params=params),
            await http.post(address, data=params),
            await http.post(address, json={**params, "reply_markup": None}),
            await http.post(address, files={name: (None, value) for name, value in params.items()}),
        ]

    results = [answer.json()["result"] for answer in answers]
    assert [(one["text"], one["entities"][0]["length"]) for one in results] == [("Grüße & mehr", 5)] * 4


async def test_a_caption_has_at_most_1024_units(bot: Bot) -> None:
    await bot.hears(ANNA)
    files = {"photo": ("a.png", b"\x89PNG..", "image/png")}
    place = {"chat_id": str(ANNA)}

    long = await bot.http.post(f"/bot{bot.token}/sendPhoto", data={**place, "caption": "a" * 1025}, files=files)
    right = await bot.http.post(f"/bot{bot.token}/sendPhoto", data={**place, "caption": "a" * 1024}, files=files)

    assert long.json()["description"] == BAD + "message caption is too long"
    assert len(right.json()["result"]["caption"]) == 1024


async def test_files_are_named_by_id_and_by_nothing_from_outside(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    voice = (await anna.sends("voice")).raw["voice"]["file_id"]

    again = await bot("sendVoice", chat_id=anna.id, voice=voice)
    unlike = await bot.refusal("sendPhoto", chat_id=anna.id, photo=voice)
    nowhere = await bot.refusal("sendPhoto", chat_id=anna.id, photo="nonsense")
    outside = await bot.refusal("sendPhoto", chat_id=anna.id, photo="https://example.com/a.png")

    assert again["voice"]["file_id"] == voice
    assert unlike == BAD + "can't use file of type Voice as Photo"
    assert nowhere == BAD + "wrong file identifier/HTTP URL specified"
    assert outside == BAD + "failed to get HTTP URL content"


async def test_an_edit_must_change_something_of_ones_own(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    asked = await anna.says("hello")
    sent = await bot("sendMessage", chat_id=anna.id, text="one", reply_markup=keys(callback_data="a"))
    place = {"chat_id": anna.id, "message_id": sent["message_id"]}

    same = await bot.refusal("editMessageText", **place, text="one", reply_markup=keys(callback_data="a"))
    foreign = await bot.refusal("editMessageText", chat_id=anna.id, message_id=asked.id, text="two")
    gone = await bot.refusal("editMessageText", chat_id=anna.id, message_id=99, text="two")
    caption = await bot.refusal("editMessageCaption", **place, caption="two")
    edited = await bot("editMessageText", **place, text="one")

    assert same.startswith(BAD + "message is not modified: ")
    assert foreign == BAD + "message can't be edited"
    assert gone == BAD + "message to edit not found"
    assert caption == BAD + "there is no caption in the message to edit"
    assert "reply_markup" not in edited
    assert (await anna.sees_edit("one")).buttons == ()


async def test_a_copy_needs_its_original(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    first, second = await anna.says("one"), await anna.says("two")
    place = {"chat_id": GROUP_ID, "from_chat_id": anna.id}

    missing = await bot.refusal("copyMessage", **place, message_id=99)
    backwards = await bot.refusal("copyMessages", **place, message_ids=[second.id, first.id])
    copies = await bot("copyMessages", **place, message_ids=[first.id, second.id, 99])
    forwarded = await bot("forwardMessage", **place, message_id=first.id)

    assert missing == BAD + "message to copy not found"
    assert backwards == BAD + "message identifiers must be in a strictly increasing order"
    assert len(copies) == 2
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Anna"


async def test_a_message_is_deleted_within_two_days(sandbox: SandboxClient, bot: Bot) -> None:
    await bot.hears(ANNA)
    old = await bot("sendMessage", chat_id=ANNA, text="old")
    await sandbox.put_clock_forward(172_801)
    new = await bot("sendMessage", chat_id=ANNA, text="new")

    await bot("deleteMessage", chat_id=ANNA, message_id=new["message_id"])

    gone = await bot.refusal("deleteMessage", chat_id=ANNA, message_id=new["message_id"])
    late = await bot.refusal("deleteMessage", chat_id=ANNA, message_id=old["message_id"])
    assert gone == BAD + "message to delete not found"
    assert late == BAD + "message can't be deleted"


async def test_a_press_is_answered_once_and_in_time(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    await anna.says("hello")
    await bot("sendMessage", chat_id=anna.id, text="?", reply_markup=keys(callback_data="a"))
    await anna.presses("A", patience=0)
    await anna.presses("A", patience=0)
    first, second = [update["callback_query"]["id"] for update in (await bot.updates())[1:]]

    await bot("answerCallbackQuery", callback_query_id=first)
    twice = await bot.refusal("answerCallbackQuery", callback_query_id=first)
    long = await bot.refusal("answerCallbackQuery", callback_query_id=second, text="a" * 201)
    await sandbox.put_clock_forward(151)
    late = await bot.refusal("answerCallbackQuery", callback_query_id=second)

    old = BAD + "query is too old and response timeout expired or query ID is invalid"
    assert (twice, long, late) == (old, BAD + "MESSAGE_TOO_LONG", old)


async def test_only_some_emoji_are_reactions(sandbox: SandboxClient, bot: Bot) -> None:
    anna = await sandbox.customer("Anna")
    asked = await anna.says("hello")
    place = {"chat_id": anna.id, "message_id": asked.id}

    await bot("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👀"}])
    refused = await bot.refusal("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "✅"}])

    assert refused == BAD + "REACTION_INVALID"


async def test_commands_are_checked(bot: Bot) -> None:
    help_ = {"command": "help", "description": "Help"}
    await bot("setMyCommands", commands=[help_], language_code="de")

    upper = await bot.refusal("setMyCommands", commands=[{**help_, "command": "Help"}])
    empty = await bot.refusal("setMyCommands", commands=[{**help_, "description": ""}])
    many = await bot.refusal("setMyCommands", commands=[help_] * 101)
    unmet = await bot.refusal("setMyCommands", commands=[help_], scope={"type": "chat", "chat_id": BEN})

    assert await bot("getMyCommands", language_code="de") == [help_]
    assert await bot("getMyCommands") == []
    assert (upper, empty) == (BAD + "BOT_COMMAND_INVALID", BAD + "BOT_COMMAND_DESCRIPTION_INVALID")
    assert (many, unmet) == (BAD + "BOT_COMMANDS_TOO_MUCH", BAD + "chat not found")
