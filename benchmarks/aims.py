"""What the matcher should reach, and whether it does: the end of what `python -m benchmarks.matching` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Figures = Mapping[str, float | None]
OURS = ("ours, words", "ours, meaning too")
FEWEST_ANSWERED = 60  # answers from which on a precision says something
CLOSE = 2.0  # points of top-1 by which another method may be ahead on one set


@dataclass(frozen=True)
class Measured:
    """The figures of one method on one set, cut to so many phrasings an entry; 0 for all of them."""

    name: str
    phrasings: int
    method: str
    figures: Figures


@dataclass(frozen=True)
class Aim:
    """A figure with the values wanted by words alone and with the encoder."""

    title: str
    wanted: tuple[float, float]
    measured: Callable[[Sequence[Measured]], float | None]
    at_most: bool = False

    def line(self, rows: Sequence[Measured], which: int) -> tuple[str, bool | None]:
        """Return the line for words alone (0) or with the encoder (1), and whether the aim is reached."""
        found = self.measured([one for one in rows if one.method == OURS[which]])
        if found is None:
            return f"  {self.title:45s} not measured", None
        wanted = self.wanted[which]
        reached = found <= wanted if self.at_most else found >= wanted
        sign = "≤" if self.at_most else "≥"
        return f"  {self.title:45s}{found:7.1f}   {sign} {wanted:<6g}{'reached' if reached else 'missed'}", reached


def at(name: str, phrasings: int, figure: str) -> Callable[[Sequence[Measured]], float | None]:
    """Return how to look up a figure of one set."""

    def found(rows: Sequence[Measured]) -> float | None:
        values = [one.figures.get(figure) for one in rows if (one.name, one.phrasings) == (name, phrasings)]
        return values[0] if values else None

    return found


def over(figure: str, pick: Callable[[list[float]], float]) -> Callable[[Sequence[Measured]], float | None]:
    """Return how to look up a figure over all sets of ten and more phrasings an entry."""

    def found(rows: Sequence[Measured]) -> float | None:
        deep = [one for one in rows if one.phrasings in (0, 10) and _deep(one) and _counts(one, figure)]
        values = [value for one in deep if (value := one.figures.get(figure)) is not None]
        return pick(values) if values else None

    return found


def _deep(one: Measured) -> bool:
    return (one.figures.get("an entry") or 0) >= 5  # stackfaq has six, all there are


def _counts(one: Measured, figure: str) -> bool:
    return figure != "prec" or (one.figures.get("answers") or 0) >= FEWEST_ANSWERED


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


AIMS = (
    Aim("clinc150, K = 10: top-1", (84, 92), at("clinc150", 10, "top1")),
    Aim("clinc150, K = 10: cov95", (48, 68), at("clinc150", 10, "cov95")),
    Aim("clinc150, all: top-1", (93.5, 96), at("clinc150", 0, "top1")),
    Aim("clinc150, all: cov95", (72, 79), at("clinc150", 0, "cov95")),
    Aim("clinc150, all: AUROC", (97, 98), at("clinc150", 0, "auroc")),
    Aim("hwu64, K = 10: top-1", (73, 83), at("hwu64", 10, "top1")),
    Aim("stackfaq, K = 10: top-1", (95.5, 98.5), at("stackfaq", 10, "top1")),
    Aim("stackfaq, K = 10: cov95", (62, 73), at("stackfaq", 10, "cov95")),
    Aim("synth_support_en: top-1", (40, 70), at("synth_support_en", 3, "top1")),
    Aim("synth_support_de: top-1", (45, 65), at("synth_support_de", 3, "top1")),
    Aim("synth_support_ru: top-1", (47, 66), at("synth_support_ru", 3, "top1")),
    Aim("one typing error, mean loss of top-1", (2, 3), over("typo1", mean), at_most=True),
    Aim("two typing errors, mean loss of top-1", (4, 6), over("typo2", mean), at_most=True),
    Aim("precision promised 95, lowest of all sets", (93, 93), over("prec", min)),
    Aim("answered though nobody wrote an answer, highest", (5, 4), over("oos", max), at_most=True),
    Aim("calibration error, mean", (4, 4), over("ece", mean), at_most=True),
    Aim("median latency in ms, highest", (1.5, 7.5), over("ms", max), at_most=True),
)


def summary(rows: Sequence[Measured]) -> Iterable[str]:
    """Yield the lines of the summary."""
    for which, title in enumerate(OURS):
        if not any(one.method == title for one in rows):
            continue
        lines = [aim.line(rows, which) for aim in AIMS]
        known = [reached for _, reached in lines if reached is not None]
        yield f"\nAims, {title}: {sum(known)} of {len(known)} reached"
        yield from (line for line, _ in lines)
    yield "\nMethods that find more than ours, by top-1:"
    yield from _ahead(rows)


def _ahead(rows: Sequence[Measured]) -> Iterable[str]:
    best = {(one.name, one.phrasings): one for one in rows if one.method in OURS}  # the last one is the better one
    found = False
    for one in rows:
        mine = best.get((one.name, one.phrasings))
        gap = (one.figures.get("top1") or 0) - ((mine.figures.get("top1") or 0) if mine else 0)
        if mine and one.method not in OURS and gap > 0:
            found = True
            yield f"  {one.method} on {one.name}, K = {one.phrasings or 'all'}: {gap:.1f} points{' !' * (gap > CLOSE)}"
    if not found:
        yield "  none, on no set"
