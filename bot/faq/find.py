"""Finding a text by words, for people who know what they look for: operators in their library of answers.

"/canned retour lable" finds `return-label`: a word is found by its beginning, by another form of it, and with a typing
error or two. `resembling` is for what customers write: which ready answer has a wording like theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.faq.groups import weights
from bot.faq.text import key_of, stem, strip_accents, tokens

SHORTEST_BEGINNING, SHORTEST_PART = 3, 5  # letters by which a word, or a compound, is found
ONE_ERROR, TWO_ERRORS = 4, 8  # letters from which a word may have so many errors, as the matcher's repair has it
ENOUGH = 0.5  # share of the words looked for that a text has to hold
ALIKE = 0.5  # share of the stems, by weight, that two wordings have in common
SAME_LETTERS = 85  # 0–100, RapidFuzz ratio: a typing error in a short wording
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Book:
    """A text that can be found.

    Attributes:
        key: what a finding names.
        title: found first of all.
        texts: what else is found, in any language.
    """

    key: str
    title: str
    texts: tuple[str, ...] = ()


def search(books: Sequence[Book], words: str, most: int = 8) -> list[str]:
    """Return the keys of the books that hold these words, best first.

    Args:
        books: where to look.
        words: as an operator types them; nothing finds nothing.
        most: how many at most.
    """
    wanted = list(dict.fromkeys(_words(words[:LONGEST_SEARCH])))
    if not wanted:
        return []
    whole, found = key_of(words), list[tuple[float, int, str]]()
    held = [(_held(book.title), _held("\n".join(book.texts))) for book in books]
    meant = _meant(wanted, {word for pair in held for part in pair for word in part})
    for place, (book, (title, texts)) in enumerate(zip(books, held, strict=True)):
        in_title = sum(bool(meant[word] & title) for word in wanted) / len(wanted)
        anywhere = sum(bool(meant[word] & (title | texts)) for word in wanted) / len(wanted)
        same = key_of(book.title) == whole
        if same or anywhere >= ENOUGH:
            found.append((-(2.0 * same + anywhere + in_title / 2), place, book.key))
    return [key for _, _, key in sorted(found)[:most]]


def _words(text: str) -> list[str]:
    return [strip_accents(word) for word in tokens(text.replace("-", " ").replace("_", " "))]


@lru_cache(maxsize=4_096)
def _held(text: str) -> frozenset[str]:
    return frozenset(_words(text))


def _meant(wanted: Iterable[str], known: set[str]) -> dict[str, set[str]]:
    """Return, for each word looked for, the words of the books that it may stand for."""
    from rapidfuzz import process  # a start without operators does not need it
    from rapidfuzz.distance import OSA

    words, meant = sorted(known), dict[str, set[str]]()
    for one in wanted:
        near = {word for word in words if _is_in(one, word)}
        errors = (len(one) >= ONE_ERROR) + (len(one) >= TWO_ERRORS)
        close = process.extract(one, words, scorer=OSA.distance, score_cutoff=errors, limit=None)
        near |= {word for word, _, _ in close} | _same_stem(one, words)
        meant[one] = near
    return meant


def _is_in(one: str, word: str) -> bool:
    """Return whether somebody may mean a word by its beginning, or by a part of it: "etikett", "Rücksendeetikett"."""
    return (len(one) >= SHORTEST_BEGINNING and word.startswith(one)) or (len(one) >= SHORTEST_PART and one in word)


def _same_stem(one: str, words: Iterable[str]) -> set[str]:
    stems = {language: stem(one, language) for language in ("en", "de", "ru")}
    return {word for word in words if any(stem(word, language) == own for language, own in stems.items())}


def resembling(
    wordings: Mapping[str, Sequence[str]], said: str, language: str, most: int = 3
) -> list[tuple[str, float]]:
    """Return what has a wording like a customer's words: (key, likeness 0–1), the most alike first.

    Args:
        wordings: what customers write, by the key of what answers it.
        said: the customer's words.
        language: in which they are most likely written.
        most: how many at most.
    """
    asked, key = weights(said, language), key_of(said)
    found = []
    for name, listed in wordings.items():
        likeness = max((_alike(asked, key, wording, language) for wording in listed), default=0.0)
        if likeness >= ALIKE:
            found.append((name, round(likeness, 3)))
    return sorted(found, key=lambda one: -one[1])[:most]


def _alike(asked: Mapping[str, float], key: str, wording: str, language: str) -> float:
    """Return how much of two wordings is the same: 1 when they are equal but for case and punctuation."""
    other = key_of(wording)
    if other == key:
        return 1.0
    from rapidfuzz import fuzz

    letters = fuzz.ratio(key, other, score_cutoff=SAME_LETTERS) / 100
    stems = weights(wording, language)
    both = sum(max(asked[one], stems[one]) for one in asked if one in stems)
    every = sum(max(asked.get(one, 0.0), stems.get(one, 0.0)) for one in {*asked, *stems})
    return max(float(letters), both / every if every else 0.0)
