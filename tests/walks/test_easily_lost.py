"""What is easily lost on the way between the two sides: gaps, words that come too early, what is said to nobody."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen, TopicSeen
from tests.walks.conftest import Desk
from tests.walks.steps import is_attended

pytestmark = pytest.mark.walk
Json = dict[str, Any]


def _from_topic(operator: Operator, topic: TopicSeen, number: int, **content: object) -> Json:
    """Return a message of a topic as Telegram would tell of it, with an id that the sandbox has not given."""
    chat = {"id": operator.group_id, "type": "supergroup", "title": "Support desk", "is_forum": True}
    message = {"message_id": number, "from": operator.user, "chat": chat, "date": int(time.time())}
    return {**message, "message_thread_id": topic.thread, "is_topic_message": True, **content}


def _from_customer(customer: Customer, number: int, **content: object) -> Json:
    chat = {"id": customer.id, "type": "private", "first_name": customer.name}
    return {"message_id": number, "from": customer.user, "chat": chat, "date": int(time.time()), **content}


def _album(seen: Seen) -> str:
    return str(seen.raw.get("media_group_id", ""))


async def test_an_operators_album_that_comes_part_by_part_stays_whole_and_a_late_part_follows_alone(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.attaches(topic, "photo", group="777", caption="one")
    await olga.attaches(topic, "video", group="777", caption="two")
    together = [await customer.reads() for _ in range(2)]
    await olga.attaches(topic, "photo", group="777", caption="three")
    late = await customer.reads()

    assert [(one.kind, one.text) for one in together] == [("photo", "one"), ("video", "two")]
    assert len({_album(one) for one in together} - {""}) == 1
    assert (late.text, _album(late) in {_album(one) for one in together}) == ("three", False)


async def test_a_customers_change_of_a_caption_is_shown_with_the_old_one(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    sent = await customer.sends("photo", caption="The bil of May")
    copy = await olga.reads_in(topic)

    await customer.edits(sent, "The bill of May")
    await customer.says("That is all")

    told = await olga.reads_in(topic)
    changed = "✏️ The customer changed a message. It reads now:\nThe bill of May\n\nIt read before:\nThe bil of May"
    assert (told.text, told.raw["reply_to_message"]["message_id"]) == (changed, copy.id)
    assert (await olga.reads_in(topic)).text == "That is all"


async def test_an_operators_edit_that_comes_before_its_message_is_what_the_customer_gets(
    sandbox: SandboxClient, customer: Customer, olga: Operator, desk: Desk
) -> None:
    topic = await is_attended(customer, olga)
    slip, secret = _from_topic(olga, topic, 900_201), _from_topic(olga, topic, 900_202)

    for message, text in ((slip, "It comes on Sunday."), (slip, "It comes on Monday."), (secret, "// he is lying")):
        await sandbox.inject([{"edited_message": {**message, "text": text, "edit_date": int(time.time())}}])
    await sandbox.inject([{"message": {**slip, "text": "It comes on Munday."}}])
    await sandbox.inject([{"message": {**secret, "text": "/ he is lying"}}])
    await olga.writes(topic, "Anything else?")

    assert [(await customer.reads()).text for _ in range(2)] == ["It comes on Monday.", "Anything else?"]
    assert desk.rows("SELECT text FROM messages WHERE source_message = '900201'") == [("It comes on Monday.",)]
    assert desk.rows("SELECT text FROM notes WHERE source_message = '900202'") == [("he is lying",)]


async def test_what_an_operator_sends_and_no_channel_carries_is_said_to_them(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    story = {"id": 1, "chat": {"id": 5, "type": "private"}}

    await sandbox.inject([{"message": _from_topic(olga, topic, 900_211, story=story)}])
    told = await olga.reads_in(topic)
    await olga.writes(topic, "Then in words.")

    assert told.text.startswith("Not sent: the customer's channel cannot carry this")
    assert (await customer.reads()).text == "Then in words."


async def test_what_telegram_itself_says_in_a_topic_or_a_chat_is_relayed_to_nobody(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    greeting = next(seen for seen in await olga.sees_in(topic) if seen.text == "Good day!")
    services: list[Json] = [
        {"pinned_message": greeting.raw},
        {"forum_topic_edited": {"name": "Anna, urgent"}},
        {"new_chat_members": [olga.user]},
        {"new_chat_title": "The desk"},
        {"video_chat_started": {}},
    ]

    for number, service in enumerate(services):
        await sandbox.inject([{"message": _from_topic(olga, topic, 900_220 + number, **service)}])
    for number, service in enumerate(({"pinned_message": greeting.raw}, {"boost_added": {"boost_count": 1}})):
        await sandbox.inject([{"message": _from_customer(customer, 900_230 + number, **service)}])
    await customer.says("still here")
    shown = await olga.reads_in(topic)
    await olga.writes(topic, "So am I.")

    assert shown.text == "still here"
    assert (await customer.reads()).text == "So am I."


async def test_nothing_goes_out_with_braces_in_it_neither_below_a_file_nor_by_an_edit(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await olga.attaches(topic, "photo", caption="Your order {order.number}")
    below_a_file = await olga.reads_in(topic)
    await olga.attaches_album(topic, ["photo", "photo", "photo"], "All of {order.number}")
    below_an_album = await olga.reads_in(topic)
    sent = await olga.writes(topic, "Your order is on its way.")
    first = await customer.reads()
    await olga.edits_in_topic(sent, "Your order {order.number} is on its way.")
    by_an_edit = await olga.reads_in(topic)
    await olga.writes(topic, "Good bye!")

    refused = "Not sent: please put something in place of {order.number} first."
    assert (below_a_file.text, below_an_album.text) == (refused, refused)
    assert by_an_edit.text.startswith("Not changed for the customer: please put something in place")
    assert [first.text, (await customer.reads()).text] == ["Your order is on its way.", "Good bye!"]
    seen = await customer.sees()
    assert [one.text for one in seen if one.kind == "photo" or "{" in one.text] == []
