"""How well, how fast and how large the FAQ matcher is, side by side with what a shop would pick instead.

    python -m benchmarks.matching                                   # every set, some ten minutes
    python -m benchmarks.matching --sets clinc150,stackfaq --k 3,10 --sample 300
    python -m benchmarks.matching --growth 1000,10000 --sets none

Reads the development sets beside the project (`../shared/data/matching`) where they are; the sample base in
`config/faq` is measured in any case. From each set a seeded sample of questions is asked: with 200, a share is known to
±6 points,
±3 in one case of three. Typing errors are put into the first 60 of them. After `--minutes` the rest is left out, and
said so. What each figure means stands below the table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import string
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # figures are for one thread

from benchmarks import baselines
from benchmarks.aims import OURS, Measured, summary
from bot.faq import evaluate, exchange
from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.evaluate import Outcome, Question
from bot.faq.matcher import Index, Match

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "matching"
SAMPLE_FAQ, SAMPLE_QUESTIONS = ROOT / "config" / "faq", ROOT / "benchmarks" / "data" / "sample_questions.jsonl"
SEED = 20261122
FEW = 10  # phrasings an entry; sets that have no more are not measured with all of them again
HEADINGS = ("top1", "top3", "auroc", "cov95", "answd", "prec", "oos", "ece", "typo1", "typo2", "ms", "mb")
LEGEND = """
top1, top3: of the questions that an entry answers, how many have it first, or among three. auroc: chance that a right
match is surer than one of a question that nobody wrote an answer for. cov95: largest share of all questions that a
threshold would answer with 95 of 100 answers right. By the default policy: answd, answered by itself; prec, right ones
of them; oos, answered though nobody wrote an answer; ece, calibration error over ten bins. typo1, typo2: top-1 lost
with one or two typing errors. ms: median of a question. mb: memory that the process grew by."""
LETTERS = {"ru": "абвгдежзийклмнопрстуфхцчшщыэюя", "de": string.ascii_lowercase + "äöüß"}


def load(name: str, phrasings: int | None, sample: int) -> tuple[list[FaqEntry], list[Question]]:
    """Return a set's base, cut to so many phrasings per entry, and a seeded sample of its questions."""
    entries = [json.loads(line) for line in (DATA / name / "kb.jsonl").read_text("utf-8").splitlines()]
    for entry in entries:
        entry["phrasings"] = entry["phrasings"][:phrasings]
    lines = "\n".join(json.dumps(entry) for entry in entries)
    base = exchange.read_bytes("kb.jsonl", lines.encode(), need_answers=False)
    questions = evaluate.questions_from("questions.jsonl", (DATA / name / "questions.jsonl").read_bytes())
    random.Random(SEED).shuffle(questions)
    return base, questions[:sample]


def misspelt(question: Question, errors: int) -> Question:
    """Return the question with so many typing errors, the same ones every time."""
    rng = random.Random(f"{SEED}{question.text}{errors}")
    letters = LETTERS.get(question.language, string.ascii_lowercase)
    text = list(question.text)
    for _ in range(errors):
        places = [at for at, char in enumerate(text) if char.isalpha()]
        if len(places) < 2:
            break
        at = rng.choice(places[:-1])
        kind = rng.randrange(4)
        if kind == 0:
            text[at] = rng.choice(letters)
        elif kind == 1:
            del text[at]
        elif kind == 2:
            text.insert(at, rng.choice(letters))
        else:
            text[at], text[at + 1] = text[at + 1], text[at]
    return Question("".join(text), question.entry, question.language)


def asked(method: Callable[[str], Match], questions: Iterable[Question]) -> list[Outcome]:
    outcomes = []
    for question in questions:
        begun = time.perf_counter()
        match = method(question.text)
        outcomes.append(Outcome(question, match, time.perf_counter() - begun))
    return outcomes


def top(outcomes: Sequence[Outcome]) -> float:
    inside = [one for one in outcomes if one.question.entry is not None]
    return 100 * sum(one.right for one in inside) / max(len(inside), 1)


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Return the expected calibration error over ten bins, in percent."""
    bins: dict[int, list[Outcome]] = {}
    for one in outcomes:
        bins.setdefault(min(int(one.match.confidence * 10), 9), []).append(one)
    gaps = [
        abs(sum(one.match.confidence for one in group) - sum(one.right for one in group)) for group in bins.values()
    ]
    return 100 * sum(gaps) / max(len(outcomes), 1)


def figures(method: Callable[[str], Match], cell: Cell, typos: int, *, calibrated: bool) -> dict[str, float | None]:
    """Return the figures of a method, in percent but for milliseconds."""
    outcomes = asked(method, cell.questions)
    inside = [one for one in outcomes if one.question.entry is not None]
    outside = [one for one in outcomes if one.question.entry is None]
    answered = [one for one in outcomes if one.match.kind == "answer"]
    area = evaluate.auroc(outcomes)
    found: dict[str, float | None] = {
        "top1": top(outcomes),
        "top3": 100 * sum(one.among for one in inside) / max(len(inside), 1),
        "auroc": None if area is None else 100 * area,
        "cov95": 100 * evaluate.coverage_at(outcomes, 0.95),
        "ms": 1000 * statistics.median(one.took for one in outcomes),
        "answers": len(answered),
        "an entry": cell.an_entry,
    }
    if calibrated:
        found |= {
            "answd": 100 * len(answered) / len(outcomes),
            "prec": 100 * sum(one.right for one in answered) / len(answered) if answered else None,
            "oos": 100 * sum(one.match.kind == "answer" for one in outside) / len(outside) if outside else None,
            "ece": calibration_error(outcomes),
        }
    some = [one for one in cell.questions if one.entry is not None][:typos]
    for errors in (1, 2) if some else ():
        before, after = asked(method, some), asked(method, [misspelt(one, errors) for one in some])
        found[f"typo{errors}"] = top(before) - top(after)
    return found


@dataclass(frozen=True)
class Cell:
    """A base in one language with questions for it."""

    name: str
    phrasings: int
    language: str
    base: list[FaqEntry]
    questions: list[Question]

    @property
    def an_entry(self) -> float:
        """Return how many phrasings an entry has on average."""
        return sum(len(entry.phrasings(self.language)) for entry in self.base) / max(len(self.base), 1)


def cells(options: argparse.Namespace) -> Iterator[Cell]:
    """Yield the sample base in each of its languages, then the development sets."""
    if options.sets == "none":
        return
    wanted = None if options.sets == "all" else set(options.sets.split(","))
    if wanted is None or "sample" in wanted:
        yield from sample_cells(options.sample)
    if not DATA.is_dir():
        print("The development sets are not here (../shared/data/matching), so only the sample base is measured.")
        return
    for folder in sorted(one for one in DATA.iterdir() if one.is_dir()):
        deepest = max(len(json.loads(line)["phrasings"]) for line in (folder / "kb.jsonl").open(encoding="utf-8"))
        for cut in options.k.split(","):
            count = 0 if cut == "all" else int(cut)
            if (wanted is None or folder.name in wanted) and count <= 2 * deepest and (count or deepest > FEW):
                base, questions = load(folder.name, count or None, options.sample)
                yield Cell(folder.name, count, questions[0].language, base, questions)


def sample_cells(sample: int) -> Iterator[Cell]:
    """Yield the sample base of `config/faq`, which every copy of the project has, in each language."""
    every = [
        one for path in sorted(SAMPLE_FAQ.glob("*.yaml")) for one in exchange.read_bytes(path.name, path.read_bytes())
    ]
    questions = evaluate.questions_from(SAMPLE_QUESTIONS.name, SAMPLE_QUESTIONS.read_bytes())
    random.Random(SEED).shuffle(questions)
    for language in ("en", "de", "ru"):
        base = [replace(one, texts={language: one.texts[language]}) for one in every if language in one.texts]
        own = [one for one in questions if one.language == language]
        yield Cell(f"sample_{language}", 0, language, base, own[:sample])


def measured(cell: Cell, options: argparse.Namespace, store: VectorStore | None) -> Iterator[Measured]:
    """Yield the figures of every method on one set, and print them."""
    count = sum(len(entry.phrasings(cell.language)) for entry in cell.base)
    size = f"{len(cell.base)} entries, {count} phrasings, {len(cell.questions)} questions"
    print(f"\n{cell.name}, K = {cell.phrasings or 'all'}: {size}")
    print_row(HEADINGS, "")
    if not options.no_baselines:
        for title, method in baselines.all_of(cell.base, cell.language, store).items():
            yield shown(cell, title, figures(method, cell, options.typos, calibrated=False))
    before = resident()
    begun = time.perf_counter()
    index = Index.build(cell.base, (cell.language,))
    took = time.perf_counter() - begun
    words = figures(lambda text: index.match(text, cell.language), cell, options.typos, calibrated=True)
    yield shown(cell, OURS[0], words | {"mb": resident() - before})
    if store is None:
        print(f"built in {took:.1f} s")
        return
    begun = time.perf_counter()
    full = index.with_encoder(store)
    meant = time.perf_counter() - begun
    found = figures(lambda text: full.match(text, cell.language), cell, options.typos, calibrated=True)
    yield shown(cell, OURS[1], found | {"mb": resident() - before})
    print(f"built in {took:.1f} s by words, {meant:.1f} s by meaning")


def shown(cell: Cell, title: str, found: dict[str, float | None]) -> Measured:
    values = [found.get(name) for name in HEADINGS]
    cells_ = [
        "-" if one is None else f"{one:.2f}" if name == "ms" else f"{one:.1f}"
        for name, one in zip(HEADINGS, values, strict=True)
    ]
    print_row(cells_, title)
    return Measured(cell.name, cell.phrasings, title, found)


def print_row(cells_: Sequence[str], title: str) -> None:
    print(f"{title:22s}" + "".join(f"{cell:>8s}" for cell in cells_), flush=True)


def made_up(count: int, per_entry: int = 10) -> list[FaqEntry]:
    """Return a base of so many phrasings, of made-up words with the frequencies of a language."""
    rng = random.Random(SEED)
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9))) for _ in range(20_000)]
    chances = [1 / (rank + 3) for rank in range(len(words))]
    entries = []
    for number in range(count // per_entry):
        own = rng.choices(words, k=6)
        said = [" ".join(rng.sample(own, 3) + rng.choices(words, chances, k=4)) for _ in range(per_entry)]
        entries.append(FaqEntry(f"e{number}", {"en": Text(said[0], tuple(said[1:]), "-")}))
    return entries


def growth(sizes: Sequence[int]) -> None:
    """Print build time, latency and memory of the word index as a base grows."""
    print("\ngrowth, words only")
    print(f"{'phrasings':>12s}{'ready s':>10s}{'learned s':>11s}{'ms p50':>8s}{'ms p99':>8s}{'MB':>8s}")
    for size in sizes:
        base = made_up(size)
        before = resident()
        begun = time.perf_counter()
        index = Index.build(base, ("en",), learn=False)
        ready = time.perf_counter() - begun
        index = index.learned()
        learned = time.perf_counter() - begun
        memory = resident() - before
        rng = random.Random(SEED)
        texts = [" ".join(rng.sample(rng.choice(base).texts["en"].question.split(), 5)) for _ in range(200)]
        took = sorted(one.took for one in asked(index.match, [Question(text, None) for text in texts]))
        cells = (ready, learned, 1000 * took[100], 1000 * took[198], memory)
        print(f"{size:12d}{cells[0]:10.2f}{cells[1]:11.2f}{cells[2]:8.2f}{cells[3]:8.2f}{cells[4]:8.0f}", flush=True)


def resident() -> float:
    """Return the memory that this process holds, in MB; its peak where the system does not tell the present."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default="all", help="names of sets, sample, all, or none")
    parser.add_argument("--k", default="1,3,10,all", help="phrasings per entry")
    parser.add_argument("--sample", type=int, default=200, help="questions of a set")
    parser.add_argument("--typos", type=int, default=60, help="questions of a set that are misspelt as well")
    parser.add_argument("--minutes", type=float, default=15, help="after so many the rest is left out")
    parser.add_argument("--growth", default="none", help="phrasings of made-up bases, such as 1000,10000")
    parser.add_argument("--no-encoder", action="store_true")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")
    options = parser.parse_args()
    store = None if options.no_encoder else VectorStore(UseM3(), options.cache)
    begun, rows, left_out = time.monotonic(), list[Measured](), list[str]()
    for cell in cells(options):
        if time.monotonic() - begun > 60 * options.minutes:
            left_out.append(f"{cell.name} K = {cell.phrasings or 'all'}")
            continue
        rows += measured(cell, options, store)
    if rows:
        print(LEGEND)
        print("\n".join(summary(rows)))
    if left_out:
        print(f"\nLeft out after {options.minutes:g} minutes: {', '.join(left_out)}")
    if options.growth != "none":
        growth([int(size) for size in options.growth.split(",")])


if __name__ == "__main__":
    main()
