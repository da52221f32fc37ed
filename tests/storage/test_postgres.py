"""PostgreSQL in trouble: a passing one has one name, so that the turn is tried again and nobody is handed over."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.storage import migrate, versions
from bot.storage.database import Database, DatabaseUnusable, connect
from tests.databases import postgres_database

pytestmark = pytest.mark.postgres


@pytest.fixture
async def server(postgres_url: str) -> AsyncIterator[Database]:
    opened = connect(postgres_url)
    await opened.transaction(lambda conn: conn.execute(text("DELETE FROM versions")))
    yield opened
    await opened.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_a_server_that_does_not_answer_is_named_in_one_sentence() -> None:
    database = connect(f"postgresql+asyncpg://desk:secret@127.0.0.1:{free_port()}/desk")

    with pytest.raises(OperationalError):
        await database.read(versions.current)
    with pytest.raises(DatabaseUnusable, match=r"^database\.url: the database cannot be used now [^\n]+$") as refusal:
        await migrate.upgrade(database)

    await database.close()
    assert "secret" not in str(refusal.value)


async def test_a_database_that_is_not_there_is_named_in_one_sentence(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="no_such_desk").render_as_string(hide_password=False)
    database = connect(url)

    with pytest.raises(DatabaseUnusable, match='database "no_such_desk" does not exist'):
        await migrate.upgrade(database)

    await database.close()


async def test_a_connection_that_the_server_ends_fails_its_turn_and_the_next_one_gets_another(server: Database) -> None:
    def cut_off(conn: Connection) -> None:
        versions.bump(conn, "faq")
        conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(OperationalError):
        await server.transaction(cut_off)
    await server.transaction(lambda conn: versions.bump(conn, "staff"))

    assert await server.read(versions.current) == {"staff": 1}


async def test_connections_that_the_server_ended_between_turns_cost_no_turn(
    server: Database, postgres_url: str
) -> None:
    def who(conn: Connection) -> int:
        conn.execute(text("SELECT pg_sleep(0.05)"))
        return int(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())

    def ended(conn: Connection) -> bool:
        return all(conn.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).scalar() for pid in pids)

    pids = await asyncio.gather(server.read(who), server.read(who), server.read(who))
    other = connect(postgres_url)
    assert await other.read(ended)
    await other.close()

    await asyncio.gather(*[server.transaction(lambda conn: versions.bump(conn, "faq")) for _ in pids])

    assert len(set(pids)) == 3
    assert await server.read(versions.current) == {"faq": 3}


async def test_a_turn_that_is_given_up_leaves_nothing_and_the_next_one_works(server: Database) -> None:
    def slow(conn: Connection) -> None:
        versions.bump(conn, "faq")
        conn.execute(text("SELECT pg_sleep(30)"))

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await server.transaction(slow)
    await server.transaction(lambda conn: versions.bump(conn, "staff"))

    assert await server.read(versions.current) == {"staff": 1}


async def test_what_a_reader_writes_does_not_stay(server: Database) -> None:
    await server.read(lambda conn: versions.bump(conn, "faq"))

    assert await server.read(versions.current) == {}


async def test_of_two_turns_that_wait_for_each_other_one_may_be_tried_again(server: Database) -> None:
    def later(conn: Connection, name: str, other: str) -> None:
        versions.bump(conn, name)
        conn.execute(text("SELECT pg_sleep(0.2)"))
        versions.bump(conn, other)

    await server.transaction(lambda conn: (versions.bump(conn, "a"), versions.bump(conn, "b")))

    outcomes = await asyncio.gather(
        server.transaction(lambda conn: later(conn, "a", "b")),
        server.transaction(lambda conn: later(conn, "b", "a")),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Collided", "NoneType"]


async def test_a_mistake_of_our_own_is_no_passing_trouble(server: Database) -> None:
    with pytest.raises(ProgrammingError):
        await server.transaction(lambda conn: conn.execute(text("SELECT no_such_column")))


def test_each_session_of_tests_has_a_database_of_its_own() -> None:
    with postgres_database() as one, postgres_database() as other:
        assert one != other
