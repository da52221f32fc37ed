"""Answers as numbered lines, where a channel has no buttons or not enough of them.

Where others see two buttons, Anna reads "1. Home" and "2. Pick-up" and answers "2"; "Back" and "Cancel" she writes.
Which number stands for what is kept with what the bot waits for: the next question has other ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.message import Button
from bot.orders.answers import Words
from bot.orders.form import Choice, Given, Say, Tapped, Typed
from bot.orders.words import fold

OFFERS = "offers"
"""What a customer may write instead of pressing, in the conversation's flow: folded words -> a `Choice.action`."""
PRESS = "!"
"""Before the action of a button that belongs to no form: no field's key begins so."""
MARK = "✓ "
"""Before an answer that is chosen already; nobody types it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """How a question's answers are offered.

    Attributes:
        say: the question with those of its choices and moves that become buttons.
        lines: the answers to choose from by number, as "1. Home".
        words: what can be written besides, as "Back".
        meant: what each of them stands for.
    """

    say: Say
    lines: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    meant: Mapping[str, str] = field(default_factory=dict)


def offered(most: int, say: Say, label: Callable[[Words], str]) -> Offer:
    """Return how a question's answers are offered.

    Args:
        most: buttons that the channel has room for below a message.
        say: the question with all its choices and moves.
        label: gives a button's words in the customer's language.
    """
    person = 1 if say.person else 0
    if len(say.choices) + len(say.moves) + person <= most:
        return Offer(say)
    moves = tuple(label(move.label) for move in say.moves)
    meant = _by_words(say.moves, label)
    if say.choices and len(say.choices) + person <= most:
        return Offer(replace(say, moves=()), words=moves, meant=meant | _by_words(say.choices, label))
    bare = replace(say, choices=(), moves=(), person=bool(person) and person <= most)
    if say.figures:
        return Offer(bare, words=moves, meant=meant)
    numbers = {str(number): choice.action for number, choice in enumerate(say.choices, 1)}
    lines = tuple(f"{number}. {label(choice.label)}" for number, choice in enumerate(say.choices, 1))
    return Offer(bare, lines, moves, meant | _by_words(say.choices, label) | numbers)


def _by_words(choices: tuple[Choice, ...], label: Callable[[Words], str]) -> dict[str, str]:
    return {_said(label(choice.label)): choice.action for choice in choices}


def _said(text: str) -> str:
    return " ".join(fold(text).removeprefix(MARK).strip(" .)!#").split())


def meant_by(flow: Mapping[str, Any], text: str) -> str:
    """Return the action that words or a number stand for, empty for none."""
    offers = flow.get(OFFERS)
    action = offers.get(_said(text)) if isinstance(offers, Mapping) else None
    return action if isinstance(action, str) else ""


def standing_for(buttons: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what can be written instead of pressing: number or label -> action, of (label, action)."""
    by_number = {str(number): action for number, (_, action) in enumerate(buttons, 1)}
    return {_said(label): action for label, action in buttons} | by_number


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """The buttons of a message that has none: lines below it, words that can be written, and what is kept of both."""

    lines: tuple[str, ...]
    words: tuple[str, ...]
    meant: Mapping[str, str]


def written_out(flow: Mapping[str, Any], buttons: Sequence[Button]) -> WrittenOut:
    """Return how buttons that belong to no form are offered where there are none; links stand there as they are."""
    links = tuple(f"{one.text}: {one.url}" for one in buttons if one.url)
    acting = [one for one in buttons if one.action]
    known = dict(flow.get(OFFERS) or {}) if flow.get("form") else {}
    by_word = {_said(one.text): PRESS + one.action for one in acting if _said(one.text)}
    if flow.get("form"):
        return WrittenOut(links, tuple(one.text for one in acting if _said(one.text)), by_word | known)
    by_number = {str(number): PRESS + one.action for number, one in enumerate(acting, 1)}
    lines = tuple(f"{number}. {one.text}" for number, one in enumerate(acting, 1))
    return WrittenOut((*links, *lines), (), by_word | by_number)


def pressed_by(flow: Mapping[str, Any], text: str) -> str:
    """Return the action of the button outside of forms that words or a number stand for, empty for none."""
    action = meant_by(flow, text)
    return action.removeprefix(PRESS) if action.startswith(PRESS) else ""


def taken(flow: Mapping[str, Any], given: Given) -> Given:
    """Return what was given, words and numbers that stand for a button as that button pressed."""
    action = meant_by(flow, given.text) if isinstance(given, Typed) else ""
    return Tapped(action) if action else given
