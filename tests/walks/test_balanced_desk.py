"""A desk with rules of its own: the bot gives out the chats, there is a team, and quiet chats end by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import FEW_QUESTIONS, Desk, make_desk
from tests.walks.steps import asks_for_a_person, card_reads, is_added, is_attended, is_named

pytestmark = pytest.mark.walk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Start a desk that gives out its chats; its first people stay away, so each walk brings its own."""
    folder: Path = tmp_path_factory.mktemp("balanced")
    sandbox, desk = make_desk(folder, **FEW_QUESTIONS)
    rules = folder / "config" / "handoff.toml"
    text = rules.read_text(encoding="utf-8").replace('mode = "pull"', 'mode = "balanced"')
    text = text.replace("[auto_close]\n", "[auto_close]\nwarning_hours = 1\n").replace("hours = 0\n", "hours = 2\n")
    rules.write_text(text + '\n[teams.returns]\nname = "Returns"\n', encoding="utf-8")
    try:
        desk.start_bot()
        desk.ready()
        asyncio.run(_all_away(desk))
        yield desk
    finally:
        if desk.bot is not sandbox:
            desk.bot.stop()
        sandbox.stop()


async def _all_away(desk: Desk) -> None:
    async with SandboxClient(desk.sandbox_url) as sandbox:
        for name in ("Olga", "Max", "Ada"):
            person = await sandbox.operator(name)
            await person.says("/away")
            await person.reads("You are away")


async def _goes(*people: Operator) -> None:
    """Let people go home, so that the next walk's chats do not come to them."""
    for person in people:
        await person.says("/away")
        await person.reads("You are away")


@pytest.fixture
async def sandbox(desk: Desk) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(desk.sandbox_url) as client:
        yield client


async def test_chats_come_to_who_has_room_and_wait_while_nobody_has(
    desk: Desk, sandbox: SandboxClient, olga: Operator
) -> None:
    pia, rob = [await is_added(desk, sandbox, name, capacity=1) for name in ("Pia", "Rob")]
    first, second, third = [await sandbox.customer(f"Balanced {number}") for number in range(3)]

    topics = [await asks_for_a_person(person, olga) for person in (first, second, third)]
    heard = [(await person.reads()).text for person in (first, second)]
    given = {name: await person.reads() for name, person in (("Pia", pia), ("Rob", rob))}
    told = [(await olga.reads_in(topic, "gave this chat")).text for topic in topics[:2]]
    await card_reads(olga, topics[2], "Waiting since")
    quick = pia if heard[0].startswith("Pia") else rob
    await quick.writes(topics[0], "Done already.")
    await first.reads("Done already.")
    await quick.writes(topics[0], "/close")
    after = await third.reads()
    await card_reads(olga, topics[2], f"{quick.name} has it")
    await _goes(pia, rob)

    winners = ["Pia", "Rob"] if quick is pia else ["Rob", "Pia"]
    assert heard == [f"{name} has your message and will answer here." for name in winners]
    assert told == [f"The bot gave this chat to {name}." for name in winners]
    numbers = [topic.name.split()[1] for topic in topics]
    assert [given[name].text.partition("\n")[0] for name in winners] == [
        f"{numbers[0]} Balanced 0 is yours now.",
        f"{numbers[1]} Balanced 1 is yours now.",
    ]
    assert all(given[name].text.endswith("Open it in the console") for name in winners)
    assert after.text == f"{winners[0]} has your message and will answer here."


async def test_a_team_gets_a_chat_with_a_note_and_the_bot_gives_it_to_one_of_its_people(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    gus = await is_added(desk, sandbox, "Gus")
    tara = await is_added(desk, sandbox, "Tara", team="returns")
    topic = await asks_for_a_person(customer, olga)
    await customer.reads("has your message")
    await card_reads(olga, topic, " has it")
    await olga.writes(topic, "/takeover")
    await customer.reads("Olga")

    await olga.writes(topic, "/transfer returns wants the money back")
    told = await olga.reads_in(topic, "waits for")
    heard = [(await customer.reads()).text for _ in range(2)]
    given = await tara.reads("yours now")
    await card_reads(olga, topic, "Tara has it")
    await _goes(gus, tara)

    assert told.text == "The chat waits for Returns now."
    assert heard[0].startswith("I pass you on to the colleagues who know this best. They see what was said so far. You")
    assert heard[1] == "Tara has your message and will answer here."
    assert f"{customer.name} is yours now.\n" in given.text
    assert [seen.text for seen in await customer.sees() if "money" in seen.text] == []


async def test_unfinished_chats_of_who_went_away_come_to_a_colleague_and_answered_ones_stay(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    answered = await sandbox.customer("Answered before")
    stays, topic = await is_attended(answered, olga), await is_attended(customer, olga)
    await customer.says("Are you there?")
    await olga.reads_in(topic, "Are you there?")
    await olga.says("/away")
    away = await olga.reads()
    ida = await is_added(desk, sandbox, "Ida")

    for table, column in (("tickets", "assigned_at"), ("tickets", "answered_at"), ("staff", "away_since")):
        desk.write(f"UPDATE {table} SET {column} = datetime({column}, '-16 minutes')")  # noqa: S608 names of ours
    told = await olga.reads_in(topic, "went away", patience=30)
    heard = [(await customer.reads()).text for _ in range(2)]
    await card_reads(olga, topic, "Ida has it")
    await card_reads(olga, stays, "Olga Brandt has it")
    await _goes(ida)

    assert away.text.endswith("Your 1 unfinished chat goes back to the queue in 15 min.")
    assert told.text == "Olga Brandt went away; the chat is back in the queue."
    assert heard[0].startswith(
        "Olga Brandt had to go. A colleague goes on and sees what was said; you need not repeat anything. You are"
    )
    assert heard[1] == "Ida has your message and will answer here."


@pytest.mark.long
async def test_a_quiet_chat_is_warned_of_and_a_warned_one_ends(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    warned = await sandbox.customer("Warned before")
    topic, ends = await is_attended(customer, olga), await is_attended(warned, olga)

    quiet = "UPDATE tickets SET answered_at = datetime(answered_at, '-119 minutes') WHERE id = ?"
    for one in (topic, ends):
        desk.write(quiet, one.name.split()[1].removeprefix("#"))
    told = "UPDATE tickets SET warned_at = datetime('now', '-61 minutes') WHERE id = ?"
    desk.write(told, ends.name.split()[1].removeprefix("#"))
    heard = [await person.reads(patience=70) for person in (customer, warned)]
    await is_named(olga, ends.thread, ends.name.replace("🟡", "✅"))
    await customer.says("I am still here")
    await olga.reads_in(topic, "I am still here")

    assert heard[0].text == "Is there anything else? If not, we close this in 1 hour. Write anything and it stays open."
    assert heard[1].text.startswith("We have not heard from you, so we closed this for now.")
    assert len(heard[1].buttons) == 5
    assert (await olga.topic(ends.thread)).closed
    assert "The customer does not answer and was told that this closes in 1 hour." in [
        seen.text for seen in await olga.sees_in(topic)
    ]
    rows = desk.rows("SELECT state, warned_at FROM tickets WHERE id = ?", topic.name.split()[1].removeprefix("#"))
    assert rows == [("assigned", None)]
