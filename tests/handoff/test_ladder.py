"""The ladder of the SLA on both databases: each notice once, and none of a ticket that was answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.domain.people import Role
from bot.handlers import ladder
from bot.handoff import notices, queue
from bot.handoff.ticket import Ticket
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.shop import Shop, open_shop, staffed_shop

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TOPIC = ("topic", "⏰ #{n} Anna · the first answer is due today at 10:01. Nobody has taken the chat yet.")
OPERATOR = "⚠️ #{n} Anna · the first answer was due today at 10:01. Nobody has taken the chat yet."
MANAGERS = "🚨 #{n} Anna · the first answer was due today at 10:01. Nobody has taken the chat yet."
_N = schema.sla_notices


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await staffed_shop(database)


async def climbed(shop: Shop, *seconds: int) -> list[list[tuple[str, str]]]:
    """Return what is said when one looks after so many seconds each."""
    found = []
    for span in seconds:
        shop.later(seconds=span)
        await shop.sweep()
        found.append(await shop.told())
    return found


async def changes(shop: Shop, ticket: Ticket, change: Callable[[Connection, Ticket, datetime], object]) -> Ticket:
    """Change a ticket as it stands now."""

    def work(conn: Connection) -> Ticket:
        found = queue.get(conn, ticket.id)
        assert found is not None
        change(conn, found, shop.now)
        after = queue.get(conn, ticket.id)
        assert after is not None
        return after

    return await shop.change(work)


async def test_each_step_of_the_ladder_is_said_once_to_those_whom_it_concerns(shop: Shop) -> None:
    ticket = await shop.asks()

    told = await climbed(shop, 10, 20, 5, 25, 5, 55, 5, 600)

    everybody = [(who, OPERATOR.format(n=ticket.id)) for who in ("Ada", "Maria", "Olga")]
    said = [[(TOPIC[0], TOPIC[1].format(n=ticket.id))], everybody, [("Maria", MANAGERS.format(n=ticket.id))]]
    assert [sorted(some) for some in told] == [[], said[0], [], said[1], [], said[2], [], []]


async def test_whoever_has_the_chat_is_told_and_nobody_else(shop: Shop) -> None:
    ticket = await shop.asks()
    max_ = shop.people["Max"]
    await changes(shop, ticket, lambda conn, one, now: queue.claim(conn, one.id, max_, now))

    (told,) = await climbed(shop, 61)

    assert told == [("Max", f"⚠️ #{ticket.id} Anna · the first answer was due today at 10:01. You have the chat.")]


async def test_nobody_hears_of_a_chat_outside_their_shift(shop: Shop, tmp_path: Path) -> None:
    shop.rule('time_zone = "UTC"\n[shifts.Olga]\nmonday = ["12:00-20:00"]\n', tmp_path)
    await shop.asks()

    (told,) = await climbed(shop, 61)

    assert sorted(who for who, _ in told) == ["Ada", "Maria"]


async def test_the_next_answer_counts_from_the_customers_word_and_stops_with_the_answer(shop: Shop) -> None:
    ticket = await shop.asks()
    olga = shop.people["Olga"]
    await changes(shop, ticket, lambda conn, one, now: queue.claim(conn, one.id, olga, now))
    await changes(shop, ticket, queue.answered)
    assert await climbed(shop, 3000) == [[]]

    await changes(shop, ticket, queue.customer_wrote)
    shop.later(seconds=1)
    await changes(shop, ticket, queue.customer_wrote)
    in_time = await climbed(shop, 140, 20)
    await changes(shop, ticket, queue.answered)
    answered = await climbed(shop, 200)
    await changes(shop, ticket, queue.customer_wrote)
    again = await climbed(shop, 301)

    assert in_time == [[], [("topic", f"⏰ #{ticket.id} Anna · an answer is due today at 10:55. Olga has the chat.")]]
    assert answered == [[]]
    assert again == [[("Olga", f"⚠️ #{ticket.id} Anna · an answer was due today at 11:01. You have the chat.")]]


async def test_a_chat_that_was_opened_again_is_answered_by_its_first_answer_from_then_on(shop: Shop) -> None:
    ticket = await shop.asks()

    def handle(conn: Connection, found: Ticket, now: datetime) -> None:
        queue.claim(conn, found.id, shop.people["Olga"], now)
        claimed = queue.get(conn, found.id)
        assert claimed is not None
        queue.answered(conn, claimed, now)

    await changes(shop, ticket, handle)
    await changes(shop, ticket, queue.close)
    shop.later(hours=1)
    await changes(shop, ticket, queue.reopen)
    assert await shop.change(lambda conn: queue.first_answers(conn, shop.now)) == []
    shop.later(seconds=20)
    again = await changes(shop, ticket, handle)

    assert again.first_answer_at == shop.now
    assert await shop.change(lambda conn: queue.first_answers(conn, again.opened_at)) == [timedelta(seconds=20)]
    assert await climbed(shop, 30, 60, 600) == [[], [], []]


async def test_the_resolution_counts_on_while_the_customer_is_waited_for_and_ends_with_the_ticket(shop: Shop) -> None:
    tickets = [await shop.asks(name) for name in ("Anna", "Ben")]
    for ticket in tickets:
        await changes(shop, ticket, lambda conn, one, now: queue.claim(conn, one.id, shop.people["Olga"], now))
        await changes(shop, ticket, queue.answered)
    await changes(shop, tickets[1], queue.close)

    told = await climbed(shop, 12 * 3600, 12 * 3600, 24 * 3600)

    heads = [[(who, text.split(" · ")[0]) for who, text in some] for some in told]
    name = f"#{tickets[0].id} Anna"
    assert heads == [[("topic", f"⏰ {name}")], [("Olga", f"⚠️ {name}")], [("Maria", f"🚨 {name}")]]


async def test_after_six_hours_of_downtime_only_the_highest_step_is_said(shop: Shop) -> None:
    ticket = await shop.asks()
    await shop.sweep()

    told = await climbed(shop, 6 * 3600, 5)

    assert told == [[("Maria", MANAGERS.format(n=ticket.id))], []]
    rows = await shop.change(
        lambda conn: conn.execute(select(_N.c.step, _N.c.outcome).where(_N.c.promise == "first_answer")).all()
    )
    assert {(step, outcome) for step, outcome in rows} == {
        ("topic", "passed_over"),
        ("operator", "passed_over"),
        ("managers", "sent"),
    }


async def test_a_ticket_that_was_answered_or_closed_meanwhile_is_not_mentioned(shop: Shop) -> None:
    answered, closed = await shop.asks("Anna"), await shop.asks("Ben")
    await shop.sweep()
    shop.later(seconds=20)
    await changes(shop, answered, queue.answered)
    await changes(shop, closed, queue.close)

    assert await climbed(shop, 3600) == [[]]
    left = await shop.change(lambda conn: conn.execute(select(_N.c.ticket_id, _N.c.promise)).all())
    assert {tuple(row) for row in left} == {(answered.id, "resolution")}


async def test_a_reopened_ticket_is_owed_a_first_answer_again(shop: Shop) -> None:
    ticket = await shop.asks()
    for change in (queue.answered, queue.close, queue.reopen):
        shop.later(seconds=10)
        await changes(shop, ticket, change)

    (told,) = await climbed(shop, 30)

    assert [who for who, _ in told] == ["topic"]


async def test_the_ladder_waits_for_the_hours(shop: Shop, tmp_path: Path) -> None:
    shop.rule('time_zone = "UTC"\n[hours]\nmonday = ["9-18"]\ntuesday = ["9-18"]', tmp_path)
    shop.now = datetime.fromisoformat("2026-11-23T17:59:30+00:00")
    ticket = await shop.asks()

    told = await climbed(shop, 29, 2, 3 * 3600, 12 * 3600)

    due = f"⏰ #{ticket.id} Anna · the first answer is due today at 9:00. Nobody has taken the chat yet."
    assert told == [[], [], [], [("topic", due)]]


async def test_a_team_that_is_not_at_work_is_left_alone_while_another_is_told(shop: Shop, tmp_path: Path) -> None:
    shop.rule('time_zone = "UTC"\n[teams.returns.hours]\ntuesday = ["9-18"]', tmp_path)
    await shop.asks("Anna", team="returns")
    other = await shop.asks("Ben")

    (told,) = await climbed(shop, 61)

    assert {text.split(" · ")[0] for _, text in told} == {f"⚠️ #{other.id} Ben"}


async def test_of_those_on_duty_only_the_team_hears_of_its_chats_and_only_who_may_take_them(shop: Shop) -> None:
    await shop.hires("Tina", team="returns", level=3)
    await shop.hires("Tom", team="returns")
    await shop.hires("Sam", team="sales", level=3)
    await shop.hires("Gina", level=2)
    await shop.asks(team="returns", level=2)

    (told,) = await climbed(shop, 61)

    assert {who for who, _ in told} == {"Tina", "Gina"}


async def test_of_many_on_duty_ten_hear_of_a_chat_that_nobody_has(shop: Shop) -> None:
    for number in range(20):
        await shop.hires(f"Operator {number}")
    await shop.asks()

    (told,) = await climbed(shop, 61)

    assert len(told) == len(set(told)) == ladder.TOLD


async def test_what_nobody_can_read_privately_stands_in_the_topic(database: Database) -> None:
    shop = open_shop(database)
    await shop.hires("Console", telegram_id=None)
    ticket = await shop.asks()

    told = await climbed(shop, 61, 60)

    assert told == [[("topic", OPERATOR.format(n=ticket.id))], [("topic", MANAGERS.format(n=ticket.id))]]


async def test_without_a_manager_the_admins_hear_of_it(database: Database) -> None:
    shop = open_shop(database)
    await shop.hires("Ada", Role.ADMIN)
    await shop.asks()

    (told,) = await climbed(shop, 121)

    assert [who for who, _ in told] == ["Ada"]


async def test_a_ticket_that_comes_to_another_level_is_reckoned_anew(shop: Shop, tmp_path: Path) -> None:
    shop.rule('[sla.levels.3]\nfirst_answer = "1 h"', tmp_path)
    ticket = await shop.asks()
    early = await climbed(shop, 30)
    await changes(shop, ticket, lambda conn, one, now: queue.mark(conn, one, now, level=3))

    told = await climbed(shop, 600, 3000)

    due = f"⚠️ #{ticket.id} Anna · the first answer was due today at 11:00. Nobody has taken the chat yet."
    assert [[who for who, _ in some] for some in early] == [["topic"]]
    assert told == [[], [("topic", due)]]  # nobody on duty may take level 3


async def test_other_promises_hold_after_a_restart_for_those_who_wait_already(shop: Shop, tmp_path: Path) -> None:
    await shop.asks()
    await shop.sweep()

    shop.rule('[sla]\nfirst_answer = "10 min"\nresolution = "off"', tmp_path)
    told = await climbed(shop, 120, 200, 48 * 3600)

    assert [[(who, text[0]) for who, text in some] for some in told] == [[], [("topic", "⏰")], [("Maria", "🚨")]]


async def test_what_is_not_promised_is_never_due_and_looked_at_once(shop: Shop, tmp_path: Path) -> None:
    shop.rule('[sla]\nfirst_answer = "off"\nnext_answer = "off"\nresolution = "off"', tmp_path)
    await shop.asks()

    assert [await shop.sweep(), await shop.sweep()] == [2, 1]
    assert await climbed(shop, 3600) == [[]]


async def test_a_sweep_that_is_cut_off_says_nothing_and_the_next_one_says_it_once(shop: Shop) -> None:
    ticket = await shop.asks()
    shop.later(seconds=121)

    def cut_short(conn: Connection) -> None:
        assert ladder.sweep_promises(shop.house, conn, shop.now)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await shop.change(cut_short)
    assert await shop.told() == []

    assert await climbed(shop, 0, 5) == [[("Maria", MANAGERS.format(n=ticket.id))], []]


async def test_what_was_said_long_ago_of_closed_tickets_is_forgotten_and_nothing_else(shop: Shop) -> None:
    closed, open_ = await shop.asks("Anna"), await shop.asks("Ben")
    await climbed(shop, 121)
    await changes(shop, closed, queue.close)
    await shop.sweep()
    shop.later(days=31)

    await shop.change(lambda conn: notices.forget(conn, shop.now))

    left = await shop.change(lambda conn: set(conn.execute(select(_N.c.ticket_id)).scalars()))
    assert left >= {open_.id}
    said = await shop.change(
        lambda conn: conn.execute(select(_N.c.ticket_id).where(_N.c.outcome != "")).scalars().all()
    )
    assert set(said) == {open_.id}
