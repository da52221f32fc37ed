"""From a checked content to a message in a chat: may the bot write there, into which topic, in answer to what.

The bot sends Anna a text: the chat must exist, Anna must have started the bot and not blocked it; into "Support
desk" the bot must be a member, and the topic must be there.
"""

from __future__ import annotations

from typing import Final

from bot.sandbox.call import Call
from bot.sandbox.chats import Chat
from bot.sandbox.checks import units
from bot.sandbox.keyboards import markup_of
from bot.sandbox.refusal import Json, Refusal, bad, forbidden
from bot.sandbox.world import SERVICE, World

GENERAL: Final = 1


def known_chat(world: World, chat_id: int) -> Chat:
    """Return a chat that the bot has met.

    Raises:
        Refusal: it has not, or the group has become a supergroup.
    """
    chat = world.chats.get(chat_id)
    if chat is None or (chat.is_private and not chat.started):
        raise bad("chat not found") if not _met_in_group(world, chat_id) else _not_started()
    if chat.migrated_to:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    return chat


def _met_in_group(world: World, user_id: int) -> bool:
    return user_id > 0 and any(not chat.is_private and chat.has(user_id) for chat in world.chats.values())


def _not_started() -> Refusal:
    return forbidden("bot can't initiate conversation with a user")


def open_chat(world: World, chat_id: int) -> Chat:
    """Return a chat that the bot may write to.

    Raises:
        Refusal: it may not: unknown, blocked, left or kicked.
    """
    chat = known_chat(world, chat_id)
    if chat.is_private:
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    status = chat.status_of(world.bot["id"])
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def thread_of(chat: Chat, call: Call) -> int:
    """Return the topic that a request writes into; 0 for none.

    Raises:
        Refusal: there is no such topic; General (1) cannot be named either.
    """
    thread = call.number("message_thread_id")
    if not thread:
        return 0
    if thread == GENERAL or not chat.is_forum or thread not in chat.topics:
        raise bad("message thread not found")
    return thread


def _check_open(world: World, chat: Chat, thread: int) -> None:
    """Refuse to write into a closed topic, unless the bot may manage topics."""
    if thread and chat.topics[thread].closed and not chat.may(world.bot["id"], "can_manage_topics"):
        raise bad("TOPIC_CLOSED")


def deliver(world: World, call: Call, content: Json) -> Json:
    """Send a content as the bot, with place, answer and buttons of the request.

    Raises:
        Refusal: whatever Telegram would not take.
    """
    chat = open_chat(world, call.chat_id)
    thread = thread_of(chat, call)
    _check_open(world, chat, thread)
    reply, quote = _answered(chat, call)
    inline, below = markup_of(call, private=chat.is_private)
    content = {**content, **quote}
    if inline is not None:
        content["reply_markup"] = inline
    if call.flag("protect_content"):
        content["has_protected_content"] = True
    about: Json = {}
    if below is not None:
        chat.reply_keyboard = below if "keyboard" in below else None
        about["reply_keyboard"] = below
    return world.post(chat, world.bot, content, thread=thread, reply_to=reply, about=about)


def _answered(chat: Chat, call: Call) -> tuple[Json | None, Json]:
    """Return the message that a request answers, and the quote from it."""
    wanted = call.mapping("reply_parameters")
    if wanted is None and call.has("reply_to_message_id"):
        wanted = {
            "message_id": call.number("reply_to_message_id"),
            "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
        }
    if not wanted:
        return None, {}
    here = int(wanted.get("chat_id", chat.id)) == chat.id
    message = chat.messages.get(int(wanted.get("message_id", 0))) if here else None
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return None, {}
        raise bad("message to be replied not found")
    quote = str(wanted.get("quote", ""))
    if not quote:
        return message, {}
    text = str(message.get("text", message.get("caption", "")))
    if quote not in text:
        raise bad("QUOTE_TEXT_INVALID")
    position = units(text[: text.index(quote)])
    return message, {"quote": {"text": quote, "position": position, "is_manual": True}}


def own_message(world: World, call: Call) -> tuple[Chat, Json]:
    """Return the bot's message that a request edits, and its chat.

    Raises:
        Refusal: there is none, or it is somebody else's.
    """
    chat = open_chat(world, call.chat_id)
    if not call.has("message_id"):
        raise bad("message identifier is not specified")
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.bot["id"] or not SERVICE.isdisjoint(message) or "forward_origin" in message:
        raise bad("message can't be edited")
    return chat, message
