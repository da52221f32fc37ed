"""The Telegram channel: intake, delivery and pace, the same for every driver.

A driver is only a `Caller`: it makes one call to the Bot API and says what came of it. What the answer means is decided
here. The intake stores updates as the JSON that Telegram sent, and moves the offset on (or answers 200) only after they
are on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import structlog

from bot.channels.telegram import bot_api, icons, refusals, requests
from bot.domain.conversation import Incoming, Place
from bot.domain.errors import SupportbotError
from bot.domain.ports import (
    Act,
    Admit,
    Capabilities,
    DeliveryError,
    Moved,
    Outgoing,
    Pace,
    Receipt,
    Refused,
    TryLater,
    Uncertain,
    Why,
)

log = structlog.get_logger()
POLL_SECONDS = 25
CALL_SECONDS = 30.0
TYPING_SECONDS = 5.0
FLOOD, CONFLICT, UNAUTHORIZED, NOT_FOUND, SERVER = 429, 409, 401, 404, 500
TROUBLE_WAIT, LOCKED_OUT_WAIT = timedelta(seconds=1), timedelta(seconds=30)
BAD = 400
GROUP_BURST = 4
"""Sends into a group that go together; a second for each follows. Opening a topic with its card is three."""
LOOKS_ONLY = {Act.ANSWER_PRESS, Act.ANSWER_SEARCH, Act.EDIT_BUTTONS, Act.EDIT_TOPIC, Act.CLOSE_TOPIC, Act.REOPEN_TOPIC}
LOOKS_ONLY |= {Act.PIN, Act.SET_COMMANDS, Act.REACT}
"""What no message waits for: a Bot API server that does not know the method (404) holds up nothing behind it."""


class CallFailed(Exception):
    """A call to the Bot API did not end with a result."""


class Answered(CallFailed):
    """Telegram answered with an error."""

    def __init__(self, code: int, description: str, retry_after: float = 0, moved_to: str = "") -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.moved_to = moved_to


class NotWritten(CallFailed):
    """No connection came about, so nothing was asked."""


class NoAnswer(CallFailed):
    """The request was written and no answer came, or none that can be read."""


class TokenRefused(SupportbotError):
    """Telegram does not know the token."""

    def __init__(self) -> None:
        super().__init__(
            "telegram.token: Telegram refuses it (401 Unauthorized); copy the current token from @BotFather "
            "and start again, nothing is lost meanwhile"
        )


class Caller(Protocol):
    """What a driver does: one call to the Bot API."""

    async def call(self, method: str, params: Mapping[str, Any], seconds: float, file: Path | None = None) -> Any:  # noqa: ANN401 JSON
        """Make a call and return the result as JSON.

        Args:
            method: such as `sendMessage`.
            params: JSON values.
            seconds: patience for the whole call.
            file: uploaded as `document`, by sendPhoto as `photo`.

        Raises:
            Answered: Telegram refused.
            NotWritten: no connection.
            NoAnswer: not known what came of it.
        """

    async def download(self, path: str, most: int, seconds: float) -> bytes:
        """Return the bytes of a file by the `file_path` of getFile, those beyond `most` left out.

        Raises:
            Answered: it is not there; in words that hold no address, for that has the token in it.
            CallFailed: it cannot be had.
        """

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Paces:
    """Our own limits; see the settings of the same names."""

    group_per_minute: int = 18
    chat_per_second: float = 1.0
    all_per_second: float = 30.0


class TelegramChannel:
    """Telegram behind the `Channel` port."""

    name = bot_api.NAME

    def __init__(self, caller: Caller, account: str, paces: Paces) -> None:
        self.account = account
        self._caller = caller
        self._paces = paces
        self._icons = icons.TopicIcons()
        self._closing = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def capabilities(self) -> Capabilities:
        """What Telegram can do."""
        return bot_api.CAPABILITIES

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:
        """Return what an update means."""
        return bot_api.read(payload)

    def link(self, place: Place) -> str:
        """Return the address of a topic for the group's members."""
        return bot_api.link(place)

    def pace(self, place: Place, act: Act) -> Pace:
        """Return Telegram's limits: a chat's, a group's and the bot's; answers to presses have none.

        In a private chat a change of buttons has none either: the next question shall not wait a second for it.
        """
        if act in {Act.ANSWER_PRESS, Act.ANSWER_SEARCH, Act.SET_COMMANDS}:
            return Pace()
        if act is Act.REACT:  # no message: it has a limit of its own, and its 429 holds up nothing else
            return Pace(f"{place.chat}:reactions", all_per_second=self._paces.all_per_second)
        per_second = self._paces.chat_per_second
        spacing = timedelta(seconds=1 / per_second) if per_second else timedelta(0)
        if place.chat.startswith("-"):
            paces = self._paces
            return Pace(place.chat, spacing, paces.group_per_minute, paces.all_per_second, GROUP_BURST)
        if act in {Act.EDIT_BUTTONS, Act.DELETE}:
            return Pace()
        if not per_second and not self._paces.all_per_second:
            return Pace()
        return Pace(place.chat, spacing, all_per_second=self._paces.all_per_second)

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        """Do one thing, and say what is known of it when it fails."""
        if "message" in outgoing.body and not outgoing.body["message"]:
            raise Refused(Why.MESSAGE_GONE, "the message that was to be changed never arrived")
        if self._closing:
            raise TryLater("the bot is being stopped")
        method, params = requests.write(place, outgoing)
        file = Path(outgoing.body["path"]) if outgoing.act is Act.ATTACH else None
        if file is not None and not await asyncio.to_thread(file.is_file):
            raise Refused(Why.REFUSED, f"the file {file.name} is missing")
        try:
            result = await self._dressed(outgoing, method, params, file)
        except NotWritten as error:
            raise TryLater(str(error)) from None
        except NoAnswer as error:
            raise Uncertain(str(error)) from None
        except Answered as error:
            if error.moved_to:
                raise _moved(place, outgoing, error) from None
            self._judge(outgoing.act, error)
            return Receipt()
        return self._receipt(place, outgoing.act, result)

    async def _dressed(self, outgoing: Outgoing, method: str, params: dict[str, Any], file: Path | None) -> Any:  # noqa: ANN401 JSON
        """Make a call, with the icon of its topic's state; refused with it, once more without."""
        icon = self._icons.worn(outgoing)
        try:
            return await self._called(method, params | icon, file)
        except Answered as error:
            if not icon.get(icons.FIELD) or not self._for_unknown_reasons(outgoing.act, error):
                raise
        result = await self._called(method, icons.without(outgoing, params), file)
        self._icons.refuse(icon[icons.FIELD])
        return result

    @staticmethod
    def _for_unknown_reasons(act: Act, error: Answered) -> bool:
        refused = refusals.verdict(act, error.description) if error.code == BAD and not error.moved_to else None
        return refused is not None and refused.why is Why.REFUSED

    async def _called(self, method: str, params: Mapping[str, Any], file: Path | None) -> Any:  # noqa: ANN401 JSON
        self._under_way += 1
        self._idle.clear()
        try:
            return await self._caller.call(method, params, CALL_SECONDS, file)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    @staticmethod
    def _judge(act: Act, error: Answered) -> None:
        """Raise what an error answer means; return when it is as wanted already."""
        if error.code == FLOOD:
            raise TryLater(error.description, timedelta(seconds=error.retry_after or 1)) from None
        if error.code >= SERVER:
            raise TryLater(error.description) from None
        if error.code == UNAUTHORIZED or (error.code == NOT_FOUND and act not in LOOKS_ONLY):
            raise TryLater(error.description, LOCKED_OUT_WAIT) from None
        refused = refusals.verdict(act, error.description)
        if refused is not None:
            raise refused from None

    @staticmethod
    def _receipt(place: Place, act: Act, result: Any) -> Receipt:  # noqa: ANN401 JSON
        if act is Act.COPY and isinstance(result, list) and result:
            first, *others = [str(part["message_id"]) for part in result]
            return Receipt(first, others=tuple(others))
        if not isinstance(result, dict):
            return Receipt()
        if act is Act.OPEN_TOPIC:
            return Receipt(thread=str(result["message_thread_id"]))
        thread = result.get("message_thread_id")
        if act is Act.SAY and place.thread and thread is not None and str(thread) != place.thread:
            raise Refused(Why.TOPIC_GONE, "it arrived in another topic")
        return Receipt(str(result.get("message_id", "")))

    async def fetch(self, file: str, most: int) -> bytes:
        """Return the bytes of a file; see `FileSource`. Telegram gives bots files of up to 20 MB."""
        try:
            found = await self._caller.call("getFile", {"file_id": file}, CALL_SECONDS)
            path = str(found["file_path"])
            data = await self._caller.download(path, most + 1, CALL_SECONDS)
        except Answered as error:
            raise _not_fetched(error) from None
        except (CallFailed, KeyError, TypeError) as error:
            raise TryLater(str(error)) from None
        if len(data) > most:
            raise Refused(Why.NOT_CARRIED, f"the file has more than {most} bytes")
        return data

    async def show_typing(self, place: Place, name: str) -> None:  # noqa: ARG002 Telegram shows only that it is the bot
        """Show that somebody writes, for five seconds; see `ShowsTyping`."""
        try:
            await self._caller.call("sendChatAction", {"chat_id": int(place.chat), "action": "typing"}, TYPING_SECONDS)
        except CallFailed as error:
            log.debug("typing_not_shown", reason=str(error))

    async def learn_icons(self, seconds: float = CALL_SECONDS) -> bool:
        """Read which icons topics may carry; whatever it runs into, False: topics go without."""
        try:
            self._icons.learn(await self._caller.call("getForumTopicIconStickers", {}, seconds))
        except Exception as error:  # noqa: BLE001 only looks
            log.info("topic_icons_not_read", reason=str(error) or type(error).__name__)
            return False
        return True

    async def me(self) -> dict[str, Any]:
        """Return the bot's own user; its id is the account of the inbox.

        Raises:
            TokenRefused: Telegram does not know the token.
            CallFailed: Telegram cannot be reached.
        """
        try:
            user = await self._caller.call("getMe", {}, CALL_SECONDS)
        except Answered as error:
            if error.code in {UNAUTHORIZED, NOT_FOUND}:
                raise TokenRefused from None
            raise
        if not isinstance(user, dict) or "id" not in user:
            raise NoAnswer("getMe was answered without a user")
        self.account = str(user["id"])
        return dict(user)

    async def poll(self, admit: Admit, polled: Callable[[], None], alarm: Callable[[str], None]) -> None:
        """Fetch updates until cancelled; each batch is stored before the next call confirms it.

        Args:
            admit: stores updates; the offset moves on only after it returns.
            polled: told after each successful call.
            alarm: told what an owner must look at, and an empty text when it is over.
        """
        offset: int | None = None
        webhook_gone = False
        while True:
            try:
                if not webhook_gone:
                    webhook_gone = True
                    await self._take_down_webhook()
                updates = await self._updates(offset)
                polled()
                alarm("")
                if updates:
                    await admit(self.name, self.account, [bot_api.raw(update) for update in updates])
                    offset = updates[-1]["update_id"] + 1
            except CallFailed as error:
                webhook_gone = not (isinstance(error, Answered) and error.code == CONFLICT)
                wait = _wait(error)
                alarm(f"Telegram cannot be polled: {error}")
                await asyncio.sleep(wait.total_seconds())
            except Exception:
                log.exception("intake_waits", channel=self.name)
                alarm("updates cannot be stored; Telegram keeps them for 24 hours")
                await asyncio.sleep(TROUBLE_WAIT.total_seconds())

    async def _take_down_webhook(self) -> None:
        """Ask for updates to be polled; if that fails and a webhook stands, the next poll says so with 409."""
        try:
            await self._caller.call("deleteWebhook", {}, CALL_SECONDS)
        except CallFailed as error:
            log.warning("webhook_not_taken_down", reason=str(error))

    async def _updates(self, offset: int | None) -> list[dict[str, Any]]:
        params: dict[str, Any] = {
            "timeout": POLL_SECONDS,
            "limit": 100,
            "allowed_updates": list(bot_api.ALLOWED_UPDATES),
        }
        if offset is not None:
            params["offset"] = offset
        found = await self._caller.call("getUpdates", params, POLL_SECONDS + 10)
        return list(found)

    async def set_webhook(self, url: str, secret: str) -> None:
        """Ask Telegram to send updates to an address from now on."""
        params = {"url": url, "secret_token": secret, "allowed_updates": list(bot_api.ALLOWED_UPDATES)}
        await self._caller.call("setWebhook", params, CALL_SECONDS)

    async def close(self) -> None:
        """Close the connections, when the deliveries under way have their answers: cut, they would go out twice."""
        self._closing = True
        await self._idle.wait()
        await self._caller.close()


def _moved(place: Place, outgoing: Outgoing, error: Answered) -> DeliveryError:
    """Return what it means that a chat has become a supergroup; Telegram does not say which: no private one does."""
    source = str(outgoing.body.get("chat", "")) if outgoing.act is Act.COPY else ""
    groups = [chat for chat in (place.chat, source) if chat.startswith("-")]
    return Moved(error.moved_to, groups[0]) if groups else Refused(Why.REFUSED, error.description)


def _not_fetched(error: Answered) -> TryLater | Refused:
    """Return what a refusal of a file means: not now, too large, or gone."""
    if error.code in {FLOOD, UNAUTHORIZED} or error.code >= SERVER:
        return TryLater(error.description, timedelta(seconds=error.retry_after))
    too_large = "too big" in error.description.lower()
    return Refused(Why.NOT_CARRIED if too_large else Why.MESSAGE_GONE, error.description)


def _wait(error: CallFailed) -> timedelta:
    if isinstance(error, Answered):
        if error.code in {UNAUTHORIZED, NOT_FOUND}:
            return LOCKED_OUT_WAIT
        if error.retry_after:
            return timedelta(seconds=error.retry_after)
        if error.code == CONFLICT:
            return TROUBLE_WAIT * 3
    return TROUBLE_WAIT
