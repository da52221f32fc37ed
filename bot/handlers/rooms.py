"""Who of the staff speaks about what in a private chat with the bot: the FAQ, the figures, the queue.

Ada's "adm:" buttons go to the FAQ's editing, Maria's `/report` to the managers, everybody's `/next` to the queue. A
room is a module with `COMMANDS`, `command`, `pressed`, `refused`, `awaits`, `given`, `cancel`.
"""

from __future__ import annotations

from types import ModuleType

from bot.domain.conversation import Edited, Incoming, Pressed, Said
from bot.domain.people import Role
from bot.handlers import admin, arriving, by_number, manager, private
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, answer_press
from bot.handoff import staff as people

ROOMS: tuple[tuple[ModuleType, Role, str], ...] = ((admin, Role.ADMIN, "adm:"), (manager, Role.MANAGER, "qc:"))
"""Where some of the staff speak with the bot: the module, who may, and how the actions of its buttons begin."""


def spoken(at: Desk, incoming: Incoming) -> Sayings | None:
    """Return what staff are answered privately; None when they speak like a customer."""
    if isinstance(incoming, Pressed):
        return _pressed(at, incoming)
    if not isinstance(incoming, Said) or isinstance(incoming, Edited):
        return None
    flow, text = people.flow(at.conn, at.person.id), incoming.content.text.text
    name = text.split()[0].split("@")[0].lower() if text.startswith("/") else ""
    told: Sayings
    for room, role, _ in ROOMS:
        if name in room.COMMANDS:
            told = room.command(at, incoming) if at.person.role.includes(role) else room.refused(at)
            return told
        if room.awaits(flow) and (text == "/cancel" or (not name and at.person.role.includes(role))):
            told = room.cancel(at) if name else room.given(at, incoming, flow)
            return told
    if not name:
        return None
    return by_number.command(at, incoming) or private.command(at, incoming) or arriving.command(at, name[1:])


def _pressed(at: Desk, press: Pressed) -> Sayings | None:
    if press.action.startswith(arriving.PREFIX):
        return arriving.pressed(at, press)
    for room, role, prefix in ROOMS:
        if press.action.startswith(prefix):
            may = at.person.role.includes(role)
            told: Sayings = room.pressed(at, press) if may else [answer_press(press.place, press.press)]
            return told
    return None
