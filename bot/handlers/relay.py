"""What people send each other, both ways: a customer's words into the topic, an operator's words to the customer.

Anna's photo is copied into her topic, quoting what she quoted; Olga's answer goes to Anna's place. What a channel
cannot carry is put into words, or its sender is told. A note never comes here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.domain.conversation import Place, Said
from bot.domain.message import Content, ContentKind, EntityKind, RichText, Rows, plain, styled, units
from bot.domain.people import Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import card, courtesy
from bot.handlers.turn import Saying, Sayings, Turn, say, tell_desk
from bot.handoff import queue
from bot.messaging import outbox, receipts, transcript
from bot.messaging.topics import Topic

NOTE = "//"
"""What a note begins with."""
ALBUM_WAITS = timedelta(seconds=2)
"""How long an album's first part waits for the others, which come one by one."""
ALBUM_KINDS = {ContentKind.PHOTO, ContentKind.VIDEO, ContentKind.DOCUMENT, ContentKind.AUDIO}
CAPTIONED = ALBUM_KINDS | {ContentKind.ANIMATION, ContentKind.VOICE}
"""What can have a caption below it."""
IN_WORDS = {ContentKind.STICKER, ContentKind.DICE, ContentKind.POLL, ContentKind.CONTACT}
"""What is said in words where it cannot be copied."""
PLACES = {ContentKind.LOCATION, ContentKind.VENUE}
"""What a channel shows by its details."""
QUOTED_MOST = 160
"""Characters of a message that are quoted in words, where nothing there can be pointed at."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class NotCarried:
    """An operator's words that the customer's channel cannot carry; the sentence that says so, and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message answers, on the other side.

    Attributes:
        outbox: the delivery that brought it there.
        message: or the channel's id of it, where it was written there.
        words: or its first words, where it is not there at all.
    """

    outbox: int | None = None
    message: str = ""
    words: RichText = field(default_factory=lambda: RichText(""))

    @property
    def body(self) -> dict[str, Any]:
        """What an outgoing message's body says about it."""
        return {"reply_to": self.message} if self.message else {}


NOTHING = Quote()


def relay(turn: Turn, said: Said, line: int, below: Rows = ()) -> Sayings:
    """Pass what the customer says on to the operators.

    Args:
        turn: the conversation's turn.
        said: the message.
        line: our id of it.
        below: buttons that answer it.
    """
    ticket = turn.ticket
    if ticket is None:
        return []
    if not courtesy.owes_nothing(turn, said):
        turn.ticket = queue.customer_wrote(turn.conn, ticket, turn.now)
    after = turn.ticket
    if after and (after.state, after.customer_wrote_at) != (ticket.state, ticket.customer_wrote_at):
        turn.show("ticket", ticket=ticket.id)
    return desk_copy(turn, said, line, below)


def desk_copy(turn: Turn, said: Said, line: int, below: Rows = ()) -> Sayings:
    """Return the customer's message for the topic: text as text, the rest as a copy, else what it says in words."""
    content, topic = said.content, turn.topic()
    quote = quoted_by_customer(turn, said, topic)
    if content.kind is ContentKind.TEXT:
        return [_told(content.text, line, quote, below)]
    if topic is not None and (attached := _attached(turn, content, topic.place)):
        attached |= quote.body
        file = Outgoing(Act.ATTACH, attached)
        return [Saying(file, desk=True, author=outbox.CUSTOMER, line=line, quote=quote.outbox)]
    copied = topic is not None and topic.place.channel == said.place.channel and content.copyable
    if not copied:
        told = _told(described(turn, content), line, quote)
        unread = content.kind is ContentKind.OTHER
        return [told, say(turn.texts("relay.not_understood"))] if unread else [told]
    assert topic is not None  # noqa: S101 as `copied` says
    outgoing, hold, extra = _copy(turn, content, said, topic.place)
    outgoing = Outgoing(Act.COPY, {**outgoing.body, **quote.body})
    copy = Saying(outgoing, desk=True, author=outbox.CUSTOMER, line=line, quote=quote.outbox, hold=hold)
    return [copy, *[tell_desk(text, author=outbox.CUSTOMER, line=line) for text in extra]]


def _told(text: RichText, line: int, quote: Quote, below: Rows = ()) -> Saying:
    return tell_desk(
        quote.words + text, below, author=outbox.CUSTOMER, line=line, quote=quote.outbox, reply_to=quote.message
    )


def _attached(turn: Turn, content: Content, to: Place) -> dict[str, Any] | None:
    """Return the body that uploads a customer's file, None for anything else and for what is too large there."""
    path = turn.house.files.path(str(content.details.get("key", "")))
    size = int(content.details.get("size") or 0)
    if path is None or size > turn.house.can(to.channel).takes_files:
        return None
    return {
        "path": str(path),
        "name": path.name,
        "kind": content.kind.value,
        "size": size,
        "caption": content.text.text,
    }


def described(turn: Turn, content: Content) -> RichText:
    """Return words for something that the operators' channel cannot copy."""
    return plain(card.shown(content.kind, turn.desk_texts)) + _in_words(content)


def _in_words(content: Content) -> RichText:
    """Return what a content says without its form: a sticker's emoji, what a die shows, a place's degrees."""
    details = content.details
    if content.kind in {ContentKind.LOCATION, ContentKind.VENUE} and "latitude" in details:
        where = f"{details['latitude']}, {details['longitude']}"
        return content.text + f" ({where})" if content.text else plain(where)
    return content.text


def _copy(
    turn: Turn, content: Content, said: Said, to: Place, *, as_read: bool = False
) -> tuple[Outgoing, timedelta, list[RichText]]:
    """Return the copy of a message within its channel, how long it waits, and what does not fit below it.

    Args:
        turn: the conversation's turn.
        content: what the message says.
        said: the message.
        to: where the copy goes.
        as_read: it shows the caption that was read here, whatever stands below the original when it is made.
    """
    body: dict[str, Any] = {
        "channel": said.place.channel,
        "chat": said.place.chat,
        "message": said.message,
        "kind": content.kind.value,
    }
    can, extra = turn.house.can(to.channel), list[RichText]()
    of_album = said.album and can.albums and content.kind in ALBUM_KINDS and "file_id" in content.details
    if not of_album and not (as_read and content.kind in CAPTIONED):
        return Outgoing(Act.COPY, body), timedelta(0), extra
    caption = content.text
    if units(caption.text) > can.max_caption:
        caption, extra = RichText(""), [caption]
    body |= {"text": caption.to_dict(), "details": dict(content.details)}
    if not of_album:
        return Outgoing(Act.COPY, body), timedelta(0), extra
    return Outgoing(Act.COPY, {**body, "album": said.album}), ALBUM_WAITS, extra


def words(turn: Turn, person: Staff, content: Content, said: Said | None = None) -> Sayings | NotCarried:
    """Return an operator's words for the customer.

    Args:
        turn: the conversation's turn.
        person: who wrote them.
        content: what is said.
        said: the message in the topic, None from the console.
    """
    place = turn.conversation.place
    by = {"author": outbox.OPERATOR, "name": person.name}
    source = (said.place.chat, said.message) if said else ("", "")
    quote = quoted_by_staff(turn, said) if said else NOTHING
    same = said is not None and said.place.channel == place.channel
    bare = Saying(
        Outgoing(Act.SAY, {**by, **quote.body}),
        content=content,
        author=outbox.OPERATOR,
        staff=person,
        source=source,
        quote=quote.outbox,
    )
    if content.kind is ContentKind.TEXT or (content.kind in IN_WORDS and not (same and content.copyable)):
        text = content.text if content.kind is ContentKind.TEXT else _in_words(content)
        return [_as(bare, Act.SAY, {"text": (quote.words + text).to_dict()})]
    if said is None or content.kind is ContentKind.OTHER:
        return _cannot(turn, person, content)
    if same and turn.house.can(place.channel).copies:
        outgoing, hold, extra = _copy(turn, content, said, place, as_read=True)
        copy = replace(_as(bare, Act.COPY, outgoing.body), hold=hold)
        return [copy, *[_caption(text, by) for text in extra]]
    return _brought(turn, person, said, bare)


def _as(bare: Saying, act: Act, body: Mapping[str, Any]) -> Saying:
    return replace(bare, outgoing=Outgoing(act, {**bare.outgoing.body, **body}))


def _caption(text: RichText, by: Mapping[str, Any]) -> Saying:
    return Saying(Outgoing(Act.SAY, {**by, "text": text.to_dict()}), author=outbox.OPERATOR, mirrors=True)


def _cannot(turn: Turn, person: Staff, content: Content) -> NotCarried:
    kind = turn.house.texts(person.language)(f"kind.{content.kind.value}")
    return NotCarried("desk.not_carried", {"kind": kind})


def _brought(turn: Turn, person: Staff, said: Said, bare: Saying) -> Sayings | NotCarried:
    """Return something for a customer of another channel: a place by its degrees, a file if it is not too large."""
    content, to = said.content, turn.house.can(turn.conversation.place.channel)
    body = {
        "channel": said.place.channel,
        "kind": content.kind.value,
        "text": content.text.to_dict(),
        "details": dict(content.details),
    }
    if content.kind not in PLACES:
        most = min(to.takes_files, turn.house.can(said.place.channel).gives_files)
        if not most or "file_id" not in content.details:
            return _cannot(turn, person, content)
        if int(content.details.get("size") or 0) > most:
            return NotCarried("desk.too_large", {"most": most // MEGABYTE})
    if not said.album:
        return [_as(bare, Act.COPY, body)]
    return [replace(_as(bare, Act.COPY, {**body, "album": said.album}), hold=ALBUM_WAITS)]  # a note may be behind it


def quoted_by_customer(turn: Turn, said: Said, topic: Topic | None) -> Quote:
    """Return what the customer's message quotes, as it stands in the topic."""
    if not said.replies_to or topic is None:
        return NOTHING
    own = transcript.said_at(turn.conn, turn.conversation.id, said.place.chat, said.replies_to)
    ours = None if own else receipts.line_at(turn.conn, said.place, said.replies_to)
    line = own or (transcript.get(turn.conn, ours[1]) if ours and ours[0] == turn.conversation.id else None)
    if line is None:
        return NOTHING
    if line.source[0] == topic.place.chat and line.source[1]:
        return Quote(message=line.source[1])
    there = receipts.in_topic(turn.conn, line.id, topic.id)
    return Quote(there) if there is not None else Quote(words=_first_words(line.content.text))


def quoted_by_staff(turn: Turn, said: Said) -> Quote:
    """Return what a message in the topic quotes, as it stands with the customer."""
    if not said.replies_to:
        return NOTHING
    place = turn.conversation.place
    group = Place(said.place.channel, said.place.chat)
    found = receipts.line_at(turn.conn, group, said.replies_to)
    own = None if found else transcript.said_at(turn.conn, turn.conversation.id, said.place.chat, said.replies_to)
    line = own or (transcript.get(turn.conn, found[1]) if found and found[0] == turn.conversation.id else None)
    if line is None or line.deleted_at is not None:  # nothing to point to; its words were taken back
        return NOTHING
    if not turn.house.can(place.channel).quotes:
        return Quote(words=_first_words(line.content.text))
    if line.source[0] == place.chat and line.source[1]:
        return Quote(message=line.source[1])
    return Quote(receipts.carrying(turn.conn, line.id))


def _first_words(text: RichText) -> RichText:
    """Return the beginning of a message as a quote above the answer to it."""
    line = " ".join(text.text.split())
    short = line if len(line) <= QUOTED_MOST else line[: QUOTED_MOST - 1].rstrip() + "…"
    return styled(EntityKind.QUOTE, short) + "\n" if short else RichText("")
