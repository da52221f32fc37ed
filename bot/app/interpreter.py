"""What the interpreter is told once, so that customers do not wait for it.

A bot that has come up holds some 260,000 objects that stay for good: modules, classes, the first index. Left alone, the
collector of cyclic garbage goes over many of them again and again; frozen, they cost nothing more. And while a base of
100,000 phrasings is learned in one thread and a question matched in another, the event loop waits for both in turn.
"""

from __future__ import annotations

import gc
import sys

YOUNG, MIDDLE, OLD = 5_000, 5, 320
"""New objects between two looks at the youngest, and of how many looks one goes further; Python's are 700, 10, 10.

A look stops every thread. On a busy machine 5,000 objects took it 2 ms, 25,000 up to 15; with 20,000, 20, 20 it was 9
and 39. All are looked at after eight million new ones.
"""

TURN = 0.001
"""Seconds for which a busy thread keeps the interpreter while others wait for it; Python's are 0.005.

With two busy threads the event loop stood still for 16 ms and more, with this for 8.
"""


def take_short_turns() -> None:
    """Let no thread keep the event loop waiting for long; costs nothing while only one thread is busy."""
    sys.setswitchinterval(TURN)


def leave_alone_what_stays() -> None:
    """Freeze all that is there now; what is made from now on is still collected."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
