"""One-time links, sessions, and who is let in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.handoff import staff
from bot.storage import schema
from tests.web.office import BASE, Office

pytestmark = pytest.mark.slow  # many browsers

SEES = 200


async def test_a_link_signs_in_with_one_click(office: Office) -> None:
    browser = office.browser()

    page = await browser.get(await office.link("Olga"))

    assert page.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/console"' in page.text
    assert (await browser.get("/console/queue")).status_code == SEES


async def test_a_link_works_once(office: Office) -> None:
    link = await office.link("Olga")
    await office.browser().get(link)

    second = await office.browser().get(link)

    assert second.status_code == 401
    assert "supportbot operator sign-in" in second.text


async def test_who_is_signed_in_already_may_follow_the_used_link_again(office: Office) -> None:
    link = await office.link("Olga")
    browser = office.browser()
    await browser.get(link)

    again = await browser.get(link)

    assert (again.status_code, again.headers["location"]) == (303, "/console")


async def test_a_link_is_dead_after_a_quarter_of_an_hour(office: Office) -> None:
    link = await office.link("Olga")
    office.clock.forward(minutes=15)

    assert (await office.browser().get(link)).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Sec-Purpose": "prefetch"},
    ],
)
async def test_a_preview_of_a_link_does_not_use_it_up(office: Office, headers: dict[str, str]) -> None:
    link = await office.link("Olga")

    preview = await office.browser(**headers).get(link)

    assert "Sign in as Olga" in preview.text
    assert "set-cookie" not in preview.headers
    assert (await office.browser().get(link)).headers["set-cookie"]


async def test_the_button_of_a_preview_signs_in(office: Office) -> None:
    token = (await office.link("Olga")).partition("token=")[2]
    browser = office.browser()

    await browser.post("/console/sign-in", data={"token": token}, headers={"Origin": BASE})

    assert (await browser.get("/console/queue")).status_code == SEES


async def test_another_site_cannot_sign_anybody_in(office: Office) -> None:
    token = (await office.link("Olga")).partition("token=")[2]

    answer = await office.browser().post(
        "/console/sign-in", data={"token": token}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403


async def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(office: Office) -> None:
    page = await office.browser().get(await office.link("Olga"))

    cookie = page.headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # this house is served over plain http


async def test_a_session_ends_after_twelve_hours_of_work(office: Office) -> None:
    olga = await office.desk("Olga")
    for _ in range(3):
        office.clock.forward(hours=3, minutes=50)
        assert (await olga.page("/console/queue")).status_code == SEES

    office.clock.forward(minutes=30)

    assert (await olga.page("/console/queue")).status_code == 401


async def test_a_session_ends_after_eight_hours_without_a_click(office: Office) -> None:
    olga = await office.desk("Olga")
    office.clock.forward(hours=8)

    assert (await olga.page("/console/queue")).status_code == 401


async def test_somebody_who_is_disabled_is_out_at_once(office: Office) -> None:
    olga = await office.desk("Olga")

    await office.change(lambda conn: staff.change(conn, office.people["Olga"], disabled=True))

    assert (await olga.page("/console/queue")).status_code == 401


async def test_a_new_role_counts_at_once(office: Office) -> None:
    olga = await office.desk("Olga")
    assert (await olga.page("/console/faq/new")).status_code == 403

    await office.change(lambda conn: staff.change(conn, office.people["Olga"], role="admin"))

    assert (await olga.page("/console/faq/new")).status_code == SEES


async def test_signing_out_ends_the_session_and_not_only_the_cookie(office: Office) -> None:
    olga = await office.desk("Olga")
    cookies = httpx.Cookies(olga.browser.cookies)

    await olga.submit("/console/sign-out")

    olga.browser.cookies = cookies
    assert (await olga.page("/console/queue")).status_code == 401


async def test_no_secret_stands_in_the_database(office: Office) -> None:
    link = await office.link("Max")
    olga = await office.desk("Olga")
    session = next(iter(olga.browser.cookies.jar)).value or ""

    kept = await office.read(
        lambda conn: (
            conn.execute(select(schema.sessions.c.token_hash)).scalars().all(),
            conn.execute(select(schema.sign_in_links.c.token_hash)).scalars().all(),
        )
    )

    token = link.partition("token=")[2]
    assert len(kept[0]) == 1
    assert session not in kept[0]
    assert token not in kept[1]
    assert all(len(one) == 64 for one in (*kept[0], *kept[1]))


@pytest.mark.parametrize("given", ["", "wrong", None])
async def test_a_form_without_the_sessions_token_changes_nothing(office: Office, given: str | None) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    fields = {} if given is None else {"csrf": given}

    answer = await olga.browser.post(f"/console/conversations/{ticket.conversation_id}/claim", data=fields)

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_a_form_of_another_site_changes_nothing(office: Office, headers: dict[str, str]) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    answer = await olga.browser.post(
        f"/console/conversations/{ticket.conversation_id}/claim", data={"csrf": olga.csrf}, headers=headers
    )

    assert answer.status_code == 403


async def test_over_https_cookies_are_bound_to_the_host(migrated: Path, tmp_path: Path) -> None:
    from tests.web.office import open_office

    async with open_office(migrated, tmp_path, SUPPORTBOT_WEB__PUBLIC_URL="https://shop.example") as office:
        page = await office.browser().get(await office.link("Olga"))

        assert page.headers["set-cookie"].startswith("__Host-supportbot_session=")
        assert "Secure" in page.headers["set-cookie"]
        assert page.headers["strict-transport-security"] == "max-age=31536000"
