"""Every benchmark, a table each: `make bench`. One alone: `python -m benchmarks.startup`."""

from __future__ import annotations

import subprocess
import sys

ALL = ("startup", "updates", "matching", "joined", "growth", "claims", "groups")


def main() -> int:
    failed = []
    for name in ALL:
        print(f"\n== {name} ==", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nnot measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
