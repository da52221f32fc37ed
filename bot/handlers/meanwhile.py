"""What the bot still says while something else goes on: the wait for people, or the order form.

Anna waits for a person and asks what delivery costs: she gets the answer, marked in the topic. She asks it again a
minute later: the answer still stands above, and only the people read it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.conversation import Said
from bot.domain.message import ContentKind, RichText
from bot.faq import unanswered
from bot.handlers import question
from bot.handlers.question import Asked
from bot.handlers.turn import Sayings, Turn, tell_desk
from bot.messaging import transcript

AGAIN_AFTER = timedelta(minutes=5)
"""Until then the same answer is not given again to somebody who waits for people."""
LOOKED_BACK = 20
"""Questions among which an answer that was given is looked for."""


def answers(turn: Turn, asked: Asked, said: Said, line: int | None, *, again: timedelta = timedelta(0)) -> Sayings:
    """Answer what is sure for somebody who waits for people or fills in the form, and let the operators see it.

    Args:
        turn: the conversation's turn.
        asked: what the base made of the message.
        said: the message.
        line: our id of it, where that is known.
        again: after so long the same answer is given again; until then it still stands above.
    """
    if said.content.kind is not ContentKind.TEXT:
        return []
    flow, given = dict(turn.flow), _given_since(turn, turn.now - again) if again else set()
    sayings: Sayings = []
    for text, match, entry in asked.answers:
        if entry.id in given:
            continue
        key = question.record(turn, text or said.content.text.text, match, asked.snapshot, line)
        sayings += question.answer(turn, entry, key, asked.snapshot, mark=False)
        sayings.append(tell_desk(turn.desk_texts("desk.bot_answered", entry=entry.id)))
        turn.wait_for(**flow)
    return sayings


def _given_since(turn: Turn, since: datetime) -> set[str]:
    """Return the entries that the customer was given since then, by itself or by their choice."""
    lately = unanswered.lately(turn.conn, turn.conversation.id, LOOKED_BACK)
    return {one.entry for one in lately if one.entry and one.at > since}


def answers_to_several(turn: Turn, last: Said, text: RichText, asked: Asked) -> Sayings:
    """Answer what messages in a row ask together, each of which the people have read already.

    Args:
        turn: the conversation's turn.
        last: the last one of them.
        text: what they ask as a whole.
        asked: what the base made of that.
    """
    line = transcript.said_at(turn.conn, turn.conversation.id, last.place.chat, last.message)
    whole = replace(last, content=replace(last.content, text=text))
    return answers(turn, asked, whole, line.id if line else None, again=AGAIN_AFTER)
