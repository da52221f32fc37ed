"""What an operator changes before it is with the customer: the customer gets what was read here, and no note."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import FEW_QUESTIONS, Desk, own_desk
from tests.walks.steps import is_attended

pytestmark = pytest.mark.walk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk of these walks' own, whose bot is stopped and started again."""
    with own_desk(tmp_path_factory.mktemp("changed_meanwhile"), **FEW_QUESTIONS) as desk:
        yield desk


@pytest.fixture(autouse=True)
async def all_is_well_again(sandbox: SandboxClient) -> AsyncIterator[None]:
    """Let faults that a walk set end with it."""
    yield
    await sandbox.clear_faults()


async def _has(customer: Customer) -> list[str]:
    """Return captions of the pictures that the bot has sent."""
    return [seen.text for seen in await customer.sees() if seen.by_bot and seen.kind == "photo"]


@pytest.mark.parametrize(
    ("then", "told", "goes"),
    [
        ("// forged, do not tell him", "🔒 This is a note now: it had not gone", []),
        ("/close", "This message was for the customer", ["Here is the receipt"]),
        ("Your {order.number}", "Not changed for the customer", ["Here is the receipt"]),
    ],
)
async def test_a_caption_that_is_changed_while_telegram_asks_to_wait(
    sandbox: SandboxClient, customer: Customer, olga: Operator, then: str, told: str, goes: list[str]
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("copyMessage", chat_id=customer.id, status=429, retry_after=2, times=1)
    photo = await olga.attaches(topic, "photo", caption="Here is the receipt")
    await sandbox.wait_for(lambda event: event["call"]["status"] == 429, after=customer.reader.after, kinds="call")

    await olga.edits_in_topic(photo, then)
    await olga.reads_in(topic, told)
    await olga.writes(topic, "That is all.")
    await customer.reads("That is all.", patience=30)

    assert await _has(customer) == goes


async def test_a_caption_that_is_made_a_note_before_it_is_sent_again(
    sandbox: SandboxClient, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    await sandbox.fault("copyMessage", chat_id=customer.id, action="cut", times=1)
    photo = await olga.attaches(topic, "photo", caption="Here is the receipt")
    notice = await olga.reads_in(topic, "It is not known")
    before = await _has(customer)

    await olga.edits_in_topic(photo, "// forged, do not tell him")
    await olga.reads_in(topic, "🔒 This is a note now and is not sent again.")
    await olga.presses_in(topic, "gain", notice)
    await olga.writes(topic, "That is all.")
    await customer.reads("That is all.")

    assert await _has(customer) == before


async def test_a_picture_and_its_change_into_a_note_that_come_while_the_bot_is_away(
    desk: Desk, customer: Customer, olga: Operator
) -> None:
    topic = await is_attended(customer, olga)
    desk.bot.stop()
    photo = await olga.attaches(topic, "photo", caption="receipt")
    await olga.edits_in_topic(photo, "// forged, do not tell him")
    album = await olga.attaches_album(topic, ["photo", "photo"])
    await olga.edits_in_topic(album[1], "// forged as well")
    await olga.writes(topic, "That is all.")

    desk.start_bot()
    desk.ready()

    assert (await customer.reads(patience=30)).text == "That is all."
    assert await _has(customer) == []
