"""Topics: where operators talk about a conversation.

Anna's conversation has one topic in the operators' group. Its thread id is what the channel gave back when the topic
was opened; until then whatever goes there waits behind the opening in the same lane. A topic that somebody deleted is
`gone`, and the next message opens another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.domain.conversation import Place
from bot.storage import schema
from bot.storage.database import insert

OPENING, OPEN, CLOSED, GONE = "opening", "open", "closed", "gone"
_TABLE = schema.topics


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of an operator group.

    Attributes:
        id: our id.
        conversation_id: our id of the conversation that it is about.
        place: the group and the thread, which is empty until the channel has opened the topic.
        name: the name that it has or is being given.
        state: opening, open, closed or gone.
        attended: somebody has the chat.
        card: the outbox id of the pinned card, None while there is none.
        card_shown: a digest of what the card shows, empty when that is not known.
        name_shown: the name that it has in the group, empty when that is not known.
    """

    id: int
    conversation_id: int
    place: Place
    name: str
    state: str
    attended: bool = False
    card: int | None = None
    card_shown: str = ""
    name_shown: str = ""

    @property
    def lane(self) -> str:
        """The outbox lane of this topic; it does not change when the thread becomes known."""
        return f"{self.place.channel}:{self.place.chat}:topic{self.id}"

    @property
    def looks_lane(self) -> str:
        """The lane of what changes only how the topic looks: no message waits for that."""
        return f"{self.lane}:looks"


def _read(row: Row[Any]) -> Topic:
    return Topic(
        row.id,
        row.conversation_id,
        Place(row.channel, row.chat, row.thread),
        row.name,
        row.state,
        row.attended,
        row.card_id,
        row.card_shown,
        row.name_shown,
    )


def of(conn: Connection, conversation: int) -> Topic | None:
    """Return the conversation's topic, or None when it has none or the last one is gone."""
    row = conn.execute(
        select(_TABLE).where(_TABLE.c.conversation_id == conversation).order_by(_TABLE.c.id.desc()).limit(1)
    ).one_or_none()
    return _read(row) if row and row.state != GONE else None


def took_last(conn: Connection, group: Place, since: datetime | None = None) -> bool:
    """Return whether the newest topic of a group, or the newest since then, has been opened there."""
    here = (_TABLE.c.channel == group.channel) & (_TABLE.c.chat == group.chat)
    query = select(_TABLE.c.thread).where(here)
    query = (query if since is None else query.where(_TABLE.c.created_at > since)).order_by(_TABLE.c.id.desc()).limit(1)
    return bool(conn.execute(query).scalar_one_or_none())


def left_open(conn: Connection, group: Place) -> list[Topic]:
    """Return the topics of a group that are closed here and that the bot had no right to close there."""
    out = schema.outbox
    acts = (out.c.act.in_(("close_topic", "reopen_topic"))) & (out.c.topic_id == _TABLE.c.id)
    newest = select(func.max(out.c.id)).where(acts).correlate(_TABLE).scalar_subquery()
    refused = select(out.c.id).where(out.c.id == newest, out.c.act == "close_topic", out.c.state == "failed").exists()
    here = (_TABLE.c.channel == group.channel, _TABLE.c.chat == group.chat, _TABLE.c.state == CLOSED)
    return [_read(row) for row in conn.execute(select(_TABLE).where(*here, refused).order_by(_TABLE.c.id))]


def get(conn: Connection, key: int) -> Topic | None:
    """Return one topic, gone or not."""
    row = conn.execute(select(_TABLE).where(_TABLE.c.id == key)).one_or_none()
    return _read(row) if row else None


def at(conn: Connection, place: Place) -> Topic | None:
    """Return the topic at a thread of a group, or None: not ours, or gone."""
    row = conn.execute(
        select(_TABLE)
        .where(_TABLE.c.channel == place.channel, _TABLE.c.chat == place.chat, _TABLE.c.thread == place.thread)
        .order_by(_TABLE.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _read(row) if row else None


def open_in(conn: Connection, conversation: int, group: Place, name: str, now: datetime) -> Topic:
    """Write down a topic that is about to be opened in a group."""
    values = {
        "conversation_id": conversation,
        "channel": group.channel,
        "chat": group.chat,
        "name": name,
        "state": OPENING,
        "created_at": now,
    }
    key = conn.execute(_TABLE.insert().returning(_TABLE.c.id), values).scalar_one()
    return Topic(key, conversation, group, name, OPENING)


def change(conn: Connection, key: int, **values: Any) -> None:  # noqa: ANN401 column values
    """Change columns of a topic: thread, state, name."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == key), values)


def card_shows(conn: Connection, key: int, card: int | None, shown: str) -> None:
    """Write down what the card of a topic shows, unless another message is the card by now."""
    conn.execute(_TABLE.update().where(_TABLE.c.id == key, _TABLE.c.card_id == card), {"card_shown": shown})


def move(conn: Connection, channel: str, old: str, new: str) -> None:
    """Take over a group's new id: for its topics, and for whoever still names the old one."""
    moved = schema.moved_groups
    conn.execute(moved.update().where(moved.c.channel == channel, moved.c.new == old), {"new": new})
    statement = insert(conn, moved).values(channel=channel, old=old, new=new)
    conn.execute(statement.on_conflict_do_update(index_elements=["channel", "old"], set_={"new": new}))
    conn.execute(_TABLE.update().where(_TABLE.c.channel == channel, _TABLE.c.chat == old), {"chat": new})


def moved(conn: Connection, channel: str) -> dict[str, str]:
    """Return the new ids of groups that were upgraded, by the old ones."""
    table = schema.moved_groups
    return {row.old: row.new for row in conn.execute(select(table).where(table.c.channel == channel))}


def groups(conn: Connection) -> list[Place]:
    """Return the groups that have topics, for whoever works beside a bot that was told its groups otherwise."""
    query = select(_TABLE.c.channel, _TABLE.c.chat).distinct().order_by(_TABLE.c.channel, _TABLE.c.chat)
    return [Place(row.channel, row.chat) for row in conn.execute(query)]


def load(conn: Connection, channel: str) -> dict[str, int]:
    """Return how many topics each group holds, for filling groups in turn."""
    rows = conn.execute(select(_TABLE.c.chat, func.count()).where(_TABLE.c.channel == channel).group_by(_TABLE.c.chat))
    return {row.chat: row[1] for row in rows}
