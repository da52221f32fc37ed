"""What a base has learned from its phrasings: a kernel ridge regression from likeness to entries.

Twelve ways to ask for the delivery price teach that "shipping" and "how much" speak for `delivery-cost` and "how" for
nothing. Closed form, so that each phrasing's score as if it had never been written, and as if its whole entry had
never been, come out of the same matrices: that is what confidence is calibrated on.

Exact, and so for bases that are compared as a whole; larger ones ask the nearest phrasings anew for each question, see
`bot.faq.nearby`. Leave-one-out and leave-block-out as in Rasmussen and Williams 2006, section 5.4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bot.faq.lexical import Floats, Ints

Kernel = Callable[[Ints], Floats]
"""Rows of phrasings → their likeness to every phrasing."""


@dataclass(frozen=True)
class Head:
    """The learned weights.

    Attributes:
        weights: phrasings × entries.
        leverage: how much each phrasing shapes its own score, 0–1.
    """

    weights: Floats
    leverage: Floats

    def scores(self, likeness: Floats) -> Floats:
        """Return a score an entry from the likeness to each phrasing: near 1 for the right one, near 0 for others."""
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


def learn(
    kernel: Kernel, owner: Ints, entries: int, ridge: float, tried: Ints, pause: Callable[[], None]
) -> tuple[Head, Trial]:
    """Fit the head and try it on some of its own phrasings.

    Args:
        kernel: likeness of phrasings to all of them.
        owner: the entry of each phrasing, rising.
        entries: how many there are.
        ridge: how much to smooth; about the share of noise in the likeness.
        tried: the phrasings to try, whole entries, rising.
        pause: called between steps.
    """
    counts = np.bincount(owner, minlength=entries)
    weight = len(owner) / (entries * counts[owner])
    every = np.arange(len(owner), dtype=np.int32)
    steady = kernel(every).astype(np.float64)
    pause()
    noise = ridge / weight
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
    head = Head(weights.astype(np.float32), np.clip(1 - noise * own, 0, 1).astype(np.float32))
    return head, Trial(tried, without_it.astype(np.float32), without_entry.astype(np.float32))


def left_out(scores: Floats, leverage: float, entry: int) -> Floats:
    """Return the scores of a phrasing of that entry as if it were not in the base, from those that it has."""
    wanted = np.zeros_like(scores)
    wanted[entry] = 1
    return np.asarray(wanted - (wanted - scores) / max(1 - leverage, 1e-3), dtype=np.float32)
