"""The operators' groups: which one takes the next topic, and what stands in the way.

Two groups are filled in turn. While one refuses topics, because a right is missing there, the other takes them all; the
health page names the one that refuses, until it takes a topic or the bot gets its rights. Admins and managers are told
privately, once when it begins and once when it is well again, and the console shows it meanwhile.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.message import RichText
from bot.domain.people import Role
from bot.domain.ports import Act, Outgoing
from bot.handlers import privately
from bot.handlers.house import House
from bot.handlers.turn import Turn
from bot.handoff import staff
from bot.messaging import outbox, topics
from bot.messaging.outbox import Posting

REFUSED, REMOVED, RIGHTS = "topics ", "group ", "rights "
"""Alarms of a group, its id behind them: it takes no topics, has put the bot out, or has taken rights from it."""


def open_topic(turn: Turn, name: str) -> topics.Topic | None:
    """Choose a group for a new topic, the emptiest that takes any, and write the topic down; None without groups."""
    house = turn.house
    if not house.groups:
        return None
    load = topics.load(turn.conn, house.groups[0].channel)
    group = min(willing(house, turn.conn) or present(house, turn.conn), key=lambda group: load.get(group.chat, 0))
    return topics.open_in(turn.conn, turn.conversation.id, group, name, turn.now)


def willing(house: House, conn: Connection) -> list[Place]:
    """Return the groups that have not refused a topic lately."""
    return [one for one in present(house, conn) if not _alarms(house, one.chat)]


def present(house: House, conn: Connection) -> list[Place]:
    """Return the operators' groups under their present ids."""
    moved = topics.moved(conn, house.groups[0].channel)
    return [Place(group.channel, moved.get(group.chat, group.chat)) for group in house.groups]


def _alarms(house: House, chat: str) -> set[str]:
    return {REFUSED + chat, REMOVED + chat, RIGHTS + chat} & house.health.alarms.keys()


def trouble(house: House) -> str:
    """Return the key of the sentence about the worst that a group has against the bot, empty when all is well."""
    kinds = [name.partition(" ")[0] + " " for name in house.health.alarms]
    return "group.removed" if REMOVED in kinds else "group.refuses" if {REFUSED, RIGHTS} & {*kinds} else ""


def refuses(house: House, conn: Connection, alarm: str, chat: str, why: str, now: datetime) -> None:
    """Raise an alarm of a group; the first one is told to those who can do something about it."""
    known = _alarms(house, chat)
    house.health.alarms[alarm + chat] = why
    house.health.since.setdefault(chat, now)
    if not known or (alarm == REMOVED and REMOVED + chat not in known):
        _tell(house, conn, "group.removed" if alarm == REMOVED else "group.refuses", chat, now)


def welcome_back(house: House, conn: Connection, chat: str, now: datetime) -> None:
    """End the alarms of a group in which the bot may open topics now, and close what could not be closed."""
    found = _alarms(house, chat)
    for name in found:
        del house.health.alarms[name]
    house.health.since.pop(chat, None)
    if found:
        _tell(house, conn, "group.well", chat, now)
    group = Place(house.groups[0].channel, chat)
    postings = [
        Posting(
            group, Outgoing(Act.CLOSE_TOPIC, {"name": "", "state": "closed"}), outbox.SYSTEM, one, one.conversation_id
        )
        for one in topics.left_open(conn, group)
    ]
    outbox.put(conn, postings, now)


def _tell(house: House, conn: Connection, key: str, chat: str, now: datetime) -> None:
    """Tell admins and managers privately."""
    for person in staff.everybody(conn):
        if person.role.includes(Role.MANAGER):
            text = RichText(house.texts(person.language)(key, group=chat))
            privately.put(house, conn, [(place, text) for place in privately.private_places(house, person)], now)


def end_alarms(house: House, conn: Connection, now: datetime) -> None:
    """End the alarms of each group that has taken a topic since it refused one, or since it took rights away."""
    for group in present(house, conn):
        alarms, since = _alarms(house, group.chat), house.health.since.get(group.chat)
        if REFUSED + group.chat not in alarms and RIGHTS + group.chat not in alarms:
            continue
        if topics.took_last(conn, group, since if RIGHTS + group.chat in alarms else None):
            welcome_back(house, conn, group.chat, now)
