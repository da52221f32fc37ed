"""What admins do with the FAQ in the chat beside plain editing: unanswered questions, trying out, files, history."""

from __future__ import annotations

import base64
import json

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk

pytestmark = pytest.mark.walk


async def _is_live(desk: Desk) -> None:
    [(version,)] = desk.rows("SELECT number FROM versions WHERE name = 'faq'")
    desk.bot.says(rf"faq_live.*\bversion={version}\b")


def _file(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


async def _adds(desk: Desk, key: str, question: str, answer: str, *phrasings: str) -> None:
    """Put an entry in beside the running bot."""
    entry = {"id": key, "lang": "en", "question": question, "answer": answer, "phrasings": list(phrasings)}
    (desk.folder / f"{key}.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    assert desk.command("faq", "import", f"{key}.jsonl").returncode == 0
    await _is_live(desk)


async def test_a_question_without_an_answer_becomes_a_phrasing_in_two_taps_and_back(
    desk: Desk, sandbox: SandboxClient, ada: Operator
) -> None:
    await _adds(desk, "gaiwans", "Lidded porcelain bowls", "Three kinds of **gaiwan**.")
    for number in range(3):
        asking = await sandbox.customer(f"gaiwan {number}", language="en")
        await asking.says("are zhengzong sets in stock" if number else "are zhengzong sets in stock for order 10442")
        await asking.reads()

    await ada.says("/unanswered")
    await ada.presses("3× are zhengzong sets in stock", await ada.reads("without a sure answer"))
    group = await ada.reads("asked 3 times")
    await ada.presses("＋ Another entry", group)
    await ada.reads("Which entry answers it?")
    await ada.says("porcelain bowls")
    await ada.presses("＋ Lidded porcelain bowls", await ada.reads("1 entry"))
    done = await ada.reads("it is a phrasing of gaiwans now")
    await _is_live(desk)
    next_one = await sandbox.customer("gaiwan next", language="en")
    await next_one.says("Are zhengzong sets in stock for order?")
    answered = await next_one.reads()
    await ada.presses("Undo", done)
    back = await ada.reads("the question is on the list again")
    again = await ada.reads("asked 3 times")

    assert group.text.splitlines()[0] == "are zhengzong sets in stock for order [number]"
    assert {"＋ Another entry", "New entry", "Dismiss", "« Questions"} <= set(group.buttons)
    assert answered.text == "Three kinds of gaiwan."
    assert (back.buttons, again.text) == ((), group.text)


async def test_of_a_long_question_only_the_beginning_is_taken_and_that_is_said(
    desk: Desk, sandbox: SandboxClient, ada: Operator
) -> None:
    await _adds(desk, "lids", "Lids for teapots", "We mend **lids**.")
    asking = await sandbox.customer("Story", language="en")
    await asking.says("Zhengzong wvut qrst broke last autumn. " * 40)
    await asking.reads()

    await ada.says("/unanswered")
    await ada.presses("1× Zhengzong", await ada.reads("without a sure answer"))
    await ada.presses("＋ Another entry", await ada.reads("asked 1 time"))
    await ada.reads("Which entry answers it?")
    await ada.says("lids for teapots")
    await ada.presses("＋ Lids for teapots", await ada.reads("1 entry"))
    done = await ada.reads("it is a phrasing of lids now")
    await _is_live(desk)

    assert "only its beginning was taken" in done.text
    assert "cannot be read" not in desk.command("check").stdout


async def test_an_operators_answer_becomes_a_draft_that_an_admin_switches_on(
    desk: Desk, sandbox: SandboxClient, olga: Operator, ada: Operator
) -> None:
    asking = await sandbox.customer("Draft", language="en")
    await asking.says("zyx wvut rental")
    await asking.reads("pass this")
    topic = await olga.finds_topic("Draft")
    await olga.writes(topic, "You rent a wvut for 12 euro a day.")
    await asking.reads("12 euro")

    await ada.says("/unanswered")
    listed = await ada.reads("without a sure answer")
    while "1× zyx wvut rental" not in listed.buttons:
        await ada.presses("›", listed)
        listed = await ada.reads("without a sure answer")
    await ada.presses("1× zyx wvut rental", listed)
    shown = await ada.reads("What people answered:")
    await ada.presses("New entry", shown)
    await ada.reads("Draft: zyx-wvut-rental. It is switched off")
    draft = await ada.reads("⏸ off")
    await ada.presses("Switch on", draft)
    await ada.reads("zyx-wvut-rental is on.")
    await _is_live(desk)
    second = await sandbox.customer("Draft two", language="en")
    await second.says("zyx wvut rental")

    assert "“You rent a wvut for 12 euro a day.”" in shown.text
    assert draft.text.splitlines()[-1] == "You rent a wvut for 12 euro a day."
    assert (await second.reads()).text == "You rent a wvut for 12 euro a day."


async def test_a_question_can_be_dismissed_and_taken_back(desk: Desk, customer: Customer, ada: Operator) -> None:
    await customer.says("who is the mayor of Xanadu")
    await customer.reads()
    [(group,)] = desk.rows("SELECT group_id FROM matches WHERE question = 'who is the mayor of Xanadu'")

    def state() -> object:
        return desk.rows("SELECT state FROM question_groups WHERE id = ?", group)[0][0]

    await ada.says("/unanswered")
    listed = await ada.reads("without a sure answer")
    while not any("Xanadu" in label for label in listed.buttons):
        await ada.presses("›", listed)
        listed = await ada.reads("without a sure answer")
    await ada.presses("Xanadu", listed)
    await ada.presses("Dismiss", await ada.reads("asked 1 time"))
    dismissed = await ada.reads("Off the list")
    first = state()
    await ada.presses("Undo", dismissed)
    await ada.reads("on the list again")

    assert (first, state()) == ("dismissed", "open")


async def test_a_question_is_tried_out_explained_and_taught(desk: Desk, customer: Customer, ada: Operator) -> None:
    await _adds(desk, "xylo", "Xylophone lessons for groups", "On **Mondays**.")
    await ada.says("/faq")
    await ada.presses("Test a question", await ada.reads("The FAQ has"))
    await ada.reads("Please send a question")
    await ada.says("when is xylophone class for beginners")
    tried = await ada.reads("“when is xylophone class for beginners”")
    await ada.presses("＋ Xylophone lessons for groups", tried)
    await ada.reads("Saved: xylo.")
    await _is_live(desk)
    await customer.says("When is xylophone class for beginners?")
    answer = await customer.reads()
    await ada.says("/faq test xylophone lessons for groups")
    exact = await ada.reads("The bot would answer.")

    assert "Nearest is “Xylophone lessons for groups” of xylo: by words " in tried.text
    assert answer.text == "On Mondays."
    assert "The question is a phrasing of xylo" in exact.text


async def test_phrasings_are_added_and_taken_out_one_by_one(desk: Desk, ada: Operator) -> None:
    await _adds(desk, "kazoo", "Kazoo repair", "No.", "mend my kazoo")
    await ada.says("/faq phrasing kazoo broken kazoo")
    shown = await ada.reads("• broken kazoo")
    await ada.presses("Phrasings", shown)
    await ada.presses("✕ 1", await ada.reads("1. mend my kazoo"))
    await ada.reads("Saved: kazoo.")
    left = await ada.reads("Kazoo repair · EN")
    await ada.presses("＋ Add phrasings", left)
    await ada.reads("other ways to ask it")
    await ada.says("- fix the kazoo\n- broken kazoo")
    await ada.reads("Saved: kazoo.")
    last = await ada.reads("Kazoo repair")

    assert left.text.splitlines()[1:] == ["1. broken kazoo"]
    assert [line for line in last.text.splitlines() if line.startswith("•")] == ["• broken kazoo", "• fix the kazoo"]


async def test_history_shows_each_change_and_leads_back(desk: Desk, ada: Operator) -> None:
    await _adds(desk, "oboe", "Oboe hire", "10 euro.")
    await ada.says("/faq edit oboe")
    for answer in ("20 euro.", "30 euro."):
        await ada.presses("Answer", await ada.reads("Oboe hire"))
        await ada.reads("Please send the answer.")
        await ada.says(answer)
        await ada.reads("Saved: oboe.")
    await ada.presses("History", await ada.reads("Oboe hire"))
    history = await ada.reads("Changes of oboe")
    await ada.presses("↶ 2", history)
    await ada.reads("Saved: oboe.")

    assert [line for line in history.text.splitlines() if "→" in line] == [
        "en.answer: “20 euro.” → “30 euro.”",
        "en.answer: “10 euro.” → “20 euro.”",
    ]
    assert "Ada" in history.text
    assert (await ada.reads("Oboe hire")).text.splitlines()[-1] == "10 euro."


async def test_a_button_does_what_it_says_however_old_its_card_is(desk: Desk, ada: Operator) -> None:
    await _adds(desk, "viola", "Viola hire", "10 euro.")
    await ada.says("/faq edit viola")
    old = await ada.reads("Viola hire")
    await ada.presses("Switch off", old)
    await ada.reads("viola is off; customers")
    await ada.reads("Viola hire")

    await ada.presses("Switch off", old)
    again = await ada.reads()
    card = await ada.reads("Viola hire")
    await ada.presses("Undo", old)
    late = await ada.reads()
    await ada.presses("Undo", await ada.reads("Viola hire"))
    undone = await ada.reads()
    await ada.reads("Viola hire")
    await ada.presses("Undo", card)
    late_again = await ada.reads()

    assert again.text == "viola is off already."
    assert "Switch on" in card.buttons
    assert late.text == late_again.text == "viola was changed since that message. This is how it stands now."
    assert undone.text == "The last change of viola is taken back.\nenabled: “yes” → “no”"
    assert desk.rows("SELECT enabled FROM faq_entries WHERE key = 'viola'") == [(1,)]
    assert desk.rows("SELECT COUNT(*) FROM faq_history WHERE key = 'viola'") == [(3,)]


async def test_undo_asks_before_it_deletes_and_what_was_deleted_comes_back(desk: Desk, ada: Operator) -> None:
    await _adds(desk, "cello", "Cello hire", "10 euro.")
    await ada.says("/faq edit cello")
    await ada.presses("Undo", await ada.reads("Cello hire"))
    asked = await ada.reads()
    await ada.presses("Cancel", asked)
    await ada.reads("Cello hire")
    kept = desk.rows("SELECT COUNT(*) FROM faq_entries WHERE key = 'cello'")
    await ada.presses("Delete", asked)
    deleted = await ada.reads()
    gone = desk.rows("SELECT COUNT(*) FROM faq_entries WHERE key = 'cello'")
    await ada.presses("Delete", asked)
    late = await ada.reads()
    await ada.says("/faq undo cello")
    await ada.reads("The last change of cello is taken back.")

    assert asked.text == "The last change of cello was adding it: taking that back deletes the entry. Delete it?"
    assert asked.buttons == ("Delete", "Cancel")
    assert deleted.text == "cello is deleted; customers do not get it any more. /faq undo cello brings it back."
    assert late.text == "This entry is gone. /faq shows what there is."
    assert (kept, gone) == ([(1,)], [(0,)])
    assert (await ada.reads("Cello hire")).text.splitlines()[-1] == "10 euro."


async def test_each_part_of_a_new_entry_is_looked_at_when_it_is_given(ada: Operator) -> None:
    await ada.says("/faq add " + "long " * 210)
    too_long = await ada.reads()
    await ada.says("A short question?")
    await ada.reads("other ways to ask it")
    await ada.says("fine\n" + "long " * 210)
    phrasing = await ada.reads()
    await ada.says("fine")
    await ada.reads("Please send the answer.")
    await ada.says("/cancel")
    await ada.reads("Stopped")

    assert too_long.text == "en.question: is 1049 characters long; 1000 is the most"
    assert phrasing.text == "en.phrasings[2]: is 1049 characters long; 1000 is the most"
    assert too_long.buttons == ("Cancel",)


@pytest.mark.parametrize("text", ["- " + "[" * 100_000, "- id: a\n  en: {question: q, answer: !!bool foo}\n"])
async def test_a_hostile_file_is_told_and_the_bot_lives_on(desk: Desk, ada: Operator, text: str) -> None:
    await ada.says("/import")
    await ada.reads("Please send the file")
    await ada.sends("document", name="faq.yaml", base64=_file(text))
    told = await ada.reads()
    await ada.presses("Cancel", told)
    await ada.reads("Stopped")

    assert told.text.startswith("faq.yaml, line ")
    assert "Nothing was changed." in told.text


async def test_every_question_of_the_editing_can_be_left_by_a_button(ada: Operator) -> None:
    await ada.says("/faq add Who is left?")
    phrasings = await ada.reads("other ways to ask it")
    await ada.presses("None", phrasings)
    answer = await ada.reads("Please send the answer.")
    await ada.presses("Cancel", answer)
    stopped = await ada.reads()
    await ada.presses("None", phrasings)
    late = await ada.reads()

    assert stopped.text == "Stopped; nothing was changed."
    assert late.text.startswith("The FAQ has ")


async def test_the_faq_goes_out_as_a_file_and_comes_back_changed(desk: Desk, customer: Customer, ada: Operator) -> None:
    await _adds(desk, "banjo", "Banjo strings", "5 euro.")
    await ada.says("/export")
    await ada.presses("JSONL", await ada.reads("In which format?"))
    sent = await ada.reads("entries. Change them")
    line = json.dumps({"id": "banjo", "en": {"question": "Banjo strings", "answer": "6 euro."}})
    new = json.dumps({"id": "lute", "en": {"question": "Lute strings", "answer": "7 euro."}})

    await ada.says("/import")
    await ada.reads("Please send the file")
    await ada.sends("document", name="faq.jsonl", mime="application/json", base64=_file(f"{line}\n{new}"))
    asked = await ada.reads("1 new · 1 changed")
    before = desk.rows("SELECT body FROM faq_entries WHERE key = 'lute'")
    await ada.presses("Import", asked)
    await ada.reads("Imported: 1 new · 1 changed.")
    await _is_live(desk)
    await customer.says("banjo strings")

    assert sent.kind == "document"
    assert asked.text.splitlines()[1:4] == ["+ lute", "~ banjo", "    en.answer: “5 euro.” → “6 euro.”"]
    assert before == []
    assert (await customer.reads()).text == "6 euro."


async def test_a_broken_file_changes_nothing_and_names_the_place(desk: Desk, ada: Operator) -> None:
    before = desk.rows("SELECT number FROM versions WHERE name = 'faq'")
    await ada.says("/import")
    await ada.reads("Please send the file")
    await ada.sends("photo")
    photo = await ada.reads()
    await ada.sends("document", name="faq.csv", base64=_file("id,lang,question,answer\na,en,x,y\nb,en,,y\n"))
    broken = await ada.reads("faq.csv, line 3, en.question: is missing")
    await ada.presses("Cancel", broken)
    await ada.reads("Stopped")
    await ada.sends("document", name="faq.csv", base64=_file("id,lang,question,answer\na,en,x,y\n"))

    assert photo.text == "Please send a file that ends in .xlsx, .csv, .yaml or .jsonl."
    assert "Nothing was changed." in broken.text
    assert desk.rows("SELECT number FROM versions WHERE name = 'faq'") == before


async def test_an_import_that_was_looked_at_before_another_change_is_asked_for_again(desk: Desk, ada: Operator) -> None:
    line = json.dumps({"id": "harp", "en": {"question": "Harp strings", "answer": "9 euro."}})
    await ada.says("/import")
    await ada.reads("Please send the file")
    await ada.sends("document", name="faq.jsonl", base64=_file(line))
    asked = await ada.reads("1 new · 0 changed")
    await _adds(desk, "meanwhile", "What changed meanwhile", "This.")
    await ada.presses("Import", asked)
    late = await ada.reads("The FAQ was changed meanwhile.")
    await ada.sends("document", name="faq.jsonl", base64=_file(line))
    await ada.presses("Import", await ada.reads("1 new · 0 changed"))
    await ada.reads("Imported: 1 new.")

    assert late.buttons == ("Cancel",)


async def test_who_is_no_admin_gets_neither_questions_nor_files(desk: Desk, olga: Operator, customer: Customer) -> None:
    for command in ("/unanswered", "/export", "/import"):
        await olga.says(command)
        assert (await olga.reads()).text == "Only admins may change the FAQ."
        await customer.says(command)
        await customer.reads(f"I don't know the command {command}.")
    await customer.sends("document", name="faq.jsonl", base64=_file("{}"))

    await customer.reads("pass this to a colleague")


async def test_an_entry_with_a_very_long_answer_is_shown_and_its_text_comes_whole(desk: Desk, ada: Operator) -> None:
    await _adds(desk, "theremin", "Theremin care", "Do not touch it. " * 1_000)
    await ada.says("/faq edit theremin")

    card = await ada.reads("Theremin care")
    await ada.presses("Answer", card)
    parts = [await ada.reads("Do not touch it.") for _ in range(5)]
    await ada.reads("Please send the answer.")

    assert "… The answer has 16999 characters; Answer shows all of them." in card.text
    assert "".join(part.text for part in parts).count("Do not touch it.") == 1_000
