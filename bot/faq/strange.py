"""What of a question is strange to a base, and how sure it can be of a question that is strange throughout.

"who won the chess olympiad" shares `who` and `the` with a shop's base, and nothing else: whatever entry these two
lead to, hardly one of five such matches is right. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from bot.faq.lexical import LONGEST_PIECE, pieces
from bot.faq.text import stem
from bot.faq.words import ASKING, FUNCTION_WORDS, LESSER

UNKNOWN_THROUGHOUT = 0.2
"""The surest chance of a question without a word that the base knows: 18 of 100 of them were found by words alone."""
FEWEST_LETTERS_A_PIECE = 2.0
"""Of words, not of keys that were pressed at random: `asdfgh` falls into three pieces, `rücksendeetikett` into five."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Thai and Lao, Burmese, Khmer, kana, Han: written without spaces, so a sentence comes as one word of short pieces."""
SHORTEST_NONSENSE = 4  # letters; a shorter word that nobody knows may be a name


@lru_cache(maxsize=8)
def function_stems(language: str) -> frozenset[str]:
    """Return the stems of words that say nothing about what is asked."""
    words = FUNCTION_WORDS.get(language[:2], frozenset()) | ASKING.get(language[:2], frozenset()) | LESSER
    return frozenset(stem(word, language) for word in words)


def known_share(stems: Sequence[str], spread: Mapping[str, int], phrasings: int) -> float:
    """Return the share (0–1) of a question's words, by rarity, that so many phrasings use.

    Args:
        stems: of the question.
        spread: by stem, how many phrasings have it.
        phrasings: how many there are.
    """
    unknown = math.log(2 * (phrasings + 1))
    known = sum(math.log((phrasings + 1) / (spread[one] + 0.5)) for one in stems if one in spread)
    strange = sum(unknown for one in stems if one not in spread)
    return known / (known + strange) if known else 0.0


def surest(
    words: Mapping[str, str],
    spread: Collection[str],
    parts: Collection[str],
    language: str,
    spelled: Callable[[str], int] | None = None,
) -> float:
    """Return the surest chance (0–1) of a question's best entry, whatever its score; mostly 1.

    Args:
        words: without accents, and the stem of each.
        spread: stems that the base knows.
        parts: pieces of words that it knows.
        language: of the base.
        spelled: how many pieces a word falls into for the encoder; None without one. It knows words that the base does
            not, so with it only what is no word at all is held down.
    """
    content = {word: one for word, one in words.items() if one not in function_stems(language)}
    if not content or any(one in spread or _in_part(word, parts) for word, one in content.items()):
        return 1.0
    if any(_sentence(word) for word in content):
        return 1.0
    if spelled is None:
        return UNKNOWN_THROUGHOUT
    fell = [spelled(word) for word in content]
    letters = sum(len(word) for word in content)
    nonsense = max(map(len, content)) >= SHORTEST_NONSENSE and letters <= FEWEST_LETTERS_A_PIECE * sum(fell)
    return UNKNOWN_THROUGHOUT if nonsense and min(fell) > 1 else 1.0


def _sentence(word: str) -> bool:
    """Return whether a word may be a whole sentence without spaces; one key held down is none."""
    return UNSPACED.search(word) is not None and (len(set(word)) > 1 or len(word) < SHORTEST_NONSENSE)


def _in_part(word: str, parts: Collection[str]) -> bool:
    """Return whether the base knows six letters of a word in a row, its end apart: `versandkosten` by `versand`.

    Ends are alike in words that have nothing in common: `gardening`, `opening`.
    """
    longest = [piece in parts for piece in pieces(word) if len(piece) == LONGEST_PIECE and not piece.endswith("_")]
    return any(one and other for one, other in pairwise(longest))
