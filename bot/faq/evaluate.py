"""How well a base answers an owner's own questions: `supportbot faq evaluate`.

A list of questions with the entries they should lead to goes in; out comes how many would be answered by the bot
itself, how many of those rightly, and how many could be if 95 of 100 answers had to be right.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.faq import parts
from bot.faq.entry import FaqEntry
from bot.faq.matcher import Index, Match
from bot.faq.source import FaqFileBroken
from bot.faq.structured import decoded

PRECISIONS = (0.90, 0.95, 0.99)
MOST_QUESTIONS = 1_000_000
LONGEST_QUESTION = 200_000  # characters


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the id of the entry that answers it; None when nobody wrote an answer for it.

    Attributes:
        text: as it is kept and shown.
        entry: the id, or None.
        language: of the customer, or empty.
        asked: as it is matched where that is not the text: with something of its kind in place of what was masked.
    """

    text: str
    entry: str | None
    language: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the index made of a question, and how long it took, in seconds."""

    question: Question
    match: Match
    took: float

    @property
    def right(self) -> bool:
        """Whether the best candidate is the right one."""
        best = self.match.candidates[0].entry if self.match.candidates else None
        return self.question.entry is not None and best == self.question.entry

    @property
    def among(self) -> bool:
        """Whether the right entry is among the candidates."""
        return any(one.entry == self.question.entry for one in self.match.candidates)


def questions_from(name: str, data: bytes) -> list[Question]:
    """Read questions as JSONL: `{"text": "…", "lang": "en", "id": "entry-id"}` a line; a null id for no answer.

    Raises:
        FaqFileBroken: names file, line and field.
    """
    questions = []
    for number, line in enumerate(decoded(name, data).split("\n"), 1):
        if line.strip():
            questions.append(_question(name, number, line))
        if len(questions) > MOST_QUESTIONS:
            raise FaqFileBroken(name, f"holds more than {MOST_QUESTIONS} questions", number)
    return questions


def unknown_ids(questions: Iterable[Question], entries: Iterable[FaqEntry]) -> list[str]:
    """Return the ids that questions expect and no entry has, each once: perhaps a typing error of the owner."""
    known = {entry.id for entry in entries}
    return list(dict.fromkeys(one.entry for one in questions if one.entry and one.entry not in known))


def run(
    index: Index,
    questions: Iterable[Question],
    clock: Callable[[], float] = time.perf_counter,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Return what the index makes of each question, in their order.

    Args:
        index: over the base.
        questions: the owner's.
        clock: seconds, rising.
        progress: called with the number done after each.
    """
    outcomes = []
    for number, question in enumerate(questions, 1):
        begun = clock()
        match = parts.match(index, question.asked or question.text, question.language)  # as customers are answered
        outcomes.append(Outcome(question, match, clock() - begun))
        if progress:
            progress(number)
    return outcomes


def report(outcomes: Sequence[Outcome], build_s: float = 0.0) -> dict[str, Any]:
    """Return the object that `faq evaluate --json` prints: `summary` and `rows`.

    Args:
        outcomes: as `run` gave them.
        build_s: how long the index took to build, in seconds.
    """
    return {"summary": summary(outcomes, build_s), "rows": [_row(one) for one in outcomes]}


def summary(outcomes: Sequence[Outcome], build_s: float = 0.0) -> dict[str, Any]:
    """Return the figures: counts, precision of what was answered, coverage, AUROC and latency; None for no data."""
    answered = [one for one in outcomes if one.match.kind == "answer"]
    suggested = [one for one in outcomes if one.match.kind == "suggest"]
    right = sum(one.right for one in answered)
    took = sorted(one.took * 1000 for one in outcomes)
    count = len(outcomes)
    return {
        "n": count,
        "answered": len(answered),
        "right": right,
        "wrong": len(answered) - right,
        "precision": _share(right, len(answered)),
        "coverage": _share(len(answered), count),
        "suggested": len(suggested),
        "suggested_hit": sum(one.among for one in suggested),
        "handed_off": count - len(answered) - len(suggested),
        "coverage_at_precision": {f"{aim:.2f}": coverage_at(outcomes, aim) for aim in PRECISIONS},
        "auroc": auroc(outcomes),
        "latency_ms": {"p50": _percentile(took, 0.5), "p99": _percentile(took, 0.99)},
        "build_s": round(build_s, 3),
    }


def in_words(summary: Mapping[str, Any]) -> list[str]:
    """Return the figures of a summary as lines for whoever owns the base."""
    count = summary["n"]
    right = f", {summary['right']} of them right ({_percent(summary['precision'])})" if summary["answered"] else ""
    could = (f"{_percent(share)} at {float(aim):.0%} right" for aim, share in summary["coverage_at_precision"].items())
    lines = [
        f"{count} question{'s' * (count != 1)}",
        f"answered: {summary['answered']} ({_percent(summary['coverage'])}){right}",
        f"near matches offered: {summary['suggested']}, with the right one among them: {summary['suggested_hit']}",
        f"handed over: {summary['handed_off']}",
        f"could be answered with the best bar for these questions: {', '.join(could)}",
    ]
    if summary["auroc"] is not None:
        lines.append(f"surer of a right match than of a question without an answer: {_percent(summary['auroc'])}")
    took = summary["latency_ms"]
    if took["p50"] is not None:
        lines.append(f"a question takes {took['p50']:.1f} ms, one of a hundred {took['p99']:.1f} ms or more")
    return lines


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def coverage_at(outcomes: Sequence[Outcome], precision: float) -> float:
    """Return the largest share (0–1) of all questions that some confidence threshold answers with that precision."""
    ranked = sorted(outcomes, key=lambda one: -one.match.confidence)
    right = best = 0
    for number, one in enumerate(ranked, 1):
        right += one.right
        last_of_its_confidence = number == len(ranked) or ranked[number].match.confidence < one.match.confidence
        if last_of_its_confidence and right >= precision * number:
            best = number
    return round(best / len(ranked), 4) if ranked else 0.0


def auroc(outcomes: Sequence[Outcome]) -> float | None:
    """Return the chance that a rightly matched question has a higher confidence than one nobody wrote an answer for.

    Ties count half; None when there are no questions of one of the two kinds.
    """
    ranked = sorted(outcomes, key=lambda one: one.match.confidence)
    wins, strange_below, at = 0.0, 0, 0
    while at < len(ranked):
        end = at
        while end < len(ranked) and ranked[end].match.confidence == ranked[at].match.confidence:
            end += 1
        group = ranked[at:end]
        strange = sum(one.question.entry is None for one in group)
        wins += sum(one.right for one in group) * (strange_below + strange / 2)
        strange_below += strange
        at = end
    pairs = strange_below * sum(one.right for one in outcomes)
    return round(wins / pairs, 4) if pairs else None


def _question(name: str, number: int, line: str) -> Question:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise FaqFileBroken(name, "is no JSON object", number) from wrong
    if not isinstance(body, dict):
        raise FaqFileBroken(name, "is no JSON object", number)
    text, entry, language = body.get("text"), body.get("id"), body.get("lang") or ""
    if not isinstance(text, str) or len(text) > LONGEST_QUESTION:
        raise FaqFileBroken(name, f"should be text of up to {LONGEST_QUESTION} characters", number, "text")
    if not isinstance(entry, str | None):
        raise FaqFileBroken(name, "should be an entry's id, or null", number, "id")
    if not isinstance(language, str):
        raise FaqFileBroken(name, "should be a language code such as en", number, "lang")
    return Question(text, entry, language)


def _row(one: Outcome) -> dict[str, Any]:
    return {
        "text": one.question.text,
        "id": one.question.entry,
        "decision": one.match.kind,
        "confidence": one.match.confidence,
        "candidates": [{"id": other.entry, "confidence": other.confidence} for other in one.match.candidates],
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percentile(ranked: Sequence[float], share: float) -> float | None:
    return round(ranked[min(int(len(ranked) * share), len(ranked) - 1)], 3) if ranked else None
