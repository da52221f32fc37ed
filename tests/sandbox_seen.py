"""A message as somebody in the sandbox sees it: text, buttons, keyboard, kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Self

Json = dict[str, Any]
KINDS: Final = (
    *("text", "photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker", "venue"),
    *("location", "contact", "poll", "dice"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as somebody sees it.

    Attributes:
        id: message id within its chat.
        kind: text, photo, voice, location ... or the name of the service message.
        text: text or caption.
        buttons: texts of the inline buttons, row after row.
        keyboard: texts of the keyboard below the input field that came with it; empty for none.
        keyboard_gone: it took that keyboard away.
        edited: it is an edited message.
        thread: topic; 0 for none.
        raw: the Bot API's Message.
    """

    id: int
    kind: str
    text: str
    buttons: tuple[str, ...]
    keyboard: tuple[str, ...]
    keyboard_gone: bool
    edited: bool
    thread: int
    raw: Json = field(repr=False)

    @classmethod
    def of(cls, message: Json, below: Json | None = None, *, edited: bool = False) -> Self:
        """Read a message of the Bot API."""
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        below = below or {}
        return cls(
            id=message["message_id"],
            kind=kind_of(message),
            text=str(message.get("text", message.get("caption", ""))),
            buttons=tuple(button["text"] for row in rows for button in row),
            keyboard=tuple(button["text"] for row in below.get("keyboard", []) for button in row),
            keyboard_gone=bool(below.get("remove_keyboard")),
            edited=edited,
            thread=message.get("message_thread_id", 0),
            raw=message,
        )

    @property
    def service(self) -> bool:
        """Nobody wrote it: a topic was opened, a message pinned."""
        return self.kind not in KINDS

    @property
    def by_bot(self) -> bool:
        """The bot sent it."""
        return bool(self.raw["from"]["is_bot"]) and "sender_chat" not in self.raw

    @property
    def author(self) -> str:
        """First name of who sent it."""
        return str(self.raw["from"]["first_name"])

    @property
    def entities(self) -> list[Json]:
        """Formatting of text or caption."""
        return [*self.raw.get("entities", ()), *self.raw.get("caption_entities", ())]

    def line(self) -> str:
        """Return one line for a transcript."""
        what = self.text if self.kind == "text" else f"({self.kind}) {self.text}"
        buttons = "".join(f" [{text}]" for text in (*self.buttons, *self.keyboard))
        return f"{'(edited) ' if self.edited else ''}{self.author}: {what}{buttons}"


def kind_of(message: Json) -> str:
    """Return which kind of message it is; for a service message the field that makes it one."""
    for kind in KINDS:
        if kind in message:
            return kind
    known = {"message_id", "from", "chat", "date", "message_thread_id", "is_topic_message", "reply_to_message"}
    return next((key for key in message if key not in known), "empty")


class Refused(AssertionError):
    """The sandbox would not do that: Telegram's own client would not either."""
