"""What is said at the desk is said once, says who is there, and loses no word that was written."""

from __future__ import annotations

import pytest

from bot.domain.people import Role
from bot.handlers import desk
from bot.handlers.desk import Hand
from bot.handoff import notes
from bot.handoff.ticket import State
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    for name in ("Olga", "Max"):
        await floor.hires(name)
    return floor


@pytest.mark.parametrize("command", ["/close", "/bot", "/claim", "/release", "/takeover"])
async def test_the_words_behind_a_command_are_kept_as_a_note_and_never_reach_the_customer(
    floor: Floor, command: str
) -> None:
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.writes("Olga", "Anna", f"{command} refund done")

    kept = await floor.change(lambda conn: notes.of(conn, ticket.conversation_id))
    assert [one.text for one in kept] == ["refund done"]
    assert not any("refund" in text for text in await floor.heard("Anna"))
    if command in {"/close", "/bot"}:
        assert (await floor.ticket("Anna")).state is State.CLOSED


async def test_who_is_given_a_chat_finds_it_with_one_tap(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/transfer max be kind")

    given = [text for text in await floor.heard("Max") if "gave you" in text]
    assert given[0].splitlines()[:2] == [f"Olga gave you #{ticket.id} Anna.", "be kind"]
    assert given[0].splitlines()[2].startswith("http")


async def test_who_waits_while_everybody_is_away_hears_that_nobody_is_there(floor: Floor) -> None:
    for name in ("Olga", "Max"):
        await floor.privately(name, "/away")
    await floor.asks("Anna")
    alone = await floor.heard("Anna")
    await floor.privately("Max", "/back")
    await floor.says("Anna", "how long does it take?")

    nobody = "Nobody is here right now; whoever is back first sees it."
    assert alone == [f"I'll pass this to a colleague. {nobody} You are next."]
    assert await floor.heard("Anna") == ["You are next."]


async def test_who_claims_too_late_hears_who_has_the_chat_and_no_more(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")

    late = await floor.change(lambda conn: desk.claim(Hand(floor.turn(conn, "Anna"), floor.person(conn, "Max"))))
    assert late.text == "Olga has this chat."


async def test_a_low_score_of_a_chat_that_nobody_had_says_so(floor: Floor) -> None:
    await floor.hires("Maria", Role.MANAGER)
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/close")
    await floor.change(lambda conn: conn.execute(schema.csat.update().values(staff_id=None)))
    await floor.presses("Anna", f"csat:{ticket.id}:2")
    await floor.says("Anna", "nobody came")

    low = [text.splitlines()[0] for text in await floor.heard("Maria") if text.startswith("#")]
    assert low == [
        f"#{ticket.id} Anna · gave 2 of 5. Nobody had the chat.",
        f"#{ticket.id} Anna · gave 2 of 5 (nobody had the chat) and writes: nobody came",
    ]
