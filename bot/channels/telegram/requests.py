"""Our messages -> the Bot API's JSON; pure, the same for every driver.

One `Outgoing` becomes a method's name and parameters: an answer with two buttons is a sendMessage, the parts of an
album are one sendMediaGroup. Facts are the Bot API's (10.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.telegram.bot_api import MEGABYTE
from bot.domain.conversation import Place
from bot.domain.message import ContentKind, EntityKind, RichText
from bot.domain.ports import Act, Outgoing

GENERAL_TOPIC = "1"
ICON_COLOURS = {"waiting": 16766590, "assigned": 7322096, "waiting_for_customer": 7322096, "order": 13338331}
"""createForumTopic takes six values: 7322096 blue, 16766590 yellow, 13338331 violet …"""
LARGEST_PHOTO = 10 * MEGABYTE
SENT_ANEW = {
    ContentKind.PHOTO: "sendPhoto",
    ContentKind.DOCUMENT: "sendDocument",
    ContentKind.VIDEO: "sendVideo",
    ContentKind.ANIMATION: "sendAnimation",
    ContentKind.AUDIO: "sendAudio",
    ContentKind.VOICE: "sendVoice",
    ContentKind.VIDEO_NOTE: "sendVideoNote",
    ContentKind.STICKER: "sendSticker",
}
"""How a file goes by its id."""
CAPTIONED = SENT_ANEW.keys() - {ContentKind.VIDEO_NOTE, ContentKind.STICKER}


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
    if body.get("ask_contact") or body.get("ask_location"):
        kind = "contact" if body.get("ask_contact") else "location"
        ask = [[{"text": body[f"ask_{kind}"], f"request_{kind}": True}]]
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
    """Return the copy of a message, or of an album whose parts go together: copies of those could quote nothing.

    copyMessage takes a message as it stands when it is called. Its caption is changed by then, perhaps; given with the
    call, also an empty one, the caption is the one that was read.
    """
    if body.get("parts"):
        return "sendMediaGroup", {**_chat(place), "media": [_medium(part) for part in body["parts"]], **_reply(body)}
    if "message" not in body:
        return _sent_anew(place, body)
    source = {"from_chat_id": int(body["chat"]), "message_id": int(body["message"])}
    return "copyMessage", {**_chat(place), **source, **_as_read(body), **_reply(body)}


def _as_read(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the caption of a copy and where it stands; nothing for what can have none."""
    if "text" not in body:
        return {}
    caption = RichText.from_dict(body["text"])
    read: dict[str, Any] = {"caption": caption.text}
    if caption.entities:
        read["caption_entities"] = _entities(caption)
    if (body.get("details") or {}).get("above"):
        read["show_caption_above_media"] = True
    return read


def _sent_anew(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the sending of a file whose original cannot be copied, or is another by now, by the file's id."""
    kind, details = ContentKind(body["kind"]), body["details"]
    below = _as_read(body) if body["text"]["text"] and kind in CAPTIONED else {}
    hidden = {"has_spoiler": True} if details.get("spoiler") else {}
    return SENT_ANEW[kind], {**_chat(place), kind.value: details["file_id"], **below, **hidden, **_reply(body)}


def _medium(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return one part of an album as InputMedia, by the file's id."""
    caption, details = RichText.from_dict(part["text"]), part["details"]
    medium: dict[str, Any] = {"type": part["kind"], "media": details["file_id"]}
    if caption:
        medium |= {"caption": caption.text, "caption_entities": _entities(caption)}
    if details.get("above") and part["kind"] in {ContentKind.PHOTO.value, ContentKind.VIDEO.value}:
        medium["show_caption_above_media"] = True
    if details.get("spoiler"):
        medium["has_spoiler"] = True
    return medium


def file_field(body: Mapping[str, Any]) -> str:
    """Return as what an attached file goes: pictures up to 10 MB as photos, everything else as a document."""
    is_photo = body.get("kind") == ContentKind.PHOTO.value and body.get("size", LARGEST_PHOTO + 1) <= LARGEST_PHOTO
    return "photo" if is_photo else "document"


def _attach(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    caption = {"caption": body["caption"]} if body.get("caption") else {}
    return "sendPhoto" if file_field(body) == "photo" else "sendDocument", {**_chat(place), **caption, **_reply(body)}


def _message_of(place: Place, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"chat_id": int(place.chat), "message_id": int(body["message"])}


def _edit(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "editMessageText", {**_message_of(place, body), **_text(body), **_keyboard(body)}


def _edit_caption(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    text = RichText.from_dict(body["text"])
    caption = {"caption": text.text, "caption_entities": _entities(text)}
    return "editMessageCaption", {**_message_of(place, body), **caption, **_keyboard(body)}


def _delete(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "deleteMessage", _message_of(place, body)


def _react(place: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    reaction = [{"type": "emoji", "emoji": body["emoji"]}] if body.get("emoji") else []
    return "setMessageReaction", {**_message_of(place, body), "reaction": reaction}


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


def _answer_search(_: Place, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    results = [
        {
            "type": "article",
            "id": one["id"],
            "title": one["title"],
            "description": one["description"],
            "input_message_content": {
                "message_text": one["text"]["text"],
                "entities": _entities(RichText.from_dict(one["text"])),
            },
        }
        for one in body["results"]
    ]
    return "answerInlineQuery", {
        "inline_query_id": body["query"],
        "results": results,
        "cache_time": body.get("cached", 0),
        "is_personal": True,
    }


_WRITERS = {
    Act.SAY: _say,
    Act.COPY: _copy,
    Act.ATTACH: _attach,
    Act.EDIT: _edit,
    Act.EDIT_CAPTION: _edit_caption,
    Act.DELETE: _delete,
    Act.REACT: _react,
    Act.EDIT_BUTTONS: _edit_buttons,
    Act.ANSWER_PRESS: _answer_press,
    Act.ANSWER_SEARCH: _answer_search,
    Act.OPEN_TOPIC: _open_topic,
    Act.EDIT_TOPIC: _edit_topic,
    Act.CLOSE_TOPIC: _close_topic,
    Act.REOPEN_TOPIC: _reopen_topic,
    Act.PIN: _pin,
    Act.SET_COMMANDS: _set_commands,
}
