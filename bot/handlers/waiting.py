"""What a waiting customer hears: the place, the time as measured, when somebody is back, what to do meanwhile.

Anna asks "how long does it take?" while she waits, and hears that she is number two and that it takes about six
minutes; or, at night, that people are back at nine. She may leave a phone number, or say that it is solved.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.conversation import Pressed, Said
from bot.domain.message import Button, ContentKind, Rows
from bot.faq.smalltalk import Kind, kind_of, said_no
from bot.handlers import contacts, offered
from bot.handlers.turn import Saying, Sayings, Turn, answer_press, rows, say, tell_desk
from bot.handoff import queue, shifts, staff
from bot.handoff.ticket import State, Ticket, Wait
from bot.i18n import day_and_time
from bot.messaging import conversations, transcript

CONTACT = "contact"
"""The button by which a phone number or an address is left, and what the flow waits for behind it."""
TRIED = "contact_tried"
"""What was sent first for a phone number or an address was none; it is asked for once more."""
LONGEST_ASKING = 8
"""Words of a question how long it takes; a longer one asks something else."""
AGAIN_AFTER = timedelta(minutes=1)
"""Until then the same place and time is not said again."""
NIGHT = timedelta(hours=12)
"""Until then it is not said again when we are back."""
TALKING = timedelta(minutes=30)
"""So long after an operator's answer somebody is there, whatever the hours say."""
LOOKED_BACK = 30
HOW_LONG = re.compile(
    r"\bhow (much )?long(er)?\b|\bstill (there|waiting)\b|\bany(body|one) (there|here)\b"
    r"|\bwhen will (some|any)(one|body)\b|\bwie lange\b|\bdauert (es|das)\b"
    r"|\bist (da|dort|hier) (noch )?(jemand|wer)\b|\bwann (meldet|antwortet|kommt|bin)\b"
    r"|сколько (еще |ещё )?(ждать|времени)|как долго|долго (еще|ещё|ждать)|когда (мне )?(ответ|подойд)"
    r"|(кто-?нибудь|кто-то|есть кто) (тут|здесь|там|есть)?",
    re.IGNORECASE,
)


def message(
    turn: Turn, ticket: Ticket, begins: str = "handoff.taken", *, always: bool = False, **values: object
) -> Saying:
    """Return the message that tells a customer what happens next, with a way out of the queue.

    Args:
        turn: the conversation's turn.
        ticket: theirs.
        begins: the sentence before the place, while somebody is at work.
        always: it is said out of hours too.
        values: of that sentence.
    """
    told, at_work = _told(turn, ticket)
    if ticket.state is not State.WAITING:
        return say(told)
    whole = f"{turn.texts(begins, **values)} {told}" if at_work or always else told
    return say(whole, _ways_out(turn, ticket))


def again(turn: Turn, ticket: Ticket) -> Saying:
    """Return the place and the time for somebody who heard before that they wait, or who has their chat."""
    return say(_told(turn, ticket)[0])


def _told(turn: Turn, ticket: Ticket) -> tuple[str, bool]:
    """Return how it stands with a ticket, and whether these are hours of work."""
    if ticket.state is not State.WAITING:
        name = staff.names(turn.conn).get(ticket.staff_id or 0, "")
        return turn.texts("handoff.has_it", name=name), True
    rules, people = turn.house.rules, staff.everybody(turn.conn)
    hours, plan = rules.sla.hours_of(ticket.team), rules.shifts
    if not hours.open_at(turn.now):
        return _back_at(turn, hours.next_opening(turn.now)), False
    on_duty = sum(shifts.on_duty(one, plan, turn.now) for one in people)
    if not on_duty and plan:
        return _back_at(turn, shifts.next_on_duty(people, plan, turn.now)), False
    wait = queue.wait_of(turn.conn, ticket, on_duty)
    if people and not on_duty:  # everybody is away, and nobody said until when
        return f"{turn.texts('handoff.nobody_there')} {_wait(turn, replace(wait, expected=None))}", True
    return _wait(turn, wait), True


def _back_at(turn: Turn, opening: datetime | None) -> str:
    zone = turn.house.rules.hours.zone
    when = day_and_time(opening, turn.now, zone, turn.texts) if opening else turn.texts("time.later")
    return turn.texts("handoff.out_of_hours", when=when)


def _ways_out(turn: Turn, ticket: Ticket) -> Rows:
    solved = Button(turn.texts("handoff.button_solved"), f"solved:{ticket.id}")
    leave = Button(turn.texts("handoff.button_contact"), f"{CONTACT}:{ticket.id}")
    known = turn.conversation.phone or turn.conversation.email
    return rows(solved, None if known else leave)


def _wait(turn: Turn, wait: Wait) -> str:
    place = turn.texts("queue.next") if wait.place == 1 else turn.texts("queue.place", n=wait.place)
    if wait.expected is None:
        return place
    minutes = max(1, round(wait.expected.total_seconds() / 60))
    return f"{place} {turn.texts('queue.minutes', n=minutes)}"


def asked_after(turn: Turn, ticket: Ticket, said: Said) -> Sayings:
    """Answer somebody who waits and asks how long, or for a person once more; who asks it in a row hears it once."""
    text = said.content.text.text
    if said.content.kind is not ContentKind.TEXT:
        return []
    how_long = len(text.split()) <= LONGEST_ASKING and HOW_LONG.search(text)
    if not how_long and kind_of(text, turn.conversation.language) is not Kind.HUMAN:
        return []
    told = again(turn, ticket)
    return [] if said_lately(turn, told, AGAIN_AFTER) else [told]


def closed_now(turn: Turn, ticket: Ticket) -> Sayings:
    """Tell somebody whose chat a colleague has, and who writes out of hours, when we are back; once, not in a talk."""
    hours = turn.house.rules.sla.hours_of(ticket.team)
    talking = ticket.answered_at is not None and turn.now - ticket.answered_at < TALKING
    if hours.open_at(turn.now) or talking or ticket.customer_wrote_at is None:
        return []
    told = say(_back_at(turn, hours.next_opening(turn.now)))
    return [] if said_lately(turn, told, NIGHT) else [told]


def said_lately(turn: Turn, saying: Saying, within: timedelta) -> bool:
    """Return whether the last words of the bot in this conversation were the same, so short a time ago."""
    lines = transcript.last(turn.conn, turn.conversation.id, LOOKED_BACK)
    last = next((one for one in reversed(lines) if one.author != transcript.CUSTOMER), None)
    text = saying.content.text.text if saying.content else ""
    return last is not None and last.content.text.text == text and turn.now - last.at < within


def over(turn: Turn, ticket: Ticket) -> Sayings:
    """Take away what was offered for the wait: the buttons of a ticket that is closed."""
    return offered.all_withdrawn(turn, (f"solved:{ticket.id}", f"{CONTACT}:{ticket.id}"))


def contact_over(turn: Turn) -> Sayings:
    """Ask for no phone number any more, for a ticket that is closed; its keyboard goes with these words."""
    if not turn.flow.get(CONTACT):
        return []
    turn.wait_for()
    can_ask = turn.house.can(turn.conversation.place.channel).contact_button
    return [say(turn.texts("handoff.contact_over"), remove_keyboard=True)] if can_ask else []


def ask_for_contact(turn: Turn, press: Pressed, number: str) -> Sayings:
    """Ask for a phone number or an address, while the ticket waits."""
    done = answer_press(press.place, press.press)
    if turn.ticket is None or str(turn.ticket.id) != number:
        return [done]
    turn.wait_for(**{CONTACT: turn.ticket.id})
    can_ask = turn.house.can(turn.conversation.place.channel).contact_button
    button = turn.texts("form.button.share_phone") if can_ask else ""
    return [done, say(turn.texts("handoff.ask_contact"), ask_contact=button)]


def contact_left(turn: Turn, said: Said) -> tuple[Sayings, bool]:
    """Keep a phone number or an address that was asked for, or that plainly is the customer's own.

    Returns:
        What is said about it, nothing when there is none; and whether the people need not read the message as well.
    """
    asked = bool(turn.flow.get(CONTACT))
    left = contacts.asked_for(turn, said) if asked else contacts.volunteered(turn, said)
    news = asked or left.phone not in {"", turn.conversation.phone} or left.email not in {"", turn.conversation.email}
    if not left or not news:
        return [], False
    if asked:
        turn.wait_for()
    _keep(turn, left)
    card_is_read = not asked and said.content.kind is ContentKind.CONTACT  # and needs no word beside it
    told = [] if card_is_read else [tell_desk(turn.desk_texts("desk.contact_left", contact=left.shown))]
    waits = turn.ticket is not None and turn.ticket.state is State.WAITING
    if not asked and not waits:
        return told, False  # somebody talks with them; the bot does not interrupt
    key = "handoff.contact_kept" if waits else "handoff.contact_noted"
    kept = say(turn.texts(key, contact=left.shown), remove_keyboard=asked)
    return [kept, *told], asked and left.alone


def without_contact(turn: Turn) -> Saying:
    """Return what somebody hears who leaves no contact; who waits keeps their place."""
    waits = turn.ticket is not None and turn.ticket.state is State.WAITING
    return say(turn.texts("handoff.no_contact" if waits else "handoff.no_contact_served"), remove_keyboard=True)


def _keep(turn: Turn, left: contacts.Left) -> None:
    if left.phone:
        conversations.keep_phone(turn.conn, turn.conversation.customer_id, left.phone)
    if left.email:
        conversations.keep_email(turn.conn, turn.conversation.customer_id, left.email)
    turn.show("customer")


def not_understood(turn: Turn, said: Said) -> Sayings:
    """Say how a phone number or an address looks, once more; the message goes to the people like any other."""
    asking = turn.flow.get(CONTACT)
    if not asking:
        return []
    if said_no(said.content.text.text):
        turn.wait_for()
        return [without_contact(turn)]
    if turn.flow.get(TRIED):
        turn.wait_for()
        return [say(turn.texts("handoff.no_such_contact"), remove_keyboard=True)]
    turn.wait_for(**{CONTACT: asking, TRIED: True})
    can_ask = turn.house.can(turn.conversation.place.channel).contact_button
    button = turn.texts("form.button.share_phone") if can_ask else ""
    return [say(turn.texts("handoff.contact_looks_like"), ask_contact=button)]
