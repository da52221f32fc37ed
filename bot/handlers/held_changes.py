"""Messages that a customer changed, as staff read of them: at once, or joined after a flood of changes.

Boris changes his message thirty times in a minute. Staff read twenty of these, and when he pauses how it read before
and how it reads at last; every text between stays in the transcript.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.message import EntityKind, RichText, bold, join, styled
from bot.handlers.turn import Saying, Sayings, Turn, tell_desk
from bot.messaging import receipts, transcript
from bot.messaging.transcript import Line

OLD_MOST = 1000
"""Characters of the old text that are shown with a change."""
LOOKED_BACK = timedelta(hours=1)
"""Turns that wait for one another begin by clocks that differ a little; nothing is held back for so long."""


def shown(turn: Turn, line: Line, text: RichText) -> Saying:
    """Return what staff read of a change now: the new text, and the one that they saw last.

    Args:
        turn: the conversation's turn.
        line: as it was before this change.
        text: how it reads now.
    """
    before = transcript.let_see(turn.conn, line)
    topic = turn.topic()
    quote = receipts.in_topic(turn.conn, line.id, topic.id) if topic else None
    return tell_desk(_in_words(turn, before or line.content.text, text), quote=quote)


def held_back(turn: Turn) -> Sayings:
    """Return the changes that came too fast to be shown, joined when there are several; now staff see them."""
    since = (turn.conversation.slowed_at or turn.now) - LOOKED_BACK
    lines = transcript.unseen_changes(turn.conn, turn.conversation.id, since)
    if len(lines) == 1:
        return [shown(turn, lines[0], lines[0].content.text)]
    said = [
        _in_words(turn, before, line.content.text)
        for line in lines
        if (before := transcript.let_see(turn.conn, line)) is not None
    ]
    return [tell_desk(join(said))] if said else []


def _in_words(turn: Turn, old: RichText, new: RichText) -> RichText:
    text = bold(turn.desk_texts("desk.customer_edited")) + "\n" + new
    if not old:
        return text
    short = old.text if len(old.text) <= OLD_MOST else old.text[: OLD_MOST - 1] + "…"
    return text + f"\n\n{turn.desk_texts('desk.read_before')}\n" + styled(EntityKind.STRIKETHROUGH, short)
