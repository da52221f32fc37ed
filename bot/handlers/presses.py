"""What the people read of a customer's presses: what was pressed, and what the bot answered to it.

Olga sent Anna an entry that asks "Home or pick-up point?". Anna presses "Home": the topic and the console say so, and
what the bot said to it. When she presses "Talk to a person", Olga owes her an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.conversation import Pressed
from bot.domain.message import Button, rows_from_json
from bot.handlers import waiting
from bot.handlers.turn import Saying, Sayings, Turn, rows, say, tell_desk
from bot.handoff import queue, staff, ticket_log
from bot.handoff.ticket import Ticket
from bot.handoff.ticket_log import Kind
from bot.messaging import transcript

SHOWN = frozenset(("yes", "no", "pick", "none", "human", "order", "topics", "cat", "entry"))
"""Presses, by the word that their action begins with, of which people read a line; the others have one of their own."""
FOR_PEOPLE = frozenset(("human", "none"))
"""Those that ask for a person."""
LOOKED_BACK = 200
LONGEST_ANSWER = 160
"""Characters of what the bot answered, as the topic reads it."""
WITHIN, MOST = timedelta(minutes=1), 6
"""So many presses a minute are told; a finger that plays with the menu is no news."""


def told(turn: Turn, press: Pressed, verb: str, before: Ticket | None, sayings: Sayings) -> Sayings:
    """Return what the people read of a press; nothing while none of them has anything to do with the customer.

    Args:
        turn: the conversation's turn, in which the press has been taken.
        press: what was pressed.
        verb: the word that its action begins with.
        before: the ticket that was open when it was pressed.
        sayings: what it brought the customer.
    """
    if before is None or verb not in SHOWN:
        return []
    return shown(turn, before, _label(turn, press), sayings, for_people=verb in FOR_PEOPLE)


def shown(
    turn: Turn, ticket: Ticket, label: str, sayings: Sequence[Saying] = (), *, for_people: bool = False
) -> Sayings:
    """Return the line about a press, or a command that does the same; who asks for people is owed an answer."""
    if for_people and turn.ticket is not None:
        turn.ticket = queue.customer_wrote(turn.conn, turn.ticket, turn.now)
    lately = [one for one in ticket_log.of(turn.conn, ticket.id) if one.kind is Kind.PRESSED]
    lately = [one for one in lately if turn.now - one.at < WITHIN]
    if len(lately) >= MOST or (lately and lately[-1].detail == label):
        return []
    ticket_log.write(turn.conn, ticket.id, Kind.PRESSED, turn.now, detail=label)
    turn.show("ticket", ticket=ticket.id)
    answer = next((one.content.text.text for one in sayings if one.content and not one.desk), "")
    if for_people and ticket.staff_id is not None:
        return [tell_desk(turn.desk_texts("desk.pressed_person", label=label))]
    if not answer:
        return [tell_desk(turn.desk_texts("desk.pressed", label=label))]
    line = " ".join(answer.split())
    short = line if len(line) <= LONGEST_ANSWER else line[: LONGEST_ANSWER - 1].rstrip() + "…"
    return [tell_desk(turn.desk_texts("desk.pressed_answered", label=label, answer=short))]


def solved(turn: Turn, ticket: Ticket) -> Sayings:
    """Take it that a customer whom somebody answered needs nobody any more: who has the chat is asked to close it."""
    name = staff.names(turn.conn).get(ticket.staff_id or 0, "")
    heard = say(turn.texts("handoff.solved_passed_on", name=name) if name else turn.texts("handoff.solved"))
    if waiting.said_lately(turn, heard, WITHIN):
        return []
    ticket_log.write(turn.conn, ticket.id, Kind.PRESSED, turn.now, detail=turn.texts("handoff.button_solved"))
    turn.show("ticket", ticket=ticket.id)
    close = Button(turn.desk_texts("desk.button_close"), f"close:{ticket.id}")
    return [heard, tell_desk(turn.desk_texts("desk.solved_while_served"), rows(close))]


def _label(turn: Turn, press: Pressed) -> str:
    """Return what stands on the button that was pressed, as the customer reads it."""
    for line in reversed(transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)):
        for row in rows_from_json(line.content.details.get("buttons") or []):
            for button in row:
                if button.action == press.action:
                    return button.text
    return turn.texts("button.human") if press.action == "human" else "…"
