"""What is wrong with a base before a customer finds out: `supportbot faq lint`.

`delivery-cost` and `delivery-abroad` both have the phrasing "delivery price", so neither is ever answered surely: the
finding names both and says which to reword.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.faq.entry import FaqEntry
from bot.faq.matcher import Answer, Index
from bot.faq.text import key_of

LIKELY = 0.5  # confidence in another entry from which on a phrasing is worth a look


class Problem(StrEnum):
    """Kinds of findings; the values are keys of the catalogues as well."""

    SAME_PHRASING = "faq-lint-same-phrasing"
    ANSWERED_BY_OTHER = "faq-lint-answered-by-other"
    NEARER_TO_OTHER = "faq-lint-nearer-to-other"
    MISSING_LANGUAGE = "faq-lint-missing-language"
    DEAD_LINK = "faq-lint-dead-link"
    FEW_PHRASINGS = "faq-lint-few-phrasings"
    SWITCHED_OFF_LINK = "faq-lint-link-to-switched-off"


SENTENCES: Mapping[Problem, tuple[str, str]] = {
    Problem.SAME_PHRASING: (
        "“{phrasing}” is a phrasing of {entries}, so the bot can only offer them.",
        "Keep it with the entry that answers it best, or join the entries.",
    ),
    Problem.ANSWERED_BY_OTHER: (
        "“{phrasing}” of {entry} would be answered with {other}.",
        "Reword it or move it; if both answer it, join the entries.",
    ),
    Problem.NEARER_TO_OTHER: (
        "“{phrasing}” of {entry} is closer to “{near}” of {other} than to its own phrasings.",
        "Move it, or give {entry} more phrasings of this kind.",
    ),
    Problem.MISSING_LANGUAGE: (
        "{entry} has no text in {languages}.",
        "Translate it; until then customers get it in {fallback}.",
    ),
    Problem.DEAD_LINK: (
        "{entry} points to {other} in {field}, which does not exist.",
        "Correct the id or take it out.",
    ),
    Problem.SWITCHED_OFF_LINK: (
        "{entry} points to {other} in {field}, which is switched off.",
        "Switch {other} on, or take the link out.",
    ),
    Problem.FEW_PHRASINGS: (
        "{entry} has only {count} phrasing(s) in {languages}.",
        "Add how customers ask it; from three on the bot is clearly surer.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at.

    Attributes:
        problem: its kind, also the message key.
        entries: ids, the one to change first.
        facts: what the sentences are filled with.
    """

    problem: Problem
    entries: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return what is wrong, in English."""
        return SENTENCES[self.problem][0].format(**self.facts)

    @property
    def suggestion(self) -> str:
        """Return what to do, in English."""
        return SENTENCES[self.problem][1].format(**self.facts)


def lint(
    entries: Iterable[FaqEntry],
    languages: Sequence[str] = ("en", "de", "ru"),
    *,
    index: Index | None = None,
    few: int = 3,
) -> list[Finding]:
    """Return what is wrong with a base, the worst first.

    Args:
        entries: the whole base, switched off ones too.
        languages: that every entry should have.
        index: over the entries that are switched on, to find collisions of meaning; without one only equal phrasings
            are found.
        few: phrasings an entry and language should have.
    """
    base = list(entries)
    on = [entry for entry in base if entry.enabled]
    return [
        *_same_phrasings(on),
        *(_collisions(on, index) if index else ()),
        *_links(base),
        *_missing_languages(on, languages),
        *_few_phrasings(on, languages, few),
    ]


def _same_phrasings(entries: Sequence[FaqEntry]) -> Iterator[Finding]:
    owners: dict[str, dict[str, str]] = {}
    for entry in entries:
        for code in entry.texts:
            for phrasing in entry.phrasings(code):
                owners.setdefault(key_of(phrasing), {}).setdefault(entry.id, phrasing)
    for found in owners.values():
        if len(found) > 1:
            facts = {"phrasing": next(iter(found.values())), "entries": ", ".join(found)}
            yield Finding(Problem.SAME_PHRASING, tuple(found), facts)


def _collisions(entries: Sequence[FaqEntry], index: Index) -> Iterator[Finding]:
    """Yield phrasings that, were they not written down, would lead to another entry."""
    for entry in entries:
        for code in entry.texts:
            for phrasing in entry.phrasings(code):
                match = index.without(phrasing, entry.id, code)
                best = match.candidates[0] if match.candidates else None
                if best is None or best.entry == entry.id:
                    continue
                facts = {"phrasing": phrasing, "entry": entry.id, "other": best.entry, "near": best.phrasing}
                if isinstance(match.decision, Answer):
                    yield Finding(Problem.ANSWERED_BY_OTHER, (entry.id, best.entry), facts)
                elif best.confidence >= LIKELY:
                    yield Finding(Problem.NEARER_TO_OTHER, (entry.id, best.entry), facts)


def _links(entries: Sequence[FaqEntry]) -> Iterator[Finding]:
    known = {entry.id: entry.enabled for entry in entries}
    for entry in entries:
        for where, other in entry.links():
            facts = {"entry": entry.id, "other": other, "field": where}
            if other not in known:
                yield Finding(Problem.DEAD_LINK, (entry.id,), facts)
            elif entry.enabled and not known[other]:
                yield Finding(Problem.SWITCHED_OFF_LINK, (entry.id, other), facts)


def _missing_languages(entries: Sequence[FaqEntry], languages: Sequence[str]) -> Iterator[Finding]:
    for entry in entries:
        missing = [code for code in languages if code not in entry.texts]
        if missing:
            fallback = entry.text(missing[0], languages)[0]
            facts = {"entry": entry.id, "languages": ", ".join(missing), "fallback": fallback}
            yield Finding(Problem.MISSING_LANGUAGE, (entry.id,), facts)


def _few_phrasings(entries: Sequence[FaqEntry], languages: Sequence[str], few: int) -> Iterator[Finding]:
    for entry in entries:
        counts = {code: len(entry.phrasings(code)) for code in languages if code in entry.texts}
        short = [code for code, count in counts.items() if count < few]
        if short:
            facts = {"entry": entry.id, "count": str(min(counts.values())), "languages": ", ".join(short)}
            yield Finding(Problem.FEW_PHRASINGS, (entry.id,), facts)
