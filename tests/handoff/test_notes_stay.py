"""What is for the staff alone stays with them, in whatever order it arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Edited, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.domain.ports import Receipt
from bot.handlers import changes, topic
from bot.handoff import notes, staff
from bot.handoff.ticket import State
from bot.messaging import events, outbox
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import GROUP
from tests.handoff.floor import Floor, open_floor


async def _sends_picture(floor: Floor, who: str, about: str, caption: str, message: str, album: str = "A1") -> None:
    """Let somebody of the staff send a file, or one part of an album, into a customer's topic."""

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, about)
        place = replace(GROUP, thread=str(turn.conversation.id))
        content = Content(ContentKind.DOCUMENT, plain(caption), {"file_id": f"F{message}", "unique": f"U{message}"})
        said = Said(place, Where.GROUP, Author(who, who), floor.now, message, content, album=album)
        turn.carry(topic.written(turn, floor.person(conn, who), said))

    await floor.change(work)


async def _on_its_way(floor: Floor, about: str) -> list[tuple[str, str]]:
    """Return (act, what it is about) of all that still goes to a customer, but words of the bot."""

    def work(conn: Connection) -> list[tuple[str, str]]:
        out = schema.outbox.c
        chat = floor.turn(conn, about).conversation.place.chat
        mine = (out.chat == chat) & (out.author == outbox.OPERATOR) & (out.state == outbox.PENDING)
        rows = conn.execute(select(out.act, out.body, out.target_id).where(mine).order_by(out.id))
        return [(row.act, str(row.body.get("message") or row.target_id)) for row in rows]

    return await floor.change(work)


async def _notes(floor: Floor, about: str) -> list[str]:
    return await floor.change(
        lambda conn: [note.text for note in notes.of(conn, floor.turn(conn, about).conversation.id)]
    )


async def _delivers(floor: Floor, message: str) -> int:
    """Let one copy arrive; return the delivery's id."""

    def work(conn: Connection) -> int:
        floor.later(seconds=5)
        taken = outbox.claim(conn, floor.now, 50, ["telegram"], lambda _: True)
        while not any(one.outgoing.body.get("message") == message for one in taken):
            assert taken, "the copy never goes"
            for one in taken:
                outbox.settle_sent(conn, one, Receipt("7"), floor.now)
            taken = outbox.claim(conn, floor.now, 50, ["telegram"], lambda _: True)
        for one in taken:
            outbox.settle_sent(conn, one, Receipt("8"), floor.now)
        return next(one.id for one in taken if one.outgoing.body.get("message") == message)

    return await floor.change(work)


@pytest.mark.parametrize(
    "order", [("", "// look at his forged receipt", ""), ("", "", "// look at his forged receipt")]
)
async def test_an_album_whose_caption_makes_it_a_note_stays_whole_wherever_the_caption_stands(
    database: Database, order: tuple[str, ...]
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")
    for number, caption in enumerate(order):
        floor.later(milliseconds=300)
        await _sends_picture(floor, "Olga", "Boris", caption, str(500 + number))
    assert await _on_its_way(floor, "Boris") == []
    ticket = await floor.ticket("Boris")
    assert ticket.state is State.ASSIGNED, "nobody has answered Boris"
    assert ticket.customer_wrote_at is not None


async def test_albums_that_are_notes_stay_whole_however_the_parts_of_many_topics_are_mixed(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    names = ("Boris", "Anna", "Vera", "Dora")
    for name in names:
        await floor.asks(name)

    for part in range(4):
        for number, name in enumerate(names):
            caption = "// forged receipt, keep quiet" if part == 0 else ""
            await _sends_picture(floor, "Olga", name, caption, f"{number}{part}", album=f"A{number}")

    assert [await _on_its_way(floor, name) for name in names] == [[], [], [], []]


@pytest.mark.parametrize("meanwhile", ["/faq add", "/sample", "qc:w", "/cancel"])
async def test_an_album_that_is_a_note_stays_whole_whatever_its_sender_does_meanwhile(
    database: Database, meanwhile: str
) -> None:
    floor = open_floor(database)
    await floor.hires("Ada", Role.ADMIN)
    await floor.asks("Cleo")
    await floor.writes("Ada", "Cleo", "Good day!")
    await floor.writes("Ada", "Cleo", "/close")
    done = (await floor.ticket("Cleo")).id
    await floor.asks("Boris")

    await floor.privately("Ada", "/faq add")
    await _sends_picture(floor, "Ada", "Boris", "// forged receipt", "500")
    if meanwhile.startswith("/"):
        await floor.privately("Ada", meanwhile)
    else:
        await floor.presses_privately("Ada", f"{meanwhile}:{done}")
    await _sends_picture(floor, "Ada", "Boris", "", "501")

    assert await _on_its_way(floor, "Boris") == []


@pytest.mark.parametrize(
    ("then", "goes", "noted"), [("It costs 120", ["It costs 120"], []), ("// he lies", [], ["he lies"])]
)
async def test_a_change_that_comes_before_its_message_is_kept_whatever_its_writer_does_meanwhile(
    database: Database, then: str, goes: list[str], noted: list[str]
) -> None:
    floor = open_floor(database)
    await floor.hires("Ada", Role.ADMIN)
    await floor.asks("Anna")

    def writes(kind: type[Said], text: str) -> Callable[[Connection], None]:
        def work(conn: Connection) -> None:
            turn, ada = floor.turn(conn, "Anna"), floor.person(conn, "Ada")
            place, content = replace(GROUP, thread=str(turn.conversation.id)), Content(ContentKind.TEXT, plain(text))
            said = kind(place, Where.GROUP, Author("Ada", "Ada"), floor.now, "500", content)
            turn.carry(
                changes.edited_by_staff(turn, ada, said) if isinstance(said, Edited) else topic.written(turn, ada, said)
            )

        return work

    await floor.change(writes(Edited, then))
    await floor.privately("Ada", "/faq add")
    await floor.privately("Ada", "/cancel")
    await floor.change(writes(Said, "It costs 100"))

    assert [text for who, text in await floor.told() if who == "Anna" and "costs" in text] == goes
    assert await _notes(floor, "Anna") == noted


async def test_what_the_bot_waits_for_from_somebody_is_not_forgotten_for_a_note(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Ada", Role.ADMIN)
    await floor.asks("Boris")
    await floor.privately("Ada", "/faq add")
    before = await floor.change(lambda conn: staff.flow(conn, floor.people["Ada"]))

    await _sends_picture(floor, "Ada", "Boris", "// forged receipt", "500")

    assert before
    assert await floor.change(lambda conn: staff.flow(conn, floor.people["Ada"])) == before


@pytest.mark.parametrize("caption", ["// he lies", "/note he lies", "/note@desk_bot he lies", "/NOTE\nhe lies"])
async def test_a_file_whose_caption_makes_it_a_note_stays(database: Database, caption: str) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")

    await _sends_picture(floor, "Olga", "Boris", caption, "500", album="")

    assert await _on_its_way(floor, "Boris") == []
    assert await _notes(floor, "Boris") == ["he lies"]


@pytest.mark.parametrize("command", ["/close", "/delete", "/notebook", "/close@desk_bot"])
async def test_a_file_with_a_command_below_it_stays_and_its_writer_hears_what_to_do(
    database: Database, command: str
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")
    await floor.told()

    await _sends_picture(floor, "Olga", "Boris", f"{command} it", "500", album="")

    assert await _on_its_way(floor, "Boris") == []
    assert await _notes(floor, "Boris") == []
    assert (await floor.ticket("Boris")).state is State.WAITING
    assert [text for _, text in await floor.told()] == [
        floor.house.texts("en")("desk.command_in_caption", command=command)
    ]


@pytest.mark.parametrize("caption", ["/note he lies", "/close"])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_an_album_with_a_command_below_one_of_its_files_stays_whole(
    database: Database, caption: str, place: int
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")

    for number in range(3):
        await _sends_picture(floor, "Olga", "Boris", caption if number == place else "", str(500 + number))

    assert await _on_its_way(floor, "Boris") == []


@pytest.mark.parametrize(
    ("then", "told", "goes"),
    [
        ("/note he lies", "desk.noted_unsent", []),
        ("// he lies", "desk.noted_unsent", []),
        ("/close", "desk.edit_is_no_command", [("copy", "500")]),
    ],
)
async def test_a_caption_that_is_changed_into_a_command_does_not_reach_the_customer(
    database: Database, then: str, told: str, goes: list[tuple[str, str]]
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")
    await _sends_picture(floor, "Olga", "Boris", "your receipt", "500", album="")
    await floor.told()

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Boris")
        place = replace(GROUP, thread=str(turn.conversation.id))
        content = Content(ContentKind.DOCUMENT, plain(then), {"file_id": "F500", "unique": "U500"})
        edited = Edited(place, Where.GROUP, Author("Olga", "Olga"), floor.now, "500", content)
        turn.carry(changes.edited_by_staff(turn, floor.person(conn, "Olga"), edited))

    await floor.change(work)

    assert await _on_its_way(floor, "Boris") == goes
    assert [text for _, text in await floor.told()] == [floor.house.texts("en")(told)]


async def test_a_part_that_had_gone_before_the_note_was_known_is_taken_back(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")
    await _sends_picture(floor, "Olga", "Boris", "", "500")
    gone = await _delivers(floor, "500")
    floor.later(seconds=1)
    await _sends_picture(floor, "Olga", "Boris", "// look at his forged receipt", "501")
    assert await _on_its_way(floor, "Boris") == [("delete", str(gone))]


async def test_another_album_of_the_same_operator_goes_out_although_a_note_follows(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Boris")

    def work(conn: Connection) -> None:
        turn = floor.turn(conn, "Boris")
        place = replace(GROUP, thread=str(turn.conversation.id))
        content = Content(ContentKind.DOCUMENT, plain(""), {"file_id": "F1", "unique": "U1"})
        said = Said(place, Where.GROUP, Author("Olga", "Olga"), floor.now, "490", content, album="A0")
        turn.carry(topic.written(turn, floor.person(conn, "Olga"), said))

    await floor.change(work)
    floor.later(seconds=timedelta(seconds=1).total_seconds())
    await _sends_picture(floor, "Olga", "Boris", "// his receipt", "500")
    assert await _on_its_way(floor, "Boris") == [("copy", "490")]


@pytest.mark.parametrize(
    ("first", "then", "reads"),
    [
        ("// she called", "// she called twice", "she called twice"),
        ("// she called", "she called twice", "she called twice"),
        ("/note she called", "/note@desk_bot she called twice", "she called twice"),
        ("// she called", "//", "she called"),
    ],
)
async def test_a_note_that_is_changed_in_the_topic_reads_so_in_the_console_and_stays_a_note(
    database: Database, first: str, then: str, reads: str
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")

    def work(conn: Connection) -> tuple[list[str], int]:
        turn = floor.turn(conn, "Anna")
        place = replace(GROUP, thread=str(turn.conversation.id))
        olga, said = floor.person(conn, "Olga"), Content(ContentKind.TEXT, plain(first))
        now = Content(ContentKind.TEXT, plain(then))
        at = (place, Where.GROUP, Author("Olga", "Olga"), floor.now, "77")
        turn.carry(topic.written(turn, olga, Said(*at, said)))
        topic.written(turn, olga, Said(*at[:4], "78", Content(ContentKind.TEXT, plain("// another"))))
        turn.carry(changes.edited_by_staff(turn, olga, Edited(*at, now)))
        told = events.since(conn, events.DESK, 0)
        return [note.text for note in notes.of(conn, turn.conversation.id)], sum(one.kind == "note" for one in told)

    texts, shown = await floor.change(work)

    assert texts == [reads, "another"]
    assert shown == (3 if reads != "she called" else 2)
    assert await _on_its_way(floor, "Anna") == []


@pytest.mark.parametrize(
    "text", ["/note\nhe lies", "/note@desk_bot\nhe lies", "\u200b// he lies", "\ufeff/note he lies"]
)
async def test_a_note_stays_whatever_stands_before_it_unseen_and_wherever_its_words_begin(
    database: Database, text: str
) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")

    await floor.writes("Olga", "Anna", text)

    assert await _on_its_way(floor, "Anna") == []
    assert await _notes(floor, "Anna") == ["he lies"]


async def test_a_command_may_have_its_words_on_the_next_line(database: Database) -> None:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")

    await floor.writes("Olga", "Anna", "/close\nrefund is done")

    assert (await floor.ticket("Anna")).state is State.CLOSED
    assert await _notes(floor, "Anna") == ["refund is done"]
