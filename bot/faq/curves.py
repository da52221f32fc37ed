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
        numbers=(0.837, -1.533, 0.798, 0.287, -0.387, -1.517, 0.327, -0.184, 0.009, -2.273),
        by_phrasings=(-0.078, 0.957, -0.667),
        by_entries=(-0.108, 0.023, 0.806),
        above_inside=(0.207, -0.01, 0.237, -0.061),
        above_outside=(0.324, 0.107, -0.227, -0.109),
        own=0.223,
    ),
    "meaning-untried": Curve(
        numbers=(0.148, 0.138, 2.363, 0.526, -0.221, -2.148, 0.053, -0.208, 0.052, -2.349),
        by_phrasings=(-0.202, 0.463, -1.113),
        by_entries=(0.179, -0.119, 1.053),
    ),
    "words": Curve(
        numbers=(-2.046, 0.971, -0.367, 0.367, -1.989, 0.685, 1.578, 1.073, -1.663),
        by_phrasings=(-0.233, 0.014, -0.591),
        by_entries=(-0.551, 0.704, 0.435),
        above_inside=(-0.281, -0.143, 0.414, 0.192),
        above_outside=(-0.15, 0.16, 0.177, 0.055),
        own=0.106,
    ),
    "words-logistic": Curve(
        numbers=(-1.039, 0.063, 0.128, 0.619, 0.871, -2.229, 1.833, 0.661, -0.523),
        by_phrasings=(-0.037, -0.133, 0.009),
        by_entries=(-0.496, 0.095, 0.051),
        above_inside=(0.006, -0.062, 0.036, -0.08),
        above_outside=(0.029, 0.066, 0.065, 0.004),
        own=0.14,
    ),
    "words-untried": Curve(
        numbers=(-1.755, 0.009, 0.149, 0.581, -0.279, -1.775, 1.8, 0.762, -0.611),
        by_phrasings=(-0.119, -0.541, -0.231),
        by_entries=(-0.35, 0.93, 0.667),
    ),
}
