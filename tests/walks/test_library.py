"""The answer library in a topic: what is proposed, what a search finds, and what never goes out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, is_attended

pytestmark = pytest.mark.walk


async def _card(olga: Operator, topic: object) -> Seen:
    return next(seen for seen in await olga.sees_in(topic) if "Why:" in seen.text)  # type: ignore[arg-type] # a topic


async def test_claim_a_proposed_answer_and_close_is_three_taps(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)
    await customer.says("good morning")
    line = await olga.reads_in(topic, "good morning")

    await olga.presses_in(topic, "Claim", await _card(olga, topic))
    await olga.presses_in(topic, "1 · hello", line)
    await olga.presses_in(topic, "Close", await olga.sees_edit_in(topic, "good morning"))

    assert (await customer.reads()).text == "Olga Brandt is with you now."
    sent = await customer.reads()
    assert sent.text == "Hello, Olga here. How can I help you?"
    assert "How was it?" in (await customer.reads()).text


async def test_an_entry_that_fits_is_proposed_below_the_line_and_sent_with_its_buttons(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await customer.says("How much is delivery?")
    line = await olga.reads_in(topic, "How much is delivery?")

    answer = await olga.presses_in(topic, "1 · How much is delivery?", line)

    sent = await customer.reads()
    assert (answer, "€4.90" in sent.text) == ("Sent.", True)
    assert (await olga.reads_in(topic)).text == f"Olga Brandt: {sent.text}"
    assert "👍" not in sent.buttons


async def test_what_was_sent_is_not_sent_by_a_second_tap(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    await customer.says("thank you")
    line = await olga.reads_in(topic, "thank you")

    taps = [one.presses_in(topic, "1 · anything-else", line) for one in (olga, olga)]
    answers = await asyncio.gather(*taps)
    await olga.writes(topic, "Bye!")

    assert sorted(map(str, answers)) == ["Sent.", "This answer has been sent already."]
    assert "anything else" in (await customer.reads()).text
    assert (await customer.reads()).text == "Bye!"


async def test_two_operators_who_press_at_the_same_moment_send_one_answer(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    await customer.says("guten tag")
    line = await olga.reads_in(topic, "guten tag")

    taps = [one.presses_in(topic, "1 · hello", line) for one in (olga, max_)]
    answers = sorted(map(str, await asyncio.gather(*taps)))
    there = (await customer.reads("is with you now.")).text.removesuffix(" is with you now.")

    assert answers == ["Sent.", "This answer has been sent already."]
    assert (await customer.reads()).text == f"Hello, {there.split()[0]} here. How can I help you?"
    await customer.hears_nothing()


async def test_an_answer_with_a_gap_is_laid_out_instead_of_sent_and_braces_never_reach_the_customer(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await customer.says("my parcel has not arrived")
    line = await olga.reads_in(topic, "my parcel")

    told = await olga.presses_in(topic, "late", line)
    laid_out = await olga.reads_in(topic, "Complete the text")
    text, first = laid_out.text.partition("\n")[2], customer.name.split()[0]
    await olga.writes(topic, text)
    refused = await olga.reads_in(topic, "Not sent")
    await olga.writes(topic, text.replace("{order.number}", "S-77"))

    assert told == "Not sent: {order.number} is not known here. Complete the text and send it:"
    assert text.startswith(f"I am sorry that your order {{order.number}} keeps you waiting, {first}. I")
    assert refused.text == "Not sent: please put something in place of {order.number} first."
    assert (await customer.reads()).text == text.replace("{order.number}", "S-77")


async def test_a_search_finds_canned_answers_with_a_slip_of_the_pen_and_a_tap_sends_one(
    customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)

    await olga.writes(topic, "/canned retrun lable")
    found = await olga.reads_in(topic, "Found")
    await olga.presses_in(topic, "1 · return-label", found)

    assert (await customer.reads()).text == "Olga Brandt is with you now."
    assert "return label by e-mail" in (await customer.reads()).text


async def test_categories_lead_to_canned_answers_and_the_pen_lays_one_out(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/canned")
    await olga.presses_in(topic, "closing", await olga.reads_in(topic, "Canned answers."))
    found = await olga.reads_in(topic, "closing")
    await olga.presses_in(topic, "✎ 2", found)
    laid_out = await olga.reads_in(topic, "Copy it")
    await customer.hears_nothing()

    assert (
        laid_out.text.partition("\n")[2] == "Thank you for writing to us. If anything else comes up, just write here."
    )
    assert [one["type"] for one in laid_out.entities] == ["bold", "pre"]


async def test_a_word_finds_faq_entries_and_sends_one_in_the_customers_language_with_its_file(
    sandbox: SandboxClient, olga: Operator
) -> None:
    jo = await sandbox.customer("Jo Library", language="de")
    await jo.says("/human")
    await jo.reads("weiter")
    topic = await olga.finds_topic("Jo Library")

    await olga.writes(topic, "/faq brew tea")
    found = await olga.reads_in(topic, "Found")
    await olga.presses_in(topic, "Tee", found)

    assert "ist jetzt für Sie da" in (await jo.reads()).text
    assert "80 °C" in (await jo.reads()).text
    assert (await jo.reads()).kind == "document"


async def test_what_was_sent_by_a_button_is_marked_as_arrived_and_taken_back_as_a_whole(
    sandbox: SandboxClient, olga: Operator
) -> None:
    jo = await sandbox.customer("Jo Button", language="de")
    await jo.says("/human")
    topic = await olga.finds_topic("Jo Button")
    await olga.writes(topic, "/faq brew tea")
    await olga.presses_in(topic, "Tee", await olga.reads_in(topic, "Found"))
    sent, file = await jo.reads("80 °C"), await jo.reads()
    shown = await olga.reads_in(topic, "Olga Brandt: ")
    await olga.sees_sign(shown, "👌")

    await olga.writes(topic, "/delete", reply_to=shown)
    told = await olga.reads_in(topic, "🗑 Deleted")
    await olga.reads_in(topic, "🗑 Deleted")

    assert file.kind == "document"
    assert {sent.id, file.id} & {one.id for one in await jo.sees()} == set()
    assert told.raw["reply_to_message"]["message_id"] == shown.id


async def test_the_card_proposes_answers_to_the_question_that_brought_the_customer(
    customer: Customer, olga: Operator
) -> None:
    await customer.says("my cup arrived broken and I need a return label")
    await customer.presses("to a person", await customer.reads())
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why:")

    await olga.presses_in(topic, "return-label", card)

    await customer.reads("is with you now.")
    assert (await customer.reads()).text.startswith("I am sending you a return label")


async def test_an_admin_writes_a_canned_answer_in_the_chat_and_operators_find_it_at_once(
    customer: Customer, olga: Operator, ada: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await ada.says("/canned add Broken Cup")
    await ada.reads("Send the text of “broken-cup” in EN")
    await ada.says("I am sorry about the cup, {custmer.name}.")
    refused = await ada.reads("is no variable")
    await ada.says("I am sorry about the **cup**, {customer.first_name}.")
    shown = await ada.reads("sent 0 times")
    await ada.presses("Proposed for", shown)
    await ada.reads("one wording a line")
    await ada.says("my cup is broken\nthe cup arrived in pieces")
    await ada.reads("Proposed for: my cup is broken | the cup arrived in pieces")
    await customer.says("The cup arrived in pieces!")
    line = await olga.reads_in(topic, "in pieces")
    await olga.presses_in(topic, "broken-cup", line)

    assert "{custmer.name}" in refused.text
    sent = await customer.reads("sorry")
    assert sent.text == f"I am sorry about the cup, {customer.name.split()[0]}."
    assert [one["type"] for one in sent.entities] == ["bold"]


async def test_a_canned_answer_that_is_off_is_not_found_and_operators_cannot_edit(
    customer: Customer, olga: Operator, ada: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await ada.says("/canned goodbye")
    await ada.presses("Switch off", await ada.reads("goodbye"))
    await ada.reads("is off")
    off = await ada.reads("⏸")

    await olga.writes(topic, "/canned goodbye")
    not_found = await olga.reads_in(topic, "Nothing found")
    await olga.says("/canned goodbye")
    refused = await olga.reads()
    await ada.presses("Switch on", off)
    await ada.reads("is on")

    assert not_found.text == "Nothing found for “goodbye”. Try another word."
    assert "goodbye" not in refused.text


async def test_canned_answers_go_out_as_a_file_and_in_again(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "canned.toml"

    exported = desk.command("canned", "export", str(file))
    same = desk.command("canned", "import", str(file))
    file.write_text(
        '[[canned]]\nkey = "hello"\nen = "Hi \\"there\\""\n\n[[canned]]\nkey = "new"\nde = "Neu"\n', "utf-8"
    )
    tried = desk.command("canned", "import", str(file), "--dry-run")
    file.write_text('[[canned]]\nkey = "brand-new"\nde = "Neu {order.nr}"\n', "utf-8")
    wrong = desk.command("canned", "import", str(file))
    listed = desk.command("canned", "list")

    assert (exported.returncode, same.returncode, tried.returncode, wrong.returncode) == (0, 0, 0, 1)
    assert same.stdout.startswith("Changed 0, ")
    assert tried.stdout == "~ hello\n+ new\nWould change 2, 0 are as they were.\n"
    assert "canned.toml: canned, number 1: {order.nr} is no variable" in wrong.stderr
    assert "brand-new" not in listed.stdout
    assert "hello  [en, de, ru]  Hello, {operator.first_name} here." in listed.stdout


async def test_a_chat_that_was_closed_is_marked_for_the_faq_and_an_admin_makes_a_draft_of_it(
    customer: Customer, olga: Operator, ada: Operator
) -> None:
    await ada.says("/start")
    topic = await is_attended(customer, olga)
    await customer.says("Do your tea tins survive a dishwasher, Max asked?")
    await olga.reads_in(topic, "dishwasher")
    await olga.writes(topic, "No, please wash the tins by hand: the print would come off.")
    await customer.reads("by hand")
    await olga.writes(topic, "/close")
    closed = await olga.reads_in(topic, "is closed.")

    answer = await olga.presses_in(topic, "This belongs into the FAQ", closed)
    told = await ada.reads("Olga Brandt marked a question for the FAQ:")
    await ada.presses("Look at it", told)
    group = await ada.reads("Do your tea tins survive a dishwasher")

    assert answer == "The admins have it on their list, with your answer. Nothing is published by that."
    assert "“No, please wash the tins by hand: the print would come off.”" in group.text


async def test_inline_mode_finds_for_staff_what_needs_no_customer_and_what_is_chosen_is_relayed(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    hello, late = await olga.searches("hello"), await olga.searches("late")
    of_faq, everything = await olga.searches("delivery cost"), await olga.searches("")
    chosen = hello[0]["input_message_content"]
    await olga.writes(topic, chosen["message_text"], entities=chosen.get("entities", []), via_bot=True)

    of_walks = "Cello hire (EN)"  # another walk's entry may be there; the answers come before it
    assert [one["title"] for one in hello if one["title"] != of_walks] == ["hello (EN)", "hello (DE)", "hello (RU)"]
    assert hello[0]["title"] == "hello (EN)"
    assert chosen["message_text"] == "Hello, Olga here. How can I help you?"
    assert [one["title"] for one in late if one["title"].startswith("late")] == []
    assert "How much is delivery? (EN)" in [one["title"] for one in of_faq]
    assert len(everything) == 18
    assert not [one for one in everything if "{" in one["input_message_content"]["message_text"]]
    assert (await customer.reads()).text == chosen["message_text"]


async def test_inline_mode_finds_nothing_for_strangers(customer: Customer) -> None:
    assert await customer.searches("hello") == []
