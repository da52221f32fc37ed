"""A form that its customer takes up while people attend to them: what they write may be for either; people read it."""

from __future__ import annotations

import pytest

from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    return floor


async def test_people_read_what_goes_into_a_form_that_their_customer_has_taken_up_again(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Is it for a gift?")
    await floor.says("Anna", "/order")
    await floor.told()

    await floor.says("Anna", "yes, for my mother")

    told = await floor.told()
    assert ("in Anna", "yes, for my mother") in told
    assert [where for where, _ in told].count("Anna") == 1


async def test_nobody_reads_along_a_form_while_no_people_are_asked_for(floor: Floor) -> None:
    await floor.says("Anna", "/order")
    await floor.told()

    await floor.says("Anna", "yes, for my mother")

    assert [where for where, _ in await floor.told()] == ["Anna"]
