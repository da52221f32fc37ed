"""A chat that somebody gave up: who gets it next where the bot gives them out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.handlers.assigning import NOT_BACK_WITHIN
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database, tmp_path: Path) -> Floor:
    floor = open_floor(database)
    floor.rule('[assignment]\nmode = "balanced"\n', tmp_path)
    await floor.hires("Olga")
    await floor.hires("Max", capacity=1)
    return floor


@pytest.mark.parametrize("command", ["/release", "/transfer L1"])
async def test_a_chat_that_was_given_up_goes_to_a_colleague(floor: Floor, command: str) -> None:
    await floor.asks("Anna")
    await floor.assigns()
    first = await floor.owner("Anna")

    await floor.writes(first, "Anna", command)
    await floor.assigns()

    assert (first, await floor.owner("Anna")) == ("Olga", "Max")


async def test_while_the_colleague_is_full_it_waits_for_a_while_and_then_comes_back(floor: Floor) -> None:
    for name in ("Anna", "Ben"):
        await floor.asks(name)
        await floor.writes("Olga" if name == "Anna" else "Max", name, "/claim")
    await floor.writes("Olga", "Anna", "/release")

    at_once = await floor.assigns()
    floor.later(seconds=NOT_BACK_WITHIN.total_seconds() + 1)
    later = await floor.assigns()

    assert (at_once, later, await floor.owner("Anna")) == (0, 1, "Olga")


async def test_it_comes_back_at_once_when_nobody_else_is_there(floor: Floor) -> None:
    await floor.privately("Max", "/away")
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.writes("Olga", "Anna", "/release")

    assert await floor.assigns() == 1
    assert await floor.owner("Anna") == "Olga"
