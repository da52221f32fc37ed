"""What managers do in their private chat: `/report`, and with `/sample` looking at closed tickets.

Maria writes `/sample`: five tickets of the last days come, each with a link to what was said and buttons below it. She
reads one, presses "right tone" and 4, adds a word; the report shows it for whoever answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, Rows, bold
from bot.handlers import reporting
from bot.handlers.private import Desk
from bot.handlers.privately import address
from bot.handlers.reporting import WrongDates
from bot.handlers.turn import Saying, Sayings, answer_press, drop_buttons, say_at
from bot.handoff import queue, staff as people
from bot.handoff.ticket import Ticket
from bot.i18n import Texts, day_and_time
from bot.messaging import conversations
from bot.quality import checks
from bot.quality.checks import Check

PRESS = "qc"
FLOW = "check"
"""Where a manager's flow keeps the ticket that the next text is the comment on."""
USUAL, MOST = 5, 20
PARTS = {"a": "answered", "t": "tone", "c": "canned"}


def command(at: Desk, said: Said) -> Sayings:
    """Carry out a command of the managers."""
    first, _, rest = said.content.text.text.partition(" ")
    return COMMANDS[first.split("@")[0].lower()](at, rest.split())


def refused(at: Desk) -> Sayings:
    """Tell somebody who is no manager."""
    return [at.tell(at.texts("manager.not_yours"))]


def _report(at: Desk, words: list[str]) -> Sayings:
    """Tell the figures that were read before the turn."""
    counted = at.asked.counted if at.asked else None
    if counted is not None:
        return [at.tell(text) for text in counted.messages(at.texts, at.house.can(at.place.channel).max_text)]
    try:
        reporting.span_of(words, reporting.today(at.house, at.now))
    except WrongDates:
        return [at.tell(at.texts("manager.report_usage"))]
    return [at.tell(at.texts("fault.staff"))]  # they became a manager a moment ago


def _sample(at: Desk, words: list[str]) -> Sayings:
    count = int(words[0]) if words and words[0].isdecimal() and len(words[0]) < len(str(MOST)) + 1 else USUAL
    first, last = reporting.days(None, None, reporting.today(at.house, at.now))
    span = reporting.span(at.house.rules.hours.zone, first, last)
    drawn = checks.draw(at.conn, *span, str(last), min(max(count, 1), MOST))
    tickets = [found for one in drawn if (found := queue.get(at.conn, one.ticket_id))]
    if tickets:
        return [_shown(at, ticket) for ticket in tickets]
    return [at.tell(at.texts("quality.none" if checks.any_answered(at.conn, *span) else "quality.nothing_closed"))]


COMMANDS: dict[str, Callable[[Desk, list[str]], Sayings]] = {reporting.COMMAND: _report, "/sample": _sample}


def _shown(at: Desk, ticket: Ticket) -> Saying:
    conversation = conversations.get(at.conn, ticket.conversation_id)
    who = people.names(at.conn).get(ticket.staff_id or 0, "?")
    closed = ticket.closed_at or at.now
    when = day_and_time(closed, at.now, at.house.rules.hours.zone, at.texts)
    head = bold(f"#{ticket.id} {conversation.name if conversation else '?'}")
    text = head + f" · {at.texts('quality.closed', name=who, when=when)}\n"
    link = address(at.house, at.conn, ticket.conversation_id)
    return say_at(at.place, text + link, form(checks.of(at.conn, ticket.id), at.texts))


def form(check: Check, texts: Texts) -> Rows:
    """Return the buttons below a ticket; what was pressed carries a mark."""

    def button(label: str, action: str, *, chosen: bool) -> Button:
        return Button(f"● {label}" if chosen else label, f"{PRESS}:{action}:{check.ticket_id}")

    yes_no = tuple(
        tuple(
            button(texts(f"quality.{name}_{word}"), f"{letter}{int(yes)}", chosen=getattr(check, name) is yes)
            for word, yes in (("yes", True), ("no", False))
        )
        for letter, name in PARTS.items()
    )
    scores = tuple(button(str(score), f"s{score}", chosen=check.score == score) for score in checks.SCORES)
    return (*yes_no, scores, (button(texts("quality.comment"), "w", chosen=bool(check.comment)),))


def pressed(at: Desk, press: Pressed) -> Sayings:
    """Take a button of the form; pressed again it says the same."""
    _, _, rest = press.action.partition(":")
    verb, _, number = rest.partition(":")
    ticket = queue.get(at.conn, int(number)) if number.isdecimal() and len(number) < 16 else None  # noqa: PLR2004 a row's id
    if ticket is None:
        return [answer_press(press.place, press.press, at.texts("button.old"))]
    if verb == "w":
        people.keep_flow(at.conn, at.person.id, {FLOW: ticket.id})
        return [answer_press(press.place, press.press), at.tell(at.texts("quality.ask_comment", number=ticket.id))]
    values = _values(verb)
    check = checks.say(at.conn, ticket.id, at.person.id, at.now, values) if values else checks.of(at.conn, ticket.id)
    return [
        answer_press(press.place, press.press, at.texts("quality.kept")),
        drop_buttons(press.place, press.message, form(check, at.texts)),
    ]


def _values(verb: str) -> dict[str, Any]:
    """Return what a button says; nothing for one that we never made."""
    letter, mark = verb[:1], verb[1:]
    if letter in PARTS and mark in {"0", "1"}:
        return {PARTS[letter]: mark == "1"}
    if letter == "s" and mark in {str(score) for score in checks.SCORES}:
        return {"score": int(mark)}
    return {}


def awaits(flow: dict[str, Any]) -> bool:
    """Return whether the next text of this manager is a comment on a ticket."""
    return FLOW in flow


def given(at: Desk, said: Said, flow: dict[str, Any]) -> Sayings:
    """Take the comment."""
    if said.content.kind is not ContentKind.TEXT:
        return [at.tell(at.texts("admin.text_please"))]
    text = said.content.text.text.strip()[: checks.LONGEST_COMMENT]
    checks.say(at.conn, int(flow[FLOW]), at.person.id, at.now, {"comment": text})
    people.keep_flow(at.conn, at.person.id, {})
    return [at.tell(at.texts("quality.comment_kept", number=flow[FLOW]))]


def cancel(at: Desk) -> Sayings:
    """Leave the comment."""
    people.keep_flow(at.conn, at.person.id, {})
    return [at.tell(at.texts("cancel.nothing"))]
