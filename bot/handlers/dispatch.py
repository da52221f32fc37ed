"""The front door: whatever anyone says, on any channel, comes through here, one conversation at a time.

It takes rows from the inbox, asks the FAQ before the turn begins (so that no turn waits for the encoder), and makes one
turn, one transaction, of each. A handler that fails loses nothing: its turn is rolled back, then the conversation goes
to the operators with a mark, and the customer is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.domain.conversation import Edited, Happened, Happening, Incoming, Place, Pressed, Reacted, Said, Sought, Where
from bot.domain.people import Staff
from bot.handlers import (
    arriving,
    by_number,
    changes,
    customer,
    faq_files,
    groups,
    in_a_row,
    inline,
    kept_here,
    marks,
    operator,
    private,
    relay,
    rooms,
    together,
    topic,
    undelivered,
)
from bot.handlers.commands import named
from bot.handlers.house import House
from bot.handlers.in_a_row import MOST, Heard, Joins, Waiting
from bot.handlers.lanes import TROUBLE_WAIT, Lane, Lanes
from bot.handlers.private import Desk
from bot.handlers.question import Asked
from bot.handlers.together import AlreadyHandled, is_staff
from bot.handlers.turn import Sayings, Turn, answer_press, parts, say_at, tell_desk, topic_at
from bot.handoff import staff as people
from bot.handoff.ticket import Reason
from bot.messaging import conversations, inbox, outbox, topics
from bot.messaging.bell import Bell
from bot.messaging.inbox import Received

log = structlog.get_logger()
AT_ONCE = 16
"""Conversations in work at the same time."""
PATIENCE = 0.5
LOOKED_BEHIND = 30
"""Messages behind one in a topic among which are those that say that it stays here: three albums and some words."""


@dataclass(slots=True)
class FrontDoor:
    """Takes what came in, lane by lane.

    Attributes:
        house: whose door it is.
        wait: how another message of the same customer is waited for.
        handled: rows so far.
    """

    house: House
    wait: Waiting = Bell.wait
    handled: int = 0
    _lanes: Lanes = field(init=False)
    _stopping: bool = False
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def __post_init__(self) -> None:
        """Begin with nothing in memory."""
        self._lanes = Lanes(self.house)

    async def run(self) -> None:
        """Work until told to stop; turns that have begun are finished."""
        heard = 0
        await self.house.knowledge_base.ready.wait()
        async with asyncio.TaskGroup() as working:
            while not self._stopping:
                for row in await self._lanes.fetch():
                    lane = self._lanes.place(row)
                    if lane is not None:
                        working.create_task(self._work(lane), name=f"lane {lane.name}")
                heard = await self.house.inbox_bell.wait(heard, PATIENCE)

    def stop(self) -> None:
        """Begin nothing more; what waits for another message stays in the inbox."""
        self._stopping = True
        self.house.inbox_bell.ring()
        self._lanes.ring()

    async def _work(self, lane: Lane) -> None:
        """Take the rows of one lane in order."""
        while lane.rows and not self._stopping:
            async with self._room:
                group = [await self._heard(lane.rows.popleft())]
                if group[0].joins is not Joins.HELD:
                    await self._take(group)
            still_open = group[0].joins is Joins.NOT or await self._gathered(lane, group)
            if group[0].joins is Joins.HELD:
                if not still_open:
                    break
                async with self._room:
                    await self._take(group)
            elif len(group) > 1:
                async with self._room:
                    await together.answer_beside(self.house, group)
            self.handled += len(group)
            self._lanes.forget(lane, [one.row for one in group])
        self._lanes.leave(lane)

    async def _gathered(self, lane: Lane, group: list[Heard]) -> bool:
        """Add to a message what its author types right behind it; return False when the door closes meanwhile.

        One that has a sure answer ends the group, so that it is not made to wait. What waits here has no place among
        those in work. Who waits for people is passed on to them line by line.
        """
        first = group[0].joins
        while group[-1].joins is first and len(group) < MOST and not self._stopping:
            if not await in_a_row.goes_on(self.house, lane, group, self.wait):
                break
            async with self._room:
                group.append(await self._heard(lane.rows.popleft()))
                if first is Joins.PASSED_ON:
                    await self._take(group[-1:])
        return not self._stopping

    async def _heard(self, row: Received) -> Heard:
        """Read a row and ask the FAQ; a fault is kept for the turn, a database in trouble is waited for."""
        house = self.house
        incoming: Incoming | None = None
        while True:
            try:
                incoming = await faq_files.fetched(house, house.readers[row.channel](row.payload))
                asked = await in_a_row.asked_of(house, incoming)
                joins = await in_a_row.joins(house, incoming, asked, house.clock())
                return Heard(row, incoming, asked, joins)
            except (OperationalError, InterfaceError):
                log.exception("turn_waits_for_database", inbox=row.id)
                await asyncio.sleep(TROUBLE_WAIT)
            except Exception as error:
                log.exception("turn_failed", inbox=row.id, error=type(error).__name__)
                return Heard(row, incoming, Asked(None, house.knowledge_base.snapshot), fault=type(error).__name__)

    async def _take(self, group: Sequence[Heard]) -> None:
        """Make a turn of one row or several; while the database is locked or full they keep their place."""
        while True:
            try:
                if await self._together(group):
                    return
                for one in group:
                    await self._turn(one)
            except (OperationalError, InterfaceError):
                log.exception("turn_waits_for_database", inbox=group[0].row.id)
                await asyncio.sleep(TROUBLE_WAIT)
                continue
            return

    async def _together(self, group: Sequence[Heard]) -> bool:
        """Make one turn of several rows; return False when each must have its own."""
        if len(group) == 1 or any(one.fault for one in group):
            return False
        house, now = self.house, self.house.clock()
        try:
            asks = await in_a_row.question_of(house, group)
            return await house.change(lambda conn: together.in_one_turn(house, conn, group, asks, now))
        except (OperationalError, InterfaceError):
            raise
        except AlreadyHandled:
            return False
        except Exception as error:
            log.exception("turn_failed", inbox=group[0].row.id, rows=len(group), error=type(error).__name__)
            return False

    async def _turn(self, heard: Heard) -> None:
        house, now, row = self.house, self.house.clock(), heard.row
        try:
            if heard.fault:
                await self._after_fault(row, heard.incoming, heard.fault, now)
            else:
                await house.change(lambda conn: _make_turn(house, conn, row, heard.incoming, heard.asked, now))
        except AlreadyHandled:
            return
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("turn_failed", inbox=row.id, error=type(error).__name__)
            with contextlib.suppress(AlreadyHandled):
                await self._after_fault(row, heard.incoming, type(error).__name__, now)

    async def _after_fault(self, row: Received, incoming: Incoming | None, error: str, now: datetime) -> None:
        """Hand the conversation to people, in a second transaction.

        If that fails as well, the message itself may be why: it is left out. At the very last the row is marked failed.
        """
        house = self.house
        for shown in (True, False):
            try:
                await house.change(lambda conn: _hand_over_fault(house, conn, row, incoming, error, now, shown=shown))  # noqa: B023 awaited here
            except (AlreadyHandled, OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("fault_not_handed_over", inbox=row.id, shown=shown)
            else:
                return
        await house.change(lambda conn: inbox.settle(conn, row.id, now, error))


def _make_turn(
    house: House, conn: Connection, row: Received, incoming: Incoming | None, asked: Asked, now: datetime
) -> None:
    if not inbox.settle(conn, row.id, now):
        raise AlreadyHandled
    if incoming is None:
        return
    if isinstance(incoming, Sought):
        inline.answer(house, conn, incoming, asked, now)
    elif incoming.where is Where.PRIVATE:
        _private(house, conn, incoming, asked, now)
    elif incoming.where is Where.GROUP:
        _group(house, conn, incoming, now, asked, row)


def _private(house: House, conn: Connection, incoming: Incoming, asked: Asked, now: datetime) -> None:
    """Somebody in a private chat: staff with a command of theirs, else a customer."""
    if isinstance(incoming, Reacted):
        _reacted(house, conn, incoming, now)
        return
    person = people.by_telegram(conn, incoming.author.id) if house.can(incoming.place.channel).topics else None
    if person is not None:
        person = people.known_as(conn, person, incoming.author.name)
        at = Desk(house, conn, now, person, incoming.place, asked)
        sayings = rooms.spoken(at, incoming)
        if sayings is not None:
            _put(house, conn, sayings, now)
            return
    language = house.catalogues.closest(incoming.author.language)
    conversation, new = conversations.meet(conn, incoming.place, incoming.author, language, now)
    turn = Turn(house, conn, now, conversation)
    turn.carry(_customer(turn, incoming, asked, new=new))


def _reacted(house: House, conn: Connection, reacted: Reacted, now: datetime) -> None:
    """A customer put an emoji on something; it makes no customer of anybody."""
    conversation = conversations.find(conn, reacted.place)
    if conversation is not None and not conversation.banned:
        turn = Turn(house, conn, now, conversation)
        turn.carry(marks.by_customer(turn, reacted))


def _customer(turn: Turn, incoming: Incoming, asked: Asked, *, new: bool) -> Sayings:
    match incoming:
        case Happened():
            return customer.blocked(turn, blocked=incoming.what is Happening.BLOCKED)
        case Edited():
            return changes.edited_by_customer(turn, incoming)
        case Said():
            return [*customer.blocked(turn, blocked=False), *customer.said(turn, incoming, asked, new=new)]
        case Pressed():
            return [*customer.blocked(turn, blocked=False), *customer.pressed(turn, incoming)]
    return []


def _group(
    house: House,
    conn: Connection,
    incoming: Incoming,
    now: datetime,
    asked: Asked | None = None,
    row: Received | None = None,
) -> None:
    """Something in a group: only the operators' own ones matter."""
    if isinstance(incoming, Happened) and incoming.what is Happening.GROUP_MOVED:
        outbox.move_chat(conn, incoming.place.channel, incoming.place.chat, incoming.detail)
        topics.move(conn, incoming.place.channel, incoming.place.chat, incoming.detail)
        return
    moved = topics.moved(conn, incoming.place.channel)
    ours = {Place(group.channel, moved.get(group.chat, group.chat)) for group in house.groups}
    if Place(incoming.place.channel, incoming.place.chat) not in ours:
        return
    if isinstance(incoming, Happened) and _of_the_bot(house, conn, incoming, now):
        return
    person = None if incoming.author.anonymous else people.by_telegram(conn, incoming.author.id)
    if isinstance(incoming, Reacted):
        marks.by_staff(house, conn, incoming, person, now)
        return
    found = topics.at(conn, incoming.place) if incoming.place.thread else None
    conversation = conversations.get(conn, found.conversation_id, lock=True) if found else None
    if person is not None:  # behind the conversation: who gives a chat to somebody takes both in this order
        person = people.known_as(conn, person, incoming.author.name)
    if found is None:
        _general(house, conn, incoming, person, now)
    elif conversation is not None:
        turn = Turn(house, conn, now, conversation)
        if person is not None and isinstance(incoming, Said) and not isinstance(incoming, Edited):
            kept_here.foresee(turn, person, incoming, _behind(house, conn, row))
        turn.carry(_topic(turn, incoming, person, asked))


def _behind(house: House, conn: Connection, row: Received | None) -> Iterator[Incoming]:
    """Return what waits behind a row in its lane and can be read."""
    for payload in inbox.behind(conn, row, LOOKED_BEHIND) if row else ():
        with contextlib.suppress(Exception):  # its own turn says what is wrong with it
            incoming = house.readers[row.channel](payload) if row else None
            if incoming is not None:
                yield incoming


def _of_the_bot(house: House, conn: Connection, happened: Happened, now: datetime) -> bool:
    """Take it that the bot was put out of a group, or got other rights there; return whether it was that."""
    chat = happened.place.chat
    if happened.what is Happening.BOT_REMOVED:
        why = f"the bot was removed from the operators' group {chat}"
        groups.refuses(house, conn, groups.REMOVED, chat, why, now)
    elif happened.what is Happening.RIGHTS_CHANGED:
        if not happened.detail:
            why = f"the bot may not manage topics in the operators' group {chat}"
            groups.refuses(house, conn, groups.RIGHTS, chat, why, now)
        undelivered.let_in(house, conn, chat, now, topics_too=bool(happened.detail))
    else:
        return False
    return True


def _topic(turn: Turn, incoming: Incoming, person: Staff | None, asked: Asked | None) -> Sayings:
    """Something in a topic of ours."""
    match incoming:
        case Happened():
            return topic.by_hand(turn, person, incoming.what)
        case Pressed():
            if person is None:
                text = turn.desk_texts("desk.not_listed", id=incoming.author.id)
                return [answer_press(incoming.place, incoming.press, text)]
            return topic.pressed(turn, person, incoming)
        case Edited():
            return changes.edited_by_staff(turn, person, incoming) if person else []
        case Said():
            return topic.written(turn, person, incoming, asked) if person else topic.stranger(incoming, turn)
    return []


def _general(house: House, conn: Connection, incoming: Incoming, person: Staff | None, now: datetime) -> None:
    """Something outside our topics: text goes to nobody, commands are answered."""
    if isinstance(incoming, Pressed):
        _put(house, conn, [answer_press(incoming.place, incoming.press)], now)
    if not isinstance(incoming, Said) or isinstance(incoming, Edited) or person is None:
        return
    if not incoming.content.text.text.startswith("/"):
        return
    at = Desk(house, conn, now, person, incoming.place)
    name, _ = named(incoming.content.text.text)
    told = by_number.command(at, incoming) or private.command(at, incoming) or [arriving.unknown(at, name)]
    _put(house, conn, told, now)


def _put(house: House, conn: Connection, sayings: Sayings, now: datetime) -> None:
    """Put into the outbox what belongs to no conversation, a long text as several messages."""
    turnless = [
        outbox.Posting(saying.place, part, saying.author, topic_at(conn, saying))
        for saying in sayings
        if saying.place
        for part in parts(saying.outgoing, house.can(saying.place.channel))
    ]
    outbox.put(conn, turnless, now)


def _hand_over_fault(
    house: House, conn: Connection, row: Received, incoming: Incoming | None, error: str, now: datetime, *, shown: bool
) -> None:
    """Settle a row whose turn failed: a customer comes to people, staff are told that it did not work."""
    if not inbox.settle(conn, row.id, now, error):
        raise AlreadyHandled
    if incoming is None or isinstance(incoming, Sought | Happened | Reacted):
        return
    if incoming.where is not Where.PRIVATE or is_staff(house, conn, incoming):
        text = house.texts(house.catalogues.default)("fault.staff")
        _put(house, conn, [say_at(incoming.place, text)], now)
        return
    language = house.catalogues.closest(incoming.author.language)
    conversation, _ = conversations.meet(conn, incoming.place, incoming.author, language, now)
    turn = Turn(house, conn, now, conversation)
    if isinstance(incoming, Said) and shown:
        line = turn.hear(incoming.content, (incoming.place.chat, incoming.message))
        turn.carry([*operator.hand_over(turn, Reason.FAULT), *relay.desk_copy(turn, incoming, line)])
        return
    turn.carry([*operator.hand_over(turn, Reason.FAULT), tell_desk(turn.desk_texts("desk.unreadable"))])
