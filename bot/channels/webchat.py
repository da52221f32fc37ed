"""The web chat as a channel: what the shop's own page sends, and what it is told.

Anna types on the page; the server stores `{"kind": "said", "chat": "w3f…", "text": "Hi"}`, and `read` makes a `Said` of
it. An answer goes out as an event that her page listens to. The page's server is handed in as `publish`; nothing here
knows a table or a socket.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.conversation import Author, Incoming, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt, Refused, Why

NAME = "webchat"
CAPABILITIES = Capabilities(max_text=4096, buttons=20, commands=True, progress=True, names=False)
SAID, PRESSED = "said", "pressed"
NO_LIMIT = Pace()

Publish = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
"""Stores an event for a visitor's page: (chat, kind, body); returns when it is on the disk."""


def said(chat: str, message: str, text: str, *, name: str, language: str, at: datetime) -> dict[str, Any]:
    """Return the payload of a message, as the inbox keeps it."""
    return {"kind": SAID, "message": message, "text": text, **_common(chat, name, language, at)}


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


class WebChat:
    """The `Channel` of the chat page."""

    name = NAME
    capabilities = CAPABILITIES

    def __init__(self, publish: Publish, ids: Callable[[], str] = new_id) -> None:
        self._publish = publish
        self._ids = ids

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:
        """Return what a stored payload means, or None for one of an unknown kind."""
        place = Place(NAME, payload["chat"])
        author = Author(payload["chat"], payload["name"], language=payload["language"], made_up=True)
        at = datetime.fromisoformat(payload["at"])
        if payload["kind"] == SAID:
            content = Content(ContentKind.TEXT, plain(payload["text"]))
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
                await self._publish(place.chat, "message", self.shown(outgoing, message))
                return Receipt(message)
            case Act.EDIT | Act.EDIT_BUTTONS:
                await self._publish(place.chat, "edit", edit_of(outgoing.body))
                return Receipt()
            case Act.ANSWER_PRESS:
                if outgoing.body.get("text"):
                    await self._publish(place.chat, "notice", {"text": outgoing.body["text"]})
                return Receipt()
            case _:
                raise Refused(Why.NOT_CARRIED, f"the web chat has no {outgoing.act.value}")

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


def _content(outgoing: Outgoing, message: str) -> tuple[str, dict[str, Any]]:
    if outgoing.act is Act.COPY:
        return _carried(outgoing.body.get("content") or {"kind": outgoing.body.get("kind", "")})
    if outgoing.act is Act.ATTACH:  # the server finds the file again by the message's id
        return ContentKind.DOCUMENT.value, {"name": outgoing.body["name"], "url": f"/chat/files/{message}"}
    return ContentKind.TEXT.value, {}


def edit_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edit changes on a message: its text where one is given, and its buttons always."""
    change: dict[str, Any] = {"id": body.get("message", ""), "buttons": body.get("buttons", [])}
    if body.get("text"):
        change |= {"text": body["text"]["text"], "entities": body["text"]["entities"]}
    return change


def _carried(content: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return what of a copied message the page can show.

    Raises:
        Refused: a photo, a voice message and the like; the operator is told.
    """
    kind, details = content.get("kind", ""), content.get("details") or {}
    match kind:
        case ContentKind.TEXT:
            return kind, {}
        case ContentKind.LOCATION | ContentKind.VENUE:
            return kind, {key: details[key] for key in ("latitude", "longitude", "title") if key in details}
        case ContentKind.CONTACT:
            return kind, {key: details[key] for key in ("name", "phone") if key in details}
    raise Refused(Why.NOT_CARRIED, f"the web chat cannot show a {kind or 'message of this kind'}")
