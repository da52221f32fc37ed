"""Both pages in a real browser, over a bot that runs: what a customer and an operator see and press."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection

from bot.app import App
from bot.domain.people import Role
from bot.handoff import staff
from bot.web import auth
from tests.web.office import settings_for

playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
WITHOUT_CHROMIUM = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt-get install chromium)")
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]
WITHIN = 8_000
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}} ${7*7} {% raw %}",
    "'; DROP TABLE messages; --",
    "\u202ethgil a tsuj \u2066<b>",
    "&lt;b&gt; &amp;amp;",
]


@dataclass
class Stage:
    """A bot that runs, and a browser with as many windows as people."""

    app: App
    chromium: Any
    complaints: list[str] = field(default_factory=list)
    windows: list[Any] = field(default_factory=list)

    async def window(self, size: dict[str, int] = DESKTOP, **options: Any) -> Any:  # noqa: ANN401 Playwright's page
        """Open a window of a person who was never here."""
        context = await self.chromium.new_context(viewport=size, locale="en-GB", **options)
        context.set_default_timeout(WITHIN)
        self.windows.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}"))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    async def customer(self, size: dict[str, int] = DESKTOP) -> Any:  # noqa: ANN401 Playwright's page
        page = await self.window(size)
        await page.goto(f"{self.app.address}/chat")
        return page

    async def console(self, name: str, role: Role = Role.OPERATOR, size: dict[str, int] = DESKTOP) -> Any:  # noqa: ANN401 Playwright's page
        """Sign somebody new in by a link."""
        now = self.app.house.clock()

        def link(conn: Connection) -> str:
            person = staff.add(conn, name, role, "en", now)
            return auth.link(self.app.address, auth.issue_link(conn, person, now))

        page = await self.window(size)
        await page.goto(await self.app.database.transaction(link))
        await page.wait_for_url("**/console/queue")
        return page

    async def change(self, work: Callable[[Connection], Any]) -> None:
        await self.app.house.change(work)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    file = tmp_path_factory.mktemp("browser") / "bot.db"
    shutil.copy(migrated, file)
    app = App(settings_for(file))
    answers = asyncio.Event()
    task = asyncio.create_task(app.run(lambda _: answers.set()))
    await asyncio.wait_for(answers.wait(), 30)
    async with playwright.async_playwright() as started:
        chromium = await started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Stage(app, chromium)
        await chromium.close()
    app.stop()
    await asyncio.wait_for(task, 30)


@pytest_asyncio.fixture(loop_scope="module")
async def stage(running: Stage) -> AsyncIterator[Stage]:
    running.complaints.clear()
    yield running
    for window in running.windows:
        await window.close()
    running.windows.clear()
    assert running.complaints == []


async def writes(page: Any, text: str) -> None:  # noqa: ANN401 Playwright's page
    await page.fill("#text", text)
    await page.press("#text", "Enter")


async def reads(page: Any, text: str, author: str = "") -> Any:  # noqa: ANN401 Playwright's page
    """Wait until a bubble with this text is on the page."""
    bubble = page.locator(f".bubble{'.' + author if author else ''}", has_text=text).last
    await bubble.wait_for()
    return bubble


async def opens(page: Any, words: str) -> None:  # noqa: ANN401 Playwright's page
    """Open the conversation whose customer wrote this, once it appears in the list by itself."""
    await page.locator(".item", has_text=words).first.click()
    await page.wait_for_selector(".composer")


async def test_a_question_is_answered_and_stays_after_a_reload(stage: Stage) -> None:
    anna = await stage.customer()
    await writes(anna, "How much is delivery?")
    await reads(anna, "€4.90", "bot")
    before = await anna.locator(".log .text").all_inner_texts()

    await anna.reload()

    await reads(anna, "€4.90", "bot")
    assert await anna.locator(".log .text").all_inner_texts() == before


async def test_a_conversation_goes_from_the_bot_to_a_person_and_to_its_end(stage: Stage) -> None:
    olga = await stage.console("Olga One")
    anna = await stage.customer()

    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "My teapot number 17 is broken")
    await opens(olga, "My teapot number 17 is broken")
    await olga.locator(".switch").click()
    await writes(olga, "secret: she is a friend of Max")
    await reads(olga, "secret", "note")
    await writes(olga, "Good morning, I am Olga.")
    await reads(anna, "Good morning, I am Olga.", "operator")
    await olga.locator(".log .bubble.operator .sent").first.wait_for()
    await writes(anna, "Thank you")
    await reads(olga, "Thank you", "customer")
    assert await anna.locator(".status", has_text="Olga One is with you").count() == 1
    await olga.keyboard.press("Escape")
    await olga.keyboard.press("e")
    score = anna.locator(".bubble.bot .buttons").last.locator("button")
    await score.nth(4).wait_for()

    assert await score.count() == 5
    assert await anna.get_by_text("secret").count() == 0


async def test_strange_texts_are_texts_on_both_pages(stage: Stage) -> None:
    olga = await stage.console("Olga <b>Two</b>")
    eve = await stage.customer()
    await writes(eve, "I want to talk to a person")
    await reads(eve, "colleague", "bot")
    for payload in PAYLOADS:
        await writes(eve, payload)
        await reads(eve, payload, "customer")
    await opens(olga, PAYLOADS[-1])

    for payload in PAYLOADS:
        await reads(olga, payload, "customer")
    await writes(olga, PAYLOADS[0])
    await reads(eve, PAYLOADS[0], "operator")

    assert await eve.locator(".log img, .log script").count() == 0
    assert await olga.locator(".log img, .log script").count() == 0


async def test_the_desk_is_worked_with_keys_alone(stage: Stage) -> None:
    olga = await stage.console("Olga Three")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Keys only, number 55")
    row = olga.locator(".item", has_text="number 55")
    await row.wait_for()

    await olga.keyboard.press("?")
    await olga.locator("#keys[open]").wait_for()
    await olga.keyboard.press("Escape")
    await row.focus()
    await olga.keyboard.press("Enter")
    await olga.wait_for_selector(".composer")
    await olga.keyboard.press("c")
    await olga.locator(".state", has_text="Yours").wait_for()
    await olga.keyboard.press("r")
    await olga.keyboard.type("One line")
    await olga.keyboard.press("Shift+Enter")
    await olga.keyboard.type("and another")
    await olga.keyboard.press("Enter")

    await reads(anna, "One line\nand another", "operator")
    await olga.keyboard.press("Escape")
    await olga.keyboard.press("g")
    await olga.keyboard.press("m")
    await olga.wait_for_url("**/console/mine")


async def test_what_was_typed_survives_an_ended_session(stage: Stage) -> None:
    olga = await stage.console("Olga Four")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Ended session, number 66")
    await opens(olga, "number 66")
    await olga.fill("#text", "A long and careful answer")

    def disable(conn: Connection) -> None:
        (person,) = staff.found(conn, "Olga Four")
        staff.change(conn, person.id, disabled=True)

    await stage.change(disable)
    await olga.locator(".banner", has_text="You are signed out.").wait_for()

    assert await olga.input_value("#text") == "A long and careful answer"
    kept = await olga.evaluate("Object.keys(localStorage).map((key) => localStorage.getItem(key)).join()")
    assert "A long and careful answer" in kept


async def test_the_composer_cannot_be_taken_for_the_other_mode(stage: Stage) -> None:
    olga = await stage.console("Olga Five")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Modes, number 77")
    await opens(olga, "number 77")
    looks = (
        "getComputedStyle(document.querySelector('.field')).borderTopStyle + document.querySelector('.send').innerText"
    )

    answer = await olga.evaluate(looks)
    await olga.keyboard.press("n")
    note = await olga.evaluate(looks)

    assert (answer, note) == ("solidSend", "dashedSave the note")
    assert await olga.get_by_text("stays among the staff").is_visible()


async def test_an_admin_edits_the_faq_and_the_next_customer_reads_it(stage: Stage) -> None:
    ada = await stage.console("Ada One", Role.ADMIN)
    await ada.goto(f"{stage.app.address}/console/faq/new")
    await ada.fill('[name="en.question"]', "Do you sell umbrellas?")
    await ada.fill('[name="button.0.en"]', "Order one")
    await ada.get_by_role("button", name="Save").click()
    await ada.locator(".refusal").first.wait_for()
    assert await ada.input_value('[name="en.question"]') == "Do you sell umbrellas?"

    await ada.fill('[name="button.0.action"]', "order")
    await ada.fill('[name="en.answer"]', "Yes, **green** ones.")
    await ada.get_by_role("button", name="Save").click()
    await ada.get_by_text("Saved, live now").wait_for()
    await asyncio.wait_for(_live(stage, "do-you-sell-umbrellas"), 5)
    await ada.fill("#question", "do you sell umbrellas")
    await ada.press("#question", "Enter")
    await ada.get_by_text("Would answer").wait_for()

    anna = await stage.customer()
    await writes(anna, "Do you sell umbrellas?")
    bubble = await reads(anna, "Yes, green ones.", "bot")
    assert await bubble.locator("strong").inner_text() == "green"


async def test_the_head_of_the_list_and_what_is_on_its_way_tell_the_truth_without_a_reload(stage: Stage) -> None:
    olga = await stage.console("Olga Nine")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Live counts, number 71")
    await opens(olga, "number 71")
    before = int((await olga.locator(".list header .muted").inner_text()).split()[0])

    await writes(olga, "Hello from Olga, number 72")

    await olga.locator(".bubble.operator", has_text="number 72").locator(".sent").wait_for()
    await olga.locator(".list header .muted", has_text=re.compile(rf"^{before - 1} ")).wait_for()


async def _live(stage: Stage, key: str) -> None:
    while key not in stage.app.house.knowledge_base.snapshot.entries:  # noqa: ASYNC110 it polls a version row itself
        await asyncio.sleep(0.05)


async def test_every_page_fits_on_a_phone(stage: Stage) -> None:
    anna = await stage.customer(PHONE)
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Phone, number 88 " + "averyveryverylongwordwithoutanyspace" * 4)
    ada = await stage.console("Ada Two", Role.ADMIN, PHONE)
    await opens(ada, "number 88")
    conversation = ada.url
    too_wide = "document.documentElement.scrollWidth > innerWidth"

    assert await anna.evaluate(too_wide) is False
    assert await ada.locator(".list").is_hidden()
    for path in ("", "/console/queue", "/console/faq", "/console/faq/entry?key=delivery-cost", "/console/orders"):
        await ada.goto(f"{stage.app.address}{path}" if path else conversation)
        assert await ada.evaluate(too_wide) is False, path
    await ada.goto(conversation)
    await ada.get_by_role("link", name="Back").click()
    await ada.wait_for_url("**/console/queue")
    assert await ada.locator(".list").is_visible()


async def test_to_close_while_an_answer_is_owed_asks_once(stage: Stage) -> None:
    olga = await stage.console("Olga Eight")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Nobody has answered me, number 83")
    await opens(olga, "number 83")

    await olga.keyboard.press("e")
    asks = olga.get_by_role("button", name="Close the ticket")
    await asks.wait_for()
    before = await anna.locator(".bubble.bot .buttons button").count()
    await asks.click()
    await anna.locator(".bubble.bot .buttons").last.locator("button").nth(4).wait_for()

    assert before < 5


async def test_claim_a_proposed_answer_and_close_is_three_keys(stage: Stage) -> None:
    olga = await stage.console("Olga Nine")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "good morning")
    await opens(olga, "good morning")
    await olga.locator(".proposals b", has_text="hello").wait_for()

    await olga.keyboard.press("c")
    await olga.locator(".state", has_text="Yours").wait_for()
    await olga.keyboard.press("1")
    await olga.locator(".proposals .ready").first.wait_for(state="hidden")
    await olga.locator("form [data-key-press=e]").wait_for()
    await olga.keyboard.press("e")

    await reads(anna, "Hello, Olga here. How can I help you?", "operator")
    await anna.locator(".bubble.bot .buttons").last.locator("button").nth(4).wait_for()


async def test_a_slash_finds_a_ready_answer_and_the_pen_puts_it_into_the_composer(stage: Stage) -> None:
    olga = await stage.console("Olga Ten")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Slashes, number 91")
    await opens(olga, "number 91")

    await olga.keyboard.press("/")
    await olga.locator(".picker[open] .ready").nth(6).wait_for()
    await olga.keyboard.type("moment")
    await olga.locator(".picker b", has_text="one-moment").wait_for()
    await olga.locator(".picker .ready").nth(6).wait_for(state="detached")
    await olga.keyboard.press("Enter")
    await olga.locator(".picker[open]").wait_for(state="detached")
    await olga.locator("#text:focus").wait_for()
    await olga.keyboard.type(" Anna.")
    await olga.keyboard.press("Enter")

    await reads(anna, "One moment please, I am looking it up for you. Anna.", "operator")


async def test_two_slashes_in_the_answer_field_begin_a_note_and_no_ready_answer(stage: Stage) -> None:
    olga = await stage.console("Olga Eleven")
    anna = await stage.customer()
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Slashes, number 92")
    await opens(olga, "number 92")

    await olga.locator("#text").click()
    await olga.keyboard.type("//")
    await olga.locator(".picker[open]").wait_for(state="detached")
    await olga.locator("#text:focus").wait_for()
    await olga.keyboard.type("She called before.")
    await olga.keyboard.press("Enter")

    await olga.locator(".bubble.note", has_text="She called before.").wait_for()
    assert await anna.locator(".bubble", has_text="She called").count() == 0
