"""Two tickets become one: who had either of them has it, the customer knows, and it stays one."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.conversation import Author, Happening, Place
from bot.domain.people import Role
from bot.handlers import topic
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


async def with_two_chats(database: Database) -> tuple[Floor, Ticket, Ticket]:
    """Return a desk where Anna waits in two chats, the second one called "Web", and the two tickets."""
    floor = open_floor(database)
    await floor.hires("Olga")
    anna = await floor.asks("Anna")

    def web(conn: Connection) -> None:
        person = floor.turn(conn, "Anna").conversation.customer_id
        found, _ = conversations.meet(conn, Place("telegram", "cWeb"), Author("cWeb", "Web"), "en", floor.now)
        conn.execute(
            schema.conversations.update().where(schema.conversations.c.id == found.id), {"customer_id": person}
        )

    await floor.change(web)
    return floor, anna, await floor.asks("Web")


async def test_the_one_that_nobody_had_gets_the_owner_of_the_one_that_it_takes_in(database: Database) -> None:
    floor, _, web = await with_two_chats(database)
    await floor.writes("Olga", "Web", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", f"/merge {web.id}")

    assert (await floor.owner("Anna"), (await floor.ticket("Anna")).state) == ("Olga", State.ASSIGNED)
    assert await floor.heard("Anna") == [floor.house.texts("en")("handoff.is_there", name="Olga")]


async def test_it_owes_an_answer_although_the_one_taken_in_was_answered(database: Database) -> None:
    floor, _, web = await with_two_chats(database)
    await floor.writes("Olga", "Web", "It is on its way.")

    await floor.writes("Olga", "Anna", f"/merge {web.id}")

    whole = await floor.ticket("Anna")
    assert (whole.state, whole.customer_wrote_at) == (State.ASSIGNED, whole.opened_at)


async def test_two_that_nobody_had_go_on_waiting(database: Database) -> None:
    floor, _, web = await with_two_chats(database)
    await floor.told()

    await floor.writes("Olga", "Anna", f"/merge {web.id}")

    assert (await floor.owner("Anna"), (await floor.ticket("Anna")).state) == ("", State.WAITING)
    assert await floor.heard("Anna") == []


async def test_who_opens_the_topic_of_the_one_taken_in_reads_where_it_goes_on(database: Database) -> None:
    floor, anna, web = await with_two_chats(database)
    await floor.writes("Olga", "Anna", f"/merge {web.id}")
    await floor.told()

    def opened(conn: Connection) -> None:
        turn = floor.turn(conn, "Web")
        turn.carry(topic.by_hand(turn, floor.person(conn, "Olga"), Happening.TOPIC_REOPENED))

    await floor.change(opened)

    ended = await floor.ticket("Web")
    assert (ended.state, ended.merged_into) == (State.CLOSED, anna.id)
    assert [text for _, text in await floor.told()] == [floor.house.texts("en")("desk.merged_into", number=anna.id)]


async def test_who_loses_a_chat_by_a_managers_merge_hears_it_privately(database: Database) -> None:
    floor, anna, web = await with_two_chats(database)
    await floor.hires("Max")
    await floor.hires("Maria", Role.MANAGER)
    await floor.writes("Olga", "Anna", "Good day!")
    await floor.writes("Max", "Web", "Good day!")
    await floor.told()

    await floor.writes("Maria", "Anna", f"/merge {web.id}")

    told = [(who, text) for who, text in await floor.told() if who in {"Olga", "Max", "Maria"}]
    assert [who for who, _ in told] == ["Max"]
    assert told[0][1].startswith(f"Maria took your #{web.id} Anna together with #{anna.id}, which Olga has.\n")


async def test_who_gets_a_chat_by_a_managers_merge_hears_it_privately(database: Database) -> None:
    floor, anna, web = await with_two_chats(database)
    await floor.hires("Maria", Role.MANAGER)
    await floor.writes("Olga", "Web", "Good day!")
    await floor.told()

    await floor.writes("Maria", "Anna", f"/merge {web.id}")

    told = [(who, text) for who, text in await floor.told() if who in {"Olga", "Maria"}]
    assert [who for who, _ in told] == ["Olga"]
    assert f"#{anna.id} Anna" in told[0][1]
