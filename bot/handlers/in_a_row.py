"""What a customer types in a row is one question: "hi", "I have a question", "what does delivery cost" get one answer.

A text that has a sure answer gets it at once. Any other one of somebody whom nobody attends to waits a moment for the
next one; what came meanwhile is asked as a whole, and answered in one turn. Nothing is kept for it but what stands in
the inbox: whoever is killed here finds the rows there again.

Who waits for people is read by them line by line, at once; what the lines ask together is asked when they pause. Killed
here, only that is lost: the lines are with the people, for whom the customer waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from bot.domain.conversation import Edited, Incoming, Said, Sought, Where
from bot.domain.message import ContentKind, RichText, join
from bot.faq.smalltalk import Kind, kind_of
from bot.handlers import faq_tryout, feedback, filling, merged, my_orders, question, reporting, topic, waiting
from bot.handlers.house import House
from bot.handlers.lanes import Lane
from bot.handlers.question import Asked
from bot.handlers.turn import Turn
from bot.handoff import staff as people
from bot.handoff.ticket import State
from bot.messaging import conversations
from bot.messaging.bell import Bell
from bot.messaging.inbox import Received

QUIET, LONGEST = timedelta(seconds=1.5), timedelta(seconds=5)
"""How long another message is waited for after each, and after the first of them at most."""
MOST = 20
"""Messages of one turn; as many as one may send in a minute before slow mode begins."""
Waiting = Callable[[Bell, int, float], Awaitable[int]]
"""Waits until a bell has rung more often than that, or for so many seconds."""
BY_WEIGHT = (
    Kind.HUMAN,
    Kind.SWEARING,
    Kind.UNHELPED,
    Kind.NUMBER,
    Kind.ROBOT,
    Kind.HELP,
    Kind.GOODBYE,
    Kind.THANKS,
    Kind.GREETING,
    Kind.CONFIRMING,
    Kind.EMOJI,
    Kind.EMPTY,
)
"""Which small talk is answered where several kinds came and nothing was asked."""


class Joins(Enum):
    """How a message belongs to what its author types behind it.

    NOT: it has a turn of its own, and nothing is waited for. HELD: it waits for the next one. PASSED_ON: it has its
    turn at once, because its author waits for people; what it asks together with the next one is asked after that.
    """

    NOT = "not"
    HELD = "held"
    PASSED_ON = "passed on"


@dataclass(frozen=True, slots=True)
class Heard:
    """A row of the inbox, read, and asked of the FAQ.

    Attributes:
        row: where it stands.
        incoming: what it says; None for nothing that concerns us, or when it could not be read.
        asked: what the base made of it.
        joins: whether it may be the first or another one of several in a row.
        fault: what reading or asking failed with, empty when it did not.
    """

    row: Received
    incoming: Incoming | None
    asked: Asked
    joins: Joins = Joins.NOT
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What several messages in a row ask.

    Attributes:
        text: the words that it stands for.
        asked: what the base made of them.
    """

    text: RichText
    asked: Asked


async def asked_of(house: House, incoming: Incoming | None) -> Asked:
    """Ask the FAQ before the turn for what a customer may want to know or an operator looks for; a report likewise."""
    knowledge_base = house.knowledge_base
    nothing = Asked(None, knowledge_base.snapshot)
    if isinstance(incoming, Sought):
        known = await house.database.read(lambda conn: people.by_telegram(conn, incoming.author.id))
        words = incoming.words if known else ""
        return Asked(*await knowledge_base.match(words)) if words else nothing
    if not isinstance(incoming, Said) or isinstance(incoming, Edited):
        return nothing
    if incoming.where is Where.GROUP:
        words = topic.asks_for(incoming.content.text.text)
        return Asked(*await knowledge_base.match(words)) if words else nothing
    tried = faq_tryout.asks_for(incoming.content.text.text) if _private_text(incoming) else ""
    if not tried and not plain(incoming):
        counted = await reporting.asked_for(house, incoming)
        return replace(nothing, counted=counted) if counted else nothing
    language = house.catalogues.closest(incoming.author.language)
    return Asked(*await knowledge_base.match(tried or incoming.content.text.text, language))


def plain(incoming: Incoming | None) -> bool:
    """Return whether something is a text of a private chat, no command and no change of an earlier one."""
    if not isinstance(incoming, Said) or isinstance(incoming, Edited):
        return False
    text = incoming.content.text.text
    return _private_text(incoming) and bool(text) and not text.startswith("/")


def _private_text(said: Said) -> bool:
    return said.where is Where.PRIVATE and said.content.kind is ContentKind.TEXT


async def joins(house: House, incoming: Incoming | None, asked: Asked, now: datetime) -> Joins:
    """Return whether a message may be one of several in a row: nothing sure is to be said to it by itself."""
    if not isinstance(incoming, Said) or not plain(incoming) or asked.match is None:
        return Joins.NOT
    kind = kind_of(incoming.content.text.text, house.catalogues.closest(incoming.author.language))
    if kind is Kind.HUMAN or question.surely_answered(asked, kind) or my_orders.number_asked(incoming, house):
        return Joins.NOT
    return await house.database.read(lambda conn: _joins(house, conn, incoming, kind, now))


def _joins(house: House, conn: Connection, said: Said, kind: Kind, now: datetime) -> Joins:
    if house.can(said.place.channel).topics and people.by_telegram(conn, said.author.id) is not None:
        return Joins.NOT
    conversation = conversations.find(conn, said.place)
    if conversation is None:
        return Joins.HELD
    turn = Turn(house, conn, now, conversation)
    if free(turn):
        return Joins.HELD if question.offered_lately(turn, kind) is None else Joins.NOT
    return Joins.PASSED_ON if kind is Kind.QUESTION and waits_for_people(turn) else Joins.NOT


def free(turn: Turn) -> bool:
    """Return whether the bot alone attends to a customer, and has asked them for nothing."""
    return turn.ticket is None and _unasked(turn) and not merged.elsewhere(turn)


def waits_for_people(turn: Turn) -> bool:
    """Return whether a customer waits in the queue, where the bot still says what it is sure of."""
    return turn.ticket is not None and turn.ticket.state is State.WAITING and _unasked(turn)


def _unasked(turn: Turn) -> bool:
    who = turn.conversation
    if who.banned or who.slowed_at is not None or turn.flow.get(waiting.CONTACT):
        return False
    return not feedback.awaits_word(turn) and not my_orders.awaits_answer(turn) and filling.filling(turn) is None


async def goes_on(house: House, lane: Lane, group: Sequence[Heard], wait: Waiting) -> bool:
    """Wait until a customer has paused; return whether the next row of the lane belongs to those before it.

    What came in while nobody worked is not waited for again: the times are those of the inbox.
    """
    until = min(group[-1].row.received_at + QUIET, group[0].row.received_at + LONGEST)
    left = min(until - house.clock(), QUIET).total_seconds()
    if not lane.rows and left > 0:
        await wait(lane.bell, lane.bell.rings, left)
    if not lane.rows or lane.rows[0].received_at > until:
        return False
    row = lane.rows[0]
    try:
        return plain(house.readers[row.channel](row.payload))
    except Exception:  # noqa: BLE001 what cannot be read has a turn of its own, which tells of it
        return False


async def question_of(house: House, group: Sequence[Heard]) -> Question:
    """Return what messages in a row ask as a whole; where one of them is surer of an answer, what that one asks."""
    said = [one.incoming for one in group if isinstance(one.incoming, Said)]
    language = house.catalogues.closest(said[-1].author.language)
    kinds = [_kind(one.content.text.text, heard.asked, language) for one, heard in zip(said, group, strict=True)]
    asking = [number for number, kind in enumerate(kinds) if kind is Kind.QUESTION]
    if Kind.HUMAN in kinds or not asking:
        weighty = min(range(len(said)), key=lambda number: (_weight(kinds[number]), -number))
        return Question(said[weighty].content.text, group[weighty].asked)
    if len(asking) == 1 and Kind.NUMBER not in kinds:
        return Question(said[asking[0]].content.text, group[asking[0]].asked)
    kept = [one.content.text for one, kind in zip(said, kinds, strict=True) if kind in {Kind.QUESTION, Kind.NUMBER}]
    whole = join(kept)
    match, snapshot = await house.knowledge_base.match(whole.text, language)
    lines = [(said[number].content.text, group[number].asked) for number in asking]
    return _surest(Question(whole, Asked(match, snapshot)), lines)


def _kind(text: str, asked: Asked, language: str) -> Kind:
    """Return what a message is; small talk that the owner wrote an entry for is a question."""
    kind = kind_of(text, language)
    return Kind.QUESTION if question.surely_answered(asked, kind) else kind


def _weight(kind: Kind) -> int:
    return BY_WEIGHT.index(kind) if kind in BY_WEIGHT else len(BY_WEIGHT)


def _surest(whole: Question, lines: Sequence[tuple[RichText, Asked]]) -> Question:
    """Return the whole, or what one of its lines has where that is surer; none of the lines is passed over then."""
    if whole.asked.match is None or any(asked.match is None for _, asked in lines):
        return whole
    from bot.faq import parts
    from bot.faq.matcher import Part

    each = [Part(text.text, asked.match) for text, asked in lines if asked.match is not None]
    return Question(whole.text, Asked(parts.of_lines(whole.asked.match, each), whole.asked.snapshot))
