"""What people do: write, attach, answer, edit, press, react, block, and run the operators' group.

Each act changes the world as Telegram's own clients would and tells the bot. An act that Telegram's clients would not
offer, such as pressing a button that is not there, is a `NotPossible`, with a sentence for the page.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from bot.sandbox.chats import Chat, Person
from bot.sandbox.checks import trimmed, units
from bot.sandbox.made_files import make
from bot.sandbox.methods.edits import change, set_reactions
from bot.sandbox.methods.media import KINDS, medium
from bot.sandbox.refusal import Json, Refusal
from bot.sandbox.world import World

_PLACES: Final = {"latitude": 52.52, "longitude": 13.405}


class NotPossible(Exception):
    """Telegram's own client would not let a person do that."""


def person_of(world: World, user_id: int) -> Person:
    """Return somebody.

    Raises:
        NotPossible: nobody has that id.
    """
    if user_id not in world.people:
        raise NotPossible(f"nobody here has the id {user_id}")
    return world.people[user_id]


def chat_of(world: World, chat_id: int) -> Chat:
    """Return a chat.

    Raises:
        NotPossible: there is none of that id.
    """
    if chat_id not in world.chats:
        raise NotPossible(f"there is no chat {chat_id}")
    return world.chats[chat_id]


def _room(world: World, person: Person, chat_id: int, thread: int) -> Chat:
    """Return the chat that a person writes into, checked as Telegram's client checks it."""
    chat = chat_of(world, chat_id)
    if chat.is_private:
        if chat.id != person.id:
            raise NotPossible("this is somebody else's private chat")
        return chat
    if chat.migrated_to:
        raise NotPossible(f"the group has become {chat.migrated_to}")
    if not chat.has(person.id):
        raise NotPossible(f"{person.first_name} is not in {chat.title}")
    if thread:
        topic = chat.topics.get(thread)
        if topic is None:
            raise NotPossible(f"there is no topic {thread}")
        if topic.closed and not chat.may(person.id, "can_manage_topics"):
            raise NotPossible(f"the topic {topic.name!r} is closed")
    return chat


def write(world: World, user_id: int, order: dict[str, Any]) -> list[Json]:
    """Send what a person writes or attaches; return the messages.

    Args:
        world: the sandbox.
        user_id: who.
        order: `chat_id` (default: the private chat with the bot), `thread`, `reply_to` (a message id), `text` with
            `entities`, or `kind` with `caption`, or `album` (a list of kinds or of objects with `kind`); more in
            `content_of`. `anonymous` writes as the group itself, `via_bot` sends what an inline query of the bot found.

    Raises:
        NotPossible: Telegram's client would not send it.
    """
    person = person_of(world, user_id)
    thread = int(order.get("thread") or 0)
    chat = _room(world, person, int(order.get("chat_id") or person.id), thread)
    if chat.is_private:
        chat.started = True
        if chat.blocked:
            set_blocked(world, user_id, blocked=False)
    reply = None
    if order.get("reply_to"):
        reply = chat.messages.get(int(order["reply_to"]))
        if reply is None:
            raise NotPossible(f"there is no message {order['reply_to']} to answer")
    contents = _contents(world, person, order)
    sender, more = person.card(), {}
    if order.get("anonymous"):
        sender = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
        more = {"sender_chat": chat.card()}
    if order.get("via_bot"):
        more["via_bot"] = world.bot
    _use_keyboard(chat, contents[0])
    return [
        world.post(chat, sender, {**more, **content}, thread=thread, reply_to=reply, about={}) for content in contents
    ]


def _use_keyboard(chat: Chat, content: Json) -> None:
    """Put a keyboard away that is for one use, once its button was pressed."""
    keyboard = chat.reply_keyboard
    if keyboard and keyboard.get("one_time_keyboard") and ("contact" in content or "text" in content):
        chat.reply_keyboard = None


def _contents(world: World, person: Person, order: dict[str, Any]) -> list[Json]:
    if "album" not in order:
        return [content_of(world, person, order)]
    entries = [{"kind": entry} if isinstance(entry, str) else dict(entry) for entry in order["album"]]
    if not 2 <= len(entries) <= 10:  # noqa: PLR2004 - Bot API
        raise NotPossible("an album has 2 to 10 parts")
    if order.get("caption"):
        entries[0].setdefault("caption", order["caption"])
    album = str(13_000_000_000 + world.next_number())
    return [{**content_of(world, person, entry), "media_group_id": album} for entry in entries]


def content_of(world: World, person: Person, order: dict[str, Any]) -> Json:
    """Return the content of one message.

    Args:
        world: keeps the files.
        person: whose contact is shared when the order names no other.
        order: `text` and `entities`; or `kind`: photo, document, voice, video, video_note, audio, animation,
            sticker (each with `caption`, `name`, `mime`, `base64`, and `group` for a part of an album that is sent part
            by part), location, venue, contact (`phone`, `name`), dice, poll (`question`, `options`).

    Raises:
        NotPossible: nothing that could be sent.
    """
    kind = str(order.get("kind") or "text")
    if kind == "text":
        return _text(order)
    if kind in KINDS:
        return _file(world, kind, order)
    if kind in ("location", "venue"):
        place = {name: float(order.get(name, default)) for name, default in _PLACES.items()}
        if kind == "location":
            return {"location": place}
        return {"venue": {"location": place, "title": "Depot", "address": "Hafenstr. 1"}, "location": place}
    if kind == "contact":
        return {"contact": _contact(person, order)}
    if kind in ("dice", "poll"):
        return {kind: {"emoji": "🎲", "value": 4} if kind == "dice" else _poll(world, order)}
    raise NotPossible(f"there is no kind of message {kind!r}")


def _text(order: dict[str, Any]) -> Json:
    text, entities = _formatted(str(order.get("text", "")), order.get("entities"))
    if not text:
        raise NotPossible("an empty message cannot be sent")
    if units(text) > 4096:  # noqa: PLR2004 - Bot API
        raise NotPossible("a message has at most 4,096 characters")
    return {"text": text, "entities": entities} if entities else {"text": text}


def _formatted(text: str, entities: list[Any] | None) -> tuple[str, list[Json]]:
    try:
        return trimmed(text, list(entities or []))
    except Refusal as refusal:
        raise NotPossible(refusal.description) from None


def _file(world: World, kind: str, order: dict[str, Any]) -> Json:
    made = make(kind, world.next_number())
    content, name, mime = made.content, order.get("name") or made.name, order.get("mime") or made.mime
    if order.get("base64"):
        try:
            content = base64.b64decode(str(order["base64"]), validate=True)
        except binascii.Error:
            raise NotPossible("base64 is not base64") from None
    message = medium(KINDS[kind], world.files.add(kind, content, str(name), str(mime)), {})
    if kind == "sticker":
        message["sticker"]["emoji"] = str(order.get("emoji") or "🙂")
    caption, entities = _formatted(str(order.get("caption") or ""), order.get("entities"))
    if caption:
        message["caption"] = caption
    if entities:
        message["caption_entities"] = entities
    if order.get("group"):
        message["media_group_id"] = str(order["group"])
    return message


def _poll(world: World, order: dict[str, Any]) -> Json:
    options = [str(option) for option in order.get("options") or ("Yes", "No")]
    return {
        "id": str(world.next_number()),
        "question": str(order.get("question") or "Shall we?"),
        "options": [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    }


def _contact(person: Person, order: dict[str, Any]) -> Json:
    if order.get("phone"):
        return {"phone_number": str(order["phone"]), "first_name": str(order.get("name") or "Somebody")}
    card = person.card()
    contact: Json = {"phone_number": person.phone or "+4915155500000", "first_name": person.first_name}
    if "last_name" in card:
        contact["last_name"] = person.last_name
    return {**contact, "user_id": person.id}


def edit(world: World, user_id: int, order: dict[str, Any]) -> Json:
    """Change the text or caption of a person's own message (`chat_id`, `message_id`, `text`), or with `kind` its file.

    Raises:
        NotPossible: it is not there, not theirs, or has no text.
    """
    person = person_of(world, user_id)
    chat = chat_of(world, int(order.get("chat_id") or person.id))
    message = chat.messages.get(int(order["message_id"]))
    if message is None or message["from"]["id"] != user_id:
        raise NotPossible("only one's own messages can be edited")
    text, entities = _formatted(str(order.get("text", "")), order.get("entities"))
    name, names = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    if name == "text" and not text:
        raise NotPossible("a message cannot be edited to nothing")
    content: Json = {name: text} if text else {}
    if entities:
        content[names] = entities
    dropped = [name, names]
    if order.get("kind") in KINDS:
        content |= _file(world, str(order["kind"]), {**order, "caption": text})
        dropped += [kind for kind in KINDS if kind in message]
    edited = change(world, chat, message, content, tuple(dropped))
    world.tell_message("edited_message", chat, edited)
    return edited


def press(world: World, user_id: int, order: dict[str, Any]) -> str:
    """Press an inline button (`chat_id`, `message_id`, `button`: its text, or `callback_data`); return the press's id.

    Raises:
        NotPossible: there is no such button.
    """
    person = person_of(world, user_id)
    chat = chat_of(world, int(order.get("chat_id") or person.id))
    message = chat.messages.get(int(order["message_id"]))
    if message is None:
        raise NotPossible("the message of that button is gone")
    data = str(order["callback_data"]) if "callback_data" in order else _data_of(message, str(order.get("button", "")))
    press_id = str(4_000_000_000_000 + world.next_number())
    thread = message.get("message_thread_id", 0)
    world.remember_press({"id": press_id, "chat_id": chat.id, "thread": thread, "at": world.now(), "answer": None})
    query = {
        "id": press_id,
        "from": person.card(),
        "message": message,
        "chat_instance": str(abs(chat.id) * 7 + 11),
        "data": data,
    }
    world.tell("callback_query", query, chat.id)
    return press_id


def search(world: World, user_id: int, order: dict[str, Any]) -> str:
    """Type something behind the bot's name (`query`) in some chat; return the inline query's id."""
    person = person_of(world, user_id)
    query_id = str(5_000_000_000_000 + world.next_number())
    about = {"id": query_id, "chat_id": person.id, "thread": 0, "at": world.now(), "answer": None, "inline": True}
    world.remember_press(about)
    query = {"id": query_id, "from": person.card(), "query": str(order.get("query", "")), "offset": ""}
    world.tell("inline_query", query, person.id)
    return query_id


def _data_of(message: Json, text: str) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if button["text"] == text and "callback_data" in button:
            return str(button["callback_data"])
    shown = ", ".join(repr(button["text"]) for button in buttons) or "none"
    raise NotPossible(f"no button {text!r} to press; there are: {shown}")


def react(world: World, user_id: int, order: dict[str, Any]) -> None:
    """Set a person's reactions to a message (`chat_id`, `message_id`, `emoji`: one, or empty for none)."""
    person = person_of(world, user_id)
    chat = chat_of(world, int(order.get("chat_id") or person.id))
    message = chat.messages.get(int(order["message_id"]))
    if message is None:
        raise NotPossible("the message is gone")
    emojis = [str(order["emoji"])] if order.get("emoji") else []
    before = set_reactions(world, chat, message, user_id, emojis)
    if chat.is_private or chat.status_of(world.bot["id"]) != "administrator":
        return
    update = {
        "chat": chat.card(),
        "message_id": message["message_id"],
        "user": person.card(),
        "date": int(world.now()),
        "old_reaction": [{"type": "emoji", "emoji": emoji} for emoji in before],
        "new_reaction": [{"type": "emoji", "emoji": emoji} for emoji in emojis],
    }
    world.tell("message_reaction", update, chat.id)


def set_blocked(world: World, user_id: int, *, blocked: bool) -> None:
    """Block the bot, or stop blocking it."""
    person = person_of(world, user_id)
    chat = chat_of(world, user_id)
    if chat.blocked is blocked:
        return
    chat.blocked = blocked
    out, back = {"status": "kicked", "until_date": 0}, {"status": "member"}
    old, new = (back, out) if blocked else (out, back)
    update = {
        "chat": chat.card(),
        "from": person.card(),
        "date": int(world.now()),
        "old_chat_member": {**old, "user": world.bot},
        "new_chat_member": {**new, "user": world.bot},
    }
    world.tell("my_chat_member", update, chat.id)
    world.feed.publish("chat", chat.id)
