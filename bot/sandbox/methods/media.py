"""Everything that is not a text: photos, files, voices, places, contacts, albums.

A photo comes as an upload, as `attach://` and an upload, or as the file id of one that is here already; an address
is not fetched, because the sandbox never goes out.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.sandbox.call import Call, Upload
from bot.sandbox.checks import LONGEST_CAPTION, caption_of, trimmed, units
from bot.sandbox.delivery import deliver
from bot.sandbox.files import Stored
from bot.sandbox.refusal import Json, Refusal, bad
from bot.sandbox.registry import CAPTION, MANNERS, PLACE, SENDS, method, one
from bot.sandbox.world import World

LARGEST_PHOTO: Final = 10 * 1024 * 1024
LARGEST_FILE: Final = 50 * 1024 * 1024
ALBUM: Final = range(2, 11)
_INTERCHANGEABLE: Final = ({"document", "animation", "video", "audio", "voice"},)
_DICE: Final = {"🎲": 6, "🎯": 6, "🏀": 5, "⚽": 5, "🎳": 6, "🎰": 64}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file message.

    Attributes:
        name: field of the message, and of the request.
        captioned: may carry a caption.
        extras: fields of the medium that the request may set.
        fixed: fields of the medium that are always there, when the request does not set them.
    """

    name: str
    captioned: bool
    extras: str
    fixed: Json


_SIZE: Final = {"width": 640, "height": 360, "duration": 3}
KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("photo", captioned=True, extras="", fixed={"width": 640, "height": 480}),
        Kind("document", captioned=True, extras="", fixed={}),
        Kind("video", captioned=True, extras="duration width height", fixed=_SIZE),
        Kind("animation", captioned=True, extras="duration width height", fixed=_SIZE),
        Kind("audio", captioned=True, extras="duration performer title", fixed={"duration": 3}),
        Kind("voice", captioned=True, extras="duration", fixed={"duration": 3}),
        Kind("video_note", captioned=False, extras="duration length", fixed={"duration": 3, "length": 240}),
        Kind(
            "sticker",
            captioned=False,
            extras="emoji",
            fixed={"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
        ),
    )
}
_NAMED: Final = frozenset({"document", "video", "animation", "audio"})


def medium(kind: Kind, stored: Stored, extras: Json) -> Json:
    """Return the content of a message that carries a file."""
    card: Json = {
        "file_id": stored.id,
        "file_unique_id": stored.unique,
        "file_size": stored.size,
        **kind.fixed,
        **extras,
    }
    if kind.name in _NAMED and stored.name:
        card["file_name"] = stored.name
    if stored.mime and kind.name not in ("photo", "sticker", "video_note"):
        card["mime_type"] = stored.mime
    if kind.name == "photo":
        return {"photo": [card]}
    if kind.name == "animation":
        return {"animation": card, "document": {key: card[key] for key in card.keys() - kind.fixed.keys()}}
    return {kind.name: card}


def _stored(world: World, kind: Kind, value: str, upload: Upload | None) -> Stored:
    """Return the file that a request names or brings."""
    if upload is None:
        if not value:
            raise bad(f"there is no {kind.name.replace('_', ' ')} in the request")
        if value.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        stored = world.files.find(value)
        if stored.kind != kind.name and not any({stored.kind, kind.name} <= group for group in _INTERCHANGEABLE):
            raise bad(f"can't use file of type {stored.kind.title()} as {kind.name.title()}")
        return stored
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > LARGEST_FILE:
        raise Refusal(413, "Request Entity Too Large")
    if kind.name == "photo" and len(upload.content) > LARGEST_PHOTO:
        raise bad("file is too big")
    return world.files.add(kind.name, upload.content, upload.name, upload.mime)


def _attached(call: Call, name: str, value: str) -> Upload | None:
    field = value.removeprefix("attach://") if value.startswith("attach://") else name
    upload = call.files.get(field)
    if upload is None and value.startswith("attach://"):
        raise bad("can't find uploaded file by attach:// name (sandbox)")
    return upload


def _sender(kind: Kind) -> Callable[[World, Call], Json]:
    def send(world: World, call: Call) -> Json:
        caption = caption_of(call) if kind.captioned else {}
        value = call.text(kind.name)
        stored = _stored(world, kind, value, _attached(call, kind.name, value))
        extras = {name: _extra(call, name) for name in kind.extras.split() if call.has(name)}
        return deliver(world, call, {**medium(kind, stored, extras), **caption})

    return send


def _extra(call: Call, name: str) -> int | str:
    return call.text(name) if name in ("performer", "title", "emoji") else call.number(name)


_OPTIONS: Final = {
    "photo": "show_caption_above_media has_spoiler",
    "document": "disable_content_type_detection",
    "video": "cover start_timestamp show_caption_above_media has_spoiler supports_streaming",
    "animation": "show_caption_above_media has_spoiler",
}
for _kind in KINDS.values():
    _words = "".join(part.title() for part in _kind.name.split("_"))
    _caption = CAPTION if _kind.captioned else ""
    _thumbnail = "" if _kind.name in ("photo", "voice", "sticker") else "thumbnail"
    method(
        f"send{_words}",
        f"{SENDS} {_kind.name} {_kind.extras} {_caption} {_thumbnail} {_OPTIONS.get(_kind.name, '')}",
        sends=one,
    )(_sender(_kind))


def _place(call: Call) -> Json:
    latitude, longitude = call.real("latitude", 999), call.real("longitude", 999)
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:  # noqa: PLR2004 - degrees of the globe
        raise bad("wrong latitude or longitude specified (sandbox)")
    return {"latitude": latitude, "longitude": longitude}


@method(
    "sendLocation",
    f"{SENDS} latitude longitude horizontal_accuracy live_period heading proximity_alert_radius",
    sends=one,
)
def send_location(world: World, call: Call) -> Json:
    """Send a point on the map."""
    return deliver(world, call, {"location": _place(call)})


@method(
    "sendVenue",
    f"{SENDS} latitude longitude title address foursquare_id foursquare_type google_place_id google_place_type",
    sends=one,
)
def send_venue(world: World, call: Call) -> Json:
    """Send a point on the map with its name and address."""
    place = _place(call)
    venue = {"location": place, "title": call.text("title"), "address": call.text("address")}
    return deliver(world, call, {"venue": venue, "location": place})


@method("sendContact", f"{SENDS} phone_number first_name last_name vcard", sends=one)
def send_contact(world: World, call: Call) -> Json:
    """Send a phone number with a name."""
    if not call.text("phone_number"):
        raise bad("phone number is empty")
    if not call.text("first_name"):
        raise bad("first name is empty")
    fields = ("phone_number", "first_name", "last_name", "vcard")
    return deliver(world, call, {"contact": {name: call.text(name) for name in fields if call.text(name)}})


@method(
    "sendPoll",
    "chat_id business_connection_id message_thread_id disable_notification protect_content allow_paid_broadcast"
    " message_effect_id reply_parameters reply_markup allow_sending_without_reply reply_to_message_id question options"
    " question_parse_mode question_entities is_anonymous type allows_multiple_answers"
    " allows_revoting shuffle_options allow_adding_options hide_results_until_closes members_only country_codes"
    " correct_option_ids correct_option_id explanation explanation_parse_mode explanation_entities"
    " explanation_media open_period close_date is_closed description description_parse_mode"
    " description_entities media",
    sends=one,
)
def send_poll(world: World, call: Call) -> Json:
    """Send a poll."""
    options = [
        str(entry.get("text", "")) if isinstance(entry, dict) else str(entry) for entry in call.listing("options")
    ]
    if not 1 <= units(call.text("question")) <= 300 or not 1 <= len(options) <= 12:  # noqa: PLR2004 - Bot API
        raise bad("poll question or options have a wrong length (sandbox)")
    poll: Json = {
        "id": str(world.next_number()),
        "question": call.text("question"),
        "options": [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": call.flag("is_closed"),
        "is_anonymous": not call.has("is_anonymous") or call.flag("is_anonymous"),
        "type": call.text("type", "regular"),
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "allows_revoting": call.flag("allows_revoting"),
        "members_only": call.flag("members_only"),
    }
    return deliver(world, call, {"poll": poll})


@method("sendDice", f"{PLACE} {MANNERS} emoji", sends=one)
def send_dice(world: World, call: Call) -> Json:
    """Send a die."""
    emoji = call.text("emoji", "🎲")
    if emoji not in _DICE:
        raise bad("wrong dice emoji specified (sandbox)")
    value = random.randint(1, _DICE[emoji])  # noqa: S311 - a toy
    return deliver(world, call, {"dice": {"emoji": emoji, "value": value}})


def _album_size(call: Call) -> int:
    return len(call.listing("media"))


def _album(call: Call) -> list[dict[str, Any]]:
    entries = call.listing("media")
    if len(entries) not in ALBUM:
        raise bad("an album must have 2-10 media (sandbox)")
    if not all(
        isinstance(entry, dict) and entry.get("type") in ("photo", "video", "document", "audio") for entry in entries
    ):
        raise bad("can't parse InputMedia: media must be a photo, video, document or audio (sandbox)")
    kinds = {entry["type"] for entry in entries}
    if len(kinds) > 1 and not kinds <= {"photo", "video"}:
        raise bad("document and audio albums can't be mixed with other media")
    return entries


@method(
    "sendMediaGroup",
    "chat_id media business_connection_id message_thread_id direct_messages_topic_id disable_notification"
    " protect_content allow_paid_broadcast message_effect_id reply_parameters allow_sending_without_reply"
    " reply_to_message_id",
    sends=_album_size,
)
def send_album(world: World, call: Call) -> list[Json]:
    """Send an album; all of it is checked before the first message goes."""
    album = str(13_000_000_000 + world.next_number())
    contents = [{**_album_entry(world, call, entry), "media_group_id": album} for entry in _album(call)]
    return [deliver(world, call, content) for content in contents]


def _album_entry(world: World, call: Call, entry: dict[str, Any]) -> Json:
    kind = KINDS[entry["type"]]
    value = str(entry.get("media", ""))
    stored = _stored(world, kind, value, _attached(call, "", value))
    extras = {name: entry[name] for name in kind.extras.split() if entry.get(name) is not None}
    content = medium(kind, stored, extras)
    caption, entities = trimmed(str(entry.get("caption") or ""), list(entry.get("caption_entities") or []))
    if units(caption) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    if caption:
        content["caption"] = caption
    if entities:
        content["caption_entities"] = entities
    return content
