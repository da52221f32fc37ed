"""What comes too fast is joined for the staff: nothing of it is lost, and nothing is said twice."""

from __future__ import annotations

from bot.handlers import pace
from bot.storage.database import Database
from tests.handoff.floor import open_floor


async def test_of_a_flood_of_hundreds_every_line_reaches_the_topic_once(database: Database) -> None:
    floor = open_floor(database)
    await floor.asks("Boris")
    await floor.told()
    for number in range(260):
        await floor.says("Boris", f"line {number}.")
    floor.later(seconds=11)
    assert await floor.sweep(pace.sweep_held) == 1
    shown = "\n".join(text for where, text in await floor.told() if where == "in Boris")
    assert [number for number in range(260) if shown.count(f"line {number}.") != 1] == []


async def test_the_message_that_ends_a_flood_stands_in_the_topic_once(database: Database) -> None:
    floor = open_floor(database)
    await floor.asks("Boris")
    for number in range(25):
        await floor.says("Boris", f"line {number}.")
    floor.later(seconds=31)
    await floor.sweep(pace.sweep_held)
    floor.later(seconds=24)
    await floor.says("Boris", "and one more.")
    floor.later(seconds=8)
    await floor.says("Boris", "that was all.")
    shown = "\n".join(text for where, text in await floor.told() if where == "in Boris")
    assert (shown.count("and one more."), shown.count("that was all.")) == (1, 1)


async def test_who_pauses_as_they_were_told_is_not_told_again(database: Database) -> None:
    floor = open_floor(database)
    await floor.asks("Boris")
    for number in range(30):
        await floor.says("Boris", f"line {number}.")
    floor.later(seconds=11)
    await floor.sweep(pace.sweep_held)
    await floor.told()

    await floor.says("Boris", "I need my invoice.")

    assert ("in Boris", "I need my invoice.") in (told := await floor.told())
    assert floor.house.texts("en")("pace.slow_down") not in [text for _, text in told]


async def test_who_pauses_before_anybody_looked_ends_the_flood_with_the_next_message(database: Database) -> None:
    floor = open_floor(database)
    await floor.asks("Boris")
    for number in range(30):
        await floor.says("Boris", f"line {number}.")
    await floor.told()
    floor.later(seconds=11)

    await floor.says("Boris", "I need my invoice.")

    topic = [text for where, text in await floor.told() if where == "in Boris"]
    assert (topic[0].splitlines()[-1], topic[1]) == ("line 29.", "I need my invoice.")
    assert await floor.sweep(pace.sweep_held) == 0
