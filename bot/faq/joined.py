"""Where one sentence may ask two things: "how much is delivery and can I pay by card".

Only a guess, which `bot.faq.parts` tries on the base: "tea and coffee", "Hin- und Rückversand" are one thing each. What
stands behind the joint may lean on what is before it: in "was kostet der Versand und wie lange dauert er" `er` is the
`Versand`, so it is asked as "wie lange dauert Versand". Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.faq.strange import function_stems
from bot.faq.text import LONGEST, stem, tokens
from bot.faq.words import (
    ASKING,
    ASKING_HOW,
    BEHIND_A_VERB,
    DEMANDING,
    FUNCTION_WORDS,
    LEAD_INS,
    MEASURES,
    PEOPLE,
    PLEASE,
    PRONOUNS,
    WISHING,
)

_AND = (
    "and also|and then|and|as well as|plus|und auch|und außerdem|und ausserdem|und|sowie|"
    "а также|а ещё|а еще|и также|и ещё|и еще|и|&"
)
_BEHIND_A_COMMA = "also|außerdem|ausserdem|также|ещё|еще|а"
JOINT = re.compile(
    rf"(?<![\s,])(?:\s+(?P<word>{_AND})\s+|\s*,\s*(?:(?P<and>{_AND}|{_BEHIND_A_COMMA})\s+)?)(?=\w)", re.IGNORECASE
)
SAID = re.compile(rf"(?<!\S)(?:{_AND})(?!\S)", re.IGNORECASE)
CONDITION = re.compile(r"(?:if|when so|wenn|falls|если)\b", re.IGNORECASE)
"""What begins no question of its own: "and if so, how"."""
LOOKED_AT = 80  # letters behind a joint that tell whether a question begins there
MOST_JOINTS = 8  # a sentence with more of them is a list or a story
ASKING_ENDS = ("ете", "ите", "ёте")
"""Russian: verbs with these ends ask the shop: "принимаете карты"."""
COMMANDING_ENDS = ("ите", "йте", "ьте")
"""Russian: verbs with these ends tell the shop what to do: "верните деньги", "забудьте мой заказ"."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A place where a sentence may be parted.

    Attributes:
        start: where the joint begins.
        end: where what is behind it begins.
        said: there is a word such as "and", and not a comma alone.
        asks: what is behind it begins as a question, a wish or a clause does.
    """

    start: int
    end: int
    said: bool
    asks: bool


def joints(text: str, language: str) -> list[Joint]:
    """Return the places where a sentence may be parted, in order; none where there are too many."""
    found = []
    for place in JOINT.finditer(text[:LONGEST]):
        if text[place.start() - 1] in "-–" or not place.start():  # "Hin- und Rückversand"
            continue
        behind = text[place.end() : place.end() + LOOKED_AT]
        if CONDITION.match(behind):
            continue
        found.append(Joint(place.start(), place.end(), bool(place["word"] or place["and"]), begins(behind, language)))
    return found if len(found) <= MOST_JOINTS else []


def pieces(text: str, where: Sequence[Joint]) -> list[str]:
    """Return a sentence parted at these joints."""
    starts, ends = [0, *(one.end for one in where)], [*(one.start for one in where), len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def begins(text: str, language: str) -> bool:
    """Return whether a text begins as a question, a wish or a clause of its own does."""
    words = tokens(text)[:2]
    if not words:
        return False
    first, second = words[0], words[-1]
    if any(first in opening for opening in ASKING.values()) or first in PEOPLE.get(language[:2], ()):
        return True
    if language[:2] == "de":
        return len(words) > 1 and second in BEHIND_A_VERB and first not in FUNCTION_WORDS["de"]
    return language[:2] == "ru" and (second == "ли" or first.endswith(ASKING_ENDS))


def content(text: str, language: str) -> list[str]:
    """Return the words of a text that say what it is about."""
    small = function_stems(language)
    leaning, measures = PRONOUNS.get(language[:2], frozenset()), MEASURES.get(language[:2], frozenset())
    return [
        word
        for word in tokens(text)
        if word not in leaning and word not in measures and stem(word, language) not in small
    ]


def content_stems(text: str, language: str) -> set[str]:
    """Return the stems of the same words."""
    return {stem(word, language) for word in content(text, language)}


def inquires(text: str, language: str) -> bool:
    """Return whether a part is a question in its own right, which somebody waits to be answered."""
    words = tokens(text)
    if not begins(text, language) or words[0] in WISHING or words[0] in PEOPLE.get(language[:2], ()):
        return False
    return bool(content(text, language)) or not PRONOUNS.get(language[:2], frozenset()).isdisjoint(words)


def demands(text: str, language: str) -> bool:
    """Return whether somebody wants something to be done: "I want my money back", "please call me back today"."""
    words = tokens(text)
    start = next((place for place, word in enumerate(words) if word not in LEAD_INS), 0)
    first, second = [*words[start : start + 2], "", ""][:2]
    if language[:2] == "ru" and first.endswith(COMMANDING_ENDS):
        return first not in ASKING["ru"]
    return first in PLEASE or first in DEMANDING or (first in PEOPLE.get(language[:2], ()) and second in DEMANDING)


def asks_briefly(text: str) -> bool:
    """Return whether two words ask in their own right: "как оплатить", "how long", not "what kind"."""
    words = tokens(text)
    return len(words) > 1 and words[0] in ASKING_HOW


def leans(text: str, language: str) -> bool:
    """Return whether a part says too little without what is before it: "how long does it take", "and how much"."""
    words = tokens(text)
    if not content(text, language) or PRONOUNS.get(language[:2], frozenset()).intersection(words):
        return True
    return language[:2] == "de" and (words[-1] == "das" or _she(words))


def upright(text: str, before: str, language: str) -> str:
    """Return a part that leans with what it leans on: "how long does it take" as "how long does delivery take".

    Args:
        text: the part.
        before: the part before it.
        language: of both.

    Returns:
        Empty where nothing is named before it.
    """
    topic = _topic(before, language)
    if not topic:
        return ""
    leaning, words = PRONOUNS.get(language[:2], frozenset()), tokens(text)
    for place, word in enumerate(words):
        last = place == len(words) - 1
        if word in leaning or (language[:2] == "de" and ((word == "das" and last) or (word == "sie" and _she(words)))):
            return " ".join([*words[:place], topic, *words[place + 1 :]])
    return " ".join([*words, topic])


def _topic(text: str, language: str) -> str:
    """Return what a part is about: from its first word of content to its last one."""
    words, telling = tokens(text), set(content(text, language))
    places = [place for place, word in enumerate(words) if word in telling]
    return " ".join(words[places[0] : places[-1] + 1]) if places else ""


def _she(words: Sequence[str]) -> bool:
    """Return whether `sie` is somebody or something named before: "dauert sie", not "liefern Sie"."""
    return any(word == "sie" and before.endswith("t") for before, word in pairwise(words))
