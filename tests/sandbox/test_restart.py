"""A sandbox that is stopped, or killed, goes on where it was."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox import ANNA, DEFAULT_TOKEN, GROUP_ID, snapshot
from bot.sandbox.server import running
from bot.sandbox.snapshot import SKIPPED_UPDATES, dump, load, skip_ahead
from bot.sandbox.world import World
from tests.sandbox.bare_bot import Bot


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def speak(url: str, user_id: int, **order: object) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{url}/sandbox/users/{user_id}/messages", json=order)
        return dict(answer.json()["messages"][0])


async def test_chats_topics_files_and_unconfirmed_updates_outlive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    async with running(state_path=state) as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        bot = Bot(http)
        photo = await speak(sandbox.url, ANNA, kind="photo", caption="Kaputt")
        topic = await bot("createForumTopic", chat_id=GROUP_ID, name="Anna")
        await bot("setMyCommands", commands=[{"command": "help", "description": "Help"}])
        path = (await bot("getFile", file_id=photo["photo"][-1]["file_id"]))["file_path"]
        content = (await http.get(f"/file/bot{DEFAULT_TOKEN}/{path}")).content
        before = await bot("getUpdates")

    async with running(state_path=state) as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        bot = Bot(http)
        after = await bot("getUpdates")
        next_one = await speak(sandbox.url, ANNA, text="next")
        thread = topic["message_thread_id"]
        sent = await bot(
            "copyMessage", chat_id=GROUP_ID, message_thread_id=thread, from_chat_id=ANNA, message_id=photo["message_id"]
        )
        newest = (await bot("getUpdates"))[-1]
        kept = (await http.get(f"/file/bot{DEFAULT_TOKEN}/{path}")).content
        commands = await bot("getMyCommands")

    assert after == before
    assert next_one["message_id"] == photo["message_id"] + 1
    assert newest["update_id"] == before[-1]["update_id"] + 1
    assert sent["message_id"] == thread + 1
    assert kept == content
    assert kept.startswith(b"\x89PNG")
    assert commands == [{"command": "help", "description": "Help"}]


def test_after_a_kill_ids_skip_ahead() -> None:
    world = World()
    last = world.updates.last_id
    kept = json.loads(json.dumps(dump(world, clean=False)))

    reborn = World()
    load(reborn, kept)
    skip_ahead(reborn)

    assert reborn.updates.last_id == last + SKIPPED_UPDATES
    assert reborn.chats[GROUP_ID].last_message_id > world.chats[GROUP_ID].last_message_id


async def test_what_people_saw_outlives_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603 - our own
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            bot = Bot(http)
            asked = await speak(url, ANNA, text="Where is my parcel?")
            answer = await bot(
                "sendMessage",
                chat_id=ANNA,
                text="It is on its way.",
                reply_markup={"inline_keyboard": [[{"text": "Thanks", "callback_data": "thanks"}]]},
            )
            await http.post(
                f"/sandbox/users/{ANNA}/presses", json={"message_id": answer["message_id"], "button": "Thanks"}
            )
            photo = await speak(url, ANNA, kind="photo", caption="Broken")
            told = await bot("getUpdates")
        process.kill()

    async with running(state_path=state) as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        shown = (await http.get(f"/sandbox/chats/{ANNA}/messages")).json()["messages"]
        bot = Bot(http)
        told_again = await bot("getUpdates")
        file = await bot("getFile", file_id=photo["photo"][-1]["file_id"])
        later = await speak(sandbox.url, ANNA, text="Hello?")

    assert [one["message_id"] for one in shown] == [asked["message_id"], answer["message_id"], photo["message_id"]]
    assert told_again == told
    assert [next(key for key in one if key != "update_id") for one in told] == ["message", "callback_query", "message"]
    assert file["file_size"] > 0
    assert later["message_id"] > photo["message_id"]


async def test_the_operators_group_is_the_same_after_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "PAUSE", 60.0)  # the whole state is written at the start alone
    before, after = tmp_path / "before", tmp_path / "after"
    async with running(state_path=before / "sandbox.json") as sandbox:
        async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
            group, bot = f"/sandbox/chats/{GROUP_ID}", Bot(http)
            mia = (await http.post("/sandbox/users", json={"first_name": "Mia", "role": "operator"})).json()["id"]
            kept = await bot("createForumTopic", chat_id=GROUP_ID, name="Anna")
            gone = await bot("createForumTopic", chat_id=GROUP_ID, name="Ben")
            note = await bot(
                "sendMessage", chat_id=GROUP_ID, message_thread_id=kept["message_thread_id"], text="Place 2"
            )
            place = {"chat_id": GROUP_ID, "message_id": note["message_id"]}
            await bot("editMessageText", **place, text="Place 1")
            await bot("pinChatMessage", **place)
            await http.post(f"/sandbox/users/{mia}/reactions", json={**place, "emoji": "👍"})
            await bot("deleteForumTopic", chat_id=GROUP_ID, message_thread_id=gone["message_thread_id"])
            await http.post(f"{group}/topics/{kept['message_thread_id']}/close", json={})
            await http.post(f"/sandbox/users/{ANNA}/block")
            shutil.copytree(before, after)

        async with running(state_path=after / "sandbox.json") as reborn:
            for chat in sandbox.world.chats.values():
                chat.last_message_id = reborn.world.chats[chat.id].last_message_id
            then, now = dump(sandbox.world, clean=True), dump(reborn.world, clean=True)

    assert {**now, "updates": 0, "counter": 0} == {**then, "updates": 0, "counter": 0}
    assert now["updates"]["waiting"] == then["updates"]["waiting"]


async def test_the_lines_between_two_states_are_forgotten_with_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PAUSE", 60.0)
    state = tmp_path / "sandbox.json"
    async with running(state_path=state) as sandbox:
        await speak(sandbox.url, ANNA, text="Hello")
        during = names_in(tmp_path)

    assert during == ["sandbox.json", "sandbox.json.log1"]
    assert names_in(tmp_path) == ["sandbox.json"]


async def test_a_file_that_is_none_of_its_own_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    state.write_text("[1, 2]")

    with pytest.raises(ValueError, match="is not a state file of this sandbox"):
        async with running(state_path=state):
            pass

    assert state.read_text() == "[1, 2]"


async def test_it_serves_this_machine_only() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        async with running(host="0.0.0.0"):  # noqa: S104 - must be refused
            pass


async def test_pages_of_other_sites_are_sent_away() -> None:
    async with running() as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as http:
        own = await http.get("/sandbox/state", headers={"origin": sandbox.url})
        foreign = await http.post("/sandbox/reset", headers={"origin": "https://example.com"})
        renamed = await http.get("/sandbox/state", headers={"host": "example.com"})

    assert (own.status_code, foreign.status_code, renamed.status_code) == (200, 403, 403)


def test_the_command_prints_its_address_and_ends_with_a_signal(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", "--state", str(state), "--seed-people", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout is not None
        line = process.stdout.readline()
        os.kill(process.pid, signal.SIGTERM)
        code = process.wait(timeout=10)

    assert re.fullmatch(r"sandbox listens on http://127\.0\.0\.1:\d+\n", line)
    assert code == 0
    kept = json.loads(state.read_text())
    assert (kept["clean"], len(kept["people"])) == (True, 9)
