"""The front door: whatever anyone says, on any channel, comes through here, one conversation at a time.

It takes rows from the inbox, asks the FAQ before the turn begins (so that no turn waits for the encoder), and makes one
turn, one transaction, of each. A handler that fails loses nothing: its turn is rolled back, then the conversation goes
to the operators with a mark, and the customer is told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from bot.domain.conversation import Edited, Happened, Happening, Incoming, Place, Pressed, Said, Where
from bot.domain.message import ContentKind
from bot.domain.people import Role, Staff
from bot.domain.ports import Act, Outgoing
from bot.handlers import admin, customer, faq_files, groups, menus, operator, private, topic, undelivered
from bot.handlers.house import House
from bot.handlers.private import Desk
from bot.handlers.question import Asked
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, say_at, tell_desk, topic_at
from bot.handoff import staff as people
from bot.handoff.ticket import Reason
from bot.messaging import conversations, inbox, outbox, topics
from bot.messaging.inbox import Received

log = structlog.get_logger()
AT_ONCE = 16
"""Conversations in work at the same time."""
HELD, HELD_OF_LANE = 500, 50
"""Rows in memory, in all and of one lane; the rest waits in the database."""
LOOKS = 4
"""In one look: as often the lanes that have their share are left out, and it is looked who stands behind them."""
ROOM_WORTH_A_LOOK = HELD // 4
"""Free places below which no look is made: one look then serves many rows."""
PATIENCE = 0.5
TROUBLE_WAIT = 1.0


class AlreadyHandled(Exception):
    """The row was handled by somebody else: nothing of this turn may stay."""


@dataclass(slots=True)
class FrontDoor:
    """Takes what came in, lane by lane."""

    house: House
    handled: int = 0
    _lanes: dict[str, deque[Received]] = field(default_factory=dict)
    _held: set[int] = field(default_factory=set)
    _more: bool = False
    _stopping: bool = False
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def run(self) -> None:
        """Work until told to stop; turns that have begun are finished."""
        heard = 0
        await self.house.knowledge_base.ready.wait()
        async with asyncio.TaskGroup() as lanes:
            while not self._stopping:
                for row in await self._fetch():
                    self._place(row, lanes)
                heard = await self.house.inbox_bell.wait(heard, PATIENCE)

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping = True
        self.house.inbox_bell.ring()

    async def _fetch(self) -> list[Received]:
        if len(self._held) > HELD - ROOM_WORTH_A_LOOK:
            self._more = True
            return []
        try:
            return await self.house.database.read(self._look)
        except (OperationalError, InterfaceError):
            log.exception("inbox_not_readable")
            await asyncio.sleep(TROUBLE_WAIT)
            return []

    def _look(self, conn: Connection) -> list[Received]:
        """Return rows that are not in memory yet, a share for each lane; lanes work on meanwhile.

        Every look begins with the oldest row, because a lower id may be committed after a higher one.
        """
        known, room = set(self._held), HELD - len(self._held)
        taken = {lane: len(rows) for lane, rows in list(self._lanes.items())}
        full = {lane for lane, count in taken.items() if count >= HELD_OF_LANE}
        unseen, chosen = bool(full), list[int]()
        for _ in range(LOOKS):
            seen = inbox.look(conn, self.house.readers, room + len(known), full)
            met = len(full)
            for key, lane in seen:
                if key in known:
                    continue
                if len(chosen) == room or taken.get(lane, 0) >= HELD_OF_LANE:
                    unseen = True
                    full.add(lane)
                    continue
                taken[lane] = taken.get(lane, 0) + 1
                chosen.append(key)
                known.add(key)
            if len(full) == met or len(chosen) == room:
                break
        self._more = unseen or len(chosen) == room
        return inbox.load(conn, sorted(chosen))

    def _place(self, row: Received, lanes: asyncio.TaskGroup) -> None:
        self._held.add(row.id)
        if row.lane in self._lanes:
            self._lanes[row.lane].append(row)
        else:
            self._lanes[row.lane] = deque([row])
            lanes.create_task(self._work(row.lane), name=f"lane {row.lane}")

    async def _work(self, lane: str) -> None:
        """Take the rows of one lane in order."""
        waiting = self._lanes[lane]
        while waiting and not self._stopping:
            row = waiting.popleft()
            async with self._room:
                await self._take(row)
            self._held.discard(row.id)
            self.handled += 1
            if self._more and (not waiting or len(self._held) <= HELD - ROOM_WORTH_A_LOOK):
                self._more = False
                self.house.inbox_bell.ring()
        self._lanes.pop(lane, None)

    async def _take(self, row: Received) -> None:
        """Make a turn of a row; while the database is locked or full the row keeps its place and is tried again."""
        while True:
            try:
                await self._turn(row)
            except AlreadyHandled:
                return
            except (OperationalError, InterfaceError):
                log.exception("turn_waits_for_database", inbox=row.id)
                await asyncio.sleep(TROUBLE_WAIT)
                continue
            return

    async def _turn(self, row: Received) -> None:
        house, now = self.house, self.house.clock()
        incoming: Incoming | None = None
        try:
            incoming = await faq_files.fetched(house, house.readers[row.channel](row.payload))
            asked = await self._ask(incoming)
            await house.change(lambda conn: _make_turn(house, conn, row, incoming, asked, now))
        except (AlreadyHandled, OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("turn_failed", inbox=row.id, error=type(error).__name__)
            await self._after_fault(row, incoming, type(error).__name__, now)

    async def _ask(self, incoming: Incoming | None) -> Asked:
        """Ask the FAQ before the turn, for what a customer may want to know."""
        knowledge_base = self.house.knowledge_base
        nothing = Asked(None, knowledge_base.snapshot)
        if not isinstance(incoming, Said) or isinstance(incoming, Edited) or incoming.where is not Where.PRIVATE:
            return nothing
        text = incoming.content.text.text
        if not text or text.startswith("/") or incoming.content.kind is not ContentKind.TEXT:
            return nothing
        return Asked(*await knowledge_base.match(text, self.house.catalogues.closest(incoming.author.language)))

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
    if incoming.where is Where.PRIVATE:
        _private(house, conn, incoming, asked, now)
    elif incoming.where is Where.GROUP:
        _group(house, conn, incoming, now)


def _private(house: House, conn: Connection, incoming: Incoming, asked: Asked, now: datetime) -> None:
    """Somebody in a private chat: staff with a command of theirs, else a customer."""
    person = people.by_telegram(conn, incoming.author.id) if house.can(incoming.place.channel).topics else None
    if person is not None:
        person = people.known_as(conn, person, incoming.author.name)
        at = Desk(house, conn, now, person, incoming.place)
        sayings = _staff(at, incoming)
        if sayings is not None:
            _put(conn, sayings, now)
            return
        if isinstance(incoming, Said) and incoming.content.text.text.startswith("/start"):
            _put(conn, [_menu(at)], now)
    language = house.catalogues.closest(incoming.author.language)
    conversation, new = conversations.meet(conn, incoming.place, incoming.author, language, now)
    turn = Turn(house, conn, now, conversation)
    turn.carry(_customer(turn, incoming, asked, new=new))


def _menu(at: Desk) -> Saying:
    """Return the setting of this person's menu of commands; before they press Start Telegram takes none for them."""
    body = {"commands": menus.of_person(at.house, at.person), "language": ""}
    return Saying(Outgoing(Act.SET_COMMANDS, body), place=at.place, author=outbox.SYSTEM)


def _customer(turn: Turn, incoming: Incoming, asked: Asked, *, new: bool) -> Sayings:
    match incoming:
        case Happened():
            return customer.blocked(turn, blocked=incoming.what is Happening.BLOCKED)
        case Edited():
            return customer.edited(turn, incoming)
        case Said():
            return [*customer.blocked(turn, blocked=False), *customer.said(turn, incoming, asked, new=new)]
        case Pressed():
            return [*customer.blocked(turn, blocked=False), *customer.pressed(turn, incoming)]
    return []


def _staff(at: Desk, incoming: Incoming) -> Sayings | None:
    """Return what staff are answered privately; None when they speak like a customer."""
    is_admin = at.person.role.includes(Role.ADMIN)
    if isinstance(incoming, Pressed) and incoming.action.startswith("adm:"):
        return admin.pressed(at, incoming) if is_admin else [answer_press(incoming.place, incoming.press)]
    if not isinstance(incoming, Said) or isinstance(incoming, Edited):
        return None
    flow, text = people.flow(at.conn, at.person.id), incoming.content.text.text
    if text.startswith("/"):
        if text.split()[0].split("@")[0].lower() in admin.COMMANDS:
            return admin.command(at, incoming) if is_admin else admin.refused(at)
        if admin.awaits(flow):
            return admin.cancel(at) if text == "/cancel" else private.command(at, incoming)
        return private.command(at, incoming)
    return admin.given(at, incoming, flow) if is_admin and admin.awaits(flow) else None


def _group(house: House, conn: Connection, incoming: Incoming, now: datetime) -> None:
    """Something in a group: only the operators' own ones matter."""
    if isinstance(incoming, Happened) and incoming.what is Happening.GROUP_MOVED:
        outbox.move_chat(conn, incoming.place.channel, incoming.place.chat, incoming.detail)
        topics.move(conn, incoming.place.channel, incoming.place.chat, incoming.detail)
        return
    moved = topics.moved(conn, incoming.place.channel)
    ours = {Place(group.channel, moved.get(group.chat, group.chat)) for group in house.groups}
    if Place(incoming.place.channel, incoming.place.chat) not in ours:
        return
    if isinstance(incoming, Happened) and incoming.what is Happening.BOT_REMOVED:
        removed = f"the bot was removed from the operators' group {incoming.place.chat}"
        house.health.alarms[groups.REMOVED + incoming.place.chat] = removed
        return
    if isinstance(incoming, Happened) and incoming.what is Happening.RIGHTS_CHANGED:
        if incoming.detail:
            groups.welcome_back(house, incoming.place.chat)
            undelivered.open_missing(house, conn, now)
        return
    person = None if incoming.author.anonymous else people.by_telegram(conn, incoming.author.id)
    if person is not None:
        person = people.known_as(conn, person, incoming.author.name)
    found = topics.at(conn, incoming.place) if incoming.place.thread else None
    if found is None:
        _general(house, conn, incoming, person, now)
        return
    conversation = conversations.get(conn, found.conversation_id, lock=True)
    if conversation is not None:
        turn = Turn(house, conn, now, conversation)
        turn.carry(_topic(turn, incoming, person))


def _topic(turn: Turn, incoming: Incoming, person: Staff | None) -> Sayings:
    """Something in a topic of ours."""
    match incoming:
        case Happened():
            return topic.closed_by_hand(turn, person) if incoming.what is Happening.TOPIC_CLOSED else []
        case Pressed():
            if person is None:
                text = turn.desk_texts("desk.not_listed", id=incoming.author.id)
                return [answer_press(incoming.place, incoming.press, text)]
            return topic.pressed(turn, person, incoming)
        case Edited():
            return topic.edited(turn, person, incoming) if person else []
        case Said():
            return topic.written(turn, person, incoming) if person else topic.stranger(incoming, turn)
    return []


def _general(house: House, conn: Connection, incoming: Incoming, person: Staff | None, now: datetime) -> None:
    """Something outside our topics: text goes to nobody, commands are answered."""
    if isinstance(incoming, Pressed):
        _put(conn, [answer_press(incoming.place, incoming.press)], now)
    if not isinstance(incoming, Said) or isinstance(incoming, Edited) or person is None:
        return
    if not incoming.content.text.text.startswith("/"):
        return
    at = Desk(house, conn, now, person, incoming.place)
    sayings = private.command(at, incoming) or [at.tell(at.texts("desk.help"))]
    _put(conn, sayings, now)


def _put(conn: Connection, sayings: Sayings, now: datetime) -> None:
    """Put into the outbox what belongs to no conversation."""
    turnless = [
        outbox.Posting(saying.place, saying.outgoing, saying.author, topic_at(conn, saying))
        for saying in sayings
        if saying.place
    ]
    outbox.put(conn, turnless, now)


def _is_staff(house: House, conn: Connection, incoming: Incoming) -> bool:
    return house.can(incoming.place.channel).topics and people.by_telegram(conn, incoming.author.id) is not None


def _hand_over_fault(
    house: House, conn: Connection, row: Received, incoming: Incoming | None, error: str, now: datetime, *, shown: bool
) -> None:
    """Settle a row whose turn failed: a customer comes to people, staff are told that it did not work."""
    if not inbox.settle(conn, row.id, now, error):
        raise AlreadyHandled
    if incoming is None or isinstance(incoming, Happened):
        return
    if incoming.where is not Where.PRIVATE or _is_staff(house, conn, incoming):
        text = house.texts(house.catalogues.default)("fault.staff")
        _put(conn, [say_at(incoming.place, text)], now)
        return
    language = house.catalogues.closest(incoming.author.language)
    conversation, _ = conversations.meet(conn, incoming.place, incoming.author, language, now)
    turn = Turn(house, conn, now, conversation)
    if isinstance(incoming, Said) and shown:
        turn.hear(incoming.content, (incoming.place.chat, incoming.message))
        turn.carry([*operator.hand_over(turn, Reason.FAULT), operator.desk_copy(turn, incoming)])
        return
    turn.carry([*operator.hand_over(turn, Reason.FAULT), tell_desk(turn.desk_texts("desk.unreadable"))])
