"""How the sandbox's state looks to tests and to the page: JSON made of Bot API objects and a few words more."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.emoji import icon_emoji
from bot.sandbox.refusal import Json
from bot.sandbox.world import World


def overview(world: World) -> Json:
    """Return people, chats without their messages, the bot, its menu, faults and limits."""
    hook = world.webhook
    return {
        "seq": world.feed.seq,
        "bot": {**world.bot, "token": world.token},
        "people": [{**person.card(), "role": person.role} for person in world.people.values()],
        "chats": [chat_view(world, chat) for chat in world.chats.values()],
        "commands": world.commands,
        "profile": world.profile,
        "faults": [rule.dump() for rule in world.faults.rules],
        "limits": world.limits.on,
        "webhook": hook.get("url", ""),
        "waiting": len(world.updates.waiting),
    }


def chat_view(world: World, chat: Chat) -> Json:
    """Return a chat without its messages."""
    view: Json = {**chat.card(), "last_message_id": chat.last_message_id, "pinned": chat.pinned}
    if chat.is_private:
        return {**view, "started": chat.started, "blocked": chat.blocked, "reply_keyboard": chat.reply_keyboard}
    view["members"] = {str(user_id): member["status"] for user_id, member in chat.members.items()}
    view["bot_rights"] = chat.members.get(world.bot["id"], {})
    view["migrated_to"] = chat.migrated_to
    view["topics"] = [
        {
            "thread": topic.id,
            "name": topic.name,
            "closed": topic.closed,
            "icon_color": topic.icon_color,
            "icon_custom_emoji_id": topic.icon_custom_emoji_id,
            "icon": icon_emoji(topic.icon_custom_emoji_id),
        }
        for topic in chat.topics.values()
    ]
    return view


def message_views(chat: Chat, thread: int | None, limit: int) -> list[Json]:
    """Return the last messages of a chat or of one topic (0: General), oldest first, with their reactions."""
    found = [
        message for message in chat.messages.values() if thread is None or message.get("message_thread_id", 0) == thread
    ]
    return [
        {**message, "reactions": chat.reactions[message["message_id"]]}
        if chat.reactions.get(message["message_id"])
        else message
        for message in found[-limit:]
    ]


def call_view(event: Json) -> Json:
    """Return an event; the parameters of a call are read where they are JSON in a string."""
    if "call" not in event:
        return event
    call = event["call"]
    return {**event, "call": {**call, "params": {name: _read(value) for name, value in call["params"].items()}}}


def _read(value: Any) -> Any:  # noqa: ANN401 - whatever was sent
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
