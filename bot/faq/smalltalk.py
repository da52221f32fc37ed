"""What kind of words a message is before anybody looks into the FAQ: a greeting, thanks, a call for a person, nothing.

"Guten Tag!" is a greeting, "Guten Tag, wo ist mein Paket?" a question; "ok danke 👍" is thanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import dropwhile

from bot.faq import sayings, words
from bot.faq.text import LONGEST, fold, tokens

NUMBER = re.compile(r"[\s#№+\d().,:/-]*\d[\s#№+\d().,:/-]*")
LONG_DRAWN = re.compile(r"(.)\1{2,}")  # hellooo
LONGEST_SMALL_TALK = 10  # words
SHORTEST_WISH = 2  # words behind a "no"
_SHORT = "".join(rf"(?<!\b{word}\.)" for word in ("str", "tel", "bzw", "ggf", "usw", "etc", "mrs", "стр", "тел", "обл"))
SENTENCE_END = re.compile(rf"(?<=[?!…])\s+|(?<=[^\W\d_]{{3}}\.){_SHORT}\s+|(?<!\s)\s*[\n;]+\s*", re.IGNORECASE)
"""After a full stop only behind a word of three letters that is no abbreviation: "Nr. 5", "z. B." stay whole."""
NAMES_ALLOWED = 1  # unknown words beside a greeting or thanks, such as a name
SMALL_TALK = frozenset().union(
    *words.GREETINGS.values(),
    *words.THANKS.values(),
    *(words.CONFIRMING, words.GOODBYES, words.GOODBYE_COMPANY, words.ADDRESSED, words.SWEARING, words.FILLERS),
    *(words.PERSON, words.ASKING_FOR_ONE, words.INSISTING, words.PLEASE),
)
"""Every word of the rules below; with more than one other word none of them holds."""


class Kind(StrEnum):
    """What a message is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    CONFIRMING = "confirming"
    HUMAN = "human"
    SWEARING = "swearing"
    HELP = "help"
    ROBOT = "robot"
    UNHELPED = "unhelped"
    NUMBER = "number"
    EMOJI = "emoji"
    EMPTY = "empty"


@lru_cache(maxsize=64)
def kind_of(text: str, language: str = "") -> Kind:
    """Return what kind a message is.

    Args:
        text: any text.
        language: its language where that is known: it settles words that mean something else elsewhere.

    Returns:
        QUESTION for everything that the FAQ should look at; NUMBER for digits and marks alone, such as an order
        number or a phone number; EMOJI for pictures and marks alone, unless they say thanks or the contrary; EMPTY for
        white space and invisible characters; HELP for "what can you do", ROBOT for "are you a bot", UNHELPED for "that
        does not help". A message that calls for a person in one of its sentences, or in a part of one, is HUMAN.
    """
    kind = _kind(text, language)
    if kind is not Kind.QUESTION:
        return kind
    parts = sentences_of(text)
    calls = len(parts) > 1 and any(_kind(part, language) is Kind.HUMAN for part in parts)
    return Kind.HUMAN if calls or any(_wishes_for_a_person(part, language) for part in parts) else kind


def _wishes_for_a_person(sentence: str, language: str) -> bool:
    """Return whether a sentence says beside other things that a person shall come: "it burnt, please call a person"."""
    said = " ".join(_joined(tokens(sentence)))
    wishes = sayings.WISH.finditer(said)
    if any(sayings.NOT_WISHED.search(said[: wish.start()]) is None for wish in wishes):
        return True
    clauses = [part for part in sayings.CLAUSE_END.split(sentence) if part]
    if len(clauses) == 1 or any(sayings.LATER.match(part) for part in clauses):
        return False
    return any(_kind(part, language) is Kind.HUMAN and not sayings.WISHED.isdisjoint(tokens(part)) for part in clauses)


def said_in(text: str, present: str, languages: Iterable[str]) -> str:
    """Return the language of a greeting or thanks: the present one where its words can be in it, else the first such.

    "Guten Tag" is German, whatever language the messenger speaks; "hi" stays in the present one.
    """
    said = {LONG_DRAWN.sub(r"\1", word) for word in tokens(text)}
    nothing: frozenset[str] = frozenset()
    return next(
        (
            code
            for code in (present, *languages)
            if said and said <= words.GREETINGS.get(code, nothing) | words.THANKS.get(code, nothing)
        ),
        present,
    )


def said_no(text: str) -> bool:
    """Return whether a short message is a no."""
    said = set(tokens(text))
    return bool(said) and said <= words.DENYING | words.PLEASE | words.THANKING


def sentences_of(text: str) -> list[str]:
    """Return the sentences and lines of a message, as far as marks tell where they end."""
    return [part for one in SENTENCE_END.split(text[:LONGEST]) if (part := one.strip())]


def _kind(text: str, language: str) -> Kind:
    if not _visible(text):
        return Kind.EMPTY
    if NUMBER.fullmatch(text.strip()[:LONGEST]):
        return Kind.NUMBER
    said = _joined([LONG_DRAWN.sub(r"\1", word.strip("'")) for word in tokens(text)])
    if not said:
        return _of_pictures(text)
    if len(said) > LONGEST_SMALL_TALK:
        return Kind.QUESTION
    if sayings.MASKED_SWEARING.search(text[:LONGEST]):
        return Kind.SWEARING
    own = language[:2] if language[:2] in words.GREETINGS else ""
    spoken = dict.fromkeys((own, *words.GREETINGS)) if own else dict.fromkeys(("", *words.GREETINGS))
    found = (_small_talk(said, code, asks="?" in text) for code in spoken)
    kind = next((kind for kind in found if kind is not Kind.QUESTION), _saying(said))
    return Kind.HUMAN if kind is Kind.QUESTION and _refuses_bots(said, spoken) else kind


def _small_talk(said: list[str], language: str, *, asks: bool) -> Kind:
    """Return the first kind whose rule the words fulfil."""
    some, all_of = set(said).intersection, set(said)
    if len(all_of - SMALL_TALK) > NAMES_ALLOWED:
        return Kind.QUESTION
    greeting, thanks = _words(words.GREETINGS, language), _words(words.THANKS, language)
    polite = thanks | greeting | words.CONFIRMING | words.GOODBYES
    asking = words.PERSON | words.ASKING_FOR_ONE | words.INSISTING | greeting | thanks | words.PLEASE
    rules = (
        (Kind.GREETING, some(words.GREETING) and all_of <= greeting | words.ADDRESSED),
        (Kind.HUMAN, some(words.PERSON) and all_of <= asking),
        (Kind.SWEARING, some(words.SWEARING) and all_of <= words.SWEARING | words.FILLERS | words.CONFIRMING),
        (Kind.QUESTION, asks),
        (Kind.THANKS, some(words.THANKING) and len(all_of - polite) <= NAMES_ALLOWED),
        (Kind.CONFIRMING, all_of <= words.CONFIRMING),
        (Kind.GOODBYE, some(words.GOODBYES) and all_of <= polite | words.GOODBYE_COMPANY),
    )
    return next((kind for kind, holds in rules if holds), Kind.QUESTION)


def _joined(said: list[str]) -> list[str]:
    """Return words with those whole again that a hyphen had cut: "кем нибудь" is one."""
    return re.sub(r"\b(кто|кого|кому|кем) нибудь\b", r"\1-нибудь", " ".join(said)).split()


def _refuses_bots(said: list[str], spoken: Iterable[str]) -> bool:
    """Return whether somebody wants a person behind a "no", or instead of a bot: "I want a person, not a bot"."""
    rest = said[1:] if len(said) > SHORTEST_WISH and said[0] in words.OPENING_NO else said
    kept = sayings.NO_BOT.sub("", " ".join(rest)).split()
    if kept == said:
        return False
    return not kept or any(_small_talk(kept, code, asks=False) is Kind.HUMAN for code in spoken)


def _saying(said: list[str]) -> Kind:
    """Return the kind of a fixed saying, a greeting or thanks before it and a please taken away."""
    opening = words.GREETING | words.ADDRESSED
    plain = [word for word in said if word not in words.PLEASE]
    core = list(dropwhile(lambda word: word in opening, plain))
    thanked = list(dropwhile(lambda word: word in words.THANKING | {"vielen", "schön", "sehr", "you"}, core))
    for kind, pattern in sayings.SAYINGS.items():
        for rest in (plain, core):
            if rest and pattern.fullmatch(" ".join(rest)):
                return Kind(kind)
    if thanked and len(thanked) < len(core) and sayings.FAREWELL.fullmatch(" ".join(thanked)):
        return Kind.THANKS
    return Kind.GREETING if plain and not core and set(plain) & words.GREETING else Kind.QUESTION


def _of_pictures(text: str) -> Kind:
    """Return what a message without words says: 👍 is thanks, 👎 the contrary, the rest nothing."""
    if not all(unicodedata.category(char)[0] in "SPMCZ" for char in fold(text)):
        return Kind.QUESTION
    if sayings.DISPLEASED.intersection(text[:LONGEST]):
        return Kind.UNHELPED
    return Kind.THANKS if sayings.PLEASED.intersection(text[:LONGEST]) else Kind.EMOJI


def _words(by_language: Mapping[str, frozenset[str]], language: str) -> frozenset[str]:
    own = by_language.get(language)
    return own if own is not None else frozenset().union(*by_language.values())


def _visible(text: str) -> bool:
    return any(not char.isspace() and unicodedata.category(char)[0] != "C" for char in text[:LONGEST])
