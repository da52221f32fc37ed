"""Topics of a forum: open, rename, close, open again, delete.

The bot opens "Anna · order 1042": the service message of it has the id that the topic has from then on, and comes
to the bot as an update like those of people.
"""

from __future__ import annotations

from typing import Final

from bot.sandbox.call import Call
from bot.sandbox.chats import Chat, Topic
from bot.sandbox.checks import units
from bot.sandbox.delivery import open_chat
from bot.sandbox.emoji import ICONS, icon_emoji, icon_id
from bot.sandbox.refusal import Json, bad
from bot.sandbox.registry import method
from bot.sandbox.world import World

COLOURS: Final = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
LONGEST_NAME: Final = 128


@method("getForumTopicIconStickers")
def get_icons(world: World, call: Call) -> list[Json]:
    """Return the emoji that a topic may carry."""
    del world, call
    return [
        {
            "file_id": f"icon-{number}",
            "file_unique_id": f"icon{number}",
            "type": "custom_emoji",
            "width": 100,
            "height": 100,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
            "set_name": "Topics",
            "custom_emoji_id": icon_id(emoji),
            "needs_repainting": False,
        }
        for number, emoji in enumerate(ICONS)
    ]


def _forum(world: World, call: Call, verb: str) -> Chat:
    chat = open_chat(world, call.chat_id)
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    right = "can_delete_messages" if verb == "delete the topic" else "can_manage_topics"
    if not chat.may(world.bot["id"], right):
        raise bad(f"not enough rights to {verb}")
    return chat


def _topic(chat: Chat, call: Call) -> Topic:
    thread = call.number("message_thread_id")
    if thread in chat.gone_topics:
        raise bad("TOPIC_DELETED")
    if thread not in chat.topics:
        raise bad("TOPIC_ID_INVALID")
    return chat.topics[thread]


def _name(call: Call) -> str:
    name = call.text("name").strip()
    if not name:
        raise bad("topic name is empty")
    if units(name) > LONGEST_NAME:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name


def _icon(call: Call) -> str:
    icon = call.text("icon_custom_emoji_id")
    if icon and not icon_emoji(icon):
        raise bad("DOCUMENT_INVALID")
    return icon


def add_topic(world: World, chat: Chat, sender: Json, topic: Topic) -> Topic:
    """Open a topic; its id is that of its service message, so the one given does not count."""
    created: Json = {"name": topic.name, "icon_color": topic.icon_color}
    if topic.icon_custom_emoji_id:
        created["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    topic.id = chat.last_message_id + 1
    chat.topics[topic.id] = topic
    world.post(chat, sender, {"forum_topic_created": created}, thread=topic.id, about={})
    world.feed.publish("topic", chat.id, topic.id)
    return topic


def set_closed(world: World, chat: Chat, sender: Json, topic: Topic, *, closed: bool) -> None:
    """Close a topic or open it again, with the service message of it."""
    topic.closed = closed
    word = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.post(chat, sender, {word: {}}, thread=topic.id, about={})
    world.feed.publish("topic", chat.id, topic.id)


def drop_topic(world: World, chat: Chat, topic: Topic) -> None:
    """Delete a topic with all its messages; nobody is told, as by Telegram."""
    chat.drop(topic.id)
    world.feed.publish("topic", chat.id, topic.id)


@method("createForumTopic", "chat_id name icon_color icon_custom_emoji_id")
def create_topic(world: World, call: Call) -> Json:
    """Open a topic."""
    chat = _forum(world, call, "create a topic")
    colour = call.number("icon_color", COLOURS[0])
    if colour not in COLOURS:
        raise bad("wrong icon color specified (sandbox: one of six)")
    topic = add_topic(world, chat, world.bot, Topic(0, _name(call), colour, _icon(call)))
    answer: Json = {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}
    if topic.icon_custom_emoji_id:
        answer["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    return answer


@method("editForumTopic", "chat_id message_thread_id name icon_custom_emoji_id")
def edit_topic(world: World, call: Call) -> bool:
    """Give a topic another name or icon; an empty icon takes it away."""
    chat = _forum(world, call, "edit the topic")
    topic = _topic(chat, call)
    changed: Json = {}
    if call.text("name") and _name(call) != topic.name:
        changed["name"] = topic.name = _name(call)
    if call.has("icon_custom_emoji_id") and _icon(call) != topic.icon_custom_emoji_id:
        changed["icon_custom_emoji_id"] = topic.icon_custom_emoji_id = _icon(call)
    if not changed:
        raise bad("TOPIC_NOT_MODIFIED")
    world.post(chat, world.bot, {"forum_topic_edited": changed}, thread=topic.id, about={})
    world.feed.publish("topic", chat.id, topic.id)
    return True


def _toggle(world: World, call: Call, *, closed: bool) -> bool:
    chat = _forum(world, call, "close the topic" if closed else "reopen the topic")
    topic = _topic(chat, call)
    if topic.closed is closed:
        raise bad("TOPIC_NOT_MODIFIED")
    set_closed(world, chat, world.bot, topic, closed=closed)
    return True


@method("closeForumTopic", "chat_id message_thread_id")
def close_topic(world: World, call: Call) -> bool:
    """Close a topic to those who are no administrators."""
    return _toggle(world, call, closed=True)


@method("reopenForumTopic", "chat_id message_thread_id")
def reopen_topic(world: World, call: Call) -> bool:
    """Open a closed topic again."""
    return _toggle(world, call, closed=False)


@method("deleteForumTopic", "chat_id message_thread_id")
def delete_topic(world: World, call: Call) -> bool:
    """Delete a topic with all its messages."""
    chat = _forum(world, call, "delete the topic")
    drop_topic(world, chat, _topic(chat, call))
    return True


@method("unpinAllForumTopicMessages", "chat_id message_thread_id")
def unpin_topic(world: World, call: Call) -> bool:
    """Unpin whatever is pinned in a topic."""
    chat = _forum(world, call, "manage pinned messages in the chat")
    thread = _topic(chat, call).id
    chat.pinned = [one for one in chat.pinned if chat.messages.get(one, {}).get("message_thread_id") != thread]
    return True
