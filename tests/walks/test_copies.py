"""Each message knows its copy on the other side: quotes, albums, edits, deletions, signs."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, is_attended

pytestmark = pytest.mark.walk
ARRIVED = "👌"
TWO_DAYS = 48 * 3600


def quoted(seen: Seen) -> int:
    """Return the message that one answers, 0 for none; in a topic its first message is none."""
    reply = seen.raw.get("reply_to_message", {})
    return 0 if "forum_topic_created" in reply else int(reply.get("message_id", 0))


def album(seen: Seen) -> str:
    return str(seen.raw.get("media_group_id", ""))


async def test_what_a_customer_quotes_is_quoted_in_the_topic(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    mine = await customer.says("The blue one")
    copy = await olga.reads_in(topic, "The blue one")
    theirs = await olga.writes(topic, "Which size?")
    seen = await customer.reads("Which size?")

    await customer.says("Size M", reply_to=seen)
    await customer.says("I mean that one", reply_to=mine)
    await customer.sends("photo", reply_to=seen)

    assert [quoted(await olga.reads_in(topic)) for _ in range(3)] == [theirs.id, copy.id, theirs.id]


async def test_what_an_operator_quotes_is_quoted_at_the_customer(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    asked = await customer.says("And the price?")
    copy = await olga.reads_in(topic, "And the price?")
    mine = await olga.writes(topic, "It is 20 euro.")
    seen = await customer.reads("20 euro")

    await olga.writes(topic, "With delivery", reply_to=copy)
    await olga.writes(topic, "and the box", reply_to=mine)
    await olga.attaches(topic, "photo", reply_to=copy)
    await olga.writes(topic, "Anything else?")

    assert [quoted(await customer.reads()) for _ in range(4)] == [asked.id, seen.id, asked.id, 0]


async def test_a_quote_of_what_the_topic_does_not_show_comes_as_words(customer: Customer, olga: Operator) -> None:
    await customer.says("How much is delivery?")
    answer = await customer.reads()
    topic = await is_attended(customer, olga)

    await customer.says("Also to Poland? 🫖", reply_to=answer, entities=[{"type": "bold", "offset": 8, "length": 6}])

    shown = await olga.reads_in(topic)
    first, _, last = shown.text.partition("\n")
    assert answer.text.replace("\n", " ").startswith(first.removesuffix("…"))
    assert last == "Also to Poland? 🫖"
    start = len(first.encode("utf-16-le")) // 2 + 1
    assert shown.entities[0]["type"] == "blockquote"
    assert shown.entities[-1] == {"type": "bold", "offset": start + 8, "length": 6}


async def test_a_quoted_message_that_is_gone_holds_nothing_up(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    asked = await customer.says("And the price?")
    copy = await olga.reads_in(topic, "And the price?")
    await sandbox.delete(f"chats/{customer.id}/messages/{asked.id}")

    await olga.writes(topic, "20 euro", reply_to=copy)

    answer = await customer.reads("20 euro")
    assert quoted(answer) == 0


async def test_an_album_stays_an_album_both_ways(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    asked = await customer.says("Show me")
    await olga.reads_in(topic, "Show me")

    sent = await customer.sends_album(["photo", "video", "photo"], "three views")
    shown = [await olga.reads_in(topic) for _ in sent]
    back = await olga.attaches_album(topic, ["photo", "photo"], "two more")
    seen = [await customer.reads() for _ in back]
    await customer.says("the second one", reply_to=seen[1])
    quoting = await olga.reads_in(topic)

    assert asked.id
    assert ([one.kind for one in shown], shown[0].text) == (["photo", "video", "photo"], "three views")
    assert len({album(one) for one in shown}) == 1 == len({album(one) for one in seen})
    assert "" not in {album(one) for one in [*shown, *seen]}
    assert [one.raw["photo"][-1]["file_unique_id"] for one in seen] == [
        one.raw["photo"][-1]["file_unique_id"] for one in back
    ]
    assert quoted(quoting) == back[1].id


async def test_an_album_that_comes_part_by_part_stays_whole_and_a_late_part_follows_alone(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    await customer.sends("photo", group="555", caption="one")
    await customer.sends("photo", group="555", caption="two")
    together = [await olga.reads_in(topic) for _ in range(2)]
    await customer.sends("photo", group="555", caption="three")
    late = await olga.reads_in(topic)

    assert [one.text for one in together] == ["one", "two"]
    assert len({album(one) for one in together}) == 1
    assert (late.text, album(late) in {album(one) for one in together}) == ("three", False)


async def test_a_caption_that_is_too_long_for_an_album_follows_as_a_message(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    caption = "a long story " * 100

    await customer.sends("photo", group="556", caption=caption)
    await customer.sends("photo", group="556")

    seen = [await olga.reads_in(topic) for _ in range(3)]
    assert [one.kind for one in seen] == ["photo", "photo", "text"]
    assert seen[2].text == caption.strip()


async def test_an_operators_change_of_a_caption_changes_the_customers_copy(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    sent = await olga.attaches(topic, "photo", caption="The blue won")
    seen = await customer.reads()

    await olga.edits_in_topic(sent, "The blue one 🫖")

    edited = await customer.sees_edit()
    assert (edited.id, edited.kind, edited.text) == (seen.id, "photo", "The blue one 🫖")


async def test_another_file_in_an_operators_message_is_not_passed_on_and_that_is_said(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    sent = await olga.attaches(topic, "photo", caption="Look")
    seen = await customer.reads()

    order = {"chat_id": olga.group_id, "message_id": sent.id, "text": "Look", "kind": "photo"}
    await sandbox.post(f"users/{olga.id}/edits", order)

    told = await olga.reads_in(topic)
    assert told.text.startswith("The customer still sees the earlier file")
    assert quoted(told) == sent.id
    still = next(one for one in await customer.sees() if one.id == seen.id)
    assert still.raw["photo"] == seen.raw["photo"]


async def test_another_file_in_a_customers_message_comes_to_the_topic(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    sent = await customer.sends("photo", caption="The bill")
    copy = await olga.reads_in(topic)

    order = {"chat_id": customer.id, "message_id": sent.id, "text": "The right bill", "kind": "photo"}
    await sandbox.post(f"users/{customer.id}/edits", order)

    told, fresh = await olga.reads_in(topic), await olga.reads_in(topic)
    assert told.text.endswith("It reads now:\nThe right bill\n\nIt read before:\nThe bill")
    assert quoted(told) == copy.id
    assert (fresh.kind, fresh.text) == ("photo", "The right bill")
    assert fresh.raw["photo"] != copy.raw["photo"]


async def test_an_edit_that_comes_before_its_message_is_shown_once(
    sandbox: SandboxClient, customer: Customer, olga: Operator, desk: Desk
) -> None:
    topic = await is_attended(customer, olga)
    base = {"chat": {"id": customer.id, "type": "private"}, "from": customer.user, "date": 1_790_000_000}
    message = {**base, "message_id": 900_001}

    await sandbox.inject([{"edited_message": {**message, "text": "Lindenallee 12", "edit_date": 1_790_000_009}}])
    shown = await olga.reads_in(topic)
    await sandbox.inject([{"message": {**message, "text": "Lindenallee 21"}}])
    await customer.says("That is all")
    after = await olga.reads_in(topic)

    assert (shown.text, after.text) == ("Lindenallee 12", "That is all")
    kept = desk.rows(
        "SELECT m.text, e.text FROM messages m JOIN message_edits e ON e.message_id = m.id WHERE m.source_message = ?",
        "900001",
    )
    assert kept == [("Lindenallee 12", "Lindenallee 21")]


async def test_an_operator_takes_a_message_back(customer: Customer, olga: Operator, desk: Desk) -> None:
    topic = await is_attended(customer, olga)
    sent = await olga.writes(topic, "Your card number is 4111")
    seen = await customer.reads("4111")

    await olga.writes(topic, "/delete", reply_to=sent)

    told = await olga.reads_in(topic)
    assert told.text.startswith("🗑 Deleted")
    assert quoted(told) == sent.id
    assert seen.id not in [one.id for one in await customer.sees()]
    (kept,) = desk.rows("SELECT text, deleted_at IS NOT NULL FROM messages WHERE source_message = ?", str(sent.id))
    assert kept == ("Your card number is 4111", 1)


async def test_what_cannot_be_taken_back_is_said(
    sandbox: SandboxClient, customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await customer.says("mine")
    copy = await olga.reads_in(topic, "mine")
    sent = await olga.writes(topic, "hers")
    await customer.reads("hers")

    await olga.writes(topic, "/delete")
    without = await olga.reads_in(topic)
    await olga.writes(topic, "/delete", reply_to=copy)
    not_ours = await olga.reads_in(topic)
    await max_.writes(topic, "/delete", reply_to=sent)
    not_his = await olga.reads_in(topic)
    await sandbox.fault("deleteMessage", status=400, description="Bad Request: message can't be deleted", times=1)
    await olga.writes(topic, "/delete", reply_to=sent)
    refused = await olga.reads_in(topic)

    assert without.text == not_ours.text
    assert without.text.startswith("To take something back, answer your own message with /delete.")
    assert not_his.text.startswith("Nothing was deleted: a colleague wrote this.")
    assert refused.text == (
        "⚠️ Not deleted, the customer still sees this message: Bad Request: message can't be deleted"
    )
    assert "hers" in [one.text for one in await customer.sees()]


async def test_an_operators_message_that_arrived_is_marked(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    text = await olga.writes(topic, "On its way.")
    photo = await olga.attaches(topic, "photo")
    pictures = await olga.attaches_album(topic, ["photo", "photo"])

    for sent in (text, photo, pictures[0]):
        await olga.sees_sign(sent, ARRIVED)


async def test_what_did_not_arrive_is_not_marked_and_goes_again_at_a_press(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    description = "Bad Request: USER_IS_BOT"
    await sandbox.fault("sendMessage", status=400, description=description, times=1, chat_id=customer.id)
    sent = await olga.writes(topic, "Here you are.")
    refused = await olga.reads_in(topic)
    assert (refused.text, refused.buttons) == (f"⚠️ Not delivered to the customer: {description}", ("Send again",))
    assert quoted(refused) == sent.id

    await olga.presses_in(topic, "Send again", refused)

    assert (await customer.reads()).text == "Here you are."
    await olga.sees_sign(sent, ARRIVED)


async def test_an_emoji_of_the_one_who_has_the_chat_is_on_the_customers_side_too(
    sandbox: SandboxClient, customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)
    said = await customer.says("Thank you!")
    copy = await olga.reads_in(topic, "Thank you!")

    await olga.reacts_in(copy, "❤")
    await customer.sees_sign(said, "❤")
    since = await sandbox.seq()
    await max_.reacts_in(copy, "🔥")
    await olga.reacts_in(copy, "🖕🏿")
    await olga.reacts_in(copy)
    await customer.sees_sign(said, "", after=since)

    asked = [one["params"] for one in await sandbox.calls("setMessageReaction")]
    signs = [one["reaction"] for one in asked if str(one["chat_id"]) == str(customer.id)]
    assert [[emoji["emoji"] for emoji in one] for one in signs] == [["❤"], ["🖕🏿"], []]


async def test_an_emoji_of_a_customer_is_in_the_topic_and_the_sign_of_delivery_comes_back(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    said = await customer.says("Look here")
    copy = await olga.reads_in(topic, "Look here")
    sent = await olga.writes(topic, "Done.")
    seen = await customer.reads("Done.")
    await olga.sees_sign(sent, ARRIVED)
    since = await sandbox.seq()

    def reaction(message: Seen, *emoji: str) -> dict[str, object]:
        new = [{"type": "emoji", "emoji": one} for one in emoji]
        chat = {"id": customer.id, "type": "private", "first_name": customer.name}
        about = {"chat": chat, "message_id": message.id, "user": customer.user, "date": 1_790_000_000}
        return {"message_reaction": {**about, "old_reaction": [], "new_reaction": new}}

    await sandbox.inject([reaction(seen, "🎉"), reaction(said, "👀")])
    await olga.sees_sign(sent, "🎉", after=since)
    await olga.sees_sign(copy, "👀", after=since)
    since = await sandbox.seq()
    await sandbox.inject([reaction(seen), reaction(said)])
    await olga.sees_sign(sent, ARRIVED, after=since)
    await olga.sees_sign(copy, "", after=since)


async def test_a_poll_comes_as_words_both_ways(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await customer.sends("poll", question="Which day?", options=["Monday", "Friday"])
    shown = await olga.reads_in(topic)
    await olga.attaches(topic, "poll", question="Which hour?", options=["9", "17"])
    seen = await customer.reads()

    assert shown.text == "[poll] Which day?\n• Monday\n• Friday"
    assert seen.text == "Which hour?\n• 9\n• 17"


async def test_what_nobody_can_pass_on_is_said_to_its_sender(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    base = {"from": customer.user, "date": 1_790_000_000, "story": {"id": 1, "chat": {"id": 5, "type": "private"}}}
    private = {"id": customer.id, "type": "private"}

    await sandbox.inject([{"message": {**base, "message_id": 900_002, "chat": private}}])

    assert (await customer.reads()).text.startswith("I could not pass this on to my colleagues.")
    assert (await olga.reads_in(topic)).text.startswith("[")


async def test_formatting_links_and_custom_emoji_are_kept_both_ways(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    text = "🫖 bold link 👍"
    entities = [
        {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368324170671202286"},
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "text_link", "offset": 8, "length": 4, "url": "https://shop.example/a?b=1"},
    ]

    await customer.says(text, entities=entities)
    shown = await olga.reads_in(topic, "bold")
    await olga.writes(topic, text, entities=entities)
    seen = await customer.reads("bold")

    assert (shown.text, shown.entities) == (text, entities)
    assert (seen.text, seen.entities) == (text, entities)


async def test_a_sticker_before_anybody_attends_gets_an_answer_and_one_after_it_is_passed_on(
    customer: Customer, olga: Operator
) -> None:
    await customer.sends("sticker")
    assert (await customer.reads()).text

    topic = await asks_for_a_person(customer, olga)
    await customer.sends("sticker")

    assert (await olga.reads_in(topic)).kind == "sticker"
