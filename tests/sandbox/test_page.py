"""The page in a browser: what is typed reaches the bot, what the bot says is shown, and nothing is run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright import async_api

from bot.sandbox import ANNA, GROUP_ID, VERA
from bot.sandbox.server import Sandbox
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import SandboxClient

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
async def page(served: Sandbox) -> AsyncIterator[async_api.Page]:
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.set_default_timeout(5_000)
        await page.goto(served.url)
        await page.wait_for_selector("body.ready")
        yield page
        await browser.close()
        assert complaints == []


async def test_a_person_starts_writes_presses_and_reads(page: async_api.Page, bot: Bot) -> None:
    phone = page.locator(f"[data-person='{ANNA}']")
    await phone.get_by_role("button", name="Start").click()
    await phone.get_by_label("Message as Anna").fill("Was kostet der Versand?")
    await phone.get_by_label("Message as Anna").press("Enter")
    await phone.get_by_text("Was kostet der Versand?").wait_for()

    updates = await bot.updates()
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    keys = {"inline_keyboard": [[{"text": "Danke", "callback_data": "t"}]]}
    await bot("sendMessage", chat_id=ANNA, text="5 € nach Wien", entities=bold, reply_markup=keys)
    await phone.locator("strong", has_text="5 €").wait_for()
    await phone.get_by_role("button", name="Danke").click()
    [press] = await bot.updates(wait=5)
    await bot("answerCallbackQuery", callback_query_id=press["callback_query"]["id"], text="Gern")
    await page.get_by_text("Gern").wait_for()

    assert [update["message"]["text"] for update in updates] == ["/start", "Was kostet der Versand?"]


async def test_an_operator_answers_in_a_topic(page: async_api.Page, bot: Bot) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna · Versand"))["message_thread_id"]
    await page.locator(".topic", has_text="Anna · Versand").click()
    await page.get_by_role("radio", name="Max").click()
    await page.get_by_label("Message in this topic").fill("Guten Tag")
    await page.get_by_label("Message in this topic").press("Enter")
    await page.locator(".pane .message", has_text="Guten Tag").wait_for()

    message = (await bot.updates())[-1]["message"]
    assert (message["text"], message["message_thread_id"], message["from"]["first_name"]) == (
        "Guten Tag",
        thread,
        "Max",
    )


async def test_hostile_names_and_texts_stay_text(page: async_api.Page, bot: Bot, sandbox: SandboxClient) -> None:
    hostile = '<img src=x onerror="alert(1)"><b>_*'
    person = await sandbox.customer(hostile, last_name="<script>alert(2)</script>")
    await person.says(hostile, entities=[{"type": "text_link", "offset": 0, "length": 4, "url": "javascript:alert(3)"}])
    await bot("createForumTopic", chat_id=GROUP_ID, name=hostile)
    await page.locator(".rail-item", has_text="<img").click()
    phone = page.locator(f"[data-person='{person.id}']")
    await phone.locator(".text", has_text=hostile).wait_for()
    await page.locator(".topic", has_text=hostile).click()
    await page.get_by_role("tab", name="Calls").click()
    await page.locator(".calls li", has_text="createForumTopic").first.wait_for()

    assert await page.locator("img[src=x]").count() == 0
    assert await phone.locator("a[href^=javascript]").count() == 0


async def test_a_fault_is_thrown_and_a_customer_added_by_a_click(
    page: async_api.Page, bot: Bot, sandbox: SandboxClient
) -> None:
    await page.get_by_role("button", name="Русский").click()
    await page.get_by_text("Иван").first.wait_for()
    await page.get_by_role("tab", name="Faults").click()
    await page.get_by_role("button", name="Server error 502").click()
    await page.locator(".rule", has_text="502").wait_for()

    refused = await bot.ask("getMe")

    assert refused["error_code"] == 502
    people = (await sandbox.get("state"))["people"]
    assert (people[-1]["first_name"], people[-1]["language_code"]) == ("Иван", "ru")


async def test_a_sandbox_that_is_gone_is_told_in_words(page: async_api.Page) -> None:
    await page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('Failed to fetch')); }")

    await page.locator(f"[data-person='{ANNA}']").get_by_role("button", name="Start").click()

    said = page.locator(".toast").first
    await said.wait_for()
    assert await said.inner_text() == "The sandbox does not answer, so that did not happen. Is it running?"


async def test_the_group_stays_in_sight_beside_five_phones(page: async_api.Page) -> None:
    for name in ("Vera", "Olga", "Max"):
        await page.locator(".rail-item", has_text=name).click()
    await page.locator(".phone").nth(4).wait_for()

    last, desk = await page.locator(".phone").nth(4).bounding_box(), await page.locator(".desk").bounding_box()
    panel = await page.locator("#panel").bounding_box()

    assert last is not None
    assert desk is not None
    assert panel is not None
    assert desk["x"] + desk["width"] <= panel["x"]
    assert last["x"] + last["width"] <= desk["x"]  # the one that was opened last is whole
    assert (await page.locator(".shelf").bounding_box() or desk)["width"] > 3 * 212


async def test_three_phones_the_group_and_the_tools_fit_beside_each_other(page: async_api.Page) -> None:
    await page.get_by_role("button", name="Vera").click()
    await page.locator(f"[data-person='{VERA}']").wait_for()

    assert await page.locator(".phone").count() == 3
    assert await page.locator("#panel").is_visible()
    assert (
        await page.evaluate("(shelf => shelf.scrollWidth - shelf.clientWidth)(document.querySelector('.shelf'))") == 0
    )


async def test_on_a_phone_the_chosen_person_and_the_tools_stay_in_sight(page: async_api.Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})

    await page.get_by_role("button", name="Ada").click()

    for name in ("Group", "Ada", "Theme", "Tools"):
        box = await page.locator("#rail button", has_text=name).bounding_box()
        assert box is not None
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 390, name
