"""What became of past answers corrects how sure the bot is: slowly, within bounds, and never turning an order round."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place
from bot.faq import unanswered
from bot.faq.entry import FaqEntry, Text
from bot.faq.experience import ENOUGH, FARTHEST, NEUTRAL, Experience, Outcome, learned
from bot.faq.explain import Reason, explain
from bot.faq.knowledge_base import KnowledgeBase, seed
from bot.faq.matcher import Index, Policy
from bot.handoff import queue
from bot.handoff.ticket import Reason as Why
from bot.messaging import conversations
from bot.storage import schema
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def outcomes(chance: float, right: int, wrong: int) -> list[Outcome]:
    return [Outcome(chance, right=True)] * right + [Outcome(chance, right=False)] * wrong


def test_too_few_answers_teach_nothing() -> None:
    found = learned(outcomes(0.96, 100, 190))

    assert (found.slope, found.offset, found.judged) == (1.0, 0.0, 290)
    assert found.corrected(0.96) == 0.96


def test_answers_that_turn_out_wrong_make_it_less_sure_and_right_ones_surer() -> None:
    worse = learned(outcomes(0.96, 700, 300)).corrected(0.96)
    better = learned(outcomes(0.8, 990, 10)).corrected(0.8)

    assert 0.87 < worse < 0.93
    assert 0.87 < better < 0.93


def test_answers_as_right_as_was_said_change_almost_nothing() -> None:
    found = learned(outcomes(0.95, 950, 50) + outcomes(0.5, 100, 100))

    assert abs(found.corrected(0.95) - 0.95) < 0.005
    assert abs(found.corrected(0.5) - 0.5) < 0.02


def test_confidence_that_was_too_high_all_over_comes_nearer_to_the_truth() -> None:
    chance = random.Random(7)
    said = [chance.uniform(0.3, 0.99) for _ in range(4_000)]
    came = [Outcome(one, chance.random() < one**1.5) for one in said]

    found = learned(came)

    grid = [0.4, 0.6, 0.8, 0.9, 0.95]
    before = sum(abs(one - one**1.5) for one in grid)
    after = sum(abs(found.corrected(one) - one**1.5) for one in grid)
    assert after < before / 2


cases = st.lists(
    st.builds(Outcome, st.floats(0, 1), st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 1.0])), max_size=60
)


@settings(max_examples=150)
@given(cases, st.integers(1, 60), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_whatever_happened_the_correction_is_monotone_and_bounded(
    some: list[Outcome], times: int, chances: list[float]
) -> None:
    found = learned(some * times)

    corrected = [found.corrected(one) for one in sorted(chances)]
    assert corrected == sorted(corrected)
    assert all(0 <= one <= 1 for one in corrected)
    assert all(abs(odds(one) - odds(found.corrected(one))) <= FARTHEST + 1e-6 for one in (0.6, 0.9, 0.95, 0.99, 0.999))
    assert (found.corrected(0.0), found.corrected(1.0)) == (0.0, 1.0)
    assert found.judged >= ENOUGH or (found.slope, found.offset) == (1.0, 0.0)


def test_a_match_is_corrected_but_for_what_equals_a_phrasing() -> None:
    base = [
        FaqEntry("cost", {"en": Text("How much is delivery?", ("delivery price", "shipping costs"))}),
        FaqEntry("pay", {"en": Text("How can I pay?", ("payment by card", "do you take cash"))}),
    ]
    sober = Experience(1.0, -1.0, 500)
    plain, taught = (
        Index.build(base, ["en"], policy=Policy(experience=one)).match("what is the delivery price")
        for one in (NEUTRAL, sober)
    )
    exact = Index.build(base, ["en"], policy=Policy(experience=sober)).match("delivery price")

    assert plain.confidence == plain.calibrated == taught.calibrated
    assert taught.confidence == pytest.approx(sober.corrected(plain.confidence), abs=1e-5)
    assert [one.entry for one in taught.candidates] == [one.entry for one in plain.candidates]
    assert all(one.confidence <= taught.confidence for one in taught.candidates)
    assert (exact.kind, exact.confidence, exact.calibrated) == ("answer", 1.0, 0.0)
    assert Reason.EXPERIENCE in {remark.reason for remark in explain(taught)}
    assert Reason.EXPERIENCE not in {remark.reason for remark in explain(plain)}


def _asked(conn: Connection, decision: str, calibrated: float = 0.9, *, now: datetime = NOW, chat: str = "b") -> int:
    conversation, _ = conversations.meet(conn, Place("a", chat), Author(chat, "Anna"), "en", now)
    candidates = [("cost", 0.9), ("pay", 0.05)]
    return unanswered.record(conn, conversation.id, None, "how much", "en", decision, candidates, 1, now, calibrated)


async def test_the_log_tells_what_became_of_each_question(database: Database) -> None:
    def ask(conn: Connection) -> list[Outcome]:
        unanswered.judge(conn, _asked(conn, "answer", 0.99, chat="c"), helpful=True)
        unanswered.judge(conn, _asked(conn, "answer", 0.98, chat="c"), helpful=False)
        _asked(conn, "answer", 0.97, chat="c")
        unanswered.picked(conn, _asked(conn, "suggest", 0.6), "cost")
        unanswered.picked(conn, _asked(conn, "suggest", 0.5), "pay")
        _asked(conn, "suggest", 0.4)
        _asked(conn, "none", 0.1)
        _asked(conn, "answer", 0.0)
        _asked(conn, "answer", 0.96)
        unanswered.handed_over(conn, _conversation(conn), NOW)
        _asked(conn, "answer", 0.95, now=NOW + timedelta(minutes=30))
        return unanswered.outcomes(conn, NOW + timedelta(minutes=61))

    assert await database.transaction(ask) == [
        Outcome(0.96, right=False, weight=0.5),
        Outcome(0.5, right=False),
        Outcome(0.6, right=True),
        Outcome(0.97, right=True, weight=0.25),
        Outcome(0.98, right=False),
        Outcome(0.99, right=True),
    ]


def _conversation(conn: Connection) -> int:
    return conversations.meet(conn, Place("a", "b"), Author("1", "Anna"), "en", NOW)[0].id


@pytest.mark.slow
async def test_the_live_base_takes_it_up_with_the_next_day(database: Database) -> None:
    entry = FaqEntry("cost", {"en": Text("How much is delivery?", ("delivery price",), "5")})
    other = FaqEntry("pay", {"en": Text("How can I pay?", ("payment by card",), "cash")})
    clock = [NOW]
    base = KnowledgeBase(database, lambda: clock[0], ["en"], "UTC", policy=Policy)
    await database.transaction(lambda conn: seed(conn, [entry, other], lambda: NOW))
    await base.refresh()
    before, _ = await base.match("the price of delivery please")

    def disappoint(conn: Connection) -> None:
        for number in range(400):
            unanswered.judge(conn, _asked(conn, "answer", 0.9, chat=f"{number}"), helpful=False)

    await database.transaction(disappoint)
    await base.refresh()
    same, _ = await base.match("the price of delivery please")
    clock[0] = NOW + timedelta(days=1)
    await base.refresh()
    after, _ = await base.match("the price of delivery please")
    base.close()

    assert before is not None
    assert same is not None
    assert after is not None
    assert same.confidence == before.confidence == after.calibrated
    assert after.confidence < before.confidence


async def test_a_person_called_long_after_an_answer_says_nothing_about_it(database: Database) -> None:
    def ask(conn: Connection) -> list[Outcome]:
        _asked(conn, "answer", 0.96)
        unanswered.handed_over(conn, _conversation(conn), NOW + timedelta(minutes=61))
        return unanswered.outcomes(conn, NOW + timedelta(hours=3))

    assert await database.transaction(ask) == [Outcome(0.96, right=True, weight=0.25)]


async def test_one_conversation_counts_by_its_last_questions_only(database: Database) -> None:
    def ask(conn: Connection) -> list[Outcome]:
        unanswered.judge(conn, _asked(conn, "answer", 0.91, chat="somebody else"), helpful=True)
        for number in range(300):
            unanswered.judge(conn, _asked(conn, "answer", round(0.96 + number / 10_000, 4)), helpful=False)
        _asked(conn, "suggest", 0.4)
        return unanswered.outcomes(conn, NOW + timedelta(hours=2), most=10)

    assert await database.transaction(ask) == [
        Outcome(0.9899, right=False),
        Outcome(0.9898, right=False),
        Outcome(0.9897, right=False),
        Outcome(0.91, right=True),
    ]


async def test_one_customer_counts_once_in_however_many_conversations(database: Database) -> None:
    def ask(conn: Connection) -> list[Outcome]:
        for number in range(8):
            chance = round(0.9 + number / 100, 2)
            unanswered.judge(conn, _asked(conn, "answer", chance, chat=f"chat {number}"), helpful=False)
        conn.execute(schema.conversations.update(), {"customer_id": _customer(conn)})
        unanswered.judge(conn, _asked(conn, "answer", 0.99, chat="somebody else"), helpful=True)
        return unanswered.outcomes(conn, NOW + timedelta(hours=2))

    assert await database.transaction(ask) == [
        Outcome(0.99, right=True),
        Outcome(0.97, right=False),
        Outcome(0.96, right=False),
        Outcome(0.95, right=False),
    ]


def _customer(conn: Connection) -> int:
    return int(conn.execute(select(schema.conversations.c.customer_id).limit(1)).scalar_one())


async def test_silence_while_people_have_the_conversation_says_nothing(database: Database) -> None:
    def ask(conn: Connection) -> list[Outcome]:
        _asked(conn, "answer", 0.91)
        ticket, _ = queue.open_ticket(conn, _conversation(conn), Why.ASKED, NOW + timedelta(minutes=1))
        unanswered.judge(conn, _asked(conn, "answer", 0.92, now=NOW + timedelta(minutes=2)), helpful=True)
        _asked(conn, "answer", 0.93, now=NOW + timedelta(minutes=2))
        queue.close(conn, ticket, NOW + timedelta(minutes=3))
        _asked(conn, "answer", 0.94, now=NOW + timedelta(minutes=4))
        return unanswered.outcomes(conn, NOW + timedelta(hours=2))

    assert await database.transaction(ask) == [
        Outcome(0.94, right=True, weight=0.25),
        Outcome(0.92, right=True),
        Outcome(0.91, right=True, weight=0.25),
    ]


@pytest.mark.slow
async def test_all_processes_of_a_day_are_equally_sure_and_so_is_one_that_starts_again(database: Database) -> None:
    clock = [NOW]

    async def start() -> tuple[KnowledgeBase, Experience]:
        base = KnowledgeBase(database, lambda: clock[0], ["en"], "UTC", policy=Policy)
        await base.refresh()
        return base, base.policy.experience

    def disappoint(conn: Connection) -> None:
        for number in range(400):
            early = NOW - timedelta(hours=2)
            unanswered.judge(conn, _asked(conn, "answer", 0.9, now=early, chat=f"{number}"), helpful=False)

    first, began = await start()
    await database.transaction(disappoint)
    second, same = await start()
    clock[0] = NOW + timedelta(days=1)
    third, learned_since = await start()
    await second.refresh()

    assert same == began == NEUTRAL
    assert learned_since.corrected(0.95) < 0.95
    assert second.policy.experience == learned_since
    for base in (first, second, third):
        base.close()
