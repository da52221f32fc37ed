"""`supportbot audit …` as an owner types it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.people import Role
from bot.handoff import queue, staff
from bot.handoff.ticket import Reason
from bot.messaging import conversations
from bot.storage import schema, seals
from tests.databases import database_url, postgres_url, sqlite_file, sqlite_template
from tests.typed import Typed, typed

__all__ = ["database_url", "postgres_url", "sqlite_file", "sqlite_template", "typed"]
EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
"""The 24th in Berlin already."""
TABLE = schema.audit_log


@pytest.fixture
def closed(typed: Typed) -> Typed:
    """Olga took Anna's chat and closed it with words of her own."""

    def work(conn: Connection) -> None:
        olga = staff.add(conn, "Olga", Role.OPERATOR, "en", EVENING)
        found, _ = conversations.meet(conn, Place("webchat", "w1"), Author("w1", "Anna"), "de", EVENING)
        ticket, _ = queue.open_ticket(conn, found.id, Reason.ASKED, EVENING)
        queue.claim(conn, ticket.id, olga, EVENING)
        queue.close(conn, ticket, EVENING, olga, how="canary words")
        seals.seal(conn)

    typed.work(work)
    return typed


def test_the_audit_shows_who_did_what_in_the_shops_time(closed: Typed) -> None:
    _, printed, _ = closed("audit", "show")
    found = closed.json("audit", "show")

    assert [line.split("  ")[0] for line in printed.splitlines()] == ["2026-11-24 00:30:00"] * 2
    assert [(one["act"], one["by"], one["name"], one["about"]) for one in found] == [
        ("ticket.closed", "staff", "Olga", "ticket"),
        ("ticket.claimed", "staff", "Olga", "ticket"),
    ]
    assert "canary" not in printed


def test_the_audit_is_asked_by_day_person_act_and_subject(closed: Typed) -> None:
    key = closed.json("audit", "show")[0]["key"]
    asked = [
        ("--from", "2026-11-24", "--to", "2026-11-24"),
        ("--to", "2026-11-23"),
        ("--person", "olga", "--act", "ticket.closed"),
        ("--act", "person"),
        ("--about", f"ticket:{key}"),
        ("--about", "order"),
        ("--limit", "1"),
    ]

    assert [len(closed.json("audit", "show", *words)) for words in asked] == [2, 0, 1, 0, 2, 0, 1]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--act", "ticket.eaten"), 2, "there is no act 'ticket.eaten'; known are: canned.changed"),
        (("--person", "Zoe"), 1, "nobody was ever called 'Zoe' here"),
        (("--limit", "0"), 2, "--limit must be from 1 to 10000"),
        (("--from", "2026-11-24", "--to", "2026-11-23"), 2, "--from 2026-11-24 is later than --to 2026-11-23"),
    ],
    ids=["act", "person", "limit", "days"],
)
def test_what_cannot_be_asked_of_the_audit_is_said_in_one_sentence(
    closed: Typed, words: tuple[str, ...], code: int, said: str
) -> None:
    exit_code, sentence = closed.refused("audit", "show", *words)

    assert (exit_code, sentence[: len(said)]) == (code, said)


def test_an_audit_that_nobody_touched_is_verified_and_its_seal_can_be_kept(closed: Typed) -> None:
    verdict = closed.json("audit", "verify")
    code, printed, _ = closed("audit", "verify", "--head", verdict["head"])

    assert (verdict["ok"], verdict["lines"], verdict["unsealed"], verdict["broken"]) == (True, 2, 0, None)
    assert (code, printed.splitlines()[0]) == (0, "The audit holds: 2 lines.")


def test_a_line_that_was_changed_is_named_and_the_exit_code_says_so(closed: Typed) -> None:
    closed.work(lambda conn: conn.execute(TABLE.update().where(TABLE.c.place == 2).values(staff_id=None)))

    code, printed, _ = closed("audit", "verify")

    told = "The audit does not hold: line 2 was changed after it was sealed. 1 line before that does."
    assert (code, printed.strip()) == (1, told)


def test_a_seal_that_is_none_is_wrong_usage(closed: Typed) -> None:
    assert closed.refused("audit", "verify", "--head", "abc") == (
        2,
        "--head takes a seal as verify prints it: 64 digits 0-9 a-f",
    )
