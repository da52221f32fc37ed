"""What the entries of a pool are called in other languages: by meaning, that teaches as well.

The German pool learns from "I forgot my password" that "Passwort vergessen" is about the account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.faq.entry import FaqEntry
from bot.faq.lexical import Floats, Ints
from bot.faq.meaning import Meanings
from bot.faq.nearby import SEEN_WHOLE
from bot.faq.text import spoken


@dataclass(frozen=True)
class Translated:
    """Phrasings in the other languages.

    Attributes:
        sentences: the phrasings.
        owner: the entry of each.
        meanings: their vectors; None before there is an encoder.
    """

    sentences: tuple[str, ...]
    owner: Ints
    meanings: Meanings | None = None

    @classmethod
    def of(cls, entries: Sequence[FaqEntry], taken: Sequence[str]) -> Translated:
        """Return the phrasings of entries in all languages but the one taken of each."""
        said = [
            (number, spoken(phrasing))
            for number, (entry, code) in enumerate(zip(entries, taken, strict=True))
            for other in entry.texts
            if other != code
            for phrasing in entry.phrasings(other)
        ]
        owner = np.array([number for number, _ in said], dtype=np.int32)
        return cls(tuple(sentence for _, sentence in said), owner)

    def scores(self, asked: Floats) -> Floats:
        """Return the cosine (−1–1) of vectors, or of one, with each phrasing's."""
        if self.meanings is None:
            return np.zeros((*asked.shape[:-1], 0), dtype=np.float32)
        return np.asarray(asked @ self.meanings.at(np.arange(len(self.owner), dtype=np.int32)).T, dtype=np.float32)


def few(others: Translated, phrasings: int) -> Translated | None:
    """Return the translations, where they are few enough to learn from together with so many phrasings."""
    return others if len(others.owner) and phrasings + len(others.owner) <= SEEN_WHOLE else None
