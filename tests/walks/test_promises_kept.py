"""What was promised and how it went: the ladder over a kill, a low score, figures, and a look at a closed ticket."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import FEW_QUESTIONS, Desk, make_desk, run
from tests.walks.steps import asks_for_a_person, is_closed, nothing_is_on_its_way

pytestmark = pytest.mark.walk


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Start a desk that promises the first answer within an hour."""
    folder: Path = tmp_path_factory.mktemp("hasty")
    sandbox, desk = make_desk(folder, **FEW_QUESTIONS)
    rules = folder / "config" / "handoff.toml"
    promised = rules.read_text(encoding="utf-8").replace('first_answer = "10 h"', 'first_answer = "1 h"')
    rules.write_text(promised, encoding="utf-8")
    with run(sandbox, desk) as running:
        yield running


@pytest.fixture
async def there(hasty: Desk) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(hasty.sandbox_url) as client:
        yield client


async def started(sandbox: SandboxClient, name: str) -> Operator:
    """Return somebody of the staff who has pressed Start."""
    person = await sandbox.operator(name)
    await person.says("/back")
    await person.reads()
    return person


async def signs(person: Customer, sign: str) -> list[str]:
    return [seen.text.partition("\n")[0] for seen in await person.sees() if seen.text.startswith(sign)]


async def is_looked_at(desk: Desk, customer: Customer, *, steps: int) -> None:
    """Wait until a sweep has left so many steps of a first answer to come, and what it said has been sent."""
    to_come = (
        "SELECT step FROM sla_notices JOIN tickets ON tickets.id = ticket_id"
        " JOIN conversations ON conversations.id = conversation_id"
        " WHERE promise = 'first_answer' AND at IS NULL AND chat = ?"
    )
    async with asyncio.timeout(30):
        while len(desk.rows(to_come, str(customer.id))) != steps:  # noqa: ASYNC110 another program's table
            await asyncio.sleep(0.05)
        while desk.rows("SELECT id FROM outbox WHERE state IN ('pending', 'sending')"):  # noqa: ASYNC110 the same
            await asyncio.sleep(0.05)


def passes(desk: Desk, minutes: int) -> None:
    """Let time go by for all that is promised."""
    desk.write("UPDATE sla_notices SET due_at = datetime(due_at, ?) WHERE at IS NULL", f"-{minutes} minutes")


async def test_each_step_of_the_ladder_comes_once_also_over_a_kill(hasty: Desk, there: SandboxClient) -> None:
    olga, ada = await started(there, "Olga"), await started(there, "Ada")
    anna = await there.customer("Anna of the ladder", language="en")
    topic = await asks_for_a_person(anna, olga)

    await is_looked_at(hasty, anna, steps=3)
    passes(hasty, 31)
    await olga.reads_in(topic, "⏰", patience=30)
    passes(hasty, 30)
    late = await olga.reads("⚠️", patience=30)
    await nothing_is_on_its_way(hasty)
    hasty.bot.stop(signal.SIGKILL)
    passes(hasty, 60)
    hasty.start_bot()
    hasty.ready()
    very_late = await ada.reads("🚨", patience=30)
    later = await there.customer("Later than Anna", language="en")
    await asks_for_a_person(later, olga)
    await is_looked_at(hasty, later, steps=3)  # so all has been looked at once more

    assert "Nobody has taken the chat yet." in late.text
    assert f"https://t.me/c/{str(olga.group_id).removeprefix('-100')}/{topic.thread}" in very_late.text
    assert [len(await signs(person, sign)) for person, sign in ((olga, "⚠️"), (ada, "🚨"), (olga, "🚨"))] == [1, 1, 0]
    assert sum(seen.text.startswith("⏰") for seen in await olga.sees_in(topic)) == 1


async def test_who_is_answered_in_time_is_mentioned_nowhere(hasty: Desk, there: SandboxClient) -> None:
    olga = await started(there, "Olga")
    ben = await there.customer("Ben of the answer", language="en")
    topic = await asks_for_a_person(ben, olga)
    await is_looked_at(hasty, ben, steps=3)
    await olga.writes(topic, "Good day!")
    await ben.reads("Good day!")

    passes(hasty, 61)
    await is_looked_at(hasty, ben, steps=0)  # in an hour and a minute nothing is owed any more

    assert [seen.text for seen in await olga.sees_in(topic) if seen.text.startswith("⏰")] == []
    hurried = [seen.text for seen in await olga.sees() if seen.text.startswith("⚠️")]
    assert [text for text in hurried if "Ben of the answer" in text] == []


async def test_a_low_score_the_figures_and_a_look_at_the_ticket(hasty: Desk, there: SandboxClient) -> None:
    olga, ada = await started(there, "Olga"), await started(there, "Ada")
    cleo = await there.customer("Cleo of the score", language="en")
    await is_closed(cleo, olga)

    await cleo.presses("1 😞")
    await cleo.reads("What went wrong?")
    score = await ada.reads("gave 1 of 5", patience=20)
    await cleo.says("nobody listened")
    comment = await ada.reads("and writes: nobody listened", patience=20)
    await ada.says("/report")
    figures = await ada.reads("Report:")
    await ada.says("/sample")
    drawn = await ada.reads("Cleo of the score")
    await ada.presses("4", drawn)
    printed = hasty.command("report", "--json")

    assert "Cleo of the score" in score.text
    assert "https://" in comment.text
    assert "CSAT: 1.00 of 5" in figures.text
    assert len(drawn.buttons) == 12
    assert '"quality_number": 1' in printed.stdout
    assert hasty.rows("SELECT score FROM quality_checks") == [(4,)]
