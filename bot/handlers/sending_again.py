"""Sending once more what did not arrive, or of which nobody knows whether it did, as it reads by now.

Olga's album failed, and she has corrected its caption: "Send again" sends it with the new one, and without the picture
that she has deleted meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.message import split
from bot.handlers.desk import Done, Hand, Outcome, name_of
from bot.handlers.turn import Turn
from bot.messaging import backlog, outbox, receipts, transcript
from bot.messaging.transcript import Line


def send_again(hand: Hand, key: int) -> Outcome:
    """Send a delivery once more that failed or of which nobody knows whether it arrived, as it reads now.

    Only who has the chat may; while nobody has it, who wrote it.
    """
    turn = hand.turn
    line = transcript.get(turn.conn, backlog.line_of(turn.conn, key, turn.conversation.id) or 0)
    holder = turn.ticket.staff_id if turn.ticket else None
    if holder not in {None, hand.person.id}:
        return hand.refuse("desk.taken", name=name_of(turn.conn, holder))
    if holder is None and line is not None and line.staff_id not in {None, hand.person.id}:
        return hand.refuse("desk.again_not_yours", name=name_of(turn.conn, line.staff_id))
    if line is not None and line.deleted_at is not None:
        return hand.refuse("desk.again_deleted")
    change = _as_it_reads(turn, line, key) if line is not None else {}
    if not outbox.again(turn.conn, key, turn.conversation.id, turn.now, change):
        return hand.refuse("desk.nothing_to_send")
    turn.show("delivery")
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.sent_again")))


def _as_it_reads(turn: Turn, line: Line, key: int) -> Mapping[str, Any]:
    """Return what of a delivery's body has to be other now; nothing for a copy, which shows it by itself."""
    body = backlog.body_of(turn.conn, key)
    if body.get("parts"):
        return _captions(turn, key, body)
    if line.edited_at is None or "text" not in body:
        return {}
    parts = receipts.to_customer(turn.conn, line.id, failed=True)
    place = next((number for number, one in enumerate(parts) if one.outbox == key), 0)
    if parts and parts[place].captioned:
        return {"text": line.content.text.to_dict()}
    pieces = split(line.content.text, turn.house.can(turn.conversation.place.channel).max_text)
    return {"text": pieces[min(place, len(pieces) - 1)].to_dict()}


def _captions(turn: Turn, key: int, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts of an album with the captions that were changed."""
    lines = [transcript.get(turn.conn, one or 0) for one in backlog.lines_with(turn.conn, key)]
    parts = [
        {**part, "text": line.content.text.to_dict()} if line is not None and line.edited_at is not None else part
        for part, line in zip(body["parts"], lines, strict=True)
    ]
    return {"parts": parts, "text": parts[0]["text"]}
