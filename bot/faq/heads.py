"""What a base has learned from its phrasings: a kernel regression from likeness to entries.

Twelve ways to ask for the delivery price teach that "shipping" and "how much" speak for `delivery-cost` and "how" for
nothing. Closed form, so that each phrasing's score as if it had never been written, and as if its whole entry had
never been, come out of the same matrices: that is what confidence is calibrated on.

A *ridge* head takes the targets as they are, 1 and 0. A *logistic* one solves again and again, the targets moved to
where the multinomial likelihood wants them. The curvature stays the same (Böhning 1992), and so do the matrices.

Exact, and so for bases that are compared as a whole; larger ones ask the nearest phrasings anew for each question, see
`bot.faq.nearby`. Leave-one-out and leave-block-out as in Rasmussen and Williams 2006, section 5.4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.faq.lexical import Floats, Ints

Doubles = npt.NDArray[np.float64]

CURVATURE = 0.12  # of the likelihood; ¼ is its bound, and with many entries it is less
ROUNDS = 20
FEWEST_ROUNDS = 4
MOST_WORK = 1e11  # multiplications spent on rounds: about three seconds

Kernel = Callable[[Ints], Floats]
"""Rows of phrasings → their likeness to every phrasing."""


@dataclass(frozen=True)
class Head:
    """The learned weights.

    Attributes:
        weights: phrasings × entries.
        leverage: how much each phrasing shapes its own score, 0–1.
        logistic: whether scores are log-probabilities, but for a constant; else they are near 1 or near 0.
    """

    weights: Floats
    leverage: Floats
    logistic: bool = False

    def scores(self, likeness: Floats) -> Floats:
        """Return a score an entry from the likeness to each phrasing."""
        return np.asarray(likeness @ self.weights, dtype=np.float32)

    def left_out(self, scores: Floats, phrasing: int, entry: int) -> Floats:
        """Return the scores of a phrasing of that entry as if it were not in the base, from those that it has."""
        missed = -shares(scores) / CURVATURE if self.logistic else -scores
        missed[entry] += 1 / CURVATURE if self.logistic else 1
        rest = max(1 - float(self.leverage[phrasing]), 1e-3)
        return np.asarray(scores + missed - missed / rest, dtype=np.float32)


@dataclass(frozen=True)
class Trial:
    """Scores of some phrasings under conditions like a customer's.

    Attributes:
        rows: which phrasings.
        without_it: scores as if that phrasing were not in the base, a row a phrasing.
        without_entry: scores as if its whole entry were not.
    """

    rows: Ints
    without_it: Floats
    without_entry: Floats


def learn(
    kernel: Kernel, owner: Ints, ridge: float, tried: Ints, pause: Callable[[], None], *, logistic: bool = False
) -> tuple[Head, Trial]:
    """Fit the head and try it on some of its own phrasings.

    Args:
        kernel: likeness of phrasings to all of them.
        owner: the entry of each phrasing, rising from 0.
        ridge: how much to smooth; about the share of noise in the likeness.
        tried: the phrasings to try, rising.
        pause: called between steps.
        logistic: which of the two heads.
    """
    counts = np.bincount(owner)
    every = np.arange(len(owner), dtype=np.int32)
    steady = kernel(every).astype(np.float64)
    pause()
    noise: Doubles = ridge * counts[owner].astype(np.float64) * len(counts) / len(owner)
    steady[np.diag_indices_from(steady)] += noise
    inverse: Doubles = np.asarray(np.linalg.inv(steady), dtype=np.float64)
    pause()
    targets = np.zeros((len(owner), len(counts)))
    targets[every, owner] = 1
    weights = inverse @ targets
    pause()
    if logistic:
        targets, weights = _moved(targets, inverse, noise, pause)
    own = np.diag(inverse)
    without_it = targets[tried] - weights[tried] / own[tried, None]
    without_entry = targets[tried]
    for entry in np.unique(owner[tried]):
        block = np.flatnonzero(owner == entry)
        missed = np.linalg.solve(inverse[np.ix_(block, block)], weights[block])
        without_entry[owner[tried] == entry] -= missed[np.isin(block, tried)]
        pause()
    without_entry[np.arange(len(tried)), owner[tried]] = without_entry.min(axis=1)
    head = Head(weights.astype(np.float32), np.clip(1 - noise * own, 0, 1).astype(np.float32), logistic)
    return head, Trial(tried, without_it.astype(np.float32), without_entry.astype(np.float32))


def shares(scores: Floats) -> Floats:
    """Return the probability of each entry by a logistic head's scores."""
    spread = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(spread / spread.sum(axis=-1, keepdims=True), dtype=np.float32)


def _moved(wanted: Doubles, inverse: Doubles, noise: Doubles, pause: Callable[[], None]) -> tuple[Doubles, Doubles]:
    """Return the targets that the likelihood wants, and the weights that belong to them."""
    rounds = int(np.clip(MOST_WORK / (float(len(wanted)) * wanted.size), FEWEST_ROUNDS, ROUNDS))
    fast, thin, ones = inverse.astype(np.float32), noise.astype(np.float32)[:, None], wanted.astype(np.float32)
    scores = np.zeros_like(ones)
    targets, weights = ones, ones
    for _ in range(rounds):
        targets = scores + (ones - shares(scores)) / np.float32(CURVATURE)
        weights = fast @ targets
        scores = targets - thin * weights
        pause()
    return targets.astype(np.float64), weights.astype(np.float64)
