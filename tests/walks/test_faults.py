"""A bad day at Telegram: floods, errors, cut lines, blocked bots, deleted topics, groups that move, strange updates."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.sandbox import GROUP_ID
from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk, own_desk
from tests.walks.steps import asks_for_a_person, is_attended

pytestmark = pytest.mark.walk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: what happens here would disturb the other walks."""
    with own_desk(tmp_path_factory.mktemp("stormy")) as desk:
        yield desk


@pytest.fixture(autouse=True)
async def fine_weather_afterwards(sandbox: SandboxClient) -> AsyncIterator[None]:
    yield
    await sandbox.clear_faults()


def _message(customer: Customer, number: int, **content: Any) -> dict[str, Any]:  # noqa: ANN401 JSON
    chat = {"id": customer.id, "type": "private", "first_name": customer.name}
    return {"message_id": number, "from": customer.user, "chat": chat, "date": int(time.time()), **content}


async def _begins(customer: Customer) -> None:
    """Let somebody press Start, before which no bot may write to them."""
    await customer.says("/start")
    await customer.reads("Hello!")


async def test_a_flooded_chat_keeps_its_place_while_the_others_go_on(sandbox: SandboxClient) -> None:
    flooded, free = await sandbox.customer("Flooded"), await sandbox.customer("Free")
    await sandbox.fault("sendMessage", chat_id=flooded.id, status=429, retry_after=2, times=1)

    await flooded.says("/help")
    await flooded.says("/privacy")
    await sandbox.wait_for(lambda event: event["call"]["status"] == 429, after=flooded.reader.after, kinds="call")
    await free.says("/help")
    await free.reads("Just write your question")
    waiting = [seen for seen in await flooded.sees() if seen.by_bot]

    assert waiting == []
    assert (await flooded.reads()).text.startswith("Just write your question")
    assert (await flooded.reads()).text.startswith("We keep your name")


async def test_errors_of_telegram_are_tried_again_until_they_pass(sandbox: SandboxClient, customer: Customer) -> None:
    await sandbox.fault("sendMessage", chat_id=customer.id, status=500, times=1)
    await sandbox.fault("sendMessage", chat_id=customer.id, action="raw", status=502, description="<html>", times=1)

    await customer.says("/help")
    await customer.says("/privacy")

    assert (await customer.reads()).text.startswith("Just write your question")
    assert (await customer.reads()).text.startswith("We keep your name")
    assert len([seen for seen in await customer.sees() if seen.by_bot]) == 2


async def test_words_of_the_bot_of_which_nobody_knows_go_out_once_more_and_are_marked(
    desk: Desk, sandbox: SandboxClient, customer: Customer
) -> None:
    await sandbox.fault("sendMessage", chat_id=customer.id, action="cut_after", times=1)

    await customer.says("/help")
    first = await customer.reads()
    again = await customer.reads()
    await customer.says("/privacy")

    assert again.text == first.text
    assert (await customer.reads()).text.startswith("We keep your name")
    marks = desk.rows("SELECT repeated, state FROM outbox WHERE chat = ? ORDER BY id", str(customer.id))
    assert marks[0] == (1, "sent")
    assert marks[1][0] == 0


async def test_a_line_that_is_cut_before_anything_happened_costs_nothing(
    sandbox: SandboxClient, customer: Customer
) -> None:
    await sandbox.fault("sendMessage", chat_id=customer.id, action="cut", times=1)

    await customer.says("/help")

    assert (await customer.reads()).text.startswith("Just write your question")
    assert len([seen for seen in await customer.sees() if seen.by_bot]) == 1


async def test_an_operators_words_of_which_nobody_knows_wait_for_send_again(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("sendMessage", chat_id=customer.id, action="cut_after", times=1)

    await olga.writes(topic, "Your refund is on its way.")
    told = await olga.reads_in(topic)
    await customer.reads("Your refund")
    state = desk.rows("SELECT state FROM outbox WHERE chat = ? ORDER BY id DESC LIMIT 1", str(customer.id))
    button = told.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    press = {"chat_id": olga.group_id, "message_id": told.id, "callback_data": button, "timeout": 5}
    answers = [(await sandbox.post(f"users/{olga.id}/presses", press))["answer"]["text"] for _ in range(2)]

    assert told.text == "⚠️ It is not known whether your last message arrived. If it matters, send it again."
    assert state == [("uncertain",)]
    assert (await customer.reads()).text == "Your refund is on its way."
    assert answers == ["It is sent again.", "There is nothing to send again: it arrived, or it is on its way."]
    await customer.says("got it twice")
    await olga.reads_in(topic, "got it twice")
    assert len([seen for seen in await customer.sees() if "refund" in seen.text]) == 2
    assert [seen.buttons for seen in await olga.sees_in(topic) if seen.id == told.id] == [()]


async def test_who_blocks_the_bot_is_marked_once_and_comes_back_by_writing(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await customer.blocks()
    told = await olga.reads_in(topic)
    await olga.writes(topic, "Are you there?")
    refused = await olga.reads_in(topic)
    await customer.says("back again")
    back = [(await olga.reads_in(topic)).text for _ in range(2)]
    await olga.writes(topic, "Good.")

    assert told.text == "🚫 The customer has blocked the bot. Nothing can be delivered until they write again."
    assert refused.text == "Not delivered: the customer has blocked the bot."
    assert back == ["The customer can be reached again.", "back again"]
    assert (await customer.reads()).text == "Good."


async def test_a_refusal_because_of_a_block_is_told_once(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("sendMessage", chat_id=customer.id, status=403, times=2)

    await olga.writes(topic, "one")
    told = await olga.reads_in(topic)
    await customer.says("I am here")
    await olga.reads_in(topic, "I am here")
    await sandbox.clear_faults()
    await olga.writes(topic, "two")

    assert told.text == "Not delivered: the customer has blocked the bot."
    assert (await customer.reads()).text == "two"
    texts = [seen.text for seen in await olga.sees_in(topic)]
    assert texts.count(told.text) == 1


async def test_a_deleted_topic_is_opened_anew_with_the_card_and_what_waited(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    await olga.deletes(topic)

    for word in ("first", "second", "third"):
        await customer.says(word)

    new = await olga.finds_topic(customer.name)
    assert "Why: asked for a person" in (await olga.reads_in(new)).text
    assert [(await olga.reads_in(new)).text for _ in range(3)] == ["first", "second", "third"]
    assert len([one for one in await olga.topics() if customer.name in one.name]) == 1
    await olga.writes(new, "All is there.")
    assert (await customer.reads()).text == "All is there."


async def test_an_update_delivered_twice_is_answered_once(sandbox: SandboxClient, customer: Customer) -> None:
    await _begins(customer)
    update = {"update_id": 900_001, "message": _message(customer, 11, text="/help")}

    await sandbox.inject([update, update])
    await customer.reads("Just write your question")
    await sandbox.inject([update])
    await customer.says("/privacy")

    assert (await customer.reads()).text.startswith("We keep your name")


async def test_updates_with_late_and_mixed_ids_are_all_answered_in_their_order(
    sandbox: SandboxClient, customer: Customer
) -> None:
    await _begins(customer)
    wanted = {"/help": "Just write", "/privacy": "We keep", "/orders": "You have no orders"}

    for number, text in zip((800_300, 800_100, 800_200), wanted, strict=True):
        await sandbox.inject([{"update_id": number, "message": _message(customer, number, text=text)}])

    for answer in wanted.values():
        assert (await customer.reads()).text.startswith(answer)


async def test_updates_that_nobody_can_read_are_passed_over(sandbox: SandboxClient, customer: Customer) -> None:
    await sandbox.inject(
        [
            {"purchased_paid_media": {"from": customer.user, "paid_media_payload": "x"}},
            {"message": {"surprise": True}},
            {"message": "a word"},
            {"callback_query": {"id": "1"}},
            {},
        ]
    )

    await customer.says("/help")

    assert (await customer.reads()).text.startswith("Just write your question")


async def test_a_message_of_unknown_shape_comes_to_people(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    await _begins(customer)
    await sandbox.inject([{"message": _message(customer, 21, photo=[])}])

    assert (await customer.reads()).text.startswith("I'll pass this to a colleague.")
    topic = await olga.finds_topic(customer.name)
    assert "[something that cannot be passed on]" in (await olga.reads_in(topic, "Why:")).text


async def test_a_message_on_which_the_bot_fails_comes_to_people_with_a_mark(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    await _begins(customer)
    damaged = '{"comment_on": "nothing", "until": "2999-01-01T00:00:00+00:00"}'
    desk.write("UPDATE conversations SET flow = ? WHERE chat = ?", damaged, str(customer.id))

    await customer.says("my parcel sings")

    assert (await customer.reads()).text.startswith("I'll pass this to a colleague.")
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why: ⚠️ the bot failed on this message")
    assert "Customer: my parcel sings" in card.text
    await customer.says("still here?")
    await olga.reads_in(topic, "still here?")


async def test_a_second_bot_on_the_same_database_is_refused_in_one_sentence(desk: Desk) -> None:
    second = await asyncio.to_thread(desk.command, "run")

    assert second.returncode in {1, 2}
    [sentence] = second.stderr.strip().splitlines()
    assert "supportbot.db" in sentence


async def test_a_stop_in_the_middle_of_traffic_loses_and_repeats_nothing(desk: Desk, sandbox: SandboxClient) -> None:
    people = [await sandbox.customer(f"Stopped {number}") for number in range(6)]
    after = await sandbox.seq()

    await asyncio.gather(*(person.says(text) for person in people for text in ("/help", "/privacy", "/orders")))
    await sandbox.wait_for(lambda event: event["call"]["method"] == "sendMessage", after=after, kinds="call")
    assert desk.bot.stop() == 0
    desk.start_bot()
    desk.ready()

    for person in people:
        heard = [(await person.reads()).text.split()[0] for _ in range(3)]
        assert sorted(heard) == ["Just", "We", "You"]
        chat = str(person.id)
        assert desk.rows("SELECT id FROM outbox WHERE chat = ? AND repeated", chat) == []


async def test_a_group_that_is_upgraded_goes_on_under_its_new_id(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.post(f"chats/{GROUP_ID}/upgrade")
    moved = await sandbox.operator("Olga")

    await customer.says("still with me?")
    assert moved.group_id != GROUP_ID
    await moved.reads_in(topic.thread, "still with me?")
    await moved.writes(topic.thread, "Sure.")
    assert (await customer.reads()).text == "Sure."
    newcomer = await sandbox.customer("After the move")
    new = await asks_for_a_person(newcomer, moved)
    await moved.writes(new, "Welcome.")
    await newcomer.reads("is with you now.")
    assert (await newcomer.reads()).text == "Welcome."


async def test_a_photo_on_its_way_while_the_group_is_upgraded_arrives_once_and_so_does_what_follows(
    desk: Desk, sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("copyMessage", chat_id=customer.id, status=429, retry_after=2, times=1)
    await olga.attaches(topic, "photo", caption="Here is the receipt")
    await sandbox.wait_for(lambda event: event["call"]["status"] == 429, after=customer.reader.after, kinds="call")
    await olga.writes(topic, "It is refunded tomorrow.")
    await sandbox.post(f"chats/{olga.group_id}/upgrade")

    photo, text = await customer.reads(), await customer.reads()

    assert ("photo" in photo.raw, photo.raw.get("caption"), text.text) == (
        True,
        "Here is the receipt",
        "It is refunded tomorrow.",
    )
    copies = [call for call in await sandbox.calls("copyMessage") if str(call["params"]["chat_id"]) == str(customer.id)]
    assert [call["status"] for call in copies] == [429, 400]
    assert desk.rows("SELECT id FROM outbox WHERE lane = ? AND state = 'pending'", f"telegram:{customer.id}") == []


async def test_a_topic_that_was_refused_is_opened_when_the_bot_gets_its_rights(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    refusal = "Bad Request: not enough rights to create a topic"
    await sandbox.fault("createForumTopic", status=400, description=refusal, times=1)
    await customer.says("/human")
    await customer.reads("pass this")
    await sandbox.wait_for(
        lambda event: event["call"]["method"] == "createForumTopic", after=customer.reader.after, kinds="call"
    )
    await customer.says("My parcel is wet")
    await customer.says("/help")
    await customer.reads("Just write")
    bot = {"id": 1, "is_bot": True, "first_name": "Bot"}
    change = {
        "chat": {"id": olga.group_id, "type": "supergroup", "title": "Desk", "is_forum": True},
        "from": olga.user,
        "date": int(time.time()),
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": "administrator", "user": bot},
    }
    await sandbox.inject([{"my_chat_member": change}])

    topic = await olga.finds_topic(customer.name)
    await olga.reads_in(topic, "My parcel is wet")
    await olga.writes(topic, "Oh dear!")
    await customer.reads("Oh dear!")
