"""What customers and operators send each other arrives as what it was, both ways."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen
from tests.walks.steps import asks_for_a_person, is_attended

pytestmark = pytest.mark.walk

MEDIA: Final = (
    *("document", "voice", "video", "video_note", "audio", "animation", "sticker"),
    *("location", "venue", "contact"),
)
LONGEST: Final = 4096
"""UTF-16 units of one message, Bot API sendMessage."""


def _essence(seen: Seen) -> tuple[str, Any, str]:
    """Return kind, content and caption of a message: what both sides must agree about."""
    body = seen.raw[seen.kind]
    parts = body if isinstance(body, list) else [body]
    shown = [
        {key: part[key] for key in ("file_unique_id", "latitude", "phone_number", "title", "value") if key in part}
        for part in parts
    ]
    return seen.kind, shown, seen.text


async def test_every_kind_of_content_of_a_customer_arrives_in_the_topic(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)

    for kind in MEDIA:
        sent = await customer.sends(kind)
        assert _essence(await olga.reads_in(topic)) == _essence(sent)


async def test_every_kind_of_content_of_an_operator_arrives_at_the_customer(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    for kind in MEDIA:
        sent = await olga.attaches(topic, kind)
        assert _essence(await customer.reads()) == _essence(sent)


async def test_a_die_is_told_in_words_both_ways_since_a_copy_would_be_thrown_anew(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)

    thrown = await customer.sends("dice")
    told = await olga.reads_in(topic)
    back = await olga.attaches(topic, "dice")
    heard = await customer.reads()

    assert told.text == f"[dice] 🎲 {thrown.raw['dice']['value']}"
    assert heard.text.endswith(f"🎲 {back.raw['dice']['value']}")


async def test_a_photo_keeps_its_caption_both_ways(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    entities = [{"type": "italic", "offset": 0, "length": 4}]

    sent = await customer.sends("photo", caption="This one", entities=entities)
    shown = await olga.reads_in(topic)
    back = await olga.attaches(topic, "photo", caption="That one", entities=entities)
    seen = await customer.reads()

    assert (_essence(shown), shown.entities) == (_essence(sent), entities)
    assert (_essence(seen), seen.entities) == (_essence(back), entities)


async def test_a_photo_of_somebody_nobody_attends_to_comes_to_people(customer: Customer, olga: Operator) -> None:
    sent = await customer.sends("photo", caption="is this mould?")

    assert "pass this to a colleague" in (await customer.reads()).text
    topic = await olga.finds_topic(customer.name)
    card = await olga.reads_in(topic, "Why: sent something that is no text")
    assert "Customer: [photo] is this mould?" in card.text
    assert _essence(await olga.reads_in(topic)) == _essence(sent)


async def test_a_long_question_stands_whole_in_the_card(customer: Customer, olga: Operator) -> None:
    said = await customer.says("Who won the chess olympiad in Budapest? " * 50)
    await customer.reads()

    await customer.says("/human")

    topic = await olga.finds_topic(customer.name)
    assert f"Customer: {said.text}\n" in (await olga.reads_in(topic, "Why:")).text + "\n"


async def test_an_album_arrives_part_by_part_in_order(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    sent = await customer.sends_album(["photo", "video", "photo"], "three views")

    assert [_essence(await olga.reads_in(topic)) for _ in sent] == [_essence(part) for part in sent]


async def test_ten_thousand_characters_get_through_both_ways_in_order(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    text = "".join(f"{number} 🫖 чай; " for number in range(1000))[:10_000]
    parts = [text[start : start + 3000].strip() for start in range(0, len(text), 3000)]

    for part in parts:
        await customer.says(part)
    heard = [(await olga.reads_in(topic)).text for _ in parts]
    for part in parts:
        await olga.writes(topic, part)
    seen = [(await customer.reads()).text for _ in parts]

    assert heard == parts
    assert seen == parts


async def test_a_text_that_outgrows_a_message_is_split_without_loss(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    said = await customer.says("short")
    await olga.reads_in(topic, "short")
    longest = ("word " * LONGEST)[: LONGEST - 1] + "."

    await customer.edits(said, longest)

    first = await olga.reads_in(topic, "The customer changed a message.")
    second = await olga.reads_in(topic)
    new, old = " ".join([*first.text.split("\n", 1)[1].split(), *second.text.split()]).split(" It read before: ")
    assert (new, old) == (longest, "short")


async def test_an_operators_change_changes_the_customers_copy(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    sent = await olga.writes(topic, "It comes on Munday.")
    seen = await customer.reads()

    await olga.edits_in_topic(sent, "It comes on Monday.")

    edited = await customer.sees_edit()
    assert (edited.id, edited.text) == (seen.id, "It comes on Monday.")


async def test_a_change_into_a_note_is_not_passed_on_and_its_writer_is_told(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    sent = await olga.writes(topic, "She is difficult.")
    seen = await customer.reads()

    await olga.edits_in_topic(sent, "// She is difficult.")

    assert (await olga.reads_in(topic)).text.startswith("This message has gone to the customer")
    assert [one.text for one in await customer.sees() if one.id == seen.id] == ["She is difficult."]


async def test_a_customers_change_is_shown_in_the_topic(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    said = await customer.says("Lindenallee 21")
    copy = await olga.reads_in(topic, "Lindenallee 21")

    await customer.edits(said, "Lindenallee 12")

    shown = await olga.reads_in(topic)
    now = "✏️ The customer changed a message. It reads now:\nLindenallee 12"
    assert shown.text == f"{now}\n\nIt read before:\nLindenallee 21"
    assert shown.raw["reply_to_message"]["message_id"] == copy.id


async def test_what_cannot_be_passed_on_is_said_in_the_topic(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    description = "Bad Request: message can't be copied"
    await sandbox.fault("copyMessage", status=400, description=description, times=2)

    await customer.sends("voice")
    told = await olga.reads_in(topic)
    await olga.attaches(topic, "photo")
    refused = await olga.reads_in(topic)

    assert told.text.startswith("⚠️ The customer sent something that could not be brought here (voice message).")
    assert refused.text == f"⚠️ Not delivered to the customer: {description}"


async def test_an_album_whose_caption_is_a_note_stays_whole(customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)

    await olga.attaches_album(topic, ["photo", "photo", "photo"], "// for the files")
    await olga.writes(topic, "We look into it.")

    assert (await customer.reads()).text == "We look into it."
    assert [seen.kind for seen in await customer.sees()].count("photo") == 0


async def test_albums_that_are_notes_stay_when_they_come_together_in_many_topics(
    sandbox: SandboxClient, olga: Operator
) -> None:
    people = [await sandbox.customer(f"Album{number}") for number in range(3)]
    topics = [await is_attended(one, olga) for one in people]

    for topic in topics:
        await olga.attaches_album(topic, ["photo"] * 4, "// for the files")
    for topic in topics:
        await olga.writes(topic, "We look into it.")

    for one in people:
        await one.reads("We look into it.")
        assert [seen.kind for seen in await one.sees()].count("photo") == 0
