"""Too fast, and the bad days: limits on sending, and faults that are thrown on demand."""

from __future__ import annotations

import time

import httpx
import pytest

from bot.sandbox import ANNA, BEN, GROUP_ID
from bot.sandbox.limits import Limits
from tests.sandbox.bare_bot import Bot
from tests.sandbox_client import Refused, SandboxClient


def test_a_chat_takes_a_burst_of_five_and_then_one_a_second() -> None:
    limits = Limits()

    waits = [limits.admit(1, 1, 100.0) for _ in range(6)]

    assert waits == [0, 0, 0, 0, 0, 1]
    assert limits.admit(1, 1, 101.0) == 0
    assert limits.admit(1, 1, 101.0) == 1


def test_a_group_takes_twenty_within_any_minute() -> None:
    limits = Limits()

    early = [limits.admit(-1, 1, float(second)) for second in range(20)]

    assert early == [0] * 20
    assert limits.admit(-1, 1, 20.0) == 40
    assert limits.admit(-1, 1, 60.0) == 0
    assert limits.admit(-1, 2, 60.5) == 2


def test_over_all_thirty_a_second_are_taken() -> None:
    limits = Limits()

    waits = [limits.admit(chat, 1, 100.0) for chat in range(1, 32)]

    assert waits == [0] * 30 + [1]
    assert limits.admit(99, 1, 101.0) == 0


def test_what_was_refused_does_not_count() -> None:
    limits = Limits()
    for _ in range(50):
        limits.admit(1, 1, 100.0)

    assert limits.admit(1, 5, 105.0) == 0


async def test_too_many_messages_are_answered_with_the_seconds_to_wait(sandbox: SandboxClient, bot: Bot) -> None:
    await bot.hears(ANNA)
    await sandbox.set_limits(on=True)

    answers = [await bot.ask("sendMessage", chat_id=ANNA, text=str(number)) for number in range(7)]

    refused = [answer for answer in answers if not answer["ok"]]
    assert refused
    assert refused[0] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    await bot("getMe")
    await sandbox.set_limits(on=False)
    await bot("sendMessage", chat_id=ANNA, text="again")


async def test_an_error_strikes_as_often_as_it_was_told(sandbox: SandboxClient, bot: Bot) -> None:
    await bot.hears(ANNA)
    await sandbox.fault("send*", status=429, retry_after=9, times=1, chat_id=ANNA)
    await sandbox.fault("sendMessage", status=403, times=1, chat_id=ANNA)

    first = await bot.ask("sendMessage", chat_id=ANNA, text="a")
    second = await bot.ask("sendMessage", chat_id=ANNA, text="a")
    third = await bot.ask("sendMessage", chat_id=ANNA, text="a")

    assert (first["error_code"], first["parameters"]) == (429, {"retry_after": 9})
    assert (second["error_code"], second["description"]) == (403, "Forbidden: bot was blocked by the user")
    assert third["ok"]


async def test_a_line_is_cut_before_or_after_the_message_went(sandbox: SandboxClient, bot: Bot) -> None:
    await bot.hears(ANNA)
    anna = await sandbox.person(ANNA)
    await sandbox.fault("sendMessage", "cut", times=1)
    await sandbox.fault("sendMessage", "cut_after", times=1)

    with pytest.raises(httpx.TransportError):
        await bot.ask("sendMessage", chat_id=ANNA, text="lost")
    with pytest.raises(httpx.TransportError):
        await bot.ask("sendMessage", chat_id=ANNA, text="arrived")

    assert [seen.text for seen in await anna.sees()] == ["/start", "arrived"]
    calls = await sandbox.calls("sendMessage")
    assert [(call["status"], call["params"]["text"]) for call in calls] == [(0, "lost"), (0, "arrived")]


async def test_an_answer_comes_late_or_is_no_json(sandbox: SandboxClient, bot: Bot) -> None:
    await sandbox.fault("getMe", "raw", status=502, description="<html>Bad Gateway</html>", times=1)
    await sandbox.fault("getMe", "delay", delay=0.2, times=1)

    page = await bot.http.post(f"/bot{bot.token}/getMe")
    started = time.monotonic()
    await bot("getMe")

    assert (page.status_code, page.text) == (502, "<html>Bad Gateway</html>")
    assert time.monotonic() - started >= 0.19


async def test_a_message_lands_beside_its_topic_when_it_is_misplaced(sandbox: SandboxClient, bot: Bot) -> None:
    thread = (await bot("createForumTopic", chat_id=GROUP_ID, name="Anna"))["message_thread_id"]
    await sandbox.fault("sendMessage", "misplace", times=1)

    sent = await bot("sendMessage", chat_id=GROUP_ID, message_thread_id=thread, text="a")

    assert "message_thread_id" not in sent


async def test_a_share_of_requests_fails_the_same_way_each_time(sandbox: SandboxClient, bot: Bot) -> None:
    async def failures() -> list[bool]:
        await sandbox.fault("getMe", status=500, probability=0.5, seed=7)
        answers = [(await bot.ask("getMe"))["ok"] for _ in range(20)]
        await sandbox.clear_faults()
        return answers

    first = await failures()

    assert first == await failures()
    assert 3 <= sum(first) <= 17


async def test_an_unknown_fault_is_refused(sandbox: SandboxClient) -> None:
    with pytest.raises(Refused, match="is none of"):
        await sandbox.fault("getMe", "explode")


async def test_a_token_that_was_taken_back_is_unauthorized(sandbox: SandboxClient, bot: Bot) -> None:
    await sandbox.post("bot", {"token": "7000000001:" + "n" * 35})

    assert (await bot.ask("getUpdates"))["error_code"] == 401


async def test_a_reset_begins_anew_with_ids_that_go_on(sandbox: SandboxClient, bot: Bot) -> None:
    await bot.hears(BEN)
    before = await bot("sendMessage", chat_id=BEN, text="a")
    old_offset = bot.offset
    await sandbox.fault("getMe", status=500)

    await sandbox.reset()
    refused = await bot.refusal("sendMessage", chat_id=BEN, text="a")
    await bot.hears(BEN)

    after = await bot("sendMessage", chat_id=BEN, text="a")
    assert refused == "Bad Request: chat not found"
    assert after["message_id"] > before["message_id"]
    assert bot.offset > old_offset
