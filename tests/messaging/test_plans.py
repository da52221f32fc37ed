"""What is asked of the tables at every message reads an index, so that a year of messages slows nothing down."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.handoff import notices, proposals, queue
from bot.handoff.hours import WorkingHours
from bot.handoff.promises import Sla
from bot.handoff.ticket import Reason
from bot.messaging import backlog, inbox, outbox, receipts, topics, transcript
from bot.storage.database import Database
from bot.web import chat_history, health
from tests.messaging.seen import ANNA, GROUP, NOW, conversation
from tests.plans import Asks, asked_by

GROWING = "inbox|outbox|messages|tickets|events|receipts|sla_notices|ticket_log|proposals"
WHOLE = re.compile(
    rf"SCAN ({GROWING})( USING INDEX (?!uq_tickets_open|ix_).*)?|SEARCH ({GROWING}) .*\(channel=\?( AND account=\?)?\)"
)
"""A table, or all of it that came by one channel or to one account."""


def _whole_tables(conn: Connection, asks: Asks) -> list[str]:
    """Return the steps of SQLite's plans that read a growing table from end to end, or all of one account."""
    steps = [
        row[3]
        for statement, values in asked_by(conn, asks)
        if statement.startswith(("SELECT", "UPDATE", "DELETE"))
        for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
    return [step for step in steps if WHOLE.fullmatch(step)]


def _how_long(conn: Connection, ticket: int) -> object:
    found = queue.get(conn, ticket)
    assert found is not None
    return queue.wait_of(conn, found, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_asked_all_day_never_reads_a_whole_table(database: Database) -> None:
    anna = await conversation(database)
    opened, _ = await database.transaction(lambda conn: queue.open_ticket(conn, anna, Reason.ASKED, NOW))
    sla = Sla(WorkingHours("UTC", {}))
    await database.transaction(lambda conn: notices.lay_out(conn, sla, NOW, 200))
    questions: dict[str, Asks] = {
        "the delivery loop's look": lambda conn: outbox.claim(conn, NOW, 32, ["telegram", "webchat"], lambda _: True),
        "the front door's look": lambda conn: inbox.look(conn, ["telegram"], 500, ["telegram:7"]),
        "the rows that it takes": lambda conn: inbox.load(conn, [1, 2]),
        "what of the outbox is over": lambda conn: outbox.forget(conn, NOW),
        "a search by a stranger": lambda conn: backlog.begun_since(conn, ANNA, ANNA.lane, NOW),
        "a message found again": lambda conn: transcript.said_at(conn, anna, "511", "7"),
        "a line's delivery": lambda conn: receipts.carrying(conn, 7),
        "a topic's conversation": lambda conn: topics.at(conn, GROUP),
        "the next in the queue": queue.next_waiting,
        "the wait that is told": lambda conn: _how_long(conn, opened.id),
        "the last closed": lambda conn: queue.list_closed(conn, 50),
        "what is promised to whom": lambda conn: notices.lay_out(conn, sla, NOW, 200),
        "what is due": lambda conn: notices.due_tickets(conn, NOW, 200),
        "the answers that wait for nobody": lambda conn: queue.quiet_since(conn, NOW, 50, warned=False),
        "tickets without a topic": lambda conn: queue.without_topic(conn, 20),
        "how much everybody has": queue.load,
        "what was offered": lambda conn: proposals.last_for_line(conn, anna),
        "a message before it is kept": lambda conn: transcript.before(conn, anna, ("511", "7"), 20),
        "a visitor's page": lambda conn: chat_history.history(conn, "w1"),
        "whether a visitor is known": lambda conn: chat_history.known(conn, "w1"),
        "health": lambda conn: health.figures(conn, NOW + timedelta(minutes=1)),
    }

    read = {name: await database.read(partial(_whole_tables, asks=asks)) for name, asks in questions.items()}

    assert {name: steps for name, steps in read.items() if steps} == {}
