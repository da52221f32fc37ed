"""How sure a match is: from the evidence for the best entry to the chance that it is right.

"wo bleibt mein Paket" has a score of 0.71 for `order-status`, the next has 0.12, the words are known and the meaning
agrees: such answers were right in 97 of 100 cases, so the confidence is 0.97.

A score says little by itself: what is high in one base is low in another. So every base is tried out on itself. Each
phrasing left out is a question that has an answer, each with its whole entry left out is one that has none, and how
many standard deviations a question stands above the one and the other tells more than its score. One logistic curve
over both was fitted over bases of several kinds and sizes (`python -m benchmarks.confidence`, where it is shown what it
does on kinds of bases that it was not fitted on) and is shipped as numbers in `bot.faq.curves`. A second one is fitted
on the base's own trial, and counts more the more phrasings an entry has. What comes out is one number for each feature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.faq.curves import CURVES, Curve
from bot.faq.lexical import Floats

Numbers = npt.NDArray[np.float64]
Kind = Literal["words", "words-logistic", "meaning"]
SHARPNESS = 10.0  # a ridge head's scores × this → log-probabilities
STRANGE_SHARE = 0.2  # of all questions nobody wrote an answer for; 12–35 % in the field's data sets
STAYS_WRONG = ((3.0, 0.5), (12.0, 0.85))
"""By phrasings an entry: of the share that is missed when left out, so much customers miss with all phrasings there.

On the development sets it is about a half at three, where each phrasing is a third of what is known of its entry.
"""
ENOUGH_TRIALS = 400
OWN_ALONE = {"words": (12.0, 25.0), "words-logistic": (12.0, 25.0), "meaning": (5.0, 12.0)}
"""Phrasings per entry between which the base's own curve takes over."""
LOG_PHRASINGS_MOST = 2.5
FEWEST_RIVALS = 4
"""Entries among which a question is weighed; those that a base lacks are as near as sentences about anything else."""
SUREST_OF_FEW = 0.6
"""The surest chance of one entry alone, and of up to four without an encoder: there "do you" is as rare as any word."""
FEWEST_ENTRIES = 8  # curves were fitted on few smaller bases, and do not bend on below
SURELY = 1e-6  # no share is nearer to 0 or 1
STEEPEST = 30.0  # log-odds; beyond it a chance is 0 or 1
SPREAD = 0.02  # least standard deviation that is believed
STANDING_OUT = {"words": (0, 1, 2, 3), "words-logistic": (0, 1, 2, 3), "meaning": (0, 1, 3, 4)}
"""Features that are also counted in standard deviations above the trial's."""
OWN = {"words": (0, 1, 2, 3, 4), "words-logistic": (0, 1, 2, 3, 4), "meaning": (0, 1, 2, 3, 4, 5, 6)}
"""Features that the own trial tells something about; the others belong to how customers write."""
ALLOWED = {
    "words": ((1.0, 1.2), (7.0, 1.2), (10.0, 1.0)),
    "words-logistic": ((1.0, 1.2), (7.0, 1.2), (10.0, 1.0)),
    "meaning": ((1.0, 0.4), (3.0, 0.8), (7.0, 1.3), (10.0, 1.0)),
}
"""By phrasings an entry: how many times the wrong answers that are allowed a bar's own answers may have.

Answers above a bar are on average surer than the bar; with a phrasing or two an entry there is little to go by. Chosen
so that on the development sets of ten and more phrasings an entry answers keep what was promised to within two of 100.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a question beside its likeness.

    Attributes:
        known: share of its words, by weight, that the base uses, 0–1.
        length: words.
        repaired: share of its words that were read as others, 0–1.
        everyday: nearness by meaning to sentences about anything else, −1–1.
        most: no chance is above this one, 0–1; less than 1 for what is strange to the base throughout.
    """

    known: float = 1.0
    length: int = 8
    repaired: float = 0.0
    everyday: float = 0.0
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the best entries.

    Attributes:
        order: the best entries' numbers, best first, up to four.
        shares: of the probability, for each of them; what is left belongs to all others.
        features: score, lead over the second, log-odds of the share; without an encoder then words' nearness of the
            best, of any, share of known words, length, share of repaired words; with an encoder meaning's nearness of
            the best, of any, of the second, words' nearness of the best, share of known words, and how much nearer
            everyday sentences are.
        most: no chance is above this one, 0–1.
        elsewhere: sentences about anything else are nearer by meaning than every phrasing.
    """

    order: tuple[int, ...]
    shares: tuple[float, ...]
    features: tuple[float, ...]
    most: float = 1.0
    elsewhere: bool = False


def evidence(
    scores: Floats,
    words: Floats,
    meaning: Floats | None,
    asked: Asked,
    *,
    nearness: float = 0.0,
    logistic: bool = False,
) -> Evidence:
    """Return what speaks for the best entries of a question.

    Args:
        scores: of every entry, from the head.
        words: nearness of every entry's nearest phrasing by words, 0–1.
        meaning: the same by meaning, −1–1; None without an encoder.
        asked: what else is known of the question.
        nearness: how much nearness by meaning counts beside the score; for bases too small to learn from.
        logistic: whether scores are log-probabilities.
    """
    ranked = scores if meaning is None or not nearness else scores + np.float32(nearness) * meaning
    order = _best(ranked, 4)
    top = order[0]
    first, second = float(ranked[top]), float(ranked[order[1]]) if len(order) > 1 else 0.0
    spread = np.exp((1.0 if logistic else SHARPNESS) * (ranked - ranked[top]))
    total = float(spread.sum())
    if len(ranked) < FEWEST_RIVALS and not logistic:  # one entry alone would have all of the probability
        rival = 0.0 if meaning is None else math.exp(2 * (asked.everyday - 1)) + nearness * asked.everyday
        second = max(second, rival)
        total += (FEWEST_RIVALS - len(ranked)) * math.exp(min(SHARPNESS * (rival - first), STEEPEST))
    share = min(max(1 / total, SURELY), 1 - SURELY)
    features = [first, first - second, math.log(share / (1 - share))]
    if meaning is None:
        features += [float(words[top]), float(words.max()), asked.known, _long(asked.length), asked.repaired]
    else:
        nearest = float(meaning.max())
        next_ = float(np.partition(meaning, len(meaning) - 2)[len(meaning) - 2]) if len(meaning) > 1 else first
        features += [float(meaning[top]), nearest, next_, float(words[top]), asked.known, asked.everyday - nearest]
    shares = tuple(float(spread[one]) / total for one in order)
    elsewhere = meaning is not None and features[-1] > 0
    return Evidence(tuple(order), shares, tuple(features), asked.most, elsewhere)


def _long(length: int) -> float:
    return min(math.log1p(length), 3.0)


def _best(values: Floats, count: int) -> list[int]:
    """Return the numbers of the largest values, largest first; of equals the first."""
    if len(values) > 8 * count:
        bar = np.partition(values, len(values) - count)[len(values) - count]
        among = np.flatnonzero(values >= bar)
        return [int(one) for one in among[np.argsort(-values[among], kind="stable")[:count]]]
    return [int(one) for one in np.argsort(-values, kind="stable")[:count]]


@dataclass(frozen=True)
class Size:
    """How large a base is, for its calibration.

    Attributes:
        entries: how many.
        phrasings: how many, of all entries.
    """

    entries: int
    phrasings: int

    @property
    def an_entry(self) -> float:
        """How many phrasings an entry has on average."""
        return self.phrasings / max(self.entries, 1)

    @property
    def factors(self) -> tuple[float, float]:
        """What curves bend by: logarithms of phrasings per entry and of entries."""
        return min(math.log(max(self.an_entry, 1.0)), LOG_PHRASINGS_MOST), math.log(max(self.entries, FEWEST_ENTRIES))


@dataclass(frozen=True)
class Calibrator:
    """From features to a chance, and the chance from which on to answer.

    Attributes:
        numbers: an intercept, then a number a feature.
        allowed: share of wrong answers at the bar itself, as a multiple of the share that is allowed of all answers.
        kind: of which features the numbers are.
        most: no chance is above this one.
    """

    numbers: tuple[float, ...]
    allowed: float = 1.0
    kind: Kind = "words"
    most: float = 1.0

    def chance(self, features: Sequence[float]) -> float:
        """Return the chance (0–1) that the best entry is right."""
        sum_ = self.numbers[0]
        sum_ += sum(number * value for number, value in zip(self.numbers[1:], features, strict=True))
        return min(1 / (1 + math.exp(-max(min(sum_, STEEPEST), -STEEPEST))), self.most)

    def bar(self, precision: float) -> float:
        """Return the chance from which on so many (0–1) of the answers are right."""
        return max(1 - (1 - precision) * self.allowed, precision / 2)


@dataclass(frozen=True)
class Tried:
    """What a base's trial on itself gave.

    Attributes:
        inside: features of each phrasing left out.
        right: whether the best entry was its own, 1 or 0.
        outside: features of each phrasing with its whole entry left out.
    """

    inside: Numbers
    right: Numbers
    outside: Numbers

    @classmethod
    def of(cls, inside: Sequence[tuple[Evidence, bool]], outside: Sequence[Evidence]) -> Tried:
        """Return a trial from its evidence."""
        right = np.array([float(one) for _, one in inside])
        return cls(np.array([one.features for one, _ in inside]), right, np.array([one.features for one in outside]))


def shipped(size: Size, kind: Kind) -> Calibrator:
    """Return the calibrator of a base that has not been tried out."""
    curve = CURVES[f"{kind}-untried"]
    return Calibrator(_bent(curve, size), _allowed(size, kind), kind, _most(size, kind))


def calibrate(tried: Tried, size: Size, kind: Kind) -> Calibrator:
    """Return the calibrator of a base that was tried out on itself."""
    numbers = np.array(standing_out(CURVES[kind], tried, size, kind))
    own = own_curve(tried, size, kind)
    if own is not None:
        trust = own_share(tried, size, kind)
        numbers = (1 - trust) * numbers + trust * own
    return Calibrator(tuple(float(one) for one in numbers), _allowed(size, kind), kind, _most(size, kind))


def standing_out(curve: Curve, tried: Tried, size: Size, kind: Kind) -> tuple[float, ...]:
    """Return a curve's numbers for a base: those of standard deviations become numbers of the features themselves."""
    numbers = list(_bent(curve, size))
    for trial, slopes in ((tried.inside, curve.above_inside), (tried.outside, curve.above_outside)):
        usual, spread = trial.mean(axis=0), np.maximum(trial.std(axis=0), SPREAD)
        for feature, slope in zip(STANDING_OUT[kind], slopes, strict=True):
            numbers[1 + feature] += slope / float(spread[feature])
            numbers[0] -= slope * float(usual[feature] / spread[feature])
    return tuple(numbers)


def own_curve(tried: Tried, size: Size, kind: Kind) -> Numbers | None:
    """Return intercept and slopes fitted on the trial alone; None where all phrasings were found, or none."""
    missed = float(1 - tried.right.mean())
    if not 0 < missed < 1 or not len(tried.outside):
        return None
    count = len(tried.right)
    many, stays = zip(*STAYS_WRONG, strict=True)
    stays_wrong = float(np.interp(math.log(size.an_entry), np.log(many), stays))
    each_missed = (1 - STRANGE_SHARE) * stays_wrong / count
    each_found = (1 - STRANGE_SHARE) * (1 - missed * stays_wrong) / (1 - missed) / count
    weights = np.concatenate(
        [
            np.where(tried.right > 0, each_found, each_missed),
            np.full(len(tried.outside), STRANGE_SHARE / len(tried.outside)),
        ]
    )
    right = np.concatenate([tried.right, np.zeros(len(tried.outside))])
    used = list(OWN[kind])
    fitted = logistic(np.vstack([tried.inside, tried.outside])[:, used], right, weights, ridge=1e-2)
    numbers = np.zeros(1 + tried.inside.shape[1])
    numbers[0] = fitted[0]
    numbers[[1 + one for one in used]] = fitted[1:]
    return numbers


def own_share(tried: Tried, size: Size, kind: Kind) -> float:
    """Return how much (0–1) the own curve counts: so much for each e-fold of phrasings an entry, in the end alone."""
    enough = min(1.0, (len(tried.inside) + len(tried.outside)) / ENOUGH_TRIALS)
    start, end = OWN_ALONE[kind]
    way = max(min((size.an_entry - start) / (end - start), 1.0), 0.0)
    share = min(CURVES[kind].own * size.factors[0], 1.0)
    return enough * (share + way * (1 - share))


def logistic(features: Numbers, right: Numbers, weights: Numbers, ridge: float) -> Numbers:
    """Return intercept and slopes of a logistic regression, by Newton's method on scaled features.

    Args:
        features: a row a case.
        right: 1 or 0 a case.
        weights: how much each case counts, more than 0 in all.
        ridge: on the slopes of the scaled features.
    """
    weights = weights / weights.sum()
    mean = weights @ features
    scale = np.sqrt(weights @ np.square(features - mean)) + 1e-9
    table = np.column_stack([np.ones(len(features)), (features - mean) / scale])
    smooth = np.diag([1e-9, *[ridge] * features.shape[1]])
    found = np.zeros(table.shape[1])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(table @ found, -30, 30)))
        slope = table.T @ (weights * (chance - right)) + smooth @ found
        bend = table.T @ (table * (weights * chance * (1 - chance))[:, None]) + smooth
        step = np.clip(np.linalg.solve(bend + 1e-10 * np.eye(len(found)), slope), -3, 3)
        found -= step
        if float(np.abs(step).max()) < 1e-7:  # noqa: PLR2004
            break
    slopes = found[1:] / scale
    return np.concatenate([[found[0] - slopes @ mean], slopes])


def _bent(curve: Curve, size: Size) -> tuple[float, ...]:
    """Return intercept and slopes of a curve for a base of this size."""
    numbers = list(curve.numbers)
    for factor, bends in zip(size.factors, (curve.by_phrasings, curve.by_entries), strict=True):
        for place, bend in enumerate(bends):  # of the intercept, the score, and the lead
            numbers[place] += bend * factor
    return tuple(numbers)


def _allowed(size: Size, kind: Kind) -> float:
    many, allowed = zip(*ALLOWED[kind], strict=True)
    return float(np.interp(size.an_entry, many, allowed))


def _most(size: Size, kind: Kind) -> float:
    return SUREST_OF_FEW if size.entries <= (1 if kind == "meaning" else FEWEST_RIVALS) else 1.0
