"""What can be done to a message that is there: edit, delete, pin, react.

The bot edits "Place 3 in the queue" into "Place 2"; the same text again is refused as not modified.
"""

from __future__ import annotations

from typing import Final

from bot.sandbox.call import Call
from bot.sandbox.chats import Chat
from bot.sandbox.checks import caption_of, text_of
from bot.sandbox.delivery import known_chat, open_chat, own_message
from bot.sandbox.emoji import REACTIONS
from bot.sandbox.keyboards import inline_of
from bot.sandbox.refusal import Json, bad
from bot.sandbox.registry import CAPTION, method
from bot.sandbox.world import World

TWO_DAYS: Final = 172_800
MOST_AT_ONCE: Final = 100
_NEVER_DELETED: Final = frozenset({"forum_topic_created", "migrate_to_chat_id", "migrate_from_chat_id"})
_CAPTIONED: Final = frozenset({"photo", "video", "animation", "document", "audio", "voice"})
_WHICH: Final = "business_connection_id chat_id message_id inline_message_id reply_markup"


def change(world: World, chat: Chat, message: Json, content: Json, dropped: tuple[str, ...]) -> Json:
    """Put new content into a message and show it; return the edited message.

    Args:
        world: the sandbox.
        chat: where the message is.
        message: as it was; stays as it is.
        content: the new fields.
        dropped: fields that go unless `content` has them.
    """
    edited = {key: value for key, value in message.items() if key not in dropped}
    edited.update(content)
    edited["edit_date"] = int(world.now())
    chat.messages[message["message_id"]] = edited
    world.feed.publish("edited", chat.id, message.get("message_thread_id", 0), message=edited)
    return edited


def _edit(world: World, call: Call, content: Json, fields: tuple[str, ...]) -> Json:
    chat, message = own_message(world, call)
    inline = inline_of(call)
    if inline is not None:
        content = {**content, "reply_markup": inline}
    dropped = (*fields, "reply_markup")
    if all(message.get(name) == content.get(name) for name in dropped):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )
    return change(world, chat, message, content, dropped)


@method(
    "editMessageText",
    f"{_WHICH} text parse_mode entities link_preview_options rich_message disable_web_page_preview",
)
def edit_text(world: World, call: Call) -> Json:
    """Edit a text; without a reply_markup its buttons go."""
    _, message = own_message(world, call)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edit(world, call, text_of(call), ("text", "entities"))


@method("editMessageCaption", f"{_WHICH} {CAPTION} show_caption_above_media")
def edit_caption(world: World, call: Call) -> Json:
    """Edit the caption of a photo or another medium."""
    _, message = own_message(world, call)
    if _CAPTIONED.isdisjoint(message):
        raise bad("there is no caption in the message to edit")
    return _edit(world, call, caption_of(call), ("caption", "caption_entities"))


@method("editMessageReplyMarkup", _WHICH)
def edit_markup(world: World, call: Call) -> Json:
    """Edit or take away the buttons of a message."""
    return _edit(world, call, {}, ())


def _check_deletable(world: World, chat: Chat, message: Json) -> None:
    own = message["from"]["id"] == world.bot["id"]
    allowed = own or chat.is_private or chat.may(world.bot["id"], "can_delete_messages")
    if not allowed or world.now() - message["date"] > TWO_DAYS or not _NEVER_DELETED.isdisjoint(message):
        raise bad("message can't be deleted")


def drop_message(world: World, chat: Chat, message_id: int) -> None:
    """Delete a message; the bot is not told, as by Telegram."""
    message = chat.messages.pop(message_id)
    chat.reactions.pop(message_id, None)
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    world.feed.publish("deleted", chat.id, message.get("message_thread_id", 0), message_id=message_id)


@method("deleteMessage", "chat_id message_id")
def delete_message(world: World, call: Call) -> bool:
    """Delete a message."""
    chat = open_chat(world, call.chat_id)
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise bad("message to delete not found")
    _check_deletable(world, chat, message)
    drop_message(world, chat, message["message_id"])
    return True


@method("deleteMessages", "chat_id message_ids")
def delete_messages(world: World, call: Call) -> bool:
    """Delete several messages; those that are not there are left out."""
    chat = open_chat(world, call.chat_id)
    ids = call.listing("message_ids")
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise bad("message identifiers are not specified")
    found = [chat.messages[one] for one in ids if one in chat.messages]
    for message in found:
        _check_deletable(world, chat, message)
    for message in found:
        drop_message(world, chat, message["message_id"])
    return True


def _check_pin_right(world: World, chat: Chat) -> None:
    if not chat.is_private and not chat.may(world.bot["id"], "can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")


@method("pinChatMessage", "chat_id message_id business_connection_id disable_notification")
def pin(world: World, call: Call) -> bool:
    """Pin a message, with the service message of it."""
    chat = open_chat(world, call.chat_id)
    _check_pin_right(world, chat)
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise bad("message to pin not found")
    if message["message_id"] not in chat.pinned:
        chat.pinned.append(message["message_id"])
        pinned = {key: value for key, value in message.items() if key != "reply_to_message"}
        thread = message.get("message_thread_id", 0)
        world.post(chat, world.bot, {"pinned_message": pinned}, thread=thread, about={})
    return True


@method("unpinChatMessage", "chat_id business_connection_id message_id")
def unpin(world: World, call: Call) -> bool:
    """Unpin a message, or the one pinned last."""
    chat = open_chat(world, call.chat_id)
    _check_pin_right(world, chat)
    message_id = call.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(message_id)
    world.feed.publish("chat", chat.id)
    return True


@method("setMessageReaction", "chat_id message_id reaction is_big")
def react(world: World, call: Call) -> bool:
    """Set the bot's one reaction to a message, or take it back."""
    chat = open_chat(world, call.chat_id)
    message = known_chat(world, call.chat_id).messages.get(call.number("message_id"))
    if message is None:
        raise bad("message to react not found")
    wanted = call.listing("reaction")
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    emojis = [str(one.get("emoji", "")) if isinstance(one, dict) else "" for one in wanted]
    if not REACTIONS.issuperset(emojis):
        raise bad("REACTION_INVALID")
    set_reactions(world, chat, message, world.bot["id"], emojis)
    return True


def set_reactions(world: World, chat: Chat, message: Json, user_id: int, emojis: list[str]) -> list[str]:
    """Replace somebody's reactions to a message; return those that they had."""
    given = chat.reactions.setdefault(message["message_id"], {})
    before = [emoji for emoji, users in given.items() if user_id in users]
    for emoji in before:
        given[emoji].remove(user_id)
    for emoji in emojis:
        given.setdefault(emoji, []).append(user_id)
    shown = {emoji: users for emoji, users in given.items() if users}
    chat.reactions[message["message_id"]] = shown
    thread = message.get("message_thread_id", 0)
    world.feed.publish("reaction", chat.id, thread, message_id=message["message_id"], reactions=shown)
    return before
