"""What customers send from Telegram, opened in the console: fetched through the bot when somebody looks."""

from __future__ import annotations

import base64
import re

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk
from tests.walks.steps import Console, asks_for_a_person, console_of

pytestmark = pytest.mark.walk
PDF = b"%PDF-1.7 " + bytes(200)


async def shown(console: Console) -> list[str]:
    """Return the addresses of the files that the conversation's page offers, in order."""
    page = await console.browser.get(console.path)
    return list(dict.fromkeys(re.findall(rf'(?:src|href)="({console.path}/files/\d+)"', page.text)))


async def fetched(sandbox: SandboxClient, since: int) -> int:
    """Return how often the bot asked where a file lies, after an event."""
    events, _ = await sandbox.events(since, kinds="call")
    return [event["call"]["method"] for event in events].count("getFile")


async def test_photos_voices_films_and_papers_from_telegram_are_opened_in_the_console(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    kinds = ("photo", "sticker", "voice", "video", "video_note", "animation")
    for kind in kinds:
        await customer.sends(kind)
    await customer.sends("document", name="Rechnung.pdf", base64=base64.b64encode(PDF).decode(), caption="the bill")
    await olga.reads_in(topic, "the bill")
    await olga.attaches(topic, "photo")
    await customer.reads("is with you now.")
    since = await sandbox.seq()

    async with console_of(desk, olga, customer) as console:
        addresses = await shown(console)
        fetched_by_the_page = await fetched(sandbox, since)
        answers = [await console.browser.get(address) for address in addresses]
        again = [await console.browser.get(address) for address in addresses]
        fetched_by_looks = await fetched(sandbox, since)
        page = (await console.browser.get(console.path)).text

    types = [answer.headers["content-type"] for answer in answers]
    assert types == [
        *("image/png", "image/png", "audio/ogg", "video/mp4", "video/mp4", "video/mp4"),
        *("application/octet-stream", "image/png"),
    ]
    assert answers[6].content == PDF
    assert answers[6].headers["content-disposition"] == 'attachment; filename="Rechnung.pdf"'
    assert [one.content for one in again] == [one.content for one in answers]
    assert (fetched_by_the_page, fetched_by_looks) == (0, len(addresses))
    token = desk.environment["SUPPORTBOT_TELEGRAM__TOKEN"].partition(":")[2]
    assert not any(token in text for text in (page, *[str(one.headers) for one in answers], *desk.bot.lines))


async def test_what_telegram_no_longer_has_is_said_in_one_sentence_and_what_it_cannot_give_now_comes_later(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    await customer.sends("photo", caption="one")
    await customer.sends("photo", caption="two")
    await olga.reads_in(topic, "two")
    gone = "Bad Request: wrong file_id or the file is temporarily unavailable"

    async with console_of(desk, olga, customer) as console:
        first, second = await shown(console)
        await sandbox.fault("getFile", status=400, description=gone, times=1)
        missing = await console.browser.get(first, headers={"Accept": "application/json"})
        await sandbox.fault("getFile", status=429, retry_after=1, times=1)
        later = await console.browser.get(second, headers={"Accept": "application/json"})
        then = await console.browser.get(second)

    assert (missing.status_code, missing.json()["error"]) == (
        410,
        "This file is no longer there. Please ask for it once more.",
    )
    assert (later.status_code, then.status_code) == (503, 200)
