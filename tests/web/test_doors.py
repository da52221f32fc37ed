"""Every route: its headers, its limits, and who may come in; read off the table of routes, so none is forgotten."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from starlette.routing import Route

from bot.web.static import shelf
from tests.web.office import BASE, Office

pytestmark = pytest.mark.slow  # every page for everybody

PUBLIC = {
    "/",
    "/static/{version}/{name}",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/chat",
    "/chat/history",
    "/chat/status",
    "/chat/events",
    "/chat/files/{message}",
    "/chat/messages",
    "/chat/press",
    "/chat/uploads",
    "/console/sign-in",
}
ADMINS = {"/console/faq/new", "/console/faq/save", "/console/faq/switch", "/console/faq/undo"}
ENDLESS = {"/console/events"}


def routes(office: Office) -> list[tuple[str, str]]:
    """Return (method, path) of every route."""
    found = []
    for route in office.app.routes:
        assert isinstance(route, Route)
        found += [(method, route.path) for method in sorted((route.methods or set()) - {"HEAD"})]
    return found


def filled(path: str) -> str:
    return re.sub(r"\{(id|line):int\}", "999999", re.sub(r"\{(number|message|version|name)\}", "nothing", path))


async def ask(browser: httpx.AsyncClient, method: str, path: str, csrf: str = "") -> httpx.Response:
    return await browser.request(method, filled(path), data={"csrf": csrf} if method == "POST" else None)


async def test_nobody_gets_in_without_a_session(office: Office) -> None:
    browser = office.browser()
    inside = [(method, path) for method, path in routes(office) if path not in PUBLIC]

    answers = {(method, path): (await ask(browser, method, path)).status_code for method, path in inside}

    assert len(answers) >= 20
    assert set(answers.values()) == {401}


async def test_operators_are_kept_out_of_what_only_admins_may_do(office: Office) -> None:
    olga, ada = await office.desk("Olga"), await office.desk("Ada")
    inside = [one for one in routes(office) if one[1] not in PUBLIC | ENDLESS | {"/console/sign-out"}]

    for method, path in inside:
        hers = await ask(olga.browser, method, path, olga.csrf)
        admins = await ask(ada.browser, method, path, ada.csrf)

        assert (hers.status_code == 403) == (path in ADMINS), path
        assert admins.status_code != 403, path


async def test_ids_that_are_not_there_are_not_found(office: Office) -> None:
    olga = await office.desk("Olga")
    named = [(method, path) for method, path in routes(office) if "{id" in path or "{number" in path]

    answers = {(method, path): (await ask(olga.browser, method, path, olga.csrf)).status_code for method, path in named}

    assert len(answers) >= 11
    say = ("POST", "/console/conversations/{id:int}/say")
    assert answers.pop(say) in {404, 409}  # with nothing typed it is refused before it is looked up
    assert set(answers.values()) == {404}


async def test_every_answer_carries_the_safety_headers(office: Office) -> None:
    olga = await office.desk("Olga")

    for method, path in routes(office):
        if path in ENDLESS | {"/console/sign-out"}:
            continue
        headers = (await ask(olga.browser, method, path, olga.csrf)).headers

        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy or "sandbox" in policy, path
        assert "unsafe" not in policy, path
        assert ("frame-ancestors 'none'" in policy) == (not path.startswith("/chat")), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path


PAGES = ["/chat", "/console/queue", "/console/mine", "/console/faq", "/console/faq/new", "/console/orders"]


@pytest.mark.parametrize("path", [*PAGES, "/console/faq/entry?key=delivery-cost", "/console/conversations/1"])
async def test_no_page_holds_anything_that_the_policy_forbids(office: Office, path: str) -> None:
    await office.waiting()
    ada = await office.desk("Ada")

    page = await ada.page(path)

    assert page.status_code == 200
    assert not re.search(r"<script(?![^>]* src=)", page.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page.text)
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page.text)
    assert [one for one in addresses if one.startswith(("http:", "https:", "//"))] == []


@pytest.mark.parametrize(("path", "limit"), [("/chat/messages", 64 * 1024), ("/console/faq/save", 1024 * 1024)])
async def test_a_body_over_the_limit_is_refused(office: Office, path: str, limit: int) -> None:
    ada = await office.desk("Ada")

    announced = await ada.browser.post(path, content=b"x" * (limit + 1))

    assert announced.status_code == 413
    assert announced.headers["x-content-type-options"] == "nosniff"


async def test_a_body_that_does_not_say_its_size_is_stopped_on_the_way(office: Office) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10 * 1024 * 1024:
            sent += 16 * 1024
            yield b"x" * 16 * 1024

    answer = await office.browser().post(
        "/chat/messages", content=endless(), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413


async def test_files_are_cached_for_good_under_an_address_that_changes_with_them(office: Office) -> None:
    browser = office.browser()

    current = await browser.get(shelf().url("base.css"))
    old = await browser.get("/static/000000000000/base.css")

    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert current.headers["content-type"] == "text/css; charset=utf-8"
    assert (old.text, old.headers["cache-control"]) == (current.text, "no-cache")


@pytest.mark.parametrize("name", ["nothing.css", "../console.py", "%2e%2e%2fconsole.py"])
async def test_only_the_files_of_the_folder_are_served(office: Office, name: str) -> None:
    assert (await office.browser().get(f"/static/x/{name}")).status_code == 404


async def test_the_first_paint_of_the_console_is_light(office: Office) -> None:
    for number in range(30):
        await office.waiting(f"Customer {number}", "How much is delivery to Austria, and how long does it take?")
    ada = await office.desk("Ada")

    page = await ada.page("/console/queue")
    files = re.findall(r'"(/static/[^"]+)"', page.text)
    wanted = {*files, *(shelf().url(f"{name}.js") for name in ("dom", "drafts", "keys", "live"))}
    total = 0
    for path in [f"{BASE}/console/queue", *wanted]:
        async with ada.browser.stream("GET", path) as answer:
            total += sum([len(part) async for part in answer.aiter_raw()])

    assert total <= 60_000


async def test_errors_are_told_in_the_readers_language(office: Office) -> None:
    page = await office.browser(**{"Accept-Language": "de-AT,de;q=0.9"}).get("/console/queue")

    assert page.status_code == 401
    assert '<html lang="de">' in page.text


async def test_the_front_door_leads_to_the_chat(office: Office) -> None:
    answer = await office.browser().get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/chat")


async def test_an_address_for_buttons_and_a_fault_of_ours_are_told_in_the_readers_language(office: Office) -> None:
    def broken() -> datetime:
        raise RuntimeError("the clock has stopped")

    office.house.clock = broken
    transport = httpx.ASGITransport(office.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Accept-Language": "de"}) as browser:
        pressed = await browser.get("/console/conversations/1/say")
        fault = await browser.get("/console/queue")
        for_scripts = await browser.get("/console/queue", headers={"Accept": "application/json"})

    assert (pressed.status_code, fault.status_code, for_scripts.status_code) == (405, 500, 500)
    assert "Bitte gehen Sie zurück zur Konsole." in pressed.text
    assert "Bei uns ist etwas schiefgegangen." in fault.text
    assert for_scripts.json()["error"].startswith("Bei uns ist etwas schiefgegangen.")
    assert "clock" not in fault.text + for_scripts.text
