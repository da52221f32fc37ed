"""How well, how fast and how large the FAQ matcher is, side by side with what a shop would pick instead.

    python -m benchmarks.matching --sets clinc150,stackfaq --k 3,10 --sample 300
    python -m benchmarks.matching --growth 1000,10000 --sets none

Reads the development sets beside the project (`../shared/data/matching`) where they are, and says so where not.
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
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # figures are for one thread

from benchmarks import baselines
from bot.faq import evaluate, exchange
from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.evaluate import Outcome, Question
from bot.faq.matcher import Index, Match

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "matching"
SAMPLE_FAQ, SAMPLE_QUESTIONS = ROOT / "config" / "faq", ROOT / "benchmarks" / "data" / "sample_questions.jsonl"
SEED = 20261122
HEADINGS = ("top1", "top3", "auroc", "cov95", "answd", "prec", "oos", "ece", "typo1", "typo2", "ms")
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


def row(method: Callable[[str], Match], questions: Sequence[Question], *, calibrated: bool, typos: bool) -> list[str]:
    outcomes = asked(method, questions)
    inside = [one for one in outcomes if one.question.entry is not None]
    outside = [one for one in outcomes if one.question.entry is None]
    answered = [one for one in outcomes if one.match.kind == "answer"]
    figures: list[float | None] = [
        top(outcomes),
        100 * sum(one.among for one in inside) / max(len(inside), 1),
        None if (area := evaluate.auroc(outcomes)) is None else 100 * area,
        100 * evaluate.coverage_at(outcomes, 0.95),
    ]
    if calibrated:
        right = 100 * sum(one.right for one in answered) / len(answered) if answered else None
        strange = 100 * sum(one.match.kind == "answer" for one in outside) / len(outside) if outside else None
        figures += [100 * len(answered) / len(outcomes), right, strange, calibration_error(outcomes)]
    else:
        figures += [None] * 4
    figures += [
        top(outcomes) - top(asked(method, [misspelt(one, errors) for one in questions])) if typos else None
        for errors in (1, 2)
    ]
    cells = ["-" if one is None else f"{one:.1f}" for one in figures]
    return [*cells, f"{1000 * statistics.median(one.took for one in outcomes):.2f}"]


def print_row(cells: Sequence[str], title: str) -> None:
    print(f"{title:22s}" + "".join(f"{cell:>8s}" for cell in cells), flush=True)


def one_set(name: str, phrasings: int | None, options: argparse.Namespace, store: VectorStore | None) -> None:
    base, questions = load(name, phrasings, options.sample)
    language = questions[0].language
    count = sum(len(entry.phrasings(language)) for entry in base)
    print(f"\n{name}, K = {phrasings or 'all'}: {len(base)} entries, {count} phrasings, {len(questions)} questions")
    print_row(HEADINGS, "")
    if not options.no_baselines:
        for title, method in baselines.all_of(base, language, store).items():
            print_row(row(method, questions, calibrated=False, typos=options.typos), title)
    begun = time.perf_counter()
    index = Index.build(base, (language,))
    took = time.perf_counter() - begun
    print_row(
        row(lambda text: index.match(text, language), questions, calibrated=True, typos=options.typos), "ours, words"
    )
    if store is None:
        print(f"built in {took:.1f} s")
        return
    begun = time.perf_counter()
    full = index.with_encoder(store)
    print_row(
        row(lambda text: full.match(text, language), questions, calibrated=True, typos=options.typos),
        "ours, meaning too",
    )
    print(f"built in {took:.1f} s by words, {time.perf_counter() - begun:.1f} s by meaning")


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
    parser.add_argument("--sets", default="all", help="names of sets, or all, or none")
    parser.add_argument("--k", default="1,3,10,all", help="phrasings per entry")
    parser.add_argument("--sample", type=int, default=300, help="questions of a set")
    parser.add_argument("--growth", default="1000,10000", help="phrasings, or none")
    parser.add_argument("--no-encoder", action="store_true")
    parser.add_argument("--no-baselines", action="store_true")
    parser.add_argument("--typos", action="store_true", help="also with one and two typing errors a question")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")
    options = parser.parse_args()
    if options.sets != "none":
        if DATA.is_dir():
            store = None if options.no_encoder else VectorStore(UseM3(), options.cache)
            names = sorted(one.name for one in DATA.iterdir() if one.is_dir())
            for name in names if options.sets == "all" else options.sets.split(","):
                for cut in options.k.split(","):
                    one_set(name, None if cut == "all" else int(cut), options, store)
        else:
            print("The development sets are not here (../shared/data/matching); only growth is measured.")
    if options.growth != "none":
        growth([int(size) for size in options.growth.split(",")])


if __name__ == "__main__":
    main()
