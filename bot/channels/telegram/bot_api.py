"""The Bot API's JSON <-> our messages; pure, the same for every driver.

`read` turns an update as Telegram sent it into what it means, `write` turns one `Outgoing` into a method's name and
parameters. Facts are the Bot API's (10.3). What a refusal means stands in `refusals.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.conversation import Author, Edited, Happened, Happening, Incoming, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, Entity, EntityKind, RichText
from bot.domain.ports import Act, Capabilities, Outgoing, Raw

NAME = "telegram"
CAPABILITIES = Capabilities(max_text=4096, buttons=100, topics=True, contact_button=True, commands=True, copies=True)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
ANONYMOUS = {"1087968824", "136817688"}
"""GroupAnonymousBot and Channel_Bot, who write for anonymous admins and channels."""
MANAGES_TOPICS = "topics"
GENERAL_TOPIC = "1"
ICON_COLOURS = {"waiting": 16766590, "assigned": 7322096, "waiting_for_customer": 7322096, "order": 13338331}
"""createForumTopic takes six values: 7322096 blue, 16766590 yellow, 13338331 violet …"""
KINDS = (
    ContentKind.ANIMATION,  # before document: an animation carries both
    ContentKind.PHOTO,
    ContentKind.DOCUMENT,
    ContentKind.VIDEO,
    ContentKind.AUDIO,
    ContentKind.VOICE,
    ContentKind.VIDEO_NOTE,
    ContentKind.STICKER,
    ContentKind.VENUE,  # before location: a venue carries both
    ContentKind.LOCATION,
    ContentKind.CONTACT,
    ContentKind.POLL,
    ContentKind.DICE,
)
NOT_COPIED = {"paid_media", "giveaway", "giveaway_winners", "invoice", "story", "game", "checklist"}
UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What reading raises on a shape that the Bot API did not have when this was written."""
_ENTITIES = {kind.value: kind for kind in EntityKind} | {"expandable_blockquote": EntityKind.QUOTE}


def raw(update: Mapping[str, Any]) -> Raw:
    """Return an update for the inbox; its lane is the chat, in a forum the topic."""
    return Raw(str(update["update_id"]), _lane(update), update)


def _lane(update: Mapping[str, Any]) -> str:
    """Return what order is kept by; an update that nobody can read is stored all the same, so that it blocks none."""
    try:
        return _lane_of(update)
    except UNREADABLE:
        return f"{NAME}:else"


def _lane_of(update: Mapping[str, Any]) -> str:
    for name in ("message", "edited_message", "my_chat_member"):
        if name in update:
            return _place(update[name]).lane
    press = update.get("callback_query")
    if press:
        return _place(press["message"]).lane if press.get("message") else f"{NAME}:{press['from']['id']}"
    return f"{NAME}:else"


def _place(message: Mapping[str, Any]) -> Place:
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Place(NAME, str(message["chat"]["id"]), "" if thread is None else str(thread))


def read(update: Mapping[str, Any]) -> Incoming | None:
    """Return what an update means, None when it means nothing to a support desk."""
    if "message" in update:
        return _message(update["message"])
    if "edited_message" in update:
        return _edited(update["edited_message"])
    if "callback_query" in update:
        return _press(update["callback_query"])
    if "my_chat_member" in update:
        return _membership(update["my_chat_member"])
    return None


def _where(chat: Mapping[str, Any]) -> Where:
    kinds = {"private": Where.PRIVATE, "supergroup": Where.GROUP, "group": Where.GROUP}
    return kinds.get(chat.get("type", ""), Where.ELSEWHERE)


def _author(message: Mapping[str, Any]) -> Author:
    """Return who wrote; people who write for a chat instead of themselves are anonymous."""
    user = message.get("from") or {}
    name = " ".join(part for part in (user.get("first_name"), user.get("last_name")) if part)
    who = str(user.get("id", ""))
    anonymous = who in ANONYMOUS or ("sender_chat" in message and not message.get("is_automatic_forward"))
    return Author(who, name, user.get("username", ""), user.get("language_code", ""), anonymous)


def _at(stamp: float | None) -> datetime:
    return datetime.fromtimestamp(stamp or 0, UTC)


def _message(message: Mapping[str, Any]) -> Incoming | None:
    place, where, author = _place(message), _where(message["chat"]), _author(message)
    at = _at(message.get("date"))
    for name, what in (
        ("forum_topic_closed", Happening.TOPIC_CLOSED),
        ("forum_topic_reopened", Happening.TOPIC_REOPENED),
    ):
        if name in message:
            return Happened(place, where, author, at, what)
    if "migrate_to_chat_id" in message:
        return Happened(place, where, author, at, Happening.GROUP_MOVED, str(message["migrate_to_chat_id"]))
    try:
        content = _content(message)
    except UNREADABLE:
        content = Content(ContentKind.OTHER, RichText(""), copyable=False)
    if content is None:
        return None
    return Said(place, where, author, at, str(message["message_id"]), content, _quoted(message), _album(message))


def _album(message: Mapping[str, Any]) -> str:
    return str(message.get("media_group_id", ""))


def _quoted(message: Mapping[str, Any]) -> str:
    """Return the quoted message; every message in a topic replies to the topic's first one, which is no quote."""
    reply = message.get("reply_to_message")
    if not reply or "forum_topic_created" in reply or reply.get("message_id") == message.get("message_thread_id"):
        return ""
    return str(reply["message_id"])


def _edited(message: Mapping[str, Any]) -> Incoming | None:
    content = _content(message)
    if content is None:
        return None
    at = _at(message.get("edit_date"))
    return Edited(_place(message), _where(message["chat"]), _author(message), at, str(message["message_id"]), content)


def _press(press: Mapping[str, Any]) -> Incoming | None:
    message = press.get("message")
    if not message or "data" not in press:
        return None
    at = _at(message.get("date"))
    return Pressed(
        _place(message),
        _where(message["chat"]),
        _author(press),
        at,
        str(press["id"]),
        str(message["message_id"]),
        press["data"],
    )


def _membership(change: Mapping[str, Any]) -> Incoming | None:
    place, where, author = _place(change), _where(change["chat"]), _author(change)
    status, at = change.get("new_chat_member", {}).get("status", ""), _at(change.get("date"))
    if where is Where.PRIVATE:
        what = Happening.BLOCKED if status == "kicked" else Happening.UNBLOCKED
        return Happened(place, where, author, at, what)
    if status in {"left", "kicked"}:
        return Happened(place, where, author, at, Happening.BOT_REMOVED)
    rules = status == "administrator" and change["new_chat_member"].get("can_manage_topics") is not False
    return Happened(place, where, author, at, Happening.RIGHTS_CHANGED, MANAGES_TOPICS if rules else "")


def _content(message: Mapping[str, Any]) -> Content | None:
    """Return what a message carries; None for a service message, which nobody said."""
    if isinstance(message.get("text"), str):
        return Content(ContentKind.TEXT, _rich(message["text"], message.get("entities", ())))
    caption = _rich(message.get("caption", ""), message.get("caption_entities", ()))
    for kind in KINDS:
        if kind.value in message:
            details = _details(kind, message[kind.value])
            return Content(kind, caption or _in_words(kind, message[kind.value]), details)
    if NOT_COPIED & message.keys():
        return Content(ContentKind.OTHER, caption, copyable=False)
    return None


def _in_words(kind: ContentKind, body: Any) -> RichText:  # noqa: ANN401 JSON
    """Return the words of what has no caption but says something: a poll, a contact, a venue."""
    match kind:
        case ContentKind.POLL:
            options = "".join(f"\n• {option['text']}" for option in body.get("options", ()))
            return RichText(f"{body.get('question', '')}{options}")
        case ContentKind.CONTACT:
            name = f"{body.get('first_name', '')} {body.get('last_name', '')}".strip()
            return RichText(f"{name} {body.get('phone_number', '')}".strip())
        case ContentKind.VENUE:
            return RichText(f"{body.get('title', '')}, {body.get('address', '')}".strip(", "))
        case ContentKind.STICKER | ContentKind.DICE:
            return RichText(body.get("emoji", ""))
    return RichText("")


def _details(kind: ContentKind, body: Any) -> dict[str, Any]:  # noqa: ANN401 JSON
    if kind is ContentKind.PHOTO:
        body = body[-1]  # the largest size comes last
    names = {
        "file_id": "file_id",
        "file_name": "name",
        "mime_type": "mime",
        "file_size": "size",
        "duration": "duration",
        "latitude": "latitude",
        "longitude": "longitude",
        "phone_number": "phone",
    }
    place = body.get("location", {}) if kind is ContentKind.VENUE else {}
    return {ours: value for theirs, ours in names.items() if (value := {**body, **place}.get(theirs)) is not None}


def _rich(text: str, entities: Any) -> RichText:  # noqa: ANN401 JSON
    known = [
        Entity(_ENTITIES[entity["type"]], entity["offset"], entity["length"], _value(entity))
        for entity in entities
        if entity["type"] in _ENTITIES and entity["length"] > 0
    ]
    return RichText(text, tuple(known))


def _value(entity: Mapping[str, Any]) -> str:
    return str(entity.get("url") or entity.get("language") or entity.get("custom_emoji_id") or "")


def write(place: Place, outgoing: Outgoing) -> tuple[str, dict[str, Any]]:
    """Return the Bot API's method and parameters for one thing to be done.

    Returns:
        The method's name and parameters as JSON; a file to be uploaded is left out and named by `body["path"]`.
    """
    writer = _WRITERS[outgoing.act]
    method, params = writer(place, outgoing.body)
    return method, params


def _chat(place: Place) -> dict[str, Any]:
    """Return the chat and, except for the General topic, the thread; the API refuses thread 1."""
    chat: dict[str, Any] = {"chat_id": int(place.chat)}
    if place.thread and place.thread != GENERAL_TOPIC:
        chat["message_thread_id"] = int(place.thread)
    return chat


def _entities(text: RichText) -> list[dict[str, Any]]:
    written = []
    for entity in text.entities:
        body: dict[str, Any] = {"type": entity.kind.value, "offset": entity.offset, "length": entity.length}
        if entity.kind is EntityKind.LINK:
            body["url"] = entity.value
        elif entity.kind is EntityKind.PRE and entity.value:
            body["language"] = entity.value
        elif entity.kind is EntityKind.CUSTOM_EMOJI:
            body["custom_emoji_id"] = entity.value
        written.append(body)
    return written[:100]


def _text(body: Mapping[str, Any]) -> dict[str, Any]:
    text = RichText.from_dict(body["text"])
    entities = _entities(text)
    return {"text": text.text, **({"entities": entities} if entities else {})}


def _keyboard(body: Mapping[str, Any]) -> dict[str, Any]:
    rows = body.get("buttons")
    if rows:
        return {"reply_markup": {"inline_keyboard": [[_button(*button) for button in row] for row in rows]}}
    if body.get("ask_contact"):
        ask = [[{"text": body["ask_contact"], "request_contact": True}]]
        words = [[{"text": word} for word in body["words"]]] if body.get("words") else []
        markup = {"keyboard": ask + words, "resize_keyboard": True, "one_time_keyboard": True}
        return {"reply_markup": markup}
    if body.get("remove_keyboard"):
        return {"reply_markup": {"remove_keyboard": True}}
    return {}


def _button(text: str, action: str, url: str) -> dict[str, Any]:
    return {"text": text, "url": url} if url else {"text": text, "callback_data": action}


def _reply(body: Mapping[str, Any]) -> dict[str, Any]:
    if not body.get("reply_to"):
        return {}
    return {"reply_parameters": {"message_id": int(body["reply_to"]), "allow_sending_without_reply": True}}


def _say(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    silent = {"disable_notification": True} if body.get("silent") else {}
    return "sendMessage", {**_chat(place), **_text(body), **_keyboard(body), **_reply(body), **silent}


def _copy(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    source = {"from_chat_id": int(body["chat"]), "message_id": int(body["message"])}
    return "copyMessage", {**_chat(place), **source, **_reply(body)}


def _attach(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    caption = {"caption": body["caption"]} if body.get("caption") else {}
    return "sendDocument", {**_chat(place), **caption}


def _message_of(place: Place, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"chat_id": int(place.chat), "message_id": int(body["message"])}


def _edit(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "editMessageText", {**_message_of(place, body), **_text(body), **_keyboard(body)}


def _edit_buttons(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "editMessageReplyMarkup", {**_message_of(place, body), **_keyboard(body)}


def _answer_press(_: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    text = {"text": body["text"]} if body.get("text") else {}
    return "answerCallbackQuery", {"callback_query_id": body["press"], **text}


def _open_topic(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    colour = ICON_COLOURS.get(body.get("state", ""), ICON_COLOURS["waiting"])
    return "createForumTopic", {"chat_id": int(place.chat), "name": body["name"], "icon_color": colour}


def _edit_topic(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "editForumTopic", {**_chat(place), "name": body["name"]}


def _close_topic(place: Place, _: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "closeForumTopic", _chat(place)


def _reopen_topic(place: Place, _: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "reopenForumTopic", _chat(place)


def _pin(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "pinChatMessage", {**_message_of(place, body), "disable_notification": True}


def _set_commands(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the setting of a menu: for one chat, or without one for all private chats, or for the operators' group."""
    commands = [{"command": name, "description": text} for name, text in body["commands"]]
    language = {"language_code": body["language"]} if body.get("language") else {}
    scope = {"type": "chat", "chat_id": int(place.chat)} if place.chat else {"type": "all_private_chats"}
    return "setMyCommands", {"commands": commands, "scope": scope, **language}


_WRITERS = {
    Act.SAY: _say,
    Act.COPY: _copy,
    Act.ATTACH: _attach,
    Act.EDIT: _edit,
    Act.EDIT_BUTTONS: _edit_buttons,
    Act.ANSWER_PRESS: _answer_press,
    Act.OPEN_TOPIC: _open_topic,
    Act.EDIT_TOPIC: _edit_topic,
    Act.CLOSE_TOPIC: _close_topic,
    Act.REOPEN_TOPIC: _reopen_topic,
    Act.PIN: _pin,
    Act.SET_COMMANDS: _set_commands,
}


def link(place: Place) -> str:
    """Return the address of a topic of a supergroup for its members, empty for other places."""
    if not place.thread or not place.chat.startswith("-100"):
        return ""
    return f"https://t.me/c/{place.chat.removeprefix('-100')}/{place.thread}"
