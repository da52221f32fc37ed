"""Topics of the operators' group: rights, names, what comes when one is closed or gone, and the group's upgrade."""

from __future__ import annotations

import pytest

from bot.sandbox import BOT_ID, GROUP_ID
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import Refused, SandboxClient

BAD = "Bad Request: "


async def test_a_topic_needs_a_name_of_at_most_128_units_and_one_of_six_colours(bot: Bot) -> None:
    empty = await bot.refusal("createForumTopic", chat_id=GROUP_ID, name="")
    long = await bot.refusal("createForumTopic", chat_id=GROUP_ID, name="a" * 129)
    colour = await bot.refusal("createForumTopic", chat_id=GROUP_ID, name="a", icon_color=1)
    icon = await bot.refusal("createForumTopic", chat_id=GROUP_ID, name="a", icon_custom_emoji_id="5")

    await bot("createForumTopic", chat_id=GROUP_ID, name="a" * 128)

    assert empty == BAD + "topic name is empty"
    assert long == BAD + "TOPIC_TITLE_TOO_LONG"
    assert colour == BAD + "wrong icon color specified (sandbox: one of six)"
    assert icon == BAD + "DOCUMENT_INVALID"


async def test_topics_are_of_forums_only(sandbox: SandboxClient, bot: Bot) -> None:
    group = await sandbox.post("groups", {"title": "Plain", "forum": False})

    assert await bot.refusal("createForumTopic", chat_id=group["id"], name="a") == BAD + "the chat is not a forum"


async def test_a_topic_is_renamed_closed_and_opened_and_says_so_when_nothing_changes(bot: Bot) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    place = {"chat_id": GROUP_ID, "message_thread_id": thread}

    await bot("editForumTopic", **place, name="Anna · done")
    same = await bot.refusal("editForumTopic", **place, name="Anna · done")
    await bot("closeForumTopic", **place)
    closed = await bot.refusal("closeForumTopic", **place)
    await bot("sendMessage", **place, text="the bot may write into a closed topic")
    await bot("reopenForumTopic", **place)

    assert (same, closed) == (BAD + "TOPIC_NOT_MODIFIED", BAD + "TOPIC_NOT_MODIFIED")
    words = {"forum_topic_created", "forum_topic_edited", "forum_topic_closed"}
    services = [words & set(update["message"]) for update in await bot.updates()]
    assert services == [{"forum_topic_created"}, {"forum_topic_edited"}, {"forum_topic_closed"}, set()]


async def test_without_its_right_the_bot_neither_opens_nor_enters_closed_topics(
    sandbox: SandboxClient, bot: Bot
) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    place = {"chat_id": GROUP_ID, "message_thread_id": thread}
    await bot("closeForumTopic", **place)
    await sandbox.post(f"chats/{GROUP_ID}/members/{BOT_ID}", {"rights": {"can_manage_topics": False}})

    new = await bot.refusal("createForumTopic", chat_id=GROUP_ID, name="Ben")
    closed = await bot.refusal("sendMessage", **place, text="a")
    await sandbox.post(f"chats/{GROUP_ID}/members/{BOT_ID}", {"status": "kicked"})
    kicked = await bot.refusal("sendMessage", chat_id=GROUP_ID, text="a")

    assert new == BAD + "not enough rights to create a topic"
    assert closed == BAD + "TOPIC_CLOSED"
    assert kicked == "Forbidden: bot was kicked from the supergroup chat"
    changes = [
        update["my_chat_member"]["new_chat_member"] for update in await bot.updates() if "my_chat_member" in update
    ]
    assert [(one["status"], one.get("can_manage_topics")) for one in changes] == [
        ("administrator", False),
        ("kicked", None),
    ]


async def test_a_deleted_topic_is_gone_with_its_messages(sandbox: SandboxClient, bot: Bot) -> None:
    olga = await sandbox.operator("Olga")
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    place = {"chat_id": GROUP_ID, "message_thread_id": thread}
    await bot("sendMessage", **place, text="a")
    await olga.deletes(thread)

    written = await bot.refusal("sendMessage", **place, text="a")
    closed = await bot.refusal("closeForumTopic", **place)
    unknown = await bot.refusal("closeForumTopic", chat_id=GROUP_ID, message_thread_id=999)

    assert written == BAD + "message thread not found"
    assert (closed, unknown) == (BAD + "TOPIC_DELETED", BAD + "TOPIC_ID_INVALID")
    assert await olga.topics() == []
    assert await olga.sees_in(thread) == []


async def test_people_close_topics_and_members_stay_out_of_closed_ones(sandbox: SandboxClient, bot: Bot) -> None:
    olga = await sandbox.operator("Olga")
    ada = await sandbox.operator("Ada")
    topic = await olga.opens_topic("By hand")
    await olga.closes(topic)

    with pytest.raises(Refused, match="is closed"):
        await olga.writes(topic, "too late")
    await ada.writes(topic, "the owner may")

    kinds = [update["message"] for update in await bot.updates()]
    assert ["forum_topic_created" in kinds[0], "forum_topic_closed" in kinds[1]] == [True, True]
    assert kinds[2]["text"] == "the owner may"


async def test_a_group_that_was_upgraded_names_its_new_id(sandbox: SandboxClient, bot: Bot) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    await bot.updates()
    moved = await sandbox.post(f"chats/{GROUP_ID}/upgrade")

    refused = await bot.ask("sendMessage", chat_id=GROUP_ID, text="a")
    sent = await bot("sendMessage", chat_id=moved["id"], message_thread_id=thread, text="a")

    assert refused["parameters"] == {"migrate_to_chat_id": moved["id"]}
    assert refused["description"] == BAD + "group chat was upgraded to a supergroup chat"
    assert sent["message_thread_id"] == thread
    first, second = [update["message"] for update in await bot.updates()]
    assert (first["migrate_to_chat_id"], second["migrate_from_chat_id"]) == (moved["id"], GROUP_ID)


async def test_pinning_tells_the_bot_and_needs_a_right(sandbox: SandboxClient, bot: Bot) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    card = await bot("sendMessage", chat_id=GROUP_ID, message_thread_id=thread, text="card")
    await bot("pinChatMessage", chat_id=GROUP_ID, message_id=card["message_id"])
    await sandbox.post(f"chats/{GROUP_ID}/members/{BOT_ID}", {"rights": {"can_pin_messages": False}})

    refused = await bot.refusal("unpinChatMessage", chat_id=GROUP_ID, message_id=card["message_id"])

    pinned = (await bot.updates())[1]["message"]
    assert (pinned["pinned_message"]["text"], pinned["message_thread_id"]) == ("card", thread)
    assert refused == BAD + "not enough rights to manage pinned messages in the chat"


async def test_a_bot_that_is_a_plain_member_hears_what_is_said_to_it(sandbox: SandboxClient, bot: Bot) -> None:
    olga = await sandbox.operator("Olga")
    await sandbox.post(f"chats/{GROUP_ID}/members/{BOT_ID}", {"status": "member"})
    await bot.updates()

    await olga.writes(0, "among ourselves")
    await olga.writes(0, "/queue")

    assert [update["message"]["text"] for update in await bot.updates()] == ["/queue"]
