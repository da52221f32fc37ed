"""How a wait goes on and ends: the place asked for, /cancel, offers taken away, and a ticket that goes on elsewhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.handlers import closing
from bot.handoff.ticket import State
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

NEXT = "You are next."
NO_CONTACT = "I found no phone number or e-mail address in that, so I passed it on as a message."
HOW_IT_LOOKS = "please write it like +49 170 1234567 or anna@example.org; /cancel leaves it out."
HANDED_OVER = f"I'll pass this to a colleague. {NEXT}"


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    return floor


async def acts(floor: Floor, name: str, act: str) -> list[dict[str, Any]]:
    """Return the bodies of what was done at a customer's place."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.chat == f"c{name}", out.c.act == act).order_by(out.c.id)
    return await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))


async def lets_go_of(floor: Floor) -> int:
    """Return how many messages of Anna lost their buttons."""
    return len([body for body in await acts(floor, "Anna", "edit_buttons") if body["buttons"] == []])


@pytest.mark.parametrize("words", ["How long does it take?", "I still need a person", "Ist da jemand?", "/human"])
async def test_who_waits_and_asks_again_hears_the_place_and_no_speech(floor: Floor, words: str) -> None:
    await floor.asks("Anna")
    floor.later(minutes=2)
    await floor.says("Anna", words)

    assert await floor.heard("Anna") == [HANDED_OVER, NEXT]


async def test_who_asks_how_long_in_a_row_hears_it_once_and_again_after_a_while(floor: Floor) -> None:
    await floor.asks("Anna")
    for seconds in (1, 1, 1, 61):
        floor.later(seconds=seconds)
        await floor.says("Anna", "how long?")

    said = await floor.told()

    assert [text for who, text in said if who == "Anna"] == [HANDED_OVER, NEXT, NEXT]
    assert len([text for who, text in said if (who, text) == ("in Anna", "how long?")]) == 4


async def test_who_cancels_the_wait_is_told_that_and_nobody_is_told_that_it_is_solved(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.told()
    await floor.says("Anna", "/cancel")

    assert await floor.told() == [
        ("Anna", "Fine, you are out of the queue. Write whenever you need something."),
        ("in Anna", "The customer does not wait any more (/cancel)."),
    ]
    assert (await floor.ticket("Anna")).state is State.CLOSED


SOLVED = "The customer says that it is solved."


async def test_what_is_solved_ends_a_chat_that_somebody_has_and_has_not_answered(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()
    await floor.presses("Anna", f"solved:{ticket.id}")

    assert await floor.told() == [("Anna", "Glad to hear it. Write whenever you need something."), ("in Anna", SOLVED)]
    assert (await floor.ticket("Anna")).state is State.CLOSED


async def test_what_is_solved_behind_an_answer_is_told_once_and_left_to_who_has_the_chat(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "What is it about?")
    await floor.told()
    gone = await lets_go_of(floor)
    for _ in range(2):
        await floor.presses("Anna", f"solved:{ticket.id}")

    assert await floor.told() == [
        ("Anna", "Glad to hear it. Olga knows and will close this chat; write if there is anything else."),
        ("in Anna", f"{SOLVED} Close the chat if nothing is left."),
    ]
    assert (await floor.ticket("Anna")).state is State.WAITING_FOR_CUSTOMER
    assert await lets_go_of(floor) == gone + 2
    assert await close_buttons(floor, ticket.id) == 1


async def close_buttons(floor: Floor, ticket: int) -> int:
    """Return how many messages of the topic that are not the card offer to close."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.act == "say", out.c.topic_id.is_not(None))
    bodies = await floor.house.database.read(lambda conn: list(conn.execute(query).scalars()))
    plain = [body for body in bodies if "card" not in body]
    return sum(f"close:{ticket}" in str(body.get("buttons")) for body in plain)


async def test_what_was_offered_for_the_wait_goes_with_it_however_it_ends(floor: Floor) -> None:
    await floor.asks("Anna")
    gone = [await lets_go_of(floor)]
    await floor.says("Anna", "/cancel")
    gone.append(await lets_go_of(floor))
    await floor.asks("Anna")
    for number in range(10):
        await floor.says("Anna", f"line {number}")
    await floor.writes("Olga", "Anna", "Hello!")
    await floor.writes("Olga", "Anna", "/close")
    gone.append(await lets_go_of(floor))

    assert gone == [0, 1, 3]  # the reopened ticket has the same number, so both of its offers are looked at


async def test_the_keyboard_for_a_phone_number_goes_when_the_chat_is_closed(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    await floor.presses("Anna", f"contact:{ticket.id}")
    await floor.writes("Olga", "Anna", "Here I am.")
    await floor.told()
    await floor.writes("Olga", "Anna", "/close")

    assert (await floor.heard("Anna"))[0] == "No phone number or e-mail is needed any more."
    assert [body["text"]["text"] for body in await acts(floor, "Anna", "say") if body.get("remove_keyboard")] == [
        "No phone number or e-mail is needed any more."
    ]
    await floor.says("Anna", "+49 170 1234567")
    assert not any("Noted" in text for text in await floor.heard("Anna"))


async def test_the_keyboard_goes_also_when_the_clock_closes_the_chat(floor: Floor, tmp_path: Path) -> None:
    floor.rule("[auto_close]\nhours = 48\nwarning_hours = 24\n", tmp_path)
    ticket = await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Hello!")
    await floor.presses("Anna", f"contact:{ticket.id}")
    for _ in range(3):
        floor.later(hours=25)
        await floor.sweep(closing.sweep_quiet)

    assert (await floor.ticket("Anna")).state is State.CLOSED
    assert any(body.get("remove_keyboard") for body in await acts(floor, "Anna", "say"))
    assert await lets_go_of(floor) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("no", "Fine, without it. You keep your place."),
        ("nein danke", "Fine, without it. You keep your place."),
        ("нет", "Fine, without it. You keep your place."),
        ("my lid sings", f"{NO_CONTACT} To leave one, {HOW_IT_LOOKS}"),
    ],
)
async def test_who_wants_to_leave_no_contact_may_say_so(floor: Floor, words: str, told: str) -> None:
    ticket = await floor.asks("Anna")
    await floor.presses("Anna", f"contact:{ticket.id}")
    await floor.told()
    await floor.says("Anna", words)

    assert await floor.told() == [("Anna", told), ("in Anna", words)]


async def test_whose_chat_is_released_hears_that_it_goes_on_and_the_place(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()
    await floor.writes("Olga", "Anna", "/release")

    assert await floor.told() == [
        ("Anna", f"A colleague goes on here and sees what was said; you need not repeat anything. {NEXT}"),
        ("in Anna", "The chat is back in the queue."),
    ]


async def joined(floor: Floor, channel: str = "webchat") -> None:
    """Let Anna write in Telegram and Anja on the web page, be one person, and have one ticket."""
    await floor.asks("Anna")
    await floor.says("Anja", "/human", channel=channel)

    await floor.is_known_as("Anna", "Anja", channel)

    def number_of(conn: Connection) -> int:
        ticket = floor.turn(conn, "Anja", channel).ticket
        assert ticket is not None
        return ticket.id

    number = await floor.change(number_of)
    await floor.writes("Olga", "Anna", f"/merge {number}")
    await floor.told()


async def tickets(floor: Floor) -> int:
    query = select(schema.tickets.c.id)
    return len(await floor.house.database.read(lambda conn: conn.execute(query).all()))


async def test_what_is_written_in_the_other_chat_reaches_the_one_ticket(floor: Floor) -> None:
    await joined(floor)
    await floor.writes("Olga", "Anna", "What is it?")
    await floor.told()
    floor.later(minutes=1)

    await floor.says("Anja", "the lid is torn", channel="webchat")
    await floor.says("Anja", "and the box", channel="webchat")

    assert await floor.told() == [
        ("in Anna", "💬 From the customer's other chat (web chat):\nthe lid is torn"),
        ("Anja", "I passed this on. The answer comes in your chat on Telegram."),
        ("in Anna", "💬 From the customer's other chat (web chat):\nand the box"),
    ]
    assert await tickets(floor) == 2
    ticket = await floor.ticket("Anna")
    assert (ticket.state, ticket.customer_wrote_at) == (State.ASSIGNED, floor.now)


async def test_who_asks_for_a_person_there_is_told_where_they_are(floor: Floor) -> None:
    await joined(floor)

    await floor.says("Anja", "/human", channel="webchat")

    assert await floor.told() == [
        (
            "Anja",
            "A colleague already has your question, in your chat on Telegram. What you write here goes there too.",
        )
    ]
    assert await tickets(floor) == 2


async def test_once_the_one_ticket_is_closed_the_other_chat_begins_anew(floor: Floor) -> None:
    await joined(floor)
    await floor.writes("Olga", "Anna", "/close")

    await floor.says("Anja", "/human", channel="webchat")

    assert await tickets(floor) == 3


async def test_a_chat_that_was_merged_twice_goes_on_where_the_last_one_does(floor: Floor) -> None:
    await joined(floor)
    await floor.says("Anke", "/human")

    await floor.is_known_as("Anna", "Anke")
    await floor.writes("Olga", "Anke", f"/merge {(await floor.ticket('Anna')).id}")
    await floor.told()
    floor.later(minutes=10)
    await floor.says("Anja", "hello again", channel="webchat")

    assert [who for who, _ in await floor.told()] == ["in Anke", "Anja"]
    assert timedelta(0) <= floor.now - ((await floor.ticket("Anke")).customer_wrote_at or floor.now)
