"""What a customer's commands do: the greeting, help, the language, privacy.

Each works at any time, also in the middle of a form.
"""

from __future__ import annotations

from bot.domain.message import Button, Content, ContentKind, Rows
from bot.handlers.turn import Saying, Turn, rows, say
from bot.messaging import conversations

COMMANDS = ("start", "help", "topics", "order", "orders", "human", "language", "cancel", "privacy")
"""What customers may send, in the order of their menu."""
LANGUAGE_NAMES = {"en": "English", "de": "Deutsch", "ru": "Русский"}


def command_in(content: Content) -> str:
    """Return the name of the command that a message is, "/" for a bare slash, empty for anything else."""
    text = content.text.text
    if content.kind is not ContentKind.TEXT or not text.startswith("/"):
        return ""
    return text[1:].split()[0].split("@")[0].lower() if text[1:].split() else "/"


def welcome(turn: Turn) -> Saying:
    """Return the greeting with what can be done next."""
    return say(turn.texts("start.welcome", name=turn.conversation.name), _first_steps(turn))


def _first_steps(turn: Turn) -> Rows:
    order = Button(turn.texts("button.order"), "order") if turn.house.forms else None
    return rows(
        Button(turn.texts("button.topics"), "topics"), order, Button(turn.texts("button.human"), "human"), width=2
    )


def help_text(turn: Turn) -> Saying:
    """Return what the bot can do."""
    return say(turn.texts("start.help"), _first_steps(turn))


def privacy(turn: Turn) -> Saying:
    """Return what is kept about the customer."""
    return say(turn.texts("start.privacy"))


def choose_language(turn: Turn) -> Saying:
    """Return the languages as buttons."""
    buttons = [Button(LANGUAGE_NAMES.get(code, code), f"lang:{code}") for code in turn.house.catalogues]
    return say(turn.texts("language.choose"), rows(*buttons, width=3))


def set_language(turn: Turn, code: str) -> Saying:
    """Speak the language that the customer chose from now on."""
    if code in turn.house.catalogues:
        conversations.change(turn.conn, turn.conversation.id, language_chosen=True)
        turn.speak(code)
    return say(turn.texts("language.set"))
