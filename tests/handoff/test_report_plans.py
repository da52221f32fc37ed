"""What a day's report and the clock's sweeps ask for is found by an index: a year of messages slows nothing down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.handlers import assigning, closing, ladder, pace, reporting, undelivered
from bot.handoff import notices, queue
from bot.messaging import inbox
from bot.quality import checks, facts
from bot.storage.database import Database
from tests.handoff.business import MONDAY
from tests.handoff.floor import Floor, open_floor
from tests.plans import Asks, read_whole

pytestmark = pytest.mark.slow  # a year of rows on PostgreSQL
RULES = """
[auto_close]
hours = 24
[assignment]
mode = "balanced"
"""
A_YEAR = """
INSERT INTO customers (id, name, created_at)
    SELECT n, 'x', now() FROM generate_series(5000, 7000) n;
INSERT INTO conversations (id, customer_id, channel, chat, language, flow, created_at)
    SELECT n, n, 'telegram', 'x' || n, 'en', '{}', now() FROM generate_series(5000, 7000) n;
INSERT INTO tickets (id, conversation_id, state, reason, tags, opened_at, closed_at)
    SELECT n, n, 'closed', 'asked', '[]', day, day FROM generate_series(5000, 7000) n,
    LATERAL (SELECT timestamptz '2026-11-23' - (n - 5000) * interval '6 hours' AS day) days;
INSERT INTO messages (id, conversation_id, ticket_id, author, kind, entities, details, at)
    SELECT id * 4 + k, id, id, (ARRAY['customer', 'bot'])[1 + k % 2], 'text', '[]', '{}', opened_at
    FROM generate_series(0, 3) k, tickets WHERE id >= 5000;
INSERT INTO ticket_log (ticket_id, kind, at)
    SELECT id, 'opened', opened_at FROM tickets WHERE id >= 5000;
INSERT INTO matches (conversation_id, message_id, question, language, decision, confidence, candidates, faq_version, at)
    SELECT id, id * 4, 'x', 'en', 'none', 0, '[]', 1, opened_at FROM tickets WHERE id >= 5000;
INSERT INTO csat (ticket_id, score, asked_at, scored_at)
    SELECT id, 5, opened_at, opened_at FROM tickets WHERE id >= 5000;
INSERT INTO sla_notices (ticket_id, promise, since, step, basis, due_at, at)
    SELECT id, 'first_answer', opened_at, 'topic', 'x', opened_at, timestamptz '2026-11-23' - id % 20 * interval '1 day'
    FROM tickets WHERE id >= 5000;
INSERT INTO inbox (channel, account, external_id, lane, payload, state, received_at)
    SELECT 'telegram', '', 'x' || id, 'x', '{}', 'done', now() FROM tickets WHERE id >= 5000;
INSERT INTO outbox (channel, chat, lane, conversation_id, message_id, act, body, author, state, created_at, not_before)
    SELECT 'telegram', chat, chat, m.conversation_id, m.id, 'say', '{}', 'bot', 'sent', m.at, m.at
    FROM messages m, conversations c WHERE c.id = m.conversation_id AND m.id >= 20000;
SELECT setval(pg_get_serial_sequence('customers', 'id'), max(id)) FROM customers;
SELECT setval(pg_get_serial_sequence('conversations', 'id'), max(id)) FROM conversations;
SELECT setval(pg_get_serial_sequence('tickets', 'id'), max(id)) FROM tickets;
SELECT setval(pg_get_serial_sequence('messages', 'id'), max(id)) FROM messages;
ANALYZE
"""
"""PostgreSQL plans by what is there: next to nothing it reads whole, however many indexes there are.

Its own numbers go on behind those given here, wherever the tests before this one left them.
"""


def a_year_goes_by(conn: Connection) -> None:
    if conn.dialect.name == "postgresql":
        for statement in A_YEAR.split(";"):
            conn.execute(text(statement))


async def whole(database: Database, questions: dict[str, Asks]) -> dict[str, list[str]]:
    """Return what is read from end to end, by question."""
    read = {}
    for name, asks in questions.items():
        read[name] = await database.transaction(lambda conn, asks=asks: read_whole(conn, asks))  # type: ignore[misc]
    return {name: steps for name, steps in read.items() if steps}


@pytest.fixture
async def floor(database: Database, tmp_path: Path) -> Floor:
    floor = open_floor(database)
    floor.rule(RULES, tmp_path)
    await floor.hires("Olga", away=True, away_since=MONDAY)
    await floor.change(a_year_goes_by)
    return floor


async def test_a_days_report_reads_no_table_whole(floor: Floor) -> None:
    start, end = MONDAY - timedelta(days=1), MONDAY

    read = await whole(
        floor.house.database,
        {
            "the report": lambda conn: facts.gather(conn, start, end, ["telegram"]),
            "the draw of tickets to look at": lambda conn: checks.draw(conn, start, end, "seed", 5),
            "how fast it goes today": lambda conn: queue.first_answers(conn, start),
        },
    )

    assert read == {}


async def test_no_sweep_of_the_clock_reads_a_table_whole(floor: Floor) -> None:
    house, now = floor.house, floor.now + timedelta(hours=1)
    yesterday = now.date() - timedelta(days=1)
    for name in ("Anna", "Cleo"):
        await floor.asks(name)
    await floor.writes("Olga", "Anna", "Hello")
    for number in range(25):
        await floor.says("Boris", f"line {number}")

    read = await whole(
        house.database,
        {
            "floods": lambda conn: pace.sweep_held(house, conn, now),
            "promises": lambda conn: ladder.sweep_promises(house, conn, now),
            "the digest": lambda conn: reporting.report_of(house.rules, conn, yesterday, yesterday, now, ["telegram"]),
            "chats of who went away": lambda conn: assigning.sweep_returns(house, conn, now),
            "who is quiet": lambda conn: closing.sweep_quiet(house, conn, now + timedelta(days=1)),
            "who gets a chat": lambda conn: assigning.planned(house, conn, now),
            "missing topics": lambda conn: undelivered.open_missing(house, conn, now),
            "old rows of the inbox": lambda conn: inbox.forget(conn, now),
            "old notices": lambda conn: notices.forget(conn, now),
        },
    )

    assert read == {}
