"""How sure a match is: from the evidence for the best entry to the chance that it is right.

"wo bleibt mein Paket" has a score of 0.71 for `order-status`, the next has 0.12, the words are known and the meaning
agrees: such answers were right in 97 of 100 cases, so the confidence is 0.97.

Two logistic curves are blended. One was fitted once over bases of several kinds and sizes and is shipped as the
numbers below; it is all there is for a base with a phrasing or two per entry. The other is fitted on the base itself:
each phrasing left out is a question that has an answer, each with its whole entry left out is one that has none.
It takes over as the base grows.

With an encoder a third curve stands between them, because an owner who writes seven deliberately different phrasings
makes the own trial look worse than customers are: with one of "how can I pay", "do you take PayPal", "cash on delivery"
left out, the others hardly help. It asks only how far a question stands out from those that have no answer, in
standard deviations of this base; that does not depend on how much alike an entry's phrasings are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.faq.lexical import Floats

Numbers = npt.NDArray[np.float64]
SHARPNESS = 10.0  # scores × this → log-probabilities
STRANGE_SHARE = 0.25  # of all questions nobody wrote an answer for; 12–35 % in the field's data sets
ENOUGH_TRIALS = 400
OWN_FROM, OWN_ALONE_FROM = 2.0, 8.0  # phrasings per entry
OWN_ALONE_FROM_WITH_MEANING = 12.0
STANDING_OUT = (3.0, 7.0)  # phrasings per entry at which the third curve begins and is all that the own one leaves
STAYS_WRONG = 0.7  # of the phrasings that are missed when left out, so many would be with all phrasings there
SLACK = 0.5  # of the allowed wrong answers; answers above a bar are on average surer than the bar
LOWEST_BAR = 0.85  # no answer below this confidence, however well the base's own trial went
MARGIN_OF_SAFETY = 0.6  # of the allowed wrong answers; customers word things more freely than authors do

# intercept, then one number per feature of `Evidence.features`, then phrasings per entry (log) and its products
GLOBAL_WORDS = (-4.43, 2.91, 2.6, 1.06, 0.89, -0.91, 0.5, 1.19, 0.8, -0.07, -0.23, 0.17)
GLOBAL_MEANING = (
    -2.17, 6.09, 3.53, -0.58, -2.45, 1.31, 1.63, -0.57, 0.36, 1.2, -0.39, 0.29, -1.0, -0.44, 0.21, -0.43,
)  # fmt: skip
# the same, per standard deviation above the questions that have no answer; phrasings per entry (log) without products
GLOBAL_STANDING_OUT = (
    -0.866, 0.797, 0.412, -0.101, -0.409, 0.236, 0.194, -0.35, 0.164, 0.309, -0.25, 0.258, -0.273, 0.194,
)  # fmt: skip
AS_THEY_ARE = (6, 7, 10)  # known words, length and agreement are no matter of more or less than usual
LOG_PHRASINGS_MOST = 2.5
OWN_LEFT_OUT = (6, 7)  # known words and length: an author's phrasings tell nothing about them


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the best entries.

    Attributes:
        order: the best entries' numbers, best first, up to four.
        shares: of the probability, for each of them; what is left belongs to all others.
        features: score, lead over the second, share; words' nearness of the best, of any, lead; share of known words;
            length; with an encoder also meaning's nearness of the best, of any, whether they agree, and the lead.
    """

    order: tuple[int, ...]
    shares: tuple[float, ...]
    features: tuple[float, ...]


def evidence(
    scores: Floats, words: Floats, meaning: Floats | None, known: float, length: int, nearness: float = 0.0
) -> Evidence:
    """Return what speaks for the best entries of a question.

    Args:
        scores: of every entry, from the head.
        words: nearness of every entry's nearest phrasing by words, 0–1.
        meaning: the same by meaning, −1–1; None without an encoder.
        known: share of the question's words, by weight, that the base uses, 0–1.
        length: words of the question.
        nearness: how much nearness by meaning counts in the order beside the score; for bases too small to learn from.
    """
    ranked = scores if meaning is None or not nearness else scores + np.float32(nearness) * meaning
    order = _best(ranked, 4)
    top = order[0]
    first, second = float(scores[top]), max((float(scores[one]) for one in _best(scores, 2) if one != top), default=0.0)
    spread = np.exp(SHARPNESS * (ranked - ranked[top]))
    total = float(spread.sum())
    share = 1 / float(np.exp(SHARPNESS * (scores - scores[top])).sum())
    by_word = _lead(words, top, signed=False)
    features = [first, first - second, share, *by_word, known, min(math.log1p(length), 3.0)]
    if meaning is not None:
        best = float(meaning.max())
        near, _, lead = _lead(meaning, top, signed=True)
        features += [near, best, float(near >= best), lead]
    return Evidence(tuple(order), tuple(float(spread[one]) / total for one in order), tuple(features))


def _best(values: Floats, count: int) -> list[int]:
    """Return the numbers of the largest values, largest first; of equals the first."""
    if len(values) > 8 * count:
        bar = np.partition(values, len(values) - count)[len(values) - count]
        among = np.flatnonzero(values >= bar)
        return [int(one) for one in among[np.argsort(-values[among], kind="stable")[:count]]]
    return [int(one) for one in np.argsort(-values, kind="stable")[:count]]


def _lead(values: Floats, top: int, *, signed: bool) -> tuple[float, float, float]:
    """Return the value of the top entry, the largest of all, and the lead of the top one.

    The lead is over the second largest; where the top one is not the largest, `signed` takes it against the largest.
    """
    own, largest = float(values[top]), float(values.max())
    second = float(np.partition(values, len(values) - 2)[len(values) - 2]) if len(values) > 1 else 0.0
    return own, largest, own - (largest if signed and own < largest else second)


@dataclass(frozen=True)
class Calibrator:
    """From features to a chance, and the chance from which on to answer.

    Attributes:
        shipped: the numbers for bases like this one: intercept, then a number a feature.
        own: the same, fitted on this base; empty when it was too small.
        trust: weight of the own ones, 0–1.
        trial: chances that the base's own trial gave, with the weight of each; empty when the bar does not follow it.
        slack: how far below the wanted precision the bar lies without a trial, as a share (0–1) of the wrong answers
            allowed: those above a bar of 0.925 are spread up to 1, and right in over 95 of 100 cases.
    """

    shipped: tuple[float, ...]
    own: tuple[float, ...] = ()
    trust: float = 0.0
    trial: tuple[tuple[float, float], ...] = ()
    slack: float = 0.0

    def chance(self, features: Sequence[float]) -> float:
        """Return the chance (0–1) that the best entry is right."""
        sum_ = _linear(self.shipped, features)
        if self.own:
            sum_ = (1 - self.trust) * sum_ + self.trust * _linear(self.own, features)
        return 1 / (1 + math.exp(-max(min(sum_, 30.0), -30.0)))

    def bar(self, precision: float) -> float:
        """Return the chance from which on a precision holds for what is answered, by the base's own trial."""
        if not self.trial:
            return precision - self.slack * (1 - precision)
        aim = 1 - (1 - precision) * MARGIN_OF_SAFETY
        right = weight = 0.0
        bar = aim
        for chance, share in self.trial:
            right += chance * share
            weight += share
            if right < aim * weight:
                break
            bar = min(aim, chance)
        own = max(bar, min(LOWEST_BAR, precision))
        return (1 - self.trust) * precision + self.trust * own


def shipped(phrasings_per_entry: float, *, meaning: bool) -> tuple[float, ...]:
    """Return the shipped numbers for a base with so many phrasings per entry."""
    numbers = GLOBAL_MEANING if meaning else GLOBAL_WORDS
    size = min(math.log(max(phrasings_per_entry, 1.0)), LOG_PHRASINGS_MOST)
    start, score, lead, *others = numbers[:-3]
    by_size, with_score, with_lead = numbers[-3:]
    return (start + by_size * size, score + with_score * size, lead + with_lead * size, *others)


def calibrate(
    inside: Sequence[tuple[Evidence, bool]], outside: Sequence[Evidence], phrasings_per_entry: float, *, meaning: bool
) -> Calibrator:
    """Fit a base's own calibration and blend it with the shipped one.

    Args:
        inside: evidence for each phrasing left out, and whether the best entry was its own.
        outside: evidence for each phrasing whose entry was left out.
        phrasings_per_entry: on average.
        meaning: whether there is an encoder.
    """
    ready = Calibrator(shipped(phrasings_per_entry, meaning=meaning))
    enough = min(1.0, (len(inside) + len(outside)) / ENOUGH_TRIALS)
    grown = enough * _way(phrasings_per_entry, OWN_FROM, OWN_ALONE_FROM)
    if grown == 0 or not outside or all(right for _, right in inside) or not any(right for _, right in inside):
        return ready
    features = np.array([one.features for one, _ in inside] + [one.features for one in outside])
    right = np.array([float(one) for _, one in inside] + [0.0] * len(outside))
    weights = _weights(right[: len(inside)], len(outside), stays_wrong=STAYS_WRONG if meaning else 1.0)
    own = _logistic(features, right, weights)
    if meaning:
        trust = enough * _way(phrasings_per_entry, OWN_FROM, OWN_ALONE_FROM_WITH_MEANING)
        share = enough * _way(phrasings_per_entry, *STANDING_OUT)
        third = _standing_out(features[len(inside) :], phrasings_per_entry)
        mixed = tuple((1 - share) * one + share * other for one, other in zip(ready.shipped, third, strict=True))
        return Calibrator(mixed, own, trust, slack=SLACK * grown)
    blended = Calibrator(ready.shipped, own, grown)
    chances = sorted(
        ((blended.chance(row), weight) for row, weight in zip(features, weights, strict=True)), reverse=True
    )
    return Calibrator(ready.shipped, own, grown, tuple((float(one), float(weight)) for one, weight in chances))


def _way(value: float, start: float, end: float) -> float:
    """Return how much of the way from start to end lies behind, 0–1."""
    return max(min((value - start) / (end - start), 1.0), 0.0)


def _weights(right: Numbers, outside: int, *, stays_wrong: float) -> Numbers:
    """Return the weight of each phrasing left out, then of each whose entry was; together 1.

    Args:
        right: for each phrasing left out, 1 where it was found all the same, else 0; some of both.
        outside: how many had their entry left out.
        stays_wrong: share of those not found that would not be with every phrasing there.
    """
    missed = float(1 - right.mean())
    each_missed = (1 - STRANGE_SHARE) * stays_wrong / len(right)
    each_found = (1 - STRANGE_SHARE) * (1 - missed * stays_wrong) / (1 - missed) / len(right)
    inside = np.where(right > 0, each_found, each_missed)
    return np.concatenate([inside, np.full(outside, STRANGE_SHARE / max(outside, 1))])


def _standing_out(outside: Numbers, phrasings_per_entry: float) -> tuple[float, ...]:
    """Return the third curve's numbers for a base: intercept, then a number a feature.

    Args:
        outside: features of each phrasing whose entry was left out.
        phrasings_per_entry: on average.
    """
    usual, spread = outside.mean(axis=0), outside.std(axis=0) + 1e-3
    usual[list(AS_THEY_ARE)], spread[list(AS_THEY_ARE)] = 0, 1
    start, *slopes, by_size = GLOBAL_STANDING_OUT
    numbers = np.array(slopes) / spread
    size = min(math.log(max(phrasings_per_entry, 1.0)), LOG_PHRASINGS_MOST)
    return (start + by_size * size - float(numbers @ usual), *(float(one) for one in numbers))


def _linear(numbers: Sequence[float], features: Sequence[float]) -> float:
    return numbers[0] + sum(number * value for number, value in zip(numbers[1:], features, strict=True))


def _logistic(features: Numbers, right: Numbers, weights: Numbers, ridge: float = 1e-3) -> tuple[float, ...]:
    """Return intercept and slopes of a logistic regression, by Newton's method on scaled features."""
    used = [one for one in range(features.shape[1]) if one not in OWN_LEFT_OUT]
    mean, scale = features[:, used].mean(axis=0), features[:, used].std(axis=0) + 1e-6
    table = np.column_stack([np.ones(len(features)), (features[:, used] - mean) / scale])
    smooth = np.diag([1e-9, *[ridge] * len(used)])
    found = np.zeros(table.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(table @ found, -30, 30)))
        slope = table.T @ (weights * (chance - right)) + smooth @ found
        bend = table.T @ (table * (weights * chance * (1 - chance))[:, None]) + smooth
        step = np.clip(np.linalg.solve(bend + 1e-9 * np.eye(len(found)), slope), -5, 5)
        found -= step
        if float(np.abs(step).max()) < 1e-6:  # noqa: PLR2004
            break
    numbers = np.zeros(features.shape[1])
    numbers[used] = found[1:] / scale
    return (float(found[0] - (found[1:] / scale * mean).sum()), *(float(one) for one in numbers))
