"""A stranger who reads only /help can work a shift: it names all that there is to know, in every language."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection

from bot.domain.message import units
from bot.handlers import card, library_desk, marks, orders_desk, private, relay, topic
from bot.handlers.desk import MARKED, NOTED, Hand
from bot.handoff import staff
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

IN_A_TOPIC = {*topic.COMMANDS, *library_desk.COMMANDS, *orders_desk.COMMANDS, topic.DELETE, "history"}
PRIVATELY = {*private.COMMANDS, "language"}
SIGNS = {*card.SIGNS.values(), *card.STEPS.values(), marks.ARRIVED, MARKED, NOTED, relay.NOTE, "✎"}
LONGEST = 4096


@pytest.fixture(params=["en", "de", "ru"])
async def floor(request: pytest.FixtureRequest, database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga", language=request.param)
    await floor.asks("Anna")
    return floor


async def in_the_topic(floor: Floor) -> str:
    def work(conn: Connection) -> str:
        hand = Hand(floor.turn(conn, "Anna"), floor.person(conn, "Olga"))
        return "\n".join(str(one.outgoing.body["text"]["text"]) for one in topic.command(hand, "help", ""))

    return await floor.change(work)


async def privately(floor: Floor) -> str:
    await floor.told()
    await floor.privately("Olga", "/help")
    (told,) = await floor.heard("Olga")
    return told


async def test_help_names_every_command_and_none_that_there_is_not(floor: Floor) -> None:
    for told in (await in_the_topic(floor), await privately(floor)):
        assert {found.lower() for found in re.findall(r"(?<![\w/])/([a-z]+)", told)} == IN_A_TOPIC | PRIVATELY


async def test_help_explains_every_sign_and_fits_into_one_message(floor: Floor) -> None:
    for told in (await in_the_topic(floor), await privately(floor)):
        assert {sign for sign in SIGNS if sign not in told} == set()
        assert units(told) <= LONGEST


async def test_help_is_the_same_wherever_somebody_asks(floor: Floor) -> None:
    assert await in_the_topic(floor) == await privately(floor)
    assert (await floor.change(lambda conn: staff.get(conn, floor.people["Olga"]))) is not None
