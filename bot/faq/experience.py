"""What the bot learned from its own answers: a small correction of how sure it is.

Of 400 answers given at 96 of 100, customers found 360 right; from then on 96 counts as about 92. The correction is
monotone and bounded: it never turns an order round, and no row of 👎 makes the bot fall silent. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 300.0  # judged answers, by weight, from which on the correction counts
TRUST = 100.0  # answers, by weight, that speak for no correction
SLOPES = (0.7, 1.3)
OFFSETS = (-1.0, 1.0)  # in log-odds
FARTHEST = 0.7
"""Log-odds that slope and offset together move any chance by at most: 0.95 becomes at least 0.904 and at most 0.975."""
STEEPEST = 12.0  # log-odds; a chance is kept this far from 0 and 1
STEPS = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question.

    Attributes:
        chance: the calibrated confidence (0–1) of the best entry, before any correction.
        right: whether that entry was what the customer wanted.
        weight: how much it tells, 0–1; a 👍 tells more than silence.
    """

    chance: float
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Experience:
    """The correction: log-odds × slope + offset, but nowhere far from what it was.

    Attributes:
        slope: above 0, so that what was surer stays surer.
        offset: in log-odds.
        judged: answers, by weight, that it was learned from.
    """

    slope: float = 1.0
    offset: float = 0.0
    judged: float = 0.0

    def corrected(self, chance: float) -> float:
        """Return a chance (0–1) in the light of what was learned; 0 and 1 stay."""
        if (self.slope, self.offset) == (1.0, 0.0) or not 0 < chance < 1:
            return chance
        odds = _odds(chance)
        return _chance(_within(self.slope * odds + self.offset, (odds - FARTHEST, odds + FARTHEST)))


NEUTRAL = Experience()


def learned(outcomes: Sequence[Outcome]) -> Experience:
    """Return the correction that past answers speak for; none while there are too few of them.

    A logistic regression in two numbers, held to no correction by as much as 100 answers would, then to its bounds.
    """
    known = [one for one in outcomes if 0 < one.chance < 1 and one.weight > 0]
    judged = sum(one.weight for one in known)
    if judged < ENOUGH:
        return Experience(judged=judged)
    rows = [(_odds(one.chance), float(one.right), one.weight) for one in known]
    slope, offset = 1.0, 0.0
    for _ in range(STEPS):
        step = _step(rows, slope, offset)
        slope, offset = slope - step[0], offset - step[1]
        if max(map(abs, step)) < 1e-6:  # noqa: PLR2004
            break
    return Experience(_within(slope, SLOPES), _within(offset, OFFSETS), judged)


def _step(rows: Sequence[tuple[float, float, float]], slope: float, offset: float) -> tuple[float, float]:
    """Return Newton's step for slope and offset, at most 0.5 each."""
    down_slope, down_offset = TRUST * (slope - 1) / 4, TRUST * offset / 4
    bend = [TRUST / 4, 0.0, TRUST / 4]
    for odds, right, weight in rows:
        chance = _chance(slope * odds + offset)
        error, spread = weight * (chance - right), weight * chance * (1 - chance)
        down_slope += error * odds
        down_offset += error
        bend = [bend[0] + spread * odds * odds, bend[1] + spread * odds, bend[2] + spread]
    size = bend[0] * bend[2] - bend[1] * bend[1]
    steps = (bend[2] * down_slope - bend[1] * down_offset) / size, (bend[0] * down_offset - bend[1] * down_slope) / size
    return _within(steps[0], (-0.5, 0.5)), _within(steps[1], (-0.5, 0.5))


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _odds(chance: float) -> float:
    return _within(math.log(chance) - math.log1p(-chance), (-STEEPEST, STEEPEST))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-_within(odds, (-2 * STEEPEST, 2 * STEEPEST))))
