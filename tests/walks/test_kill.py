"""`kill -9` again and again while customers write: nothing is lost, nothing is out of order, repeats are marked."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.filling_in import way_for
from tests.sandbox_client import Customer, SandboxClient, Seen
from tests.walks.conftest import Desk, own_desk

pytestmark = pytest.mark.walk

ANSWERED: Final = {
    "/help": "Just write your question in your own words.",
    "/privacy": "We keep your name as shown in the messenger",
    "/orders": "You have no orders yet.",
    "/language": "Which language shall we speak?",
    "/topics": "What is it about?",
    "/cancel": "There is nothing to cancel.",
    "How can I pay?": "You can pay with:",
}
"""What is asked, and what its answer begins with."""
PATIENCE: Final = 90.0
MOST_STEPS: Final = 30


@dataclass
class Traffic:
    """Customers who write by a plan made of one seed; every third has asked for a person and waits."""

    sandbox: SandboxClient
    seed: int
    people: list[Customer] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)

    async def begin(self, customers: int, messages: int) -> None:
        dice = random.Random(self.seed)
        self.people = [await self.sandbox.customer(f"Walker {number}") for number in range(customers)]
        for number in range(customers):
            plan = [""]
            while len(plan) <= messages // customers:
                plan.append(dice.choice([said for said in ANSWERED if said != plan[-1]]))
            self.plans.append(self._waiting(number, plan[1:]) if number % 3 == 0 else plan[1:])

    @staticmethod
    def _waiting(number: int, plan: Sequence[str]) -> list[str]:
        return ["/human", *[f"word {number}.{line}" for line in range(len(plan) - 1)]]

    async def write(self, begin: float, end: float) -> None:
        """Let everybody write a part of their plan, all at the same time."""

        async def part(person: Customer, plan: list[str]) -> None:
            for said in plan[round(len(plan) * begin) : round(len(plan) * end)]:
                await person.says(said)

        await asyncio.gather(*(part(*one) for one in zip(self.people, self.plans, strict=True)))

    async def sends(self, more: int) -> None:
        """Wait until the bot has begun so many sends from now on."""
        after = await self.sandbox.seq()
        for _ in range(more):
            event = await self.sandbox.wait_for(
                lambda event: event["call"]["method"] == "sendMessage", after=after, kinds="call", patience=PATIENCE
            )
            after = event["seq"]


async def _settled(desk: Desk, traffic: Traffic) -> None:
    """Wait until nothing is to be handled or delivered any more."""
    loop = asyncio.get_running_loop()
    end, after = loop.time() + PATIENCE, await traffic.sandbox.seq()
    waiting: list[tuple[object, ...]] = []
    while loop.time() < end:
        waiting = desk.rows("SELECT id, lane, state FROM inbox WHERE state = 'new'")
        waiting += desk.rows("SELECT id, lane, state FROM outbox WHERE state IN ('pending', 'sending')")
        if not waiting and not (await traffic.sandbox.get("state"))["waiting"]:
            return
        _, after = await traffic.sandbox.events(after, 0.5)
    raise AssertionError(f"seed {traffic.seed}: still waiting: {waiting}")


def _without_repeats(texts: Sequence[str]) -> tuple[list[str], Counter[str]]:
    """Return what was heard with what came twice in a row left out, and what was left out."""
    kept = [text for before, text in pairwise(["", *texts]) if text != before]
    return kept, Counter(texts) - Counter(kept)


def _question(text: str) -> str:
    """Return what an answer answers, or the answer when it is none of ours."""
    return next((said for said, begin in ANSWERED.items() if text.startswith(begin)), text)


def _marked(desk: Desk, lane: str) -> Counter[str]:
    """Return the texts of the deliveries in some lanes that are marked as possibly repeated, with how often each.

    The mark stands once however often the row was killed: one that was killed twice while it was being sent has
    `repeated` set and three `attempts`, and may have come twice too often. So the attempts after the first count. A row
    that is marked and was refused as well, by a 429 say, has more attempts than repeats: the count allows more then.
    """
    rows = desk.rows("SELECT body, attempts FROM outbox WHERE repeated AND act = 'say' AND lane LIKE ?", lane)
    found: Counter[str] = Counter()
    for body, attempts in rows:
        found[json.loads(str(body))["text"]["text"]] += int(str(attempts)) - 1
    return found


async def _kill_while_they_write(folder: Path, *, seed: int, kills: int, messages: int, customers: int) -> None:
    dice = random.Random(seed)
    with own_desk(folder) as desk:
        async with SandboxClient(desk.sandbox_url, PATIENCE) as sandbox:
            traffic = Traffic(sandbox, seed)
            await traffic.begin(customers, messages)
            for number in range(kills):
                moment = asyncio.create_task(traffic.sends(dice.randint(1, messages // kills // 2)))
                await traffic.write(number / kills, (number + 1) / kills)
                await moment
                assert desk.bot.stop(signal.SIGKILL) == -signal.SIGKILL
                desk.start_bot()
            desk.ready()
            await _settled(desk, traffic)

            for number, (person, plan) in enumerate(zip(traffic.people, traffic.plans, strict=True)):
                story = f"seed {seed}, {person.name}"
                if number % 3 == 0:
                    await _all_in_topic(desk, sandbox, person, plan, story)
                else:
                    await _all_answered(desk, person, plan, story)
            failed = desk.rows("SELECT id, act, error FROM outbox WHERE state NOT IN ('sent') AND act = 'say'")
            assert failed == [], f"seed {seed}"
            assert desk.rows("SELECT count(*) FROM inbox WHERE state != 'done'") == [(0,)], f"seed {seed}"


async def _all_answered(desk: Desk, person: Customer, plan: Sequence[str], story: str) -> None:
    heard, repeats = _without_repeats([seen.text for seen in await person.sees() if seen.by_bot])
    assert [_question(text) for text in heard] == plan, story
    assert repeats <= _marked(desk, f"telegram:{person.id}"), story


async def _all_in_topic(desk: Desk, sandbox: SandboxClient, person: Customer, plan: Sequence[str], story: str) -> None:
    [(chat, thread)] = desk.rows(
        "SELECT topics.chat, topics.thread FROM topics JOIN conversations ON conversations.id = conversation_id"
        " WHERE conversations.chat = ?",
        str(person.id),
    )
    seen = await sandbox.messages(int(str(chat)), int(str(thread)))
    words, repeats = _without_repeats([one.text for one in seen if one.text.startswith("word ")])
    assert words == plan[1:], story
    assert repeats <= _marked(desk, f"telegram:{chat}:%"), story


async def test_kill_nine_three_times_while_customers_write_loses_nothing(tmp_path: Path) -> None:
    await _kill_while_they_write(tmp_path, seed=20261, kills=3, messages=120, customers=12)


@pytest.mark.long
async def test_kill_nine_after_every_answer_of_the_form_leaves_its_question_and_makes_one_order(tmp_path: Path) -> None:
    with own_desk(tmp_path) as desk:
        async with SandboxClient(desk.sandbox_url, PATIENCE) as sandbox:
            anna = await sandbox.customer("Anna Killed", language="en", phone="+4915112345678")
            await anna.says("/order")
            asked, kills = await anna.reads(), 0
            while "has the number" not in asked.text:
                assert desk.bot.stop(signal.SIGKILL) == -signal.SIGKILL
                desk.start_bot(plain=True)
                desk.ready()
                kills += 1
                await anna.says("/order")
                again = await anna.reads()
                assert _asks(again) == _asks(asked), kills
                way, button = way_for(again.text, again.buttons)
                await (anna.presses(button, again) if button else anna.says(way.say))
                asked = await _next(anna, again)
                assert kills < MOST_STEPS
            assert desk.bot.stop(signal.SIGKILL) == -signal.SIGKILL
            desk.start_bot(plain=True)
            desk.ready()

            assert kills > 8
            assert desk.rows("SELECT count(*) FROM orders") == [(1,)]


def _asks(seen: Seen) -> tuple[str, tuple[str, ...]]:
    """Return the question, without what is said before it, and its buttons."""
    return seen.text.splitlines()[-1], seen.buttons


async def _next(person: Customer, before: Seen) -> Seen:
    """Return the next question; copies of the one before, which a killed bot sends again, are passed over."""
    seen = await person.reads()
    while _asks(seen) == _asks(before):
        seen = await person.reads()
    return seen


@pytest.mark.long
async def test_kill_nine_ten_times_while_customers_write_loses_nothing(tmp_path: Path) -> None:
    await _kill_while_they_write(
        tmp_path, seed=random.SystemRandom().randrange(10**6), kills=10, messages=500, customers=20
    )
