"""Very many wait: the list shows the first of them, counts all of them, and what is mine is never out of sight."""

from __future__ import annotations

import pytest

from bot.web import list_view
from tests.web.office import Office
from tests.web.test_console_page import at


async def test_of_very_many_who_wait_the_first_are_shown_and_all_are_counted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_view, "SHOWN", 3)
    olga = await office.desk("Olga")
    mine = await office.waiting("Mine")
    await olga.press(at(mine, "claim"))
    for number in range(5):
        office.clock.forward(seconds=1)
        await office.waiting(f"Waiting{number}")

    queue, own = (await olga.page("/console/queue")).text, (await olga.page("/console/mine")).text

    assert [name for name in ("Waiting0", "Waiting2", "Waiting3", "Mine") if f">{name}</b>" in queue] == [
        *("Waiting0", "Waiting2"),
        "Mine",
    ]
    assert "5 waiting" in queue
    assert "<span>5</span></h2>" in queue
    assert "And 2 more, in the order of the queue." in queue
    assert ">Mine</b>" in own
    assert "more, in the order" not in own
