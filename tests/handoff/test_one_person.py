"""Two tickets are one customer's when that is proven; what was only typed is confirmed by somebody who was told so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.handoff.ticket import State
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

PHONE = "+491701234567"


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    for name in ("Olga", "Max"):
        await floor.hires(name)
    for name in ("Anna", "Boris"):
        await floor.asks(name)
    return floor


async def offered(floor: Floor) -> list[str]:
    """Return the actions below the last message in a topic."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.act == "say", out.c.topic_id.is_not(None)).order_by(out.c.id.desc()).limit(1)
    body = await floor.house.database.read(lambda conn: conn.execute(query).scalar_one())
    return [button[1] for row in body.get("buttons", []) for button in row]


async def merges(floor: Floor) -> list[str]:
    """Let Olga take Boris' ticket into Anna's; return what stands in Anna's topic about it."""
    await floor.told()
    await floor.writes("Olga", "Anna", f"/merge {(await floor.ticket('Boris')).id}")
    return [text for where, text in await floor.told() if where == "in Anna"]


async def merged(floor: Floor) -> bool:
    return (await floor.ticket("Boris")).merged_into == (await floor.ticket("Anna")).id


async def test_a_number_that_both_shared_by_telegrams_button_is_proof(floor: Floor) -> None:
    for name in ("Anna", "Boris"):
        await floor.shares_number(name, PHONE)

    told = await merges(floor)

    assert told[0].startswith(
        f"Ticket #{(await floor.ticket('Boris')).id} goes on here, and the customer is answered on "
    )
    assert await merged(floor)


@pytest.mark.parametrize("typed", ["+49 170 1234567", "my e-mail is anna@example.org"])
async def test_what_both_typed_is_told_with_both_names_and_changes_nothing(floor: Floor, typed: str) -> None:
    for name in ("Anna", "Boris"):
        await floor.says(name, typed)

    (told,) = await merges(floor)

    number = (await floor.ticket("Boris")).id
    contact = "anna@example.org" if "@" in typed else PHONE
    both = f"#{number} Boris (Telegram) and Anna (Telegram) left the same contact: {contact}."
    assert told.startswith(f"{both} It was only typed, not proven, so they may be two people.")
    assert await offered(floor) == [f"merge:{(await floor.ticket('Anna')).id}:{number}"]
    assert (await floor.ticket("Boris")).state is State.WAITING


async def test_what_one_shared_and_the_other_typed_is_no_proof(floor: Floor) -> None:
    await floor.shares_number("Anna", PHONE)
    await floor.says("Boris", PHONE)

    await merges(floor)

    assert not await merged(floor)


async def test_the_card_of_somebody_else_is_no_proof(floor: Floor) -> None:
    await floor.shares_number("Anna", PHONE)
    ticket = await floor.ticket("Boris")
    await floor.presses("Boris", f"contact:{ticket.id}")
    await floor.shares_number("Boris", PHONE, of="Anna")

    await merges(floor)

    assert not await merged(floor)


async def test_who_was_told_confirms_once(floor: Floor) -> None:
    for name in ("Anna", "Boris"):
        await floor.says(name, PHONE)
    await merges(floor)
    (action,) = await offered(floor)

    told = await floor.presses_in_topic("Olga", "Anna", action)

    assert (told, await merged(floor)) == ("", True)
    assert any(text.startswith("Ticket #") for where, text in await floor.told() if where == "in Anna")
    assert (await floor.presses_in_topic("Olga", "Anna", action)).startswith(
        f"#{(await floor.ticket('Boris')).id} is closed already"
    )


async def test_a_button_for_what_is_not_so_any_more_merges_nothing(floor: Floor) -> None:
    for name in ("Anna", "Boris"):
        await floor.says(name, PHONE)
    await merges(floor)
    (action,) = await offered(floor)
    await floor.says("Boris", "my number is +49 170 7654321")

    assert (await floor.presses_in_topic("Olga", "Anna", action)).startswith("Nothing shows that")
    assert not await merged(floor)


async def test_nobody_confirms_in_a_colleagues_chat(floor: Floor) -> None:
    for name in ("Anna", "Boris"):
        await floor.says(name, PHONE)
    await merges(floor)
    (action,) = await offered(floor)
    await floor.writes("Olga", "Anna", "/claim")

    assert (await floor.presses_in_topic("Max", "Anna", action)).startswith("Olga has this chat")
    assert not await merged(floor)
