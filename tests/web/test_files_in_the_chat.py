"""Files of visitors: how much of them a day takes, how long they are kept, and who gets them."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from bot.channels import webchat
from bot.domain.ports import Raw
from bot.jobs import Jobs
from bot.messaging import conversations, inbox, transcript
from bot.storage import files as files_room
from bot.storage.database import Database
from bot.web import chat_history
from bot.web.chat import MEGABYTE
from tests.web.office import ROOT, Desk, Office, open_office

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
async def shop(migrated: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """An office with files of its own, where a visitor may send a megabyte a day."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    more = {"SUPPORTBOT_CONFIG": str(tmp_path / "config"), "SUPPORTBOT_FILES__VISITOR_MEGABYTES_PER_DAY": "1"}
    async with open_office(migrated, tmp_path, **more) as opened:
        yield opened


async def visitor(office: Office) -> httpx.AsyncClient:
    """Return the browser of somebody who has written before."""
    browser = office.browser()
    answer = await browser.post("/chat/messages", json={"text": "Hello", "client_id": "hello"})
    assert answer.status_code == 202
    return browser


async def sends(browser: httpx.AsyncClient, key: str, content: bytes) -> httpx.Response:
    return await browser.post(f"/chat/uploads?client_id={key}&name=kettle.png", content=content)


def kept(office: Office) -> list[Path]:
    return [path for path in (office.house.settings.root / "var" / "attachments").rglob("*") if path.is_file()]


async def heard(office: Office) -> int:
    """Let the transcript have what visitors sent, as turns do; return the last conversation."""

    def read(conn: Any) -> int:  # noqa: ANN401 a connection
        found = 0
        rows = inbox.load(conn, [key for key, _ in inbox.look(conn, [webchat.NAME], 99)])
        for row in rows:
            said = webchat.WebChat(_nobody).read(row.payload)
            assert said is not None
            found = conversations.meet(conn, said.place, said.author, "en", office.clock())[0].id
            source, content = (said.place.chat, row.payload["message"]), webchat.heard(row.payload)
            transcript.add(conn, found, transcript.CUSTOMER, content, office.clock(), source=source)
            inbox.settle(conn, row.id, office.clock())
        return found

    return await office.change(read)


async def _nobody(chat: str, kind: str, body: Any) -> None:  # noqa: ANN401 whatever is published
    """Show nothing to anybody."""


def grows_old(office: Office, **age: float) -> None:
    """Let all files have been written so long before the house's time."""
    written = (office.clock() - timedelta(**age)).timestamp()
    for path in kept(office):
        os.utime(path, (written, written))


async def test_a_visitors_day_takes_so_many_megabytes_and_they_are_told_what_to_do(shop: Office) -> None:
    anna, berta = await visitor(shop), await visitor(shop)

    first = await sends(anna, "a", bytes(MEGABYTE - 10))
    refused = await sends(anna, "b", bytes(11))
    again = await sends(anna, "a", bytes(MEGABYTE - 10))
    shop.clock.forward(seconds=20)
    fits = await sends(anna, "c", bytes(10))
    other = await sends(berta, "a", bytes(MEGABYTE))
    shop.clock.forward(days=1, seconds=1)
    tomorrow = await sends(anna, "b", bytes(11))

    assert [one.status_code for one in (first, refused, again, fits, other, tomorrow)] == [
        202, 422, 202, 202, 202, 202,
    ]  # fmt: skip
    assert refused.json()["error"] == (
        "No more files fit in today: 1 MB a day is the most. Please write, or send the file tomorrow."
    )
    assert sum(path.stat().st_size for path in kept(shop)) == 2 * MEGABYTE + 11


async def test_two_files_at_the_same_moment_do_not_get_past_the_days_measure_together(shop: Office) -> None:
    anna = await visitor(shop)

    both = await asyncio.gather(sends(anna, "a", bytes(MEGABYTE)), sends(anna, "b", bytes(MEGABYTE)))
    later = await sends(anna, "c", bytes(MEGABYTE))

    assert sorted(one.status_code for one in both) in ([202, 422], [422, 422])
    assert len(kept(shop)) == [one.status_code for one in (*both, later)].count(202) == 1


async def test_a_disk_that_is_nearly_full_is_left_to_the_database(
    shop: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await visitor(shop)

    monkeypatch.setattr(files_room, "LEAST_FREE", 2**62)
    refused = await sends(anna, "a", PICTURE)
    alarms = dict(shop.house.health.alarms)
    monkeypatch.setattr(files_room, "LEAST_FREE", 1)
    taken = await sends(anna, "b", PICTURE)

    assert (refused.status_code, taken.status_code) == (422, 202)
    assert refused.json()["error"].startswith("We cannot take files at the moment.")
    assert "the disk is nearly full" in alarms["files"]
    assert "files" not in shop.house.health.alarms


async def test_operators_see_a_visitors_picture_and_nobody_else_does(shop: Office) -> None:
    anna = await visitor(shop)
    await sends(anna, "a", PICTURE)
    await sends(anna, "b", b"<script>alert(1)</script>")
    conversation = await heard(shop)
    olga, other = await shop.desk("Olga"), await shop.waiting("Berta")
    at = f"/console/conversations/{conversation}"

    page = (await olga.page(at)).text
    picture, document = links(page, at)
    shown, saved = await olga.page(picture), await olga.page(document)
    elsewhere = await olga.page(picture.replace(at, f"/console/conversations/{other.conversation_id}"))
    out = await shop.browser().get(picture)

    assert f'<img src="{picture}"' in page
    assert f'<img src="{document}"' not in page
    assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert shown.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (elsewhere.status_code, out.status_code) == (404, 401)


def links(page: str, at: str) -> list[str]:
    return list(dict.fromkeys(part.split('"')[0] for part in page.split('href="') if part.startswith(f"{at}/files/")))


async def test_files_go_after_their_time_and_both_sides_read_that(shop: Office) -> None:
    anna = await visitor(shop)
    await sends(anna, "a", PICTURE)
    conversation = await heard(shop)
    olga, jobs = await shop.desk("Olga"), Jobs(shop.house)

    grows_old(shop, days=179)
    await jobs.forget_files()
    young = await seen(olga, anna, conversation)
    grows_old(shop, days=181)
    await jobs.forget_files()
    old = await seen(olga, anna, conversation)

    assert young == (False, {"name": "kettle.png", "url": "/chat/files/a"})
    assert old == (True, {"name": "kettle.png", "gone": True})
    assert kept(shop) == []


async def seen(desk: Desk, browser: httpx.AsyncClient, conversation: int) -> tuple[bool, dict[str, Any]]:
    """Return whether the console says that a file is gone, and what the visitor's page gets of it."""
    page = (await desk.page(f"/console/conversations/{conversation}")).text
    (message,) = [one for one in (await browser.get("/chat/history")).json()["messages"] if one.get("details")]
    return "file no longer kept" in page, message["details"]


async def test_the_bytes_of_a_day_are_counted_on_every_database(database: Database) -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    common: dict[str, Any] = {"name": "Anna", "language": "en", "at": now}
    file = {"kind": "photo", "key": "k", "name": "a.png", "mime": "image/png", "size": 20 * MEGABYTE}
    payloads = [webchat.said("wanna", "m0", "Hello", **common)]
    payloads += [webchat.sent("wanna", f"m{number}", file, **common) for number in range(1, 121)]
    rows = [Raw(f"wanna:{number}", "webchat:wanna", payload) for number, payload in enumerate(payloads)]

    await database.transaction(lambda conn: inbox.admit(conn, webchat.NAME, chat_history.ACCOUNT, rows, now))

    def read(conn: Connection) -> list[object]:
        day = timedelta(days=1)
        counted = [chat_history.bytes_since(conn, chat, now - day) for chat in ("wanna", "wberta")]
        later = chat_history.bytes_since(conn, "wanna", now)
        return [*counted, later, *[chat_history.admitted(conn, key) for key in ("wanna:7", "wanna:121")]]

    assert await database.read(read) == [120 * 20 * MEGABYTE, 0, 0, True, False]
