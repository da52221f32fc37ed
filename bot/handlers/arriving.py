"""What staff find when they come in: who waits, whether they are on duty, their language, and the way to the help.

Olga presses Start: two customers wait, she is on duty, /help says how it all works. She writes "/clsoe" and is asked
whether she means /close, which works in a customer's topic.
"""

from __future__ import annotations

import difflib

from bot.domain.conversation import Pressed
from bot.domain.message import Button
from bot.domain.people import Role
from bot.domain.ports import Act, Outgoing
from bot.handlers import customer, library_desk, menus, orders_desk, private, topic
from bot.handlers.private import Desk
from bot.handlers.start import LANGUAGE_NAMES
from bot.handlers.turn import Saying, Sayings, answer_press, drop_buttons, rows, say_at
from bot.handoff import queue, shifts, staff as people
from bot.i18n import day_and_time
from bot.messaging import conversations, outbox

PREFIX = "mylang:"
"""How the actions of the buttons begin by which staff choose their language."""
IN_A_TOPIC = frozenset({*topic.COMMANDS, *library_desk.COMMANDS, *orders_desk.COMMANDS, topic.DELETE, "history"})
LONGEST = 40
LIKE = 0.7
"""How like a command what was written must be to be taken for it, 0–1, difflib's ratio."""


def command(at: Desk, name: str) -> Sayings | None:
    """Carry out what staff write in a private chat and no room knows; None for a command of customers."""
    if name == "start":
        return [at.tell(_welcome(at)), menu(at)]
    if name == "language":
        return [_choice(at)]
    return None if name in customer.COMMANDS else [unknown(at, name)]


def unknown(at: Desk, name: str) -> Saying:
    """Say that there is no such command here, and which one may be meant."""
    if name in IN_A_TOPIC:
        return at.tell(at.texts("private.in_a_topic", command=name))
    nearest = difflib.get_close_matches(name, _known(at), 1, LIKE)
    written = f"/{name}"[:LONGEST]
    if not nearest:
        return at.tell(at.texts("private.unknown", command=written))
    return at.tell(at.texts("private.unknown_nearest", command=written, nearest=nearest[0]))


def _known(at: Desk) -> list[str]:
    more = {Role.MANAGER: private.MANAGER_COMMANDS, Role.ADMIN: private.ADMIN_COMMANDS}
    theirs = [name for role, names in more.items() if at.person.role.includes(role) for name in names]
    return [*private.COMMANDS, "help", *theirs, *customer.COMMANDS, *sorted(IN_A_TOPIC)]


def _welcome(at: Desk) -> str:
    waiting = sum(ticket.staff_id is None for ticket in queue.list_open(at.conn))
    waits = at.texts("private.count_waiting", n=waiting) if waiting else at.texts("private.nobody_waits")
    return "\n".join([at.texts("private.welcome"), waits, _duty(at), at.texts("private.start_help")])


def _duty(at: Desk) -> str:
    rules = at.house.rules
    if shifts.on_duty(at.person, rules.shifts, at.now):
        opens = _closed_until(at)
        return at.texts("private.on_duty_closed", when=opens) if opens else at.texts("private.on_duty")
    begins = shifts.next_on_duty([at.person], rules.shifts, at.now)
    if begins is None:
        return at.texts("private.is_away")
    return at.texts("private.off_shift", when=day_and_time(begins, at.now, rules.hours.zone, at.texts))


def _closed_until(at: Desk) -> str:
    """Return when this person's team opens, empty while these are hours of work."""
    rules = at.house.rules
    hours = rules.sla.hours_of(at.person.team)
    if hours.open_at(at.now):
        return ""
    opening = hours.next_opening(at.now)
    return day_and_time(opening, at.now, rules.hours.zone, at.texts) if opening else at.texts("time.later")


def menu(at: Desk) -> Saying:
    """Return the setting of this person's menu of commands; before they press Start Telegram takes none for them."""
    body = {"commands": menus.of_person(at.house, at.person), "language": ""}
    return Saying(Outgoing(Act.SET_COMMANDS, body), place=at.place, author=outbox.SYSTEM)


def _choice(at: Desk) -> Saying:
    buttons = [Button(LANGUAGE_NAMES.get(code, code), f"{PREFIX}{code}") for code in at.house.catalogues]
    return say_at(at.place, at.texts("language.choose"), rows(*buttons, width=3))


def pressed(at: Desk, press: Pressed) -> Sayings:
    """Speak the language that somebody of the staff chose: in what they do here, and where they ask like a customer."""
    code = press.action.removeprefix(PREFIX)
    done = [answer_press(press.place, press.press), drop_buttons(press.place, press.message)]
    if code not in at.house.catalogues:
        return done
    people.change(at.conn, at.person.id, language=code)
    own = conversations.find(at.conn, at.place, lock=True)
    if own is not None:
        conversations.change(at.conn, own.id, language=code, language_chosen=True)
    now_speaks = at.as_known()
    return [*done, now_speaks.tell(now_speaks.texts("language.set")), menu(now_speaks)]
