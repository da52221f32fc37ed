"""The operators' groups: which one takes the next topic, and what stands in the way.

Two groups are filled in turn. While one refuses topics, because a right is missing there, the other takes them all; the
health page names the one that refuses, until it takes a topic or the bot gets its rights.
"""

from __future__ import annotations

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.handlers.house import House
from bot.handlers.turn import Turn
from bot.messaging import topics

REFUSED, REMOVED = "topics ", "group "
"""Alarms of a group, its id behind them: it takes no topics, or has put the bot out."""


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
    alarms = house.health.alarms
    return [one for one in present(house, conn) if not {REFUSED + one.chat, REMOVED + one.chat} & alarms.keys()]


def present(house: House, conn: Connection) -> list[Place]:
    """Return the operators' groups under their present ids."""
    moved = topics.moved(conn, house.groups[0].channel)
    return [Place(group.channel, moved.get(group.chat, group.chat)) for group in house.groups]


def welcome_back(house: House, chat: str) -> None:
    """End the alarms of a group in which the bot may open topics now."""
    house.health.alarms.pop(REMOVED + chat, None)
    house.health.alarms.pop(REFUSED + chat, None)


def end_alarms(house: House, conn: Connection) -> None:
    """End the alarm of each group that has taken a topic since it refused one."""
    for group in present(house, conn):
        if REFUSED + group.chat in house.health.alarms and topics.took_last(conn, group):
            welcome_back(house, group.chat)
