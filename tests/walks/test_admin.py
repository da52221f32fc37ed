"""An admin changes the FAQ in the chat and beside the running bot, and customers get it at once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk

pytestmark = pytest.mark.walk
AT_ONCE = 5.0
"""Seconds until a change is live: one of them is promised, the rest is for a machine that is busy with tests."""


def _is_live(desk: Desk) -> float:
    """Wait until the bot answers from the newest base; return how long that took."""
    began = time.monotonic()
    [(version,)] = desk.rows("SELECT number FROM versions WHERE name = 'faq'")
    desk.bot.says(rf"faq_live.*\bversion={version}\b")
    return time.monotonic() - began


async def _adds(ada: Operator, question: str, *, phrasings: str, answer: str, category: str) -> str:
    """Let an admin add an entry, and return its id."""
    await ada.says(f"/faq add {question}")
    await ada.reads("other ways to ask it")
    await ada.says(phrasings)
    await ada.reads("Please send the answer.")
    await ada.says(answer)
    await ada.reads("Please send the category")
    await ada.says(category)
    return (await ada.reads("Added: ")).text.split("Added: ")[1].split(". ")[0]


async def test_the_menu_leads_through_categories_to_an_entry(ada: Operator) -> None:
    await ada.says("/faq")
    menu = await ada.reads("The FAQ has")
    await ada.presses("Delivery", menu)
    listed = await ada.reads("Delivery")
    await ada.presses("How much is delivery?", listed)
    shown = await ada.reads()

    assert "Unanswered (" in menu.buttons[-1]
    assert shown.text.splitlines()[:2] == ["How much is delivery?", "delivery-cost · Delivery · EN"]
    assert shown.buttons == (
        *("Question", "Phrasings", "Answer", "Category", "Switch off", "Undo", "History", "Delete"),
        *("DE", "RU"),
        "« Delivery",
    )


async def test_find_shows_the_entries_with_these_words(ada: Operator) -> None:
    await ada.says("/faq find how much is delivery")
    found = await ada.reads()
    await ada.says("/faq find zeppelin flights")
    nothing = await ada.reads()

    assert "How much is delivery?" in found.buttons
    assert nothing.text == "No entry has “zeppelin flights”. /faq add makes a new one."


async def test_an_entry_is_added_changed_switched_and_undone_live(
    desk: Desk, ada: Operator, customer: Customer
) -> None:
    key = await _adds(
        ada,
        "Do you sell zeppelin tickets?",
        phrasings="can I fly in a zeppelin\nzeppelin rides for sale",
        answer="No, but **tea** flies too.",
        category="season",
    )
    took = _is_live(desk)
    await customer.says("Do you sell zeppelin tickets?")
    first = await customer.reads()

    await ada.presses("Answer", await ada.reads(key))
    await ada.reads("Please send the answer.")
    await ada.says("Since today, yes!")
    await ada.reads(f"Saved: {key}.")
    _is_live(desk)
    await customer.says("zeppelin rides for sale")
    second = await customer.reads()

    await ada.says(f"/faq off {key}")
    await ada.reads(f"{key} is off")
    _is_live(desk)
    await customer.says("Do you sell zeppelin tickets?")
    third = await customer.reads()
    await ada.says(f"/faq on {key}")
    await ada.reads(f"{key} is on")
    await ada.says(f"/faq undo {key}")
    await ada.reads(f"The last change of {key} is taken back.")
    await ada.presses("Switch on", await ada.reads("off"))
    await ada.reads(f"{key} is on")

    assert key == "do-you-sell-zeppelin-tickets"
    assert took < AT_ONCE
    assert (first.text, [one["type"] for one in first.entities]) == ("No, but tea flies too.", ["bold"])
    assert second.text == "Since today, yes!"
    assert third.text not in {first.text, second.text}


async def test_a_second_language_is_added_to_an_entry(desk: Desk, sandbox: SandboxClient, ada: Operator) -> None:
    key = await _adds(ada, "Can I rent a samovar?", phrasings="-", answer="For a week.", category="-")
    await ada.presses("DE", await ada.reads(key))
    for words in ("Kann ich einen Samowar leihen?", "Samowar mieten", "Für eine Woche."):
        await ada.reads("Please send")
        await ada.says(words)
    await ada.reads(f"Saved: {key}.")
    _is_live(desk)
    german = await sandbox.customer("Samowar", language="de")

    await german.says("Samowar mieten")

    assert (await german.reads()).text == "Für eine Woche."


async def test_cancel_stops_the_editing_and_a_photo_is_no_text(ada: Operator) -> None:
    await ada.says("/faq add Never mind?")
    await ada.reads("other ways to ask it")

    await ada.sends("photo")
    photo = await ada.reads()
    await ada.says("/cancel")
    stopped = await ada.reads()
    await ada.says("/faq find never mind?")

    assert photo.text == "Please send it as text, or /cancel."
    assert stopped.text == "Stopped; nothing was changed."
    assert (await ada.reads()).text.startswith("No entry has")


async def test_who_is_no_admin_cannot_change_the_faq(customer: Customer, olga: Operator, ada: Operator) -> None:
    await olga.says("/faq off delivery-cost")
    refused = await olga.reads()
    await ada.says("/faq edit delivery-cost")
    shown = await ada.reads("delivery-cost")
    rows = shown.raw["reply_markup"]["inline_keyboard"]
    switch = next(one["callback_data"] for row in rows for one in row if one["text"] == "Switch off")
    await olga.says("/start")
    own = await olga.reads("Hello!")
    press = {"message_id": own.id, "callback_data": switch, "timeout": 5}
    await olga.sandbox.post(f"users/{olga.id}/presses", press)
    await customer.says("/faq off delivery-cost")
    await customer.reads("I don't know the command /faq.")

    assert switch.startswith("adm:off:")
    assert refused.text == "Only admins may change the FAQ."
    await ada.says("/faq edit delivery-cost")
    assert "Switch off" in (await ada.reads("delivery-cost")).buttons


def _ran(desk: Desk, *arguments: str) -> Any:  # noqa: ANN401 JSON
    """Run a command with --json beside the bot and return what it printed."""
    done = desk.command(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


async def test_an_import_beside_the_running_bot_is_live_and_a_long_answer_comes_whole(
    desk: Desk, customer: Customer
) -> None:
    paragraph = "All about the history of the teapot, part {number}. " + "It is long. " * 40
    answer = "\n\n".join(paragraph.format(number=number).strip() for number in range(20))
    entry = {"id": "teapot-history", "lang": "en", "question": "Tell me the history of the teapot", "answer": answer}
    file = desk.folder / "teapot.jsonl"
    file.write_text(json.dumps(entry), encoding="utf-8")

    tried = _ran(desk, "faq", "import", "teapot.jsonl", "--dry-run")
    done = _ran(desk, "faq", "import", "teapot.jsonl")
    took = _is_live(desk)
    await customer.says("tell me the history of the teapot")
    parts = [await customer.reads()]
    while not parts[-1].buttons:
        parts.append(await customer.reads())

    assert (tried["added"], tried["dry_run"]) == (["teapot-history"], True)
    assert (done["added"], done["dry_run"]) == (["teapot-history"], False)
    assert took < AT_ONCE
    assert len(answer) > 10_000
    assert len(parts) == 3
    assert "".join("".join(part.text.split()) for part in parts) == "".join(answer.split())


async def test_a_broken_import_names_the_place_and_changes_nothing(desk: Desk) -> None:
    (desk.folder / "broken.yaml").write_text("- id: fine\n  en: {question: Q?, answer: A}\n- id: 'no good id'\n")
    before = desk.rows("SELECT number FROM versions WHERE name = 'faq'")

    done = desk.command("faq", "import", "broken.yaml")

    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "broken.yaml" in done.stderr
    assert desk.rows("SELECT number FROM versions WHERE name = 'faq'") == before


async def test_a_question_can_be_asked_beside_the_running_bot(desk: Desk) -> None:
    asked = _ran(desk, "faq", "ask", "How much is delivery?")

    assert (asked["decision"], asked["candidates"][0]["id"]) == ("answer", "delivery-cost")


async def test_the_commands_beside_the_running_bot_print_json(desk: Desk) -> None:
    people = _ran(desk, "operator", "list")
    lint = desk.command("faq", "lint", "--json")
    checked = _ran(desk, "check")

    assert {one["role"] for one in people} == {"operator", "admin"}
    assert isinstance(json.loads(lint.stdout), list)
    assert lint.returncode == (1 if json.loads(lint.stdout) else 0)
    assert all(finding["ok"] for finding in checked)
    assert {"database", "FAQ", "telegram token"} <= {finding["what"] for finding in checked}


async def test_an_export_can_be_imported_again_without_a_change(desk: Desk) -> None:
    exported = desk.command("faq", "export", "copy.yaml")
    again = _ran(desk, "faq", "import", "copy.yaml", "--dry-run")

    assert exported.returncode == 0
    assert (again["added"], again["changed"]) == ([], [])
    assert again["unchanged"] >= 40


async def test_a_person_who_is_added_beside_the_running_bot_may_work_at_once(
    desk: Desk, sandbox: SandboxClient, olga: Operator
) -> None:
    nina = await sandbox.operator("Nina New")

    done = desk.command("operator", "add", "Nina New", "--telegram", str(nina.id))
    await nina.says("/mine")
    works = await nina.reads()
    disabled = desk.command("operator", "disable", str(nina.id))
    await nina.says("/mine")
    no_more = await nina.reads()

    assert (done.returncode, disabled.returncode) == (0, 0)
    assert works.text == "You have no open chats."
    assert no_more.text.startswith("I don't know the command /mine.")
    assert olga.id != nina.id
