"""What staff find when they come in, in a language of theirs, and what they are told when they mistype."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.domain.people import Role
from bot.domain.ports import Refused, Why
from bot.handlers import undelivered
from bot.handoff import staff
from bot.messaging import outbox
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Max")
    return floor


async def answers(floor: Floor, *texts: str, who: str = "Olga") -> list[str]:
    """Return what somebody of the staff is told to each of some messages."""
    await floor.told()
    said = []
    for text in texts:
        await floor.privately(who, text)
        said.append("\n".join(await floor.heard(who)))
    return said


async def test_start_shows_who_waits_and_whether_one_is_on_duty(floor: Floor, tmp_path: Path) -> None:
    nobody, away = await answers(floor, "/start", "/away")
    for name in ("Anna", "Ben"):
        await floor.asks(name)
    two_wait, _ = await answers(floor, "/start hello", "/back")
    floor.rule('time_zone = "UTC"\n[shifts.Max]\ntuesday = ["9:00-17:00"]\n', tmp_path)
    (before_shift,) = await answers(floor, "/start", who="Max")

    assert nobody.splitlines() == [
        (
            "Hello! This is your desk. Customers' questions come into the group's topics, and what you write there "
            "goes to them."
        ),
        "Nobody is waiting.",
        "You are on duty; /away when you go.",
        "/help says how it all works, /language changes the language.",
    ]
    assert away.startswith("You are away")
    assert two_wait.splitlines()[1:3] == [
        "2 customers wait. /next takes the first one.",
        "You are away; /back when you are here.",
    ]
    assert before_shift.splitlines()[2] == "Your shift begins tomorrow at 9:00; /back takes chats before that."


async def test_a_language_that_staff_choose_is_theirs_from_then_on(floor: Floor) -> None:
    await floor.privately("Olga", "/language")
    await floor.presses_privately("Olga", "mylang:de")
    asked, chosen = await floor.heard("Olga")
    (queue,) = await answers(floor, "/queue")
    await floor.presses_privately("Olga", "mylang:xx")

    out = schema.outbox
    query = select(out.c.body).where(out.c.act == "set_commands").order_by(out.c.id.desc()).limit(1)
    menu = (await floor.house.database.read(lambda conn: conn.execute(query).scalars().all()))[0]["commands"]
    assert asked == "Which language shall we speak?"
    assert (chosen, queue) == ("Wir schreiben auf Deutsch weiter.", "Niemand wartet.")
    assert ["queue", "Wer wartet"] in [list(one) for one in menu]
    language = await floor.house.database.read(lambda conn: floor.person(conn, "Olga").language)
    assert language == "de"


async def test_a_mistyped_command_of_staff_is_answered_with_the_nearest_one(floor: Floor) -> None:
    await floor.hires("Ada", Role.ADMIN)
    olga = await answers(floor, "/quue", "/clsoe", "/close", "/zzzz", "/exprt")
    (ada,) = await answers(floor, "/exprt", who="Ada")

    assert olga == [
        "I don't know /quue. Did you mean /queue? /help says what works where.",
        "I don't know /clsoe. Did you mean /close? /help says what works where.",
        "/close works in a customer's topic, in the group. /mine shows your chats, /queue who waits.",
        "I don't know /zzzz. /help says what works where.",
        "I don't know /exprt. /help says what works where.",
    ]
    assert ada == "I don't know /exprt. Did you mean /export? /help says what works where."


async def test_what_customers_may_do_staff_may_do_as_before(floor: Floor) -> None:
    assert await answers(floor, "/topics", "/order", "/human", "hello") == ["", "", "", ""]


async def test_a_mistyped_command_in_a_topic_is_answered_with_the_nearest_one(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.told()
    await floor.writes("Olga", "Anna", "/clsoe")

    assert await floor.told() == [
        (
            "in Anna",
            (
                "I don't know /clsoe here, so nothing went to the customer. Did you mean /close? /help says what works "
                "where."
            ),
        )
    ]


async def refused(floor: Floor, who: str, why: Why) -> None:
    """Let everything that waits for somebody's private chat be refused."""

    def work(conn: Connection) -> None:
        chat = floor.person(conn, who).telegram_id
        while taken := outbox.claim(conn, floor.now, 50, ["telegram"], lambda one: one.place.chat == chat):
            for one in taken:
                outbox.settle_failed(conn, one.id, "forbidden", floor.now)
                undelivered.follow(floor.house, conn, one, Refused(why, "forbidden"), floor.now)

    await floor.change(work)


@pytest.mark.parametrize("why", [Why.BLOCKED, Why.CHAT_GONE])
async def test_a_colleague_who_never_pressed_start_is_given_the_note_in_the_topic(floor: Floor, why: Why) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/transfer max he knows the carrier")
    await floor.told()

    await refused(floor, "Max", why)

    assert await floor.told() == [
        (
            "in Anna",
            (
                "⚠️ Max could not be told privately: they have not pressed Start in the chat with the bot, or have "
                "blocked it. What they need to know stands here."
            ),
        )
    ]


async def test_who_has_passed_the_chat_on_by_then_is_not_named(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/transfer max")
    await floor.writes("Olga", "Anna", "/takeover")
    await floor.told()

    await refused(floor, "Max", Why.BLOCKED)

    assert await floor.told() == []


async def test_who_works_in_the_console_only_is_named_so_to_whoever_passes_a_chat_on(floor: Floor) -> None:
    await floor.change(lambda conn: staff.add(conn, "Nora", Role.OPERATOR, "en", floor.now))
    await floor.asks("Anna")
    await floor.told()

    await floor.writes("Olga", "Anna", "/transfer nora")

    assert (
        "in Anna",
        "Nora has the chat now. Nora works in the console only and sees it there; no private message is possible.",
    ) in await floor.told()
