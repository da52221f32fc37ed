"""What operators read: what a customer wants to know, what the bot made of it, and whom a refusal means."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain.message import plain
from bot.faq.unanswered import Logged
from bot.handlers import card, proposing
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.storage.database import Database
from bot.web import list_view
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    for name in ("Olga", "Max", "Maxi"):
        await floor.hires(name)
    return floor


async def test_the_queue_shows_what_a_customer_asked_last_not_commands_or_thanks(floor: Floor) -> None:
    await floor.says("Anna", "Where is my parcel with the blue cups?")
    await floor.asks("Anna")
    for words in ("thank you", "Talk to a person", "ok"):
        await floor.says("Anna", words)
    await floor.asks("Boris")
    await floor.told()

    await floor.privately("Olga", "/queue")

    (told,) = await floor.heard("Olga")
    assert [line for line in told.splitlines()[1:] if "http" not in line and "t.me" not in line] == [
        f"#{(await floor.ticket('Anna')).id} Anna · 0 min",
        "Where is my parcel with the blue cups?",
        f"#{(await floor.ticket('Boris')).id} Boris · 0 min",
    ]

    def shown(conn: Connection) -> list[str]:
        olga = floor.person(conn, "Olga")
        tickets = [floor.turn(conn, name).ticket for name in ("Anna", "Boris")]
        return [one.text for one in list_view._last_lines(conn, [one for one in tickets if one], olga).values()]  # noqa: SLF001 the page itself is the console's test

    assert await floor.house.database.read(shown) == ["Where is my parcel with the blue cups?", "/human"]


async def test_claiming_what_somebody_took_meanwhile_says_who_has_it(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Max", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", "/claim")

    assert [text for _, text in await floor.told()] == ["Max has this chat."]


async def test_merging_a_closed_ticket_says_that_it_is_closed(floor: Floor) -> None:
    await floor.asks("Boris")
    await floor.writes("Olga", "Boris", "/close")
    await floor.asks("Anna")
    number = (await floor.ticket("Boris")).id
    await floor.told()

    await floor.writes("Olga", "Anna", f"/merge {number}")
    await floor.writes("Olga", "Anna", "/merge 999")

    closed, unknown = [text for _, text in await floor.told()]
    assert closed.startswith(f"#{number} is closed already")
    assert not unknown.startswith("#999 is closed")


async def test_a_chat_is_offered_to_others_only(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Maxi", "Anna", "/claim")
    await floor.told()

    await floor.writes("Maxi", "Anna", "/transfer nobody")
    (names,) = [text for _, text in await floor.told()]
    await floor.writes("Maxi", "Anna", "/transfer ma")

    assert set(names.split(": ")[1].split(", ")) >= {"Olga", "Max"}
    assert "Maxi" not in names
    assert await floor.owner("Anna") == "Max"


@pytest.mark.parametrize(
    ("decision", "entry", "line"),
    [
        ("answer", "delivery", "The bot answered the last question with: delivery 100 %"),
        ("suggest", "", "The bot offered as possible answers: delivery 100 %, returns 20 %"),
        ("none", "", "The bot gave no answer; nearest in the FAQ: delivery 100 %, returns 20 %"),
    ],
)
async def test_the_card_says_what_the_bot_did_with_what_it_thought_of(
    floor: Floor, decision: str, entry: str, line: str
) -> None:
    near = (("delivery", 1.0), ("returns", 0.2))
    logged = Logged(1, 1, "?", "en", decision, entry, 1.0, near, None, floor.now)

    assert card._tried([logged], floor.house.texts("en")) == [plain(line)]  # noqa: SLF001 each decision needs a base


async def test_what_has_a_gap_is_proposed_behind_what_can_be_sent(floor: Floor) -> None:
    await floor.asks("Anna")

    def work(conn: Connection) -> list[str]:
        gap = CannedAnswer("gap", {"en": "Order {order.number} is late."}, asked=("where is my parcel",))
        whole = CannedAnswer("whole", {"en": "It is late, sorry."}, asked=("where is my late parcel",))
        for one in (gap, whole):
            canned.save(conn, one, None, floor.now)
        turn = floor.turn(conn, "Anna")
        return [one.item.key for one in proposing._best(turn, "where is my parcel", [])]  # noqa: SLF001 needs no base

    assert await floor.change(work) == ["whole", "gap"]
