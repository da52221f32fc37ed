"""`supportbot report` and `supportbot quality sample` as an owner types them."""

from __future__ import annotations

import json

import pytest

from tests.databases import sqlite_template
from tests.test_commands import Shop, shop

pytestmark = pytest.mark.slow  # a process for each command

__all__ = ["shop", "sqlite_template"]


def test_a_report_of_days_on_which_nobody_wrote_says_so_and_what_to_do(shop: Shop) -> None:
    code, printed, complained = shop.command("report", "--from", "2026-11-01", "--to", "2026-11-07")

    assert (code, complained) == (0, "")
    assert printed.startswith("Sun, Nov 1, 2026 – Sat, Nov 7, 2026: nobody wrote, so there is nothing to count.")


def test_a_report_comes_as_json_and_csv(shop: Shop) -> None:
    code, printed, _ = shop.command("report", "--json", "--from", "2026-11-01", "--to", "2026-11-07")
    same, again, _ = shop.command("report", "--format", "json", "--from", "2026-11-01", "--to", "2026-11-07")
    _, table, _ = shop.command("report", "--format", "csv")

    body = json.loads(printed)
    assert (code, same, printed) == (0, 0, again)
    assert (body["from"], body["to"], body["empty"], body["total"]["questions"]) == (
        "2026-11-01",
        "2026-11-07",
        True,
        0,
    )
    assert table.splitlines()[0] == '"section","name","figure","value"'


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--from", "soon"], "--from: 'soon' is no day; write it as 2026-11-23"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "--from 2026-11-02 is later than --to 2026-11-01"),
    ],
)
def test_wrong_days_end_with_2_and_one_sentence(shop: Shop, arguments: list[str], complaint: str) -> None:
    code, printed, complained = shop.command("report", *arguments)

    assert (code, printed, len(complained.splitlines())) == (2, "", 1)
    assert complaint in complained
    assert shop.command("report", "--format", "xml")[0] == 2


def test_a_draw_of_nothing_says_so(shop: Shop) -> None:
    assert shop.command("quality", "sample", "--json")[:2] == (0, "[]\n")
    code, printed, _ = shop.command("quality", "sample", "--from", "2026-11-01", "--to", "2026-11-02")
    assert (code, printed) == (0, "No closed ticket from 2026-11-01 to 2026-11-02 is left to look at.\n")
