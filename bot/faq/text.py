"""What a customer's words are made of: their key, their tokens and stems, their language, and what kind of words.

"  WIE teuer ist die Rücksendung??" has the key `wieteueristdierucksendung`, the stems wie, teu, ist, die, rucksend, and
is German. Pure; bounded: only the first 2,000 characters of a message are looked at.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.faq.words import FUNCTION_WORDS

LONGEST = 2_000  # characters of a message that are looked at; Telegram's longest has 4,096
MOST_TOKENS = 128
LONGEST_TOKEN = 40
STEMMERS = {"en": "english", "de": "german", "ru": "russian"}
WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*")
ACCENTS = re.compile("[\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad\ufe0f]+")
LETTERS = {"ё": "е", "ß": "ss", "’": "'", "ʼ": "'", "ı": "i", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"}
FOLDED = str.maketrans(LETTERS)
SIGNS = str.maketrans({"€": " euro ", "$": " dollar ", "£": " pound ", "₽": " рубль ", "%": " percent "})
UNHEARD = re.compile(r"[^\w\s'’ʼ?-]|(?<!\w)-|-(?!\w)")
ANY_SIGN = re.compile(r"\w")
CYRILLIC = re.compile("[\u0400-\u04ff]")
LATIN = re.compile("[a-zà-ɏ]")

_stemmers = threading.local()


def fold(text: str) -> str:
    """Return the text in small letters of one form, accents kept: the form that stemmers read."""
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:LONGEST]
    return text.casefold().translate(FOLDED)


def strip_accents(text: str) -> str:
    """Return the text without accents on letters and without invisible characters; `ü` → `u`, `й` → `и`."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def spoken(text: str) -> str:
    """Return a text as it is heard: without punctuation but question marks, which a customer types or does not.

    "Hallo - wo ist mein Paket?!" becomes "Hallo wo ist mein Paket ?". A text of nothing else stays as it is.
    """
    return " ".join(UNHEARD.sub(" ", text[:LONGEST]).split()) or text[:LONGEST]


def key_of(text: str) -> str:
    """Return what two texts share that are equal but for case, accents, punctuation and spaces.

    A text without any letter or digit, such as an emoji, is its own key; a text longer than `LONGEST` has the key of
    its beginning and its length, so it equals no phrasing.
    """
    folded = strip_accents(fold(text))
    key = "".join(WORD.findall(folded)).replace("'", "")
    if not key:
        key = "".join(folded.split())
    return key if len(text) <= LONGEST else f"{key}…{len(text)}"


def tokens(text: str) -> list[str]:
    """Return up to 128 words in small letters, accents kept, each cut at 40 characters."""
    folded = fold(text).translate(SIGNS)
    return [word[:LONGEST_TOKEN] for word in WORD.findall(folded)[:MOST_TOKENS]]


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """Return a word's stem without accents; where the language has no stemmer, the word without accents."""
    name = STEMMERS.get(language[:2])
    if name is not None:
        word = _stemmer(name).stemWord(word.replace("'", "") if language != "en" else word)
    return strip_accents(word).replace("'", "") or word


def stems(text: str, language: str) -> list[str]:
    """Return the stems of a text's words, in order."""
    return [stem(word, language) for word in tokens(text)]


def _stemmer(name: str) -> Any:  # noqa: ANN401  snowballstemmer has no types
    """Return this thread's stemmer: they keep state while they work."""
    known: dict[str, Any] = _stemmers.__dict__
    if name not in known:
        import snowballstemmer

        known[name] = snowballstemmer.stemmer(name)
    return known[name]


WRITTEN_IN_CYRILLIC = frozenset({"ru", "uk", "be", "bg", "sr", "mk", "kk"})
MOST_BORROWED = 0.5  # share of letters in another script that a text in a language still has
UKRAINIAN = re.compile("[іїєґ]")
GERMAN = re.compile("[äöüß]")


FEWEST_TELLING = 2  # words of a language, or its letters, in a text of four words and more; one is in several languages
SHORT = 4  # words from which on one of a language is too few
LEAST_TELLING = 0.15  # share of a text's words


def language_of(
    text: str, languages: Sequence[str], hint: str = "", known: Mapping[str, Collection[str]] | None = None
) -> str:
    """Return in which of the languages a text is most likely written; see `told_language`."""
    return told_language(text, languages, hint, known)[0]


def told_language(
    text: str, languages: Sequence[str], hint: str = "", known: Mapping[str, Collection[str]] | None = None
) -> tuple[str, bool]:
    """Return in which of the languages a text is most likely written, and whether its words or letters tell so.

    French has "des" as German has, and Turkish the letter ü; a text in neither of the languages tells none.

    Args:
        text: any text.
        languages: what may come out; the first is the default.
        hint: the customer's language, decides when the words do not.
        known: words (folded) that the base uses, by language.

    Returns:
        One of `languages`; "" when there is none.
    """
    if len(languages) < 2:  # noqa: PLR2004
        return (languages[0] if languages else ""), True
    words = tokens(text)
    letters = {code: _letters(text.casefold()[:LONGEST], code) for code in languages}
    points, hits = dict.fromkeys(languages, 0.0), dict.fromkeys(languages, 0)
    for code in languages:
        own = FUNCTION_WORDS.get(code[:2], frozenset())
        used = known.get(code, ()) if known else ()
        points[code] = letters[code] + sum(2.0 * (word in own) + 1.0 * (word in used) for word in words)
        hits[code] = sum(word in own or word in used for word in words)
    asked = hint.casefold().replace("_", "-")
    hinted = next((code for code in languages if asked and code.casefold().split("-")[0] == asked.split("-")[0]), "")
    if hinted:
        points[hinted] += 0.75
    best = max(languages, key=lambda code: points[code])
    found = hits[best] + (letters[best] > 0)
    enough = found >= (FEWEST_TELLING if len(words) >= SHORT else 1) and found >= LEAST_TELLING * len(words)
    if enough or best[:2] in WRITTEN_IN_CYRILLIC:
        return best, True
    return (hinted if hinted and letters[hinted] >= 0 else best), False


def _letters(text: str, code: str) -> float:
    """Return what a text's letters say for or against a language."""
    cyrillic, latin = len(CYRILLIC.findall(text)), len(LATIN.findall(text))
    if not cyrillic and not latin:
        return 0.0
    share = cyrillic / (cyrillic + latin)
    if code[:2] in WRITTEN_IN_CYRILLIC:
        fits = (code[:2] == "uk") == bool(UKRAINIAN.search(text))
        return -20.0 if share == 0 else 4.0 * share + 3.0 * (fits and cyrillic > 0)
    if share > MOST_BORROWED:
        return -20.0 * share
    return 3.0 if code[:2] == "de" and GERMAN.search(text) else 0.0
