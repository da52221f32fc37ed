"""A first message with the stretches masked that are understood, doubtful or asked, place for place.

"Not tomorrow. Two boxes, please" has one clause to read: "Two boxes" and its kindness.
"""

from __future__ import annotations

import re

from bot.orders.slot_words import DOUBTING, GREETING
from bot.orders.words import words_of

Stretch = tuple[int, int]
MASK = "\x00"
_SENTENCE = re.compile(r"[^!?;\n\x00]+")
_FULL_STOP = re.compile(r"(?<=[^\W_]{4})\.(?=\s+[^\W\d_])")
"""Not the one of an abbreviation: "Dr. Vogt", "ул. Ленина"."""
_CLAUSE = re.compile(r"[^,;\n\x00!?]+")
_WORD = re.compile(r"\S+")


class Marked:
    """A message of which the stretches that are understood, doubtful or asked are masked, place for place."""

    def __init__(self, text: str) -> None:
        self.text = _FULL_STOP.sub(";", text.replace(MASK, " "))
        if said := GREETING.match(text):
            self.mask(said.start(), said.end())
        for sentence in _SENTENCE.finditer(self.text):
            if not DOUBTING.isdisjoint(words_of(sentence[0])):
                self.mask(sentence.start(), sentence.end())

    def mask(self, start: int, end: int) -> None:
        """Take a stretch out of what is read from here on."""
        self.text = f"{self.text[:start]}{MASK * (end - start)}{self.text[end:]}"

    def clauses(self) -> list[Stretch]:
        """Return the stretches between commas, line ends and what is masked, without blanks around them."""
        return [one for said in _CLAUSE.finditer(self.text) if (one := self.trimmed(*said.span()))]

    def trimmed(self, start: int, end: int) -> Stretch | None:
        """Return the stretch without blanks, dots and dashes around it, None when nothing is left."""
        words = self.text[start:end]
        start += len(words) - len(words.lstrip(" .-\t"))
        end -= len(words) - len(words.rstrip(" .-\t"))
        return (start, end) if start < end else None

    def words(self, start: int, end: int) -> list[Stretch]:
        """Return where the words of a stretch stand."""
        return [(start + said.start(), start + said.end()) for said in _WORD.finditer(self.text[start:end])]


def only(stretches: list[Stretch]) -> Stretch | None:
    """Return the one stretch; None where there is none, or nobody knows which is meant."""
    return stretches[0] if len(stretches) == 1 else None
