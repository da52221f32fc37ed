"""What is asked of the Bot API for copies, albums, changes and signs."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram import requests
from bot.domain.conversation import Place
from bot.domain.message import Entity, EntityKind, RichText, bold, plain
from bot.domain.ports import Act, Outgoing

ANNA, TOPIC = Place("telegram", "511"), Place("telegram", "-100", "42")
Json = dict[str, Any]


def part(number: int, text: RichText, **details: object) -> Json:
    return {"kind": "photo", "text": text.to_dict(), "details": {"file_id": f"f{number}", **details}}


@pytest.mark.parametrize(
    ("place", "act", "body", "method", "params"),
    [
        (
            TOPIC,
            Act.COPY,
            {"chat": "511", "message": "7", "kind": "voice", "reply_to": "5"},
            "copyMessage",
            {
                "chat_id": -100,
                "message_thread_id": 42,
                "from_chat_id": 511,
                "message_id": 7,
                "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
            },
        ),
        (
            ANNA,
            Act.COPY,
            part(1, bold("Receipt"), spoiler=True) | {"reply_to": "5"},
            "sendPhoto",
            {
                "chat_id": 511,
                "photo": "f1",
                "caption": "Receipt",
                "caption_entities": [{"type": "bold", "offset": 0, "length": 7}],
                "has_spoiler": True,
                "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
            },
        ),
        (
            ANNA,
            Act.COPY,
            {"kind": "sticker", "text": plain("👍").to_dict(), "details": {"file_id": "s1"}},
            "sendSticker",
            {"chat_id": 511, "sticker": "s1"},
        ),
        (
            ANNA,
            Act.EDIT_CAPTION,
            {"message": "7", "text": bold("New").to_dict()},
            "editMessageCaption",
            {
                "chat_id": 511,
                "message_id": 7,
                "caption": "New",
                "caption_entities": [{"type": "bold", "offset": 0, "length": 3}],
            },
        ),
        (ANNA, Act.DELETE, {"message": "7"}, "deleteMessage", {"chat_id": 511, "message_id": 7}),
        (
            TOPIC,
            Act.REACT,
            {"message": "7", "emoji": "👌"},
            "setMessageReaction",
            {"chat_id": -100, "message_id": 7, "reaction": [{"type": "emoji", "emoji": "👌"}]},
        ),
        (
            ANNA,
            Act.REACT,
            {"message": "7", "emoji": ""},
            "setMessageReaction",
            {"chat_id": 511, "message_id": 7, "reaction": []},
        ),
        (
            TOPIC,
            Act.ATTACH,
            {"path": "/x/a.jpg", "name": "a.jpg", "kind": "photo", "size": 5, "caption": "Look"},
            "sendPhoto",
            {"chat_id": -100, "message_thread_id": 42, "caption": "Look"},
        ),
        (
            TOPIC,
            Act.ATTACH,
            {"path": "/x/a.jpg", "name": "a.jpg", "kind": "photo", "size": 11 * 1024 * 1024},
            "sendDocument",
            {"chat_id": -100, "message_thread_id": 42},
        ),
    ],
)
def test_each_thing_to_be_done_is_one_request(place: Place, act: Act, body: Json, method: str, params: Json) -> None:
    assert requests.write(place, Outgoing(act, body)) == (method, params)


def test_the_parts_of_an_album_are_one_request_in_order_with_captions_spoilers_and_the_quote() -> None:
    caption = RichText("🫖 one", (Entity(EntityKind.BOLD, 3, 3),))
    parts = [part(1, caption), part(2, plain(""), spoiler=True), part(3, plain(""))]
    body = {"chat": "-100", "message": "7", "kind": "photo", "album": "a", "parts": parts, "reply_to": "5"}

    method, params = requests.write(ANNA, Outgoing(Act.COPY, body))

    assert method == "sendMediaGroup"
    assert params == {
        "chat_id": 511,
        "media": [
            {
                "type": "photo",
                "media": "f1",
                "caption": "🫖 one",
                "caption_entities": [{"type": "bold", "offset": 3, "length": 3}],
            },
            {"type": "photo", "media": "f2", "has_spoiler": True},
            {"type": "photo", "media": "f3"},
        ],
        "reply_parameters": {"message_id": 5, "allow_sending_without_reply": True},
    }


def test_a_part_that_was_left_alone_is_copied_with_the_caption_that_was_read() -> None:
    body = {"chat": "-100", "message": "7", **part(1, plain("one")), "album": "a"}

    assert requests.write(ANNA, Outgoing(Act.COPY, body)) == (
        "copyMessage",
        {"chat_id": 511, "from_chat_id": -100, "message_id": 7, "caption": "one"},
    )
