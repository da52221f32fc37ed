"""A chat that does not stay where it is: to a colleague, a level, the bot, another ticket, banned, over a kill."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, TopicSeen
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, card_reads, is_added, is_attended, is_named, nothing_is_on_its_way

pytestmark = pytest.mark.walk
MOST_IN_A_MINUTE = 20


def number_of(topic: TopicSeen) -> str:
    """Return the ticket's number as a topic's name shows it: #12."""
    return topic.name.split()[1]


async def test_a_colleague_gets_a_chat_with_a_note_that_the_customer_never_sees(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    nora = await is_added(desk, sandbox, "Nora Note")
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/transfer nora she is angry, be kind")
    told = await olga.reads_in(topic)
    given = await nora.reads()
    await card_reads(olga, topic, "Nora Note has it")
    await nora.writes(topic, "I go on.")

    assert told.text == "Nora Note has the chat now."
    given_to_her, found = given.text.rsplit("\n", 1)
    assert given_to_her == f"Olga Brandt gave you {number_of(topic)} {customer.name}.\nshe is angry, be kind"
    assert found.startswith("https://t.me/c/")
    assert [(await customer.reads()).text for _ in range(2)] == ["Nora Note is with you now.", "I go on."]
    assert [seen.text for seen in await customer.sees() if "angry" in seen.text] == []


async def test_a_level_gets_a_chat_with_a_note_and_only_its_people_get_it_with_next(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    lea, ben = await is_added(desk, sandbox, "Lea Level", level=2), await is_added(desk, sandbox, "Ben Base")
    topic = await is_attended(customer, olga)
    await olga.sees_sign(await olga.writes(topic, "/priority urgent"), "👌")

    await olga.writes(topic, "/transfer L2 the kettle's board is wet")
    told = await olga.reads_in(topic)
    heard = (await customer.reads()).text
    await card_reads(olga, topic, "Level 2")
    await is_named(olga, topic.thread, topic.name)
    await ben.says("/next")
    other = await ben.reads()
    await lea.says("/next")
    taken = await lea.reads()

    assert told.text == "The chat waits for L2 now."
    assert heard.startswith(
        "I pass you on to the colleagues who know this best. They see what was said so far. You are"
    )
    assert customer.name not in other.text
    assert taken.text.splitlines()[0] == f"You have {number_of(topic)} {customer.name} now."
    assert (await customer.reads()).text == "Lea Level is with you now."
    assert [seen.text for seen in await customer.sees() if "kettle" in seen.text] == []


async def test_given_back_to_the_bot_the_customer_is_told_and_the_bot_answers_again(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/bot")
    told = await olga.reads_in(topic)
    heard = await customer.reads()
    await customer.says("How much is delivery?")

    assert told.text == f"Ticket {number_of(topic)} is closed; the bot answers again."
    assert heard.text == "From here on I answer again, the bot. If you need a person, write /human."
    assert "€4.90" in (await customer.reads()).text
    assert (await olga.topic(topic.thread)).closed


async def _leaves(customer: Customer, address: str) -> None:
    await customer.presses("Leave a phone number")
    await customer.reads("phone number or an e-mail")
    await customer.says(address)
    await customer.reads("Noted")


async def test_two_tickets_of_one_customer_become_one_when_somebody_says_that_they_are(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    second = await sandbox.customer("Other account")
    topic, beside = await asks_for_a_person(customer, olga), await asks_for_a_person(second, olga)
    await second.says("the label is torn")
    await olga.reads_in(beside, "the label is torn")
    number = number_of(beside)

    replies = []
    for command in ("/merge", f"/merge {number_of(topic)}", f"/merge {number}"):
        await olga.writes(topic, command)
        replies.append((await olga.reads_in(topic)).text)
    for person in (customer, second):
        await _leaves(person, "one@example.org")
    await olga.writes(topic, f"/merge {number}")
    asks = await olga.reads_in(topic, "only typed, not proven")
    await olga.presses_in(topic, "It is one person: merge", asks)
    whole = await olga.reads_in(topic, "goes on here")
    pointer = await olga.reads_in(beside, "This goes on")
    await is_named(olga, beside.thread, f"✅ {number}")
    await olga.writes(topic, "I send a new label.")

    assert [reply.startswith("Please write /merge and the number") for reply in replies] == [True, True, False]
    assert replies[2].startswith(f"Nothing shows that {number} is the same customer.")
    assert whole.text.startswith(
        f"Ticket {number} goes on here, and the customer is answered on Telegram. What was said there:"
    )
    assert "Other account: the label is torn" in whole.text or "Customer: the label is torn" in whole.text
    assert pointer.text == f"This goes on in ticket {number_of(topic)}."
    assert (
        await second.reads()
    ).text == "We go on together in your chat on Telegram: answers come there. What you write here reaches us, too."
    assert [(await customer.reads()).text for _ in range(2)] == ["Olga Brandt is with you now.", "I send a new label."]
    assert (await olga.topic(beside.thread)).closed


async def test_who_is_banned_hears_it_once_and_a_manager_lets_them_in_again(
    customer: Customer, olga: Operator, ada: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.writes(topic, "/ban insults everybody")
    told = await olga.reads_in(topic)
    heard = await customer.reads()
    await card_reads(olga, topic, "Banned")
    for words in ("you liars", "/human", "How much is delivery?"):
        await customer.says(words)
    await ada.writes(topic, "/unban apologised by phone")
    lifted = await olga.reads_in(topic)
    again = await customer.reads()
    await asks_for_a_person(customer, olga)

    assert told.text.startswith("The customer is banned and was told.")
    assert heard.text.startswith("We have ended this conversation")
    assert lifted.text == "The customer can write again and was told."
    assert again.text == "You can write to us here again."
    copied = [seen.text for seen in await olga.sees_in(topic) if seen.text == "you liars"]
    assert copied == []


async def test_who_writes_too_fast_is_told_once_and_staff_read_it_all_joined(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)  # asking for a person was the first message of the minute

    for number in range(MOST_IN_A_MINUTE + 4):
        await customer.says(f"line {number}")
    await customer.sends("photo", caption="the proof")  # is never held back, so all before it was taken up
    slowed = await olga.reads_in(topic, "very fast")
    while (await olga.reads_in(topic)).text != "the proof":
        pass
    chat = str(customer.id)
    desk.write(
        "UPDATE messages SET at = datetime(at, '-2 minutes')"
        " WHERE conversation_id = (SELECT id FROM conversations WHERE chat = ?)",
        chat,
    )
    joined = await olga.reads_in(topic, "line")
    await customer.says("sorry")
    calm = await olga.reads_in(topic)

    relayed = [line for seen in await olga.sees_in(topic) for line in seen.text.splitlines() if line[:5] == "line "]
    first_held, lines = MOST_IN_A_MINUTE - 1, [f"line {number}" for number in range(MOST_IN_A_MINUTE + 4)]
    assert slowed.text.splitlines()[-1:] == [
        "🐢 The customer writes very fast and was told so; their messages come joined."
    ]
    assert joined.text == "\n".join(lines[first_held:])
    assert relayed == lines  # those before may come as one too, where other walks have used the group's minute up
    assert calm.text == "sorry"
    told = [seen.text for seen in await customer.sees() if seen.by_bot and "a lot at once" in seen.text]
    assert len(told) == 1


async def test_a_chat_goes_on_after_a_kill_in_its_middle_and_nothing_is_lost(
    desk: Desk, customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)
    asked, answered = [f"asked {number}" for number in range(6)], [f"answered {number}" for number in range(6)]

    for question, answer in zip(asked[:3], answered[:3], strict=True):
        await asyncio.gather(customer.says(question), olga.writes(topic, answer))
    desk.bot.stop(signal.SIGKILL)
    for question, answer in zip(asked[3:], answered[3:], strict=True):
        await customer.says(question)
        await olga.writes(topic, answer)
    await olga.writes(topic, "// ask the carrier")
    desk.start_bot()
    desk.ready()
    await customer.reads(answered[-1], patience=30)
    await olga.reads_in(topic, asked[-1], patience=30)
    await max_.writes(topic, "Is this one mine?")
    refused = await olga.reads_in(topic, "nothing was sent")
    await olga.writes(topic, "That was it.")
    await customer.reads("That was it.")
    await nothing_is_on_its_way(desk)

    read = [seen.text for seen in await olga.sees_in(topic) if seen.by_bot and seen.text.startswith("asked")]
    heard = [seen.text for seen in await customer.sees() if seen.by_bot and seen.text.startswith("answered")]
    doubtful = desk.rows(
        "SELECT state FROM outbox WHERE chat = ? AND author = 'operator' AND state != 'sent'", str(customer.id)
    )
    repeated = desk.rows("SELECT 1 FROM outbox WHERE topic_id IS NOT NULL AND repeated")
    assert list(dict.fromkeys(read)) == asked
    assert len(read) - len(asked) <= len(repeated)
    assert heard == [line for line in answered if line in heard]
    assert len(heard) + len(doubtful) >= len(answered)
    assert {state for (state,) in doubtful} <= {"uncertain"}
    assert refused.text.startswith("Olga Brandt has this chat")
    assert [seen.text for seen in await customer.sees() if "carrier" in seen.text] == []
