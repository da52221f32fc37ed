"""How well several questions in one sentence are told from one question with an "and" in it.

    python -m benchmarks.joined
    python -m benchmarks.joined --sets clinc150,synth_support_de --pairs 200 --no-encoder

Reads the development sets beside the project (`../shared/data/matching`) where they are, and the sample base in any
case. Single questions that hold a joint should keep what they get; two questions of different entries, joined by
"and", "und", "и" or a comma with such a word, should both be answered, or one of them with the other named.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # figures are for one thread

from benchmarks.matching import DATA, SEED, Cell, load, sample_cells
from bot.faq import parts
from bot.faq.encoder import UseM3, VectorStore
from bot.faq.evaluate import Question
from bot.faq.matcher import Index, Match

JOINTS = {
    "en": (" and ", " and ", ", and ", " and also "),
    "de": (" und ", " und ", ", und ", ", außerdem "),
    "ru": (" и ", " и ", ", и ", ", а ещё "),
}
JOINING = {"en": {"and", "also"}, "de": {"und", "außerdem", "sowie"}, "ru": {"и", "ещё", "еще", "также"}}
ALONE = 400  # questions of a set that are asked alone, to find those that are sure
MOST_WORDS = 14  # of a question that is joined to another one
PHRASINGS = 10  # an entry, of the development sets
LEGEND = """
Single questions with a joint: asked, how many; changd, get something else than the question as a whole would; answd
and right, before they are looked at for joints and after. Two questions joined, both of which, or one of which, are
answered rightly when asked alone: both, both answered; named, one answered and the other named; one, one answered and
no word of the other; list, near matches of both together; none, handed over; wrong, an answer that neither asked for.
ms: median of a question without a joint, and of two joined ones."""


@dataclass(frozen=True)
class Given:
    """What a customer gets: the entries that answer, whether near matches, and how many questions are named."""

    answers: tuple[str, ...]
    named: int
    near: bool

    @classmethod
    def of(cls, match: Match) -> Given:
        """Return what a match gives."""
        asked = [part.match for part in match.parts] or [match]
        sure = tuple(one.candidates[0].entry for one in asked if one.kind == "answer")
        return cls(
            sure, len(match.parts) - len(sure) if match.parts else 0, any(one.kind == "suggest" for one in asked)
        )


def singles(cell: Cell, index: Index) -> tuple[int, ...]:
    """Return of the questions with a joint: how many, changed, answered and right before, answered and right after."""
    asked = [one for one in cell.questions if JOINING[cell.language].intersection(one.text.lower().split())]
    found = [(one, Given.of(index.match(one.text, cell.language)), Given.of(given(cell, index, one))) for one in asked]
    before = [(one, was) for one, was, _ in found if was.answers]
    after = [(one, now) for one, _, now in found if now.answers]
    right = [sum(set(got.answers) == {one.entry} for one, got in some) for some in (before, after)]
    return len(asked), sum(was != now for _, was, now in found), len(before), right[0], len(after), right[1]


def given(cell: Cell, index: Index, question: Question) -> Match:
    return parts.match(index, question.text, cell.language)


def pairs(cell: Cell, index: Index, count: int) -> Iterator[tuple[str, str, set[str]]]:
    """Yield so many joined questions of either kind with the entries that are sure, and the kind.

    A question that is asked alone is answered rightly; with another such one it makes the kind `sure`, with one that is
    not answered alone the kind `open`.
    """
    rng = random.Random(SEED)
    some = [one for one in cell.questions if one.entry and len(one.text.split()) <= MOST_WORDS]
    some = [one for one in some if not JOINING[cell.language].intersection(one.text.lower().split())][:ALONE]
    alone = [(one, given(cell, index, one)) for one in some]
    sure = [one for one, match in alone if match.kind == "answer" and match.candidates[0].entry == one.entry]
    others = {"sure": sure, "open": [one for one, match in alone if match.kind != "answer"]}
    for kind, seconds in others.items():
        for _ in range(count if sure and seconds else 0):
            both = [rng.choice(sure), rng.choice(seconds)]
            if both[0].entry != both[1].entry:
                rng.shuffle(both)
                joint = rng.choice(JOINTS[cell.language])
                wanted = {str(one.entry) for one in both}
                yield kind, joint.join((_plain(both[0].text), _plain(both[1].text))), wanted


def _plain(text: str) -> str:
    bare = text.strip().rstrip(".?! ")
    return bare[:1].lower() + bare[1:]


def outcome(match: Match, wanted: set[str]) -> str:
    got = Given.of(match)
    if set(got.answers) - wanted:
        return "wrong"
    if set(got.answers) == wanted:
        return "both"
    if got.answers:
        return "named" if got.named else "one"
    return "list" if got.near else "none"


def told(cell: Cell, title: str, index: Index, options: argparse.Namespace) -> None:
    counts: dict[str, Counter[str]] = {"sure": Counter(), "open": Counter()}
    took = []
    for kind, text, wanted in pairs(cell, index, options.pairs):
        begun = time.perf_counter()
        match = parts.match(index, text, cell.language)
        took.append(time.perf_counter() - begun)
        counts[kind][outcome(match, wanted)] += 1
        if f"{kind}-{outcome(match, wanted)}" in options.show.split(","):
            print(f"    {kind} {outcome(match, wanted)}: {text!r} {wanted} {Given.of(match)}")
    alone = [one for one in cell.questions if not JOINING[cell.language].intersection(one.text.lower().split())][:100]
    figures = [*singles(cell, index)]
    figures += [counts["sure"][name] for name in ("both", "named", "one", "list", "none", "wrong")]
    figures += [counts["open"][name] for name in ("both", "named", "one", "list", "none", "wrong")]
    ms = [1000 * statistics.median(some) if some else 0 for some in (times(cell, index, alone), took)]
    print(f"{cell.name:17s}{title:8s}" + "".join(f"{one:7d}" for one in figures) + "".join(f"{one:7.2f}" for one in ms))
    for one in cell.questions if options.changed else ():
        if JOINING[cell.language].intersection(one.text.lower().split()):
            was, now = Given.of(index.match(one.text, cell.language)), Given.of(given(cell, index, one))
            if was != now:
                print(f"    changed: {one.text!r} {one.entry}: {was} -> {now}")


def times(cell: Cell, index: Index, questions: Sequence[Question]) -> list[float]:
    found = []
    for one in questions:
        begun = time.perf_counter()
        given(cell, index, one)
        found.append(time.perf_counter() - begun)
    return found


def cells(options: argparse.Namespace) -> Iterator[Cell]:
    """Yield the sample base in each language, then the development sets."""
    wanted = None if options.sets == "all" else set(options.sets.split(","))
    if wanted is None or "sample" in wanted:
        yield from sample_cells(options.sample)
    for folder in sorted(one for one in DATA.iterdir() if one.is_dir()) if DATA.is_dir() else ():
        if wanted is None or folder.name in wanted:
            base, questions = load(folder.name, PHRASINGS, options.sample)
            yield Cell(folder.name, PHRASINGS, questions[0].language, base, questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="all", help="names of sets, sample, or all")
    parser.add_argument("--sample", type=int, default=6_000, help="questions of a set")
    parser.add_argument("--pairs", type=int, default=100, help="joined questions of a set, of either kind")
    parser.add_argument("--show", default="", help="print pairs with these outcomes, such as sure-wrong,open-one")
    parser.add_argument("--changed", action="store_true", help="print single questions that get something else")
    parser.add_argument("--no-encoder", action="store_true")
    options = parser.parse_args()
    store = None if options.no_encoder else VectorStore(UseM3())
    outcomes = "both named one list none wrong"
    names = f"asked changd answd right answd right {outcomes} {outcomes} ms ms".split()
    print(f"{'':25s}{'single questions with a joint':>42s}{'both sure alone':>42s}{'one sure alone':>42s}")
    print(" " * 25 + "".join(f"{name:>7s}" for name in names))
    for cell in cells(options):
        index = Index.build(cell.base, (cell.language,))
        told(cell, "words", index, options)
        if store is not None:
            told(cell, "meaning", index.with_encoder(store), options)
    print(LEGEND)


if __name__ == "__main__":
    main()
