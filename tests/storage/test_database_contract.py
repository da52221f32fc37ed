"""What every database owes the house, on SQLite and on PostgreSQL: all or nothing, once, in UTC, many at once."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError, StatementError

from bot.domain.conversation import Author, Place
from bot.domain.people import Role
from bot.handoff import queue, staff
from bot.handoff.ticket import Reason
from bot.messaging import conversations
from bot.storage import schema, versions
from bot.storage.database import Database, DatabaseUnusable, Work, connect, insert
from tests.databases import Outsider

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
EVENTS = schema.events


class Mishap(Exception):
    """What a turn of these tests fails with."""


def write(conn: Connection, kind: str, body: object = None, at: datetime = NOW) -> None:
    conn.execute(EVENTS.insert(), {"stream": "desk", "kind": kind, "body": body, "at": at})


def kinds(conn: Connection) -> list[str]:
    return list(conn.execute(select(EVENTS.c.kind).order_by(EVENTS.c.id)).scalars())


def bodies(conn: Connection) -> list[Any]:
    return list(conn.execute(select(EVENTS.c.body).order_by(EVENTS.c.id)).scalars())


def moments(conn: Connection) -> list[datetime | None]:
    return list(conn.execute(select(EVENTS.c.at).order_by(EVENTS.c.id)).scalars())


def anna(conn: Connection) -> int:
    return conversations.meet(conn, Place("telegram", "511"), Author("511", "Anna"), "de", NOW)[0].id


async def test_what_a_turn_wrote_is_there_when_it_returns(database: Database) -> None:
    def turn(conn: Connection) -> str:
        write(conn, "said")
        return "its result"

    assert await database.transaction(turn) == "its result"
    assert await database.read(kinds) == ["said"]


async def test_a_turn_that_fails_leaves_nothing_and_its_error_comes_back(database: Database) -> None:
    def turn(conn: Connection) -> None:
        write(conn, "said")
        raise Mishap

    with pytest.raises(Mishap):
        await database.transaction(turn)

    assert await database.read(kinds) == []


async def test_a_broken_statement_spoils_only_its_own_turn(database: Database) -> None:
    await database.transaction(lambda conn: versions.bump(conn, "faq"))
    again = schema.versions.insert().values(name="faq", number=1)

    with pytest.raises(IntegrityError):
        await database.transaction(lambda conn: conn.execute(again))

    assert await database.transaction(lambda conn: versions.bump(conn, "faq")) == 2


async def test_turns_that_fail_do_not_touch_those_that_run_beside_them(database: Database) -> None:
    def turn(number: int) -> Work[int]:
        def work(conn: Connection) -> int:
            write(conn, f"turn {number}")
            if number % 7 == 0:
                raise Mishap
            return number

        return work

    outcomes = await asyncio.gather(*[database.transaction(turn(n)) for n in range(100)], return_exceptions=True)

    good = [number for number in range(100) if number % 7]
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == good
    assert sum(isinstance(outcome, Mishap) for outcome in outcomes) == 100 - len(good)
    assert sorted(await database.read(kinds)) == sorted(f"turn {number}" for number in good)


async def test_a_savepoint_inside_a_turn_that_is_rolled_back_leaves_nothing(database: Database) -> None:
    def turn(conn: Connection) -> None:
        with conn.begin_nested():
            write(conn, "inside")
        raise Mishap

    with pytest.raises(Mishap):
        await database.transaction(turn)

    assert await database.read(kinds) == []


async def test_a_savepoint_that_is_rolled_back_leaves_the_rest_of_its_turn(database: Database) -> None:
    def turn(conn: Connection) -> None:
        write(conn, "before")
        nested = conn.begin_nested()
        write(conn, "inside")
        nested.rollback()
        write(conn, "after")

    await database.transaction(turn)

    assert await database.read(kinds) == ["before", "after"]


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(StatementError, match="a moment needs a time zone"):
        await database.transaction(lambda conn: write(conn, "said", at=naive))

    assert await database.read(kinds) == []


@pytest.mark.parametrize(
    "moment",
    [
        NOW,
        datetime(2026, 7, 1, 12, 30, 15, 123456, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
    ids=["utc", "berlin", "kathmandu", "the hour that comes twice"],
)
async def test_a_moment_comes_back_in_utc(database: Database, moment: datetime) -> None:
    await database.transaction(lambda conn: write(conn, "said", at=moment))

    (found,) = await database.read(moments)

    assert found is not None
    assert (found, found.utcoffset()) == (moment.astimezone(UTC), timedelta(0))


async def test_moments_are_compared_as_moments_whatever_zone_they_came_in(database: Database) -> None:
    early, late = NOW.astimezone(ZoneInfo("Asia/Tokyo")), (NOW + timedelta(minutes=1)).astimezone(UTC)

    def turn(conn: Connection) -> list[str]:
        write(conn, "late", at=late)
        write(conn, "early", at=early)
        before = select(EVENTS.c.kind).where(
            EVENTS.c.at < NOW.astimezone(ZoneInfo("America/Sao_Paulo")) + timedelta(0, 1)
        )
        return list(conn.execute(before).scalars())

    assert await database.transaction(turn) == ["early"]


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"text": "Ёж 🦔 \\ \" '", "n": [1, 2.5, None, True], "deep": {"a": {"b": []}}}, "plain", 7],
    ids=["mapping", "list", "null", "nested", "text", "number"],
)
async def test_json_comes_back_as_it_went_in(database: Database, body: object) -> None:
    await database.transaction(lambda conn: write(conn, "said", {"body": body}))

    assert await database.read(bodies) == [{"body": body}]


async def test_what_must_happen_once_happens_once(database: Database) -> None:
    def once(conn: Connection) -> int:
        statement = insert(conn, schema.versions).values(name="faq", number=1)
        return int(conn.execute(statement.on_conflict_do_nothing()).rowcount)

    assert [await database.transaction(once) for _ in range(3)] == [1, 0, 0]


async def test_a_reader_sees_nothing_before_it_is_committed(database: Database, outsider: Outsider) -> None:
    await outsider.execute("BEGIN")
    await outsider.execute("INSERT INTO versions (name, number) VALUES ('faq', 5)")
    before = await database.read(versions.current)

    await outsider.execute("COMMIT")

    assert (before, await database.read(versions.current)) == ({}, {"faq": 5})


@pytest.mark.slow
async def test_a_thousand_turns_at_once_all_commit(database: Database) -> None:
    await asyncio.gather(*[database.transaction(lambda conn: versions.bump(conn, "faq")) for _ in range(1000)])

    assert await database.read(versions.current) == {"faq": 1000}


@pytest.mark.slow
async def test_ten_thousand_rows_of_turns_at_once_are_all_there(database: Database) -> None:
    def turn(number: int) -> Work[object]:
        def work(conn: Connection) -> None:
            for _ in range(5):
                write(conn, str(number))

        return work

    await asyncio.gather(*[database.transaction(turn(number)) for number in range(400)])

    counted = await database.read(
        lambda conn: conn.execute(select(EVENTS.c.kind, func.count()).group_by(EVENTS.c.kind)).all()
    )
    assert sorted((int(kind), count) for kind, count in counted) == [(number, 5) for number in range(400)]


async def test_a_conversation_has_one_open_ticket_however_many_ask_at_once(database: Database) -> None:
    conversation = await database.transaction(anna)

    opened = await asyncio.gather(
        *[
            database.transaction(lambda conn: queue.open_ticket(conn, conversation, Reason.ASKED, NOW))
            for _ in range(40)
        ]
    )

    assert sorted(new for _, new in opened) == [False] * 39 + [True]
    assert {ticket.id for ticket, _ in opened} == {opened[0][0].id}


async def test_of_fifty_who_claim_one_ticket_one_gets_it_and_the_others_learn_who(database: Database) -> None:
    conversation = await database.transaction(anna)

    def open_shop(conn: Connection) -> tuple[int, list[int]]:
        ticket, _ = queue.open_ticket(conn, conversation, Reason.ASKED, NOW)
        return ticket.id, [staff.add(conn, f"Operator {n}", Role.OPERATOR, "en", NOW) for n in range(50)]

    ticket, people = await database.transaction(open_shop)

    def claim(person: int) -> Work[object]:
        return lambda conn: queue.claim(conn, ticket, person, NOW)

    outcomes = await asyncio.gather(*[database.transaction(claim(person)) for person in people])

    winners = [outcome.ticket for outcome in outcomes if isinstance(outcome, queue.Claimed)]
    owner = winners[0].staff_id
    assert len(winners) == 1
    assert owner is not None
    assert [outcome for outcome in outcomes if not isinstance(outcome, queue.Claimed)] == [queue.Taken(owner)] * 49
    assert winners[0].ownership == 1


async def test_an_event_id_is_never_used_again(database: Database) -> None:
    def last(conn: Connection) -> int:
        return int(
            conn.execute(
                EVENTS.insert().returning(EVENTS.c.id), {"stream": "desk", "kind": "x", "body": {}, "at": NOW}
            ).scalar_one()
        )

    first = await database.transaction(last)
    await database.transaction(lambda conn: conn.execute(EVENTS.delete()))

    assert await database.transaction(last) > first


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root@127.0.0.1/desk",
        "sqlite:///desk.db",
        "not a url",
        "",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite://",
    ],
)
def test_an_address_of_another_kind_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match=r"^database\.url [^\n]+$"):
        connect(url)


async def test_who_reads_at_length_holds_up_neither_the_loop_nor_turns(database: Database) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def reads(conn: Connection) -> list[str]:
        begun.set()
        assert let_go.wait(20), "everybody else waited for this"
        return kinds(conn)

    await database.transaction(lambda conn: write(conn, "before"))
    reading = asyncio.create_task(database.read_at_length(reads))
    await asyncio.to_thread(begun.wait, 20)
    await database.transaction(lambda conn: write(conn, "meanwhile"))
    let_go.set()

    assert "before" in await reading
    assert await database.read(kinds) == ["before", "meanwhile"]


async def test_what_reads_at_length_fails_with_comes_back(database: Database) -> None:
    def fails(_: Connection) -> None:
        raise Mishap

    with pytest.raises(Mishap):
        await database.read_at_length(fails)
