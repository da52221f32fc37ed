"""The words of the catalogue: which items a customer's word may name, in any of the shop's languages.

"ройбуша" is "ройбуш" with another ending, "senhca" is "sencha" with one typing error; "sancho" is neither. A word that
stands in the catalogue as it was written is that word and no other. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from bot.orders.catalogue import Catalogue, Item
from bot.orders.words import fold, word_set

SIZE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(kg|кг|kilo|кило|g|gr|grams?|gramm|г|гр|грамм\w*|ml|мл|l|л|liter|litre|литр\w*)\b\.?"
)
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s]|\n|_")
_BASE = {"g": "g", "г": "g", "k": "kg", "к": "kg", "m": "ml", "м": "ml", "l": "l", "л": "l"}
_THOUSAND = {"kg": "g", "l": "ml"}
K = TypeVar("K", str, tuple[str, ...])
_GLUE = word_set("the a an of in with without der die das den dem des von mit ohne im aus с со без из на для")
"""Little words of a name, which by themselves name nothing."""
_ENDINGS = word_set("""
    e er es en em s 's n tee kaffee
    а я у ю ы и е о ь й м х го му ми ой ей ою ый ий ая яя ое ее ого его ому ему ым им ом ем ых их ами ями ах ях ов
    ий ье ья ью ьем
""") | {""}
"""In which words of the three languages differ by case and number; German also glues the kind of thing on."""
_SHORT_ENDINGS = word_set("й я ю е и ем ев")
"""Those of "чай"."""
_PREFIX, _TYPO = 4, 5
"""Letters that a beginning, and a word with a typing error, must have."""


def size_of(number: str, unit: str) -> str:
    """Return a size in its smallest unit: "0,25", "kg" is "250g"."""
    base = _BASE[unit[0]]
    figure = float(number.replace(",", ".")) * (1000 if base in _THOUSAND else 1)
    return f"{figure:g}{_THOUSAND.get(base, base)}"


def tokens_of(text: str) -> list[str]:
    """Return the folded words, figures, marks and sizes of a text: "2x Sencha 0,1 kg" is "2", "x", "sencha", "100g"."""
    found: list[str] = []
    at = 0
    folded = fold(text).replace("×", "x")
    for size in SIZE.finditer(folded):
        found += [*TOKEN.findall(folded[at : size.start()]), size_of(size[1], size[2])]
        at = size.end()
    return [*found, *TOKEN.findall(folded[at:])]


def is_size(token: str) -> bool:
    """Return whether a token is a size."""
    return token[0].isdigit() and token[-1].isalpha()


def words_in_name(text: str) -> tuple[str, ...]:
    """Return the words, figures and sizes of a name, without its punctuation."""
    return tuple(token for token in tokens_of(text) if token[0].isalnum())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the words of a catalogue name.

    Attributes:
        phrases: all that an item is called as a whole -> SKUs, by its first word.
        names: a word of names -> SKUs.
        hints: a word of categories and synonyms, which names no item by itself -> SKUs.
        sizes: a size -> SKUs.
        initials: the first letter -> all words that begin with it.
        pairs: two words that stand side by side in what an item is called, as "without" and "caffeine".
    """

    phrases: Mapping[str, Mapping[tuple[str, ...], frozenset[str]]]
    names: Mapping[str, frozenset[str]]
    hints: Mapping[str, frozenset[str]]
    sizes: Mapping[str, frozenset[str]]
    initials: Mapping[str, tuple[str, ...]]
    pairs: frozenset[tuple[str, str]] = frozenset()

    def near(self, token: str) -> tuple[str, ...]:
        """Return the catalogue's words that a token stands for: itself, else other endings, else one typing error."""
        alike = self.initials.get(token[0], ())
        itself = (token,) if token in alike else ()
        if token in self.names or token in self.hints or not token.isalpha():
            return itself
        endings = itself + tuple(word for word in alike if _same_stem(token, word) or self._begins(token, word))
        return endings or tuple(word for word in alike if _one_error(token, word))

    def _begins(self, token: str, word: str) -> bool:
        return len(token) >= _PREFIX and word in self.names and word.startswith(token)

    def phrase_at(self, tokens: Sequence[Sequence[str]]) -> tuple[int, frozenset[str]]:
        """Return how many tokens from the first on are the longest name, and whose; (0, none) for no name.

        Args:
            tokens: for each the words that it may stand for.
        """
        length, skus = 0, frozenset[str]()
        for first in tokens[0]:
            for phrase, named in self.phrases.get(first, {}).items():
                said = len(phrase) <= len(tokens) and all(
                    word in near for word, near in zip(phrase, tokens, strict=False)
                )
                if said and len(phrase) >= length:
                    skus = named if len(phrase) > length else skus | named
                    length = len(phrase)
        return length, skus


def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """Return the words of all items that are enabled, also of those that are sold out."""
    return catalogue.once(_vocabulary)


def _vocabulary(catalogue: Catalogue) -> Vocabulary:
    phrases: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
    names, hints, sizes = (defaultdict[str, set[str]](set) for _ in range(3))
    for item in catalogue.items:
        if not item.enabled:
            continue
        for phrase in _phrases(item):
            phrases[phrase[0]][phrase].add(item.sku)
        for word in _words(item.name.values()):
            names[word].add(item.sku)
        for word in _words((*item.category.values(), *item.synonyms)):
            hints[word].add(item.sku)
        for size in item.size.values():
            for token in filter(is_size, words_in_name(size)):
                sizes[token].add(item.sku)
    for word in _words(text for item in catalogue.items for text in item.category.values()):
        names.pop(word, None)  # "tea" names no tea, also where one is called "Winter Tea"
    return Vocabulary(
        {first: _frozen(found) for first, found in phrases.items()},
        _frozen(names),
        _frozen(hints),
        _frozen(sizes),
        _by_initial({*names, *hints, *(word for found in phrases.values() for phrase in found for word in phrase)}),
        frozenset(pair for found in phrases.values() for phrase in found for pair in pairwise(phrase)),
    )


def _phrases(item: Item) -> set[tuple[str, ...]]:
    """Return all that an item is called as a whole: its names, with and without the size, and its synonyms."""
    called = [item.called(language) for language in {*item.name, *item.size} if language]
    texts = (*item.name.values(), *called, *item.synonyms)
    return {words for text in texts if (words := words_in_name(text))}


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of some names that name something by themselves."""
    found = {word for text in texts for word in words_in_name(text)}
    return {word for word in found if word.isalpha() and len(word) > 1} - _GLUE


def _frozen(found: Mapping[K, set[str]]) -> dict[K, frozenset[str]]:
    return {key: frozenset(skus) for key, skus in found.items()}


def _by_initial(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        found[word[0]].append(word)
    return {letter: tuple(all_of) for letter, all_of in found.items()}


def _common(one: str, other: str) -> int:
    """Return how many letters two words have in common at their beginning."""
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same


def _same_stem(said: str, word: str) -> bool:
    """Return whether two words differ in their ending only: "ройбуша", "grünen"."""
    same = _common(said, word)
    short = same == _PREFIX - 2 and {said[same:], word[same:]} <= _SHORT_ENDINGS
    return short or said == f"{word}s" or (same >= _PREFIX and {said[same:], word[same:]} <= _ENDINGS)


def _one_error(said: str, word: str) -> bool:
    """Return whether one letter is wrong, missing, too many, or two have changed places."""
    if min(len(said), len(word)) < _TYPO or abs(len(said) - len(word)) > 1:
        return False
    at = _common(said, word)
    left, right = said[at:], word[at:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
