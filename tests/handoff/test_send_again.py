"""What did not arrive: sent again as it reads now, by who has the chat, and never after it was deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Edited, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Receipt, Refused, Why
from bot.handlers import changes, topic, undelivered
from bot.messaging import outbox, transcript
from bot.messaging.transcript import Line
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor

WRITTEN = "77"
"""The message in the topic."""


@dataclass
class Desk:
    """A floor on which Olga has written something to Anna that did not arrive."""

    floor: Floor
    key: int = 0

    async def says(self, text: str, who: str = "Olga", to: str = "", *, edited: bool = False) -> None:
        """Let somebody write in the topic, answer a message there, or change what they wrote."""

        def work(conn: Connection) -> None:
            turn = self.floor.turn(conn, "Anna")
            place, content = replace(GROUP, thread=str(turn.conversation.id)), Content(ContentKind.TEXT, plain(text))
            message = "78" if to else WRITTEN
            kind = Edited if edited else Said
            said = kind(place, Where.GROUP, Author(who, who), self.floor.now, message, content, replies_to=to)
            person = self.floor.person(conn, who)
            if isinstance(said, Edited):
                turn.carry(changes.edited_by_staff(turn, person, said))
            else:
                turn.carry(topic.written(turn, person, said))

        await self.floor.change(work)

    async def presses(self, who: str) -> str:
        """Let somebody press "Send again"; return what they are told."""

        def work(conn: Connection) -> str:
            turn = self.floor.turn(conn, "Anna")
            place = replace(GROUP, thread=str(turn.conversation.id))
            press = Pressed(place, Where.GROUP, Author(who, who), self.floor.now, "p", "99", f"again:{self.key}")
            sayings = topic.pressed(turn, self.floor.person(conn, who), press)
            turn.carry(sayings)
            return str(sayings[0].outgoing.body["text"])

        return await self.floor.change(work)

    async def does_not_arrive(self, why: Why) -> None:
        """Let Olga's words fail."""

        def work(conn: Connection) -> None:
            out, now = schema.outbox, self.floor.now
            while taken := outbox.claim(conn, now, 400, ["telegram"], lambda _: True):
                for one in taken:
                    if one.author != outbox.OPERATOR or one.message_id is None:
                        outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), now)
                    elif why is Why.UNCERTAIN:
                        outbox.settle_uncertain(conn, one, "cut", timedelta(0), now)
                    else:
                        outbox.settle_failed(conn, one.id, "no", now)
                        undelivered.follow(self.floor.house, conn, one, Refused(why, "no"), now)
            query = select(out.c.id).where(out.c.author == outbox.OPERATOR, out.c.topic_id.is_(None))
            self.key = conn.execute(query.order_by(out.c.id)).scalars().first() or 0

        await self.floor.change(work)

    async def goes(self) -> list[str]:
        """Return the operator's words that would go to the customer now."""
        out = schema.outbox
        query = select(out.c.body).where(out.c.author == outbox.OPERATOR, out.c.topic_id.is_(None)).order_by(out.c.id)
        rows = await self.floor.house.database.read(
            lambda conn: list(conn.execute(query.where(out.c.state == "pending")).scalars())
        )
        return [row["text"]["text"] if "text" in row else "an act" for row in rows]

    async def line(self) -> Line:
        def work(conn: Connection) -> Line:
            lines = transcript.last(conn, self.floor.turn(conn, "Anna").conversation.id)
            return next(one for one in lines if one.author == transcript.OPERATOR)

        return await self.floor.house.database.read(work)


@pytest.fixture(params=[Why.UNCERTAIN, Why.REFUSED])
async def desk(request: pytest.FixtureRequest, database: Database) -> Desk:
    floor = open_floor(database)
    for name in ("Olga", "Max"):
        await floor.hires(name)
    await floor.asks("Anna")
    desk = Desk(floor)
    await desk.says("Your card is 4111")
    await desk.does_not_arrive(request.param)
    await floor.told()
    return desk


async def test_what_was_changed_goes_as_it_reads_now(desk: Desk) -> None:
    await desk.says("Your card is safe", edited=True)
    told = await desk.floor.told()
    answer = await desk.presses("Olga")

    assert [text.split(".")[0] for _, text in told] == ["⚠️ Changed here"]
    assert answer == "It is sent again."
    assert await desk.goes() == ["Your card is safe"]
    assert (await desk.line()).content.text.text == "Your card is safe"


async def test_what_was_not_changed_goes_as_it_was(desk: Desk) -> None:
    assert await desk.presses("Olga") == "It is sent again."
    assert await desk.presses("Olga") == "There is nothing to send again: it arrived, or it is on its way."

    assert await desk.goes() == ["Your card is 4111"]


async def test_what_was_deleted_meanwhile_is_not_sent(desk: Desk) -> None:
    await desk.says("/delete", to=WRITTEN)
    told = await desk.floor.told()

    assert await desk.presses("Olga") == "This was deleted; it is not sent again."
    assert await desk.goes() == []
    assert (await desk.line()).deleted_at is not None
    assert [text.split(" ")[0] for _, text in told] == ["🗑"]


async def test_only_who_has_the_chat_sends_again(desk: Desk) -> None:
    others = await desk.presses("Max")
    await desk.floor.writes("Olga", "Anna", "/close")
    later = await desk.presses("Max")
    hers = await desk.presses("Olga")

    assert others == "Olga has this chat; nothing was sent. /takeover takes it."
    assert later == "Olga wrote this; only they can send it again. Claim the chat first."
    assert hers == "It is sent again."
    assert await desk.goes() == ["Your card is 4111"]


async def test_each_part_of_a_long_text_goes_as_its_part_reads_now(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")
    desk = Desk(floor)
    await desk.says("a" * 4000 + "\n\n" + "b" * 3000)
    await desk.does_not_arrive(Why.REFUSED)

    await desk.says("a" * 4000 + "\n\n" + "c" * 3000, edited=True)
    await desk.presses("Olga")
    desk.key += 1
    await desk.presses("Olga")

    assert await desk.goes() == ["a" * 4000, "c" * 3000]
