"""Matrices on one core: why a question costs 3 ms of processor time and not 13.

NumPy's OpenBLAS spreads every small product over all cores and lets them spin; on a busy machine of two cores a match
so took 135 ms at the 99th percentile, and 5 ms on one. It also makes the last digits of a sum depend on the machine's
number of cores, and with them, rarely, a decision. `OPENBLAS_NUM_THREADS=1` in the environment does the same, but only
before NumPy is imported.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path

import numpy as np

SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


@lru_cache(maxsize=1)
def use_one_core() -> bool:
    """Have NumPy's OpenBLAS work on the calling thread alone, for the whole process.

    Returns:
        Whether it was found; a NumPy over another library is left as it is.
    """
    home = Path(np.__file__).resolve().parent
    for folder in (home.with_name("numpy.libs"), home / ".dylibs", home / ".libs"):
        for library in sorted(folder.glob("*openblas*")):
            try:
                loaded = ctypes.CDLL(str(library))
            except OSError:
                continue
            setter = next((found for name in SETTERS if (found := getattr(loaded, name, None)) is not None), None)
            if setter is not None:
                setter(1)
                return True
    return False
