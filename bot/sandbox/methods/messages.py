"""sendMessage, and all that brings a message from one chat into another: copies and forwards.

Vera's photo reaches the operators as a copy: `copyMessage` from her chat into her topic, with a new message id.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from bot.sandbox.call import Call
from bot.sandbox.checks import caption_of, text_of
from bot.sandbox.delivery import deliver, known_chat, open_chat, thread_of
from bot.sandbox.refusal import Json, bad
from bot.sandbox.registry import CAPTION, MANNERS, SENDS, method, one
from bot.sandbox.world import SERVICE, World

MOST_AT_ONCE: Final = 100
_ENVELOPE: Final = frozenset(
    {
        *("message_id", "from", "chat", "date", "edit_date", "message_thread_id", "is_topic_message", "quote"),
        *("reply_to_message", "reply_markup", "forward_origin", "media_group_id", "has_protected_content"),
    }
)
_CAPTIONED: Final = frozenset({"photo", "video", "animation", "document", "audio", "voice"})
_BATCH: Final = "chat_id from_chat_id message_ids message_thread_id direct_messages_topic_id disable_notification"
_COPY: Final = (
    f"chat_id from_chat_id message_id message_thread_id direct_messages_topic_id video_start_timestamp {CAPTION}"
    f" show_caption_above_media {MANNERS}"
)


def _several(call: Call) -> int:
    return len(call.listing("message_ids"))


@method("sendMessage", f"{SENDS} text parse_mode entities link_preview_options disable_web_page_preview", sends=one)
def send_message(world: World, call: Call) -> Json:
    """Send a text."""
    content = text_of(call)
    preview = call.mapping("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return deliver(world, call, content)


def _source(world: World, call: Call, message_id: int, verb: str) -> Json:
    """Return the message to be copied or forwarded."""
    chat = known_chat(world, call.number("from_chat_id"))
    message = chat.messages.get(message_id)
    if message is None:
        raise bad(f"message to {verb} not found")
    if not SERVICE.isdisjoint(message):
        raise bad("message can't be copied" if verb == "copy" else "message can't be forwarded")
    if message.get("has_protected_content"):
        raise bad(f"message can't be {'copied' if verb == 'copy' else 'forwarded'}")
    return message


def _content(message: Json) -> Json:
    return {key: value for key, value in message.items() if key not in _ENVELOPE}


@method("copyMessage", _COPY, sends=one)
def copy_message(world: World, call: Call) -> Json:
    """Send a message again as the bot's own; a new caption may take the place of the old one."""
    open_chat(world, call.chat_id)
    content = _content(_source(world, call, call.number("message_id"), "copy"))
    if call.has("caption") and not _CAPTIONED.isdisjoint(content):
        content = {key: value for key, value in content.items() if key not in ("caption", "caption_entities")}
        content.update(caption_of(call))
    return {"message_id": deliver(world, call, content)["message_id"]}


def _ids(call: Call) -> list[int]:
    ids = call.listing("message_ids")
    if not 1 <= len(ids) <= MOST_AT_ONCE or not all(isinstance(one, int) for one in ids):
        raise bad("message identifiers are not specified")
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise bad("message identifiers must be in a strictly increasing order")
    return ids


def _many(world: World, call: Call, verb: str) -> list[tuple[Json, Json]]:
    """Return the messages of a batch that are there, each with its content; an album gets an id of its own."""
    open_chat(world, call.chat_id)
    chat = known_chat(world, call.number("from_chat_id"))
    found = [chat.messages[one] for one in _ids(call) if one in chat.messages]
    found = [message for message in found if SERVICE.isdisjoint(message) and "has_protected_content" not in message]
    if not found:
        raise bad(f"there are no messages to {verb}")
    albums: dict[str, str] = {}
    pairs = []
    for message in found:
        content = _content(message)
        if album := message.get("media_group_id"):
            content["media_group_id"] = albums.setdefault(album, str(13_000_000_000 + world.next_number()))
        if call.flag("remove_caption"):
            content.pop("caption", None)
            content.pop("caption_entities", None)
        pairs.append((message, content))
    return pairs


@method("copyMessages", f"{_BATCH} protect_content remove_caption", sends=_several)
def copy_messages(world: World, call: Call) -> list[Json]:
    """Copy several messages; those that are not there are left out, albums stay together."""
    return [{"message_id": deliver(world, call, content)["message_id"]} for _, content in _many(world, call, "copy")]


def _origin(message: Json) -> Json:
    if "forward_origin" in message:
        return dict(message["forward_origin"])
    return {"type": "user", "sender_user": message["from"], "date": message["date"]}


@method(
    "forwardMessage",
    "chat_id message_thread_id direct_messages_topic_id from_chat_id"
    " message_id video_start_timestamp disable_notification protect_content"
    " message_effect_id suggested_post_parameters",
    sends=one,
)
def forward_message(world: World, call: Call) -> Json:
    """Forward a message with the name of its author."""
    thread_of(open_chat(world, call.chat_id), call)
    message = _source(world, call, call.number("message_id"), "forward")
    origin = _origin(message)
    return deliver(world, call, {**_content(message), "forward_origin": origin})


@method("forwardMessages", f"{_BATCH} protect_content", sends=_several)
def forward_messages(world: World, call: Call) -> list[Json]:
    """Forward several messages; those that are not there are left out."""
    sent = []
    for message, content in _many(world, call, "forward"):
        origin = _origin(message)
        sent.append({"message_id": deliver(world, call, {**content, "forward_origin": origin})["message_id"]})
    return sent
