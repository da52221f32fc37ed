"""What a visitor's page shows when it is opened again, with the ids that live events carry.

Anna reloads the page while an answer is on its way. The answer has no receipt yet, so it is left out here; the page
goes on listening before that event and gets it from there: she sees it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bot.channels import webchat
from bot.channels.webchat import NAME, PRESSED, SAID, WebChat, edit_of
from bot.domain.conversation import Place
from bot.domain.message import Content
from bot.domain.ports import Act, Outgoing
from bot.handoff import queue, staff
from bot.messaging import conversations, events, transcript
from bot.storage import schema

ACCOUNT = "page"
PRESS = "press"
"""Stands in the inbox's id of a press, between the visitor's address and the page's id."""
KEPT_AS = "kept_as"
"""In a message's details until it goes out: the key under which its file lies."""
SHOWN = 80
"""Messages that a page gets when it is opened."""
UNDER_WAY = 50
"""Latest events among which one without a receipt is looked for."""
_IN, _OUT, _RECEIPTS, _EVENTS = schema.inbox, schema.outbox, schema.receipts, schema.events
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**15
"""Above every outbox id."""
_TOLD = (Act.SAY.value, Act.COPY.value, Act.ATTACH.value)
_CHANGED = (Act.EDIT.value, Act.EDIT_CAPTION.value, Act.EDIT_BUTTONS.value, Act.DELETE.value)


def history(conn: Connection, chat: str) -> dict[str, Any]:
    """Return the messages, the id of the event to go on from, and who answers at present."""
    received = _received(conn, chat)  # before the transcript, or what a turn takes up meanwhile is in neither
    conversation = conversations.find(conn, Place(NAME, chat))
    told = _told(conn, chat)
    said = _said(conn, conversation.id, chat) if conversation else []
    turned = {message["id"] for _, _, message in said}
    latest = max((at for at, _, _ in said), default=_EVER)
    waiting = [one for one in _waiting(received, latest) if one[2]["id"] not in turned]
    lines = sorted([*said, *waiting, *_pressed(received), *told], key=lambda one: one[:2])[-SHOWN:]
    changes = _changes(conn, chat)
    messages = [{**message, **changes.get(message["id"], {})} for _, _, message in lines]
    messages = [message for message in messages if not message.pop("deleted", False)]
    return {"messages": messages, "after": _resume(conn, chat), "status": status(conn, chat)}


def known(conn: Connection, chat: str) -> bool:
    """Return whether anything of a visitor is here: a conversation, or a word that waits for its turn."""
    if conversations.find(conn, Place(NAME, chat)) is not None:
        return True
    return conn.execute(select(_IN.c.id).where(_mine(chat)).limit(1)).scalar() is not None


def admitted(conn: Connection, key: str) -> bool:
    """Return whether a message is in the inbox already, by its id there."""
    query = select(_IN.c.id).where(_IN.c.channel == NAME, _IN.c.account == ACCOUNT, _IN.c.external_id == key)
    return conn.execute(query).scalar() is not None


def bytes_since(conn: Connection, chat: str, moment: datetime) -> int:
    """Return how many bytes of files a visitor has sent since then; the inbox knows the last two days."""
    size = _IN.c.payload["file"]["size"].as_integer()
    query = select(func.coalesce(func.sum(size), 0)).where(_mine(chat), _IN.c.received_at > moment)
    return int(conn.execute(query).scalar_one())


def _mine(chat: str) -> ColumnElement[bool]:
    return _IN.c.lane == f"{NAME}:{chat}"


def _received(conn: Connection, chat: str) -> Sequence[Any]:
    """Return what came from a visitor lately, oldest first; asked by the lane alone, which one index answers."""
    query = select(_IN.c.id, _IN.c.state, _IN.c.payload, _IN.c.received_at).where(_mine(chat))
    return conn.execute(query.order_by(_IN.c.id.desc()).limit(SHOWN)).all()[::-1]


_Line = tuple[datetime, int, dict[str, Any]]
"""When, 0 for the customer's and the outbox id for ours (a turn's answers have the time of its question), what."""


def _said(conn: Connection, conversation: int, chat: str) -> list[_Line]:
    lines = transcript.last(conn, conversation, SHOWN)
    return [
        (line.at, 0, _customers(line.source[1], line.content.text.text, line.at) | _file(line.source[1], line.content))
        for line in lines
        if line.author == transcript.CUSTOMER and line.source[0] == chat
    ]


def _waiting(received: Sequence[Any], latest: datetime) -> list[_Line]:
    """Return what the customer was told is sent, and what no turn has taken up yet: behind all that a turn has."""
    return [
        (
            max(row.received_at, latest),
            _LAST + row.id,
            _customers(row.payload["message"], row.payload["text"], row.received_at)
            | _file(row.payload["message"], webchat.heard(row.payload)),
        )
        for row in received
        if row.state == "new" and row.payload["kind"] == SAID
    ]


def _pressed(received: Sequence[Any]) -> list[_Line]:
    """Return the buttons that the customer pressed lately, as their words; the inbox keeps them for some days."""
    return [
        (row.received_at, 0, _customers(f"press-{row.payload['press']}", row.payload["label"], row.received_at))
        for row in received
        if row.payload["kind"] == PRESSED and row.payload.get("label")
    ]


def _customers(message: str, text: str, at: datetime) -> dict[str, Any]:
    return {"id": message, "author": "customer", "text": text, "entities": [], "at": at.isoformat()}


def _file(message: str, content: Content) -> dict[str, Any]:
    """Return what the page shows of a file that the customer sent, nothing for words."""
    if "key" not in content.details:
        return {}
    details = {"name": content.details["name"], "url": f"/chat/files/{message}", KEPT_AS: content.details["key"]}
    return {"kind": content.kind.value, "details": details}


def _told(conn: Connection, chat: str) -> list[_Line]:
    query = (
        select(_OUT.c.id, _OUT.c.act, _OUT.c.body, _OUT.c.created_at, _RECEIPTS.c.external_id)
        .join(_RECEIPTS, _RECEIPTS.c.outbox_id == _OUT.c.id)
        .where(_RECEIPTS.c.channel == NAME, _RECEIPTS.c.chat == chat, _OUT.c.act.in_(_TOLD))
        .order_by(_OUT.c.id.desc())
        .limit(SHOWN)
    )
    found = []
    for row in conn.execute(query):
        shown = WebChat.shown(Outgoing(Act(row.act), row.body), row.external_id)
        if row.act == Act.COPY.value and "url" in shown["details"]:
            shown["details"][KEPT_AS] = row.external_id
        found.append((row.created_at, row.id, {**shown, "at": row.created_at.isoformat()}))
    return found


def _changes(conn: Connection, chat: str) -> dict[str, dict[str, Any]]:
    """Return what later edits made of messages, by the page's id."""
    target = _RECEIPTS.alias("target")
    query = (
        select(_OUT.c.act, _OUT.c.body, target.c.external_id)
        .outerjoin(target, target.c.outbox_id == _OUT.c.target_id)
        .where(_OUT.c.channel == NAME, _OUT.c.chat == chat, _OUT.c.act.in_(_CHANGED))
        .order_by(_OUT.c.id.desc())
        .limit(SHOWN)
    )
    changes: dict[str, dict[str, Any]] = {}
    for row in reversed(conn.execute(query).all()):
        change = edit_of({**row.body, "message": row.external_id or row.body.get("message", "")})
        change |= {"deleted": True} if row.act == Act.DELETE.value else {}
        changes.setdefault(change["id"], {}).update(change)
    return changes


def _resume(conn: Connection, chat: str) -> int:
    """Return the event id to go on from: before the first message that has no receipt yet, else the last of all."""
    last = events.last_id(conn)
    stream = events.visitor_stream(chat)
    query = select(_EVENTS.c.id, _EVENTS.c.body).where(_EVENTS.c.stream == stream, _EVENTS.c.kind == "message")
    recent = {row.body["id"]: row.id for row in conn.execute(query.order_by(_EVENTS.c.id.desc()).limit(UNDER_WAY))}
    mine = (_RECEIPTS.c.channel == NAME) & (_RECEIPTS.c.chat == chat)
    settled = select(_RECEIPTS.c.external_id).where(mine, _RECEIPTS.c.external_id.in_(list(recent)))
    under_way = set(recent) - set(conn.execute(settled).scalars())
    return min((recent[key] - 1 for key in under_way), default=last)


def status(conn: Connection, chat: str) -> dict[str, str]:
    """Return who answers at present: the bot, a person with a name, or a person who is waited for."""
    conversation = conversations.find(conn, Place(NAME, chat))
    ticket = queue.open_one(conn, conversation.id) if conversation else None
    if ticket is None:
        return {"state": "bot", "name": ""}
    if ticket.staff_id is None:
        return {"state": "waiting", "name": ""}
    return {"state": "person", "name": staff.names(conn).get(ticket.staff_id, "")}


def file_of(conn: Connection, chat: str, message: str) -> tuple[Act, Mapping[str, Any]] | None:
    """Return act and body of the delivery that brought this visitor a file, or None; one taken back is not given."""
    mine = (_RECEIPTS.c.channel == NAME) & (_RECEIPTS.c.chat == chat) & (_RECEIPTS.c.external_id == message)
    query = select(_OUT.c.id, _OUT.c.act, _OUT.c.body).join(_RECEIPTS, _RECEIPTS.c.outbox_id == _OUT.c.id)
    row = conn.execute(query.where(mine, _OUT.c.act.in_((Act.ATTACH.value, Act.COPY.value))).limit(1)).one_or_none()
    if row is None:
        return None
    gone = select(_OUT.c.id).where(_OUT.c.target_id == row.id, _OUT.c.act == Act.DELETE.value).limit(1)
    taken_back = _OUT.c.channel == NAME, _OUT.c.chat == chat
    return None if conn.execute(gone.where(*taken_back)).scalar() else (Act(row.act), row.body)
