"""A chat of the sandbox: who is in it, what was said, and the topics of a forum.

The chat with Anna is private and has her user id; "Support desk" is a forum whose topic 17 began with message 17.
Message ids count per chat, so message 17 of Anna's chat is another message.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from bot.sandbox.refusal import Json

KEPT_MESSAGES: Final = 2_000
PRESENT: Final = frozenset({"creator", "administrator", "member"})


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account. `role` only tells the page where to put the phone."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    phone: str = ""
    role: str = "customer"

    def card(self) -> Json:
        """Return the Bot API's User."""
        card: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for key in ("last_name", "username", "language_code"):
            if getattr(self, key):
                card[key] = getattr(self, key)
        return card


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is that of the service message that opened it."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat or a group.

    Attributes:
        id: the user's id for a private chat, negative for groups.
        kind: private, group or supergroup.
        title: of a group; empty for a private chat.
        person: card of the other side of a private chat.
        is_forum: has topics.
        members: user id -> ChatMember without the user; the bot among them.
        started: the person of a private chat has written to the bot.
        blocked: the person has blocked the bot.
        migrated_to: id of the supergroup that this group became; 0 for none.
        reply_keyboard: the keyboard below the input field, set by the bot's last word about it.
        reactions: message id -> emoji -> ids of those who reacted so.
    """

    id: int
    kind: str
    title: str = ""
    person: Json = field(default_factory=dict)
    is_forum: bool = False
    members: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    gone_topics: list[int] = field(default_factory=list)
    messages: dict[int, Json] = field(default_factory=dict)
    last_message_id: int = 0
    pinned: list[int] = field(default_factory=list)
    started: bool = False
    blocked: bool = False
    migrated_to: int = 0
    reply_keyboard: Json | None = None
    reactions: dict[int, dict[str, list[int]]] = field(default_factory=dict)
    _card: Json | None = None

    @property
    def is_private(self) -> bool:
        """A chat of one person with the bot."""
        return self.kind == "private"

    def card(self) -> Json:
        """Return the Bot API's Chat; shared by all messages of the chat, so never to be changed."""
        if self._card is None:
            self._card = self._make_card()
        return self._card

    def _make_card(self) -> Json:
        if self.is_private:
            names: Json = {
                key: self.person[key] for key in ("first_name", "last_name", "username") if key in self.person
            }
            return {"id": self.id, **names, "type": "private"}
        card: Json = {"id": self.id, "title": self.title, "type": self.kind}
        if self.is_forum:
            card["is_forum"] = True
        return card

    def refresh_card(self) -> None:
        """Forget the card after a change of name or kind."""
        self._card = None

    def status_of(self, user_id: int) -> str:
        """Return creator, administrator, member, left or kicked."""
        return str(self.members.get(user_id, {"status": "left"})["status"])

    def has(self, user_id: int) -> bool:
        """Tell whether somebody is in the group."""
        return self.status_of(user_id) in PRESENT

    def may(self, user_id: int, right: str) -> bool:
        """Tell whether a member has an administrator's right, e.g. `can_manage_topics`."""
        status = self.status_of(user_id)
        return status == "creator" or (status == "administrator" and bool(self.members[user_id].get(right)))

    def next_id(self) -> int:
        """Return the id of the next message of this chat."""
        self.last_message_id += 1
        return self.last_message_id

    def remember(self, message: Json) -> None:
        """Keep a message; the oldest goes when there are more than 2,000."""
        self.messages[message["message_id"]] = message
        if len(self.messages) > KEPT_MESSAGES:
            self.messages.pop(next(iter(self.messages)))

    def drop(self, thread: int) -> None:
        """Let a topic go with all its messages."""
        self.topics.pop(thread, None)
        self.gone_topics.append(thread)
        for message_id in [key for key, one in self.messages.items() if one.get("message_thread_id") == thread]:
            del self.messages[message_id]

    def dump(self) -> Json:
        """Return the chat as JSON values."""
        kept: Json = {
            name: getattr(self, name) for name in self.__slots__ if name not in ("_card", "topics", "messages")
        }
        kept["topics"] = [asdict(topic) for topic in self.topics.values()]
        kept["messages"] = list(self.messages.values())
        return kept

    @classmethod
    def load(cls, kept: dict[str, Any]) -> Self:
        """Return the chat that `dump` described."""
        values = dict(kept)
        values["members"] = {int(key): member for key, member in kept["members"].items()}
        values["reactions"] = {int(key): value for key, value in kept["reactions"].items()}
        values["topics"] = {topic["id"]: Topic(**topic) for topic in kept["topics"]}
        values["messages"] = {message["message_id"]: message for message in kept["messages"]}
        return cls(**values)
