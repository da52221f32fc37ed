"""What a closed chat teaches the FAQ: an operator marks it, an admin decides.

Olga has explained for the third time today how to clean a kettle. After `/close` she presses "This belongs into the
FAQ": the customer's first question stands in `/unanswered`, personal data masked, with what she answered below it, and
the admins are told. Nothing is published by that.
"""

from __future__ import annotations

from bot.domain.conversation import Place
from bot.domain.message import Button, ContentKind, Rows, bold, plain
from bot.domain.people import Role
from bot.faq import unanswered
from bot.faq.masking import mask
from bot.faq.smalltalk import Kind as Talk, kind_of
from bot.faq.text import tokens
from bot.handlers.desk import Done, Hand, Outcome
from bot.handlers.turn import Sayings, Turn, rows, say_at
from bot.handoff import queue, staff, ticket_log
from bot.handoff.ticket import Ticket
from bot.handoff.ticket_log import Kind
from bot.i18n import Texts
from bot.messaging import transcript
from bot.messaging.transcript import Line

VERB = "learn"
LINES = 200
"""Lines of the transcript in which the question is looked for."""
SHORTEST = 2
"""Words of a question."""
LONGEST_SHOWN = 300
LONGEST_ID = 16


def button(turn: Turn, ticket: Ticket | None, texts: Texts) -> Rows:
    """Return the button below a closed ticket that marks it for the FAQ; none where there is nothing to learn."""
    if ticket is None or not may_mark(turn, ticket):
        return ()
    return rows(Button(texts("learning.button"), f"{VERB}:{ticket.id}"))


def may_mark(turn: Turn, ticket: Ticket) -> bool:
    """Return whether a closed ticket has a question that an operator answered and that nobody has marked yet."""
    return not ticket.open and not _marked(turn, ticket) and _question(turn, ticket) is not None


def last_to_mark(turn: Turn) -> int:
    """Return the number of the conversation's last ticket if it can be marked, else 0."""
    ticket = turn.closed_ticket
    return ticket.id if ticket is not None and may_mark(turn, ticket) else 0


def _marked(turn: Turn, ticket: Ticket) -> bool:
    return any(one.kind is Kind.FOR_FAQ for one in ticket_log.of(turn.conn, ticket.id))


def _question(turn: Turn, ticket: Ticket) -> Line | None:
    """Return the customer's first question of a ticket, or the one that led to it; None when nobody answered it."""
    lines = transcript.last(turn.conn, turn.conversation.id, LINES)
    since = ticket.opened_at - unanswered.UNDER_WAY
    asked = [line for line in lines if line.at >= since and _asks(line)]
    of_it = [line for line in asked if line.at >= ticket.opened_at]
    before = [line for line in asked if line.at < ticket.opened_at]
    first = next(iter([*before[-1:], *of_it]), None)
    return first if first and any(line.id > first.id and _answers(line) for line in lines) else None


def _asks(line: Line) -> bool:
    text = line.content.text.text
    if line.author != transcript.CUSTOMER or line.content.kind is not ContentKind.TEXT or text.startswith("/"):
        return False
    return kind_of(text) is Talk.QUESTION and len(tokens(text)) >= SHORTEST


def _answers(line: Line) -> bool:
    return line.author == transcript.OPERATOR and line.content.kind is ContentKind.TEXT


def mark(hand: Hand, number: str) -> Outcome:
    """Put a closed ticket's question on the admins' list, with what operators answered.

    Args:
        hand: who marks it.
        number: the ticket's, as a button names it.
    """
    turn = hand.turn
    ticket = queue.get(turn.conn, int(number)) if number.isdecimal() and len(number) < LONGEST_ID else None
    if ticket is None or ticket.conversation_id != turn.conversation.id or ticket.open:
        return hand.refuse("learning.nothing")
    texts = turn.house.texts(hand.person.language)
    if _marked(turn, ticket):
        return hand.finish(Done(texts("learning.marked_already")))
    question = _question(turn, ticket)
    if question is None:
        return hand.refuse("learning.nothing")
    group = _on_the_list(turn, question)
    ticket_log.write(turn.conn, ticket.id, Kind.FOR_FAQ, turn.now, hand.person.id, group)
    hand.sayings += _tell_admins(hand, question, group)
    turn.show("ticket", ticket=ticket.id)
    return hand.finish(Done(texts("learning.marked")))


def _on_the_list(turn: Turn, question: Line) -> int:
    """Return the group of a question, on the list again if it was dismissed; one that was answered is put there now."""
    known = unanswered.of_message(turn.conn, question.id)
    if known is None:
        text, language = question.content.text.text, turn.conversation.language
        version = turn.house.knowledge_base.snapshot.version
        unanswered.record(turn.conn, turn.conversation.id, question.id, text, language, "none", (), version, turn.now)
    unanswered.for_faq(turn.conn, question.id)
    group = unanswered.of_message(turn.conn, question.id)
    return group or 0


def _tell_admins(hand: Hand, question: Line, group: int) -> Sayings:
    """Tell each admin privately; who never spoke to the bot cannot be told, and finds it in the list."""
    turn, said = hand.turn, mask(question.content.text.text)[:LONGEST_SHOWN]
    told: Sayings = []
    for person in staff.everybody(turn.conn):
        if not person.role.includes(Role.ADMIN) or not person.telegram_id or person.id == hand.person.id:
            continue
        for channel in sorted({place.channel for place in turn.house.groups}):
            texts = turn.house.texts(person.language)
            text = bold(texts("learning.for_admin", name=hand.person.name)) + "\n" + plain(f"“{said}”")
            look = rows(Button(texts("learning.button_look"), f"adm:group:{group}"))
            told.append(say_at(Place(channel, person.telegram_id), text, look))
    return told
