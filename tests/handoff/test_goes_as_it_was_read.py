"""What goes to a customer is what was read here, whatever becomes of the original before the copy is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.telegram import requests
from bot.domain.conversation import Author, Edited, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, EntityKind, RichText, plain, styled
from bot.domain.ports import Receipt
from bot.handlers import changes, topic
from bot.handoff import notes
from bot.handoff.ticket import State
from bot.messaging import backlog, outbox
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

WRITTEN = "500"
ANNA = Place("telegram", "511")


@dataclass
class Desk:
    """A floor on which Olga writes to Anna, who waits."""

    floor: Floor

    async def writes(
        self,
        text: RichText | str,
        kind: ContentKind = ContentKind.PHOTO,
        *,
        edited: bool = False,
        file: str = "1",
        message: str = WRITTEN,
        to: str = "",
        about: str = "Anna",
        **details: object,
    ) -> None:
        """Let Olga write in the topic, or change what she wrote; `file` stands for the file that is in it."""

        def work(conn: Connection) -> None:
            turn, olga = self.floor.turn(conn, about), self.floor.person(conn, "Olga")
            place = replace(GROUP, thread=str(turn.conversation.id))
            named = {} if kind is ContentKind.TEXT else {"file_id": f"F{file}", "unique": f"U{file}", **details}
            content = Content(kind, plain(text) if isinstance(text, str) else text, named)
            at = (place, Where.GROUP, Author("Olga", "Olga"), self.floor.now, message, content)
            if edited:
                turn.carry(changes.edited_by_staff(turn, olga, Edited(*at)))
            else:
                turn.carry(topic.written(turn, olga, Said(*at, replies_to=to)))

        await self.floor.change(work)

    async def presses(self, key: int) -> str:
        """Let Olga press "Send again"; return what she is told."""

        def work(conn: Connection) -> str:
            turn = self.floor.turn(conn, "Anna")
            place = replace(GROUP, thread=str(turn.conversation.id))
            press = Pressed(place, Where.GROUP, Author("Olga", "Olga"), self.floor.now, "p", "99", f"again:{key}")
            sayings = topic.pressed(turn, self.floor.person(conn, "Olga"), press)
            turn.carry(sayings)
            return str(sayings[0].outgoing.body["text"])

        return await self.floor.change(work)

    async def goes(self, becomes: str = outbox.SENT, about: str = "Anna") -> list[tuple[str, dict[str, Any]]]:
        """Let what waits for the customer go, or come back; return the calls that Olga's words make."""
        calls: list[tuple[str, dict[str, Any]]] = []

        def work(conn: Connection) -> None:
            now = self.floor.now
            mine = self.floor.turn(conn, about).conversation.place
            while taken := outbox.claim(conn, now, 400, [mine.channel], lambda _: True):
                for one in taken:
                    theirs = one.author == outbox.OPERATOR and one.place == mine
                    if theirs:
                        self.last = one.id
                        calls.append(requests.write(ANNA, one.outgoing))
                    if not theirs or becomes == outbox.SENT:
                        outbox.settle_sent(conn, one, Receipt(str(one.id)), now)
                    elif becomes == outbox.UNCERTAIN:
                        outbox.settle_uncertain(conn, one, "cut", timedelta(0), now)
                    elif becomes == outbox.FAILED:
                        outbox.settle_failed(conn, one.id, "no", now)
                    else:
                        outbox.settle_later(conn, one, "429", timedelta(seconds=4), now)

        await self.floor.change(work)
        return calls

    last: int = 0

    async def told(self) -> list[str]:
        """Return what was said in the topic since anybody looked last."""
        return [text for where, text in await self.floor.told() if where == "in Anna"]

    async def notes(self) -> list[str]:
        return await self.floor.change(
            lambda conn: [note.text for note in notes.of(conn, self.floor.turn(conn, "Anna").conversation.id)]
        )


@pytest.fixture
async def desk(database: Database) -> Desk:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")
    desk = Desk(floor)
    await desk.goes()
    await desk.told()
    return desk


BY_COPY = {"chat_id": 511, "from_chat_id": int(GROUP.chat), "message_id": int(WRITTEN)}


@pytest.mark.parametrize("kind", ["photo", "video", "animation", "document", "audio", "voice"])
async def test_a_copy_names_the_caption_that_was_read(desk: Desk, kind: str) -> None:
    await desk.writes(styled(EntityKind.BOLD, "your receipt"), ContentKind(kind), above=True)

    assert await desk.goes() == [
        (
            "copyMessage",
            {
                **BY_COPY,
                "caption": "your receipt",
                "caption_entities": [{"type": "bold", "offset": 0, "length": 12}],
                "show_caption_above_media": True,
            },
        )
    ]


async def test_a_copy_of_what_had_no_caption_has_none_either(desk: Desk) -> None:
    await desk.writes("")

    assert await desk.goes() == [("copyMessage", {**BY_COPY, "caption": ""})]


@pytest.mark.parametrize("kind", ["sticker", "video_note", "location", "contact"])
async def test_what_can_have_no_caption_is_copied_as_it_is(desk: Desk, kind: str) -> None:
    await desk.writes("👍" if kind == "sticker" else "", ContentKind(kind))

    assert await desk.goes() == [("copyMessage", BY_COPY)]


async def test_a_caption_that_is_longer_than_the_bot_may_write_follows_as_a_message(desk: Desk) -> None:
    await desk.writes("a long story " * 100)

    copy, rest = await desk.goes()

    assert copy == ("copyMessage", {**BY_COPY, "caption": ""})
    assert (rest[0], rest[1]["text"]) == ("sendMessage", "a long story " * 100)


@pytest.mark.parametrize("then", ["/close", "Your order {order.number}", "secret " * 400])
@pytest.mark.parametrize("becomes", ["429", outbox.UNCERTAIN, outbox.FAILED])
async def test_a_change_that_is_not_passed_on_does_not_come_along_with_the_copy(
    desk: Desk, then: str, becomes: str
) -> None:
    await desk.writes("your receipt")
    await desk.goes(becomes)

    await desk.writes(then, edited=True)
    if becomes != "429":
        await desk.presses(desk.last)
    desk.floor.later(seconds=10)

    assert await desk.goes() == [("copyMessage", {**BY_COPY, "caption": "your receipt"})]


@pytest.mark.parametrize("becomes", ["429", outbox.UNCERTAIN, outbox.FAILED])
async def test_another_file_in_the_message_does_not_come_along_with_the_copy(desk: Desk, becomes: str) -> None:
    await desk.writes("your receipt", spoiler=True)
    await desk.goes(becomes)
    await desk.told()

    await desk.writes("his file", edited=True, file="2")
    told = await desk.told()
    if becomes != "429":
        await desk.presses(desk.last)
    desk.floor.later(seconds=10)

    assert told == [desk.floor.house.texts("en")("desk.edit_of_file")]
    assert await desk.goes() == [
        ("sendPhoto", {"chat_id": 511, "photo": "F1", "caption": "your receipt", "has_spoiler": True})
    ]


@pytest.mark.parametrize("kind", [ContentKind.PHOTO, ContentKind.TEXT])
@pytest.mark.parametrize(
    ("becomes", "told"),
    [
        ("429", "desk.noted_unsent"),
        (outbox.FAILED, "desk.noted_unsent"),
        (outbox.UNCERTAIN, "desk.noted_uncertain"),
    ],
)
async def test_what_has_not_gone_becomes_a_note_and_its_writer_hears_what_is_known(
    desk: Desk, kind: ContentKind, becomes: str, told: str
) -> None:
    await desk.writes("your receipt", kind)
    await desk.goes(becomes)
    await desk.told()

    await desk.writes("// forged, do not tell him", kind, edited=True)
    heard = await desk.told()
    again = await desk.presses(desk.last)
    desk.floor.later(hours=1)

    assert await desk.goes() == []
    assert heard == [desk.floor.house.texts("en")(told)]
    assert again in {"This was deleted; it is not sent again.", desk.floor.house.texts("en")("desk.again_not_yours")}
    assert await desk.notes() == ["forged, do not tell him"]
    ticket = await desk.floor.ticket("Anna")
    assert (ticket.state, ticket.customer_wrote_at is None) == (State.ASSIGNED, False), "that was no answer"


@pytest.mark.parametrize("kind", [ContentKind.PHOTO, ContentKind.TEXT])
async def test_what_has_gone_does_not_become_a_note(desk: Desk, kind: ContentKind) -> None:
    await desk.writes("your receipt", kind)
    await desk.goes()
    await desk.told()

    await desk.writes("// forged, do not tell him", kind, edited=True)

    assert await desk.goes() == []
    assert await desk.told() == [desk.floor.house.texts("en")("desk.edit_is_no_note")]
    assert await desk.notes() == []


@pytest.mark.parametrize("text", ["a" * 4000 + "\n\n" + "b" * 3000, "your receipt"])
async def test_what_is_on_its_way_or_gone_in_part_does_not_become_a_note(desk: Desk, text: str) -> None:
    await desk.writes(text, ContentKind.TEXT)

    def first_is_on_its_way(conn: Connection) -> None:
        taken = outbox.claim(conn, desk.floor.now, 9, ["telegram"], lambda _: True)
        while not any(one.author == outbox.OPERATOR for one in taken):
            for one in taken:
                outbox.settle_sent(conn, one, Receipt("1"), desk.floor.now)
            taken = outbox.claim(conn, desk.floor.now, 9, ["telegram"], lambda _: True)

    await desk.floor.change(first_is_on_its_way)
    await desk.told()
    await desk.writes("// forged", ContentKind.TEXT, edited=True)

    assert await desk.told() == [desk.floor.house.texts("en")("desk.edit_is_no_note")]


async def test_the_words_of_what_became_a_note_are_quoted_to_nobody(desk: Desk) -> None:
    await desk.floor.says("Web", "/human", channel="webchat")

    def work(conn: Connection) -> list[str]:
        turn, olga = desk.floor.turn(conn, "Web", "webchat"), desk.floor.person(conn, "Olga")
        by = (replace(GROUP, thread=str(turn.conversation.id)), Where.GROUP, Author("Olga", "Olga"), desk.floor.now)
        turn.carry(topic.written(turn, olga, Said(*by, "500", Content(ContentKind.TEXT, plain("You get 5 euro")))))
        note = Content(ContentKind.TEXT, plain("// You get 5 euro?"))
        turn.carry(changes.edited_by_staff(turn, olga, Edited(*by, "500", note)))
        answer = Content(ContentKind.TEXT, plain("One moment"))
        turn.carry(topic.written(turn, olga, Said(*by, "501", answer, replies_to="500")))
        waiting = backlog.waiting(conn, turn.conversation.place.lane)
        return [one.outgoing.body["text"]["text"] for one in waiting if one.author == outbox.OPERATOR]

    assert await desk.floor.change(work) == ["One moment"]
