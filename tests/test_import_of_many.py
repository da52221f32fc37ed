"""An import of many phrasings: a bar on a terminal, none in a pipe, and vectors that no start has to make again."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from bot.cli.meanings import Bar, Stopped
from tests.programs import ROOT, carry_out

pytestmark = pytest.mark.slow  # thousands of phrasings


class Terminal(io.StringIO):
    """A terminal to write on."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_is_and_when_it_is_done() -> None:
    out = Terminal()
    bar = Bar("Meanings", out)

    bar(5_000, 10_000)
    bar(10_000, 10_000)

    first, last = out.getvalue().split("\r")[1:]
    assert first.startswith("Meanings [###############...............] 5,000 of 10,000, ")
    assert last.startswith("Meanings [##############################] 10,000 of 10,000, 0 s left")
    assert last.endswith("\n")


def test_a_pipe_sees_no_bar() -> None:
    out = io.StringIO()

    Bar("Meanings", out)(1, 2)

    assert out.getvalue() == ""


def test_a_bar_that_is_told_to_stop_stops_the_work() -> None:
    bar = Bar("Meanings", io.StringIO())
    bar.stop.set()

    with pytest.raises(Stopped):
        bar(1, 2)


def test_an_import_of_many_phrasings_leaves_their_vectors_for_the_bot(tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    lines = [
        {"id": f"e{n}", "lang": "en", "question": f"what about thing {n}", "phrasings": [f"thing {n}"], "answer": "-"}
        for n in range(150)
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    done = carry_out(["bot", "faq", "import", "many.jsonl"], tmp_path, {})

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("150 added, 0 changed, 0 unchanged.\n")
    (file,) = (tmp_path / "var" / "vectors").iterdir()
    with np.load(file) as stored:
        assert len(stored["keys"]) >= 300
        assert stored["table"].dtype == np.int8
