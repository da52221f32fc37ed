"""Changes that staff propose to an order made with the shop's own form, and what its customer says to them in words."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.handlers import form_words, goods, order_states, orders_desk
from bot.orders import form, store
from bot.orders.cart import line_of, values
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import CONFIRM, FormDefinition, load
from bot.orders.form import FormState
from bot.orders.forms import Forms
from bot.orders.status import State
from bot.orders.store import Order
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import ROOT
from tests.handoff.floor import Floor, open_floor

SENCHA = Item("SEN", {"en": "Sencha"}, 790)
ROOIBOS = Item("ROO", {"en": "Plum Rooibos"}, 590)
TIN = Item("TIN", {"en": "Tea tin"}, 1200, stock=3)
GONE = Item("OLD", {"en": "Old Assam"}, 500, stock=0)
SHOP = Catalogue((SENCHA, ROOIBOS, TIN, GONE), "EUR")
HOME: dict[str, Any] = {
    "items": list(values([line_of(SENCHA, SHOP, 2), line_of(ROOIBOS, SHOP, 1)])),
    "delivery": "home",
    "address": {
        "street": "Lindenallee", "house_number": "12", "extra": "",
        "postcode": "04107", "town": "Leipzig", "country": "DE",
    },
    "window": {"date": "2026-11-24", "from": "18:00", "to": "21:00"},
    "name": "Anna Vogt",
    "phone": "+491701234567",
    "comment": "ring twice",
    "terms": {"yes": True, "at": "2026-11-23"},
}  # fmt: skip
PICKUP = {
    **{key: value for key, value in HOME.items() if key != "address"},
    "delivery": "pickup",
    "window": {"date": "2026-11-24", "from": "14:00", "to": "18:00"},
}


def shop_of(floor: Floor) -> Floor:
    """Let a desk have the shop's own form, and these goods."""
    floor.house.forms = Forms((load(ROOT / "config" / "order_form.toml"),))
    floor.house.shelf.catalogue = SHOP
    return floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = shop_of(open_floor(database))
    await floor.hires("Olga")
    await floor.hires("Max")
    return floor


def main_form(floor: Floor) -> FormDefinition:
    found = floor.house.forms.main
    assert found is not None
    return found


async def ordered(floor: Floor, answers: dict[str, Any] | None = None, name: str = "Anna") -> Order:
    """Let a customer have ordered something with the shop's form."""
    answers, definition = answers or HOME, main_form(floor)
    state = FormState(definition.key, definition.fingerprint, answers, CONFIRM)
    rows = [
        (row.label, form_words.in_words(floor.house, row.value, "en")) for row in form.summary(definition, state, "en")
    ]

    def work(conn: Connection) -> Order:
        turn = floor.turn(conn, name)
        who, price = turn.conversation, goods.total(definition, answers)
        order = store.confirm(conn, who.id, who.customer_id, "order", answers, rows, floor.now, price)
        turn.carry([orders_desk.new_order(turn, order, rows)])
        return order

    order = await floor.change(work)
    await floor.told()
    return order


async def stands(floor: Floor, order: Order) -> Order:
    found = await floor.house.database.read(lambda conn: store.get(conn, order.number))
    assert found is not None
    return found


async def changes(floor: Floor, order: Order, words: str) -> tuple[str, str]:
    """Let Olga propose something; return what the customer and what she reads, empty for nothing."""
    await floor.told()
    await floor.writes("Olga", "Anna", f"/order {order.number} change {words}")
    told = await floor.told()
    return tuple(  # type: ignore[return-value]
        next((text for who, text in told if who == one), "") for one in ("Anna", "in Anna")
    )


async def agrees(floor: Floor, order: Order) -> None:
    waits = (await stands(floor, order)).proposal
    assert waits is not None
    await floor.presses("Anna", f"mine:agree:{order.number}:{waits['id']}")


async def line_in_topic(floor: Floor, order: Order) -> tuple[str, list[str]]:
    """Return the text of the first line about an order, as it was changed last, and its buttons."""

    def work(conn: Connection) -> list[Any]:
        out = schema.outbox
        rows = conn.execute(select(out).where(out.c.topic_id.is_not(None)).order_by(out.c.id)).all()
        line = next(row for row in rows if row.body.get("order") == order.number)
        return [line, *(row for row in rows if row.target_id == line.id)]

    rows = await floor.house.database.read(work)
    text = next(row.body["text"]["text"] for row in reversed(rows) if row.body.get("text"))
    buttons = next(row.body["buttons"] for row in reversed(rows) if "buttons" in row.body)
    return text, [button[0] for row in buttons for button in row]


async def test_a_time_that_pick_up_does_not_have_is_named_with_what_to_write_and_that_works(floor: Floor) -> None:
    order = await ordered(floor)

    unheard, why = await changes(floor, order, "delivery pick-up")
    line = why.partition("Write: ")[2]
    await floor.writes("Olga", "Anna", line)
    asked, told = (text for _, text in await floor.told())
    await agrees(floor, order)

    now = await stands(floor, order)
    assert unheard == ""
    assert why == (
        "“Time: Tue, Nov 24, 2026, 18:00–21:00” is not possible then."
        f" Write: /order {order.number} change delivery pick-up; window Tue, Nov 24, 14:00–18:00"
    )
    lines = [
        "Delivery: Home, by DHL → Pick-up in the shop",
        "Time: Tue, Nov 24, 2026, 18:00–21:00 → Tue, Nov 24, 2026, 14:00–18:00",
        "Address: Lindenallee 12, 04107 Leipzig → –",
        "Total: €26.60 → €21.70",
    ]
    assert asked.splitlines() == [f"A change to your order {order.number} is proposed:", *lines]
    assert told.splitlines() == [f"Proposed for {order.number}, the customer is asked:", *lines]
    assert (now.answers["delivery"], now.answers["window"]["from"], now.total) == ("pickup", "14:00", 2170)
    assert "address" not in now.answers
    assert "Address" not in dict(now.summary)


@pytest.mark.parametrize(
    "words",
    [
        "delivery home; address Lindenallee 12, 04107 Leipzig",
        "address: Lindenallee 12, 04107 Leipzig; Lieferung: home",
        "delivery Nach Hause\naddress Lindenallee 12, 04107 Leipzig\nwindow tomorrow 18-21",
    ],
)
async def test_several_fields_go_in_one_proposal_also_those_that_only_it_calls_for(floor: Floor, words: str) -> None:
    order = await ordered(floor, PICKUP)

    await changes(floor, order, words)
    await agrees(floor, order)

    now = await stands(floor, order)
    assert (now.answers["delivery"], now.answers["address"]["town"]) == ("home", "Leipzig")
    assert now.total == 2660


async def test_what_belongs_to_other_answers_is_told_with_what_to_write(floor: Floor) -> None:
    order = await ordered(floor, PICKUP)

    _, alone = await changes(floor, order, "delivery home")
    _, early = await changes(floor, order, "address Lindenallee 12, 04107 Leipzig")

    assert alone == (
        f"With this change “Address” is needed, too. Write: /order {order.number} change delivery home; address …"
    )
    assert early == (
        "“Address” is asked for only with: Delivery: Home, by DHL."
        f" Write: /order {order.number} change delivery home; address Lindenallee 12, 04107 Leipzig"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("address 10 rue de Rivoli, 75001 Paris, France", "By the form you deliver only to: Germany."),
        ("address Lindenallee", "Please write the whole of “Address” in one line."),
        ("delivery bicycle", "“Delivery” has only: Home, by DHL · Pick-up in the shop"),
        ("items sencha", "How many of Sencha? Write the number before it, as: 2 Sencha"),
        ("items 25 sencha", "Sencha: an order can have 20 at most."),
        ("items 4 tea tin", "Tea tin: only 3 are there, those of this order counted in."),
        ("items 1 old assam", "Old Assam is sold out or not on sale at present."),
        ("items 1 bicycle", "“bicycle” is not in the catalogue."),
        ("items -2 tea tin", "Tea tin is not in this order."),
        ("items -sencha, -rooibos", "Nothing would be left in it."),
        ("terms no", "“Terms accepted” can only come from the customer themselves"),
        ("phone 12", "“Phone” cannot be that. The form says:"),
        ("name -", "“Name” cannot be left out."),
        ("name", "What shall “Name” be?"),
        ("colour red", "Which field? These can be changed: Items, Delivery, Address, Time, Name, Phone, Comment"),
    ],
)
async def test_what_cannot_be_proposed_is_told_with_its_reason_to_staff_alone(
    floor: Floor, words: str, told: str
) -> None:
    order = await ordered(floor)

    unheard, why = await changes(floor, order, words)

    assert (unheard, why[: len(told)]) == ("", told)
    assert (await stands(floor, order)).proposal is None


async def test_the_whole_cart_what_goes_and_the_total_are_shown_to_both(floor: Floor) -> None:
    order = await ordered(floor)

    asked, told = await changes(floor, order, "items 3 sencha")
    await agrees(floor, order)
    text, _ = await line_in_topic(floor, order)

    lines = [
        "Items, from then on:",
        "3 × Sencha – €23.70",
        "Goes away: 1 × Plum Rooibos – €5.90",
        "Total: €26.60 → €28.60",
    ]
    assert asked.splitlines()[1:] == told.splitlines()[1:] == lines
    assert (await floor.told())[-1] == (
        "in Anna",
        f"📦 {order.number}: the customer agrees. Items: 3 × Sencha – €23.70\nTotal: €26.60 → €28.60",
    )
    assert text.startswith(f"📦 {order.number} · new\nItems: 3 × Sencha – €23.70\nDelivery: Home, by DHL")
    assert text.endswith("Total: €28.60")


@pytest.mark.parametrize(
    ("words", "cart"),
    [
        ("+1 rooibos", {"SEN": 2, "ROO": 2}),
        ("+ 2 tea tin, -1 sencha", {"SEN": 1, "ROO": 1, "TIN": 2}),
        ("-rooibos", {"SEN": 2}),
        ("-sencha, +tea tin", {"ROO": 1, "TIN": 1}),
        ("2 tea tin and one rooibos", {"TIN": 2, "ROO": 1}),
    ],
)
async def test_a_cart_is_written_whole_or_by_what_comes_and_goes(
    floor: Floor, words: str, cart: dict[str, int]
) -> None:
    order = await ordered(floor)

    await changes(floor, order, f"items {words}")
    await agrees(floor, order)

    assert {line["sku"]: line["quantity"] for line in (await stands(floor, order)).answers["items"]} == cart


async def test_a_dash_empties_what_may_be_left_out(floor: Floor) -> None:
    order = await ordered(floor)

    asked, _ = await changes(floor, order, "comment -")
    await agrees(floor, order)

    assert asked.endswith("Comment: ring twice → –")
    assert "comment" not in (await stands(floor, order)).answers


async def test_a_later_proposal_says_that_it_replaces_the_first_whose_buttons_go(floor: Floor) -> None:
    order = await ordered(floor)
    await changes(floor, order, "name Mia Doe")

    _, told = await changes(floor, order, "name Ida Doe")

    def dropped(conn: Connection) -> list[str]:
        out, question = schema.outbox, schema.outbox.alias()
        query = select(question.c.body).join(out, out.c.target_id == question.c.id).where(out.c.topic_id.is_(None))
        return [body["text"]["text"].splitlines()[-1] for body in conn.execute(query).scalars()]

    assert told.splitlines()[-1] == "This replaces what was proposed before: Name: Mia Doe"
    assert await floor.house.database.read(dropped) == ["Name: Anna Vogt → Mia Doe"]


async def test_a_proposal_is_taken_back(floor: Floor) -> None:
    order = await ordered(floor)
    await changes(floor, order, "name Mia Doe")
    shown, _ = await line_in_topic(floor, order)

    heard, told = await changes(floor, order, "withdraw")
    _, again = await changes(floor, order, "zurückziehen")

    text, _ = await line_in_topic(floor, order)
    assert shown.endswith("Waits for the customer's consent: Name → Mia Doe")
    assert "Waits" not in text
    assert heard == f"We have taken back the proposed change; your order {order.number} stays as it was."
    assert told == f"{order.number}: the proposal is taken back. (Name: Mia Doe)"
    assert again == f"Nothing is proposed for {order.number} at present."
    assert (await stands(floor, order)).proposal is None


async def test_the_line_in_the_topic_shows_the_order_as_it_stands(floor: Floor) -> None:
    order = await ordered(floor)

    await floor.writes("Olga", "Anna", f"/order {order.number} shipped parcel.example/1")

    text, buttons = await line_in_topic(floor, order)
    assert text.startswith(f"📦 {order.number} · shipped\nItems: ")
    assert text.endswith("\nhttps://parcel.example/1")
    assert buttons == ["Delivered", "Came back"]


async def test_a_state_set_beside_the_topic_is_shown_there(floor: Floor) -> None:
    order = await ordered(floor)

    await floor.change(lambda conn: order_states.set_alone(floor.house, conn, order.number, State.CONFIRMED))

    assert await floor.told() == [
        ("Anna", f"Your order {order.number} is confirmed."),
        ("in Anna", f"📦 {order.number}: confirmed · from the command line"),
    ]
    text, buttons = await line_in_topic(floor, order)
    assert text.startswith(f"📦 {order.number} · confirmed\n")
    assert buttons == ["Shipped", "Delivered", "Cancel it", "Change …"]


async def test_an_order_ships_with_its_link_or_not_at_all(floor: Floor) -> None:
    order = await ordered(floor)

    await floor.writes("Olga", "Anna", f"/order {order.number} shipped DHL 00340434161094042557")
    refused = (await floor.told())[0][1]
    before = (await stands(floor, order)).state
    await floor.writes("Olga", "Anna", f"/order {order.number} shipped www.parcel.example/track?id=1 two parcels")

    now = await stands(floor, order)
    assert refused.startswith("00340434161094042557 looks like a parcel's number")
    assert (before, now.state, now.tracking) == ("new", "shipped", "https://www.parcel.example/track?id=1")


async def test_a_slip_of_the_pen_is_asked_about_with_the_number_of_the_order(floor: Floor) -> None:
    order = await ordered(floor)

    await floor.writes("Olga", "Anna", f"/order {order.number} confrmed")
    await floor.writes("Olga", "Anna", "/order what")

    near, usage = (text for _, text in await floor.told())
    assert near == f"Nothing was changed. Did you mean “confirmed”? Then write: /order {order.number} confirmed"
    states = "new | confirmed | shipped | delivered | cancelled | returned"
    assert usage.splitlines() == [
        f"So it goes: /order {order.number} shows it",
        f"/order {order.number} STATE REASON sets how it stands: {states}",
        f"/order {order.number} shipped https://… with the address where the parcel can be followed",
        f"/order {order.number} change FIELD VALUE proposes a change, change withdraw takes it back",
    ]


async def test_an_order_with_an_answer_that_its_form_asks_for_no_more_is_changed_and_keeps_it(floor: Floor) -> None:
    order = await ordered(floor, {**HOME, "giftcard": "Happy birthday"})

    await changes(floor, order, "name Mia Doe")
    await agrees(floor, order)

    now = await stands(floor, order)
    assert (now.answers["name"], now.answers["giftcard"]) == ("Mia Doe", "Happy birthday")


async def test_an_order_whose_time_is_past_can_still_be_changed_in_its_other_fields(floor: Floor) -> None:
    order = await ordered(floor)
    floor.later(days=5)

    asked, _ = await changes(floor, order, "name Mia Doe")

    assert asked.endswith("Name: Anna Vogt → Mia Doe")


@pytest.mark.parametrize("words", ["ja einverstanden", "yes ok", "Да, согласна!", "👍"])
@pytest.mark.parametrize("queued", [False, True])
async def test_a_written_yes_is_the_button(floor: Floor, words: str, *, queued: bool) -> None:
    order = await ordered(floor)
    if queued:
        await floor.asks("Anna")
    await changes(floor, order, "name Mia Doe")

    await floor.says("Anna", words)

    now = await stands(floor, order)
    assert (now.answers["name"], now.proposal) == ("Mia Doe", None)
    told = await floor.told()
    assert [text.splitlines()[0] for who, text in told if who == "Anna"] == [
        f"Thank you. Your order {order.number} is changed:"
    ]
    assert (words in [text for who, text in told if who == "in Anna"]) is queued


@pytest.mark.parametrize("words", ["no", "Nein danke.", "нет"])
async def test_a_written_no_is_the_other_button(floor: Floor, words: str) -> None:
    order = await ordered(floor)
    await changes(floor, order, "name Mia Doe")

    await floor.says("Anna", words)

    assert await floor.told() == [
        ("Anna", f"Your order {order.number} stays as it was."),
        ("in Anna", f"📦 {order.number}: the customer keeps it as it was."),
    ]
    assert (await stands(floor, order)).proposal is None


async def test_a_doubtful_answer_is_asked_about_once_and_read_by_the_people(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.asks("Anna")
    await changes(floor, order, "name Mia Doe")

    await floor.says("Anna", "yes but make it Mia Roe")
    first = await floor.told()
    await floor.says("Anna", "no wait it is Mia Roe")
    second = await floor.told()

    again = f"Do you agree to the change of your order {order.number}? Please press a button, or write just yes or no."
    assert first == [("in Anna", "yes but make it Mia Roe"), ("Anna", again)]
    assert ("in Anna", "no wait it is Mia Roe") in second
    assert again not in [text for _, text in second]
    assert (await stands(floor, order)).proposal is not None


async def test_a_yes_to_something_that_was_asked_since_changes_no_order(floor: Floor) -> None:
    order = await ordered(floor)
    await floor.asks("Anna")
    await changes(floor, order, "name Mia Doe")
    await floor.writes("Olga", "Anna", "Shall I also add a card?")
    await floor.told()

    await floor.says("Anna", "yes")

    assert (await stands(floor, order)).answers["name"] == "Anna Vogt"
