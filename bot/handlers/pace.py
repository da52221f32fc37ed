"""Slow mode: a customer who floods is told so once; nothing is lost, and staff read it joined.

Boris sends thirty lines in a minute. With the twenty-first he hears, once, that they are kept and passed on together;
the operators get them as one message, when he pauses or every half minute, also when nobody attended to him before. The
bot answers again once he has slowed down; a command, or to ask for a person, works all the while. With changes of what
he said it is the same: staff read the last of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Said
from bot.domain.message import Content, ContentKind, join, plain
from bot.faq.smalltalk import Kind, kind_of
from bot.handlers import card, filling, held_changes, merged, operator, start
from bot.handlers.house import House
from bot.handlers.turn import Sayings, Turn, say, tell_desk
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.messaging import conversations, outbox, transcript
from bot.messaging.transcript import Line

MOST, WITHIN = 20, timedelta(minutes=1)
"""Messages of one customer within so long that are shown and answered one by one."""
PAUSE = timedelta(seconds=10)
"""Without a message for so long, a flood has ended."""
SHOWN_EVERY = timedelta(seconds=30)
AT_A_TIME = 20
IN_WORDS = {ContentKind.TEXT, ContentKind.STICKER, ContentKind.DICE}
MOST_JOINED = 200
"""Lines of one joined message at most; the others follow in the next."""
ASKS_NOTHING = {Kind.GREETING, Kind.THANKS, Kind.GOODBYE, Kind.CONFIRMING, Kind.NUMBER, Kind.EMOJI, Kind.EMPTY}
"""What is held of somebody whom nobody attends to brings nobody, when there is nothing else."""


def allowed(turn: Turn) -> int:
    """Return how many messages within `WITHIN` are taken one by one."""
    return MOST if turn.conversation.slowed_at is None else MOST // 2


def held(turn: Turn, said: Said, line: int, sent_at: datetime | None) -> Sayings | None:
    """Take a message that came too fast: it is kept, and its sender told once; None when it came at a usual pace.

    Args:
        turn: the conversation's turn.
        said: the message; photos, files and the like are never held back.
        line: our id of what was just written into the transcript.
        sent_at: when the message came that is `allowed` before this one; None when there are fewer.
    """
    who = turn.conversation
    if said.content.kind not in IN_WORDS:
        return None
    if not fast(turn, line, sent_at):
        return _ended(turn, line) if who.slowed_at is not None else None
    if _calls_a_person(turn, said):
        return operator.hand_over(turn, Reason.ASKED) + let_go(turn)
    first = who.slowed_at is None
    _change(turn, slowed_at=who.slowed_at or turn.now, held_from=who.held_from or line)
    if turn.ticket is not None:
        turn.ticket = queue.customer_wrote(turn.conn, turn.ticket, turn.now)
    if not first:
        return []
    return _told(turn)


def _told(turn: Turn) -> Sayings:
    """Tell a customer that what they write is kept, and the people who read it, in this chat or another one."""
    told, slowed = say(turn.texts("pace.slow_down")), tell_desk(turn.desk_texts("pace.slowed"))
    there = merged.goes_on_in(turn)
    if there is None:
        return [told, slowed]
    there.carry([slowed])
    return [told]


def fast(turn: Turn, line: int, sent_at: datetime | None) -> bool:
    """Return whether a message came too fast; the arguments are those of `held`."""
    return sent_at is not None and sent_at > turn.now - WITHIN and not _paused(turn, line)


def _calls_a_person(turn: Turn, said: Said) -> bool:
    """Return whether somebody whom nobody attends to asks for a person: that is never held back."""
    if turn.ticket is not None or merged.elsewhere(turn) or said.content.kind is not ContentKind.TEXT:
        return False
    return kind_of(said.content.text.text, turn.conversation.language) is Kind.HUMAN


def let_go(turn: Turn) -> Sayings:
    """Return for the topic what was held back so far, for a ticket that begins or ends in the middle of a flood."""
    shown = _shown(turn)
    _change(turn, slowed_at=turn.conversation.slowed_at, held_from=None)
    return shown


def held_change(turn: Turn, line: Line) -> Sayings | None:
    """Take the change of a message that came too fast; None when staff are to read of it at once.

    Args:
        turn: the conversation's turn.
        line: the message as it was before.
    """
    who = turn.conversation
    if who.held_from is not None and line.id >= who.held_from and line.content.kind in IN_WORDS:
        return []  # they have not seen the message itself: it comes as it reads then
    if not _changes_fast(turn, changing=True):
        return None
    transcript.keep_unseen(turn.conn, line)
    if who.slowed_at is not None:
        return []
    _change(turn, slowed_at=turn.now, held_from=None)
    return _told(turn)


def _paused(turn: Turn, line: int) -> bool:
    """Return whether a customer waited before this message: who does as they were told is not told once more."""
    last = transcript.said_before(turn.conn, turn.conversation.id, line)
    return last is not None and turn.now - last >= PAUSE


def _changes_fast(turn: Turn, *, changing: bool) -> bool:
    """Return whether changes come too fast; `changing`: one has just been written, which counts if it came soon."""
    times = transcript.changed_at(turn.conn, turn.conversation.id, turn.now - WITHIN, allowed(turn) + 1)
    return len(times) > allowed(turn) and turn.now - times[int(changing)] < PAUSE


def _ended(turn: Turn, line: int) -> Sayings | None:
    """Show what was held back before the message that ends the flood, which goes its usual way."""
    goes_on = _changes_fast(turn, changing=False)
    _release(turn, merged.goes_on_in(turn), line)
    _change(turn, slowed_at=turn.now if goes_on else None, held_from=None)
    return None


def _change(turn: Turn, *, slowed_at: datetime | None, held_from: int | None) -> None:
    if (slowed_at, held_from) != (turn.conversation.slowed_at, turn.conversation.held_from):
        conversations.change(turn.conn, turn.conversation.id, slowed_at=slowed_at, held_from=held_from)
        turn.conversation = replace(turn.conversation, slowed_at=slowed_at, held_from=held_from)


def _release(turn: Turn, there: Turn | None, but: int | None = None) -> None:
    """Carry out what becomes of what was held back; `there` is where this customer's ticket goes on, if elsewhere."""
    if there is None:
        turn.carry(_released(turn, but))
    else:
        merged.brought(there, turn, _shown(turn, but))
        turn.carry([])


def _released(turn: Turn, but: int | None = None) -> Sayings:
    """Return what becomes of what was held back: staff read it; who has nobody yet is brought to them, if they ask.

    Args:
        turn: the conversation's turn.
        but: the line that goes its usual way.
    """
    if turn.ticket is not None or turn.conversation.held_from is None or turn.conversation.banned:
        return _shown(turn, but)
    here = filling.filling(turn)
    if here is not None:
        return filling.again(turn, here) if but is None else []
    if not any(_asks(turn, content) for content in _held(turn, but)):
        return _shown(turn, but)
    return operator.hand_over(turn, Reason.NO_MATCH) + _shown(turn, but)


def _asks(turn: Turn, content: Content) -> bool:
    if content.kind is not ContentKind.TEXT:
        return False
    return kind_of(content.text.text, turn.conversation.language) not in ASKS_NOTHING


def _held(turn: Turn, but: int | None) -> list[Content]:
    """Return the first of what was held back, as much as one message shows."""
    first = turn.conversation.held_from
    lines = transcript.from_line(turn.conn, turn.conversation.id, first, MOST_JOINED) if first is not None else []
    return _kept(lines, but)


def _kept(lines: Sequence[Line], but: int | None) -> list[Content]:
    """Return what of a flood's lines was held back: no photos and no commands, which had their turn when they came."""
    return [
        one.content
        for one in lines
        if one.content.kind in IN_WORDS and one.id != but and start.command_in(one.content) not in start.COMMANDS
    ]


def _shown(turn: Turn, but: int | None = None) -> Sayings:
    """Return what was held back, joined for the topic; `but` is the line that goes its usual way."""
    sayings, first = held_changes.held_back(turn), turn.conversation.held_from
    while first is not None:
        lines = transcript.from_line(turn.conn, turn.conversation.id, first, MOST_JOINED)
        said = [plain(card.shown(one.kind, turn.desk_texts)) + one.text for one in _kept(lines, but)]
        sayings += [tell_desk(join(said), author=outbox.CUSTOMER)] if said else []
        first = lines[-1].id + 1 if len(lines) == MOST_JOINED else None
    return sayings


def sweep_held(house: House, conn: Connection, now: datetime) -> int:
    """Show staff what floods have left, and end those that have ended; return how many conversations."""
    done = 0
    for key in conversations.slowed(conn, AT_A_TIME):
        conversation = conversations.at_rest(conn, key)
        if conversation is None or conversation.slowed_at is None:
            continue
        turn = Turn(house, conn, now, conversation)
        last = max(
            filter(None, (transcript.last_said_at(conn, key), transcript.last_changed_at(conn, key))), default=now
        )
        calm = now - last >= PAUSE
        if calm or now - conversation.slowed_at >= SHOWN_EVERY:
            try:
                there = merged.goes_on_in(turn, wait=False)
            except merged.Busy:
                continue
            _release(turn, there)
            _change(turn, slowed_at=None if calm else now, held_from=None)
            done += 1
    return done
