"""What a customer's commands do: the greeting, help, the language, privacy.

Each works at any time, also in the middle of a form.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.message import Button, Content, ContentKind, Rows
from bot.handlers.turn import Saying, Turn, rows, say
from bot.messaging import conversations
from bot.orders.words import POLITE, word_set, words_of

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


CHOOSING = "language"
"""In the flow, beside all else that is waited for: the next words may name a language."""
NAMED: dict[str, frozenset[str]] = {
    "en": word_set("english englisch английский английском английски en"),
    "de": word_set("german deutsch немецкий немецком немецки de"),
    "ru": word_set("russian russisch русский русском русски ru"),
}
AROUND_A_LANGUAGE = POLITE | word_set(
    "in i speak want auf ich spreche sprache language на по я говорю говори говорите язык"
)


def language_said(text: str, languages: Collection[str]) -> str:
    """Return the language that words name, in whichever language they do; empty for none."""
    said = set(words_of(text)) - AROUND_A_LANGUAGE
    named = [code for code in languages if said and said <= NAMED.get(code, frozenset({code}))]
    return named[0] if len(named) == 1 else ""


def language_typed(turn: Turn, text: str) -> Saying | None:
    """Take words behind /language for the button that they name; None for all else, which ends the choice."""
    if not turn.flow.get(CHOOSING):
        return None
    turn.wait_for(**{key: value for key, value in turn.flow.items() if key != CHOOSING})
    code = language_said(text, list(turn.house.catalogues))
    return set_language(turn, code) if code else None


def choose_language(turn: Turn) -> Saying:
    """Return the languages as buttons."""
    turn.wait_for(**{**turn.flow, CHOOSING: True})
    buttons = [Button(LANGUAGE_NAMES.get(code, code), f"lang:{code}") for code in turn.house.catalogues]
    return say(turn.texts("language.choose"), rows(*buttons, width=3))


def set_language(turn: Turn, code: str) -> Saying:
    """Speak the language that the customer chose from now on."""
    if code in turn.house.catalogues:
        conversations.change(turn.conn, turn.conversation.id, language_chosen=True)
        turn.speak(code)
    return say(turn.texts("language.set"))
