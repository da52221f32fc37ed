"""An album that is not out: what is deleted of it never goes, and sent again it has the captions that it has by now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Edited, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Receipt, Refused, Why
from bot.handlers import changes, topic, undelivered
from bot.messaging import backlog, merging, outbox, receipts, transcript
from bot.messaging.outbox import Delivery
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

PICTURES = ("501", "502", "503")


@dataclass
class Desk:
    """A floor on which Olga has sent Anna an album of three pictures."""

    floor: Floor

    async def writes(self, message: str, text: str, *, to: str = "", photo: bool = False, edited: bool = False) -> None:
        """Let Olga write in Anna's topic, send a picture of her album, or change its caption."""

        def work(conn: Connection) -> None:
            turn = self.floor.turn(conn, "Anna")
            place, olga = replace(GROUP, thread=str(turn.conversation.id)), self.floor.person(conn, "Olga")
            details = {"file_id": f"F{message}", "unique": f"U{message}"} if photo else {}
            content = Content(ContentKind.PHOTO if photo else ContentKind.TEXT, plain(text), details)
            kind = Edited if edited else Said
            said = kind(
                place,
                Where.GROUP,
                Author("Olga", "Olga"),
                self.floor.now,
                message,
                content,
                replies_to=to,
                album="A1" if photo else "",
            )
            if isinstance(said, Edited):
                turn.carry(changes.edited_by_staff(turn, olga, said))
            else:
                turn.carry(topic.written(turn, olga, said))

        await self.floor.change(work)

    async def goes(self, why: Why | None = None) -> list[str]:
        """Let all that waits for Anna go, or come back for this reason; return what Olga's deliveries held."""
        self.floor.later(seconds=5)
        went: list[str] = []

        def work(conn: Connection) -> None:
            now = self.floor.now
            while taken := outbox.claim(conn, now, 50, ["telegram"], lambda _: True):
                for one in taken:
                    if one.author != outbox.OPERATOR:
                        outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), now)
                        continue
                    album = merging.album(conn, one, now) if one.outgoing.body.get("album") else one
                    went.append(shown(album))
                    self._settle(conn, album, why)
                if why is not None and went:
                    return

        await self.floor.change(work)
        return went

    def _settle(self, conn: Connection, album: Delivery, why: Why | None) -> None:
        now, parts = self.floor.now, album.outgoing.body.get("parts", [album.outgoing.body])
        names = [f"sent-{part.get('message')}" for part in parts]
        if why is None:
            outbox.settle_sent(conn, album, Receipt(names[0], others=tuple(names[1:])), now)
        elif why is Why.BLOCKED:  # stands for "try later" here
            outbox.settle_later(conn, album, "429", timedelta(0), now)
        elif why is Why.UNCERTAIN:
            outbox.settle_uncertain(conn, album, "cut", timedelta(0), now)
        else:
            outbox.settle_failed(conn, album.id, "no", now)
            undelivered.follow(self.floor.house, conn, album, Refused(why, "no"), now)

    async def presses_again(self) -> str:
        """Let Olga press the last "Send again" in the topic; return what she is told."""

        def work(conn: Connection) -> str:
            out, turn = schema.outbox, self.floor.turn(conn, "Anna")
            bodies = conn.execute(select(out.c.body).where(out.c.act == "say").order_by(out.c.id.desc())).scalars()
            actions = [button[1] for body in bodies for row in body.get("buttons", []) for button in row]
            action = next(one for one in actions if one.startswith("again:"))
            place = replace(GROUP, thread=str(turn.conversation.id))
            press = Pressed(place, Where.GROUP, Author("Olga", "Olga"), self.floor.now, "p", "99", action)
            sayings = topic.pressed(turn, self.floor.person(conn, "Olga"), press)
            turn.carry(sayings)
            return str(sayings[0].outgoing.body["text"])

        return await self.floor.change(work)

    async def kept(self) -> list[tuple[str, str, bool]]:
        """Return of each picture its message in the topic, the one with Anna, and whether it was taken back."""

        def work(conn: Connection) -> list[tuple[str, str, bool]]:
            lines = transcript.last(conn, self.floor.turn(conn, "Anna").conversation.id)
            copies = {
                line.id: [backlog.message_of(conn, one.outbox) for one in receipts.to_customer(conn, line.id)]
                for line in lines
            }
            theirs = [line for line in lines if line.content.kind is ContentKind.PHOTO]
            return [(line.source[1], "".join(copies[line.id]), line.deleted_at is not None) for line in theirs]

        return await self.floor.house.database.read(work)


def shown(delivery: Delivery) -> str:
    """Return what a delivery holds: its pictures with their captions, or its act."""
    body = delivery.outgoing.body
    if delivery.outgoing.act is not Act.COPY:
        return delivery.outgoing.act.value
    parts = body.get("parts", [body])
    refused = "an album of one, which Telegram refuses: " if "parts" in body and len(parts) == 1 else ""
    return refused + " ".join(f"{part['message']}{part.get('text', {}).get('text', '')}" for part in parts)


@pytest.fixture
async def desk(database: Database) -> Desk:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")
    desk = Desk(floor)
    for message in PICTURES:
        await desk.writes(message, ":old" if message == PICTURES[0] else "", photo=True)
    return desk


LATER = Why.BLOCKED


@pytest.mark.parametrize("taken", PICTURES)
async def test_a_part_deleted_while_its_album_waits_for_the_next_try_never_goes(desk: Desk, taken: str) -> None:
    assert await desk.goes(LATER) == ["501:old 502 503"]
    await desk.floor.told()

    await desk.writes("600", "/delete", to=taken)
    (told,) = [text for where, text in await desk.floor.told() if where == "in Anna"]
    left = [message for message in PICTURES if message != taken]
    went = await desk.goes()

    assert told.startswith("🗑 Deleted: it never reached the customer")
    assert went == [" ".join(f"{message}:old" if message == "501" else message for message in left)]
    assert await desk.kept() == [
        (message, "" if message == taken else f"sent-{message}", message == taken) for message in PICTURES
    ]


async def test_of_two_that_wait_the_last_one_goes_alone_and_of_none_nothing_goes(desk: Desk) -> None:
    await desk.goes(LATER)
    for message in PICTURES[:2]:
        await desk.writes("600", "/delete", to=message)
    alone = await desk.goes(LATER)
    await desk.writes("600", "/delete", to=PICTURES[2])

    assert alone == ["503"]
    assert await desk.goes() == []
    assert [one[1:] for one in await desk.kept()] == [("", True)] * 3


@pytest.mark.parametrize("why", [Why.UNCERTAIN, Why.REFUSED])
@pytest.mark.parametrize("taken", PICTURES)
async def test_a_part_deleted_of_an_album_that_did_not_arrive_is_not_sent_again_with_it(
    desk: Desk, why: Why, taken: str
) -> None:
    await desk.goes(why)
    if why is Why.UNCERTAIN:
        await desk.writes("502", "x", photo=True, edited=True)  # brings the button
        await desk.writes("502", "", photo=True, edited=True)
    await desk.writes("600", "/delete", to=taken)

    assert await desk.presses_again() == "It is sent again."
    left = [message for message in PICTURES if message != taken]
    assert await desk.goes() == [" ".join(f"{message}:old" if message == "501" else message for message in left)]
    assert [one[1] for one in await desk.kept()] == [f"sent-{one}" if one != taken else "" for one in PICTURES]


@pytest.mark.parametrize("why", [Why.UNCERTAIN, Why.REFUSED])
@pytest.mark.parametrize("changed", PICTURES)
async def test_an_album_is_sent_again_with_the_captions_that_it_has_by_now(desk: Desk, why: Why, changed: str) -> None:
    await desk.goes(why)
    await desk.floor.told()

    await desk.writes(changed, ":new", photo=True, edited=True)
    told = [text.split(".")[0] for where, text in await desk.floor.told() if where == "in Anna"]
    pressed = await desk.presses_again()

    captions = {"501": ":old", "502": "", "503": "", changed: ":new"}
    assert (told, pressed) == (["⚠️ Changed here"], "It is sent again.")
    assert await desk.goes() == [" ".join(message + caption for message, caption in captions.items())]


async def test_a_part_that_is_being_sent_is_deleted_when_it_is_there(desk: Desk) -> None:
    assert await desk.goes() == ["501:old 502 503"]

    await desk.writes("600", "/delete", to="502")

    assert await desk.goes() == ["delete"]


@pytest.mark.parametrize("why", [None, LATER, Why.UNCERTAIN, Why.REFUSED])
@pytest.mark.parametrize("changed", PICTURES)
async def test_an_album_that_has_not_gone_stays_whole_when_a_caption_of_it_becomes_a_note(
    desk: Desk, why: Why | None, changed: str
) -> None:
    if why is not None:
        await desk.goes(why)
    await desk.floor.told()

    await desk.writes(changed, "// forged", photo=True, edited=True)
    await desk.writes("504", "", photo=True)
    told = [text for where, text in await desk.floor.told() if where == "in Anna"]

    key = "desk.noted_uncertain" if why is Why.UNCERTAIN else "desk.noted_unsent"
    assert told == [desk.floor.house.texts("en")(key)]
    assert await desk.goes() == []
    assert [one[1:] for one in await desk.kept()] == [("", True)] * 3


async def test_an_album_that_has_gone_does_not_become_a_note(desk: Desk) -> None:
    await desk.goes()
    await desk.floor.told()

    await desk.writes("501", "// forged", photo=True, edited=True)

    told = [text for where, text in await desk.floor.told() if where == "in Anna"]
    assert told == [desk.floor.house.texts("en")("desk.edit_is_no_note")]
    assert await desk.goes() == []
    assert [one[2] for one in await desk.kept()] == [False] * 3
