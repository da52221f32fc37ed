"""aiogram, which knows the Bot API field by field, and the sandbox understand each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from bot.sandbox import (
    BOT_ID,
    BOT_USERNAME,
    DEFAULT_TOKEN,
    GROUP_ID,
    methods as _methods,  # noqa: F401 - registers them
)
from bot.sandbox.registry import METHODS
from bot.sandbox.server import Sandbox
from bot.sandbox.updates import KINDS
from tests.sandbox_client import SandboxClient

if TYPE_CHECKING:  # seconds, which only these tests shall pay
    import aiogram

pytestmark = pytest.mark.slow


@pytest.fixture
async def real_bot(served: Sandbox) -> AsyncIterator[aiogram.Bot]:
    import aiogram
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    session = AiohttpSession(api=TelegramAPIServer.from_base(served.url))
    async with aiogram.Bot(DEFAULT_TOKEN, session=session) as bot:
        yield bot


def test_every_method_takes_the_parameters_that_aiogram_knows() -> None:
    import aiogram.methods as known

    differences = {}
    for method in METHODS.values():
        fields = set(getattr(known, method.name[0].upper() + method.name[1:]).model_fields)
        gone = {"switch_pm_parameter", "switch_pm_text"}
        if method.accepts != fields - gone:
            differences[method.name] = sorted(method.accepts ^ (fields - gone))

    assert differences == {}


def test_the_kinds_of_updates_are_those_that_aiogram_knows() -> None:
    from aiogram.types import Update

    assert set(Update.model_fields) - {"update_id"} == KINDS


async def test_what_people_send_is_read_by_aiogram(sandbox: SandboxClient, real_bot: aiogram.Bot) -> None:
    anna = await sandbox.customer("Anna", language="de", last_name="Vogt")
    kinds = ["photo", "document", "voice", "video", "video_note", "audio", "animation", "sticker"]
    kinds += ["location", "venue", "contact", "dice"]
    await anna.says("/start x")
    for kind in kinds:
        await anna.sends(kind)
    await anna.sends_album(["photo", "video"], caption="two")
    await anna.blocks()
    await anna.unblocks()

    updates = await real_bot.get_updates(timeout=1)

    found = [update.message.content_type for update in updates if update.message]
    assert found == ["text", *kinds, "photo", "video"]
    assert [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member] == [
        "kicked",
        "member",
    ]
    assert all(not update.model_extra for update in updates)


async def test_what_aiogram_sends_arrives(sandbox: SandboxClient, real_bot: aiogram.Bot) -> None:
    from aiogram.types import (
        BotCommand,
        BotCommandScopeChat,
        BufferedInputFile,
        InlineKeyboardButton,
        InlineKeyboardMarkup,
        InputMediaPhoto,
        KeyboardButton,
        LinkPreviewOptions,
        MessageEntity,
        ReactionTypeEmoji,
        ReplyKeyboardMarkup,
        ReplyParameters,
    )

    anna = await sandbox.customer("Anna", language="de")
    asked = await anna.says("Hallo")
    keys = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="A", callback_data="a")]])
    text = await real_bot.send_message(
        anna.id,
        "Guten Tag",
        parse_mode=None,
        entities=[MessageEntity(type="bold", offset=0, length=5)],
        reply_markup=keys,
        reply_parameters=ReplyParameters(message_id=asked.id, quote="Hal"),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    phone = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Phone", request_contact=True)]], resize_keyboard=True)
    await real_bot.send_message(anna.id, "Ihre Nummer?", reply_markup=phone)
    shared = await anna.shares_contact()
    paper = BufferedInputFile(b"paper", "paper.txt")
    sent = await real_bot.send_document(anna.id, paper, caption="c" * 1024)
    media = [InputMediaPhoto(media=BufferedInputFile(b"\x89PNG" + bytes(n), f"{n}.png")) for n in (1, 2)]
    album = await real_bot.send_media_group(anna.id, [*media])
    await real_bot.edit_message_text("Guten Abend", chat_id=anna.id, message_id=text.message_id)
    await real_bot.set_message_reaction(anna.id, asked.id, [ReactionTypeEmoji(emoji="👀")])
    await real_bot.set_my_commands(
        [BotCommand(command="help", description="Help")], BotCommandScopeChat(chat_id=anna.id)
    )
    await real_bot.send_chat_action(anna.id, "typing")
    await real_bot.pin_chat_message(anna.id, text.message_id)
    assert sent.document is not None
    file = await real_bot.get_file(sent.document.file_id)
    assert file.file_path is not None
    content = await real_bot.download_file(file.file_path)

    assert (await anna.reads()).raw["quote"]["text"] == "Hal"
    assert (await anna.reads()).keyboard == ("Phone",)
    assert shared.raw["contact"]["user_id"] == anna.id
    assert content is not None
    assert content.read() == b"paper"
    assert len({message.media_group_id for message in album}) == 1
    [first] = [seen for seen in await anna.sees() if seen.id == text.message_id]
    assert (first.text, first.buttons) == ("Guten Abend", ())


async def test_aiogram_runs_topics(sandbox: SandboxClient, real_bot: aiogram.Bot) -> None:
    from aiogram.types import ChatMemberAdministrator

    anna = await sandbox.customer("Anna", language="de")
    asked = await anna.sends("voice")
    icons = await real_bot.get_forum_topic_icon_stickers()
    topic = await real_bot.create_forum_topic(GROUP_ID, "Anna", icon_custom_emoji_id=icons[0].custom_emoji_id)
    thread = topic.message_thread_id
    copy = await real_bot.copy_message(GROUP_ID, anna.id, asked.id, message_thread_id=thread)
    await real_bot.copy_messages(GROUP_ID, anna.id, [asked.id], message_thread_id=thread)
    await real_bot.forward_message(GROUP_ID, anna.id, asked.id, message_thread_id=thread)
    await real_bot.edit_forum_topic(GROUP_ID, thread, name="Anna · done")
    await real_bot.close_forum_topic(GROUP_ID, thread)
    await real_bot.reopen_forum_topic(GROUP_ID, thread)
    await real_bot.delete_message(GROUP_ID, copy.message_id)
    member = await real_bot.get_chat_member(GROUP_ID, BOT_ID)
    chat = await real_bot.get_chat(GROUP_ID)
    me = await real_bot.me()
    administrators = await real_bot.get_chat_administrators(GROUP_ID)

    updates = await real_bot.get_updates()

    assert isinstance(member, ChatMemberAdministrator)

    services = [update.message.content_type for update in updates if update.message][1:]
    assert services == ["forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"]
    assert (member.status, member.can_manage_topics, chat.is_forum) == ("administrator", True, True)
    assert (me.username, [one.user.first_name for one in administrators]) == (BOT_USERNAME, ["Ada"])


async def test_aiogram_understands_the_refusals(sandbox: SandboxClient, real_bot: aiogram.Bot) -> None:
    from aiogram.exceptions import (
        TelegramBadRequest,
        TelegramForbiddenError,
        TelegramMigrateToChat,
        TelegramNetworkError,
        TelegramRetryAfter,
        TelegramServerError,
    )

    anna = await sandbox.customer("Anna")
    await anna.says("hello")
    await sandbox.fault("sendMessage", "error", status=429, retry_after=7, times=1)
    await sandbox.fault("sendMessage", "error", status=502, times=1)
    await sandbox.fault("sendMessage", "cut", times=1)

    with pytest.raises(TelegramRetryAfter) as slow:
        await real_bot.send_message(anna.id, "1")
    with pytest.raises(TelegramServerError):
        await real_bot.send_message(anna.id, "2")
    with pytest.raises(TelegramNetworkError):
        await real_bot.send_message(anna.id, "3")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await real_bot.send_message(1, "4")
    await anna.blocks()
    with pytest.raises(TelegramForbiddenError):
        await real_bot.send_message(anna.id, "5")
    moved = await sandbox.post(f"chats/{GROUP_ID}/upgrade")
    with pytest.raises(TelegramMigrateToChat) as migrated:
        await real_bot.send_message(GROUP_ID, "6")

    assert slow.value.retry_after == 7
    assert migrated.value.migrate_to_chat_id == moved["id"]
