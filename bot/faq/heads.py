"""What a base has learned from its phrasings: a kernel ridge regression from likeness to entries.

Twelve ways to ask for the delivery price teach that "shipping" and "how much" speak for `delivery-cost` and "how" for
nothing. Closed form, so that each phrasing's score as if it had never been written, and as if its whole entry had
never been, come out of the same matrices: that is what confidence is calibrated on.

With up to `MOST_LANDMARKS` phrasings the solution is exact, beyond that a Nyström approximation over as many of them
(Williams and Seeger 2001); leave-one-out and leave-block-out as in Rasmussen and Williams 2006, section 5.4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bot.faq.lexical import Floats, Ints

MOST_LANDMARKS = 2_000
MOST_LEARNED = 20_000  # phrasings learned from; the others are still searched
CHUNK = 256  # rows worked on at a time
JITTER = 1e-4  # added to the landmarks' own likeness, so that equal phrasings do not make it singular

Kernel = Callable[[Ints], Floats]
"""Rows of phrasings → their likeness to every landmark."""


@dataclass(frozen=True)
class Head:
    """The learned weights.

    Attributes:
        landmarks: which phrasings a question is compared with.
        weights: landmarks × entries.
        leverage: how much each phrasing shapes its own score, 0–1.
    """

    landmarks: Ints
    weights: Floats
    leverage: Floats

    def scores(self, likeness: Floats) -> Floats:
        """Return a score an entry from the likeness to each landmark: near 1 for the right one, near 0 for others."""
        return np.asarray(likeness @ self.weights, dtype=np.float32)


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


def landmarks_of(owner: Ints) -> Ints:
    """Return which phrasings serve as landmarks: all, or as many as allowed spread evenly over the base."""
    return _spread(len(owner), MOST_LANDMARKS)


def learn(
    kernel: Kernel, owner: Ints, entries: int, ridge: float, tried: Ints, pause: Callable[[], None]
) -> tuple[Head, Trial]:
    """Fit the head and try it on some of its own phrasings.

    Args:
        kernel: likeness of phrasings to the landmarks of `landmarks_of(owner)`.
        owner: the entry of each phrasing, rising.
        entries: how many there are.
        ridge: how much to smooth; about the share of noise in the likeness.
        tried: the phrasings to try, whole entries, rising.
        pause: called between steps.
    """
    counts = np.bincount(owner, minlength=entries)
    weight = (len(owner) / (entries * counts[owner])).astype(np.float32)
    fit = _exact if len(owner) <= MOST_LANDMARKS else _approximate
    return fit(kernel, owner, entries, ridge, weight, tried, pause)


def left_out(scores: Floats, leverage: float, entry: int) -> Floats:
    """Return the scores of a phrasing of that entry as if it were not in the base, from those that it has."""
    wanted = np.zeros_like(scores)
    wanted[entry] = 1
    return np.asarray(wanted - (wanted - scores) / max(1 - leverage, 1e-3), dtype=np.float32)


def _exact(
    kernel: Kernel, owner: Ints, entries: int, ridge: float, weight: Floats, tried: Ints, pause: Callable[[], None]
) -> tuple[Head, Trial]:
    """Solve with every phrasing as a landmark."""
    every = np.arange(len(owner), dtype=np.int32)
    steady = kernel(every).astype(np.float64)
    pause()
    noise = ridge / weight.astype(np.float64)
    steady[np.diag_indices_from(steady)] += noise
    inverse = np.linalg.inv(steady)
    pause()
    wanted = np.zeros((len(owner), entries))
    wanted[every, owner] = 1
    weights = inverse @ wanted
    pause()
    own = np.diag(inverse)
    without_it = wanted[tried] - weights[tried] / own[tried, None]
    without_entry = wanted[tried]
    for entry in np.unique(owner[tried]):
        block = np.flatnonzero(owner == entry)
        missed = np.linalg.solve(inverse[np.ix_(block, block)], weights[block])
        without_entry[owner[tried] == entry] -= missed
        pause()
    head = Head(every, weights.astype(np.float32), np.clip(1 - noise * own, 0, 1).astype(np.float32))
    return head, Trial(tried, without_it.astype(np.float32), without_entry.astype(np.float32))


def _approximate(
    kernel: Kernel, owner: Ints, entries: int, ridge: float, weight: Floats, tried: Ints, pause: Callable[[], None]
) -> tuple[Head, Trial]:
    """Solve over some of the phrasings as landmarks."""
    landmarks = landmarks_of(owner)
    root = _inverse_root(kernel(landmarks))
    pause()
    used = _spread(len(owner), MOST_LEARNED)
    owner, weight = owner[used], weight[used]
    features = np.empty((len(used), len(landmarks)), dtype=np.float32)
    gram = ridge * np.eye(len(landmarks), dtype=np.float32)
    targets = np.zeros((entries, len(landmarks)), dtype=np.float32)
    for start in range(0, len(used), CHUNK):
        part = features[start : start + CHUNK] = kernel(used[start : start + CHUNK]) @ root
        weighted = part * weight[start : start + CHUNK, None]
        gram += weighted.T @ part
        owners, begins = np.unique(owner[start : start + CHUNK], return_index=True)
        targets[owners] += np.add.reduceat(weighted, begins, axis=0)
        pause()
    inverse = np.linalg.inv(gram.astype(np.float64)).astype(np.float32)
    pause()
    solution = inverse @ targets.T
    leverage = np.zeros(used[-1] + 1, dtype=np.float32)
    leverage[used] = _leverage(features, inverse, weight, pause)
    among = np.flatnonzero(np.isin(used, tried)).astype(np.int32)
    trial = _trial(features, inverse, solution, weight, owner, among, leverage[used], pause)
    return Head(landmarks, root @ solution, leverage), replace(trial, rows=used[among])


def _spread(count: int, most: int) -> Ints:
    """Return up to `most` of the numbers below `count`, the first and the last among them, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int32))


def _inverse_root(own: Floats) -> Floats:
    """Return R with R·Rᵀ the inverse of the landmarks' likeness to each other."""
    steady: npt.NDArray[np.float64] = own.astype(np.float64)
    steady[np.diag_indices_from(steady)] += JITTER
    return np.asarray(np.linalg.inv(np.linalg.cholesky(steady)).T, dtype=np.float32)


def _leverage(features: Floats, inverse: Floats, weight: Floats, pause: Callable[[], None]) -> Floats:
    found = np.empty(len(features), dtype=np.float32)
    for start in range(0, len(features), CHUNK):
        part = features[start : start + CHUNK]
        found[start : start + CHUNK] = np.einsum("ij,ij->i", part @ inverse, part)
        pause()
    return np.asarray(np.clip(found * weight, 0, 1), dtype=np.float32)


def _trial(
    features: Floats,
    inverse: Floats,
    solution: Floats,
    weight: Floats,
    owner: Ints,
    tried: Ints,
    leverage: Floats,
    pause: Callable[[], None],
) -> Trial:
    scores = features[tried] @ solution
    without_it = np.empty_like(scores)
    without_entry = np.empty_like(scores)
    for entry in np.unique(owner[tried]):
        own = np.flatnonzero(owner[tried] == entry)
        wanted = np.zeros((len(own), solution.shape[1]), dtype=np.float32)
        wanted[:, entry] = 1
        missed = wanted - scores[own]
        without_it[own] = wanted - missed / np.maximum(1 - leverage[tried[own]], 1e-3)[:, None]
        block = features[tried[own]]
        hat = (block @ inverse @ block.T) * weight[tried[own]]
        steady = np.eye(len(own)) * (1 + 1e-4) - hat.astype(np.float64)
        without_entry[own] = wanted - np.linalg.solve(steady, missed)
        pause()
    return Trial(tried, without_it, without_entry)
