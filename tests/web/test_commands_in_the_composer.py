"""What is typed in the console and begins as a command does: it never reaches the customer, and is not lost."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.handoff import notes
from tests.web.office import ROOT, Office, open_office
from tests.web.test_passing_on_in_the_console import at, current, heard


@pytest.fixture
async def office(migrated: Path, tmp_path: Path) -> AsyncIterator[Office]:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    async with open_office(migrated, tmp_path, SUPPORTBOT_CONFIG=str(tmp_path / "config")) as opened:
        yield opened


async def _typed(office: Office, text: str) -> tuple[int, str, list[str], list[str]]:
    """Let Olga, who has the chat, send a text; return status, answer, what the customer heard, and the notes."""
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "claim"))
    before = len(await heard(office, ticket))
    said = await olga.press(at(ticket, "say"), text=text, ownership=str((await current(office, ticket)).ownership))
    kept = await office.read(lambda conn: [note.text for note in notes.of(conn, ticket.conversation_id)])
    return said.status_code, said.text, (await heard(office, ticket))[before:], kept


@pytest.mark.parametrize(
    "text", ["/ban he insults us", "/close refunded, he lies", "/CLOSE@shop_bot\nhe lies", "/faq parcel"]
)
async def test_a_command_of_the_topic_is_not_sent_and_stays_in_the_field(office: Office, text: str) -> None:
    status, answer, sent, kept = await _typed(office, text)

    assert (status, sent, kept) == (409, [], [])
    assert "Not sent: /" in answer
    assert "works in the topic only" in answer


@pytest.mark.parametrize(("text", "hint"), [("/clos he lies", "Did you mean /close?"), ("/zzz he lies", "Put a word")])
async def test_an_unknown_command_is_not_sent_and_asked_about(office: Office, text: str, hint: str) -> None:
    status, answer, sent, kept = await _typed(office, text)

    assert (status, sent, kept) == (409, [], [])
    assert hint in answer


@pytest.mark.parametrize(
    "text",
    [
        "/note he is a known cheat",
        "/NOTE\nhe is a known cheat",
        "\ufeff// he is a known cheat",
        " \u200b/note he is a known cheat",
    ],
)
async def test_a_note_that_is_typed_as_in_the_topic_is_a_note(office: Office, text: str) -> None:
    status, _, sent, kept = await _typed(office, text)

    assert status < 400
    assert (sent, kept) == ([], ["he is a known cheat"])
