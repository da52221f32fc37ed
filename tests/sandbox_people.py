"""Customers and operators of a sandbox, as tests play them: they say, press, read and attach."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.sandbox_seen import Json, Refused, Seen

if TYPE_CHECKING:
    from tests.sandbox_client import SandboxClient


class Reader:
    """Reads a chat in order: each message once."""

    def __init__(self, sandbox: SandboxClient, chat_id: int, after: int) -> None:
        self.sandbox = sandbox
        self.chat_id = chat_id
        self.after = after

    async def next(self, wanted: Callable[[Seen], bool], *, edits: bool, patience: float | None, what: str) -> Seen:
        """Return the next message that is wanted; the ones before it count as read.

        Raises:
            AssertionError: none came in time; with the transcript.
        """
        kinds = "message,edited" if edits else "message"
        try:
            event = await self.sandbox.wait_for(
                lambda event: wanted(_seen(event)), after=self.after, chat=self.chat_id, kinds=kinds, patience=patience
            )
        except TimeoutError:
            raise AssertionError(await self._complaint(what)) from None
        self.after = event["seq"]
        return _seen(event)

    async def _complaint(self, what: str) -> str:
        said = [message.line() for message in await self.sandbox.messages(self.chat_id)][-25:]
        calls = [
            f"{call['method']} {call['status']} {call.get('error', '')}".strip() for call in await self.sandbox.calls()
        ][-12:]
        lines = ["", f"nothing came: {what}", "what was said:", *said, "the bot's last requests:", *calls]
        return "\n  ".join(lines)

    async def nothing(self, wanted: Callable[[Seen], bool], within: float) -> None:
        """Fail when a wanted message comes within so many seconds."""
        try:
            event = await self.sandbox.wait_for(
                lambda event: wanted(_seen(event)),
                after=self.after,
                chat=self.chat_id,
                kinds="message",
                patience=within,
            )
        except TimeoutError:
            return
        raise AssertionError(f"something came: {_seen(event).line()}")


def _seen(event: Json) -> Seen:
    return Seen.of(event["message"], event.get("reply_keyboard"), edited=event["kind"] == "edited")


class Customer:
    """Somebody in their private chat with the bot."""

    def __init__(self, sandbox: SandboxClient, user: Json, after: int) -> None:
        self.sandbox = sandbox
        self.user = user
        self.id = int(user["id"])
        self.name = str(user["first_name"])
        self.reader = Reader(sandbox, self.id, after)
        self.last: Seen | None = None

    async def says(self, text: str, *, entities: Sequence[Json] = (), reply_to: Seen | None = None) -> Seen:
        """Write to the bot; commands too."""
        return await self._write({"text": text, "entities": list(entities)}, reply_to)

    async def sends(self, kind: str, *, reply_to: Seen | None = None, **more: object) -> Seen:
        """Attach something: photo, document, voice, video, video_note, audio, animation, sticker, location, contact.

        `more`: caption, name, mime, base64, latitude, longitude, phone.
        """
        return await self._write({"kind": kind, **more}, reply_to)

    async def sends_album(self, kinds: Sequence[str], caption: str = "") -> list[Seen]:
        """Attach several files as one album."""
        answer = await self.sandbox.post(f"users/{self.id}/messages", {"album": list(kinds), "caption": caption})
        return [Seen.of(message) for message in answer["messages"]]

    async def shares_contact(self) -> Seen:
        """Press the button of the reply keyboard that shares the own phone number."""
        keyboard = (await self.sandbox.chat(self.id))["reply_keyboard"] or {}
        buttons = [button for row in keyboard.get("keyboard", []) for button in row]
        if not any(button.get("request_contact") for button in buttons):
            raise Refused(f"no button to share the phone number; there are: {[one['text'] for one in buttons]}")
        return await self.sends("contact")

    async def _write(self, order: Json, reply_to: Seen | None = None) -> Seen:
        if reply_to is not None:
            order["reply_to"] = reply_to.id
        answer = await self.sandbox.post(f"users/{self.id}/messages", order)
        return Seen.of(answer["messages"][0])

    async def edits(self, message: Seen, text: str) -> Seen:
        """Change an own message."""
        order = {"chat_id": self.id, "message_id": message.id, "text": text}
        return Seen.of((await self.sandbox.post(f"users/{self.id}/edits", order))["message"], edited=True)

    async def sees_sign(self, message: Seen, emoji: str, *, after: int = 0) -> None:
        """Wait until the bot's reaction to a message is this one, or is gone when it is empty.

        Args:
            message: in whichever chat.
            emoji: the one that stands there then.
            after: only what happened after this event.

        Raises:
            AssertionError: it does not come.
        """
        bot_id = (await self.sandbox.get("state"))["bot"]["id"]
        chat = int(message.raw["chat"]["id"])

        def stands(event: Json) -> bool:
            given = [one for one, users in event["reactions"].items() if bot_id in users]
            return event["message_id"] == message.id and given == ([emoji] if emoji else [])

        try:
            await self.sandbox.wait_for(stands, after=after, chat=chat, kinds="reaction")
        except TimeoutError:
            raise AssertionError(f"no {emoji or 'end of the reaction'} came on {message.line()}") from None

    async def sees_gone(self, message: Seen) -> None:
        """Wait until the bot has deleted a message of the private chat."""
        await self.sandbox.wait_for(
            lambda event: event["message_id"] == message.id, after=0, chat=self.id, kinds="deleted"
        )

    async def reads(self, containing: str = "", *, patience: float | None = None) -> Seen:
        """Return the bot's next message that was not read yet; with `containing`, the next with these words.

        The word that only takes a keyboard away is passed over, unless it is waited for.
        """
        what = f"{self.name} waits for {containing!r}" if containing else f"{self.name} waits for the bot"
        self.last = await self.reader.next(
            lambda seen: (
                seen.by_bot
                and not seen.service
                and containing in seen.text
                and (bool(containing) or not (seen.keyboard_gone and seen.text in NOTED))
            ),
            edits=False,
            patience=patience,
            what=what,
        )
        return self.last

    async def sees_edit(self, containing: str = "", *, patience: float | None = None) -> Seen:
        """Return the next edit that the bot makes to one of its messages."""
        self.last = await self.reader.next(
            lambda seen: seen.by_bot and seen.edited and containing in seen.text,
            edits=True,
            patience=patience,
            what=f"{self.name} waits for an edit with {containing!r}",
        )
        return self.last

    async def hears_nothing(self, within: float = 0.5) -> None:
        """Fail when the bot says something within so many seconds."""
        await self.reader.nothing(lambda seen: seen.by_bot and not seen.service, within)

    async def sees(self) -> list[Seen]:
        """Return the whole private chat, oldest first."""
        return await self.sandbox.messages(self.id)

    async def presses(self, button: str, on: Seen | None = None, *, patience: float | None = None) -> str | None:
        """Press an inline button and return what the bot answers to it ("" for an answer without words).

        Args:
            button: its text, or a part of it that only one button has.
            on: the message that carries it; the newest one with such a button when not given.
            patience: seconds to wait for the answer; 0 for none at all.

        Returns:
            None when no answer came in time.
        """
        message, text = await self._find_button(button, on, await self.sees())
        return await _press(self.sandbox, self.id, self.id, message, text, patience)

    async def _find_button(self, button: str, on: Seen | None, among: Sequence[Seen]) -> tuple[Seen, str]:
        return find_button(button, [on] if on is not None else among)

    async def reacts(self, message: Seen, emoji: str = "") -> None:
        """Set the own reaction to a message; none takes it back."""
        order = {"chat_id": self.id, "message_id": message.id, "emoji": emoji}
        await self.sandbox.post(f"users/{self.id}/reactions", order)

    async def searches(self, words: str) -> list[Json]:
        """Type something behind the bot's name and return what it finds; None found in time fails."""
        order = {"query": words, "timeout": self.sandbox.patience}
        answer = (await self.sandbox.post(f"users/{self.id}/searches", order))["answer"]
        assert answer is not None, f"nothing came for {words!r}"
        assert answer["is_personal"] is True, "others would see it too"
        assert not (answer["results"] and answer["cache_time"]), "what was changed meanwhile would not be seen"
        return list(answer["results"])

    async def blocks(self) -> None:
        """Block the bot."""
        await self.sandbox.post(f"users/{self.id}/block")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        await self.sandbox.post(f"users/{self.id}/unblock")


async def _press(
    sandbox: SandboxClient, user_id: int, chat_id: int, message: Seen, text: str, patience: float | None
) -> str | None:
    wait = sandbox.patience if patience is None else patience
    order = {"chat_id": chat_id, "message_id": message.id, "button": text, "timeout": wait}
    answer = (await sandbox.post(f"users/{user_id}/presses", order))["answer"]
    return None if answer is None else str(answer["text"])


def find_button(button: str, among: Sequence[Seen]) -> tuple[Seen, str]:
    """Return the newest message with a button of that text, or of a text that has it as a part, and its whole text.

    Raises:
        Refused: no message has one.
    """
    for exact in (True, False):
        for message in reversed(among):
            for text in message.buttons:
                if text == button or (not exact and button in text):
                    return message, text
    shown = [text for message in among for text in message.buttons]
    raise Refused(f"no button {button!r}; there are: {shown[-12:]}")


NOTED = {"Noted.", "Notiert.", "Записано."}
"""What stands on the message that takes a keyboard away before the next question, `form.noted`."""


@dataclass(frozen=True, slots=True)
class TopicSeen:
    """A topic as the list of topics shows it; `icon` is its emoji, or empty."""

    thread: int
    name: str
    closed: bool
    icon: str
    icon_color: int


class Operator(Customer):
    """Somebody who works in a group with topics; what a customer can do, they do in private."""

    def __init__(self, sandbox: SandboxClient, user: Json, after: int, group_id: int) -> None:
        super().__init__(sandbox, user, after)
        self.group_id = group_id
        self._start = after
        self._readers: dict[int, Reader] = {}

    async def topics(self) -> list[TopicSeen]:
        """Return the topics of the group, oldest first."""
        return [
            TopicSeen(one["thread"], one["name"], one["closed"], one["icon"], one["icon_color"])
            for one in (await self.sandbox.chat(self.group_id))["topics"]
        ]

    async def finds_topic(self, containing: str, *, patience: float | None = None) -> TopicSeen:
        """Return the newest topic with these words in its name or in a message; waits until there is one.

        Raises:
            AssertionError: none came in time.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + (self.sandbox.patience if patience is None else patience)
        while True:
            after = await self.sandbox.seq()
            if (found := await self._topic_with(containing)) is not None:
                return found
            if loop.time() >= end:
                names = [topic.name for topic in await self.topics()]
                raise AssertionError(f"no topic has {containing!r}; there are: {names}")
            await self.sandbox.events(after, max(0.0, end - loop.time()), self.group_id, "message,topic,edited")

    async def _topic_with(self, words: str) -> TopicSeen | None:
        messages = await self.sandbox.messages(self.group_id)
        for topic in reversed(await self.topics()):
            if words in topic.name or any(one.thread == topic.thread and words in one.text for one in messages):
                return topic
        return None

    async def topic(self, thread: int) -> TopicSeen:
        """Return a topic as it is now."""
        return next(topic for topic in await self.topics() if topic.thread == thread)

    async def writes(self, topic: TopicSeen | int, text: str, *, reply_to: Seen | None = None, **more: object) -> Seen:
        """Write into a topic (0: General); commands too."""
        order: Json = {"text": text, **more}
        return await self._write_in(topic, order, reply_to)

    async def attaches(
        self, topic: TopicSeen | int, kind: str, *, reply_to: Seen | None = None, **more: object
    ) -> Seen:
        """Attach something in a topic; see `Customer.sends`."""
        return await self._write_in(topic, {"kind": kind, **more}, reply_to)

    async def attaches_album(self, topic: TopicSeen | int, kinds: Sequence[str], caption: str = "") -> list[Seen]:
        """Attach several files as one album in a topic."""
        order = {"album": list(kinds), "caption": caption, "chat_id": self.group_id, "thread": _thread(topic)}
        return [
            Seen.of(message) for message in (await self.sandbox.post(f"users/{self.id}/messages", order))["messages"]
        ]

    async def _write_in(self, topic: TopicSeen | int, order: Json, reply_to: Seen | None) -> Seen:
        return await self._write({**order, "chat_id": self.group_id, "thread": _thread(topic)}, reply_to)

    async def reacts_in(self, message: Seen, emoji: str = "") -> None:
        """Set the own reaction to a message of the group; none takes it back."""
        order = {"chat_id": self.group_id, "message_id": message.id, "emoji": emoji}
        await self.sandbox.post(f"users/{self.id}/reactions", order)

    async def edits_in_topic(self, message: Seen, text: str) -> Seen:
        """Change an own message in the group."""
        order = {"chat_id": self.group_id, "message_id": message.id, "text": text}
        return Seen.of((await self.sandbox.post(f"users/{self.id}/edits", order))["message"], edited=True)

    async def reads_in(self, topic: TopicSeen | int, containing: str = "", *, patience: float | None = None) -> Seen:
        """Return the bot's next unread message in a topic; with `containing`, the next with these words."""
        thread = _thread(topic)
        self.last = await self._reader(thread).next(
            lambda seen: seen.thread == thread and seen.by_bot and not seen.service and containing in seen.text,
            edits=False,
            patience=patience,
            what=f"{self.name} waits in topic {thread} for {containing!r}",
        )
        return self.last

    async def sees_edit_in(self, topic: TopicSeen | int, containing: str = "") -> Seen:
        """Return the bot's next edit in a topic."""
        thread = _thread(topic)
        return await self._reader(thread).next(
            lambda seen: seen.thread == thread and seen.by_bot and seen.edited and containing in seen.text,
            edits=True,
            patience=None,
            what=f"{self.name} waits in topic {thread} for an edit with {containing!r}",
        )

    async def hears_nothing_in(self, topic: TopicSeen | int, within: float = 0.5) -> None:
        """Fail when the bot says something in a topic within so many seconds."""
        thread = _thread(topic)
        wanted = lambda seen: seen.thread == thread and seen.by_bot and not seen.service  # noqa: E731
        await self._reader(thread).nothing(wanted, within)

    def _reader(self, thread: int) -> Reader:
        if thread not in self._readers:
            self._readers[thread] = Reader(self.sandbox, self.group_id, self._start)
        return self._readers[thread]

    async def sees_in(self, topic: TopicSeen | int) -> list[Seen]:
        """Return all that is in a topic, oldest first."""
        return await self.sandbox.messages(self.group_id, _thread(topic))

    async def presses_in(
        self, topic: TopicSeen | int, button: str, on: Seen | None = None, *, patience: float | None = None
    ) -> str | None:
        """Press an inline button in a topic; see `Customer.presses`."""
        message, text = await self._find_button(button, on, await self.sees_in(topic))
        return await _press(self.sandbox, self.id, self.group_id, message, text, patience)

    async def opens_topic(self, name: str) -> TopicSeen:
        """Open a topic by hand."""
        answer = await self.sandbox.post(f"chats/{self.group_id}/topics", {"user_id": self.id, "name": name})
        return await self.topic(answer["thread"])

    async def closes(self, topic: TopicSeen | int) -> None:
        """Close a topic by hand."""
        await self._change(topic, "close")

    async def reopens(self, topic: TopicSeen | int) -> None:
        """Open a closed topic by hand."""
        await self._change(topic, "reopen")

    async def deletes(self, topic: TopicSeen | int) -> None:
        """Delete a topic with all its messages."""
        await self._change(topic, "delete")

    async def _change(self, topic: TopicSeen | int, act: str) -> None:
        await self.sandbox.post(f"chats/{self.group_id}/topics/{_thread(topic)}/{act}", {"user_id": self.id})


def _thread(topic: TopicSeen | int) -> int:
    return topic if isinstance(topic, int) else topic.thread
