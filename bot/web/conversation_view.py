"""One conversation as the console shows it: what was said, notes between, how each delivery went, and who it is.

Olga opens Anna's conversation: the bot's answer with its confidence, Anna's question, a colleague's note with its lock,
her own answer marked "sent" or "not delivered: the customer has blocked the bot".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.people import Staff
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handlers import desk, draft_view, order_sheet, order_words
from bot.handlers.desk import Hand
from bot.handlers.draft_view import DraftView
from bot.handlers.house import House
from bot.handlers.order_sheet import Piece
from bot.handlers.turn import Turn
from bot.handoff import queue, shifts, staff
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations, transcript
from bot.messaging.conversations import Conversation
from bot.orders import store as orders
from bot.orders.store import Order
from bot.quality import csat
from bot.quality.csat import Score
from bot.storage.files import Files
from bot.web.bubbles import Bubble, bubbles_of, closed_of, joined_in
from bot.web.list_view import tone

LINES = 100
"""Lines of the transcript shown at first; older ones are a link away."""
EARLIER = 5
PIECES = 3
"""Closed tickets named beside the conversation."""


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with all that stands around it.

    Attributes:
        conversation: who and where.
        ticket: the open one, None when the bot answers.
        owner: the name of who has it.
        tone: as in the list; `bot` without an open ticket.
        mine: I have it.
        may_end: I may close it, pass it on, or ban its customer: no colleague has it, or I am a manager.
        bubbles: oldest first.
        older: the id before which there is more, None when all is shown.
        colleagues: to whom it can be passed on.
        earlier: closed tickets, the newest first.
        scores: what the customer gave them, by ticket.
        orders: of this customer, the newest first, each with how it stands in words.
        briefs: by an order's id, what `order_sheet.brief` says of it.
        draft: the form that the customer is in the middle of, None for none.
        tried: what the bot made of the last questions, the newest first.
        joined: closed tickets of other chats that go on in this one's, the newest first.
        gone_on: the open ticket of another chat in which this one's goes on, None when it goes on in none.
        gone: keys of files among the bubbles that are no longer kept.
    """

    conversation: Conversation
    ticket: Ticket | None
    owner: str
    tone: str
    mine: bool
    may_end: bool
    bubbles: Sequence[Bubble]
    older: int | None
    colleagues: Sequence[Staff]
    earlier: Sequence[Ticket]
    scores: Mapping[int, Score]
    orders: Sequence[tuple[Order, str]]
    briefs: Mapping[int, tuple[Sequence[Piece], int, str]]
    draft: DraftView | None
    tried: Sequence[Logged]
    joined: Sequence[Ticket] = ()
    gone_on: Ticket | None = None
    gone: frozenset[str] = frozenset()

    def looked_up(self, files: Files) -> ConversationView:
        """Return this with a look at the disk, which files of it are no longer kept."""
        keys = {one.attached.key for one in self.bubbles if one.attached and one.attached.key}
        return replace(self, gone=frozenset(key for key in keys if files.path(key) is None)) if keys else self

    @property
    def since(self) -> datetime | None:
        """From when the customer waits for a person, None when they do not."""
        if self.ticket is None:
            return None
        return self.ticket.opened_at if self.ticket.state is State.WAITING else self.ticket.customer_wrote_at

    @property
    def may_answer(self) -> bool:
        """Whether what I write goes out: the chat is mine, or nobody's yet."""
        return self.ticket is not None and (self.mine or self.ticket.state is State.WAITING)

    @property
    def may_reopen(self) -> bool:
        """Whether a ticket can begin again here: there was one, it goes on in no other chat, and nobody is banned."""
        return self.ticket is None and bool(self.earlier) and self.gone_on is None and not self.conversation.banned

    @property
    def why_not(self) -> str:
        """The word for why only notes can be written: taken, banned, merged, closed or bot."""
        if self.ticket is not None:
            return "taken"
        if self.conversation.banned:
            return "banned"
        if self.gone_on is not None:
            return "merged"
        return "closed" if self.earlier else "bot"


def conversation_view(
    house: House, conn: Connection, key: int, me: Staff, before: int | None = None
) -> ConversationView | None:
    """Return a conversation, or None when there is none with this id.

    Args:
        house: the house.
        conn: a connection.
        key: our id.
        me: who looks.
        before: only lines with a lower id, for reading further back.
    """
    conversation = conversations.get(conn, key)
    if conversation is None:
        return None
    turn, names = Turn(house, conn, house.clock(), conversation), staff.names(conn)
    ticket, texts = turn.ticket, house.texts(me.language)
    lines = transcript.last(conn, key, LINES + 1, before)
    until = transcript.of_conversation(conn, key, before) if before else None
    older = lines[1].id if len(lines) > LINES else None
    theirs = orders.of_customer(conn, key, 5)
    present = shifts.present(staff.everybody(conn), house.rules.shifts, turn.now)
    return ConversationView(
        conversation=conversation,
        ticket=ticket,
        owner=names.get(ticket.staff_id or 0, "") if ticket else "",
        tone=tone(ticket, me) if ticket else "bot",
        mine=ticket is not None and ticket.staff_id == me.id,
        may_end=desk.not_yours(Hand(turn, me), ticket) is None,
        bubbles=bubbles_of(turn, me, lines[-LINES:], names, until.at if until else None),
        older=older,
        colleagues=[one for one in present if one.id not in {me.id, ticket.staff_id if ticket else 0}],
        earlier=closed_of(conn, key, EARLIER),
        scores={one.ticket_id: one for one in csat.of_conversation(conn, key)},
        orders=[(one, order_words.for_staff(house, texts, one)) for one in theirs],
        briefs={one.id: order_sheet.brief(house, one, texts.language, PIECES) for one in theirs},
        draft=draft_view.of(turn, me.language),
        tried=unanswered.lately(conn, key, 3),
        joined=joined_in(conn, key, EARLIER),
        gone_on=queue.goes_on_in(conn, turn.closed_ticket),
    )
