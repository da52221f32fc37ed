"""The numbers of the confidence that ship with the product, as `python -m benchmarks.confidence` printed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over the features of `bot.faq.calibration.Evidence`.

    Attributes:
        numbers: intercept, then a slope a feature.
        by_phrasings: what intercept, score and lead gain with each e-fold of phrasings an entry.
        by_entries: the same with each e-fold of entries.
        above_inside: slopes of some features in standard deviations above phrasings left out.
        above_outside: the same above phrasings whose whole entry was left out.
        own: how much a base's own curve counts with each e-fold of phrasings an entry.
    """

    numbers: tuple[float, ...]
    by_phrasings: tuple[float, ...] = ()
    by_entries: tuple[float, ...] = ()
    above_inside: tuple[float, ...] = ()
    above_outside: tuple[float, ...] = ()
    own: float = 0.0


CURVES: Mapping[str, Curve] = {
    "meaning": Curve(
        numbers=(0.614, -1.233, 0.921, 0.287, -0.439, -1.386, 0.536, -0.155, -0.084, -2.212),
        by_phrasings=(-0.094, 0.985, -0.738),
        by_entries=(-0.086, -0.036, 0.809),
        above_inside=(0.2, -0.013, 0.233, -0.077),
        above_outside=(0.334, 0.1, -0.252, -0.103),
        own=0.238,
    ),
    "meaning-untried": Curve(
        numbers=(0.037, 0.456, 2.555, 0.518, -0.504, -2.114, 0.385, -0.188, -0.02, -2.309),
        by_phrasings=(-0.202, 0.508, -1.172),
        by_entries=(0.19, -0.178, 1.04),
    ),
    "words": Curve(
        numbers=(-2.014, 0.941, -0.384, 0.36, -1.983, 0.688, 1.579, 1.071, -1.659),
        by_phrasings=(-0.244, 0.025, -0.577),
        by_entries=(-0.563, 0.728, 0.434),
        above_inside=(-0.28, -0.143, 0.411, 0.193),
        above_outside=(-0.154, 0.16, 0.182, 0.053),
        own=0.106,
    ),
    "words-logistic": Curve(
        numbers=(-1.04, 0.125, 0.152, 0.524, 0.979, -2.209, 1.838, 0.664, -0.519),
        by_phrasings=(-0.041, -0.131, 0.013),
        by_entries=(-0.593, 0.097, 0.047),
        above_inside=(0.007, -0.064, 0.043, -0.083),
        above_outside=(0.027, 0.067, 0.071, -0.005),
        own=0.143,
    ),
    "words-untried": Curve(
        numbers=(-1.746, 0.424, 0.544, 0.508, -0.217, -1.795, 1.81, 0.763, -0.591),
        by_phrasings=(-0.125, -0.556, -0.18),
        by_entries=(-0.428, 0.959, 0.597),
    ),
}
