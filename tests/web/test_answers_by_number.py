"""The form where a channel has no buttons, or too few: numbered answers, and words that lead elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.conversation import Place
from bot.domain.message import Button
from bot.domain.ports import Capabilities
from bot.handlers.numbered import OFFERS, offered, pressed_by, taken, written_out
from bot.handoff import queue
from bot.orders import store
from bot.orders.answers import Words
from bot.orders.form import Choice, Say, Shared, Tapped, Typed
from tests.web.office import Office
from tests.web.talk import Talk

PLAIN, FEW = "plain", "few"


def talk(office: Office, channel: str = PLAIN) -> Talk:
    """Return a customer on a channel that knows little of buttons."""
    office.house.capabilities = {
        **office.house.capabilities,
        PLAIN: Capabilities(buttons=0, names=False),
        FEW: Capabilities(buttons=3, names=False),
    }
    return Talk(office, Place(channel, "49170"), "49170", made_up=True)


def text(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


def buttons(said: list[dict[str, Any]]) -> list[str]:
    return [label for row in said[-1].get("buttons", []) for label, *_ in row]


async def test_the_whole_form_is_filled_in_without_a_button(office: Office) -> None:
    anna = talk(office)
    said = [await anna.says(one) for one in ("/order", "3", "2", "1", "Lindenallee 12, 04107 Leipzig", "2")]
    said += [await anna.says(one) for one in ("Anna Vogt", "0151 12345678", "leave out", "1")]

    done = await anna.says("1")

    assert [buttons(one) for one in (*said, done)] == [[]] * 11
    assert text(said[2]).splitlines()[1:] == [
        "Where should it go?",
        "1. Home, by DHL",
        "2. Pick-up in the shop",
        "Write the number of your answer.",
        "You can also write: Back · Cancel",
    ]
    (made,) = await office.read(store.list_orders)
    assert {key: made.answers[key] for key in ("what", "quantity", "delivery", "name")} == {
        "what": "rooibos",
        "quantity": 2,
        "delivery": "home",
        "name": "Anna Vogt",
    }
    assert made.number in text(done)


async def test_a_figure_that_is_an_answer_itself_is_no_number_of_an_answer(office: Office) -> None:
    anna = talk(office)
    await anna.says("/order")

    how_many = await anna.says("1")
    await anna.says("5")
    back = await anna.says("Back")

    assert text(how_many).splitlines()[1:] == ["How many would you like?", "You can also write: Back · Cancel"]
    assert "Quantity: 5 pieces" in text(back)


async def test_numbers_go_on_after_a_question_in_the_middle_and_a_wrong_number_chooses_nothing(office: Office) -> None:
    anna = talk(office)
    await anna.says("/order")

    await anna.says("How much is delivery?")
    wrong = await anna.says("9")
    right = await anna.says("2.")

    assert "What would you like?" in text(wrong)
    assert "How many would you like?" in text(right)


async def test_with_room_for_a_few_buttons_these_are_the_answers_and_the_rest_is_written(office: Office) -> None:
    anna = talk(office, FEW)
    first = await anna.says("/order")
    await anna.says("3")
    await anna.says("2")

    where = await anna.presses("Pick-up") if buttons(first) else await anna.says("pick-up")

    assert buttons(first) == []
    assert "5. Tasting set, 8 teas" in text(first)
    assert "When would you like it?" in text(where)


@pytest.mark.parametrize(
    ("most", "lines", "shown", "words"),
    [
        (4, 0, 2, ()),
        (3, 0, 2, ("Back", "Cancel")),
        (2, 0, 2, ("Back", "Cancel")),
        (1, 2, 0, ("Back", "Cancel")),
        (0, 2, 0, ("Back", "Cancel")),
    ],
)
def test_as_many_become_buttons_as_there_is_room_for(most: int, lines: int, shown: int, words: tuple[str, ...]) -> None:
    choices = (Choice("f:pick:a", Words(text="✓ Tea")), Choice("f:pick:b", Words(text="Cup")))
    moves = (Choice("f:back", Words(text="Back")), Choice("f:cancel", Words(text="Cancel")))

    offer = offered(most, Say(Words(text="?"), choices=choices, moves=moves), lambda said: said.text)

    assert (len(offer.lines), len(offer.say.choices), offer.words) == (lines, shown, words)
    if lines:
        assert offer.meant == {
            "1": "f:pick:a",
            "2": "f:pick:b",
            "tea": "f:pick:a",
            "cup": "f:pick:b",
            "back": "f:back",
            "cancel": "f:cancel",
        }


def test_only_words_that_were_offered_stand_for_a_button() -> None:
    flow = {"form": "order", OFFERS: {"1": "f:pick:a", "back": "f:back"}}

    assert taken(flow, Typed(" 1. ")) == Tapped("f:pick:a")
    assert taken(flow, Typed("BACK!")) == Tapped("f:back")
    assert taken(flow, Typed("2")) == Typed("2")
    assert taken({"form": "order"}, Typed("1")) == Typed("1")
    assert taken({OFFERS: "x"}, Typed("1")) == Typed("1")
    assert taken(flow, Shared("1")) == Shared("1")


async def _has_ordered(office: Office) -> Talk:
    anna = talk(office)
    for one in ("/order", "3", "2", "1", "Lindenallee 12, 04107 Leipzig", "2", "Anna Vogt", "0151 12345678"):
        await anna.says(one)
    await anna.says("leave out")
    await anna.says("1")
    await anna.says("1")
    return anna


async def test_an_order_is_looked_at_and_cancelled_by_number(office: Office) -> None:
    anna = await _has_ordered(office)

    said = [await anna.says(one) for one in ("/orders", "1", "1", "1")]

    assert [buttons(one) for one in said] == [[]] * 4
    by_number = "Write the number of your answer."
    assert text(said[0]).splitlines()[2:] == ["1. Show S-1001", by_number]
    assert text(said[1]).splitlines()[-2:] == ["1. Cancel this order", by_number]
    asked = ["Shall order S-1001 be cancelled?", "1. Yes, cancel it", "2. No, keep it", by_number]
    assert text(said[2]).splitlines() == asked
    assert text(said[3]) == "Your order S-1001 is cancelled."


@pytest.mark.parametrize("chosen", ["3", "talk to a person"])
async def test_a_person_is_fetched_by_number_and_by_the_words_of_the_button(office: Office, chosen: str) -> None:
    anna = talk(office)
    await anna.says("/start")

    said = await anna.says(chosen)

    assert "I'll pass this to a colleague." in text(said)
    assert await office.read(lambda conn: len(queue.waiting(conn, 5))) == 1


def test_in_the_middle_of_a_form_numbers_stay_the_forms_and_words_are_added() -> None:
    flow = {"form": "order", OFFERS: {"1": "delivery:pick:home", "home": "delivery:pick:home"}}
    buttons = [Button("Agree", "agree:7"), Button("👍", "yes:3"), Button("Parcel", url="https://dhl.example/1")]

    inside, outside = written_out(flow, buttons), written_out({OFFERS: flow[OFFERS]}, buttons)

    assert (inside.lines, inside.words) == (("Parcel: https://dhl.example/1",), ("Agree", "👍"))
    words = {"agree": "!agree:7", "👍": "!yes:3"}
    assert inside.meant == words | {"1": "delivery:pick:home", "home": "delivery:pick:home"}
    assert (outside.lines, outside.words) == (("Parcel: https://dhl.example/1", "1. Agree", "2. 👍"), ())
    assert outside.meant == words | {"1": "!agree:7", "2": "!yes:3"}
    assert (pressed_by({OFFERS: outside.meant}, "1."), pressed_by(flow, "1")) == ("agree:7", "")
