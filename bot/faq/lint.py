"""What is wrong with a base before a customer finds out: `supportbot faq lint`.

`delivery-cost` and `delivery-abroad` both have the phrasing "delivery price", so neither is ever answered surely: the
finding names both and says which to reword. A phrasing that merely differs from its likes is no fault; what counts is
whether a customer who asks in its way would get the wrong answer, or not even be offered the right one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.faq.entry import ONE_MESSAGE, FaqEntry
from bot.faq.matcher import Answer, Candidate, Match
from bot.faq.text import key_of, stems

LIKELY = 0.5  # confidence in another entry from which on a phrasing is worth a look
NEAR = {"words": 0.2, "meaning": 0.4}  # nearness (0–1) of two phrasings from which on one may be taken for the other
TOLD_APART = 2  # phrasings of two entries that are taken for the other's, from which on the two are hard to tell apart
EXAMPLES = 3
BUTTONS_THAT_WORK = ("order", "orders", "form:", "human", "faq:", "https://", "http://")


class Problem(StrEnum):
    """Kinds of findings."""

    SAME_PHRASING = "faq-lint-same-phrasing"
    ANSWERED_BY_OTHER = "faq-lint-answered-by-other"
    TOO_CLOSE = "faq-lint-too-close"
    HARD_TO_TELL_APART = "faq-lint-hard-to-tell-apart"
    STANDS_ALONE = "faq-lint-stands-alone"
    MISSING_LANGUAGE = "faq-lint-missing-language"
    DEAD_LINK = "faq-lint-dead-link"
    SWITCHED_OFF_LINK = "faq-lint-link-to-switched-off"
    DEAD_BUTTON = "faq-lint-dead-button"
    MISSING_FORM = "faq-lint-missing-form"
    MISSING_FILE = "faq-lint-missing-file"
    LONG_ANSWER = "faq-lint-long-answer"
    FEW_PHRASINGS = "faq-lint-few-phrasings"
    NEVER_GIVEN = "faq-lint-never-given"


SENTENCES: Mapping[Problem, tuple[str, str]] = {
    Problem.SAME_PHRASING: (
        "“{phrasing}” is a phrasing of {entries}, so the bot can only offer them.",
        "Keep it with the entry that answers it best, or join the entries.",
    ),
    Problem.ANSWERED_BY_OTHER: (
        "Reworded a little, “{phrasing}” of {entry} would be answered with {other}, because of its “{near}”.",
        "Give {entry} more phrasings of this kind; if {other} answers it as well, move it there or join the two.",
    ),
    Problem.TOO_CLOSE: (
        "“{phrasing}” of {entry} and “{near}” of {other} say the same in the same words.",
        "Keep one of them, with the entry that answers it best.",
    ),
    Problem.HARD_TO_TELL_APART: (
        "{entry} and {other} are hard to tell apart in {language}: {examples}.",
        "Add phrasings that show the difference to both; if there is none for customers, join the entries.",
    ),
    Problem.STANDS_ALONE: (
        "“{phrasing}” of {entry} is like no other phrasing of it; who rewords it is offered {other} instead.",
        "Add one or two phrasings like it to {entry}.",
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
    Problem.DEAD_BUTTON: (
        "{entry} has a button to {action}, which messengers do not open.",
        "Put the number or address into the answer's text, where it can be tapped.",
    ),
    Problem.MISSING_FORM: (
        "{entry} has a button that begins the form {form}, which is not there.",
        "Name the key of config/order_form.toml or of a file in config/forms, or take the button away.",
    ),
    Problem.MISSING_FILE: (
        "{entry} names the attachment {file}, which does not lie beside the FAQ files.",
        "Put the file there, or take it out of the entry.",
    ),
    Problem.LONG_ANSWER: (
        "The answer of {entry} in {languages} is longer than one message ({most} characters).",
        "Shorten it, or put the rest on a page that it links to; until then customers get several messages.",
    ),
    Problem.FEW_PHRASINGS: (
        "{entry} has only {count} phrasing(s) in {languages}.",
        "Add how customers ask it; from three on the bot is clearly surer.",
    ),
    Problem.NEVER_GIVEN: (
        "{entry} was never given to anybody.",
        "Add phrasings in customers' words, or switch it off if nobody needs it.",
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
        more = int(self.facts.get("more", 0))
        also = f" ({more} more of their phrasings likewise.)" if more else ""
        return SENTENCES[self.problem][0].format(**self.facts) + also

    @property
    def suggestion(self) -> str:
        """Return what to do, in English."""
        return SENTENCES[self.problem][1].format(**self.facts)


class Trial(Protocol):
    """What can be asked as if a phrasing were not written down: an index."""

    def without(self, phrasing: str, entry: str, language: str) -> Match:
        """Return the match of a phrasing as if its entry did not hold it."""


def lint(
    entries: Iterable[FaqEntry],
    languages: Sequence[str] = ("en", "de", "ru"),
    *,
    index: Trial | None = None,
    few: int = 3,
    folder: Path | None = None,
    given: Collection[str] | None = None,
    forms: Collection[str] | None = None,
) -> list[Finding]:
    """Return what is wrong with a base, the worst first.

    Args:
        entries: the whole base, switched off ones too.
        languages: that every entry should have.
        index: over the entries that are switched on, to find collisions of meaning; without one only equal phrasings
            are found.
        few: phrasings an entry and language should have.
        folder: where attachments lie; they are not looked for without one.
        given: ids of the entries that customers got; None when that is not known, or of too few questions.
        forms: keys of the forms that buttons can begin; None when that is not known.
    """
    base = list(entries)
    on = [entry for entry in base if entry.enabled]
    return [
        *_once_a_pair([*_same_phrasings(on), *_same_words(on), *(_collisions(on, index) if index else ())]),
        *_links(base),
        *_buttons(base, forms),
        *(_files(on, folder) if folder else ()),
        *_missing_languages(on, languages),
        *_long_answers(on),
        *_few_phrasings(on, languages, few),
        *(Finding(Problem.NEVER_GIVEN, (one.id,), {"entry": one.id}) for one in on if given and one.id not in given),
    ]


def _once_a_pair(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first finding about the same entries, the plainest one, and how many more of its kind there are."""
    found: dict[frozenset[str], list[Finding]] = {}
    for one in findings:
        found.setdefault(frozenset(one.entries), []).append(one)
    for first, *others in found.values():
        more = sum(one.problem is first.problem for one in others)
        yield replace(first, facts={**first.facts, "more": str(more)}) if more else first


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


def _same_words(entries: Sequence[FaqEntry]) -> Iterator[Finding]:
    """Yield phrasings of two entries that have the same words in another order or form."""
    owners: dict[tuple[str, ...], dict[str, str]] = {}
    for entry in entries:
        for code in entry.texts:
            for phrasing in entry.phrasings(code):
                said = tuple(sorted(stems(phrasing, code)))
                owners.setdefault((code, *said), {}).setdefault(entry.id, phrasing)
    for found in owners.values():
        (first, phrasing), *others = found.items()
        for other, near in others:
            if key_of(phrasing) != key_of(near):
                facts = {"phrasing": phrasing, "entry": first, "other": other, "near": near}
                yield Finding(Problem.TOO_CLOSE, (first, other), facts)


@dataclass(frozen=True, slots=True)
class _Mistaken:
    """A phrasing that, were it not written down, would be taken for another entry's."""

    entry: str
    language: str
    phrasing: str
    best: Candidate
    sure: bool
    offered: bool

    @property
    def facts(self) -> dict[str, str]:
        """What the sentences are filled with."""
        return {
            "phrasing": self.phrasing,
            "entry": self.entry,
            "other": self.best.entry,
            "near": self.best.phrasing,
            "language": self.language,
        }

    def finding(self, problem: Problem) -> Finding:
        """Return it as a finding."""
        return Finding(problem, (self.entry, self.best.entry), self.facts)


def _collisions(entries: Sequence[FaqEntry], index: Trial) -> Iterator[Finding]:
    """Yield phrasings whose likes would lead to another entry, those of two entries that are mixed up together."""
    mistaken = list(_mistaken(entries, index))
    pairs: dict[tuple[str, frozenset[str]], list[_Mistaken]] = {}
    for one in mistaken:
        pairs.setdefault((one.language, frozenset((one.entry, one.best.entry))), []).append(one)
    mixed_up = {key: found for key, found in pairs.items() if len(found) >= TOLD_APART}
    for found in mixed_up.values():
        examples = [f"“{one.phrasing}” ({one.entry}) is taken for “{one.best.phrasing}”" for one in found[:EXAMPLES]]
        yield Finding(
            Problem.HARD_TO_TELL_APART,
            (found[0].entry, found[0].best.entry),
            found[0].facts | {"examples": "; ".join(examples)},
        )
    for (language, pair), found in pairs.items():
        for one in found:
            if (language, pair) in mixed_up:
                continue
            if one.sure:
                yield one.finding(Problem.ANSWERED_BY_OTHER)
            elif not one.offered:
                yield one.finding(Problem.STANDS_ALONE)


def _mistaken(entries: Sequence[FaqEntry], index: Trial) -> Iterator[_Mistaken]:
    for entry in entries:
        for code in entry.texts:
            for phrasing in entry.phrasings(code):
                match = index.without(phrasing, entry.id, code)
                best = match.candidates[0] if match.candidates else None
                if best is None or best.entry == entry.id or best.confidence < LIKELY or not _near(best):
                    continue
                offered = any(one.entry == entry.id for one in match.candidates)
                sure = isinstance(match.decision, Answer)
                yield _Mistaken(entry.id, code, phrasing, best, sure, offered)


def _near(best: Candidate) -> bool:
    """Return whether the two really resemble each other, and the rest of the base is not just farther away."""
    return any(best.signals.get(name, 0.0) >= least for name, least in NEAR.items())


def _buttons(entries: Sequence[FaqEntry], forms: Collection[str] | None) -> Iterator[Finding]:
    for entry in entries:
        for button in entry.buttons:
            kind, _, form = button.action.partition(":")
            if kind == "form" and forms is not None and form not in forms:
                yield Finding(Problem.MISSING_FORM, (entry.id,), {"entry": entry.id, "form": form})
            if not button.action.startswith(BUTTONS_THAT_WORK):
                yield Finding(Problem.DEAD_BUTTON, (entry.id,), {"entry": entry.id, "action": button.action})


def _files(entries: Sequence[FaqEntry], folder: Path) -> Iterator[Finding]:
    for entry in entries:
        for name in entry.attachments:
            if not (folder / name).is_file():
                yield Finding(Problem.MISSING_FILE, (entry.id,), {"entry": entry.id, "file": name})


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


def _long_answers(entries: Sequence[FaqEntry]) -> Iterator[Finding]:
    for entry in entries:
        if long := entry.too_long_for_one_message():
            facts = {"entry": entry.id, "languages": ", ".join(long), "most": f"{ONE_MESSAGE:,}"}
            yield Finding(Problem.LONG_ANSWER, (entry.id,), facts)


def _few_phrasings(entries: Sequence[FaqEntry], languages: Sequence[str], few: int) -> Iterator[Finding]:
    for entry in entries:
        counts = {code: len(entry.phrasings(code)) for code in languages if code in entry.texts}
        short = [code for code, count in counts.items() if count < few]
        if short:
            facts = {"entry": entry.id, "count": str(min(counts.values())), "languages": ", ".join(short)}
            yield Finding(Problem.FEW_PHRASINGS, (entry.id,), facts)
