"""A yes or no in words to what was asked with two buttons: "ja, einverstanden", "yes ok", "да, согласна", "no thanks".

"Yes, but make it two" is neither: it is doubtful, and asked about. Pure.
"""

from __future__ import annotations

from enum import StrEnum

from bot.orders.words import AGREED, NO, POLITE, YES, word_set, words_of

LONGEST = 12
"""Words of an answer; who writes more than that says something else."""


class Consent(StrEnum):
    """What somebody says to a proposal."""

    YES = "yes"
    NO = "no"
    DOUBTFUL = "doubtful"


_SIGNS = {"👍": Consent.YES, "👌": Consent.YES, "✅": Consent.YES, "👎": Consent.NO, "❌": Consent.NO}
_YES = (
    YES
    | AGREED
    | word_set("""
    fine good great perfect alright right
    gut super prima perfekt ordnung abgemacht machen einverstanden natürlich naturlich selbstverstandlich
    отлично договорились прекрасно устраивает подходит давайте можно согласны
""")
)
_NO = NO | word_set("""
    keep disagree decline declined
    nicht ablehnen abgelehnt lieber
    несогласен несогласна откажусь отказываюсь
""")
_AROUND = POLITE | word_set("""
    i i'm am we that's that is it's it this with all of course do does so to me for us the change
    ich bin wir sind das ist es so mit damit in der änderung anderung dem zu auch sehr ja mir machen wir sie
    я мы это с этим мне нас так всё все вполне очень изменением
""")
_KEEPS = word_set("as was before it bleiben lassen so wie war bisher оставьте оставить как было")


def consent_in(text: str) -> Consent | None:
    """Return whether words agree to what was proposed, or do not; None for words that are about something else."""
    bare = text.strip(" .!")
    if bare in _SIGNS:
        return _SIGNS[bare]
    said = words_of(text)
    if not said or "?" in text:
        return None
    yes, no = set(said) & _YES, set(said) & _NO
    if no and not yes & AGREED and set(said) <= _NO | _AROUND | _KEEPS:
        return Consent.NO
    if yes and not no and set(said) <= _YES | _AROUND:
        return Consent.YES
    begins = said[0] in _YES | _NO
    return Consent.DOUBTFUL if begins and len(said) <= LONGEST else None
