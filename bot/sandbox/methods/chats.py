"""What the bot can ask about chats and people: getChat, getChatMember and the like; and leaving."""

from __future__ import annotations

from typing import Final

from bot.sandbox.call import Call
from bot.sandbox.chats import Chat
from bot.sandbox.delivery import known_chat, open_chat, thread_of
from bot.sandbox.refusal import Json, bad
from bot.sandbox.registry import method
from bot.sandbox.seed import BOT_RIGHTS
from bot.sandbox.world import World

_ACTIONS: Final = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
        *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
    }
)
_PERMISSIONS: Final = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_invite_users"),
)
_GIFTS: Final = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


@method("getChat", "chat_id")
def get_chat(world: World, call: Call) -> Json:
    """Return all about a chat."""
    chat = known_chat(world, call.chat_id) if call.chat_id > 0 else open_chat(world, call.chat_id)
    full: Json = {**chat.card(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    if not chat.is_private:
        full["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]]
    return full


def member_card(world: World, chat: Chat, user_id: int) -> Json:
    """Return the Bot API's ChatMember of somebody, left ones too."""
    user = world.bot if user_id == world.bot["id"] else world.people[user_id].card()
    kept = chat.members.get(user_id, {"status": "left"})
    card: Json = {**kept, "user": user}
    if kept["status"] == "administrator":
        rights = {right: bool(kept.get(right)) for right in BOT_RIGHTS}
        card.update({"can_be_edited": False, "is_anonymous": bool(kept.get("is_anonymous")), **rights})
    elif kept["status"] == "creator":
        card["is_anonymous"] = bool(kept.get("is_anonymous"))
    elif kept["status"] == "kicked":
        card["until_date"] = 0
    return card


@method("getChatMember", "chat_id user_id")
def get_member(world: World, call: Call) -> Json:
    """Return what somebody is in a chat."""
    chat = open_chat(world, call.chat_id)
    user_id = call.number("user_id")
    if user_id != world.bot["id"] and user_id not in world.people:
        raise bad("invalid user_id specified")
    if chat.is_private:
        return {"status": "member", "user": world.bot if user_id == world.bot["id"] else world.people[user_id].card()}
    return member_card(world, chat, user_id)


def _group(world: World, call: Call) -> Chat:
    chat = open_chat(world, call.chat_id)
    if chat.is_private:
        raise bad("there are no administrators in the private chat")
    return chat


@method("getChatAdministrators", "chat_id return_bots")
def get_administrators(world: World, call: Call) -> list[Json]:
    """Return the people who run a group; the bot itself among them only when it asks for bots."""
    chat = _group(world, call)
    return [
        member_card(world, chat, user_id)
        for user_id in chat.members
        if chat.status_of(user_id) in ("creator", "administrator")
        and (user_id != world.bot["id"] or call.flag("return_bots"))
    ]


@method("getChatMemberCount", "chat_id")
def count_members(world: World, call: Call) -> int:
    """Return how many are in a chat, the bot among them."""
    chat = open_chat(world, call.chat_id)
    return 2 if chat.is_private else sum(chat.has(user_id) for user_id in chat.members)


@method("sendChatAction", "chat_id action business_connection_id message_thread_id")
def send_action(world: World, call: Call) -> bool:
    """Show that the bot is typing or sending something."""
    chat = open_chat(world, call.chat_id)
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    world.feed.publish("action", chat.id, thread_of(chat, call), action=action)
    return True


@method("leaveChat", "chat_id")
def leave(world: World, call: Call) -> bool:
    """Leave a group."""
    chat = open_chat(world, call.chat_id)
    if chat.is_private:
        raise bad("chat member status can't be changed in private chats")
    chat.members[world.bot["id"]] = {"status": "left"}
    world.feed.publish("chat", chat.id)
    return True
