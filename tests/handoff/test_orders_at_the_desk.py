"""Orders after they were confirmed: in the topic, for their customer, and when two act at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.domain.people import Role
from bot.domain.ports import Act, Outgoing, Receipt
from bot.handlers import order_events, order_states, orders_desk
from bot.handlers.order_states import Became
from bot.messaging import conversations
from bot.messaging.bell import Bell
from bot.messaging.connectors import AsChannel
from bot.messaging.delivery import DeliveryLoop
from bot.orders import stock, store
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import load
from bot.orders.forms import Forms
from bot.orders.status import Refused, State, Why
from bot.orders.store import Order
from bot.storage import schema
from bot.storage.database import Database, connect
from tests.handoff.floor import Floor, open_floor

SUMMARY = (("Item", "Plum Rooibos"), ("Quantity", "2 pieces"))
ANSWERS: dict[str, Any] = {
    "what": "plum",
    "quantity": 2,
    "delivery": "pickup",
    "window": {"date": "2026-11-27", "from": "14:00", "to": "18:00"},
    "name": "Anna Vogt",
    "phone": "+491701234567",
    "terms": {"yes": True, "at": "2026-11-23"},
}


async def ordered(floor: Floor, name: str = "Anna", **answers: object) -> Order:
    """Let a customer have ordered something."""

    def work(conn: Connection) -> Order:
        turn = floor.turn(conn, name)
        who = turn.conversation
        order = store.confirm(conn, who.id, who.customer_id, "order", {**ANSWERS, **answers}, SUMMARY, floor.now)
        order_events.happened(turn, "made", order)
        turn.carry([orders_desk.new_order(turn, order, SUMMARY)])
        return order

    return await floor.change(work)


async def stands(floor: Floor, order: Order) -> Order:
    found = await floor.house.database.read(lambda conn: store.get(conn, order.number))
    assert found is not None
    return found


async def log(floor: Floor, order: Order) -> list[tuple[str, str, str, str]]:
    rows = await floor.house.database.read(lambda conn: store.history(conn, order.id))
    return [(row.kind.value, row.before, row.after, row.note) for row in rows]


async def offered(floor: Floor, order: Order) -> list[str]:
    """Return the labels of the buttons that the line about an order shows last."""

    def work(conn: Connection) -> list[str]:
        out = schema.outbox
        rows = conn.execute(select(out).where(out.c.topic_id.is_not(None)).order_by(out.c.id)).all()
        line = next(row for row in rows if row.body.get("order") == order.number)
        edits = [row for row in rows if row.target_id == line.id and row.act in {"edit", "edit_buttons"}]
        return [button[0] for row in (edits[-1] if edits else line).body.get("buttons") or [] for button in row]

    return await floor.house.database.read(work)


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Max")
    await floor.hires("Maria", Role.MANAGER)
    return floor


async def test_an_order_goes_its_way_by_buttons_and_its_customer_hears_of_each_step(floor: Floor) -> None:
    order = await ordered(floor)
    first = await offered(floor, order)
    await floor.told()

    toast = await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")
    then = await offered(floor, order)
    told = await floor.told()
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:confirmed:shipped")
    await floor.presses_in_topic("Max", "Anna", f"order:{order.number}:shipped:delivered")

    assert first == ["Confirm", "Shipped", "Refuse", "Change …"]
    assert toast == f"{order.number}: confirmed."
    assert then == ["Shipped", "Delivered", "Cancel it", "Change …"]
    assert told == [
        ("Anna", f"Your order {order.number} is confirmed."),
        ("in Anna", f"📦 {order.number}: confirmed · Olga"),
    ]
    assert await offered(floor, order) == ["Came back"]
    assert [row[:3] for row in await log(floor, order)] == [
        ("made", "", "new"),
        ("state", "new", "confirmed"),
        ("state", "confirmed", "shipped"),
        ("state", "shipped", "delivered"),
    ]


async def test_an_order_of_two_hundred_lines_has_its_buttons_below_its_last_part_only(floor: Floor) -> None:
    order = await ordered(floor)
    long = [(f"Item {number}", "Plum Rooibos " * 4) for number in range(200)]

    def tell(conn: Connection) -> list[int]:
        return floor.turn(conn, "Anna").carry([orders_desk.new_order(floor.turn(conn, "Anna"), order, long)])

    made = await floor.change(tell)
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")

    def changed(conn: Connection) -> set[int]:
        out = schema.outbox
        return set(conn.execute(select(out.c.target_id).where(out.c.act.in_(["edit", "edit_buttons"]))).scalars())

    assert len(made) > 2
    assert await floor.house.database.read(changed) & set(made) == {made[-1]}


async def test_a_parcels_address_goes_to_the_customer_in_their_language(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.change(lambda conn: floor.turn(conn, "Anna").speak("ru"))
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} shipped https://parcel.example/1")

    assert await floor.told() == [
        ("Anna", f"Ваш заказ {order.number} в пути.\nОтследить посылку: https://parcel.example/1"),
        ("in Anna", f"📦 {order.number}: shipped · Olga\nhttps://parcel.example/1"),
    ]
    assert (await stands(floor, order)).tracking == "https://parcel.example/1"


async def test_a_refusal_asks_why_once_and_the_customer_reads_the_reason(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.change(lambda conn: floor.turn(conn, "Anna").speak("de"))
    await floor.told()

    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:cancelled")
    asked = (await stands(floor, order)).state, await floor.told()
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:cancelled:sold_out")

    assert asked == ("new", [])
    assert await floor.told() == [
        ("Anna", f"Ihre Bestellung {order.number} ist storniert.\nGrund: Ausverkauft"),
        ("in Anna", f"📦 {order.number}: cancelled · Olga\nIt is sold out"),
    ]


async def test_the_same_twice_is_said_once(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.writes("Olga", "Anna", f"/order {order.number} confirmed")
    await floor.told()

    toast = await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")
    await floor.writes("Olga", "Anna", f"/order {order.number} confirmed")

    assert toast.startswith(f"{order.number} is confirmed already")
    assert await floor.told() == [
        ("in Anna", f"{order.number} is confirmed already; nothing was done and nobody was told again.")
    ]


async def test_a_mistake_is_taken_back_with_a_reason_and_the_customer_is_corrected(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.writes("Olga", "Anna", f"/order {order.number} shipped https://parcel.example/1")
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} confirmed")
    refused = await floor.told()
    await floor.writes("Olga", "Anna", f"/order {order.number} confirmed wrong parcel")

    assert refused[0][1].startswith(f"{order.number} is shipped. To take it back to confirmed, write why")
    assert await floor.heard("Anna") == [f"A correction to your order {order.number}. It now stands so: confirmed."]
    assert (await stands(floor, order)).tracking == ""


async def test_who_has_the_chat_decides_and_managers_always_may(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")

    toast = await floor.presses_in_topic("Max", "Anna", f"order:{order.number}:new:confirmed")
    before = (await stands(floor, order)).state
    await floor.presses_in_topic("Maria", "Anna", f"order:{order.number}:new:confirmed")

    assert "Olga" in toast
    assert (before, (await stands(floor, order)).state) == ("new", "confirmed")


async def test_an_order_is_shown_in_the_topic_and_unknown_numbers_and_words_are_explained(floor: Floor) -> None:
    order = await ordered(floor)
    await ordered(floor, "Boris")
    await floor.told()

    for words in ("", order.number, "S-9999", f"{order.number} lost", "what", "S-1002 confirmed"):
        await floor.writes("Olga", "Anna", f"/order {words}".strip())

    texts = [text for _, text in await floor.told()]
    shown = f"📦 {order.number} · new\nItem: Plum Rooibos\nQuantity: 2 pieces"
    assert texts[:3] == [shown, shown, "There is no order S-9999 in this chat."]
    assert [text[:15] for text in texts[3:5]] == ["So it goes: /or", "So it goes: /or"]


async def test_nobody_writes_to_who_blocked_the_bot_or_is_banned_and_staff_are_told_so(floor: Floor) -> None:
    blocked, banned = await ordered(floor, "Anna"), await ordered(floor, "Boris")

    def mark(conn: Connection) -> None:
        conversations.change(conn, floor.turn(conn, "Anna").conversation.id, blocked=True)
        conversations.change(conn, floor.turn(conn, "Boris").conversation.id, banned=True)

    await floor.change(mark)
    await floor.told()

    toasts = [
        await floor.presses_in_topic("Olga", "Anna", f"order:{blocked.number}:new:confirmed"),
        await floor.presses_in_topic("Olga", "Boris", f"order:{banned.number}:new:confirmed"),
    ]

    assert [who for who, _ in await floor.told()] == ["in Anna", "in Boris"]
    assert [toast.partition(". ")[2] for toast in toasts] == [
        "The customer is not told: they have blocked the bot.",
        "The customer is not told: they are banned.",
    ]


async def _at_once(url: str, *wanted: State) -> tuple[list[Became | Refused | None], Floor, Order]:
    """Let several set a state in the same instant, each through a database of their own, all having seen it new."""
    floors = [open_floor(connect(url)) for _ in wanted]
    order = await ordered(floors[0])

    def put(floor: Floor, state: State) -> Any:  # noqa: ANN401 an awaitable
        def work(conn: Connection) -> Became | Refused | None:
            turn = order_states.turn_about(floor.house, conn, order.number)
            assert turn is not None
            became = order_states.set_state(turn, order.number, state, expected=State.NEW)
            turn.carry(became.sayings if isinstance(became, Became) else [])
            return became

        return floor.change(work)

    found = await asyncio.gather(*[put(floor, state) for floor, state in zip(floors, wanted, strict=True)])
    for floor in floors[1:]:
        await floor.house.database.close()
    return list(found), floors[0], order


@pytest.mark.parametrize(
    ("wanted", "why"),
    [((State.CONFIRMED, State.CANCELLED), Why.OVERTAKEN), ((State.CONFIRMED, State.CONFIRMED), Why.SAME)],
)
async def test_of_two_at_once_one_is_done_and_the_other_is_told(
    database: Database, database_url: str, wanted: tuple[State, State], why: Why
) -> None:
    found, floor, order = await _at_once(database_url, *wanted)

    done = [one for one in found if isinstance(one, Became)]
    refused = [one for one in found if isinstance(one, Refused)]
    now = await stands(floor, order)
    assert (len(done), [one.why for one in refused]) == (1, [why])
    assert now.state == done[0].order.state == refused[0].now
    assert len(await floor.heard("Anna")) == 1
    assert [row[0] for row in await log(floor, order)] == ["made", "state"]
    await floor.house.database.close()


async def test_a_customer_reads_cancels_and_keeps_their_own_orders(floor: Floor) -> None:
    order, other = await ordered(floor), await ordered(floor)
    await floor.told()

    await floor.says("Anna", "/orders")
    listed = await floor.heard("Anna")
    await floor.presses("Anna", f"mine:cancel:{order.number}")
    await floor.presses("Anna", f"mine:gone:{order.number}")
    await floor.presses("Anna", f"mine:gone:{order.number}")
    await floor.presses("Anna", f"mine:stay:{other.number}")

    day = "Mon, Nov 23, 2026"
    assert listed == [
        f"Your orders:\n{other.number} · received · {day}\n{order.number} · received · {day}",
    ]
    told = await floor.told()
    assert [text for who, text in told if who == "Anna"] == [
        f"Shall order {order.number} be cancelled?",
        f"Your order {order.number} is cancelled.",
        f"Order {order.number}: cancelled\nItem: Plum Rooibos\nQuantity: 2 pieces\n{day}",
        f"Order {other.number} stays as it is.",
    ]
    assert ("in Anna", f"📦 {order.number}: cancelled · the customer") in told
    assert [row[:3] for row in await log(floor, order)] == [("made", "", "new"), ("withdrawn", "new", "cancelled")]


async def test_a_customer_who_would_cancel_what_is_confirmed_comes_to_a_person(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.presses("Anna", f"mine:cancel:{order.number}")
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")
    await floor.told()

    await floor.presses("Anna", f"mine:gone:{order.number}")

    told = await floor.told()
    assert told[0][1].startswith(f"Order {order.number} is confirmed already")
    assert any(
        who == "in Anna" and text.startswith(f"The customer asks to cancel {order.number}") for who, text in told
    )
    assert (await stands(floor, order)).state == "confirmed"
    assert (await floor.ticket("Anna")).open


@pytest.mark.parametrize("words", ["where is my order {}?", "/orders {}", "{}"])
async def test_ones_own_order_is_told_at_once(floor: Floor, words: str) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.says("Anna", words.format(order.number))

    assert (await floor.heard("Anna"))[0].startswith(f"Order {order.number}: received\nItem: Plum Rooibos")


async def test_ones_order_of_another_chat_is_ones_own(floor: Floor) -> None:
    order = await ordered(floor, "Anna")
    await floor.is_known_as("Anna", "Wanda")
    await floor.told()

    await floor.says("Wanda", "/orders")
    await floor.says("Wanda", order.number)
    await floor.presses("Wanda", f"mine:gone:{order.number}")

    listed, shown, untouched = await floor.heard("Wanda")
    assert listed.startswith(f"Your orders:\n{order.number} · received")
    assert shown == untouched
    assert shown.startswith(f"Order {order.number}: received\nItem: Plum Rooibos")
    assert (await stands(floor, order)).state == "new"


async def test_who_goes_on_in_another_chat_hears_of_their_order_there(floor: Floor) -> None:
    order = await ordered(floor, "Boris")
    await floor.is_known_as("Anna", "Boris")
    await floor.asks("Boris")
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", f"/merge {(await floor.ticket('Boris')).id}")
    await floor.told()

    await floor.presses_in_topic("Olga", "Boris", f"order:{order.number}:new:confirmed")

    assert await floor.told() == [
        ("Anna", f"Your order {order.number} is confirmed."),
        ("in Anna", f"📦 {order.number}: confirmed · Olga"),
    ]
    assert await offered(floor, order) == ["Shipped", "Delivered", "Cancel it", "Change …"]


async def test_a_flood_of_presses_of_old_and_made_up_buttons_does_nothing(floor: Floor) -> None:
    order, other = await ordered(floor, "Anna"), await ordered(floor, "Boris")
    await floor.told()
    made_up = (
        "order:",
        "order:S-1:x",
        "order::::",
        f"order:{order.number}:new:lost",
        f"order:{other.number}:new:confirmed",
    )

    for action in (*made_up, f"order:{order.number}:shipped:confirmed", f"order:{order.number}:new:cancelled:new"):
        await floor.presses_in_topic("Olga", "Anna", action)
    for action in (
        "mine:",
        "mine:gone",
        f"mine:gone:{other.number}",
        f"mine:agree:{order.number}:",
        "mine:agree:S-1:1",
    ):
        await floor.presses("Anna", action)

    states = [(await stands(floor, one)).state for one in (order, other)]
    assert states == ["cancelled", "new"]  # the last of the operator's: a reason that nobody knows is none


async def test_anothers_order_is_told_to_who_knows_its_phone_and_only_how_it_stands(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.writes("Olga", "Anna", f"/order {order.number} shipped https://parcel.example/1")
    await floor.told()

    await floor.says("Boris", f"where is my order {order.number}?")
    asked = await floor.heard("Boris")
    await floor.says("Boris", "1111")
    await floor.says("Boris", "4567")

    assert asked[0].startswith(f"To answer about {order.number} I need to know that it is yours.")
    assert await floor.heard("Boris") == [
        f"That does not fit {order.number}. Please look at the number once more, or try another answer.",
        f"Order {order.number}: on its way\nFollow the parcel: https://parcel.example/1",
    ]


async def _tries(floor: Floor, name: str, number: str, *answers: str) -> list[str]:
    """Return what somebody is told who asks for a number and tries answers, the number itself left out."""
    await floor.says(name, f"/orders {number}")
    for answer in answers:
        await floor.says(name, answer)
    await floor.says(name, f"/orders {number}")
    return [text.replace(number, "S-…") for text in await floor.heard(name)]


async def test_an_order_that_is_not_there_sounds_like_one_that_is(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.told()

    there = await _tries(floor, "Boris", order.number, "1111", "2222", "3333")
    not_there = await _tries(floor, "Clara", "S-8888", "1111", "2222", "3333")

    assert there == not_there
    assert [text[:12] for text in there] == [
        "To answer ab",
        "That does no",
        "That does no",
        "I cannot ans",
        "I cannot ans",
    ]


async def test_a_number_can_be_tried_three_times_a_day_from_however_many_chats(floor: Floor) -> None:
    order = await ordered(floor)
    await _tries(floor, "Boris", order.number, "1111", "2222", "3333")

    same_day = await _tries(floor, "Clara", order.number, "4567")
    floor.later(hours=25)
    next_day = await _tries(floor, "Dora", order.number, "4567")

    assert same_day[1].startswith("That does not fit")
    assert next_day[1] == "Order S-…: received"


async def test_nobody_goes_through_the_numbers_with_one_surname(floor: Floor) -> None:
    orders = [await ordered(floor, name) for name in ("Anna", "Clara", "Dora", "Erik")]
    await floor.told()

    told = [await _tries(floor, "Boris", order.number, "1111", "2222") for order in orders[:3]]
    last = await _tries(floor, "Boris", orders[3].number, "4567")

    assert [len(one) for one in told] == [4, 4, 4]
    assert (told[2][2][:12], told[2][3][:12]) == ("I cannot ans", "I cannot ans")
    assert "Order S-…: received" not in last
    floor.later(hours=25)
    assert (await _tries(floor, "Boris", orders[3].number, "4567"))[1] == "Order S-…: received"


async def test_what_is_no_answer_to_the_check_question_goes_its_usual_way(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.says("Boris", f"/orders {order.number}")
    await floor.told()

    await floor.says("Boris", "/cancel")
    await floor.says("Boris", "4567")

    assert f"Order {order.number}: received" not in await floor.heard("Boris")


async def test_a_change_needs_the_customers_consent_and_then_stands_everywhere(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} change quantity three")
    asked = await floor.told()
    waits = (await stands(floor, order)).proposal
    assert waits is not None
    before = (await stands(floor, order)).answers["quantity"]
    await floor.presses("Anna", f"mine:agree:{order.number}:{waits['id']}")
    again = await floor.told()
    await floor.presses("Anna", f"mine:agree:{order.number}:{waits['id']}")

    assert asked[0] == ("Anna", f"A change to your order {order.number} is proposed:\nQuantity: 2 pieces → 3 pieces")
    now = await stands(floor, order)
    assert (before, now.answers["quantity"], now.proposal) == (2, 3, None)
    assert ("Quantity", "3 pieces") in now.summary
    assert again[0][1].startswith(f"Thank you. Your order {order.number} is changed:")
    assert again[1] == ("in Anna", f"📦 {order.number}: the customer agrees. Quantity: 3 pieces")
    assert (await floor.heard("Anna"))[0].startswith("This proposal is no longer open.")
    assert [row[0] for row in await log(floor, order)] == ["made", "proposed", "change"]


@pytest.mark.parametrize("what", ["ships", "expires", "is overtaken", "is declined"])
async def test_a_change_that_is_over_changes_nothing(floor: Floor, what: str) -> None:
    order = await ordered(floor)
    await floor.writes("Olga", "Anna", f"/order {order.number} change quantity 3")
    waits = (await stands(floor, order)).proposal
    assert waits is not None

    match what:
        case "ships":
            await floor.writes("Olga", "Anna", f"/order {order.number} shipped")
        case "expires":
            floor.later(days=8)
        case "is overtaken":
            await floor.writes("Olga", "Anna", f"/order {order.number} change quantity 4")
        case _:
            await floor.presses("Anna", f"mine:keep:{order.number}:{waits['id']}")
    await floor.told()
    await floor.presses("Anna", f"mine:agree:{order.number}:{waits['id']}")

    assert (await floor.heard("Anna"))[0].startswith("This proposal is no longer open.")
    assert (await stands(floor, order)).answers["quantity"] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("quantity 99", "“Quantity” can be 20 pieces at most."),
        ("quantity 2", "“Quantity” says so already."),
        ("colour red", "Which field? These can be changed: Item, Quantity,"),
        ("delivery home", "With this change “Address” is needed, too."),
    ],
)
async def test_a_change_that_the_form_would_not_take_is_not_proposed(floor: Floor, words: str, told: str) -> None:
    order = await ordered(floor)
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} change {words}")

    heard = await floor.told()
    assert [who for who, _ in heard] == ["in Anna"]
    assert told in heard[0][1]
    assert (await stands(floor, order)).proposal is None


async def test_what_is_cancelled_stands_on_the_shelf_again_once_and_is_taken_again_for_a_mistake(floor: Floor) -> None:
    tea = Item("TEA", {"en": "Tea"}, 490, stock=5)
    floor.house.shelf.catalogue = catalogue = Catalogue((tea,), "EUR")
    cart = [{"sku": "TEA", "quantity": 2}]
    await floor.change(lambda conn: stock.take(conn, catalogue, {"TEA": 2}))
    order = await ordered(floor, cart=cart)
    number = order.number

    async def left() -> int:
        return (await floor.house.database.read(stock.left))["TEA"]

    await floor.writes("Olga", "Anna", f"/order {number} cancelled")
    await floor.writes("Olga", "Anna", f"/order {number} cancelled")
    cancelled = await left()
    await floor.writes("Olga", "Anna", f"/order {number} new it was another one")
    again = await left()
    await floor.writes("Olga", "Anna", f"/order {number} cancelled")
    await floor.change(lambda conn: stock.take(conn, catalogue, {"TEA": 4}))
    await floor.told()
    await floor.writes("Olga", "Anna", f"/order {number} new it was another one")

    assert (cancelled, again, await left()) == (5, 3, 1)
    assert await floor.told() == [("in Anna", f"{number} stays cancelled: what was ordered is sold out by now.")]
    assert (await stands(floor, order)).state == "cancelled"


CART = """
key = "order"
title.en = "Order"
total.en = "Total"
[[fields]]
key = "items"
kind = "items"
label.en = "Items"
question.en = "What would you like?"
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
[[prices]]
label.en = "Postage"
amount = "4.90"
free_from = 20
"""


async def sells(floor: Floor, folder: Path) -> tuple[Order, Callable[[], Awaitable[int]]]:
    """Let the shop have five teas for €4.90 each, and Anna have ordered two; return how many are left, too."""
    tea = Item("TEA", {"en": "Tea"}, 490, stock=5)
    floor.house.shelf.catalogue = catalogue = Catalogue((tea,), "EUR")
    (folder / "cart.toml").write_text(CART, encoding="utf-8")
    floor.house.forms = Forms((load(folder / "cart.toml"),))
    line = {"sku": "TEA", "quantity": 2, "price": 490, "currency": "EUR", "name": {"en": "Tea"}}

    def work(conn: Connection) -> Order:
        turn = floor.turn(conn, "Anna")
        who, total = turn.conversation, (1470, "EUR")
        assert not stock.take(conn, catalogue, {"TEA": 2})
        order = store.confirm(conn, who.id, who.customer_id, "order", {"items": [line]}, SUMMARY, floor.now, total)
        turn.carry([orders_desk.new_order(turn, order, SUMMARY)])
        return order

    async def left() -> int:
        return (await floor.house.database.read(stock.left))["TEA"]

    return await floor.change(work), left


async def agrees(floor: Floor, order: Order) -> None:
    waits = (await stands(floor, order)).proposal
    assert waits is not None
    await floor.presses("Anna", f"mine:agree:{order.number}:{waits['id']}")


async def test_a_changed_cart_has_another_total_and_takes_what_it_needs_from_the_shelf(
    floor: Floor, tmp_path: Path
) -> None:
    order, left = await sells(floor, tmp_path)
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} change items 5 tea")
    asked = (await floor.heard("Anna"))[0]
    await agrees(floor, order)

    now = await stands(floor, order)
    assert asked.splitlines()[1:] == ["Items: 2 × Tea – €9.80 → 5 × Tea – €24.50", "Total: €14.70 → €24.50"]
    assert ((now.total, now.currency), await left()) == ((2450, "EUR"), 0)
    assert ("Total", "€24.50") in now.summary


async def test_a_change_is_over_when_it_would_cost_another_amount_than_was_shown(floor: Floor, tmp_path: Path) -> None:
    order, left = await sells(floor, tmp_path)
    await floor.writes("Olga", "Anna", f"/order {order.number} change items 3 tea")
    (tmp_path / "dearer.toml").write_text(CART.replace('"4.90"', '"9.90"'), encoding="utf-8")
    floor.house.forms = Forms((load(tmp_path / "dearer.toml"),))

    await agrees(floor, order)

    now = await stands(floor, order)
    assert (now.total, now.proposal, await left()) == (1470, None, 3)


async def test_an_order_of_which_the_form_has_lost_something_is_not_changed(floor: Floor, tmp_path: Path) -> None:
    order, _ = await sells(floor, tmp_path)
    (tmp_path / "other.toml").write_text(CART.replace('key = "items"', 'key = "goods"'), encoding="utf-8")
    floor.house.forms = Forms((load(tmp_path / "other.toml"),))
    await floor.told()

    await floor.writes("Olga", "Anna", f"/order {order.number} change goods 3 tea")

    assert (await stands(floor, order)).proposal is None
    assert [where for where, _ in await floor.told()] == ["in Anna"]


async def test_a_change_takes_nothing_again_of_what_was_counted_anew_since(floor: Floor, tmp_path: Path) -> None:
    order, left = await sells(floor, tmp_path)
    counted = Catalogue((Item("TEA", {"en": "Tea"}, 490, stock=6),), "EUR")
    floor.house.shelf.catalogue = counted
    await floor.change(lambda conn: stock.count(conn, counted))

    await floor.writes("Olga", "Anna", f"/order {order.number} change items 4 tea")
    await agrees(floor, order)
    more = await left()
    await floor.writes("Olga", "Anna", f"/order {order.number} change items 3 tea")
    await agrees(floor, order)

    assert (more, await left()) == (2, 3)


async def test_a_change_for_which_too_little_is_left_by_now_leaves_order_and_shelf_as_they_were(
    floor: Floor, tmp_path: Path
) -> None:
    order, left = await sells(floor, tmp_path)
    await floor.writes("Olga", "Anna", f"/order {order.number} change items 5 tea")
    catalogue = floor.house.shelf.catalogue
    assert catalogue is not None
    await floor.change(lambda conn: stock.take(conn, catalogue, {"TEA": 1}))
    await floor.told()

    await agrees(floor, order)

    now = await stands(floor, order)
    assert (now.total, now.proposal, await left()) == (1470, None, 2)
    told = await floor.told()
    assert told[0][1].startswith("This proposal is no longer open.")
    assert told[1][1].startswith(f"📦 {order.number}: the customer agrees, but the change cannot be made any more")


@dataclass
class Ledger:
    """A connector that writes down what it is told."""

    heard: list[Outgoing]
    name: str = "ledger"

    async def deliver(self, outgoing: Outgoing) -> Receipt:
        self.heard.append(outgoing)
        return Receipt()


async def test_a_connector_hears_what_becomes_of_an_order_through_the_usual_delivery(floor: Floor) -> None:
    ledger = Ledger([])
    floor.house.connectors[ledger.name] = ledger
    order = await ordered(floor)
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")
    loop = DeliveryLoop(
        database=floor.house.database,
        channels={ledger.name: AsChannel(ledger)},
        clock=lambda: floor.now,
        bell=Bell(),
        changed=Bell(),
        when_refused=lambda *_: None,
    )

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run())
        while loop.delivered < 2:
            await loop.changed.wait(loop.changed.rings, 1)
        loop.stop()

    assert [one.act for one in ledger.heard] == [Act.EVENT, Act.EVENT]
    events = [(one.body["event"], one.body["before"], one.body["state"]) for one in ledger.heard]
    assert events == [("order.made", "", "new"), ("order.state", "new", "confirmed")]
    assert ledger.heard[0].body["answers"] == ANSWERS


async def test_nothing_is_kept_for_connectors_where_there_is_none(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")

    def work(conn: Connection) -> int:
        return len(conn.execute(select(schema.outbox).where(schema.outbox.c.act == Act.EVENT.value)).all())

    assert await floor.house.database.read(work) == 0


async def test_the_card_of_a_chat_shows_its_order_and_how_it_stands(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.asks("Anna")
    await floor.presses_in_topic("Olga", "Anna", f"order:{order.number}:new:confirmed")

    def work(conn: Connection) -> list[str]:
        out = schema.outbox
        rows = conn.execute(select(out.c.body).where(out.c.act.in_(["say", "edit"])).order_by(out.c.id)).scalars()
        return [body["text"]["text"] for body in rows if "Last order" in body["text"]["text"]]

    cards = await floor.house.database.read(work)
    assert f"Last order: {order.number}, new" in cards[0]
    assert f"Last order: {order.number}, confirmed" in cards[-1]
