"""What customers say about it: 👍 and 👎 below an answer, a score after a ticket, a comment on the score."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, bold
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handlers import offered, operator
from bot.handlers.privately import address, managers, private_places
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, say, say_at, tell_desk
from bot.handoff import queue, staff as people
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
    return [*done, say(turn.texts("csat.thanks"), skip), told, *_low(turn, _number(ticket), "csat.low")]


def _low(turn: Turn, ticket: int, key: str, **values: object) -> Sayings:
    """Tell the managers of a low score, or of the comment on one; nobody of others."""
    given, found = csat.of(turn.conn, ticket), queue.get(turn.conn, ticket)
    if found is None or given is None or given.score is None or given.score > turn.house.rules.reports.low_score:
        return []
    link, owner = (
        address(turn.house, turn.conn, turn.conversation.id),
        people.names(turn.conn).get(given.staff_id or 0, ""),
    )
    sayings, key = [], key if owner else f"{key}_nobody"
    for person in managers(turn.conn):
        texts = turn.house.texts(person.language)
        said = texts(key, score=given.score, name=owner, **values)
        text = bold(f"#{ticket} {turn.conversation.name}") + f" · {said}\n{link}"
        sayings += [say_at(place, text) for place in private_places(turn.house, person)]
    return sayings


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


def awaits_word(turn: Turn) -> bool:
    """Return whether a comment on a score was asked for, and may still come."""
    until = turn.flow.get("until")
    return "comment_on" in turn.flow and bool(until) and datetime.fromisoformat(str(until)) >= turn.now


def awaits_comment(turn: Turn, said: Said) -> bool:
    """Return whether this text is the comment on a score."""
    return awaits_word(turn) and said.content.kind is ContentKind.TEXT


def comment(turn: Turn, said: Said) -> Sayings:
    """Keep a comment on a score."""
    text = said.content.text.text[:LONGEST_COMMENT]
    ticket = int(turn.flow["comment_on"])
    csat.comment(turn.conn, ticket, text)
    turn.wait_for()
    told = tell_desk(turn.desk_texts("csat.comment_for_desk", comment=text))
    low = _low(turn, ticket, "csat.low_comment", comment=text)
    return [say(turn.texts("csat.done")), told, *low, *offered.withdrawn(turn, SKIP)]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 a row's id
