"""Topics of the operators' group: the pinned card that is kept current, and what people and Telegram do to topics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from urllib.request import Request, urlopen

import httpx
import pytest

from bot.sandbox import GROUP_ID
from bot.sandbox.emoji import icon_emoji
from tests.sandbox_client import Customer, Operator, SandboxClient, Seen, TopicSeen
from tests.walks.conftest import FEW_QUESTIONS, Desk, make_desk, own_desk, run
from tests.walks.steps import asks_for_a_person, card_in, card_reads, is_attended, is_closed, is_named, wears

pytestmark = pytest.mark.walk
MANY_RIGHTS = {"status": "administrator"}
WAITS, TAKEN, CLOSED = "❗️", "💬", "✅"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of its own: what happens here would disturb the other walks."""
    with own_desk(tmp_path_factory.mktemp("topics")) as desk:
        yield desk


@pytest.fixture(autouse=True)
async def all_is_well_afterwards(sandbox: SandboxClient) -> AsyncIterator[None]:
    yield
    await sandbox.clear_faults()


async def asks_telegram(desk: Desk, method: str, **params: object) -> None:
    """Have something done in the bot's name."""
    address = f"{desk.sandbox_url}/bot{desk.environment['SUPPORTBOT_TELEGRAM__TOKEN']}/{method}"
    async with httpx.AsyncClient(trust_env=False) as client:
        (await client.post(address, json=params)).raise_for_status()


async def bot_id(sandbox: SandboxClient) -> int:
    return int((await sandbox.get("state"))["bot"]["id"])


async def pinned(operator: Operator) -> list[int]:
    return list((await operator.sandbox.chat(operator.group_id))["pinned"])


def said(seen: list[Seen]) -> list[str]:
    """Return the words of a topic without cards and service messages."""
    return [one.text for one in seen if one.text and not one.service and "Why:" not in one.text]


async def asked(sandbox: SandboxClient, since: int) -> list[tuple[str, int]]:
    """Return (method, status) of the bot's requests after an event."""
    events, _ = await sandbox.events(since, kinds="call")
    return [(event["call"]["method"], event["call"]["status"]) for event in events]


async def looks(sandbox: SandboxClient, since: int) -> list[tuple[str, str]]:
    """Return (first word of the name, icon) of each request that gave a topic its looks after an event."""
    events, _ = await sandbox.events(since, kinds="call")
    calls = [event["call"] for event in events if event["call"]["method"] in {"createForumTopic", "editForumTopic"}]
    given = [(call["params"].get("name", ""), call["params"].get("icon_custom_emoji_id", "")) for call in calls]
    return [(name.partition(" ")[0], icon_emoji(str(icon))) for name, icon in given]


async def test_the_card_is_pinned_and_follows_all_that_is_done_with_the_ticket(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    since = await sandbox.seq()
    topic = await asks_for_a_person(customer, olga)
    card = await card_reads(olga, topic, "Waiting since")

    await olga.presses_in(topic, "Claim", card)
    await card_reads(olga, topic, "Olga Brandt has it")
    await olga.writes(topic, "/tag wet parcel")
    await card_reads(olga, topic, "#wet · #parcel")
    await olga.presses_in(topic, "To level 2", await card_in(olga, topic))
    await card_reads(olga, topic, "Level 2 · #wet · #parcel")
    await olga.writes(topic, "/priority urgent")
    await card_reads(olga, topic, "Priority: urgent")
    await customer.blocks()
    await card_reads(olga, topic, "Has blocked the bot")
    await olga.writes(topic, "/close")
    last = await card_reads(olga, topic, "✅ Closed")

    assert (last.id, last.buttons) == (card.id, ())
    assert await pinned(olga) == [card.id]
    assert [one.text for one in await olga.sees_in(topic) if "Why:" in one.text] == [last.text]
    requests = await asked(sandbox, since)
    assert requests.count(("editMessageText", 200)) >= 6
    assert {status for _, status in requests} <= {200, 403}  # who has blocked the bot cannot be asked how it was


async def test_the_icon_tells_the_state_in_the_same_request_as_the_name(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    since = await sandbox.seq()

    topic = await is_attended(customer, olga)
    await is_named(olga, topic.thread, "🔵")
    await wears(olga, topic.thread, TAKEN)
    for question, answer in (("And when?", "Tomorrow."), ("And where?", "At your door.")):
        await customer.says(question)
        await olga.reads_in(topic, question)
        await olga.writes(topic, answer)
        await customer.reads(answer)
    await olga.writes(topic, "/release")
    await is_named(olga, topic.thread, "🟡")
    await olga.writes(topic, "/close")
    await is_named(olga, topic.thread, "✅")

    assert await looks(sandbox, since) == [("🟡", WAITS), ("🔵", TAKEN), ("🟡", WAITS), ("✅", CLOSED)]
    await wears(olga, topic.thread, CLOSED)


async def test_a_topic_of_an_earlier_version_gets_its_icon_with_its_next_change(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    topic = await asks_for_a_person(customer, olga)
    place = {"chat_id": olga.group_id, "message_thread_id": topic.thread}
    await asks_telegram(desk, "editForumTopic", **place, icon_custom_emoji_id="")
    await wears(olga, topic.thread, "")

    await olga.writes(topic, "/claim")

    await is_named(olga, topic.thread, "🔵")
    await wears(olga, topic.thread, TAKEN)


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        ("error", {"status": 500}),
        ("delay", {"delay": 60}),
        ("raw", {"status": 200, "description": '{"ok": true}'}),
    ],
)
async def test_without_the_set_of_icons_everything_goes_on_without_icons(
    tmp_path_factory: pytest.TempPathFactory, action: str, rule: dict[str, object]
) -> None:
    stand_in, desk = make_desk(tmp_path_factory.mktemp("no-icons"), **FEW_QUESTIONS)
    async with SandboxClient(desk.sandbox_url) as sandbox:
        await sandbox.fault("getForumTopicIconStickers", action, **rule)
        with run(stand_in, desk):
            olga, customer = await sandbox.operator("Olga"), await sandbox.customer("Plain")
            since = await sandbox.seq()

            topic = await is_closed(customer, olga)
            await is_named(olga, topic.thread, "✅")

            assert await looks(sandbox, since) == [("🟡", ""), ("🔵", ""), ("✅", "")]


async def test_an_icon_that_telegram_refuses_costs_one_request_and_the_name_changes_all_the_same(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with own_desk(tmp_path_factory.mktemp("refused-icon"), **FEW_QUESTIONS) as desk:
        async with SandboxClient(desk.sandbox_url) as sandbox:
            for method in ("createForumTopic", "editForumTopic"):
                await sandbox.fault(method, status=400, description="Bad Request: DOCUMENT_INVALID", times=1)
            olga, since = await sandbox.operator("Olga"), await sandbox.seq()

            first = await is_attended(await sandbox.customer("First"), olga)
            await is_named(olga, first.thread, "🔵")
            second = await is_closed(await sandbox.customer("Second"), olga)
            await is_named(olga, second.thread, "✅")

            refused = [("🟡", WAITS), ("🟡", ""), ("🔵", TAKEN), ("🔵", "")]
            assert await looks(sandbox, since) == [*refused, ("🟡", "❓"), ("🔵", "👀"), ("✅", CLOSED)]


async def test_what_changes_nothing_edits_nothing(sandbox: SandboxClient, customer: Customer, olga: Operator) -> None:
    topic = await is_attended(customer, olga)
    await card_reads(olga, topic, "has it")
    await olga.writes(topic, "/tag wet")
    await card_reads(olga, topic, "#wet")
    since = await sandbox.seq()

    await olga.sees_sign(await olga.writes(topic, "/tag wet"), "👌")
    await customer.says("it drips")
    await olga.reads_in(topic, "it drips")
    await olga.writes(topic, "Oh.")
    await customer.reads("Oh.")
    await olga.writes(topic, "/tag dry")
    await card_reads(olga, topic, "#dry")
    await sandbox.wait_for(lambda event: event["call"]["method"] == "editMessageText", after=since, kinds="call")

    edits = [method for method, _ in await asked(sandbox, since) if method.startswith("edit")]
    assert edits == ["editMessageText"]


async def test_a_chat_is_given_to_a_colleague_from_the_card(customer: Customer, olga: Operator, max_: Operator) -> None:
    topic = await is_attended(customer, olga)
    await max_.writes(topic, "// I know her")  # from now on the bot knows his name
    await card_reads(olga, topic, "Olga Brandt has it")

    await olga.presses_in(topic, "Give to …", await card_in(olga, topic))
    choice = await card_reads(olga, topic, "Max Lindner")
    await olga.presses_in(topic, "‹ Back", choice)
    back = await card_reads(olga, topic, "Give to …")
    await olga.presses_in(topic, "Give to …", back)
    await olga.presses_in(topic, "Max Lindner", await card_reads(olga, topic, "Max Lindner"))
    await card_reads(olga, topic, "Max Lindner has it")
    await max_.writes(topic, "I go on.")

    assert "Olga Brandt" not in choice.buttons
    assert (await customer.reads()).text == "Max Lindner is with you now."
    assert (await customer.reads()).text == "I go on."


async def test_a_card_that_somebody_deleted_is_posted_and_pinned_anew(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    card = await card_reads(olga, topic, "has it")

    await sandbox.delete(f"chats/{olga.group_id}/messages/{card.id}")
    since = await sandbox.seq()
    await olga.writes(topic, "/tag wet")
    await olga.reads_in(topic, "Why:")
    new = await card_reads(olga, topic, "#wet")
    await sandbox.wait_for(lambda event: event["call"]["method"] == "pinChatMessage", after=since, kinds="call")

    assert new.id != card.id
    assert new.id in await pinned(olga)


@pytest.mark.parametrize("text", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
async def test_a_topic_that_telegram_does_not_know_is_opened_anew_once(
    sandbox: SandboxClient, customer: Customer, olga: Operator, text: str
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("sendMessage", chat_id=olga.group_id, status=400, description=f"Bad Request: {text}", times=1)

    for word in ("first", "second", "third"):
        await customer.says(word)
    new = await _newer(olga, topic, customer)
    while (await olga.reads_in(new, "third")).text != "third":
        pass  # the card has it, too

    assert said(await olga.sees_in(new)) == ["first", "second", "third"]
    await wears(olga, new.thread, TAKEN)
    assert len([one for one in await olga.topics() if one.thread > topic.thread]) == 1


async def _newer(operator: Operator, topic: TopicSeen, customer: Customer) -> TopicSeen:
    """Wait for the topic that takes the place of another."""
    after = await operator.sandbox.seq()
    while True:
        found = [one for one in await operator.topics() if customer.name in one.name and one.thread > topic.thread]
        if found:
            return found[-1]
        event = await operator.sandbox.wait_for(lambda _: True, after=after, chat=operator.group_id, kinds="topic")
        after = event["seq"]


async def test_words_for_a_topic_that_is_closed_open_it_and_come_in_their_order(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    refusal = "Bad Request: TOPIC_CLOSED"
    await sandbox.fault("sendMessage", chat_id=olga.group_id, status=400, description=refusal, times=1)
    since = await sandbox.seq()

    await customer.says("first")
    await customer.says("second")

    assert [(await olga.reads_in(topic)).text for _ in range(2)] == ["first", "second"]
    assert ("reopenForumTopic", 400) in await asked(sandbox, since)  # the fault only said that it was closed


async def test_a_topic_that_an_operator_closes_by_hand_closes_the_ticket(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    since = await sandbox.seq()

    await olga.closes(topic)

    await customer.reads("How was it?")
    await is_named(olga, topic.thread, "✅")
    await card_reads(olga, topic, "✅ Closed")
    await wears(olga, topic.thread, CLOSED)
    methods = [method for method, _ in await asked(sandbox, since)]
    assert "editForumTopic" in methods
    assert "closeForumTopic" not in methods


async def test_a_topic_that_an_operator_opens_by_hand_opens_the_ticket_again(
    customer: Customer, olga: Operator
) -> None:
    topic = await is_closed(customer, olga)
    await is_named(olga, topic.thread, "✅")

    await olga.reopens(topic)
    told = await olga.reads_in(topic, "opened ticket")
    await is_named(olga, topic.thread, "🟡")
    await wears(olga, topic.thread, WAITS)
    await olga.writes(topic, "One thing more.")

    assert told.text.startswith("Olga Brandt opened ticket #")
    assert (await customer.reads()).text == "Your chat is open again: we go on here."
    assert (await customer.reads()).text == "Olga Brandt is with you now."
    assert (await customer.reads()).text == "One thing more."


async def test_a_topic_that_is_opened_by_hand_too_late_says_what_to_do(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    topic = await is_closed(customer, olga)
    await is_named(olga, topic.thread, "✅")
    number = int(topic.name.split("#")[1].split()[0])
    desk.write("UPDATE tickets SET closed_at = '2020-01-01 00:00:00.000000' WHERE id = ?", number)

    await olga.reopens(topic)

    assert (await olga.reads_in(topic, "too long ago")).text.endswith("or close the topic again.")
    assert desk.rows("SELECT state FROM tickets WHERE id = ?", number) == [("closed",)]


async def test_a_topic_that_a_stranger_closes_is_opened_again_and_the_ticket_goes_on(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    stranger = await sandbox.operator("Stranger")

    await stranger.closes(topic)
    told = await olga.reads_in(topic, "not listed")
    await customer.says("still here?")

    assert told.text.startswith("This topic was closed by somebody who is not listed")
    assert (await olga.reads_in(topic)).text == "still here?"
    assert not (await olga.topic(topic.thread)).closed


async def test_what_is_said_while_the_bot_is_out_of_the_group_comes_when_it_is_back(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    bot = await bot_id(sandbox)
    await sandbox.post(f"chats/{olga.group_id}/members/{bot}", {"status": "kicked"})
    since = await sandbox.seq()

    for word in ("one", "two", "three"):
        await customer.says(word)
    await sandbox.wait_for(lambda event: event["call"]["status"] == 403, after=since, kinds="call")
    await sandbox.post(f"chats/{olga.group_id}/members/{bot}", MANY_RIGHTS)

    assert [(await olga.reads_in(topic)).text for _ in range(3)] == ["one", "two", "three"]


async def test_what_a_group_refuses_for_missing_rights_comes_when_they_are_given(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    refusal = "Bad Request: not enough rights to send text messages to the chat"
    await sandbox.fault("sendMessage", chat_id=olga.group_id, status=400, description=refusal)
    since = await sandbox.seq()

    await customer.says("one")
    await customer.says("two")
    await sandbox.wait_for(lambda event: event["call"]["status"] == 400, after=since, kinds="call")
    await sandbox.clear_faults()
    await sandbox.post(f"chats/{olga.group_id}/members/{await bot_id(sandbox)}", MANY_RIGHTS)

    assert [(await olga.reads_in(topic)).text for _ in range(2)] == ["one", "two"]


async def test_a_group_that_is_upgraded_in_the_middle_of_a_burst_loses_and_repeats_nothing(
    sandbox: SandboxClient, olga: Operator
) -> None:
    people = [await sandbox.customer(f"Burst {number}") for number in range(5)]
    topics = [await asks_for_a_person(person, olga) for person in people]
    lines = [f"line {number}" for number in range(8)]

    async def write(person: Customer) -> None:
        for line in lines:
            await person.says(line)

    async def upgrade() -> None:
        await sandbox.wait_for(
            lambda event: "line 2" in str(event["call"]["params"]), after=people[-1].reader.after, kinds="call"
        )
        await sandbox.post(f"chats/{GROUP_ID}/upgrade")

    await asyncio.gather(upgrade(), *map(write, people))
    moved = await sandbox.operator("Olga")
    for topic in topics:
        await moved.reads_in(topic.thread, lines[-1])

    assert moved.group_id != GROUP_ID
    assert [said(await moved.sees_in(topic.thread)) for topic in topics] == [lines] * len(people)
    await moved.writes(topics[0], "/close")
    await is_named(moved, topics[0].thread, "✅")
    await wears(moved, topics[0].thread, CLOSED)


@pytest.fixture
def two_groups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, int]]:
    """A desk with a second group of operators."""
    sandbox, desk = make_desk(tmp_path_factory.mktemp("groups"), **FEW_QUESTIONS)
    try:
        order = json.dumps({"title": "Second desk", "members": []}).encode()
        request = Request(f"{desk.sandbox_url}/sandbox/groups", order, {"content-type": "application/json"})  # noqa: S310 our own sandbox
        with urlopen(request) as answer:  # noqa: S310 our own sandbox
            second = int(json.load(answer)["id"])
        desk.environment["SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS"] = f"[{GROUP_ID}, {second}]"
        desk.start_bot()
        desk.ready()
        yield desk, second
    finally:
        if desk.bot is not sandbox:
            desk.bot.stop()
        sandbox.stop()


async def test_groups_are_filled_in_turn_and_when_one_puts_the_bot_out_the_other_takes_its_chats(
    two_groups: tuple[Desk, int],
) -> None:
    desk, second = two_groups
    async with SandboxClient(desk.sandbox_url) as sandbox:
        olga, there = await sandbox.operator("Olga"), await sandbox.operator("Second", second)
        people = [await sandbox.customer(f"Turn {number}") for number in range(4)]
        for person in people:
            await person.says("/human")
            await person.reads("pass this")
        for number, person in enumerate(people):
            await (there if number % 2 else olga).finds_topic(person.name)

        await sandbox.post(f"chats/{second}/members/{await bot_id(sandbox)}", {"status": "kicked"})
        for person in people:
            for word in ("one", "two"):
                await person.says(f"{word} of {person.name}")

        for person in people:
            topic = await olga.finds_topic(person.name)
            await olga.reads_in(topic, "Why:")
            words = [f"one of {person.name}", f"two of {person.name}"]
            assert [(await olga.reads_in(topic)).text for _ in words] == words
