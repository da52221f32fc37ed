"""Who of the staff speaks about what in a private chat with the bot: the FAQ, the figures, the queue.

Ada's "adm:" buttons go to the FAQ's editing, Maria's `/report` to the managers, everybody's `/next` to the queue. A
room is a module with `COMMANDS`, `command`, `pressed`, `refused`, `awaits`, `given`, `cancel`.
"""

from __future__ import annotations

from types import ModuleType

from bot.domain.conversation import Edited, Incoming, Pressed, Said
from bot.domain.people import Role
from bot.handlers import admin, manager, private
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, answer_press
from bot.handoff import staff as people

ROOMS: tuple[tuple[ModuleType, Role, str], ...] = ((admin, Role.ADMIN, "adm:"), (manager, Role.MANAGER, "qc:"))
"""Where some of the staff speak with the bot: the module, who may, and how the actions of its buttons begin."""


def spoken(at: Desk, incoming: Incoming) -> Sayings | None:
    """Return what staff are answered privately; None when they speak like a customer."""
    told: Sayings
    if isinstance(incoming, Pressed):
        for room, role, prefix in ROOMS:
            if incoming.action.startswith(prefix):
                may = at.person.role.includes(role)
                told = room.pressed(at, incoming) if may else [answer_press(incoming.place, incoming.press)]
                return told
    if not isinstance(incoming, Said) or isinstance(incoming, Edited):
        return None
    flow, text = people.flow(at.conn, at.person.id), incoming.content.text.text
    name = text.split()[0].split("@")[0].lower() if text.startswith("/") else ""
    for room, role, _ in ROOMS:
        if name in room.COMMANDS:
            told = room.command(at, incoming) if at.person.role.includes(role) else room.refused(at)
            return told
        if room.awaits(flow) and (text == "/cancel" or (not name and at.person.role.includes(role))):
            told = room.cancel(at) if name else room.given(at, incoming, flow)
            return told
    return private.command(at, incoming) if name else None
