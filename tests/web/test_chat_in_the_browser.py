"""The chat page in a real browser: what can still be pressed, how far a form is, and what happens without a line."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.web.test_in_the_browser import WITHOUT_CHROMIUM, Stage, opens, reads, running, stage, writes

__all__ = ["running", "stage"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]


async def offered(page: Any) -> list[str]:  # noqa: ANN401 Playwright's page
    """Return the labels of the buttons below messages that can be pressed."""
    found: list[str] = await page.locator(".buttons button:visible").all_inner_texts()
    return found


async def presses(page: Any, label: str) -> None:  # noqa: ANN401 Playwright's page
    await page.locator(".log button:visible", has_text=label).last.click()


async def test_only_the_newest_question_of_a_form_can_be_answered_and_the_answers_stand_between(stage: Stage) -> None:
    anna = await stage.customer()
    await anna.locator(".chips button", has_text="Order something").click()
    await reads(anna, "What would you like?")
    await presses(anna, "Plum Rooibos")
    await reads(anna, "How many would you like?")
    await writes(anna, "2")
    await reads(anna, "Where should it go?")

    last = anna.locator(".bubble.bot").last.locator("button")
    await anna.wait_for_function("document.querySelectorAll('.buttons').length === 1")
    assert await offered(anna) == await last.all_inner_texts()
    said = ["Order something", "Plum Rooibos, 100 g", "2"]
    assert await anna.locator(".bubble.customer .text").all_inner_texts() == said
    assert await anna.locator(".progress").inner_text() == "Step 3 of 10"

    await anna.reload()
    await reads(anna, "Where should it go?")

    assert await offered(anna) == await last.all_inner_texts()
    assert await anna.locator(".bubble.customer .text").all_inner_texts() == said
    assert await anna.locator(".progress").inner_text() == "Step 3 of 10"


async def test_marks_stay_until_they_are_pressed_and_other_buttons_go_with_the_next_answer(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "How much is delivery?")
    await reads(anna, "€4.90", "bot")
    assert "Talk to a person" in await offered(anna)

    await writes(anna, "/language")
    await reads(anna, "language", "bot")

    assert await offered(anna) == ["", "", "English", "Deutsch", "Русский"]
    await anna.get_by_role("button", name="This helped", exact=True).click()
    await anna.locator(".notice", has_text=re.compile(".+")).wait_for()
    await anna.get_by_role("button", name="This helped").wait_for(state="hidden")
    assert await offered(anna) == ["English", "Deutsch", "Русский"]


async def test_nobody_can_call_it_solved_once_an_operator_is_there_or_decline_a_comment_that_was_given(
    stage: Stage,
) -> None:
    olga = await stage.console("Olga Twelve")
    anna = await stage.customer()
    await writes(anna, "/help used up, number 91")
    await anna.locator(".log button:visible", has_text="Talk to a person").wait_for()
    await presses(anna, "Talk to a person")
    await anna.locator(".buttons button:visible", has_text="It is solved").wait_for()

    await opens(olga, "number 91")
    await olga.keyboard.press("c")
    await anna.locator(".status", has_text="Olga Twelve is with you").wait_for()
    await anna.locator(".buttons button", has_text="It is solved").wait_for(state="hidden")
    await olga.keyboard.press("e")
    await olga.get_by_role("button", name="Close the ticket").click()
    await anna.locator(".buttons button:visible", has_text="5").click()
    await anna.locator(".buttons button:visible", has_text="that is all").wait_for()
    await writes(anna, "Quick and kind")
    await anna.locator(".buttons button:visible", has_text="Talk to a person").wait_for()

    assert await offered(anna) == ["Talk to a person"]


async def test_what_did_not_get_out_goes_out_by_itself_in_order_and_once(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "How much is delivery?")
    await reads(anna, "€4.90", "bot")

    await anna.context.set_offline(True)
    for number in (44, 45):
        await writes(anna, f"Do you ship to Austria, number {number}?")
    await anna.fill("#text", "and what if")
    await anna.get_by_text("Not sent yet.").nth(1).wait_for()
    assert (
        await anna.evaluate(
            "(log => log.scrollHeight - log.scrollTop - log.clientHeight)(document.querySelector('.log'))"
        )
        < 5
    )
    await anna.context.set_offline(False)
    await (
        anna.locator(".bubble.customer", has_text="number 45")
        .locator(".meta", has_text=re.compile("^sent$"))
        .wait_for()
    )
    assert await anna.input_value("#text") == "and what if"
    await anna.reload()
    await reads(anna, "number 45", "customer")

    said = await anna.locator(".bubble.customer .text").all_inner_texts()
    assert [text for text in said if "Austria" in text] == [
        "Do you ship to Austria, number 44?",
        "Do you ship to Austria, number 45?",
    ]
    assert await anna.input_value("#text") == "and what if"


async def test_what_did_not_get_out_is_there_after_a_reload_and_goes_out_then(stage: Stage) -> None:
    anna = await stage.customer()
    await anna.route("**/chat/messages*", lambda route: route.abort())
    await writes(anna, "My very first words, number 46")
    await anna.get_by_text("Not sent yet.").wait_for()
    await anna.unroute("**/chat/messages*")

    await anna.reload()

    bubble = await reads(anna, "number 46", "customer")
    await bubble.locator(".meta", has_text=re.compile("^sent$")).wait_for()
    await anna.reload()
    await reads(anna, "number 46", "customer")
    assert await anna.locator(".bubble.customer", has_text="number 46").count() == 1


async def test_who_writes_too_fast_is_told_so_and_nothing_is_lost(stage: Stage) -> None:
    anna = await stage.customer()
    refused = asyncio.Event()

    async def too_fast(route: Any) -> None:  # noqa: ANN401 Playwright's route
        if refused.is_set():
            await route.continue_()
            return
        refused.set()
        body = '{"error": "That was a lot at once."}'
        await route.fulfill(status=429, headers={"Retry-After": "1"}, content_type="application/json", body=body)

    await anna.route("**/chat/messages*", too_fast)
    await writes(anna, "How much is delivery?")

    await anna.get_by_text("That was a lot at once.").wait_for()
    await reads(anna, "€4.90", "bot")
    assert await anna.get_by_text("That was a lot at once.").count() == 0


async def test_the_menu_of_languages_changes_the_language_of_the_talk_in_the_middle(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "/order")
    await reads(anna, "What would you like?", "bot")

    await anna.locator(".menu summary").click()
    await anna.get_by_role("link", name="Deutsch").click()
    await anna.wait_for_url("**/chat?lang=de")

    await reads(anna, "Was möchten Sie bestellen?", "bot")


async def test_language_and_colours_are_chosen_in_a_menu_that_leaves_room_for_who_answers(stage: Stage) -> None:
    anna = await stage.customer({"width": 360, "height": 740})
    cut = "(line => line.scrollWidth > line.clientWidth)(document.querySelector('.status'))"
    assert await anna.evaluate(cut) is False

    await anna.locator(".menu summary").click()
    await anna.get_by_role("button", name="Theme").click()
    assert await anna.evaluate("document.documentElement.dataset.theme") == "dark"
    await anna.locator(".menu summary").click()
    await anna.keyboard.press("Escape")
    await anna.locator(".menu .pop").wait_for(state="hidden")
    await anna.locator(".menu summary").click()
    await anna.get_by_role("link", name="Deutsch").click()

    await anna.wait_for_url("**/chat?lang=de")
    assert await anna.evaluate("document.documentElement.lang") == "de"


async def test_a_press_that_does_not_get_through_is_said_and_can_be_repeated(stage: Stage) -> None:
    anna = await stage.customer()
    await anna.route("**/chat/press*", lambda route: route.abort())
    await presses(anna, "Talk to a person")
    await anna.locator(".problem", has_text="did not get through").wait_for()
    await anna.unroute("**/chat/press*")

    await presses(anna, "Talk to a person")

    await reads(anna, "colleague", "bot")
    assert await anna.locator(".bubble.customer .text").all_inner_texts() == ["Talk to a person"]


async def test_a_first_message_whose_answer_was_lost_is_one_message_of_one_visitor(stage: Stage) -> None:
    anna = await stage.customer()
    seen: list[str] = []

    async def lose_the_answer(route: Any) -> None:  # noqa: ANN401 Playwright's route
        seen.append(route.request.post_data_json["visitor"])
        if len(seen) == 1:
            await route.fetch()
            await anna.context.clear_cookies()
            await route.abort()
            return
        await route.continue_()

    await anna.route("**/chat/messages*", lose_the_answer)
    await writes(anna, "How much is delivery?")
    await anna.get_by_text("Not sent yet.").wait_for()
    await anna.reload()
    await reads(anna, "€4.90", "bot")
    await writes(anna, "Thanks, number 48")
    await reads(anna, "number 48", "customer")

    await anna.locator(".bubble.customer .meta", has_text=re.compile("^sent$")).wait_for()
    await anna.reload()
    await reads(anna, "number 48", "customer")
    said = await anna.locator(".bubble.customer .text").all_inner_texts()
    assert said == ["How much is delivery?", "Thanks, number 48"]
    assert (len(seen), len(set(seen))) == (3, 1)
    assert await anna.evaluate("Object.keys(localStorage)") == []


async def test_a_request_that_never_ends_is_given_up_and_sent_again(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "/help")
    await reads(anna, "sent", "customer")
    await anna.add_init_script(
        "AbortSignal.timeout = () => { const it = new AbortController(); setTimeout(() => it.abort(), 300);"
        "return it.signal; };"
    )
    hangs = {"/chat/history", "/chat/messages"}

    async def hang_once(route: Any) -> None:  # noqa: ANN401 Playwright's route
        path = urlsplit(route.request.url).path
        if path in hangs:
            hangs.remove(path)
            return
        await route.continue_()

    await anna.route("**/chat/*", hang_once)
    await anna.reload()
    await writes(anna, "How much is delivery?")

    await reads(anna, "€4.90", "bot")
    assert hangs == set()


async def test_a_press_waits_until_what_was_written_before_it_is_out(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "/help")
    await presses(anna, "Talk to a person")
    await reads(anna, "colleague", "bot")
    arrived: list[str] = []
    last = asyncio.Event()

    async def fail_once(route: Any) -> None:  # noqa: ANN401 Playwright's route
        body = route.request.post_data_json
        arrived.append((body.get("text") or body["action"]).partition(":")[0])
        await (route.abort() if len(arrived) == 1 else route.continue_())
        if arrived[-1] == "And thank you":
            last.set()

    await anna.route(re.compile("/chat/(messages|press)"), fail_once)
    await writes(anna, "Two of the green tea")
    await anna.get_by_text("Not sent yet.").wait_for()
    await presses(anna, "It is solved")
    await writes(anna, "And thank you")
    await asyncio.wait_for(last.wait(), 10)

    assert arrived == ["Two of the green tea", "Two of the green tea", "solved", "And thank you"]


async def test_what_is_kept_and_cannot_be_read_stops_nothing(stage: Stage) -> None:
    anna = await stage.customer()
    await anna.evaluate(
        """() => {
          const at = Date.now();
          for (const key of ["chat", "unsent:a", "visitor"]) localStorage.setItem("draft:" + key, "{broken");
          localStorage.setItem("draft:unsent:b", JSON.stringify({ at, value: { order: 1 } }));
          localStorage.setItem("draft:unsent:c", JSON.stringify({ at, value: { order: 2, text: "/help, number 49" } }));
        }"""
    )

    await anna.reload()

    bubble = await reads(anna, "number 49", "customer")
    await bubble.locator(".meta", has_text=re.compile("^sent$")).wait_for()
    assert await anna.locator(".bubble.customer").count() == 1


async def test_an_address_that_stands_in_a_message_can_be_followed_and_nothing_else_becomes_a_link(
    stage: Stage,
) -> None:
    anna = await stage.customer()

    await writes(anna, "see https://shop.example/terms?a=1&b=2. Or javascript:alert(1), <a href=x>, www.shop.example")
    await reads(anna, "Or javascript", "customer")

    links = anna.locator(".bubble.customer .text a")
    assert await links.all_inner_texts() == ["https://shop.example/terms?a=1&b=2"]
    assert await links.get_attribute("href") == "https://shop.example/terms?a=1&b=2"
    assert await links.get_attribute("rel") == "noopener noreferrer nofollow"
