"""What waits for a topic is put into one message where it can be, when it is taken up.

A group takes 18 messages a minute. Anna's four lines, and what the bot has to say beside them, go as one while the
minute is short; of five changes of her card
the last one goes, and none when the card shows it already; a topic whose ticket was claimed before it could be opened
is opened as a claimed one. Lines keep their order, and media are never put into a text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection

from bot.domain.message import ContentKind, RichText, join, plain
from bot.domain.ports import Act
from bot.messaging import backlog, outbox, topics
from bot.messaging.outbox import CARD, CUSTOMER, SYSTEM, Delivery
from bot.messaging.topics import Topic

JOINED_MOST = 3500
"""Units of text up to which waiting lines are put into one message; Telegram takes 4096."""
NOTICE = "ℹ️ "
"""What a notice begins with that stands behind a customer's words, unless it has a sign of its own."""
ALBUM_MOST = 10
"""Parts of one album, Bot API sendMediaGroup."""
SEEN = {ContentKind.PHOTO.value, ContentKind.VIDEO.value}
REST = "rest"
"""In the body of a card: a sign of what it shows beside what changes with every exchange."""
_LINE = {"text", "author", "name", "buttons"}


def digest(body: Mapping[str, Any]) -> str:
    """Return a short sign of what a message shows: text and buttons; before it that of the rest, if it has one."""
    whole = sign([body.get("text"), body.get("buttons") or []])
    return f"{body[REST]}:{whole}" if body.get(REST) else whole


def sign(shown: Any) -> str:  # noqa: ANN401 JSON
    """Return a short text that tells one thing shown from another."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:20]


def merged(conn: Connection, delivery: Delivery, now: datetime, *, short: bool) -> Delivery | None:
    """Return a delivery that was just taken up with what else it can carry; runs in the claiming transaction.

    Args:
        conn: a connection.
        delivery: a row of a topic, marked `sending`.
        now: the time.
        short: little of the group's minute is left, so that lines are joined.

    Returns:
        None when it would change nothing: it is settled.
    """
    act, body = delivery.outgoing.act, delivery.outgoing.body
    topic = topics.get(conn, delivery.topic_id) if delivery.topic_id is not None else None
    if topic is None:
        return delivery
    if delivery.of_looks and act is not Act.PIN:
        return _last_state(conn, delivery, topic, now)
    if act is Act.OPEN_TOPIC:
        return _with_last(conn, delivery, backlog.waiting(conn, topic.looks_lane), Act.EDIT_TOPIC, now)
    if act is Act.SAY and CARD in body:
        return _with_last(conn, delivery, backlog.waiting(conn, topic.looks_lane), Act.EDIT, now)
    return _joined(conn, delivery, now) if short else delivery


def _last_state(conn: Connection, delivery: Delivery, topic: Topic, now: datetime) -> Delivery | None:
    """Return the last one of the changes that wait; None when the card or the name shows it already."""
    act = delivery.outgoing.act
    delivery = _with_last(conn, delivery, backlog.waiting(conn, delivery.lane, delivery.id), act, now)
    body = delivery.outgoing.body
    if act is Act.EDIT_TOPIC:
        same = bool(topic.name_shown) and body["name"] == topic.name_shown
    else:
        same = delivery.target_id == topic.card and digest(body) == topic.card_shown
    if not same:
        return delivery
    outbox.settle_unneeded(conn, delivery.id, outbox.SENDING, now)
    return None


def _with_last(conn: Connection, delivery: Delivery, behind: Sequence[Delivery], act: Act, now: datetime) -> Delivery:
    """Return a delivery that shows what the last of the changes behind it would show, which count as sent with it."""
    about = delivery.target_id if delivery.outgoing.act is act else delivery.id
    changes = [one for one in behind if one.outgoing.act is act and (act is Act.EDIT_TOPIC or one.target_id == about)]
    if not changes:
        return delivery
    last = {key: value for key, value in changes[-1].outgoing.body.items() if key != "message"}
    return outbox.absorb(conn, delivery, {"buttons": [], **last} if act is Act.EDIT else last, changes, now)


def _joined(conn: Connection, delivery: Delivery, now: datetime) -> Delivery:
    """Put further lines that wait in the same topic into this message, with the newest proposals below it.

    They are the customer's and notices of the bot, each set off from what the other says.
    """
    if not _joinable(delivery):
        return delivery
    parts, joined, more = [RichText.from_dict(delivery.outgoing.body["text"])], list[Delivery](), dict[str, Any]()
    author = delivery.author
    for other in backlog.waiting(conn, delivery.lane, delivery.id):
        if not _joinable(other):
            break
        parts.append(_set_off(other, author))
        if sum(len(part.text) * 2 for part in parts) > JOINED_MOST:
            parts.pop()
            break
        joined.append(other)
        author = other.author
        more |= {"buttons": buttons} if (buttons := other.outgoing.body.get("buttons")) else {}
    return outbox.absorb(conn, delivery, {**more, "text": join(parts).to_dict()}, joined, now)


def _set_off(delivery: Delivery, behind: str) -> RichText:
    """Return a line as it stands behind somebody's: a notice begins with a sign, so that nobody takes it for words."""
    text = RichText.from_dict(delivery.outgoing.body["text"])
    if delivery.author == behind:
        return text
    unsigned = delivery.author == SYSTEM and text.text[:1].isalnum()
    return plain(f"\n{NOTICE if unsigned else ''}") + text


def album(conn: Connection, delivery: Delivery, now: datetime, most: int = ALBUM_MOST) -> Delivery:
    """Put the parts of an album that wait behind its first into one delivery; what comes later follows alone.

    Files and audio make albums only with their like (Bot API sendMediaGroup): where the kind changes, the next begins.
    Parts that joined it at an earlier try, which did not arrive, stay in it: nothing else carries them any more.
    """
    before: list[dict[str, Any]] = delivery.outgoing.body.get("parts") or [_part(delivery.outgoing.body)]
    rest = _parts_behind(conn, delivery, most - len(before))
    parts = [*before, *(_part(one.outgoing.body) for one in rest)]
    return outbox.absorb(conn, delivery, {"parts": parts}, rest, now)


def album_parts(conn: Connection, delivery: Delivery, most: int) -> int:
    """Return as how many messages a delivery would go that has not been taken up: an album with what waits of it."""
    body = delivery.outgoing.body
    if not body.get("album"):
        return 1
    before = backlog.parts_of(body)
    return before + len(_parts_behind(conn, delivery, most - before))


def _parts_behind(conn: Connection, delivery: Delivery, most: int) -> list[Delivery]:
    """Return the further parts of an album that can go along with its first, so many at most."""
    name, kind = delivery.outgoing.body.get("album"), _class_of(delivery)
    behind = [one for one in backlog.waiting(conn, delivery.lane, delivery.id) if one.outgoing.act is Act.COPY]
    of_it = [one for one in behind if one.outgoing.body.get("album") == name]
    return list(takewhile(lambda one: _class_of(one) == kind, of_it))[: max(0, most)]


def _class_of(delivery: Delivery) -> str:
    """Return with what a part can be in one album: pictures with videos, anything else with its like."""
    kind = str(delivery.outgoing.body.get("kind", ""))
    return "seen" if kind in SEEN else kind


def _part(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("kind", "text", "details", "message") if key in body}


def _joinable(delivery: Delivery) -> bool:
    """Return whether a delivery is nothing but words: of the customer, or a notice that offers nothing.

    What an operator said in the console has a message of its own, which they can answer with `/delete`.
    """
    outgoing, parts = delivery.outgoing, set(delivery.outgoing.body)
    if outgoing.act is not Act.SAY or not parts <= _LINE:
        return False
    notice = delivery.author == SYSTEM and delivery.message_id is None and "buttons" not in parts
    return notice or delivery.author == CUSTOMER


def remember(conn: Connection, delivery: Delivery) -> None:
    """Write down what a topic's card and name show, now that a change of them arrived."""
    if delivery.topic_id is not None:
        _note(conn, delivery, digest(delivery.outgoing.body), str(delivery.outgoing.body.get("name", "")))


def doubt(conn: Connection, delivery: Delivery) -> None:
    """Write down that nobody knows what a topic's card or name shows: a change may have arrived or not."""
    _note(conn, delivery, "", "")


def _note(conn: Connection, delivery: Delivery, card: str, name: str) -> None:
    if delivery.topic_id is None:
        return
    if delivery.outgoing.act in {Act.OPEN_TOPIC, Act.EDIT_TOPIC}:
        topics.change(conn, delivery.topic_id, name_shown=name)
        return
    is_card = delivery.outgoing.act is Act.SAY and CARD in delivery.outgoing.body
    if is_card or (delivery.outgoing.act is Act.EDIT and delivery.of_looks):
        topics.card_shows(conn, delivery.topic_id, delivery.id if is_card else delivery.target_id, card)


def current(conn: Connection, topic: Topic) -> str:
    """Return the digest of what a topic's card will show when all that is on its way has arrived."""
    under_way = backlog.last_of(conn, (topic.lane, topic.looks_lane), topic.card) if topic.card else None
    return digest(under_way) if under_way is not None else topic.card_shown
