"""Who is not heard any more, and why: `/ban` with a reason, `/unban`; each is told once, never dropped in silence.

What somebody banned writes is kept in the transcript and shown to nobody; a manager can let them in again.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.people import Role
from bot.handlers.desk import Done, Hand, Outcome, end, not_yours
from bot.handlers.turn import say, tell_desk
from bot.handoff import notes, queue
from bot.messaging import conversations
from bot.storage import audit
from bot.storage.audit import Act, Subject

LONGEST_REASON = 300


def ban(hand: Hand, argument: str) -> Outcome:
    """Stop listening to a customer, for a reason; the open ticket ends."""
    turn, reason = hand.turn, " ".join(argument.split())[:LONGEST_REASON]
    if not reason:
        return hand.refuse("desk.usage", usage="/ban REASON")
    if turn.conversation.banned:
        return hand.refuse("desk.banned_already", reason=turn.conversation.ban_reason)
    refusal = not_yours(hand, turn.ticket)
    if refusal:
        return refusal
    _change(hand, banned=True, reason=reason)
    _noted(hand, f"⛔ {reason}")
    texts = turn.house.texts(hand.person.language)
    hand.sayings.append(say(turn.texts("handoff.banned")))
    hand.tell_topic("desk.banned_elsewhere", reason=reason)
    if turn.ticket is None:
        return hand.finish(Done(texts("desk.banned")))
    closed = queue.close(turn.conn, turn.ticket, turn.now, hand.person.id, how="banned")
    return end(hand, closed, Done(texts("desk.banned"), closed))


def unban(hand: Hand, argument: str) -> Outcome:
    """Listen to a customer again."""
    turn, reason = hand.turn, " ".join(argument.split())[:LONGEST_REASON]
    if not hand.person.role.includes(Role.MANAGER):
        return hand.refuse("desk.managers_only")
    if not turn.conversation.banned:
        return hand.refuse("desk.not_banned")
    _change(hand, banned=False, reason="")
    _noted(hand, f"✅ {turn.desk_texts('desk.ban_lifted')} {reason}".rstrip())
    hand.sayings.append(say(turn.texts("handoff.unbanned")))
    hand.tell_topic("desk.unbanned_elsewhere")
    return hand.finish(Done(turn.house.texts(hand.person.language)("desk.unbanned")))


def _change(hand: Hand, *, banned: bool, reason: str) -> None:
    turn = hand.turn
    conversations.change(turn.conn, turn.conversation.id, banned=banned, ban_reason=reason)
    turn.conversation = replace(turn.conversation, banned=banned, ban_reason=reason)
    act, who = Act.CUSTOMER_BANNED if banned else Act.CUSTOMER_UNBANNED, audit.by(hand.person.id)
    audit.record(turn.conn, act, Subject("customer", str(turn.conversation.customer_id)), who, turn.now)
    turn.show("customer")


def _noted(hand: Hand, text: str) -> None:
    turn = hand.turn
    ticket = turn.ticket.id if turn.ticket else None
    key = notes.add(turn.conn, turn.conversation.id, ticket, hand.person.id, text, turn.now)
    turn.show("note", note=key)
    if hand.elsewhere:
        hand.sayings.append(tell_desk(f"🔒 {hand.person.name}: {text}"))
