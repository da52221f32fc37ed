"""Fits the curves of the confidence that ship with the product, and shows what they do where they were not fitted.

    python -m benchmarks.confidence            # a table, each kind of base judged by curves fitted on the others
    python -m benchmarks.confidence --print    # and the numbers for bot/faq/curves.py, fitted on all of them

From every set some dozens of bases are drawn: some of its entries, some of their phrasings, and questions of which a
quarter belongs to entries that were not drawn or to none. Sets of one source, in several languages, are one kind.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.matching import DATA, SAMPLE_FAQ, SAMPLE_QUESTIONS
from bot.faq import calibration, evaluate, exchange, nearby
from bot.faq.calibration import Kind, Numbers, Size, Tried
from bot.faq.curves import Curve
from bot.faq.encoder import Encoder, UseM3, VectorStore
from bot.faq.entry import FaqEntry
from bot.faq.evaluate import Question
from bot.faq.glossary import Glossary
from bot.faq.pool import Pool
from bot.faq.text import tokens

SEED = 20261122
PROMISE = 0.95
QUESTIONS, STRANGE = 250, 0.25  # of a base, and the share that no entry answers
DEPTHS = (1, 2, 3, 5, 7, 10, 15, 25)  # phrasings per entry
DRAWS = 4
DEEP = 12  # phrasings per entry from which on a base's own curve stands alone, or nearly
LARGEST = 1_400  # phrasings of a base that is drawn


@dataclass(frozen=True)
class Source:
    """A set: its kind, its language, all entries, all questions."""

    kind: str
    language: str
    entries: Sequence[FaqEntry]
    questions: Sequence[Question]


@dataclass(frozen=True)
class Case:
    """What one base gave for its questions.

    Attributes:
        kind: of which kind the base is.
        size: how large it is.
        features: a row a question.
        right: whether the best entry is right, 1 or 0.
        strange: whether no entry answers it.
        tried: the base's trial on itself; None where there was none.
        weight: of each question.
    """

    kind: str
    size: Size
    features: Numbers
    right: Numbers
    strange: Numbers
    tried: Tried | None
    weight: float = 1.0


def sources() -> list[Source]:
    """Return the development sets beside the project, and the sample base in each of its languages."""
    found = []
    for folder in sorted(one for one in DATA.iterdir() if one.is_dir()):
        rows = [json.loads(line) for line in (folder / "kb.jsonl").read_text("utf-8").splitlines()]
        lines = "\n".join(json.dumps(row) for row in rows)
        base = exchange.read_bytes("kb.jsonl", lines.encode(), need_answers=False)
        asked = [
            one
            for name in ("questions.jsonl", "questions_val.jsonl")
            if (folder / name).exists()
            for one in evaluate.questions_from(name, (folder / name).read_bytes())
        ]
        found.append(Source(folder.name.split("_")[0], asked[0].language, base, asked))
    base = [
        entry
        for path in sorted(SAMPLE_FAQ.glob("*.yaml"))
        for entry in exchange.read_bytes(path.name, path.read_bytes())
    ]
    asked = evaluate.questions_from("questions", SAMPLE_QUESTIONS.read_bytes())
    for language in ("en", "de", "ru"):
        own = [entry for entry in base if language in entry.texts]
        found.append(Source("sample", language, own, [one for one in asked if one.language == language]))
    return found


def drawn(source: Source) -> Iterator[tuple[list[FaqEntry], list[Question]]]:
    """Return bases of many sizes drawn from a set, with questions for each."""
    rng = random.Random(f"{SEED}{source.kind}{source.language}")
    deepest = statistics.median(len(entry.phrasings(source.language)) for entry in source.entries)
    for depth in (one for one in DEPTHS if one <= max(deepest, 3)):
        for draw in range(DRAWS):
            most = len(source.entries)
            few = min(8.0, 0.6 * most)
            some = round(math.exp(rng.uniform(math.log(few), math.log(0.95 * most))))
            count = min(some if draw else most, LARGEST // depth)  # the first one is the whole base
            chosen = [source.entries[one] for one in sorted(rng.sample(range(most), max(count, 3)))]
            yield [_cut(entry, source.language, depth, rng) for entry in chosen], _asked(source, chosen, rng)


def _cut(entry: FaqEntry, language: str, depth: int, rng: random.Random) -> FaqEntry:
    first, *rest = entry.phrasings(language)  # the question comes first, as owners write it
    rng.shuffle(rest)
    text = replace(entry.texts[language], question=first, phrasings=tuple(rest[: depth - 1]))
    return replace(entry, texts={language: text})


def _asked(source: Source, chosen: Sequence[FaqEntry], rng: random.Random) -> list[Question]:
    ids = {entry.id for entry in chosen}
    every = list(source.questions)
    rng.shuffle(every)
    inside = [one for one in every if one.entry in ids][: round(QUESTIONS * (1 - STRANGE))]
    near = [one for one in every if one.entry is not None and one.entry not in ids]
    far = [one for one in every if one.entry is None]
    count = round(len(inside) * STRANGE / (1 - STRANGE))
    outside = (near[: count // 2] + far)[:count]
    return [*inside, *(replace(one, entry=None) for one in outside)]


def go_on() -> None:
    """Do not pause."""


def cases(source: Source, store: VectorStore) -> Iterator[tuple[str, Case]]:
    """Return what the engine gives for every drawn base, by the curve that it is for."""
    for base, asked in drawn(source):
        pool = Pool.build(base, source.language, (source.language,), Glossary(), go_on)
        meant = pool.with_meaning(store)
        for name, one in (("words", pool), ("meaning", meant)):
            yield f"{name}-untried", _case(source.kind, one, asked, None)
            learned, tried = one.tried(go_on)
            yield learned.kind, _case(source.kind, learned, asked, tried)
        if len(pool.phrasings) > nearby.TOGETHER:
            whole, nearby.SEEN_WHOLE = nearby.SEEN_WHOLE, 0
            large, tried = pool.tried(go_on)
            yield large.kind, _case(source.kind, large, asked, tried)
            nearby.SEEN_WHOLE = whole


def _case(kind: str, pool: Pool, asked: Sequence[Question], tried: Tried | None) -> Case:
    found = [(one, pool.score(one.text, tokens(one.text))) for one in asked if tokens(one.text)]
    features = np.array([scores.told.features for _, scores in found if scores.told])
    right = np.array([float(scores.best[0].entry == one.entry) for one, scores in found])
    strange = np.array([float(one.entry is None) for one, _ in found])
    return Case(kind, Size(len(pool.entries), len(pool.phrasings)), features, right, strange, tried)


def weighed(every: Sequence[Case]) -> list[Case]:
    """Return the cases so that each kind counts by the root of its bases' number."""
    counts = {kind: sum(len(one.right) for one in every if one.kind == kind) for kind in {one.kind for one in every}}
    return [replace(one, weight=1 / counts[one.kind] ** 0.8) for one in every]


def design(case: Case, kind: Kind) -> Numbers:
    """Return the columns that a curve's numbers stand before, without the intercept."""
    rows = len(case.features)
    columns = [case.features]
    for factor in case.size.factors:
        columns += [np.full((rows, 1), factor), case.features[:, :2] * factor]
    if case.tried is not None:
        which = list(calibration.STANDING_OUT[kind])
        for trial in (case.tried.inside, case.tried.outside):
            spread = np.maximum(trial.std(axis=0), calibration.SPREAD)
            columns.append(((case.features - trial.mean(axis=0)) / spread)[:, which])
    return np.column_stack(columns)


def fit(every: Sequence[Case], kind: Kind) -> Curve:
    """Return the curve that fits these bases."""
    right = np.concatenate([one.right for one in every])
    weights = np.concatenate([np.full(len(one.right), one.weight) for one in every])
    found = calibration.logistic(np.vstack([design(one, kind) for one in every]), right, weights, 1e-3)
    width = 1 + every[0].features.shape[1]
    numbers, bends, above = found[:width], found[width : width + 6], found[width + 6 :]
    half = len(above) // 2
    curve = Curve(_short(numbers), _short(bends[:3]), _short(bends[3:]), _short(above[:half]), _short(above[half:]))
    return curve if every[0].tried is None else replace(curve, own=_own(curve, every, kind))


def _short(numbers: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(one), 3) for one in numbers)


def _own(curve: Curve, every: Sequence[Case], kind: Kind) -> float:
    """Return how much bases' own curves should count for each e-fold of phrasings an entry."""
    rows, right, counts = [], [], []
    for one in every:
        if one.tried is None or one.size.an_entry > DEEP:
            continue
        shared = _sums(np.array(calibration.standing_out(curve, one.tried, one.size, kind)), one)
        own = calibration.own_curve(one.tried, one.size, kind)
        apart = np.zeros_like(shared) if own is None else np.clip(_sums(own, one), -8, 8) - shared
        enough = min(1.0, (len(one.tried.inside) + len(one.tried.outside)) / calibration.ENOUGH_TRIALS)
        unit = enough * one.size.factors[0]
        rows.append(np.column_stack([shared, apart * unit]))
        right.append(one.right)
        counts.append(np.full(len(one.right), one.weight))
    found = calibration.logistic(np.vstack(rows), np.concatenate(right), np.concatenate(counts), 1e-3)
    return round(max(0.0, float(found[2] / found[1])), 3)


def _sums(numbers: Numbers, case: Case) -> Numbers:
    return np.asarray(numbers[0] + case.features @ numbers[1:])


def chances(case: Case, curve: Curve, name: str, kind: Kind) -> tuple[Numbers, float]:
    """Return the confidence of each question by a curve, and the bar for the promise."""
    kept = calibration.CURVES
    calibration.CURVES = {**kept, name: curve}
    try:
        made = (
            calibration.calibrate(case.tried, case.size, kind) if case.tried else calibration.shipped(case.size, kind)
        )
    finally:
        calibration.CURVES = kept
    return np.array([made.chance(row) for row in case.features.tolist()]), made.bar(PROMISE)


def kind_of(name: str) -> Kind:
    """Return the features that a curve is over."""
    if name == "words-logistic":
        return "words-logistic"
    return "meaning" if name.startswith("meaning") else "words"


def judged(name: str, every: Sequence[Case]) -> None:
    """Print how each kind of base does with a curve fitted on the others."""
    kind = kind_of(name)
    print(f"\n{name}: {len(every)} bases")
    print(f"{'kind':10s}{'phrasings':>10s}{'answered':>10s}{'right':>8s}{'strange':>9s}{'ece':>7s}")
    for own in sorted({one.kind for one in every}):
        curve = fit([one for one in every if one.kind != own], kind)
        for title, fits in (("1-2", lambda n: n < 2.5), ("3-5", lambda n: 2.5 <= n < 6), ("6-", lambda n: n >= 6)):
            table(
                own,
                title,
                [
                    (one, *chances(one, curve, name, kind))
                    for one in every
                    if one.kind == own and fits(one.size.an_entry)
                ],
            )


def table(kind: str, title: str, rows: Sequence[tuple[Case, Numbers, float]]) -> None:
    if not rows:
        return
    chance = np.concatenate([one for _, one, _ in rows])
    right = np.concatenate([case.right for case, _, _ in rows])
    strange = np.concatenate([case.strange for case, _, _ in rows]) > 0
    answered = np.concatenate([one >= bar for _, one, bar in rows])
    places = np.minimum((chance * 10).astype(int), 9)
    gap = sum(abs(float((chance - right)[places == place].sum())) for place in range(10)) / len(right)
    cells = (
        100 * answered.mean(),
        100 * right[answered].mean() if answered.any() else math.nan,
        100 * answered[strange].mean(),
        100 * gap,
    )
    print(f"{kind:10s}{title:>10s}{cells[0]:10.1f}{cells[1]:8.1f}{cells[2]:9.1f}{cells[3]:7.1f}", flush=True)


def collected(store: VectorStore, progress: Callable[[str], None]) -> dict[str, list[Case]]:
    """Return the cases of all sets by curve."""
    found: dict[str, list[Case]] = {}
    for source in sources():
        for name, case in cases(source, store):
            found.setdefault(name, []).append(case)
        progress(f"{source.kind} {source.language}")
    return {name: weighed(every) for name, every in found.items()}


def main(encoder: Encoder | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="the numbers as well")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")
    options = parser.parse_args()
    if not DATA.is_dir():
        print("The development sets are not here (../shared/data/matching), so nothing can be fitted.")
        return {}
    found = collected(VectorStore(encoder or UseM3(), options.cache), lambda line: print(line, flush=True))
    for name, every in sorted(found.items()):
        judged(name, every)
    if options.print:
        for name, every in sorted(found.items()):
            kind: Kind = (
                "words-logistic" if name == "words-logistic" else "meaning" if name.startswith("meaning") else "words"
            )
            print(f'    "{name}": {fit(every, kind)},')
    return found


if __name__ == "__main__":
    main()
