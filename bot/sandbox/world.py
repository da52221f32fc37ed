"""The whole state of the sandbox: people, chats, files, updates, faults and the log of calls.

Everything that happens goes through here: `post` gives a message its id and place, shows it on the page and, when
it concerns the bot, puts the update into the queue.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Final

from bot.sandbox import seed
from bot.sandbox.chats import Chat, Person
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.files import FileShelf
from bot.sandbox.limits import Limits
from bot.sandbox.refusal import Json
from bot.sandbox.updates import UpdateQueue

KEPT_CALLS: Final = 5_000
KEPT_PRESSES: Final = 1_000
SERVICE: Final = frozenset(
    {
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
        *("pinned_message", "new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id"),
    }
)


class World:
    """State of the sandbox. Not for several threads: everything runs on one event loop."""

    def __init__(self, *, limits: bool = True, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.shift = 0.0
        self.token = seed.DEFAULT_TOKEN
        self.bot: Json = {
            "id": seed.BOT_ID,
            "is_bot": True,
            "first_name": seed.BOT_NAME,
            "username": seed.BOT_USERNAME,
        }
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.commands: dict[str, list[Json]] = {}
        self.profile: Json = {}
        self.webhook: Json = {}
        self.presses: OrderedDict[str, Json] = OrderedDict()
        self.next_person = seed.FIRST_NEW_PERSON
        self.next_group = seed.FIRST_NEW_GROUP
        self.counter = 0
        self.feed = Feed()
        self.files = FileShelf()
        self.updates = UpdateQueue()
        self.limits = Limits(on=limits)
        self.faults = Faults()
        self.calls: deque[Json] = deque(maxlen=KEPT_CALLS)
        self.counts: Counter[str] = Counter()
        self.populate()

    def populate(self) -> None:
        """Let the people of the first hour move in, with their private chats and the operators' group."""
        for one in seed.people():
            self.add_person(
                Person(one.id, one.first_name, one.last_name, one.username, one.language_code, one.phone, one.role)
            )
        group = Chat(seed.GROUP_ID, "supergroup", seed.GROUP_TITLE, is_forum=True, last_message_id=1)
        group.members[self.bot["id"]] = {"status": "administrator", **dict.fromkeys(seed.BOT_RIGHTS, True)}
        for one in seed.people():
            if one.role != "customer":
                group.members[one.id] = {"status": "creator" if one.role == "admin" else "member"}
        self.chats[group.id] = group

    def add_crowd(self, count: int) -> None:
        """Add customers "Customer 1" ... who have started the bot, for benchmarks."""
        for number in range(1, count + 1):
            person = self.add_person(Person(self.next_person, f"Customer {number}", language_code="en"))
            self.chats[person.id].started = True
            self.next_person += 1

    def now(self) -> float:
        """Return the Unix time, moved by what a test has put the clock forward."""
        return self._clock() + self.shift

    def next_number(self) -> int:
        """Return a number that was never returned before; survives a restart."""
        self.counter += 1
        return self.counter

    def add_person(self, person: Person) -> Person:
        """Add somebody with a private chat in which nothing was said."""
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", person=person.card())
        self.feed.publish("people", person.id)
        return person

    def post(
        self, chat: Chat, sender: Json, content: Json, *, thread: int = 0, reply_to: Json | None = None, about: Json
    ) -> Json:
        """Add a message to a chat, show it and tell the bot when it is one that bots get.

        Args:
            chat: where.
            sender: the Bot API's User.
            content: the fields that make the kind of message: text, photo and caption, pinned_message ...
            thread: topic; 0 for none or General.
            reply_to: the message that it answers.
            about: more for the page: the keyboard below the input field that came with it.

        Returns:
            The Bot API's Message.
        """
        message_id = chat.next_id()
        message: Json = {"message_id": message_id, "from": sender, "chat": chat.card(), "date": int(self.now())}
        if thread:
            message["message_thread_id"] = thread
            message["is_topic_message"] = True
            reply_to = reply_to or chat.messages.get(thread)
        if reply_to is not None:
            message["reply_to_message"] = {key: value for key, value in reply_to.items() if key != "reply_to_message"}
        message.update(content)
        chat.remember(message)
        self.tell_message("message", chat, message)
        self.feed.publish("message", chat.id, thread, message=message, **about)
        return message

    def tell_message(self, kind: str, chat: Chat, message: Json) -> None:
        """Put a message or an edited one into the bot's queue when Telegram would."""
        if self._concerns_bot(chat, message):
            self.tell(kind, message, chat.id)

    def tell(self, kind: str, payload: Json, chat_id: int) -> None:
        """Put an update into the bot's queue."""
        self.updates.put(kind, payload, chat_id, self.now())

    def _concerns_bot(self, chat: Chat, message: Json) -> bool:
        bot_id = self.bot["id"]
        service = not SERVICE.isdisjoint(message)
        if message["from"]["id"] == bot_id:
            return service
        if chat.is_private:
            return not chat.blocked
        status = chat.status_of(bot_id)
        if status != "member":
            return status == "administrator"
        addressed = message.get("reply_to_message", {}).get("from", {}).get("id") == bot_id
        text = str(message.get("text", message.get("caption", "")))
        return service or addressed or text.startswith("/") or f"@{self.bot['username']}" in text

    def log_call(self, method: str, params: Json, status: int, took: float, **outcome: object) -> None:
        """Write a request of the bot into the log and onto the page.

        Args:
            method: the Bot API method.
            params: as they came.
            status: HTTP status; 0 for a line that was cut.
            took: seconds.
            outcome: `result`, or `error`, and `fault` with the rule that struck.
        """
        self.counts[f"{method} {status}"] += 1
        self.calls.append(
            {
                "seq": self.next_number(),
                "at": self.now(),
                "method": method,
                "params": params,
                "status": status,
                "took": round(took, 4),
                **outcome,
            }
        )
        self.feed.publish("call", call=self.calls[-1])

    def remember_press(self, press: Json) -> None:
        """Keep a button press until the bot answers it; the oldest go first."""
        self.presses[press["id"]] = press
        while len(self.presses) > KEPT_PRESSES:
            self.presses.popitem(last=False)

    def release(self) -> None:
        """Let everyone go who waits for something: the sandbox ends."""
        self.feed.bell.close()
        self.updates.bell.close()

    def reset(self) -> None:
        """Begin anew with the people of the first hour; ids go on, so that nothing is taken for a repeat."""
        last_ids = {chat.id: chat.last_message_id for chat in self.chats.values()}
        for kept in (self.people, self.chats, self.commands, self.profile, self.presses, self.calls):
            kept.clear()
        self.updates.waiting.clear()
        self.faults.clear()
        self.limits.forget()
        self.shift = 0.0
        self.populate()
        for chat in self.chats.values():
            chat.last_message_id = last_ids.get(chat.id, chat.last_message_id)
        self.feed.publish("reset")
