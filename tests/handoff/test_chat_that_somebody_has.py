"""What customers and staff hear of the hours and of a chat's state when somebody has the chat already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.message import Button
from bot.handlers import desk, topic
from bot.handlers.turn import rows, say
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

BACK = "We are back tomorrow at 9:00. Your message is with us; you need not write again."
OPEN_AGAIN = "Your chat is open again: we go on here."


@pytest.fixture
async def floor(database: Database, tmp_path: Path) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    floor.rule('time_zone = "UTC"\n[hours]\nmonday = ["9-18"]\ntuesday = ["9-18"]\n', tmp_path)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    await floor.told()
    return floor


async def test_who_writes_out_of_hours_to_somebody_who_has_the_chat_hears_once_when_they_are_back(floor: Floor) -> None:
    floor.later(hours=10)
    for _ in range(3):
        floor.later(minutes=2)
        await floor.says("Anna", "Is it still on?")

    assert await floor.heard("Anna") == [BACK]


async def test_within_hours_and_in_a_late_talk_nobody_is_told_of_hours(floor: Floor) -> None:
    await floor.says("Anna", "Is it still on?")
    floor.later(hours=10)
    await floor.writes("Olga", "Anna", "Yes.")
    floor.later(minutes=5)
    await floor.says("Anna", "When does it end?")

    assert await floor.heard("Anna") == ["Yes."]


async def test_start_tells_an_operator_that_the_desk_is_closed(floor: Floor) -> None:
    await floor.privately("Olga", "/start")
    at_work = "\n".join(await floor.heard("Olga"))
    floor.later(hours=10)
    await floor.privately("Olga", "/start")
    at_night = "\n".join(await floor.heard("Olga"))

    assert "You are on duty; /away when you go." in at_work
    assert "The desk is closed until tomorrow at 9:00; then you are on duty." in at_night


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_a_customer_hears_that_a_closed_chat_is_open_again(floor: Floor, *, elsewhere: bool) -> None:
    await floor.writes("Olga", "Anna", "/close")
    await floor.told()

    def reopens(conn: Connection) -> None:
        turn, olga = floor.turn(conn, "Anna"), floor.person(conn, "Olga")
        if elsewhere:
            desk.reopen(desk.Hand(turn, olga, elsewhere=True))
        else:
            turn.carry(topic.reopened_by_hand(turn, olga))

    await floor.change(reopens)

    assert await floor.heard("Anna") == [OPEN_AGAIN]


async def test_a_question_that_is_still_open_loses_its_options_when_the_chat_is_closed(floor: Floor) -> None:
    def asks(conn: Connection) -> None:
        turn = floor.turn(conn, "Anna")
        made = turn.carry([say("Home or pick-up point?", rows(Button("Home", "entry:1"), Button("Point", "entry:2")))])
        out = schema.outbox
        conn.execute(out.update().where(out.c.id == made[0]), {"state": "sent", "receipt": "77"})

    await floor.change(asks)
    await floor.writes("Olga", "Anna", "/close")

    def emptied(conn: Connection) -> list[Any]:
        out = schema.outbox
        query = select(out.c.body).where(out.c.act == "edit_buttons", out.c.chat == "cAnna")
        return [body["buttons"] for body in conn.execute(query).scalars()]

    assert len(await floor.change(emptied)) == 2  # the other is what was offered for the wait
