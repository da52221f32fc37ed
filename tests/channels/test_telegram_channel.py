"""The Telegram channel with a caller that does as it is told: what is known of each send, and of each update."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import bot_api, channel as telegram, requests
from bot.channels.telegram.channel import (
    Answered,
    NoAnswer,
    NotWritten,
    Paces,
    TelegramChannel,
    TokenRefused,
)
from bot.channels.telegram.webhook import Webhook
from bot.domain.conversation import Place
from bot.domain.message import plain
from bot.domain.ports import Act, Moved, Outgoing, Pace, Raw, Receipt, Refused, TryLater, Uncertain, Why

ANNA, TOPIC = Place("telegram", "511"), Place("telegram", "-100", "42")
HI = Outgoing(Act.SAY, {"text": plain("Hi").to_dict()})
Scripted = Any
GONE, AT_ONCE = Why.MESSAGE_GONE, timedelta(0)


class FakeCaller:
    """Answers each method with what was prepared for it, in order; the last answer stays."""

    def __init__(self, **answers: Sequence[Scripted]) -> None:
        self.answers = {method: deque(prepared) for method, prepared in answers.items()}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: list[Path | None] = []
        self.closed = False

    async def call(self, method: str, params: Mapping[str, Any], seconds: float, file: Path | None = None) -> Any:  # noqa: ANN401 JSON
        assert seconds > 0
        self.calls.append((method, dict(params)))
        self.files.append(file)
        prepared = self.answers.get(method, deque([True]))
        answer = prepared.popleft() if len(prepared) > 1 else prepared[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def download(self, path: str, most: int, seconds: float) -> bytes:
        answer = await self.call("download", {"path": path}, seconds)
        assert isinstance(answer, bytes)
        return answer[:most]

    async def close(self) -> None:
        self.closed = True

    def offsets(self) -> list[int | None]:
        return [params.get("offset") for method, params in self.calls if method == "getUpdates"]


def channel(**answers: Sequence[Scripted]) -> tuple[TelegramChannel, FakeCaller]:
    caller = FakeCaller(**answers)
    return TelegramChannel(caller, "1", Paces()), caller


async def outcome(answer: Scripted, place: Place = ANNA, outgoing: Outgoing = HI) -> Receipt | Exception:
    method, _ = requests.write(place, outgoing)
    desk, _ = channel(**{method: [answer]})
    try:
        return await desk.deliver(place, outgoing)
    except (TryLater, Uncertain, Refused, Moved) as known:
        return known


async def test_an_album_gives_back_the_id_of_each_part_in_order() -> None:
    part = {"kind": "photo", "text": plain("").to_dict(), "details": {"file_id": "f"}}
    album = Outgoing(Act.COPY, {"chat": "-100", "message": "1", "album": "a", "parts": [part] * 3})

    receipt = await outcome([{"message_id": 77}, {"message_id": 78}, {"message_id": 79}], outgoing=album)

    assert receipt == Receipt("77", others=("78", "79"))


async def test_what_is_gone_already_counts_as_deleted_and_what_is_too_old_does_not() -> None:
    delete = Outgoing(Act.DELETE, {"message": "7"})

    gone = await outcome(Answered(400, "Bad Request: message to delete not found"), outgoing=delete)
    old = await outcome(Answered(400, "Bad Request: message can't be deleted"), outgoing=delete)

    assert gone == Receipt()
    assert isinstance(old, Refused)
    assert old.why is Why.TOO_LATE


def test_a_sign_on_a_message_takes_nothing_from_the_groups_minute_nor_from_a_chats_second() -> None:
    desk, _ = channel()

    signs = [desk.pace(place, Act.REACT) for place in (ANNA, TOPIC)]

    assert signs == [Pace("511:reactions", all_per_second=30.0), Pace("-100:reactions", all_per_second=30.0)]


async def test_typing_that_does_not_get_through_is_nobodys_trouble() -> None:
    desk, caller = channel(sendChatAction=[Answered(403, "Forbidden: bot was blocked by the user"), NoAnswer("cut")])

    for _ in range(2):
        await desk.show_typing(ANNA, "Olga")

    assert caller.calls == [("sendChatAction", {"chat_id": 511, "action": "typing"})] * 2


async def test_a_send_gives_back_the_messages_id() -> None:
    assert await outcome({"message_id": 77, "chat": {"id": 511}}) == Receipt("77")
    assert await outcome({"message_id": 78}, outgoing=Outgoing(Act.COPY, {"chat": "5", "message": "9"})) == Receipt(
        "78"
    )


async def test_an_opened_topic_gives_back_its_thread() -> None:
    opening = Outgoing(Act.OPEN_TOPIC, {"name": "Anna"})

    assert await outcome({"message_thread_id": 42, "name": "Anna"}, Place("telegram", "-100"), opening) == Receipt(
        thread="42"
    )


async def test_what_makes_no_message_gives_an_empty_receipt() -> None:
    assert await outcome(True, outgoing=Outgoing(Act.ANSWER_PRESS, {"press": "7"})) == Receipt()


async def test_a_message_that_landed_in_another_topic_is_not_delivered() -> None:
    landed = await outcome({"message_id": 7, "message_thread_id": 43}, TOPIC)
    right = await outcome({"message_id": 7, "message_thread_id": 42}, TOPIC)

    assert isinstance(landed, Refused)
    assert (landed.why, right) == (Why.TOPIC_GONE, Receipt("7"))


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (Answered(429, "Too Many Requests: retry after 300", 300), 300),
        (Answered(429, "Too Many Requests"), 1),
        (Answered(500, "Internal Server Error"), 0),
        (Answered(502, "Bad Gateway"), 0),
        (Answered(401, "Unauthorized"), 30),
        (Answered(404, "Not Found"), 30),
        (NotWritten("no connection"), 0),
    ],
)
async def test_what_surely_did_not_arrive_is_tried_later(error: Exception, after: float) -> None:
    found = await outcome(error)

    assert isinstance(found, TryLater)
    assert found.after == timedelta(seconds=after)


async def test_a_method_that_the_server_does_not_know_holds_up_nothing_that_only_changes_looks() -> None:
    menu = Outgoing(Act.SET_COMMANDS, {"commands": [["help", "Help"]]})
    unknown = Answered(404, "Not Found: method not found")

    found = [await outcome(unknown, TOPIC, looks) for looks in (menu, Outgoing(Act.EDIT_TOPIC, {"name": "Anna"}))]

    assert [one.why for one in found if isinstance(one, Refused)] == [Why.REFUSED, Why.REFUSED]


async def test_what_was_written_without_an_answer_is_uncertain() -> None:
    assert isinstance(await outcome(NoAnswer("timed out")), Uncertain)


async def test_a_group_that_was_upgraded_names_its_new_id() -> None:
    error = Answered(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to="-1009")

    copy = Outgoing(Act.COPY, {"chat": "511", "message": "7", "kind": "photo"})
    found = [await outcome(error, TOPIC), await outcome(error, TOPIC, copy)]

    assert [(one.chat, one.old) for one in found if isinstance(one, Moved)] == [("-1009", "-100")] * 2


async def test_a_copy_to_a_customer_finds_its_group_upgraded_and_never_the_customers_chat() -> None:
    error = Answered(400, "Bad Request: group chat was upgraded to a supergroup chat", moved_to="-1009")
    copy = Outgoing(Act.COPY, {"chat": "-100", "message": "7", "kind": "photo"})

    found, nonsense = await outcome(error, ANNA, copy), await outcome(error, ANNA)

    assert isinstance(found, Moved)
    assert (found.chat, found.old) == ("-1009", "-100")
    assert isinstance(nonsense, Refused)


@pytest.mark.parametrize(
    ("code", "text", "why"),
    [
        (403, "Forbidden: bot was blocked by the user", Why.BLOCKED),
        (403, "Forbidden: user is deactivated", Why.BLOCKED),
        (403, "Forbidden: bot can't initiate conversation with a user", Why.BLOCKED),
        (403, "Forbidden: bot was kicked from the group chat", Why.CHAT_GONE),
        (403, "Forbidden: bot was kicked from the supergroup chat", Why.CHAT_GONE),
        (403, "Forbidden: bot is not a member of the supergroup chat", Why.CHAT_GONE),
        (403, "Forbidden: the group chat was deleted", Why.CHAT_GONE),
        (400, "Bad Request: chat not found", Why.CHAT_GONE),
        (400, "Bad Request: message thread not found", Why.TOPIC_GONE),
        (400, "Bad Request: TOPIC_DELETED", Why.TOPIC_GONE),
        (400, "Bad Request: TOPIC_ID_INVALID", Why.TOPIC_GONE),
        (400, "Bad Request: message to edit not found", Why.MESSAGE_GONE),
        (400, "Bad Request: message to copy not found", Why.MESSAGE_GONE),
        (400, "Bad Request: message can't be copied", Why.NOT_CARRIED),
        (400, "Bad Request: not enough rights to send text messages to the chat", Why.NO_RIGHTS),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", Why.TOO_LATE),
        (400, "Bad Request: message can't be deleted", Why.TOO_LATE),
        (400, "Bad Request: file is too big", Why.REFUSED),
        (400, "Bad Request: wrong file_id or the file is temporarily unavailable", Why.REFUSED),
        (400, "Bad Request: something of next year", Why.REFUSED),
    ],
)
async def test_each_refusal_is_understood_by_its_known_part_in_any_case(code: int, text: str, why: Why) -> None:
    found = [await outcome(Answered(code, words), TOPIC) for words in (text, text.upper())]

    assert [one.why for one in found if isinstance(one, Refused)] == [why, why]


@pytest.mark.parametrize(
    "text",
    [
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
        "Bad Request: TOPIC_NOT_MODIFIED",
    ],
)
async def test_what_is_so_already_counts_as_done(text: str) -> None:
    edit = Outgoing(Act.EDIT, {**HI.body, "message": "9"})

    assert await outcome(Answered(400, text), outgoing=edit) == Receipt()


async def test_an_edit_of_a_message_that_never_arrived_asks_telegram_nothing() -> None:
    desk, caller = channel()

    with pytest.raises(Refused) as refused:
        await desk.deliver(ANNA, Outgoing(Act.EDIT_BUTTONS, {"message": "", "buttons": []}))

    assert (refused.value.why, caller.calls) == (Why.MESSAGE_GONE, [])


async def test_a_file_is_uploaded_and_a_missing_one_named(tmp_path: Path) -> None:
    chart = tmp_path / "chart.pdf"
    chart.write_bytes(b"%PDF")
    desk, caller = channel(sendDocument=[{"message_id": 5}])

    receipt = await desk.deliver(ANNA, Outgoing(Act.ATTACH, {"path": str(chart), "name": "chart.pdf"}))
    with pytest.raises(Refused, match="no such chart"):
        await desk.deliver(ANNA, Outgoing(Act.ATTACH, {"path": str(tmp_path / "no such chart")}))

    assert (receipt, caller.files, len(caller.calls)) == (Receipt("5"), [chart], 1)


def test_private_chats_groups_and_presses_have_their_own_pace() -> None:
    desk, _ = channel()
    free = TelegramChannel(FakeCaller(), "1", Paces(18, 0, 0))

    assert desk.pace(ANNA, Act.SAY) == Pace("511", timedelta(seconds=1), all_per_second=30.0)
    assert desk.pace(TOPIC, Act.SAY) == Pace("-100", timedelta(seconds=1), 18, 30.0, 4)
    assert desk.pace(TOPIC, Act.EDIT_TOPIC) == desk.pace(TOPIC, Act.SAY)
    assert desk.pace(ANNA, Act.ANSWER_PRESS) == Pace()
    assert (free.pace(ANNA, Act.SAY), free.pace(TOPIC, Act.SAY)) == (Pace(), Pace("-100", per_minute=18, burst=4))


def update(number: int) -> dict[str, Any]:
    chat = {"id": 511, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "chat": chat, "date": 1, "text": f"{number}"}}


class Intake:
    """Stores updates, or fails as it was told to; the fake caller's script ends with a cancellation."""

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.stored: list[str] = []
        self.batches = 0
        self.polled = 0
        self.alarms: list[str] = []

    async def admit(self, name: str, account: str, updates: Sequence[Raw]) -> None:
        assert (name, account) == ("telegram", "1")
        self.batches += 1
        if self.batches <= self.fails:
            raise OSError("disk full")
        self.stored += [update.external_id for update in updates]

    def note_poll(self) -> None:
        self.polled += 1

    async def poll(self, desk: TelegramChannel) -> None:
        with pytest.raises(asyncio.CancelledError):
            await desk.poll(self.admit, self.note_poll, self.alarms.append)

    @property
    def alarmed(self) -> list[str]:
        return [text for text in self.alarms if text]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TROUBLE_WAIT", "LOCKED_OUT_WAIT"):
        monkeypatch.setattr(telegram, name, timedelta(0))


END = asyncio.CancelledError()


async def test_the_next_poll_confirms_what_is_stored(at_once: None) -> None:
    desk, caller = channel(getUpdates=[[update(7), update(9)], [], [update(10)], END])
    intake = Intake()

    await intake.poll(desk)

    assert intake.stored == ["7", "9", "10"]
    assert caller.offsets() == [None, 10, 10, 11]
    assert (intake.polled, intake.alarmed) == (3, [])


async def test_what_cannot_be_stored_is_not_confirmed_and_comes_again(at_once: None) -> None:
    desk, caller = channel(getUpdates=[[update(7)], [update(7), update(8)], [update(7), update(8)], END])
    intake = Intake(fails=2)

    await intake.poll(desk)

    assert caller.offsets() == [None, None, None, 9]
    assert intake.stored == ["7", "8"]
    assert intake.alarmed == ["updates cannot be stored; Telegram keeps them for 24 hours"] * 2


@pytest.mark.parametrize(
    "trouble",
    [
        Answered(409, "Conflict: terminated by other getUpdates request"),
        Answered(401, "Unauthorized"),
        Answered(502, "Bad Gateway"),
        NotWritten("no connection"),
        NoAnswer("timed out"),
    ],
    ids=str,
)
async def test_trouble_raises_the_alarm_and_the_polling_goes_on_where_it_was(at_once: None, trouble: Exception) -> None:
    desk, caller = channel(getUpdates=[[update(7)], trouble, [update(8)], END])
    intake = Intake()

    await intake.poll(desk)

    assert intake.stored == ["7", "8"]
    assert caller.offsets() == [None, 8, 8, 9]
    assert intake.alarmed == [f"Telegram cannot be polled: {trouble}"]
    assert intake.alarms[-1] == ""


async def test_a_webhook_that_is_in_the_way_is_taken_down_once_and_again_after_a_conflict(at_once: None) -> None:
    conflict = Answered(409, "Conflict: can't use getUpdates method while webhook is active")
    desk, caller = channel(getUpdates=[[], [], conflict, [], END])

    await Intake().poll(desk)

    assert [method for method, _ in caller.calls] == [
        "deleteWebhook",
        *["getUpdates"] * 3,
        "deleteWebhook",
        *["getUpdates"] * 2,
    ]


@pytest.mark.parametrize(
    "refusal", [Answered(404, "Not Found: method not found"), Answered(500, "?"), NoAnswer("timed out")], ids=str
)
async def test_a_server_that_takes_no_webhook_down_is_polled_all_the_same(at_once: None, refusal: Exception) -> None:
    desk, caller = channel(deleteWebhook=[refusal, refusal, END], getUpdates=[[update(7)], [update(8)], END])
    intake = Intake()

    await intake.poll(desk)

    assert intake.stored == ["7", "8"]
    assert [method for method, _ in caller.calls] == ["deleteWebhook", *["getUpdates"] * 3]


async def test_each_poll_names_the_kinds_of_updates_that_are_wanted() -> None:
    desk, caller = channel(getUpdates=[[], END])

    await Intake().poll(desk)

    polls = [params for method, params in caller.calls if method == "getUpdates"]
    assert {tuple(params["allowed_updates"]) for params in polls} == {bot_api.ALLOWED_UPDATES}


@pytest.mark.parametrize("code", [401, 404])
async def test_a_token_that_telegram_does_not_know_is_named_in_one_sentence(code: int) -> None:
    desk, _ = channel(getMe=[Answered(code, "Unauthorized")])

    with pytest.raises(TokenRefused, match=r"^telegram\.token: Telegram refuses it [^\n]+@BotFather[^\n]+$"):
        await desk.me()


async def test_the_bot_introduces_itself_and_its_id_becomes_the_account() -> None:
    desk, _ = channel(getMe=[{"id": 1234567890, "username": "desk_bot"}])

    assert (await desk.me())["username"] == "desk_bot"
    assert desk.account == "1234567890"


async def test_the_webhook_is_asked_for_with_its_secret() -> None:
    desk, caller = channel()

    await desk.set_webhook("https://desk.example.com/hook", "s3cret")
    await desk.close()

    wanted = {
        "url": "https://desk.example.com/hook",
        "secret_token": "s3cret",
        "allowed_updates": list(bot_api.ALLOWED_UPDATES),
    }
    assert (caller.calls, caller.closed) == ([("setWebhook", wanted)], True)


def webhook(intake: Intake) -> Webhook:
    return Webhook("s3cret", lambda: "1", intake.admit, intake.note_poll)


async def test_an_update_is_acknowledged_once_it_is_stored() -> None:
    intake = Intake()

    assert await webhook(intake).receive(b"s3cret", json.dumps(update(7)).encode()) == 200
    assert (intake.stored, intake.polled) == (["7"], 1)


@pytest.mark.parametrize("secret", [b"", b"s3cre", b"s3cret ", b"S3CRET", "пароль".encode(), b"\xff\x00"])
async def test_a_wrong_secret_is_refused_before_anything_is_parsed(
    secret: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr("bot.channels.telegram.webhook.json.loads", never)
    intake = Intake()

    assert await webhook(intake).receive(secret, b"{}") == 401
    assert (intake.stored, intake.polled) == ([], 0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b'"x"', b"{}", b'{"message": {}}', b"\xff\xfe"])
async def test_what_is_no_update_is_refused(body: bytes) -> None:
    intake = Intake()

    assert await webhook(intake).receive(b"s3cret", body) == 400
    assert intake.stored == []


async def test_an_update_that_cannot_be_stored_now_is_asked_for_again() -> None:
    intake = Intake(fails=1)
    desk = webhook(intake)
    body = json.dumps(update(7)).encode()

    assert [await desk.receive(b"s3cret", body) for _ in range(2)] == [503, 200]
    assert (intake.stored, intake.polled) == (["7"], 1)


async def test_a_file_is_fetched_by_the_path_that_telegram_names() -> None:
    desk, caller = channel(getFile=[{"file_id": "f1", "file_path": "documents/f1.csv"}], download=[b"id,lang"])

    assert await desk.fetch("f1", 100) == b"id,lang"
    assert caller.calls == [("getFile", {"file_id": "f1"}), ("download", {"path": "documents/f1.csv"})]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"getFile": [Answered(400, "Bad Request: file is too big")]}, Why.NOT_CARRIED),
        ({"getFile": [Answered(400, "Bad Request: wrong file_id or the file is temporarily unavailable")]}, GONE),
        ({"getFile": [Answered(429, "Too Many Requests: retry after 3", retry_after=3)]}, timedelta(seconds=3)),
        ({"getFile": [Answered(502, "Bad Gateway")]}, AT_ONCE),
        ({"getFile": [Answered(401, "Unauthorized")]}, AT_ONCE),
        ({"getFile": [NoAnswer("timeout")]}, AT_ONCE),
        ({"getFile": [{"file_id": "f1"}]}, AT_ONCE),
        ({"getFile": [{"file_path": "f"}], "download": [NotWritten("no way")]}, AT_ONCE),
        ({"getFile": [{"file_path": "f"}], "download": [Answered(404, "Not Found")]}, GONE),
        ({"getFile": [{"file_path": "f"}], "download": [b"x" * 101]}, Why.NOT_CARRIED),
    ],
)
async def test_a_file_that_cannot_be_had_is_no_file(
    answers: dict[str, Sequence[Scripted]], outcome: Why | timedelta
) -> None:
    desk, _ = channel(**answers)

    with pytest.raises(Refused if isinstance(outcome, Why) else TryLater) as error:
        await desk.fetch("f1", 100)

    known = error.value
    assert (known.why if isinstance(known, Refused) else getattr(known, "after", None)) == outcome
