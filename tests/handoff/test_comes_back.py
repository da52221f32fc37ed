"""Who comes back to a chat that people closed a short time ago comes back to people, unless the FAQ answers surely."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.domain.people import Role
from bot.faq.matcher import Candidate, Match, NoMatch, Part, Suggestions
from bot.handlers import closing
from bot.handoff.ticket import Reason, State, Ticket
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

COST = Candidate("delivery-cost", 0.5)
NEAR, NOTHING = Match(Suggestions((COST,)), 0.5, (COST,), "en"), Match(NoMatch(), 0.0, (), "en")
SEVERAL = Match(NoMatch(), 0.0, (), "en", parts=(Part("How much?", NEAR), Part("And the lid?", NOTHING)))
WET = "my parcel is wet"


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Mara", Role.MANAGER)
    return floor


async def closed(floor: Floor, command: str = "/close") -> Ticket:
    """Return Anna's ticket, which Olga answered and closed."""
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Here it is.")
    await floor.writes("Olga", "Anna", command)
    await floor.told()
    return ticket


async def talks_with_the_bot(floor: Floor, match: Match = NEAR) -> bool:
    """Let Anna write; return whether the bot offers her something, and nobody is fetched."""
    await floor.told()
    await floor.asks_the_bot("Anna", WET, match)
    heard = await floor.heard("Anna")
    assert len(heard) == 1
    return (await floor.ticket("Anna")).state is State.CLOSED


@pytest.mark.parametrize("match", [NEAR, NOTHING, SEVERAL])
async def test_what_is_not_surely_answered_opens_the_ticket_again(floor: Floor, match: Match) -> None:
    ticket = await closed(floor)
    floor.later(hours=23)

    await floor.asks_the_bot("Anna", WET, match)

    again = await floor.ticket("Anna")
    assert (again.id, again.state, again.reason) == (ticket.id, State.WAITING, Reason.NO_MATCH)
    told = await floor.told()
    assert [text for who, text in told if who == "Anna"] == ["I'll pass this to a colleague. You are next."]
    assert any(WET in text for who, text in told if who == "in Anna")


async def test_after_that_time_the_bot_offers_what_comes_near(floor: Floor) -> None:
    await closed(floor)
    floor.later(hours=25)

    assert await talks_with_the_bot(floor)


@pytest.mark.parametrize("command", ["/bot"])
async def test_who_was_given_back_to_the_bot_talks_with_the_bot(floor: Floor, command: str) -> None:
    await closed(floor, command)

    assert await talks_with_the_bot(floor)


async def leaves(floor: Floor) -> None:
    await floor.says("Anna", "/cancel")


async def says_solved(floor: Floor) -> None:
    await floor.presses("Anna", f"solved:{(await floor.ticket('Anna')).id}")


@pytest.mark.parametrize("goes", [leaves, says_solved])
async def test_who_left_the_queue_talks_with_the_bot(floor: Floor, goes: Callable[[Floor], Awaitable[None]]) -> None:
    await floor.asks("Anna")
    await goes(floor)

    assert await talks_with_the_bot(floor)


async def test_whose_chat_closed_by_itself_comes_back_to_people(floor: Floor, tmp_path: Path) -> None:
    floor.rule("[auto_close]\nhours = 48\nwarning_hours = 24\n", tmp_path)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Hello!")
    for _ in range(2):
        floor.later(hours=25)
        await floor.sweep(closing.sweep_quiet)
    assert (await floor.ticket("Anna")).state is State.CLOSED

    await floor.asks_the_bot("Anna", WET, NEAR)

    assert (await floor.ticket("Anna")).state is State.WAITING


async def test_who_never_had_a_ticket_is_offered_what_comes_near(floor: Floor) -> None:
    await floor.asks_the_bot("Anna", WET, NEAR)

    assert (await floor.heard("Anna"))[0].startswith("Do you mean one of these?")


@pytest.mark.parametrize("words", ["thank you", "👍", "hello"])
async def test_a_word_that_asks_nothing_opens_nothing(floor: Floor, words: str) -> None:
    await closed(floor)

    await floor.asks_the_bot("Anna", words, NOTHING)

    assert (await floor.ticket("Anna")).state is State.CLOSED
