"""Returns and call-backs after they were sent in: their own words and states, never those of an order."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from bot.handlers import order_states, orders_desk
from bot.handlers.order_states import Became
from bot.orders import store
from bot.orders.status import Refused, State, Why
from bot.orders.store import Order
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

WINDOW = {"date": "2026-11-27", "from": "09:00", "to": "12:00"}
RETURN: dict[str, Any] = {"number": "S-1042", "reason": ["taste"]}
CALL_BACK: dict[str, Any] = {"name": "Anna Vogt", "phone": "+491701234567", "window": WINDOW}


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    return floor


async def made(floor: Floor, form: str = "return", language: str = "en") -> Order:
    """Let Anna have sent in a form beside the one that takes orders."""
    answers, prefix = (RETURN, "R") if form == "return" else (CALL_BACK, "C")

    def work(conn: Connection) -> Order:
        turn = floor.turn(conn, "Anna")
        turn.speak(language)
        who = turn.conversation
        order = store.confirm(conn, who.id, who.customer_id, form, answers, [("a", "b")], floor.now, prefix=prefix)
        turn.carry([orders_desk.new_order(turn, order, [("a", "b")])])
        return order

    order = await floor.change(work)
    await floor.told()
    return order


async def offered(floor: Floor, order: Order) -> list[str]:
    def work(conn: Connection) -> list[str]:
        now = store.get(conn, order.number)
        assert now is not None
        texts = floor.house.texts("en")
        return [button.text for row in order_states.below(floor.house, now, texts) for button in row]

    return await floor.house.database.read(work)


async def first_lines(floor: Floor) -> list[tuple[str, str]]:
    return [(who, text.splitlines()[0]) for who, text in await floor.told()]


async def test_a_return_is_accepted_and_received_but_never_shipped(floor: Floor) -> None:
    order = await made(floor)
    new = await offered(floor, order)

    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")
    accepted = await offered(floor, order)
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:confirmed:returned")

    assert new == ["Accepted", "Received", "Refuse", "Change …"]
    assert accepted == ["Received", "Cancel it", "Change …"]
    assert await offered(floor, order) == []
    assert await first_lines(floor) == [
        ("Anna", f"Return {order.number}: accepted."),
        ("in Anna", f"📦 Return {order.number}: accepted · Olga"),
        ("Anna", f"Return {order.number}: received."),
        ("in Anna", f"📦 Return {order.number}: received · Olga"),
    ]


async def test_a_call_back_is_done_in_the_language_of_each(floor: Floor) -> None:
    order = await made(floor, "callback", "ru")

    await floor.writes("Olga", "Anna", f"/order {order.number} erledigt")

    assert await first_lines(floor) == [
        ("Anna", f"Обратный звонок {order.number}: выполнено."),
        ("in Anna", f"📦 Call-back {order.number}: done · Olga"),
    ]


@pytest.mark.parametrize(
    ("said", "state"), [("received", "returned"), ("Eingetroffen", "returned"), ("returned", "returned")]
)
async def test_a_state_is_set_by_the_forms_own_word_in_any_language(floor: Floor, said: str, state: str) -> None:
    order = await made(floor)

    await floor.writes("Olga", "Anna", f"/order {order.number} {said}")

    now = await floor.house.database.read(lambda conn: store.get(conn, order.number))
    assert now is not None
    assert now.state == state


async def test_a_state_that_the_form_does_not_have_is_refused_with_those_that_it_has(floor: Floor) -> None:
    order = await made(floor)

    await floor.writes("Olga", "Anna", f"/order {order.number} shipped")
    await floor.writes("Olga", "Anna", f"/order {order.number} lost")

    not_there, how = await floor.heard("in Anna")
    assert not_there == (
        f"{order.number} cannot become shipped: its form does not have that."
        " It has: new, accepted, cancelled, received. Nothing was changed."
    )
    assert how == (
        f"So it goes: /order {order.number} shows it\n"
        f"/order {order.number} STATE REASON sets how it stands: new | accepted | cancelled | received\n"
        f"/order {order.number} change FIELD VALUE proposes a change, change withdraw takes it back"
    )


async def test_what_stands_in_a_state_that_its_form_has_no_more_goes_on_from_there(floor: Floor) -> None:
    order = await made(floor)
    await floor.change(lambda conn: store.put_into(conn, order, State.SHIPPED, floor.now))

    became = await floor.change(lambda conn: order_states.set_alone(floor.house, conn, order.number, State.DELIVERED))
    then = await floor.change(lambda conn: order_states.set_alone(floor.house, conn, order.number, State.RETURNED))

    assert became == Refused(Why.NOT_HERE, State.SHIPPED)
    assert isinstance(then, Became)


async def test_a_customer_takes_a_return_back_in_words_that_fit_it(floor: Floor) -> None:
    order = await made(floor)

    await floor.says("Anna", "/orders")
    await floor.presses("Anna", f"mine:show:{order.number}")
    await floor.presses("Anna", f"mine:cancel:{order.number}")
    await floor.presses("Anna", f"mine:stay:{order.number}")
    await floor.presses("Anna", f"mine:gone:{order.number}")

    told = [text for who, text in await floor.told() if who == "Anna"]
    assert told[0].splitlines()[1].startswith(f"Return {order.number} · received · ")
    assert [text.splitlines()[0] for text in told[1:]] == [
        f"Return {order.number}: received.",
        f"Return {order.number}: shall it be cancelled?",
        f"Return {order.number} stays as it is.",
        f"Return {order.number}: cancelled.",
    ]


async def test_a_change_of_a_call_back_is_asked_for_by_its_title(floor: Floor) -> None:
    order = await made(floor, "callback")

    await floor.writes("Olga", "Anna", f"/order {order.number} change name Mia Doe")
    waiting = await floor.house.database.read(lambda conn: store.get(conn, order.number))
    assert waiting is not None
    assert waiting.proposal is not None
    await floor.presses("Anna", f"mine:agree:{order.number}:{waiting.proposal['id']}")
    await floor.presses("Anna", f"mine:agree:{order.number}:{waiting.proposal['id']}")

    told = [text.splitlines()[0] for who, text in await floor.told() if who == "Anna"]
    assert told == [
        f"Call-back {order.number}: a change is proposed:",
        f"Thank you. Call-back {order.number} is changed:",
        f"This proposal is no longer open. Call-back {order.number} stands as it is; /orders shows it.",
    ]


async def test_a_correction_says_so(floor: Floor) -> None:
    order = await made(floor)
    await floor.writes("Olga", "Anna", f"/order {order.number} received")
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} accepted it was another parcel")

    assert (await first_lines(floor))[0] == ("Anna", f"A correction. Return {order.number} now stands so: accepted.")


async def test_a_state_is_set_privately_as_in_the_topic(floor: Floor) -> None:
    order = await made(floor)

    await floor.privately("Olga", f"/order {order.number} shipped")
    await floor.privately("Olga", f"/order {order.number} accepted")
    await floor.privately("Olga", f"/order {order.number} accepted")

    assert [(who, text.partition(":")[0]) for who, text in await floor.told()] == [
        ("Olga", f"{order.number} cannot become shipped"),
        ("Anna", f"Return {order.number}"),
        ("in Anna", f"📦 Return {order.number}"),
        ("Olga", f"Return {order.number}"),
        ("Olga", f"{order.number} is accepted already; nothing was done and nobody was told again."),
    ]


async def test_what_a_colleague_has_is_not_changed_privately_either(floor: Floor) -> None:
    await floor.hires("Max")
    order = await made(floor)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.privately("Max", f"/order {order.number} accepted")

    assert ["Olga" in text for text in await floor.heard("Max")] == [True]
    now = await floor.house.database.read(lambda conn: store.get(conn, order.number))
    assert now == order


async def test_a_change_is_proposed_privately_and_the_topic_reads_by_whom(floor: Floor) -> None:
    order = await made(floor, "callback")

    await floor.privately("Olga", f"/order {order.number} change name Mia Doe")

    proposed = f"Proposed for {order.number}, the customer is asked:\nName: Anna Vogt → Mia Doe"
    assert await floor.told() == [
        ("Anna", f"Call-back {order.number}: a change is proposed:\nName: Anna Vogt → Mia Doe"),
        ("in Anna", f"📦 Olga: {proposed}"),
        ("Olga", proposed),
    ]


async def test_a_proposal_that_nobody_answered_in_a_week_is_no_longer_shown_as_waiting(floor: Floor) -> None:
    order = await made(floor, "callback")
    await floor.writes("Olga", "Anna", f"/order {order.number} change name Mia Doe")
    await floor.told()

    await floor.privately("Olga", f"/order {order.number}")
    floor.later(days=7, seconds=1)
    await floor.privately("Olga", f"/order {order.number}")
    await floor.writes("Olga", "Anna", f"/order {order.number} change name Mia Doe")
    await floor.privately("Olga", f"/order {order.number}")

    again = f"propose it again: /order {order.number} change FIELD VALUE"
    lines = [text.splitlines()[2] for who, text in await floor.told() if who == "Olga"]
    assert lines == [
        "Waits for the customer's consent: Name → Mia Doe",
        "Proposed, and not answered in a week: Name → Mia Doe. It can no longer be agreed to; " + again,
        "Waits for the customer's consent: Name → Mia Doe",
    ]


@pytest.mark.parametrize(("proven", "offered_again"), [("Web", [True]), ("", [False])])
async def test_what_was_ordered_last_is_offered_in_another_chat_that_is_proven_to_be_theirs(
    floor: Floor, proven: str, offered_again: list[bool]
) -> None:
    await made(floor, "callback")
    if proven:
        await floor.is_known_as("Anna", proven)

    await floor.says("Web", "/callback")

    assert ["Same as last time?" in text for text in await floor.heard("Web")] == offered_again
