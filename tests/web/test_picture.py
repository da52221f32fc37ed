"""The pictures in the README, taken anew from pages that run; `SUPPORTBOT_SCREENS=docs/screens` has it put there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.domain.people import Role
from tests.web.test_in_the_browser import WITHOUT_CHROMIUM, Stage, opens, reads, running, stage, writes

__all__ = ["running", "stage"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), WITHOUT_CHROMIUM]
LARGEST = 300_000
NAMES = ("desk.png", "chat.png")


def album(otherwise: Path) -> Path:
    """Return the folder for the pictures, made if need be."""
    folder = Path(os.environ.get("SUPPORTBOT_SCREENS") or otherwise)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def test_the_picture_of_the_readme_is_taken(stage: Stage, tmp_path: Path) -> None:
    for question in ("How do I get an invoice for my firm?", "My parcel is wet. What now?"):
        other = await stage.customer()
        await writes(other, "I want to talk to a person")
        await reads(other, "colleague", "bot")
        await writes(other, question)
    anna = await stage.customer()
    await writes(anna, "How much is delivery?")
    await reads(anna, "€4.90", "bot")
    await writes(anna, "I want to talk to a person")
    await reads(anna, "colleague", "bot")
    await writes(anna, "Can you leave the parcel with my neighbour?")
    ada = await stage.console("Ada", Role.ADMIN)
    await opens(ada, "neighbour")
    await ada.locator("[name=note]").first.check()
    await writes(ada, "Neighbour is Mr Brandt, second floor.")
    await ada.locator(".bubble.note", has_text="Brandt").wait_for()
    await ada.locator("[name=note]").first.uncheck()
    await writes(ada, "With pleasure. What is the name on the bell?")
    await reads(anna, "on the bell", "operator")
    await ada.locator(".bubble.operator", has_text="on the bell").locator(".sent").wait_for()

    await ada.get_by_text("With me").wait_for()

    folder = album(tmp_path)
    await anna.set_viewport_size({"width": 390, "height": 844})
    await ada.screenshot(path=folder / "desk.png")
    await anna.screenshot(path=folder / "chat.png")

    assert {name: (folder / name).stat().st_size < LARGEST for name in NAMES} == dict.fromkeys(NAMES, True)
