"""The card says what is owed to the customer next, and when; and what is late, with the sign of the ladder's step."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.ports import Act, Receipt
from bot.handlers import ladder
from bot.handoff import promises, rules
from bot.handoff.hours import WorkingHours
from bot.handoff.promises import Promise, Promises, Step
from bot.messaging import backlog, merging, outbox
from bot.messaging.outbox import Delivery
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import MONDAY
from tests.handoff.floor import Floor, open_floor

PROMISED = """
time_zone = "Europe/Berlin"
[sla]
first_answer = "10 min"
next_answer = "20 min"
resolution = "{resolution}"
"""


@pytest.fixture
async def floor(database: Database, tmp_path: Path) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    promised(floor, tmp_path)
    return floor


def promised(floor: Floor, folder: Path, resolution: str = "48 h") -> None:
    file = folder / "handoff.toml"
    file.write_text(PROMISED.format(resolution=resolution), encoding="utf-8")
    floor.house.rules = rules.load(file)


async def owed(floor: Floor, name: str = "Anna") -> list[str]:
    """Return the lines of the card about what is due, as it will read when all that waits has arrived."""

    def work(conn: Connection) -> str:
        topic = floor.turn(conn, name).topic()
        assert topic is not None
        assert topic.card is not None
        body = backlog.last_of(conn, (topic.lane, topic.looks_lane), topic.card)
        assert body is not None
        return str(body["text"]["text"])

    text = await floor.house.database.read(work)
    return [line for line in text.split("\n") if " due " in line]


async def edits(floor: Floor) -> int:
    table = schema.outbox
    query = select(func.count()).where(table.c.act == "edit")
    return int(await floor.house.database.read(lambda conn: conn.execute(query).scalar_one()))


async def test_the_card_names_the_promise_that_is_next_and_its_time_in_the_shops_zone(floor: Floor) -> None:
    await floor.asks("Anna")
    opened = await owed(floor)
    await floor.writes("Olga", "Anna", "/claim")
    claimed = await owed(floor)
    floor.later(minutes=5)
    await floor.writes("Olga", "Anna", "Good day!")
    answered = await owed(floor)
    floor.later(minutes=60)
    await floor.says("Anna", "and now?")
    asked = await owed(floor)
    await floor.writes("Olga", "Anna", "Tomorrow.")
    again = await owed(floor)
    await floor.writes("Olga", "Anna", "/close")

    assert opened == claimed == ["First answer due 10:10"]
    assert answered == again == ["Solution due Wed, Nov 25, 2026, 10:00"]
    assert asked == ["Next answer due 11:25"]
    assert await owed(floor) == []


async def test_a_late_promise_has_the_sign_of_its_step_and_the_card_changes_by_itself(floor: Floor) -> None:
    await floor.asks("Anna")
    seen = []
    for minutes in (4, 1, 5, 10):
        floor.later(minutes=minutes)
        await floor.sweep(ladder.sweep_promises)
        seen.append(await owed(floor))
    await floor.writes("Olga", "Anna", "Good day!")

    was = "First answer was due Mon, Nov 23, 2026, 10:10"
    assert seen == [["First answer due 10:10"], ["⏰ First answer due 10:10"], [f"⚠️ {was}"], [f"🚨 {was}"]]
    assert await owed(floor) == ["Solution due Wed, Nov 25, 2026, 10:00"]


async def test_a_late_solution_stands_beside_the_answer_that_is_owed(floor: Floor, tmp_path: Path) -> None:
    promised(floor, tmp_path, resolution="1 h")
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    floor.later(minutes=61)

    await floor.says("Anna", "and now?")

    assert await owed(floor) == ["Next answer due 11:21", "⚠️ Solution was due Mon, Nov 23, 2026, 11:00"]


async def test_what_is_not_promised_stands_on_no_card(floor: Floor, tmp_path: Path) -> None:
    file = tmp_path / "handoff.toml"
    file.write_text('[sla]\nfirst_answer = "off"\nnext_answer = "off"\nresolution = "off"\n', encoding="utf-8")
    floor.house.rules = rules.load(file)

    await floor.asks("Anna")

    assert await owed(floor) == []


async def changes(floor: Floor) -> list[list[str]]:
    """Deliver what may go now; return what each change of the card in it says about what is due."""

    def work(conn: Connection) -> list[Delivery]:
        out = []
        while taken := outbox.claim(conn, floor.now, 400, ["telegram"], lambda _: True):
            found = [merging.merged(conn, one, floor.now, short=False) for one in taken]
            for one in [one for one in found if one is not None]:
                outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), floor.now)
                merging.remember(conn, one)
                out.append(one)
        return out

    texts = [
        str(one.outgoing.body["text"]["text"])
        for one in await floor.change(work)
        if one.of_looks and one.outgoing.act is Act.EDIT
    ]
    return [[line for line in text.split("\n") if " due " in line] for text in texts]


async def test_an_answer_within_a_minute_leaves_the_card_as_it_is_and_costs_no_edit(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    assert await changes(floor) == []  # the card that waited was posted as it reads now

    await floor.says("Anna", "and now?")
    asked = await changes(floor)
    floor.later(seconds=50)
    await floor.writes("Olga", "Anna", "Tomorrow.")
    floor.later(minutes=5)
    answered = await changes(floor)
    await floor.says("Anna", "at noon?")
    floor.later(seconds=60)
    unanswered = await changes(floor)

    assert (asked, answered, unanswered) == ([], [], [["Next answer due 10:25"]])


async def test_a_change_that_matters_waits_for_nobody(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    await changes(floor)

    await floor.says("Anna", "and now?")
    await floor.writes("Olga", "Anna", "/tag wet")

    assert await changes(floor) == [["Next answer due 10:20"]]


async def test_words_in_a_row_change_the_card_once_and_a_sweep_that_says_nothing_never(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    before = await edits(floor)

    for text in ("and", "when", "does it come?"):
        await floor.says("Anna", text)
        floor.later(seconds=1)
        await floor.sweep(ladder.sweep_promises)

    assert await edits(floor) - before == 1


async def test_a_chat_that_was_put_back_owes_an_answer_as_soon_as_its_customer_writes(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Good day!")
    await floor.writes("Olga", "Anna", "/release")

    await floor.says("Anna", "hello?")

    assert await owed(floor) == ["Next answer due 10:20"]


@pytest.mark.parametrize(
    ("minutes", "step"), [(0, None), (4.99, None), (5, Step.TOPIC), (10, Step.OPERATOR), (20, Step.MANAGERS)]
)
def test_the_step_that_is_reached_is_the_highest(minutes: float, step: Step | None) -> None:
    hours = WorkingHours("UTC", {})
    allowed = Promises({Promise.FIRST_ANSWER: timedelta(minutes=10)})
    now: datetime = MONDAY + timedelta(minutes=minutes)

    found = promises.standing(Promise.FIRST_ANSWER, MONDAY, allowed, hours, now)

    assert found == (datetime(2026, 11, 23, 9, 10, tzinfo=ZoneInfo("UTC")), step)


async def test_the_card_follows_a_form_that_goes_on_and_shows_a_minutes_answers_at_once(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.says("Anna", "/order")
    before = await edits(floor)

    async def presses_first() -> str:
        def work(conn: Connection) -> list[str]:
            out = schema.outbox.c
            rows = conn.execute(select(out.body).where(out.chat == "cAnna", out.act == "say").order_by(out.id.desc()))
            return next(list(body["buttons"][0][0]) for body in rows.scalars() if body.get("buttons"))

        label, action, *_ = await floor.house.database.read(work)
        await floor.presses("Anna", action)
        return label

    item, number = await presses_first(), await presses_first()

    def shown(conn: Connection) -> tuple[str, list[datetime]]:
        topic, out = floor.turn(conn, "Anna").topic(), schema.outbox.c
        assert topic is not None
        assert topic.card is not None
        body = backlog.last_of(conn, (topic.lane, topic.looks_lane), topic.card)
        assert body is not None
        held = conn.execute(select(out.not_before).where(out.act == "edit").order_by(out.id.desc()).limit(2)).scalars()
        return body["text"]["text"], list(held)

    text, held = await floor.house.database.read(shown)
    assert (f"Item: {item}" in text, f"Quantity: {number}" in text) == (True, True)
    assert held == [floor.now + timedelta(minutes=1)] * 2
    assert await edits(floor) == before + 2
