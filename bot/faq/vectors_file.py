"""Vectors on disk: `var/vectors/use-m3-1.npz` holds 100,000 sentences' keys and bytes in 53 MB.

Written in small steps. `numpy.savez` copies 16 MB at a time, and nobody else has the interpreter meanwhile.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.faq.meaning import Bytes

KEY = 16  # bytes that a sentence is stored under
ROWS = 1_024  # written in one go, half a megabyte


def read(file: Path, width: int) -> tuple[npt.NDArray[np.uint8], Bytes, npt.NDArray[np.float32]]:
    """Return the keys, rows and steps of a file.

    Raises:
        ValueError: they do not fit together, or rows are not as wide. A damaged file raises other errors as well.
    """
    with file.open("rb") as raw, np.load(raw, allow_pickle=False) as stored:
        keys, table, steps = stored["keys"], stored["table"], stored["steps"]
    rows, kinds = len(keys), (keys.dtype, table.dtype, steps.dtype)
    shapes = ((rows, KEY), (rows, width), (rows,))
    if (keys.shape, table.shape, steps.shape) != shapes or kinds != (np.uint8, np.int8, np.float32):
        raise ValueError("keys, rows and steps do not fit together")
    return keys, table, steps


def write(file: Path, keys: npt.NDArray[np.uint8], table: Bytes, steps: npt.NDArray[np.float32]) -> None:
    """Write keys, rows and steps as `numpy.load` reads them.

    Raises:
        OSError: the disk refuses.
    """
    with zipfile.ZipFile(file, "w") as archive:
        for name, rows in (("keys", keys), ("table", table), ("steps", steps)):
            _put(archive, f"{name}.npy", rows)


def _put(archive: zipfile.ZipFile, name: str, rows: npt.NDArray[Any]) -> None:
    with archive.open(name, "w", force_zip64=True) as out:
        header = np.lib.format.header_data_from_array_1_0(rows)
        np.lib.format.write_array_header_1_0(out, header)
        for start in range(0, len(rows), ROWS):
            out.write(np.ascontiguousarray(rows[start : start + ROWS]).data)
