"""What kind of words a message is before anybody looks into the FAQ: a greeting, thanks, a call for a person, nothing.

"Guten Tag!" is a greeting, "Guten Tag, wo ist mein Paket?" a question; "ok danke 👍" is thanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from bot.faq import words
from bot.faq.text import LONGEST, fold, tokens

NUMBER = re.compile(r"[\s#№+\d().,:/-]*\d[\s#№+\d().,:/-]*")
LONGEST_SMALL_TALK = 10  # words
_SHORT = "".join(rf"(?<!\b{word}\.)" for word in ("str", "tel", "bzw", "ggf", "usw", "etc", "mrs", "стр", "тел", "обл"))
SENTENCE_END = re.compile(rf"(?<=[?!…])\s+|(?<=[^\W\d_]{{3}}\.){_SHORT}\s+|\s*[\n;]+\s*", re.IGNORECASE)
"""After a full stop only behind a word of three letters that is no abbreviation: "Nr. 5", "z. B." stay whole."""
NAMES_ALLOWED = 1  # unknown words beside a greeting or thanks, such as a name


class Kind(StrEnum):
    """What a message is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    CONFIRMING = "confirming"
    HUMAN = "human"
    SWEARING = "swearing"
    NUMBER = "number"
    EMOJI = "emoji"
    EMPTY = "empty"


def kind_of(text: str, language: str = "") -> Kind:
    """Return what kind a message is.

    Args:
        text: any text.
        language: its language where that is known: it settles words that mean something else elsewhere.

    Returns:
        QUESTION for everything that the FAQ should look at; NUMBER for digits and marks alone, such as an order
        number or a phone number; EMOJI for pictures and marks alone; EMPTY for white space and invisible characters.
        A message of several sentences, one of which calls for a person, is HUMAN.
    """
    kind = _kind(text, language)
    if kind is not Kind.QUESTION:
        return kind
    parts = sentences_of(text)
    calls = len(parts) > 1 and any(_kind(part, language) is Kind.HUMAN for part in parts)
    return Kind.HUMAN if calls else kind


def sentences_of(text: str) -> list[str]:
    """Return the sentences and lines of a message, as far as marks tell where they end."""
    return [part for one in SENTENCE_END.split(text[:LONGEST]) if (part := one.strip())]


def _kind(text: str, language: str) -> Kind:
    if not _visible(text):
        return Kind.EMPTY
    if NUMBER.fullmatch(text.strip()[:LONGEST]):
        return Kind.NUMBER
    said = [word.strip("'") for word in tokens(text)]
    if not said:
        return Kind.EMOJI if _pictures(text) else Kind.QUESTION
    if len(said) > LONGEST_SMALL_TALK:
        return Kind.QUESTION
    return _small_talk(said, language, asks="?" in text)


def _small_talk(said: list[str], language: str, *, asks: bool) -> Kind:
    """Return the first kind whose rule the words fulfil."""
    some, all_of = set(said).intersection, set(said)
    greeting, thanks = _words(words.GREETINGS, language), _words(words.THANKS, language)
    polite = thanks | greeting | words.CONFIRMING | words.GOODBYES
    rules = (
        (Kind.HUMAN, some(words.PERSON) and all_of <= words.PERSON | words.ASKING_FOR_ONE | greeting | thanks),
        (Kind.SWEARING, some(words.SWEARING) and all_of <= words.SWEARING | words.FILLERS | words.CONFIRMING),
        (Kind.GREETING, some(words.GREETING) and all_of <= greeting),
        (Kind.QUESTION, asks),
        (Kind.THANKS, some(words.THANKING) and len(all_of - polite) <= NAMES_ALLOWED),
        (Kind.CONFIRMING, all_of <= words.CONFIRMING),
        (Kind.GOODBYE, some(words.GOODBYES) and all_of <= polite | words.GOODBYE_COMPANY),
    )
    return next((kind for kind, holds in rules if holds), Kind.QUESTION)


def _words(by_language: Mapping[str, frozenset[str]], language: str) -> frozenset[str]:
    own = by_language.get(language[:2])
    return own if own is not None else frozenset().union(*by_language.values())


def _visible(text: str) -> bool:
    return any(not char.isspace() and unicodedata.category(char)[0] != "C" for char in text[:LONGEST])


def _pictures(text: str) -> bool:
    return all(unicodedata.category(char)[0] in "SPMCZ" for char in fold(text))
