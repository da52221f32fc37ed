"""What customers say about it: 👍 and 👎 below an answer, a score after a ticket, a comment on the score."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handlers import offered, operator
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, say, tell_desk
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.quality import csat

COMMENT_WITHIN = timedelta(minutes=30)
LONGEST_COMMENT = 1000
LOOKED_BACK = 10
"""Questions among which the answer before is looked for."""
SKIP = "csat_skip"


def helpful(turn: Turn, pressed: Pressed, key: str) -> Sayings:
    """Take a 👍."""
    logged = unanswered.get(turn.conn, _number(key), turn.conversation.id)
    if logged and logged.helpful is None:
        unanswered.judge(turn.conn, logged.id, helpful=True)
    return [answer_press(pressed.place, pressed.press, turn.texts("helpful.thanks")), _without_marks(turn, pressed)]


def not_helpful(turn: Turn, pressed: Pressed, key: str) -> Sayings:
    """Take a 👎: at the first one offer another way, at the second one in a row hand over."""
    logged = unanswered.get(turn.conn, _number(key), turn.conversation.id)
    done = [answer_press(pressed.place, pressed.press), _without_marks(turn, pressed)]
    if logged is None or logged.helpful is not None:
        return done
    return [*done, *_disappointed(turn, logged)]


def did_not_help(turn: Turn) -> Sayings:
    """Take "that does not help" for a 👎 on the last answer."""
    last = unanswered.lately(turn.conn, turn.conversation.id, 1)
    if not last or last[0].helpful is not None:
        return operator.hand_over(turn, Reason.NOT_HELPFUL) if last and last[0].helpful is False else [_sorry(turn)]
    return _disappointed(turn, last[0])


def _disappointed(turn: Turn, logged: Logged) -> Sayings:
    unanswered.judge(turn.conn, logged.id, helpful=False)
    lately = unanswered.lately(turn.conn, turn.conversation.id, LOOKED_BACK)
    earlier = [one for one in lately if one.id != logged.id and (one.decision == "answer" or one.entry)]
    if earlier and earlier[0].helpful is False:
        return operator.hand_over(turn, Reason.NOT_HELPFUL)
    return [_sorry(turn)]


def _sorry(turn: Turn) -> Saying:
    return say(turn.texts("helpful.sorry"), rows(Button(turn.texts("button.human"), "human")))


def _without_marks(turn: Turn, pressed: Pressed) -> Saying:
    return drop_buttons(pressed.place, pressed.message, rows(Button(turn.texts("button.human"), "human")))


def rate(turn: Turn, pressed: Pressed, ticket: str, score: str) -> Sayings:
    """Take a score, and ask for a word on it."""
    done = [answer_press(pressed.place, pressed.press), drop_buttons(pressed.place, pressed.message)]
    if not _is_new(turn, _number(ticket), _number(score)):
        return done
    csat.rate(turn.conn, _number(ticket), _number(score), turn.now)
    turn.show("csat", ticket=_number(ticket))
    turn.wait_for(comment_on=_number(ticket), until=(turn.now + COMMENT_WITHIN).isoformat())
    skip = rows(Button(turn.texts("csat.no_comment"), SKIP))
    told = tell_desk(turn.desk_texts("csat.score_for_desk", score=_number(score)))
    return [*done, say(turn.texts("csat.thanks"), skip), told]


def _is_new(turn: Turn, ticket: int, score: int) -> bool:
    """Return whether a score says something new about a ticket of this customer; a double tap does not."""
    found, before = queue.get(turn.conn, ticket), csat.of(turn.conn, ticket)
    if found is None or found.conversation_id != turn.conversation.id or before is None:
        return False
    return score in csat.SCORES and before.score != score


def skip_comment(turn: Turn, pressed: Pressed) -> Sayings:
    """Take it that the customer has nothing to add."""
    turn.wait_for()
    return [
        answer_press(pressed.place, pressed.press, turn.texts("csat.done")),
        drop_buttons(pressed.place, pressed.message),
    ]


def awaits_comment(turn: Turn, said: Said) -> bool:
    """Return whether the next text is the comment on a score."""
    until = turn.flow.get("until")
    waits = "comment_on" in turn.flow and until and datetime.fromisoformat(until) >= turn.now
    return bool(waits) and said.content.kind is ContentKind.TEXT


def comment(turn: Turn, said: Said) -> Sayings:
    """Keep a comment on a score."""
    text = said.content.text.text[:LONGEST_COMMENT]
    csat.comment(turn.conn, int(turn.flow["comment_on"]), text)
    turn.wait_for()
    told = tell_desk(turn.desk_texts("csat.comment_for_desk", comment=text))
    return [say(turn.texts("csat.done")), told, *offered.withdrawn(turn, SKIP)]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 a row's id
