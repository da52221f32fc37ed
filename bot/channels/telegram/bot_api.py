"""The Bot API's JSON -> our messages; pure, the same for every driver.

`read` turns an update as Telegram sent it into what it means. Facts are the Bot API's (10.3). What we ask of it
stands in `requests.py`, what a refusal means in `refusals.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.conversation import (
    Author,
    Edited,
    Happened,
    Happening,
    Incoming,
    Place,
    Pressed,
    Reacted,
    Said,
    Sought,
    Where,
)
from bot.domain.message import Content, ContentKind, Entity, EntityKind, RichText
from bot.domain.ports import Capabilities, Raw

NAME = "telegram"
MEGABYTE = 1024 * 1024
CAPABILITIES = Capabilities(
    max_text=4096,
    buttons=100,
    topics=True,
    contact_button=True,
    location_button=True,
    commands=True,
    copies=True,
    max_caption=1024,
    albums=True,
    quotes=True,
    reactions=True,
    takes_back=timedelta(hours=48),
    takes_files=50 * MEGABYTE,
    gives_files=20 * MEGABYTE,
)
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction", "inline_query")
"""Reactions come only when they are asked for by name, and from groups only to administrators."""
ANONYMOUS = {"1087968824", "136817688"}
"""GroupAnonymousBot and Channel_Bot, who write for anonymous admins and channels."""
MANAGES_TOPICS = "topics"
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
NOT_COPIED = {"paid_media", "giveaway", "giveaway_winners", "invoice", "story", "game", "checklist", "rich_message"}
SERVICE = frozenset(
    "new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo group_chat_created "  # noqa: SIM905 as people list words
    "supergroup_chat_created channel_chat_created message_auto_delete_timer_changed migrate_to_chat_id "
    "migrate_from_chat_id pinned_message successful_payment refunded_payment users_shared chat_shared gift unique_gift "
    "gift_upgrade_sent connected_website write_access_allowed passport_data proximity_alert_triggered boost_added "
    "chat_background_set checklist_tasks_done checklist_tasks_added direct_message_price_changed forum_topic_created "
    "forum_topic_edited forum_topic_closed forum_topic_reopened general_forum_topic_hidden "
    "general_forum_topic_unhidden giveaway_created giveaway_completed paid_message_price_changed "
    "suggested_post_approved suggested_post_approval_failed suggested_post_declined suggested_post_paid "
    "suggested_post_refunded video_chat_scheduled video_chat_started video_chat_ended "
    "video_chat_participants_invited web_app_data chat_owner_left chat_owner_changed user_shared".split()
)
"""What Telegram itself says in a chat. Of anything else that a customer sends and nobody can read they are told so."""
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
    for name in ("message", "edited_message", "my_chat_member", "message_reaction"):
        if name in update:
            return _place(update[name]).lane
    press = update.get("callback_query")
    if press:
        return _place(press["message"]).lane if press.get("message") else f"{NAME}:{press['from']['id']}"
    if "inline_query" in update:
        return f"{NAME}:inline:{update['inline_query']['from']['id']}"
    return f"{NAME}:else"


def _place(message: Mapping[str, Any]) -> Place:
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    return Place(NAME, str(message["chat"]["id"]), "" if thread is None else str(thread))


def read(update: Mapping[str, Any]) -> Incoming | None:
    """Return what an update means, None when it means nothing to a support desk."""
    return next((reader(update[kind]) for kind, reader in _READERS.items() if kind in update), None)


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
    if content is None and where is Where.PRIVATE and not SERVICE & message.keys():
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
    place, where, author, album = _place(message), _where(message["chat"]), _author(message), _album(message)
    return Edited(place, where, author, at, str(message["message_id"]), content, album=album)


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


def _reaction(change: Mapping[str, Any]) -> Incoming:
    """Return who put which emoji on a message; of several the last, and custom ones are none that a bot may use."""
    by = {"from": change["user"]} if "user" in change else {"sender_chat": change.get("actor_chat", {})}
    emojis = [str(one["emoji"]) for one in change.get("new_reaction", ()) if one.get("type") == "emoji"]
    emoji = emojis[-1] if emojis else ""
    at, message = _at(change.get("date")), str(change["message_id"])
    return Reacted(_place(change), _where(change["chat"]), _author(by), at, message, emoji)


def _search(query: Mapping[str, Any]) -> Incoming | None:
    """Return an inline query; Telegram tells neither when it was typed nor in which chat."""
    place, author = Place(NAME, str(query["from"]["id"])), _author(query)
    return Sought(place, Where.ELSEWHERE, author, _at(None), str(query["id"]), str(query.get("query", "")).strip())


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


ANOTHER_IF_COPIED = frozenset({ContentKind.POLL, ContentKind.DICE})
"""A copy of a poll is another poll, whose votes nobody sees, and a copied die is thrown anew; both go on as words."""


def _content(message: Mapping[str, Any]) -> Content | None:
    """Return what a message carries; None for a service message, which nobody said."""
    if isinstance(message.get("text"), str):
        return Content(ContentKind.TEXT, _rich(message["text"], message.get("entities", ())))
    caption = _rich(message.get("caption", ""), message.get("caption_entities", ()))
    for kind in KINDS:
        if kind.value in message:
            details = _details(kind, message[kind.value])
            if message.get("has_media_spoiler"):
                details["spoiler"] = True
            if message.get("show_caption_above_media"):
                details["above"] = True
            copyable = kind not in ANOTHER_IF_COPIED
            return Content(kind, caption or _in_words(kind, message[kind.value]), details, copyable)
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
        case ContentKind.STICKER:
            return RichText(body.get("emoji", ""))
        case ContentKind.DICE:
            return RichText(f"{body.get('emoji', '')} {body.get('value', '')}".strip())
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
        "width": "width",
        "height": "height",
        "latitude": "latitude",
        "longitude": "longitude",
        "phone_number": "phone",
        "user_id": "user",
        "file_unique_id": "unique",
    }
    place = body.get("location", {}) if kind is ContentKind.VENUE else {}
    found = {ours: value for theirs, ours in names.items() if (value := {**body, **place}.get(theirs)) is not None}
    moves = body.get("is_animated") or body.get("is_video")
    return {**found, "still": True} if kind is ContentKind.STICKER and not moves else found


def _rich(text: str, entities: Any) -> RichText:  # noqa: ANN401 JSON
    known = [
        Entity(_ENTITIES[entity["type"]], entity["offset"], entity["length"], _value(entity))
        for entity in entities
        if entity["type"] in _ENTITIES and entity["length"] > 0
    ]
    return RichText(text, tuple(known))


def _value(entity: Mapping[str, Any]) -> str:
    return str(entity.get("url") or entity.get("language") or entity.get("custom_emoji_id") or "")


def link(place: Place) -> str:
    """Return the address of a topic of a supergroup for its members, empty for other places."""
    if not place.thread or not place.chat.startswith("-100"):
        return ""
    return f"https://t.me/c/{place.chat.removeprefix('-100')}/{place.thread}"


_READERS = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _press,
    "my_chat_member": _membership,
    "message_reaction": _reaction,
    "inline_query": _search,
}
