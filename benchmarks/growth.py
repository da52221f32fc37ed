"""How the FAQ engine bears growth: time until usable and learned, latency, memory, and the event loop meanwhile.

    python -m benchmarks.growth            # 1,000 and 10,000 phrasings
    python -m benchmarks.growth --all      # 100,000 as well, which takes some minutes
    python -m benchmarks.growth --all --runs 3 --vectors var/vectors   # three times, encoded once

Beside it what a shop would write instead, RapidFuzz `extractOne` with `token_set_ratio` over the same phrasings. Each
size and run has a process of its own. Figures are those of the first run; the event loop's gaps are shown of every run,
because one lucky run proves nothing, and beside what the same watch sees while nothing is done. The phrasings are those
of the development sets where they are, and what comes out when their halves are put together; else they are made of
made-up words.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # figures are for one thread

from rapidfuzz import fuzz, process

from benchmarks.matching import DATA, SEED, made_up, resident
from benchmarks.watch import BAR, Watch
from bot.app.interpreter import leave_alone_what_stays, take_short_turns
from bot.faq import store
from bot.faq.entry import FaqEntry, Text
from bot.faq.knowledge_base import KnowledgeBase
from bot.faq.matcher import Index, Policy
from bot.faq.text import tokens
from bot.storage import migrate
from bot.storage.database import Database, connect

SIZES, LARGE = (1_000, 10_000), 100_000
AN_ENTRY = 10
QUESTIONS = 200
WATCHED = 5.0  # seconds of nothing, and of matching alone
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = {
    "usable s": "until questions are answered, by words",
    "learned s": "until the base has learned and knows meanings, vectors not on disk",
    "again s": "the same after a restart, vectors on disk",
    "edit s": "until an edited entry answers, after it was stored",
    "words p50": "ms a question by words, one thread",
    "words p99": "",
    "full p50": "ms a question with the encoder",
    "full p99": "",
    "fuzz p50": "ms a question, RapidFuzz extractOne",
    "ratio": "how many times as long RapidFuzz takes as we do by words",
    "top1": "share of reworded questions whose best candidate is right, with the encoder",
    "fuzz top1": "the same, RapidFuzz",
    "MB": "memory over an empty base, learned; the encoder is 131 of them",
}


DOINGS = {
    "idle": "nothing at all",
    "build": "the first index, by words",
    "learn": "encoding and calibrating, questions meanwhile",
    "match": "questions, one after the other",
    "edit": "the index anew after an edit, questions meanwhile",
    "refit": "calibrating anew, questions meanwhile",
}


def base_of(count: int) -> tuple[list[FaqEntry], list[tuple[str, str]]]:
    """Return a base of about so many phrasings, and questions with the entries that answer them."""
    if not DATA.is_dir():
        base = made_up(count, AN_ENTRY + 1)[: count // AN_ENTRY]
        return [_without_last(entry) for entry in base], [(entry.texts["en"].phrasings[-1], entry.id) for entry in base]
    sources = [
        (f"{name}-{number}", list(dict.fromkeys([entry["question"], *entry["phrasings"]])))
        for name in ("clinc150", "hwu64")
        for number, entry in enumerate(map(json.loads, (DATA / name / "kb.jsonl").read_text("utf-8").splitlines()))
    ]
    sources = [(name, said) for name, said in sources if len(said) > AN_ENTRY + 1]
    made = [(name, said[: AN_ENTRY + 1]) for name, said in sources]
    rng = random.Random(SEED)
    pairs = [(one, other) for one in sources for other in sources if one is not other]
    rng.shuffle(pairs)
    made += [
        (f"{one}--{other}", [_half_and_half(said[n], more[n]) for n in range(AN_ENTRY + 1)])
        for (one, said), (other, more) in pairs
    ]
    made = made[: count // AN_ENTRY]
    base = [FaqEntry(name, {"en": Text(said[0], tuple(said[1:AN_ENTRY]), "-")}) for name, said in made]
    return base, [(said[AN_ENTRY], name) for name, said in made]


def _without_last(entry: FaqEntry) -> FaqEntry:
    text = entry.texts["en"]
    return replace(entry, texts={"en": replace(text, phrasings=text.phrasings[:-1])})


def _half_and_half(one: str, other: str) -> str:
    words, more = one.rstrip("?.! ").split(), other.split()
    return " ".join([*words[: max(2, (len(words) + 1) // 2)], *more[len(more) // 2 :]])


@contextmanager
def asked_meanwhile(faq: KnowledgeBase, questions: Sequence[str]) -> Iterator[None]:
    """Ask question after question."""

    async def ask() -> None:
        while True:
            for text in questions:
                await faq.match(text, "en")
                await asyncio.sleep(0.01)

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()


def timed(ask: Callable[[str], object], questions: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Return median and 99th percentile in milliseconds, and the share (0–100) of right answers."""
    took, right = [], 0
    for text, entry in questions:
        begun = time.perf_counter()
        right += ask(text) == entry
        took.append(1000 * (time.perf_counter() - begun))
    took.sort()
    return took[len(took) // 2], took[int(0.99 * len(took))], 100 * right / len(took)


def best_of(index: Index) -> Callable[[str], str | None]:
    def best(text: str) -> str | None:
        candidates = index.match(text, "en").candidates
        return candidates[0].entry if candidates else None

    return best


def fuzzy(base: Sequence[FaqEntry]) -> Callable[[str], str]:
    owners = [entry.id for entry in base for _ in entry.phrasings("en")]
    said = [" ".join(tokens(phrasing)) for entry in base for phrasing in entry.phrasings("en")]
    return lambda text: owners[
        process.extractOne(" ".join(tokens(text)), said, scorer=fuzz.token_set_ratio, score_cutoff=0)[2]
    ]


async def grown(count: int, encoder: str, vectors: Path | None) -> dict[str, Any]:
    """Return the figures of one size; vectors are kept in a folder, where there is one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = connect(f"sqlite+aiosqlite:///{folder / 'faq.db'}")
        await migrate.upgrade(database)

        def desk() -> KnowledgeBase:
            return KnowledgeBase(
                database,
                lambda: NOW,
                ("en",),
                "UTC",
                policy=Policy,
                encoder=encoder,
                cache=vectors or folder / "vectors",
            )

        await _empty(desk())
        questions = await _stored(database, count)
        take_short_turns()  # as the bot does
        leave_alone_what_stays()
        figures = await _lived(database, desk(), [text for text, _ in questions])
        again = desk()
        begun = time.perf_counter()
        await again.refresh()
        words = again.snapshot.index
        await again.deepen()
        full = again.snapshot.index
        figures["again s"] = time.perf_counter() - begun
        again.close()
        await database.close()
    if words is None or full is None:
        raise RuntimeError("there is no index")
    figures["words p50"], figures["words p99"], _ = timed(best_of(words.learned()), questions)
    figures["full p50"], figures["full p99"], figures["top1"] = timed(best_of(full), questions)
    base = base_of(count)[0]
    figures["phrasings"] = sum(len(entry.phrasings("en")) for entry in base)
    figures["fuzz p50"], _, figures["fuzz top1"] = timed(fuzzy(base), questions)
    figures["ratio"] = figures["fuzz p50"] / figures["words p50"]
    return figures


async def _stored(database: Database, count: int) -> list[tuple[str, str]]:
    """Store a base of so many phrasings, and return questions with the entries that answer them."""
    base, asked = base_of(count)
    await database.transaction(lambda conn: store.replace_all(conn, base, None, NOW))
    return random.Random(SEED).sample(asked[1:], min(QUESTIONS, len(asked) - 1))


async def _lived(database: Database, faq: KnowledgeBase, texts: Sequence[str]) -> dict[str, Any]:
    """Let a desk take up the base, learn and take up an edit, and return figures.

    Nothing of the desk is held here, so that what an edit replaces is freed as it would be in the bot.
    """
    figures: dict[str, Any] = {}
    idle, watch = resident(), Watch()
    watching = asyncio.create_task(watch.tick())
    await asyncio.sleep(WATCHED)
    watch.doing = "build"
    begun = time.perf_counter()
    await faq.refresh()
    figures["usable s"] = time.perf_counter() - begun
    with asked_meanwhile(faq, texts):
        watch.doing = "learn"
        await faq.deepen()
        figures["learned s"] = time.perf_counter() - begun
        figures["MB"] = resident() - idle
        watch.doing = "match"
        await asyncio.sleep(WATCHED)
        watch.doing = "edit"
        figures["edit s"] = await _edited(faq, database)
        watch.doing = "refit"
        await faq.deepen()
    watching.cancel()
    figures["gaps"] = watch.found()
    faq.close()
    return figures


async def _empty(faq: KnowledgeBase) -> None:
    """Load what a bot with an empty base has loaded; the encoder is loaded with the first phrasing."""
    await faq.refresh()
    Index.build([FaqEntry("a", {"en": Text("one question")})], ("en",)).match("another question")
    faq.close()


async def _edited(faq: KnowledgeBase, database: Database) -> float:
    """Change the first entry; return the seconds until it is the best candidate of a question near its new phrasing."""
    entry = next(iter(faq.snapshot.entries.values()))
    changed = replace(entry, texts={"en": Text("do you polish brass trumpets", ("trumpet polishing",), "-")})
    await database.transaction(lambda conn: store.save(conn, changed, None, NOW))
    begun = time.perf_counter()
    await faq.refresh()
    match, _ = await faq.match("polishing of my brass trumpet", "en")
    if match is None or match.candidates[0].entry != entry.id:
        raise RuntimeError("the edited entry was not found")
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="100,000 phrasings as well")
    parser.add_argument("--no-encoder", action="store_true")
    parser.add_argument("--runs", type=int, default=1, help="how many times")
    parser.add_argument("--vectors", type=Path, help="folder to keep vectors in from run to run")
    parser.add_argument("--size", type=int, help="only this one, in this process, as JSON")
    options = parser.parse_args()
    if options.size:
        encoder = "none" if options.no_encoder else "use-m3"
        print(json.dumps(asyncio.run(grown(options.size, encoder, options.vectors))))
        return
    sizes = (*SIZES, *((LARGE,) if options.all else ()))
    grouped = [[_in_its_own_process(size, options) for _ in range(options.runs)] for size in sizes]
    rows = [runs[0] for runs in grouped]
    print(f"{'phrasings':<12}" + "".join(f"{row['phrasings']:>12,.0f}" for row in rows))
    for column, meaning in COLUMNS.items():
        print(f"{column:<12}" + "".join(f"{row[column]:>12.2f}" for row in rows) + f"   {meaning}")
    _print_gaps(grouped)


def _in_its_own_process(size: int, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.growth", "--size", str(size)]
    command += ["--no-encoder"] if options.no_encoder else []
    command += ["--vectors", str(options.vectors)] if options.vectors else []
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _print_gaps(grouped: Sequence[Sequence[dict[str, Any]]]) -> None:
    """Print for each size and occupation the longest gap of each run, and the worst of the runs' other figures."""
    print(f"\nms that the event loop was blocked, the longest of each run; at most {BAR:g}")
    print("in brackets: 99.9 % are shorter than; the latest tick, with what the system did to it")
    for doing, meaning in DOINGS.items():
        cells = []
        for runs in grouped:
            longest = " ".join(f"{run['gaps'][doing][0]:.1f}" for run in runs)
            usual, seen = (max(run["gaps"][doing][which] for run in runs) for which in (1, 2))
            cells.append(f"{longest} ({usual:.1f}; {seen:.1f})")
        held = all(run["gaps"][doing][0] <= BAR for runs in grouped for run in runs)
        verdict = "holds" if held else "FAILS"
        print(f"{doing:<8}" + "".join(f"{cell:>32}" for cell in cells) + f"   {verdict:<6} {meaning}")


if __name__ == "__main__":
    main()
