"""`python -m bot` is the command `supportbot`."""

from __future__ import annotations

import gc
import sys

OBJECTS = 200_000
"""Made between two looks of Python's collector: a start makes modules, not garbage, and looking costs a tenth of it."""


def main() -> None:
    """Run the command and end the process with its exit code."""
    gc.set_threshold(OBJECTS)
    from bot import logs
    from bot.cli import run

    logs.install()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
