"""Files of customers whose channel keeps them: fetched when staff look, once, for staff alone, and shown with care."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.webchat import CAPABILITIES as WEBCHAT
from bot.domain.conversation import Author, Incoming, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, TryLater, Why
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.jobs import Jobs
from bot.messaging import conversations, transcript
from bot.storage import files as files_room
from bot.web import attached_files
from tests.web.office import ROOT, Office, open_office

CHANNEL = "pigeon"
JPEG, PNG, OGG, MP4 = b"\xff\xd8\xff" + bytes(50), b"\x89PNG\r\n\x1a\n" + bytes(90), b"OggS" + bytes(60), b""
MP4 = bytes(4) + b"ftypisom" + bytes(60)
SCRIPT = b"<script>alert(1)</script>"
MOST = 20 * 1024 * 1024


@dataclass
class Pigeon:
    """A channel whose files can be fetched, as its tests say."""

    files: dict[str, bytes | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    most_at_once: int = 0
    name: str = CHANNEL
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(gives_files=MOST))

    def __post_init__(self) -> None:
        self.may_go_on.set()

    async def fetch(self, file: str, most: int) -> bytes:
        assert most == MOST
        self.asked.append(file)
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(0)
            await self.may_go_on.wait()
        finally:
            self.under_way -= 1
        found = self.files[file]
        if isinstance(found, Exception):
            raise found
        return found

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:  # noqa: ARG002 the port's face
        return None

    def link(self, place: Place) -> str:  # noqa: ARG002 the port's face
        return ""

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 the port's face
        return Pace()

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 the port's face
        return Receipt("1")


@dataclass
class Chat:
    """A customer's conversation on that channel."""

    office: Office
    pigeon: Pigeon
    id: int

    async def brings(
        self,
        kind: str,
        file: str,
        content: bytes | Exception = JPEG,
        author: str = transcript.CUSTOMER,
        **details: object,
    ) -> str:
        """Let somebody have sent a file; return the address under which staff open it."""
        self.pigeon.files[file] = content
        now = self.office.clock()

        def work(conn: Connection) -> int:
            said = Content(ContentKind(kind), plain(""), {"file_id": file, **details})
            return transcript.add(conn, self.id, author, said, now, source=("1", file))

        line = await self.office.change(work)
        return f"/console/conversations/{self.id}/files/{line}"

    @property
    def page(self) -> str:
        return f"/console/conversations/{self.id}"


@pytest.fixture
async def office(migrated: Path, tmp_path: Path) -> AsyncIterator[Office]:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    async with open_office(migrated, tmp_path, SUPPORTBOT_CONFIG=str(tmp_path / "config")) as opened:
        yield opened


async def a_chat(office: Office, pigeon: Pigeon, name: str = "Anna") -> Chat:
    office.house.channels[CHANNEL] = pigeon
    office.house.capabilities = {**office.house.capabilities, "webchat": WEBCHAT, CHANNEL: pigeon.capabilities}
    now = office.clock()

    def work(conn: Connection) -> int:
        found, _ = conversations.meet(conn, Place(CHANNEL, f"c{name}"), Author(f"c{name}", name), "en", now)
        queue.open_ticket(conn, found.id, Reason.ASKED, now)
        return found.id

    return Chat(office, pigeon, await office.change(work))


@pytest.fixture
async def chat(office: Office) -> Chat:
    return await a_chat(office, Pigeon())


def kept(office: Office) -> list[Path]:
    return [path for path in (office.house.settings.root / "var" / "attachments").rglob("*") if path.is_file()]


async def test_a_page_fetches_nothing_and_a_look_fetches_once_whoever_looks(office: Office, chat: Chat) -> None:
    address = await chat.brings("photo", "f1", JPEG, width=640, height=480, size=53)
    olga, max_ = await office.desk("Olga"), await office.desk("Max")

    page = (await olga.page(chat.page)).text
    before = list(chat.pigeon.asked)
    shown = [await one.page(address) for one in (olga, max_, olga)]

    assert f'<img src="{address}" loading="lazy" decoding="async" width="640" height="480"' in page
    assert before == []
    assert chat.pigeon.asked == ["f1"]
    assert [(one.content, one.headers["content-type"]) for one in shown] == [(JPEG, "image/jpeg")] * 3
    assert "content-disposition" not in shown[0].headers
    assert shown[0].headers["x-content-type-options"] == "nosniff"
    assert shown[0].headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert shown[0].headers["cache-control"] == "no-store"


async def test_two_who_look_at_the_same_moment_fetch_a_file_once_and_a_hundred_pictures_come_four_by_four(
    office: Office, chat: Chat
) -> None:
    addresses = [await chat.brings("photo", f"f{number}") for number in range(30)]
    olga = await office.desk("Olga")

    answers = await asyncio.gather(*[olga.page(address) for address in addresses for _ in range(2)])

    assert {one.status_code for one in answers} == {200}
    assert sorted(chat.pigeon.asked) == sorted(f"f{number}" for number in range(30))
    assert chat.pigeon.most_at_once <= attached_files.AT_ONCE


@pytest.mark.parametrize(
    ("kind", "content", "details", "wanted"),
    [
        ("photo", JPEG, {}, "image/jpeg"),
        ("sticker", b"RIFF\0\0\0\0WEBP", {"still": True}, "image/webp"),
        ("voice", OGG, {"duration": 7}, "audio/ogg"),
        ("audio", b"\xff\xfb" + bytes(50), {"name": "song.mp3"}, "audio/mpeg"),
        ("video", MP4, {}, "video/mp4"),
        ("video_note", MP4, {}, "video/mp4"),
        ("document", PNG, {"name": "screen.png"}, "image/png"),
    ],
)
async def test_pictures_sounds_and_films_are_shown_as_what_their_first_bytes_say(
    office: Office, chat: Chat, kind: str, content: bytes, details: dict[str, Any], wanted: str
) -> None:
    address = await chat.brings(kind, "f1", content, **details)

    answer = await (await office.desk("Olga")).page(address)

    assert (answer.status_code, answer.headers["content-type"]) == (200, wanted)
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(
    ("kind", "content", "name"),
    [
        ("photo", SCRIPT, ""),
        ("video", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.mp4"),
        ("document", SCRIPT, "invoice.html"),
        ("document", b"%PDF-1.7", "Rechnung № 7.pdf"),
        ("document", bytes(4) + b"ftypheic" + bytes(20), "IMG_1.HEIC"),
        ("sticker", b"\x1f\x8b" + bytes(20), ""),
    ],
)
async def test_whatever_is_no_picture_sound_or_film_is_saved(
    office: Office, chat: Chat, kind: str, content: bytes, name: str
) -> None:
    address = await chat.brings(kind, "f1", content, mime="text/html", still=True, **({"name": name} if name else {}))

    answer = await (await office.desk("Olga")).page(address)

    assert answer.headers["content-disposition"].startswith("attachment; filename")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


async def test_a_film_can_be_wound_forward(office: Office, chat: Chat) -> None:
    address = await chat.brings("video", "f1", MP4)
    olga = await office.desk("Olga")

    part = await olga.browser.get(address, headers={"Range": "bytes=4-11", "Accept-Encoding": "gzip"})

    assert (part.status_code, part.content) == (206, b"ftypisom")
    assert part.headers["content-range"] == f"bytes 4-11/{len(MP4)}"


async def test_players_load_nothing_by_themselves_and_a_paper_is_a_link_with_name_and_size(
    office: Office, chat: Chat
) -> None:
    voice = await chat.brings("voice", "f1", duration=67, size=9_000)
    film = await chat.brings("video", "f2", duration=3, size=1_300_000, width=640, height=360)
    paper = await chat.brings("document", "f3", name="<b>.pdf", size=48_300)

    page = (await (await office.desk("Olga")).page(chat.page)).text

    assert f'<audio class="sound" src="{voice}" data-file="{voice}" controls preload="none"' in page
    assert f'<video class="film video" src="{film}" data-file="{film}" controls playsinline preload="none"' in page
    assert (
        f'<a href="{paper}" target="_blank" rel="noopener" dir="auto" title="Save the file">&lt;b&gt;.pdf</a>' in page
    )
    assert [fact in page for fact in ("1:07", "9 KB", "0:03", "1.2 MB", "47 KB")] == [True] * 5
    assert "autoplay" not in page


async def test_customers_strangers_and_other_conversations_get_no_file(office: Office, chat: Chat) -> None:
    address = await chat.brings("photo", "f1")
    berta = await a_chat(office, chat.pigeon, "Berta")
    hers = await berta.brings("photo", "f2")
    olga, visitor = await office.desk("Olga"), office.browser()
    assert (await visitor.post("/chat/messages", json={"text": "Hello", "client_id": "hello"})).status_code == 202

    crossed = [
        await olga.page(address.replace(f"/{chat.id}/", f"/{berta.id}/")),
        await olga.page(hers.replace(f"/{berta.id}/", f"/{chat.id}/")),
        await olga.page(address.replace(f"/{chat.id}/", "/99999/")),
        await olga.page(f"{chat.page}/files/99999"),
    ]
    outside = [await visitor.get(address), await office.browser().get(address)]
    posted = await olga.press(address)

    assert [one.status_code for one in crossed] == [404] * 4
    assert [one.status_code for one in outside] == [401, 401]
    assert posted.status_code == 405
    assert chat.pigeon.asked == []


async def test_who_is_no_longer_staff_gets_no_file_even_one_that_is_here(office: Office, chat: Chat) -> None:
    address = await chat.brings("photo", "f1")
    olga = await office.desk("Olga")
    assert (await olga.page(address)).status_code == 200

    await olga.press("/console/sign-out")

    assert (await olga.page(address)).status_code == 401


async def test_words_places_and_files_of_channels_that_give_none_are_no_files(office: Office, chat: Chat) -> None:
    words = [await chat.brings(kind, f"f-{kind}") for kind in ("text", "location", "poll", "sticker")]
    olga = await office.desk("Olga")
    before = [(await olga.page(address)).status_code for address in words]

    office.house.capabilities = {"webchat": WEBCHAT, CHANNEL: Capabilities()}
    photo = await chat.brings("photo", "f1")

    assert [*before, (await olga.page(photo)).status_code] == [404] * 5
    assert photo not in (await olga.page(chat.page)).text
    assert chat.pigeon.asked == []


GONE = "This file is no longer there. Please ask for it once more."
LATER = "This file cannot be fetched just now. Please try again in a minute."
LARGE = "Too large to be opened here: 20 MB is the most."


@pytest.mark.parametrize(
    ("trouble", "status", "sentence"),
    [
        (Refused(Why.MESSAGE_GONE, "wrong file_id /file/bot1:SECRET/x"), 410, GONE),
        (Refused(Why.NOT_CARRIED, "file is too big"), 422, LARGE),
        (TryLater("Too Many Requests", timedelta(seconds=3)), 503, LATER),
        (TryLater("ClientError /file/bot1:SECRET/x"), 503, LATER),
    ],
)
async def test_what_cannot_be_had_is_said_in_one_sentence_that_names_no_address(
    office: Office, chat: Chat, trouble: Exception, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    address = await chat.brings("photo", "f1", trouble)
    olga = await office.desk("Olga")

    script = await olga.browser.get(address, headers={"Accept": "application/json"})
    page = await olga.page(address)

    assert (script.status_code, script.json()) == (status, {"error": sentence})
    assert (page.status_code, sentence in page.text) == (status, True)
    printed = capsys.readouterr()
    assert "SECRET" not in script.text + page.text + printed.out + printed.err
    assert kept(office) == []


async def test_what_is_gone_is_asked_for_again_after_five_minutes_and_what_comes_later_at_once(
    office: Office, chat: Chat
) -> None:
    gone = await chat.brings("photo", "gone", Refused(Why.MESSAGE_GONE, "gone"))
    slow = await chat.brings("photo", "slow", TryLater("flood"))
    olga = await office.desk("Olga")

    first = [(await olga.page(gone)).status_code for _ in range(3)]
    later = [(await olga.page(slow)).status_code]
    chat.pigeon.files |= {"slow": JPEG, "gone": JPEG}
    later.append((await olga.page(slow)).status_code)
    office.clock.forward(minutes=5, seconds=1)
    first.append((await olga.page(gone)).status_code)

    assert (first, later) == ([410, 410, 410, 200], [503, 200])
    assert chat.pigeon.asked == ["gone", "slow", "slow", "gone"]


async def test_what_is_known_to_be_too_large_is_not_asked_for(office: Office, chat: Chat) -> None:
    address = await chat.brings("video", "f1", size=MOST + 1, name="film.mp4")
    fits = await chat.brings("video", "f2", MP4, size=MOST, name="short.mp4")
    olga = await office.desk("Olga")

    page, answer = (await olga.page(chat.page)).text, await olga.page(address)

    assert LARGE in page
    assert (f'src="{address}"' in page, f'src="{fits}"' in page) == (False, True)
    assert (answer.status_code, chat.pigeon.asked) == (422, [])


async def test_a_channel_that_lets_wait_in_vain_is_left_alone_for_a_while_so_that_answers_still_go_out(
    office: Office, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached_files, "LOOKED_AT_WITHIN", 0.05)
    first, second = [await chat.brings("photo", name) for name in ("f1", "f2")]
    olga = await office.desk("Olga")

    chat.pigeon.may_go_on.clear()
    answers = [(await olga.page(address)).status_code for address in (first, second, first)]
    chat.pigeon.may_go_on.set()
    office.clock.forward(seconds=21)
    answers.append((await olga.page(second)).status_code)

    assert answers == [503, 503, 503, 200]
    assert chat.pigeon.asked == ["f1", "f2"]


async def test_while_the_channel_is_still_coming_up_its_files_come_later(office: Office, chat: Chat) -> None:
    address = await chat.brings("photo", "f1")
    del office.house.channels[CHANNEL]

    assert (await (await office.desk("Olga")).page(address)).status_code == 503


async def test_a_disk_that_is_nearly_full_takes_no_file(
    office: Office, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await chat.brings("photo", "f1")
    olga = await office.desk("Olga")

    monkeypatch.setattr(files_room, "LEAST_FREE", 2**62)
    refused = await olga.page(address)

    assert (refused.status_code, chat.pigeon.asked, kept(office)) == (507, [], [])
    assert "files" in office.house.health.alarms


async def test_a_file_is_kept_so_many_days_after_it_was_sent_and_not_after_somebody_looked(
    office: Office, chat: Chat
) -> None:
    sent, jobs = office.clock(), Jobs(office.house)
    address = await chat.brings("photo", "f1")
    office.clock.forward(days=100)
    await (await office.desk("Olga")).page(address)
    assert [path.stat().st_mtime for path in kept(office)] == [sent.timestamp()]

    office.clock.forward(days=79)
    await jobs.forget_files()
    stays = len(kept(office))
    office.clock.forward(days=2)
    await jobs.forget_files()

    assert (stays, kept(office)) == (1, [])


async def test_a_file_that_operators_sent_in_their_group_can_be_opened_too(office: Office, chat: Chat) -> None:
    office.house.groups = [Place(CHANNEL, "-100")]
    ticket = await office.waiting("Web")

    def work(conn: Connection) -> int:
        said = Content(ContentKind.PHOTO, plain(""), {"file_id": "f9"})
        now = office.clock()
        return transcript.add(conn, ticket.conversation_id, transcript.OPERATOR, said, now, staff=office.people["Olga"])

    line = await office.change(work)
    chat.pigeon.files["f9"] = JPEG

    answer = await (await office.desk("Max")).page(f"/console/conversations/{ticket.conversation_id}/files/{line}")

    assert (answer.status_code, answer.content) == (200, JPEG)


async def test_another_file_in_the_same_message_is_another_file(office: Office, chat: Chat) -> None:
    address = await chat.brings("photo", "f1", JPEG, unique="u1")
    olga = await office.desk("Olga")
    first = await olga.page(address)

    def changed(conn: Connection) -> None:
        line = transcript.of_conversation(conn, chat.id, int(address.rsplit("/", 1)[1]))
        assert line is not None
        details = {"file_id": "f2", "unique": "u2"}
        transcript.edit(conn, line, Content(ContentKind.PHOTO, plain("new"), details), office.clock())

    await office.change(changed)
    chat.pigeon.files["f2"] = PNG
    second = await olga.page(address)

    assert (first.content, second.content) == (JPEG, PNG)
