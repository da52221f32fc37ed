"""The menus of commands: each role sees its own, in its language.

Anna's menu button shows /order and /human; Olga's shows /queue and /next as well, and the group's shows /claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.conversation import Place
from bot.domain.people import Role, Staff
from bot.handlers import library_desk, orders_desk, private, start, topic
from bot.handlers.house import House
from bot.i18n import Texts
from bot.orders.definition import words_in

CUSTOMER = start.COMMANDS
IN_A_GROUP = {"canned": "command.canned_send", "faq": "command.faq_send", "order": "command.order_desk"}
Menu = tuple[Place, list[list[str]], str]
"""The chat (an empty one means all private chats), [name, description] of each command, the language."""


def of(house: House, people: Sequence[Staff]) -> Iterable[Menu]:
    """Return all menus to be set."""
    channels = [name for name, can in house.capabilities.items() if can.commands]
    for channel in channels:
        for number, language in enumerate(house.catalogues):
            texts = house.texts(language)
            yield Place(channel, ""), [*_commands(texts, CUSTOMER), *_forms(house, language)], language
            if number == 0:
                yield Place(channel, ""), [*_commands(texts, CUSTOMER), *_forms(house, language)], ""
        for person in people:
            if person.telegram_id:
                yield Place(channel, person.telegram_id), of_person(house, person), ""
        for group in house.groups:
            others = [name for name in topic.COMMANDS if name != "claim"]
            names = ("claim", *others, *library_desk.COMMANDS, *orders_desk.COMMANDS, topic.DELETE, "history", "help")
            yield group, _commands(house.texts(house.catalogues.default), names, IN_A_GROUP), ""


def of_person(house: House, person: Staff) -> list[list[str]]:
    """Return the menu of a member of staff: [name, description] of each command."""
    texts = house.texts(person.language)
    more = {Role.MANAGER: private.MANAGER_COMMANDS, Role.ADMIN: private.ADMIN_COMMANDS}
    theirs = [name for role, names in more.items() if person.role.includes(role) for name in names]
    names = [*private.COMMANDS, *theirs, *CUSTOMER]
    return [*_commands(texts, names), *_forms(house, person.language)]


def _forms(house: House, language: str) -> list[list[str]]:
    """Return the commands that begin the owner's further forms."""
    return [[form.command, words_in(form.button, language)] for form in house.forms if form.command]


def _commands(texts: Texts, names: Iterable[str], other: Mapping[str, str] | None = None) -> list[list[str]]:
    """Return [name, description] of each command; `other` has the sentences of those that mean something else there."""
    return [[name, texts((other or {}).get(name, f"command.{name}"))] for name in names]
