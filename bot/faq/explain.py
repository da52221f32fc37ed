"""Why a question was matched as it was, in words that an owner understands: `faq ask --explain` and the staff's views.

"‘delivrey’ was read as ‘delivery’. Nearest is “Delivery cost?” of delivery-cost: by words 71 of 100, by meaning
84 of 100. 93 of 100 such answers are right, too few for 95: the nearest entries are offered."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, floor

from bot.faq.matcher import Answer, Candidate, Match, NoMatch, Policy
from bot.i18n import Texts

AS_NEAR = 0.1  # a second that is so little farther away by its signals is as near


class Reason(StrEnum):
    """Kinds of remarks; the values are keys of the catalogues."""

    QUESTION = "why.question"
    EXACT = "why.exact"
    SHARED = "why.shared"
    LANGUAGE = "why.language"
    READ_AS = "why.read_as"
    GLOSSARY = "why.glossary"
    UNKNOWN = "why.unknown"
    NEAREST = "why.nearest"
    NEAREST_MEANING = "why.nearest_meaning"
    SECOND = "why.second"
    AS_NEAR = "why.as_near"
    OPPOSITE = "why.opposite"
    EXPERIENCE = "why.experience"
    SURE = "why.sure"
    NEARLY_SURE = "why.nearly_sure"
    SURE_HERE = "why.sure_here"
    NEARLY_SURE_HERE = "why.nearly_sure_here"
    UNSURE = "why.unsure"
    ELSEWHERE = "why.elsewhere"
    NOTHING = "why.nothing"


@dataclass(frozen=True, slots=True)
class Remark:
    """One step of the explanation: its kind, which is the sentence's key, and what the sentence is filled with."""

    reason: Reason
    facts: dict[str, str] = field(default_factory=dict)

    def said(self, texts: Texts) -> str:
        """Return it as a sentence."""
        return texts(self.reason.value, **self.facts)


def explain(match: Match, policy: Policy | None = None, unknown: Sequence[str] = ()) -> list[Remark]:
    """Return why a match came out as it did, step by step.

    Args:
        match: as the index gave it.
        policy: that it was decided by.
        unknown: words of the question that no entry has.
    """
    return list(_remarks(match, policy or Policy(), unknown))


def _remarks(match: Match, policy: Policy, unknown: Sequence[str]) -> Iterator[Remark]:
    if match.question:
        yield Remark(Reason.QUESTION, {"question": match.question})
    if match.exact:
        best = match.candidates[0]
        yield Remark(Reason.EXACT, {"entry": best.entry, "phrasing": best.phrasing})
        return
    yield from _reading(match, unknown)
    if not match.candidates:
        yield Remark(Reason.NOTHING)
        return
    best, *others = match.candidates
    yield Remark(Reason.SHARED) if "exact" in best.signals else _nearest(best)
    if match.opposite:
        yield Remark(Reason.OPPOSITE, {"asked": match.opposite[0], "said": match.opposite[1]})
    if others:
        yield _second(best, others[0])
    if match.calibrated and _of_100(match.calibrated) != _of_100(match.confidence):
        facts = {"before": _of_100(match.calibrated), "share": _of_100(match.confidence)}
        yield Remark(Reason.EXPERIENCE, facts)
    yield _decided(match, policy)


def _decided(match: Match, policy: Policy) -> Remark:
    """Return what was done, and by which bar: a base may need another one than what is asked of all answers."""
    share, aim = _of_100(match.confidence), _of_100(policy.answer_precision)
    if isinstance(match.decision, NoMatch) and match.elsewhere and match.confidence >= policy.suggest_precision:
        return Remark(Reason.ELSEWHERE)
    if isinstance(match.decision, NoMatch):
        return Remark(Reason.UNSURE, {"share": share, "aim": _of_100(policy.suggest_precision)})
    sure, needed = isinstance(match.decision, Answer), match.bar or policy.answer_precision
    bar = _of_100(needed)
    if not sure and share == bar:  # the difference shows in tenths only
        share, bar = f"{floor(match.confidence * 1000) / 10}", f"{ceil(needed * 1000) / 10}"
    if bar == aim:
        return Remark(Reason.SURE if sure else Reason.NEARLY_SURE, {"share": share, "aim": aim})
    return Remark(Reason.SURE_HERE if sure else Reason.NEARLY_SURE_HERE, {"share": share, "aim": aim, "bar": bar})


def _reading(match: Match, unknown: Sequence[str]) -> Iterator[Remark]:
    """Yield how the question was read before anything was compared."""
    if match.language:
        yield Remark(Reason.LANGUAGE, {"language": match.language})
    for written, read in match.repaired:
        yield Remark(Reason.READ_AS, {"written": written, "read": read})
    for written, read in match.glossed:
        yield Remark(Reason.GLOSSARY, {"written": written, "read": read})
    told = {word for written, _ in (*match.repaired, *match.glossed) for word in written.split()}
    unknown = [word for word in unknown if word not in told]
    if unknown:
        yield Remark(Reason.UNKNOWN, {"words": ", ".join(f"‘{word}’" for word in unknown)})


def _nearest(best: Candidate) -> Remark:
    facts = {"entry": best.entry, "phrasing": best.phrasing, "words": _of_100(best.signals.get("words", 0.0))}
    if "meaning" not in best.signals:
        return Remark(Reason.NEAREST, facts)
    return Remark(Reason.NEAREST_MEANING, facts | {"meaning": _of_100(best.signals["meaning"])})


def _second(best: Candidate, other: Candidate) -> Remark:
    """Return what speaks for the second; one that is as near as the first is why the bot is not surer."""
    name = "meaning" if "meaning" in best.signals else "words"
    lead = best.signals.get(name, 0.0) - other.signals.get(name, 0.0)
    reason = Reason.AS_NEAR if lead < AS_NEAR and "exact" not in best.signals else Reason.SECOND
    return Remark(reason, {"entry": other.entry, "phrasing": other.phrasing, "share": _of_100(other.confidence)})


def _of_100(share: float) -> str:
    """Return a share as a whole number of hundred, never rounded up to certainty."""
    return str(min(max(round(share * 100), 0), 99 if share < 1 else 100))
