"""What customers say about it: 👍 and 👎 below an answer, a score after a ticket, a comment on the score."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, bold
from bot.faq import unanswered, words
from bot.faq.smalltalk import Kind, kind_of, said_no
from bot.faq.text import tokens
from bot.faq.unanswered import Logged
from bot.handlers import merged, offered, operator
from bot.handlers.privately import address, managers, private_places
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, drop_buttons, rows, say, say_at, tell_desk
from bot.handoff import queue, staff as people
from bot.handoff.ticket import Reason
from bot.quality import csat
from bot.quality.csat import Score

COMMENT_WITHIN = timedelta(minutes=30)
LONGEST_COMMENT = 1000
LOOKED_BACK = 10
"""Questions among which the answer before is looked for."""
SKIP = "csat_skip"
SORRY_UP_TO = 2
"""Scores for which the bot says that it is sorry, and offers a person."""
NO_COMMENT = {Kind.THANKS, Kind.EMOJI, Kind.GOODBYE, Kind.CONFIRMING, Kind.EMPTY}
"""What says nothing about a score: it is answered kindly, and the comment may still come."""
NORMAL_WAY = {Kind.HUMAN, Kind.HELP, Kind.ROBOT, Kind.GREETING}
ASKS = re.compile(r"[?？؟](?![\w/=&%])")
"""A question mark that is no part of a link."""


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
    return say(turn.texts("helpful.sorry"), rows(_human(turn)))


def _without_marks(turn: Turn, pressed: Pressed) -> Saying:
    return drop_buttons(pressed.place, pressed.message, rows(_human(turn)))


def rate(turn: Turn, pressed: Pressed, ticket: str, score: str) -> Sayings:
    """Take a score, and ask for a word on it where the customer is in the middle of nothing else.

    It is about the stretch that was closed: a chat that goes on, or a form, is left as it is.
    """
    number, given = _number(ticket), _number(score)
    done = [answer_press(pressed.place, pressed.press), drop_buttons(pressed.place, pressed.message)]
    if not _is_new(turn, number, given):
        return done
    if not csat.rate(turn.conn, number, given, turn.now):
        return [answer_press(pressed.place, pressed.press, turn.texts("csat.stands")), *done[1:]]
    turn.show("csat", ticket=number)
    told = [tell_desk(turn.desk_texts("csat.score_for_desk", score=given)), *_low(turn, number, "csat.low")]
    if turn.ticket is not None or turn.flow.get("form") or merged.elsewhere(turn):
        return [*done, say(turn.texts("csat.done")), *told]
    turn.wait_for(comment_on=number, until=(turn.now + COMMENT_WITHIN).isoformat())
    skip = Button(turn.texts("csat.no_comment"), SKIP)
    if given <= SORRY_UP_TO:
        return [*done, say(turn.texts("csat.thanks_low"), rows(_human(turn), skip)), *told]
    return [*done, say(turn.texts("csat.thanks"), rows(skip)), *told]


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
    operator.awaits_no_comment(turn)
    return [
        answer_press(pressed.place, pressed.press, turn.texts("csat.done")),
        drop_buttons(pressed.place, pressed.message),
    ]


def awaits_word(turn: Turn) -> bool:
    """Return whether a comment on a score was asked for, and may still come: not once people attend to them again."""
    until = turn.flow.get("until")
    if "comment_on" not in turn.flow or not until or datetime.fromisoformat(str(until)) < turn.now:
        return False
    return turn.ticket is None and not merged.elsewhere(turn)


def after_score(turn: Turn, said: Said) -> Sayings | None:
    """Take what is written while a comment is waited for; None for what goes its normal way.

    A wish for a person, a question and a greeting do. What may be a comment or the next trouble is both: it is kept
    with the score, whose chat it was reads it privately, and the customer is told how to get an answer.
    """
    if said.content.kind is not ContentKind.TEXT or not awaits_word(turn):
        return None
    text = said.content.text.text
    kind = kind_of(text, turn.conversation.language)
    if said_no(text) and not words.DENYING.isdisjoint(tokens(text)):  # "no, thanks"; a bare "thanks" adds nothing yet
        operator.awaits_no_comment(turn)
        return [say(turn.texts("csat.done")), *offered.withdrawn(turn, SKIP)]
    if not any(char.isalnum() for char in text) and kind is Kind.UNHELPED:
        return [_sorry(turn)]
    if kind in NO_COMMENT:
        return [say(turn.texts("csat.done"))]
    return None if kind in NORMAL_WAY or ASKS.search(text) else comment(turn, said)


def comment(turn: Turn, said: Said) -> Sayings:
    """Keep a comment on a score."""
    text = said.content.text.text[:LONGEST_COMMENT]
    ticket = int(turn.flow["comment_on"])
    csat.comment(turn.conn, ticket, text)
    turn.wait_for()
    told = tell_desk(turn.desk_texts("csat.comment_for_desk", comment=text))
    given = csat.of(turn.conn, ticket)
    sorry = given is not None and (given.score or 0) <= SORRY_UP_TO
    kept = say(turn.texts("csat.done_low" if sorry else "csat.kept"), rows(_human(turn)))
    low = _low(turn, ticket, "csat.low_comment", comment=text)
    return [kept, told, *(low or _to_whose_chat(turn, given, text)), *offered.withdrawn(turn, SKIP)]


def _to_whose_chat(turn: Turn, given: Score | None, text: str) -> Sayings:
    """Let whose chat it was read a comment of which no manager hears: it may be more than praise."""
    person = people.get(turn.conn, given.staff_id or 0) if given else None
    if person is None or given is None:
        return []
    said = turn.house.texts(person.language)("csat.comment_privately", score=given.score, comment=text)
    link = address(turn.house, turn.conn, turn.conversation.id)
    whole = bold(f"#{given.ticket_id} {turn.conversation.name}") + f" · {said}\n{link}"
    return [say_at(place, whole) for place in private_places(turn.house, person)]


def _human(turn: Turn) -> Button:
    return Button(turn.texts("button.human"), "human")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 a row's id
