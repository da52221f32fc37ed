"""One turn: what one message or press changes, read once, written once, in one transaction.

A handler gets a `Turn`, and returns what is to be said; the turn keeps the transcript and puts the sayings into the
outbox: to the customer, into the operators' topic, or to a member of staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.message import (
    Button,
    Content,
    ContentKind,
    RichText,
    Rows,
    join,
    rows_from_json,
    rows_to_json,
    split,
)
from bot.domain.people import Staff
from bot.domain.ports import Act, Capabilities, Outgoing
from bot.handlers import numbered
from bot.handlers.house import House
from bot.handoff import queue
from bot.handoff.ticket import Ticket
from bot.i18n import Texts
from bot.messaging import conversations, events, outbox, topics, transcript
from bot.messaging.conversations import Conversation
from bot.messaging.outbox import Posting
from bot.messaging.topics import Topic

ON_THE_CARD = {"ticket", "order", "customer", "draft"}
"""Kinds of change that the card in the topic shows."""
LIVES = {Act.ANSWER_PRESS: timedelta(seconds=140), Act.REACT: timedelta(hours=1)}
"""After this it is of no use any more; a press must be answered within 150 s (Bot API, add_new_callback_query)."""


AT_THE_END = {"text", "buttons", "ask_contact", "ask_location", "order"}
"""What only the last part of a long text has; `order` names the order whose buttons stand below it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Something to be said or done, as a handler returns it.

    Attributes:
        outgoing: what is to be done.
        place: where; None for the customer's own place.
        desk: goes into the conversation's topic.
        content: what the transcript keeps; None when it keeps nothing.
        author: whose words: bot, operator, customer, system.
        staff: who wrote it, for an operator's words.
        source: the channel's (chat, message) that it came from.
        target: the outbox id whose message is changed.
        line: our id of the transcript's line that it carries, when that is written already.
        mirrors: it carries the line that was written before it in the same turn.
        quote: the outbox id whose message it answers.
        hold: how long it waits for what belongs to it.
    """

    outgoing: Outgoing
    place: Place | None = None
    desk: bool = False
    content: Content | None = None
    author: str = outbox.BOT
    staff: Staff | None = None
    source: tuple[str, str] = ("", "")
    target: int | None = None
    line: int | None = None
    mirrors: bool = False
    quote: int | None = None
    hold: timedelta = timedelta(0)


Sayings = list[Saying]


def rich(text: RichText | str) -> RichText:
    """Return a text as formatted text."""
    return text if isinstance(text, RichText) else RichText(text)


def rows(*buttons: Button | None, width: int = 1) -> Rows:
    """Return buttons in rows of some width; None is left out."""
    kept = [button for button in buttons if button]
    return tuple(tuple(kept[start : start + width]) for start in range(0, len(kept), width))


def say(text: RichText | str, buttons: Rows = (), **body: Any) -> Saying:  # noqa: ANN401 further parts of a SAY's body
    """Return words of the bot to the customer."""
    content = Content(ContentKind.TEXT, rich(text))
    return Saying(Outgoing(Act.SAY, {**_body(text, buttons), **body}), content=content)


def say_at(place: Place, text: RichText | str, buttons: Rows = (), *, reply_to: str = "") -> Saying:
    """Return words of the bot to a member of staff, in a private chat or in a group; no transcript keeps them."""
    body = _body(text, buttons) | ({"reply_to": reply_to} if reply_to else {})
    return Saying(Outgoing(Act.SAY, body), place=place, author=outbox.SYSTEM)


def tell_desk(
    text: RichText | str,
    buttons: Rows = (),
    author: str = outbox.SYSTEM,
    *,
    line: int | None = None,
    quote: int | None = None,
    reply_to: str = "",
) -> Saying:
    """Return a line for the conversation's topic.

    Args:
        text: what it says.
        buttons: below it.
        author: whose words they are.
        line: our id of the transcript's line that it carries.
        quote: the outbox id whose message it answers.
        reply_to: or the channel's id of that message, where it is not one of ours.
    """
    body = _body(text, buttons) | ({"reply_to": reply_to} if reply_to else {})
    return Saying(Outgoing(Act.SAY, body), desk=True, author=author, line=line, quote=quote)


def answer_press(place: Place, press: str, text: str = "") -> Saying:
    """Return the answer to a pressed button, which ends its spinning; `text` is shown for a moment."""
    return Saying(Outgoing(Act.ANSWER_PRESS, {"press": press, "text": text[:190]}), place=place, author=outbox.SYSTEM)


def drop_buttons(place: Place, message: str, buttons: Rows = ()) -> Saying:
    """Return the change of a message's buttons, by the channel's id of it."""
    body = {"message": message, "buttons": rows_to_json(buttons)}
    return Saying(Outgoing(Act.EDIT_BUTTONS, body), place=place, author=outbox.SYSTEM)


def _body(text: RichText | str, buttons: Rows) -> dict[str, Any]:
    body: dict[str, Any] = {"text": rich(text).to_dict()}
    if buttons:
        body["buttons"] = rows_to_json(buttons)
    return body


@dataclass(slots=True)
class Turn:
    """A conversation's turn: what is known of it, and the way to write what follows."""

    house: House
    conn: Connection
    now: datetime
    conversation: Conversation
    _last_ticket: Ticket | None = None
    _ticket_read: bool = False
    _last_line: int | None = None
    _shown: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def texts(self) -> Texts:
        """The sentences in the customer's language."""
        return self.house.texts(self.conversation.language)

    @property
    def desk_texts(self) -> Texts:
        """The sentences for the topic: in the first language of the settings."""
        return self.house.texts(self.house.catalogues.default)

    @property
    def ticket(self) -> Ticket | None:
        """The conversation's open ticket, read once."""
        if not self._ticket_read:
            self.ticket = queue.last(self.conn, self.conversation.id)
        return self._last_ticket if self._last_ticket is not None and self._last_ticket.open else None

    @ticket.setter
    def ticket(self, ticket: Ticket | None) -> None:
        self._last_ticket = ticket
        self._ticket_read = True

    @property
    def closed_ticket(self) -> Ticket | None:
        """While no ticket is open, the one that was closed last; the look for the open one has brought it."""
        return self._last_ticket if self.ticket is None else None

    @property
    def flow(self) -> Mapping[str, Any]:
        """What the bot waits for from this customer."""
        return self.conversation.flow

    def wait_for(self, **flow: Any) -> None:  # noqa: ANN401 JSON
        """Remember what the bot waits for; nothing given means nothing."""
        if flow != self.conversation.flow:
            conversations.change(self.conn, self.conversation.id, flow=flow)
            self.conversation = replace(self.conversation, flow=flow)

    def speak(self, language: str) -> None:
        """Go on in another language."""
        if language != self.conversation.language and language in self.house.catalogues:
            conversations.change(self.conn, self.conversation.id, language=language)
            self.conversation = replace(self.conversation, language=language)

    def hear(self, content: Content, source: tuple[str, str], details: Mapping[str, Any] | None = None) -> int:
        """Write down what the customer said and tell the screens; returns our id of the line."""
        line = transcript.add(
            self.conn,
            self.conversation.id,
            transcript.CUSTOMER,
            content,
            self.now,
            ticket=self.ticket.id if self.ticket else None,
            source=source,
            details=details,
        )
        self.show("message", message=line, author=transcript.CUSTOMER)
        return line

    def show(self, kind: str, **body: Any) -> None:  # noqa: ANN401 JSON
        """Tell the console that something about this conversation changed; written when the turn is carried out."""
        self._shown.append((kind, {"conversation": self.conversation.id, **body}))

    def shows_only(self, kind: str) -> bool:
        """Return whether this kind of thing, and nothing else that the card shows, has changed in the turn so far."""
        return {one for one, _ in self._shown} & ON_THE_CARD == {kind}

    def topic(self) -> Topic | None:
        """Return the conversation's topic, or None while it has none."""
        return topics.of(self.conn, self.conversation.id) if self.house.groups else None

    def carry(self, sayings: Iterable[Saying]) -> list[int]:
        """Keep the transcript, put what is to be said into the outbox, in this order, and tell the screens.

        Every turn ends with this, also one that says nothing.

        Returns:
            The outbox ids.
        """
        made: list[int] = []
        for saying in sayings:
            if saying.desk:
                made += self._to_desk(saying)
            elif saying.place is not None:
                made += self._put(saying, saying.place, None, topic_at(self.conn, saying))
            else:
                made += self._to_customer(saying)
        if any(kind in ON_THE_CARD for kind, _ in self._shown):
            for saying in self.house.keep_current(self):
                made += self._to_desk(saying)
        events.append_all(self.conn, events.DESK, self._shown, self.now)
        self._shown.clear()
        return made

    def _to_desk(self, saying: Saying) -> list[int]:
        topic = self.topic()
        if topic is None:
            return []
        group = Place(topic.place.channel, topic.place.chat)
        made = self._put(saying, group, self._carried(saying), topic)
        if saying.outgoing.act is not Act.SAY or outbox.CARD not in saying.outgoing.body:
            return made
        topics.change(self.conn, topic.id, card_id=made[-1], card_shown="")
        return made + self._put(Saying(Outgoing(Act.PIN), author=outbox.SYSTEM, target=made[-1]), group, None, topic)

    def _carried(self, saying: Saying) -> int | None:
        return self._last_line if saying.mirrors else saying.line

    def _to_customer(self, saying: Saying) -> list[int]:
        line = self._carried(saying)
        if saying.content is not None:
            author = transcript.OPERATOR if saying.author == outbox.OPERATOR else transcript.BOT
            buttons = saying.outgoing.body.get("buttons")
            line = transcript.add(
                self.conn,
                self.conversation.id,
                author,
                saying.content,
                self.now,
                ticket=self.ticket.id if self.ticket else None,
                staff=saying.staff.id if saying.staff else None,
                source=saying.source,
                details={"buttons": buttons} if buttons else None,
            )
            self._last_line = line
            self.show("message", message=line, author=author)
        return self._put(self._written_out(saying), self.conversation.place, line)

    def _written_out(self, saying: Saying) -> Saying:
        """Return a saying with its buttons as numbered lines, where the channel has none; what they mean is kept.

        In the middle of a form the numbers are the form's, so that there only the words of the buttons are offered.
        """
        body, place = saying.outgoing.body, self.conversation.place
        buttons = [one for row in rows_from_json(body.get("buttons", [])) for one in row]
        if not buttons or self.house.can(place.channel).buttons or saying.outgoing.act is not Act.SAY:
            return saying
        offer = numbered.written_out(self.flow, buttons)
        self.wait_for(**{**self.flow, numbered.OFFERS: offer.meant})
        lines = [rich(line) for line in offer.lines]
        by_number = offer.lines and not offer.words and any(button.action for button in buttons)
        lines += [rich(self.texts("form.by_number"))] if by_number else []
        lines += [rich(self.texts("form.by_word", words=" · ".join(offer.words)))] if offer.words else []
        text = join([RichText.from_dict(body["text"]), *lines])
        kept = {key: value for key, value in body.items() if key != "buttons"}
        return replace(saying, outgoing=Outgoing(Act.SAY, {**kept, "text": text.to_dict()}))

    def _put(self, saying: Saying, place: Place, line: int | None, topic: Topic | None = None) -> list[int]:
        """Put one saying into the outbox, a long text as several messages with the buttons below the last."""
        postings = [
            Posting(
                place,
                part,
                saying.author,
                topic,
                self.conversation.id,
                line,
                saying.target,
                quote=None if number else saying.quote,
                expires=self.now + LIVES[part.act] if part.act in LIVES else None,
                not_before=self.now + saying.hold,
            )
            for number, part in enumerate(parts(saying.outgoing, self.house.can(place.channel)))
        ]
        return outbox.put(self.conn, postings, self.now)


def topic_at(conn: Connection, saying: Saying) -> Topic | None:
    """Return the topic that words for staff belong into; None for a private chat and for the General topic."""
    if saying.place is None or not saying.place.thread or saying.outgoing.act is not Act.SAY:
        return None
    return topics.at(conn, saying.place)


def parts(outgoing: Outgoing, can: Capabilities) -> list[Outgoing]:
    """Return one thing to be done as several where it is too long: first the quote, last the buttons."""
    if outgoing.act is not Act.SAY:
        return [outgoing]
    pieces = split(RichText.from_dict(outgoing.body["text"]), can.max_text)
    if len(pieces) <= 1:
        return [outgoing]
    first = {key: value for key, value in outgoing.body.items() if key not in AT_THE_END}
    bare = {key: value for key, value in first.items() if key != "reply_to"}
    last = {key: value for key, value in outgoing.body.items() if key != "reply_to"}
    bodies = [first, *[bare] * (len(pieces) - 2), last]
    return [Outgoing(Act.SAY, {**body, "text": piece.to_dict()}) for body, piece in zip(bodies, pieces, strict=True)]
