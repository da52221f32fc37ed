"""Several questions in one message: each is matched, and the message as a whole too.

"How much is delivery? And can I pay by PayPal?" has two answers, and "how much is delivery and can I pay by PayPal"
likewise. "Hi, I ordered last week. Where is my parcel?" has one: the greeting and the story before it are no questions
of their own. "How do I store tea and coffee" has one, because an entry says so itself. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.faq import joined
from bot.faq.asking import asks
from bot.faq.joined import Joint
from bot.faq.matcher import Answer, Match, NoMatch, Part, Suggestions
from bot.faq.smalltalk import Kind, kind_of, sentences_of
from bot.faq.text import tokens

MOST_PARTS = 5  # a message of more sentences is a story, and for people
MOST_TRIED = 3  # joints that are tried where nothing behind them asks
SHORTEST = 2  # words of a question that is told of when nothing answers it
SHORTEST_ALONE = 4  # the same of one that does not ask, behind a question: "how much is delivery and return" is one
SHORTEST_JOINED = 3  # the same behind a joint, where "what kind" belongs to what is before it
AS_LIKELY = 0.5  # chance from which on an answer that is given is a part's too, and an entry is about a sentence


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
        asked = [part for one in found for part in _parted(index, Part(one, index.match(one, whole.language)))]
        return _weighed(whole, asked[:MOST_PARTS])
    if len(found) != 1:
        return whole
    alone = len(found[0]) == len(text.strip())
    only = Part(found[0], whole if alone else index.match(found[0], whole.language))
    several = _parted(index, only)
    if len(several) > 1:
        return replace(whole, parts=tuple(several))
    return whole if several[0].match is whole else _of_one_question(whole, several[0])


def _parted(index: Base, whole: Part) -> Sequence[Part]:
    """Return the questions that a sentence joins, the sure ones first; itself where it is one question.

    Where all of them mean the same entry, the surest of them.
    """
    language = whole.match.language
    found = [] if whole.match.exact else joined.joints(whole.text, language)
    asking = [one for one in found if one.asks]
    if len(asking) >= MOST_PARTS:
        return [whole]
    if asking:
        parts = _upright(index, joined.pieces(whole.text, asking), language)
        questions = _of_questions(whole, parts, asking)
        if questions[0] is not whole:
            return questions
    for one in [one for one in found if one.said and [one] != asking][:MOST_TRIED]:
        things = _of_two_things(index, whole, one)
        if things[0] is not whole:
            return things
    return [whole]


def _upright(index: Base, texts: Sequence[str], language: str) -> list[Part]:
    """Return the parts of a sentence, each matched with what it leans on.

    What it leans on may lead it to the entry of what is before it; then it is told of as it stands, and not answered.
    """
    found: list[Part] = []
    for place, text in enumerate(texts):
        asked = text
        if place and joined.leans(text, language):
            asked = joined.upright(text, texts[place - 1], language)
        match = index.match(asked, language)
        if asked != text and not _sure(match) and _best(match) == _best(found[-1].match):
            match = _unsure(index.match(text, language))
        elif asked != text and not match.exact:
            match = replace(match, question=asked)
        found.append(Part(text, match))
    return found


def _of_questions(whole: Part, parts: Sequence[Part], where: Sequence[Joint]) -> Sequence[Part]:
    """Return the parts behind joints where questions begin, or the whole where they are no questions of their own."""
    answered = _answered(parts)
    if not answered or (_sure(whole.match) and _best(whole.match) not in answered):
        return [whole]
    if _joins_itself(whole.match, parts):
        return [whole]
    if all(_sure(part.match) for part in parts):
        return list(answered.values())
    if not all(one.said for one in where):  # "tell me, how much is it" is one question
        return [whole]
    rest = [part for place, part in enumerate(parts) if _open(part, answered) and _stands(part, place, whole.match)]
    return [*answered.values(), *rest]


def _of_two_things(index: Base, whole: Part, joint: Joint) -> Sequence[Part]:
    """Return the parts of "delivery cost and payment methods", where both are sure and neither leans on the other.

    In "cost of delivery and return" the second may be meant as "cost of return", in "shipping and return costs" the
    first as "shipping costs"; so the same must come out however they are read.
    """
    language = whole.match.language
    first, second = joined.pieces(whole.text, [joint])
    if joined.leans(second, language) or not joined.content(first, language):
        return [whole]
    words = SHORTEST_ALONE if joined.begins(first, language) and not joint.asks else SHORTEST
    if len(tokens(second)) < words:
        return [whole]
    parts = [Part(first, index.match(first, language)), Part(second, index.match(second, language))]
    answered = _answered(parts)
    if not all(_sure(part.match) for part in parts) or _joins_itself(whole.match, parts):
        return [whole]
    if _sure(whole.match) and _best(whole.match) not in answered:
        return [whole]
    readings = (f"{first.rpartition(' ')[0]} {second}", f"{first} {second.rpartition(' ')[2]}")
    for part, reading in zip(reversed(parts), readings, strict=True):
        if reading.strip() != part.text and _best(index.match(reading, language)) != _best(part.match):
            return [whole]
    return list(answered.values())


def _answered(parts: Sequence[Part]) -> Mapping[str, Part]:
    """Return the first part for each entry that surely answers one."""
    found: dict[str, Part] = {}
    for part in parts:
        if _sure(part.match):
            found.setdefault(_best(part.match), part)
    return found


def _joins_itself(whole: Match, parts: Sequence[Part]) -> bool:
    """Return whether the nearest phrasing joins what the parts ask itself: "how do I store tea and coffee"."""
    phrasing = whole.candidates[0].phrasing if whole.candidates else ""
    if not joined.SAID.search(phrasing):
        return False
    said = joined.content_stems(phrasing, whole.language)
    return all(said & joined.content_stems(part.text, whole.language) for part in parts)


def _open(part: Part, answered: Mapping[str, Part]) -> bool:
    """Return whether a part has no answer of its own, and most likely none among those that are given."""
    if _sure(part.match):
        return False
    return _best(part.match) not in answered or part.match.confidence < AS_LIKELY


def _stands(part: Part, place: int, whole: Match) -> bool:
    """Return whether a part without a sure answer is waited for, and so told of.

    It asks, or demands, or is like something that the base has, or is said behind a question that alone has an answer:
    "when are you open and I feel sick after the tea". What an entry surely answers as a whole may well hold words that
    come near another one; and what stands before a question is often its story.
    """
    if kind_of(part.text) is not Kind.QUESTION:  # "and I thank you"
        return False
    if len(tokens(part.text)) < SHORTEST_JOINED:
        brief = joined.demands(part.text, whole.language) or joined.asks_briefly(part.text)
        return place > 0 and brief
    if joined.inquires(part.text, whole.language) or _demanded(part, place, whole.language):
        return True
    known = isinstance(part.match.decision, Suggestions)
    said = place > 0 and bool(joined.content(part.text, whole.language))
    return not _sure(whole) and (known or said)


def _demanded(part: Part, place: int, language: str) -> bool:
    """Return whether somebody wants something to be done: "I want my money back".

    Before a question it may be its story, "I want to order tea", so there it has to be like something that the base
    has.
    """
    known = isinstance(part.match.decision, Suggestions)
    return joined.demands(part.text, language) and (place > 0 or known)


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
        rest = [line for line in lines if _open(line, answered)]
        return replace(next(iter(answered.values())).match, parts=(*answered.values(), *rest))
    best = max((line.match for line in lines), key=_rank)
    return best if _rank(best) > _rank(whole) else whole


def _rank(match: Match) -> tuple[bool, float]:
    return not isinstance(match.decision, NoMatch), match.confidence


def _weighed(whole: Match, parts: Sequence[Part]) -> Match:
    """Return the whole message's match, with its parts where they say more than the whole."""
    asked = [part for place, part in enumerate(parts) if _sure(part.match) or _asked(part, place, whole)]
    if len(asked) == 1:
        return _of_one_question(whole, asked[0])
    answered: dict[str, Part] = {}
    for part in asked:
        if _sure(part.match):
            answered.setdefault(_best(part.match), part)
    if not answered or (_sure(whole) and len(answered) == 1 and _best(whole) not in answered):
        return whole
    rest = [part for part in asked if _open(part, answered)]
    if len(answered) + len(rest) > 1:
        return replace(whole, parts=(*answered.values(), *rest))
    return _of_one_question(whole, next(iter(answered.values())))


def _asked(part: Part, place: int, whole: Match) -> bool:
    """Return whether a sentence is told of when nothing answers it surely.

    It asks, or wants something done, or the base likely has something about it: "My kettle exploded."
    """
    if len(tokens(part.text)) < SHORTEST:
        return False
    known = isinstance(part.match.decision, Suggestions) and part.match.confidence >= AS_LIKELY
    return asks(part.text) or _demanded(part, place, whole.language) or (known and not _sure(whole))


def _of_one_question(whole: Match, part: Part) -> Match:
    """Return the surer one of a message's match and that of its only question, if they mean the same entry.

    A question that equals a phrasing needs no agreement.
    """
    same = part.match.exact or _best(whole) == _best(part.match) or not whole.candidates
    if _sure(whole) or not same or part.match.confidence <= whole.confidence:
        return whole
    return replace(part.match, question=part.match.question or part.text)


def _sure(match: Match) -> bool:
    return isinstance(match.decision, Answer)


def _unsure(match: Match) -> Match:
    """Return a match that answers nothing."""
    return replace(match, decision=NoMatch()) if _sure(match) else match


def _best(match: Match) -> str:
    return match.candidates[0].entry if match.candidates else ""
