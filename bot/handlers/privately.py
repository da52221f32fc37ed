"""Words for one member of staff, in their private chat with the bot, and the link to the chat that they are about.

Somebody who never pressed Start there cannot be written to; that troubles nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.message import EntityKind, RichText, join, styled
from bot.domain.people import Role, Staff
from bot.handlers.house import House
from bot.handlers.turn import parts, say_at
from bot.handoff import staff
from bot.i18n import Texts
from bot.messaging import outbox, topics
from bot.messaging.outbox import Posting


def managers(conn: Connection) -> list[Staff]:
    """Return who hears of what concerns managers: the managers, or the admins where there are none."""
    people = staff.everybody(conn)
    return [one for one in people if one.role is Role.MANAGER] or [one for one in people if one.role is Role.ADMIN]


def private_places(house: House, person: Staff) -> list[Place]:
    """Return where a member of staff reads what the bot writes privately; none for who works in the console only."""
    if not person.telegram_id:
        return []
    return [Place(name, person.telegram_id) for name, can in house.capabilities.items() if can.topics]


def put(house: House, conn: Connection, told: Iterable[tuple[Place, RichText]], now: datetime) -> None:
    """Put words for staff into the outbox, long ones in parts; that they cannot be delivered troubles nobody."""
    sayings = [(place, say_at(place, text)) for place, text in told]
    postings = [
        Posting(place, part, one.author)
        for place, one in sayings
        for part in parts(one.outgoing, house.can(place.channel))
    ]
    outbox.put(conn, postings, now)


def address(house: House, conn: Connection, conversation: int) -> str:
    """Return where staff find a conversation: its topic, or its page in the console."""
    return _topic(house, conn, conversation) or _page(house, conversation)


def links(house: House, conn: Connection, conversation: int, texts: Texts) -> RichText:
    """Return links to a conversation's topic, where that is known already, and to its page in the console."""
    named = (("topic", _topic(house, conn, conversation)), ("console", _page(house, conversation)))
    return join([styled(EntityKind.LINK, texts(f"private.link_{name}"), link) for name, link in named if link], " · ")


def _topic(house: House, conn: Connection, conversation: int) -> str:
    topic = topics.of(conn, conversation)
    channel = house.channels.get(topic.place.channel) if topic and topic.place.thread else None
    return channel.link(topic.place) if topic and channel else ""


def _page(house: House, conversation: int) -> str:
    web = house.settings.web
    base = web.public_url.rstrip("/") or f"http://{web.host}:{web.port}"
    return f"{base}/console/conversations/{conversation}"
