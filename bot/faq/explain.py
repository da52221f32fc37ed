"""Why a question was matched as it was, in words that an owner understands: `faq ask --explain` and the staff's views.

"I read ‘delivrey’ as ‘delivery’. Nearest is “What does delivery cost?” of delivery-cost: by words 71 of 100, by meaning
84 of 100. 93 of 100 such answers are right; 95 were asked for, so I offer it and two others."
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bot.faq.matcher import Answer, Candidate, Match, Policy, Suggestions


class Reason(StrEnum):
    """Kinds of remarks; the values are keys of the catalogues as well."""

    EXACT = "faq-why-exact"
    SHARED = "faq-why-shared"
    QUESTION = "faq-why-question"
    READ_AS = "faq-why-read-as"
    GLOSSARY = "faq-why-glossary"
    LANGUAGE = "faq-why-language"
    NEAREST = "faq-why-nearest"
    NEAREST_MEANING = "faq-why-nearest-meaning"
    SECOND = "faq-why-second"
    SURE = "faq-why-sure"
    NEARLY_SURE = "faq-why-nearly-sure"
    UNSURE = "faq-why-unsure"
    NOTHING = "faq-why-nothing"


SENTENCES = {
    Reason.EXACT: "The question is a phrasing of {entry}: “{phrasing}”.",
    Reason.SHARED: "The question is a phrasing of several entries, so none of them is sure.",
    Reason.QUESTION: "Of the message this was taken for the question: “{question}”.",
    Reason.READ_AS: "‘{written}’ was read as ‘{read}’, since no entry uses ‘{written}’.",
    Reason.GLOSSARY: "‘{written}’ counts as ‘{read}’, by the glossary.",
    Reason.LANGUAGE: "Its language was taken to be {language}.",
    Reason.NEAREST: "Nearest is “{phrasing}” of {entry}: by words {words} of 100.",
    Reason.NEAREST_MEANING: "Nearest is “{phrasing}” of {entry}: by words {words} of 100, by meaning {meaning} of 100.",
    Reason.SECOND: "Second is {entry} with “{phrasing}”; {share} of 100 such questions are meant for it.",
    Reason.SURE: "{share} of 100 such answers are right, which is enough for {aim}: it is answered.",
    Reason.NEARLY_SURE: "{share} of 100 such answers are right, too few for {aim}: the nearest entries are offered.",
    Reason.UNSURE: "Only {share} of 100 such answers are right: it goes to a person.",
    Reason.NOTHING: "No entry shares a word with it: it goes to a person.",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One step of the explanation: its kind, also the message key, and what its sentence is filled with."""

    reason: Reason
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return it in English."""
        return SENTENCES[self.reason].format(**self.facts)


def explain(match: Match, policy: Policy | None = None) -> list[Remark]:
    """Return why a match came out as it did, step by step.

    Args:
        match: as the index gave it.
        policy: that it was decided by.
    """
    return list(_remarks(match, policy or Policy()))


def _remarks(match: Match, policy: Policy) -> Iterator[Remark]:
    if match.question:
        yield Remark(Reason.QUESTION, {"question": match.question})
    if match.exact:
        best = match.candidates[0]
        yield Remark(Reason.EXACT, {"entry": best.entry, "phrasing": best.phrasing})
        return
    yield from _reading(match)
    if not match.candidates:
        yield Remark(Reason.NOTHING)
        return
    best, *others = match.candidates
    if "exact" in best.signals:
        yield Remark(Reason.SHARED)
    else:
        yield _nearest(best)
    for other in others[:1]:
        facts = {"entry": other.entry, "phrasing": other.phrasing, "share": _of_100(other.confidence)}
        yield Remark(Reason.SECOND, facts)
    facts = {"share": _of_100(match.confidence), "aim": _of_100(policy.answer_precision)}
    if isinstance(match.decision, Answer):
        yield Remark(Reason.SURE, facts)
    elif isinstance(match.decision, Suggestions):
        yield Remark(Reason.NEARLY_SURE, facts)
    else:
        yield Remark(Reason.UNSURE, facts)


def _reading(match: Match) -> Iterator[Remark]:
    """Yield how the question was read before anything was compared."""
    if match.language:
        yield Remark(Reason.LANGUAGE, {"language": match.language})
    for written, read in match.repaired:
        yield Remark(Reason.READ_AS, {"written": written, "read": read})
    for written, read in match.glossed:
        yield Remark(Reason.GLOSSARY, {"written": written, "read": read})


def _nearest(best: Candidate) -> Remark:
    facts = {"entry": best.entry, "phrasing": best.phrasing, "words": _of_100(best.signals.get("words", 0.0))}
    if "meaning" not in best.signals:
        return Remark(Reason.NEAREST, facts)
    return Remark(Reason.NEAREST_MEANING, facts | {"meaning": _of_100(best.signals["meaning"])})


def _of_100(share: float) -> str:
    """Return a share as a whole number of hundred, never rounded up to certainty."""
    return str(min(max(round(share * 100), 0), 99 if share < 1 else 100))
