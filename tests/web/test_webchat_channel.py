"""The web chat as a channel: what it reads from the inbox and what it puts on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels import webchat
from bot.channels.webchat import WebChat
from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, bold, plain
from bot.domain.ports import Act, Outgoing, Receipt, Refused, TryLater, Why

PLACE = Place("webchat", "w1")
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Page:
    """A visitor's page that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, Mapping[str, Any]]] = []
        self.channel = WebChat(self.publish, lambda: f"m{len(self.told) + 1}")

    async def publish(self, chat: str, kind: str, body: Mapping[str, Any]) -> None:
        self.told.append((chat, kind, body))


def test_what_was_said_comes_out_of_the_inbox_as_it_went_in() -> None:
    payload = webchat.said("w1", "c1", "Hi", name="Visitor 1", language="de", at=AT)

    read = Page().channel.read(payload)

    author = Author("w1", "Visitor 1", language="de", made_up=True)
    assert read == Said(PLACE, Where.PRIVATE, author, AT, "c1", Content(ContentKind.TEXT, plain("Hi")))


def test_what_was_pressed_comes_out_of_the_inbox_as_it_went_in() -> None:
    payload = webchat.pressed("w1", "p1", "m1", "human", name="Visitor 1", language="de", at=AT)

    read = Page().channel.read(payload)

    author = Author("w1", "Visitor 1", language="de", made_up=True)
    assert read == Pressed(PLACE, Where.PRIVATE, author, AT, "p1", "m1", action="human")


def test_a_payload_of_a_later_version_means_nothing() -> None:
    payload = webchat.said("w1", "c1", "Hi", name="", language="en", at=AT) | {"kind": "waved"}

    assert Page().channel.read(payload) is None


async def test_words_go_onto_the_page_with_everything_it_needs() -> None:
    page = Page()
    body = {"text": bold("Hi").to_dict(), "buttons": [[["Yes", "y", ""]]], "progress": [2, 6]}

    receipt = await page.channel.deliver(PLACE, Outgoing(Act.SAY, body))

    shown = {
        "id": "m1",
        "author": "bot",
        "name": "",
        "text": "Hi",
        "entities": [["bold", 0, 2, ""]],
        "buttons": [[["Yes", "y", ""]]],
        "kind": "text",
        "details": {},
        "progress": [2, 6],
    }
    assert (receipt, page.told) == (Receipt("m1"), [("w1", "message", shown)])


async def test_the_operators_name_is_shown_and_never_the_bots() -> None:
    page = Page()
    text = plain("Hi").to_dict()

    await page.channel.deliver(PLACE, Outgoing(Act.SAY, {"text": text, "author": "operator", "name": "Olga"}))
    await page.channel.deliver(PLACE, Outgoing(Act.SAY, {"text": text, "name": "system"}))

    assert [(body["author"], body["name"]) for _, _, body in page.told] == [("operator", "Olga"), ("bot", "")]


async def test_an_edit_changes_buttons_and_text_only_where_one_is_given() -> None:
    page = Page()

    await page.channel.deliver(PLACE, Outgoing(Act.EDIT_BUTTONS, {"message": "m1", "buttons": []}))
    await page.channel.deliver(PLACE, Outgoing(Act.EDIT, {"message": "m1", "text": plain("New").to_dict()}))

    assert [body for _, _, body in page.told] == [
        {"id": "m1", "buttons": []},
        {"id": "m1", "buttons": [], "text": "New", "entities": []},
    ]


async def test_a_position_and_a_contact_are_carried_with_nothing_else_of_them() -> None:
    page = Page()
    spot = {"kind": "location", "details": {"latitude": 51.3, "longitude": 12.4, "file_id": "x"}}
    card = {"kind": "contact", "details": {"name": "Max", "phone": "+49170", "vcard": "x"}}

    for content in (spot, card):
        await page.channel.deliver(PLACE, Outgoing(Act.COPY, content))

    assert [body["details"] for _, _, body in page.told] == [
        {"latitude": 51.3, "longitude": 12.4},
        {"name": "Max", "phone": "+49170"},
    ]


async def test_a_file_of_another_channel_is_fetched_and_kept_before_the_page_hears_of_it() -> None:
    page, kept = Page(), dict[str, bytes]()

    async def fetch(channel: str, file: str, most: int) -> bytes:
        assert (channel, file, most, page.told) == ("telegram", "f1", 20 * 1024 * 1024, [])
        return b"picture"

    async def keep(key: str, content: bytes) -> None:
        assert page.told == []
        kept[key] = content

    channel = WebChat(page.publish, lambda: "m1", fetch, keep)
    text = bold("Look").to_dict()
    body = {"channel": "telegram", "kind": "photo", "text": text, "details": {"file_id": "f1", "size": 7}}

    receipt = await channel.deliver(PLACE, Outgoing(Act.COPY, body))

    ((_, _, shown),) = page.told
    assert (receipt, kept) == (Receipt("m1"), {"m1": b"picture"})
    assert (shown["kind"], shown["text"], shown["entities"]) == ("photo", "Look", text["entities"])
    assert shown["details"] == {"name": "photo.jpg", "size": 7, "url": "/chat/files/m1"}


async def test_a_file_that_cannot_be_fetched_now_is_tried_again_and_not_shown() -> None:
    page = Page()

    async def fetch(channel: str, file: str, most: int) -> bytes:
        raise TryLater(f"{channel} {file} {most}")

    channel = WebChat(page.publish, fetch=fetch)

    with pytest.raises(TryLater):
        await channel.deliver(PLACE, Outgoing(Act.COPY, {"channel": "telegram", "kind": "voice", "details": {}}))

    assert page.told == []


async def test_what_was_taken_back_goes_from_the_page_and_a_caption_changes_like_a_text() -> None:
    page = Page()

    await page.channel.deliver(PLACE, Outgoing(Act.DELETE, {"message": "m1"}))
    await page.channel.deliver(PLACE, Outgoing(Act.EDIT_CAPTION, {"message": "m2", "text": plain("New").to_dict()}))

    assert [(kind, body["id"]) for _, kind, body in page.told] == [("delete", "m1"), ("edit", "m2")]


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "video_note", "poll", "other", ""])
async def test_what_the_page_cannot_show_is_refused_and_not_dropped(kind: str) -> None:
    page = Page()

    with pytest.raises(Refused) as refused:
        await page.channel.deliver(PLACE, Outgoing(Act.COPY, {"kind": kind, "details": {}}))

    assert (refused.value.why, page.told) == (Why.NOT_CARRIED, [])


@pytest.mark.parametrize("act", [Act.OPEN_TOPIC, Act.PIN, Act.SET_COMMANDS, Act.CLOSE_TOPIC])
async def test_what_a_page_does_not_have_is_refused(act: Act) -> None:
    with pytest.raises(Refused):
        await Page().channel.deliver(PLACE, Outgoing(act, {}))


async def test_an_answered_press_needs_nothing() -> None:
    page = Page()

    assert await page.channel.deliver(PLACE, Outgoing(Act.ANSWER_PRESS, {"press": "p1"})) == Receipt()
    assert page.told == []


async def test_a_word_on_a_press_is_shown_for_a_moment() -> None:
    page = Page()

    await page.channel.deliver(PLACE, Outgoing(Act.ANSWER_PRESS, {"press": "p1", "text": "Thank you."}))

    assert page.told == [("w1", "notice", {"text": "Thank you."})]
