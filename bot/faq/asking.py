"""Whether somebody asks, wishes or tells.

"can you wrap it" asks, "please wrap it" wishes, "I ordered last week" tells. Pure, and quick to import: the order form
needs it before the first index is there.
"""

from __future__ import annotations

from bot.faq.text import tokens
from bot.faq.words import ASKING, LEAD_INS, WISHING


def asks(sentence: str) -> bool:
    """Return whether a sentence is a question or a wish rather than a part of a story."""
    if "?" in sentence:
        return True
    words = tokens(sentence)
    start = next((place for place, word in enumerate(words) if word not in LEAD_INS), 0)
    return any(word in opening for opening in ASKING.values() for word in words[start : start + 1])


def inquires(sentence: str) -> bool:
    """Return whether a sentence is a question and no wish: "can you wrap it", not "please wrap it"."""
    words = tokens(sentence)
    return asks(sentence) and ("?" in sentence or not WISHING.intersection(words[:2]))
