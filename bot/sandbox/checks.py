"""What Telegram checks before it takes a text: its length, and that all formatting lies inside it.

A text of 4,097 units is "message is too long"; a bold stretch that ends behind the last unit is refused. Lengths
and offsets are UTF-16 code units. White space around a text goes, and the entities move with it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.sandbox.call import Call
from bot.sandbox.refusal import Json, bad

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
MOST_ENTITIES: Final = 100
_SPACE: Final = " \n\r\t\v\f"
_ENTITY_TYPES: Final = frozenset(
    {
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic"),
        *("underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre"),
        *("text_link", "text_mention", "custom_emoji", "date_time"),
    }
)
_ENTITY_KEYS: Final = frozenset(
    {"type", "offset", "length", "url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format"}
)
_FOUND: Final = (
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?")),
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]", re.IGNORECASE)),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("mention", re.compile(r"(?<![\w.@])@[A-Za-z]\w{3,31}(?![\w.]*@)")),
    ("phone_number", re.compile(r"(?<!\w)\+\d[\d ()-]{6,18}\d(?!\w)")),
)


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_of(call: Call) -> Json:
    """Return `text` and `entities` of a request, checked and trimmed.

    Raises:
        Refusal: empty, too long, or with entities that do not fit.
    """
    if not call.has("text"):
        raise bad("message text is empty")
    text, entities = _formatted(call, "text", "entities")
    if not text:
        raise bad("message text is empty")
    if units(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(call: Call) -> Json:
    """Return `caption` and `caption_entities` of a request; empty when there is none.

    Raises:
        Refusal: too long, or with entities that do not fit.
    """
    caption, entities = _formatted(call, "caption", "caption_entities")
    if units(caption) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}


def _formatted(call: Call, name: str, entities_name: str) -> tuple[str, list[Json]]:
    if call.text("parse_mode"):
        raise bad("can't parse entities: the sandbox reads no parse_mode; send entities (sandbox)")
    return trimmed(call.text(name), call.listing(entities_name))


def trimmed(text: str, entities: list[Any]) -> tuple[str, list[Json]]:
    """Return text and entities without the white space around the text, with what Telegram finds itself added.

    Raises:
        Refusal: an entity is not one, or does not lie inside the text.
    """
    whole = units(text)
    if len(entities) > MOST_ENTITIES:
        raise bad("too many entities (sandbox: at most 100)")
    for entity in entities:
        _check(entity, whole)
    short = text.strip(_SPACE)
    if len(short) != len(text):
        start = len(text) - len(text.lstrip(_SPACE))
        entities = _moved(entities, start, units(short))
    return short, _with_found(short, entities)


def _check(entity: object, whole: int) -> None:
    if not isinstance(entity, dict) or entity.get("type") not in _ENTITY_TYPES:
        raise bad("can't parse entities: unsupported type of MessageEntity")
    if unknown := entity.keys() - _ENTITY_KEYS:
        raise bad(f'can\'t parse entities: unknown field "{min(unknown)}" (sandbox)')
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad("can't parse entities: offset and length must be of type Number")
    if offset < 0 or length < 1 or offset + length > whole:
        raise bad(
            f"can't parse entities: {entity['type']} at {offset} of {length} leaves the text of {whole} (sandbox)"
        )
    if entity["type"] == "text_link" and not str(entity.get("url", "")).strip():
        raise bad("can't parse entities: text_link without URL")
    if entity["type"] == "text_mention" and "user" not in entity:
        raise bad("can't parse entities: text_mention without user")
    if entity["type"] == "custom_emoji" and "custom_emoji_id" not in entity:
        raise bad("can't parse entities: custom_emoji without custom_emoji_id")


def _moved(entities: list[Any], start: int, whole: int) -> list[Json]:
    moved = []
    for entity in entities:
        offset = max(0, entity["offset"] - start)
        length = min(whole, entity["offset"] + entity["length"] - start) - offset
        if length > 0:
            moved.append({**entity, "offset": offset, "length": length})
    return moved


def _with_found(text: str, entities: list[Any]) -> list[Json]:
    if not any(sign in text for sign in "/@+:"):
        return sorted(entities, key=_place)
    found = list(entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            entity = {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
            if not any(_overlap(entity, other) for other in found):
                found.append(entity)
    return sorted(found, key=_place)


def _overlap(one: Json, other: Json) -> bool:
    if other["type"] not in ("code", "pre", "text_link", *(kind for kind, _ in _FOUND)):
        return False
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])


def _place(entity: Json) -> tuple[int, int]:
    return entity["offset"], -entity["length"]
