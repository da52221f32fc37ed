"""The web chat as a channel: what the shop's own page sends, and what it is told.

Anna types on the page; the server stores `{"kind": "said", "chat": "w3f…", "text": "Hi"}`, and `read` makes a `Said` of
it. An answer goes out as an event that her page listens to. The page's server is handed in as `publish`; nothing here
knows a table or a socket.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.conversation import Author, Incoming, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, Why

NAME = "webchat"
LARGEST_FILE = 20 * 1024 * 1024
CAPABILITIES = Capabilities(
    max_text=4096,
    buttons=20,
    commands=True,
    progress=True,
    names=False,
    max_caption=4096,
    takes_back=timedelta(days=36500),
    takes_files=LARGEST_FILE,
)
SAID, PRESSED = "said", "pressed"
NO_LIMIT = Pace()

Publish = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
"""Stores an event for a visitor's page: (chat, kind, body); returns when it is on the disk."""
Fetch = Callable[[str, str, int], Awaitable[bytes]]
"""Fetches a file of another channel: (channel, its id there, most bytes); raises a `DeliveryError`."""
Keep = Callable[[str, bytes], Awaitable[None]]
"""Keeps a file under the id of the message that shows it."""
FILES = {
    ContentKind.PHOTO.value: "photo.jpg",
    ContentKind.DOCUMENT.value: "file",
    ContentKind.VIDEO.value: "video.mp4",
    ContentKind.ANIMATION.value: "animation.mp4",
    ContentKind.AUDIO.value: "audio.mp3",
    ContentKind.VOICE.value: "voice.ogg",
    ContentKind.VIDEO_NOTE.value: "video.mp4",
}
"""Kinds that are files, and what one without a name is called."""


def said(chat: str, message: str, text: str, *, name: str, language: str, at: datetime) -> dict[str, Any]:
    """Return the payload of a message, as the inbox keeps it."""
    return {"kind": SAID, "message": message, "text": text, **_common(chat, name, language, at)}


def sent(chat: str, message: str, file: Mapping[str, Any], *, name: str, language: str, at: datetime) -> dict[str, Any]:
    """Return the payload of a file that was sent, as the inbox keeps it.

    Args:
        chat: the visitor's address.
        message: the page's id of it.
        file: `kind` (photo or document), `key` (under which it is kept), `name`, `mime`, `size` in bytes.
        name: as made up for the visitor.
        language: of the page.
        at: when.
    """
    return {**said(chat, message, "", name=name, language=language, at=at), "file": dict(file)}


def pressed(
    chat: str, press: str, message: str, action: str, label: str = "", *, name: str, language: str, at: datetime
) -> dict[str, Any]:
    """Return the payload of a pressed button, as the inbox keeps it.

    Args:
        chat: the visitor's address.
        press: the page's id of the press.
        message: the message that carries the button, empty for one of the page's own.
        action: what the button sends back.
        label: what the page shows as the visitor's words; empty for a mark, which is none.
        name: as made up for the visitor.
        language: of the page.
        at: when.
    """
    body = {"kind": PRESSED, "press": press, "message": message, "action": action, "label": label}
    return body | _common(chat, name, language, at)


def _common(chat: str, name: str, language: str, at: datetime) -> dict[str, Any]:
    return {"chat": chat, "name": name, "language": language, "at": at.astimezone(UTC).isoformat()}


def new_id() -> str:
    """Return an id for a message that the bot puts on the page."""
    return uuid.uuid4().hex


async def _no_file(channel: str, file: str, most: int) -> bytes:
    raise Refused(Why.NOT_CARRIED, f"files of {channel} cannot be fetched ({file}, {most})")


async def _kept_nowhere(key: str, content: bytes) -> None:
    """Keep nothing: for a page that is shown no files."""


class WebChat:
    """The `Channel` of the chat page."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(
        self,
        publish: Publish,
        ids: Callable[[], str] = new_id,
        fetch: Fetch = _no_file,
        keep: Keep = _kept_nowhere,
    ) -> None:
        self._publish = publish
        self._ids = ids
        self._fetch = fetch
        self._keep = keep

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:
        """Return what a stored payload means, or None for one of an unknown kind."""
        place = Place(NAME, payload["chat"])
        author = Author(payload["chat"], payload["name"], language=payload["language"], made_up=True)
        at = datetime.fromisoformat(payload["at"])
        if payload["kind"] == SAID:
            content = heard(payload)
            return Said(place, Where.PRIVATE, author, at, payload["message"], content)
        if payload["kind"] == PRESSED:
            return Pressed(
                place, Where.PRIVATE, author, at, payload["press"], payload["message"], action=payload["action"]
            )
        return None

    def link(self, place: Place) -> str:  # noqa: ARG002 the port's face
        """Return nothing: a visitor's page is nobody else's."""
        return ""

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 the port's face
        """Return no limit: the page takes whatever comes."""
        return NO_LIMIT

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        """Put one thing on a visitor's page.

        Raises:
            Refused: the page cannot show it.
        """
        match outgoing.act:
            case Act.SAY | Act.COPY | Act.ATTACH:
                message = self._ids()
                await self._bring(outgoing, message)
                await self._publish(place.chat, "message", self.shown(outgoing, message))
                return Receipt(message)
            case Act.DELETE:
                await self._publish(place.chat, "delete", {"id": outgoing.body.get("message", "")})
                return Receipt()
            case Act.EDIT | Act.EDIT_CAPTION | Act.EDIT_BUTTONS:
                await self._publish(place.chat, "edit", edit_of(outgoing.body))
                return Receipt()
            case Act.ANSWER_PRESS:
                if outgoing.body.get("text"):
                    await self._publish(place.chat, "notice", {"text": outgoing.body["text"]})
                return Receipt()
            case _:
                raise Refused(Why.NOT_CARRIED, f"the web chat has no {outgoing.act.value}")

    async def _bring(self, outgoing: Outgoing, message: str) -> None:
        """Fetch the file of a copied message and keep it for the page, before the page hears of it."""
        body = outgoing.body
        if outgoing.act is Act.COPY and body.get("kind") in FILES:
            data = await self._fetch(
                body.get("channel", ""), (body.get("details") or {}).get("file_id", ""), LARGEST_FILE
            )
            await self._keep(message, data)

    async def show_typing(self, place: Place, name: str) -> None:
        """Show on the page that somebody writes; see `ShowsTyping`."""
        await self._publish(place.chat, "typing", {"name": name})

    @staticmethod
    def shown(outgoing: Outgoing, message: str) -> dict[str, Any]:
        """Return a SAY, COPY or ATTACH as the page shows it.

        Args:
            outgoing: what is said.
            message: its id on the page; a file is fetched by it.

        Raises:
            Refused: the page cannot show it.
        """
        body = outgoing.body
        kind, details = _content(outgoing, message)
        text = body.get("text") or {"text": body.get("caption", ""), "entities": []}
        by_operator = body.get("author") == "operator"
        return {
            "id": message,
            "author": "operator" if by_operator else "bot",
            "name": body.get("name", "") if by_operator else "",
            "text": text["text"],
            "entities": text["entities"],
            "buttons": body.get("buttons", []),
            "kind": kind,
            "details": details,
            "progress": body.get("progress"),
        }


def heard(payload: Mapping[str, Any]) -> Content:
    """Return what a visitor said, or the file that they sent."""
    file = payload.get("file")
    if not file:
        return Content(ContentKind.TEXT, plain(payload["text"]))
    details = {name: value for name, value in file.items() if name != "kind"}
    return Content(ContentKind(file["kind"]), plain(payload["text"]), details, copyable=False)


def _content(outgoing: Outgoing, message: str) -> tuple[str, dict[str, Any]]:
    if outgoing.act is Act.COPY:
        return _carried(outgoing.body, message)
    if outgoing.act is Act.ATTACH:  # the server finds the file again by the message's id
        return ContentKind.DOCUMENT.value, {"name": outgoing.body["name"], "url": f"/chat/files/{message}"}
    return ContentKind.TEXT.value, {}


def edit_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edit changes on a message: its text where one is given, and its buttons always."""
    change: dict[str, Any] = {"id": body.get("message", ""), "buttons": body.get("buttons", [])}
    if body.get("text"):
        change |= {"text": body["text"]["text"], "entities": body["text"]["entities"]}
    return change


def file_name(body: Mapping[str, Any]) -> str:
    """Return what a copied file is called."""
    return str((body.get("details") or {}).get("name") or FILES.get(body.get("kind", ""), "file"))


def _carried(body: Mapping[str, Any], message: str) -> tuple[str, dict[str, Any]]:
    """Return what of a copied message the page can show.

    Raises:
        Refused: of an unknown kind; the operator is told.
    """
    kind, details = body.get("kind", ""), body.get("details") or {}
    if kind in FILES:
        return kind, {"name": file_name(body), "size": details.get("size"), "url": f"/chat/files/{message}"}
    match kind:
        case ContentKind.LOCATION | ContentKind.VENUE:
            return kind, {key: details[key] for key in ("latitude", "longitude", "title") if key in details}
        case ContentKind.CONTACT:
            return kind, {key: details[key] for key in ("name", "phone") if key in details}
    raise Refused(Why.NOT_CARRIED, f"the web chat cannot show a {kind or 'message of this kind'}")
