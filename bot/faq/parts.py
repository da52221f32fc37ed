"""Several questions in one message: each is matched, and the message as a whole too.

"How much is delivery? And can I pay by PayPal?" has two answers. "Hi, I ordered last week. Where is my parcel?" has
one: the greeting and the story before it are no questions of their own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.faq.asking import asks
from bot.faq.matcher import Answer, Match, NoMatch, Part
from bot.faq.smalltalk import Kind, kind_of, sentences_of
from bot.faq.text import LONGEST, tokens
from bot.faq.words import ASKING

MOST_PARTS = 5  # a message of more sentences is a story, and for people
SHORTEST = 2  # words of a question that is told of when nothing answers it
_OPENERS = "|".join(sorted({word for words in ASKING.values() for word in words}, key=len, reverse=True))
JOINED = re.compile(rf"(?<!\s)(?:\s*,\s*|\s+)(?:and|und|и|а также)\s+(?=(?:{_OPENERS})\b)", re.IGNORECASE)


class Base(Protocol):
    """What can be asked: an index."""

    def match(self, text: str, language_hint: str = "") -> Match:
        """Return what there is for one question."""


def sentences(text: str) -> list[str]:
    """Return the parts of a message that stand for themselves, small talk left out, in their order."""
    return [part for part in sentences_of(text) if kind_of(part) is Kind.QUESTION]


def match(index: Base, text: str, language_hint: str = "") -> Match:
    """Return what the base has for a message, which may ask several things.

    Args:
        index: the base.
        text: any text.
        language_hint: the customer's language, or empty.

    Returns:
        The match of the whole message; with `parts` when at least one of several questions has a sure answer: those
        that have one, each entry once, and those that have none.
    """
    whole = index.match(text, language_hint)
    if whole.exact:
        return whole
    found = sentences(text)
    if 1 < len(found) <= MOST_PARTS:
        parts = [Part(one, index.match(one, whole.language)) for one in found]
        return _weighed(whole, parts)
    joined = JOINED.split(text[:LONGEST])
    if 1 < len(joined) <= MOST_PARTS and len(found) == 1:
        parts = [Part(one.strip(), index.match(one, whole.language)) for one in joined]
        entries = {_best(part.match) for part in parts}
        if all(_sure(part.match) for part in parts) and len(entries) == len(parts):
            return replace(whole, parts=tuple(parts))
    if len(found) == 1 and len(found[0]) < len(text.strip()):
        return _of_one_question(whole, Part(found[0], index.match(found[0], whole.language)))
    return whole


def of_lines(whole: Match, lines: Sequence[Part]) -> Match:
    """Return what the base has for messages that somebody typed in a row.

    Args:
        whole: the match of them all as one message.
        lines: those that ask, each with its own match; at least one.

    Returns:
        The whole's match. Where only a line has a sure answer that one, with `parts` that name the others; where only a
        line has near matches, or surer ones, that line's.
    """
    if _sure(whole) or whole.parts:
        return whole
    answered: dict[str, Part] = {}
    for line in lines:
        if _sure(line.match):
            answered.setdefault(_best(line.match), line)
    if answered:
        rest = [line for line in lines if not _sure(line.match) and _best(line.match) not in answered]
        return replace(next(iter(answered.values())).match, parts=(*answered.values(), *rest))
    best = max((line.match for line in lines), key=_rank)
    return best if _rank(best) > _rank(whole) else whole


def _rank(match: Match) -> tuple[bool, float]:
    return not isinstance(match.decision, NoMatch), match.confidence


def _weighed(whole: Match, parts: Sequence[Part]) -> Match:
    """Return the whole message's match, with its parts where they say more than the whole."""
    asked = [part for part in parts if _sure(part.match) or (asks(part.text) and len(tokens(part.text)) >= SHORTEST)]
    if len(asked) == 1:
        return _of_one_question(whole, asked[0])
    answered: dict[str, Part] = {}
    for part in asked:
        if _sure(part.match):
            answered.setdefault(_best(part.match), part)
    if not answered or (_sure(whole) and len(answered) == 1 and _best(whole) not in answered):
        return whole
    rest = [part for part in asked if not _sure(part.match) and _best(part.match) not in answered]
    if len(answered) + len(rest) > 1:
        return replace(whole, parts=(*answered.values(), *rest))
    return _of_one_question(whole, next(iter(answered.values())))


def _of_one_question(whole: Match, part: Part) -> Match:
    """Return the surer one of a message's match and that of its only question, if they mean the same entry.

    A question that equals a phrasing needs no agreement.
    """
    same = part.match.exact or _best(whole) == _best(part.match) or not whole.candidates
    if _sure(whole) or not same or part.match.confidence <= whole.confidence:
        return whole
    return replace(part.match, question=part.text)


def _sure(match: Match) -> bool:
    return isinstance(match.decision, Answer)


def _best(match: Match) -> str:
    return match.candidates[0].entry if match.candidates else ""
