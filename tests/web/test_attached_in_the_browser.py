"""Customers' files in a real browser: fetched as somebody scrolls to them, played there, and missed in one sentence."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Refused, TryLater, Why
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.messaging import conversations, transcript
from bot.sandbox.made_files import make
from tests.web.test_attached_files import CHANNEL, Pigeon
from tests.web.test_desk_in_the_browser import OUTSIDE, SMALL
from tests.web.test_in_the_browser import WITHOUT_CHROMIUM, Stage, reads, running, stage

__all__ = ["running", "stage"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]
PHOTO, VOICE = make("photo", 1).content, make("voice", 1).content
NUMBERS = count(1)
LOADED = """async (picture) => {
  picture.scrollIntoView();
  if (!picture.complete) await new Promise((done) => picture.addEventListener("load", done, { once: true }));
  return picture.naturalWidth;
}"""
"""Scrolls to a picture and waits until it is there; the page's policy lets no test wait for an expression."""


async def sends(
    stage: Stage, folder: Path, pigeon: Pigeon, *said: tuple[str, bytes | Exception, dict[str, Any]]
) -> str:
    """Let a customer of another channel send files, kept in a folder; return the address of their conversation."""
    house, chat = stage.app.house, f"c{next(NUMBERS)}"
    house.settings = house.settings.model_copy(update={"root": folder})
    now, channel = house.clock(), f"{CHANNEL} {chat}"
    house.channels[channel] = pigeon
    house.capabilities = {**house.capabilities, channel: pigeon.capabilities}

    def work(conn: Connection) -> int:
        found, _ = conversations.meet(conn, Place(channel, chat), Author(chat, "Anna"), "en", now)
        queue.open_ticket(conn, found.id, Reason.ASKED, now)
        for number, (kind, content, details) in enumerate(said):
            file = f"{chat}-{number}"
            pigeon.files[file] = content
            brought = Content(ContentKind(kind), plain(f"number {number}"), {"file_id": file, **details})
            transcript.add(conn, found.id, transcript.CUSTOMER, brought, now, source=(chat, file))
        return found.id

    return f"{stage.app.address}/console/conversations/{await house.change(work)}"


async def test_a_long_conversation_fetches_the_pictures_that_somebody_scrolls_to_and_no_sound(
    stage: Stage, tmp_path: Path
) -> None:
    pigeon, size = Pigeon(), {"width": 480, "height": 360}
    said = [("photo", PHOTO, size) for _ in range(60)] + [("voice", VOICE, {"duration": 1})] * 30
    address = await sends(stage, tmp_path, pigeon, *said)
    olga = await stage.console("Olga P")

    await olga.goto(address)
    await reads(olga, "number 89")
    await olga.wait_for_load_state("load")
    at_first = [file for file in pigeon.asked if int(file.rsplit("-", 1)[1]) >= 60]
    pictures_at_first = len(set(pigeon.asked))
    width = await olga.locator(".picture img").nth(30).evaluate(LOADED)

    assert (at_first, width) == ([], 480)
    assert pictures_at_first < 30
    assert len(set(pigeon.asked)) < 60
    assert len(pigeon.asked) == len(set(pigeon.asked))


async def test_a_picture_opens_large_and_a_voice_is_played_and_goes_on_while_the_page_is_renewed(
    stage: Stage, tmp_path: Path
) -> None:
    pigeon = Pigeon()
    address = await sends(
        stage, tmp_path, pigeon, ("photo", PHOTO, {"width": 480, "height": 360}), ("voice", VOICE, {"duration": 1})
    )
    olga = await stage.console("Olga Q")
    await olga.goto(address)
    assert await olga.locator(".picture img").evaluate(LOADED) == 480

    async with olga.context.expect_page() as opened:
        await olga.locator("a.picture").click()
    large = await opened.value
    assert await large.locator("img").evaluate(LOADED) == 480
    await olga.locator("audio").evaluate("(sound) => { sound.loop = true; return sound.play(); }")
    player = await olga.locator("audio").element_handle()
    await olga.fill("#text", "I hear you.")
    await olga.press("#text", "Enter")
    await reads(olga, "I hear you.", "operator")

    assert await player.evaluate("(sound) => sound.isConnected && !sound.paused && sound.duration > 0")
    assert await large.evaluate("document.scripts.length") == 0
    assert sorted(pigeon.asked) == sorted(pigeon.files)


async def test_what_is_missing_is_said_where_it_would_stand_and_comes_when_it_is_asked_for_again(
    stage: Stage, tmp_path: Path
) -> None:
    pigeon = Pigeon()
    address = await sends(
        stage,
        tmp_path,
        pigeon,
        ("photo", Refused(Why.MESSAGE_GONE, "gone"), {}),
        ("photo", TryLater("flood"), {"width": 480, "height": 360}),
        ("voice", TryLater("flood"), {"duration": 1}),
        ("video", b"no film", {}),
    )
    olga = await stage.console("Olga R", size=SMALL)
    await olga.goto(address)

    await olga.locator(".missing", has_text="This file is no longer there.").wait_for()
    for player in await olga.locator("audio, video").all():
        await player.evaluate("(one) => { one.play().catch(() => {}); }")
    await olga.locator(".missing", has_text="cannot be fetched just now").nth(1).wait_for()
    await olga.locator(".missing", has_text="This file cannot be shown here.").wait_for()
    outside, asked = await olga.evaluate(OUTSIDE), len(pigeon.asked)
    await olga.fill("#text", "One moment.")
    await olga.press("#text", "Enter")
    await reads(olga, "One moment.", "operator")
    after_a_renewal = (await olga.locator(".missing").count(), len(pigeon.asked))
    for file in [file for file, content in pigeon.files.items() if isinstance(content, TryLater)]:
        pigeon.files[file] = PHOTO if file.endswith("-1") else VOICE
    await olga.locator(".missing", has_text="just now").get_by_role("button").first.click()
    width = await olga.locator(".picture img").evaluate(LOADED)

    assert (outside, width) == ([], 480)
    assert after_a_renewal == (4, asked)
    assert await olga.locator(".missing", has_text="cannot be shown").get_by_role("link").count() == 1
