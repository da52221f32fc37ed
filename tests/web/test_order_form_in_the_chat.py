"""The order form as a customer meets it: how far it is, what can still be pressed, and whose order it is."""

from __future__ import annotations

from typing import Any

from bot.channels.telegram import bot_api
from bot.channels.webchat import NAME
from bot.domain.conversation import Place
from bot.domain.ports import Act
from bot.messaging import conversations
from tests.web.office import Office
from tests.web.talk import Talk

TELEGRAM = Place(bot_api.NAME, "511000001")


def on_telegram(office: Office) -> Talk:
    office.house.capabilities = {**office.house.capabilities, bot_api.NAME: bot_api.CAPABILITIES}
    return Talk(office, TELEGRAM, "Anna Vogt", made_up=False)


async def fills_in(talk: Talk, name: str = "Anna Vogt") -> list[list[dict[str, Any]]]:
    """Go through the form up to the summary; return what was said at each step."""
    steps = [await talk.says("/order"), await talk.presses("Plum Rooibos"), await talk.presses("2 pieces")]
    steps += [await talk.presses("Pick-up"), await talk.presses("Nov 24"), await talk.says(name)]
    steps += [await talk.says("0151 12345678"), await talk.presses("Leave out")]
    return [*steps, await talk.presses("I agree")]


def texts(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


async def test_a_page_that_shows_progress_gets_it_beside_the_words(office: Office) -> None:
    steps = await fills_in(Talk(office))

    assert [said[-1]["progress"] for said in steps] == [[1, 10], [2, 10], [3, 10], *[[n, 9] for n in range(4, 10)]]
    assert [said for said in steps if "Step" in texts(said)] == []


async def test_a_messenger_is_told_the_step_in_words_but_not_above_the_summary(office: Office) -> None:
    steps = await fills_in(on_telegram(office))

    told = [texts(said).partition("Step ")[2].partition("\n")[0] for said in steps]
    assert told == ["1 of 10", "2 of 10", "3 of 10", *[f"{number} of 9" for number in range(4, 9)], ""]


async def test_a_question_answered_in_words_loses_its_buttons(office: Office) -> None:
    anna = Talk(office)
    await anna.says("/order")
    first = await asked(office, anna)

    await anna.says("plum rooibos")
    second = await asked(office, anna)
    await anna.says("/cancel")

    dropped = [(change["target"], change["buttons"]) for change in await anna.acts(Act.EDIT_BUTTONS)]
    assert dropped == [(first, []), (second, [])]


async def test_a_comment_written_out_takes_the_way_around_it_away(office: Office) -> None:
    ticket = await office.waiting("B247")
    await (await office.desk("Olga")).press(f"/console/conversations/{ticket.conversation_id}/close")
    anna = Talk(office, Place(NAME, "wB247"))
    await anna.receives()
    await anna.presses("4")
    offered = await asked(office, anna)

    await anna.says("quick and kind")

    dropped = [change["target"] for change in await anna.acts(Act.EDIT_BUTTONS)]
    assert dropped == [None, offered]


async def asked(office: Office, talk: Talk) -> int:
    """Return the outbox id of the last message with buttons."""
    _, message = await office.read(lambda conn: talk._button(conn, ""))  # noqa: SLF001 the newest, whatever it says
    return int(message)


async def test_nobody_waits_for_the_old_buttons_to_go(office: Office) -> None:
    anna = Talk(office)
    await anna.says("/order")

    await anna.presses("Plum Rooibos")

    kinds = await anna.order_of_acts()
    assert kinds[-2:] == [Act.SAY.value, Act.EDIT_BUTTONS.value]


async def test_a_visitor_is_called_by_the_name_of_the_order_from_then_on(office: Office) -> None:
    anna = Talk(office)
    await fills_in(anna)

    await anna.presses("Order")
    await anna.says("/orders")

    assert await called(office, anna.place) == "Anna Vogt"


async def test_a_name_of_several_lines_forges_no_line_of_the_card_or_the_queue(office: Office) -> None:
    eve = Talk(office)
    await fills_in(eve, "Eve\nOlga")

    await eve.presses("Order")

    assert await called(office, eve.place) == "Eve Olga"


async def test_a_name_that_a_messenger_told_stays(office: Office) -> None:
    anna = on_telegram(office)
    await fills_in(anna, "Firma Vogt")

    await anna.presses("Order")

    assert await called(office, TELEGRAM) == "Anna Vogt"


async def called(office: Office, place: Place) -> str:
    found = await office.read(lambda conn: conversations.find(conn, place))
    assert found
    return found.name


async def test_the_day_of_an_order_is_told_as_the_form_tells_days(office: Office) -> None:
    anna = Talk(office)
    await fills_in(anna)
    await anna.presses("Order")

    mine = await anna.says("/orders")

    assert texts(mine).splitlines()[-1].endswith(" · Mon, Nov 23, 2026")


async def test_the_question_stands_out_from_what_is_said_around_it(office: Office) -> None:
    anna = Talk(office)
    (first,) = await anna.says("/order")
    await anna.presses("Plum Rooibos")

    (refused,) = await anna.says("a hundred thousand")
    (cancelled,) = await anna.says("/cancel")

    assert [bold_parts(body) for body in (first, refused, cancelled)] == [
        ["What would you like?"],
        ["How many would you like?"],
        [],
    ]


def bold_parts(body: dict[str, Any]) -> list[str]:
    text = body["text"]["text"]
    return [text[at : at + length] for kind, at, length, _ in body["text"]["entities"] if kind == "bold"]
