"""The console in a real browser: narrow screens, keys wherever the focus is, long texts, and words taken back."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection

from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.messaging import transcript
from bot.storage.desk_tables import staff
from tests.web.test_in_the_browser import WITHOUT_CHROMIUM, Stage, opens, reads, running, stage, writes

__all__ = ["running", "stage"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]
SMALL = {"width": 360, "height": 740}
OUTSIDE = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && box.width > 1 && box.right > innerWidth + 1 && !one.closest(".foot, .line, svg");
}).map((one) => one.outerHTML.slice(0, 120))"""

COVERED = """() => {
  const state = document.querySelector(".head .state").getBoundingClientRect();
  const pressed = [...document.querySelectorAll(".head button, .head summary")].filter((one) => one.checkVisibility());
  return pressed.filter((one) => {
    const box = one.getBoundingClientRect();
    return box.left < state.right && box.right > state.left && box.top < state.bottom && box.bottom > state.top;
  }).map((one) => one.outerHTML.slice(0, 120));
}"""
"""Buttons of the head that lie on the line with the state of the chat."""


async def asks(stage: Stage, *said: str) -> Any:  # noqa: ANN401 Playwright's page
    """Return the page of a customer who waits for a person and has said this."""
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    for text in said:
        await writes(anna, text)
    return anna


async def test_nothing_runs_off_a_screen_of_360_pixels(stage: Stage) -> None:
    await asks(stage, "Small, number 301 " + "W" * 300)
    max_ = await stage.console("Max " + "Verylongname" * 6, Role.ADMIN, SMALL)
    olga = await stage.console("Olga S", Role.ADMIN, SMALL)
    await opens(olga, "number 301")
    conversation, seen = olga.url, {}

    seen["waiting"] = await olga.evaluate(OUTSIDE)
    await opens(max_, "number 301")
    await max_.get_by_role("button", name="Claim").click()
    await max_.locator(".state", has_text="Yours").wait_for()
    await olga.locator(".state", has_text="With Max").wait_for()
    seen["taken"] = await olga.evaluate(OUTSIDE)
    await olga.locator("summary[title=t]").click()
    seen["menu"] = await olga.evaluate(OUTSIDE)
    await olga.keyboard.press("Escape")
    await olga.locator("[data-picker]").click()
    await olga.locator(".picker .ready").first.wait_for()
    seen["library"] = await olga.evaluate(OUTSIDE)
    await olga.locator(".picker [data-close]").click()
    await max_.locator("summary[title=e]").click()
    await max_.get_by_role("button", name="Close the ticket").click()
    await olga.locator(".state", has_text="The bot answers").wait_for()
    seen["closed"] = await olga.evaluate(OUTSIDE)
    await olga.locator(".after button").first.wait_for()
    assert await olga.evaluate(COVERED) == []
    pages = ("queue", "mine", "orders", "faq", "faq/new", "faq/entry?key=delivery-cost", "nowhere")
    for language in ("en", "de", "ru"):
        speaks = staff.update().where(staff.c.name == "Olga S").values(language=language)
        await stage.change(lambda conn: conn.execute(speaks))  # noqa: B023 awaited here
        for path in (urlsplit(conversation).path[len("/console/") :], *pages):
            await olga.goto(f"{stage.app.address}/console/{path}")
            seen[f"{language} {path}"] = await olga.evaluate(OUTSIDE)

    assert {place: found for place, found in seen.items() if found} == {}


async def test_letters_are_letters_while_somebody_types_and_keys_with_alt_or_behind_escape(stage: Stage) -> None:
    anna = await asks(stage, "Keys, number 302")
    olga = await stage.console("Olga K")
    await opens(olga, "number 302")
    await olga.keyboard.press("r")
    await writes(olga, "I will look.")
    await reads(anna, "I will look.", "operator")

    await olga.keyboard.type("one more hello")
    await olga.keyboard.press("Enter")
    await reads(anna, "one more hello", "operator")
    await olga.keyboard.press("Alt+n")
    await olga.keyboard.type("a note")
    await olga.keyboard.press("Enter")
    await reads(olga, "a note", "note")
    await olga.keyboard.press("Escape")
    await olga.keyboard.press("n")
    await olga.keyboard.type("another note")
    await olga.keyboard.press("Enter")
    await reads(olga, "another note", "note")

    assert await olga.locator("#text").input_value() == ""
    assert await olga.locator(".state", has_text="Yours").count() == 1
    await olga.keyboard.press("Alt+g")
    await olga.keyboard.press("m")
    await olga.wait_for_url("**/console/mine")


async def test_keys_work_from_a_box_that_is_ticked_and_on_a_keyboard_that_writes_other_letters(stage: Stage) -> None:
    await asks(stage, "Keys, number 303")
    olga = await stage.console("Olga L")
    await opens(olga, "number 303")
    await olga.locator(".switch input").focus()
    russian = (
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'с', code: 'KeyC', bubbles: true}))"
    )

    await olga.evaluate(russian)
    await olga.locator(".state", has_text="Yours").wait_for()
    await olga.locator(".switch input").focus()
    await olga.keyboard.press("r")

    assert await olga.locator("#text:focus").count() == 1


async def test_a_long_text_is_folded_and_opens_by_a_press(stage: Stage) -> None:
    await asks(stage, "\n".join(f"row {number} of number 304" for number in range(60)))
    olga = await stage.console("Olga M")
    await opens(olga, "number 304")
    text = olga.locator(".bubble.customer .text", has_text="row 59 of number 304")
    folded = (await text.bounding_box())["height"]

    await olga.locator(".unfold input").focus()
    await olga.keyboard.press("Space")
    opened = (await text.bounding_box())["height"]

    assert folded < 300
    assert opened > 60 * 20


async def test_words_are_taken_back_from_the_console_and_go_from_the_customers_page(stage: Stage) -> None:
    anna = await asks(stage, "Taken back, number 305")
    olga = await stage.console("Olga N")
    await opens(olga, "number 305")
    await writes(olga, "It costs nothing at all.")
    await reads(anna, "It costs nothing at all.", "operator")

    bubble = olga.locator(".bubble.operator", has_text="It costs nothing at all.")
    await bubble.get_by_text("Take back", exact=True).click()
    await bubble.get_by_role("button", name="Yes, take it back").click()
    await olga.locator(".bubble.taken-back", has_text="It costs nothing at all.").wait_for()
    await anna.locator(".bubble", has_text="It costs nothing at all.").wait_for(state="detached")

    assert await bubble.locator(".gone").inner_text() == "taken back"


async def test_a_note_typed_while_an_answer_is_on_its_way_stays_a_note_and_what_is_refused_comes_back(
    stage: Stage,
) -> None:
    anna = await asks(stage, "Notes, number 306")
    olga = await stage.console("Olga P")
    await opens(olga, "number 306")
    held: asyncio.Queue[Any] = asyncio.Queue()
    await olga.route("**/say?*", held.put)
    await writes(olga, "I am looking.")
    await olga.keyboard.press("Alt+n")
    await olga.keyboard.type("she was rude")

    await (await asyncio.wait_for(held.get(), 8)).continue_()
    await olga.locator(".bubble.operator", has_text="I am looking.").wait_for()
    await olga.keyboard.press("Enter")
    note = await asyncio.wait_for(held.get(), 8)
    await writes(olga, "and an answer")
    await note.abort()
    await olga.locator(".refusal:visible").wait_for()

    assert await olga.locator("#text").input_value() == "she was rude\nand an answer"
    assert await olga.locator("[name=note]").is_checked()
    await reads(anna, "I am looking.", "operator")
    assert await anna.get_by_text("rude").count() == 0


async def test_what_is_owed_counts_on_by_itself_and_the_claim_key_never_takes_a_chat_from_a_colleague(
    stage: Stage,
) -> None:
    await asks(stage, "Late, number 307")
    olga = await stage.console("Olga Q")
    max_ = await stage.console("Max Q")
    await olga.clock.install()
    await opens(olga, "number 307")
    due = olga.locator(".head .due")
    await due.get_by_text("due in").wait_for()

    await olga.clock.fast_forward("10:00")
    await olga.locator(".head .due[data-state=late]", has_text="late by 9 min").wait_for()
    await opens(max_, "number 307")
    await max_.keyboard.press("c")
    await max_.locator(".state", has_text="Yours").wait_for()
    await olga.locator(".state", has_text="With Max Q").wait_for()
    await olga.keyboard.press("c")
    await olga.get_by_text("Max Q has this chat. Take it over?").wait_for()
    assert await max_.locator(".state", has_text="Yours").count() == 1

    await olga.keyboard.press("Enter")
    await olga.locator(".state", has_text="Yours").wait_for()
    await max_.locator(".state", has_text="With Olga Q").wait_for()


async def test_who_reads_old_lines_keeps_them_sees_the_present_head_and_comes_back_by_answering(stage: Stage) -> None:
    anna = await asks(stage, "Old, number 308")
    olga = await stage.console("Olga R")
    await opens(olga, "number 308")
    key = int(urlsplit(olga.url).path.rsplit("/", 1)[-1])

    def floods(conn: Connection) -> None:
        now, place = stage.app.house.clock(), "flood"
        for number in range(300):
            content = Content(ContentKind.TEXT, plain(f"flood {number}."))
            transcript.add(conn, key, transcript.CUSTOMER, content, now, source=(place, str(number)))

    await stage.change(floods)
    await olga.reload()
    await reads(olga, "flood 299.")
    await olga.get_by_role("link", name="Show older messages").click()
    await reads(olga, "flood 150.")

    await olga.keyboard.press("c")
    await olga.locator(".state", has_text="Yours").wait_for()
    assert await olga.locator(".bubble", has_text="flood 150.").count() == 1
    assert await olga.locator(".bubble").count() == 100
    await olga.keyboard.press("r")
    await writes(olga, "Here I am, number 309")
    await olga.locator(".bubble.operator", has_text="number 309").wait_for()
    await olga.wait_for_url(lambda url: "before" not in url)
    await reads(anna, "number 309", "operator")
